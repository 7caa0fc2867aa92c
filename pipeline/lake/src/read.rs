//! Reading tables as batches and rows.

use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, RecordBatch, StringArray, new_null_array};
use arrow_schema::{Field, Schema};
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use object_store::ObjectStoreExt as _;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::{Day, Kind, Row, Table};

use crate::table::{LakeFile, LakeTable};

/// Batches of a table, in the order of its files and their rows.
pub type BatchStream = BoxStream<'static, Result<RecordBatch>>;

/// Most rows of one batch.
const BATCH_ROWS: usize = 2_000;
/// Bytes that a batch should hold at most; a single larger row makes a larger batch.
const BATCH_BYTES: i64 = 16 * 1024 * 1024;

impl LakeTable {
    /// The rows of `files` with the given columns (all of them when `columns` is `None`), in the table's order.
    pub fn read(self: &Arc<Self>, files: Vec<LakeFile>, columns: Option<&[&str]>) -> BatchStream {
        let columns: Option<Arc<[String]>> = columns.map(|names| names.iter().map(|&name| name.to_owned()).collect());
        let table = Arc::clone(self);
        stream::iter(files)
            .then(move |file| {
                let (table, columns) = (Arc::clone(&table), columns.clone());
                async move { table.open_file(file, columns).await }
            })
            .map_ok(stream::iter)
            .try_flatten()
            .boxed()
    }

    async fn open_file(
        &self,
        file: LakeFile,
        columns: Option<Arc<[String]>>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
        let spec = self.spec;
        let failed = move || format!("cannot read a file of table {}", spec.name);
        let object = self.store.get(&file.path).await.context(ErrorKind::Unavailable, failed)?;
        let bytes = object.bytes().await.context(ErrorKind::Unavailable, failed)?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).context(ErrorKind::Internal, failed)?;
        let bytes_in_all: i64 = builder.metadata().row_groups().iter().map(|group| group.total_byte_size()).sum();
        let row_bytes = bytes_in_all / builder.metadata().file_metadata().num_rows().max(1) + 1;
        let batch_rows = BATCH_ROWS.min(usize::try_from(BATCH_BYTES / row_bytes).unwrap_or_default()).max(1);
        let mask = match &columns {
            None => ProjectionMask::all(),
            Some(names) => {
                let schema = builder.schema();
                let wanted = |name: &str| names.iter().any(|wanted| wanted == name);
                let roots = schema.fields().iter().enumerate().filter(|(_, field)| wanted(field.name()));
                ProjectionMask::roots(builder.parquet_schema(), roots.map(|(root, _)| root))
            }
        };
        let reader =
            builder.with_projection(mask).with_batch_size(batch_rows).build().context(ErrorKind::Internal, failed)?;
        Ok(reader.map(move |batch| {
            let batch = batch.context(ErrorKind::Internal, failed)?;
            complete(spec, &file, columns.as_deref(), &batch)
        }))
    }

    /// Every row of `files`, collected. For tables and partitions known to be small.
    ///
    /// # Errors
    /// `Unavailable` when the store is away, `Internal` when a file does not fit the declaration.
    pub async fn rows<R: Row>(self: &Arc<Self>, files: Vec<LakeFile>) -> Result<Vec<R>> {
        let mut batches = self.read(files, None);
        let mut all = Vec::new();
        while let Some(batch) = batches.try_next().await? {
            all.extend(rows::<R>(&batch)?);
        }
        Ok(all)
    }
}

/// The rows of one batch.
///
/// # Errors
/// `Internal` when the batch does not fit the declaration.
pub fn rows<R: Row>(batch: &RecordBatch) -> Result<Vec<R>> {
    R::rows(batch).map_err(|error| Error::internal(error.to_string()))
}

/// `batch` with the partition's columns put in, in the order of the declaration.
fn complete(
    spec: &'static Table,
    file: &LakeFile,
    wanted: Option<&[String]>,
    batch: &RecordBatch,
) -> Result<RecordBatch> {
    let failed = || format!("a file of table {} does not fit its declaration", spec.name);
    let mut fields: Vec<Field> = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for column in spec.columns {
        if wanted.is_some_and(|names| !names.iter().any(|name| name == column.name)) {
            continue;
        }
        let array = match spec.partition.iter().position(|&name| name == column.name) {
            None => match batch.column_by_name(column.name) {
                Some(array) => Arc::clone(array),
                // Written before the column was declared.
                None if column.nullable => new_null_array(column.field().data_type(), batch.num_rows()),
                None => return Err(Error::internal(failed())),
            },
            Some(index) => constant(column.kind, &file.partition.0[index], batch.num_rows())?,
        };
        fields.push(column.field());
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).context(ErrorKind::Internal, failed)
}

fn constant(kind: Kind, value: &str, rows: usize) -> Result<ArrayRef> {
    Ok(match kind {
        Kind::Day => {
            let day: Day =
                value.parse().context(ErrorKind::Internal, || format!("partition value {value:?} is no day"))?;
            Arc::new(Date32Array::from(vec![day.0; rows]))
        }
        _ => Arc::new(StringArray::from(vec![value; rows])),
    })
}
