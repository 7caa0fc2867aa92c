//! `rates`: what one euro is worth, day by day.

use crate::Day;

crate::table! {
    /// One row per currency and day, as a central bank publishes it.
    RateRow = "rates", key [currency, day], partition [provider];
    /// Who published it: `ecb`.
    provider: String,
    /// ISO 4217 code.
    currency: String,
    /// The day that it is for.
    day: Day,
    /// Units of the currency per euro.
    per_euro: f64,
}
