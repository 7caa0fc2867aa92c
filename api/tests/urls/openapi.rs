//! `GET /openapi.json`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::doubles::{World, request};

async fn document() -> Value {
    World::with(vec![]).send(request("GET", "/openapi.json", None, None)).await.body
}

#[tokio::test]
async fn the_document_is_the_one_in_the_repository() {
    let text = serde_json::to_string_pretty(&document().await).expect("a document") + "\n";
    assert_eq!(stored(&text), text, "run the tests with UPDATE=1 and look at the difference");
}

/// What lies in the repository, after it was replaced by `text` when `UPDATE` is set.
#[expect(clippy::disallowed_methods, reason = "a golden file is compared and renewed on disk")]
fn stored(text: &str) -> String {
    let path = Path::new("openapi.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, text).expect("openapi.json can be written");
    }
    std::fs::read_to_string(path).expect("api/openapi.json")
}

#[tokio::test]
async fn every_route_is_described_and_nothing_else() {
    let document = document().await;
    let paths = document["paths"].as_object().expect("paths");
    let described: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().expect("methods").keys().map(|method| (method.to_uppercase(), path.clone()))
        })
        .collect();
    let routes = api::endpoints::ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned()));
    assert_eq!(described, routes.collect());
}

#[tokio::test]
async fn a_route_is_protected_exactly_when_the_document_says_so() {
    let document = document().await;
    let world = World::with(vec![]);
    for (method, path) in api::endpoints::ROUTES {
        let operation = &document["paths"][*path][method.to_lowercase()];
        let answer = world.send(request(method, path, None, None)).await;
        assert_eq!(operation["security"].is_array(), answer.status == 401, "{method} {path}");
        assert!(operation["summary"].is_string() || operation["description"].is_string(), "{method} {path}");
    }
}

#[tokio::test]
async fn every_reference_has_its_schema() {
    let document = document().await;
    let text = document.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}
