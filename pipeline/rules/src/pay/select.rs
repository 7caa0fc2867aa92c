//! The one base pay of a text, out of all amounts that it states.

use pipeline_core::money::Period;
use rust_decimal::Decimal;

use super::part::PartKind;
use super::read::{Finding, PayHints, findings};
use super::year::PerYear;

/// Base pay as read from a text.
#[derive(Clone, Debug, PartialEq)]
pub struct PayReading {
    /// Lowest amount in major units; `None` for "up to".
    pub min: Option<Decimal>,
    /// Highest amount in major units; `None` for "from".
    pub max: Option<Decimal>,
    /// ISO 4217 code; `None` when the text leaves it open.
    pub currency: Option<String>,
    /// What the amounts pay for; `None` when the text leaves it open.
    pub period: Option<Period>,
    /// How often that is in a year, where the text states it.
    pub per_year: Option<PerYear>,
    /// The words that state it: `text[start..end]`.
    pub quote: String,
    /// Where they start, in bytes.
    pub start: usize,
    /// Where they end, in bytes.
    pub end: usize,
    /// What was assumed, each in words.
    pub assumptions: Vec<String>,
    /// How sure the reading is, 0 to 1.
    pub confidence: f64,
}

/// Widest gap between two pay ranges that are taken together, in bytes.
const GAP: usize = 1_500;

/// The base pay that `text` states; `None` when it states none, or nothing that is safe to read as one.
pub fn read_pay_text(text: &str, hints: &PayHints) -> Option<PayReading> {
    let mut found = findings(text, hints);
    if hints.convention.is_some() {
        // A source that writes its fields one after the other states base pay once; what follows is something else.
        let first = found.iter().position(|finding| finding.kind == PartKind::Base)?;
        found.truncate(first + 1);
    }
    base(text, &found)
}

/// The base pay among `findings` of `text`: the first that words call pay, widened by those near it that state the same kind.
pub fn base(text: &str, findings: &[Finding]) -> Option<PayReading> {
    let all = findings.iter().filter(|finding| finding.kind == PartKind::Base);
    let about_pay = all.clone().any(|finding| finding.about_pay);
    let mut best = all.filter(|finding| finding.about_pay == about_pay);
    let first = best.next()?;
    let mut joined = first.clone();
    let mut several = false;
    for next in best {
        let same = next.currency == first.currency && next.period == first.period;
        let two_sided = [first.min, first.max, next.min, next.max].iter().all(Option::is_some);
        if !same || !two_sided || next.bytes.start.saturating_sub(joined.bytes.end) > GAP {
            continue;
        }
        several |= (next.min, next.max) != (joined.min, joined.max);
        joined.min = joined.min.min(next.min);
        joined.max = joined.max.max(next.max);
        joined.bytes.end = next.bytes.end;
    }
    if several {
        joined.assumptions.push("several pay ranges: from the lowest to the highest amount".to_owned());
        joined.confidence = (joined.confidence - 0.15).max(0.1);
    }
    Some(PayReading {
        min: joined.min,
        max: joined.max,
        currency: joined.currency.map(str::to_owned),
        period: joined.period,
        per_year: joined.per_year,
        quote: text[joined.bytes.clone()].to_owned(),
        start: joined.bytes.start,
        end: joined.bytes.end,
        assumptions: joined.assumptions,
        confidence: joined.confidence,
    })
}
