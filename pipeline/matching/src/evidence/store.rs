//! Where evidence is kept: beside the person's other documents, so that it goes with them, and for a month.

use std::collections::BTreeMap;

use pipeline_core::error::Context as _;
use pipeline_core::ports::{Condition, Documents, Key, Write};
use pipeline_core::{ErrorKind, Micros, Result};
use serde::{Deserialize, Serialize};

use super::answer::Quoted;
use super::question::Question;
use crate::budget::in_days;

/// Days that evidence is kept.
const KEPT_DAYS: i64 = 30;
/// What its sort keys start with.
const PREFIX: &str = "EVIDENCE#";

/// What is known about one question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The model that was asked.
    pub(crate) model: String,
    /// How often it was asked.
    pub(crate) tries: u32,
    /// What its answer showed; null when no answer could be used.
    pub(crate) quoted: Option<Vec<Quoted>>,
}

/// What is known about questions for one person, by the questions' keys.
pub(crate) async fn kept_of(documents: &dyn Documents, user_id: &str) -> Result<BTreeMap<String, Kept>> {
    let found = documents.list(&format!("USER#{user_id}"), PREFIX).await?;
    let read = found.into_iter().map(|document| {
        let key = document.key.sk.strip_prefix(PREFIX).unwrap_or_default().to_owned();
        let kept = serde_json::from_value(document.body)
            .context(ErrorKind::Internal, || "stored evidence of a model cannot be read")?;
        Ok((key, kept))
    });
    read.collect()
}

/// The write that keeps what one more try of `question` came to.
pub(crate) fn keep(question: &Question, model: &str, quoted: Option<Vec<Quoted>>, now: Micros) -> Result<Write> {
    let kept = Kept { model: model.to_owned(), tries: question.tries + 1, quoted };
    Ok(Write::Put {
        key: Key::new(format!("USER#{}", question.user_id), format!("{PREFIX}{}", question.key)),
        body: serde_json::to_value(kept).context(ErrorKind::Internal, || "evidence is no JSON")?,
        condition: Condition::None,
        expires_at: Some(in_days(now, KEPT_DAYS)),
    })
}
