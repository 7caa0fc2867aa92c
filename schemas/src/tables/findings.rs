//! `findings`: where answers of sources depart from their contracts.

use crate::{Day, Micros};

crate::table! {
    /// One row per exchange, field and rule of the contract that its records break.
    FindingRow = "findings", key [finding_id], partition [source, day];
    /// Derived from `fetch_id`, `field` and `rule`.
    finding_id: String,
    /// The source.
    source: String,
    /// The UTC day of `fetched_at`.
    day: Day,
    /// The board.
    board: String,
    /// The exchange.
    fetch_id: String,
    /// The path of the field in the source's own names.
    field: String,
    /// `field-new`, `field-vanished` or `type-changed`.
    rule: String,
    /// What was done: `evolve`, `freeze`, `discard-value` or `discard-row`.
    policy: String,
    /// How many records of the body it concerns.
    records: i64,
    /// The beginning of one value, or what was due.
    example: String,
    /// When the answer arrived.
    fetched_at: Micros,
}
