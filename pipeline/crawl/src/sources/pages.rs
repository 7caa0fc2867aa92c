//! Pages that a person saved from a job board: taken apart within bounds, and what their short texts say.

use std::borrow::Cow;
use std::collections::HashMap;

use pipeline_core::source::{Answer, Record, Rejection, Remote, Source};
use schemas::Micros;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::jobposting;
use crate::mail::Mail;

/// Longest page that a tree is built of, in bytes.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Deepest nesting of elements of a page.
const DEEPEST: usize = 1_000;
/// Elements that are left out with all that is in them: they show nothing that a posting says.
const DROPPED: [&str; 7] = ["script", "style", "svg", "math", "noscript", "template", "select"];
/// Elements whose tags are left out: a parser of HTML opens them again and again where they are not closed.
const FORMATTING: [&str; 13] =
    ["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements that need not be closed.
const UNCLOSED: [&str; 25] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p", "li",
    "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option", "colgroup",
];
/// The warning on a posting whose date is counted back from the day of the page or mail.
pub(super) const DATE_RELATIVE: &str = "date-relative";
/// The warning on a posting whose description is only a beginning of it.
pub(super) const EXCERPT: &str = "description-truncated";

/// The words of the body of `answer`, by the character set that it declares, else as UTF-8.
pub(super) fn text_of<'a>(answer: &Answer<'a>) -> Cow<'a, str> {
    let charset = answer.content_type.and_then(|declared| declared.split_once("charset=")).map(|(_, rest)| rest);
    let label = charset.map(|rest| rest.split(';').next().unwrap_or(rest).trim().trim_matches('"'));
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    encoding.unwrap_or(encoding_rs::UTF_8).decode(answer.body).0
}

/// What the page of `answer` describes in JSON-LD as postings; broken descriptions are rejected records.
pub(super) fn described(answer: &Answer<'_>) -> Vec<Record> {
    jobposting::SOURCE.read(answer).map_or_else(|_| Vec::new(), |reading| reading.records)
}

/// The tree of `page`, which is the whole `body` or stands in it. A fragment counts as cut unless it ends as it begins.
///
/// # Errors
/// With the rule `body-too-large`, `empty-body`, `truncated-html` or `too-deep`.
pub(super) fn tree(page: &str, body: &[u8]) -> Result<Html, Rejection> {
    let refuse = |rule, reason: &str| Err(Rejection::of_body(rule, reason, body));
    if page.len() > MOST_BYTES {
        return refuse("body-too-large", "the page is larger than 8 MiB");
    }
    if page.trim().is_empty() {
        return refuse("empty-body", "the body is empty");
    }
    if is_cut(page) {
        return refuse("truncated-html", "the page ends before its HTML does");
    }
    match tamed(page) {
        Some(page) => Ok(Html::parse_document(&page)),
        None => refuse("too-deep", "the elements of the page are nested too deeply"),
    }
}

/// The tree of the HTML of a mail, which is often a fragment whose last tag tells nothing.
///
/// # Errors
/// As [`tree`]; the words of the mail are personal, so that none are kept.
pub(super) fn mail_tree(html: &str) -> Result<Html, Rejection> {
    let rooted = html.as_bytes().windows(5).any(|tag| tag.eq_ignore_ascii_case(b"<html"));
    if rooted { tree(html, b"") } else { tree(&format!("<html>{html}</html>"), b"") }
}

/// Whether `mail` is a page that a browser saved as one file, which has the form of a mail but no sender.
pub(super) fn is_saved_page(mail: &Mail) -> bool {
    !mail.from.contains('@') && !mail.html.trim().is_empty()
}

/// The addresses that `page` gives as its own.
pub(super) fn addresses(page: &str) -> Vec<Url> {
    let links = ["rel=\"canonical\"", "property=\"og:url\""].into_iter().filter_map(|name| {
        let at = page.find(name)?;
        let start = page[..at].rfind('<')?;
        let tag = page[start..].split('>').next()?;
        let link = ["href=\"", "content=\""].into_iter().find_map(|name| tag.split_once(name)?.1.split('"').next())?;
        Url::parse(&html_escape::decode_html_entities(link)).ok()
    });
    links.collect()
}

