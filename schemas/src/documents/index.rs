//! The index document: a role as the search index holds it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{Cell, Column, Kind, Micros};

/// How a field of the index document is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexing {
    /// Exact values, for filters and facets.
    Keyword,
    /// Words, for full-text search, and the exact value beside them.
    Text,
    /// Numbers and dates, for ranges.
    Range,
    /// Returned, not searched.
    Stored,
}

macro_rules! index_document {
    ( $( #[doc = $doc:literal] $field:ident: $type:ty => $indexing:ident, )+ ) => {
        /// A role as the search index holds and returns it.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
        pub struct IndexDocument {
            $( #[doc = $doc] #[serde(default)] pub $field: $type, )+
        }

        impl IndexDocument {
            /// Its fields, and how each is searched.
            pub const FIELDS: &'static [(Column, Indexing)] = &[
                $( (Column {
                    name: stringify!($field),
                    kind: <$type as Cell>::KIND,
                    nullable: <$type as Cell>::NULLABLE,
                    doc: $doc,
                }, Indexing::$indexing), )+
            ];
        }
    };
}

index_document! {
    /// `SOURCE_job_ID` of the posting that speaks for the role.
    job_id: String => Keyword,
    /// The title as published.
    title: String => Text,
    /// The employer as published; empty when unknown.
    company: String => Text,
    /// The place as published; empty when unknown.
    location: String => Text,
    /// Lowest yearly base pay in major units of `salary_currency`.
    salary_min: Option<f64> => Range,
    /// Highest yearly base pay in major units of `salary_currency`.
    salary_max: Option<f64> => Range,
    /// Skills by canonical name.
    tech_stack: Vec<String> => Keyword,
    /// Score for the person who asked, 0 to 100; null outside a person's matches.
    match_score: Option<f64> => Stored,
    /// Whether it can be done from elsewhere; null when the posting does not say.
    remote_friendly: Option<bool> => Keyword,
    /// When it was published, RFC 3339; first seen where the source does not say.
    posted_date: Option<Micros> => Range,
    /// The role behind the posting.
    role_id: String => Keyword,
    /// ISO 4217 code of the pay.
    salary_currency: Option<String> => Keyword,
    /// `remote`, `hybrid` or `onsite`.
    work_style: Option<String> => Keyword,
    /// City of the first place.
    city: Option<String> => Keyword,
    /// ISO country code of the first place.
    country: Option<String> => Keyword,
    /// ISO codes of the countries that a remote worker must live in.
    remote_countries: Vec<String> => Keyword,
    /// Seniority.
    level: Option<String> => Keyword,
    /// Kind of contract.
    employment: Option<String> => Keyword,
    /// Field of work.
    domain: Option<String> => Keyword,
    /// The sources that advertise it.
    sources: Vec<String> => Keyword,
    /// The page that shows it.
    url: Option<String> => Stored,
    /// The words that state the pay.
    salary_quote: Option<String> => Stored,
    /// The beginning of the text.
    excerpt: String => Stored,
    /// Whether the role is open.
    open: bool => Keyword,
}

/// Name of the searched field that holds the whole text; it is not part of the returned document.
pub const BODY_FIELD: &str = "text";

/// The fields whose text is searched for words, and how much a word weighs there.
pub const SEARCHED: [(&str, f32); 5] =
    [("title", 3.0), ("tech_stack", 2.0), ("company", 1.5), ("location", 1.0), (BODY_FIELD, 1.0)];

/// How a field can be filtered and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exact {
    /// One text.
    Text,
    /// A list of texts.
    Texts,
    /// True or false.
    Bool,
    /// A number.
    Float,
    /// A whole number, or an instant in microseconds.
    Int,
}

impl IndexDocument {
    /// The field called `name` and how it is searched.
    pub fn field(name: &str) -> Option<(&'static Column, Indexing)> {
        Self::FIELDS.iter().find(|(column, _)| column.name == name).map(|(column, indexing)| (column, *indexing))
    }

    /// The fields that can be filtered, by name.
    pub fn exact_fields() -> impl Iterator<Item = (&'static str, Exact)> {
        Self::FIELDS.iter().filter_map(|(column, indexing)| {
            let exact = match (indexing, column.kind) {
                (Indexing::Stored, _) | (_, Kind::Bytes | Kind::Json) => return None,
                (_, Kind::Bool) => Exact::Bool,
                (_, Kind::Float) => Exact::Float,
                (_, Kind::Int | Kind::Time | Kind::Day) => Exact::Int,
                (_, Kind::Texts) => Exact::Texts,
                (_, Kind::Text) => Exact::Text,
            };
            Some((column.name, exact))
        })
    }
}

/// The OpenSearch type of a field of the document, for whoever asks OpenSearch directly.
pub(crate) fn opensearch_type(kind: Kind, indexing: Indexing) -> Value {
    match (indexing, kind) {
        (Indexing::Text, _) => json!({"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 512}}}),
        (Indexing::Stored, Kind::Float) => json!({"type": "double", "index": false}),
        (Indexing::Stored, _) => unsearched(),
        (_, Kind::Bool) => json!({"type": "boolean"}),
        (_, Kind::Float) => json!({"type": "double"}),
        (_, Kind::Int) => json!({"type": "long"}),
        (_, Kind::Time | Kind::Day) => json!({"type": "date", "ignore_malformed": true}),
        (_, _) => json!({"type": "keyword", "ignore_above": 512}),
    }
}

/// The fields that stand beside the document's in OpenSearch and are searched and not returned: texts as they are
/// compared (`_exact`) and counted (`_value`), instants in microseconds (`_exact`), and words (`_words`), split and
/// folded before they are sent.
pub(crate) fn opensearch_hidden() -> Vec<(String, Value)> {
    let mut fields = Vec::new();
    for (name, exact) in IndexDocument::exact_fields() {
        match exact {
            Exact::Text | Exact::Texts => {
                fields.push((format!("{name}_exact"), json!({"type": "keyword", "doc_values": false})));
                fields.push((format!("{name}_value"), counted()));
            }
            Exact::Int => fields.push((format!("{name}_exact"), json!({"type": "long"}))),
            Exact::Bool | Exact::Float => {}
        }
    }
    fields.extend(SEARCHED.iter().map(|(name, _)| (format!("{name}_words"), opensearch_words())));
    fields
}

/// The OpenSearch fields of what is one person's own; `words` is not returned.
pub(crate) fn opensearch_own() -> Value {
    json!({
        "user": {"type": "keyword", "doc_values": false},
        "user_id": unsearched(),
        "id": unsearched(),
        "id_value": counted(),
        "kind": unsearched(),
        "kind_exact": {"type": "keyword", "doc_values": false},
        "words": opensearch_words(),
        "body": {"type": "object", "enabled": false},
        "changed_at": {"type": "long"},
        "written": {"type": "keyword", "doc_values": false},
    })
}

/// Words that were split and folded before they were sent.
fn opensearch_words() -> Value {
    json!({"type": "text", "analyzer": "whitespace"})
}

fn counted() -> Value {
    json!({"type": "keyword", "index": false})
}

fn unsearched() -> Value {
    json!({"type": "keyword", "index": false, "doc_values": false})
}
