//! The index schema, derived from the declaration of the index document, and how a role is stored by it.

use std::collections::BTreeMap;

use pipeline_core::search::{Held, Searchable};
use pipeline_core::{Error, Result};
use schemas::documents::{Exact, IndexDocument, SEARCHED};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::RAW_TOKENIZER_NAME;
use tantivy::{Index, TantivyDocument};

use super::words::{FOLDED, FoldingTokenizer, WORDS, WordTokenizer};

/// Name of the column by which equals are ordered.
pub(super) const ORDER: &str = "job_id_exact";

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
        for (name, kind) in IndexDocument::exact_fields() {
            let column = format!("{name}_exact");
            let field = match kind {
                Exact::Bool => builder.add_bool_field(&column, INDEXED | FAST),
                Exact::Float => builder.add_f64_field(&column, INDEXED | FAST),
                Exact::Int => builder.add_i64_field(&column, INDEXED | FAST),
                Exact::Text | Exact::Texts => builder.add_text_field(&column, exact_text()),
            };
            exact.insert(name, ExactField { field, kind, column });
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
        self.exact.get(name).ok_or_else(|| Error::internal(format!("the search index has no field {name}")))
    }

    /// A role as tantivy takes it.
    pub(super) fn document(&self, role: Searchable, key: &str) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_text(self.key, key);
        document.add_text(self.stored, role.document.to_string());
        for (name, held) in role.exact {
            let Some(field) = self.exact.get(name).map(|exact| exact.field) else { continue };
            match held {
                Held::Texts(texts) => texts.iter().for_each(|text| document.add_text(field, text)),
                Held::Bool(value) => document.add_bool(field, value),
                Held::Float(value) => document.add_f64(field, value),
                Held::Int(value) => document.add_i64(field, value),
            }
        }
        for (name, texts) in role.texts {
            if let Some(field) = self.words.get(name) {
                texts.iter().for_each(|text| document.add_text(*field, text));
            }
        }
        document
    }
}

/// Teaches `index` how text becomes words.
pub(super) fn register_analyzers(index: &Index) {
    index.tokenizers().register(WORDS, WordTokenizer);
    index.tokenizers().register(FOLDED, FoldingTokenizer);
}

/// Text that is searched for words.
pub(super) fn text() -> TextOptions {
    let indexing =
        TextFieldIndexing::default().set_tokenizer(WORDS).set_index_option(IndexRecordOption::WithFreqsAndPositions);
    TextOptions::default().set_indexing_options(indexing)
}

/// Values that are compared without regard to case and counted as they are.
fn exact_text() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(FOLDED)
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing).set_fast(RAW_TOKENIZER_NAME)
}
