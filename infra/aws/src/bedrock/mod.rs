//! The model port over Bedrock: Converse for one prompt, batch inference over S3 for many.

mod batch;
mod converse;
mod life;
mod output;
mod record;
mod refusal;
mod settings;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_bedrockruntime::config::timeout::TimeoutConfig;
use object_store::ObjectStore;
use pipeline_core::ports::{Batch, BatchState, Completion, Model, Probe, Prompt};
use pipeline_core::{ErrorKind, Result};

use crate::Aws;
use batch::Batches;
use settings::Settings;

pub(crate) use settings::PARAMETERS;

/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// A model of Bedrock, and those that stand in for it when its life is over.
pub struct Bedrock {
    runtime: aws_sdk_bedrockruntime::Client,
    control: aws_sdk_bedrock::Client,
    /// The model that was asked for, then its fallbacks.
    models: Vec<String>,
    /// Which of them answers; only ever moves on.
    current: AtomicUsize,
    /// Whether the model was found not to take a schema.
    plain: AtomicBool,
    temperature: Option<f32>,
    batches: Option<Batches>,
}

impl Bedrock {
    /// Opens `bedrock://MODEL_ID?region=&endpoint=&control_endpoint=&temperature=&timeout_s=&fallback=ID,ID&batch=&role=
    /// &least_batch=`. Nothing is sent.
    ///
    /// - `MODEL_ID` is an inference profile such as `global.anthropic.claude-haiku-5-5`, or an ARN; `fallback` are those
    ///   that are asked in its place once it is not there any more.
    /// - `temperature` is sent only if it is given: some models take none.
    /// - `timeout_s` (120) are the seconds of one answer, waits for a throttled model included.
    /// - `batch` (`s3://BUCKET/PREFIX`) and `role` (the ARN that Bedrock reads and writes it with) make batches possible;
    ///   `batch_store` is the object store at that very address, its prefix included. `least_batch` (100) are the fewest
    ///   prompts that the model takes as a batch.
    ///
    /// # Errors
    /// `Config` for an address that cannot be used.
    pub async fn open(aws: &Aws, address: &str, batch_store: Option<Arc<dyn ObjectStore>>) -> Result<Self> {
        let settings = Settings::parse(address)?;
        let region = settings.region.as_deref();
        let runtime = aws.config(region, settings.endpoint.as_deref());
        // A late answer is paid for, so an attempt has no limit of its own: another would be paid for again.
        let patience = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_timeout(settings.timeout)
            .disable_operation_attempt_timeout()
            .build();
        let runtime = aws_sdk_bedrockruntime::config::Builder::from(&runtime)
            .timeout_config(patience)
            .interceptor(aws.counting("bedrock"))
            .build();
        let control = aws.config(region, settings.control_endpoint.as_deref());
        let control = aws_sdk_bedrock::config::Builder::from(&control).interceptor(aws.counting("bedrock")).build();
        Ok(Self {
            runtime: aws_sdk_bedrockruntime::Client::from_conf(runtime),
            control: aws_sdk_bedrock::Client::from_conf(control),
            models: settings.models,
            current: AtomicUsize::new(0),
            plain: AtomicBool::new(false),
            temperature: settings.temperature,
            batches: Batches::new(settings.batch, batch_store)?,
        })
    }

    /// The model that answers now.
    fn model(&self) -> &str {
        let last = self.models.len() - 1;
        &self.models[self.current.load(Ordering::SeqCst).min(last)]
    }

    /// The model to ask after `missing` was not there; `None` when there is none left.
    fn after(&self, missing: &str) -> Option<&str> {
        let at = self.current.load(Ordering::SeqCst);
        if self.models.get(at).is_some_and(|model| model == missing) {
            let next = self.models.get(at + 1)?;
            if self.current.compare_exchange(at, at + 1, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                tracing::warn!(missing, next = next.as_str(), "the model is not there any more, its fallback is asked");
            }
        }
        Some(self.model()).filter(|model| *model != missing)
    }
}

impl std::fmt::Debug for Bedrock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bedrock").field("model", &self.model()).finish_non_exhaustive()
    }
}

#[async_trait]
impl Model for Bedrock {
    fn name(&self) -> Option<&str> {
        Some(self.model())
    }

    async fn complete(&self, prompt: &Prompt) -> Result<Completion> {
        let mut model = self.model();
        loop {
            match self.ask(model, prompt).await {
                Err(error) if error.kind() == ErrorKind::NotFound => match self.after(model) {
                    Some(next) => model = next,
                    None => return Err(error),
                },
                answer => return answer,
            }
        }
    }

    fn least_batch(&self) -> Option<usize> {
        self.batches.as_ref().map(|batches| batches.least)
    }

    async fn submit(&self, batch: &Batch) -> Result<String> {
        self.submit_batch(batch).await
    }

    async fn batch(&self, id: &str) -> Result<BatchState> {
        self.look_at_batch(id).await
    }
}

#[async_trait]
impl Probe for Bedrock {
    async fn probe(&self) -> Result<String> {
        self.look_over().await
    }
}
