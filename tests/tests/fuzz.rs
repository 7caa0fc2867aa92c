//! Whatever a source answers, it is read: no input panics, none takes more than a second, and no record is lost.
//!
//! Every sample of every source is mutated by a generator with fixed seeds and goes the whole way from bytes to rows. A longer run:
//! `FUZZ_ROUNDS=2000 cargo test --release -p tests --test fuzz -- --nocapture`.

#![expect(clippy::print_stdout, reason = "how long the slowest took is read by people")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use cpu_time::ThreadTime;
use pipeline_core::source::Source;
use pipeline_crawl::Registry;
use pipeline_rules::{Readers, normalize};
use schemas::Json;
use schemas::tables::FetchRow;

/// Most CPU time of one answer. A development build is slower by an order of magnitude.
const MOST: Duration = if cfg!(debug_assertions) { Duration::from_secs(10) } else { Duration::from_secs(1) };
/// Mutations of each sample.
const ROUNDS: u64 = 12;
/// Longest mutated answer, in bytes.
const LONGEST: usize = 1 << 20;

/// What trips readers: ends of ranges, signs of other scripts, markup, escapes, money, places and plain repetition.
const BAIT: &[&str] = &[
    "\u{0}",
    "\u{feff}",
    "\u{200b}\u{202e}\u{2066}",
    "\u{e0041}\u{e0042}",
    "𝟙𝟚𝟛",
    "٣٤٥",
    "１２３",
    "é\u{301}\u{301}\u{301}",
    "İıſK",
    "ﷺ",
    "&amp;amp;lt;script&amp;gt;",
    "&#x110000;&#0;&#xD800;",
    "<![CDATA[",
    "<!--",
    "<ul><li><ul><li>",
    "<p style=\"display:none\">",
    "</",
    "\\ud800",
    "\"",
    "\\",
    "}",
    "]",
    "[[[[[[[[",
    "{\"a\":",
    "null",
    "-0",
    "1e999",
    "99999999999999999999999999999999999",
    "$1-$2-$3-$4-$5",
    "$120k–150k / yr – €90.000,00 bis 1.2.3.4,5,6 pro Monat",
    "5+ years 3-5 years 10 - 2 years",
    "UTC+14 to UTC-12 within 99 hours of EST",
    "100% travel 0-200 % 3 days a week in office",
    "Berlin, Paris; NYC / SF | Remote (US, except CA)",
    "C++ C# .NET Go R Node.js",
    "9999-99-99T99:99:99Z",
    "-2147483649",
    "http://[::1]:99999/%zz?a=b#",
];

fn samples(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the samples of the source")
        .map(|entry| entry.expect("a sample").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(".input.")))
        .collect();
    found.sort();
    found
}

/// One to four edits of `bytes`.
fn mutate(bytes: &[u8], other: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..random.usize(1..5) {
        let at = random.usize(..=out.len());
        let end = (at + random.usize(..64)).min(out.len());
        match random.u8(..9) {
            0 => out.splice(at..end, []).for_each(drop),
            1 => out.splice(at..at, bait(random).bytes()).for_each(drop),
            2 => out.splice(at..end, bait(random).bytes()).for_each(drop),
            3 => {
                let piece = out[at..end].to_vec();
                let times = random.usize(1..400);
                out.splice(at..at, piece.repeat(times)).for_each(drop);
            }
            4 => {
                let times = random.usize(1..5_000);
                out.splice(at..at, bait(random).repeat(times).into_bytes()).for_each(drop);
            }
            5 => out.truncate(at),
            6 if !other.is_empty() => {
                let from = random.usize(..other.len());
                let to = (from + random.usize(..2_000)).min(other.len());
                out.splice(at..end, other[from..to].iter().copied()).for_each(drop);
            }
            7 => out.iter_mut().skip(at).take(random.usize(1..8)).for_each(|byte| *byte = random.u8(..)),
            _ => out.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.u8(..8)),
        }
        out.truncate(LONGEST);
    }
    out
}

fn bait(random: &mut fastrand::Rng) -> &'static str {
    BAIT[random.usize(..BAIT.len())]
}

fn fetch(source: &str, body: Vec<u8>) -> FetchRow {
    FetchRow {
        fetch_id: "fuzz".to_owned(),
        source: source.to_owned(),
        day: "2026-11-20".parse().expect("a day"),
        board: "acme".to_owned(),
        method: "GET".to_owned(),
        url: "https://example.org/jobs".to_owned(),
        context: Json("{}".to_owned()),
        status: Some(200),
        fetched_at: "2026-11-20T06:00:00Z".parse().expect("an instant"),
        body_bytes: body.len() as i64,
        body,
        origin: "crawl".to_owned(),
        ..FetchRow::default()
    }
}

/// Reads one answer; every record must be kept or rejected, and every offset must lie in its text.
fn check(readers: &Readers, source: &dyn Source, name: &str, body: Vec<u8>) -> Duration {
    let fetch = fetch(name, body);
    let began = ThreadTime::now();
    let read = normalize(readers, source, &fetch);
    let took = began.elapsed();
    assert_eq!(read.rows_read as usize, read.observations.len() + read.quarantine.len(), "{name} lost a record");
    for posting in &read.postings {
        if let (Some(start), Some(end)) = (posting.pay_start, posting.pay_end) {
            let quoted = posting.text.get(start as usize..end as usize);
            assert_eq!(quoted, posting.pay_quote.as_deref(), "{name}: the quote of pay is elsewhere");
        }
        let provenance: serde_json::Value = serde_json::from_str(&posting.provenance.0).expect("provenance is JSON");
        for (column, facts) in provenance.as_object().expect("an object") {
            if let (Some(start), Some(end), true) =
                (facts["start"].as_u64(), facts["end"].as_u64(), facts["from"] == "text")
            {
                assert!(
                    posting.text.get(start as usize..end as usize).is_some(),
                    "{name}: {column} is not in the text"
                );
            }
        }
    }
    took
}

#[test]
fn no_answer_of_any_source_panics_takes_long_or_loses_a_record() {
    let rounds = std::env::var("FUZZ_ROUNDS").ok().map_or(ROUNDS, |rounds| rounds.parse().expect("a number"));
    let readers = Readers::new();
    let (mut answers, mut slowest) = (0_u64, (Duration::ZERO, String::new()));
    for source in Registry::every() {
        let name = source.describe().name;
        let bodies: Vec<Vec<u8>> = samples(&Path::new("../data-samples").join(name))
            .iter()
            .map(|path| std::fs::read(path).expect("a sample"))
            .collect();
        assert!(!bodies.is_empty(), "{name} has no samples");
        for (index, body) in bodies.iter().enumerate() {
            for round in 0..rounds {
                let mut random = fastrand::Rng::with_seed(round << 16 | index as u64);
                let other = &bodies[random.usize(..bodies.len())];
                let mutated = mutate(body, other, &mut random);
                let (length, took) = (mutated.len(), check(&readers, source, name, mutated));
                assert!(took < MOST, "{name}, sample {index}, round {round}: {took:?} for {length} bytes");
                answers += 1;
                if took > slowest.0 {
                    slowest = (took, format!("{name}, sample {index}, round {round}, {length} bytes"));
                }
            }
        }
    }
    println!("{answers} answers; the slowest took {:?} ({})", slowest.0, slowest.1);
}
