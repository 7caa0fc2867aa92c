//! `waypost sql`: one question to the tables.

use arrow_array::RecordBatch;
use pipeline_core::error::Context as _;
use pipeline_core::{ErrorKind, Result};
use schemas::tables;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::cli::Sql;
use crate::print::{self, Form};

/// Answers the query.
///
/// # Errors
/// `Invalid` for a query that cannot be read or that would change something.
pub async fn run(app: &App, form: Form, arguments: &Sql) -> Result<()> {
    let engine = app.engine(tables::ALL).await?;
    let batches = engine.sql(&arguments.query, arguments.limit).await?;
    let rows = rows_of(&batches)?;
    let columns: Vec<String> = batches
        .first()
        .map(|batch| batch.schema().fields().iter().map(|field| field.name().clone()).collect())
        .unwrap_or_default();
    print::items(form, &json!({"items": rows}), |items| {
        let header: Vec<&str> = columns.iter().map(String::as_str).collect();
        let cells = items
            .iter()
            .map(|row| header.iter().map(|&name| row.get(name).map(cell).unwrap_or_default()).collect::<Vec<String>>());
        print::table(&header, cells)
    })
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => print::cut(text, 60),
        other => print::cut(&other.to_string(), 60),
    }
}

/// The rows of `batches` as JSON objects.
///
/// # Errors
/// `Internal` when a value has no form in JSON.
pub fn rows_of(batches: &[RecordBatch]) -> Result<Vec<Map<String, Value>>> {
    let mut bytes = Vec::new();
    let mut writer = arrow_json::ArrayWriter::new(&mut bytes);
    for batch in batches {
        writer.write(batch).context(ErrorKind::Internal, || "a result cannot be written as JSON")?;
    }
    writer.finish().context(ErrorKind::Internal, || "a result cannot be written as JSON")?;
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_slice(&bytes).context(ErrorKind::Internal, || "a result cannot be read as JSON")
}
