//! Log lines on standard error and, where a collector is configured, traces and metrics over OTLP.

use infra_registry::Backends;
use pipeline_core::Result;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::cli::Global;
use crate::config;

/// What sends telemetry until the program ends.
#[derive(Default)]
pub struct Telemetry {
    #[cfg(feature = "otlp")]
    otlp: Option<std::sync::Arc<infra_registry::otlp::Otlp>>,
}

/// The collector of this process, for the backends that are opened later.
#[cfg(feature = "otlp")]
static COLLECTOR: std::sync::OnceLock<std::sync::Arc<infra_registry::otlp::Otlp>> = std::sync::OnceLock::new();

impl Telemetry {
    /// Starts logging by `WAYPOST_LOG`, and sending where the configuration names a collector.
    ///
    /// # Errors
    /// `Config` when a collector is named whose address cannot be used, or which this build cannot speak to.
    pub fn start(global: &Global) -> Result<Self> {
        let filter = EnvFilter::try_new(config::log_filter()).unwrap_or_else(|_| EnvFilter::new("warn"));
        let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(filter);
        Self::send(tracing_subscriber::registry().with(lines), config::collector(global).as_deref())
    }

    #[cfg(feature = "otlp")]
    fn send<S>(subscriber: S, collector: Option<&str>) -> Result<Self>
    where
        S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span> + Send + Sync,
    {
        let Some(collector) = collector else {
            subscriber.init();
            return Ok(Self::default());
        };
        let otlp = std::sync::Arc::new(infra_registry::otlp::Otlp::start(collector, env!("CARGO_PKG_VERSION"))?);
        // Only our own spans: those of libraries would tell of the requests that carry the telemetry itself.
        let ours = tracing_subscriber::filter::Targets::new().with_target("waypost", tracing::Level::INFO);
        subscriber.with(otlp.layer().with_filter(ours)).init();
        let otlp = COLLECTOR.get_or_init(|| otlp);
        Ok(Self { otlp: Some(std::sync::Arc::clone(otlp)) })
    }

    #[cfg(not(feature = "otlp"))]
    fn send<S>(subscriber: S, collector: Option<&str>) -> Result<Self>
    where
        S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span> + Send + Sync,
    {
        subscriber.init();
        match collector {
            None => Ok(Self::default()),
            Some(_) => {
                Err(pipeline_core::Error::config("telemetry.otlp names a collector, but this build sends nothing")
                    .hint("build with `--features otlp` (or `aws`), or leave telemetry.otlp empty"))
            }
        }
    }

    /// Sends what is left. Blocks for a few seconds at most.
    pub fn shut_down(&self) {
        #[cfg(feature = "otlp")]
        if let Some(otlp) = &self.otlp {
            otlp.shut_down();
        }
    }
}

/// Sends the counts of `backends`, where a collector is configured.
#[cfg_attr(not(feature = "otlp"), expect(unused_variables, reason = "nothing is sent by this build"))]
pub fn watch(backends: &Backends) {
    #[cfg(feature = "otlp")]
    if let Some(otlp) = COLLECTOR.get() {
        otlp.watch("requests", &backends.calls);
        otlp.watch("calls", &backends.port_calls);
    }
}
