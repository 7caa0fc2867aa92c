//! What the embedded backends leave on disk: it survives a restart and serves several processes at once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use infra_local::{LocalIdentity, SqliteDocuments, SqliteQueue, SystemEntropy, TantivySearch};
use pipeline_core::ports::{
    Clock, Condition, Documents, Entropy, Identity, IndexedRole, Key, Message, Queue, Search, SearchQuery,
    SimulatedClock, Write,
};
use pipeline_core::{ErrorKind, Micros};
use schemas::documents::IndexDocument;
use schemas::wire::{Credentials, LoginAnswer, Registration};
use serde_json::json;

fn clock() -> Arc<dyn Clock> {
    Arc::new(SimulatedClock::at(Micros(1_795_392_000_000_000)))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn roles(ids: &[&str]) -> Vec<IndexedRole> {
    let document = |id: &&str| IndexDocument { job_id: (*id).to_owned(), ..IndexDocument::default() };
    ids.iter().map(|id| IndexedRole { document: document(id), text: String::new() }).collect()
}

async fn found(search: &TantivySearch) -> Vec<String> {
    let hits = search.query(&SearchQuery { limit: 10, ..SearchQuery::default() }).await.expect("an answer");
    hits.hits.into_iter().map(|hit| hit.document.job_id).collect()
}

async fn publish(search: &TantivySearch, generation: &str, ids: &[&str]) {
    search.begin(generation).await.expect("a generation that begins");
    search.add(generation, roles(ids)).await.expect("roles that are added");
    search.seal(generation).await.expect("a generation that is sealed");
    search.activate(generation).await.expect("a generation that is activated");
}

#[tokio::test]
async fn documents_survive_a_restart() {
    let folder = folder();
    let path = folder.path().join("new/folder/documents.sqlite");
    let key = Key::new("P", "A");
    let first = SqliteDocuments::open(&path, clock()).expect("a document store");
    first.write(Write::put(key.clone(), json!({"n": 1}))).await.expect("a write that succeeds");
    drop(first);
    let second = SqliteDocuments::open(&path, clock()).expect("a document store");
    let document = second.get(&key).await.expect("a read that succeeds").expect("the document");
    assert_eq!(document.body, json!({"n": 1}));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_write_one_document_without_losing_anything() {
    let folder = folder();
    let path = folder.path().join("documents.sqlite");
    let stores = [0, 1].map(|_| Arc::new(SqliteDocuments::open(&path, clock()).expect("a document store")));
    let key = Key::new("P", "A");
    stores[0].write(Write::put(key.clone(), json!({"n": 0}))).await.expect("a write that succeeds");
    let writers = stores.map(|store| {
        let key = key.clone();
        tokio::spawn(async move {
            let mut written = 0;
            while written < 25 {
                let document = store.get(&key).await.expect("a read that succeeds").expect("the document");
                let body = json!({"n": document.body["n"].as_u64().expect("a number") + 1});
                let condition = Condition::Version(document.version);
                match store.write(Write::Put { key: key.clone(), body, condition, expires_at: None }).await {
                    Ok(_) => written += 1,
                    Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}"),
                }
            }
        })
    });
    for writer in writers {
        writer.await.expect("a writer that ends");
    }
    let store = SqliteDocuments::open(&path, clock()).expect("a document store");
    let document = store.get(&key).await.expect("a read that succeeds").expect("the document");
    assert_eq!(document.body, json!({"n": 50}));
}

#[tokio::test]
async fn what_has_expired_leaves_the_file() {
    let folder = folder();
    let path = folder.path().join("documents.sqlite");
    let clock = clock();
    let secret = "only until noon";
    let store = SqliteDocuments::open(&path, clock.clone()).expect("a document store");
    let expires_at = Some(clock.now().plus_seconds(1));
    let key = Key::new("P", "A");
    let put = Write::Put { key, body: json!({"is": secret}), condition: Condition::None, expires_at };
    store.write(put).await.expect("a write that succeeds");
    clock.sleep(Duration::from_secs(1)).await;
    for number in 0..1_000 {
        store.write(Write::put(Key::new("P", "B"), json!({"n": number}))).await.expect("a write that succeeds");
    }
    drop(store);
    let connection = rusqlite::Connection::open(&path).expect("the file");
    let rows: i64 =
        connection.query_row("SELECT count(*) FROM documents", [], |row| row.get(0)).expect("a count of rows");
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_an_error_and_stays_as_it_is() {
    let folder = folder();
    let path = folder.path().join("documents.sqlite");
    let text = "not a database, but somebody's notes\n".repeat(100);
    std::fs::write(&path, &text).expect("a file that is written");
    assert!(SqliteDocuments::open(&path, clock()).is_err());
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), text);
}

