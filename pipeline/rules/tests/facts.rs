//! How well sections and facts of the work are read from real postings. The labels in `tests/labels` refer to postings by file and id;
//! the postings themselves are not part of the project.

#![expect(clippy::print_stderr, reason = "a measurement is read by people")]
#![expect(clippy::disallowed_methods, reason = "the postings lie outside the project")]

use std::collections::BTreeMap;

use pipeline_core::source::Markup;
use pipeline_rules::html::{Warnings, clean};
use pipeline_rules::sections;
use pipeline_rules::work::WorkFacts;
use serde_json::Value;

/// The postings of the shared data that labels name, read file by file.
#[derive(Default)]
struct Postings(BTreeMap<String, Value>);

impl Postings {
    fn text(&mut self, label: &Value) -> String {
        let file = label["file"].as_str().expect("a file").to_owned();
        let whole = self.0.entry(file).or_insert_with_key(|file| {
            let path = format!("../../../shared/data/{file}");
            let body = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            serde_json::from_str(&body).expect("JSON")
        });
        let list = whole["jobs"].as_array().or(whole["comments"].as_array()).expect("postings");
        let id = |posting: &Value| posting["id"].as_str().map_or_else(|| posting["id"].to_string(), str::to_owned);
        let posting = list.iter().find(|posting| id(posting) == id(label)).expect("a posting");
        let body = posting["descriptionHtml"].as_str().or(posting["text"].as_str()).expect("a text");
        clean(body, Markup::Html, &mut Warnings::new())
    }
}

fn labels(name: &str) -> Vec<Value> {
    let path = format!("../../tests/labels/{name}.jsonl");
    let lines = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    lines.lines().map(|line| serde_json::from_str(line).expect("a label")).collect()
}

/// Right, found and labelled, by what was read.
#[derive(Default)]
struct Counts(BTreeMap<String, [usize; 3]>);

impl Counts {
    fn add(&mut self, labelled: Option<&str>, found: Option<&str>) {
        if let Some(found) = found {
            let counts = self.0.entry(found.to_owned()).or_default();
            counts[0] += usize::from(labelled == Some(found));
            counts[1] += 1;
        }
        if let Some(labelled) = labelled {
            self.0.entry(labelled.to_owned()).or_default()[2] += 1;
        }
    }

    fn print(&self, split: &str) {
        for (name, [right, found, labelled]) in &self.0 {
            eprintln!("{split} {name}: right {right}, found {found}, labelled {labelled}");
        }
    }

    /// Precision and recall over all.
    fn all(&self) -> (f64, f64) {
        let sum = |at: usize| self.0.values().map(|counts| counts[at]).sum::<usize>().max(1) as f64;
        (sum(0) / sum(1), sum(0) / sum(2))
    }
}

#[test]
#[ignore = "needs ../shared/data"]
fn lines_lie_in_the_section_that_a_reader_sees() {
    let mut postings = Postings::default();
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    for label in labels("sections") {
        let text = postings.text(&label);
        let found = sections::read(&text);
        let mut marks = label["sections"].as_array().expect("sections").iter().peekable();
        let (mut at, mut kind) = (0, "");
        for (number, line) in text.split('\n').enumerate() {
            if let Some(mark) = marks.next_if(|mark| mark[0] == number) {
                kind = mark[1].as_str().expect("a kind");
            }
            if !line.trim().is_empty() {
                let read = sections::kind_at(&found, at).map(sections::Kind::name);
                counts.entry(label["split"].to_string()).or_default().add(Some(kind), read);
            }
            at += line.len() + 1;
        }
    }
    for (split, counts) in &counts {
        counts.print(split);
        let (precision, recall) = counts.all();
        eprintln!("{split} precision {precision:.3} recall {recall:.3}");
        assert!(precision > 0.83, "{split}");
    }
}

/// The facts of one label or reading, as text, by field.
fn told(value: &Value) -> BTreeMap<&'static str, String> {
    let facts = [
        (
            "years",
            value["years"]["value"]["min"].as_u64().or(value["years"][0].as_u64()).map(|years| years.to_string()),
        ),
        ("visa", value["visa"]["value"].as_str().or(value["visa"].as_str()).map(str::to_owned)),
        ("education", {
            let education = if value["education"]["value"].is_object() {
                &value["education"]["value"]
            } else {
                &value["education"]
            };
            education["level"]
                .as_str()
                .map(|level| format!("{level} {} {}", education["preferred"], education["equivalent"]))
        }),
        ("clearance", {
            let read = &value["clearance"]["value"];
            let label = (value["clearance"][0].as_str(), value["clearance"][1].as_str());
            match (read["kind"].as_str().or(label.0), read["need"].as_str().or(label.1)) {
                (Some(kind), Some(need)) => Some(format!("{kind} {need}")),
                _ => None,
            }
        }),
    ];
    facts.into_iter().filter_map(|(field, fact)| Some((field, fact?))).collect()
}

#[test]
#[ignore = "needs ../shared/data"]
fn facts_of_the_work_are_read_as_a_reader_does() {
    let mut postings = Postings::default();
    let mut counts: BTreeMap<(&str, String), [usize; 3]> = BTreeMap::new();
    for label in labels("work_facts") {
        let text = postings.text(&label);
        let read = told(&WorkFacts::read(&text, &sections::read(&text)).json(&text));
        let labelled = told(&label);
        for field in ["years", "education", "visa", "clearance"] {
            let (found, expected) = (read.get(field), labelled.get(field));
            let counts = counts.entry((field, label["split"].to_string())).or_default();
            counts[0] += usize::from(found.is_some() && found == expected);
            counts[1] += usize::from(found.is_some());
            counts[2] += usize::from(expected.is_some());
            if found != expected {
                eprintln!("{field} {} {}: {expected:?} read as {found:?}", label["file"], label["id"]);
            }
        }
    }
    for ((field, split), [right, found, labelled]) in &counts {
        eprintln!("{field} {split}: right {right}, found {found}, labelled {labelled}");
        // Few postings speak of visas: a floor, not a figure.
        assert!(right * 100 >= found * 75 && right * 100 >= labelled * 60, "{field} {split}");
    }
}
