//! What the tests of employers' boards share: all records of an inline body at once.

use std::collections::BTreeMap;

use pipeline_core::source::{RawPosting, Reading, Record, Rejection, Source};

use super::sample;

/// What `body`, saved from the board `acme`, means to `source`.
pub(super) fn read_with(source: &dyn Source, body: &str) -> Result<Reading, Rejection> {
    read_crawled(source, "acme", body, &[])
}

/// What `body` of `board`, whose request carried `context`, means to `source`.
pub(super) fn read_crawled(
    source: &dyn Source,
    board: &str,
    body: &str,
    context: &[(&str, &str)],
) -> Result<Reading, Rejection> {
    let context: BTreeMap<String, String> =
        context.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    sample::read_with(source, board, "file:acme.json", &context, body)
}

/// The postings of `body`, all of whose records must be postings.
pub(super) fn postings(source: &dyn Source, body: &str) -> Vec<RawPosting> {
    let records = read_with(source, body).expect("is a body of the source").records;
    let postings = records.into_iter().map(|record| match record {
        Record::Posting(posting) => *posting,
        Record::Rejected(rejection) => panic!("{rejection:?}"),
    });
    postings.collect()
}

/// The rule that rejected each record, `ok` for a posting.
pub(super) fn rules(reading: &Reading) -> Vec<&'static str> {
    let rules = reading.records.iter().map(|record| match record {
        Record::Posting(_) => "ok",
        Record::Rejected(rejection) => rejection.rule,
    });
    rules.collect()
}

/// The board that each of the addresses `urls` belongs to, by its name and its parameters; empty where there is none.
pub(super) fn boards_at(source: &dyn Source, urls: &[&str]) -> Vec<String> {
    let name = |url: &&str| {
        let url = url::Url::parse(url).expect("is an address");
        let Some(board) = source.board_at(&url) else { return String::new() };
        assert!(source.start(&board).is_ok(), "{url}: its board can be asked");
        let parameters = board.parameters.iter().map(|(name, value)| format!(" {name}={value}"));
        parameters.fold(board.name.clone(), |text, parameter| text + &parameter)
    };
    urls.iter().map(name).collect()
}
