//! The model port over any server that speaks OpenAI's chat completions, on this machine or elsewhere.

mod body;
mod settings;

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use pipeline_core::error::Context as _;
use pipeline_core::ports::{Clock, Completion, Model, Probe, Prompt};
use pipeline_core::retry::{Patience, retry};
use pipeline_core::telemetry::Calls;
use pipeline_core::{Error, ErrorKind, Micros, Result};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use settings::Settings;

/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The longest wait that a server may ask for.
const LONGEST_WAIT_S: i64 = 60;
/// How patiently a throttled or missing server is asked again.
const PATIENCE: Patience = Patience { tries: 5, first: Duration::from_millis(250), longest: Duration::from_secs(10) };

/// A model behind `POST …/chat/completions`.
///
/// It takes no batches. Redirects are not followed: the key goes to the server of the address alone.
pub struct OpenAiModel {
    client: Client,
    settings: Settings,
    key: Option<String>,
    clock: Arc<dyn Clock>,
    calls: Arc<Calls>,
    /// Whether the server takes a schema, as far as is known.
    takes_schema: AtomicBool,
    /// Whether it wants the newer name of the limit of tokens.
    newer_limit: AtomicBool,
}

/// What came back from one attempt: an answer, or why the request has to be put differently.
enum Told {
    Answer(Completion),
    Differently,
}

impl OpenAiModel {
    /// Opens `openai+https://HOST/v1?model=NAME&schema=true&temperature=&timeout_s=` (`openai+http` on this machine only).
    /// Nothing is sent. `key` is sent as a bearer token; requests are counted in `calls` as service `openai`.
    ///
    /// - `schema` (`true`) sends the answer's schema as `response_format`; a server that refuses it once, or `false`,
    ///   has it put into the instructions.
    /// - `temperature` is sent only if it is given. `timeout_s` (120) are the seconds of one attempt.
    ///
    /// # Errors
    /// `Config` for an address that cannot be used.
    pub fn open(address: &str, key: Option<String>, clock: Arc<dyn Clock>, calls: Arc<Calls>) -> Result<Self> {
        let settings = Settings::parse(address)?;
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(settings.timeout)
            .build()
            .context(ErrorKind::Config, || "the client of the model cannot be set up")?;
        let takes_schema = AtomicBool::new(settings.schema);
        Ok(Self { client, settings, key, clock, calls, takes_schema, newer_limit: AtomicBool::new(false) })
    }

    /// Asks until an answer comes, the request needs other words, or the patience is at its end. A late answer is paid
    /// for and not asked for again.
    async fn ask(&self, prompt: &Prompt) -> Result<Told> {
        let not_before = AtomicI64::new(i64::MIN);
        let attempt = || async {
            self.clock.sleep_until(Micros(not_before.load(Ordering::Relaxed))).await;
            match self.attempt(prompt, &not_before).await {
                Err(error) if error.kind() == ErrorKind::Timeout => Ok(Err(error)),
                told => told.map(Ok),
            }
        };
        retry(PATIENCE, self.clock.as_ref(), RandomState::new().hash_one(0), attempt).await?
    }

    async fn attempt(&self, prompt: &Prompt, not_before: &AtomicI64) -> Result<Told> {
        let (schema, newer) = (self.takes_schema.load(Ordering::Relaxed), self.newer_limit.load(Ordering::Relaxed));
        let body = body::request(&self.settings, prompt, schema, newer);
        let request = self.client.post(self.settings.endpoint("chat/completions")).json(&body);
        let (status, wait_s, bytes) = self.send("ChatCompletions", request).await?;
        if status.is_success() {
            let answer = serde_json::from_slice(&bytes).unwrap_or_default();
            return body::completion(&self.settings.model, &body, &answer).map(Told::Answer);
        }
        if let Some(wait_s) = wait_s {
            let wait_us = wait_s.clamp(0, LONGEST_WAIT_S) * 1_000_000;
            not_before.store(self.clock.now().0.saturating_add(wait_us), Ordering::Relaxed);
        }
        let words = String::from_utf8_lossy(&bytes).to_lowercase();
        if self.learn(status, &words, schema, newer) {
            return Ok(Told::Differently);
        }
        Err(self.refused(status, &words))
    }

