//! `waypost export`: a whole table as CSV, JSON lines or Parquet.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use arrow_array::RecordBatch;
use futures::TryStreamExt as _;
use parquet::arrow::ArrowWriter;
use pipeline_core::error::Context as _;
use pipeline_core::{ErrorKind, Result};
use schemas::Table;

use crate::app::App;
use crate::cli::{Export, Format};
use crate::run::lake::named;

/// Writes the table, batch by batch.
///
/// # Errors
/// `NotFound` for a table that is not declared, `Unavailable` for a file that cannot be written.
pub async fn run(app: &App, arguments: &Export) -> Result<()> {
    let spec = named(&arguments.table)?;
    let table = app.lake.table(spec).await?;
    let mut batches = table.read(table.files().await?, None);
    let mut writer = TableWriter::open(arguments, spec)?;
    while let Some(batch) = batches.try_next().await? {
        writer.write(&batch)?;
    }
    writer.finish()
}

enum TableWriter {
    Csv(csv::Writer<Box<dyn Write + Send>>),
    Ndjson(arrow_json::LineDelimitedWriter<Box<dyn Write + Send>>),
    Parquet(Box<ArrowWriter<Box<dyn Write + Send>>>),
}

fn failed() -> &'static str {
    "cannot write the export"
}

impl TableWriter {
    fn open(arguments: &Export, spec: &'static Table) -> Result<Self> {
        let out: Box<dyn Write + Send> = match &arguments.output {
            None => Box::new(BufWriter::new(io::stdout())),
            Some(path) => {
                let file = File::create(path);
                Box::new(BufWriter::new(
                    file.context(ErrorKind::Unavailable, || format!("cannot write {}", path.display()))?,
                ))
            }
        };
        Ok(match arguments.format {
            Format::Ndjson => Self::Ndjson(arrow_json::LineDelimitedWriter::new(out)),
            Format::Parquet => Self::Parquet(Box::new(
                ArrowWriter::try_new(out, spec.schema(), None).context(ErrorKind::Internal, failed)?,
            )),
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer
                    .write_record(spec.columns.iter().map(|column| column.name))
                    .context(ErrorKind::Unavailable, failed)?;
                Self::Csv(writer)
            }
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self {
            Self::Ndjson(writer) => writer.write(batch).context(ErrorKind::Unavailable, failed),
            Self::Parquet(writer) => writer.write(batch).context(ErrorKind::Unavailable, failed),
            Self::Csv(writer) => write_csv(writer, batch),
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Ndjson(mut writer) => {
                writer.finish().context(ErrorKind::Unavailable, failed)?;
                writer.into_inner().flush().context(ErrorKind::Unavailable, failed)
            }
            Self::Parquet(writer) => writer.close().map(drop).context(ErrorKind::Unavailable, failed),
            Self::Csv(mut writer) => writer.flush().context(ErrorKind::Unavailable, failed),
        }
    }
}

/// Rows as CSV: lists and documents as JSON, nulls empty. A cell that a spreadsheet would run as a formula is quoted with
/// an apostrophe, because postings are written by strangers.
fn write_csv(writer: &mut csv::Writer<Box<dyn Write + Send>>, batch: &RecordBatch) -> Result<()> {
    let mut lines = Vec::new();
    let mut json = arrow_json::LineDelimitedWriter::new(&mut lines);
    json.write(batch).context(ErrorKind::Internal, failed)?;
    json.finish().context(ErrorKind::Internal, failed)?;
    for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let row: serde_json::Value = serde_json::from_slice(line).context(ErrorKind::Internal, failed)?;
        let cells = batch
            .schema()
            .fields()
            .iter()
            .map(|field| match &row[field.name()] {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => harmless(text),
                other => other.to_string(),
            })
            .collect::<Vec<_>>();
        writer.write_record(cells).context(ErrorKind::Unavailable, failed)?;
    }
    Ok(())
}

fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_is_a_formula_is_made_harmless() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(harmless("Engineer"), "Engineer");
    }
}
