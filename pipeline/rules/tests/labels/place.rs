//! Places, and who may take a job, labelled by reading.

use pipeline_rules::{Readers, eval};

/// The part of `tests/labels/<name>` whose lines are of `split`.
#[expect(clippy::disallowed_methods, reason = "the labels lie beside the tests")]
fn labelled(name: &str, split: &str) -> String {
    let path = format!("../../tests/labels/{name}");
    let labels = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let of_split = format!("\"split\": \"{split}\"");
    labels.lines().filter(|line| line.contains(&of_split)).map(|line| format!("{line}\n")).collect()
}

/// The labelled place strings of many vendors; they are part of the project.
#[test]
fn place_strings_of_many_vendors_are_read_as_labelled() {
    let readers = Readers::new();
    for split in ["dev", "test", "late"] {
        let found = eval::place::evaluate(&readers, &labelled("places.jsonl", split)).expect("labels");
        for error in &found.errors {
            eprintln!("{error}");
        }
        eprintln!("{split} n {} {:#?}", found.n, found.metrics);
        let value = |name: &str| found.metrics[name].value;
        assert!(found.n >= 100, "{}", found.n);
        assert!(value("country") >= 0.98 && value("city") >= 0.95 && value("unresolved") < 0.03, "{split}");
        assert!(value("city_wrong") < 0.02 && value("invented") < 0.1, "{split}");
    }
}

/// Postings whose labels refer to them by file and id: what they say of who may take them.
#[test]
#[ignore = "needs ../shared/data"]
fn postings_say_who_may_take_them() {
    let readers = Readers::new();
    for split in ["dev", "test", "late"] {
        let lines: String = labelled("eligibility.jsonl", split).lines().map(posting_of_label).collect();
        let found = eval::eligibility::evaluate(&readers, &lines).expect("labels");
        for error in &found.errors {
            eprintln!("{error}");
        }
        eprintln!("{split} n {} {:#?}", found.n, found.metrics);
        assert!(found.n >= 40 && found.metrics["exact"].value >= 0.9 && found.metrics["wrong"].value < 0.08, "{split}");
    }
}

/// The posting that a label of eligibility refers to, as a line that is measured.
#[expect(clippy::disallowed_methods, reason = "the postings lie outside the project")]
fn posting_of_label(line: &str) -> String {
    let label: serde_json::Value = serde_json::from_str(line).expect("a label");
    let (file, id) = (label["file"].as_str().expect("a file"), label["id"].as_str().expect("an id"));
    let path = format!("../../../shared/data/corpora/{file}");
    let body = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut warnings = std::collections::BTreeSet::new();
    let mut clean = |body: &str| pipeline_rules::html::clean(body, pipeline_core::source::Markup::Html, &mut warnings);
    let posting = if let Some(jobs) = body["jobs"].as_array() {
        let job = jobs.iter().find(|job| job["id"] == id).expect("the posting");
        let secondary = job["secondaryLocations"].as_array().into_iter().flatten();
        let places: Vec<String> = std::iter::once(job).chain(secondary).map(|place| text(&place["location"])).collect();
        serde_json::json!({"id": id, "title": text(&job["title"]), "places": places, "remote": job["isRemote"],
            "text": clean(&text(&job["descriptionHtml"])), "expected": label["expected"]})
    } else {
        let comments = body["comments"].as_array().expect("comments");
        let comment = comments.iter().find(|comment| comment["id"].as_u64() == id.parse().ok()).expect("the comment");
        let whole = clean(&text(&comment["text"]));
        let title = whole.lines().next().unwrap_or_default().to_owned();
        serde_json::json!({"id": id, "title": title, "text": whole, "expected": label["expected"]})
    };
    format!("{posting}\n")
}
