//! `observations`: each time a posting was seen.

use crate::{Day, Micros};

crate::table! {
    /// One row per time a posting was seen: each accepted record of each body.
    ObservationRow = "observations", key [observation_id], partition [source, day];
    /// Derived from `fetch_id` and `record`.
    observation_id: String,
    /// The source that showed it.
    source: String,
    /// The UTC day of `seen_at`.
    day: Day,
    /// The board that showed it.
    board: String,
    /// The posting that was seen.
    posting_id: String,
    /// The version of the posting that was seen.
    version: String,
    /// The exchange in which it was seen.
    fetch_id: String,
    /// Position of the record within the body, from 0.
    record: i64,
    /// When it was seen.
    seen_at: Micros,
    /// Whether the source listed it as open; null when it does not say.
    listed: Option<bool>,
}
