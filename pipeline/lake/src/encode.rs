//! Rows as the bytes of Parquet files, the same bytes for the same rows.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use pipeline_core::error::Context as _;
use pipeline_core::{ErrorKind, Result};
use schemas::{Kind, Table};

/// Rows after which a file is full.
const MAX_ROWS: usize = 100_000;
/// Bytes of rows in memory after which a file is full; their Parquet form is several times smaller.
const MAX_BYTES: usize = 96 * 1024 * 1024;
/// Rows of a row group: what a reader holds at once.
const GROUP_ROWS: usize = 20_000;

/// A Parquet file being made in memory.
pub(crate) struct FileEncoder {
    writer: ArrowWriter<Vec<u8>>,
    rows: usize,
    bytes: usize,
}

impl FileEncoder {
    pub(crate) fn new(spec: &'static Table, schema: SchemaRef) -> Result<Self> {
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()))
            .set_created_by("waypost".to_owned())
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_statistics_enabled(EnabledStatistics::Chunk);
        for column in spec.columns.iter().filter(|column| matches!(column.kind, Kind::Bytes | Kind::Json)) {
            properties = properties
                .set_column_dictionary_enabled(column.name.into(), false)
                .set_column_statistics_enabled(column.name.into(), EnabledStatistics::None);
        }
        let writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties.build()))
            .context(ErrorKind::Internal, || format!("cannot encode table {}", spec.name))?;
        Ok(Self { writer, rows: 0, bytes: 0 })
    }

    /// Adds rows; returns whether the file is full.
    pub(crate) fn add(&mut self, spec: &'static Table, batch: &RecordBatch) -> Result<bool> {
        self.writer.write(batch).context(ErrorKind::Internal, || format!("cannot encode table {}", spec.name))?;
        self.rows += batch.num_rows();
        self.bytes += batch.get_array_memory_size();
        Ok(self.rows >= MAX_ROWS || self.bytes >= MAX_BYTES)
    }

    /// The file's bytes and its number of rows.
    pub(crate) fn finish(self, spec: &'static Table) -> Result<(Bytes, usize)> {
        let bytes =
            self.writer.into_inner().context(ErrorKind::Internal, || format!("cannot encode table {}", spec.name))?;
        Ok((bytes.into(), self.rows))
    }
}
