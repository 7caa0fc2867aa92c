//! A query that comes with this crate: its text, its parameters, and its rows as a declared table.

use arrow_array::RecordBatch;
use datafusion::arrow::compute::cast;
use datafusion::common::ScalarValue;
use futures::TryStreamExt;
use pipeline_core::error::Context;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::{Row, Table};

use crate::Engine;
use crate::engine::{failure, rows_of};

/// Runs `sql` with `parameters` and reads its rows as those of a declared table.
pub(crate) async fn rows<R: Row>(
    engine: &Engine,
    sql: &'static str,
    parameters: Vec<(&'static str, ScalarValue)>,
) -> Result<Vec<R>> {
    let table = R::TABLE;
    let refused = |error| failure(&format!("the query behind table {} cannot be planned", table.name), error);
    let frame = engine.session().sql(sql).await.map_err(refused)?;
    let frame = frame.with_param_values(parameters).map_err(refused)?;
    let mut batches = rows_of(frame).await?.batches;
    let mut rows = Vec::new();
    while let Some(batch) = batches.try_next().await? {
        let batch = fitted(&batch, table)?;
        rows.extend(R::rows(&batch).context(ErrorKind::Internal, || format!("table {} came out wrong", table.name))?);
    }
    Ok(rows)
}

/// `batch` with exactly the columns and types of `table`, found by name.
fn fitted(batch: &RecordBatch, table: &Table) -> Result<RecordBatch> {
    let wrong = || format!("the query behind table {} gives other columns", table.name);
    let columns = table.columns.iter().map(|column| {
        let array = batch.column_by_name(column.name).ok_or_else(|| Error::internal(wrong()))?;
        cast(array, &column.kind.data_type()).context(ErrorKind::Internal, wrong)
    });
    RecordBatch::try_new(table.schema(), columns.collect::<Result<_>>()?).context(ErrorKind::Internal, wrong)
}
