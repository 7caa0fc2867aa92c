//! Planning on a stack of its own: the planner walks trees by recursion and is built without protection of the stack.

use std::thread;

use pipeline_core::error::Context;
use pipeline_core::{Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Size of the stack; only what is touched takes memory. A debug build touches up to 50 KiB per level of a query.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Awaits `work` on a thread of its own with a deep stack. A panic there becomes an error here.
pub(crate) async fn run<T, F>(work: F) -> Result<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let runtime = Handle::current();
    let (sender, result) = oneshot::channel();
    thread::Builder::new()
        .name("plan".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // Nobody listens when the caller has gone; then there is nothing to do.
            let _ = sender.send(runtime.block_on(work));
        })
        .context(ErrorKind::Unavailable, || "cannot start a thread to plan a query")?;
    result.await.unwrap_or_else(|_| Err(Error::internal("the planner of queries broke down")))
}
