//! Which form a body has: data, a page or a mail; and the data that a page carries within it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pipeline_core::source::{Answer, Rejection};
use scraper::{Html, Selector};
use serde_json::{Deserializer, Value};

use crate::mail::{self, Mail};
use crate::sources::json;

/// Largest page of which a tree is built, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;
/// Most elements that may be open at once.
const DEEPEST: usize = 2_000;
/// Most places of one script where data is looked for.
const MOST_STARTS: usize = 24;

/// A body by its form.
pub(super) enum Form {
    /// JSON.
    Data(Value),
    /// An HTML page.
    Page(String),
    /// A mail.
    Mail(Box<Mail>),
}

/// The form of the body of `answer`.
///
/// # Errors
/// When it is too large, ends too early or has none of the forms.
pub(super) fn of(answer: &Answer<'_>) -> Result<Form, Rejection> {
    let reject = |rule, reason: &str| Rejection::of_body(rule, reason, answer.body);
    if answer.body.len() > LARGEST {
        return Err(reject("body-too-large", "the body is larger than 8 MiB"));
    }
    if let Some(mail) = mail::parse(answer.body) {
        if truncated(&mail.html) {
            return Err(Rejection::of_body("truncated-html", "the mail ends before its page does", &[]));
        }
        if too_deep(&mail.html) {
            return Err(Rejection::of_body("too-deep", "the elements of the mail are nested too deeply", &[]));
        }
        // A page that a browser saved as one file has the form of a mail, but nobody who sent it.
        let saved = !mail.from.contains('@') && !mail.html.trim().is_empty();
        return Ok(if saved { Form::Page(mail.html) } else { Form::Mail(Box::new(mail)) });
    }
    let charset = answer.content_type.and_then(|kind| kind.split_once("charset=")).map(|(_, rest)| rest);
    let label = charset.map(|rest| rest.split(';').next().unwrap_or(rest).trim().trim_matches('"'));
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    let text = encoding.unwrap_or(encoding_rs::UTF_8).decode(answer.body).0;
    let start = text.trim_start();
    if start.is_empty() {
        return Err(reject("empty-body", "the body is empty"));
    }
    if start.starts_with(['{', '[']) {
        return Ok(Form::Data(json::parse(answer.body)?.value));
    }
    if !start.starts_with('<') {
        return Err(reject("no-known-form", "the body is no page, no data and no mail"));
    }
    if truncated(&text) {
        return Err(reject("truncated-html", "the body ends before its page does"));
    }
    if too_deep(&text) {
        return Err(reject("too-deep", "the elements of the page are nested too deeply"));
    }
    Ok(Form::Page(text.into_owned()))
}

/// Whether more than [`DEEPEST`] elements of `page` are open at once; the time to build a tree grows with their number
/// at every tag. Elements that never hold others, and those that the next of their kind ends, do not count.
fn too_deep(page: &str) -> bool {
    const FLAT: [&str; 28] = [
        "p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "optgroup", "dd", "dt", "br", "img", "hr",
        "input", "meta", "link", "area", "base", "col", "embed", "param", "source", "track", "wbr", "path", "use",
    ];
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    let mut depth = 0_usize;
    for tag in page.split('<').skip(1) {
        let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len()).min(16);
        let name = tag.get(..end).unwrap_or_default().to_ascii_lowercase();
        if name.is_empty() || FLAT.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name).or_default();
        if !closes {
            *count += 1;
            depth += 1;
        } else if *count > 0 {
            *count -= 1;
            depth -= 1;
        }
        if depth > DEEPEST || open.len() > DEEPEST {
            return true;
        }
    }
    false
}

/// Whether `page` begins a page and does not end it.
fn truncated(page: &str) -> bool {
    let has = |word: &[u8]| page.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    has(b"<html") && !has(b"</html")
}

static SCRIPTS: LazyLock<Option<Selector>> = LazyLock::new(|| super::selector("script"));
static OWN: LazyLock<Option<Selector>> =
    LazyLock::new(|| super::selector("link[rel='canonical'], meta[property='og:url'], base[href]"));

/// The addresses that the page may have: the one it was asked under, then those that it states.
pub(super) fn addresses(tree: &Html, asked: &str) -> Vec<String> {
    let mut found = vec![asked.to_owned()];
    let stated = OWN.iter().flat_map(|own| tree.select(own));
    found.extend(stated.take(10).filter_map(|element| {
        let element = element.value();
        element.attr("href").or_else(|| element.attr("content")).map(str::to_owned)
    }));
    found.retain(|url| url.starts_with("http"));
    found
}

/// The data in the scripts of `tree`: JSON scripts, values that scripts assign, and the rows of streamed data.
pub(in crate::sources) fn texts_of(tree: &Html) -> Vec<Value> {
    let (mut found, mut streamed) = (Vec::new(), String::new());
    for script in SCRIPTS.iter().flat_map(|scripts| tree.select(scripts)) {
        let text: String = script.text().collect();
        let kind = script.value().attr("type").unwrap_or_default();
        if kind.contains("ld+json") {
            continue;
        }
        if text.contains("__next_f") {
            streamed.push_str(&pushed(&text));
        } else if text.trim_start().starts_with(['{', '[']) {
            found.extend(serde_json::from_str::<Value>(text.trim()));
        } else {
            assigned(&text, &mut found);
        }
    }
    for row in streamed.lines() {
        let Some((_, value)) = row.split_once(':') else { continue };
        if value.starts_with(['{', '[']) {
            found.extend(serde_json::from_str::<Value>(value));
        }
    }
    found
}

/// The text that a script of the form `self.__next_f.push([1,"…"])` adds to the stream.
fn pushed(script: &str) -> String {
    let mut text = String::new();
    for (at, _) in script.match_indices("push([").take(MOST_STARTS * 10) {
        let rest = script.get(at + "push(".len()..).unwrap_or_default();
        if let Some(Ok(Value::Array(parts))) = Deserializer::from_str(rest).into_iter::<Value>().next() {
            parts.iter().filter_map(Value::as_str).for_each(|part| text.push_str(part));
        }
    }
    text
}

/// The objects and lists that `script` assigns.
fn assigned(script: &str, found: &mut Vec<Value>) {
    let mut done = 0;
    let signs = script.match_indices('=').take(10_000).filter_map(|(at, _)| {
        let rest = script.get(at + 1..)?;
        let value = rest.trim_start();
        value.starts_with(['{', '[']).then_some(script.len() - value.len())
    });
    for start in signs.take(MOST_STARTS) {
        if start < done {
            continue;
        }
        let mut values = Deserializer::from_str(&script[start..]).into_iter::<Value>();
        if let Some(Ok(value)) = values.next() {
            done = start + values.byte_offset();
            found.push(value);
        }
    }
}

/// Adds to `found` every object within `value` that is `wanted`, in order, and nothing within those. Depth is bounded
/// by the JSON parser.
pub(in crate::sources) fn collect<'v>(value: &'v Value, wanted: &impl Fn(&Value) -> bool, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| collect(value, wanted, found)),
        Value::Object(_) if wanted(value) => found.push(value),
        Value::Object(object) => object.values().for_each(|value| collect(value, wanted, found)),
        _ => {}
    }
}
