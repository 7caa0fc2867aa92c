//! Columns of a batch by name and kind, for readers that do not need whole rows.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    BinaryArray, BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use pipeline_core::{Error, Result};

macro_rules! column {
    ($(#[doc = $doc:literal])+ $name:ident: $array:ty, $cast:expr) => {
        $(#[doc = $doc])+
        ///
        /// # Errors
        /// `Internal` when the batch has no such column of that kind.
        pub fn $name<'a>(batch: &'a RecordBatch, column: &str) -> Result<&'a $array> {
            let array = batch.column_by_name(column);
            array.and_then($cast).ok_or_else(|| Error::internal(format!("a batch lacks column {column}")))
        }
    };
}

column! {
    /// A column of texts.
    text: StringArray, |array| array.as_string_opt::<i32>()
}
column! {
    /// A column of numbers.
    int: Int64Array, |array| array.as_primitive_opt::<Int64Type>()
}
column! {
    /// A column of instants.
    time: TimestampMicrosecondArray, |array| array.as_primitive_opt::<TimestampMicrosecondType>()
}
column! {
    /// A column of days.
    day: Date32Array, |array| array.as_primitive_opt::<Date32Type>()
}
column! {
    /// A column of bytes.
    bytes: BinaryArray, |array| array.as_binary_opt::<i32>()
}
column! {
    /// A column of truths.
    truth: BooleanArray, |array| array.as_boolean_opt()
}
