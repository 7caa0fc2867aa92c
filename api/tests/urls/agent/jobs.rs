//! `POST /agent/jobs`.

use std::sync::atomic::Ordering;

use pipeline_core::ports::{Filter, Key};
use schemas::Micros;
use schemas::documents::IndexDocument;
use serde_json::{Value, json};

use crate::doubles::{Answer, NOW, Shelf, World, role};

const PATH: &str = "/agent/jobs";

fn market() -> World {
    World::with(vec![
        role("a_job_1", "Rust Engineer", &["Rust"]),
        role("a_job_2", "Data Engineer", &["SQL", "Python"]),
        role("a_job_3", "Platform Engineer", &["Rust", "SQL"]),
        role("a_job_4", "Chef", &[]),
    ])
}

fn ids(answer: &Answer) -> Vec<&str> {
    let found = answer.ok()["top_matches"].as_array().expect("a list");
    found.iter().map(|found| found["job_id"].as_str().expect("an id")).collect()
}

fn profile(skills: &[&str]) -> Value {
    json!({"profile": {"skills": skills}})
}

async fn search(world: &World, params: Value) -> Answer {
    world.post(PATH, json!({"user_profile": profile(&["Rust", "SQL"]), "search_params": params})).await
}

#[tokio::test]
async fn the_best_come_first_in_the_users_own_shape() {
    let world = market();
    let answer = search(&world, json!({})).await;
    assert_eq!(ids(&answer), ["a_job_3", "a_job_1", "a_job_2"]);
    let body = &answer.body;
    assert_eq!(body["searchId"], "search_20261123_143022_user123");
    assert_eq!(body["userId"], "user123");
    assert_eq!(body["timestamp"], "2026-11-23T14:30:22Z");
    assert_eq!(
        body["results_summary"],
        json!({"total_jobs_found": 3, "top_match_score": 20.0, "average_match_score": 13.3})
    );
    assert_eq!(body["top_matches"][0]["match_score"], 20.0);
    assert_eq!(body["top_matches"][0]["eligible"], true);
}

#[tokio::test]
async fn the_search_is_stored_for_ninety_days_as_answered() {
    let world = market();
    let answer = search(&world, json!({})).await;
    let stored = world.documents.stored.lock().expect("a lock");
    let document = &stored[&Key::new("USER#user123", "SEARCH#search_20261123_143022_user123")];
    assert_eq!(&document.body, answer.ok());
    assert_eq!(document.expires_at, Some(Micros(NOW.0 + 90 * 86_400_000_000)));
    assert_eq!(stored.len(), 1, "and no profile is created on the way");
}

#[tokio::test]
async fn two_searches_in_one_second_do_not_overwrite_each_other() {
    let world = market();
    search(&world, json!({})).await.ok();
    let second = search(&world, json!({})).await;
    assert_eq!(second.ok()["searchId"], "search_20261123_143023_user123");
    assert_eq!(second.body["timestamp"], "2026-11-23T14:30:22Z");
    for _ in 0..8 {
        search(&world, json!({})).await.ok();
    }
    let refused = search(&world, json!({})).await;
    refused.problem(429);
    assert!(!refused.header("retry-after").is_empty());
}

#[tokio::test]
async fn what_is_asked_becomes_filters_and_is_told() {
    let berlin = IndexDocument {
        city: Some("Berlin".to_owned()),
        country: Some("DE".to_owned()),
        level: Some("senior".to_owned()),
        domain: Some("engineering".to_owned()),
        remote_friendly: Some(true),
        salary_min: Some(80_000.0),
        salary_max: Some(100_000.0),
        salary_currency: Some("EUR".to_owned()),
        ..role("a_job_9", "Rust Engineer", &["Rust", "SQL"])
    };
    let dollars = IndexDocument { salary_currency: Some("USD".to_owned()), ..berlin.clone() };
    let closed = IndexDocument { open: false, ..berlin.clone() };
    let world = World::with(vec![role("a_job_1", "Rust Engineer", &["Rust", "SQL"]), berlin, dollars, closed]);
    let answer = search(
        &world,
        json!({"query": "rust", "domain": "engineering", "location": "Berlin", "level": "Senior", "remote": true,
            "salary_min": 90000, "salary_currency": "eur", "skills": ["rust", "sql"]}),
    )
    .await;
    assert_eq!(ids(&answer), ["a_job_9"]);
    let insights = &answer.body["ai_insights"];
    assert_eq!(insights["filters_ignored"], json!([]));
    assert_eq!(
        insights["filters_applied"],
        json!({"open": true, "query": "rust", "domain": "engineering", "level": "Senior",
            "location": {"country": "DE", "city": "Berlin"}, "remote": true,
            "salary_min": {"amount": 90000.0, "currency": "EUR"}, "skills": ["Rust", "SQL"]})
    );
    assert_eq!(insights["pay"], json!({"EUR": {"n": 1, "median": 90000.0}}));
}

