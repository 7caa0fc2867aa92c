//! A server between the client and OpenSearch that does what it is told with each request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What to do with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// Pass it on.
    Pass,
    /// Answer with this status.
    Refuse(u16),
    /// Close the connection before it is passed on.
    Drop,
    /// Pass it on and close the connection instead of answering.
    Lose,
    /// Pass on a bulk without every third item, which is answered with 429.
    RefuseThird,
}

/// Starts a proxy; `plan` is asked with the number and the head of each request. Returns its address.
pub(crate) async fn start(target: String, plan: impl Fn(usize, &str) -> Deed + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (plan, count) = (Arc::new(plan), Arc::new(AtomicUsize::new(0)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (target, plan, count) = (target.clone(), Arc::clone(&plan), Arc::clone(&count));
            tokio::spawn(async move { serve(stream, &target, &*plan, &count).await });
        }
    });
    address
}

async fn serve(
    mut stream: TcpStream,
    target: &str,
    plan: &(impl Fn(usize, &str) -> Deed + ?Sized),
    count: &AtomicUsize,
) {
    while let Some((head, method, path, body)) = read(&mut stream).await {
        let (status, answer) = match plan(count.fetch_add(1, Ordering::Relaxed), &head) {
            Deed::Pass => pass(target, &method, &path, body).await,
            Deed::Refuse(status) => (status, r#"{"error":{"type":"refused"}}"#.to_owned()),
            Deed::Drop => return,
            Deed::Lose => {
                pass(target, &method, &path, body).await;
                return;
            }
            Deed::RefuseThird => refuse_third(target, &method, &path, &body).await,
        };
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        if stream.write_all((head + &answer).as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<(String, String, String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    Some((head, method, path, bytes[end..].to_vec()))
}

async fn pass(target: &str, method: &str, path: &str, body: Vec<u8>) -> (u16, String) {
    let client = reqwest::Client::new();
    let request = client.request(method.parse().unwrap(), format!("{target}{path}"));
    let request = request.header("content-type", "application/json").body(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Bulks of puts only: two lines an item.
async fn refuse_third(target: &str, method: &str, path: &str, body: &[u8]) -> (u16, String) {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let items: Vec<String> = lines.chunks(2).map(|item| item.join("\n") + "\n").collect();
    let refused = |position: usize| position % 3 == 2;
    let kept: String = (0..items.len()).filter(|position| !refused(*position)).map(|n| items[n].clone()).collect();
    let mut answers = Vec::new();
    if !kept.is_empty() {
        let (status, answer) = pass(target, method, path, kept.into_bytes()).await;
        assert_eq!(status, 200, "{answer}");
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        answers = answer["items"].take().as_array().unwrap().clone();
    }
    for position in (0..items.len()).filter(|position| refused(*position)) {
        let told = serde_json::json!({"index": {"status": 429, "error": {"type": "rejected", "reason": "busy"}}});
        answers.insert(position, told);
    }
    (200, serde_json::json!({"errors": true, "items": answers}).to_string())
}
