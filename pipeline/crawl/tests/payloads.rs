//! Real answers of vendors, read where they lie: they keep their contracts, and no source panics or invents on them.
//!
//! Needs the folder of shared data beside the project; run by name: `cargo test -p pipeline-crawl --test payloads -- --ignored`.
#![expect(clippy::disallowed_methods, reason = "a test of files reads files")]
#![expect(clippy::print_stdout, reason = "what departs is listed for whoever reads the log")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pipeline_core::source::{Answer, Record, Source};
use pipeline_crawl::Registry;
use pipeline_crawl::certify::FETCHED_AT;

fn shared() -> PathBuf {
    let folder = PathBuf::from("../../../shared/data");
    assert!(folder.is_dir(), "the shared data are not at {}", folder.display());
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("can be listed") {
        let path = entry.expect("can be listed").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The source whose answer `path` is, by the names of file and folder.
fn source_of(path: &Path) -> Option<&'static dyn Source> {
    let text = path.to_string_lossy();
    let named = |name: &str| {
        let folder =
            path.parent().and_then(Path::file_name).is_some_and(|folder| folder.to_string_lossy().starts_with(name));
        let file =
            path.file_name().is_some_and(|file| file.to_string_lossy().trim_start_matches("sample_").starts_with(name));
        folder || file
    };
    if text.contains("ashby_boards") {
        Registry::find("ashby")
    } else if text.contains("/jsonld/") {
        Registry::find("jobposting")
    } else {
        use pipeline_core::source::Sources as _;
        Registry
            .all()
            .into_iter()
            .find(|source| named(source.describe().name))
            .and_then(|s| Registry::find(s.describe().name))
    }
}

/// Files that are not answers, or are broken on purpose.
fn is_answer(path: &Path) -> bool {
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let other =
        ["expected", "invalid", "malformed", "company.json", "LICENSE", "route-detection", "freehire", "options"];
    !other.iter().any(|part| name.contains(part))
        && ["json", "html", "xml", "rss", "txt"].iter().any(|end| name.ends_with(end))
}

#[test]
#[ignore = "needs the shared data"]
fn real_answers_keep_the_contracts_of_their_sources() {
    let mut broken = Vec::new();
    let mut read = BTreeMap::<&str, (usize, usize)>::new();
    let shared = shared();
    for path in files(&shared.join("payloads")).into_iter().chain(files(&shared.join("corpora/ashby_boards"))) {
        let (true, Some(source)) = (is_answer(&path), source_of(&path)) else { continue };
        let body = fs::read(&path).expect("can be read");
        let board = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let name = source.describe().name;
        let reading = source.read(&Answer {
            board: &board,
            url: "https://board.example/jobs",
            context: &BTreeMap::new(),
            content_type: None,
            fetched_at: FETCHED_AT,
            body: &body,
        });
        let place = path.strip_prefix(&shared).expect("is inside").display().to_string();
        match reading {
            Ok(reading) => {
                let postings = reading.records.iter().filter(|record| matches!(record, Record::Posting(_))).count();
                let count = read.entry(name).or_default();
                *count = (count.0 + 1, count.1 + postings);
                for record in &reading.records {
                    if let Record::Rejected(rejection) = record {
                        println!("{place}: rejected by {}: {}", rejection.rule, rejection.reason);
                    }
                }
                for finding in &reading.findings {
                    println!(
                        "{place}: {} {} ({} records, {})",
                        finding.rule, finding.field, finding.records, finding.example
                    );
                    if finding.rule != "field-new" {
                        broken.push(format!("{place}: {} {}: {}", finding.rule, finding.field, finding.example));
                    }
                }
            }
            Err(rejection) => println!("{place}: not read by {name}: {} {}", rejection.rule, rejection.reason),
        }
    }
    for (source, (answers, postings)) in &read {
        println!("{source}: {postings} postings of {answers} answers");
    }
    assert!(read.len() > 10, "only {} sources were tried", read.len());
    assert!(broken.is_empty(), "contracts broken by real answers:\n{}", broken.join("\n"));
}