#[tokio::test]
async fn a_filter_that_cannot_be_applied_is_said() {
    let world = market();
    let answer = search(&world, json!({"location": "Atlantis", "salary_min": 50000})).await;
    assert_eq!(ids(&answer).len(), 3);
    let ignored = answer.body["ai_insights"]["filters_ignored"].as_array().expect("a list");
    assert_eq!(ignored[0]["filter"], "location");
    assert_eq!(ignored[0]["value"], "Atlantis");
    assert_eq!(ignored[0]["reason"], "location not understood");
    assert_eq!(ignored[1]["filter"], "salary_min");
    let answer = search(&world, json!({"salary_currency": "EUR"})).await;
    assert_eq!(answer.ok()["ai_insights"]["filters_ignored"][0]["filter"], "salary_currency");
}

#[tokio::test]
async fn a_region_is_answered_with_its_country_and_that_is_said() {
    let world = market();
    let answer = search(&world, json!({"location": "Bavaria"})).await;
    let insights = &answer.ok()["ai_insights"];
    assert_eq!(insights["filters_applied"]["location"], json!({"country": "DE", "city": null}));
    assert_eq!(insights["filters_ignored"][0]["filter"], "location");
}

#[tokio::test]
async fn a_skill_without_a_name_of_its_own_is_searched_as_a_word() {
    let world = market();
    let answer = search(&world, json!({"skills": ["Platform", "rust"]})).await;
    assert_eq!(ids(&answer), ["a_job_3"]);
    assert_eq!(answer.body["ai_insights"]["filters_applied"]["skills_as_words"], json!(["Platform"]));
}

#[tokio::test]
async fn without_a_query_the_title_stands_in_when_there_are_no_skills() {
    let world = market();
    let body = json!({"user_profile": {"profile": {"title": "Data Engineer"}}, "search_params": {}});
    let answer = world.post(PATH, body).await;
    assert_eq!(ids(&answer), ["a_job_2"]);
    assert_eq!(world.search.last_query().words, "Data Engineer");
}

#[tokio::test]
async fn what_the_profile_implies_gives_way_when_nothing_is_left() {
    let world = market();
    let body =
        json!({"user_profile": {"profile": {"skills": ["Rust"]}, "preferences": {"job_domains": ["astrology"]}}});
    let answer = world.post(PATH, body).await;
    assert_eq!(ids(&answer).len(), 4);
    let ignored = answer.body["ai_insights"]["filters_ignored"].as_array().expect("a list");
    let names: Vec<&Value> = ignored.iter().map(|ignored| &ignored["filter"]).collect();
    assert_eq!(names, ["profile.skills", "preferences.job_domains"]);
}

#[tokio::test]
async fn a_query_is_not_narrowed_by_the_profile() {
    let world = market();
    assert_eq!(ids(&search(&world, json!({"query": "chef"})).await), ["a_job_4"]);
    let open = Filter::Any { field: "open".to_owned(), values: vec!["true".to_owned()] };
    assert_eq!(world.search.last_query().filters, [open]);
}

#[tokio::test]
async fn missing_skills_are_those_of_the_top_that_the_profile_lacks() {
    let world = market();
    let body = json!({"user_profile": profile(&["rust"]), "search_params": {"query": "engineer"}});
    let answer = world.post(PATH, body).await;
    let insights = &answer.ok()["ai_insights"];
    assert_eq!(insights["missing_skills"], json!([{"skill": "SQL", "roles": 2}, {"skill": "Python", "roles": 1}]));
    assert_eq!(insights["skills_in_demand"][0], json!({"skill": "Rust", "roles": 2}));
}

#[tokio::test]
async fn the_limit_cuts_the_matches_and_not_the_total() {
    let world = market();
    let answer = search(&world, json!({"limit": 1})).await;
    assert_eq!(ids(&answer), ["a_job_3"]);
    assert_eq!(answer.body["results_summary"]["total_jobs_found"], 3);
    for limit in [0, 101] {
        assert!(search(&world, json!({"limit": limit})).await.problem(422).contains("search_params.limit"));
    }
}

#[tokio::test]
async fn a_score_that_is_no_number_comes_last_and_is_null() {
    let world = World::with(vec![role("a_job_0", "Unscorable", &["Rust"]), role("a_job_1", "Chef", &["Rust"])]);
    let answer = search(&world, json!({})).await;
    assert_eq!(ids(&answer), ["a_job_1", "a_job_0"]);
    assert_eq!(answer.body["top_matches"][1]["match_score"], Value::Null);
}

