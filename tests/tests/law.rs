//! The law of layers: a crate depends only on a lower layer.

use std::collections::BTreeMap;

use serde_json::Value;

/// Every crate of the workspace, by layer.
const LAYERS: &[(u32, &[&str])] = &[
    (0, &["schemas"]),
    (1, &["pipeline-core"]),
    (2, &["pipeline-lake", "pipeline-rules", "conformance", "support"]),
    (
        3,
        &[
            "pipeline-crawl",
            "pipeline-normalize",
            "pipeline-measure",
            "pipeline-matching",
            "pipeline-resume",
            "pipeline-publish",
            "infra-local",
            "infra-aws",
            "infra-net",
            "api",
        ],
    ),
    (4, &["infra-registry"]),
    (5, &["jobs"]),
    (6, &["tests"]),
];

/// The layer whose crates (the conformance suites, the fault store) any crate's own tests may use.
const TEST_LAYER: u32 = 2;

/// A dependency of one crate of the workspace on another.
#[derive(Debug)]
struct Arrow {
    from: String,
    to: String,
    is_for_tests: bool,
}

fn layer(name: &str) -> Option<u32> {
    LAYERS.iter().find(|(_, names)| names.contains(&name)).map(|(layer, _)| *layer)
}

fn is_lawful(arrow: &Arrow) -> bool {
    let (Some(from), Some(to)) = (layer(&arrow.from), layer(&arrow.to)) else { return false };
    to < from || (arrow.is_for_tests && to <= from.max(TEST_LAYER) && arrow.from != arrow.to)
}

fn packages() -> Vec<Value> {
    let text = tests::house::cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&text).expect("cargo metadata");
    metadata["packages"].as_array().expect("packages").clone()
}

fn name(package: &Value) -> &str {
    package["name"].as_str().expect("a name")
}

fn arrows() -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for package in packages() {
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            if dependency["path"].is_string() {
                arrows.push(Arrow {
                    from: name(&package).to_owned(),
                    to: name(dependency).to_owned(),
                    is_for_tests: dependency["kind"] == "dev",
                });
            }
        }
    }
    arrows
}

#[test]
fn every_member_of_the_workspace_has_a_layer() {
    let homeless: Vec<String> =
        packages().iter().map(|package| name(package).to_owned()).filter(|name| layer(name).is_none()).collect();
    assert!(homeless.is_empty(), "{homeless:?} have no layer; give them one in tests/tests/law.rs and ARCHITECTURE.md");
}

#[test]
fn no_crate_has_two_layers() {
    let mut seen = BTreeMap::new();
    for (layer, name) in LAYERS.iter().flat_map(|(layer, names)| names.iter().map(move |name| (layer, name))) {
        assert_eq!(seen.insert(name, layer), None, "{name} is in two layers");
    }
}

#[test]
fn a_crate_depends_only_on_a_lower_layer() {
    let broken: Vec<String> = arrows()
        .iter()
        .filter(|arrow| !is_lawful(arrow))
        .map(|arrow| {
            let place = |name: &str| layer(name).map_or("no layer".to_owned(), |layer| format!("layer {layer}"));
            format!("{} ({}) must not depend on {} ({})", arrow.from, place(&arrow.from), arrow.to, place(&arrow.to))
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_law_refuses_what_it_should() {
    let arrow = |from: &str, to: &str, is_for_tests| Arrow { from: from.to_owned(), to: to.to_owned(), is_for_tests };
    for (from, to, is_for_tests, lawful) in [
        ("pipeline-crawl", "pipeline-core", false, true),
        ("pipeline-crawl", "pipeline-normalize", false, false),
        ("pipeline-crawl", "pipeline-normalize", true, true),
        ("api", "infra-local", false, false),
        ("pipeline-core", "pipeline-lake", false, false),
        ("infra-local", "conformance", true, true),
        ("infra-local", "infra-registry", true, false),
        ("pipeline-core", "support", true, true),
        ("pipeline-core", "jobs", true, false),
        ("jobs", "stranger", false, false),
    ] {
        assert_eq!(is_lawful(&arrow(from, to, is_for_tests)), lawful, "{from} on {to}, for tests: {is_for_tests}");
    }
}
