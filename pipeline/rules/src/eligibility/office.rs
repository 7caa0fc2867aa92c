//! Days per week in the office.

use super::text::Statement;
use super::tokens::tokens;
use super::{Fact, FactKind};

/// Days of a working week.
const WEEK: u8 = 5;

/// How far from the days the office may be named, in bytes.
const NEAR: usize = 90;

const OFFICE: &[&str] = &[
    "office",
    "onsite",
    "on-site",
    "on site",
    "in person",
    "in-person",
    "hq",
    "headquarter",
    "studio",
    "factory",
    "hybrid",
    "büro",
    "präsenz",
    "vor ort",
    "bureau",
    "présentiel",
    "sur site",
    "oficina",
    "presencial",
    "lab",
    "campus",
    "hub",
    "warehouse",
    "facility",
];

const AWAY: &[&str] = &["remote", "from home", "wfh", "home office", "homeoffice", "télétravail", "teletrabajo"];

const DAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday"];

/// The days that the sentence around a cue states.
pub(super) fn read(said: &Statement<'_>) -> Vec<Fact> {
    let lower = said.text[said.start..said.end].to_ascii_lowercase();
    if lower.starts_with('%') {
        return share(said).into_iter().collect();
    }
    if DAYS.iter().any(|day| lower.starts_with(day)) {
        return weekdays(said).into_iter().collect();
    }
    let Some((min, max, start)) = number_before(said) else { return Vec::new() };
    let near = |from: usize, to: usize| {
        let (from, to) = (super::tokens::floor(said.text, from), super::tokens::floor(said.text, to));
        said.text[from.max(said.sentence.0)..to.min(said.sentence.1)].to_lowercase()
    };
    let around = near(start.saturating_sub(NEAR), said.end + NEAR);
    let behind = near(said.end, said.end + 40);
    let names = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let cue_office = names(&lower, OFFICE);
    // "2 days remote per week" are the days that are not in the office.
    let away = !cue_office && (lower.contains("télétravail") || first_of(&behind, AWAY) < first_of(&behind, OFFICE));
    if !cue_office && !away && !names(&around, OFFICE) || min > WEEK || max > WEEK || min > max {
        return Vec::new();
    }
    let (min, max) = if away { (WEEK - max, WEEK - min) } else { (min, max) };
    vec![said.fact(FactKind::OfficeDays, format!("{min}..{max}"), (start, said.end), "office-days", 0.85)]
}

fn first_of(text: &str, words: &[&str]) -> usize {
    words.iter().filter_map(|word| text.find(word)).min().unwrap_or(usize::MAX)
}

/// The number or range right before the cue, and where it begins.
fn number_before(said: &Statement<'_>) -> Option<(u8, u8, usize)> {
    let words = tokens(said.text, said.sentence.0, said.start);
    let digits_of_cue = said.text[..said.start].ends_with(|c: char| c.is_ascii_digit());
    let skip = ["full", "working", "whole", "in", "office", "onsite", "the", "person", "in-office"];
    let mut end = words.len();
    while end > 0
        && words.len() - end < 3
        && !digits_of_cue
        && skip.contains(&words[end - 1].word.to_lowercase().as_str())
    {
        end -= 1;
    }
    let last = words.get(end.checked_sub(1)?)?;
    let high = number(last.word)?;
    let before = |back: usize| end.checked_sub(back).and_then(|at| words.get(at));
    // "2-3", "2 to 3", "two or three"
    let between = before(2)
        .is_some_and(|word| matches!(word.word.to_lowercase().as_str(), "to" | "or" | "bis" | "à" | "a" | "and"));
    let low = if between { before(3) } else { before(2) };
    if let Some(token) = low
        && let Some(low) = number(token.word)
        && (between || said.text[token.end..last.start].trim().chars().all(|c| matches!(c, '-' | '–' | '—' | '/')))
    {
        return Some((low, high, token.start));
    }
    let lead =
        said.text[super::tokens::floor(said.text, last.start.saturating_sub(16))..last.start].to_ascii_lowercase();
    let lead = lead.trim_end();
    let most =
        ["up to", "bis zu", "max", "max.", "maximum", "jusqu'à", "hasta"].iter().any(|word| lead.ends_with(word));
    let least = ["at least", "minimum", "minimum of", "min.", "min", "mindestens", "au moins", "al menos"]
        .iter()
        .any(|word| lead.ends_with(word))
        || said.text[last.end..said.start].starts_with('+')
        || last.word.ends_with('+');
    let (min, max) = match (most, least) {
        (true, _) => (0, high),
        (_, true) => (high, high.max(WEEK)),
        _ => (high, high),
    };
    Some((min, max, last.start))
}

fn number(word: &str) -> Option<u8> {
    let word = word.trim_end_matches('+').to_lowercase();
    let words = [
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("ein", 1),
        ("einen", 1),
        ("zwei", 2),
        ("drei", 3),
        ("vier", 4),
        ("fünf", 5),
        ("un", 1),
        ("deux", 2),
        ("trois", 3),
        ("quatre", 4),
        ("dos", 2),
        ("tres", 3),
        ("cuatro", 4),
        ("once", 1),
        ("twice", 2),
    ];
    let digits = word.parse::<u8>().ok().filter(|number| *number <= 7);
    digits.or_else(|| words.iter().find(|(name, _)| *name == word).map(|(_, number)| *number))
}

/// "40-60 % in the office", as days.
fn share(said: &Statement<'_>) -> Option<Fact> {
    let words = tokens(said.text, said.sentence.0, said.start);
    let percent = |word: &str| word.trim_end_matches('%').parse::<u32>().ok().filter(|percent| *percent <= 100);
    let last = words.last()?;
    let high = percent(last.word)?;
    let low =
        words.len().checked_sub(2).and_then(|at| words.get(at)).filter(|token| {
            said.text[token.end..last.start].trim().chars().all(|c| matches!(c, '-' | '–' | '—' | '%'))
        });
    let (low, start) = low.and_then(|token| Some((percent(token.word)?, token.start))).unwrap_or((high, last.start));
    let days = |percent: u32| ((percent * u32::from(WEEK)) as f64 / 100.0).round() as u8;
    (low <= high).then(|| {
        said.fact(
            FactKind::OfficeDays,
            format!("{}..{}", days(low), days(high)),
            (start, said.end),
            "office-share",
            0.7,
        )
    })
}

/// "Tuesdays and Thursdays in the office".
fn weekdays(said: &Statement<'_>) -> Option<Fact> {
    let around = said.around().to_lowercase();
    let count = DAYS.iter().filter(|day| around.contains(&format!("{day}s"))).count();
    let office = OFFICE.iter().any(|word| around.contains(word)) && !AWAY.iter().any(|word| around.contains(word));
    let first = DAYS.iter().filter_map(|day| around.find(&format!("{day}s"))).min()?;
    let here = said.start - said.sentence.0;
    // Once, at the first of them; "Mondays to Fridays" are no days of the office.
    (office && count >= 1 && first == here && !around.contains("mondays to") && !around.contains("mondays through"))
        .then(|| {
            said.fact(
                FactKind::OfficeDays,
                format!("{count}..{count}"),
                (said.start, said.end),
                "office-weekdays",
                0.75,
            )
        })
}
