//! One exchange with a source: its records, each kept or rejected.

use std::collections::{BTreeMap, HashSet};

use pipeline_core::PostingId;
use pipeline_core::hash::Hasher;
use pipeline_core::source::{Answer, Ask, Finding, OnDrift, POSTING, Reading, Record, Rejection, Source, WHOLE};
use schemas::tables::{FetchRow, FindingRow, ObservationRow, PostingRow, QuarantineRow, ReadingRow};

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
    /// One row per departure from the source's contract.
    pub findings: Vec<FindingRow>,
    /// What the exchange says about its board as a whole; nothing where it is none with a board.
    pub reading: Option<ReadingRow>,
    /// Records read: observations and quarantine together.
    pub rows_read: u64,
}

/// Boards of the exchanges that asked for a host's rules instead.
const RULES: [&str; 2] = ["robots.txt", "tdmrep.json"];
/// What `fetch` brought. The same exchange always gives the same rows.
pub fn normalize(readers: &Readers, source: &dyn Source, fetch: &FetchRow) -> Normalized {
    if RULES.contains(&fetch.board.as_str()) {
        return Normalized::default();
    }
    let context: BTreeMap<String, String> = serde_json::from_str(&fetch.context.0).unwrap_or_default();
    let about = about(source, fetch, &context);
    if let Some(error) = fetch.error.as_deref() {
        let cut = error.starts_with("body cut");
        let mut out = Normalized::default();
        if cut {
            let reason = format!("the answer has {} bytes, more than are kept", fetch.body_bytes);
            out = rejected_whole(fetch, &Rejection::of_body("body-too-large", reason, &fetch.body));
        }
        let verdict = if cut { "cut" } else { "failed" };
        return Normalized { reading: Some(ReadingRow { verdict: verdict.to_owned(), ..about }), ..out };
    }
    let answered = fetch.status.is_some_and(|status| (200..300).contains(&status));
    if !(answered || fetch.origin == "import" && fetch.status.is_none()) {
        let reading = ReadingRow { verdict: "failed".to_owned(), ..about };
        return Normalized { reading: Some(reading), ..Normalized::default() };
    }
    let answer = Answer {
        board: &fetch.board,
        url: &fetch.url,
        context: &context,
        content_type: fetch.content_type.as_deref(),
        fetched_at: fetch.fetched_at,
        body: &fetch.body,
    };
    match source.read(&answer) {
        Ok(reading) => {
            let row = covered(source, about, &reading, &context);
            let findings = reading.findings.iter().map(|finding| found(fetch, finding)).collect();
            Normalized { findings, reading: Some(row), ..kept(readers, source, fetch, reading.records) }
        }
        Err(rejection) => {
            let reading = Some(ReadingRow { verdict: "unread".to_owned(), ..about });
            Normalized { reading, ..rejected_whole(fetch, &rejection) }
        }
    }
}

/// What an exchange brought, as far as another may repeat it.
#[derive(Clone, Debug)]
pub struct Original {
    /// What it said about its board.
    pub reading: ReadingRow,
    /// The postings that it showed.
    pub observations: Vec<ObservationRow>,
}

/// What `fetch` brought, whose body is that of `original`; nothing at all when that is not there.
pub fn repeat(
    source: &dyn Source,
    fetch: &FetchRow,
    context: &BTreeMap<String, String>,
    original: Option<&Original>,
) -> Normalized {
    let Some(Original { reading, observations }) = original else { return Normalized::default() };
    let about = about(source, fetch, context);
    let seen_again = |row: &ObservationRow| ObservationRow {
        observation_id: observation_id(&fetch.fetch_id, row.record),
        day: fetch.fetched_at.day(),
        board: fetch.board.clone(),
        fetch_id: fetch.fetch_id.clone(),
        seen_at: fetch.fetched_at,
        ..row.clone()
    };
    let observations: Vec<ObservationRow> = observations.iter().map(seen_again).collect();
    let reading = ReadingRow {
        verdict: reading.verdict.clone(),
        records: reading.records,
        leads: reading.leads,
        pages: reading.pages,
        announced: reading.announced,
        ..about
    };
    Normalized { rows_read: observations.len() as u64, observations, reading: Some(reading), ..Normalized::default() }
}

fn observation_id(fetch_id: &str, record: i64) -> String {
    Hasher::new("observation").part(fetch_id).part(record.to_le_bytes()).hex(32)
}

/// What is known of an exchange before its body is read.
fn about(source: &dyn Source, fetch: &FetchRow, context: &BTreeMap<String, String>) -> ReadingRow {
    let description = source.describe();
    let board = (!description.ids_are_global).then_some(fetch.board.as_str());
    let mut ask = Hasher::new("ask").part(&fetch.method).part(&fetch.url).part(&fetch.context.0);
    if fetch.origin == "import" {
        // A file can be several exchanges, which have all else in common.
        ask = ask.part(fetch.sequence.to_le_bytes());
    }
    let posting_id = context.get(POSTING).map(|id| PostingId::new(description.name, board, id).0);
    ReadingRow {
        fetch_id: fetch.fetch_id.clone(),
        source: fetch.source.clone(),
        day: fetch.fetched_at.day(),
        board: fetch.board.clone(),
        sequence: fetch.sequence,
        ask: ask.hex(16),
        answered_at: fetch.fetched_at,
        origin: fetch.origin.clone(),
        status: fetch.status,
        listing: posting_id.is_none() && fetch.origin != "import" && description.listing_is_complete,
        posting_id,
        ..ReadingRow::default()
    }
}

/// The same with what the body covers. An import is a listing where its source lists whole boards and the body is not the
/// page of one posting, unless whoever imports it says otherwise.
fn covered(
    source: &dyn Source,
    about: ReadingRow,
    reading: &Reading,
    context: &BTreeMap<String, String>,
) -> ReadingRow {
    let is_detail = |ask: &&Ask| ask.context.contains_key(POSTING);
    let leads = reading.next.iter().filter(is_detail).count();
    let imported = match context.get(WHOLE).map(String::as_str) {
        Some(said) => said == "yes",
        None => source.describe().listing_is_complete && !reading.detail && reading.next.is_empty(),
    };
    ReadingRow {
        verdict: "read".to_owned(),
        listing: if about.origin == "import" { imported } else { about.listing },
        records: count(reading.records.len()),
        leads: count(leads),
        pages: count(reading.next.len() - leads),
        announced: reading.announced.map(|announced| i64::try_from(announced).unwrap_or(i64::MAX)),
        ..about
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn found(fetch: &FetchRow, finding: &Finding) -> FindingRow {
    let policy = match finding.policy {
        OnDrift::Evolve => "evolve",
        OnDrift::Freeze => "freeze",
        OnDrift::DiscardValue => "discard-value",
        OnDrift::DiscardRow => "discard-row",
    };
    let id = Hasher::new("finding").part(&fetch.fetch_id).part(&finding.field).part(finding.rule);
    FindingRow {
        finding_id: id.hex(32),
        source: fetch.source.clone(),
        day: fetch.fetched_at.day(),
        board: fetch.board.clone(),
        fetch_id: fetch.fetch_id.clone(),
        field: finding.field.clone(),
        rule: finding.rule.to_owned(),
        policy: policy.to_owned(),
        records: i64::try_from(finding.records).unwrap_or(i64::MAX),
        example: finding.example.clone(),
        fetched_at: fetch.fetched_at,
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
                    observation_id: observation_id(&fetch.fetch_id, index),
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
