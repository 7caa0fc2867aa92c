//! Attempts to prove who one is, counted per address in the document store, so that guessing ends after ten failures on
//! whatever machine and by whatever backend. Passwords, second factors and codes that confirm an address count alike.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::Context as _;
use crate::ports::{Clock, Condition, Document, Documents, Key, Write};
use crate::{Error, ErrorKind, Micros, Result};

/// Failures of an address after which it has to wait.
const MAX_FAILURES: usize = 10;

/// Seconds after which a failure is forgotten: 15 minutes.
const WINDOW_S: i64 = 15 * 60;

/// Tries to count an attempt while others of the same address are counted too.
const COUNTING_TRIES: usize = 20;

/// When attempts of an address failed, or began and did not end yet.
#[derive(Default, Serialize, Deserialize)]
struct Failures {
    at: Vec<Micros>,
}

/// The failures of everybody.
pub struct Attempts {
    documents: Arc<dyn Documents>,
    clock: Arc<dyn Clock>,
}

impl Attempts {
    /// Counts in `documents` by the time of `clock`.
    pub fn new(documents: Arc<dyn Documents>, clock: Arc<dyn Clock>) -> Self {
        Self { documents, clock }
    }

    /// Counts an attempt that begins as one that failed, so that many at once are no way around the limit. `email` is in the
    /// form in which it is compared.
    ///
    /// # Errors
    /// `Throttled` after ten failures within 15 minutes; those of the document store.
    pub async fn count(&self, email: &str) -> Result<()> {
        let key = key(email);
        for _ in 0..COUNTING_TRIES {
            let now = self.clock.now();
            let stored = self.documents.get(&key).await?;
            let condition = stored.as_ref().map_or(Condition::Absent, |stored| Condition::Version(stored.version));
            let mut failures = stored.map(read).transpose()?.unwrap_or_default();
            failures.at.retain(|at| at.plus_seconds(WINDOW_S) > now);
            if failures.at.len() >= MAX_FAILURES {
                return Err(too_many());
            }
            failures.at.push(now);
            let body = serde_json::to_value(&failures)
                .context(ErrorKind::Internal, || "counted attempts cannot be written")?;
            let expires_at = Some(now.plus_seconds(WINDOW_S));
            match self.documents.write(Write::Put { key: key.clone(), body, condition, expires_at }).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                result => return result.map(|_| ()),
            }
        }
        Err(too_many())
    }

    /// Forgets the failures of an address, after an attempt that succeeded.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn forget(&self, email: &str) -> Result<()> {
        let forget = Write::Delete { key: key(email), condition: Condition::None };
        self.documents.write(forget).await.map(|_| ())
    }
}

fn key(email: &str) -> Key {
    Key::new(format!("LOGIN#{email}"), "FAILURES")
}

fn read(document: Document) -> Result<Failures> {
    serde_json::from_value(document.body).context(ErrorKind::Internal, || "counted attempts cannot be read")
}

fn too_many() -> Error {
    Error::throttled("too many attempts of this e-mail address failed").hint("wait 15 minutes")
}
