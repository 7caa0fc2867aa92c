//! What queries may call besides DataFusion's own functions: `median_rank(n)`, `wilson_low(n, of)`, `wilson_high(n, of)`.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, Float64Array, Int64Array};
use arrow_schema::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

use crate::intervals::{median_rank, wilson};

/// Every function that the session knows besides DataFusion's own.
pub(crate) fn all() -> [ScalarUDF; 3] {
    [
        median_rank_function(),
        share_function("wilson_low", |n, of| wilson(n, of).0),
        share_function("wilson_high", |n, of| wilson(n, of).1),
    ]
}

fn median_rank_function() -> ScalarUDF {
    let call = |arguments: &[ColumnarValue]| -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let n = arrays[0].as_primitive::<Int64Type>();
        let ranks: Int64Array = n.iter().map(|n| n.and_then(median_rank)).collect();
        Ok(ColumnarValue::Array(Arc::new(ranks)))
    };
    create_udf("median_rank", vec![DataType::Int64], DataType::Int64, Volatility::Immutable, Arc::new(call))
}

fn share_function(name: &str, of_counts: fn(i64, i64) -> f64) -> ScalarUDF {
    let call = move |arguments: &[ColumnarValue]| -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let (n, of) = (arrays[0].as_primitive::<Int64Type>(), arrays[1].as_primitive::<Int64Type>());
        let shares: Float64Array = n.iter().zip(of.iter()).map(|(n, of)| Some(of_counts(n?, of?))).collect();
        Ok(ColumnarValue::Array(Arc::new(shares) as ArrayRef))
    };
    create_udf(name, vec![DataType::Int64; 2], DataType::Float64, Volatility::Immutable, Arc::new(call))
}
