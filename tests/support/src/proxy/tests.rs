//! The proxy changes nothing until it is told to, and then exactly that. The servers behind it are proxies that answer
//! everything themselves.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;

/// A server that answers what it was sent.
fn echo() -> Proxy {
    let server = Proxy::start("http://127.0.0.1:9");
    server.set(|seen| {
        let mut answer = Answer::new(200, "text/plain", seen.body.clone());
        answer.headers.push(("x-method".to_owned(), seen.method.clone()));
        answer.headers.push(("x-url".to_owned(), format!("{}?{}", seen.path, seen.query)));
        answer.headers.push(("x-host".to_owned(), seen.header("host").unwrap_or_default().to_owned()));
        answer.headers.push(("x-secret".to_owned(), seen.header("authorization").unwrap_or_default().to_owned()));
        Action::Answer(answer)
    });
    server
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

async fn post(proxy: &Proxy, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let mut request = client().post(format!("{}{path}", proxy.address())).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

#[tokio::test]
async fn what_passes_stays_as_it_was() {
    let server = echo();
    let proxy = Proxy::start(server.address());
    let body = "x".repeat(3_000_000);
    let url = format!("{}/a%20b/%2Fc?list-type=2&prefix=a%2Fb", proxy.address());
    let sent = client().put(url).header("authorization", "signed").body(body.clone()).send().await.unwrap();
    let header = |name: &str| sent.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("x-url"), "/a%20b/%2Fc?list-type=2&prefix=a%2Fb");
    assert_eq!(header("x-host"), proxy.address().trim_start_matches("http://"), "signatures cover the host");
    assert_eq!((header("x-secret"), header("x-method")), ("signed".to_owned(), "PUT".to_owned()));
    assert_eq!(sent.text().await.unwrap(), body);
    let record = &proxy.records()[0];
    assert_eq!((record.number, record.status, record.forwarded), (1, Some(200), true));
}

#[tokio::test]
async fn the_length_of_what_only_its_head_is_asked_for_passes() {
    let server = Proxy::start("http://127.0.0.1:9");
    server.set(|_| Action::Answer(Answer::new(200, "text/plain", "seven b")));
    let proxy = Proxy::start(server.address());
    let answer = client().head(proxy.address()).send().await.unwrap();
    assert_eq!(answer.headers()["content-length"], "7");
}

#[tokio::test]
async fn a_lost_answer_is_lost_after_the_deed_and_a_lost_request_before_it() {
    let server = echo();
    let proxy = Proxy::start(server.address());
    proxy.set(|_| Action::Drop);
    assert!(client().get(proxy.address()).send().await.is_err());
    assert_eq!(server.count(), 0);
    proxy.set(|_| Action::DropAfter);
    assert!(client().get(proxy.address()).send().await.is_err());
    assert_eq!(server.count(), 1);
    let told: Vec<(Option<u16>, bool)> =
        proxy.records().iter().map(|record| (record.status, record.forwarded)).collect();
    assert_eq!(told, [(None, false), (None, true)]);
    proxy.pass();
    assert_eq!(post(&proxy, "/", &[], "again").await, (200, "again".to_owned()));
}

#[tokio::test]
async fn a_server_that_is_gone_is_a_502() {
    let gone = echo().address().to_owned();
    assert_eq!(post(&Proxy::start(&gone), "/", &[], "").await.0, 502);
}

#[tokio::test]
async fn a_delay_is_a_delay_of_what_follows() {
    let proxy = Proxy::start("http://127.0.0.1:9");
    proxy.set(|_| {
        let late = Action::Answer(Answer::new(418, "text/plain", "late"));
        Action::Delay(Duration::from_millis(300), Box::new(late))
    });
    let began = Instant::now();
    assert_eq!(post(&proxy, "/", &[], "").await, (418, "late".to_owned()));
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_flapping_server_is_away_first_and_comes_back() {
    let server = echo();
    let proxy = Proxy::start(server.address());
    proxy.set(rules::flapping(Duration::from_millis(500)));
    assert!(client().get(proxy.address()).send().await.is_err());
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(post(&proxy, "/", &[], "").await.0, 200);
    proxy.set(rules::away());
    assert!(client().get(proxy.address()).send().await.is_err());
}

#[tokio::test]
async fn s3_is_slow_every_nth_time() {
    let server = echo();
    let proxy = Proxy::start(server.address());
    proxy.set(rules::s3_slow_down(3));
    for n in 1..=6 {
        let (status, body) = post(&proxy, "/b/k", &[], "").await;
        assert_eq!(status == 503 && body.contains("<Code>SlowDown</Code>"), n % 3 == 0, "request {n}");
    }
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn dynamodb_throttles_every_second_call_in_its_own_words() {
    let server = echo();
    let proxy = Proxy::start(server.address());
    proxy.set(rules::dynamodb_throttle_half());
    let (status, body) = post(&proxy, "/", &[("x-amz-target", "DynamoDB_20120810.PutItem")], "{}").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status, body["__type"].as_str().unwrap().rsplit('#').next().unwrap()),
        (400, "ProvisionedThroughputExceededException")
    );
    assert_eq!(post(&proxy, "/", &[], "{}").await.0, 200);
    let (status, body) = post(&proxy, "/", &[("x-amz-target", "DynamoDBStreams_20120810.GetRecords")], "{}").await;
    assert!(status == 400 && body.contains("LimitExceededException"), "{body}");
}

/// A server that does every item of a `_bulk` request and remembers how many.
fn bulk_server(done: Arc<AtomicU64>) -> Proxy {
    let server = Proxy::start("http://127.0.0.1:9");
    server.set(move |seen| {
        let text = String::from_utf8(seen.body.to_vec()).unwrap();
        assert!(text.ends_with('\n'), "a bulk body ends with a newline");
        let actions = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let named = |action: &Value, name: &str| action.get(name).is_some();
        let actions = actions.filter(|action| named(action, "index") || named(action, "delete"));
        let items: Vec<Value> = actions.collect();
        done.fetch_add(items.len() as u64, Ordering::Relaxed);
        let body = json!({"took": 1, "errors": false, "items": items}).to_string();
        Action::Answer(Answer::new(200, "application/json", body))
    });
    server
}

#[tokio::test]
async fn opensearch_refuses_every_third_item_at_its_place_and_does_the_others() {
    let done = Arc::new(AtomicU64::new(0));
    let server = bulk_server(Arc::clone(&done));
    let proxy = Proxy::start(server.address());
    proxy.set(rules::opensearch_refuse_every_third_item());
    let mut body = String::new();
    for id in 1..=7 {
        let (op, source) = if id % 2 == 0 { ("delete", "") } else { ("index", "{\"t\":1}\n") };
        body.push_str(&format!("{}\n{source}", json!({op: {"_index": "i", "_id": id.to_string(), "routing": "r"}})));
    }
    let (status, answer) = post(&proxy, "/i/_bulk", &[], &body).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((status, &answer["errors"], done.load(Ordering::Relaxed)), (200, &json!(true), 5));
    for (position, item) in answer["items"].as_array().unwrap().iter().enumerate() {
        let told = item.as_object().unwrap().values().next().unwrap();
        assert_eq!(told["_id"], json!((position + 1).to_string()), "the order stays");
        assert_eq!(told["status"] == json!(429), (position + 1) % 3 == 0);
    }
    // The eighth passes, the ninth is refused though it is alone, and the tenth passes.
    let one = "{\"index\":{\"_index\":\"i\",\"_id\":\"9\"}}\n{\"t\":1}\n";
    for refused in [false, true, false] {
        let (_, answer) = post(&proxy, "/_bulk", &[], one).await;
        assert_eq!(answer.contains("es_rejected_execution_exception"), refused, "{answer}");
    }
    assert_eq!(done.load(Ordering::Relaxed), 7);
    assert_eq!(post(&proxy, "/i/_search", &[], "{}\n").await.0, 200);
}

#[tokio::test]
async fn sqs_loses_the_first_deletion_of_each_message_whatever_its_receipt() {
    let server = Proxy::start("http://127.0.0.1:9");
    let (mut deliveries, deleted) = (0, Arc::new(AtomicU64::new(0)));
    let count = Arc::clone(&deleted);
    server.set(move |seen| match seen.target() {
        Some("ReceiveMessage") => {
            deliveries += 1;
            let messages =
                ["m1", "m2"].map(|id| json!({"MessageId": id, "ReceiptHandle": format!("{id}-{deliveries}")}));
            Action::Answer(Answer::new(200, "application/x-amz-json-1.0", json!({"Messages": messages}).to_string()))
        }
        _ => {
            let body: Value = serde_json::from_slice(&seen.body).unwrap();
            let entries = body["Entries"].as_array().cloned().unwrap_or_else(|| vec![json!({"Id": "alone"})]);
            count.fetch_add(entries.len() as u64, Ordering::Relaxed);
            let told: Vec<Value> = entries.iter().map(|entry| json!({"Id": entry["Id"]})).collect();
            Action::Answer(Answer::new(200, "application/x-amz-json-1.0", json!({"Successful": told}).to_string()))
        }
    });
    let proxy = Proxy::start(server.address());
    proxy.set(rules::sqs_deliver_twice());
    for (delivery, reached) in [(1, 0), (2, 1)] {
        post(&proxy, "/", &[("x-amz-target", "AmazonSQS.ReceiveMessage")], "{}").await;
        let body = json!({"ReceiptHandle": format!("m1-{delivery}")}).to_string();
        assert_eq!(post(&proxy, "/", &[("x-amz-target", "AmazonSQS.DeleteMessage")], &body).await.0, 200);
        assert_eq!(deleted.load(Ordering::Relaxed), reached, "delivery {delivery}");
    }
    // In a batch, the one that is first is told as done like the one that is second.
    let entries = [json!({"Id": "a", "ReceiptHandle": "m1-2"}), json!({"Id": "b", "ReceiptHandle": "m2-2"})];
    let batch = json!({"Entries": entries}).to_string();
    for reached in [2, 4] {
        let (_, answer) = post(&proxy, "/", &[("x-amz-target", "AmazonSQS.DeleteMessageBatch")], &batch).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["Successful"].as_array().unwrap().len(), 2, "{answer}");
        assert_eq!(deleted.load(Ordering::Relaxed), reached);
    }
}
