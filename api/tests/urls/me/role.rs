//! `PUT /me/roles/{job_id}` and `DELETE /me/roles/{job_id}`.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{as_other, keys, stored};
use crate::doubles::{Shelf, USER, World, later, role};

const PATH: &str = "/me/roles/a_job_1";
const PERSON: &str = "USER#user123";

fn world() -> World {
    World::with(vec![role("a_job_1", "Rust Engineer", &["Rust"]), role("b_job_1", "Chef", &[])])
}

#[tokio::test]
async fn a_role_is_kept_as_it_is_found_now() {
    let world = world();
    let answer = world.put(PATH, json!({"state": "saved", "note": "call them"})).await;
    let job = serde_json::to_value(role("a_job_1", "Rust Engineer", &["Rust"])).expect("a role");
    let expected = json!({"job_id": "a_job_1", "state": "saved", "note": "call them",
        "changed_at": "2026-11-23T14:30:22Z", "job": job});
    assert_eq!(answer.ok(), &expected);
    assert_eq!(stored(&world, PERSON, "ROLE#a_job_1"), expected);
    assert_eq!(stored(&world, "PEOPLE", USER)["userId"], USER);
    assert_eq!(keys(&world).len(), 2);
}

#[tokio::test]
async fn every_state_can_be_set_and_a_later_one_replaces_it() {
    let world = world();
    for state in ["saved", "applied", "dismissed"] {
        later(&world, 60);
        let answer = world.put(PATH, json!({"state": state})).await;
        assert_eq!(answer.ok()["state"], state);
        assert_eq!(stored(&world, PERSON, "ROLE#a_job_1"), answer.body);
    }
    assert_eq!(stored(&world, PERSON, "ROLE#a_job_1")["changed_at"], "2026-11-23T14:33:22Z");
}

#[tokio::test]
async fn a_note_stays_until_it_is_replaced() {
    let world = world();
    world.put(PATH, json!({"state": "saved", "note": "call them"})).await.ok();
    assert_eq!(world.put(PATH, json!({"state": "applied"})).await.ok()["note"], "call them");
    assert_eq!(world.put(PATH, json!({"state": "applied", "note": ""})).await.ok()["note"], "");
}

#[tokio::test]
async fn a_role_that_nobody_published_is_not_found() {
    let world = world();
    world.put("/me/roles/a_job_2", json!({"state": "saved"})).await.problem(404);
    let empty = World::over(Shelf::default());
    empty.put(PATH, json!({"state": "saved"})).await.problem(404);
    assert_eq!(keys(&world), []);
}

#[tokio::test]
async fn a_role_whose_id_differs_in_case_is_another_role() {
    let world = World::with(vec![role("a_job_X", "Chef", &[]), role("a_job_x", "Baker", &[])]);
    assert_eq!(world.put("/me/roles/a_job_x", json!({"state": "saved"})).await.ok()["job"]["title"], "Baker");
    assert_eq!(world.put("/me/roles/a_job_X", json!({"state": "saved"})).await.ok()["job"]["title"], "Chef");
    world.put("/me/roles/A_JOB_X", json!({"state": "saved"})).await.problem(404);
}

#[tokio::test]
async fn a_role_that_is_published_no_more_stays_as_it_was_kept() {
    let world = World::with(vec![]);
    let kept = json!({"job_id": "a_job_1", "state": "saved", "note": "n", "changed_at": "2026-11-01T00:00:00Z",
        "job": role("a_job_1", "Rust Engineer of old", &[])});
    world.documents.put(PERSON, "ROLE#a_job_1", kept);
    let answer = world.put(PATH, json!({"state": "applied"})).await;
    assert_eq!(answer.ok()["job"]["title"], "Rust Engineer of old");
    assert_eq!(answer.body["state"], "applied");
    // What somebody else kept is no help.
    as_other(&world, "PUT", PATH, Some(json!({"state": "saved"}))).await.problem(404);
}

