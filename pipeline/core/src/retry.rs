//! Retrying what may succeed later: exponential waits with full jitter from the given seed, on the port's clock.

use std::future::Future;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::ports::Clock;
use crate::{Error, Result};

/// How often and how patiently to retry.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Tries in all, at least 1.
    pub tries: usize,
    /// The first wait.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { tries: 4, first: Duration::from_millis(100), longest: Duration::from_secs(5) }
    }
}

/// Calls `operation` until it succeeds, fails for good, or the patience is at its end.
///
/// # Errors
/// The last failure.
pub async fn retry<T, F: Future<Output = Result<T>>>(
    patience: Patience,
    clock: &dyn Clock,
    seed: u64,
    mut operation: impl FnMut() -> F,
) -> Result<T, Error> {
    let mut waits = ExponentialBuilder::default()
        .with_min_delay(patience.first)
        .with_max_delay(patience.longest)
        .with_max_times(patience.tries.saturating_sub(1))
        .with_jitter()
        .with_jitter_seed(seed)
        .build();
    loop {
        match operation().await {
            Err(error) if error.kind().retryable() => match waits.next() {
                Some(wait) => {
                    tracing::debug!(error = %error.chain(), wait_ms = wait.as_millis() as u64, "retrying");
                    clock.sleep(wait).await;
                }
                None => return Err(error),
            },
            result => return result,
        }
    }
}
