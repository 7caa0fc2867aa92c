//! Same inputs, same bytes; killed anywhere, the end is the same.

use std::time::Duration;

use crate::{Home, sample};

#[test]
fn a_second_run_and_a_backfill_change_no_table_and_add_no_file() {
    let home = Home::new();
    home.text(0, &["--quiet", "demo", "--once"]);
    let (hashes, files) = (home.json(0, &["lake", "hash"]), home.data_files());
    home.text(0, &["--quiet", "demo", "--once"]);
    assert_eq!(home.json(0, &["lake", "hash"]), hashes, "a second demo changes nothing");
    let plan = home.json(0, &["backfill", "--from", "2026-11-20", "--to", "2026-11-20", "--dry-run"]);
    assert!(plan["items"].as_array().unwrap().len() > 15);
    assert_eq!(home.json(0, &["lake", "hash"]), hashes, "a dry run changes nothing");
    home.json(0, &["backfill", "--from", "2026-11-20", "--to", "2026-11-20"]);
    assert_eq!(home.json(0, &["lake", "hash"]), hashes, "a backfill changes nothing");
    assert_eq!(home.data_files(), files);
}

#[test]
fn the_same_demo_elsewhere_gives_the_same_tables() {
    let (one, two) = (Home::new(), Home::new());
    for home in [&one, &two] {
        home.text(0, &["--quiet", "demo", "--once"]);
    }
    assert_eq!(one.json(0, &["lake", "hash"]), two.json(0, &["lake", "hash"]));
}

#[test]
fn days_imported_in_any_order_give_the_same_tables() {
    let first = ["import", "--source", "lever", "--board", "acme", "--fetched-at", "2026-11-01T00:00:00Z"];
    let second = ["import", "--source", "lever", "--board", "acme", "--fetched-at", "2026-11-02T00:00:00Z"];
    let home = Home::new();
    let body = std::fs::read_to_string(sample("lever/board.input.json")).unwrap();
    let old = home.file("old.json", &body);
    let new = home.file("new.json", body.replacen("Senior", "Principal", 1));
    let hashes = |days: [(&[&str], &str); 2]| {
        let home = Home::new();
        for (arguments, file) in days {
            home.json(0, &[arguments, &[file]].concat());
        }
        home.json(0, &["lake", "hash"])["tables"].clone()
    };
    let forwards = hashes([(&first, &old), (&second, &new)]);
    let backwards = hashes([(&second, &new), (&first, &old)]);
    for table in ["fetches", "observations", "postings", "quarantine", "roles"] {
        assert_eq!(forwards[table], backwards[table], "{table}");
    }
}

#[test]
fn an_import_killed_at_any_moment_ends_like_the_calm_one() {
    let calm = Home::new();
    let files: Vec<String> =
        ["greenhouse", "lever", "ashby"].iter().map(|source| sample(&format!("{source}/board.input.json"))).collect();
    let import = |home: &Home| {
        for (source, file) in ["greenhouse", "lever", "ashby"].iter().zip(&files) {
            home.json(0, &["import", "--source", source, file]);
        }
    };
    import(&calm);
    let expected = calm.json(0, &["lake", "hash"]);
    let killed = Home::new();
    for wait_ms in [60, 120, 200, 300, 450, 700, 1_000] {
        let mut process =
            killed.command().args(["--quiet", "import", "--source", "greenhouse", &files[0]]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait_ms));
        process.kill().unwrap();
        process.wait().unwrap();
    }
    import(&killed);
    assert_eq!(killed.json(0, &["lake", "hash"]), expected);
}

#[test]
fn a_killed_run_is_told_and_can_be_resumed() {
    let home = Home::new();
    let file = sample("greenhouse/board.input.json");
    for wait_ms in [40, 60, 80, 120, 160, 240, 320] {
        let mut process = home.command().args(["--quiet", "import", "--source", "greenhouse", &file]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait_ms));
        process.kill().unwrap();
        process.wait().unwrap();
        let runs = home.json(0, &["runs", "list"]);
        match runs["items"].get(0).map(|run| run["status"].as_str().unwrap_or_default().to_owned()).as_deref() {
            None => continue,
            Some("failed") => {
                let report = home.json(0, &["runs", "resume"]);
                assert_eq!(report["status"], "done");
                assert!(home.complaint(4, &["runs", "resume"]).contains("is done"));
                return;
            }
            other => assert_eq!(other, Some("done"), "{runs}"),
        }
    }
    panic!("no kill hit a run in progress");
}
