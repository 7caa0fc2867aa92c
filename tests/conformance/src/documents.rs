//! The promises of the document port.

use std::time::{Duration, Instant};

use pipeline_core::ErrorKind::{Conflict, Invalid, TooLarge};
use pipeline_core::Micros;
use pipeline_core::ports::{Change, Condition, Documents, Key, Page, Query, Write};
use serde_json::{Value, json};

use crate::{Subject, refused, suite};

suite! { $ documents:
    what_was_never_written_is_not_there,
    a_document_comes_back_as_it_was_written,
    a_put_replaces_the_whole_document,
    the_version_counts_the_writes_from_one,
    a_put_with_condition_absent_succeeds_when_nothing_is_there,
    a_put_with_condition_absent_fails_when_present,
    a_put_with_the_right_version_succeeds,
    a_put_with_another_version_fails_and_changes_nothing,
    a_put_with_a_version_fails_when_nothing_is_there,
    a_delete_removes_and_returns_version_zero,
    a_delete_of_what_is_not_there_succeeds,
    a_delete_with_another_version_fails_and_removes_nothing,
    a_delete_with_the_right_version_removes,
    a_document_is_there_until_it_expires,
    an_expired_document_counts_as_absent_for_conditions,
    an_expired_document_is_in_no_page,
    a_later_put_without_expiry_keeps_the_document,
    an_empty_key_is_refused,
    a_body_that_is_not_an_object_is_refused,
    a_body_of_390_kilobytes_is_kept,
    a_body_over_400_kilobytes_is_refused,
    keys_may_hold_any_text,
    keys_are_compared_with_regard_to_case,
    equal_sort_keys_of_two_partitions_are_two_documents,
    a_transaction_writes_everything,
    a_transaction_of_nothing_succeeds,
    a_transaction_with_a_failing_condition_writes_nothing,
    a_transaction_with_an_unusable_write_writes_nothing,
    a_transaction_that_writes_a_document_twice_is_refused,
    a_transaction_takes_100_writes_and_no_more,
    a_transaction_deletes_and_puts_together,
    a_query_returns_one_partition_in_order_of_bytes,
    a_query_descending_returns_the_last_first,
    a_query_returns_only_what_starts_with_the_prefix,
    a_prefix_is_plain_text,
    a_query_returns_at_most_its_limit,
    a_page_says_where_the_next_starts_only_when_there_is_one,
    pages_of_250_documents_miss_and_repeat_nothing,
    pages_descending_miss_and_repeat_nothing,
    a_query_of_an_unknown_partition_finds_nothing,
    a_list_has_every_document_of_a_prefix,
    twenty_writers_by_version_lose_no_increment,
    of_twenty_who_create_one_document_one_succeeds,
    what_was_written_is_read_at_once,
    many_documents_are_found_by_position,
    twenty_writers_without_condition_count_twenty_versions,
    a_version_begins_anew_after_expiry,
    an_expired_document_begins_anew_in_a_transaction,
    a_key_that_is_too_long_is_refused_and_found_nowhere,
    a_transaction_over_4_megabytes_is_refused,
    a_page_may_start_outside_of_its_prefix,
    what_was_written_is_in_the_feed,
    what_was_removed_is_in_the_feed_as_removed,
    a_feed_goes_on_from_its_position,
    a_position_read_twice_tells_the_same_or_more,
    a_feed_of_many_changes_is_read_in_pieces_without_loss,
    a_feed_ends_with_the_last_change_of_each_document,
    a_feed_at_its_end_tells_nothing,
    a_foreign_position_is_refused,
}

type Store = Subject<dyn Documents>;

fn put(sk: &str, body: Value) -> Write {
    Write::put(Key::new("P", sk), body)
}

fn put_if(sk: &str, condition: Condition) -> Write {
    Write::Put { key: Key::new("P", sk), body: json!({"by": "condition"}), condition, expires_at: None }
}

fn delete_if(sk: &str, condition: Condition) -> Write {
    Write::Delete { key: Key::new("P", sk), condition }
}

