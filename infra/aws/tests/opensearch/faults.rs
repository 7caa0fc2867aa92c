//! What goes wrong between the client and OpenSearch, and what comes of it.

use std::time::{Duration, Instant};

use infra_aws::OpenSearchIndex;
use pipeline_core::ErrorKind;
use pipeline_core::ports::{IndexedRole, OwnItem, OwnQuery, OwnWrite, Probe, Search, SearchQuery};
use pipeline_core::{Micros, UserId};
use schemas::documents::IndexDocument;
use support::servers::address;

use super::proxy::{self, Deed};
use super::{Prefix, aws, documents, open};

fn roles(range: std::ops::Range<usize>, title: &str) -> Vec<IndexedRole> {
    let role =
        |number| IndexDocument { job_id: format!("{number:05}"), title: title.to_owned(), ..IndexDocument::default() };
    range.map(|number| IndexedRole { document: role(number), text: "Rust and more".to_owned() }).collect()
}

fn item(id: &str) -> OwnWrite {
    OwnWrite::Put(OwnItem {
        user_id: UserId("ada".to_owned()),
        id: id.to_owned(),
        kind: "saved".to_owned(),
        text: "rust".to_owned(),
        body: serde_json::json!({"id": id}),
        changed_at: Micros(1),
    })
}

fn all() -> SearchQuery {
    SearchQuery { words: "rust".to_owned(), limit: 1_000, ..SearchQuery::default() }
}

async fn publish(index: &dyn Search, generation: &str, count: usize) {
    index.begin(generation).await.unwrap();
    for start in (0..count).step_by(100) {
        index.add(generation, roles(start..(start + 100).min(count), "Engineer")).await.unwrap();
    }
    assert_eq!(index.seal(generation).await.unwrap(), count as u64);
    index.activate(generation).await.unwrap();
}

/// Publishes, finds and writes through a proxy with this plan.
async fn survives(plan: impl Fn(usize, &str) -> Deed + Send + Sync + 'static) {
    let (prefix, folder) = (Prefix::new(), tempfile::tempdir().unwrap());
    let server = proxy::start(address("opensearch"), plan).await;
    let (index, aws) = open(&server, &prefix.0, "", &folder).await;
    publish(&index, "g1", 500).await;
    publish(&index, "g2", 250).await;
    assert_eq!(index.query(&all()).await.unwrap().total, 250);
    index.activate("g1").await.unwrap();
    assert_eq!(index.query(&all()).await.unwrap().total, 500);
    index.drop_generation("g2").await.unwrap();
    assert_eq!(index.generations().await.unwrap(), ["g1"]);
    assert!(index.write_own(vec![item("a"), item("b"), item("c"), item("d")]).await.unwrap().is_empty());
    let own = OwnQuery { user_id: UserId("ada".to_owned()), words: String::new(), kinds: vec![], offset: 0, limit: 10 };
    assert_eq!(index.find_own(&own).await.unwrap().total, 4);
    let refused = aws.calls().snapshot().iter().filter(|(call, _)| call.outcome != "ok").count();
    assert!(refused > 0 || aws.calls().requests()["opensearch.Bulk"] > 9, "nothing went wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_second_request_is_refused_and_nothing_is_lost() {
    survives(|number, _| if number % 2 == 0 { Deed::Refuse([503, 429, 502, 504][number / 2 % 4]) } else { Deed::Pass })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_break_before_and_after_a_request_is_done_and_nothing_is_twice() {
    survives(|number, _| match number % 5 {
        1 => Deed::Drop,
        0 | 3 => Deed::Lose,
        _ => Deed::Pass,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_third_item_is_refused_and_tried_again_by_itself() {
    survives(|_, head| if head.contains("/_bulk") { Deed::RefuseThird } else { Deed::Pass }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_cluster_is_unavailable_in_bounded_time() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = open("http://127.0.0.1:9", "absent", "", &folder).await;
    let began = Instant::now();
    let error = index.begin("g1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert!(error.hint_text().is_some());
    let error = index.query(&all()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(75), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_what_to_allow_and_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    for status in [401, 403] {
        let server = proxy::start(String::new(), move |_, _| Deed::Refuse(status)).await;
        let (index, aws) = open(&server, "denied", "", &folder).await;
        let error = index.query(&all()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied, "{error:?}");
        assert!(error.hint_text().is_some());
        assert_eq!(aws.calls().requests()["opensearch.Search"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_goes_on_where_one_was_killed() {
    let (prefix, folder) = (Prefix::new(), tempfile::tempdir().unwrap());
    let server = address("opensearch");
    let (killed, _) = open(&server, &prefix.0, "", &folder).await;
    publish(&killed, "g1", 10).await;
    killed.begin("g2").await.unwrap();
    killed.add("g2", roles(0..20, "Engineer")).await.unwrap();
    drop(killed);
    let (other, _) = open(&server, &prefix.0, "", &folder).await;
    assert_eq!(other.generations().await.unwrap(), ["g1"], "half a generation is none");
    other.add("g2", roles(10..30, "Engineer")).await.unwrap();
    assert_eq!(other.seal("g2").await.unwrap(), 30);
    let (third, _) = open(&server, &prefix.0, "", &folder).await;
    assert_eq!(third.seal("g2").await.unwrap(), 30, "a seal whose answer was lost");
    third.activate("g2").await.unwrap();
    assert_eq!(other.current().await.unwrap().as_deref(), Some("g2"));
    third.begin("g2").await.unwrap();
    let error = other.drop_generation("g2").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    other.drop_generation("g1").await.unwrap();
    assert_eq!(other.query(&all()).await.unwrap().total, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generation_dropped_while_it_was_built_is_not_sealed() {
    let (prefix, folder) = (Prefix::new(), tempfile::tempdir().unwrap());
    let server = address("opensearch");
    let (index, _) = open(&server, &prefix.0, "", &folder).await;
    index.begin("g1").await.unwrap();
    let (other, _) = open(&server, &prefix.0, "", &folder).await;
    other.drop_generation("g1").await.unwrap();
    // OpenSearch makes an index of its own of what comes late.
    index.add("g1", roles(0..3, "Engineer")).await.unwrap();
    let error = index.seal("g1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
    assert!(index.generations().await.unwrap().is_empty());
    publish(&index, "g1", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probe_says_what_it_saw_and_leaves_nothing_behind() {
    let (prefix, folder) = (Prefix::new(), tempfile::tempdir().unwrap());
    let (index, _) = open(&address("opensearch"), &prefix.0, "", &folder).await;
    let seen = index.probe().await.unwrap();
    assert!(seen.contains("opensearch 3") && seen.contains("none answers"), "{seen}");
    let left = reqwest::get(format!("{}/_cat/indices/{}*?format=json", address("opensearch"), prefix.0)).await.unwrap();
    assert_eq!(left.text().await.unwrap(), "[]");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_shows_in_no_failure() {
    let (aws, folder) = (aws().await, tempfile::tempdir().unwrap());
    let server = proxy::start(String::new(), |_, _| Deed::Refuse(401)).await;
    let address = format!("opensearch+{server}/x?auth=basic&user=ada");
    let index = OpenSearchIndex::open(&aws, &address, Some("hunter2".to_owned()), documents(&folder)).await.unwrap();
    let error = index.current().await.unwrap_err();
    let told = format!("{error:?} {:?} {:?} {index:?}", error.chain(), error.hint_text());
    assert!(!told.contains("hunter2"), "{told}");
    let error = OpenSearchIndex::open(&aws, &address, None, documents(&folder)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}
