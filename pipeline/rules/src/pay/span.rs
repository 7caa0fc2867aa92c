//! Amounts as they stand: one or two numbers with a currency, before anything is known about what they pay for.

use std::ops::Range;

use rust_decimal::Decimal;

use super::currency::{Sign, may_write};
use super::lex::{Amount, Kind, Token};
use super::number::Times;
use super::unit::{is_per, period_word};
use super::words::{is_and, is_filler, is_joint, opens_range};

/// Widest that a range may be: the higher end as a multiple of the lower. What is wider is a slip or no range.
const WIDEST: i64 = 10;

/// One amount or a range.
#[derive(Clone)]
pub struct Span {
    /// Lowest, with multiplier; `None` for "up to".
    pub min: Option<Decimal>,
    /// Highest, with multiplier; `None` for "from".
    pub max: Option<Decimal>,
    /// Its currency.
    pub money: Option<Sign>,
    /// Whether the numbers are shares in percent.
    pub percent: bool,
    /// Whether a `k` or its like multiplies.
    pub thousands: bool,
    /// Whether a million or more multiplies.
    pub millions: bool,
    /// Whether the multiplier says "a year".
    pub yearly: bool,
    /// Whether two amounts state it.
    pub range: bool,
    /// Tokens that it is made of.
    pub tokens: Range<usize>,
}

/// What an amount bounds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    AtLeast,
    AtMost,
}

/// What begins at a token.
pub enum Found {
    /// Amounts.
    Span(Span),
    /// Amounts that cannot be read; the token after them.
    Nothing(usize),
}

/// The amounts that begin at token `at`.
pub fn span_at(tokens: &[Token], at: usize) -> Option<Found> {
    let Kind::Amount(first) = &tokens.get(at)?.kind else { return None };
    if let Some((next, second)) = second(tokens, at) {
        if let Some(span) = range(first, second, at..next + 1) {
            return Some(Found::Span(span));
        }
        // `$30 – $450,000`: one of the two is a slip, and it is not known which.
        if first.money.is_some() && first.money == second.money {
            // `$140,000-1$70,000`: what is glued to the slip belongs to it.
            let glued =
                |at: &usize| tokens[*at].start == tokens[*at - 1].end && matches!(tokens[*at].kind, Kind::Amount(_));
            return Some(Found::Nothing(
                (next + 1..tokens.len()).take_while(glued).last().map_or(next + 1, |last| last + 1),
            ));
        }
    }
    let amount = scaled(first)?;
    let (min, max) = match one_sided(tokens, at, first) {
        Side::Both => (Some(amount), Some(amount)),
        Side::AtLeast => (Some(amount), None),
        Side::AtMost => (None, Some(amount)),
    };
    Some(Found::Span(Span {
        min,
        max,
        money: first.money,
        percent: first.percent,
        thousands: is_thousands(first),
        millions: is_millions(first),
        yearly: first.yearly,
        range: false,
        tokens: at..at + 1,
    }))
}

/// The amount that a dash or a word joins to the one at `at`.
fn second(tokens: &[Token], at: usize) -> Option<(usize, &Amount)> {
    let Kind::Amount(first) = &tokens[at].kind else { return None };
    let mut next = at + 1;
    let mut joined = false;
    // `$82.00/hr – $95.00/hr`: a period may stand between.
    while next < tokens.len().min(at + 8) {
        match &tokens[next].kind {
            Kind::Amount(amount) if joined => return Some((next, amount)),
            // `45/55 k€`.
            Kind::Amount(second) => {
                let slashed = next == at + 2 && matches!(tokens[at + 1].kind, Kind::Slash);
                let alike = first.money.is_none() || first.money == second.money;
                let money = second.money.is_some() && (second.times.is_some() || second.number >= Decimal::from(1_000));
                return (slashed && alike && money).then_some((next, second));
            }
            Kind::Dash => joined = true,
            Kind::Word(word) if is_joint(word) => joined = true,
            Kind::Word(word) if is_and(word) && opened(tokens, at) => joined = true,
            Kind::Word(word) if !joined && (period_word(word).is_some() || is_filler(word) || is_per(word)) => {}
            // `$100k to max. $120k`, `from 50.000 € up to 60.000 €`.
            Kind::Word(word) if matches!(word.as_str(), "up" | "max" | "zu" | "maximum" | "circa" | "ca") => {}
            Kind::Slash | Kind::Other | Kind::Plus if !joined => {}
            Kind::Open | Kind::Close | Kind::Money(_) => {}
            Kind::Stop if !joined => {}
            _ => return None,
        }
        next += 1;
    }
    None
}

