//! Every backend call as a span, and counted: ports wrapped in themselves. No argument is told, for it may be a person's.

mod objects;
mod ports;

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use pipeline_core::Error;
use pipeline_core::telemetry::Calls;
use tracing::Instrument as _;
use tracing::field::Empty;

/// A backend whose calls are told.
pub(crate) struct Traced<P: ?Sized> {
    inner: Arc<P>,
    teller: Teller,
}

impl<P: ?Sized> Traced<P> {
    /// `inner`, the backend of `port` at an address of `scheme`, whose calls `calls` counts.
    pub(crate) fn new(inner: Arc<P>, port: &'static str, scheme: &str, calls: &Arc<Calls>) -> Self {
        let teller = Teller { port, backend: scheme.into(), calls: Arc::clone(calls) };
        Self { inner, teller }
    }
}

/// Tells of calls.
#[derive(Clone, Debug)]
struct Teller {
    port: &'static str,
    backend: Arc<str>,
    calls: Arc<Calls>,
}

impl Teller {
    /// Does `work` in a span of its own.
    async fn call<T, E: Outcome>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let span = tracing::info_span!(
            target: "waypost::backend",
            "backend call",
            otel.name = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
            port = self.port,
            backend = &*self.backend,
            operation,
            outcome = Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", format!("{}.{operation}", self.port));
        }
        let began = Instant::now();
        let result = work.instrument(span.clone()).await;
        let outcome = result.as_ref().err().map_or("ok", Outcome::name);
        span.record("outcome", outcome);
        if result.as_ref().is_err_and(Outcome::is_failure) {
            span.record("otel.status_code", "ERROR");
        }
        self.calls.record(self.port, operation, outcome, began.elapsed());
        result
    }
}

/// What a failure is called.
trait Outcome {
    fn name(&self) -> &'static str;

    /// Whether something is wrong, as opposed to an answer that is part of the work.
    fn is_failure(&self) -> bool;
}

impl Outcome for Error {
    fn name(&self) -> &'static str {
        self.kind().name()
    }

    fn is_failure(&self) -> bool {
        use pipeline_core::ErrorKind::{Conflict, Invalid, NotFound, Nothing, Unauthenticated, Unsupported};
        !matches!(self.kind(), Conflict | Invalid | NotFound | Nothing | Unauthenticated | Unsupported)
    }
}

impl Outcome for object_store::Error {
    fn name(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not-found",
            Self::AlreadyExists { .. } | Self::Precondition { .. } | Self::NotModified { .. } => "conflict",
            Self::PermissionDenied { .. } => "denied",
            Self::Unauthenticated { .. } => "unauthenticated",
            _ => "unavailable",
        }
    }

    fn is_failure(&self) -> bool {
        !matches!(self.name(), "not-found" | "conflict")
    }
}
