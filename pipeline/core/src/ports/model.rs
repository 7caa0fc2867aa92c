//! The model port: a language model that extracts and explains under a budget. Its text never becomes a number.

use async_trait::async_trait;

use crate::Error;

/// What a model is asked.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    /// What to do; written by us.
    pub instructions: String,
    /// What to do it with; written by others, hostile.
    pub material: String,
    /// JSON schema of the answer.
    pub schema: serde_json::Value,
    /// Most tokens of the answer.
    pub max_tokens: u32,
}

/// What it answered.
#[derive(Clone, Debug, Default)]
pub struct Completion {
    /// The answer, not yet checked against the schema.
    pub text: String,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
}

/// A language model.
#[async_trait]
pub trait Model: Send + Sync {
    /// Which model answers; `None` when there is none.
    fn name(&self) -> Option<&str>;

    /// One answer.
    ///
    /// # Errors
    /// `Unsupported` when there is no model; `Throttled`, `Unavailable`, `Timeout`, `Budget`.
    async fn complete(&self, prompt: &Prompt) -> crate::Result<Completion>;
}

/// The embedded default: no model. Everything works without one.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoModel;

#[async_trait]
impl Model for NoModel {
    fn name(&self) -> Option<&str> {
        None
    }

    async fn complete(&self, _prompt: &Prompt) -> crate::Result<Completion> {
        Err(Error::unsupported("no model is configured"))
    }
}
