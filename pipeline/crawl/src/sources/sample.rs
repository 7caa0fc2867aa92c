//! What the unit tests of sources share: reading a small body as if it had just been fetched.

use std::collections::BTreeMap;

use pipeline_core::source::{Answer, RawPosting, Reading, Record, Rejection, Source};
use schemas::Micros;

/// What `source` reads from `body` of the board `test` under the given context.
pub(super) fn read_with(
    source: &dyn Source,
    board: &str,
    url: &str,
    context: &BTreeMap<String, String>,
    body: &str,
) -> Result<Reading, Rejection> {
    // 2026-11-20T12:00:00Z
    let fetched_at = Micros(1_795_176_000_000_000);
    source.read(&Answer { board, url, context, content_type: None, fetched_at, body: body.as_bytes() })
}

/// What `source` reads from `body`.
pub(super) fn read(source: &dyn Source, body: &str) -> Reading {
    read_with(source, "test", "file:test", &BTreeMap::new(), body).expect("the body can be read")
}

/// The rule by which `source` rejects `body` whole.
pub(super) fn rule_of(source: &dyn Source, body: &str) -> &'static str {
    read_with(source, "test", "file:test", &BTreeMap::new(), body).expect_err("the body cannot be read").rule
}

/// The posting that record `number` of `reading` is.
pub(super) fn posting_of(reading: &Reading, number: usize) -> &RawPosting {
    match &reading.records[number] {
        Record::Posting(posting) => posting,
        Record::Rejected(rejection) => panic!("record {number} is rejected: {rejection:?}"),
    }
}

/// The rule by which record `number` of `reading` is rejected.
pub(super) fn rejected_by(reading: &Reading, number: usize) -> &'static str {
    match &reading.records[number] {
        Record::Rejected(rejection) => rejection.rule,
        Record::Posting(posting) => panic!("record {number} is a posting: {posting:?}"),
    }
}