#[tokio::test]
async fn messages_and_their_ids_survive_a_restart() {
    let folder = folder();
    let path = folder.path().join("queue.sqlite");
    let hidden = Duration::from_secs(30);
    let first = SqliteQueue::open(&path, clock()).expect("a queue");
    first.send(vec![message("done"), message("open")]).await.expect("messages that are sent");
    let delivery = first.receive("T", 1, hidden).await.expect("deliveries").remove(0);
    first.done(&delivery.receipt).await.expect("a delivery that is done");
    drop(first);
    let second = SqliteQueue::open(&path, clock()).expect("a queue");
    second.send(vec![message("done")]).await.expect("messages that are sent");
    let deliveries = second.receive("T", 10, hidden).await.expect("deliveries");
    assert_eq!(deliveries.into_iter().map(|delivery| delivery.message.id).collect::<Vec<_>>(), ["open"]);
}

fn message(id: &str) -> Message {
    Message { topic: "T".to_owned(), id: id.to_owned(), group: String::new(), body: json!({}) }
}

async fn received(queue: &SqliteQueue) -> Vec<String> {
    let deliveries = queue.receive("T", 10, Duration::from_secs(30)).await.expect("deliveries");
    deliveries.into_iter().map(|delivery| delivery.message.id).collect()
}

#[tokio::test]
async fn messages_of_a_file_are_delivered_oldest_first_whatever_their_group() {
    let folder = folder();
    let queue = SqliteQueue::open(&folder.path().join("queue.sqlite"), clock()).expect("a queue");
    queue.send(vec![message("c"), Message { group: "G".to_owned(), ..message("a") }]).await.expect("a send");
    queue.send(vec![message("b")]).await.expect("a send");
    assert_eq!(received(&queue).await, ["c", "a", "b"]);
}

#[tokio::test]
async fn a_queue_of_the_version_without_groups_is_opened_with_its_messages() {
    let folder = folder();
    let path = folder.path().join("queue.sqlite");
    let old = rusqlite::Connection::open(&path).expect("a file");
    let schema = "CREATE TABLE messages (seq INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, id TEXT NOT NULL,
            body TEXT, state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'dead', 'done')),
            visible_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, deliveries INTEGER NOT NULL DEFAULT 0,
            reason TEXT, UNIQUE (topic, id));
        CREATE INDEX messages_open ON messages (topic, state, seq) WHERE state <> 'done';
        INSERT INTO messages (topic, id, body, visible_at) VALUES ('T', 'old', '{}', 0), ('T', 'older', '{}', 0);";
    old.execute_batch(schema).expect("an old file");
    drop(old);
    for _ in 0..2 {
        SqliteQueue::open(&path, clock()).expect("a queue");
    }
    let queue = SqliteQueue::open(&path, clock()).expect("a queue");
    let grouped = |id: &str| Message { group: "G".to_owned(), ..message(id) };
    queue.send(vec![grouped("new"), grouped("newer"), message("old")]).await.expect("a send");
    assert_eq!(received(&queue).await, ["old", "older", "new"]);
}

#[tokio::test]
async fn the_id_of_a_message_that_is_done_leaves_the_file_after_more_than_90_days() {
    let folder = folder();
    let path = folder.path().join("queue.sqlite");
    let clock = clock();
    let queue = SqliteQueue::open(&path, clock.clone()).expect("a queue");
    let open_then_done = |id: &'static str| {
        let queue = &queue;
        async move {
            queue.send(vec![message(id)]).await.expect("a send");
            let delivery = queue.receive("T", 1, Duration::from_secs(30)).await.expect("deliveries").remove(0);
            queue.done(&delivery.receipt).await.expect("a delivery that is done");
        }
    };
    open_then_done("a").await;
    clock.sleep(Duration::from_secs(90 * 86_400)).await;
    queue.send(vec![message("a")]).await.expect("a send");
    assert!(received(&queue).await.is_empty(), "its id is remembered for 90 days");
    clock.sleep(Duration::from_secs(2 * 86_400)).await;
    open_then_done("b").await;
    let connection = rusqlite::Connection::open(&path).expect("the file");
    let rows: i64 = connection.query_row("SELECT count(*) FROM messages", [], |row| row.get(0)).expect("a count");
    assert_eq!(rows, 1, "only the later one is left");
}