fn expiring(store: &Store, sk: &str, after: Duration) -> Write {
    let expires_at = Some(Micros(store.clock.now().0 + after.as_micros() as i64));
    Write::Put { key: Key::new("P", sk), body: json!({}), condition: Condition::None, expires_at }
}

async fn write(store: &Store, write: Write) -> u64 {
    store.port.write(write).await.expect("a write that succeeds")
}

async fn body(store: &Store, sk: &str) -> Option<Value> {
    let document = store.port.get(&Key::new("P", sk)).await.expect("a read that succeeds");
    document.map(|document| document.body)
}

async fn query(store: &Store, query: Query) -> Page {
    store.port.query(&Query { pk: "P".to_owned(), ..query }).await.expect("a query that succeeds")
}

fn sort_keys(page: &Page) -> Vec<&str> {
    page.documents.iter().map(|document| document.key.sk.as_str()).collect()
}

async fn fill(store: &Store, sort_keys: &[&str]) {
    for sk in sort_keys {
        write(store, put(sk, json!({"sk": sk}))).await;
    }
}

async fn fill_250(store: &Store) -> Vec<String> {
    let names: Vec<String> = (0..250).map(|number| format!("D#{number:03}")).collect();
    for chunk in names.chunks(100) {
        let writes = chunk.iter().map(|sk| put(sk, json!({"sk": sk}))).collect();
        store.port.transact(writes).await.expect("a transaction that succeeds");
    }
    names
}

async fn all_pages(store: &Store, mut next: Query) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let page = query(store, next.clone()).await;
        all.extend(sort_keys(&page).into_iter().map(str::to_owned));
        assert!(all.len() <= 1_000, "pages never end");
        match page.next {
            Some(after) => next.after = Some(after),
            None => return all,
        }
    }
}

pub async fn what_was_never_written_is_not_there(store: &Store) {
    assert_eq!(body(store, "A").await, None);
}

pub async fn a_document_comes_back_as_it_was_written(store: &Store) {
    let content = json!({
        "text": "Zoë \u{1F980} \"quoted\" \\ \n \u{0}", "empty": "", "null": null, "list": [1, [2, {}], "x"], "yes": true,
        "int": 9_007_199_254_740_991_i64, "negative": -1, "float": 0.5, "nested": {"a": {"b": []}}
    });
    let expires_at = Some(Micros(store.clock.now().0 + 3_600_000_000));
    let key = Key::new("P", "A");
    let put = Write::Put { key: key.clone(), body: content.clone(), condition: Condition::None, expires_at };
    write(store, put).await;
    let document = store.port.get(&key).await.expect("a read that succeeds").expect("the document");
    assert_eq!(document.key, key);
    assert_eq!(document.body, content);
    assert_eq!(document.version, 1);
    assert_eq!(document.expires_at, expires_at);
}

pub async fn a_put_replaces_the_whole_document(store: &Store) {
    write(store, put("A", json!({"old": 1}))).await;
    write(store, put("A", json!({"new": 2}))).await;
    assert_eq!(body(store, "A").await, Some(json!({"new": 2})));
}

pub async fn the_version_counts_the_writes_from_one(store: &Store) {
    for expected in 1..=3 {
        assert_eq!(write(store, put("A", json!({"n": expected}))).await, expected);
        let document = store.port.get(&Key::new("P", "A")).await.expect("a read that succeeds").expect("the document");
        assert_eq!(document.version, expected);
    }
}

pub async fn a_put_with_condition_absent_succeeds_when_nothing_is_there(store: &Store) {
    assert_eq!(write(store, put_if("A", Condition::Absent)).await, 1);
}

pub async fn a_put_with_condition_absent_fails_when_present(store: &Store) {
    write(store, put("A", json!({"n": 1}))).await;
    refused(store.port.write(put_if("A", Condition::Absent)).await, Conflict);
    assert_eq!(body(store, "A").await, Some(json!({"n": 1})));
}

pub async fn a_put_with_the_right_version_succeeds(store: &Store) {
    let version = write(store, put("A", json!({}))).await;
    assert_eq!(write(store, put_if("A", Condition::Version(version))).await, version + 1);
}

