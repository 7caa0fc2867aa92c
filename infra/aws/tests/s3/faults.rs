//! A server that asks for patience, answers that get lost, a writer that dies: nothing is lost and nothing is twice.

use std::sync::Arc;

use infra_local::SystemClock;
use pipeline_lake::{Lake, Mode};
use schemas::Row as _;
use schemas::tables::ObservationRow;
use support::proxy::{Action, Proxy, rules};
use support::{FaultStore, Killer, servers};

use crate::place::{Place, commit, ids};

/// Four writers of ten commits each through `proxy`; returns what the table must hold.
async fn write_through(proxy: &Proxy, place: &Place) -> Vec<String> {
    let writers = (0..4).map(|writer| {
        let (address, place) = (proxy.address().to_owned(), Place { folder: place.folder.clone() });
        tokio::spawn(async move {
            let table = place.table_at(&address).await;
            for n in 0..10 {
                let mode = if writer % 2 == 0 { Mode::Append } else { Mode::Replace };
                let done = commit(&table, &format!("w{writer}"), &format!("{writer}-{n}"), mode).await.unwrap();
                assert!(done.changed, "writer {writer}, commit {n}");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let mut expected: Vec<String> = [0, 2].iter().flat_map(|w| (0..10).map(move |n| format!("{w}-{n}"))).collect();
    expected.extend(["1-9".to_owned(), "3-9".to_owned()]);
    expected.sort();
    expected
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_succeeds_while_s3_refuses_half_of_all_requests() {
    let (proxy, place) = (Proxy::start(&servers::address("s3")), Place::new());
    place.table().await;
    proxy.set(rules::s3_slow_down(2));
    let expected = write_through(&proxy, &place).await;
    assert_eq!(ids(&place.table().await).await, expected);
    let slow = proxy.records().iter().filter(|record| record.status == Some(503)).count();
    assert!(slow as u64 >= proxy.count() / 2 - 1, "{slow} of {}", proxy.count());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_done_once() {
    let (proxy, place) = (Proxy::start(&servers::address("s3")), Place::new());
    place.table().await;
    let mut commits: u64 = 0;
    proxy.set(move |seen| {
        let log = seen.method == "PUT" && seen.path.contains("/_delta_log/");
        commits += u64::from(log);
        if log && commits.is_multiple_of(3) { Action::DropAfter } else { Action::Pass }
    });
    let expected = write_through(&proxy, &place).await;
    let table = place.table().await;
    assert_eq!(ids(&table).await, expected);
    assert_eq!(table.version().await.unwrap(), 40, "one version for each commit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_dies_between_data_and_log_leaves_nothing_to_be_seen() {
    let place = Place::new();
    place.table().await;
    let (objects, _) = place.open().await;
    let dying = Arc::new(FaultStore::new(objects.store(), Killer::after(1)));
    let table = Lake::new(dying, Arc::new(SystemClock)).table(ObservationRow::TABLE).await.unwrap();
    commit(&table, "a", "1", Mode::Append).await.unwrap_err();
    let after = place.table().await;
    assert_eq!((after.version().await.unwrap(), after.files().await.unwrap().len()), (0, 0));
    commit(&after, "a", "1", Mode::Append).await.unwrap();
    assert_eq!(ids(&after).await, ["1"], "the file that lay there is taken up");
}
