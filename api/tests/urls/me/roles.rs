//! `GET /me/roles`.

use serde_json::{Value, json};

use super::{as_other, follow};
use crate::doubles::{Answer, World, later, role};

const PATH: &str = "/me/roles";

/// A world whose person saved 1, applied for 2 and dismissed 3, in this order, a minute apart.
async fn world() -> World {
    let world = World::with(vec![
        role("a_job_1", "Rust Engineer", &[]),
        role("a_job_2", "Data Engineer", &[]),
        role("a_job_3", "Chef", &[]),
    ]);
    world.put("/me/profile", json!({"profile": {"name": "Rust"}})).await.ok();
    for (n, state) in [(1, "saved"), (2, "applied"), (3, "dismissed")] {
        let body = json!({"state": state, "note": format!("note {n}")});
        world.put(&format!("{PATH}/a_job_{n}"), body).await.ok();
        later(&world, 60);
    }
    follow(&world).await;
    world
}

fn ids(answer: &Answer) -> Vec<&str> {
    let items = answer.ok()["items"].as_array().expect("a list");
    items.iter().map(|item| item["job_id"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn the_last_change_comes_first_with_the_role_as_it_was_kept() {
    let world = world().await;
    let answer = world.get(PATH).await;
    assert_eq!(ids(&answer), ["a_job_3", "a_job_2", "a_job_1"]);
    assert_eq!(answer.body["total"], json!({"value": 3}));
    let last = &answer.body["items"][2];
    assert_eq!(last["state"], "saved");
    assert_eq!(last["note"], "note 1");
    assert_eq!(last["changed_at"], "2026-11-23T14:30:22Z");
    assert_eq!(last["job"]["title"], "Rust Engineer");
}

#[tokio::test]
async fn states_and_words_narrow_what_is_found() {
    let world = world().await;
    for (query, found) in [
        ("?state=saved", vec!["a_job_1"]),
        ("?state=saved,applied", vec!["a_job_2", "a_job_1"]),
        ("?state=%20applied%20,%20dismissed", vec!["a_job_3", "a_job_2"]),
        ("?state=", vec!["a_job_3", "a_job_2", "a_job_1"]),
        ("?q=engineer", vec!["a_job_2", "a_job_1"]),
        ("?q=engineer%20rust&state=saved,dismissed", vec!["a_job_1"]),
        ("?q=rust&state=applied", vec![]),
    ] {
        assert_eq!(ids(&world.get(&format!("{PATH}{query}")).await), found, "{query}");
    }
}

#[tokio::test]
async fn a_page_is_cut_and_the_total_is_not() {
    let world = world().await;
    let answer = world.get(&format!("{PATH}?offset=1&limit=1")).await;
    assert_eq!(ids(&answer), ["a_job_2"]);
    assert_eq!(answer.body["total"]["value"], 3);
    let past = world.get(&format!("{PATH}?offset=9900&limit=100")).await;
    assert_eq!(ids(&past), Vec::<&str>::new());
    assert_eq!(past.body["total"]["value"], 3);
}

#[tokio::test]
async fn the_profile_is_no_role() {
    let world = world().await;
    for query in ["", "?state=", "?q=rust", "?q=profile"] {
        let answer = world.get(&format!("{PATH}{query}")).await;
        assert!(ids(&answer).iter().all(|id| id.starts_with("a_job_")), "{query} {}", answer.text);
    }
    assert!(world.get(&format!("{PATH}?state=profile")).await.problem(400).contains("state"));
}

#[tokio::test]
async fn the_roles_of_somebody_else_are_not_found_by_any_query() {
    let world = world().await;
    for query in ["", "?q=engineer", "?q=note", "?state=saved,applied,dismissed", "?q=user123", "?limit=100"] {
        let answer = as_other(&world, "GET", &format!("{PATH}{query}"), None).await;
        assert_eq!(answer.ok(), &json!({"items": [], "total": {"value": 0}}), "{query}");
    }
    as_other(&world, "GET", &format!("{PATH}?user_id=user123"), None).await.problem(400);
}

#[tokio::test]
async fn a_parameter_that_cannot_be_used_is_refused() {
    let world = world().await;
    for query in [
        "querry=x",
        "state=liked",
        "state=saved,",
        "state=Saved",
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "limit=",
        "offset=9901",
        "offset=-1",
        "q=a&q=b",
    ] {
        world.get(&format!("{PATH}?{query}")).await.problem(400);
    }
    world.get(&format!("{PATH}?q={}", "x".repeat(501))).await.problem(400);
    world.get(&format!("{PATH}?q={}", "x".repeat(500))).await.ok();
}

#[tokio::test]
async fn what_was_forgotten_is_found_no_more_once_the_index_knows() {
    let world = world().await;
    assert_eq!(world.delete(&format!("{PATH}/a_job_2")).await.status, 204);
    world.search.own.lock().expect("a lock").clear();
    follow(&world).await;
    assert_eq!(ids(&world.get(PATH).await), ["a_job_3", "a_job_1"]);
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_our_fault_and_not_shown() {
    let world = world().await;
    for item in world.search.own.lock().expect("a lock").iter_mut() {
        item.body = Value::from("secret");
    }
    assert!(!world.get(PATH).await.problem(500).contains("secret"));
}