#[tokio::test]
async fn the_stored_profile_serves_when_the_request_brings_none() {
    let world = market();
    let stored = json!({"userId": "user123", "email": "", "profile": {"skills": ["Python"]}, "preferences": {}});
    world.documents.put("USER#user123", "PROFILE", stored);
    let answer = world.post(PATH, json!({})).await;
    assert_eq!(ids(&answer), ["a_job_2"]);
    assert_eq!(answer.body["ai_insights"]["profile_from"], "stored");
}

#[tokio::test]
async fn without_any_profile_all_open_roles_are_found() {
    let world = market();
    let answer = world.post(PATH, json!({})).await;
    assert_eq!(ids(&answer).len(), 4);
    assert_eq!(answer.body["ai_insights"]["profile_from"], "none");
}

#[tokio::test]
async fn nobody_searches_as_somebody_else() {
    let world = market();
    world.post(PATH, json!({"user_profile": {"userId": "user999"}})).await.problem(403);
    world.post(PATH, json!({"user_profile": {"userId": "user123"}})).await.ok();
}

#[tokio::test]
async fn a_field_that_nobody_knows_is_named() {
    let world = market();
    assert!(world.post(PATH, json!({"search_parms": {}})).await.problem(422).contains("search_parms"));
    assert!(search(&world, json!({"salary": 5})).await.problem(422).contains("salary"));
    let answer = world.post(PATH, json!({"user_profile": {"skills": ["Rust"]}})).await;
    assert_eq!(answer.ok()["ai_insights"]["fields_ignored"], json!(["user_profile.skills"]));
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_named_with_its_path() {
    let world = market();
    let body = json!({"user_profile": {"profile": {"skills": "Rust"}}});
    assert!(world.post(PATH, body).await.problem(422).contains("user_profile.profile.skills"));
    assert!(search(&world, json!({"salary_min": -1})).await.problem(422).contains("search_params.salary_min"));
    assert!(search(&world, json!({"salary_currency": "euros"})).await.problem(422).contains("salary_currency"));
    assert!(search(&world, json!({"query": "x".repeat(501)})).await.problem(422).contains("search_params.query"));
}

#[tokio::test]
async fn before_the_first_publish_it_says_what_to_do() {
    let world = World::over(Shelf::default());
    let answer = search(&world, json!({})).await;
    answer.problem(503);
    assert_eq!(answer.body["hint"], "waypost run");
}

#[tokio::test]
async fn a_backend_that_is_away_is_not_described_to_strangers() {
    let world = market();
    world.documents.away.store(true, Ordering::Relaxed);
    assert!(!search(&world, json!({})).await.problem(503).contains("10.0.0.7"));
}

#[tokio::test]
async fn an_answer_too_large_to_store_is_cut_and_says_so() {
    let roles =
        (0..100).map(|n| IndexDocument { excerpt: "x".repeat(10_000), ..role(&format!("a_job_{n:03}"), "Chef", &[]) });
    let world = World::with(roles.collect());
    let answer = search(&world, json!({"query": "chef", "limit": 100})).await;
    let kept = ids(&answer).len();
    assert!(kept > 20 && answer.text.len() < 400_000);
    assert_eq!(answer.body["ai_insights"]["results_cut"], 100 - kept);
}

#[tokio::test]
async fn among_too_many_roles_those_nearest_to_the_profile_are_scored() {
    let mut roles: Vec<IndexDocument> = (0..300)
        .map(|n| role(&format!("a_job_{n:03}"), "Engineer", if n % 2 == 0 { &["Rust"] } else { &["SQL"] }))
        .collect();
    roles.push(role("z_job_1", "Engineer", &["Rust", "SQL"]));
    roles.push(role("z_job_2", "Engineer", &["Python", "Rust", "SQL"]));
    let world = World::with(roles);
    let body = json!({"user_profile": profile(&["Rust", "SQL", "Python"])});
    let answer = world.post(PATH, body).await;
    assert_eq!(ids(&answer)[..2], ["z_job_2", "z_job_1"]);
    assert_eq!(answer.body["results_summary"]["total_jobs_found"], 302);
    assert_eq!(answer.body["ai_insights"]["roles_scored"], 200);
}

#[tokio::test]
async fn a_stored_profile_that_names_another_person_is_still_the_callers() {
    let world = market();
    world.documents.put("USER#user123", "PROFILE", json!({"userId": "user999", "email": ""}));
    assert_eq!(world.post(PATH, json!({})).await.ok()["userId"], "user123");
}
