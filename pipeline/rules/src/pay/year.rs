//! How many paid periods make a year: as the text states it (35 hours a week, 14 salaries), else by convention.

use pipeline_core::money::Period;
use rust_decimal::Decimal;

use super::lex::{Kind, Token};
use super::unit::{is_per, is_salary_count, period_word};

/// How often an amount is paid in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerYear {
    /// Fewest times.
    pub low: Decimal,
    /// Most times.
    pub high: Decimal,
    /// What that follows from, in words; `None` for yearly pay.
    pub basis: Option<String>,
}

impl PerYear {
    /// By convention: 2,080 hours, 260 days, 52 weeks, 12 months.
    pub fn by_convention(period: Period) -> Self {
        let times = Decimal::from(period.per_year());
        let basis = match period {
            Period::Year => None,
            Period::Month => Some("12 months a year"),
            Period::Week => Some("52 weeks a year"),
            Period::Day => Some("260 days a year"),
            Period::Hour => Some("2,080 hours a year"),
        };
        Self { low: times, high: times, basis: basis.map(str::to_owned) }
    }
}

/// Hours a week that all of `tokens` agree on.
pub fn weekly_hours(tokens: &[Token]) -> Option<PerYear> {
    let mut found: Option<(Decimal, Decimal)> = None;
    for at in 0..tokens.len() {
        let Some((low, high, next)) = count_at(tokens, at) else { continue };
        if !is_hours_a_week(tokens, next) || low < Decimal::from(5) || high > Decimal::from(60) {
            continue;
        }
        // A range begins before its second number, which is met again on the way.
        if found.is_some_and(|(first_low, first_high)| (first_low, first_high) != (low, high) && first_high != high) {
            return None;
        }
        found = found.or(Some((low, high)));
    }
    let (low, high) = found?;
    let weeks = Decimal::from(52);
    let hours =
        if low == high { low.normalize().to_string() } else { format!("{} to {}", low.normalize(), high.normalize()) };
    Some(PerYear {
        low: low * weeks,
        high: high * weeks,
        basis: Some(format!("{hours} hours a week as stated, 52 weeks a year")),
    })
}

/// A plain number or range of two at token `at`, and the token after it.
fn count_at(tokens: &[Token], at: usize) -> Option<(Decimal, Decimal, usize)> {
    let low = plain(tokens.get(at)?)?;
    let joint = tokens.get(at + 1).is_some_and(|token| match &token.kind {
        Kind::Dash => true,
        Kind::Word(word) => super::words::is_joint(word),
        _ => false,
    });
    match tokens.get(at + 2).and_then(plain).filter(|high| joint && *high >= low) {
        Some(high) => Some((low, high, at + 3)),
        None => Some((low, low, at + 1)),
    }
}

fn plain(token: &Token) -> Option<Decimal> {
    match &token.kind {
        Kind::Amount(amount) if amount.money.is_none() && amount.times.is_none() && !amount.percent => {
            Some(amount.number)
        }
        _ => None,
    }
}

fn word_at(tokens: &[Token], at: usize) -> Option<&str> {
    match &tokens.get(at)?.kind {
        Kind::Word(word) => Some(word),
        _ => None,
    }
}

fn is_hours_a_week(tokens: &[Token], mut at: usize) -> bool {
    if matches!(tokens.get(at).map(|token| &token.kind), Some(Kind::Dash | Kind::Plus)) {
        at += 1;
    }
    let hours = word_at(tokens, at).is_some_and(|word| {
        matches!(
            word,
            "h" | "hr"
                | "hrs"
                | "hour"
                | "hours"
                | "std"
                | "stunden"
                | "stunde"
                | "heures"
                | "horas"
                | "ore"
                | "uur"
                | "uren"
                | "timmar"
                | "timer"
                | "godzin"
                | "godz"
                | "hodin"
                | "tuntia"
        )
    });
    if !hours {
        return false;
    }
    for offset in 1..4 {
        match tokens.get(at + offset).map(|token| &token.kind) {
            Some(Kind::Word(word)) => match period_word(word) {
                Some(unit) if unit.period == Period::Week => return true,
                _ if is_per(word) || matches!(word.as_str(), "work" | "in" | "der" | "la" | "op") => {}
                _ if word == "workweek" => return true,
                _ => return false,
            },
            Some(Kind::Slash | Kind::Dash | Kind::Stop | Kind::Other) => {}
            _ => return false,
        }
    }
    false
}

/// The number of monthly salaries that is stated right after token `at`: `x 14`, `(13 Gehälter)`, `13th month`.
pub fn salaries_after(tokens: &[Token], at: usize) -> Option<PerYear> {
    let mut times: Option<u32> = None;
    let mut before = "";
    for index in at..tokens.len().min(at + 14) {
        match &tokens[index].kind {
            Kind::Line | Kind::Bullet => break,
            Kind::Amount(amount) if amount.money.is_none() && amount.times.is_none() && !amount.percent => {
                let count = (13..=16).find(|count| amount.number == Decimal::from(*count));
                let next = word_at(tokens, index + 1).or_else(|| word_at(tokens, index + 2)).unwrap_or_default();
                let said = matches!(before, "x" | "mal" | "times" | "×")
                    || is_salary_count(next)
                    || next.starts_with("monats");
                times = times.max(count.filter(|_| said));
            }
            Kind::Amount(_) => break,
            Kind::Word(word) => {
                times = times.max(match word.as_str() {
                    "13th" | "13e" | "13x" | "13ème" | "dreizehntes" | "dreizehn" | "tredicesima" => Some(13),
                    "14th" | "14e" | "14x" | "14ème" | "vierzehn" | "quattordicesima" => Some(14),
                    _ => None,
                });
                before = word;
                continue;
            }
            Kind::Other => {
                before = "×";
                continue;
            }
            _ => {}
        }
        before = "";
    }
    let times = Decimal::from(times?);
    Some(PerYear { low: times, high: times, basis: Some(format!("{times} monthly salaries a year as stated")) })
}
