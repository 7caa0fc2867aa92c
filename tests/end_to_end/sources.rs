//! Sources from the outside: certification, discovery, life span over several imports, drift, and the evidence of etiquette.

use serde_json::{Value, json};

use crate::{Home, sample};

#[test]
fn every_source_of_the_program_is_certified() {
    let home = Home::new();
    let certified = home.json(0, &["sources", "certify"]);
    let items = certified["items"].as_array().unwrap();
    assert!(items.len() >= 25, "{} sources", items.len());
    for item in items {
        assert_eq!(item["certified"], true, "{item}");
    }
}

#[test]
fn samples_that_a_source_does_not_read_as_written_fail_its_certification() {
    let home = Home::new();
    let folder = home.path().join("samples");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("board.input.json"), r#"{"jobs": [{"id": 1, "title": "T"}]}"#).unwrap();
    std::fs::write(folder.join("board.expected.json"), r#"{"records": []}"#).unwrap();
    let folder = folder.display().to_string();
    let told = home.json(1, &["sources", "certify", "greenhouse", "--samples", &folder]);
    let checks = told["items"][0]["checks"].as_array().unwrap();
    let faults: Vec<&str> = checks.iter().filter_map(|check| check["fault"].as_str()).collect();
    assert!(faults.iter().any(|fault| fault.contains("another way")), "{faults:?}");
    assert!(faults.contains(&"no sample is truncated"), "{faults:?}");
    assert!(home.complaint(2, &["sources", "certify", "grenhouse"]).contains("did you mean greenhouse?"));
}

#[test]
fn a_careers_page_gives_its_board_away() {
    let home = Home::new();
    let page = r#"<html><a href="https://jobs.lever.co/acme/1">One</a><a href="https:\/\/jobs.lever.co\/acme\/2">Two</a>
        <iframe src="//boards.greenhouse.io/embed/job_board?for=globex"></iframe></html>"#;
    let file = home.file("careers.html", page);
    let found = home.json(0, &["sources", "discover", &file]);
    let boards: Vec<(&str, &str)> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["source"].as_str().unwrap(), item["board"].as_str().unwrap()))
        .collect();
    assert_eq!(boards, [("lever", "acme"), ("greenhouse", "globex")]);
    let told = home.text(0, &["sources", "discover", "https://jobs.ashbyhq.com/acme/4711"]);
    assert!(told.contains("name = \"ashby\"") && told.contains("boards = [\"acme\"]"), "{told}");
    let empty = home.file("empty.html", "<html>nothing</html>");
    assert!(home.complaint(4, &["sources", "discover", &empty]).contains("no board of a known source"));
}

/// A board of Ashby with the jobs of these numbers.
fn board(jobs: &[u32]) -> String {
    let job = |number: &u32| {
        json!({
            "id": format!("job-{number}"), "title": format!("Engineer {number}"), "location": "Berlin", "isListed": true,
            "publishedAt": "2026-08-01T00:00:00Z", "jobUrl": format!("https://jobs.ashbyhq.com/acme/job-{number}"),
            "descriptionHtml": format!("<p>Work of its own kind, number {number}, with words that no other has: x{number}y.</p>"),
        })
    };
    json!({"jobs": jobs.iter().map(job).collect::<Vec<_>>()}).to_string()
}

fn import(home: &Home, code: i32, name: &str, body: &str, day: &str, more: &[&str]) -> Value {
    let file = home.file(name, body);
    let time = format!("{day}T00:00:00Z");
    let own = ["import", "--source", "ashby", "--board", "acme", "--fetched-at", &time];
    home.json(code, &[&own[..], more, &[&file]].concat())
}

/// Titles of the open roles, and those of the closed with their reasons.
fn roles(home: &Home) -> (Vec<String>, Vec<String>) {
    let rows = home.json(0, &["sql", "SELECT title, closed_reason FROM roles ORDER BY title"]);
    let rows = rows["items"].as_array().unwrap();
    let title = |row: &Value| row["title"].as_str().unwrap().trim_start_matches("Engineer ").to_owned();
    let open = rows.iter().filter(|row| row["closed_reason"].is_null()).map(title).collect();
    let closed =
        rows.iter().filter_map(|row| Some(format!("{} {}", title(row), row["closed_reason"].as_str()?))).collect();
    (open, closed)
}

fn told(open: &[&str], closed: &[&str]) -> (Vec<String>, Vec<String>) {
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    (owned(open), owned(closed))
}

