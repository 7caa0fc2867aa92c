//! Truth of reading: real answers against what a person read in them, field by field (`tests/reading/labels.tsv`).
//!
//! Needs the folder of shared data beside the project; run by name:
//! `cargo test -p tests --test reading -- --ignored --nocapture`. It prints how many fields of each source are right, wrong
//! and left empty although the answer has them, and names each of the latter two.
#![expect(clippy::print_stdout, reason = "its table is read by people")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use pipeline_core::hash::content_hash;
use pipeline_crawl::Registry;
use pipeline_crawl::certify::FETCHED_AT;
use pipeline_rules::{Normalized, Readers, normalize};
use schemas::Json;
use schemas::tables::{FetchRow, PostingRow};

const LABELS: &str = include_str!("../reading/labels.tsv");
const FIELDS: [&str; 10] = ["id", "title", "company", "city", "country", "remote", "pay", "posted", "text", "link"];

fn payloads() -> PathBuf {
    let folder = PathBuf::from("../../shared/data/payloads");
    assert!(folder.is_dir(), "the shared data are not at {}", folder.display());
    folder
}

fn read(readers: &Readers, source: &str, file: &str) -> Normalized {
    let body = std::fs::read(payloads().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let fetch = FetchRow {
        fetch_id: content_hash(&body),
        source: source.to_owned(),
        day: FETCHED_AT.day(),
        board: file.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default().to_owned(),
        url: format!("file:{file}"),
        context: Json("{}".to_owned()),
        fetched_at: FETCHED_AT,
        origin: "import".to_owned(),
        body,
        ..FetchRow::default()
    };
    normalize(readers, Registry::find(source).unwrap_or_else(|| panic!("no source {source}")), &fetch)
}

/// What the posting says in the form of the label.
fn said(posting: &PostingRow, field: &str) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    match field {
        "id" => posting.external_id.clone(),
        "title" => posting.title.clone(),
        "company" => text(&posting.company),
        "city" => text(&posting.city),
        "country" => text(&posting.country),
        "remote" => text(&posting.remote),
        "pay" => pay(posting),
        "posted" => posting.posted_at.map(|at| at.day().to_string()).unwrap_or_default(),
        "text" => if posting.text.is_empty() { "" } else { "yes" }.to_owned(),
        "link" => text(&posting.url),
        _ => unreachable!("{field} is no field"),
    }
}

fn pay(posting: &PostingRow) -> String {
    let (Some(currency), Some(period)) = (&posting.pay_currency, &posting.pay_period) else { return String::new() };
    let amount = |minor: Option<i64>| {
        let minor = minor.unwrap_or_default();
        if minor % 100 == 0 { (minor / 100).to_string() } else { format!("{}.{:02}", minor / 100, minor % 100) }
    };
    let predicted = if posting.pay_predicted == Some(true) { " predicted" } else { "" };
    format!("{}-{} {currency} {period}{predicted}", amount(posting.pay_min_minor), amount(posting.pay_max_minor))
}

/// Whether two writings of a value are the same: numbers by value, addresses without what tracks, text without case.
fn same(field: &str, label: &str, found: &str) -> bool {
    match field {
        "link" => label.split(['?', '#']).next() == found.split(['?', '#']).next(),
        "pay" => numbers(label) == numbers(found),
        "title" => label.split_whitespace().eq(found.split_whitespace()),
        _ => label.eq_ignore_ascii_case(found),
    }
}

fn numbers(pay: &str) -> Vec<String> {
    let plain = |part: &str| part.parse::<f64>().map_or_else(|_| part.to_owned(), |number| format!("{number:.2}"));
    pay.split(['-', ' ']).map(plain).collect()
}

#[derive(Default)]
struct Tally {
    right: usize,
    wrong: usize,
    empty: usize,
}

#[test]
#[ignore = "needs the shared data"]
fn what_real_answers_say_is_read_as_a_person_reads_it() {
    let readers = Readers::new();
    let mut answers: BTreeMap<(&str, &str), Normalized> = BTreeMap::new();
    let mut table: BTreeMap<(&str, &str), Tally> = BTreeMap::new();
    let (mut odd, mut records) = (Vec::new(), 0);
    for line in LABELS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [file, record, source, labels @ ..] = cells.as_slice() else { panic!("{line}: too short") };
        assert_eq!(labels.len(), FIELDS.len(), "{line}");
        records += 1;
        let read = answers.entry((source, file)).or_insert_with(|| read(&readers, source, file));
        let record: i64 = record.parse().expect("a number");
        let posting = read.postings.iter().find(|posting| posting.external_id == labels[0] || posting.record == record);
        let nothing = PostingRow::default();
        for (field, label) in FIELDS.iter().zip(labels) {
            let found = said(posting.unwrap_or(&nothing), field);
            // Where the source does not name the employer, its board does; nobody wrote that down as a label.
            if label.is_empty() {
                continue;
            }
            let tally = table.entry((source, field)).or_default();
            let applies =
                *field == "link" && same(field, label, &posting.and_then(|p| p.apply_url.clone()).unwrap_or_default());
            if same(field, label, &found) || applies {
                tally.right += 1;
                continue;
            }
            let kind = if found.is_empty() { "empty" } else { "wrong" };
            if found.is_empty() {
                tally.empty += 1
            } else {
                tally.wrong += 1
            }
            odd.push(format!("{kind}: {file} record {record} {field}: due {label:?}, found {found:?}"));
        }
    }
    println!("| source | {} |", FIELDS.join(" | "));
    let sources: std::collections::BTreeSet<&str> = table.keys().map(|(source, _)| *source).collect();
    for source in sources {
        let cells = FIELDS.map(|field| {
            table.get(&(source, field)).map_or_else(String::new, |tally| match (tally.wrong, tally.empty) {
                (0, 0) => tally.right.to_string(),
                (wrong, empty) => format!("{} ({wrong} wrong, {empty} empty)", tally.right),
            })
        });
        println!("| {source} | {} |", cells.join(" | "));
    }
    let sum = |count: fn(&Tally) -> usize| table.values().map(count).sum::<usize>();
    let (right, wrong, empty) = (sum(|tally| tally.right), sum(|tally| tally.wrong), sum(|tally| tally.empty));
    println!("{records} records: {right} fields right, {wrong} wrong, {empty} left empty\n{}", odd.join("\n"));
    assert!(right > 500, "only {right} fields were compared");
    assert!(wrong * 200 <= right, "more than one field in 200 is wrong");
}
