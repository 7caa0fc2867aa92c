//! `POST /agent/resume`.

use serde_json::json;

use crate::doubles::World;

const PATH: &str = "/agent/resume";

#[tokio::test]
async fn a_resume_is_checked_and_not_kept() {
    let world = World::with(vec![]);
    let body = json!({"user_resume": "Rust", "job_description": "Rust and SQL", "job_title": "Engineer"});
    let answer = world.post(PATH, body).await;
    assert_eq!(answer.ok()["score"], 50.0);
    assert!(world.documents.stored.lock().expect("a lock").is_empty());
}

#[tokio::test]
async fn a_resume_that_cannot_be_read_is_refused() {
    let world = World::with(vec![]);
    world.post(PATH, json!({"user_resume": 5, "job_description": ""})).await.problem(400);
    assert!(world.post(PATH, json!({"user_resume": "Rust"})).await.problem(422).contains("job_description"));
}

#[tokio::test]
async fn a_resume_over_one_mebibyte_is_too_large() {
    let world = World::with(vec![]);
    world.post(PATH, json!({"user_resume": "x".repeat(1 << 20), "job_description": ""})).await.problem(413);
    world.post(PATH, json!({"user_resume": "x".repeat(1_000_000), "job_description": ""})).await.ok();
}

#[tokio::test]
async fn a_checker_that_panics_is_our_fault_and_only_this_once() {
    let world = World::with(vec![]);
    world.post(PATH, json!({"user_resume": "panic", "job_description": ""})).await.problem(500);
    world.post(PATH, json!({"user_resume": "calm", "job_description": ""})).await.ok();
}
