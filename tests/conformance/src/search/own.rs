//! The promises of the search port about what people find among their own.

use pipeline_core::ErrorKind::Invalid;
use pipeline_core::ports::{OwnHits, OwnItem, OwnQuery, OwnWrite};
use pipeline_core::{Micros, UserId};
use serde_json::json;

use super::{Index, answer_with, build, role};
use crate::refused;

fn item(user: &str, id: &str, text: &str, at: i64) -> OwnItem {
    OwnItem {
        user_id: UserId(user.to_owned()),
        id: id.to_owned(),
        kind: "saved".to_owned(),
        text: text.to_owned(),
        body: json!({"title": text, "number": at}),
        changed_at: Micros(at),
    }
}

fn remove(user: &str, id: &str) -> OwnWrite {
    OwnWrite::Remove { user_id: UserId(user.to_owned()), id: id.to_owned() }
}

fn of(user: &str) -> OwnQuery {
    OwnQuery { user_id: UserId(user.to_owned()), words: String::new(), kinds: Vec::new(), offset: 0, limit: 1_000 }
}

async fn write(index: &Index, writes: Vec<OwnWrite>) {
    let poison = index.port.write_own(writes).await.expect("items that are written");
    assert!(poison.is_empty(), "{poison:?}");
}

async fn put(index: &Index, items: Vec<OwnItem>) {
    write(index, items.into_iter().map(OwnWrite::Put).collect()).await;
}

async fn find(index: &Index, query: &OwnQuery) -> OwnHits {
    index.port.find_own(query).await.expect("items that are found")
}

/// The ids of what `user` finds with `words`, in order.
async fn found(index: &Index, user: &str, words: &str) -> Vec<String> {
    let hits = find(index, &OwnQuery { words: words.to_owned(), ..of(user) }).await;
    assert_eq!(hits.total, hits.items.len() as u64);
    hits.items.into_iter().map(|item| item.id).collect()
}

pub async fn who_has_nothing_of_their_own_finds_nothing(index: &Index) {
    assert_eq!(find(index, &of("ada")).await, OwnHits::default());
    write(index, Vec::new()).await;
    write(index, vec![remove("ada", "never")]).await;
    assert_eq!(find(index, &of("ada")).await, OwnHits::default());
}

pub async fn what_is_ones_own_is_found_at_once(index: &Index) {
    for number in 0..10 {
        put(index, vec![item("ada", &format!("{number}"), "Rust Engineer", 100 - number)]).await;
        assert_eq!(found(index, "ada", "rust").await.len() as i64, number + 1);
    }
}

pub async fn an_own_item_comes_back_without_its_text(index: &Index) {
    let mut item = item("ada", "ROLE#ashby_job_1", "Ingénieur", -5);
    item.kind = "Applied".to_owned();
    item.body =
        json!({"a": {"b": [1, -2.5, null, true, "é\u{1F980}\n\"", {}]}, "": "empty", "big": 9_007_199_254_740_993_u64});
    put(index, vec![item.clone()]).await;
    let hits = find(index, &of("ada")).await;
    assert_eq!(hits.items, [OwnItem { text: String::new(), ..item }]);
}

pub async fn nothing_of_anybody_else_is_found(index: &Index) {
    put(index, vec![item("ada", "1", "rust", 1), item("Ada", "2", "rust", 1), item("ada ", "3", "rust", 1)]).await;
    for (user, expected) in [("ada", "1"), ("Ada", "2"), ("ada ", "3")] {
        assert_eq!(found(index, user, "rust").await, [expected]);
        assert_eq!(found(index, user, "").await, [expected]);
    }
    for stranger in ["", "*", "ad", "ada OR Ada", "user:ada"] {
        assert!(found(index, stranger, "").await.is_empty(), "{stranger:?}");
    }
}

pub async fn all_words_must_occur_in_an_own_item(index: &Index) {
    let items = vec![
        item("ada", "a", "Senior Rust Engineer at Acme", 3),
        item("ada", "b", "Rust Designer", 2),
        item("ada", "c", "Node.js and C++ in ZÜRICH", 1),
    ];
    put(index, items).await;
    assert_eq!(found(index, "ada", "rust").await, ["a", "b"]);
    assert_eq!(found(index, "ada", "engineer RUST").await, ["a"]);
    assert_eq!(found(index, "ada", "node.js c++ zurich").await, ["c"]);
    assert_eq!(found(index, "ada", "\"senior rust\"").await, ["a"]);
    assert!(found(index, "ada", "\"rust senior\"").await.is_empty());
    assert!(found(index, "ada", "rust OR designer").await.is_empty(), "OR is a word");
    assert!(found(index, "ada", "rus*").await.is_empty());
}

pub async fn own_items_are_found_by_kind(index: &Index) {
    let of_kind = |id: &str, kind: &str| OwnItem { kind: kind.to_owned(), ..item("ada", id, "x", 1) };
    put(index, vec![of_kind("a", "saved"), of_kind("b", "applied"), of_kind("c", "profile")]).await;
    let mut query = of("ada");
    for (kinds, expected) in [(vec!["applied"], 1), (vec!["saved", "profile"], 2), (vec!["Saved"], 0), (vec![], 3)] {
        query.kinds = kinds.into_iter().map(str::to_owned).collect();
        assert_eq!(find(index, &query).await.total, expected, "{:?}", query.kinds);
    }
}

