//! The one place that sends requests to OpenSearch: signed, counted, limited in time and tried again.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::opensearch::auth::Credentials;
use ::opensearch::http::Method;
use ::opensearch::http::headers::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use ::opensearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
use bytes::Bytes;
use pipeline_core::telemetry::Calls;
use pipeline_core::{Error, ErrorKind, Result};
use serde_json::Value;

use super::place::{Auth, Place};
use crate::failure::kind;

/// After this no further try begins.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// A request. All of ours may be repeated: doing one twice is the same as doing it once.
pub(super) struct Request {
    /// What it is called in counts.
    operation: &'static str,
    method: Method,
    path: String,
    parameters: Vec<(&'static str, String)>,
    body: Option<Bytes>,
    lines: bool,
    limit: Duration,
    tries: u32,
}

impl Request {
    pub(super) fn new(operation: &'static str, method: Method, path: impl Into<String>) -> Self {
        let limit = Duration::from_secs(30);
        Self { operation, method, path: path.into(), parameters: Vec::new(), body: None, lines: false, limit, tries: 8 }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }

    pub(super) fn json(mut self, body: &Value) -> Self {
        self.body = Some(Bytes::from(body.to_string()));
        self
    }

    /// A body of one JSON text a line.
    pub(super) fn lines(mut self, body: Vec<u8>) -> Self {
        self.body = Some(Bytes::from(body));
        self.lines = true;
        self
    }

    /// How long one try may take.
    pub(super) fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// How often to try.
    pub(super) fn tries(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }
}

/// What was answered: a success, or a refusal that another try would not change.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Answer {
    /// The body of a success; a refusal is the failure of `what`, a lower-case sentence that names the object.
    pub(super) fn done(self, what: impl FnOnce() -> String) -> Result<Value> {
        if self.status < 300 { Ok(self.body) } else { Err(self.failed(what())) }
    }

    /// As [`Answer::done`]; `None` when there is nothing of that name.
    pub(super) fn there(self, what: impl FnOnce() -> String) -> Result<Option<Value>> {
        if self.status == 404 { Ok(None) } else { self.done(what).map(Some) }
    }

    /// Whether it was refused because the index is there already.
    pub(super) fn exists_already(&self) -> bool {
        self.error_type() == "resource_already_exists_exception"
    }

    /// The failure of `what`. OpenSearch's own words may repeat what was sent, so only the name of its error is told.
    pub(super) fn failed(&self, what: String) -> Error {
        let told = match self.error_type() {
            "" => format!("opensearch answered {}", self.status),
            name => format!("opensearch answered {name} ({})", self.status),
        };
        let failure = Error::new(kind(None, self.status), what).because(told);
        match self.status {
            401 => failure.hint("check the user and password of the search address, or the AWS credentials"),
            403 => failure.hint(
                "allow the role to use indexes of this prefix, and the alias: in the domain's access policy and \
                 fine-grained roles, or in the collection's data access policy",
            ),
            429 => failure.hint("the cluster is overloaded, or its disk is nearly full"),
            _ => failure,
        }
    }

    fn error_type(&self) -> &str {
        self.body["error"]["type"].as_str().unwrap_or_default()
    }
}

/// The way to a cluster.
pub(super) struct Cluster {
    transport: Transport,
    /// Host and port, for messages.
    pub(super) name: String,
    calls: Arc<Calls>,
}

