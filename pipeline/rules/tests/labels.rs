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
    assert!(found.n == 40 && found.metrics["f1"].value >= 0.95, "{:?}", found.metrics);
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
