//! Pay read from the words of a pay field.
//!
//! The labels are JSON lines `{"text_tier", "location", "gold": [{"min", "max", "currency", "interval"}]}`: the words, the place of
//! work, and what the employer stated in fields. `text_tier` is Ashby's `compensationTierSummary` and is read as such. `interval` is `1 YEAR`, `1 MONTH`, `1 WEEK`, `1 DAY` or `1 HOUR`.

use std::collections::BTreeMap;

use pipeline_core::eval::{Evaluation, Metric};
use pipeline_core::money::Period;
use pipeline_core::source::PayConvention;
use pipeline_core::{Error, Result};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;

use crate::{PayHints, PayReading, Readers, read_pay_text};

/// Largest difference of an amount that counts as equal, as a share of it: labels state `€52.5K` as 52,499.
const TOLERANCE: f64 = 0.005;

#[derive(Deserialize)]
struct Label {
    text_tier: String,
    #[serde(default)]
    location: Option<String>,
    gold: Vec<Gold>,
}

#[derive(Deserialize)]
struct Gold {
    min: Option<f64>,
    max: Option<f64>,
    currency: String,
    interval: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Exact,
    Wrong,
    Missed,
}

/// `exact`: minimum, maximum, currency and period are those of the label. `silently_wrong`: a whole reading that is not. `missed`:
/// no reading, or one that leaves the currency or the period open.
///
/// # Errors
/// `Invalid` when a line is no label.
pub fn evaluate(readers: &Readers, labels: &str) -> Result<Evaluation> {
    let (mut verdicts, mut errors) = (Vec::new(), Vec::new());
    for (index, line) in labels.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let label: Label = serde_json::from_str(line)
            .map_err(|error| Error::invalid(format!("line {} is no label of pay", index + 1)).because(error))?;
        let location = label.location.as_deref().unwrap_or_default();
        let country = readers.places.read_text(location).country;
        let convention = Some(PayConvention::EnglishUs);
        let hints = PayHints { country, currency: None, dedicated: true, convention };
        let reading = read_pay_text(&label.text_tier, &hints);
        let verdict = judge(reading.as_ref(), &label.gold);
        if verdict != Verdict::Exact {
            let found = reading.map(|reading| {
                json!({"min": reading.min, "max": reading.max, "currency": reading.currency,
                    "period": reading.period.map(Period::name), "assumptions": reading.assumptions})
            });
            let gold: Vec<_> =
                label.gold.iter().map(|gold| json!([gold.min, gold.max, gold.currency, gold.interval])).collect();
            let verdict = if verdict == Verdict::Wrong { "wrong" } else { "missed" };
            errors.push(json!({"text": label.text_tier, "location": location, "verdict": verdict, "found": found, "gold": gold}));
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
    let Some(reading) = reading else { return Verdict::Missed };
    let (Some(currency), Some(period)) = (&reading.currency, reading.period) else { return Verdict::Missed };
    let equal = |read: Option<Decimal>, gold: Option<f64>| match (read.and_then(|read| f64::try_from(read).ok()), gold)
    {
        (Some(read), Some(gold)) => (read - gold).abs() <= gold * TOLERANCE,
        (None, None) => true,
        _ => false,
    };
    let right = gold.iter().any(|gold| {
        let interval = gold.interval.trim_start_matches("1 ").to_lowercase();
        *currency == gold.currency
            && period.name() == interval
            && equal(reading.min, gold.min)
            && equal(reading.max, gold.max)
    });
    if right { Verdict::Exact } else { Verdict::Wrong }
}
