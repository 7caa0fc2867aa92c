//! Many writers of one table.

use std::collections::BTreeSet;
use std::time::Instant;

use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use pipeline_core::ErrorKind;
use pipeline_lake::Mode;
use schemas::Row as _;
use schemas::tables::ObservationRow;
use serde_json::Value;

use crate::place::{Place, commit, ids, lake};

const WRITERS: usize = 16;
const COMMITS: usize = 100;

/// Half of the writers append to a partition of their own, the others replace ten partitions of their own in turn.
fn partition_of(writer: usize, n: usize) -> (String, Mode) {
    match writer % 2 {
        0 => (format!("w{writer}"), Mode::Append),
        _ => (format!("w{writer}-{}", n % 10), Mode::Replace),
    }
}

/// The ids that must be there at the end, sorted.
fn expected() -> Vec<String> {
    let kept = |writer: usize, n: usize| writer.is_multiple_of(2) || n >= COMMITS - 10;
    let all = (0..WRITERS).flat_map(|writer| (0..COMMITS).map(move |n| (writer, n)));
    let mut ids: Vec<String> =
        all.filter(|&(writer, n)| kept(writer, n)).map(|(writer, n)| format!("{writer}-{n}")).collect();
    ids.sort();
    ids
}

/// The versions of the log, in order, and the data files that lie there.
async fn stored(store: &dyn ObjectStore) -> (Vec<u64>, BTreeSet<String>) {
    let root = Path::from(ObservationRow::TABLE.name);
    let objects: Vec<_> = store.list(Some(&root)).try_collect().await.unwrap();
    let names: Vec<String> = objects.into_iter().map(|object| object.location.to_string()).collect();
    let entry = |name: &String| name.strip_suffix(".json")?.rsplit('/').next()?.parse().ok();
    let mut versions: Vec<u64> = names.iter().filter_map(entry).collect();
    versions.sort_unstable();
    let files = names.into_iter().filter(|name| name.ends_with(".parquet") && !name.contains("_delta_log"));
    (versions, files.collect())
}

/// What every entry of the log ever added.
async fn added(store: &dyn ObjectStore, versions: &[u64]) -> Vec<String> {
    let mut added = Vec::new();
    for version in versions {
        let path = Path::from(format!("{}/_delta_log/{version:020}.json", ObservationRow::TABLE.name));
        let entry = store.get(&path).await.unwrap().bytes().await.unwrap();
        for line in String::from_utf8(entry.to_vec()).unwrap().lines() {
            let action: Value = serde_json::from_str(line).unwrap();
            if let Some(path) = action["add"]["path"].as_str() {
                added.push(format!("{}/{path}", ObservationRow::TABLE.name));
            }
        }
    }
    added
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_writers_of_a_hundred_commits_lose_nothing() {
    let place = Place::new();
    place.open().await;
    let began = Instant::now();
    let writers = (0..WRITERS).map(|writer| {
        let place = Place { folder: place.folder.clone() };
        tokio::spawn(async move {
            let table = place.table().await;
            for n in 0..COMMITS {
                let (source, mode) = partition_of(writer, n);
                let done = commit(&table, &source, &format!("{writer}-{n}"), mode).await.unwrap();
                assert!(done.changed, "writer {writer}, commit {n}");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    report("16 writers", WRITERS * COMMITS, began);

    let (objects, _) = place.open().await;
    let (versions, files) = stored(&objects.store()).await;
    assert_eq!(versions, (0..=(WRITERS * COMMITS) as u64).collect::<Vec<u64>>(), "one version for each commit");
    let added = added(&objects.store(), &versions).await;
    assert_eq!(added.len(), WRITERS * COMMITS, "each commit adds its file once");
    assert!(added.iter().all(|path| files.contains(path)), "no file is referenced that is not there");
    let (first, second) = (place.table().await, place.table().await);
    assert_eq!(ids(&first).await, expected(), "every row that was acknowledged is there once");
    assert_eq!(first.files().await.unwrap(), second.files().await.unwrap());
    opens_in_few_requests(&place).await;
}

/// A process that opens the table of 1,601 versions reads its last checkpoint and what came after.
async fn opens_in_few_requests(place: &Place) {
    let (objects, calls) = place.open().await;
    let table = lake(objects).table(ObservationRow::TABLE).await.unwrap();
    let files = table.files().await.unwrap().len();
    let requests = calls.requests();
    let total: u64 = requests.values().sum();
    assert!(files > 800 && total <= 30, "{files} files by {requests:?}");
    report(&format!("opening 1,601 versions: {requests:?}"), 1, Instant::now());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_writer_pays_few_requests_for_a_commit() {
    let place = Place::new();
    let (objects, calls) = place.open().await;
    let table = lake(objects).table(ObservationRow::TABLE).await.unwrap();
    commit(&table, "a", "first", Mode::Append).await.unwrap();
    let (before, began) = (calls.requests(), Instant::now());
    for n in 0..50 {
        commit(&table, "a", &n.to_string(), Mode::Append).await.unwrap();
    }
    report("one writer", 50, began);
    let total = |requests: std::collections::BTreeMap<String, u64>| requests.values().sum::<u64>();
    let each = (total(calls.requests()) - total(before)) as f64 / 50.0;
    report(&format!("{each} requests for a commit: {:?}", calls.requests()), 50, began);
    assert!(each <= 8.0, "{each} requests for a commit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_create_a_table_at_once_share_it() {
    let place = Place::new();
    place.open().await;
    let tables = futures::future::join_all((0..8).map(|_| place.table())).await;
    for (n, table) in tables.iter().enumerate() {
        commit(table, "a", &n.to_string(), Mode::Append).await.unwrap();
    }
    let (objects, _) = place.open().await;
    assert_eq!(stored(&objects.store()).await.0, (0..=8).collect::<Vec<u64>>(), "it is declared once");
    assert_eq!(ids(&place.table().await).await.len(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_replace_one_partition_at_once_one_is_told_or_both_did() {
    let place = Place::new();
    place.open().await;
    let (one, two) = (place.table().await, place.table().await);
    for n in 0..20 {
        let (first, second) = (format!("one-{n}"), format!("two-{n}"));
        let writes = (commit(&one, "a", &first, Mode::Replace), commit(&two, "a", &second, Mode::Replace));
        let results = futures::future::join(writes.0, writes.1).await;
        let done = [&results.0, &results.1].iter().filter(|result| result.is_ok()).count();
        assert!(done >= 1);
        for error in [results.0.err(), results.1.err()].into_iter().flatten() {
            assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}");
        }
        let left = ids(&place.table().await).await;
        assert!(left == [first.as_str()] || left == [second.as_str()], "{left:?}");
    }
}

#[expect(clippy::print_stdout, reason = "figures for docs/measurements.md")]
fn report(what: &str, commits: usize, began: Instant) {
    let seconds = began.elapsed().as_secs_f64();
    println!("{what}: {commits} in {seconds:.1} s, {:.1} a second", commits as f64 / seconds);
}
