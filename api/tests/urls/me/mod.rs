//! `/me`: what is one person's own.

mod log;
mod matches;
mod profile;
mod role;
mod roles;

use pipeline_core::UserId;
use pipeline_core::ports::{OwnItem, OwnWrite, Search as _};
use serde_json::{Value, json};

use crate::doubles::{Answer, USER, World, request};
use crate::tokens;

/// Somebody else than [`USER`].
const OTHER: &str = "user999";

/// A request of [`OTHER`].
async fn as_other(world: &World, method: &str, path: &str, body: Option<Value>) -> Answer {
    let token = tokens::signed(&tokens::with("sub", json!(OTHER)));
    world.send(request(method, path, Some(&token), body.map(|body| body.to_string()))).await
}

/// The keys of everything that is stored.
fn keys(world: &World) -> Vec<(String, String)> {
    let stored = world.documents.stored.lock().expect("a lock");
    stored.keys().map(|key| (key.pk.clone(), key.sk.clone())).collect()
}

/// What lies at `pk` and `sk`; null when nothing does.
fn stored(world: &World, pk: &str, sk: &str) -> Value {
    let stored = world.documents.stored.lock().expect("a lock");
    stored.get(&pipeline_core::ports::Key::new(pk, sk)).map_or(Value::Null, |document| document.body.clone())
}

/// Puts every document of [`USER`] and [`OTHER`] into the search index, as the follower does.
async fn follow(world: &World) {
    let mut writes = Vec::new();
    for (pk, id) in keys(world) {
        let Some(user_id) = pk.strip_prefix("USER#") else { continue };
        let body = stored(world, &pk, &id);
        let kind = if id == "PROFILE" { "profile" } else { body["state"].as_str().unwrap_or("other") };
        writes.push(OwnWrite::Put(OwnItem {
            user_id: UserId(user_id.to_owned()),
            id: id.clone(),
            kind: kind.to_owned(),
            text: format!("{} {}", body["job"]["title"].as_str().unwrap_or_default(), body["note"]),
            changed_at: body["changed_at"].as_str().unwrap_or("1970-01-01T00:00:00Z").parse().expect("a time"),
            body,
        }));
    }
    assert_eq!(world.search.write_own(writes).await.expect("an index"), []);
}

#[tokio::test]
async fn nothing_of_ones_own_is_open_to_strangers() {
    let world = World::with(vec![]);
    let own = api::endpoints::ROUTES.iter().filter(|(_, path)| path.starts_with("/me/"));
    let mut tried = 0;
    for (method, path) in own {
        for token in [None, Some("nonsense"), Some(tokens::unsigned().as_str())] {
            world.send(request(method, path, token, Some(json!({}).to_string()))).await.problem(401);
            tried += 1;
        }
    }
    assert_eq!(tried, 18);
    assert_eq!(keys(&world), []);
}

#[tokio::test]
async fn two_people_with_the_same_requests_share_nothing() {
    let world = World::with(vec![crate::doubles::role("a_job_1", "Chef", &[])]);
    let profile = |name: &str| json!({"profile": {"name": name}});
    world.put("/me/profile", profile("Ada")).await.ok();
    as_other(&world, "PUT", "/me/profile", Some(profile("Grace"))).await.ok();
    world.put("/me/roles/a_job_1", json!({"state": "saved", "note": "of Ada"})).await.ok();
    as_other(&world, "PUT", "/me/roles/a_job_1", Some(json!({"state": "applied", "note": "of Grace"}))).await.ok();
    follow(&world).await;
    for path in ["/me/profile", "/me/roles", "/me/roles?state=saved,applied,dismissed", "/me/matches"] {
        let (mine, theirs) = (world.get(path).await, as_other(&world, "GET", path, None).await);
        mine.ok();
        theirs.ok();
        assert!(!mine.text.contains("Grace") && !mine.text.contains(OTHER), "{path} {}", mine.text);
        assert!(!theirs.text.contains("Ada") && !theirs.text.contains(USER), "{path} {}", theirs.text);
    }
}
