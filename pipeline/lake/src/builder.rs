//! Columns being made, of any kind that a table can have.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, ListBuilder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_schema::{DataType, Field};
use schemas::Kind;

/// A column of any kind being made.
pub(crate) enum Builder {
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
    pub(crate) fn new(kind: Kind) -> Self {
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

    /// Adds a null, or where none may be an empty text or list, zero or false.
    pub(crate) fn add_empty(&mut self, nullable: bool) {
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
    pub(crate) fn unpack(&mut self, record: &mut &[u8]) -> Option<()> {
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

    pub(crate) fn finish(self) -> ArrayRef {
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
