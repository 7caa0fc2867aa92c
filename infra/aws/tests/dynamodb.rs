//! The document port's promises over DynamoDB, and what is DynamoDB's alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_config::{BehaviorVersion, ConfigLoader};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    StreamSpecification, StreamViewType,
};
use bytes::Bytes;
use conformance::Subject;
use infra_aws::{Aws, AwsOptions, DynamoDocuments};
use pipeline_core::ports::{Clock, Condition, Documents, Key, Probe as _, SimulatedClock, Write};
use pipeline_core::telemetry::Calls;
use pipeline_core::{ErrorKind, Micros};
use serde_json::{Value, json};
use support::proxy::{Action, Answer, Proxy, Seen, rules};
use support::servers::{ACCESS_KEY, REGION, SECRET_KEY, address, unique};

conformance::documents!(fresh().await);

fn loader() -> ConfigLoader {
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "tests");
    aws_config::defaults(BehaviorVersion::latest()).credentials_provider(credentials)
}

async fn aws() -> Aws {
    Aws::load_from(loader(), &AwsOptions::default(), Arc::new(Calls::default())).await
}

/// The server removes what has expired by its own clock, so that a simulated one has to start there.
fn now() -> Micros {
    Micros(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as i64)
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SimulatedClock::at(now()))
}

fn table_address(table: &str, endpoint: &str, create: bool) -> String {
    format!("dynamodb://{table}?region={REGION}&endpoint={endpoint}&create={create}")
}

async fn open(table: &str, endpoint: &str, clock: Arc<dyn Clock>) -> DynamoDocuments {
    DynamoDocuments::open(&aws().await, &table_address(table, endpoint, true), clock).await.unwrap()
}

async fn fresh() -> Subject<dyn Documents> {
    let (table, clock) = (unique("documents"), clock());
    let documents = open(&table, &address("dynamodb"), clock.clone()).await;
    Subject { port: Arc::new(documents), clock, keep: Box::new(()) }
}

/// A fresh table behind a proxy.
async fn behind_proxy() -> (Proxy, DynamoDocuments) {
    let proxy = Proxy::start(&address("dynamodb"));
    let documents = open(&unique("documents"), proxy.address(), clock()).await;
    (proxy, documents)
}

/// The service's own client.
async fn client() -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&aws().await.config(Some(REGION), Some(&address("dynamodb"))))
}

fn run(test: impl Future<Output = ()>) {
    conformance::run(test);
}

fn a() -> Key {
    Key::new("P", "A")
}

fn put_if(condition: Condition) -> Write {
    Write::Put { key: a(), body: json!({"n": 1}), condition, expires_at: None }
}

