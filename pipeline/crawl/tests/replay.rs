//! Follows the recorded crawls of `data-samples/`: every request that a source wants sent must have been recorded.
#![expect(clippy::disallowed_methods, reason = "a test of files reads files")]

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::PathBuf;

use pipeline_core::ErrorKind;
use pipeline_core::read;
use pipeline_core::source::{Answer, Ask, Board, Reading, Record, Source, Sources};
use pipeline_crawl::sources::Registry;
use serde_json::Value;

/// A recorded crawl of one board.
#[derive(serde::Deserialize)]
struct Crawl {
    board: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    exchanges: Vec<Exchange>,
}

/// A recorded request and the file with the answer's body.
#[derive(serde::Deserialize)]
struct Exchange {
    method: String,
    url: String,
    body: Option<Value>,
    status: u16,
    content_type: Option<String>,
    file: String,
}

fn folder(source: &dyn Source) -> PathBuf {
    PathBuf::from("../../data-samples").join(source.describe().name)
}

fn crawls(source: &dyn Source) -> Option<Vec<Crawl>> {
    let text = fs::read(folder(source).join("replay.json")).ok()?;
    Some(serde_json::from_slice(&text).expect("is a list of recorded crawls"))
}

/// A body of a request by its meaning; recordings may hold it as text or as JSON.
fn meant(body: &Value) -> Value {
    body.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| body.clone())
}

impl Exchange {
    fn answers(&self, ask: &Ask) -> bool {
        let body = ask.body.as_ref().map(|body| meant(&Value::from(body.as_str())));
        self.method == ask.method && self.url == ask.url && self.body.as_ref().map(meant) == body
    }

    fn read(&self, source: &dyn Source, board: &str, ask: &Ask) -> Reading {
        let body = fs::read(folder(source).join(&self.file)).expect("the recorded body is there");
        let answer = Answer {
            board,
            url: &ask.url,
            context: &ask.context,
            content_type: self.content_type.as_deref(),
            fetched_at: read::instant("2026-11-20T06:00:00Z").expect("is an instant"),
            body: &body,
        };
        source.read(&answer).unwrap_or_else(|rejection| panic!("{}: {rejection:?}", self.file))
    }
}

/// How many postings the recorded `crawl` gives; fails on a request that was not recorded.
fn follow(source: &dyn Source, crawl: &Crawl) -> usize {
    let board = Board { name: crawl.board.clone(), parameters: crawl.parameters.clone() };
    let mut asks = VecDeque::from(source.start(&board).expect("the board can be asked"));
    let mut postings = 0;
    let mut left = 10_000;
    while let Some(ask) = asks.pop_front() {
        left -= 1;
        assert!(left > 0, "the crawl of {} ends", crawl.board);
        let exchange = crawl.exchanges.iter().find(|exchange| exchange.answers(&ask));
        let exchange = exchange.unwrap_or_else(|| panic!("{}: not recorded: {ask:#?}", source.describe().name));
        assert_eq!(exchange.status, 200, "{}", exchange.url);
        let reading = exchange.read(source, &board.name, &ask);
        postings += reading.records.iter().filter(|record| matches!(record, Record::Posting(_))).count();
        asks.extend(reading.next);
    }
    postings
}

#[test]
fn every_recorded_crawl_has_an_answer_to_each_request() {
    for source in Registry.all() {
        let Some(crawls) = crawls(source) else { continue };
        let postings: usize = crawls.iter().map(|crawl| follow(source, crawl)).sum();
        assert!(postings > 0, "{} gives a posting", source.describe().name);
    }
}

#[test]
fn every_source_that_can_be_crawled_has_a_recorded_crawl() {
    let crawlable = |source: &&dyn Source| {
        let refusal = source.start(&Board::default()).err();
        refusal.is_none_or(|error| error.kind() != ErrorKind::Unsupported)
    };
    let without = Registry.all().into_iter().filter(crawlable).filter(|source| crawls(*source).is_none());
    let without: Vec<&str> = without.map(|source| source.describe().name).collect();
    assert!(without.is_empty(), "sources without a recorded crawl: {}", without.join(", "));
}
