//! What every search index does alike: reading a question, and taking a role apart for filters, facets and words.

use schemas::Micros;
use schemas::documents::{BODY_FIELD, Exact, IndexDocument, SEARCHED};
use serde_json::Value;

use crate::ports::{Filter, IndexedRole, SearchQuery};
use crate::words::{folded, phrases, whole};
use crate::{Error, Result};

/// The most roles or items of one answer.
pub const MAX_LIMIT: usize = 1_000;

/// The most values of a facet.
pub const MAX_FACET_VALUES: usize = 50;

/// What a word adds that occurs in other fields than the one where it weighs most, as a part of its weight there.
pub const TIE_BREAKER: f32 = 0.1;

/// The most values of a filter.
const MAX_VALUES: usize = 1_000;

/// A question that has been checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What must occur: each a word, or several in a row.
    pub phrases: Vec<Vec<String>>,
    /// What must hold.
    pub conditions: Vec<Condition>,
    /// The fields to count, each with what it holds: texts or truth.
    pub facets: Vec<(&'static str, Exact)>,
}

/// A filter that has been checked. Texts are folded and long ones named, as those of [`Held`] are when they are folded.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// One of these texts is there.
    AnyOf(&'static str, Vec<String>),
    /// All of these texts are there.
    AllOf(&'static str, Vec<String>),
    /// The truth is one of these.
    Truth(&'static str, Vec<bool>),
    /// The number is known and at least this, which may be infinite.
    FloatAtLeast(&'static str, f64),
    /// The number is known and at most this, which may be infinite.
    FloatAtMost(&'static str, f64),
    /// The whole number is known and at least this.
    IntAtLeast(&'static str, i64),
    /// The whole number is known and at most this.
    IntAtMost(&'static str, i64),
    /// Nothing passes.
    Never,
}

impl Question {
    /// Reads `query`.
    ///
    /// # Errors
    /// `Invalid` for what [`crate::ports::Search::query`] says.
    pub fn read(query: &SearchQuery) -> Result<Self> {
        check_limit(query.limit)?;
        Ok(Self {
            phrases: phrases(&query.words)?,
            conditions: query.filters.iter().map(condition).collect::<Result<_>>()?,
            facets: query.facets.iter().map(|name| countable(name)).collect::<Result<_>>()?,
        })
    }
}

/// Checks how many are asked for.
///
/// # Errors
/// `Invalid` over 1,000.
pub fn check_limit(limit: usize) -> Result<()> {
    if limit > MAX_LIMIT {
        return Err(Error::invalid(format!("at most {MAX_LIMIT} are returned at once, not {limit}")));
    }
    Ok(())
}

/// The exact values of a field of a role.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    /// Texts as they are counted; folded, as they are compared.
    Texts(Vec<String>),
    /// True or false.
    Bool(bool),
    /// A number.
    Float(f64),
    /// A whole number, or an instant in microseconds.
    Int(i64),
}

/// A role taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Searchable {
    /// The index document as JSON.
    pub document: Value,
    /// Its exact values by field; what is unknown is left out.
    pub exact: Vec<(&'static str, Held)>,
    /// The texts that are searched for words, by field.
    pub texts: Vec<(&'static str, Vec<String>)>,
}

impl Searchable {
    /// Takes `role` apart.
    ///
    /// # Errors
    /// `Internal` when it cannot be written as JSON.
    pub fn of(role: &IndexedRole) -> Result<Self> {
        let unwritten = |error| Error::internal("a role cannot be written as JSON").because(error);
        let document = serde_json::to_value(&role.document).map_err(unwritten)?;
        let exact = IndexDocument::exact_fields();
        let exact = exact.filter_map(|(name, kind)| Some((name, held(kind, &document[name])?))).collect();
        let texts = SEARCHED.iter().map(|(name, _)| match *name {
            BODY_FIELD => (*name, vec![role.text.clone()]),
            name => (name, known(&document[name])),
        });
        let texts = texts.collect();
        Ok(Self { document, exact, texts })
    }
}

fn held(kind: Exact, value: &Value) -> Option<Held> {
    match (kind, value) {
        (Exact::Bool, Value::Bool(value)) => Some(Held::Bool(*value)),
        (Exact::Float, Value::Number(value)) => value.as_f64().map(Held::Float),
        (Exact::Int, Value::Number(value)) => value.as_i64().map(Held::Int),
        (Exact::Int, Value::String(time)) => time.parse::<Micros>().ok().map(|time| Held::Int(time.0)),
        (Exact::Text | Exact::Texts, value) => {
            let texts: Vec<String> = known(value).iter().map(|text| whole(text).into_owned()).collect();
            (!texts.is_empty()).then_some(Held::Texts(texts))
        }
        _ => None,
    }
}

/// The texts of `value`; an empty one says that it is unknown.
fn known(value: &Value) -> Vec<String> {
    let texts: Vec<&Value> = match value {
        Value::Array(texts) => texts.iter().collect(),
        text => vec![text],
    };
    texts.into_iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn exact(name: &str) -> Result<(&'static str, Exact)> {
    let mut fields = IndexDocument::exact_fields();
    fields
        .find(|(field, _)| *field == name)
        .ok_or_else(|| Error::invalid(format!("roles cannot be filtered or counted by {name:?}")))
}

fn countable(name: &str) -> Result<(&'static str, Exact)> {
    match exact(name)? {
        (_, Exact::Float | Exact::Int) => {
            Err(Error::invalid(format!("{name:?} is a number; its values are not counted")))
        }
        field => Ok(field),
    }
}

fn condition(filter: &Filter) -> Result<Condition> {
    match filter {
        Filter::Any { field, values } => {
            let (name, kind) = exact(field)?;
            check_values(name, values)?;
            match kind {
                Exact::Text | Exact::Texts => Ok(Condition::AnyOf(name, compared(values))),
                Exact::Bool => {
                    let truths = values.iter().map(|value| truth(name, value));
                    Ok(Condition::Truth(name, truths.collect::<Result<_>>()?))
                }
                Exact::Float | Exact::Int => Err(Error::invalid(format!("{name:?} is a number; give it a range"))),
            }
        }
        Filter::All { field, values } => {
            let (name, kind) = exact(field)?;
            if kind != Exact::Texts {
                return Err(Error::invalid(format!("{name:?} is not a list")));
            }
            check_values(name, values)?;
            Ok(Condition::AllOf(name, compared(values)))
        }
        Filter::AtLeast { field, value } => match exact(field)? {
            (_, Exact::Float | Exact::Int) if value.is_nan() => Ok(Condition::Never),
            (name, Exact::Float) => Ok(Condition::FloatAtLeast(name, *value)),
            // The conversion saturates, which is right for a bound.
            (name, Exact::Int) => Ok(Condition::IntAtLeast(name, value.ceil() as i64)),
            (name, _) => Err(Error::invalid(format!("{name:?} is not a number"))),
        },
        Filter::AtMost { field, value } => match exact(field)? {
            (_, Exact::Float | Exact::Int) if value.is_nan() => Ok(Condition::Never),
            (name, Exact::Float) => Ok(Condition::FloatAtMost(name, *value)),
            (name, Exact::Int) => Ok(Condition::IntAtMost(name, value.floor() as i64)),
            (name, _) => Err(Error::invalid(format!("{name:?} is not a number"))),
        },
    }
}

fn check_values(name: &str, values: &[String]) -> Result<()> {
    if values.is_empty() || values.len() > MAX_VALUES {
        let count = values.len();
        return Err(Error::invalid(format!("the filter on {name:?} has {count} values, not 1 to {MAX_VALUES}")));
    }
    Ok(())
}

fn compared(values: &[String]) -> Vec<String> {
    values.iter().map(|value| folded(&whole(value))).collect()
}

fn truth(name: &str, value: &str) -> Result<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Error::invalid(format!("{name:?} is true or false, not {value:?}"))),
    }
}
