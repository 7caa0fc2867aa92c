//! Pay read from texts.
//!
//! The labels are JSON lines, or one JSON list, of
//! - `{"text_tier", "location", "gold": [{"min", "max", "currency", "interval"}]}`: the words, the place of work, and what the employer
//!   stated in fields. `text_tier`, or else `text_salary`, is Ashby's summary and is read as such.
//! - `{"title", "text" or "description", "location", "min", "max", "currency", "period"}`: free text as of a posting. `min` and `max` both
//!   absent mean that the text states no pay; an absent `currency` means that the text leaves it open.
//! - `{"comment", "min", "max", "currency", "period"}`: a Hacker News comment in its HTML. The places of work are those of its first line,
//!   as the source reads them.
//!
//! `interval` and `period` are `year`, `month`, `week`, `day` or `hour`, with or without `1 ` before.

use std::collections::BTreeMap;

use pipeline_core::eval::{Evaluation, Metric};
use pipeline_core::money::Period;
use pipeline_core::source::{Markup, PayConvention};
use pipeline_core::{Error, Result};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;

use crate::html::{Warnings, clean};
use crate::{PayHints, PayReading, Readers, read_pay_text};

/// Largest difference of an amount that counts as equal, as a share of it: labels state `€52.5K` as 52,499.
const TOLERANCE: f64 = 0.005;

#[derive(Deserialize)]
struct Label {
    text_tier: Option<String>,
    text_salary: Option<String>,
    title: Option<String>,
    text: Option<String>,
    description: Option<String>,
    comment: Option<String>,
    location: Option<String>,
    gold: Option<Vec<Gold>>,
    #[serde(flatten)]
    only: Gold,
}

#[derive(Deserialize)]
struct Gold {
    min: Option<f64>,
    max: Option<f64>,
    currency: Option<String>,
    #[serde(alias = "period")]
    interval: Option<String>,
}

impl Label {
    /// The text, and whether it is a pay field in Ashby's own writing.
    fn words(&self) -> Option<(String, bool)> {
        if let Some(field) = self.text_tier.as_ref().or(self.text_salary.as_ref()) {
            return Some((field.clone(), true));
        }
        if let Some(comment) = &self.comment {
            return Some((clean(comment, Markup::Html, &mut Warnings::new()), false));
        }
        let parts = [&self.title, &self.text, &self.description];
        let text = parts.into_iter().flatten().cloned().collect::<Vec<_>>().join("\n\n");
        (!text.is_empty()).then_some((text, false))
    }

    /// The countries of the places of work.
    fn countries(&self, readers: &Readers, words: &str) -> Vec<String> {
        if self.comment.is_none() {
            let place = readers.places.read_text(self.location.as_deref().unwrap_or_default());
            return place.country.into_iter().collect();
        }
        let segments: Vec<&str> = words.lines().next().unwrap_or_default().split('|').skip(1).map(str::trim).collect();
        let places = segments.iter().flat_map(|segment| readers.places.read_all(segment));
        let mut countries: Vec<String> = places.filter_map(|place| place.country).collect();
        if countries.is_empty() {
            countries = readers.places.scope(&segments);
        }
        countries
    }

    fn gold(&self) -> &[Gold] {
        self.gold.as_deref().unwrap_or(std::slice::from_ref(&self.only))
    }
}

/// The labels of a JSON list or of JSON lines.
fn labels(text: &str) -> Result<Vec<Label>> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text)
            .map_err(|error| Error::invalid("the file is no list of labels of pay").because(error));
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            let broken = || Error::invalid(format!("line {} is no label of pay", index + 1));
            let label: Label = serde_json::from_str(line).map_err(|error| broken().because(error))?;
            if label.words().is_none() { Err(broken()) } else { Ok(label) }
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Exact,
    Wrong,
    Missed,
}

/// `exact`: minimum, maximum, currency and period are those of the label, or both state none. `silently_wrong`: a whole reading that is
/// something else. `missed`: no reading, or one that leaves open what the label states.
///
/// # Errors
/// `Invalid` when a line is no label.
pub fn evaluate(readers: &Readers, text: &str) -> Result<Evaluation> {
    let (mut verdicts, mut errors) = (Vec::new(), Vec::new());
    for label in labels(text)? {
        let Some((words, is_summary)) = label.words() else { continue };
        let location = label.location.as_deref().unwrap_or_default();
        let countries = label.countries(readers, &words);
        let convention = is_summary.then_some(PayConvention::EnglishUs);
        let hints = PayHints { country: None, countries, currency: None, dedicated: is_summary, convention };
        let reading = read_pay_text(&words, &hints);
        let verdict = judge(reading.as_ref(), label.gold());
        if verdict != Verdict::Exact {
            let found = reading.map(|reading| {
                json!({"min": reading.min, "max": reading.max, "currency": reading.currency,
                    "period": reading.period.map(Period::name), "assumptions": reading.assumptions})
            });
            let gold = label.gold().iter().map(|gold| json!([gold.min, gold.max, gold.currency, gold.interval]));
            let gold: Vec<_> = gold.collect();
            let verdict = if verdict == Verdict::Wrong { "wrong" } else { "missed" };
            errors.push(json!({"text": words, "location": location, "verdict": verdict, "found": found, "gold": gold}));
        }
        verdicts.push(verdict);
    }
    let share = |wanted: Verdict| Metric::share(&verdicts.iter().map(|verdict| *verdict == wanted).collect::<Vec<_>>());
    let metrics = BTreeMap::from([
        ("exact".to_owned(), share(Verdict::Exact)),
        ("silently_wrong".to_owned(), share(Verdict::Wrong)),
        ("missed".to_owned(), share(Verdict::Missed)),
    ]);
    Ok(Evaluation { subject: "salary".to_owned(), n: verdicts.len() as u64, metrics, errors })
}

fn judge(reading: Option<&PayReading>, gold: &[Gold]) -> Verdict {
    let states_none = gold.iter().all(|gold| gold.min.is_none() && gold.max.is_none());
    let Some(reading) = reading else { return if states_none { Verdict::Exact } else { Verdict::Missed } };
    let equal = |read: Option<Decimal>, gold: Option<f64>| match (read.and_then(|read| f64::try_from(read).ok()), gold)
    {
        (Some(read), Some(gold)) => (read - gold).abs() <= gold * TOLERANCE,
        (None, None) => true,
        _ => false,
    };
    let right = gold.iter().any(|gold| {
        let interval = gold.interval.as_deref().map(|interval| interval.trim_start_matches("1 ").to_lowercase());
        reading.currency == gold.currency
            && reading.period.map(Period::name) == interval.as_deref()
            && equal(reading.min, gold.min)
            && equal(reading.max, gold.max)
    });
    match (right, reading.currency.is_some() && reading.period.is_some()) {
        (true, _) => Verdict::Exact,
        (false, true) => Verdict::Wrong,
        (false, false) => Verdict::Missed,
    }
}
