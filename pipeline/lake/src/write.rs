//! Writing the files of one partition.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use deltalake::kernel::{Add, Remove};
use object_store::path::Path;
use pipeline_core::error::Context as _;
use pipeline_core::hash::content_hash;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::{Partition, Row};

use crate::encode::FileEncoder;
use crate::table::{self, LakeFile, LakeTable};
use crate::upload;

/// What happens to the rows that the partition holds already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They go; afterwards the partition holds what was written and nothing else.
    Replace,
    /// They stay.
    Append,
}

/// What a commit did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// Whether the table changed; `false` when the same files were there already.
    pub changed: bool,
    /// Rows written, whether or not they were there already.
    pub rows: u64,
}

/// Takes the rows of one partition, batch by batch, and commits them in one step.
pub struct PartitionWriter {
    pub(crate) table: Arc<LakeTable>,
    pub(crate) partition: Partition,
    file: Option<FileEncoder>,
    pub(crate) files: Vec<LakeFile>,
}

impl LakeTable {
    /// A writer of the rows of `partition`. Nothing is visible before [`PartitionWriter::commit`].
    pub fn writer(self: &Arc<Self>, partition: Partition) -> PartitionWriter {
        PartitionWriter { table: Arc::clone(self), partition, file: None, files: Vec::new() }
    }

    /// Replaces `partition` by `rows`.
    ///
    /// # Errors
    /// Those of [`PartitionWriter::write`] and [`PartitionWriter::commit`].
    pub async fn replace<R: Row>(self: &Arc<Self>, partition: Partition, rows: &[R]) -> Result<Commit> {
        let mut writer = self.writer(partition);
        writer.write_rows(rows).await?;
        writer.commit(Mode::Replace).await
    }
}

impl PartitionWriter {
    /// Adds `rows`, all of which must belong to the partition.
    ///
    /// # Errors
    /// Those of [`PartitionWriter::write`].
    pub async fn write_rows<R: Row>(&mut self, rows: &[R]) -> Result<()> {
        for rows in rows.chunks(1_000) {
            let batch = R::batch(rows).context(ErrorKind::Internal, || {
                format!("rows of table {} do not fit their declaration", R::TABLE.name)
            })?;
            self.write(&batch).await?;
        }
        Ok(())
    }

    /// Adds the rows of `batch`, which has the table's whole schema or that of its files.
    ///
    /// # Errors
    /// `Unavailable` when the store is away, `Internal` when the batch does not fit the table.
    pub async fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let spec = self.table.spec;
        let schema = spec.file_schema();
        let columns = schema
            .fields()
            .iter()
            .map(|field| batch.column_by_name(field.name()).cloned())
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Error::internal(format!("a batch for table {} lacks a column", spec.name)))?;
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns)
            .context(ErrorKind::Internal, || format!("a batch does not fit table {}", spec.name))?;
        let mut file = match self.file.take() {
            Some(file) => file,
            None => FileEncoder::new(spec, schema)?,
        };
        let full = file.add(spec, &batch)?;
        self.file = Some(file);
        if full {
            self.close_file().await?;
        }
        Ok(())
    }

    pub(crate) async fn close_file(&mut self) -> Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let spec = self.table.spec;
        let (bytes, rows) = file.finish(spec)?;
        if rows == 0 {
            return Ok(());
        }
        let mut path = String::new();
        for (name, value) in spec.partition.iter().zip(&self.partition.0) {
            path.push_str(&format!("{name}={}/", plain(value)));
        }
        path.push_str(&format!("part-{}.parquet", &content_hash(&bytes)[..32]));
        let path =
            Path::parse(&path).context(ErrorKind::Internal, || format!("a file of {} has no name", spec.name))?;
        let size = bytes.len() as u64;
        upload::put(self.table.store.as_ref(), &path, bytes)
            .await
            .map_err(|error| table::store_failed(&error, format!("cannot write a file of table {}", spec.name)))?;
        self.files.push(LakeFile { path, size, rows: rows as u64, partition: self.partition.clone() });
        Ok(())
    }

    fn values(&self) -> HashMap<String, Option<String>> {
        let names = self.table.spec.partition.iter().map(|&name| name.to_owned());
        names.zip(self.partition.0.iter().cloned().map(Some)).collect()
    }

    pub(crate) fn add(&self, file: &LakeFile, now_ms: i64) -> Add {
        Add {
            path: file.path.to_string(),
            partition_values: self.values(),
            size: i64::try_from(file.size).unwrap_or(i64::MAX),
            modification_time: now_ms,
            data_change: true,
            stats: Some(serde_json::json!({"numRecords": file.rows}).to_string()),
            ..Add::default()
        }
    }

    pub(crate) fn remove(&self, file: &LakeFile, now_ms: i64) -> Remove {
        Remove {
            path: file.path.to_string(),
            data_change: true,
            deletion_timestamp: Some(now_ms),
            extended_file_metadata: Some(true),
            partition_values: Some(self.values()),
            size: Some(i64::try_from(file.size).unwrap_or(i64::MAX)),
            ..Remove::default()
        }
    }
}

/// A partition value as a folder name; the true value stands in the log.
fn plain(value: &str) -> String {
    value.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}
