//! From a question to a tantivy query. What a person typed is split into words here and never parsed as a language.

use std::ops::Bound;

use pipeline_core::ports::{Filter, SearchQuery};
use pipeline_core::{Error, Result};
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, PhraseQuery, Query,
    RangeQuery, TermQuery,
};
use tantivy::schema::IndexRecordOption;

use super::fields::{Exact, ExactField, Fields};
use super::words;

/// The most words of a question.
const MAX_WORDS: usize = 64;

/// The most values of a filter.
const MAX_VALUES: usize = 1_000;

/// The query that `question` asks for.
pub(super) fn build(fields: &Fields, question: &SearchQuery) -> Result<Box<dyn Query>> {
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for phrase in phrases(&question.words)? {
        clauses.push((Occur::Must, somewhere(fields, &phrase)));
    }
    if clauses.is_empty() {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    for filter in &question.filters {
        // A filter decides and does not rank.
        let decides = ConstScoreQuery::new(condition(fields, filter)?, 0.0);
        clauses.push((Occur::Must, Box::new(decides)));
    }
    Ok(Box::new(BooleanQuery::new(clauses)))
}

/// What must occur: each a word, or several in a row where the text has them between quotes or without a space.
fn phrases(text: &str) -> Result<Vec<Vec<String>>> {
    let mut analyzer = words::words();
    let mut phrases = Vec::new();
    for part in parts(text) {
        let phrase = words::split(&mut analyzer, part);
        if !phrase.is_empty() && !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    }
    let count = phrases.iter().map(Vec::len).sum::<usize>();
    if count > MAX_WORDS {
        return Err(Error::invalid(format!("the question has {count} words, more than {MAX_WORDS}")));
    }
    Ok(phrases)
}

/// Splits at spaces, except between two double quotes. A quote without its partner is nothing.
fn parts(text: &str) -> Vec<&str> {
    let pieces: Vec<&str> = text.split('"').collect();
    let mut parts = Vec::new();
    for (number, piece) in pieces.iter().enumerate() {
        let quoted = number % 2 == 1 && number + 1 < pieces.len();
        if quoted {
            parts.push(*piece);
        } else {
            parts.extend(piece.split_whitespace());
        }
    }
    parts
}

/// Roles that have `phrase` in any searched field, ranked by the field in which it weighs most.
fn somewhere(fields: &Fields, phrase: &[String]) -> Box<dyn Query> {
    let places = fields.searched().map(|(field, weight)| {
        let mut terms: Vec<Term> = phrase.iter().map(|word| Term::from_field_text(field, word)).collect();
        let query: Box<dyn Query> = match terms.len() {
            1 => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs)),
            _ => Box::new(PhraseQuery::new(terms)),
        };
        Box::new(BoostQuery::new(query, weight)) as Box<dyn Query>
    });
    Box::new(DisjunctionMaxQuery::with_tie_breaker(places.collect(), 0.1))
}

fn condition(fields: &Fields, filter: &Filter) -> Result<Box<dyn Query>> {
    match filter {
        Filter::Any { field, values } => {
            let terms = terms(fields.exact(field)?, field, values)?;
            let terms = terms.into_iter().map(|term| (Occur::Should, exactly(term)));
            Ok(Box::new(BooleanQuery::new(terms.collect())))
        }
        Filter::All { field, values } => {
            let exact = fields.exact(field)?;
            if exact.kind != Exact::Texts {
                return Err(Error::invalid(format!("{field:?} is not a list")));
            }
            let terms = terms(exact, field, values)?.into_iter().map(|term| (Occur::Must, exactly(term)));
            Ok(Box::new(BooleanQuery::new(terms.collect())))
        }
        Filter::AtLeast { field, value } => {
            let Some(bound) = bound(fields.exact(field)?, field, *value, f64::ceil)? else {
                return Ok(Box::new(EmptyQuery));
            };
            Ok(Box::new(RangeQuery::new(Bound::Included(bound), Bound::Unbounded)))
        }
        Filter::AtMost { field, value } => {
            let Some(bound) = bound(fields.exact(field)?, field, *value, f64::floor)? else {
                return Ok(Box::new(EmptyQuery));
            };
            Ok(Box::new(RangeQuery::new(Bound::Unbounded, Bound::Included(bound))))
        }
    }
}

fn exactly(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn terms(exact: &ExactField, name: &str, values: &[String]) -> Result<Vec<Term>> {
    if values.is_empty() || values.len() > MAX_VALUES {
        let count = values.len();
        return Err(Error::invalid(format!("the filter on {name:?} has {count} values, not 1 to {MAX_VALUES}")));
    }
    match exact.kind {
        Exact::Bool => values.iter().map(|value| truth(exact, name, value)).collect(),
        Exact::Text | Exact::Texts => {
            let mut analyzer = words::folded();
            let folded = values.iter().flat_map(|value| words::split(&mut analyzer, value));
            Ok(folded.map(|value| Term::from_field_text(exact.field, &value)).collect())
        }
        Exact::Float | Exact::Int => Err(Error::invalid(format!("{name:?} is a number; give it a range"))),
    }
}

fn truth(exact: &ExactField, name: &str, value: &str) -> Result<Term> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(Term::from_field_bool(exact.field, true)),
        "false" => Ok(Term::from_field_bool(exact.field, false)),
        _ => Err(Error::invalid(format!("{name:?} is true or false, not {value:?}"))),
    }
}

/// The end of a range; `None` when no number lies beyond it. `inward` rounds for whole numbers.
fn bound(exact: &ExactField, name: &str, value: f64, inward: fn(f64) -> f64) -> Result<Option<Term>> {
    match exact.kind {
        Exact::Float | Exact::Int if value.is_nan() => Ok(None),
        Exact::Float => Ok(Some(Term::from_field_f64(exact.field, value))),
        // The conversion saturates, which is right for a bound.
        Exact::Int => Ok(Some(Term::from_field_i64(exact.field, inward(value) as i64))),
        Exact::Text | Exact::Texts | Exact::Bool => Err(Error::invalid(format!("{name:?} is not a number"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_words_together_and_a_lone_quote_does_nothing() {
        assert_eq!(parts(r#"a "b c" d"#), ["a", "b c", "d"]);
        assert_eq!(parts(r#"a "b c"#), ["a", "b", "c"]);
    }

    #[test]
    fn a_word_with_a_sign_inside_is_a_phrase() {
        let phrases = phrases("node.js node.js -").expect("few words");
        assert_eq!(phrases, [vec!["node".to_owned(), "js".to_owned()]]);
    }

    #[test]
    fn a_question_without_end_is_refused() {
        let many: String = (0..1_000).map(|number| format!("w{number} ")).collect();
        assert!(phrases(&many).is_err());
    }
}
