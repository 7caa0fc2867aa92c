//! Hours, shifts, the length of a contract and the start, as far as a posting states them exactly.

use serde::Serialize;

use super::Found;
use super::clauses::Clauses;

/// Hours per week.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Hours {
    /// The least, or the only number.
    pub min: f64,
    /// The most, where a range is given.
    pub max: Option<f64>,
}

/// Words for hours, and for the week that they are counted in.
const HOURS: &[&str] = &[
    "hours",
    "hour",
    "hrs",
    "hr",
    "h",
    "stunden",
    "std",
    "wochenstunden",
    "heures",
    "horas",
    "ore",
    "uur",
    "godzin",
    "timmar",
    "timer",
];
const WEEK: &[&str] = &[
    "week",
    "weekly",
    "wk",
    "woche",
    "wöchentlich",
    "semaine",
    "hebdomadaire",
    "hebdomadaires",
    "semana",
    "semanales",
    "settimana",
    "settimanali",
    "tygodniowo",
    "vecka",
    "uge",
    "ugentligt",
];

/// The hours per week that `clauses` state. Of several statements the first counts, unless they differ: then none does.
pub(super) fn hours(clauses: &Clauses<'_>) -> Option<Found<Hours>> {
    let mut found: Vec<Found<Hours>> = (0..clauses.len()).filter_map(|at| hours_at(clauses, at)).collect();
    let first = found.first()?.value;
    found.iter().all(|other| other.value == first).then(|| found.swap_remove(0))
}

fn hours_at(clauses: &Clauses<'_>, at: usize) -> Option<Found<Hours>> {
    let word = clauses.word(at);
    let (upper, last) = if HOURS.contains(&word) {
        decimal(clauses, at.checked_sub(1)?)?
    } else {
        // "40h"
        let digits = word.find(|c: char| !c.is_ascii_digit())?;
        (HOURS.contains(&&word[digits..])).then_some(())?;
        (word[..digits].parse().ok()?, at)
    };
    let alone = word == "wochenstunden";
    let weekly = alone
        || (1..=3).any(|next| {
            WEEK.contains(&clauses.word(at + next)) && !clauses.at(at + next).is_some_and(|word| word.first)
        });
    if !weekly || !(4.0..=60.0).contains(&upper) {
        return None;
    }
    let gap = clauses.gap(last);
    let low = last
        .checked_sub(1)
        .filter(|_| gap.len() <= 5 && gap.contains(['-', '–', '—', '/']))
        .or_else(|| last.checked_sub(2).filter(|_| matches!(clauses.word(last - 1), "to" | "bis" | "à" | "a" | "tot")));
    let low = low.and_then(|before| decimal(clauses, before)).filter(|(low, _)| *low < upper && *low >= 4.0);
    let start = low.map_or(last, |(_, start)| start);
    let before = start.saturating_sub(4)..start;
    if clauses.has(before, &["than", "over", "up", "every", "save", "overlap", "first"]) {
        return None;
    }
    let value = Hours { min: low.map_or(upper, |(low, _)| low), max: low.map(|_| upper) };
    Some(Found::in_text(value, "hours-per-week", clauses.span(start..at + 1), 0.9))
}

/// The number that ends with the word numbered `at`, such as `37.5` or `38,5`, and its first word.
fn decimal(clauses: &Clauses<'_>, at: usize) -> Option<(f64, usize)> {
    let word = clauses.word(at);
    if word.is_empty() || word.len() > 3 || !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(whole) = at.checked_sub(1)
        && matches!(clauses.gap(at), "." | ",")
        && word.len() <= 2
        && clauses.word(whole).len() <= 2
        && clauses.word(whole).bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some((format!("{}.{word}", clauses.word(whole)).parse().ok()?, whole));
    }
    Some((word.parse().ok()?, at))
}