#[test]
fn openings_come_go_and_come_back_and_a_broken_list_closes_nothing() {
    let home = Home::new();
    import(&home, 0, "1.json", &board(&[1, 2, 3]), "2026-08-31", &[]);
    assert_eq!(roles(&home), told(&["1", "2", "3"], &[]));
    import(&home, 5, "2.json", &board(&[1])[..60], "2026-09-15", &[]);
    assert_eq!(roles(&home), told(&["1", "2", "3"], &[]), "a truncated list");
    import(&home, 0, "3.json", &board(&[3]), "2026-09-20", &["--partial"]);
    assert_eq!(roles(&home), told(&["1", "2", "3"], &[]), "a part of the list");
    import(&home, 0, "4.json", &board(&[2, 3, 4]), "2026-09-30", &[]);
    assert_eq!(roles(&home), told(&["2", "3", "4"], &["1 not-listed"]));
    import(&home, 0, "5.json", &board(&[1, 3, 4]), "2026-10-31", &[]);
    assert_eq!(roles(&home), told(&["1", "3", "4"], &["2 not-listed"]));
    let spans = home.json(
        0,
        &["sql", "SELECT count(*) AS n FROM roles WHERE first_seen_at > last_seen_at OR closed_at < last_seen_at OR posted_at IS NULL"],
    );
    assert_eq!(spans["items"][0]["n"], 0);
}

#[test]
fn a_set_of_closings_is_undone_as_one_and_closes_again() {
    let home = Home::new();
    import(&home, 0, "1.json", &board(&[1, 2, 3]), "2026-08-31", &[]);
    import(&home, 0, "2.json", &board(&[1]), "2026-09-30", &[]);
    let sets = home.json(0, &["closings", "list"]);
    assert_eq!((sets["items"].as_array().unwrap().len(), &sets["items"][0]["roles"]), (1, &json!(2)));
    let set = sets["items"][0]["set"].as_str().unwrap().to_owned();
    home.json(0, &["closings", "undo", &set, "--reason", "the list was cut"]);
    assert_eq!(roles(&home), told(&["1", "2", "3"], &[]));
    assert_eq!(home.json(0, &["closings", "list"])["items"][0]["state"], "undone");
    home.json(0, &["closings", "redo", &set, "--reason", "it was not"]);
    assert_eq!(roles(&home), told(&["1"], &["2 not-listed", "3 not-listed"]));
    home.json(0, &["closings", "undo", &set, "--reason", "it was"]);
    import(&home, 0, "3.json", &board(&[1]), "2026-10-31", &[]);
    assert_eq!(roles(&home), told(&["1"], &["2 not-listed", "3 not-listed"]), "later evidence closes anew");
    assert!(home.complaint(2, &["closings", "undo", "set_none", "--reason", "x"]).contains("set_none"));
}

#[test]
fn a_changed_shape_is_told_by_the_run_and_the_scorecard() {
    let home = Home::new();
    let report = home.json(5, &["import", "--source", "ashby", "--board", "acme", &sample("ashby/changed.input.json")]);
    let findings = report["sources"][0]["findings"].as_object().unwrap();
    assert!(findings.contains_key("field-vanished title"), "{findings:?}");
    let card = home.json(0, &["sources", "scorecard", "ashby"]);
    assert!(card["items"][0]["findings"].as_u64().unwrap() > 0, "{card}");
    assert!(home.text(0, &["runs", "show"]).contains("field-vanished title"));
}

#[test]
fn a_forbidden_site_is_not_asked_without_a_permission() {
    let home = Home::new();
    let board = "https://www.dice.com/jobs?q=rust";
    let config =
        format!("[crawl]\ncontact = \"mailto:me@example.com\"\n[[source]]\nname = \"dice\"\nboards = [\"{board}\"]\n");
    let config = home.file("waypost.toml", config);
    let report = home.json(1, &["--config", &config, "run"]);
    let source = &report["sources"][0];
    assert_eq!((&source["requests"], source["permission"].is_null()), (&json!(0), true));
    assert!(source["error"].as_str().unwrap().contains("permission"), "{source}");
}

#[test]
fn the_evidence_of_etiquette_is_a_page() {
    let home = Home::new();
    let file = home.path().join("etiquette.html").display().to_string();
    home.json(0, &["sources", "etiquette", "--html", &file]);
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("robots.txt"), "{page}");
}