/// Answers the first `times` requests of `operation` with `answer`, and passes the others on.
fn first(times: usize, operation: &'static str, answer: Answer) -> impl FnMut(&Seen) -> Action + Send + 'static {
    let mut left = times;
    move |seen| {
        if seen.target() != Some(operation) || left == 0 {
            return Action::Pass;
        }
        left -= 1;
        Action::Answer(answer.clone())
    }
}

fn refusal(code: &str, more: &Value) -> Answer {
    let mut body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "no"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Answer::new(400, "application/x-amz-json-1.0", body.to_string())
}

#[test]
fn a_body_comes_back_with_its_order_and_its_numbers() {
    run(async {
        let text = r#"{"z":1,"a":0.1,"big":123456789012345678,"tiny":1e-300,"huge":1.7976931348623157e308,"m":{"y":-0.0,"b":[]}}"#;
        let subject = fresh().await;
        subject.port.write(Write::put(a(), serde_json::from_str(text).unwrap())).await.unwrap();
        let body = subject.port.get(&a()).await.unwrap().unwrap().body;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(body.to_string(), expected.to_string());
    });
}

#[test]
fn two_clients_see_each_other_at_once() {
    run(async {
        let (table, clock) = (unique("documents"), clock());
        let one = open(&table, &address("dynamodb"), clock.clone()).await;
        let other = open(&table, &address("dynamodb"), clock).await;
        for number in 0..20 {
            one.write(Write::put(a(), json!({"n": number}))).await.unwrap();
            let seen = other.get(&a()).await.unwrap().unwrap();
            assert_eq!((seen.body, seen.version), (json!({"n": number}), number + 1));
        }
        assert_eq!(other.write(put_if(Condition::Absent)).await.unwrap_err().kind(), ErrorKind::Conflict);
    });
}

#[test]
fn a_table_made_by_several_at_once_is_made_once() {
    run(async {
        let table = unique("documents");
        let endpoint = address("dynamodb");
        let opened = (0..5).map(|_| {
            let (table, endpoint) = (table.clone(), endpoint.clone());
            tokio::spawn(async move { open(&table, &endpoint, clock()).await })
        });
        for opened in opened.collect::<Vec<_>>() {
            opened.await.unwrap().write(Write::put(a(), json!({}))).await.unwrap();
        }
        let documents = open(&table, &endpoint, clock()).await;
        assert_eq!(documents.get(&a()).await.unwrap().unwrap().version, 5);
        assert!(documents.probe().await.unwrap().contains("time to live"));
    });
}

#[test]
fn a_missing_table_is_named_with_what_makes_it() {
    run(async {
        let table = unique("missing");
        let address = table_address(&table, &address("dynamodb"), false);
        let error = DynamoDocuments::open(&aws().await, &address, clock()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.message().contains(&table));
        let hint = error.hint_text().unwrap();
        assert!(hint.contains("?create=true") && hint.contains("schemas/generated/dynamodb/keys.json"), "{hint}");
    });
}

#[test]
fn an_address_with_a_path_is_refused() {
    run(async {
        let error = DynamoDocuments::open(&aws().await, "dynamodb://table/path", clock()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    });
}

#[test]
fn a_document_over_400_kilobytes_is_refused_before_it_is_sent() {
    run(async {
        let (proxy, documents) = behind_proxy().await;
        let before = proxy.count();
        let error = documents.write(Write::put(a(), json!({"text": "x".repeat(400_000)}))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(error.hint_text().unwrap().contains("object store"));
        assert_eq!(proxy.count(), before);
        let largest = "x".repeat(400_000 - r#"{"text":""}"#.len());
        let key = Key::new("p".repeat(2_048), "s".repeat(1_024));
        documents.write(Write::put(key.clone(), json!({"text": largest}))).await.unwrap();
        assert!(documents.get(&key).await.unwrap().is_some(), "the largest body fits under the longest key");
    });
}

#[test]
fn a_conditional_write_whose_answer_was_lost_succeeds() {
    run(async {
        let (proxy, documents) = behind_proxy().await;
        for (expected, condition) in [(1, Condition::Absent), (2, Condition::Version(1)), (3, Condition::Version(2))] {
            let mut lost = false;
            proxy.set(move |_| if std::mem::replace(&mut lost, true) { Action::Pass } else { Action::DropAfter });
            assert_eq!(documents.write(put_if(condition)).await.unwrap(), expected);
        }
        assert_eq!(documents.get(&a()).await.unwrap().unwrap().version, 3);
        assert_eq!(documents.write(put_if(Condition::Version(2))).await.unwrap_err().kind(), ErrorKind::Conflict);
    });
}

#[test]
fn a_transaction_whose_answer_was_lost_is_done_once() {
    run(async {
        let (proxy, documents) = behind_proxy().await;
        let mut lost = false;
        proxy.set(move |_| if std::mem::replace(&mut lost, true) { Action::Pass } else { Action::DropAfter });
        let other = Write::put(Key::new("P", "B"), json!({}));
        documents.transact(vec![put_if(Condition::Absent), other]).await.unwrap();
        assert_eq!(documents.get(&Key::new("P", "B")).await.unwrap().unwrap().version, 1);
    });
}

#[test]
fn a_throttled_table_is_written_and_read_all_the_same() {
    run(async {
        let (proxy, documents) = behind_proxy().await;
        proxy.set(rules::dynamodb_throttle_half());
        for number in 1..=5 {
            assert_eq!(documents.write(Write::put(a(), json!({}))).await.unwrap(), number);
        }
        documents.transact(vec![Write::put(Key::new("P", "B"), json!({}))]).await.unwrap();
        assert_eq!((&documents as &dyn Documents).list("P", "").await.unwrap().len(), 2);
        let mut position = None;
        let mut changed = Vec::new();
        while changed.len() < 6 {
            let piece = documents.changes(position.as_deref(), 100).await.unwrap();
            assert!(!piece.gap);
            changed.extend(piece.changes);
            position = Some(piece.next);
        }
    });
}

#[test]
fn a_write_that_meets_a_transaction_is_tried_again() {
    run(async {
        let (proxy, documents) = behind_proxy().await;
        proxy.set(first(3, "UpdateItem", refusal("TransactionConflictException", &json!({}))));
        assert_eq!(documents.write(put_if(Condition::Absent)).await.unwrap(), 1);
        for code in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
            let reasons = json!({"CancellationReasons": [{"Code": "None"}, {"Code": code, "Message": "later"}]});
            proxy.set(first(2, "TransactWriteItems", refusal("TransactionCanceledException", &reasons)));
            let other = Write::put(Key::new("P", "B"), json!({"after": code}));
            documents.transact(vec![put_if(Condition::None), other]).await.unwrap();
        }
        let other = documents.get(&Key::new("P", "B")).await.unwrap().unwrap();
        assert_eq!((other.version, other.body), (3, json!({"after": "ProvisionedThroughputExceeded"})));
    });
}

#[test]
fn many_transactions_on_one_document_lose_nothing() {
    run(async {
        let subject = fresh().await;
        let writers = (0..10).map(|number| {
            let port = subject.port.clone();
            tokio::spawn(async move {
                let own = Write::put(Key::new("P", format!("own-{number}")), json!({}));
                port.transact(vec![Write::put(a(), json!({"n": number})), own]).await
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(subject.port.get(&a()).await.unwrap().unwrap().version, 10);
        assert_eq!(subject.port.list("P", "own-").await.unwrap().len(), 10);
    });
}

#[test]
fn keys_that_a_batch_left_over_are_asked_for_again() {
    run(async {
        let (proxy, documents) = behind_proxy().await;
        let keys: Vec<Key> = (0..130).map(|number| Key::new("P", format!("{number:03}"))).collect();
        for key in &keys {
            documents.write(Write::put(key.clone(), json!({"sk": key.sk}))).await.unwrap();
        }
        let before = proxy.count();
        let mut answers = 0;
        proxy.set(move |seen| {
            answers += 1;
            match answers {
                // Nothing is processed, then only 10 of what was asked for.
                1 => {
                    let asked: Value = serde_json::from_slice(&seen.body).unwrap();
                    let body = json!({"Responses": {}, "UnprocessedKeys": asked["RequestItems"]}).to_string();
                    Action::Answer(Answer::new(200, "application/x-amz-json-1.0", body))
                }
                2 => Action::Rewrite { body: None, answer: Box::new(only_ten) },
                _ => Action::Pass,
            }
        });
        let found = documents.get_many(&keys).await.unwrap();
        let found: Vec<String> = found.into_iter().map(|document| document.unwrap().key.sk).collect();
        assert_eq!(found, keys.iter().map(|key| key.sk.clone()).collect::<Vec<_>>());
        assert_eq!(proxy.count() - before, 4, "two for the first hundred's rest, one for the thirty");
    });
}

/// Takes all but ten items out of an answer and gives their keys back.
fn only_ten(mut answer: Answer) -> Answer {
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
    let (table, items) = body["Responses"].as_object_mut().unwrap().iter_mut().next().unwrap();
    let (table, items) = (table.clone(), items.as_array_mut().unwrap());
    let keys: Vec<Value> = items.split_off(10).iter().map(|it| json!({"pk": it["pk"], "sk": it["sk"]})).collect();
    body["UnprocessedKeys"] = json!({table: {"Keys": keys, "ConsistentRead": true}});
    answer.headers.retain(|(name, _)| name != "x-amz-crc32");
    answer.body = Bytes::from(body.to_string());
    answer
}

#[test]
fn a_page_goes_on_where_an_answer_was_full() {
    run(async {
        let subject = fresh().await;
        for number in 0..8 {
            let body = json!({"text": "x".repeat(390_000)});
            subject.port.write(Write::put(Key::new("P", number.to_string()), body)).await.unwrap();
        }
        let query = pipeline_core::ports::Query { pk: "P".to_owned(), ..Default::default() };
        let page = subject.port.query(&query).await.unwrap();
        assert_eq!((page.documents.len(), page.next), (8, None), "3 MB come in several answers of 1 MB");
    });
}

#[test]
fn an_expired_item_is_marked_for_removal_and_not_before_its_time() {
    run(async {
        let table = unique("documents");
        let documents = open(&table, &address("dynamodb"), clock()).await;
        let time = now().0.div_euclid(1_000_000) + 3_600;
        let expires_at = Some(Micros(time * 1_000_000 + 1));
        documents
            .write(Write::Put { key: a(), body: json!({}), condition: Condition::None, expires_at })
            .await
            .unwrap();
        let item = client().await.get_item().table_name(&table);
        let item = item.key("pk", AttributeValue::S("P".into())).key("sk", AttributeValue::S("A".into())).send().await;
        let item: BTreeMap<_, _> = item.unwrap().item.unwrap().into_iter().collect();
        assert_eq!(item["expires_at"], AttributeValue::N((time + 1).to_string()));
        assert_eq!(item["expires_at_us"], AttributeValue::N((time * 1_000_000 + 1).to_string()));
        assert_eq!(item["body"], AttributeValue::S("{}".to_owned()));
    });
}

#[test]
fn what_others_wrote_into_the_table_is_told_and_not_taken_for_a_document() {
    run(async {
        let table = unique("documents");
        let documents = open(&table, &address("dynamodb"), clock()).await;
        let put = client().await.put_item().table_name(&table);
        put.item("pk", AttributeValue::S("P".into())).item("sk", AttributeValue::S("A".into())).send().await.unwrap();
        let error = documents.get(&a()).await.unwrap_err();
        assert!(error.message().contains("not written by this program"), "{error:?}");
    });
}

/// A table made by hand: with these names of keys, and a stream or none.
async fn made_by_hand(keys: [&str; 2], stream: bool) -> DynamoDocuments {
    let (table, client) = (unique("byhand"), client().await);
    let mut request = client.create_table().table_name(&table).billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in keys.into_iter().zip([KeyType::Hash, KeyType::Range]) {
        let attribute = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
        let part = KeySchemaElement::builder().attribute_name(name).key_type(kind);
        request = request.attribute_definitions(attribute.build().unwrap()).key_schema(part.build().unwrap());
    }
    if stream {
        let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::KeysOnly);
        request = request.stream_specification(stream.build().unwrap());
    }
    request.send().await.unwrap();
    open(&table, &address("dynamodb"), clock()).await
}

#[test]
fn a_probe_tells_what_the_table_lacks_and_the_command_that_mends_it() {
    run(async {
        for (keys, stream, mends) in [
            (["a", "b"], true, "schemas/generated/dynamodb/keys.json"),
            (["pk", "sk"], false, "StreamEnabled=true,StreamViewType=KEYS_ONLY"),
            (["pk", "sk"], true, "Enabled=true,AttributeName=expires_at"),
        ] {
            let error = made_by_hand(keys, stream).await.probe().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
            assert!(error.hint_text().unwrap().contains(mends), "{error:?}");
        }
        let whole = open(&unique("documents"), &address("dynamodb"), clock()).await.probe().await.unwrap();
        assert!(whole.contains("active") && whole.contains("stream and time to live are on"), "{whole}");
    });
}

#[test]
fn the_changes_of_a_table_without_a_stream_cannot_be_followed() {
    run(async {
        let error = made_by_hand(["pk", "sk"], false).await.changes(None, 10).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.hint_text().unwrap().contains("StreamEnabled=true"));
    });
}

/// A position after the first of two documents.
async fn followed() -> (Proxy, DynamoDocuments, String) {
    let (proxy, documents) = behind_proxy().await;
    documents.write(Write::put(a(), json!({}))).await.unwrap();
    let mut position = None;
    loop {
        let piece = documents.changes(position.as_deref(), 10).await.unwrap();
        position = Some(piece.next);
        if !piece.changes.is_empty() {
            break;
        }
    }
    documents.write(Write::put(Key::new("P", "B"), json!({}))).await.unwrap();
    (proxy, documents, position.unwrap())
}

/// The sort keys that the feed tells from `position` until it tells of `B`, and whether it had a gap.
async fn told(documents: &DynamoDocuments, mut position: String) -> (Vec<String>, bool) {
    let (mut told, mut gap) = (Vec::new(), false);
    while !told.contains(&"B".to_owned()) {
        let piece = documents.changes(Some(&position), 10).await.unwrap();
        told.extend(piece.changes.into_iter().map(|change| change.key.sk));
        gap |= piece.gap;
        position = piece.next;
    }
    (told, gap)
}

#[test]
fn an_iterator_that_grew_too_old_is_replaced_without_a_gap() {
    run(async {
        let (proxy, documents, position) = followed().await;
        proxy.set(first(1, "GetRecords", refusal("ExpiredIteratorException", &json!({}))));
        assert_eq!(told(&documents, position).await, (vec!["B".to_owned()], false));
    });
}

#[test]
fn what_was_trimmed_is_told_as_a_gap_and_the_rest_is_read_from_its_beginning() {
    run(async {
        let (proxy, documents, position) = followed().await;
        proxy.set(first(1, "GetRecords", refusal("TrimmedDataAccessException", &json!({}))));
        let both = vec!["A".to_owned(), "B".to_owned()];
        assert_eq!(told(&documents, position.clone()).await, (both.clone(), true));
        let restarted =
            DynamoDocuments::open(&aws().await, &documents_address(&proxy, &documents), clock()).await.unwrap();
        proxy.set(first(1, "GetShardIterator", refusal("TrimmedDataAccessException", &json!({}))));
        assert_eq!(told(&restarted, position).await, (both, true));
    });
}

fn documents_address(proxy: &Proxy, documents: &DynamoDocuments) -> String {
    // Its debug output names the table and nothing else.
    let shown = format!("{documents:?}");
    let table = shown.split('"').nth(1).unwrap();
    table_address(table, proxy.address(), false)
}

#[test]
fn a_position_of_an_earlier_stream_or_of_a_day_ago_has_a_gap() {
    run(async {
        let (_proxy, documents, position) = followed().await;
        let mut other: Value = serde_json::from_str(&position).unwrap();
        other["stream"] = json!("2020-01-01T00:00:00.000");
        assert!(told(&documents, other.to_string()).await.1);
        let mut gone: Value = serde_json::from_str(&position).unwrap();
        assert!(!told(&documents, position.clone()).await.1);
        gone["shards"] = json!({"shardId-00000000000000000000-00000000": "100"});
        assert!(told(&documents, gone.to_string()).await.1);
        let mut unread: Value = serde_json::from_str(&position).unwrap();
        let shards = unread["shards"].as_object_mut().unwrap();
        shards.values_mut().for_each(|at| *at = json!(""));
        assert!(!told(&documents, unread.to_string()).await.1);
        unread["hour"] = json!(unread["hour"].as_i64().unwrap() - 24);
        assert!(told(&documents, unread.to_string()).await.1, "what was never read for a day may be lost");
    });
}

#[test]
fn a_stream_that_is_younger_than_its_table_does_not_pretend_to_be_complete() {
    run(async {
        let (proxy, documents) = behind_proxy().await;
        assert!(!documents.changes(None, 10).await.unwrap().gap);
        proxy.set(|seen| {
            if seen.target() != Some("DescribeTable") {
                return Action::Pass;
            }
            let older = |mut answer: Answer| {
                let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
                body["Table"]["CreationDateTime"] = json!(1_000_000_000);
                answer.headers.retain(|(name, _)| name != "x-amz-crc32");
                answer.body = Bytes::from(body.to_string());
                answer
            };
            Action::Rewrite { body: None, answer: Box::new(older) }
        });
        assert!(documents.changes(None, 10).await.unwrap().gap);
    });
}

#[test]
fn a_server_that_is_away_is_unavailable() {
    run(async {
        let (proxy, documents) = behind_proxy().await;
        drop(proxy);
        let error = documents.get(&a()).await.unwrap_err();
        assert!(error.kind().retryable(), "{error:?}");
        assert!(!error.chain().contains("testsecret"));
    });
}
