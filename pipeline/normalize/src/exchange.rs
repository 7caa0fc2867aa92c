//! One exchange with a source: its records, each kept or rejected.

use std::collections::{BTreeMap, HashSet};

use pipeline_core::hash::Hasher;
use pipeline_core::source::{Answer, Record, Rejection, Source};
use schemas::tables::{FetchRow, ObservationRow, PostingRow, QuarantineRow};

use crate::record::{identity, posting};
use crate::{METHOD, Readers};

/// What one exchange came to.
#[derive(Clone, Debug, Default)]
pub struct Normalized {
    /// One row per accepted record.
    pub observations: Vec<ObservationRow>,
    /// One row per distinct version of a posting.
    pub postings: Vec<PostingRow>,
    /// One row per rejected record, or one for the whole body.
    pub quarantine: Vec<QuarantineRow>,
    /// Records read: observations and quarantine together.
    pub rows_read: u64,
}

/// Board of the exchanges that asked for a host's robots file.
const ROBOTS: &str = "robots.txt";

/// What `fetch` brought. The same exchange always gives the same rows.
pub fn normalize(readers: &Readers, source: &dyn Source, fetch: &FetchRow) -> Normalized {
    if fetch.board == ROBOTS {
        return Normalized::default();
    }
    if let Some(error) = fetch.error.as_deref() {
        return if error.starts_with("body cut") {
            let reason = format!("the answer has {} bytes, more than are kept", fetch.body_bytes);
            rejected_whole(fetch, &Rejection::of_body("body-too-large", reason, &fetch.body))
        } else {
            Normalized::default()
        };
    }
    let answered = fetch.status.is_some_and(|status| (200..300).contains(&status));
    if !(answered || fetch.origin == "import" && fetch.status.is_none()) {
        return Normalized::default();
    }
    let context: BTreeMap<String, String> = serde_json::from_str(&fetch.context.0).unwrap_or_default();
    let answer = Answer {
        board: &fetch.board,
        url: &fetch.url,
        context: &context,
        content_type: fetch.content_type.as_deref(),
        fetched_at: fetch.fetched_at,
        body: &fetch.body,
    };
    match source.read(&answer) {
        Ok(reading) => kept(readers, source, fetch, reading.records),
        Err(rejection) => rejected_whole(fetch, &rejection),
    }
}

fn kept(readers: &Readers, source: &dyn Source, fetch: &FetchRow, records: Vec<Record>) -> Normalized {
    let mut out = Normalized { rows_read: records.len() as u64, ..Normalized::default() };
    let mut versions = HashSet::new();
    for (index, record) in records.into_iter().enumerate() {
        let index = index as i64;
        match record {
            Record::Rejected(rejection) => out.quarantine.push(quarantine(fetch, Some(index), &rejection)),
            Record::Posting(raw) => {
                let (posting_id, version) = identity(source.describe(), &fetch.board, &raw);
                out.observations.push(ObservationRow {
                    observation_id: Hasher::new("observation").part(&fetch.fetch_id).part(index.to_le_bytes()).hex(32),
                    source: fetch.source.clone(),
                    day: fetch.fetched_at.day(),
                    board: fetch.board.clone(),
                    posting_id: posting_id.clone(),
                    version: version.clone(),
                    fetch_id: fetch.fetch_id.clone(),
                    record: index,
                    seen_at: fetch.fetched_at,
                    listed: raw.listed,
                });
                if versions.insert((posting_id.clone(), version.clone())) {
                    out.postings.push(posting(readers, fetch, index, *raw, posting_id, version, METHOD));
                }
            }
        }
    }
    out
}

fn rejected_whole(fetch: &FetchRow, rejection: &Rejection) -> Normalized {
    Normalized { quarantine: vec![quarantine(fetch, None, rejection)], rows_read: 1, ..Normalized::default() }
}

fn quarantine(fetch: &FetchRow, record: Option<i64>, rejection: &Rejection) -> QuarantineRow {
    let place = record.map(i64::to_le_bytes);
    let place: &[u8] = place.as_ref().map_or(b"body", |bytes| bytes);
    QuarantineRow {
        quarantine_id: Hasher::new("quarantine").part(&fetch.fetch_id).part(place).part(rejection.rule).hex(32),
        source: fetch.source.clone(),
        day: fetch.fetched_at.day(),
        board: fetch.board.clone(),
        stage: "normalize".to_owned(),
        fetch_id: fetch.fetch_id.clone(),
        record,
        field: rejection.field.clone(),
        rule: rejection.rule.to_owned(),
        reason: rejection.reason.clone(),
        payload: rejection.payload.clone(),
        fetched_at: fetch.fetched_at,
    }
}