/// Kinds of shifts with the phrases that state them.
const SHIFTS: &[(&str, &[&str])] = &[
    (
        "night",
        &[
            "night shift",
            "night shifts",
            "overnight shift",
            "overnight shifts",
            "nachtschicht",
            "nachtdienst",
            "third shift",
            "3rd shift",
            "graveyard shift",
            "travail de nuit",
            "nights shift",
            "turno de noche",
        ],
    ),
    (
        "evening",
        &["evening shift", "evening shifts", "second shift", "2nd shift", "swing shift", "spätschicht", "spätdienst"],
    ),
    ("early", &["early shift", "early shifts", "first shift", "1st shift", "day shift", "frühschicht", "frühdienst"]),
    (
        "weekend",
        &[
            "weekend shift",
            "weekend shifts",
            "weekend work",
            "work weekends",
            "weekends and holidays",
            "nights and weekends",
            "evenings and weekends",
            "weekends required",
            "wochenenddienst",
            "weekend availability",
            "wochenendarbeit",
            "work on weekends",
            "including weekends",
        ],
    ),
    (
        "rotating",
        &[
            "rotating shift",
            "rotating shifts",
            "shift rotation",
            "rotational shifts",
            "rotating schedule",
            "wechselschicht",
            "schichtarbeit",
            "schichtdienst",
            "schichtbetrieb",
            "3 schicht",
            "2 schicht",
            "shift work",
            "trois huit",
            "ploegendienst",
            "rotational shift",
        ],
    ),
    (
        "on_call",
        &[
            "on call rotation",
            "on call rotations",
            "on call duty",
            "on call duties",
            "on call schedule",
            "on call shifts",
            "on call responsibilities",
            "rufbereitschaft",
            "bereitschaftsdienst",
            "oncall rotation",
            "be on call",
            "astreinte",
            "astreintes",
            "on call support",
            "participate in on call",
        ],
    ),
];

static SHIFT_PHRASES: std::sync::LazyLock<super::clauses::Phrases<&'static str>> =
    std::sync::LazyLock::new(|| super::clauses::Phrases::new(SHIFTS));

