//! What cards and mails state in words: how long ago, where, by whom and for how much.

use pipeline_core::read;
use pipeline_core::source::{RawPay, RawPlace, RawPosting, Remote, Stated};
use schemas::Micros;

use crate::sources::board;
use crate::sources::json::{self, Fields};

/// Longest text that is a place, in characters.
const LONGEST_PLACE: usize = 120;

/// The day at the text or number at `path`, which may count back from `now`; such a day is warned of by `date-relative`.
pub(in crate::sources) fn relative_day(fields: Fields<'_>, path: &str, now: Micros) -> Option<Stated<Micros>> {
    let words = fields.text(path)?;
    // Small numbers count days or hours, and are no instants near 1970.
    if let Some(instant) = fields.at(path).and_then(read::instant_of).filter(|instant| instant.0 > 946_684_800_000_000)
    {
        return Some(Stated::new(instant, path));
    }
    let Some(days) = days_ago(&words) else {
        let open = words.contains('+');
        fields.warn(if open { "date-at-least" } else { json::DATE_UNREADABLE });
        return None;
    };
    fields.warn("date-relative");
    Some(Stated::new(day_before(now, days), path))
}

/// The beginning of the day that is `days` before that of `now`.
pub(in crate::sources) fn day_before(now: Micros, days: i32) -> Micros {
    now.day().plus(-days).start()
}

/// How many days ago the words say: `3d`, `Posted 2 weeks ago`, `vor 3 Tagen`, `Today`; `30+ days` says too little.
pub(super) fn days_ago(words: &str) -> Option<i32> {
    const TODAY: [&str; 14] = [
        "today",
        "just posted",
        "new",
        "just now",
        "heute",
        "neu",
        "aujourd'hui",
        "hoy",
        "oggi",
        "hoje",
        "vandaag",
        "posted today",
        "i dag",
        "dziś",
    ];
    const YESTERDAY: [&str; 7] = ["yesterday", "gestern", "hier", "ayer", "ieri", "ontem", "gisteren"];
    let words = words.trim().to_lowercase();
    let bare = words.strip_prefix("posted").map_or(words.as_str(), |rest| rest.trim_start_matches([' ', ':']));
    if TODAY.contains(&bare) {
        return Some(0);
    }
    if YESTERDAY.contains(&bare) {
        return Some(1);
    }
    if words.chars().count() > 40 || words.contains('+') {
        return None;
    }
    let start = words.find(|c: char| c.is_ascii_digit())?;
    let rest = &words[start..];
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let count: i32 = rest[..end].parse().ok().filter(|count| (0..=1000).contains(count))?;
    let unit: String = rest[end..].trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    let days = match unit.as_str() {
        "h" | "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" | "heure" | "heures" | "hora"
        | "horas" | "ora" | "ore" | "uur" | "min" | "mins" | "minute" | "minutes" | "minuten" => {
            count / 24 * i32::from(unit.starts_with('h'))
        }
        "d" | "day" | "days" | "tag" | "tage" | "tagen" | "t" | "j" | "jour" | "jours" | "día" | "días" | "dias"
        | "dia" | "giorno" | "giorni" | "g" | "dag" | "dagen" => count,
        "w" | "week" | "weeks" | "woche" | "wochen" | "semaine" | "semaines" | "semana" | "semanas" | "settimane"
        | "weken" => count * 7,
        "mo" | "month" | "months" | "monat" | "monate" | "monaten" | "mois" | "mes" | "meses" | "mesi" | "maanden" => {
            count * 30
        }
        _ => return None,
    };
    Some(days)
}

