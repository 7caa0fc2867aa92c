//! How fast phrases are found in text. `tests/peers/skills.py` writes phrases and texts, runs this beside its peers and compares
//! what is found.
//!
//! ```console
//! $ cargo bench -p pipeline-rules --bench skills -- PHRASES.txt TEXTS.ndjson [MATCHES.ndjson]
//! ```
//!
//! `PHRASES.txt` has one phrase a line, each line of `TEXTS.ndjson` is one text as a JSON string. What is found is written once, for
//! each text a list of [start, end, phrase] in bytes; then each line on standard input runs one round, whose CPU seconds are
//! printed: `phrases` finds the phrases, `find` what the dictionary finds with its rules, `facts` what it says of each skill.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on must stop")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads files and the processor's clock")]

use std::hint::black_box;
use std::io::{BufRead as _, Write as _};

use cpu_time::ProcessTime;
use pipeline_rules::sections;
use pipeline_rules::skills::Dictionary;
use pipeline_rules::skills::phrases::Phrases;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [phrases, texts, rest @ ..] = arguments.as_slice() else {
        println!("name a file of phrases and one of texts, one JSON string a line");
        return;
    };
    let phrases = std::fs::read_to_string(phrases).unwrap();
    let phrases = Phrases::new(phrases.lines());
    let texts: Vec<String> =
        std::fs::read_to_string(texts).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    if let Some(matches) = rest.first() {
        let mut file = std::io::BufWriter::new(std::fs::File::create(matches).unwrap());
        for text in &texts {
            let found: Vec<_> = phrases.find(text).iter().map(|one| (one.start, one.end, one.phrase)).collect();
            writeln!(file, "{}", serde_json::to_string(&found).unwrap()).unwrap();
        }
    }
    let dictionary = Dictionary::new();
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let what = line.unwrap();
        let began = ProcessTime::now();
        for text in &texts {
            match what.as_str() {
                "find" => drop(black_box(dictionary.find(black_box(text)))),
                "facts" => drop(black_box(dictionary.facts(black_box(text), "", None, &sections::read(text)))),
                _ => drop(black_box(phrases.find(black_box(text)))),
            }
        }
        println!("{}", began.elapsed().as_secs_f64());
    }
}
