//! The index schema, derived from the declaration of the index document, and how a role is stored by it.

use std::collections::BTreeMap;

use pipeline_core::ports::IndexedRole;
use pipeline_core::{Error, Result};
use schemas::documents::{BODY_FIELD, IndexDocument, Indexing};
use schemas::{Kind, Micros};
use serde_json::Value;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::RAW_TOKENIZER_NAME;
use tantivy::{Index, TantivyDocument};

use super::words;

/// The fields whose text is searched for words, and how much a word weighs there.
const SEARCHED: [(&str, f32); 5] =
    [("title", 3.0), ("tech_stack", 2.0), ("company", 1.5), ("location", 1.0), (BODY_FIELD, 1.0)];

/// Name of the column by which equals are ordered.
pub(super) const ORDER: &str = "job_id_exact";

/// How a field can be filtered and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exact {
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

/// A field of the index with exact values.
#[derive(Clone, Debug)]
pub(super) struct ExactField {
    pub(super) field: Field,
    pub(super) kind: Exact,
    /// Name of its column.
    pub(super) column: String,
}

/// Every field of the index.
#[derive(Clone)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    /// Identifies a role exactly, for its replacement.
    pub(super) key: Field,
    /// The document as JSON.
    pub(super) stored: Field,
    /// Fields of words by name of the document's field.
    words: BTreeMap<&'static str, Field>,
    exact: BTreeMap<&'static str, ExactField>,
}

impl Fields {
    /// The fields that [`IndexDocument`] declares.
    pub(super) fn new() -> Self {
        let mut builder = Schema::builder();
        let key = builder.add_text_field("_key", STRING);
        let stored = builder.add_text_field("_document", STORED);
        let mut exact = BTreeMap::new();
        for (column, indexing) in IndexDocument::FIELDS {
            let kind = match (indexing, column.kind) {
                (Indexing::Stored, _) | (_, Kind::Bytes | Kind::Json) => continue,
                (_, Kind::Bool) => Exact::Bool,
                (_, Kind::Float) => Exact::Float,
                (_, Kind::Int | Kind::Time | Kind::Day) => Exact::Int,
                (_, Kind::Texts) => Exact::Texts,
                (_, Kind::Text) => Exact::Text,
            };
            let name = format!("{}_exact", column.name);
            let field = match kind {
                Exact::Bool => builder.add_bool_field(&name, INDEXED | FAST),
                Exact::Float => builder.add_f64_field(&name, INDEXED | FAST),
                Exact::Int => builder.add_i64_field(&name, INDEXED | FAST),
                Exact::Text | Exact::Texts => builder.add_text_field(&name, exact_text()),
            };
            exact.insert(column.name, ExactField { field, kind, column: name });
        }
        let words = SEARCHED.map(|(name, _)| (name, builder.add_text_field(&format!("{name}_words"), text()))).into();
        Self { schema: builder.build(), key, stored, words, exact }
    }

    /// The fields to search for words, with their weights.
    pub(super) fn searched(&self) -> impl Iterator<Item = (Field, f32)> {
        SEARCHED.iter().filter_map(|(name, weight)| Some((*self.words.get(name)?, *weight)))
    }

    /// The exact values of the document's field `name`.
    pub(super) fn exact(&self, name: &str) -> Result<&ExactField> {
        self.exact.get(name).ok_or_else(|| Error::invalid(format!("roles cannot be filtered or counted by {name:?}")))
    }

    /// The exact values of the document's field `name`, which can be counted.
    pub(super) fn countable(&self, name: &str) -> Result<&ExactField> {
        let field = self.exact(name)?;
        match field.kind {
            Exact::Text | Exact::Texts | Exact::Bool => Ok(field),
            Exact::Float | Exact::Int => {
                Err(Error::invalid(format!("{name:?} is a number; its values are not counted")))
            }
        }
    }

    /// A role as tantivy takes it.
    pub(super) fn document(&self, role: &IndexedRole) -> Result<TantivyDocument> {
        let id = &role.document.job_id;
        let fail = |error| Error::internal(format!("role {id} cannot be written as JSON")).because(error);
        let values = serde_json::to_value(&role.document).map_err(fail)?;
        let mut document = TantivyDocument::new();
        document.add_text(self.key, id);
        document.add_text(self.stored, values.to_string());
        for (name, field) in &self.exact {
            add_exact(&mut document, field, &values[*name]);
        }
        for (name, field) in &self.words {
            match &values[*name] {
                _ if *name == BODY_FIELD => document.add_text(*field, &role.text),
                Value::String(text) => document.add_text(*field, text),
                Value::Array(texts) => add_texts(&mut document, *field, texts),
                _ => {}
            }
        }
        Ok(document)
    }
}

/// Teaches `index` how text becomes words.
pub(super) fn register_analyzers(index: &Index) {
    index.tokenizers().register(words::WORDS, words::words());
    index.tokenizers().register(words::FOLDED, words::folded());
}

/// Values that are compared without regard to case and counted as they are.
fn exact_text() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(words::FOLDED)
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing).set_fast(RAW_TOKENIZER_NAME)
}

fn text() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(words::WORDS)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    TextOptions::default().set_indexing_options(indexing)
}

fn add_exact(document: &mut TantivyDocument, field: &ExactField, value: &Value) {
    match (field.kind, value) {
        (Exact::Bool, Value::Bool(value)) => document.add_bool(field.field, *value),
        (Exact::Float, Value::Number(value)) => {
            if let Some(value) = value.as_f64() {
                document.add_f64(field.field, value);
            }
        }
        (Exact::Int, Value::Number(value)) => {
            if let Some(value) = value.as_i64() {
                document.add_i64(field.field, value);
            }
        }
        (Exact::Int, Value::String(time)) => {
            if let Ok(time) = time.parse::<Micros>() {
                document.add_i64(field.field, time.0);
            }
        }
        // An empty text says that the value is unknown.
        (Exact::Text, Value::String(text)) if !text.is_empty() => document.add_text(field.field, text),
        (Exact::Texts, Value::Array(texts)) => add_texts(document, field.field, texts),
        _ => {}
    }
}

fn add_texts(document: &mut TantivyDocument, field: Field, texts: &[Value]) {
    texts.iter().filter_map(Value::as_str).for_each(|text| document.add_text(field, text));
}
