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
