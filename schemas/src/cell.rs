//! What a table cell can be, and how each kind goes into and comes out of an Arrow array.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, StringArray,
    TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, TimeUnit};

use crate::time::{Day, Micros};

/// The kinds of value a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// A JSON document as UTF-8 text.
    Json,
    /// A signed 64-bit integer.
    Int,
    /// A 64-bit float.
    Float,
    /// True or false.
    Bool,
    /// An instant, microseconds UTC.
    Time,
    /// A calendar day.
    Day,
    /// Bytes.
    Bytes,
    /// A list of texts, in an order that carries meaning or is sorted.
    Texts,
}

impl Kind {
    /// The Arrow type of this kind.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text | Self::Json => DataType::Utf8,
            Self::Int => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Day => DataType::Date32,
            Self::Bytes => DataType::Binary,
            Self::Texts => DataType::List(Arc::new(Field::new("element", DataType::Utf8, true))),
        }
    }
}

/// A JSON document kept as canonical text in a [`Kind::Json`] column.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Json(pub String);

/// A Rust type that a table row can have as a field.
pub trait Cell: Sized {
    /// Which kind of column it is.
    const KIND: Kind;
    /// Whether the column may hold nulls.
    const NULLABLE: bool;

    /// The values of one column as an Arrow array.
    fn array<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef
    where
        Self: 'a;

    /// The value at `row`, or `None` when the array has another type or a null where none may be.
    fn read(array: &dyn Array, row: usize) -> Option<Self>;
}

macro_rules! cell {
    ($type:ty, $kind:ident, $array:ty, $build:expr, $get:expr) => {
        impl Cell for $type {
            const KIND: Kind = Kind::$kind;
            const NULLABLE: bool = false;

            fn array<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
                let build: fn(Vec<Option<&'a Self>>) -> $array = $build;
                Arc::new(build(values.map(Some).collect()))
            }

            fn read(array: &dyn Array, row: usize) -> Option<Self> {
                let get: fn(&$array, usize) -> Self = $get;
                let array = array.as_any().downcast_ref::<$array>()?;
                array.is_valid(row).then(|| get(array, row))
            }
        }

        impl Cell for Option<$type> {
            const KIND: Kind = Kind::$kind;
            const NULLABLE: bool = true;

            fn array<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
                let build: fn(Vec<Option<&'a $type>>) -> $array = $build;
                Arc::new(build(values.map(Option::as_ref).collect()))
            }

            fn read(array: &dyn Array, row: usize) -> Option<Self> {
                let get: fn(&$array, usize) -> $type = $get;
                let array = array.as_any().downcast_ref::<$array>()?;
                Some(array.is_valid(row).then(|| get(array, row)))
            }
        }
    };
}

cell!(String, Text, StringArray, |values| values.into_iter().collect(), |array, row| array.value(row).to_owned());
cell!(
    Json,
    Json,
    StringArray,
    |values| values.into_iter().map(|value| value.map(|json| json.0.as_str())).collect(),
    |array, row| Json(array.value(row).to_owned())
);
cell!(i64, Int, Int64Array, |values| values.into_iter().map(|value| value.copied()).collect(), |array, row| {
    array.value(row)
});
cell!(f64, Float, Float64Array, |values| values.into_iter().map(|value| value.copied()).collect(), |array, row| array
    .value(row));
cell!(bool, Bool, BooleanArray, |values| values.into_iter().map(|value| value.copied()).collect(), |array, row| array
    .value(row));
cell!(
    Micros,
    Time,
    TimestampMicrosecondArray,
    |values| {
        let array: TimestampMicrosecondArray = values.into_iter().map(|value| value.map(|time| time.0)).collect();
        array.with_timezone("UTC")
    },
    |array, row| Micros(array.value(row))
);
cell!(
    Day,
    Day,
    Date32Array,
    |values| values.into_iter().map(|value| value.map(|day| day.0)).collect(),
    |array, row| Day(array.value(row))
);
cell!(
    Vec<u8>,
    Bytes,
    BinaryArray,
    |values| values.into_iter().map(|value| value.map(Vec::as_slice)).collect(),
    |array, row| array.value(row).to_vec()
);

impl Cell for Vec<String> {
    const KIND: Kind = Kind::Texts;
    const NULLABLE: bool = false;

    fn array<'a>(values: impl Iterator<Item = &'a Self>) -> ArrayRef {
        let element = Arc::new(Field::new("element", DataType::Utf8, true));
        let mut builder = ListBuilder::new(StringBuilder::new()).with_field(element);
        for list in values {
            for text in list {
                builder.values().append_value(text);
            }
            builder.append(true);
        }
        Arc::new(builder.finish())
    }

    fn read(array: &dyn Array, row: usize) -> Option<Self> {
        let array = array.as_any().downcast_ref::<ListArray>()?;
        if array.is_null(row) {
            return Some(Vec::new());
        }
        let values = array.value(row);
        let values = values.as_any().downcast_ref::<StringArray>()?;
        Some(values.iter().flatten().map(str::to_owned).collect())
    }
}
