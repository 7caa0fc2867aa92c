//! What one exchange comes to: counts, ids, versions, provenance.

use std::collections::BTreeMap;

use pipeline_core::source::{
    Answer, Ask, Board, Description, Markup, RawPlace, RawPosting, Reading, Record, Rejection, Section, Source, Stated,
};
use pipeline_rules::{METHOD, Normalized, Readers, normalize};
use schemas::tables::FetchRow;
use schemas::{Json, Micros};
use serde_json::Value;

/// A source whose body is lines: `!` rejects, anything else is a posting `id|title|place|description`.
struct Lines;

static LINES: Description = Description {
    name: "lines",
    title: "Lines",
    board: Some("any"),
    ids_are_global: false,
    min_gap_ms: 0,
    min_interval_s: 0,
    secrets: &[],
    listing_is_complete: true,
    terms: "",
    reference: "",
    ..Description::BASE
};

impl Source for Lines {
    fn describe(&self) -> &'static Description {
        &LINES
    }

    fn start(&self, _: &Board) -> pipeline_core::Result<Vec<Ask>> {
        Ok(Vec::new())
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body =
            std::str::from_utf8(answer.body).map_err(|_| Rejection::of_body("not-text", "not a text", answer.body))?;
        let records = body.lines().map(|line| match line.strip_prefix('!') {
            Some(_) => Record::Rejected(Rejection::new("title-missing", "it has no title", line)),
            None => Record::Posting(Box::new(posting(line, answer.context))),
        });
        Ok(Reading { records: records.collect(), ..Reading::default() })
    }
}

fn posting(line: &str, context: &BTreeMap<String, String>) -> RawPosting {
    let mut fields = line.split('|').map(str::to_owned);
    RawPosting {
        external_id: fields.next().unwrap_or_default(),
        title: fields.next().unwrap_or_default(),
        company: context.get("company").cloned(),
        places: fields.next().map(|place| RawPlace::text(place, "location")).into_iter().collect(),
        sections: fields
            .next()
            .map(|body| Section { field: "body".to_owned(), heading: None, body, markup: Markup::Html })
            .into_iter()
            .collect(),
        posted_at: Some(Stated::new(Micros(0), "first_published")),
        listed: Some(line.len().is_multiple_of(2)),
        ..RawPosting::default()
    }
}

fn fetch(body: &[u8]) -> FetchRow {
    FetchRow {
        fetch_id: "f1".to_owned(),
        source: "lines".to_owned(),
        day: "2026-01-02".parse().expect("a day"),
        board: "acme".to_owned(),
        sequence: 0,
        method: "GET".to_owned(),
        url: "https://example.org".to_owned(),
        context: Json(r#"{"company":"Acme, Inc."}"#.to_owned()),
        status: Some(200),
        content_type: None,
        fetched_at: "2026-01-02T03:04:05Z".parse().expect("an instant"),
        body: body.to_vec(),
        body_bytes: body.len() as i64,
        body_hash: String::new(),
        origin: "crawl".to_owned(),
        ..FetchRow::default()
    }
}

fn run(fetch: &FetchRow) -> Normalized {
    let out = normalize(&Readers::new(), &Lines, fetch);
    assert_eq!(out.rows_read as usize, out.observations.len() + out.quarantine.len());
    out
}

const POSTING: &str = "1|Senior Rust Engineer (Remote)|San Francisco, CA|<p>You write Python and Rust code.</p>\
    <p>Salary: $150k - $180k per year</p>";

#[test]
fn every_record_is_an_observation_or_a_quarantine_row() {
    let out = run(&fetch(format!("{POSTING}\n!x\n2|Cook|Berlin|\n{POSTING}").as_bytes()));
    assert_eq!((out.rows_read, out.observations.len(), out.quarantine.len(), out.postings.len()), (4, 3, 1, 2));
    assert_eq!(out.quarantine[0].record, Some(1));
    assert_eq!(out.quarantine[0].rule, "title-missing");
}

#[test]
fn a_posting_is_read_with_where_each_column_came_from() {
    let out = run(&fetch(POSTING.as_bytes()));
    let row = &out.postings[0];
    assert_eq!(row.title_key, "senior rust engineer");
    assert_eq!(row.company_key, "acme");
    assert_eq!((row.city.as_deref(), row.country.as_deref()), (Some("San Francisco"), Some("US")));
    assert_eq!((row.remote.as_deref(), row.level.as_deref()), (Some("remote"), Some("senior")));
    assert_eq!((row.pay_annual_min_minor, row.pay_currency.as_deref()), (Some(15_000_000), Some("USD")));
    assert!(row.skills.contains(&"Rust".to_owned()) && row.skills.contains(&"Python".to_owned()));
    let (start, end) = (row.pay_start.expect("a start") as usize, row.pay_end.expect("an end") as usize);
    assert_eq!(row.text.get(start..end), row.pay_quote.as_deref());
    for span in serde_json::from_str::<Vec<Value>>(&row.skill_spans.0).expect("spans") {
        let (start, end) = (span["start"].as_u64().expect("a start"), span["end"].as_u64().expect("an end"));
        assert!(row.text.get(start as usize..end as usize).is_some());
    }
    let provenance: BTreeMap<String, Value> = serde_json::from_str(&row.provenance.0).expect("an object");
    for column in ["title", "company", "city", "country", "remote", "pay", "posted_at", "level", "skills"] {
        assert!(provenance[column]["rule"].is_string(), "{column}");
    }
    assert_eq!(provenance["posted_at"]["from"], "first_published");
    assert_eq!(row.method, METHOD);
}

#[test]
fn the_same_exchange_gives_the_same_rows() {
    let fetch = fetch(POSTING.as_bytes());
    assert_eq!(run(&fetch).postings, run(&fetch).postings);
}

#[test]
fn a_change_of_words_is_a_new_version_and_a_change_of_listing_is_none() {
    let row = |line: &str| run(&fetch(line.as_bytes())).postings.remove(0);
    let (first, other) = (row("1|Cook|Berlin|a"), row("1|Cook|Berlin|b"));
    assert_eq!(first.posting_id, other.posting_id);
    assert_ne!(first.version, other.version);
    assert_eq!(first.version.len(), 16);
}

#[test]
fn exchanges_without_an_answer_are_not_read() {
    let mut failed = fetch(b"");
    for (status, error) in [(None, Some("no answer")), (Some(404), None), (Some(500), None), (None, None)] {
        failed.status = status;
        failed.error = error.map(str::to_owned);
        assert_eq!(run(&failed).rows_read, 0);
    }
    let mut robots = fetch(b"User-agent: *");
    robots.board = "robots.txt".to_owned();
    assert_eq!(run(&robots).rows_read, 0);
}

#[test]
fn an_import_has_no_status_and_is_read() {
    let mut import = fetch(POSTING.as_bytes());
    (import.status, import.origin) = (None, "import".to_owned());
    assert_eq!(run(&import).rows_read, 1);
}

#[test]
fn a_cut_or_unreadable_body_is_one_quarantine_row() {
    let mut cut = fetch(POSTING.as_bytes());
    cut.error = Some("body cut at 8 bytes".to_owned());
    let out = run(&cut);
    assert_eq!((out.quarantine[0].rule.as_str(), out.quarantine[0].record), ("body-too-large", None));
    let out = run(&fetch(&[0xff, 0xfe]));
    assert_eq!((out.rows_read, out.quarantine[0].rule.as_str()), (1, "not-text"));
}