    /// Sends a request, counts it and reads its answer: status, seconds to wait, body.
    async fn send(&self, operation: &str, request: RequestBuilder) -> Result<(StatusCode, Option<i64>, Vec<u8>)> {
        let request = match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        };
        let began = Instant::now();
        let answer = request.send().await;
        let outcome = match &answer {
            Ok(response) if response.status().is_success() => "ok".to_owned(),
            Ok(response) => response.status().as_u16().to_string(),
            Err(_) => "failed".to_owned(),
        };
        let read = match answer {
            Ok(response) => self.read(response).await,
            Err(error) => Err(self.failure(error)),
        };
        self.calls.record("openai", operation, &outcome, began.elapsed());
        read
    }

    async fn read(&self, mut response: Response) -> Result<(StatusCode, Option<i64>, Vec<u8>)> {
        let wait = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let status = response.status();
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.failure(error))? {
            if bytes.len() + piece.len() > MOST_BYTES {
                let message = format!("model {} answered more than {MOST_BYTES} bytes", self.settings.model);
                return Err(Error::invalid(message));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok((status, wait, bytes))
    }

    /// Whether the server refused how it was asked, and can be asked differently from now on.
    fn learn(&self, status: StatusCode, words: &str, schema: bool, newer: bool) -> bool {
        if !matches!(status.as_u16(), 400 | 422) {
            return false;
        }
        if !newer && words.contains("max_completion_tokens") {
            self.newer_limit.store(true, Ordering::Relaxed);
            return true;
        }
        if schema && ["response_format", "json_schema", "structured"].iter().any(|part| words.contains(part)) {
            tracing::warn!(model = self.settings.model, "the server takes no schema, which goes into the instructions");
            self.takes_schema.store(false, Ordering::Relaxed);
            return true;
        }
        false
    }

    /// The error of an answer that is none. The server's words stay out of it, since they may repeat the prompt.
    fn refused(&self, status: StatusCode, words: &str) -> Error {
        let (model, place) = (&self.settings.model, self.settings.place());
        let kind = match status.as_u16() {
            401..=403 => ErrorKind::Denied,
            404 | 410 => ErrorKind::NotFound,
            408 | 504 => ErrorKind::Timeout,
            // An account that is out of money answers like one that is in a hurry, and waiting does not help.
            429 if words.contains("insufficient_quota") => ErrorKind::Denied,
            429 => ErrorKind::Throttled,
            500..=599 => ErrorKind::Unavailable,
            _ => ErrorKind::Invalid,
        };
        let error = Error::new(kind, format!("model {model} at {place} gave no answer"))
            .because(format!("the server answered {}", status.as_u16()));
        match kind {
            ErrorKind::Denied => error.hint("check the key of the model and the account behind it"),
            ErrorKind::NotFound => error.hint("check the path and the parameter model of the model's address"),
            _ => error,
        }
    }

    fn failure(&self, error: reqwest::Error) -> Error {
        let kind = if error.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Unavailable };
        let place = self.settings.place();
        Error::new(kind, format!("model {} at {place} did not answer", self.settings.model))
            .because(error.without_url())
    }
}

impl std::fmt::Debug for OpenAiModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenAiModel").field("model", &self.settings.model).finish_non_exhaustive()
    }
}

#[async_trait]
impl Model for OpenAiModel {
    fn name(&self) -> Option<&str> {
        Some(&self.settings.model)
    }

    async fn complete(&self, prompt: &Prompt) -> Result<Completion> {
        // It learns two things at most.
        for _ in 0..3 {
            if let Told::Answer(completion) = self.ask(prompt).await? {
                return Ok(completion);
            }
        }
        Err(Error::invalid(format!("model {} refuses how it is asked", self.settings.model)))
    }
}

#[async_trait]
impl Probe for OpenAiModel {
    async fn probe(&self) -> Result<String> {
        let request = self.client.get(self.settings.endpoint("models"));
        let (status, _, bytes) = self.send("ListModels", request).await?;
        let (model, place) = (&self.settings.model, self.settings.place());
        match status.as_u16() {
            // Not every server lists its models.
            404 | 405 => return Ok(format!("{place} answers and lists no models")),
            _ if !status.is_success() => return Err(self.refused(status, "")),
            _ => {}
        }
        let list: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let names = list["data"].as_array().into_iter().flatten().filter_map(|entry| entry["id"].as_str());
        if names.clone().any(|name| name == model) {
            return Ok(format!("{place} has model {model}"));
        }
        let some = names.take(5).collect::<Vec<_>>().join(", ");
        Err(Error::not_found(format!("model {model} is not at {place}")).hint(format!("it has {some}")))
    }
}
