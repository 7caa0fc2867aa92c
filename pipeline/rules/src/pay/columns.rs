//! Amounts of base pay as columns: checked, in minor units, per year.

use pipeline_core::money::{Period, to_minor};
use pipeline_core::source::RawPay;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::year::PerYear;
use super::{Pay, size};
use crate::html::Warnings;

/// Amounts on their way into columns.
pub struct Amounts {
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
    pub currency: Option<String>,
    pub period: Option<Period>,
    /// How often the period is in a year, where that is stated.
    pub per_year: Option<PerYear>,
    pub assumptions: Vec<String>,
    pub confidence: f64,
}

/// The columns for `amounts`. Without a currency, a period or plausible amounts only the quote stays, with a warning.
pub fn columns(
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
    if !both.into_iter().flatten().all(|amount| size::plausible(amount, Some(&currency), period)) {
        warnings.insert("pay-implausible");
        return quoted;
    }
    let minor = both.map(|amount| amount.and_then(|amount| to_minor(amount, &currency)));
    let per_year = amounts.per_year.unwrap_or_else(|| PerYear::by_convention(period));
    let mut assumptions = amounts.assumptions;
    assumptions.extend(per_year.basis.clone());
    Pay {
        min_minor: minor[0],
        max_minor: minor[1],
        annual_min_minor: a_year(minor[0], per_year.low),
        annual_max_minor: a_year(minor[1], per_year.high),
        currency: Some(currency),
        period: Some(period),
        assumption: (!assumptions.is_empty()).then(|| assumptions.join("; ")),
        predicted: Some(source.predicted),
        confidence: Some(rounded(amounts.confidence)),
        ..quoted
    }
}

/// What `minor` comes to when it is paid `times` a year.
pub fn a_year(minor: Option<i64>, times: Decimal) -> Option<i64> {
    Decimal::from(minor?).checked_mul(times)?.round().to_i64()
}

/// `confidence` to two digits.
pub fn rounded(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}
