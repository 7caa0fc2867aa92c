//! What a stage puts aside while it runs, because it is too much for memory: under `_scratch/`, gone when the stage is done.

use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use pipeline_core::Result;
use tokio::sync::OnceCell;

use crate::table::{Lake, store_failed};
use crate::upload;

/// The folder beside the tables, which no table can be called.
const FOLDER: &str = "_scratch";

/// A stage's own folder for what it puts aside. One run at a time may use it.
#[derive(Clone, Debug)]
pub struct Scratch {
    store: Arc<dyn ObjectStore>,
    stage: String,
    cleared: Arc<OnceCell<()>>,
}

impl Lake {
    /// The folder of `stage`. Before anything is put there, what a run that was killed left is deleted.
    pub fn scratch(&self, stage: &str) -> Scratch {
        Scratch { store: Arc::clone(self.store()), stage: stage.to_owned(), cleared: Arc::default() }
    }
}

impl Scratch {
    fn path(&self, name: &str) -> Path {
        Path::from_iter([FOLDER, &self.stage].into_iter().chain(name.split('/').filter(|part| !part.is_empty())))
    }

    /// Puts `bytes` aside as `name`.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<()> {
        self.cleared.get_or_try_init(|| self.clear("")).await?;
        upload::put(self.store.as_ref(), &self.path(name), bytes)
            .await
            .map_err(|error| store_failed(&error, format!("cannot put aside {name} of {}", self.stage)))
    }

    /// The bytes of `name` from `start` to `end`.
    ///
    /// # Errors
    /// `Unavailable` when the store is away or lacks them.
    pub async fn get(&self, name: &str, start: u64, end: u64) -> Result<Bytes> {
        self.store
            .get_range(&self.path(name), start..end)
            .await
            .map_err(|error| store_failed(&error, format!("cannot take up {name} of {}", self.stage)))
    }

    /// Deletes everything under `name`; with an empty one everything of the stage.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn clear(&self, name: &str) -> Result<()> {
        let failed = |error| store_failed(&error, format!("cannot clear what {} put aside", self.stage));
        let there: Vec<Path> = self
            .store
            .list(Some(&self.path(name)))
            .map_ok(|found| found.location)
            .try_collect()
            .await
            .map_err(failed)?;
        for path in there {
            match self.store.delete(&path).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(())
    }
}
