//! How much travel a job asks for.

use super::text::Statement;
use super::tokens::{floor, trimmed};
use super::{Fact, FactKind};

/// How far from "travel" its share may stand, in bytes.
const NEAR: usize = 50;

/// What the sentence around "travel" says: a share of the time, or words.
pub(super) fn read(said: &Statement<'_>) -> Vec<Fact> {
    let behind = said.behind().to_ascii_lowercase();
    // A benefit, an industry, a page.
    let other = [
        "stipend",
        " insurance",
        " tech",
        " industry",
        " compan",
        " agenc",
        " platform",
        " credit",
        " budget",
        " perk",
        " allowance",
        " app",
        " times",
        " brand",
        " product",
        " expert",
        " experience",
        " market",
    ];
    let next = behind.get(..floor(&behind, 24)).unwrap_or_default();
    let traveller = next.starts_with("ler") || next.starts_with("er");
    if traveller || next.starts_with("ing to the office") || other.iter().any(|word| next.contains(word)) {
        return Vec::new();
    }
    let from = floor(said.text, said.start.saturating_sub(NEAR)).max(said.sentence.0);
    let to = floor(said.text, said.end + NEAR).min(said.sentence.1);
    if let Some((min, max, start, end)) = share(said.text, from, to, said) {
        let span = (start.min(said.start), end.max(said.end));
        return vec![said.fact(FactKind::Travel, format!("{min}..{max}"), span, "travel-share", 0.9)];
    }
    let near = said.text[from..to].to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| near.contains(word));
    let value =
        if has(&["no travel", "travel is not required", "travel not required", "no business travel", "keine reise"]) {
            Some(("none", "0..0"))
        } else if has(&[
            "occasional travel",
            "travel occasionally",
            "minimal travel",
            " some travel",
            "infrequent travel",
            "infrequently travel",
            "limited travel",
            "light travel",
            "gelegentliche",
        ]) {
            Some(("occasional", "occasional"))
        } else if has(&[
            "travel required",
            "travel is required",
            "travel-required",
            "willingness to travel",
            "willing to travel",
            "must travel",
            "ability to travel",
            "able to travel",
            "required to travel",
            "reisebereitschaft",
            "extensive travel",
            "frequent travel",
            "frequently travel",
            "disponibilidad para viajar",
            "déplacements à prévoir",
            "travel regularly",
        ]) {
            Some(("required", "required"))
        } else {
            None
        };
    value
        .map(|(_, value)| said.fact(FactKind::Travel, value, trimmed(said.text, from, to), "travel-words", 0.75))
        .into_iter()
        .collect()
}

/// The share of time in `text[from..to]`: least, most, and where it stands.
fn share(text: &str, from: usize, to: usize, said: &Statement<'_>) -> Option<(u8, u8, usize, usize)> {
    let part = &text[from..to];
    let lower = part.to_ascii_lowercase();
    let sign = lower.match_indices('%').map(|(at, sign)| (at, at + sign.len()));
    let spelled = lower.match_indices("percent").map(|(at, word)| (at, at + word.len()));
    let prozent = lower.match_indices("prozent").map(|(at, word)| (at, at + word.len()));
    let (at, end) = sign.chain(spelled).chain(prozent).min_by_key(|(at, _)| (from + at).abs_diff(said.start))?;
    let (high, start) = number_before(part, at)?;
    let before = part[..start].trim_end_matches(['-', '–', '—', ' ', '%', 't', 'o']);
    let range = before.len() < start && part[before.len()..start].chars().any(|c| matches!(c, '-' | '–' | '—' | 't'));
    let low = range.then(|| number_before(part, before.len())).flatten().filter(|(low, _)| *low <= high);
    let lead = lower[floor(&lower, start.saturating_sub(14))..start].trim_end().to_owned();
    let least = ["at least", "minimum", "minimum of", "min.", "more than", "mindestens"]
        .iter()
        .any(|word| lead.ends_with(word));
    let most = [
        "up to",
        "<",
        "max",
        "max.",
        "maximum",
        "maximum of",
        "less than",
        "under",
        "no more than",
        "bis zu",
        "jusqu'à",
        "hasta",
        "range of",
    ];
    let most = most.iter().any(|word| lead.ends_with(word) || lead.trim_end_matches([' ', '~']).ends_with(word));
    // "100% travel coverage", "15% of the travel market"
    let behind = lower[end..].trim_start();
    let of_others = behind.starts_with("of ")
        && !["of the time", "of your time", "of time", "of the role", "travel"]
            .iter()
            .any(|word| behind.starts_with(word));
    let wrong = of_others
        || ["discount", "market", "coverage", "of travel", "off", "cover", "bonus", "match"]
            .iter()
            .any(|word| lower.contains(word));
    if wrong {
        return None;
    }
    Some(match low {
        Some((low, start)) => (low, high, from + start, from + end),
        None if least => (high, 100, from + start, from + end),
        None if most => (0, high, from + start, from + end),
        None => (high, high, from + start, from + end),
    })
}

/// The whole number that ends right before `at`, up to 100, and where it begins.
fn number_before(text: &str, at: usize) -> Option<(u8, usize)> {
    let head = text[..at].trim_end();
    let start = head
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + head[at..].chars().next().map_or(1, char::len_utf8));
    let number: u8 = head[start..].parse().ok()?;
    (number <= 100).then_some((number, start))
}
