//! Pay that a source states in fields for amounts.

use pipeline_core::money::Period;
use pipeline_core::source::RawPay;
use rust_decimal::Decimal;

use super::columns::{Amounts, columns};
use super::read::only_currency;
use super::{Pay, PayHints, currency, size};
use crate::html::Warnings;

/// Pay from fields for amounts: those with the currency and period of the first, together.
pub fn structured<'a>(
    fields: impl Iterator<Item = &'a RawPay>,
    hints: &PayHints,
    warnings: &mut Warnings,
) -> Option<Pay> {
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
    if period.is_none() && top >= Decimal::from(10_000) && size::speaks_for_itself(currency.as_deref()) {
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
    let amounts = Amounts { min, max, currency, period, per_year: None, assumptions, confidence };
    Some(columns(amounts, quote, None, first, "pay-field", warnings))
}

/// The amounts of a field in order; zeros and absences are nothing.
pub fn ordered(pay: &RawPay, warnings: &mut Warnings) -> Option<(Option<Decimal>, Option<Decimal>)> {
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
pub fn currency_of(stated: &str, hints: &PayHints, assumptions: &mut Vec<String>) -> Option<String> {
    if let Some(code) = currency::code(stated) {
        return Some(code.to_owned());
    }
    let stated = stated.trim();
    let sign = currency::SIGNS
        .iter()
        .find(|(sign, _)| *sign == stated)
        .map(|(_, sign)| *sign)
        .or_else(|| currency::word(stated))
        .or_else(|| currency::name(&stated.to_lowercase()))?;
    if let currency::Sign::Code(code) = sign {
        return Some(code.to_owned());
    }
    let countries: Vec<&String> = hints.country.iter().chain(&hints.countries).collect();
    let (code, country) = only_currency(sign, &countries)?;
    assumptions.push(format!("the currency sign is read as {code} because the place is in {country}"));
    Some(code.to_owned())
}

/// The field's amounts in words, for people to check.
pub fn describe(pay: &RawPay, min: Option<Decimal>, max: Option<Decimal>) -> String {
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
