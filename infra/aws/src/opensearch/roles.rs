//! A role as OpenSearch takes it: the index document, and beside it what is searched and not returned.

use pipeline_core::Result;
use pipeline_core::hash::Hasher;
use pipeline_core::ports::IndexedRole;
use pipeline_core::search::{Held, Searchable};
use pipeline_core::words::{folded, words};
use serde_json::{Value, json};

/// The longest `_id`, in bytes.
const LONGEST_ID: usize = 512;

/// `role` with its hidden fields.
pub(super) fn document(role: &IndexedRole) -> Result<Value> {
    let Searchable { mut document, exact, texts } = Searchable::of(role)?;
    for (name, held) in exact {
        match held {
            Held::Texts(texts) => {
                document[format!("{name}_exact")] = texts.iter().map(|text| folded(text)).collect();
                document[format!("{name}_value")] = json!(texts);
            }
            Held::Int(value) => document[format!("{name}_exact")] = json!(value),
            // The document's own fields do.
            Held::Bool(_) | Held::Float(_) => {}
        }
    }
    for (name, texts) in texts {
        document[format!("{name}_words")] = texts.iter().map(|text| spaced(text)).collect();
    }
    Ok(document)
}

/// The words of `text` with spaces between them.
pub(super) fn spaced(text: &str) -> String {
    words(text).collect::<Vec<_>>().join(" ")
}

/// The `_id` of the role `job_id`.
pub(super) fn key(job_id: &str) -> String {
    if job_id.is_empty() || job_id.len() > LONGEST_ID {
        return Hasher::new("role").part(job_id).hex(40);
    }
    job_id.to_owned()
}
