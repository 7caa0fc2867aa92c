//! `GET /agent/market`.

use serde_json::json;

use crate::doubles::{World, market_answer};

fn world() -> World {
    let world = World::with(vec![]);
    for (sk, n) in [("engineering#DE#senior", 1), ("engineering#DE#*", 2), ("engineering#*#*", 3), ("*#*#*", 4)] {
        world.documents.put("MARKET", sk, market_answer("engineering", n));
    }
    world
}

#[tokio::test]
async fn the_nearest_figures_are_given() {
    let world = world();
    for (query, n, notes) in [
        ("?domain=Engineering&location=Germany&level=senior", 1, 1),
        ("?domain=engineering&location=Germany&level=junior", 2, 2),
        ("?domain=engineering&location=Germany", 2, 1),
        ("?domain=engineering", 3, 1),
        ("?domain=engineering&level=senior", 3, 2),
        ("?location=Germany&level=senior", 4, 3),
        ("?domain=&location=&level=*", 4, 1),
        ("", 4, 1),
    ] {
        let answer = world.get(&format!("/agent/market{query}")).await;
        assert_eq!(answer.ok()["n"], n, "{query}");
        assert_eq!(answer.body["notes"].as_array().map(Vec::len), Some(notes), "{query} {}", answer.text);
    }
}

#[tokio::test]
async fn a_fall_back_is_said() {
    let answer = world().get("/agent/market?domain=engineering&location=Germany&level=junior").await;
    assert_eq!(answer.ok()["notes"][1], "there are no figures for level junior; these are for all levels");
    let answer = world().get("/agent/market?domain=engineering&location=Berlin").await;
    assert_eq!(answer.ok()["notes"][1], "figures are by country: Berlin is answered with DE");
}

#[tokio::test]
async fn a_domain_without_figures_is_not_found_and_never_another_domains() {
    let answer = world().get("/agent/market?domain=astrology&location=Germany").await;
    assert!(answer.problem(404).contains("astrology"));
    assert_eq!(answer.body["hint"], "waypost run");
}

#[tokio::test]
async fn an_unknown_place_is_named() {
    assert!(world().get("/agent/market?location=Atlantis").await.problem(400).contains("Atlantis"));
}

#[tokio::test]
async fn a_parameter_cannot_reach_another_key() {
    for query in ["domain=a%23b", "level=%00", "location=%FF%FE", "lokation=Germany"] {
        world().get(&format!("/agent/market?{query}")).await.problem(400);
    }
    world().get("/agent/market?domain=%7Blevel%7D").await.problem(404);
}

#[tokio::test]
async fn a_handler_that_panics_answers_with_a_problem() {
    let world = world();
    world.get("/agent/market?location=panic").await.problem(500);
    world.get("/agent/market").await.ok();
}

#[tokio::test]
async fn figures_that_cannot_be_read_are_our_fault() {
    let world = World::with(vec![]);
    world.documents.put("MARKET", "*#*#*", json!({"n": "many"}));
    world.get("/agent/market").await.problem(500);
}
