//! The follower over the embedded backends: what people change is what they find.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod faults;
mod gaps;
mod poison;
mod world;

use pipeline_core::ports::Key;
use pipeline_publish::Followed;
use schemas::documents::KeptState::{Applied, Dismissed, Saved};
use serde_json::{Value, json};
use world::World;

#[tokio::test]
async fn what_a_person_saves_is_found_after_one_step_with_all_that_was_stored() {
    let world = World::settled().await;
    world.keep("ada", "a_job_1", "Rust Engineer", Saved).await;
    let followed = world.step().await;
    assert_eq!((followed.indexed, followed.buried, followed.more), (1, 0, false));
    for words in ["", "rust", "ENGINEER rust", "acme", "berlin", "tokio", "remember"] {
        assert_eq!(world.find("ada", words).await, ["ROLE#a_job_1"], "{words}");
    }
    assert_eq!(world.find("ada", "chef").await, Vec::<String>::new());
    let item = &world.all("ada").await[0];
    assert_eq!(item.kind, "saved");
    assert_eq!(Some(&item.body), world.body("USER#ada", "ROLE#a_job_1").await.as_ref());
}

#[tokio::test]
async fn another_state_replaces_the_one_before() {
    let world = World::settled().await;
    for state in [Saved, Applied, Dismissed] {
        world.keep("ada", "a_job_1", "Rust Engineer", state).await;
        world.settle().await;
        let found = world.all("ada").await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind, state.name());
    }
}

#[tokio::test]
async fn what_is_deleted_is_gone_after_one_step() {
    let world = World::settled().await;
    world.keep("ada", "a_job_1", "Rust Engineer", Saved).await;
    world.keep("ada", "a_job_2", "Chef", Saved).await;
    world.settle().await;
    world.delete("USER#ada", "ROLE#a_job_1").await;
    world.step().await;
    assert_eq!(world.find("ada", "").await, ["ROLE#a_job_2"]);
    // Saved and forgotten between two steps leaves nothing either.
    world.keep("ada", "a_job_3", "Chef", Saved).await;
    world.delete("USER#ada", "ROLE#a_job_3").await;
    world.step().await;
    assert_eq!(world.find("ada", "").await, ["ROLE#a_job_2"]);
}

#[tokio::test]
async fn a_profile_is_found_by_its_words_as_no_role() {
    let world = World::settled().await;
    let profile = json!({"userId": "ada", "email": "ada@example.org", "profile": {"name": "Ada", "skills": ["Rust"]},
        "preferences": {"job_domains": ["engineering"]}});
    world.write("USER#ada", "PROFILE", profile.clone()).await;
    world.settle().await;
    assert_eq!(world.find("ada", "rust engineering").await, ["PROFILE"]);
    let item = &world.all("ada").await[0];
    assert_eq!((item.kind.as_str(), &item.body), ("profile", &profile));
}

#[tokio::test]
async fn nobody_finds_what_somebody_else_saved() {
    let world = World::settled().await;
    world.keep("ada", "a_job_1", "Rust Engineer", Saved).await;
    world.keep("grace", "a_job_1", "Rust Engineer", Applied).await;
    world.keep("grace", "a_job_2", "Chef", Applied).await;
    world.settle().await;
    assert_eq!(world.find("ada", "").await, ["ROLE#a_job_1"]);
    assert_eq!(world.all("ada").await[0].kind, "saved");
    assert_eq!(world.find("grace", "").await.len(), 2);
    assert_eq!(world.find("ad", "").await, Vec::<String>::new());
    world.delete("USER#grace", "ROLE#a_job_1").await;
    world.settle().await;
    assert_eq!(world.find("ada", "").await, ["ROLE#a_job_1"]);
}

