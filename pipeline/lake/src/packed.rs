//! Rows as bytes, one by one, for what is put aside: any columns of a table, without making rows of them.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::{Kind, Table};

use crate::builder::Builder;

/// Packs and unpacks some columns of a table.
#[derive(Clone, Debug)]
pub struct Packing {
    spec: &'static Table,
    packed: Vec<bool>,
}

impl Packing {
    /// All columns of `spec` but those called in `without`, which come back empty: null where they may be, else an empty text or
    /// list, zero or false.
    pub fn new(spec: &'static Table, without: &[&str]) -> Self {
        Self { spec, packed: spec.columns.iter().map(|column| !without.contains(&column.name)).collect() }
    }

    /// The columns that are packed.
    pub fn columns(&self) -> Vec<&'static str> {
        let columns = self.spec.columns.iter().zip(&self.packed);
        columns.filter(|(_, packed)| **packed).map(|(column, _)| column.name).collect()
    }

    /// The columns of `batch` in packing order.
    ///
    /// # Errors
    /// `Internal` when one is missing.
    pub fn arrays<'a>(&self, batch: &'a RecordBatch) -> Result<Vec<(Kind, &'a dyn Array)>> {
        let columns = self.spec.columns.iter().zip(&self.packed).filter(|(_, packed)| **packed);
        let arrays = columns.map(|(column, _)| {
            let array = batch.column_by_name(column.name);
            let array = array.ok_or_else(|| Error::internal(format!("column {} is missing", column.name)))?;
            Ok((column.kind, array.as_ref()))
        });
        arrays.collect()
    }

    /// Appends the row numbered `row` of what [`Packing::arrays`] gave.
    pub fn pack(arrays: &[(Kind, &dyn Array)], row: usize, out: &mut Vec<u8>) {
        for (kind, array) in arrays {
            pack_cell(*kind, *array, row, out);
        }
    }

    /// The rows whose bytes are `records`, as a batch with the table's whole schema.
    ///
    /// # Errors
    /// `Internal` when they are not such rows.
    pub fn unpack<'a>(&self, records: impl IntoIterator<Item = &'a [u8]>) -> Result<RecordBatch> {
        let mut builders: Vec<Builder> = self.spec.columns.iter().map(|column| Builder::new(column.kind)).collect();
        for mut record in records {
            for ((column, packed), builder) in self.spec.columns.iter().zip(&self.packed).zip(&mut builders) {
                if !packed {
                    builder.add_empty(column.nullable);
                } else if builder.unpack(&mut record).is_none() {
                    return Err(Error::internal(format!("a row of {} breaks off", self.spec.name)));
                }
            }
        }
        let arrays = builders.into_iter().map(Builder::finish).collect();
        RecordBatch::try_new(self.spec.schema(), arrays)
            .context(ErrorKind::Internal, || format!("rows of {} do not fit their declaration", self.spec.name))
    }
}

fn pack_cell(kind: Kind, array: &dyn Array, row: usize, out: &mut Vec<u8>) {
    if array.is_null(row) {
        return out.push(0);
    }
    out.push(1);
    match kind {
        Kind::Text | Kind::Json => pack_bytes(array.as_string::<i32>().value(row).as_bytes(), out),
        Kind::Bytes => pack_bytes(array.as_binary::<i32>().value(row), out),
        Kind::Int => out.extend(array.as_primitive::<Int64Type>().value(row).to_le_bytes()),
        Kind::Float => out.extend(array.as_primitive::<Float64Type>().value(row).to_le_bytes()),
        Kind::Time => out.extend(array.as_primitive::<TimestampMicrosecondType>().value(row).to_le_bytes()),
        Kind::Day => out.extend(array.as_primitive::<Date32Type>().value(row).to_le_bytes()),
        Kind::Bool => out.push(u8::from(array.as_boolean().value(row))),
        Kind::Texts => {
            let list = array.as_list::<i32>().value(row);
            let texts = list.as_string::<i32>();
            out.extend((texts.len() as u32).to_le_bytes());
            texts.iter().for_each(|text| pack_bytes(text.unwrap_or_default().as_bytes(), out));
        }
    }
}

fn pack_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend((bytes.len() as u32).to_le_bytes());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use schemas::tables::PostingRow;
    use schemas::{Day, Json, Micros, Row as _};

    use super::*;

    fn rows() -> Vec<PostingRow> {
        vec![
            PostingRow::default(),
            PostingRow {
                posting_id: "ä".to_owned(),
                day: Day(20_000),
                seen_at: Micros(7),
                latitude: Some(-1.5),
                places: vec![String::new(), "Köln".to_owned()],
                pay_min_minor: Some(i64::MIN),
                pay_predicted: Some(false),
                posted_at: Some(Micros(-1)),
                text_sketch: vec![0, 255],
                provenance: Json("{}".to_owned()),
                warnings: vec!["odd".to_owned()],
                ..PostingRow::default()
            },
        ]
    }

    #[test]
    fn rows_come_back_as_they_were_but_for_what_is_left_out() {
        let batch = PostingRow::batch(&rows()).unwrap();
        for without in [&[] as &[&str], &["provenance", "warnings", "pay_min_minor"]] {
            let packing = Packing::new(PostingRow::TABLE, without);
            let arrays = packing.arrays(&batch).unwrap();
            let pack = |row| {
                let mut bytes = Vec::new();
                Packing::pack(&arrays, row, &mut bytes);
                bytes
            };
            let records = [pack(0), pack(1)];
            let back = packing.unpack(records.iter().map(Vec::as_slice)).unwrap();
            let mut expected = rows();
            if !without.is_empty() {
                expected[1].provenance = Json::default();
                expected[1].warnings.clear();
                expected[1].pay_min_minor = None;
            }
            assert_eq!(PostingRow::rows(&back).unwrap(), expected);
            assert!(packing.unpack([&records[1][..records[1].len() - 1]]).is_err(), "a cut row is told");
        }
    }
}
