//! From a question to a tantivy query.

use std::ops::Bound;

use pipeline_core::Result;
use pipeline_core::search::{Condition, Question, TIE_BREAKER};
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, PhraseQuery, Query,
    RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::fields::Fields;

/// The query that `question` asks for.
pub(super) fn build(fields: &Fields, question: &Question) -> Result<Box<dyn Query>> {
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for phrase in &question.phrases {
        clauses.push((Occur::Must, somewhere(fields, phrase)));
    }
    if clauses.is_empty() {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    for filter in &question.conditions {
        // A filter decides and does not rank.
        let decides = ConstScoreQuery::new(condition(fields, filter)?, 0.0);
        clauses.push((Occur::Must, Box::new(decides)));
    }
    Ok(Box::new(BooleanQuery::new(clauses)))
}

/// Texts that have `phrase`, a word or several in a row, in `field`.
pub(super) fn having(field: Field, phrase: &[String]) -> Box<dyn Query> {
    let mut terms: Vec<Term> = phrase.iter().map(|word| Term::from_field_text(field, word)).collect();
    match terms.len() {
        1 => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new(terms)),
    }
}

/// Any of `terms`, without a rank.
pub(super) fn any(terms: impl Iterator<Item = Term>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(terms.map(|term| (Occur::Should, exactly(term))).collect()))
}

/// Roles that have `phrase` in any searched field, ranked by the field in which it weighs most.
fn somewhere(fields: &Fields, phrase: &[String]) -> Box<dyn Query> {
    let places = fields
        .searched()
        .map(|(field, weight)| Box::new(BoostQuery::new(having(field, phrase), weight)) as Box<dyn Query>);
    Box::new(DisjunctionMaxQuery::with_tie_breaker(places.collect(), TIE_BREAKER))
}

fn condition(fields: &Fields, condition: &Condition) -> Result<Box<dyn Query>> {
    let field = |name: &str| fields.exact(name).map(|exact| exact.field);
    let from = |term| Box::new(RangeQuery::new(Bound::Included(term), Bound::Unbounded)) as Box<dyn Query>;
    let to = |term| Box::new(RangeQuery::new(Bound::Unbounded, Bound::Included(term))) as Box<dyn Query>;
    Ok(match condition {
        Condition::AnyOf(name, values) => {
            let field = field(name)?;
            any(values.iter().map(|value| Term::from_field_text(field, value)))
        }
        Condition::AllOf(name, values) => {
            let field = field(name)?;
            let terms = values.iter().map(|value| Term::from_field_text(field, value));
            Box::new(BooleanQuery::new(terms.map(|term| (Occur::Must, exactly(term))).collect()))
        }
        Condition::Truth(name, values) => {
            let field = field(name)?;
            any(values.iter().map(|value| Term::from_field_bool(field, *value)))
        }
        Condition::FloatAtLeast(name, value) => from(Term::from_field_f64(field(name)?, *value)),
        Condition::FloatAtMost(name, value) => to(Term::from_field_f64(field(name)?, *value)),
        Condition::IntAtLeast(name, value) => from(Term::from_field_i64(field(name)?, *value)),
        Condition::IntAtMost(name, value) => to(Term::from_field_i64(field(name)?, *value)),
        Condition::Never => Box::new(EmptyQuery),
    })
}

fn exactly(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}