#[tokio::test]
async fn documents_that_people_do_not_change_are_not_indexed() {
    let world = World::settled().await;
    let kept = world::kept("a_job_1", "Rust Engineer", Saved);
    for (pk, sk) in [
        ("USER#ada", "SESSION#f1"),
        ("USER#ada", "SEARCH#search_1"),
        ("USER#ada", "MATCHES"),
        ("USER#ada", "PROFILES"),
        ("LEASE", "ROLE#run"),
        ("LOGIN#ada@example.org", "USER"),
        ("PROFILES", "ada"),
        ("PEOPLE", "ada"),
        ("RUNS", "ROLE#1"),
    ] {
        world.write(pk, sk, kept.clone()).await;
    }
    let followed = world.settle().await;
    assert_eq!((followed.indexed, followed.buried), (0, 0));
    for user in ["ada", "run", "1", "LEASE", "RUNS"] {
        assert_eq!(world.find(user, "").await, Vec::<String>::new(), "{user}");
    }
    assert_eq!(world.dead().await, []);
}

#[tokio::test]
async fn more_than_one_piece_is_taken_piece_by_piece() {
    let world = World::settled().await;
    world.keep_many("ada", 450).await;
    let first = world.step().await;
    assert!(first.more && first.indexed < 450, "{first:?}");
    world.settle().await;
    assert_eq!(world.all("ada").await.len(), 450);
}

#[tokio::test]
async fn a_first_follower_takes_what_was_there_before_it() {
    let world = World::new();
    world.keep("ada", "a_job_1", "Rust Engineer", Saved).await;
    world.settle().await;
    assert_eq!(world.find("ada", "").await, ["ROLE#a_job_1"]);
}

#[tokio::test]
async fn a_piece_that_is_read_twice_changes_nothing() {
    let world = World::settled().await;
    world.keep("ada", "a_job_1", "Rust Engineer", Saved).await;
    world.keep("ada", "a_job_2", "Chef", Saved).await;
    world.write("USER#ada", "ROLE#poison", json!({"state": "liked"})).await;
    let before = world.body("FEED", "people").await.unwrap();
    world.settle().await;
    world.keep("ada", "a_job_1", "Rust Engineer", Applied).await;
    world.delete("USER#ada", "ROLE#a_job_2").await;
    world.settle().await;
    let state = world.state().await;
    for position in [before, json!({}), json!({"position": null})] {
        world.write("FEED", "people", position).await;
        let followed = world.settle().await;
        assert!(followed.changes > 0);
        assert_eq!(world.state().await, state);
    }
}

#[tokio::test]
async fn two_followers_that_know_nothing_of_each_other_lead_to_the_same() {
    let world = World::settled().await;
    world.keep_many("ada", 250).await;
    let position = world.body("FEED", "people").await.unwrap();
    let (one, two) = tokio::join!(world.step(), world.step());
    assert!(one.more && two.more);
    world.delete("USER#ada", "ROLE#a_job_0007").await;
    world.settle().await;
    world.write("FEED", "people", position).await;
    world.settle().await;
    assert_eq!(world.all("ada").await.len(), 249);
    assert_eq!(world.find("ada", "0007").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_follower_with_nothing_to_do_writes_nothing() {
    let world = World::settled().await;
    world.keep("ada", "a_job_1", "Rust Engineer", Saved).await;
    world.settle().await;
    let version = async || world.documents.get(&Key::new("FEED", "people")).await.unwrap().unwrap().version;
    let before = version().await;
    for _ in 0..5 {
        let followed = world.step().await;
        assert_eq!(Followed { changes: 0, ..followed }, Followed::default());
    }
    assert_eq!(version().await, before);
    // And it still hears of what comes next.
    world.keep("ada", "a_job_2", "Chef", Saved).await;
    world.step().await;
    assert_eq!(world.find("ada", "chef").await, ["ROLE#a_job_2"]);
}

#[tokio::test]
async fn a_letter_that_names_nobody_is_given_back_and_never_indexed() {
    let world = World::settled().await;
    for body in
        [json!({}), json!({"pk": "LEASE", "sk": "ROLE#run"}), json!({"pk": "USER#", "sk": "ROLE#1"}), Value::Null]
    {
        world.send(body).await;
    }
    let followed = world.follower().retry().await.unwrap();
    assert_eq!(followed.indexed, 0);
    for user in ["", "LEASE", "run"] {
        assert_eq!(world.find(user, "").await, Vec::<String>::new());
    }
}
