//! Where each derived column of a posting came from.

use std::collections::BTreeMap;

use schemas::Json;
use serde_json::{Value, json};

use crate::work::Found;

/// Where derived columns came from, by column.
#[derive(Default)]
pub(super) struct Provenance(BTreeMap<&'static str, Value>);

impl Provenance {
    /// `column` follows from the field `from`, or `text`, by `rule`; `confidence` is from 0 to 1.
    pub(super) fn note(&mut self, column: &'static str, from: &str, rule: &str, confidence: f64) {
        self.0.insert(column, json!({"from": from, "rule": rule, "confidence": confidence}));
    }

    /// The same with where in the text it stands, in bytes.
    pub(super) fn note_at(
        &mut self,
        column: &'static str,
        from: &str,
        rule: &str,
        confidence: f64,
        span: Option<(usize, usize)>,
    ) {
        self.note(column, from, rule, confidence);
        if let (Some((start, end)), Some(Value::Object(fields))) = (span, self.0.get_mut(column)) {
            fields.extend([("start".to_owned(), json!(start)), ("end".to_owned(), json!(end))]);
        }
    }

    pub(super) fn found<T>(&mut self, column: &'static str, found: &Found<T>) {
        self.note_at(column, &found.from, found.rule, found.confidence, found.span);
    }

    pub(super) fn json(&self) -> Json {
        Json(serde_json::to_string(&self.0).unwrap_or_default())
    }
}
