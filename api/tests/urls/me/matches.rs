//! `GET /me/matches`.

use schemas::documents::TopMatch;
use serde_json::{Value, json};

use super::{OTHER, as_other};
use crate::doubles::{USER, World, role};

const PATH: &str = "/me/matches";

/// The document that a run stores.
fn document(user: &str, title: &str) -> Value {
    let mut job = role("a_job_1", title, &["Rust"]);
    job.match_score = Some(71.5);
    let found = TopMatch { job, eligible: true, confidence: 0.8, reasons: vec!["names Rust".to_owned()] };
    json!({"userId": user, "generation": "g7", "top_matches": [found]})
}

#[tokio::test]
async fn the_matches_are_those_that_the_run_stored() {
    let world = World::with(vec![]);
    let stored = document(USER, "Engineer");
    world.documents.put("USER#user123", "MATCHES", stored.clone());
    assert_eq!(world.get(PATH).await.ok(), &stored);
}

#[tokio::test]
async fn before_the_first_run_there_are_none() {
    let world = World::with(vec![]);
    let expected = json!({"userId": USER, "generation": null, "top_matches": []});
    assert_eq!(world.get(PATH).await.ok(), &expected);
}

#[tokio::test]
async fn the_matches_of_somebody_else_are_not_found() {
    let world = World::with(vec![]);
    world.documents.put("USER#user999", "MATCHES", document(OTHER, "Chef"));
    assert_eq!(world.get(PATH).await.ok()["top_matches"], json!([]));
    assert_eq!(as_other(&world, "GET", PATH, None).await.ok()["top_matches"][0]["title"], "Chef");
}

#[tokio::test]
async fn matches_that_cannot_be_read_are_our_fault_and_not_shown() {
    let world = World::with(vec![]);
    world.documents.put("USER#user123", "MATCHES", json!({"top_matches": "secret"}));
    assert!(!world.get(PATH).await.problem(500).contains("secret"));
}
