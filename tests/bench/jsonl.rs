//! How fast JSON lines become a table: each line straight into columns, the columns into Parquet files of the lake.
//! `tests/peers/jsonl.py` writes the lines, runs this beside Polars and compares the rows of both.
//!
//! ```console
//! $ cargo bench -p pipeline-lake --bench jsonl -- LINES.ndjson FOLDER
//! ```
//!
//! Every line on standard input runs one more round, whose CPU seconds over all threads are printed; FOLDER holds the files of
//! the last one.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on must stop")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads files and the processor's clock")]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use cpu_time::ProcessTime;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use pipeline_core::ports::SimulatedClock;
use pipeline_lake::{Lake, Lines, Mode};
use schemas::{Json, Micros, Partition, Row as _};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rows that are written at once.
const BATCH_ROWS: usize = 1_000;

schemas::table! {
    /// Postings as somebody saved them.
    SavedRow = "saved", key [id], partition [];
    /// The id.
    id: String,
    /// The title.
    title: String,
    /// The employer.
    company: Option<String>,
    /// Every place.
    places: Vec<String>,
    /// The pay, as an object.
    pay: Json,
    /// When it was published.
    posted_at: Option<Micros>,
    /// Whether it is remote.
    remote: Option<bool>,
    /// How many applied.
    applicants: Option<i64>,
    /// The description.
    description: String,
    /// The page.
    url: Option<String>,
}

async fn round(lines: &str, folder: &Path) -> u64 {
    drop(std::fs::remove_dir_all(folder));
    std::fs::create_dir_all(folder).unwrap();
    let store: Arc<dyn ObjectStore> = Arc::new(LocalFileSystem::new_with_prefix(folder).unwrap());
    let lake = Lake::new(store, Arc::new(SimulatedClock::at(Micros(0))));
    let mut writer = lake.table(SavedRow::TABLE).await.unwrap().writer(Partition(Vec::new()));
    let mut rows = Lines::new(SavedRow::TABLE);
    let mut reader = BufReader::with_capacity(1 << 18, File::open(lines).unwrap());
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).unwrap() > 0 {
        rows.add(line.trim_ascii_end()).unwrap();
        line.clear();
        if rows.rows() == BATCH_ROWS {
            writer.write(&rows.batch().unwrap()).await.unwrap();
        }
    }
    writer.write(&rows.batch().unwrap()).await.unwrap();
    writer.commit(Mode::Replace).await.unwrap().rows
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [lines, folder] = arguments.as_slice() else {
        println!("name a file of lines and a folder");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        line.unwrap();
        let began = ProcessTime::now();
        let rows = runtime.block_on(round(lines, Path::new(folder)));
        println!("{} {rows}", began.elapsed().as_secs_f64());
    }
}
