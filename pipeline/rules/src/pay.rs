//! Base pay: from the source's fields where they state it, otherwise from the words of a pay field, otherwise from the
//! description.

mod currency;
mod lex;
mod read;

use pipeline_core::money::{Period, to_minor};
use pipeline_core::source::{PayKind, RawPay};
use rust_decimal::Decimal;

pub use read::{PayHints, PayReading, read_pay_text};

use crate::html::Warnings;

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
    /// Lowest per year.
    pub annual_min_minor: Option<i64>,
    /// Highest per year.
    pub annual_max_minor: Option<i64>,
    /// The words that state it.
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
}

/// Amounts on their way into columns.
struct Amounts {
    min: Option<Decimal>,
    max: Option<Decimal>,
    currency: Option<String>,
    period: Option<Period>,
    assumptions: Vec<String>,
    confidence: f64,
}

/// The base pay of a posting; `None` when nothing states it. `title` and `text` are the posting's, cleaned.
pub fn read(fields: &[RawPay], title: &str, text: &str, hints: &PayHints, warnings: &mut Warnings) -> Option<Pay> {
    let stated =
        |predicted: bool| fields.iter().filter(move |pay| pay.kind == PayKind::Base && pay.predicted == predicted);
    structured(stated(false), hints, warnings)
        .or_else(|| stated(false).find_map(|pay| from_pay_text(pay, hints, warnings)))
        .or_else(|| from_description(text, hints, warnings))
        .or_else(|| from_title(title, hints, warnings))
        .or_else(|| structured(stated(true), hints, warnings))
        .or_else(|| stated(true).find_map(|pay| from_pay_text(pay, hints, warnings)))
}

/// Pay from fields for amounts: those with the currency and period of the first, together.
fn structured<'a>(fields: impl Iterator<Item = &'a RawPay>, hints: &PayHints, warnings: &mut Warnings) -> Option<Pay> {
    let mut fields = fields.filter_map(|pay| ordered(pay, warnings).map(|(min, max)| (pay, min, max)));
    let (first, mut min, mut max) = fields.next()?;
    let mut assumptions = Vec::new();
    for (_, next_min, next_max) in
        fields.filter(|(pay, ..)| pay.currency == first.currency && pay.period == first.period)
    {
        if (next_min, next_max) != (min, max) && assumptions.is_empty() {
            assumptions.push("several pay zones: from the lowest to the highest amount".to_owned());
        }
        min = lower(min, next_min);
        max = higher(max, next_max);
    }
    let currency = first.currency.as_deref().and_then(|code| currency_of(code, hints, &mut assumptions));
    let mut period = first.period;
    let top = max.or(min)?;
    if period.is_none() && top >= Decimal::from(10_000) && currency::speaks_for_itself(currency.as_deref()) {
        period = Some(Period::Year);
        assumptions.push("read as pay per year because of its size".to_owned());
    }
    if period == Some(Period::Year) && top < Decimal::from(1_000) && warnings.contains("pay-maybe-thousands") {
        let thousand = Decimal::from(1_000);
        min = min.map(|amount| amount * thousand);
        max = max.map(|amount| amount * thousand);
        assumptions.push("amounts are read as thousands".to_owned());
    }
    let confidence = if first.predicted { 0.4 } else { 0.98 - 0.1 * assumptions.len().min(4) as f64 };
    let quote = describe(first, min, max);
    let amounts = Amounts { min, max, currency, period, assumptions, confidence };
    Some(columns(amounts, quote, None, first, "pay-field", warnings))
}

/// The amounts of a field in order; zeros and absences are nothing.
fn ordered(pay: &RawPay, warnings: &mut Warnings) -> Option<(Option<Decimal>, Option<Decimal>)> {
    let real = |amount: Option<Decimal>| amount.filter(|amount| *amount > Decimal::ZERO);
    match (real(pay.min), real(pay.max)) {
        (None, None) => None,
        (Some(min), Some(max)) if min > max => {
            warnings.insert("pay-min-above-max");
            Some((Some(max), Some(min)))
        }
        both => Some(both),
    }
}

/// The wider lower end; an open end stays open.
fn lower(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    a.zip(b).map(|(a, b)| a.min(b))
}

fn higher(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    a.zip(b).map(|(a, b)| a.max(b))
}

/// The ISO code that a field's currency means; fields hold signs too.
fn currency_of(stated: &str, hints: &PayHints, assumptions: &mut Vec<String>) -> Option<String> {
    if let Some(code) = currency::code(stated) {
        return Some(code.to_owned());
    }
    let stated = stated.trim();
    let sign = currency::SIGNS
        .iter()
        .find(|(sign, _)| *sign == stated)
        .map(|(_, sign)| *sign)
        .or_else(|| currency::word(stated))?;
    if let currency::Sign::Code(code) = sign {
        return Some(code.to_owned());
    }
    let country = hints.country.as_deref()?;
    let code = currency::in_country(sign, country)?;
    assumptions.push(format!("the currency sign is read as {code} because the place is in {country}"));
    Some(code.to_owned())
}