impl Cluster {
    pub(super) fn new(aws: &crate::Aws, place: &Place, password: Option<String>) -> Result<Self> {
        let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(place.url.clone()));
        if place.private {
            builder = builder.disable_proxy();
        }
        match &place.auth {
            Auth::None => {}
            Auth::Basic(user) => {
                let password = password.filter(|password| !password.is_empty()).ok_or_else(|| {
                    Error::config("the password of the search user is missing")
                        .hint("it belongs into the environment, see the README")
                })?;
                builder = builder.auth(Credentials::Basic(user.clone(), password));
            }
            Auth::Sigv4 => {
                let credentials = Credentials::try_from(aws.config(place.region.as_deref(), None));
                let credentials = credentials.map_err(|error| {
                    Error::config("requests to opensearch cannot be signed")
                        .because(error)
                        .hint("name a region in the address (&region=) or in AWS_REGION, and give credentials")
                })?;
                builder = builder.service_name(&place.service).auth(credentials);
            }
        }
        let unbuilt = |error| Error::config("no client for opensearch can be made").because(format!("{error}"));
        let name = place.url.authority().to_owned();
        Ok(Self { transport: builder.build().map_err(unbuilt)?, name, calls: Arc::clone(aws.calls()) })
    }

    /// Sends `request`, again and again while that may help.
    ///
    /// # Errors
    /// `Throttled`, `Unavailable` or `Timeout` when it did not help, `Denied` when who asks may not, `Config` when the
    /// request cannot be signed.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer> {
        let began = Instant::now();
        let mut tried = 0;
        loop {
            tried += 1;
            let failure = match self.attempt(request).await {
                Ok(answer) if answer.status < 400 => return Ok(answer),
                Ok(answer) => {
                    let failure = answer.failed(format!("cannot {} at {}", named(request.operation), self.name));
                    if !failure.kind().retryable() && failure.kind() != ErrorKind::Denied {
                        return Ok(answer);
                    }
                    failure
                }
                Err(failure) => failure,
            };
            if !failure.kind().retryable() || tried >= request.tries || began.elapsed() > PATIENCE {
                return Err(failure);
            }
            let wait = wait(tried);
            tracing::debug!(error = %failure.chain(), wait_ms = wait.as_millis() as u64, "retrying");
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(&self, request: &Request) -> Result<Answer> {
        let began = Instant::now();
        let result = self.exchange(request).await;
        let outcome = match &result {
            Ok(answer) if answer.status < 300 => "ok".to_owned(),
            Ok(answer) => answer.status.to_string(),
            Err(_) => "failed".to_owned(),
        };
        self.calls.record("opensearch", request.operation, &outcome, began.elapsed());
        result
    }

    async fn exchange(&self, request: &Request) -> Result<Answer> {
        let mut headers = HeaderMap::new();
        if request.lines {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
            // The answer is a few bytes per item; compressing it costs the cluster more than it saves.
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        let parameters = Some(&request.parameters).filter(|parameters| !parameters.is_empty());
        let (method, body) = (request.method, request.body.clone());
        let sent = self.transport.send(method, &request.path, headers, parameters, body, Some(request.limit));
        let response = sent.await.map_err(|error| self.unanswered(request, error))?;
        let status = response.status_code().as_u16();
        let body = response.bytes().await.map_err(|error| self.unanswered(request, error))?;
        match serde_json::from_slice(&body) {
            Ok(body) => Ok(Answer { status, body }),
            // Something between us and OpenSearch answered.
            Err(_) if status >= 300 || body.is_empty() => Ok(Answer { status, body: Value::Null }),
            Err(error) => Err(Error::unavailable(format!("the answer of {} is no JSON", self.name)).because(error)),
        }
    }

    fn unanswered(&self, request: &Request, error: ::opensearch::Error) -> Error {
        let what = format!("cannot {} at {}", named(request.operation), self.name);
        // The whole text names the address with what was asked; the last cause is enough.
        let cause = crate::failure::innermost(&error);
        let hint = "check the address and the network; `waypost doctor` tries every backend";
        if error.is_timeout() {
            return Error::timeout(what).because("it did not answer in time");
        }
        if cause.contains("Signing") {
            return Error::new(ErrorKind::Denied, what)
                .because("the request cannot be signed")
                .hint("check the AWS credentials with `aws sts get-caller-identity`");
        }
        Error::unavailable(what).because(cause).hint(hint)
    }
}

/// An operation in words: `CreateIndex` is `create index`.
fn named(operation: &str) -> String {
    let mut text = String::new();
    for letter in operation.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

/// The wait after try number `tried`: twice as long each time, the half of it by chance, so that many do not come
/// back at once.
pub(super) fn wait(tried: u32) -> Duration {
    let full = Duration::from_millis(100).saturating_mul(1 << tried.min(10)).min(LONGEST_WAIT);
    let chance = RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64;
    full.mul_f64(0.5 + chance / 2.0)
}