#[tokio::test]
async fn a_kept_role_that_cannot_be_read_is_mended_by_keeping_it_again() {
    let world = world();
    world.documents.put(PERSON, "ROLE#a_job_1", json!({"state": 7}));
    assert_eq!(world.put(PATH, json!({"state": "saved"})).await.ok()["job"]["title"], "Rust Engineer");
}

#[tokio::test]
async fn forgetting_twice_is_forgetting_once() {
    let world = world();
    world.put(PATH, json!({"state": "saved"})).await.ok();
    for _ in 0..2 {
        let answer = world.delete(PATH).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
        assert_eq!(stored(&world, PERSON, "ROLE#a_job_1"), Value::Null);
    }
}

#[tokio::test]
async fn nobody_changes_or_forgets_the_roles_of_somebody_else() {
    let world = world();
    let mine = world.put(PATH, json!({"state": "saved", "note": "mine"})).await;
    assert_eq!(as_other(&world, "DELETE", PATH, None).await.status, 204);
    assert_eq!(&stored(&world, PERSON, "ROLE#a_job_1"), mine.ok());
    let theirs = as_other(&world, "PUT", PATH, Some(json!({"state": "dismissed"}))).await;
    assert_eq!(theirs.ok()["note"], "");
    assert_eq!(stored(&world, PERSON, "ROLE#a_job_1"), mine.body);
}

#[tokio::test]
async fn an_id_reaches_no_other_document() {
    let world = World::with(vec![role("a/b#c d%é", "Chef", &[])]);
    world.put("/me/roles/a%2Fb%23c%20d%25%C3%A9", json!({"state": "saved"})).await.ok();
    assert_eq!(stored(&world, PERSON, "ROLE#a/b#c d%é")["job"]["title"], "Chef");
    world.documents.put(PERSON, "PROFILE", json!({"userId": USER, "email": ""}));
    for id in ["PROFILE", "..%2FPROFILE", "%7Bjob_id%7D"] {
        assert_eq!(world.delete(&format!("/me/roles/{id}")).await.status, 204, "{id}");
    }
    assert_eq!(stored(&world, PERSON, "PROFILE")["userId"], USER);
}

#[tokio::test]
async fn an_id_that_can_be_none_is_refused() {
    let world = world();
    for id in ["a%00b".to_owned(), "a%0Ab".to_owned(), "%FF%FE".to_owned(), "x".repeat(513), "%C3%A9".repeat(257)] {
        let path = format!("/me/roles/{id}");
        assert!(world.put(&path, json!({"state": "saved"})).await.problem(400).contains("job_id"), "{path}");
        assert!(world.delete(&path).await.problem(400).contains("job_id"), "{path}");
    }
    world.put(&format!("/me/roles/{}", "x".repeat(512)), json!({"state": "saved"})).await.problem(404);
}

#[tokio::test]
async fn a_body_that_cannot_be_used_is_refused_by_its_field() {
    let world = world();
    for (body, named) in [
        (json!({}), "state"),
        (json!({"state": "liked"}), "state"),
        (json!({"state": "saved", "note": 7}), "note"),
        (json!({"state": "saved", "note": "é".repeat(4_001)}), "note"),
        (json!({"state": "saved", "notes": "x"}), "notes"),
        (json!({"state": "saved", "userId": "user999"}), "userId"),
    ] {
        assert!(world.put(PATH, body).await.problem(422).contains(named), "{named}");
    }
    assert_eq!(keys(&world), []);
    world.put(PATH, json!({"state": "saved", "note": "é".repeat(4_000)})).await.ok();
}

#[tokio::test]
async fn a_store_that_is_away_keeps_and_forgets_nothing() {
    let world = world();
    world.put(PATH, json!({"state": "saved"})).await.ok();
    world.documents.away.store(true, Ordering::Relaxed);
    world.put(PATH, json!({"state": "applied"})).await.problem(503);
    world.delete(PATH).await.problem(503);
    world.documents.away.store(false, Ordering::Relaxed);
    assert_eq!(stored(&world, PERSON, "ROLE#a_job_1")["state"], "saved");
}
