//! Why postings are one role, from the outside: the links are shown, taken back, made, and made by the rules again.

use serde_json::{Value, json};

use crate::Home;

const TEXT: &str = "You design, build and run the pipelines that feed our pricing models, together with two analysts and a product \
    manager. You know SQL and Python, you have worked with Airflow or a like scheduler, and you care about tests. We work in \
    Berlin, in English, with a budget for books and conferences and thirty days of holidays a year.";

fn import(home: &Home) {
    let posting = |id: &str, title: &str, text: &str| {
        json!({"id": id, "title": title, "employer": "Acme GmbH", "place": "Berlin, Germany", "text": text}).to_string()
    };
    let other = TEXT.replace("pipelines that feed our pricing models", "web shop that our customers order from");
    let lines = [
        posting("1", "Data Engineer", TEXT),
        posting("2", "Data Engineer (m/w/d)", TEXT),
        posting("3", "Web Developer", &other),
    ];
    let postings = home.file("postings.ndjson", lines.join("\n"));
    let mapping = home.file(
        "mapping.toml",
        "name = \"mine\"\n[columns]\nid = \"id\"\ntitle = \"title\"\ncompany = \"employer\"\nlocation = \"place\"\ndescription = \"text\"\n",
    );
    home.json(0, &["import", "--mapping", &mapping, "--fetched-at", "2026-11-20T06:00:00Z", &postings]);
}

/// The ids of the three postings, in the order of the file.
fn ids(home: &Home) -> [String; 3] {
    let found = home.json(0, &["sql", "SELECT posting_id FROM postings ORDER BY record"]);
    [0, 1, 2].map(|at| found["items"][at]["posting_id"].as_str().unwrap().to_owned())
}

fn sorted<'a>(ids: &[&'a str]) -> Vec<&'a str> {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted
}

fn postings(role: &Value) -> Vec<&str> {
    role["postings"].as_array().unwrap().iter().map(|link| link["posting_id"].as_str().unwrap()).collect()
}

#[test]
fn an_operator_splits_and_joins_postings_and_lets_the_rules_decide_again() {
    let home = Home::new();
    import(&home);
    let [one, two, three] = &ids(&home);
    let role = home.json(0, &["roles", "show", one]);
    assert_eq!(postings(&role), sorted(&[one, two]));
    assert_eq!(role["postings"][1]["rule"], "same-text", "{role}");
    let before = home.json(0, &["lake", "hash"])["tables"]["roles"].clone();

    home.json(0, &["roles", "split", two, "--reason", "a second opening"]);
    assert_eq!(postings(&home.json(0, &["roles", "show", one])), [one.as_str()]);
    let alone = home.json(0, &["roles", "show", two]);
    assert_eq!((postings(&alone), &alone["postings"][0]["rule"]), (vec![two.as_str()], &json!("kept-apart")));
    assert_eq!(alone["decisions"][0]["reason"], "a second opening");

    home.json(0, &["roles", "undo", two, "--reason", "there is one after all"]);
    assert_eq!(home.json(0, &["lake", "hash"])["tables"]["roles"], before, "the rules decide as they did");

    home.json(0, &["roles", "join", three, one, "--reason", "the web shop's data engineer"]);
    let joined = home.json(0, &["roles", "show", three]);
    assert_eq!(postings(&joined), sorted(&[one, two, three]));
    assert!(home.text(0, &["roles", "show", three]).contains("joined"));
    home.json(0, &["roles", "undo", one, three, "--reason", "no"]);
    assert_eq!(home.json(0, &["lake", "hash"])["tables"]["roles"], before);
}

#[test]
fn a_decision_on_what_is_not_there_is_refused_with_what_to_do() {
    let home = Home::new();
    import(&home);
    let [one, ..] = &ids(&home);
    assert!(home.complaint(2, &["roles", "show", "none"]).contains("waypost search"));
    assert!(home.complaint(2, &["roles", "split", "mine_job_9", "--reason", "x"]).contains("mine_job_9"));
    assert!(home.complaint(2, &["roles", "split", one, "--reason", " "]).contains("--reason"));
    assert!(home.complaint(2, &["roles", "join", one, one, "--reason", "x"]).contains("two"));
    assert!(home.complaint(2, &["roles", "undo", one, "--reason", "x"]).contains("nobody has split"));
}

#[test]
fn pairs_of_postings_are_measured() {
    let home = Home::new();
    let posting = |id: &str, title: &str| json!({"source": "x", "id": id, "company": "Acme", "title": title, "place": "Berlin", "text": TEXT});
    let pair = |a: &str, b: &str, title: &str, same: bool| {
        json!({"a": posting(a, "Data Engineer"), "b": posting(b, title), "same": same}).to_string()
    };
    let labels = [pair("1", "2", "Data Engineer", true), pair("1", "3", "Senior Data Engineer", false)].join("\n");
    let told = home.json(0, &["eval", "same-role", "--labels", &home.file("pairs.jsonl", labels)]);
    let metric = |name: &str| told["metrics"][name]["value"].as_f64().unwrap();
    assert_eq!(
        (told["n"].as_u64(), metric("precision"), metric("recall"), metric("destructive")),
        (Some(2), 1.0, 1.0, 0.0)
    );
}
