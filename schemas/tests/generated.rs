//! What lies in `generated/` is what the declarations say. `UPDATE=1 cargo test -p schemas` writes it anew.
#![expect(clippy::disallowed_methods, reason = "a generator reads and writes files, and is told so by the environment")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What to do when a file is not as it should be.
const REMEDY: &str = "run `UPDATE=1 cargo test -p schemas` and look at the difference";

fn folder() -> PathBuf {
    PathBuf::from("generated")
}

/// Every file below `folder` with its path from there.
fn stored(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            stored(&entry.path(), &format!("{path}/"), found);
        } else {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            found.insert(path, text);
        }
    }
}

fn write(files: &BTreeMap<String, String>, stored: &BTreeMap<String, String>) {
    for stale in stored.keys().filter(|path| !files.contains_key(*path)) {
        std::fs::remove_file(folder().join(stale)).expect(stale);
    }
    for (path, text) in files.iter().filter(|(path, text)| stored.get(*path) != Some(*text)) {
        let target = folder().join(path);
        std::fs::create_dir_all(target.parent().expect("a folder")).expect(path);
        std::fs::write(target, text).expect(path);
    }
}

#[test]
fn generated_files_are_what_the_declarations_say() {
    let listed = schemas::derive::files();
    let files: BTreeMap<String, String> = listed.iter().cloned().collect();
    assert_eq!(files.len(), listed.len(), "two derived files have the same path");
    let mut found = BTreeMap::new();
    stored(&folder(), "", &mut found);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        return write(&files, &found);
    }
    for path in found.keys() {
        assert!(files.contains_key(path), "generated/{path} follows from no declaration; {REMEDY}");
    }
    for (path, text) in &files {
        let stored = found.get(path).unwrap_or_else(|| panic!("generated/{path} is missing; {REMEDY}"));
        assert!(stored == text, "generated/{path} is not what the declarations say; {REMEDY}");
    }
}

#[test]
fn every_derived_file_is_json_and_states_each_column_with_a_meaning() {
    for (path, text) in schemas::derive::files() {
        let value: serde_json::Value = serde_json::from_str(&text).expect(&path);
        for (column, schema) in
            value["properties"].as_object().into_iter().flatten().filter(|_| path.starts_with("json/"))
        {
            let meaning = schema["description"].as_str().unwrap_or_default();
            assert!(meaning.ends_with('.') && meaning.trim() == meaning, "{path}: {column}: {meaning:?}");
        }
    }
}

#[test]
fn every_schema_stands_alone() {
    for (name, schema) in schemas::derive::type_schemas() {
        let text = schema.to_string();
        assert!(!text.contains("#/components/"), "{name} refers to a document that it is not part of");
        for reference in text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(schema["$defs"][reference].is_object(), "{name} refers to {reference}, which it does not hold");
        }
    }
}
