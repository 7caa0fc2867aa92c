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
            Kind::Word(word) if matches!(word.as_str(), "and" | "&" | "of" | "the" | "or" | "de") => {}
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
    // What stands after the last "for" or "in" is the narrowest name, unless the label is a name as a whole.
    let is_named_whole = marked
        && !label.iter().any(|token| matches!(&token.kind, Kind::Word(word) if (is_pay(word) || is_range_word(word)) && !matches!(word.as_str(), "the" | "of" | "and")));
    if !is_named_whole {
        for at in (0..label.len()).rev().filter(|at| is_preposition(&label[*at])) {
            let rest = &label[at + 1..];
            let length = run(text, rest);
            if length > 0 {
                return named(text, &rest[..length]);
            }
        }
    }
    if !marked {
        return None;
    }
    let names = |token: &Token| match &token.kind {
        Kind::Word(word) => {
            starts_high(text, token) && text[token.start..token.end].chars().count() == 2
                || !is_pay(word) && !is_range_word(word)
        }
        Kind::Amount(_) => true,
        _ => false,
    };
    let first = label.iter().position(|token| names(token) && matches!(token.kind, Kind::Word(_)))?;
    let last = label.iter().rposition(names)?;
    named(text, &label[first..=last])
}

fn is_preposition(token: &Token) -> bool {
    matches!(&token.kind, Kind::Word(word) if matches!(word.as_str(), "for" | "in" | "within"))
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

/// Words that no name of a zone holds.
fn is_no_name(word: &str) -> bool {
    matches!(
        word,
        "competitive"
            | "we"
            | "our"
            | "you"
            | "your"
            | "plus"
            | "bonus"
            | "benefits"
            | "commission"
            | "earnings"
            | "equity"
            | "ote"
            | "incentives"
            | "offer"
            | "http"
            | "https"
            | "raised"
            | "compensation"
    )
}

/// Words that say how, not where: alone they name no zone.
fn is_way_of_work(word: &str) -> bool {
    matches!(
        word,
        "remote"
            | "onsite"
            | "on"
            | "site"
            | "hybrid"
            | "visa"
            | "full"
            | "part"
            | "time"
            | "contract"
            | "multiple"
            | "positions"
            | "interns"
            | "immediate"
    )
}

/// `tokens` as they stand in the text, when they can be a name.
fn named(text: &str, tokens: &[Token]) -> Option<String> {
    // `US (Outside Bay Area`: what the bracket says is narrower.
    let open = tokens.iter().rposition(|token| token.kind == Kind::Open);
    let closed = tokens.iter().any(|token| token.kind == Kind::Close);
    let tokens = &tokens[open.filter(|_| !closed).map_or(0, |open| open + 1)..];
    let skip = tokens.iter().take_while(|token| matches!(&token.kind, Kind::Word(word) if word == "the")).count();
    let tokens = &tokens[skip..];
    let (first, last) = (tokens.first()?, tokens.last()?);
    let name = text[first.start..last.end].trim();
    let words = || {
        tokens.iter().filter_map(|token| match &token.kind {
            Kind::Word(word) => Some(word.as_str()),
            _ => None,
        })
    };
    let high = name.starts_with(|c: char| c.is_uppercase())
        || words().next().is_some_and(|word| matches!(word, "zone" | "tier" | "level"));
    let names = !words().any(is_no_name) && !words().all(is_way_of_work);
    (high && names && words().count() <= 10 && name.len() <= LONGEST && !name.contains('\n')).then(|| name.to_owned())
}
