//! Rows of every table survive the way into a record batch and back.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::Schema;
use schemas::tables::{
    self, CorrectionRow, FetchRow, FindingRow, MatchRow, ObservationRow, PostingRow, QuarantineRow, RateRow,
    ReadingRow, RoleRow, RunRow, SalaryRow, SkillRow, TrendRow,
};
use schemas::{Column, Kind, Row, RowError};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Runs `$check::<RowType>()` for every table.
macro_rules! for_every_table {
    ($check:ident) => {
        for_every_table!(
            $check:
            FetchRow, ObservationRow, PostingRow, QuarantineRow, FindingRow, ReadingRow, CorrectionRow, RateRow, RoleRow, SalaryRow, SkillRow,
            TrendRow, MatchRow, RunRow
        )
    };
    ($check:ident: $($row:ident),+) => {{
        $( $check::<$row>(); )+
        let checked = [$( $row::TABLE.name ),+];
        let declared: Vec<&str> = tables::ALL.iter().map(|table| table.name).collect();
        assert_eq!(checked.as_slice(), declared, "a table is not checked here");
    }};
}

/// A value of a column that differs from row to row and from column to column.
fn value(column: &Column, row: i64) -> Value {
    let name = column.name;
    match column.kind {
        Kind::Text => json!(format!("{name} {row} \u{1f9ed} \"quoted\"\n")),
        Kind::Json => json!(format!("{{\"{name}\":{row}}}")),
        Kind::Int => json!([0, i64::MIN, i64::MAX][row as usize % 3]),
        Kind::Float => json!([0.5, -1.0e300, f64::MIN_POSITIVE][row as usize % 3]),
        Kind::Bool => json!(row % 2 == 0),
        Kind::Time => json!(["1969-12-31T23:59:59.999999Z", "2026-11-23T20:00:00Z"][row as usize % 2]),
        Kind::Day => json!(["1969-12-31", "2028-02-29"][row as usize % 2]),
        Kind::Bytes => json!([vec![], vec![0, 255, row]][row as usize % 2]),
        Kind::Texts => json!([vec![], vec![name], vec![name, "", "third"]][row as usize % 3]),
    }
}

/// Row `row` with every column set, or with every column null that may be.
fn row<R: Row + DeserializeOwned>(row: i64, with_nulls: bool) -> R {
    let cell = |column: &Column| if column.nullable && with_nulls { Value::Null } else { value(column, row) };
    let cells: Map<String, Value> =
        R::TABLE.columns.iter().map(|column| (column.name.to_owned(), cell(column))).collect();
    serde_json::from_value(Value::Object(cells)).unwrap_or_else(|error| panic!("{}: {error}", R::TABLE.name))
}

fn some_rows<R: Row + DeserializeOwned>() -> Vec<R> {
    (0..6).map(|n| row(n, n % 2 == 1)).chain((0..6).map(|n| row(n, n % 2 == 0))).collect()
}

fn comes_back<R: Row + DeserializeOwned + PartialEq + std::fmt::Debug>() {
    let rows: Vec<R> = some_rows();
    let batch = R::batch(&rows).expect(R::TABLE.name);
    assert_eq!(batch.schema(), R::TABLE.schema());
    assert_eq!(R::rows(&batch).expect(R::TABLE.name), rows, "{}", R::TABLE.name);
    let middle = batch.slice(3, 5);
    assert_eq!(R::rows(&middle).expect(R::TABLE.name), rows[3..8], "a slice of {}", R::TABLE.name);
}

fn comes_back_empty<R: Row + PartialEq + std::fmt::Debug>() {
    let batch = R::batch(&[]).expect(R::TABLE.name);
    assert_eq!((batch.num_rows(), R::rows(&batch)), (0, Ok(Vec::new())));
}

fn comes_back_in_any_order<R: Row + DeserializeOwned + PartialEq + std::fmt::Debug>() {
    let rows: Vec<R> = some_rows();
    let batch = R::batch(&rows).expect(R::TABLE.name);
    let backwards: Vec<usize> = (0..batch.num_columns()).rev().collect();
    let batch = batch.project(&backwards).expect("a projection");
    assert_eq!(R::rows(&batch).expect(R::TABLE.name), rows, "{}", R::TABLE.name);
}

fn misses_each_column_by_name<R: Row + DeserializeOwned + std::fmt::Debug>() {
    let batch = R::batch(&some_rows::<R>()).expect(R::TABLE.name);
    for (index, column) in R::TABLE.columns.iter().enumerate() {
        let others: Vec<usize> = (0..batch.num_columns()).filter(|other| *other != index).collect();
        let error = R::rows(&batch.project(&others).expect("a projection")).expect_err(column.name);
        assert_eq!(error, RowError { table: R::TABLE.name, column: column.name, row: None });
    }
}

fn names_what_it_is_made_of<R: Row>() {
    let table = R::TABLE;
    for name in table.key.iter().chain(table.partition) {
        let column = table.column(name).unwrap_or_else(|| panic!("{}: {name} is no column", table.name));
        let is_partition = table.partition.contains(name);
        assert!(!(is_partition && column.nullable), "{}: {name} makes partitions and must not be null", table.name);
    }
    assert_eq!(table.file_schema().fields().len(), table.columns.len() - table.partition.len(), "{}", table.name);
}

#[test]
fn every_row_comes_back_as_it_was_nulls_and_lists_included() {
    for_every_table!(comes_back);
}

#[test]
fn no_rows_come_back_as_no_rows() {
    for_every_table!(comes_back_empty);
}

#[test]
fn columns_are_found_by_name_in_any_order() {
    for_every_table!(comes_back_in_any_order);
}

#[test]
fn a_missing_column_is_named() {
    for_every_table!(misses_each_column_by_name);
}

#[test]
fn keys_and_partitions_are_columns_and_no_partition_is_unknown() {
    for_every_table!(names_what_it_is_made_of);
}

#[test]
fn a_column_of_another_type_is_named_with_its_row() {
    let batch = RunRow::batch(&some_rows()).expect("a batch");
    let error = RunRow::rows(&replaced(&batch, "rows_read", Arc::new(StringArray::from(vec!["7"; batch.num_rows()]))));
    assert_eq!(error, Err(RowError { table: "runs", column: "rows_read", row: Some(0) }));
}

#[test]
fn a_null_where_none_may_be_is_named_with_its_row() {
    let batch = RunRow::batch(&some_rows()).expect("a batch");
    let values: Int64Array = (0..batch.num_rows() as i64).map(|row| (row != 4).then_some(row)).collect();
    let error = RunRow::rows(&replaced(&batch, "rows_read", Arc::new(values)));
    assert_eq!(error, Err(RowError { table: "runs", column: "rows_read", row: Some(4) }));
}

/// `batch` with the column `name` replaced by `array`, as another writer might have stored it.
fn replaced(batch: &RecordBatch, name: &str, array: ArrayRef) -> RecordBatch {
    let schema = batch.schema();
    let index = schema.index_of(name).expect(name);
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    fields[index] =
        Arc::new(fields[index].as_ref().clone().with_nullable(true).with_data_type(array.data_type().clone()));
    let mut columns = batch.columns().to_vec();
    columns[index] = array;
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("a batch")
}
