//! Work that waits for the disk or computes for long, away from the threads that serve everyone.

use pipeline_core::{Error, Result};

/// Runs `work` on a thread that may block.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(Error::internal("blocking work ended early").because(error)),
    }
}
