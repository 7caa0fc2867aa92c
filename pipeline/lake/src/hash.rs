//! The content hash of a table: over its rows in key order, whatever files they lie in.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use futures::TryStreamExt as _;
use pipeline_core::hash::Hasher;
use pipeline_core::{Error, Result};
use schemas::{Kind, Table};
use serde_json::{Value, json};

use crate::table::LakeTable;

/// How many rows a table holds, and their hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableHash {
    /// Rows.
    pub rows: u64,
    /// 32 hexadecimal digits; equal exactly when all rows are equal, in whatever order and files they are stored.
    pub hash: String,
}

impl TableHash {
    /// `{rows, hash}`.
    pub fn to_json(&self) -> Value {
        json!({"rows": self.rows, "hash": self.hash})
    }
}

/// Collects row digests of one table.
struct Digests {
    spec: &'static Table,
    rows: Vec<(Box<[u8]>, [u8; 16])>,
}

impl Digests {
    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns: Vec<(Kind, bool, &dyn Array)> = self
            .spec
            .columns
            .iter()
            .map(|column| {
                let array = batch
                    .column_by_name(column.name)
                    .ok_or_else(|| Error::internal(format!("column {} is missing", column.name)))?;
                Ok((column.kind, self.spec.key.contains(&column.name), array.as_ref()))
            })
            .collect::<Result<_>>()?;
        let mut cell = Vec::new();
        for row in 0..batch.num_rows() {
            let mut key = Vec::new();
            let mut hasher = Hasher::new("row");
            for (kind, in_key, array) in &columns {
                cell.clear();
                encode(*kind, *array, row, &mut cell);
                hasher.add(&cell);
                if *in_key {
                    key.extend_from_slice(&(cell.len() as u32).to_be_bytes());
                    key.extend_from_slice(&cell);
                }
            }
            let mut digest = [0; 16];
            digest.copy_from_slice(&hasher.bytes()[..16]);
            self.rows.push((key.into(), digest));
        }
        Ok(())
    }

    fn finish(mut self) -> TableHash {
        self.rows.sort_unstable();
        let mut hasher = Hasher::new("table");
        for (_, digest) in &self.rows {
            hasher.add(digest);
        }
        TableHash { rows: self.rows.len() as u64, hash: hasher.hex(32) }
    }
}

/// The content hash of `batches`, rows of the table `spec`.
///
/// # Errors
/// `Internal` when a column is missing.
pub fn hash_batches<'a>(spec: &'static Table, batches: impl IntoIterator<Item = &'a RecordBatch>) -> Result<TableHash> {
    let mut digests = Digests { spec, rows: Vec::new() };
    for batch in batches {
        digests.add(batch)?;
    }
    Ok(digests.finish())
}

impl LakeTable {
    /// The content hash of the whole table.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn hash(self: &Arc<Self>) -> Result<TableHash> {
        let mut digests = Digests { spec: self.spec, rows: Vec::new() };
        let mut batches = self.read(self.files().await?, None);
        while let Some(batch) = batches.try_next().await? {
            digests.add(&batch)?;
        }
        Ok(digests.finish())
    }
}

/// One cell as bytes; a null is empty, any value starts with a 1.
fn encode(kind: Kind, array: &dyn Array, row: usize, out: &mut Vec<u8>) {
    if array.is_null(row) {
        return;
    }
    out.push(1);
    match kind {
        Kind::Text | Kind::Json => out.extend_from_slice(array.as_string::<i32>().value(row).as_bytes()),
        Kind::Int => out.extend_from_slice(&array.as_primitive::<Int64Type>().value(row).to_be_bytes()),
        Kind::Float => out.extend_from_slice(&array.as_primitive::<Float64Type>().value(row).to_be_bytes()),
        Kind::Bool => out.push(u8::from(array.as_boolean().value(row))),
        Kind::Time => {
            out.extend_from_slice(&array.as_primitive::<TimestampMicrosecondType>().value(row).to_be_bytes());
        }
        Kind::Day => out.extend_from_slice(&array.as_primitive::<Date32Type>().value(row).to_be_bytes()),
        Kind::Bytes => out.extend_from_slice(array.as_binary::<i32>().value(row)),
        Kind::Texts => {
            let list = array.as_list::<i32>().value(row);
            for text in list.as_string::<i32>().iter().flatten() {
                out.extend_from_slice(&(text.len() as u32).to_be_bytes());
                out.extend_from_slice(text.as_bytes());
            }
        }
    }
}
