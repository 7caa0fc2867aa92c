//! A lease in the document store: who holds it may run, on whatever machine. It has to be renewed, so that it is free soon
//! after its holder is gone, however it went.

use std::sync::Arc;
use std::time::Duration;

use futures::lock::Mutex;
use serde::{Deserialize, Serialize};

use crate::error::Context as _;
use crate::ports::{Clock, Condition, Document, Documents, Key, Version, Write};
use crate::{Error, ErrorKind, Result};

/// How long a lease lasts after it was last renewed, in seconds.
pub const LASTS_S: i64 = 30;
/// How often its holder renews it.
pub const RENEWED_EVERY: Duration = Duration::from_secs(8);
/// How often one who waits for a lease to run out looks.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A lease that is held. It is freed by [`Lease::free`], or runs out.
pub struct Lease {
    documents: Arc<dyn Documents>,
    clock: Arc<dyn Clock>,
    key: Key,
    held: Held,
    version: Mutex<Version>,
}

/// What the document says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    holder: String,
    token: String,
}

impl Lease {
    /// Takes the lease called `name` for `holder`, a text that others are shown; `token` is this holder's alone. When another
    /// holds it, waits as long as it takes to see whether that one is still alive.
    ///
    /// # Errors
    /// `Lease` when another holds it and renews it; those of the document store.
    pub async fn take(
        documents: Arc<dyn Documents>,
        clock: Arc<dyn Clock>,
        name: &str,
        holder: &str,
        token: String,
    ) -> Result<Self> {
        let held = Held { holder: holder.to_owned(), token };
        let lease = Self { documents, clock, key: Key::new("LEASE", name), held, version: Mutex::new(0) };
        let mut seen: Option<Document> = None;
        loop {
            match lease.put(Condition::Absent).await {
                Ok(version) => {
                    *lease.version.lock().await = version;
                    return Ok(lease);
                }
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
            let there = lease.documents.get(&lease.key).await?;
            if let Some(there) = there {
                // An answer that was lost may have come after all.
                if told(&there) == Some(lease.held.clone()) {
                    *lease.version.lock().await = there.version;
                    return Ok(lease);
                }
                if seen.as_ref().is_some_and(|seen| seen.body != there.body || seen.version != there.version) {
                    return Err(taken(&there));
                }
                seen = Some(there);
            }
            lease.clock.sleep(LOOK_EVERY).await;
        }
    }

    /// Holds it for another [`LASTS_S`] seconds.
    ///
    /// # Errors
    /// `Lease` when it has run out and another took it; those of the document store.
    pub async fn renew(&self) -> Result<()> {
        let mut version = self.version.lock().await;
        if let Some(there) = self.anothers().await? {
            return Err(taken(&there));
        }
        match self.put(Condition::Version(*version)).await {
            Ok(new) => {
                *version = new;
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Conflict => {
                // The answer to an earlier renewal may have been lost.
                let there = self.documents.get(&self.key).await?;
                match there {
                    Some(there) if told(&there).as_ref() == Some(&self.held) => {
                        *version = there.version;
                        Ok(())
                    }
                    Some(there) => Err(taken(&there)),
                    None => {
                        let taken_meanwhile =
                            || Error::new(ErrorKind::Lease, "the lease ran out and another run took it");
                        *version = self.put(Condition::Absent).await.map_err(|error| match error.kind() {
                            ErrorKind::Conflict => taken_meanwhile().because(error),
                            _ => error,
                        })?;
                        Ok(())
                    }
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Gives it back.
    ///
    /// # Errors
    /// Those of the document store; it then runs out by itself.
    pub async fn free(&self) -> Result<()> {
        let version = self.version.lock().await;
        if self.anothers().await?.is_some() {
            return Ok(());
        }
        let condition = Condition::Version(*version);
        match self.documents.write(Write::Delete { key: self.key.clone(), condition }).await {
            Err(error) if error.kind() != ErrorKind::Conflict => Err(error),
            _ => Ok(()),
        }
    }

    /// Who holds the lease called `name`, if anybody does.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn holder(documents: &dyn Documents, name: &str) -> Result<Option<String>> {
        let there = documents.get(&Key::new("LEASE", name)).await?;
        Ok(there.as_ref().and_then(told).map(|held| held.holder))
    }

    /// What is there when another has the lease. Versions alone do not tell: they start anew once a lease has run out.
    async fn anothers(&self) -> Result<Option<Document>> {
        let there = self.documents.get(&self.key).await?;
        Ok(there.filter(|there| told(there).as_ref() != Some(&self.held)))
    }

    async fn put(&self, condition: Condition) -> Result<Version> {
        let body = serde_json::to_value(&self.held).context(ErrorKind::Internal, || "a lease is no JSON")?;
        let expires_at = Some(self.clock.now().plus_seconds(LASTS_S));
        self.documents.write(Write::Put { key: self.key.clone(), body, condition, expires_at }).await
    }
}

fn told(document: &Document) -> Option<Held> {
    serde_json::from_value(document.body.clone()).ok()
}

fn taken(document: &Document) -> Error {
    let holder = told(document).map_or_else(|| "unknown".to_owned(), |held| held.holder);
    Error::new(ErrorKind::Lease, format!("another run holds the lease ({holder})"))
        .hint("wait for it to end; `waypost runs list` shows it")
}
