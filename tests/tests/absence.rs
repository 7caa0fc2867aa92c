//! What must not be there: engines, clients and second versions in places where they do not belong.

use std::collections::BTreeMap;

use tests::house;
use toml::Table;

/// Crates that may name a dependency themselves, and no others. A name stands for itself and for `name-...`.
const RESERVED: &[(&str, &[&str])] = &[
    ("datafusion", &["pipeline-measure"]),
    ("deltalake", &["pipeline-lake"]),
    ("reqwest", &["infra-net", "infra-aws", "support"]),
    ("rusqlite", &["infra-local"]),
    ("tantivy", &["infra-local"]),
    ("aws-sdk", &["infra-aws"]),
    ("aws-config", &["infra-aws"]),
];

/// Crates of which two versions would mean two incompatible types for one thing, or twice the build.
const SINGLE: &[&str] = &["datafusion", "arrow-array", "parquet", "object_store"];

fn is_or_starts(name: &str, reserved: &str) -> bool {
    name.strip_prefix(reserved).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn assert_absent(package: &str, absent: &[&str]) {
    let closure = house::closure(package);
    assert!(closure.contains(package), "the closure of {package} was not read");
    let found: Vec<&String> =
        closure.iter().filter(|name| absent.iter().any(|absent| is_or_starts(name, absent))).collect();
    assert!(found.is_empty(), "{package} pulls in {found:?}; `cargo tree -p {package} -i NAME` shows through what");
}

/// The names in every `[dependencies]`-like table of a manifest, development excepted, target tables included.
fn direct(manifest: &Table) -> Vec<String> {
    let targets =
        manifest.get("target").and_then(|value| value.as_table()).into_iter().flat_map(|table| table.values());
    let tables = std::iter::once(manifest).chain(targets.filter_map(|value| value.as_table()));
    let lists = tables.flat_map(|table| [table.get("dependencies"), table.get("build-dependencies")]);
    let named = lists.flatten().filter_map(|list| list.as_table());
    named
        .flat_map(|list| list.iter())
        .map(|(name, value)| value.get("package").and_then(|package| package.as_str()).unwrap_or(name).to_owned())
        .collect()
}

#[test]
fn the_api_contains_no_engine_and_no_client() {
    assert_absent("api", &["datafusion", "deltalake", "rusqlite", "tantivy", "reqwest"]);
}

#[test]
fn the_default_build_contains_nothing_that_is_optional() {
    assert_absent("jobs", &["aws-sdk", "aws-config", "typst", "candle", "ballista"]);
}

#[test]
fn stages_contain_no_backend() {
    for stage in ["crawl", "normalize", "measure", "matching", "resume", "publish"] {
        assert_absent(&format!("pipeline-{stage}"), &["rusqlite", "tantivy", "infra", "lettre"]);
    }
}

#[test]
fn reserved_dependencies_are_named_by_their_owners_alone() {
    for path in house::files("Cargo.toml") {
        let manifest: Table = house::read(&path).parse().expect(&path);
        let Some(package) = manifest.get("package").and_then(|package| package["name"].as_str()) else { continue };
        for name in direct(&manifest) {
            let reserved = RESERVED.iter().find(|(reserved, _)| is_or_starts(&name, reserved));
            if let Some((reserved, owners)) = reserved {
                assert!(owners.contains(&package), "{path} names {name}, but {reserved} belongs to {owners:?}");
            }
        }
    }
}

#[test]
fn there_is_one_version_of_each_engine() {
    let lock: Table = house::read("Cargo.lock").parse().expect("Cargo.lock");
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock["package"].as_array().expect("packages") {
        let field = |name: &str| package[name].as_str().expect("text");
        versions.entry(field("name")).or_default().push(field("version"));
    }
    for name in SINGLE {
        let found = versions.get(name).map(Vec::as_slice).unwrap_or_default();
        assert_eq!(found.len(), 1, "Cargo.lock must hold one version of {name}, not {found:?}");
    }
}

#[test]
fn a_name_stands_for_its_family_and_not_for_its_neighbours() {
    assert!(is_or_starts("datafusion", "datafusion") && is_or_starts("datafusion-expr", "datafusion"));
    assert!(!is_or_starts("datafusionx", "datafusion") && !is_or_starts("object_store", "datafusion"));
}
