//! The SDK's configuration, loaded once: credentials and region by its own chain, time limits, retries, and a count of
//! every attempt.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use pipeline_core::telemetry::Calls;

/// Attempts of one request, waits with jitter between them, by the SDK's standard rules.
const ATTEMPTS: u32 = 8;
/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest wait for one attempt's answer.
const ATTEMPT: Duration = Duration::from_secs(30);

/// What the configuration file says about AWS; everything else comes from the SDK's chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsOptions {
    /// Region; `None` asks the chain.
    pub region: Option<String>,
    /// Profile of the shared configuration files; `None` asks the chain.
    pub profile: Option<String>,
}

/// The way into AWS: what all its backends share.
#[derive(Clone, Debug)]
pub struct Aws {
    sdk: SdkConfig,
    calls: Arc<Calls>,
}

impl Aws {
    /// Loads the SDK's configuration. Credentials are looked up when they are first needed. Every attempt of every
    /// request is counted in `calls`.
    pub async fn load(options: &AwsOptions, calls: Arc<Calls>) -> Self {
        Self::load_from(aws_config::defaults(BehaviorVersion::latest()), options, calls).await
    }

    /// The same from a loader that brings its own credentials, as tests have them.
    pub async fn load_from(loader: ConfigLoader, options: &AwsOptions, calls: Arc<Calls>) -> Self {
        let mut loader = loader
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(LONGEST_WAIT))
            .timeout_config(
                TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build(),
            );
        if let Some(region) = &options.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &options.profile {
            loader = loader.profile_name(profile);
        }
        Self { sdk: loader.load().await, calls }
    }

    /// The configuration with the `region` and `endpoint` that an address names, where it does.
    pub fn config(&self, region: Option<&str>, endpoint: Option<&str>) -> SdkConfig {
        let mut builder = self.sdk.to_builder();
        if let Some(region) = region {
            builder = builder.region(Region::new(region.to_owned()));
        }
        if let Some(endpoint) = endpoint {
            builder = builder.endpoint_url(endpoint);
        }
        builder.build()
    }

    /// The count of requests.
    pub fn calls(&self) -> &Arc<Calls> {
        &self.calls
    }

    /// Counts the attempts of a client's requests to `service`; to be added to the client's configuration.
    pub fn counting(&self, service: &'static str) -> Counting {
        Counting { service, calls: Arc::clone(&self.calls) }
    }
}

/// Counts every attempt.
#[derive(Clone, Debug)]
pub struct Counting {
    service: &'static str,
    calls: Arc<Calls>,
}

/// When the attempt at hand began.
#[derive(Clone, Copy, Debug)]
struct Began(Instant);

impl Storable for Began {
    type Storer = StoreReplace<Self>;
}

/// The status of the attempt at hand.
#[derive(Clone, Copy, Debug)]
struct Status(u16);

impl Storable for Status {
    type Storer = StoreReplace<Self>;
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Counting {
    fn name(&self) -> &'static str {
        "Counting"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        bag.interceptor_state().store_put(Began(Instant::now()));
        bag.interceptor_state().store_put(Status(0));
        Ok(())
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = context.response().status().as_u16();
        bag.interceptor_state().store_put(Status(status));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Began(began)) = bag.load::<Began>().copied() else { return Ok(()) };
        let operation = bag.load::<Metadata>().map_or("unknown", |metadata| metadata.name());
        let outcome = match bag.load::<Status>().copied() {
            None | Some(Status(0)) => "failed".to_owned(),
            Some(Status(200..=299)) => "ok".to_owned(),
            Some(Status(status)) => status.to_string(),
        };
        self.calls.record(self.service, operation, &outcome, began.elapsed());
        Ok(())
    }
}
