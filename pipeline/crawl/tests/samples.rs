//! Reads every sample answer of `data-samples/` and compares what it means with what is written beside it.
//!
//! `<case>.input.<ext>` is a saved answer of the source that names the folder, `<case>.expected.json` what it means, and
//! `<case>.context.json` (optional) the answer's other parts. `UPDATE=1` writes the expectations anew.
#![expect(clippy::disallowed_methods, reason = "a test of files reads files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pipeline_core::read;
use pipeline_core::source::{Answer, Source, Sources};
use pipeline_crawl::sources::Registry;
use serde_json::{Value, json};

/// Folders of samples that belong to no source.
const OTHERS: [&str; 3] = ["profiles", "reference", "resumes"];

fn root() -> PathBuf {
    PathBuf::from("../../data-samples")
}

/// What is in `folder`, by name.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("can be listed").path()).collect();
    entries.sort();
    entries
}

fn name(path: &Path) -> String {
    path.file_name().expect("has a name").to_string_lossy().into_owned()
}

/// The answers of `folder`: the name of each case and the file with its body.
fn cases(folder: &Path) -> Vec<(String, PathBuf)> {
    let case = |path: PathBuf| Some((name(&path).split_once(".input.")?.0.to_owned(), path));
    entries(folder).into_iter().filter_map(case).collect()
}

/// The answer's other parts, from the file beside it.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Parts {
    board: Option<String>,
    url: Option<String>,
    content_type: Option<String>,
    context: BTreeMap<String, String>,
}

fn meaning(source: &dyn Source, folder: &Path, case: &str, input: &Path) -> Value {
    let body = fs::read(input).expect("can be read");
    let parts: Parts = match fs::read(folder.join(format!("{case}.context.json"))) {
        Ok(text) => serde_json::from_slice(&text).expect("the context is an object of known parts"),
        Err(_) => Parts::default(),
    };
    let answer = Answer {
        board: &parts.board.or_else(|| source.board_of(&body)).unwrap_or_else(|| case.to_owned()),
        url: &parts.url.unwrap_or_else(|| format!("file:{}", name(input))),
        context: &parts.context,
        content_type: parts.content_type.as_deref(),
        fetched_at: read::instant("2026-11-20T06:00:00Z").expect("is an instant"),
        body: &body,
    };
    match source.read(&answer) {
        Ok(reading) => serde_json::to_value(reading).expect("can be written"),
        Err(rejection) => json!({ "rejected": rejection }),
    }
}

#[test]
fn every_sample_means_what_is_written_beside_it() {
    let update = std::env::var("UPDATE").is_ok_and(|update| update == "1");
    let mut wrong = Vec::new();
    for folder in entries(&root()).into_iter().filter(|path| path.is_dir() && !OTHERS.contains(&name(path).as_str())) {
        let Some(source) = Registry.named(&name(&folder)) else {
            wrong.push(format!("{}: no source has this name", folder.display()));
            continue;
        };
        for (case, input) in cases(&folder) {
            let found = meaning(source, &folder, &case, &input);
            let file = folder.join(format!("{case}.expected.json"));
            if update {
                let text = serde_json::to_string_pretty(&found).expect("can be written");
                fs::write(&file, text + "\n").expect("can be written");
            } else if fs::read(&file).ok().and_then(|text| serde_json::from_slice(&text).ok()) != Some(found) {
                wrong.push(file.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "differ (UPDATE=1 writes them anew):\n{}", wrong.join("\n"));
}

#[test]
fn every_source_has_samples() {
    let without = Registry.all().into_iter().map(|source| source.describe().name);
    let without: Vec<&str> = without.filter(|name| cases(&root().join(name)).is_empty()).collect();
    assert!(without.is_empty(), "sources without a sample: {}", without.join(", "));
}

/// Reads `body` for its effects alone: a panic fails the test.
fn read_any(source: &dyn Source, body: &[u8]) {
    let _: Result<_, _> = source.read(&Answer {
        board: "any",
        url: "file:any",
        context: &BTreeMap::new(),
        content_type: None,
        fetched_at: read::instant("2026-11-20T06:00:00Z").expect("is an instant"),
        body,
    });
    let _: Option<String> = source.board_of(body);
}

/// The source and the body of every sample.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let of = |source: &dyn Source| {
        let name = source.describe().name;
        cases(&root().join(name)).into_iter().map(move |(_, input)| (name, fs::read(input).expect("can be read")))
    };
    Registry.all().into_iter().flat_map(of).collect()
}

#[test]
fn a_sample_cut_anywhere_is_read_without_a_panic() {
    for (name, body) in samples() {
        let source = Registry.named(name).expect("is a source");
        for cut in (0..body.len()).step_by(body.len() / 50 + 1) {
            read_any(source, &body[..cut]);
        }
    }
}

/// `value` with every list cut to its first element.
fn shortened(value: Value) -> Value {
    match value {
        Value::Array(list) => list.into_iter().take(1).map(shortened).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, shortened(value))).collect(),
        Value::String(text) => Value::from(text.chars().take(200).collect::<String>()),
        other => other,
    }
}

/// The address of every value within `value`, as JSON pointers.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, value)| pointers(value, &format!("{at}/{n}"), found))
        }
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            pointers(value, &format!("{at}/{key}"), found);
        }),
        _ => {}
    }
}

#[test]
fn a_sample_with_any_value_of_another_type_is_read_without_a_panic() {
    let others = [json!(null), json!(true), json!(-1e300), json!("\u{0}ü&lt;"), json!([[]]), json!({"": {}})];
    for (name, body) in samples() {
        let source = Registry.named(name).expect("is a source");
        let Ok(sample) = serde_json::from_slice::<Value>(&body).map(shortened) else { continue };
        let mut places = Vec::new();
        pointers(&sample, "", &mut places);
        for pointer in &places {
            for other in &others {
                let mut changed = sample.clone();
                *changed.pointer_mut(pointer).expect("is there") = other.clone();
                read_any(source, changed.to_string().as_bytes());
            }
        }
    }
}
