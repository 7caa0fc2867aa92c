//! Rows as bytes, one by one, for what is put aside: any columns of a table, without making rows of them.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, ListBuilder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field};
use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::{Kind, Table};

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
                let done = match packed {
                    true => builder.unpack(&mut record),
                    false => Some(builder.add_empty(column.nullable)),
                };
                done.ok_or_else(|| Error::internal(format!("a row of {} breaks off", self.spec.name)))?;
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

enum Builder {
    Text(StringBuilder),
    Bytes(BinaryBuilder),
    Int(Int64Builder),
    Float(Float64Builder),
    Time(TimestampMicrosecondBuilder),
    Day(Date32Builder),
    Bool(BooleanBuilder),
    Texts(ListBuilder<StringBuilder>),
}

impl Builder {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text | Kind::Json => Self::Text(StringBuilder::new()),
            Kind::Bytes => Self::Bytes(BinaryBuilder::new()),
            Kind::Int => Self::Int(Int64Builder::new()),
            Kind::Float => Self::Float(Float64Builder::new()),
            Kind::Time => Self::Time(TimestampMicrosecondBuilder::new().with_data_type(kind.data_type())),
            Kind::Day => Self::Day(Date32Builder::new()),
            Kind::Bool => Self::Bool(BooleanBuilder::new()),
            Kind::Texts => {
                let element = Arc::new(Field::new("element", DataType::Utf8, true));
                Self::Texts(ListBuilder::new(StringBuilder::new()).with_field(element))
            }
        }
    }

    fn add_empty(&mut self, nullable: bool) {
        match self {
            Self::Text(builder) => builder.append_option((!nullable).then_some("")),
            Self::Bytes(builder) => builder.append_option((!nullable).then_some(b"")),
            Self::Int(builder) => builder.append_option((!nullable).then_some(0)),
            Self::Float(builder) => builder.append_option((!nullable).then_some(0.0)),
            Self::Time(builder) => builder.append_option((!nullable).then_some(0)),
            Self::Day(builder) => builder.append_option((!nullable).then_some(0)),
            Self::Bool(builder) => builder.append_option((!nullable).then_some(false)),
            Self::Texts(builder) => builder.append(!nullable),
        }
    }

    /// Takes one cell from the front of `record`; `None` when it breaks off.
    fn unpack(&mut self, record: &mut &[u8]) -> Option<()> {
        if take::<1>(record)? == [0] {
            self.add_empty(true);
            return Some(());
        }
        match self {
            Self::Text(builder) => builder.append_value(str::from_utf8(take_bytes(record)?).ok()?),
            Self::Bytes(builder) => builder.append_value(take_bytes(record)?),
            Self::Int(builder) => builder.append_value(i64::from_le_bytes(take(record)?)),
            Self::Float(builder) => builder.append_value(f64::from_le_bytes(take(record)?)),
            Self::Time(builder) => builder.append_value(i64::from_le_bytes(take(record)?)),
            Self::Day(builder) => builder.append_value(i32::from_le_bytes(take(record)?)),
            Self::Bool(builder) => builder.append_value(take::<1>(record)? == [1]),
            Self::Texts(builder) => {
                for _ in 0..u32::from_le_bytes(take(record)?) {
                    builder.values().append_value(str::from_utf8(take_bytes(record)?).ok()?);
                }
                builder.append(true);
            }
        }
        Some(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut builder) => Arc::new(builder.finish()),
            Self::Bytes(mut builder) => Arc::new(builder.finish()),
            Self::Int(mut builder) => Arc::new(builder.finish()),
            Self::Float(mut builder) => Arc::new(builder.finish()),
            Self::Time(mut builder) => Arc::new(builder.finish()),
            Self::Day(mut builder) => Arc::new(builder.finish()),
            Self::Bool(mut builder) => Arc::new(builder.finish()),
            Self::Texts(mut builder) => Arc::new(builder.finish()),
        }
    }
}

fn take<const N: usize>(record: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = record.split_first_chunk::<N>()?;
    *record = rest;
    Some(*bytes)
}

fn take_bytes<'a>(record: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_le_bytes(take(record)?) as usize;
    let (bytes, rest) = record.split_at_checked(length)?;
    *record = rest;
    Some(bytes)
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
