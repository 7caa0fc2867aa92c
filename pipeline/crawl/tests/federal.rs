//! Real feeds of public employers, good and broken, read by the mappings of the samples that have their form.
//!
//! Needs the folder of shared data beside the project; run by name: `cargo test -p pipeline-crawl --test federal -- --ignored`.
#![expect(clippy::disallowed_methods, reason = "a test of files reads files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use pipeline_core::source::{Answer, RawPosting, Reading, Record, Source};
use pipeline_crawl::Registry;
use pipeline_crawl::certify::FETCHED_AT;
use serde_json::Value;

/// The mapping that the sample `case` carries.
fn mapping(case: &str) -> String {
    let folder = PathBuf::from("../../data-samples/feed");
    let text = fs::read(folder.join(format!("{case}.context.json"))).expect("the sample has a context");
    let parts: Value = serde_json::from_slice(&text).expect("the context is JSON");
    parts["context"]["mapping"].as_str().expect("it holds a mapping").to_owned()
}

/// What the real feed `name` means by the mapping of the sample `case`.
fn read(name: &str, case: &str) -> Reading {
    let folder = PathBuf::from("../../../shared/data/payloads/usajobs/gsa_jobs_api");
    let body = fs::read(folder.join(name)).expect("the shared data are there");
    let context: BTreeMap<String, String> = [("mapping".to_owned(), mapping(case))].into();
    let source: &dyn Source = Registry::find("feed").expect("is a source");
    let answer = Answer {
        board: "https://feeds.example.gov/",
        url: "https://feeds.example.gov/",
        context: &context,
        content_type: None,
        fetched_at: FETCHED_AT,
        body: &body,
    };
    source.read(&answer).unwrap_or_else(|rejection| panic!("{name}: {rejection:?}"))
}

fn postings(reading: Reading) -> Vec<RawPosting> {
    let posting = |record| match record {
        Record::Posting(posting) => *posting,
        Record::Rejected(rejection) => panic!("{rejection:?}"),
    };
    reading.records.into_iter().map(posting).collect()
}

#[test]
#[ignore = "needs the shared data"]
fn feeds_of_states_are_read_with_every_field_that_they_fill() {
    for (name, count) in [("neogov_sample.rss", 5), ("less_items.rss", 2), ("expired.rss", 1), ("bad_locations.rss", 1)]
    {
        let reading = read(name, "neogov");
        assert_eq!(reading.findings, [], "{name}");
        let postings = postings(reading);
        assert_eq!(postings.len(), count, "{name}");
        for posting in postings {
            assert_eq!(posting.company.as_deref(), Some("State of Michigan, MI"), "{name}");
            assert!(posting.url.is_some() && !posting.title.is_empty(), "{posting:?}");
            assert!(posting.employment.is_some() && posting.department.is_some(), "{posting:?}");
            assert!(!posting.sections.is_empty() && !posting.tags.is_empty() && !posting.places.is_empty(), "{name}");
            // One feed says `Invalid Date`, which is no date and no reason to lose the posting.
            let undated = posting.posted_at.is_none();
            assert!(!undated || name == "neogov_sample.rss", "{posting:?}");
            let told: &[&str] = if undated { &["date-unreadable"] } else { &[] };
            assert_eq!(posting.warnings, told, "{name}: {}", posting.title);
            let unpaid = posting.employment.as_ref().is_some_and(|kind| kind.value.contains("Non Paid"));
            assert_eq!(posting.pay.is_empty(), unpaid, "{name}: {}", posting.title);
            assert!(posting.pay.iter().all(|pay| pay.period.is_some() && pay.currency.is_some()), "{name}");
        }
    }
}

#[test]
#[ignore = "needs the shared data"]
fn federal_feeds_are_read_and_say_what_is_not_open() {
    for (name, count, closed) in
        [("sample.xml", 3, 0), ("recruiting_sample.xml", 1, 0), ("bad_locations.xml", 2, 0), ("anti_sample.xml", 3, 1)]
    {
        let reading = read(name, "federal");
        assert_eq!(reading.findings, [], "{name}");
        let postings = postings(reading);
        assert_eq!(postings.len(), count, "{name}");
        assert_eq!(postings.iter().filter(|posting| posting.listed == Some(false)).count(), closed, "{name}");
        for posting in postings {
            assert!(posting.company.is_some() && posting.posted_at.is_some() && posting.closes_at.is_some(), "{name}");
            assert!(!posting.places.is_empty() && !posting.sections.is_empty(), "{name}: {posting:?}");
            assert!(posting.pay.iter().all(|pay| pay.currency.is_some() && pay.period.is_some()), "{name}");
            assert!(!posting.pay.is_empty(), "{name}: {}", posting.title);
            assert_eq!(posting.warnings, [] as [&str; 0], "{name}: {}", posting.title);
        }
    }
}