/// The field's amounts in words, for people to check.
fn describe(pay: &RawPay, min: Option<Decimal>, max: Option<Decimal>) -> String {
    if let Some(text) = &pay.text {
        return crate::html::clean_line(text, &mut Warnings::new());
    }
    let amounts = match (min, max) {
        (Some(min), Some(max)) if min != max => format!("{min} – {max}"),
        (Some(amount), _) | (None, Some(amount)) => amount.to_string(),
        (None, None) => String::new(),
    };
    let mut words = vec![amounts];
    words.extend(pay.currency.clone());
    words.extend(pay.period.map(|period| format!("per {}", period.name())));
    words.join(" ")
}

fn from_pay_text(pay: &RawPay, hints: &PayHints, warnings: &mut Warnings) -> Option<Pay> {
    let text = crate::html::clean_line(pay.text.as_deref()?, warnings);
    let hints = PayHints {
        dedicated: true,
        currency: pay.currency.clone(),
        country: hints.country.clone(),
        convention: pay.convention,
    };
    let reading = read_pay_text(&text, &hints)?;
    let quote = reading.quote.clone();
    Some(columns(amounts_of(reading, pay.period), quote, None, pay, "pay-text", warnings))
}

fn from_description(text: &str, hints: &PayHints, warnings: &mut Warnings) -> Option<Pay> {
    let reading = read_pay_text(text, hints)?;
    let (span, quote) = ((reading.start, reading.end), reading.quote.clone());
    let source = RawPay { field: "text".to_owned(), ..RawPay::default() };
    Some(columns(amounts_of(reading, None), quote, Some(span), &source, "pay-words", warnings))
}

fn from_title(title: &str, hints: &PayHints, warnings: &mut Warnings) -> Option<Pay> {
    let reading = read_pay_text(title, hints)?;
    let quote = reading.quote.clone();
    let source = RawPay { field: "title".to_owned(), ..RawPay::default() };
    Some(columns(amounts_of(reading, None), quote, None, &source, "pay-words", warnings))
}

fn amounts_of(reading: PayReading, period: Option<Period>) -> Amounts {
    Amounts {
        min: reading.min,
        max: reading.max,
        currency: reading.currency,
        period: reading.period.or(period),
        assumptions: reading.assumptions,
        confidence: reading.confidence,
    }
}

/// The columns for `amounts`. Without a currency, a period or plausible amounts only the quote stays, with a warning.
fn columns(
    amounts: Amounts,
    quote: String,
    span: Option<(usize, usize)>,
    source: &RawPay,
    rule: &'static str,
    warnings: &mut Warnings,
) -> Pay {
    let quoted = Pay { quote: Some(quote), span, from: source.field.clone(), rule, ..Pay::default() };
    let Some(currency) = amounts.currency.clone() else {
        warnings.insert(if source.currency.is_some() { "currency-unknown" } else { "currency-ambiguous" });
        return quoted;
    };
    let Some(period) = amounts.period else {
        warnings.insert("pay-period-unknown");
        return quoted;
    };
    let both = [amounts.min, amounts.max];
    if !both.into_iter().flatten().all(|amount| currency::plausible(amount, Some(&currency), period)) {
        warnings.insert("pay-implausible");
        return quoted;
    }
    let minor = both.map(|amount| amount.and_then(|amount| to_minor(amount, &currency)));
    let annual = minor.map(|amount| amount.and_then(|amount| amount.checked_mul(period.per_year())));
    let mut assumptions = amounts.assumptions;
    assumptions.extend(year_of(period).map(str::to_owned));
    Pay {
        min_minor: minor[0],
        max_minor: minor[1],
        currency: Some(currency),
        period: Some(period),
        annual_min_minor: annual[0],
        annual_max_minor: annual[1],
        assumption: (!assumptions.is_empty()).then(|| assumptions.join("; ")),
        predicted: Some(source.predicted),
        confidence: Some((amounts.confidence * 100.0).round() / 100.0),
        ..quoted
    }
}

/// What a year of work is taken to be, where pay is not yearly.
fn year_of(period: Period) -> Option<&'static str> {
    match period {
        Period::Year => None,
        Period::Month => Some("12 months a year"),
        Period::Week => Some("52 weeks a year"),
        Period::Day => Some("260 days a year"),
        Period::Hour => Some("2,080 hours a year"),
    }
}

#[cfg(test)]
mod tests;
