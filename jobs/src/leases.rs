//! The lease that every run needs: on a file where documents are in a file, in the document store where machines share it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use infra_registry::FileLease;
use pipeline_core::lease::{Lease, RENEWED_EVERY};
use pipeline_core::ports::Clock;
use pipeline_core::{Error, ErrorKind, Result};
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::app::App;
use crate::pipeline::INTERRUPTED;

/// Name of the lease of runs.
const RUN: &str = "run";

impl App {
    /// Does `work` while holding the lease that every run needs.
    ///
    /// # Errors
    /// `Lease` when another run holds it; those of the work.
    pub async fn leased<T>(&self, holder: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
        let span = tracing::info_span!(target: "waypost::run", "run", otel.name = holder, run_id = Empty);
        self.leased_as(RUN, holder, work).instrument(span).await
    }

    /// Does `work` while holding the lease called `name`.
    ///
    /// # Errors
    /// As for [`App::leased`].
    pub async fn leased_as<T>(&self, name: &str, holder: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
        if !self.config.addresses.shared() {
            let _lease = FileLease::take(&self.config.data_dir.join(format!("{name}.lock")), holder)?;
            return work.await;
        }
        let (lease, mut renewing) = self.take(name, holder).await?;
        let mut work = std::pin::pin!(work);
        let result = tokio::select! {
            result = &mut work => result,
            _ = &mut renewing => {
                tracing::error!(lease = name, "the lease is lost");
                if name == RUN {
                    // What is half done is finished: its commit is atomic, and another's is, too.
                    INTERRUPTED.store(true, Ordering::Relaxed);
                    work.await
                } else {
                    return Err(Error::new(ErrorKind::Lease, format!("the lease {name} is lost")));
                }
            }
        };
        renewing.abort();
        if let Err(error) = lease.free().await {
            tracing::warn!(error = %error.chain(), "the lease could not be given back; it runs out by itself");
        }
        result
    }

    /// Whether nobody holds the lease of runs.
    ///
    /// # Errors
    /// `Lease` when somebody does; those of the document store.
    pub async fn unleased(&self) -> Result<()> {
        if !self.config.addresses.shared() {
            return FileLease::take(&self.config.data_dir.join("run.lock"), "looking").map(drop);
        }
        match Lease::holder(self.backends.documents.as_ref(), RUN).await? {
            None => Ok(()),
            Some(holder) => Err(Error::new(ErrorKind::Lease, format!("{holder} holds the lease"))),
        }
    }

    /// A lease of the document store, renewed until the handle is aborted; the task ends when the lease is lost.
    async fn take(&self, name: &str, holder: &str) -> Result<(Arc<Lease>, JoinHandle<()>)> {
        let mut token = [0; 16];
        self.backends.entropy.fill(&mut token)?;
        let token = token.iter().map(|byte| format!("{byte:02x}")).collect();
        let (documents, clock) = (Arc::clone(&self.backends.documents), Arc::clone(&self.backends.clock));
        let lease = Arc::new(Lease::take(documents, Arc::clone(&clock), name, holder, token).await?);
        let renewing = tokio::spawn(renew(Arc::clone(&lease), clock));
        Ok((lease, renewing))
    }
}

async fn renew(lease: Arc<Lease>, clock: Arc<dyn Clock>) {
    loop {
        clock.sleep(RENEWED_EVERY).await;
        match lease.renew().await {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Lease => return,
            // While the store is away nobody else can take it either.
            Err(error) => tracing::warn!(error = %error.chain(), "the lease could not be renewed"),
        }
    }
}
