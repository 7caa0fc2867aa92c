//! Looking a backend over, for `waypost doctor`.

use async_trait::async_trait;

/// A backend that can say whether it will do its work.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Whether it is reachable, allowed, of a version that will do and complete; returns what was seen, in one line.
    ///
    /// # Errors
    /// What is wrong, with the hint that mends it.
    async fn probe(&self) -> crate::Result<String>;
}