pub async fn the_newest_of_ones_own_come_first_and_equals_by_id(index: &Index) {
    let items = [("b", 5), ("a", 5), ("B", 5), ("é", 5), ("z", 9), ("y", -1), ("a10", 5), ("a9", 5)];
    put(index, items.iter().map(|(id, at)| item("ada", id, "x", *at)).collect()).await;
    let expected = ["z", "B", "a", "a10", "a9", "b", "é", "y"];
    assert_eq!(found(index, "ada", "").await, expected);
    assert_eq!(found(index, "ada", "x").await, expected);
}

pub async fn an_own_item_is_replaced(index: &Index) {
    put(index, vec![item("ada", "a", "old", 1), item("bob", "a", "old", 1)]).await;
    put(index, vec![item("ada", "a", "middle", 2), item("ada", "a", "new", 3)]).await;
    assert!(found(index, "ada", "old").await.is_empty());
    assert!(found(index, "ada", "middle").await.is_empty());
    assert_eq!(found(index, "ada", "new").await, ["a"]);
    assert_eq!(found(index, "bob", "old").await, ["a"], "another person's of the same id stays");
    put(index, vec![item("ada", "a", "new", 3)]).await;
    assert_eq!(find(index, &of("ada")).await.total, 1, "the same again changes nothing");
}

pub async fn an_own_item_is_removed(index: &Index) {
    put(index, vec![item("ada", "a", "x", 1), item("ada", "b", "x", 2), item("bob", "a", "x", 1)]).await;
    write(index, vec![remove("ada", "a"), remove("ada", "never")]).await;
    assert_eq!(found(index, "ada", "").await, ["b"]);
    assert_eq!(found(index, "bob", "").await, ["a"]);
    write(index, vec![remove("ada", "a")]).await;
    put(index, vec![item("ada", "a", "again", 9)]).await;
    assert_eq!(found(index, "ada", "").await, ["a", "b"]);
}

pub async fn writes_of_one_call_happen_in_their_order(index: &Index) {
    let a = |text: &str| OwnWrite::Put(item("ada", "a", text, 1));
    write(index, vec![a("one"), remove("ada", "a")]).await;
    assert!(found(index, "ada", "").await.is_empty());
    write(index, vec![remove("ada", "a"), a("one"), remove("ada", "a"), a("two")]).await;
    assert_eq!(found(index, "ada", "two").await, ["a"]);
}

pub async fn poison_is_named_by_position_and_the_others_are_done(index: &Index) {
    let listed = OwnItem { body: json!([1, 2]), ..item("ada", "listed", "x", 1) };
    let nothing = OwnItem { body: json!(null), ..item("ada", "nothing", "x", 1) };
    put(index, vec![item("ada", "old", "x", 7)]).await;
    let writes = vec![
        OwnWrite::Put(item("ada", "a", "x", 9)),
        OwnWrite::Put(item("", "b", "x", 1)),
        OwnWrite::Put(item("ada", "", "x", 1)),
        OwnWrite::Put(listed),
        remove("ada", "old"),
        remove("", "a"),
        OwnWrite::Put(nothing),
        OwnWrite::Put(item("ada", "c", "x", 8)),
    ];
    let poison = index.port.write_own(writes).await.expect("writes, some of which are poison");
    let positions: Vec<usize> = poison.iter().map(|(position, _)| *position).collect();
    assert_eq!(positions, [1, 2, 3, 5, 6]);
    assert!(poison.iter().all(|(_, why)| !why.is_empty() && !why.contains("ada")), "{poison:?}");
    assert_eq!(found(index, "ada", "").await, ["a", "c"]);
}

pub async fn own_pages_neither_overlap_nor_miss(index: &Index) {
    put(index, (0..95).map(|number| item("ada", &format!("{number:03}"), "x", number % 3)).collect()).await;
    let whole = found(index, "ada", "").await;
    let mut paged = Vec::new();
    for offset in (0..100).step_by(10) {
        let hits = find(index, &OwnQuery { offset, limit: 10, ..of("ada") }).await;
        assert_eq!(hits.total, 95);
        paged.extend(hits.items.into_iter().map(|item| item.id));
    }
    assert_eq!(paged, whole);
    for offset in [95, 1_000_000, usize::MAX] {
        let hits = find(index, &OwnQuery { offset, ..of("ada") }).await;
        assert_eq!((hits.total, hits.items.len()), (95, 0));
    }
    assert_eq!(find(index, &OwnQuery { limit: 0, ..of("ada") }).await, OwnHits { items: Vec::new(), total: 95 });
}

pub async fn an_own_limit_over_1000_is_invalid(index: &Index) {
    refused(index.port.find_own(&OwnQuery { limit: 1_001, ..of("ada") }).await, Invalid);
}

pub async fn own_ids_of_any_length_and_kind_are_kept_apart(index: &Index) {
    let long = "x".repeat(40_000);
    let ids = [long.clone() + "1", long + "2", "a b/c?d#\"\u{1F980}".to_owned(), "_".to_owned(), ".".to_owned()];
    for id in &ids {
        put(index, vec![item(id, id, "x", 1), item("ada", id, "x", 1)]).await;
    }
    for id in &ids {
        assert_eq!(found(index, id, "").await, [id.as_str()]);
    }
    assert_eq!(find(index, &of("ada")).await.total, ids.len() as u64);
}

pub async fn a_switch_of_generations_leaves_what_is_ones_own(index: &Index) {
    put(index, vec![item("ada", "a", "x", 1)]).await;
    answer_with(index, vec![role("1", "Engineer")]).await;
    build(index, "own", vec![role("2", "Engineer")]).await;
    index.port.activate("own").await.expect("a generation that is activated");
    index.port.drop_generation("g1").await.expect("a generation that is dropped");
    assert_eq!(found(index, "ada", "").await, ["a"]);
    assert_eq!(index.port.generations().await.expect("the generations"), ["own"]);
}