/// The kinds of shifts that `clauses` state, once each.
pub(super) fn shifts(clauses: &Clauses<'_>) -> Vec<Found<&'static str>> {
    let mut out: Vec<Found<&'static str>> = Vec::new();
    for (value, range) in SHIFT_PHRASES.find(clauses) {
        let sentence = clauses.sentence(range.start, 10);
        let denied = clauses.has(
            sentence.start.max(range.start.saturating_sub(4))..range.start,
            &["no", "not", "without", "keine", "ohne", "never"],
        );
        if !denied && out.iter().all(|found| found.value != value) {
            out.push(Found::in_text(value, "shift-phrase", clauses.span(range), 0.85));
        }
    }
    out
}

/// How long a contract lasts, in months, where it ends.
pub(super) fn term(clauses: &Clauses<'_>) -> Option<Found<u16>> {
    const UNITS: &[(&str, u16)] = &[
        ("month", 1),
        ("months", 1),
        ("monate", 1),
        ("monaten", 1),
        ("mois", 1),
        ("meses", 1),
        ("maanden", 1),
        ("mesi", 1),
        ("year", 12),
        ("years", 12),
        ("jahre", 12),
        ("jahren", 12),
        ("jahr", 12),
        ("mo", 1),
    ];
    const CONTRACT: &[&str] = &[
        "contract",
        "fixed",
        "ftc",
        "befristet",
        "befristete",
        "befristeter",
        "temporary",
        "cdd",
        "maternity",
        "interim",
        "assignment",
        "provisional",
        "engagement",
        "secondment",
    ];
    (1..clauses.len()).find_map(|at| {
        let (_, months) = UNITS.iter().find(|(unit, _)| *unit == clauses.word(at))?;
        let gap = clauses.gap(at);
        let (count, _) = decimal(clauses, at - 1).or_else(|| Some((written(clauses.word(at - 1))?, at - 1)))?;
        if gap.len() > 4 || !(1.0..=60.0).contains(&count) || count.fract() != 0.0 {
            return None;
        }
        let near = clauses.sentence(at, 4);
        // "12-month contract", "6 months fixed term", "befristet auf 24 Monate", "contract for 6 months"
        let behind = clauses.has(at + 1..near.end.min(at + 4), CONTRACT);
        let before = clauses.has(near.start.max(at.saturating_sub(5))..at - 1, CONTRACT);
        let other = clauses.has(
            near.clone(),
            &[
                "experience",
                "probation",
                "notice",
                "renew",
                "annual",
                "contracts",
                "vesting",
                "lease",
                "last",
                "value",
                "renewal",
            ],
        );
        ((behind || before) && !other)
            .then(|| Found::in_text(count as u16 * months, "contract-term", clauses.span(at - 1..at + 1), 0.85))
    })
}

fn written(word: &str) -> Option<f64> {
    Some(match word {
        "three" | "drei" | "trois" => 3.0,
        "six" | "sechs" => 6.0,
        "nine" => 9.0,
        "twelve" | "zwölf" => 12.0,
        "eighteen" => 18.0,
        "two" | "zwei" => 2.0,
        "one" | "ein" => 1.0,
        _ => return None,
    })
}

/// When the work starts: `immediate`, a month as `2026-01`, or a quarter as `2026-Q1`. Only where the year is written.
pub(super) fn start(clauses: &Clauses<'_>) -> Option<Found<String>> {
    (0..clauses.len()).find_map(|at| {
        let word = clauses.word(at);
        let lead = match word {
            "start" | "starting" => clauses.word(at + 1) == "date" || word == "starting",
            "ab" => matches!(clauses.word(at + 1), "sofort"),
            "startdatum" | "eintrittsdatum" | "startdate" => true,
            "date" => clauses.word(at + 1) == "de" && matches!(clauses.word(at + 2), "début" | "démarrage"),
            _ => false,
        };
        if !lead {
            return None;
        }
        let end = (at + 10).min(clauses.len());
        let line = clauses.line(clauses.at(at)?.start).0;
        let same = |here: usize| clauses.at(here).is_some_and(|found| clauses.line(found.start).0 == line);
        for here in at + 1..end {
            if !same(here) {
                break;
            }
            let next = clauses.word(here);
            if matches!(next, "asap" | "immediately" | "immediate" | "sofort")
                || next == "soon" && clauses.word(here.saturating_sub(1)) == "as"
                || next == "possible" && clauses.word(here.saturating_sub(1)) == "as"
            {
                return Some(Found::in_text("immediate".to_owned(), "start-words", clauses.span(at..here + 1), 0.85));
            }
            let year = clauses.word(here + 1).parse::<u16>().ok().filter(|year| (2_000..2_100).contains(year));
            // "January/February 2026" is two months.
            if month(next).is_some() && month(clauses.word(here - 1)).is_some() {
                return None;
            }
            if let (Some(month), Some(year)) = (month(next), year) {
                return Some(Found::in_text(
                    format!("{year}-{month:02}"),
                    "start-words",
                    clauses.span(at..here + 2),
                    0.85,
                ));
            }
            if let (Some(quarter), Some(year)) =
                (["q1", "q2", "q3", "q4"].iter().position(|quarter| *quarter == next), year)
            {
                return Some(Found::in_text(
                    format!("{year}-Q{}", quarter + 1),
                    "start-words",
                    clauses.span(at..here + 2),
                    0.85,
                ));
            }
        }
        None
    })
}

fn month(word: &str) -> Option<u8> {
    const MONTHS: [&[&str]; 12] = [
        &["january", "jan", "januar", "janvier", "enero"],
        &["february", "feb", "februar", "février", "febrero"],
        &["march", "mar", "märz", "mars", "marzo"],
        &["april", "apr", "avril", "abril"],
        &["may", "mai", "mayo"],
        &["june", "jun", "juni", "juin", "junio"],
        &["july", "jul", "juli", "juillet", "julio"],
        &["august", "aug", "août", "agosto"],
        &["september", "sep", "sept", "septembre", "septiembre"],
        &["october", "oct", "oktober", "octobre", "octubre"],
        &["november", "nov", "novembre", "noviembre"],
        &["december", "dec", "dezember", "décembre", "diciembre"],
    ];
    MONTHS.iter().position(|names| names.contains(&word)).map(|at| at as u8 + 1)
}