pub async fn a_put_with_another_version_fails_and_changes_nothing(store: &Store) {
    write(store, put("A", json!({"n": 1}))).await;
    write(store, put("A", json!({"n": 2}))).await;
    for version in [0, 1, 3] {
        refused(store.port.write(put_if("A", Condition::Version(version))).await, Conflict);
    }
    assert_eq!(body(store, "A").await, Some(json!({"n": 2})));
}

pub async fn a_put_with_a_version_fails_when_nothing_is_there(store: &Store) {
    refused(store.port.write(put_if("A", Condition::Version(1))).await, Conflict);
    assert_eq!(body(store, "A").await, None);
}

pub async fn a_delete_removes_and_returns_version_zero(store: &Store) {
    write(store, put("A", json!({}))).await;
    assert_eq!(write(store, delete_if("A", Condition::None)).await, 0);
    assert_eq!(body(store, "A").await, None);
    assert_eq!(write(store, put_if("A", Condition::Absent)).await, 1);
}

pub async fn a_delete_of_what_is_not_there_succeeds(store: &Store) {
    assert_eq!(write(store, delete_if("A", Condition::None)).await, 0);
}

pub async fn a_delete_with_another_version_fails_and_removes_nothing(store: &Store) {
    write(store, put("A", json!({}))).await;
    refused(store.port.write(delete_if("A", Condition::Version(2))).await, Conflict);
    refused(store.port.write(delete_if("B", Condition::Version(1))).await, Conflict);
    assert_eq!(body(store, "A").await, Some(json!({})));
}

pub async fn a_delete_with_the_right_version_removes(store: &Store) {
    let version = write(store, put("A", json!({}))).await;
    write(store, delete_if("A", Condition::Version(version))).await;
    assert_eq!(body(store, "A").await, None);
}

pub async fn a_document_is_there_until_it_expires(store: &Store) {
    write(store, expiring(store, "A", Duration::from_secs(2))).await;
    assert!(body(store, "A").await.is_some());
    store.clock.sleep(Duration::from_secs(2)).await;
    assert_eq!(body(store, "A").await, None);
}

pub async fn an_expired_document_counts_as_absent_for_conditions(store: &Store) {
    write(store, expiring(store, "A", Duration::from_secs(1))).await;
    write(store, expiring(store, "B", Duration::from_secs(1))).await;
    store.clock.sleep(Duration::from_secs(1)).await;
    refused(store.port.write(put_if("A", Condition::Version(1))).await, Conflict);
    write(store, put_if("A", Condition::Absent)).await;
    assert_eq!(body(store, "A").await, Some(json!({"by": "condition"})));
    refused(store.port.write(delete_if("B", Condition::Version(1))).await, Conflict);
}

pub async fn an_expired_document_is_in_no_page(store: &Store) {
    fill(store, &["A", "C"]).await;
    write(store, expiring(store, "B", Duration::from_secs(1))).await;
    write(store, expiring(store, "D", Duration::from_secs(1))).await;
    assert_eq!(sort_keys(&query(store, Query::default()).await), ["A", "B", "C", "D"]);
    store.clock.sleep(Duration::from_secs(1)).await;
    let page = query(store, Query { limit: 2, ..Query::default() }).await;
    assert_eq!(sort_keys(&page), ["A", "C"]);
    assert_eq!(page.next, None, "what has expired is no next page");
}

pub async fn a_later_put_without_expiry_keeps_the_document(store: &Store) {
    write(store, expiring(store, "A", Duration::from_secs(1))).await;
    write(store, put("A", json!({"kept": true}))).await;
    store.clock.sleep(Duration::from_secs(2)).await;
    assert_eq!(body(store, "A").await, Some(json!({"kept": true})));
}

pub async fn an_empty_key_is_refused(store: &Store) {
    for key in [Key::new("", "A"), Key::new("P", ""), Key::new("", "")] {
        refused(store.port.write(Write::put(key.clone(), json!({}))).await, Invalid);
        refused(store.port.write(Write::Delete { key, condition: Condition::None }).await, Invalid);
    }
}