fn opened(tokens: &[Token], at: usize) -> bool {
    words_before(tokens, at, 4).iter().any(|word| opens_range(word))
}

/// The words right before token `at`, nearest first.
fn words_before(tokens: &[Token], at: usize, most: usize) -> Vec<&str> {
    let words = tokens[..at].iter().rev().map(|token| match &token.kind {
        Kind::Word(word) => Some(word.as_str()),
        Kind::Other | Kind::Stop | Kind::Colon => Some("."),
        Kind::Money(_) => Some("$"),
        _ => None,
    });
    words.take(most + 2).map_while(|word| word).filter(|word| !matches!(*word, "." | "$")).take(most).collect()
}

fn one_sided(tokens: &[Token], at: usize, amount: &Amount) -> Side {
    if amount.plus {
        return Side::AtLeast;
    }
    if let Some(side) = side_after(tokens, at + 1) {
        return side;
    }
    match tokens[..at].last().map(|token| &token.kind) {
        Some(Kind::Below) => return Side::AtMost,
        Some(Kind::Above) => return Side::AtLeast,
        _ => {}
    }
    match words_before(tokens, at, 4).as_slice() {
        ["mindestgehalt" | "mindestentgelt", ..]
        | [_, "mindestgehalt" | "mindestentgelt", ..]
        | [_, _, "mindestgehalt" | "mindestentgelt", ..]
        | ["salary" | "pay", "minimum" | "min", ..]
        | ["is" | "of", "salary" | "pay", "minimum" | "min", ..] => Side::AtLeast,
        ["to", "up", ..]
        | ["zu", "bis", ..]
        | ["till", "upp", ..]
        | ["til", "op" | "opp", ..]
        | ["a", "fino", ..]
        | [
            "bis" | "jusqu" | "jusque" | "hasta" | "até" | "tot" | "maximum" | "max" | "maximal" | "höchstens" | "maks"
            | "under" | "upto" | "до",
            ..,
        ]
        | ["à", "jusqu" | "jusque", ..]
        | ["than", "less", ..]
        | ["exceed" | "exceeding", "to", "not", ..]
        | ["do", ..] => Side::AtMost,
        [
            "from" | "ab" | "desde" | "dès" | "minimum" | "min" | "mindestens" | "starting" | "vanaf" | "od" | "fra"
            | "från" | "minst" | "от" | "від" | "over" | "above" | "mind",
            ..,
        ]
        | ["at", "starting" | "starts" | "start" | "starten", ..]
        | ["of", "minimum" | "excess", ..]
        | ["least", "at", ..]
        | ["de", "partir", ..]
        | ["da", "partire" | "partir", ..]
        | ["than", "more", ..] => Side::AtLeast,
        _ => Side::Both,
    }
}

/// `$105,000 minimum`, `€60k and up`, `50.000 € oder mehr`.
fn side_after(tokens: &[Token], at: usize) -> Option<Side> {
    let mut words = tokens.iter().skip(at).take(6).map_while(|token| match &token.kind {
        Kind::Word(word) => Some(word.as_str()),
        _ => None,
    });
    let words: Vec<&str> =
        words.by_ref().filter(|word| period_word(word).is_none_or(|unit| unit.alone) && !is_per(word)).collect();
    match words.as_slice() {
        ["minimum" | "min", ..]
        | ["and" | "or", "up" | "above" | "more" | "higher" | "upwards", ..]
        | ["und" | "oder", "mehr", ..] => Some(Side::AtLeast),
        ["et" | "ou", "plus", ..] | ["y" | "o", "más", ..] | ["upwards", ..] => Some(Side::AtLeast),
        ["maximum" | "max", ..] | ["or" | "and", "less" | "below", ..] => Some(Side::AtMost),
        _ => None,
    }
}

