//! What holds for every request, whatever its path.

use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::doubles::{Shelf, World, request};
use crate::tokens;

#[tokio::test]
async fn an_unknown_path_is_a_problem() {
    let world = World::with(vec![]);
    for path in ["/nothing", "/agent/", "/agent/jobs/1", "/../etc/passwd", "/%00"] {
        world.send(request("GET", path, None, None)).await.problem(404);
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_problem_that_names_the_right_one() {
    let world = World::with(vec![]);
    let answer = world.send(request("DELETE", "/agent/jobs", None, None)).await;
    answer.problem(405);
    assert_eq!(answer.header("allow"), "POST");
}

#[tokio::test]
async fn a_body_must_say_that_it_is_json() {
    let world = World::with(vec![]);
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("\u{e9}")] {
        let mut builder = Request::post("/auth/login");
        if let Some(kind) = kind {
            builder = builder.header("content-type", kind);
        }
        world.send(builder.body(Body::from("{}")).expect("a request")).await.problem(415);
    }
    let json = Request::post("/auth/logout").header("content-type", "application/json; charset=utf-8");
    let answer = world.send(json.body(Body::from(r#"{"refresh_token":"a"}"#)).expect("a request")).await;
    assert_eq!(answer.status, 204);
}

#[tokio::test]
async fn no_bytes_break_a_body() {
    let world = World::with(vec![]);
    let deep = "[".repeat(100_000);
    for body in ["", "{", "nul", "{}{}", "\u{0}", &deep, "{\"search_params\": {\"limit\": 1e400}}"] {
        let answer = world.send(request("POST", "/agent/jobs", Some(&tokens::valid()), Some(body.to_owned()))).await;
        assert!(answer.status == 400 || answer.status == 422, "{body:.20} {}", answer.text);
        answer.problem(answer.status.as_u16());
    }
    let mut request = request("POST", "/agent/jobs", Some(&tokens::valid()), Some(String::new()));
    *request.body_mut() = Body::from(vec![0xff, 0xfe, 0x00]);
    world.send(request).await.problem(400);
}

#[tokio::test]
async fn the_token_is_looked_at_before_the_body() {
    let world = World::with(vec![]);
    world.send(request("POST", "/agent/jobs", None, Some("{".to_owned()))).await.problem(401);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_its_own_id() {
    let world = World::with(vec![]);
    let mut ids = std::collections::BTreeSet::new();
    for (method, path) in api::endpoints::ROUTES {
        let answer = world.send(request(method, path, None, None)).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
        ids.insert(answer.header("x-request-id").to_owned());
    }
    assert_eq!(ids.len(), api::endpoints::ROUTES.len());
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let answer = World::with(vec![]).send(request("HEAD", "/agent", None, None)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text, "");
}

#[tokio::test]
async fn too_many_requests_at_a_time_are_asked_to_come_back() {
    let world =
        World::over(Shelf { generation: Some("g1".to_owned()), gate: Some(Semaphore::new(0)), ..Shelf::default() });
    let world = std::sync::Arc::new(world);
    let waiting: Vec<_> = (0..256)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move { world.send(request("GET", "/agent", None, None)).await.status })
        })
        .collect();
    while world.search.waiting.load(Ordering::SeqCst) < 256 {
        tokio::task::yield_now().await;
    }
    let refused = world.send(request("GET", "/agent", None, None)).await;
    refused.problem(503);
    assert!(!refused.header("retry-after").is_empty());
    world.send(request("GET", "/healthz", None, None)).await.ok();
    world.search.gate.as_ref().expect("a gate").add_permits(256);
    for task in waiting {
        assert_eq!(task.await.expect("a task"), 200);
    }
}

#[tokio::test]
async fn it_serves_over_a_socket_until_told_to_stop() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async move { drop(stopped.await) };
    let server = tokio::spawn(api::serve(listener, World::with(vec![]).router, shutdown));
    let mut socket = tokio::net::TcpStream::connect(address).await.expect("a connection");
    socket.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with(&json!({"status": "ok"}).to_string()), "{answer}");
    stop.send(()).expect("the server listens");
    server.await.expect("no panic");
}

#[tokio::test]
async fn a_silent_connection_does_not_hold_up_the_stop() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(api::serve(listener, World::with(vec![]).router, async move { drop(stopped.await) }));
    let _silent = tokio::net::TcpStream::connect(address).await.expect("a connection");
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    stop.send(()).expect("the server listens");
    let ended = tokio::time::timeout(std::time::Duration::from_secs(5), server).await;
    ended.expect("it stops long before the grace ends").expect("no panic");
}
