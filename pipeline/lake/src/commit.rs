//! Committing among concurrent writers. A version of the log is taken by a put that fails when it is there already; who
//! comes too late looks at what the others did, works out anew what is left to do, and tries the next version.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use deltalake::DeltaTableError;
use deltalake::checkpoints::create_checkpoint;
use deltalake::kernel::Action;
use deltalake::kernel::transaction::{CommitData, PROTOCOL, TransactionError};
use deltalake::logstore::CommitOrBytes;
use deltalake::protocol::{DeltaOperation, SaveMode};
use object_store::Error as StoreError;
use pipeline_core::hash::Hasher;
use pipeline_core::{Error, Result};

use crate::table::{self, LakeFile, LakeTable};
use crate::write::{Commit, Mode, PartitionWriter};

/// Races that a writer runs before it gives up.
const TRIES: u32 = 1_000;
/// Failures of the store after which it is unknown whether the version was taken, and which are looked into.
const DOUBTS: u32 = 5;
/// The longest wait after the first lost race; it grows with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(20);
/// The longest wait of all.
const LONGEST_WAIT: Duration = Duration::from_millis(300);

/// What became of the try to take a version.
enum Try {
    /// It is ours.
    Taken(u64),
    /// Another writer, or a try of ours whose answer was lost, has it.
    Lost,
    /// The store failed; perhaps after it had done it.
    Unknown(Error),
}

impl PartitionWriter {
    /// Makes the rows visible, all at once. Commits nothing when the table would stay the same.
    ///
    /// # Errors
    /// `Unavailable` when the store is away, `Conflict` when another writer changed the partition that is being replaced, or
    /// when so many others write that this one never gets its turn.
    pub async fn commit(mut self, mode: Mode) -> Result<Commit> {
        self.close_file().await?;
        let table = Arc::clone(&self.table);
        let mut view = table.view.lock().await;
        let new: BTreeSet<LakeFile> = self.files.iter().cloned().collect();
        let rows = new.iter().map(|file| file.rows).sum();
        let partition = self.partition.clone();
        let mut replaced: Option<BTreeSet<LakeFile>> = None;
        let mut doubts = 0;
        for lost in 0..TRIES {
            let view = table.renewed(&mut view).await?;
            let old = view.of(&partition);
            let actions = self.actions(mode, &old, &new);
            if actions.is_empty() {
                // After a lost race, the one who was faster was this writer itself, or wrote the same.
                return Ok(Commit { changed: lost > 0, rows });
            }
            let replaced = replaced.get_or_insert_with(|| old.clone());
            if mode == Mode::Replace && *replaced != old {
                return Err(self.conflict("was changed by another writer while it was being replaced"));
            }
            let pause = wait(&actions, lost);
            match table.try_version(actions, view.version + 1).await? {
                Try::Taken(version) => {
                    table.checkpoint_if_due(version).await?;
                    return Ok(Commit { changed: true, rows });
                }
                Try::Unknown(error) if doubts == DOUBTS => return Err(error),
                Try::Unknown(_) => doubts += 1,
                Try::Lost => {}
            }
            table.clock.sleep(pause).await;
        }
        Err(self.conflict("is written by too many others"))
    }

    fn conflict(&self, what: &str) -> Error {
        let spec = self.table.spec;
        Error::conflict(format!("partition {} of table {} {what}", self.partition.0.join("/"), spec.name))
            .hint("run it again")
    }

    fn actions(&self, mode: Mode, old: &BTreeSet<LakeFile>, new: &BTreeSet<LakeFile>) -> Vec<Action> {
        let now_ms = self.table.clock.now().millis();
        let mut actions: Vec<Action> = Vec::new();
        if mode == Mode::Replace {
            actions.extend(old.difference(new).map(|file| Action::Remove(self.remove(file, now_ms))));
        }
        actions.extend(new.difference(old).map(|file| Action::Add(self.add(file, now_ms))));
        actions
    }
}

impl LakeTable {
    /// Tries to make `actions` the version `version`.
    async fn try_version(&self, actions: Vec<Action>, version: u64) -> Result<Try> {
        let failed = |error: DeltaTableError| table::failed(self.spec, "write", error);
        let operation = DeltaOperation::Write {
            mode: SaveMode::Append,
            partition_by: Some(self.spec.partition.iter().map(|&name| name.to_owned()).collect()),
            predicate: None,
        };
        let delta = self.delta.lock().await;
        let snapshot = delta.snapshot().map_err(failed)?;
        PROTOCOL.can_commit(snapshot, &actions, &operation).map_err(|error| failed(error.into()))?;
        let data = CommitData::new(actions, operation, HashMap::new(), Vec::new());
        let entry = data.get_bytes().map_err(|error| failed(error.into()))?;
        drop(delta);
        let put = self.log.write_commit_entry(version, CommitOrBytes::LogBytes(entry), Default::default());
        Ok(match put.await {
            Ok(()) => Try::Taken(version),
            Err(TransactionError::VersionAlreadyExists(_)) => Try::Lost,
            Err(TransactionError::ObjectStore { source }) if may_have_happened(&source) => {
                Try::Unknown(failed(TransactionError::from(source).into()))
            }
            Err(error) => return Err(failed(error.into())),
        })
    }

    /// Writes a checkpoint when the version just taken is one of those that get one, so that a table of many versions is
    /// opened by reading few.
    async fn checkpoint_if_due(&self, taken: u64) -> Result<()> {
        if !(taken + 1).is_multiple_of(table::CHECKPOINT_EVERY) {
            return Ok(());
        }
        let mut delta = self.delta.lock().await;
        delta.update_incremental(Some(taken)).await.map_err(|error| table::failed(self.spec, "read", error))?;
        create_checkpoint(&delta, None).await.map_err(|error| table::failed(self.spec, "write", error))
    }
}

/// Whether a put that failed so may have been done all the same.
fn may_have_happened(error: &StoreError) -> bool {
    !matches!(
        error,
        StoreError::PermissionDenied { .. }
            | StoreError::Unauthenticated { .. }
            | StoreError::NotFound { .. }
            | StoreError::NotSupported { .. }
            | StoreError::NotImplemented { .. }
            | StoreError::InvalidPath { .. }
            | StoreError::UnknownConfigurationKey { .. }
    )
}

/// How long to wait after the race lost as the `lost`th, from 0: a part, different for each writer and each race, of a time
/// that grows.
fn wait(actions: &[Action], lost: u32) -> Duration {
    let mut hasher = Hasher::new("wait");
    hasher.add(lost.to_be_bytes());
    for action in actions {
        if let Action::Add(add) = action {
            hasher.add(add.path.as_bytes());
        }
    }
    let part = u32::from(hasher.bytes()[0]) + 1;
    let longest = FIRST_WAIT.saturating_mul(1 << lost.min(10)).min(LONGEST_WAIT);
    longest * part / 256
}
