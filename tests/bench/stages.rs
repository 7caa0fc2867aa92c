//! How much memory and processor time `normalize` and `resolve` take, by the number of postings.
//!
//! ```console
//! $ cargo bench -p pipeline-normalize --bench stages -- POSTINGS FOLDER
//! ```
//!
//! Makes a lake in FOLDER out of two imports of made-up JSON lines: all postings on one day, and a tenth of them once more on
//! the next, half of those edited. Employers are as many as a fortieth of the postings, their sizes after Zipf's law. Each step prints its rows,
//! processor seconds and the highest resident set of the process during it, as Linux counts it. It deletes the lake.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on must stop")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads files and the processor's clock")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use cpu_time::ProcessTime;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use pipeline_core::hash::{Hasher, content_hash};
use pipeline_core::ports::SimulatedClock;
use pipeline_crawl::Registry;
use pipeline_lake::{Lake, Mode};
use pipeline_normalize::normalize::NormalizeStage;
use pipeline_normalize::resolve::ResolveStage;
use pipeline_rules::Readers;
use schemas::tables::FetchRow;
use schemas::{Json, Micros, Partition, Row as _};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SOURCE: &str = "mapped";
const FIRST: Micros = Micros(1_795_000_000_000_000);
const DAY_US: i64 = 86_400_000_000;
/// Bytes of a body, as `waypost import` makes them.
const PIECE_BYTES: usize = 1024 * 1024;
const MAPPING: &str = r#"name = "made"
[columns]
id = "id"
title = "title"
company = "company"
location = "location"
posted_at = "posted_at"
salary_text = "salary"
description = "description"
"#;
const TITLES: &[&str] = &[
    "Software Engineer",
    "Data Engineer",
    "Nurse",
    "Welder",
    "Accountant",
    "Account Manager",
    "Store Manager",
    "Forklift Operator",
    "Mechanical Engineer",
    "Teacher",
    "Line Cook",
    "Product Manager",
    "UX Designer",
    "Sales Representative",
    "Electrician",
    "Pharmacist",
    "Recruiter",
    "Data Scientist",
    "Truck Driver",
    "Paralegal",
];
const LEVELS: &[&str] = &["", "Senior ", "Junior ", "Lead "];
const PLACES: &[&str] = &["Berlin, Germany", "Austin, TX", "Paris, France", "Remote", "London, UK", "Toronto, Canada"];
const WORDS: &str = "team work build customers systems Python SQL deliver with our the and you will plan safety quality \
    support design operate maintain report improve weekly patients students machines Kubernetes AWS invoices Excel drive \
    process manage learn experience years degree flexible remote benefits insurance pension office growth people care";

/// Numbers that look random and follow from the seed.
struct Numbers(u64);

impl Numbers {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    fn among<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u64) as usize]
    }

    /// A rank below `n` whose likelihood falls as one over the rank, by whole octaves.
    fn skewed(&mut self, n: u64) -> u64 {
        let octaves = u64::from(64 - n.leading_zeros());
        loop {
            let start = 1_u64 << self.below(octaves);
            let rank = start + self.below(start);
            if rank <= n {
                return rank - 1;
            }
        }
    }
}

/// The name of the employer of a rank: two made-up words of letters.
fn employer(rank: u64) -> String {
    let mut numbers = Numbers::new(rank + 1_000_003);
    let mut name = String::new();
    for _ in 0..4 {
        name.push(char::from(b'a' + numbers.below(26) as u8));
        name.push(char::from(b"aeiou"[numbers.below(5) as usize]));
    }
    format!("{name} {rank}")
}

