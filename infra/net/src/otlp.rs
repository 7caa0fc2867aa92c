//! Traces and metrics to any OTLP collector over HTTP: every span of ours, and the counts of what backends were asked.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, MeterProvider as _};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{MetricExporter, Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::SdkTracerProvider;
use pipeline_core::error::Context as _;
use pipeline_core::telemetry::{Call, Calls, Tally};
use pipeline_core::{ErrorKind, Result};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

/// The longest wait for the collector. Telemetry must never hold up the work.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How often metrics are sent.
const EVERY: Duration = Duration::from_secs(10);

/// What sends traces and metrics, until it is shut down.
pub struct Otlp {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
}

impl Otlp {
    /// Sends to the collector at `endpoint`, such as `http://127.0.0.1:4318`, as `version` of the program.
    ///
    /// # Errors
    /// `Config` for an address that cannot be used. A collector that is away is no error: what cannot be sent is dropped.
    pub fn start(endpoint: &str, version: &'static str) -> Result<Self> {
        let endpoint = endpoint.trim_end_matches('/');
        let unusable = || format!("the address of the collector {endpoint:?} cannot be used");
        url::Url::parse(endpoint).context(ErrorKind::Config, unusable)?;
        let resource = Resource::builder()
            .with_service_name("waypost")
            .with_attribute(KeyValue::new("service.version", version))
            .build();
        let spans = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{endpoint}/v1/traces"))
            .with_timeout(TIMEOUT)
            .build()
            .context(ErrorKind::Config, unusable)?;
        let numbers = MetricExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{endpoint}/v1/metrics"))
            .with_timeout(TIMEOUT)
            .build()
            .context(ErrorKind::Config, unusable)?;
        let traces = SdkTracerProvider::builder().with_batch_exporter(spans).with_resource(resource.clone()).build();
        let reader = PeriodicReader::builder(numbers).with_interval(EVERY).build();
        let metrics = SdkMeterProvider::builder().with_reader(reader).with_resource(resource).build();
        Ok(Self { traces, metrics })
    }

    /// The layer that takes the spans of `tracing`.
    pub fn layer<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> {
        tracing_opentelemetry::layer()
            .with_tracer(self.traces.tracer("waypost"))
            // Threads and places in the code are noise in a trace of backend calls.
            .with_threads(false)
            .with_location(false)
    }

    /// Sends `calls` as the metrics `waypost.backend.NAME` (how often) and `waypost.backend.NAME.time_us`, by service,
    /// operation and outcome.
    pub fn watch(&self, name: &'static str, calls: &Arc<Calls>) {
        let meter = self.metrics.meter("waypost");
        let counted = Arc::clone(calls);
        meter
            .u64_observable_counter(format!("waypost.backend.{name}"))
            .with_callback(move |observer| observe(&counted, observer, |tally| tally.requests))
            .build();
        let timed = Arc::clone(calls);
        meter
            .u64_observable_counter(format!("waypost.backend.{name}.time_us"))
            .with_unit("us")
            .with_callback(move |observer| observe(&timed, observer, |tally| tally.took_us))
            .build();
    }

    /// Sends what is left and stops. Blocks for a few seconds at most.
    pub fn shut_down(&self) {
        // What the collector does not take any more is lost, which is no reason to fail.
        let _ = self.metrics.shutdown_with_timeout(TIMEOUT);
        let _ = self.traces.shutdown_with_timeout(TIMEOUT);
    }
}

fn observe(calls: &Calls, observer: &dyn AsyncInstrument<u64>, value: impl Fn(Tally) -> u64) {
    for (Call { service, operation, outcome }, tally) in calls.snapshot() {
        let labels = [
            KeyValue::new("service", service),
            KeyValue::new("operation", operation),
            KeyValue::new("outcome", outcome),
        ];
        observer.observe(value(tally), &labels);
    }
}