/// Whether `page` ends before its root element, or the fragment that it is, does. Fragments that pages load have a document
/// type, and no root.
fn is_cut(page: &str) -> bool {
    let count = |tag: &[u8]| {
        let is_tag =
            |found: &[u8]| found[..tag.len()].eq_ignore_ascii_case(tag) && !found[tag.len()].is_ascii_alphanumeric();
        page.as_bytes().windows(tag.len() + 1).filter(|found| is_tag(found)).count()
    };
    if count(b"<html") > 0 {
        return count(b"</html") == 0;
    }
    if !page.trim_start().starts_with('<') {
        return false;
    }
    let end = page.trim_end();
    let last = end.rfind('<').map_or("", |at| &end[at..]);
    !last.ends_with('>')
        || [("<div", "</div"), ("<li", "</li")]
            .iter()
            .any(|(open, close)| count(open.as_bytes()) > count(close.as_bytes()))
}

/// `page` without comments, scripts and formatting; nothing when it nests deeper than [`DEEPEST`].
fn tamed(page: &str) -> Option<String> {
    let mut kept = String::with_capacity(page.len());
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut depth, mut rest) = (0_usize, page);
    while let Some(at) = rest.find('<') {
        kept.push_str(&rest[..at]);
        let tag = &rest[at..];
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (name, closes) = name_of(tag);
        let end = tag_end(tag);
        if name.is_empty() {
            kept.push_str(if tag.starts_with("<!") || tag.starts_with("<?") { "" } else { "&lt;" });
            rest = if tag.starts_with("<!") || tag.starts_with("<?") { &tag[end..] } else { &tag[1..] };
            continue;
        }
        if DROPPED.contains(&name.as_str()) {
            rest = if closes { &tag[end..] } else { after_close(&tag[end..], &name) };
            continue;
        }
        if FORMATTING.contains(&name.as_str()) {
            rest = &tag[end..];
            continue;
        }
        if !UNCLOSED.contains(&name.as_str()) {
            let count = open.entry(name).or_default();
            if !closes {
                *count += 1;
                depth += 1;
            } else if *count > 0 {
                *count -= 1;
                depth -= 1;
            }
        }
        if depth > DEEPEST {
            return None;
        }
        kept.push_str(&tag[..end]);
        rest = &tag[end..];
    }
    kept.push_str(rest);
    Some(kept)
}

/// The name of the tag that `tag` begins with, in lower case, and whether it closes; empty when it is none.
fn name_of(tag: &str) -> (String, bool) {
    let inner = tag.strip_prefix('<').unwrap_or_default();
    let (inner, closes) = inner.strip_prefix('/').map_or((inner, false), |inner| (inner, true));
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(inner.len());
    let name = inner.get(..end.min(40)).unwrap_or_default();
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic());
    (if named { name.to_ascii_lowercase() } else { String::new() }, closes)
}

/// Where the tag that `tag` begins with ends, in bytes; quoted values may hold `>`.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    let mut before = b'<';
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    tag.len()
}

/// What follows the end tag of `name` in `text`.
fn after_close<'t>(text: &'t str, name: &str) -> &'t str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        let tag = &rest[at..];
        if name_of(tag).0 == name {
            return &tag[tag_end(tag)..];
        }
        rest = &tag[2..];
    }
    ""
}

/// The selectors that `list` writes; one that is none is left out.
pub(super) fn selectors(list: &[&str]) -> Vec<Selector> {
    list.iter().filter_map(|selector| Selector::parse(selector).ok()).collect()
}

/// The first element within `element` that one of `paths` finds, the first path first.
pub(super) fn find<'a>(element: ElementRef<'a>, paths: &[Selector]) -> Option<ElementRef<'a>> {
    paths.iter().find_map(|path| element.select(path).find(|found| !words_of(*found).is_empty()))
}

/// The words of the first element within `element` that one of `paths` finds.
pub(super) fn words_at(element: ElementRef<'_>, paths: &[Selector]) -> Option<String> {
    find(element, paths).map(words_of)
}