pub async fn a_body_that_is_not_an_object_is_refused(store: &Store) {
    for body in [json!(null), json!([]), json!("text"), json!(1), json!(true)] {
        refused(store.port.write(put("A", body)).await, Invalid);
    }
}

pub async fn a_body_of_390_kilobytes_is_kept(store: &Store) {
    let content = json!({"text": "x".repeat(390_000)});
    write(store, put("A", content.clone())).await;
    assert_eq!(body(store, "A").await, Some(content));
}

pub async fn a_body_over_400_kilobytes_is_refused(store: &Store) {
    // 400 KB is at most 409,600 bytes, and what counts is bytes, not characters.
    refused(store.port.write(put("A", json!({"text": "x".repeat(409_600)}))).await, TooLarge);
    refused(store.port.write(put("A", json!({"text": "é".repeat(204_800)}))).await, TooLarge);
    assert_eq!(body(store, "A").await, None);
}

const ODD_KEYS: [&str; 10] =
    [" ", "%", "_", "'; DROP TABLE documents; --", "#", "é", "e\u{301}", "東京", "\u{1F980}", "line\nbreak\ttab"];

pub async fn keys_may_hold_any_text(store: &Store) {
    for key in ODD_KEYS {
        write(store, Write::put(Key::new(key, key), json!({"key": key}))).await;
    }
    for key in ODD_KEYS {
        let document = store.port.get(&Key::new(key, key)).await.expect("a read that succeeds");
        assert_eq!(document.map(|document| document.body), Some(json!({"key": key})), "{key:?}");
    }
}

pub async fn keys_are_compared_with_regard_to_case(store: &Store) {
    fill(store, &["a", "A"]).await;
    assert_eq!(body(store, "a").await, Some(json!({"sk": "a"})));
    assert_eq!(body(store, "A").await, Some(json!({"sk": "A"})));
}

pub async fn equal_sort_keys_of_two_partitions_are_two_documents(store: &Store) {
    write(store, Write::put(Key::new("P", "A"), json!({"in": "P"}))).await;
    write(store, Write::put(Key::new("Q", "A"), json!({"in": "Q"}))).await;
    assert_eq!(body(store, "A").await, Some(json!({"in": "P"})));
    assert_eq!(sort_keys(&query(store, Query::default()).await), ["A"]);
}

pub async fn a_transaction_writes_everything(store: &Store) {
    let writes = vec![put("A", json!({"n": 1})), Write::put(Key::new("Q", "B"), json!({"n": 2}))];
    store.port.transact(writes).await.expect("a transaction that succeeds");
    assert_eq!(body(store, "A").await, Some(json!({"n": 1})));
    assert!(store.port.get(&Key::new("Q", "B")).await.expect("a read that succeeds").is_some());
}

pub async fn a_transaction_of_nothing_succeeds(store: &Store) {
    store.port.transact(Vec::new()).await.expect("a transaction that succeeds");
}

pub async fn a_transaction_with_a_failing_condition_writes_nothing(store: &Store) {
    write(store, put("B", json!({"n": 1}))).await;
    let writes = vec![put("A", json!({})), put_if("B", Condition::Absent), delete_if("C", Condition::None)];
    refused(store.port.transact(writes).await, Conflict);
    assert_eq!(body(store, "A").await, None);
    assert_eq!(body(store, "B").await, Some(json!({"n": 1})));
}

pub async fn a_transaction_with_an_unusable_write_writes_nothing(store: &Store) {
    let unusable = [
        (put("", json!({})), Invalid),
        (put("B", json!([])), Invalid),
        (put("B", json!({"text": "x".repeat(409_600)})), TooLarge),
    ];
    for (write, kind) in unusable {
        refused(store.port.transact(vec![put("A", json!({})), write]).await, kind);
        assert_eq!(body(store, "A").await, None);
    }
}

pub async fn a_transaction_that_writes_a_document_twice_is_refused(store: &Store) {
    refused(store.port.transact(vec![put("A", json!({})), put("A", json!({}))]).await, Invalid);
    refused(store.port.transact(vec![put("A", json!({})), delete_if("A", Condition::None)]).await, Invalid);
    assert_eq!(body(store, "A").await, None);
}

