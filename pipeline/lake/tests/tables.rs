//! Tables keep what is committed, and only that.

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use pipeline_core::ports::SimulatedClock;
use pipeline_lake::{Lake, Mode};
use schemas::tables::ObservationRow;
use schemas::{Micros, Partition, Row as _};

fn lake(store: &Arc<dyn ObjectStore>) -> Lake {
    Lake::new(Arc::clone(store), Arc::new(SimulatedClock::at(Micros(1_000_000))))
}

fn row(source: &str, id: &str) -> ObservationRow {
    ObservationRow { observation_id: id.to_owned(), source: source.to_owned(), ..ObservationRow::default() }
}

fn day(source: &str) -> Partition {
    Partition::of([source, "1970-01-01"])
}

#[tokio::test]
async fn the_same_rows_again_change_nothing_not_even_the_log() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let table = lake(&store).table(ObservationRow::TABLE).await.unwrap();
    let rows = [row("a", "1"), row("a", "2")];
    assert!(table.replace(day("a"), &rows).await.unwrap().changed);
    let version = table.version().await.unwrap();
    assert!(!table.replace(day("a"), &rows).await.unwrap().changed);
    assert_eq!(table.version().await.unwrap(), version);
}

#[tokio::test]
async fn a_partition_is_replaced_and_its_neighbours_stay() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let table = lake(&store).table(ObservationRow::TABLE).await.unwrap();
    table.replace(day("a"), &[row("a", "1")]).await.unwrap();
    table.replace(day("b odd/name"), &[row("b odd/name", "2")]).await.unwrap();
    table.replace(day("a"), &[row("a", "3")]).await.unwrap();
    let mut rows: Vec<ObservationRow> = table.rows(table.files().await.unwrap()).await.unwrap();
    rows.sort_by(|a, b| a.observation_id.cmp(&b.observation_id));
    assert_eq!(rows, [row("b odd/name", "2"), row("a", "3")]);
}

#[tokio::test]
async fn another_process_sees_what_was_committed() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let table = lake(&store).table(ObservationRow::TABLE).await.unwrap();
    let mut writer = table.writer(day("a"));
    writer.write_rows(&[row("a", "1")]).await.unwrap();
    let other = lake(&store).table(ObservationRow::TABLE).await.unwrap();
    assert_eq!(other.files().await.unwrap().len(), 0, "nothing is visible before the commit");
    writer.commit(Mode::Append).await.unwrap();
    assert_eq!(other.files().await.unwrap().iter().map(|file| file.rows).sum::<u64>(), 1);
}

#[tokio::test]
async fn the_hash_is_over_rows_not_over_files() {
    let one: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let two: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let (one, two) = (lake(&one), lake(&two));
    let (one, two) = (one.table(ObservationRow::TABLE).await.unwrap(), two.table(ObservationRow::TABLE).await.unwrap());
    one.replace(day("a"), &[row("a", "1"), row("a", "2")]).await.unwrap();
    for id in ["2", "1"] {
        let mut writer = two.writer(day("a"));
        writer.write_rows(&[row("a", id)]).await.unwrap();
        writer.commit(Mode::Append).await.unwrap();
    }
    assert_eq!(one.hash().await.unwrap(), two.hash().await.unwrap());
    two.replace(day("b"), &[row("b", "1")]).await.unwrap();
    assert_ne!(one.hash().await.unwrap(), two.hash().await.unwrap());
}

#[tokio::test]
async fn a_table_on_a_disk_that_lists_in_any_order_still_opens() {
    let folder = tempfile::tempdir().unwrap();
    let disk = object_store::local::LocalFileSystem::new_with_prefix(folder.path()).unwrap();
    let store: Arc<dyn ObjectStore> = Arc::new(disk);
    let table = lake(&store).table(ObservationRow::TABLE).await.unwrap();
    for n in 0..30 {
        table.replace(day("a"), &[row("a", &n.to_string())]).await.unwrap();
    }
    let other = lake(&store).table(ObservationRow::TABLE).await.unwrap();
    let rows: Vec<ObservationRow> = other.rows(other.files().await.unwrap()).await.unwrap();
    assert_eq!(rows, [row("a", "29")]);
}

#[tokio::test]
async fn a_hundred_commits_later_the_table_still_opens() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let table = lake(&store).table(ObservationRow::TABLE).await.unwrap();
    for n in 0..120 {
        table.replace(day("a"), &[row("a", &n.to_string())]).await.unwrap();
    }
    let other = lake(&store).table(ObservationRow::TABLE).await.unwrap();
    let rows: Vec<ObservationRow> = other.rows(other.files().await.unwrap()).await.unwrap();
    assert_eq!(rows, [row("a", "119")]);
}

/// The table `observations` as it was before `listed` was declared.
fn older() -> &'static schemas::Table {
    let now = ObservationRow::TABLE;
    let columns = &now.columns[..now.columns.len() - 1];
    Box::leak(Box::new(schemas::Table { columns, ..*now }))
}

#[tokio::test]
async fn a_table_of_an_older_version_gains_the_columns_that_may_be_null() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let old = lake(&store).table(older()).await.unwrap();
    let version = old.version().await.unwrap();
    let table = lake(&store).table(ObservationRow::TABLE).await.unwrap();
    assert_eq!(table.version().await.unwrap(), version + 1, "one commit declares them");
    let rows = [ObservationRow { listed: Some(true), ..row("a", "1") }];
    table.replace(day("a"), &rows).await.unwrap();
    assert_eq!(table.rows::<ObservationRow>(table.files().await.unwrap()).await.unwrap(), rows);
    let again = lake(&store).table(ObservationRow::TABLE).await.unwrap();
    assert_eq!(again.version().await.unwrap(), version + 2, "and once is enough");
    let refused = lake(&store).table(older()).await.err().map(|error| error.kind());
    assert_eq!(refused, Some(pipeline_core::ErrorKind::Invalid), "an older program does not write into a newer table");
}
