//! `GET /me/profile` and `PUT /me/profile`.

use std::sync::atomic::Ordering;

use schemas::documents::UserDocument;
use serde_json::{Value, json};

use super::{OTHER, as_other, keys, stored};
use crate::doubles::{USER, World, role};

const PATH: &str = "/me/profile";

fn change() -> Value {
    json!({
        "profile": {"name": "Ada", "experience_level": "senior", "skills": ["Rust", "SQL"], "location": "Berlin",
            "salary_expectation": 80000, "title": "Engineer", "years": 7.5},
        "preferences": {"job_domains": ["engineering"], "work_style": "remote", "company_size_pref": "small"},
    })
}

/// The change with one of its values replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut change = change();
    *change.pointer_mut(pointer).expect(pointer) = value;
    change
}

#[tokio::test]
async fn what_is_stored_is_answered_and_read_again() {
    let world = World::with(vec![]);
    world.get(PATH).await.problem(404);
    let answer = world.put(PATH, change()).await;
    assert_eq!(answer.ok()["userId"], USER);
    assert_eq!(answer.body["profile"]["skills"], json!(["Rust", "SQL"]));
    assert_eq!(answer.body["profile"]["salary_expectation"], "80000");
    assert_eq!(answer.body["preferences"]["work_style"], "remote");
    assert_eq!(world.get(PATH).await.ok(), &answer.body);
}

#[tokio::test]
async fn the_nightly_match_reads_exactly_what_the_person_stored() {
    let world = World::with(vec![]);
    let answer = world.put(PATH, change()).await;
    let expected: UserDocument = serde_json::from_value(answer.ok().clone()).expect("a user document");
    for (pk, sk) in [("PROFILES", USER), ("USER#user123", "PROFILE")] {
        let body = stored(&world, pk, sk);
        assert_eq!(serde_json::from_value::<UserDocument>(body).expect("a user document"), expected, "{pk}");
    }
    assert_eq!(stored(&world, "PEOPLE", USER)["userId"], USER);
    assert_eq!(keys(&world).len(), 3);
}

#[tokio::test]
async fn who_wants_no_matches_is_not_among_those_who_are_matched() {
    let world = World::with(vec![]);
    world.put(PATH, change()).await.ok();
    let mut no_matches = change();
    no_matches["wants_matches"] = json!(false);
    world.put(PATH, no_matches).await.ok();
    assert_eq!(stored(&world, "PROFILES", USER), Value::Null);
    assert_eq!(world.get(PATH).await.ok()["profile"]["name"], "Ada");
    world.put(PATH, change()).await.ok();
    assert_eq!(stored(&world, "PROFILES", USER)["profile"]["name"], "Ada");
}

#[tokio::test]
async fn the_address_of_the_registration_stays() {
    let world = World::with(vec![]);
    let registered = json!({"userId": USER, "email": "ada@example.org", "profile": {"name": "Ada"}});
    world.documents.put("USER#user123", "PROFILE", registered);
    let mut change = change();
    change["email"] = json!("mallory@example.org");
    assert_eq!(world.put(PATH, change).await.ok()["email"], "ada@example.org");
    assert_eq!(stored(&world, "PROFILES", USER)["email"], "ada@example.org");
}

#[tokio::test]
async fn an_address_counts_when_none_is_stored() {
    let world = World::with(vec![]);
    assert_eq!(world.put(PATH, change()).await.ok()["email"], "");
    let mut change = change();
    change["email"] = json!("ada@example.org");
    assert_eq!(world.put(PATH, change.clone()).await.ok()["email"], "ada@example.org");
    for email in ["", "ada", "@example.org", "ada@", "a da@example.org", "ada@example.org\n"] {
        change["email"] = json!(email);
        assert!(world.put(PATH, change.clone()).await.problem(422).starts_with("email"), "{email}");
    }
}

#[tokio::test]
async fn nobody_writes_or_reads_the_profile_of_somebody_else() {
    let world = World::with(vec![]);
    let theirs = json!({"userId": OTHER, "email": "grace@example.org", "profile": {"name": "Grace"}});
    world.documents.put("USER#user999", "PROFILE", theirs.clone());
    let mut change = change();
    change["userId"] = json!(OTHER);
    world.put(PATH, change.clone()).await.problem(403);
    world.get(PATH).await.problem(404);
    change["userId"] = json!(USER);
    world.put(PATH, change).await.ok();
    assert_eq!(stored(&world, "USER#user999", "PROFILE"), theirs);
    assert_eq!(stored(&world, "PROFILES", OTHER), Value::Null);
    assert_eq!(as_other(&world, "GET", PATH, None).await.ok()["profile"]["name"], "Grace");
}