pub async fn a_transaction_takes_100_writes_and_no_more(store: &Store) {
    let writes = |count: usize| (0..count).map(|number| put(&format!("{number:03}"), json!({}))).collect::<Vec<_>>();
    refused(store.port.transact(writes(101)).await, Invalid);
    assert_eq!(body(store, "000").await, None);
    store.port.transact(writes(100)).await.expect("a transaction that succeeds");
    assert_eq!(store.port.list("P", "").await.expect("a list").len(), 100);
}

pub async fn a_transaction_deletes_and_puts_together(store: &Store) {
    let version = write(store, put("A", json!({}))).await;
    let writes = vec![delete_if("A", Condition::Version(version)), put_if("B", Condition::Absent)];
    store.port.transact(writes).await.expect("a transaction that succeeds");
    assert_eq!(sort_keys(&query(store, Query::default()).await), ["B"]);
}

pub async fn a_query_returns_one_partition_in_order_of_bytes(store: &Store) {
    fill(store, &["b", "a", "Z", "é", "aa", "\u{1F980}", "\u{FF5E}", "10", "9"]).await;
    write(store, Write::put(Key::new("Q", "c"), json!({}))).await;
    let page = query(store, Query::default()).await;
    assert_eq!(sort_keys(&page), ["10", "9", "Z", "a", "aa", "b", "é", "\u{FF5E}", "\u{1F980}"]);
    assert_eq!(page.documents[3].body, json!({"sk": "a"}));
    assert_eq!(page.documents[3].version, 1);
}

pub async fn a_query_descending_returns_the_last_first(store: &Store) {
    fill(store, &["a", "c", "b"]).await;
    let page = query(store, Query { descending: true, ..Query::default() }).await;
    assert_eq!(sort_keys(&page), ["c", "b", "a"]);
}

pub async fn a_query_returns_only_what_starts_with_the_prefix(store: &Store) {
    fill(store, &["A#1", "A", "A#2", "B#1", "A$", "a#1"]).await;
    for descending in [false, true] {
        let page = query(store, Query { prefix: "A#".to_owned(), descending, ..Query::default() }).await;
        let mut found = sort_keys(&page);
        found.sort_unstable();
        assert_eq!(found, ["A#1", "A#2"]);
        assert_eq!(page.next, None);
    }
}

pub async fn a_prefix_is_plain_text(store: &Store) {
    fill(store, &["%", "_x", "ax", "\u{10FFFF}", "\u{10FFFF}z"]).await;
    for (prefix, expected) in [("%", vec!["%"]), ("_", vec!["_x"]), ("\u{10FFFF}", vec!["\u{10FFFF}", "\u{10FFFF}z"])] {
        let page = query(store, Query { prefix: prefix.to_owned(), ..Query::default() }).await;
        assert_eq!(sort_keys(&page), expected);
    }
}

pub async fn a_query_returns_at_most_its_limit(store: &Store) {
    fill(store, &["a", "b", "c"]).await;
    for limit in 1..=3 {
        assert_eq!(query(store, Query { limit, ..Query::default() }).await.documents.len(), limit);
    }
}

pub async fn a_page_says_where_the_next_starts_only_when_there_is_one(store: &Store) {
    fill(store, &["a", "b", "c"]).await;
    let first = query(store, Query { limit: 2, ..Query::default() }).await;
    assert_eq!(sort_keys(&first), ["a", "b"]);
    let second = query(store, Query { limit: 2, after: first.next, ..Query::default() }).await;
    assert_eq!(sort_keys(&second), ["c"]);
    assert_eq!(second.next, None);
    assert_eq!(query(store, Query { limit: 3, ..Query::default() }).await.next, None);
}

pub async fn pages_of_250_documents_miss_and_repeat_nothing(store: &Store) {
    let names = fill_250(store).await;
    for limit in [0, 7, 125, 250] {
        assert_eq!(all_pages(store, Query { limit, ..Query::default() }).await, names, "limit {limit}");
    }
}

pub async fn pages_descending_miss_and_repeat_nothing(store: &Store) {
    let mut names = fill_250(store).await;
    names.reverse();
    let query = Query { limit: 40, descending: true, prefix: "D#".to_owned(), ..Query::default() };
    assert_eq!(all_pages(store, query).await, names);
}

