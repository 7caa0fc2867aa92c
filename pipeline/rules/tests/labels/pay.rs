//! Pay in comments, labelled by reading.

use pipeline_rules::{Readers, eval};

use crate::measure;

#[test]
#[ignore = "needs ../shared/data"]
fn pay_in_currencies_of_the_union_is_read() {
    let found = measure(eval::salary::evaluate, "labels/salary/salary_cases.json");
    assert!(found.n == 14 && found.metrics["silently_wrong"].value == 0.0, "{:?}", found.metrics);
}

/// Comments of Hacker News's "Who is hiring" that state pay, and as many with amounts that are none; see `tests/labels/HN_PAY.md`. Rules were
/// written with the `dev` half in view only.
#[test]
#[ignore = "needs ../shared/data"]
#[expect(clippy::disallowed_methods, reason = "the comments lie outside the project")]
fn pay_of_comments_is_read_exactly_or_not_at_all() {
    let mut files = std::collections::BTreeMap::new();
    for half in ["dev", "test"] {
        let references = include_str!("../../../../tests/labels/hn_pay.jsonl").lines();
        let references = references.map(|line| serde_json::from_str::<serde_json::Value>(line).expect("is JSON"));
        let labels = references.filter(|label| label["split"] == half).map(|mut label| {
            let name = label["file"].as_str().expect("a file").to_owned();
            let file = files.entry(name).or_insert_with_key(|name| {
                let path = format!("../../../shared/data/corpora/hn_whoishiring/{name}");
                let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
                serde_json::from_str::<serde_json::Value>(&text).expect("is JSON")
            });
            let comments = file["comments"].as_array().expect("comments");
            let comment = comments.iter().find(|comment| comment["id"] == label["comment"]).expect("the comment");
            label["comment"] = comment["text"].clone();
            label.to_string()
        });
        let labels = labels.collect::<Vec<_>>().join("\n");
        let found = eval::salary::evaluate(&Readers::new(), &labels).expect("are labels");
        for error in &found.errors {
            eprintln!("{error}");
        }
        eprintln!("{half} n {} {:#?}", found.n, found.metrics);
        assert!(found.metrics["exact"].value >= 0.94 && found.metrics["silently_wrong"].value < 0.02, "{half}");
    }
}