/// The amount with its multiplier; `None` when it cannot be pay.
fn scaled(amount: &Amount) -> Option<Decimal> {
    if amount.number.is_zero() {
        return None;
    }
    let Some(times) = amount.times else { return Some(amount.number) };
    let sensible = match times {
        Times::Lakh | Times::Crore => {
            let rupees =
                matches!(amount.money, None | Some(Sign::Rupee | Sign::Code("INR" | "PKR" | "BDT" | "NPR" | "LKR")));
            amount.yearly || rupees
        }
        // "20 mil pesos" are thousands; "5 mil" of dollars may be slang for millions.
        Times::Mil => matches!(
            amount.money,
            Some(
                Sign::Peso
                    | Sign::Code(
                        "BRL"
                            | "MXN"
                            | "COP"
                            | "CLP"
                            | "ARS"
                            | "PEN"
                            | "EUR"
                            | "UYU"
                            | "CRC"
                            | "GTQ"
                            | "BOB"
                            | "PYG"
                            | "RON"
                    )
            )
        ),
        _ => true,
    };
    let factor = times.factor().filter(|_| sensible && !amount.percent)?;
    amount.number.checked_mul(Decimal::from(factor))
}

fn is_thousands(amount: &Amount) -> bool {
    matches!(amount.times, Some(Times::Thousand | Times::Mil | Times::TenThousand))
}

fn is_millions(amount: &Amount) -> bool {
    matches!(amount.times, Some(Times::Million | Times::Crore))
}

/// Two amounts as a range; `None` when they are none.
fn range(first: &Amount, second: &Amount, tokens: Range<usize>) -> Option<Span> {
    let (mut low, mut high) = (first.clone(), second.clone());
    let thousand = Decimal::from(1_000);
    // A suffix or currency on one side counts for both: `$120-150k`, `17–23K PLN`, `8-12 LPA`, `€45K-€70`.
    match (low.times, high.times) {
        (None, Some(times)) if low.number < thousand => low.times = Some(times),
        (Some(times), None) if high.number < thousand => high.times = Some(times),
        _ => {}
    }
    let money = match (low.money, high.money) {
        (Some(a), Some(b)) if a == b => Some(a),
        (Some(Sign::Code(code)), Some(other)) | (Some(other), Some(Sign::Code(code))) => {
            may_write(code, other).then_some(Sign::Code(code))?.into()
        }
        (Some(_), Some(_)) => return None,
        (one, None) | (None, one) => one,
    };
    (low.money, high.money) = (money, money);
    let yearly = low.yearly || high.yearly;
    (low.yearly, high.yearly) = (yearly, yearly);
    // `0.25 – 0.5%`
    let percent = low.percent || high.percent;
    if percent && money.is_some() {
        return None;
    }
    (low.percent, high.percent) = (percent, percent);
    let (min, max) = (scaled(&low)?, scaled(&high)?);
    let close = min <= max && (percent || max <= min.checked_mul(Decimal::from(WIDEST))?);
    let years = money.is_none() && low.times.is_none() && is_year(min) && is_year(max);
    let open = second.plus;
    (close && !years).then_some(Span {
        min: Some(min),
        max: (!open).then_some(max),
        money,
        percent,
        thousands: is_thousands(&low) || is_thousands(&high),
        millions: is_millions(&low) || is_millions(&high),
        yearly,
        range: true,
        tokens,
    })
}

fn is_year(number: Decimal) -> bool {
    number >= Decimal::from(1_900) && number <= Decimal::from(2_100)
}
