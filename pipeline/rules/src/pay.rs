//! Pay: from the source's fields where they state it, otherwise from the words of a pay field, otherwise from the description.
//! The columns hold one span of base pay; [`Pay::parts`] holds every amount with its kind and zone.

mod columns;
mod context;
mod currency;
mod fields;
mod join;
mod lex;
mod number;
mod part;
mod parts;
mod read;
mod select;
mod size;
mod span;
mod subject;
mod unit;
mod words;
mod year;
mod zone;

use pipeline_core::money::Period;
use pipeline_core::source::{PayKind, RawPay};

pub use part::{MOST_PARTS, PartKind, PayPart};
pub use read::PayHints;
pub use select::{PayReading, read_pay_text};
pub use year::PerYear;

use crate::html::Warnings;
use columns::{Amounts, columns};
use read::{Finding, findings};

/// Pay as the columns of a posting state it. All amounts are in minor units of `currency`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pay {
    /// Lowest per period.
    pub min_minor: Option<i64>,
    /// Highest per period.
    pub max_minor: Option<i64>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Period.
    pub period: Option<Period>,
    /// Lowest per year, by the hours or the number of salaries that the posting states, else by convention.
    pub annual_min_minor: Option<i64>,
    /// Highest per year.
    pub annual_max_minor: Option<i64>,
    /// The words that state it; `None` when no base pay is stated.
    pub quote: Option<String>,
    /// Where they stand in the posting's text, in bytes.
    pub span: Option<(usize, usize)>,
    /// What was assumed.
    pub assumption: Option<String>,
    /// Whether the source guessed it.
    pub predicted: Option<bool>,
    /// 0 to 1.
    pub confidence: Option<f64>,
    /// Field path, or `text`.
    pub from: String,
    /// The rule that read it.
    pub rule: &'static str,
    /// Every amount stated, with its kind and zone: those of fields first, then those of the text, in order.
    pub parts: Vec<PayPart>,
}

/// The pay of a posting; `None` when nothing states any. `title` and `text` are the posting's, cleaned.
pub fn read(fields: &[RawPay], title: &str, text: &str, hints: &PayHints, warnings: &mut Warnings) -> Option<Pay> {
    let (in_text, in_title) = (findings(text, hints), findings(title, hints));
    let stated =
        |predicted: bool| fields.iter().filter(move |pay| pay.kind == PayKind::Base && pay.predicted == predicted);
    let base = fields::structured(stated(false), hints, warnings)
        .or_else(|| stated(false).find_map(|pay| from_pay_text(pay, hints, warnings)))
        .or_else(|| from_findings(text, &in_text, "text", warnings))
        .or_else(|| from_findings(title, &in_title, "title", warnings))
        .or_else(|| fields::structured(stated(true), hints, warnings))
        .or_else(|| stated(true).find_map(|pay| from_pay_text(pay, hints, warnings)));
    let parts = parts::parts(fields, (title, &in_title), (text, &in_text), hints);
    (base.is_some() || !parts.is_empty()).then(|| Pay { parts, ..base.unwrap_or_default() })
}

/// What a field's text is read with, and the text.
fn dedicated(pay: &RawPay, hints: &PayHints, warnings: &mut Warnings) -> Option<(String, PayHints)> {
    let text = crate::html::clean_line(pay.text.as_deref()?, warnings);
    let hints = PayHints {
        dedicated: true,
        currency: pay.currency.clone(),
        country: hints.country.clone(),
        countries: hints.countries.clone(),
        convention: pay.convention,
    };
    Some((text, hints))
}

fn from_pay_text(pay: &RawPay, hints: &PayHints, warnings: &mut Warnings) -> Option<Pay> {
    let (text, hints) = dedicated(pay, hints, warnings)?;
    let reading = read_pay_text(&text, &hints)?;
    let quote = reading.quote.clone();
    Some(columns(amounts_of(reading, pay.period), quote, None, pay, "pay-text", warnings))
}

/// Base pay among the findings of the text or the title.
fn from_findings(text: &str, findings: &[Finding], from: &str, warnings: &mut Warnings) -> Option<Pay> {
    let reading = select::base(text, findings)?;
    let span = (from == "text").then_some((reading.start, reading.end));
    let (quote, source) = (reading.quote.clone(), RawPay { field: from.to_owned(), ..RawPay::default() });
    Some(columns(amounts_of(reading, None), quote, span, &source, "pay-words", warnings))
}

fn amounts_of(reading: PayReading, period: Option<Period>) -> Amounts {
    Amounts {
        min: reading.min,
        max: reading.max,
        currency: reading.currency,
        period: reading.period.or(period),
        per_year: reading.per_year,
        assumptions: reading.assumptions,
        confidence: reading.confidence,
    }
}

#[cfg(test)]
mod tests;
