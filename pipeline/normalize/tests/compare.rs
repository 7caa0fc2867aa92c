//! What deriving again would change is told by row and column, and nothing is written.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use pipeline_core::ports::SimulatedClock;
use pipeline_crawl::Registry;
use pipeline_lake::Lake;
use pipeline_normalize::normalize::NormalizeStage;
use pipeline_rules::Readers;
use schemas::tables::{FetchRow, PostingRow, QuarantineRow};
use schemas::{Json, Micros, Partition, Row as _};

const SOURCE: &str = "greenhouse";
const BOARD: &[u8] = include_bytes!("../../../data-samples/greenhouse/board.input.json");
const MALFORMED: &[u8] = include_bytes!("../../../data-samples/greenhouse/malformed.input.json");

fn now() -> Micros {
    "2026-11-20T06:00:00Z".parse().unwrap()
}

/// A lake in memory with two normalised answers of one day.
async fn derived(readers: &Readers) -> (Lake, Partition) {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let lake = Lake::new(store, Arc::new(SimulatedClock::at(now())));
    let fetch = |name: &str, body: &[u8]| FetchRow {
        fetch_id: name.to_owned(),
        source: SOURCE.to_owned(),
        day: now().day(),
        board: name.to_owned(),
        method: "GET".to_owned(),
        url: format!("file:{name}"),
        context: Json("{}".to_owned()),
        fetched_at: now(),
        body_bytes: body.len() as i64,
        body: body.to_vec(),
        origin: "import".to_owned(),
        ..FetchRow::default()
    };
    let partition = Partition::of([SOURCE.to_owned(), now().day().to_string()]);
    let fetches = lake.table(FetchRow::TABLE).await.unwrap();
    fetches.replace(partition.clone(), &[fetch("good", BOARD), fetch("bad", MALFORMED)]).await.unwrap();
    stage(&lake, readers).run(SOURCE, now().day()).await.unwrap();
    (lake, partition)
}

fn stage<'a>(lake: &'a Lake, readers: &'a Readers) -> NormalizeStage<'a> {
    NormalizeStage { lake, sources: &Registry, readers }
}

async fn stored<R: schemas::Row>(lake: &Lake) -> Vec<R> {
    let table = lake.table(R::TABLE).await.unwrap();
    table.rows::<R>(table.files_where(|_| true).await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn the_same_rules_would_change_nothing() {
    let readers = Readers::new();
    let (lake, _) = derived(&readers).await;
    let comparison = stage(&lake, &readers).compare(SOURCE, now().day()).await.unwrap();
    for (table, change) in &comparison.tables {
        assert!(change.same > 0, "{table} has rows");
        assert_eq!((change.changed, change.added, change.removed, change.method_only), (0, 0, 0, 0), "{table}");
    }
}

#[tokio::test]
async fn changed_new_and_gone_rows_are_told_with_examples_and_nothing_is_written() {
    let readers = Readers::new();
    let (lake, partition) = derived(&readers).await;
    let mut postings: Vec<PostingRow> = stored(&lake).await;
    assert!(postings.len() >= 3, "the samples have rows enough");
    let (first, lost) = (postings[0].clone(), postings.pop().unwrap());
    postings[0].title = "As older rules read it".to_owned();
    postings[1].method = "normalize-0".to_owned();
    postings.push(PostingRow { posting_id: "greenhouse_job_gone".to_owned(), ..first.clone() });
    lake.table(PostingRow::TABLE).await.unwrap().replace(partition.clone(), &postings).await.unwrap();
    lake.table(QuarantineRow::TABLE).await.unwrap().replace(partition, &[] as &[QuarantineRow]).await.unwrap();
    let before = lake.table(PostingRow::TABLE).await.unwrap().hash().await.unwrap().hash;

    let comparison = stage(&lake, &readers).compare(SOURCE, now().day()).await.unwrap();

    let change = &comparison.tables["postings"];
    assert_eq!((change.changed, change.added, change.removed, change.method_only), (1, 1, 1, 1));
    assert_eq!(change.columns.keys().collect::<Vec<_>>(), ["title"]);
    let example = &change.columns["title"].examples[0];
    assert_eq!((&example.before, &example.after), (&"As older rules read it".into(), &first.title.into()));
    assert!(change.added_examples[0].starts_with(&lost.posting_id));
    assert!(change.removed_examples[0].starts_with("greenhouse_job_gone"));
    assert!(comparison.tables["quarantine"].added > 0);
    assert_eq!(lake.table(PostingRow::TABLE).await.unwrap().hash().await.unwrap().hash, before);
}
