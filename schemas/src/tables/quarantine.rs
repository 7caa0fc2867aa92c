//! `quarantine`: what was rejected, and why.

use crate::{Day, Micros};

crate::table! {
    /// One row per rejected record, or per body that could not be read at all.
    QuarantineRow = "quarantine", key [quarantine_id], partition [source, day];
    /// Derived from `fetch_id`, `record` and `rule`.
    quarantine_id: String,
    /// The source that sent it.
    source: String,
    /// The UTC day of the exchange.
    day: Day,
    /// The board that sent it.
    board: String,
    /// The stage that rejected it.
    stage: String,
    /// The exchange that holds the whole body.
    fetch_id: String,
    /// Position of the record within the body, from 0; null when the body as a whole was rejected.
    record: Option<i64>,
    /// The field at fault, as a path in the source's own names.
    field: Option<String>,
    /// The rule that rejected it, by name.
    rule: String,
    /// One sentence for a person.
    reason: String,
    /// The rejected record, or the beginning of the body; at most 16 KiB.
    payload: String,
    /// When the exchange took place.
    fetched_at: Micros,
}
