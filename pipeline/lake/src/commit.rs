//! Committing among concurrent writers. A version of the log is taken by a put that fails when it is there already; who
//! comes too late looks at what the others did, works out anew what is left to do, and tries the next version.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use deltalake::checkpoints::create_checkpoint;
use deltalake::kernel::Action;
use deltalake::kernel::transaction::{CommitData, PROTOCOL, TransactionError};
use deltalake::logstore::CommitOrBytes;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableError};
use object_store::Error as StoreError;
use pipeline_core::hash::Hasher;
use pipeline_core::{Error, Result};
use schemas::Partition;

use crate::table::{self, LakeFile, LakeTable};
use crate::write::{Commit, Mode, PartitionWriter};

/// Times that a writer works out what is left to do; between them it runs up to [`AT_A_STRETCH`] races.
const TRIES: u32 = 20;
/// Races that a writer runs before it brings its view of the table up to date.
const AT_A_STRETCH: u32 = 50;
/// Failures of the store after which it is unknown whether the version was taken, and which are looked into.
const DOUBTS: u32 = 5;
/// The longest wait after the first lost race; it grows with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(20);
/// The longest wait of all.
const LONGEST_WAIT: Duration = Duration::from_millis(1_000);

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
        let mut delta = table.delta.lock().await;
        let new: BTreeSet<LakeFile> = self.files.iter().cloned().collect();
        let rows = new.iter().map(|file| file.rows).sum();
        let partition = self.partition.clone();
        let mut replaced: Option<BTreeSet<LakeFile>> = None;
        let mut doubts = 0;
        for lost in 0..TRIES {
            let old = table.files_of(&mut delta, &partition).await?;
            let actions = self.actions(mode, &old, &new);
            if actions.is_empty() {
                // After a lost race, the one who was faster was this writer itself, or wrote the same.
                return Ok(Commit { changed: lost > 0, rows });
            }
            let replaced = replaced.get_or_insert_with(|| old.clone());
            if mode == Mode::Replace && *replaced != old {
                return Err(self.conflict("was changed by another writer while it was being replaced"));
            }
            match table.try_versions(&delta, &actions, &partition).await? {
                Try::Taken(version) => {
                    table.checkpoint_if_due(&mut delta, version).await?;
                    return Ok(Commit { changed: true, rows });
                }
                Try::Unknown(error) if doubts == DOUBTS => return Err(error),
                Try::Unknown(_) => doubts += 1,
                Try::Lost => {}
            }
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
    /// The files of `partition`, after taking up what others committed.
    async fn files_of(&self, delta: &mut DeltaTable, partition: &Partition) -> Result<BTreeSet<LakeFile>> {
        delta.update_state().await.map_err(|error| table::failed(self.spec, "read", error))?;
        let mut files = table::list(self.spec, delta).await?;
        files.retain(|file| file.partition == *partition);
        Ok(files.into_iter().collect())
    }

    /// Tries to make `actions` the version after the one that `delta` is at; while others are faster and leave `partition`
    /// alone, the version after theirs. Reading only what they wrote is much cheaper than bringing `delta` up to date.
    async fn try_versions(&self, delta: &DeltaTable, actions: &[Action], partition: &Partition) -> Result<Try> {
        let snapshot = delta.snapshot().map_err(|error| table::failed(self.spec, "write", error))?;
        let mut version = snapshot.version() + 1;
        for lost in 0..AT_A_STRETCH {
            let tried = self.try_version(delta, actions.to_vec(), version).await?;
            if !matches!(tried, Try::Lost) {
                return Ok(tried);
            }
            self.clock.sleep(wait(actions, lost)).await;
            loop {
                let entry = delta.log_store().read_commit_entry(version).await;
                match entry.map_err(|error| table::failed(self.spec, "read", error))? {
                    None => break,
                    Some(entry) if leaves_alone(&entry, self.spec.partition, partition) => version += 1,
                    Some(_) => return Ok(Try::Lost),
                }
            }
        }
        Ok(Try::Lost)
    }

    /// Tries to make `actions` the version `version`.
    async fn try_version(&self, delta: &DeltaTable, actions: Vec<Action>, version: u64) -> Result<Try> {
        let failed = |error: DeltaTableError| table::failed(self.spec, "write", error);
        let operation = DeltaOperation::Write {
            mode: SaveMode::Append,
            partition_by: Some(self.spec.partition.iter().map(|&name| name.to_owned()).collect()),
            predicate: None,
        };
        let snapshot = delta.snapshot().map_err(failed)?;
        PROTOCOL.can_commit(snapshot, &actions, &operation).map_err(|error| failed(error.into()))?;
        let data = CommitData::new(actions, operation, HashMap::new(), Vec::new());
        let entry = data.get_bytes().map_err(|error| failed(error.into()))?;
        let log = delta.log_store();
        let put = log.write_commit_entry(version, CommitOrBytes::LogBytes(entry), Default::default());
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
    async fn checkpoint_if_due(&self, delta: &mut DeltaTable, taken: u64) -> Result<()> {
        if !(taken + 1).is_multiple_of(table::CHECKPOINT_EVERY) {
            return Ok(());
        }
        delta.update_incremental(Some(taken)).await.map_err(|error| table::failed(self.spec, "read", error))?;
        create_checkpoint(delta, None).await.map_err(|error| table::failed(self.spec, "write", error))
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

/// Whether a commit of another writer changed neither `partition` nor what the table is. One that cannot be understood
/// did, and so did one of this writer whose answer was lost.
fn leaves_alone(entry: &[u8], columns: &[&str], partition: &Partition) -> bool {
    entry.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).all(|line| {
        let action: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
        if action.get("commitInfo").is_some() {
            return true;
        }
        let Some(values) = action.get("add").or_else(|| action.get("remove")).map(|file| &file["partitionValues"])
        else {
            return false;
        };
        columns.iter().zip(&partition.0).any(|(&name, value)| values[name].as_str().is_some_and(|other| other != value))
    })
}

/// How long to wait after the race lost as the `lost`th, from 0: a part, different for each writer and each race, of a time
/// that grows.
fn wait(actions: &[Action], lost: u32) -> Duration {
    let mut hasher = Hasher::new("wait");
    hasher.add(&lost.to_be_bytes());
    for action in actions {
        if let Action::Add(add) = action {
            hasher.add(add.path.as_bytes());
        }
    }
    let part = u32::from(hasher.bytes()[0]) + 1;
    let longest = FIRST_WAIT.saturating_mul(1 << lost.min(10)).min(LONGEST_WAIT);
    longest * part / 256
}
