//! How fast HTML becomes clean text. `tests/peers/html_text.py` writes the pages, runs this beside its peers and compares words.
//!
//! ```console
//! $ cargo bench -p pipeline-rules --bench html -- PAGES.ndjson [TEXTS.ndjson]
//! ```
//!
//! Each line of `PAGES.ndjson` is one page as a JSON string. The texts are written once; then every line on standard input
//! runs one more round, whose CPU seconds are printed.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on must stop")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads files and the processor's clock")]

use std::hint::black_box;
use std::io::{BufRead as _, Write as _};

use cpu_time::ProcessTime;
use pipeline_core::source::Markup;
use pipeline_rules::html::{Warnings, clean};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(pages) = arguments.first() else {
        println!("name a file of pages, one JSON string a line");
        return;
    };
    let pages: Vec<String> =
        std::fs::read_to_string(pages).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    if let Some(texts) = arguments.get(1) {
        let mut file = std::io::BufWriter::new(std::fs::File::create(texts).unwrap());
        for page in &pages {
            let text = clean(page, Markup::Html, &mut Warnings::new());
            writeln!(file, "{}", serde_json::to_string(&text).unwrap()).unwrap();
        }
    }
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        line.unwrap();
        let began = ProcessTime::now();
        for page in &pages {
            black_box(clean(black_box(page), Markup::Html, &mut Warnings::new()));
        }
        println!("{}", began.elapsed().as_secs_f64());
    }
}
