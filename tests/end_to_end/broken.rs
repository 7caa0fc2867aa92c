//! Bad input gets a clear error and the documented exit code, and nothing is lost.

use crate::{Home, sample};

#[test]
fn garbage_is_quarantined_and_never_stops_the_others() {
    let whole = std::fs::read(sample("greenhouse/board.input.json")).unwrap();
    let cases: [(&str, Vec<u8>, u64); 5] = [
        ("truncated", whole[..whole.len() / 2].to_vec(), 1),
        ("types", br#"{"jobs": "many"}"#.to_vec(), 1),
        ("html", b"<!doctype html><html><body>Access denied</body></html>".to_vec(), 1),
        ("binary", (0..=255).collect(), 1),
        ("huge", vec![b' '; 50 * 1024 * 1024], 1),
    ];
    for (name, body, rejected) in cases {
        let home = Home::new();
        let bad = home.file(&format!("{name}.json"), body);
        let good = sample("greenhouse/board.input.json");
        let report = home.json(5, &["import", "--source", "greenhouse", &bad, &good]);
        let source = &report["sources"][0];
        assert_eq!(report["status"], "partial", "{name}");
        assert_eq!(source["rows_quarantined"], rejected, "{name}: {source}");
        assert!(source["rows_written"].as_u64().unwrap() > 0, "{name}: the good file is kept");
        assert!(source["error"].as_str().is_some_and(|error| !error.is_empty()), "{name}");
        let listed = home.json(0, &["quarantine", "list"]);
        assert_eq!(listed["total"]["value"], rejected, "{name}");
    }
}

#[test]
fn usage_and_configuration_errors_have_their_exit_codes() {
    let home = Home::new();
    home.complaint(2, &["serch"]);
    home.complaint(2, &["import", "--source", "greenhouse"]);
    assert!(
        home.complaint(2, &["import", "--source", "greenhose", &sample("greenhouse/board.input.json")])
            .contains("did you mean greenhouse?")
    );
    assert!(home.complaint(2, &["import", "--source", "lever", "no-such-file.json"]).contains("no-such-file.json"));
    assert!(home.complaint(2, &["search", "--location", "Xyzzyville"]).contains("no place is known"));
    assert!(home.complaint(4, &["run"]).contains("no source is configured"));
    assert!(
        home.complaint(4, &["backfill", "--from", "2026-01-01", "--to", "2026-01-31"]).contains("nothing was fetched")
    );
    assert!(home.complaint(2, &["backfill", "--from", "2026-02-01", "--to", "2026-01-31"]).contains("lies after"));
    let config = home.file("odd.toml", "[crawl]\nconcurency = 2\n");
    let told = home.complaint(3, &["--config", &config, "doctor"]);
    assert!(told.contains("crawl.concurency") && told.contains("did you mean crawl.concurrency?"), "{told}");
    let config = home.file("away.toml", "[backends]\ndocuments = \"mongodb://x\"\n");
    assert!(home.complaint(3, &["--config", &config, "runs", "list"]).contains("mongodb"));
    let config = home.file("live.toml", "[[source]]\nname = \"lever\"\nboards = [\"acme\"]\n");
    assert!(home.complaint(3, &["--config", &config, "run"]).contains("crawl.contact"));
    let mapping = home.file("m.toml", "name = \"x\"\n[columns]\ntitel = \"name\"\n");
    assert!(home.complaint(3, &["import", "--mapping", &mapping, &mapping]).contains("titel"));
}

#[test]
fn only_one_run_at_a_time_holds_the_lease() {
    let home = Home::new();
    std::fs::create_dir_all(home.path().join("data")).unwrap();
    let lock = std::fs::File::create(home.path().join("data/run.lock")).unwrap();
    lock.lock().unwrap();
    let told = home.complaint(7, &["import", "--source", "lever", &sample("lever/board.input.json")]);
    assert!(told.contains("lease"), "{told}");
    drop(lock);
    home.json(0, &["import", "--source", "lever", &sample("lever/board.input.json")]);
}
