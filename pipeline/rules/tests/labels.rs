//! How well the rules read real labelled items, which are not part of the project: what `waypost eval` measures, with bounds
//! below which nothing lands.

#![expect(clippy::print_stderr, reason = "a measurement is read by people")]

use pipeline_core::Result;
use pipeline_core::eval::Evaluation;
use pipeline_rules::{Readers, eval};

/// Measures on the file at `path` below the shared data and prints what was found.
#[expect(clippy::disallowed_methods, reason = "the labels lie outside the project")]
fn measure(evaluate: fn(&Readers, &str) -> Result<Evaluation>, path: &str) -> Evaluation {
    let path = format!("../../../shared/data/{path}");
    let labels = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let evaluation = evaluate(&Readers::new(), &labels).unwrap_or_else(|error| panic!("{path}: {error}"));
    for error in &evaluation.errors {
        eprintln!("{error}");
    }
    eprintln!("{} n {} {:#?}", evaluation.subject, evaluation.n, evaluation.metrics);
    evaluation
}

#[test]
#[ignore = "needs ../shared/data"]
fn pay_labels_are_read_exactly_or_not_at_all() {
    let found = measure(eval::salary::evaluate, "labels/salary/ashby_pairs_dev.jsonl");
    assert!(found.n == 625 && found.metrics["exact"].value >= 0.99 && found.metrics["silently_wrong"].value < 0.002);
}

#[test]
#[ignore = "needs ../shared/data"]
fn technologies_are_found_where_a_posting_names_them() {
    let found = measure(eval::skills::evaluate, "labels/skills_eval/skills_eval.jsonl");
    assert!(found.n == 40 && found.metrics["f1"].value >= 0.9, "{:?}", found.metrics);
}

/// Real boards' place texts beside their structured addresses. Many addresses say where the employer sits rather than what the
/// text says ("Remote" in San Francisco), so the bounds are on what is wrong.
#[test]
#[ignore = "needs ../shared/data"]
#[expect(clippy::disallowed_methods, reason = "the boards lie outside the project")]
fn boards_place_texts_agree_with_their_addresses() {
    let boards = "../../../shared/data/corpora/ashby_boards";
    let mut files: Vec<_> =
        std::fs::read_dir(boards).expect("boards").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let lines: Vec<String> = files
        .iter()
        .filter_map(|path| serde_json::from_str::<serde_json::Value>(&std::fs::read_to_string(path).ok()?).ok())
        .map(|board| board.to_string())
        .collect();
    let found = eval::place::evaluate(&Readers::new(), &lines.join("\n")).expect("boards");
    let mut errors: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
    errors.sort();
    errors.dedup();
    for error in &errors {
        eprintln!("{error}");
    }
    eprintln!("n {} {:#?}", found.n, found.metrics);
    assert!(found.n > 2_000 && found.metrics["country_wrong"].value < 0.03);
}

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
