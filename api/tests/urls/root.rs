//! `GET /`, `/healthz`, `/readyz` and `/metrics`.

use std::sync::atomic::Ordering;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::doubles::{Answer, Shelf, World, request, role};

async fn get(world: &World, path: &str) -> Answer {
    world.send(request("GET", path, None, None)).await
}

#[tokio::test]
async fn the_page_shows_the_status_and_loads_nothing() {
    let answer = get(&World::with(vec![role("a", "Chef", &[])]), "/").await;
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.text.contains("1 open roles"), "{}", answer.text);
    assert!(!answer.text.contains("src=") && !answer.text.contains("<script") && !answer.text.contains("http"));
}

#[tokio::test]
async fn the_policy_names_exactly_the_style_of_the_page() {
    let answer = get(&World::with(vec![]), "/").await;
    let style = answer.text.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
    let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
    let policy = answer.header("content-security-policy");
    assert!(policy.contains(&format!("style-src 'sha256-{hash}'")), "{hash}");
    assert!(policy.starts_with("default-src 'none'"));
}

#[tokio::test]
async fn a_process_without_backends_lives_and_is_not_ready() {
    let world = World::with(vec![]);
    get(&world, "/readyz").await.ok();
    world.documents.away.store(true, Ordering::Relaxed);
    get(&world, "/healthz").await.ok();
    get(&world, "/readyz").await.problem(503);
}

#[tokio::test]
async fn nothing_published_is_not_ready() {
    let answer = get(&World::over(Shelf::default()), "/readyz").await;
    answer.problem(503);
    assert_eq!(answer.body["hint"], "waypost run");
}

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let world = World::with(vec![]);
    get(&world, "/agent").await.ok();
    get(&world, "/agent/market").await.problem(401);
    get(&world, "/secret/ada@example.org").await.problem(404);
    let metrics = get(&world, "/metrics").await;
    assert!(metrics.header("content-type").starts_with("text/plain"));
    for line in [
        "waypost_http_requests_total{method=\"GET\",route=\"/agent\",status=\"2xx\"} 1",
        "waypost_http_requests_total{method=\"GET\",route=\"/agent/market\",status=\"4xx\"} 1",
        "waypost_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"4xx\"} 1",
        "waypost_http_request_duration_seconds_count{route=\"/agent\"} 1",
    ] {
        assert!(metrics.text.lines().any(|found| found == line), "{line}\n{}", metrics.text);
    }
    assert!(!metrics.text.contains("ada"));
}