pub async fn a_query_of_an_unknown_partition_finds_nothing(store: &Store) {
    let page = query(store, Query::default()).await;
    assert!(page.documents.is_empty());
    assert_eq!(page.next, None);
}

pub async fn a_list_has_every_document_of_a_prefix(store: &Store) {
    let names = fill_250(store).await;
    fill(store, &["C#1", "E#1"]).await;
    let listed = store.port.list("P", "D#").await.expect("a list");
    assert_eq!(listed.into_iter().map(|document| document.key.sk).collect::<Vec<_>>(), names);
}

pub async fn twenty_writers_by_version_lose_no_increment(store: &Store) {
    write(store, put("A", json!({"n": 0}))).await;
    let increments = (0..20).map(|_| {
        let port = store.port.clone();
        tokio::spawn(async move {
            let key = Key::new("P", "A");
            loop {
                let document = port.get(&key).await.expect("a read that succeeds").expect("the document");
                let body = json!({"n": document.body["n"].as_u64().expect("a number") + 1});
                let condition = Condition::Version(document.version);
                match port.write(Write::Put { key: key.clone(), body, condition, expires_at: None }).await {
                    Ok(_) => return,
                    Err(error) => assert_eq!(error.kind(), Conflict, "{error:?}"),
                }
            }
        })
    });
    for increment in increments.collect::<Vec<_>>() {
        increment.await.expect("a writer that ends");
    }
    assert_eq!(body(store, "A").await, Some(json!({"n": 20})));
}

pub async fn of_twenty_who_create_one_document_one_succeeds(store: &Store) {
    let creations = (0..20).map(|_| {
        let port = store.port.clone();
        tokio::spawn(async move { port.write(put_if("A", Condition::Absent)).await })
    });
    let mut succeeded = 0;
    for creation in creations.collect::<Vec<_>>() {
        match creation.await.expect("a writer that ends") {
            Ok(_) => succeeded += 1,
            Err(error) => assert_eq!(error.kind(), Conflict, "{error:?}"),
        }
    }
    assert_eq!(succeeded, 1);
}

pub async fn what_was_written_is_read_at_once(store: &Store) {
    for number in 0..50 {
        write(store, put("A", json!({"n": number}))).await;
        assert_eq!(body(store, "A").await, Some(json!({"n": number})));
    }
}

pub async fn many_documents_are_found_by_position(store: &Store) {
    let names = fill_250(store).await;
    write(store, expiring(store, "gone", Duration::from_secs(1))).await;
    store.clock.sleep(Duration::from_secs(1)).await;
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    wanted.extend(["nothing", "gone", "", "D#007"]);
    let keys: Vec<Key> = wanted.iter().map(|sk| Key::new("P", *sk)).collect();
    let found = store.port.get_many(&keys).await.expect("a read that succeeds");
    let found: Vec<Option<Value>> = found.into_iter().map(|document| document.map(|document| document.body)).collect();
    let mut expected: Vec<Option<Value>> = names.iter().map(|sk| Some(json!({"sk": sk}))).collect();
    expected.extend([None, None, None, Some(json!({"sk": "D#007"}))]);
    assert_eq!(found, expected);
    assert!(store.port.get_many(&[]).await.expect("a read that succeeds").is_empty());
}

pub async fn twenty_writers_without_condition_count_twenty_versions(store: &Store) {
    let writers = (0..20).map(|number| {
        let port = store.port.clone();
        tokio::spawn(async move { port.write(put("A", json!({"n": number}))).await.expect("a write that succeeds") })
    });
    let mut versions = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        versions.push(writer.await.expect("a writer that ends"));
    }
    versions.sort_unstable();
    assert_eq!(versions, (1..=20).collect::<Vec<u64>>());
}

pub async fn a_version_begins_anew_after_expiry(store: &Store) {
    for expected in [1, 2] {
        assert_eq!(write(store, expiring(store, "A", Duration::from_secs(1))).await, expected);
    }
    store.clock.sleep(Duration::from_secs(1)).await;
    assert_eq!(write(store, put("A", json!({"n": 1}))).await, 1);
    assert_eq!(write(store, put("A", json!({"n": 2}))).await, 2);
}