/// The attribute `name` of the first element within `element` that has it and that one of `paths` finds.
pub(super) fn attribute_at(element: ElementRef<'_>, paths: &[Selector], name: &str) -> Option<String> {
    let found = paths.iter().find_map(|path| element.select(path).find_map(|found| found.attr(name)));
    found.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// All words of `element`, except those that only a screen reader shows.
pub(super) fn words_of(element: ElementRef<'_>) -> String {
    let mut words = String::new();
    for node in element.descendants() {
        if let scraper::Node::Text(text) = node.value() {
            let unseen = node.parent().and_then(ElementRef::wrap).is_some_and(|parent| is_unseen(&parent));
            if !unseen {
                words.push_str(text);
                words.push(' ');
            }
        }
    }
    tidy(&words)
}

/// Whether `element` is there for screen readers only, or hidden.
pub(super) fn is_unseen(element: &ElementRef<'_>) -> bool {
    let classes = element.attr("class").unwrap_or_default();
    let style = element.attr("style").unwrap_or_default();
    ["visually-hidden", "sr-only", "a11y-text"].iter().any(|class| classes.contains(class))
        || style.replace(' ', "").to_ascii_lowercase().contains("display:none")
}

/// `text` with single spaces and without characters that show nothing.
pub(super) fn tidy(text: &str) -> String {
    let seen = |c: &char| !matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    let text: String = text.chars().filter(seen).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The JSON value that the script of `page` assigns to what `name` ends, read up to where the value ends.
///
/// # Errors
/// With the rule and the reason, when the value is cut or broken.
pub(super) fn assigned(page: &str, name: &str) -> Result<Option<serde_json::Value>, (&'static str, String)> {
    for (at, _) in page.match_indices(name).take(50) {
        let rest = page[at + name.len()..].trim_start();
        let Some(value) = rest.strip_prefix('=').map(str::trim_start).filter(|value| value.starts_with(['{', '[']))
        else {
            continue;
        };
        let mut values = serde_json::Deserializer::from_str(value).into_iter::<serde_json::Value>();
        return match values.next() {
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(error)) if error.is_eof() => {
                Err(("truncated-json", format!("the page ends before the JSON of `{name}` does: {error}")))
            }
            Some(Err(error)) => Err(("not-json", format!("what the page assigns to `{name}` is not JSON: {error}"))),
            None => Ok(None),
        };
    }
    Ok(None)
}

/// Whether `words` are a line that states pay: an amount beside a currency.
pub(super) fn is_pay(words: &str) -> bool {
    const CODES: [&str; 22] = [
        "usd", "eur", "gbp", "chf", "cad", "aud", "nzd", "inr", "jpy", "sgd", "hkd", "sek", "nok", "dkk", "pln", "czk",
        "brl", "mxn", "zar", "kr", "zł", "rm",
    ];
    let lower = words.to_lowercase();
    let coded = || lower.split(|c: char| !c.is_alphabetic()).any(|word| CODES.contains(&word));
    words.chars().count() <= 100
        && words.chars().any(|c| c.is_ascii_digit())
        && (words.contains(['$', '€', '£', '¥', '₹', '₦', '₱', '₩', '₺', '₫']) || coded())
}

/// Whether `words` are a rating, such as `3.9`, `4,1 ★` or `3.5 3.5/5 rating`.
pub(super) fn is_rating(words: &str) -> bool {
    let first = words.split([' ', '/', '\u{2605}']).next().unwrap_or_default().replace(',', ".");
    let number = first.len() <= 3 && first.parse::<f32>().is_ok_and(|rating| rating <= 5.0);
    number && (!words.contains(' ') || words.contains("/5") || words.contains(['\u{2605}', '\u{2606}']))
}

/// The day that `words`, such as `3 days ago`, `vor 3 Tagen` or `heute`, name, counted back from `from`. `30+ days ago`
/// names none.
pub(super) fn day_ago(words: &str, from: Micros) -> Option<Micros> {
    days_ago(words).map(|days| from.day().plus(-days).start())
}

/// How many days ago `words` say.
fn days_ago(words: &str) -> Option<i32> {
    const NOW: [&str; 24] = [
        "today",
        "just posted",
        "just now",
        "posted today",
        "new",
        "heute",
        "gerade",
        "soeben",
        "neu",
        "aujourd'hui",
        "aujourd’hui",
        "à l'instant",
        "à l’instant",
        "hoy",
        "recién",
        "hoje",
        "agora",
        "oggi",
        "adesso",
        "vandaag",
        "nieuw",
        "dzisiaj",
        "i dag",
        "nuovo",
    ];
    const YESTERDAY: [&str; 9] =
        ["yesterday", "gestern", "hier", "ayer", "ontem", "ieri", "gisteren", "wczoraj", "i går"];
    const AGO: [&str; 9] = ["ago", "vor", "il y a", "hace", "há", "fa", "geleden", "temu", "sedan"];
    let words = tidy(words).to_lowercase();
    if words.chars().count() > 60 || words.contains('+') {
        return None;
    }
    let starts = |known: &[&str]| {
        known.iter().any(|known| {
            words
                .strip_prefix(known)
                .is_some_and(|rest| !rest.starts_with(char::is_alphabetic) && rest.chars().count() <= 4)
        })
    };
    if starts(&NOW) {
        return Some(0);
    }
    if starts(&YESTERDAY) {
        return Some(1);
    }
    let padded = format!(" {words} ");
    if !AGO.iter().any(|ago| padded.contains(&format!(" {ago} "))) {
        return None;
    }
    let mut tokens = words.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).peekable();
    while let Some(token) = tokens.next() {
        let one =
            ["a", "an", "einem", "einer", "un", "une", "una", "uno", "um", "uma", "een", "en", "ett"].contains(&token);
        let count = if one { Some(1) } else { token.parse::<u16>().ok().map(i32::from) };
        if let Some((count, unit)) = count.zip(tokens.peek().and_then(|unit| days_of(unit))) {
            return count.checked_mul(unit);
        }
    }
    None
}

