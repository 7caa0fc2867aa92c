//! The key set of a pool, fetched from where the pool publishes it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use pipeline_core::error::Context as _;
use pipeline_core::ports::Jwks;
use pipeline_core::telemetry::Calls;
use pipeline_core::{Error, ErrorKind, Result};
use reqwest::redirect::Policy;
use url::Url;

/// The longest key set, in bytes; Cognito's has two keys.
const MAX_BYTES: usize = 64 * 1024;
/// The longest wait for one.
const PATIENCE: Duration = Duration::from_secs(10);

/// Fetches the key set.
pub(super) struct KeySet {
    client: reqwest::Client,
    address: Url,
    calls: Arc<Calls>,
}

impl KeySet {
    /// The key set at `address`. Whoever answers there is trusted with every login, so it sends nobody elsewhere.
    pub(super) fn new(address: Url, calls: Arc<Calls>) -> Result<Self> {
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .build()
            .context(ErrorKind::Config, || "cannot set up the fetching of key sets")?;
        Ok(Self { client, address, calls })
    }

    /// Fetches it.
    ///
    /// # Errors
    /// `Unavailable` when it does not come, `Config` when something else is published there.
    pub(super) async fn fetch(&self) -> Result<Jwks> {
        let began = Instant::now();
        let fetched = self.bytes().await;
        let outcome = if fetched.is_ok() { "ok" } else { "failed" };
        self.calls.record("cognito", "GetKeySet", outcome, began.elapsed());
        let jwks: Jwks = serde_json::from_slice(&fetched?).map_err(|error| no_key_set().because(error))?;
        match jwks["keys"].as_array() {
            Some(keys) if !keys.is_empty() => Ok(jwks),
            _ => Err(no_key_set()),
        }
    }

    async fn bytes(&self) -> Result<Vec<u8>> {
        let away =
            || Error::unavailable("the key set of the user pool cannot be fetched").hint("check jwks= and the network");
        let mut response =
            self.client.get(self.address.clone()).send().await.map_err(|error| away().because(error.without_url()))?;
        match response.status().as_u16() {
            200 => {}
            status @ 500..=599 => return Err(away().because(format!("status {status}"))),
            status => return Err(no_key_set().because(format!("status {status}"))),
        }
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| away().because(error.without_url()))? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > MAX_BYTES {
                return Err(no_key_set().because(format!("it is longer than {MAX_BYTES} bytes")));
            }
        }
        Ok(bytes)
    }
}

fn no_key_set() -> Error {
    Error::config("the user pool publishes no key set at its address").hint("check the pool's id and region, and jwks=")
}