pub async fn an_expired_document_begins_anew_in_a_transaction(store: &Store) {
    for name in ["A", "B", "C"] {
        write(store, expiring(store, name, Duration::from_secs(1))).await;
    }
    store.clock.sleep(Duration::from_secs(1)).await;
    let writes = vec![put("A", json!({"n": 1})), put_if("B", Condition::Absent), delete_if("C", Condition::Absent)];
    store.port.transact(writes).await.expect("a transaction that succeeds");
    let page = query(store, Query::default()).await;
    let versions: Vec<(&str, u64)> = page.documents.iter().map(|it| (it.key.sk.as_str(), it.version)).collect();
    assert_eq!(versions, [("A", 1), ("B", 1)]);
}

pub async fn a_key_that_is_too_long_is_refused_and_found_nowhere(store: &Store) {
    let longest = Key::new("p".repeat(2_048), "é".repeat(512));
    write(store, Write::put(longest.clone(), json!({"kept": true}))).await;
    assert!(store.port.get(&longest).await.expect("a read that succeeds").is_some());
    for key in [Key::new("p".repeat(2_049), "A"), Key::new("P", "é".repeat(513))] {
        refused(store.port.write(Write::put(key.clone(), json!({}))).await, Invalid);
        assert_eq!(store.port.get(&key).await.expect("a read that succeeds"), None);
    }
    let page = store.port.query(&Query { pk: "p".repeat(2_049), ..Query::default() }).await;
    assert!(page.expect("a query that succeeds").documents.is_empty());
}

pub async fn a_transaction_over_4_megabytes_is_refused(store: &Store) {
    let large =
        |count: usize| (0..count).map(|it| put(&it.to_string(), json!({"text": "x".repeat(390_000)}))).collect();
    refused(store.port.transact(large(11)).await, TooLarge);
    assert_eq!(body(store, "0").await, None);
    store.port.transact(large(10)).await.expect("a transaction that succeeds");
    assert_eq!(store.port.list("P", "").await.expect("a list").len(), 10);
}

pub async fn a_page_may_start_outside_of_its_prefix(store: &Store) {
    fill(store, &["C", "D#1", "D#2", "E"]).await;
    for (after, descending, expected) in [
        ("C", false, vec!["D#1", "D#2"]),
        ("E", false, vec![]),
        ("E", true, vec!["D#2", "D#1"]),
        ("C", true, vec![]),
        ("D#15", false, vec!["D#2"]),
    ] {
        let (prefix, after) = ("D#".to_owned(), Some(after.to_owned()));
        let page = query(store, Query { prefix, after: after.clone(), descending, limit: 0, ..Query::default() }).await;
        assert_eq!(sort_keys(&page), expected, "after {after:?}, descending {descending}");
    }
}

/// How long a change may take into the feed.
const FEED_PATIENCE: Duration = Duration::from_secs(30);

