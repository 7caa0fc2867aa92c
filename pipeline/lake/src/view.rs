//! What a table holds, kept up to date by reading only what was committed since: one small object per version.

use std::collections::{BTreeMap, BTreeSet};

use deltalake::logstore::LogStoreRef;
use object_store::path::Path;
use pipeline_core::{Micros, Result};
use schemas::{Partition, Table};
use serde_json::Value;

use crate::table::{self, LakeFile, LakeTable};

/// Age from which on everything is read anew: by then a log may have lost its oldest versions to whoever cleans it.
const MAX_AGE_S: i64 = 3_600;
/// Versions that are read one by one; of more, the checkpoint is cheaper.
const MAX_STEPS: u64 = 200;

/// The files of a table at one version.
#[derive(Debug)]
pub(crate) struct View {
    /// The version.
    pub(crate) version: u64,
    partitions: BTreeMap<Partition, BTreeSet<LakeFile>>,
    read_at: Micros,
}

impl View {
    /// The files of `partition`.
    pub(crate) fn of(&self, partition: &Partition) -> BTreeSet<LakeFile> {
        self.partitions.get(partition).cloned().unwrap_or_default()
    }

    /// Every file, by path.
    pub(crate) fn files(&self) -> Vec<LakeFile> {
        let mut files: Vec<LakeFile> = self.partitions.values().flatten().cloned().collect();
        files.sort();
        files
    }

    /// Every partition that holds rows, in order.
    pub(crate) fn partitions(&self) -> Vec<Partition> {
        self.partitions.keys().cloned().collect()
    }

    /// Takes up the next version; `false` when it did something else than adding and removing files.
    fn take(&mut self, spec: &Table, entry: &[u8]) -> bool {
        for line in entry.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            let Ok(action) = serde_json::from_slice::<Value>(line) else { return false };
            let Some((name, action)) = action.as_object().and_then(|action| action.iter().next()) else { return false };
            let known = match name.as_str() {
                "commitInfo" => true,
                "add" => self.add(spec, action).is_some(),
                "remove" => self.remove(spec, action).is_some(),
                _ => false,
            };
            if !known {
                return false;
            }
        }
        self.version += 1;
        true
    }

    fn add(&mut self, spec: &Table, action: &Value) -> Option<()> {
        let stats: Value = serde_json::from_str(action["stats"].as_str()?).ok()?;
        let partition = partition(spec, action)?;
        let file = LakeFile {
            path: path(action)?,
            size: action["size"].as_u64()?,
            rows: stats["numRecords"].as_u64()?,
            partition: partition.clone(),
        };
        self.partitions.entry(partition).or_default().insert(file);
        Some(())
    }

    fn remove(&mut self, spec: &Table, action: &Value) -> Option<()> {
        let (partition, path) = (partition(spec, action)?, path(action)?);
        let files = self.partitions.get_mut(&partition)?;
        files.retain(|file| file.path != path);
        if files.is_empty() {
            self.partitions.remove(&partition);
        }
        Some(())
    }
}

/// The path of an action; `None` when it is written with escapes, which our own never are.
fn path(action: &Value) -> Option<Path> {
    let path = action["path"].as_str().filter(|path| !path.contains('%'))?;
    Path::parse(path).ok()
}

fn partition(spec: &Table, action: &Value) -> Option<Partition> {
    let values = action["partitionValues"].as_object()?;
    let value = |name: &str| values.get(name).map(|value| value.as_str().unwrap_or_default().to_owned());
    spec.partition.iter().map(|&name| value(name)).collect::<Option<Vec<String>>>().map(Partition)
}

impl LakeTable {
    /// `view` at the newest version.
    pub(crate) async fn renewed<'a>(&self, view: &'a mut Option<View>) -> Result<&'a mut View> {
        let now = self.clock.now();
        let young = |view: &View| view.read_at.plus_seconds(MAX_AGE_S) > now && view.read_at <= now;
        let mut fresh = match view.take().filter(young) {
            Some(mut there) => match self.advance(&mut there).await? {
                true => there,
                false => self.whole(now).await?,
            },
            None => self.whole(now).await?,
        };
        // What was read whole may be behind by what others committed meanwhile.
        fresh.read_at = now;
        Ok(view.insert(fresh))
    }

    /// Takes up version after version; `false` when that does not lead to what the table holds.
    async fn advance(&self, view: &mut View) -> Result<bool> {
        let log = self.log.clone();
        for _ in 0..MAX_STEPS {
            match self.entry(&log, view.version + 1).await? {
                None => return Ok(true),
                Some(entry) => {
                    if !view.take(self.spec, &entry) {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(false)
    }

    async fn entry(&self, log: &LogStoreRef, version: u64) -> Result<Option<bytes::Bytes>> {
        log.read_commit_entry(version).await.map_err(|error| table::failed(self.spec, "read", error))
    }

    /// Everything, read by Delta from the last checkpoint on.
    async fn whole(&self, now: Micros) -> Result<View> {
        let mut delta = self.delta.lock().await;
        delta.update_state().await.map_err(|error| table::failed(self.spec, "read", error))?;
        table::check_columns(self.spec, &delta)?;
        let mut partitions: BTreeMap<Partition, BTreeSet<LakeFile>> = BTreeMap::new();
        for file in table::list(self.spec, &delta).await? {
            partitions.entry(file.partition.clone()).or_default().insert(file);
        }
        Ok(View { version: delta.version().unwrap_or_default(), partitions, read_at: now })
    }
}