#[tokio::test]
async fn a_stored_profile_that_names_another_person_is_still_the_callers() {
    let world = World::with(vec![]);
    world.documents.put("USER#user123", "PROFILE", json!({"userId": OTHER, "email": ""}));
    assert_eq!(world.get(PATH).await.ok()["userId"], USER);
}

#[tokio::test]
async fn a_profile_that_cannot_be_read_is_mended_by_storing_it_again() {
    let world = World::with(vec![]);
    let broken = json!({"email": "ada@example.org", "profile": {"skills": "secret"}});
    world.documents.put("USER#user123", "PROFILE", broken);
    assert!(!world.get(PATH).await.problem(500).contains("secret"));
    assert_eq!(world.put(PATH, change()).await.ok()["email"], "ada@example.org");
    assert_eq!(world.get(PATH).await.ok()["profile"]["name"], "Ada");
}

#[tokio::test]
async fn what_was_read_can_be_sent_back() {
    let world = World::with(vec![]);
    let answer = world.put(PATH, change()).await;
    let mut document = answer.ok().clone();
    document.as_object_mut().expect("an object").remove("email");
    assert_eq!(world.put(PATH, document).await.ok(), &answer.body);
}

#[tokio::test]
async fn a_field_out_of_bounds_is_named_and_nothing_is_stored() {
    let world = World::with(vec![]);
    let long = |n: usize| json!("x".repeat(n));
    let many = |n: usize| json!(vec!["x"; n]);
    for (pointer, value, named) in [
        ("/profile/skills", many(201), "profile.skills"),
        ("/profile/skills/1", long(101), "profile.skills[1]"),
        ("/profile/name", long(501), "profile.name"),
        ("/profile/experience_level", long(501), "profile.experience_level"),
        ("/profile/location", long(501), "profile.location"),
        ("/profile/title", long(501), "profile.title"),
        ("/profile/salary_expectation", long(501), "profile.salary_expectation"),
        ("/profile/years", json!(101), "profile.years"),
        ("/profile/years", json!(-1), "profile.years"),
        ("/preferences/job_domains", many(51), "preferences.job_domains"),
        ("/preferences/job_domains/0", long(101), "preferences.job_domains[0]"),
        ("/preferences/work_style", long(501), "preferences.work_style"),
        ("/preferences/company_size_pref", long(501), "preferences.company_size_pref"),
        ("/profile/skills", json!("Rust"), "profile.skills"),
        ("/profile/skils", json!(["Rust"]), "profile.skils"),
        ("/wants_match", json!(true), "wants_match"),
        ("/wants_matches", json!("yes"), "wants_matches"),
    ] {
        let mut change = change();
        match pointer.rsplit_once('/') {
            Some((parent, name)) if change.pointer(pointer).is_none() => {
                change.pointer_mut(parent).expect(pointer)[name] = value;
            }
            _ => change = with(pointer, value),
        }
        let refused = world.put(PATH, change).await.problem(422);
        assert!(refused.starts_with(named), "{pointer}: {refused}");
    }
    assert!(world.put(PATH, json!({})).await.problem(422).contains("profile"));
    assert_eq!(keys(&world), []);
}

#[tokio::test]
async fn bounds_count_characters_and_may_be_reached() {
    let world = World::with(vec![]);
    let skills: Vec<String> = (0..200).map(|n| format!("{n:ä>100}")).collect();
    world.put(PATH, with("/profile/skills", json!(skills))).await.ok();
    world.put(PATH, with("/profile/name", json!("ä".repeat(500)))).await.ok();
}

#[tokio::test]
async fn a_search_without_a_profile_uses_the_stored_one() {
    let world = World::with(vec![role("a_job_1", "Engineer", &["Rust"]), role("a_job_2", "Engineer", &[])]);
    world.put(PATH, json!({"profile": {"skills": ["Rust"]}})).await.ok();
    let answer = world.post("/agent/jobs", json!({})).await;
    assert_eq!(answer.ok()["ai_insights"]["profile_from"], "stored");
    assert_eq!(answer.body["top_matches"][0]["job_id"], "a_job_1");
}

#[tokio::test]
async fn a_store_that_is_away_stores_nothing_and_says_so() {
    let world = World::with(vec![]);
    world.documents.away.store(true, Ordering::Relaxed);
    world.put(PATH, change()).await.problem(503);
    world.get(PATH).await.problem(503);
    world.documents.away.store(false, Ordering::Relaxed);
    world.get(PATH).await.problem(404);
}
