//! Pay: the most that the role states against what the person expects, in one currency only.

use super::{Criterion, Explanation};
use crate::profile::Prepared;
use crate::vacancy::Vacancy;

pub(super) const CRITERION: Criterion = Criterion { name: "pay", weight: 7.0, score, explain };

/// Pay at this share of the expectation, or below, fits not at all.
const TOO_LITTLE: f64 = 0.6;

fn score(prepared: &Prepared, vacancy: &Vacancy) -> Option<f64> {
    let (expected, stated) = (prepared.pay.as_ref()?, vacancy.pay?);
    if expected.currency != stated.currency {
        return None;
    }
    let share = stated.amount / expected.amount;
    Some(((share - TOO_LITTLE) / (1.0 - TOO_LITTLE)).clamp(0.0, 1.0))
}

fn explain(prepared: &Prepared, vacancy: &Vacancy, score: Option<f64>) -> Explanation {
    let (Some(expected), Some(stated)) = (&prepared.pay, vacancy.pay) else {
        let side = if prepared.pay.is_none() {
            "The profile states no clear expectation"
        } else {
            "The posting states no pay"
        };
        return Explanation::of(format!("{side}."));
    };
    let currency = &expected.currency;
    if score.is_none() {
        return Explanation::of(format!("It pays in {}, the expectation is in {currency}.", stated.currency));
    }
    let how = if stated.amount >= expected.amount { "at or above" } else { "below" };
    let assumption = expected.assumption.as_ref().map(|assumption| format!(" ({assumption})")).unwrap_or_default();
    let reason = format!(
        "Up to {} {currency} a year is {how} the expected {} {currency}{assumption}.",
        grouped(stated.amount),
        grouped(expected.amount)
    );
    let explanation = Explanation::of(reason);
    match stated.quote {
        Some(quote) => explanation.with(format!("pays {how} the expectation"), &prepared.pay_words, "pay_quote", quote),
        None => explanation,
    }
}

/// Whole units with a comma before every third digit.
fn grouped(amount: f64) -> String {
    let digits = format!("{amount:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn amounts_are_grouped_by_thousands() {
        assert_eq!(super::grouped(950.4), "950");
        assert_eq!(super::grouped(1_234_567.0), "1,234,567");
    }
}
