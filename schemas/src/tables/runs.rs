//! `runs`: the outcome of each partition of each stage.
//!
//! Only what follows from the inputs stands here; times, attempts and costs are in the ledger (`runs show`).

use crate::Day;

crate::table! {
    /// One row per partition that a stage has done: its latest outcome.
    RunRow = "runs", key [stage, part, day], partition [stage];
    /// The stage.
    stage: String,
    /// The source or bucket; `all` for stages that are not split.
    part: String,
    /// The day of the partition.
    day: Day,
    /// `done`, `partial` or `failed`.
    status: String,
    /// Records read.
    rows_read: i64,
    /// Records kept.
    rows_written: i64,
    /// Records rejected.
    rows_quarantined: i64,
    /// Fingerprint of the inputs.
    inputs: String,
    /// Why it is not `done`; null when it is.
    error: Option<String>,
    /// Version of the stage's rules.
    method: String,
}
