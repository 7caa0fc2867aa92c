//! How fast raw texts become pairs of near-duplicates. `tests/peers/near.py` writes the texts, runs this beside its peers and
//! compares the pairs. With `resolve N` instead of a file: CPU seconds of linking N postings of one employer.
//!
//! ```console
//! $ cargo bench -p pipeline-rules --bench near -- TEXTS.ndjson [PAIRS]
//! $ cargo bench -p pipeline-rules --bench near -- resolve 50000
//! ```
//!
//! Each line of `TEXTS.ndjson` is one text as a JSON string. The candidate pairs are written once; then every line on standard input
//! runs one more round, whose CPU seconds are printed.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on must stop")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads files and the processor's clock")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{BufRead as _, Write as _};

use cpu_time::ProcessTime;
use pipeline_rules::likeness::{self, Likeness};
use pipeline_rules::resolve::{Evidence, resolve};
use schemas::Micros;
use schemas::tables::PostingRow;

/// Members of a band that each text meets; no text of the measurement has as many copies.
const MOST: usize = 64;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["resolve", count] => one_employer(count.parse().unwrap()),
        [texts] => rounds(texts, None),
        [texts, pairs] => rounds(texts, Some(pairs)),
        _ => println!("name a file of texts, one JSON string a line"),
    }
}

fn rounds(texts: &str, pairs: Option<&str>) {
    let texts: Vec<String> =
        std::fs::read_to_string(texts).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    if let Some(path) = pairs {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
        for (left, right) in found(&texts) {
            writeln!(file, "{left} {right}").unwrap();
        }
    }
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        line.unwrap();
        let began = ProcessTime::now();
        black_box(found(black_box(&texts)));
        println!("{}", began.elapsed().as_secs_f64());
    }
}

/// Everything that a posting's text is compared by, as the stage computes it, and the pairs that are then looked at.
fn found(texts: &[String]) -> Vec<(usize, usize)> {
    // Hash and word set go into the posting's row at once.
    let row = |text: &String| {
        let Likeness { words_hash, word_set, sketch } = black_box(likeness::of(text));
        black_box((words_hash, word_set));
        sketch
    };
    let sketches: Vec<Vec<u8>> = texts.iter().map(row).collect();
    let sketches: Vec<&[u8]> = sketches.iter().map(Vec::as_slice).collect();
    likeness::candidates(&sketches, MOST)
}

/// Postings of one employer: a third under one title, texts that share most of their words, each fourth a copy but for a word.
fn one_employer(count: usize) {
    let common: String = (0..150).map(|n| format!("shared{n} ")).collect();
    let postings: Vec<PostingRow> = (0..count)
        .map(|n| {
            let of = n / 4;
            let own: String = (0..150).map(|word| format!("own{}x{word} ", of)).collect();
            let likeness = likeness::of(&format!("{common}{own} copy{n}"));
            let title = if n % 3 == 0 { "Associate".to_owned() } else { format!("Clerk {}", of % 5_000) };
            PostingRow {
                posting_id: format!("p{n:07}"),
                source: ["greenhouse", "indeed"][n % 2].to_owned(),
                board: "acme".to_owned(),
                title,
                company_key: "acme".to_owned(),
                text_hash: likeness.words_hash,
                text_sketch: likeness.sketch,
                text_words: likeness.word_set,
                seen_at: Micros(n as i64),
                ..PostingRow::default()
            }
        })
        .collect();
    let began = ProcessTime::now();
    let roles = resolve("00", postings, &BTreeMap::new(), &BTreeMap::new(), &Evidence::default(), Micros(count as i64));
    println!(
        "{count} postings of one employer, {} roles, {:.2} CPU seconds",
        roles.len(),
        began.elapsed().as_secs_f64()
    );
}
