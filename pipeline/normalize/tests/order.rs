//! Neither the order of a day's exchanges nor the files that hold them change what is written; and twice is once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use pipeline_core::ports::SimulatedClock;
use pipeline_core::source::SAME_DAY;
use pipeline_crawl::Registry;
use pipeline_lake::{Lake, Mode};
use pipeline_normalize::normalize::NormalizeStage;
use pipeline_rules::Readers;
use proptest::prelude::*;
use schemas::tables::{FetchRow, FindingRow, ObservationRow, PostingRow, QuarantineRow, ReadingRow};
use schemas::{Json, Micros, Partition, Row as _, Table};

const SOURCE: &str = "greenhouse";
const BOARD: &[u8] = include_bytes!("../../../data-samples/greenhouse/board.input.json");
const MALFORMED: &[u8] = include_bytes!("../../../data-samples/greenhouse/malformed.input.json");
const TRUNCATED: &[u8] = include_bytes!("../../../data-samples/greenhouse/truncated.input.json");
const WRITTEN: [&Table; 5] =
    [ObservationRow::TABLE, PostingRow::TABLE, QuarantineRow::TABLE, FindingRow::TABLE, ReadingRow::TABLE];

fn day(n: i64) -> Micros {
    Micros("2026-11-20T06:00:00Z".parse::<Micros>().unwrap().0 + n * 86_400_000_000)
}

fn fetch(name: &str, at: Micros, body: &[u8]) -> FetchRow {
    FetchRow {
        fetch_id: name.to_owned(),
        source: SOURCE.to_owned(),
        day: at.day(),
        board: "acme".to_owned(),
        method: "GET".to_owned(),
        url: format!("file:{name}"),
        context: Json("{}".to_owned()),
        status: Some(200),
        fetched_at: at,
        body_bytes: body.len() as i64,
        body: body.to_vec(),
        origin: "crawl".to_owned(),
        ..FetchRow::default()
    }
}

fn repeat(name: &str, at: Micros, original: &str, original_at: Micros) -> FetchRow {
    let context = serde_json::json!({ SAME_DAY: original_at.day().to_string() }).to_string();
    FetchRow { same_as: Some(original.to_owned()), context: Json(context), ..fetch(name, at, b"") }
}

/// The exchanges of two days: the same postings several times, some edited, what cannot be read, and repetitions.
fn exchanges() -> [Vec<FetchRow>; 2] {
    let edited = String::from_utf8(BOARD.to_vec()).unwrap().replacen("Engineer", "Artisan", 1).into_bytes();
    let later = |n, micros| Micros(day(n).0 + micros);
    let first = vec![
        fetch("a", later(0, 5), BOARD),
        fetch("b", later(0, 0), BOARD),
        fetch("c", later(0, 0), BOARD),
        fetch("d", later(0, 9), MALFORMED),
        fetch("e", later(0, 1), TRUNCATED),
        repeat("f", later(0, 20), "a", day(0)),
        repeat("g", later(0, 30), "nowhere", day(0)),
    ];
    let second = vec![
        fetch("h", later(1, 3), BOARD),
        fetch("i", later(1, 2), &edited),
        repeat("j", later(1, 4), "b", day(0)),
        repeat("k", later(1, 5), "h", day(1)),
    ];
    [first, second]
}

/// The content hash of each table after both days were normalised, each day's exchanges in files of `in_one`.
async fn normalized(days: &[Vec<FetchRow>; 2], in_one: usize, readers: &Readers) -> Vec<(String, u64)> {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let lake = Lake::new(store, Arc::new(SimulatedClock::at(day(3))));
    let stage = NormalizeStage { lake: &lake, sources: &Registry, readers };
    for exchanges in days {
        let partition = Partition::of([SOURCE.to_owned(), exchanges[0].day.to_string()]);
        let table = lake.table(FetchRow::TABLE).await.unwrap();
        for some in exchanges.chunks(in_one) {
            let mut writer = table.writer(partition.clone());
            writer.write_rows(some).await.unwrap();
            writer.commit(Mode::Append).await.unwrap();
        }
        let outcome = stage.run(SOURCE, exchanges[0].day).await.unwrap();
        assert_eq!(outcome.rows_read, outcome.rows_written + outcome.rows_quarantined);
    }
    let before = hashes(&lake).await;
    for exchanges in days {
        let outcome = stage.run(SOURCE, exchanges[0].day).await.unwrap();
        assert!(!outcome.changed, "normalising twice changes no table");
    }
    assert_eq!(hashes(&lake).await, before);
    before
}

async fn hashes(lake: &Lake) -> Vec<(String, u64)> {
    let mut hashes = Vec::new();
    for spec in WRITTEN {
        let hash = lake.table(spec).await.unwrap().hash().await.unwrap();
        hashes.push((format!("{} {}", spec.name, hash.hash), hash.rows));
    }
    hashes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_a_days_exchanges_in_any_files_gives_the_same_tables(
        first in Just(exchanges()[0].clone()).prop_shuffle(),
        second in Just(exchanges()[1].clone()).prop_shuffle(),
        in_one in 1_usize..8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let readers = Readers::new();
        let expected = runtime.block_on(normalized(&exchanges(), 100, &readers));
        prop_assert!(expected.iter().take(3).all(|(_, rows)| *rows > 3), "{:?}", expected);
        let found = runtime.block_on(normalized(&[first, second], in_one, &readers));
        prop_assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_version_stands_once_and_each_repetition_is_seen() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let lake = Lake::new(store, Arc::new(SimulatedClock::at(day(3))));
    let readers = Readers::new();
    let [first, second] = exchanges();
    let table = lake.table(FetchRow::TABLE).await.unwrap();
    for exchanges in [&first, &second] {
        table.replace(Partition::of([SOURCE.to_owned(), exchanges[0].day.to_string()]), exchanges).await.unwrap();
        let stage = NormalizeStage { lake: &lake, sources: &Registry, readers: &readers };
        stage.run(SOURCE, exchanges[0].day).await.unwrap();
    }
    let postings = lake.table(PostingRow::TABLE).await.unwrap();
    let rows: Vec<PostingRow> = postings.rows(postings.files().await.unwrap()).await.unwrap();
    let of_first: Vec<&PostingRow> = rows.iter().filter(|row| row.day == day(0).day()).collect();
    let distinct: std::collections::BTreeSet<_> = rows.iter().map(|row| (&row.posting_id, &row.version)).collect();
    assert_eq!(distinct.len(), rows.len(), "each version stands once");
    assert_eq!(rows.len(), of_first.len() + 1, "on the second day the edited one alone is new");
    assert!(of_first.iter().filter(|row| row.fetch_id == "b").count() > 1, "of several the one first seen stands");
    assert!(of_first.iter().all(|row| !["a", "c"].contains(&row.fetch_id.as_str())));
    let observations = lake.table(ObservationRow::TABLE).await.unwrap();
    let seen: Vec<ObservationRow> = observations.rows(observations.files().await.unwrap()).await.unwrap();
    let of = |fetch: &str| seen.iter().filter(|row| row.fetch_id == fetch).count();
    assert!(of("a") > 1);
    assert_eq!([of("f"), of("j"), of("k"), of("g")], [of("a"), of("b"), of("h"), 0]);
}