#[tokio::test]
async fn a_receipt_of_another_queue_is_invalid() {
    let folder = folder();
    let queue = SqliteQueue::open(&folder.path().join("queue.sqlite"), clock()).expect("a queue");
    for receipt in ["", "x", "1", "1.x", "1.2.3", "é"] {
        let error = queue.done(receipt).await.expect_err("a receipt that is none");
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}

#[tokio::test]
async fn the_search_index_survives_a_restart_and_a_reader_sees_the_switch_of_a_writer() {
    let folder = folder();
    let writer = TantivySearch::open(folder.path()).expect("a search index");
    publish(&writer, "g1", &["a"]).await;
    let reader = TantivySearch::open(folder.path()).expect("a search index");
    assert_eq!(found(&reader).await, ["a"]);
    publish(&writer, "g2", &["b"]).await;
    writer.drop_generation("g1").await.expect("a generation that is dropped");
    assert_eq!(found(&reader).await, ["b"]);
    assert_eq!(reader.generations().await.expect("the generations"), ["g2"]);
}

#[tokio::test]
async fn a_generation_left_half_built_is_invisible_and_can_be_begun_again() {
    let folder = folder();
    let killed = TantivySearch::open(folder.path()).expect("a search index");
    killed.begin("g1").await.expect("a generation that begins");
    killed.add("g1", roles(&["a"])).await.expect("roles that are added");
    drop(killed);
    let search = TantivySearch::open(folder.path()).expect("a search index");
    assert!(search.generations().await.expect("the generations").is_empty());
    let error = search.seal("g1").await.expect_err("nothing that could be sealed");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    publish(&search, "g1", &["b"]).await;
    assert_eq!(found(&search).await, ["b"]);
}

#[tokio::test]
async fn building_the_generation_that_answers_anew_lets_it_answer_until_it_is_sealed() {
    let folder = folder();
    let search = TantivySearch::open(folder.path()).expect("a search index");
    let reader = TantivySearch::open(folder.path()).expect("a search index");
    publish(&search, "g1", &["a"]).await;
    search.begin("g1").await.expect("a generation that begins");
    search.add("g1", roles(&["b"])).await.expect("roles that are added");
    assert_eq!(found(&search).await, ["a"]);
    assert_eq!(found(&reader).await, ["a"]);
    search.seal("g1").await.expect("a generation that is sealed");
    assert_eq!(found(&search).await, ["b"]);
    assert_eq!(found(&reader).await, ["b"]);
}

#[tokio::test]
async fn a_generation_cannot_name_a_folder_elsewhere() {
    let folder = folder();
    let search = TantivySearch::open(folder.path()).expect("a search index");
    for name in ["", ".", "..", "../x", "a/b", ".hidden", "a\\b", "a\0", "~", &"x".repeat(101)] {
        for result in [search.begin(name).await, search.activate(name).await, search.drop_generation(name).await] {
            assert_eq!(result.expect_err("a name that cannot be used").kind(), ErrorKind::Invalid, "{name:?}");
        }
    }
}

fn people(folder: &Path, documents: Arc<dyn Documents>) -> LocalIdentity {
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::default());
    LocalIdentity::open(folder, "http://localhost", documents, clock(), entropy).expect("people")
}

#[tokio::test]
async fn the_signing_key_is_made_once_and_is_its_owners_alone() {
    let folder = folder();
    let documents = || Arc::new(SqliteDocuments::open(&folder.path().join("d.sqlite"), clock()).expect("a store"));
    let keys = folder.path().join("keys");
    let first = people(&keys, documents()).jwks().await.expect("a key set");
    let second = people(&keys, documents()).jwks().await.expect("a key set");
    assert_eq!(first, second);
    let files: Vec<_> =
        std::fs::read_dir(&keys).expect("the folder").map(|entry| entry.expect("a file").path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&files[0]).expect("the key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_damaged_signing_key_is_an_error_and_is_not_replaced() {
    let folder = folder();
    std::fs::write(folder.path().join("signing-key.der"), "damaged").expect("a file that is written");
    let documents = Arc::new(SqliteDocuments::open(&folder.path().join("d.sqlite"), clock()).expect("a store"));
    let entropy = Arc::new(SystemEntropy::default());
    let opened = LocalIdentity::open(folder.path(), "http://localhost", documents, clock(), entropy);
    assert_eq!(opened.err().expect("a key that cannot be read").kind(), ErrorKind::Config);
    let left = std::fs::read(folder.path().join("signing-key.der")).expect("the key");
    assert_eq!(left, b"damaged");
}

#[tokio::test]
async fn the_store_holds_no_password_and_no_refresh_token() {
    let folder = folder();
    let path = folder.path().join("documents.sqlite");
    let documents = Arc::new(SqliteDocuments::open(&path, clock()).expect("a document store"));
    let people = people(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("signing-key"), documents.clone());
    let (email, password) = ("Ada@example.com".to_owned(), "correct horse battery".to_owned());
    let registration = Registration { email: email.clone(), password: password.clone(), name: "Ada".to_owned() };
    let id = people.register(&registration).await.expect("a person who is registered").user_id;
    let answer = people.login(&Credentials { email, password: password.clone() }).await.expect("a login");
    let LoginAnswer::Tokens(tokens) = answer else { panic!("a login that asks for more") };
    let documents: Arc<dyn Documents> = documents;
    let mut all = documents.list(&format!("USER#{id}"), "").await.expect("a list");
    assert_eq!(all.len(), 2, "the profile and the session");
    assert_eq!(all[0].body["email"], "ada@example.com");
    all.extend(documents.list("LOGIN#ada@example.com", "").await.expect("a list"));
    assert_eq!(all.len(), 3, "the failed logins were forgotten");
    let text = format!("{all:?}");
    let secret = tokens.refresh_token.rsplit('.').next().expect("the secret part");
    assert!(!text.contains(&password) && !text.contains(secret) && !text.contains(&tokens.access_token));
}
