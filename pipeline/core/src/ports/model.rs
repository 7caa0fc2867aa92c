//! The model port: a language model that extracts and explains under a budget. Its text never becomes a number.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Error;

/// What a model is asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// The answer, not yet checked against the schema.
    pub text: String,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
}

/// What tokens cost, in millionths of a US dollar per million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// For tokens read.
    pub input_micro_usd: u64,
    /// For tokens written.
    pub output_micro_usd: u64,
}

impl Price {
    /// The cost of so many tokens in millionths of a US dollar, rounded up.
    pub fn cost_micro_usd(self, input_tokens: u64, output_tokens: u64) -> u64 {
        let cost = u128::from(input_tokens) * u128::from(self.input_micro_usd)
            + u128::from(output_tokens) * u128::from(self.output_micro_usd);
        u64::try_from(cost.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

/// Prompts that are answered together, later and cheaper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// The same token never makes a second batch, however often it is submitted.
    pub token: String,
    /// Prompts by record id: letters, digits and dashes, unique.
    pub prompts: BTreeMap<String, Prompt>,
}

/// How far a batch is.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchState {
    /// Not ended; the text says where it is.
    Running(String),
    /// Ended, with the answer to each record or why there is none. Records that are missing were not answered.
    Ended {
        /// `Completed`, `PartiallyCompleted`, `Failed`, `Expired` or `Stopped`.
        status: String,
        /// Why it ended so, when the backend says.
        message: Option<String>,
        /// Answers by record id.
        answers: BTreeMap<String, Result<Completion, String>>,
    },
}

/// A language model.
#[async_trait]
pub trait Model: Send + Sync {
    /// Which model answers; `None` when there is none.
    fn name(&self) -> Option<&str>;

    /// One answer.
    ///
    /// # Errors
    /// `Unsupported` when there is no model, `NotFound` when it is not there (any more), `Denied` when it may not be used,
    /// `Invalid` when it refuses the prompt, `Throttled`, `Unavailable`, `Timeout`.
    async fn complete(&self, prompt: &Prompt) -> crate::Result<Completion>;

    /// Fewest prompts of a batch; `None` when the backend has no batches.
    fn least_batch(&self) -> Option<usize> {
        None
    }

    /// Submits a batch and returns its id. Submitting the same token again returns the same id and costs nothing.
    ///
    /// # Errors
    /// As for [`Model::complete`]; `Unsupported` when the backend has no batches.
    async fn submit(&self, _batch: &Batch) -> crate::Result<String> {
        Err(Error::unsupported("this model takes no batches"))
    }

    /// How far the batch `id` is, with its answers once it has ended.
    ///
    /// # Errors
    /// `NotFound` for an unknown id; as for [`Model::complete`].
    async fn batch(&self, _id: &str) -> crate::Result<BatchState> {
        Err(Error::unsupported("this model takes no batches"))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cost_is_rounded_up_and_never_overflows() {
        let price = Price { input_micro_usd: 100_000, output_micro_usd: 500_000 };
        assert_eq!(price.cost_micro_usd(1_000_000, 1_000_000), 600_000);
        assert_eq!(price.cost_micro_usd(1, 0), 1);
        assert_eq!(price.cost_micro_usd(0, 0), 0);
        assert_eq!(Price { input_micro_usd: u64::MAX, output_micro_usd: 0 }.cost_micro_usd(u64::MAX, 0), u64::MAX);
    }
}