/// The days of the span that `unit` names; spans below a day have none.
fn days_of(unit: &str) -> Option<i32> {
    const SPANS: [(i32, &[&str]); 4] = [
        (
            0,
            &[
                "h", "hr", "hour", "min", "second", "sec", "stunde", "heure", "hora", "ora", "ore", "uur", "uren",
                "sekunde", "godz", "timm",
            ],
        ),
        (
            1,
            &[
                "d", "day", "days", "tag", "tage", "tagen", "jour", "jours", "día", "días", "dia", "dias", "giorn",
                "dag", "dni", "dzień",
            ],
        ),
        (7, &["w", "week", "weeks", "woche", "semaine", "semana", "settiman", "weken", "tydz", "veck"]),
        (30, &["mo", "month", "monat", "mois", "mes", "mês", "mese", "mesi", "maand", "miesi", "månad"]),
    ];
    // Longer beginnings first, so that months are not taken for minutes.
    let spans = SPANS.iter().flat_map(|(days, units)| units.iter().map(move |unit| (*days, *unit)));
    let fits = spans.filter(|(_, known)| if known.len() <= 2 { unit == *known } else { unit.starts_with(known) });
    fits.max_by_key(|(_, known)| known.len()).map(|(days, _)| days)
}

/// How the work is done, from the word that stands for it in one of several languages.
pub(super) fn workplace(word: &str) -> Option<Remote> {
    let word = tidy(word).to_lowercase();
    match word.as_str() {
        "remote" | "remoto" | "à distance" | "télétravail" | "homeoffice" | "home office" | "teletrabajo"
        | "a distância" | "op afstand" | "da remoto" | "in remoto" | "distans" | "praca zdalna" | "zdalnie"
        | "fjernarbejde" => Some(Remote::Remote),
        "hybrid" | "hybride" | "híbrido" | "híbrida" | "ibrido" | "ibrida" | "hybrydowo" | "praca hybrydowa" => {
            Some(Remote::Hybrid)
        }
        "on-site" | "onsite" | "on site" | "vor ort" | "sur site" | "presencial" | "in sede" | "op locatie"
        | "på plats" | "stacjonarnie" | "praca stacjonarna" | "på stedet" => Some(Remote::Onsite),
        _ => super::board::remote_of(&word),
    }
}

