//! The parts of a posting's pay, from its fields and its words.

use pipeline_core::money::{Period, to_minor};
use pipeline_core::source::{PayKind, RawPay};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::columns::{a_year, rounded};
use super::part::{MOST_PARTS, PartKind, PayPart};
use super::read::{Finding, PayHints, findings};
use super::year::PerYear;
use super::{dedicated, fields};
use crate::html::Warnings;

/// All parts: those of fields first, then those of the text and of the title. What two places state alike stands once.
pub fn parts(raw: &[RawPay], title: (&str, &[Finding]), text: (&str, &[Finding]), hints: &PayHints) -> Vec<PayPart> {
    let mut out: Vec<PayPart> = Vec::new();
    for pay in raw {
        if let Some(part) = of_field(pay, hints) {
            add(&mut out, part);
        } else if let Some((words, hints)) = dedicated(pay, hints, &mut Warnings::new()) {
            for finding in findings(&words, &hints) {
                let kind = if pay.kind == PayKind::Other && finding.kind == PartKind::Base {
                    PartKind::Other
                } else {
                    finding.kind
                };
                let finding = Finding { kind, period: finding.period.or(pay.period), ..finding };
                let part = of_words(&words, &finding, &pay.field, "pay-text", false);
                add(&mut out, PayPart { predicted: pay.predicted, ..part });
            }
        }
    }
    for finding in text.1 {
        add(&mut out, of_words(text.0, finding, "text", "pay-words", true));
    }
    for finding in title.1 {
        add(&mut out, of_words(title.0, finding, "title", "pay-words", false));
    }
    out
}

/// Adds `part` unless it is there already; a zone tells two parts of the same amounts apart.
fn add(parts: &mut Vec<PayPart>, part: PayPart) {
    let same = |other: &PayPart| {
        other.kind == part.kind
            && (other.min_minor, other.max_minor) == (part.min_minor, part.max_minor)
            && (other.min_percent, other.max_percent) == (part.min_percent, part.max_percent)
            && (&other.currency, other.period) == (&part.currency, part.period)
            && (part.zone.is_none() || part.zone == other.zone)
            && (part.currency.is_some()
                || part.min_percent.is_some()
                || part.max_percent.is_some()
                || part.quote == other.quote)
    };
    if parts.len() < MOST_PARTS && !parts.iter().any(same) {
        parts.push(part);
    }
}

/// The part that a field with amounts states.
fn of_field(pay: &RawPay, hints: &PayHints) -> Option<PayPart> {
    let (min, max) = fields::ordered(pay, &mut Warnings::new())?;
    let kind = if pay.kind == PayKind::Base { PartKind::Base } else { PartKind::Other };
    let mut assumptions = Vec::new();
    let currency = pay.currency.as_deref().and_then(|code| fields::currency_of(code, hints, &mut assumptions));
    let small = [min, max].into_iter().flatten().all(|amount| amount <= Decimal::ONE_HUNDRED);
    let percent = kind == PartKind::Other && pay.currency.is_none() && pay.period.is_none() && small;
    if percent {
        assumptions.push("read as percent, since it has neither currency nor period".to_owned());
    }
    let confidence = if pay.predicted { 0.4 } else { 0.98 - 0.1 * assumptions.len() as f64 };
    let quote = fields::describe(pay, min, max);
    let amounts = Numbers { min, max, percent, currency: currency.as_deref(), period: pay.period, per_year: None };
    let blank = blank(kind, quote, &pay.field, "pay-field", pay.predicted, confidence);
    let part = PayPart { zone: pay.zone.clone(), ..blank };
    Some(filled(part, &amounts, assumptions))
}

/// The part that words state. `anchored` when they stand in the posting's own text.
fn of_words(text: &str, finding: &Finding, from: &str, rule: &'static str, anchored: bool) -> PayPart {
    let quote = text[finding.bytes.clone()].to_owned();
    let mut part = blank(finding.kind, quote, from, rule, false, finding.confidence);
    part.zone.clone_from(&finding.zone);
    if anchored {
        (part.start, part.end) = (Some(finding.bytes.start), Some(finding.bytes.end));
    }
    let amounts = Numbers {
        min: finding.min,
        max: finding.max,
        percent: finding.percent,
        currency: finding.currency,
        period: finding.period,
        per_year: finding.per_year.as_ref(),
    };
    filled(part, &amounts, finding.assumptions.clone())
}

/// What of a part is numbers.
struct Numbers<'a> {
    min: Option<Decimal>,
    max: Option<Decimal>,
    percent: bool,
    currency: Option<&'a str>,
    period: Option<Period>,
    per_year: Option<&'a PerYear>,
}

fn blank(kind: PartKind, quote: String, from: &str, rule: &'static str, predicted: bool, confidence: f64) -> PayPart {
    PayPart {
        kind,
        min_minor: None,
        max_minor: None,
        min_percent: None,
        max_percent: None,
        currency: None,
        period: None,
        annual_min_minor: None,
        annual_max_minor: None,
        zone: None,
        quote,
        start: None,
        end: None,
        from: from.to_owned(),
        rule,
        assumption: None,
        predicted,
        confidence: rounded(confidence),
    }
}

/// `part` with its numbers; what is paid once or only sometimes has no year.
fn filled(mut part: PayPart, numbers: &Numbers<'_>, mut assumptions: Vec<String>) -> PayPart {
    if numbers.percent {
        part.min_percent = numbers.min.and_then(|share| share.to_f64());
        part.max_percent = numbers.max.and_then(|share| share.to_f64());
    } else {
        part.period = numbers.period;
        if let Some(currency) = numbers.currency {
            let minor = |amount: Option<Decimal>| amount.and_then(|amount| to_minor(amount, currency));
            (part.min_minor, part.max_minor) = (minor(numbers.min), minor(numbers.max));
            part.currency = Some(currency.to_owned());
        }
    }
    let yearly = matches!(part.kind, PartKind::Base | PartKind::Ote | PartKind::Total | PartKind::Other)
        && part.currency.is_some();
    if let Some(period) = part.period.filter(|_| yearly) {
        let per_year = numbers.per_year.cloned().unwrap_or_else(|| PerYear::by_convention(period));
        part.annual_min_minor = a_year(part.min_minor, per_year.low);
        part.annual_max_minor = a_year(part.max_minor, per_year.high);
        assumptions.extend(per_year.basis);
    }
    part.assumption = (!assumptions.is_empty()).then(|| assumptions.join("; "));
    part
}