/// One posting as a line of JSON; every sixteenth repeats the text of the one before.
fn line(number: u64, employers: u64, edited: bool, words: &[&str], out: &mut String) {
    let model = if number.is_multiple_of(16) { number.saturating_sub(1) } else { number };
    let mut numbers = Numbers::new(model + 1);
    let company = employer(numbers.skewed(employers));
    let (level, title, place) = (numbers.among(LEVELS), numbers.among(TITLES), numbers.among(PLACES));
    let pay = 40 + numbers.below(90);
    let mut text = format!("{company} looks for a {title}.");
    for _ in 0..70 + numbers.below(60) {
        text.push(' ');
        text.push_str(numbers.among(words));
    }
    let edit = if edited { " Apply until Friday." } else { "" };
    let day = 1 + number % 28;
    writeln!(
        out,
        r#"{{"id":"{number}","title":"{level}{title}","company":"{company}","location":"{place}","posted_at":"2026-10-{day:02}","salary":"${pay},000 - ${},000 per year","description":"{text}{edit}"}}"#,
        pay + 20,
    )
    .unwrap();
}

/// Writes the exchanges of one day; `which` says of each number whether it is there and whether it is edited.
async fn import(lake: &Lake, postings: u64, day: i64, which: impl Fn(u64) -> Option<bool>) -> u64 {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let at = Micros(FIRST.0 + day * DAY_US);
    let table = lake.table(FetchRow::TABLE).await.unwrap();
    let mut writer = table.writer(Partition::of([SOURCE.to_owned(), at.day().to_string()]));
    let (mut piece, mut sequence, mut written) = (String::new(), 0, 0);
    for number in 0..postings {
        if let Some(edited) = which(number) {
            line(number, (postings / 40).max(8), edited, &words, &mut piece);
            written += 1;
        }
        if piece.len() >= PIECE_BYTES || number + 1 == postings && !piece.is_empty() {
            let body = std::mem::take(&mut piece).into_bytes();
            let row = FetchRow {
                fetch_id: Hasher::new("made").part(day.to_le_bytes()).part(i64::to_le_bytes(sequence)).hex(32),
                source: SOURCE.to_owned(),
                day: at.day(),
                board: "made".to_owned(),
                sequence,
                method: "GET".to_owned(),
                url: "file:made.ndjson".to_owned(),
                context: Json(serde_json::json!({"mapping": MAPPING}).to_string()),
                fetched_at: at,
                body_bytes: body.len() as i64,
                body_hash: content_hash(&body),
                body,
                origin: "import".to_owned(),
                ..FetchRow::default()
            };
            writer.write_rows(std::slice::from_ref(&row)).await.unwrap();
            sequence += 1;
        }
    }
    writer.commit(Mode::Append).await.unwrap();
    written
}

/// A step being measured.
struct Step(ProcessTime);

impl Step {
    fn begin() -> Self {
        // Linux forgets the highest resident set so far.
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        Self(ProcessTime::now())
    }

    fn end(self, name: &str, rows: u64) {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let kib = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap()
        };
        println!(
            "{name}: {rows} rows, {:.1} CPU s, {:.1} MiB at most",
            self.0.elapsed().as_secs_f64(),
            kib("VmHWM") / 1024.0
        );
    }
}

async fn measure(postings: u64, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let store: Arc<dyn ObjectStore> = Arc::new(LocalFileSystem::new_with_prefix(folder).unwrap());
    let lake = Lake::new(store, Arc::new(SimulatedClock::at(FIRST)));
    let step = Step::begin();
    let first = import(&lake, postings, 0, |_| Some(false)).await;
    let again = import(&lake, postings, 1, |number| (number % 10 == 3).then_some(number % 20 == 3)).await;
    step.end("import", first + again);
    let readers = Readers::new();
    let stage = NormalizeStage { lake: &lake, sources: &Registry, readers: &readers };
    for (source, day) in stage.partitions().await.unwrap() {
        let step = Step::begin();
        let outcome = stage.run(&source, day).await.unwrap();
        step.end(&format!("normalize {day}"), outcome.rows_written);
    }
    let step = Step::begin();
    let outcome = ResolveStage { lake: &lake }.run().await.unwrap();
    step.end("resolve", outcome.rows_written);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [postings, folder] = arguments.as_slice() else {
        println!("name a number of postings and a folder");
        return;
    };
    let folder = Path::new(folder).join("stages-bench-lake");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(postings.parse().unwrap(), &folder));
    std::fs::remove_dir_all(&folder).unwrap();
}
