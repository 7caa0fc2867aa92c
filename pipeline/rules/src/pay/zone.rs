//! The words that say for which place, zone, level or role an amount holds.

use super::lex::{Kind, Token};
use super::unit::period_word;
use super::words::{is_filler, is_pay};

/// Longest name of a zone, in bytes.
const LONGEST: usize = 80;

/// The zone that the words around the tokens `start..end` of `text` name.
pub fn zone(text: &str, tokens: &[Token], start: usize, end: usize) -> Option<String> {
    after(text, tokens, end).or_else(|| before(text, tokens, start))
}

/// `$150k (San Francisco)`, `$120,000 in Denver`, `$170,000 for Zone 2`.
fn after(text: &str, tokens: &[Token], at: usize) -> Option<String> {
    let first = tokens.get(at)?;
    match &first.kind {
        Kind::Open => {
            let close =
                tokens.iter().skip(at + 1).take(14).position(|token| matches!(token.kind, Kind::Close | Kind::Line))?;
            let inside = &tokens[at + 1..at + 1 + close];
            if inside.iter().any(
                |token| matches!(&token.kind, Kind::Word(word) if is_pay(word) || is_filler(word) || word == "ote"),
            ) {
                return None;
            }
            named(text, inside)
        }
        Kind::Word(word) if matches!(word.as_str(), "in" | "for") => {
            let rest = &tokens[at + 1..tokens.len().min(at + 12)];
            let name = run(text, rest);
            named(text, &rest[..name])
        }
        _ => None,
    }
}

/// How many of `tokens` make a name in capitals, with what joins its words.
fn run(text: &str, tokens: &[Token]) -> usize {
    let mut last = 0;
    for (index, token) in tokens.iter().enumerate() {
        match &token.kind {
            Kind::Word(word) if starts_high(text, token) && !is_pay(word) => last = index + 1,
            Kind::Word(word) if matches!(word.as_str(), "and" | "of" | "the" | "or" | "de") => {}
            Kind::Amount(_) if last == index && index > 0 => last = index + 1,
            Kind::Slash | Kind::Dash | Kind::Comma | Kind::Other => {}
            _ => break,
        }
    }
    last
}

fn starts_high(text: &str, token: &Token) -> bool {
    text[token.start..].starts_with(|c: char| c.is_uppercase())
}

/// `San Francisco: $150k`, `Zone 1 - $150k`, `The range for candidates in New York is $150k`.
fn before(text: &str, tokens: &[Token], at: usize) -> Option<String> {
    let least = at.saturating_sub(20);
    let boundary = tokens[least..at]
        .iter()
        .rposition(|token| matches!(token.kind, Kind::Line | Kind::Stop | Kind::Bullet) || is_money(token));
    let from = boundary.map_or(least, |boundary| least + boundary + 1);
    let mut label = &tokens[from..at];
    // After another amount the label begins behind its comma.
    if from > 0 && is_money(&tokens[from - 1]) {
        let comma = label.iter().position(|token| matches!(token.kind, Kind::Comma | Kind::Close | Kind::Word(_)))?;
        label = &label[comma..];
    }
    let marked = label.last().is_some_and(|token| matches!(token.kind, Kind::Colon | Kind::Dash | Kind::Open));
    while let Some((last, rest)) = label.split_last()
        && !matches!(last.kind, Kind::Word(_) | Kind::Amount(_) | Kind::Close)
    {
        label = rest;
    }
    // What stands after the last "for" or "in" is the narrowest name.
    let preposition = label
        .iter()
        .rposition(|token| matches!(&token.kind, Kind::Word(word) if matches!(word.as_str(), "for" | "in" | "within")));
    if let Some(preposition) = preposition {
        let rest = &label[preposition + 1..];
        let length = run(text, rest);
        if length > 0 {
            return named(text, &rest[..length]);
        }
    }
    if !marked {
        return None;
    }
    let first = label
        .iter()
        .position(|token| matches!(&token.kind, Kind::Word(word) if !is_pay(word) && !is_range_word(word)))?;
    let label = &label[first..];
    let last = label.iter().rposition(|token| match &token.kind {
        Kind::Word(word) => !is_pay(word) && !is_range_word(word),
        Kind::Amount(_) => true,
        _ => false,
    })?;
    named(text, &label[..=last])
}

fn is_money(token: &Token) -> bool {
    matches!(&token.kind, Kind::Amount(amount) if amount.money.is_some() || amount.times.is_some())
}

/// Words of a pay statement that name no zone.
fn is_range_word(word: &str) -> bool {
    period_word(word).is_some()
        || is_filler(word)
        || matches!(
            word,
            "range"
                | "ranges"
                | "the"
                | "our"
                | "this"
                | "is"
                | "are"
                | "of"
                | "and"
                | "expected"
                | "estimated"
                | "anticipated"
                | "total"
                | "cash"
                | "starting"
                | "from"
                | "between"
                | "up"
                | "to"
                | "role"
                | "position"
                | "target"
                | "ote"
                | "band"
                | "bonus"
                | "equity"
                | "details"
                | "hiring"
                | "posted"
                | "budget"
                | "e"
                | "g"
                | "spanne"
                | "inicial"
        )
}

/// `tokens` as they stand in the text, when they can be a name.
fn named(text: &str, tokens: &[Token]) -> Option<String> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let name = text[first.start..last.end].trim();
    let words = tokens.iter().filter(|token| matches!(token.kind, Kind::Word(_))).count();
    let high = name.starts_with(|c: char| c.is_uppercase())
        || matches!(&first.kind, Kind::Word(word) if matches!(word.as_str(), "zone" | "tier" | "level"));
    (high && words > 0 && words <= 10 && name.len() <= LONGEST && !name.contains('\n')).then(|| name.to_owned())
}
