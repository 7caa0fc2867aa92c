//! `waypost doctor` on AWS: what is well, what is not, and what mends it.

use serde_json::Value;

use crate::program::Program;
use crate::stack::Stack;

/// The check of `name`.
fn check<'a>(told: &'a Value, name: &str) -> &'a Value {
    told["items"].as_array().unwrap().iter().find(|item| item["check"] == name).unwrap_or_else(|| panic!("{told}"))
}

#[test]
fn every_backend_is_looked_over() {
    let aws = Program::with(&Stack::new().config());
    let told = aws.json(0, &["doctor"]);
    for port in ["objects", "documents", "search", "queue", "identity"] {
        assert_eq!(check(&told, port)["status"], "ok", "{told:#}");
    }
}

#[test]
fn a_backend_that_is_away_is_named_with_what_to_do_and_the_others_are_looked_over() {
    let stack = Stack { opensearch: "http://127.0.0.1:9".to_owned(), ..Stack::new() };
    let aws = Program::with(&stack.config());
    let told = aws.json(8, &["doctor"]);
    assert_eq!(check(&told, "search")["status"], "FAIL", "{told:#}");
    assert!(check(&told, "search")["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{told:#}");
    assert_eq!(check(&told, "documents")["status"], "ok", "{told:#}");
}

#[test]
fn wrong_credentials_are_called_so() {
    let aws = Program::with(&Stack::new().config());
    let output = aws.command().env("AWS_SECRET_ACCESS_KEY", "wrong").args(["doctor", "--json"]).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(check(&told, "objects")["status"], "FAIL", "{told:#}");
    let text = told.to_string();
    assert!(text.contains("credentials"), "{told:#}");
    assert!(!text.contains("testkey") && !text.contains("wrong"), "{told:#}");
}
