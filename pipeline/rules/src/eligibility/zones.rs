//! Hours in which the work is done, as minutes from UTC.

use serde::Serialize;

use super::text::Statement;
use super::tokens::floor;
use super::{Fact, FactKind};

/// A range of offsets from UTC, in minutes, of the places whose working day fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Zone {
    /// The westernmost, negative west of Greenwich.
    pub from: i32,
    /// The easternmost.
    pub to: i32,
}

impl Zone {
    /// Reads "-300..60".
    pub fn parse(value: &str) -> Option<Self> {
        let (from, to) = value.split_once("..")?;
        Some(Self { from: from.parse().ok()?, to: to.parse().ok()? })
    }
}

/// Zones with one offset, in winter, in minutes. "IST" is India's; "CST" and "EST" are America's.
const CODES: &[(&str, i32)] = &[
    ("utc", 0),
    ("gmt", 0),
    ("cest", 120),
    ("cet", 60),
    ("eet", 120),
    ("est", -300),
    ("edt", -240),
    ("pst", -480),
    ("pdt", -420),
    ("mst", -420),
    ("cst", -360),
    ("cdt", -300),
    ("bst", 60),
    ("ist", 330),
    ("aest", 600),
    ("et", -300),
    ("pt", -480),
    ("mt", -420),
    ("ct", -360),
    ("eastern", -300),
    ("pacific", -480),
    ("central", -360),
    ("mountain", -420),
];

/// Areas by the offsets of their main zones, in winter.
const AREAS: &[(&str, i32, i32)] = &[
    ("north american", -480, -300),
    ("north america", -480, -300),
    ("latam", -480, -180),
    ("latin american", -480, -180),
    ("americas", -480, -180),
    ("american", -480, -300),
    ("u.s.", -480, -300),
    ("us", -480, -300),
    ("usa", -480, -300),
    ("european", 0, 120),
    ("europe", 0, 120),
    ("eu", 0, 120),
    ("emea", 0, 240),
    ("uk", 0, 0),
    ("asian", 330, 540),
    ("apac", 330, 720),
    ("indian", 330, 330),
    ("australian", 480, 660),
    ("continental us", -480, -300),
    ("canadian", -480, -210),
];

/// Hours of a working day, for what an overlap of some hours allows.
const DAY: i32 = 8;

/// What the sentence around the name of a zone says.
pub(super) fn read(said: &Statement<'_>) -> Vec<Fact> {
    let cue = said.text[said.start..said.end].to_ascii_lowercase();
    let range = match CODES.iter().find(|(code, _)| *code == cue) {
        Some((code, offset)) => of_code(said, code, *offset),
        None => of_words(said, &cue),
    };
    range
        .map(|(from, to, span, rule, sure)| said.fact(FactKind::Zone, format!("{from}..{to}"), span, rule, sure))
        .into_iter()
        .collect()
}

/// Most zones of one list: "EST/CST/MST/PST".
const MOST_LINKED: usize = 5;