/// An employer's name without the rating that stands behind it, and whether there was one: a line of its own, one with a
/// star, or one glued to a letter.
pub(in crate::sources) fn employer(text: &str) -> (&str, bool) {
    let trimmed = text.trim();
    let starless = trimmed.trim_end_matches(['★', '☆', '*', ' ', '\n', '\u{a0}']);
    let starred = starless.len() < trimmed.len();
    let Some((name, last)) = starless.char_indices().rev().nth(2).map(|(at, _)| starless.split_at(at)) else {
        return (trimmed, false);
    };
    let digits: Vec<char> = last.chars().collect();
    let [whole, mark, tenth] = digits.as_slice() else { return (trimmed, false) };
    let rating = ('0'..='5').contains(whole) && matches!(mark, '.' | ',') && tenth.is_ascii_digit();
    let apart = name.ends_with(['\n', '\r', '\t']) || name.ends_with("  ");
    let glued = name.ends_with(char::is_alphabetic);
    if rating && (starred || apart || glued) && !name.trim().is_empty() {
        return (name.trim(), true);
    }
    (trimmed, false)
}

/// Notes the place, and the manner of work, that the text at `path` states. A text that cannot be a place is left out.
pub(in crate::sources) fn place(posting: &mut RawPosting, fields: Fields<'_>, path: &str) {
    let Some(words) = fields.text(path) else { return };
    if !is_place(&words) {
        fields.warn("place-not-a-place");
        return;
    }
    let (remote, words) = manner(&words, path);
    posting.remote = posting.remote.take().or(remote);
    let lower = words.to_lowercase();
    if words.is_empty() || lower.starts_with("no location") || lower == "multiple locations" {
        return;
    }
    let parts: Vec<&str> = words.split(',').map(str::trim).collect();
    let known: Vec<&str> = parts.iter().copied().filter(|part| read::filled(part).is_some()).collect();
    if known.len() == parts.len() {
        posting.places.push(RawPlace::text(words, path));
        return;
    }
    fields.warn("place-part-missing");
    let first_missing = parts.first().is_some_and(|part| read::filled(part).is_none());
    match known.as_slice() {
        [] => {}
        [region] if first_missing => posting.places.push(RawPlace {
            field: path.to_owned(),
            region: Some((*region).to_owned()),
            ..RawPlace::default()
        }),
        known => posting.places.push(RawPlace::text(known.join(", "), path)),
    }
}

/// Whether `words` can be a place: short, and no sentences.
fn is_place(words: &str) -> bool {
    let length = words.chars().count();
    let sentence = |(at, _): (usize, &str)| {
        let before = words[..at].chars().rev().take_while(|c| c.is_lowercase()).count();
        before >= 4 && words[at + 1..].trim_start().starts_with(char::is_uppercase)
    };
    let sentences = words.match_indices(['.', '!', '?']).any(sentence);
    let many_words = words.split_whitespace().count() > 14;
    length <= LONGEST_PLACE && !(length > 40 && (sentences || many_words)) && !words.contains('\n')
}

/// Pay that the words at `path` state, to be read like a description.
pub(in crate::sources) fn pay_in_words(fields: Fields<'_>, path: &str) -> Vec<RawPay> {
    let words = fields.text(path).filter(|words| words.chars().any(|c| c.is_ascii_digit()));
    let pay = words.map(|text| {
        let predicted = text.to_lowercase().contains("glassdoor");
        RawPay { field: path.to_owned(), text: Some(text), predicted, ..RawPay::default() }
    });
    pay.into_iter().collect()
}

/// How the work is done where `words` begin or end with it, and what of them is a place: `Hybrid in Austin, Texas`.
fn manner(words: &str, field: &str) -> (Option<Stated<Remote>>, String) {
    let words = words.trim();
    let found = |remote, rest: &str| (Some(Stated::new(remote, field)), rest.trim().to_owned());
    if let Some(remote) = board::remote_of(words) {
        return found(remote, "");
    }
    let split = [" in ", " or ", " - ", ", ", " • ", ": "].into_iter().filter_map(|mark| words.split_once(mark));
    for (first, rest) in split {
        if let Some(remote) = board::remote_of(first) {
            return found(remote, rest);
        }
    }
    let bracket = words.strip_suffix(')').and_then(|words| words.rsplit_once('('));
    match bracket.and_then(|(rest, inner)| Some((rest, board::remote_of(inner)?))) {
        Some((rest, remote)) => found(remote, rest),
        None => (None, words.to_owned()),
    }
}