/// `place` without a word in brackets at its end that says how the work is done, and what that says.
pub(super) fn place_and_workplace(place: &str) -> (&str, Option<Remote>) {
    let inner = place.trim().strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    match inner.and_then(|(before, word)| workplace(word).map(|remote| (before.trim(), remote))) {
        Some((before, remote)) => (before, Some(remote)),
        None => (place.trim(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_counted_back_in_several_languages() {
        for (words, days) in [
            ("3 days ago", Some(3)),
            ("Posted 2 weeks ago", Some(14)),
            ("Reposted 1 month ago", Some(30)),
            ("vor 3 Tagen", Some(3)),
            ("vor einem Tag", Some(1)),
            ("il y a 1 jour", Some(1)),
            ("il y a 2 mois", Some(60)),
            ("hace 5 días", Some(5)),
            ("há 2 semanas", Some(14)),
            ("6 giorni fa", Some(6)),
            ("4 dagen geleden", Some(4)),
            ("7 hours ago", Some(0)),
            ("20 minutes ago", Some(0)),
            ("Just posted", Some(0)),
            ("Heute", Some(0)),
            ("Hier", Some(1)),
            ("30+ days ago", None),
            ("Hiring ongoing", None),
            ("New York, NY", None),
            ("3 days a week", None),
            ("Neustadt", None),
        ] {
            assert_eq!(days_ago(words), days, "{words}");
        }
    }

    #[test]
    fn an_assigned_value_ends_where_its_json_does() {
        let page = r#"<script>window.x.y["k"]={"a":"};</script>","b":[1]};window.z={}</script>"#;
        let value = assigned(page, r#"y["k"]"#).expect("is JSON").expect("is there");
        assert_eq!(value["b"][0], 1);
        assert_eq!(assigned(r#"y["k"]={"a":"#, r#"y["k"]"#).map_err(|(rule, _)| rule), Err("truncated-json"));
        assert_eq!(assigned("y == 1; y = f()", "y"), Ok(None));
    }

    #[test]
    fn a_cut_page_or_fragment_is_told() {
        let rule = |page: &str| tree(page, page.as_bytes()).err().map(|rejection| rejection.rule);
        assert_eq!(rule("<!DOCTYPE html><html><body><p>a"), Some("truncated-html"));
        assert_eq!(rule("<html><body></body></html>"), None);
        assert_eq!(rule("<li>a</li>\n<li>b</li>"), None);
        assert_eq!(rule("<li>a</li>\n<li><div>b</div>"), Some("truncated-html"));
        assert_eq!(rule("<!DOCTYPE html>\n<!---->\n<li><p>a</p></li>\n<code><!--x--></code>"), None);
        assert_eq!(rule(" "), Some("empty-body"));
    }

    #[test]
    fn nesting_and_open_formatting_are_bounded() {
        let rule = |page: &str| tree(page, page.as_bytes()).err().map(|rejection| rejection.rule);
        assert_eq!(rule(&format!("<html>{}</html>", "<div></span>".repeat(5_000))), Some("too-deep"));
        let many: String = (0..20_000).map(|n| format!("<b id={n}><p>x")).collect();
        assert_eq!(rule(&format!("<html>{many}</html>")), None);
    }

    #[test]
    fn pay_ratings_and_workplaces_are_told_apart() {
        assert!(is_pay("$50,000 - $60,000 a year") && is_pay("Ab 45.000 € pro Jahr") && is_pay("CHF 90'000"));
        assert!(!is_pay("Senior Engineer") && !is_pay("3.9") && !is_pay("80331 Munich"));
        assert!(
            is_rating("3.9")
                && is_rating("4,1 ★")
                && is_rating("3.5 3.5/5 rating")
                && !is_rating("3D Artist GmbH & Co")
        );
        assert_eq!(place_and_workplace("Lyon (Hybride)"), ("Lyon", Some(Remote::Hybrid)));
        assert_eq!(place_and_workplace("Frankfurt (Oder)"), ("Frankfurt (Oder)", None));
    }
}