type Range = (i32, i32, (usize, usize), &'static str, f64);

/// "UTC-3 to UTC+2", "CET ±2h", "from EST to CET".
fn of_code(said: &Statement<'_>, code: &str, offset: i32) -> Option<Range> {
    let written = &said.text[said.start..said.end];
    let plain = matches!(code, "utc" | "gmt");
    let inner = |at: usize| said.text.as_bytes().get(at).is_some_and(u8::is_ascii_alphabetic);
    // "est" and "cet" are words in small letters.
    if written.bytes().any(|byte| byte.is_ascii_lowercase())
        || inner(said.end)
        || said.start > 0 && inner(said.start - 1)
    {
        return None;
    }
    let mut at = said.end;
    let mut spread = None;
    let mut own = offset;
    if let Some((signs, value, end)) = signed(said.text, at) {
        match signs {
            Sign::Both => spread = Some((-value, value)),
            Sign::One(sign) => {
                let minutes = sign * value;
                // "CET -2 / +2" spreads, "UTC-3" is another zone.
                match signed(said.text, end) {
                    Some((Sign::One(other), second, last)) if other != sign => {
                        spread = Some((minutes.min(other * second), minutes.max(other * second)));
                        at = last;
                    }
                    Some((Sign::Both, second, last)) => {
                        own += minutes;
                        spread = Some((-second, second));
                        at = last;
                    }
                    _ => own += minutes,
                }
            }
        }
        at = at.max(end);
    }
    if let Some((low, high)) = spread {
        return Some((own + low, own + high, (said.start, at), "zone-spread", 0.95));
    }
    let (mut low, mut high) = (own, own);
    let mut last = at;
    for _ in 0..MOST_LINKED {
        let Some((other, end)) = to_other(said, last) else { break };
        (low, high, last) = (low.min(other), high.max(other), end);
    }
    if last > at {
        return Some((low, high, (said.start, last), "zone-range", 0.9));
    }
    if let Some((hours, within, start)) = hours_before(said) {
        let reach = 60 * if within { hours } else { (DAY - hours).max(0) };
        return Some((
            own - reach,
            own + reach,
            (start, at),
            if within { "zone-within" } else { "zone-overlap" },
            0.85,
        ));
    }
    let near = said.around().to_ascii_lowercase();
    let hours = [
        "time zone",
        "timezone",
        "working hours",
        "business hours",
        "core hours",
        "overlap",
        "work hours",
        "hours of operation",
    ];
    let stated = hours.iter().any(|word| near.contains(word)) || plain && at > said.end && near.contains("remote");
    // An hour of the clock ("9am EST") is a meeting.
    let clock = said.text[floor(said.text, said.start.saturating_sub(4))..said.start].to_ascii_lowercase();
    let clock = clock.trim_end().ends_with("am") || clock.trim_end().ends_with("pm");
    (stated && (!clock || near.contains("core hours"))).then_some((own, own, (said.start, at), "zone-named", 0.75))
}

/// "US time zones", "Eastern time zone", "European working hours".
fn of_words(said: &Statement<'_>, cue: &str) -> Option<Range> {
    let before = said.before().to_ascii_lowercase();
    let begin = floor(&before, before.len().saturating_sub(48));
    let near = before[begin..].trim_end();
    let near = near.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.');
    let near = near.strip_suffix("based").unwrap_or(near).trim_end();
    let whole = |word: &str| {
        near.strip_suffix(word).filter(|head| !head.ends_with(|c: char| c.is_alphanumeric())).map(str::len)
    };
    let own = cue.split([' ', '-']).next().unwrap_or_default();
    let zone = |name: &str| CODES.iter().find(|(code, _)| *code == name).map(|(_, offset)| (*offset, *offset));
    let area = |name: &str| AREAS.iter().find(|(area, ..)| *area == name).map(|(_, from, to)| (*from, *to));
    if !matches!(own, "time" | "timezone" | "zeitzone" | "fuseau" | "huso") {
        let (from, to) = zone(own).or_else(|| area(own))?;
        let hours = cue.contains("hours")
            || said.behind().trim_start().to_ascii_lowercase().starts_with("zone")
            || near.contains("hours of")
            || near.contains("overlap");
        return hours.then_some((from, to, (said.start, said.end), "zone-words", 0.8));
    }
    let start = |length: usize| said.sentence.0 + begin + length;
    // "Eastern/Central US timezone", "PST or MT timezone"
    let inner = near.strip_suffix("us").unwrap_or(near).trim_end();
    let words: Vec<&str> = inner.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let named: Vec<(i32, i32)> = words
        .iter()
        .rev()
        .take_while(|word| zone(word).is_some() || matches!(**word, "or" | "and" | "to"))
        .filter_map(|word| zone(word))
        .collect();
    if let (Some(from), Some(to)) = (named.iter().map(|range| range.0).min(), named.iter().map(|range| range.1).max()) {
        if let Some((hours, within, at)) = hours_before(said) {
            let reach = 60 * if within { hours } else { (DAY - hours).max(0) };
            let rule = if within { "zone-within" } else { "zone-overlap" };
            return Some((from - reach, to + reach, (at, said.end), rule, 0.8));
        }
        return Some((from, to, (start(0), said.end), "zone-words", 0.85));
    }
    let areas = AREAS.iter().filter_map(|(word, from, to)| Some((whole(word)?, *from, *to)));
    let (length, from, to) = areas.min_by_key(|(length, ..)| *length)?;
    Some((from, to, (start(length), said.end), "zone-area", 0.8))
}

enum Sign {
    One(i32),
    Both,
}

/// A signed number of hours right behind `at`, in minutes: "-3", "+5:30", "± 2h", "+/- 3".
fn signed(text: &str, at: usize) -> Option<(Sign, i32, usize)> {
    let rest = text[at..].trim_start_matches([' ', '(', ')', '/', ',']);
    if text.len() - at - rest.len() > 4 {
        return None;
    }
    let both = ["+/-", "±", "+-", "-/+", "+ / -", "-+", "+/−"].iter().find_map(|sign| rest.strip_prefix(sign));
    let (sign, rest) = match both {
        Some(rest) => (Sign::Both, rest),
        None => {
            let first = rest.chars().next()?;
            let sign = match first {
                '+' => 1,
                '-' | '−' | '–' => -1,
                _ => return None,
            };
            (Sign::One(sign), &rest[first.len_utf8()..])
        }
    };
    let rest = rest.trim_start();
    let digits = rest.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let hours: i32 = rest[..digits].parse().ok().filter(|hours| *hours <= 14)?;
    let minutes = rest[digits..].strip_prefix(":30").map_or(0, |_| 30);
    let mut end = text.len() - rest.len() + digits + if minutes > 0 { 3 } else { 0 };
    let unit: String = text[end..].chars().skip_while(|c| *c == ' ').take(5).map(|c| c.to_ascii_lowercase()).collect();
    let unit = ["hours", "hour", "hrs", "h"].iter().find(|word| unit.starts_with(**word));
    if let Some(unit) = unit {
        end = text.len() - text[end..].trim_start_matches(' ').len() + unit.len();
    }
    Some((sign, hours * 60 + minutes, end))
}

/// Another zone right behind, as in "UTC-3 to UTC+2", "EST to CET", "GMT -5 to +3".
fn to_other(said: &Statement<'_>, at: usize) -> Option<(i32, usize)> {
    let rest = &said.text[at..said.sentence.1];
    let inner = rest.trim_start();
    let linked = ["to ", "and ", "or ", "through ", "- ", "-", "–", "/", "bis ", ", or ", ", "]
        .iter()
        .find_map(|word| inner.strip_prefix(word))?;
    let linked = linked.trim_start();
    let begin = said.sentence.1 - linked.len();
    let word: String = linked.chars().take_while(char::is_ascii_alphabetic).collect();
    let upper = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let offset = CODES.iter().find(|(code, _)| upper && code.eq_ignore_ascii_case(&word)).map(|(_, offset)| *offset);
    match (offset, signed(said.text, begin + word.len())) {
        (Some(_) | None, Some((Sign::One(sign), value, end))) if upper || word.is_empty() => {
            Some((offset.unwrap_or(0) + sign * value, end))
        }
        (Some(offset), _) => Some((offset, begin + word.len())),
        _ => None,
    }
}

/// The hours of "within 3 hours of", "4 hours overlap with", "4-hour overlap with", whether it is "within", and where it begins.
fn hours_before(said: &Statement<'_>) -> Option<(i32, bool, usize)> {
    let before = said.before().to_ascii_lowercase();
    let begin = floor(&before, before.len().saturating_sub(60));
    let near = &before[begin..];
    let at = near.find("hour").or_else(|| near.find("hrs"))?;
    let digits = near[..at].trim_end_matches([' ', '-', '+']);
    let from = digits
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + digits[at..].chars().next().map_or(1, char::len_utf8));
    let hours: i32 = digits[from..].parse().ok().filter(|hours| *hours <= 12)?;
    let within = near.contains("within") || near.contains("no more than") || near[..from].trim_end().ends_with("±");
    let overlap = near.contains("overlap");
    (within || overlap).then_some((hours, within && !overlap, said.sentence.0 + begin + from))
}
