//! `GET /agent`.

use std::sync::atomic::Ordering;

use crate::doubles::{Shelf, World, request, role};

#[tokio::test]
async fn everybody_may_ask_how_it_is() {
    let closed = schemas::documents::IndexDocument { open: false, ..role("b", "Gone", &[]) };
    let world = World::with(vec![role("a", "Engineer", &[]), closed]);
    let answer = world.send(request("GET", "/agent", None, None)).await;
    let status = answer.ok();
    assert_eq!(status["status"], "ok");
    assert_eq!(status["generation"], "g1");
    assert_eq!(status["roles"], 1);
    assert_eq!(status["version"], "0.0.0-test");
    let endpoints = status["endpoints"].as_array().expect("a list");
    assert!(endpoints.iter().any(|endpoint| endpoint == "POST /agent/jobs"));
}

#[tokio::test]
async fn before_the_first_publish_it_is_starting() {
    let world = World::over(Shelf::default());
    let answer = world.send(request("GET", "/agent", None, None)).await;
    assert_eq!(answer.ok()["status"], "starting");
    assert_eq!(answer.body["generation"], serde_json::Value::Null);
    assert_eq!(answer.body["roles"], 0);
}

#[tokio::test]
async fn it_does_not_need_the_issuer() {
    let world = World::with(vec![]);
    world.identity.away.store(true, Ordering::Relaxed);
    assert_eq!(world.send(request("GET", "/agent", Some("garbage"), None)).await.status, 200);
}