/// Reads on from `position` in pieces of `limit` until `enough` holds of what was read and there is no more at once.
async fn feed(
    store: &Store,
    position: &mut Option<String>,
    limit: usize,
    enough: impl Fn(&[Change]) -> bool,
) -> Vec<Change> {
    let began = Instant::now();
    let mut all = Vec::new();
    loop {
        let piece = store.port.changes(position.as_deref(), limit).await.expect("a feed that can be read");
        assert!(piece.changes.len() <= limit, "a piece of {} changes instead of {limit}", piece.changes.len());
        assert!(!piece.gap, "nothing was forgotten");
        *position = Some(piece.next);
        all.extend(piece.changes);
        if !piece.more && enough(&all) {
            return all;
        }
        assert!(began.elapsed() < FEED_PATIENCE, "the feed does not tell: {all:?}");
        if !piece.more {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn change(sk: &str, removed: bool) -> Change {
    Change { key: Key::new("P", sk), removed }
}

/// The last word about a document.
fn last(changes: &[Change], sk: &str) -> Option<bool> {
    changes.iter().rev().find(|change| change.key.sk == sk).map(|change| change.removed)
}

pub async fn what_was_written_is_in_the_feed(store: &Store) {
    write(store, put("A", json!({}))).await;
    let writes = vec![put("B", json!({})), Write::put(Key::new("Q", "é\u{1F980}"), json!({}))];
    store.port.transact(writes).await.expect("a transaction that succeeds");
    let changes = feed(store, &mut None, 100, |all| all.len() >= 3).await;
    for expected in [change("A", false), change("B", false)] {
        assert!(changes.contains(&expected), "{changes:?}");
    }
    assert!(changes.contains(&Change { key: Key::new("Q", "é\u{1F980}"), removed: false }), "{changes:?}");
}

pub async fn what_was_removed_is_in_the_feed_as_removed(store: &Store) {
    write(store, put("A", json!({}))).await;
    let mut position = None;
    feed(store, &mut position, 100, |all| last(all, "A") == Some(false)).await;
    write(store, delete_if("A", Condition::None)).await;
    let changes = feed(store, &mut position, 100, |all| !all.is_empty()).await;
    assert_eq!(changes, [change("A", true)]);
}

pub async fn a_feed_goes_on_from_its_position(store: &Store) {
    fill(store, &["A", "B"]).await;
    let mut position = None;
    feed(store, &mut position, 100, |all| all.len() >= 2).await;
    write(store, put("C", json!({}))).await;
    let changes = feed(store, &mut position, 100, |all| !all.is_empty()).await;
    assert_eq!(changes, [change("C", false)]);
}

pub async fn a_position_read_twice_tells_the_same_or_more(store: &Store) {
    write(store, put("A", json!({}))).await;
    let mut position = None;
    feed(store, &mut position, 100, |all| !all.is_empty()).await;
    write(store, put("B", json!({}))).await;
    let first = feed(store, &mut position.clone(), 100, |all| !all.is_empty()).await;
    write(store, put("C", json!({}))).await;
    let second = feed(store, &mut position.clone(), 100, |all| all.len() > first.len()).await;
    assert_eq!(second, [change("B", false), change("C", false)]);
}

pub async fn a_feed_of_many_changes_is_read_in_pieces_without_loss(store: &Store) {
    let names = fill_250(store).await;
    let changes = feed(store, &mut None, 40, |all| all.len() >= 250).await;
    let mut told: Vec<&str> = changes.iter().map(|change| change.key.sk.as_str()).collect();
    told.sort_unstable();
    told.dedup();
    assert_eq!(told, names);
}

pub async fn a_feed_ends_with_the_last_change_of_each_document(store: &Store) {
    write(store, put("A", json!({}))).await;
    write(store, delete_if("A", Condition::None)).await;
    write(store, put("A", json!({}))).await;
    write(store, put("B", json!({}))).await;
    write(store, delete_if("B", Condition::None)).await;
    refused(store.port.write(put_if("B", Condition::Version(1))).await, Conflict);
    write(store, put("end", json!({}))).await;
    let changes = feed(store, &mut None, 1, |all| last(all, "end").is_some()).await;
    assert_eq!((last(&changes, "A"), last(&changes, "B")), (Some(false), Some(true)));
}

pub async fn a_feed_at_its_end_tells_nothing(store: &Store) {
    let mut position = None;
    assert!(feed(store, &mut position, 100, |_| true).await.is_empty());
    write(store, put("A", json!({}))).await;
    feed(store, &mut position, 100, |all| !all.is_empty()).await;
    write(store, delete_if("B", Condition::None)).await;
    refused(store.port.write(put_if("A", Condition::Absent)).await, Conflict);
    assert!(feed(store, &mut position, 100, |_| true).await.is_empty(), "what changed nothing is no change");
}

pub async fn a_foreign_position_is_refused(store: &Store) {
    write(store, put("A", json!({}))).await;
    for foreign in ["", "nonsense", "-1", "1.5", "{}", "null", "[]", "\"1\"", "9999999999999999999999"] {
        refused(store.port.changes(Some(foreign), 10).await, Invalid);
    }
}
