//! Each command does its job on the embedded backends and prints the shape that scripts rely on.

use infra_registry::{Addresses, Backends, Options};
use pipeline_core::ports::Message;

use crate::{Home, sample};

#[test]
fn the_demo_shows_what_a_person_wants_to_see_first() {
    let home = Home::new();
    let text = home.text(0, &["--quiet", "demo", "--once"]);
    for part in
        ["What was read", "greenhouse", "rejected", "Matches of", "The market", "median", "new roles", "waypost serve"]
    {
        assert!(text.contains(part), "the demo does not show {part:?}:\n{text}");
    }
    let report = home.json(0, &["runs", "show", "last"]);
    assert_eq!(report["job"], "demo");
    let sources = report["sources"].as_array().unwrap();
    assert!(sources.len() >= 15, "every source with recorded answers takes part: {sources:?}");
    for source in sources {
        let n = |key: &str| source[key].as_u64().unwrap();
        assert_eq!(n("rows_read"), n("rows_written") + n("rows_quarantined"), "{source}");
    }

    // What the demo prepared answers every other command.
    let found = home.json(0, &["search", "engineer", "--limit", "5"]);
    assert!(found["total"]["value"].as_u64().unwrap() >= 5 && found["items"].as_array().unwrap().len() == 5);
    for key in [
        "job_id",
        "title",
        "company",
        "location",
        "salary_min",
        "salary_max",
        "tech_stack",
        "match_score",
        "remote_friendly",
        "posted_date",
    ] {
        assert!(found["items"][0].get(key).is_some(), "index documents have {key}");
    }
    let berlin = home.json(0, &["search", "--location", "Berlin"]);
    assert!(berlin["total"]["value"].as_u64().unwrap() > 0);
    assert!(berlin["items"].as_array().unwrap().iter().all(|job| job["city"] == "Berlin"), "{berlin}");
    assert_eq!(berlin["filters_applied"]["city"], "Berlin");

    let profile = sample("profiles/data-engineer.json");
    let matches = home.json(0, &["match", "--profile", &profile, "--limit", "3"]);
    for key in ["job_id", "title", "company", "score", "eligible", "confidence", "sub_scores", "evidence"] {
        assert!(matches["items"][0].get(key).is_some(), "matches have {key}");
    }
    let again = home.json(0, &["match", "--profile", &profile, "--limit", "3"]);
    assert_eq!(matches, again, "a score is the same tomorrow");

    let market = home.json(0, &["market"]);
    assert!(market["n"].as_i64().unwrap() > 50 && !market["salary"].as_array().unwrap().is_empty());

    let rejected = home.json(0, &["quarantine", "list"]);
    let id = rejected["items"][0]["quarantine_id"].as_str().unwrap().to_owned();
    assert!(home.json(0, &["quarantine", "show", &id])["payload"].as_str().is_some());

    let counted = home.json(0, &["sql", "SELECT count(*) AS n FROM roles"]);
    let hashes = home.json(0, &["lake", "hash"]);
    assert_eq!(counted["items"][0]["n"], hashes["tables"]["roles"]["rows"]);
    assert!(home.complaint(1, &["sql", "DROP TABLE roles"]).contains("error:"));

    let lines = home.text(0, &["export", "roles", "--format", "ndjson"]);
    assert_eq!(lines.lines().count() as u64, hashes["tables"]["roles"]["rows"].as_u64().unwrap());
    let csv = home.text(0, &["export", "market_salary", "--format", "csv"]);
    assert!(csv.starts_with("day,domain,country,level,currency,"));

    let doctor = home.json(0, &["doctor"]);
    assert_eq!(doctor["ok"], true, "{doctor}");
}

#[test]
fn a_saved_answer_is_imported_as_if_crawled() {
    let home = Home::new();
    let report =
        home.json(0, &["import", "--source", "greenhouse", "--board", "acme", &sample("greenhouse/board.input.json")]);
    assert_eq!((&report["status"], &report["sources"][0]["source"]), (&"done".into(), &"greenhouse".into()));
    for key in ["stage", "partitions", "rows_read", "rows_written", "rows_quarantined", "cpu_s", "wall_s"] {
        assert!(report["stages"][0].get(key).is_some(), "stages have {key}");
    }
    for key in ["source", "requests", "rows_read", "rows_written", "rows_quarantined", "error"] {
        assert!(report["sources"][0].get(key).is_some(), "sources have {key}");
    }
    let shown = home.json(0, &["runs", "show", report["run_id"].as_str().unwrap()]);
    assert_eq!(shown["sources"], report["sources"]);
    assert_eq!(home.json(0, &["runs", "list"])["items"].as_array().unwrap().len(), 1);
}

#[test]
fn anybodys_table_is_imported_by_a_mapping_in_every_form() {
    let home = Home::new();
    let mapping = home.file(
        "mapping.toml",
        "name = \"mine\"\n[columns]\nid = \"key\"\ntitle = \"name\"\ncompany = \"firm\"\nlocation = \"where\"\n",
    );
    let records =
        [("1", "Data Engineer", "Acme", "Berlin"), ("2", "", "Acme", "Paris"), ("3", "Nurse", "Clinic", "Leeds, UK")];
    let object = |(key, name, firm, place): &(&str, &str, &str, &str)| {
        serde_json::json!({"key": key, "name": name, "firm": firm, "where": place}).to_string()
    };
    let lines: Vec<String> = records.iter().map(object).collect();
    let csv: String =
        records.iter().map(|(key, name, firm, place)| format!("{key},{name},{firm},\"{place}\"\n")).collect();
    let files = [
        home.file("rows.csv", format!("key,name,firm,where\n{csv}")),
        home.file("rows.ndjson", lines.join("\n")),
        home.file("rows.json", format!("[{}]", lines.join(","))),
    ];
    for file in &files {
        let home = Home::new();
        let report = home.json(0, &["import", "--mapping", &mapping, file]);
        let source = &report["sources"][0];
        assert_eq!(
            (&source["rows_read"], &source["rows_written"], &source["rows_quarantined"]),
            (&3.into(), &2.into(), &1.into()),
            "{file}"
        );
        assert_eq!(source["reasons"]["title-missing"], 1);
    }
    // What was exported as Parquet goes in again by a mapping of its own.
    home.json(0, &["import", "--mapping", &mapping, &files[0]]);
    let parquet = home.path().join("roles.parquet").display().to_string();
    home.text(0, &["export", "roles", "--format", "parquet", "--output", &parquet]);
    let by_role = home.file(
        "roles.toml",
        "name = \"roles\"\n[columns]\nid = \"role_id\"\ntitle = \"title\"\ncompany = \"company\"\n",
    );
    let other = Home::new();
    let report = other.json(0, &["import", "--mapping", &by_role, &parquet]);
    assert_eq!(report["sources"][0]["rows_written"], 2);
}

#[test]
fn made_up_postings_are_the_same_for_the_same_seed_and_can_be_imported() {
    let home = Home::new();
    let generate = |folder: &str| {
        home.text(0, &["samples", "generate", "--postings", "200", "--seed", "7", "--output", folder]);
        std::fs::read(home.path().join(folder).join("postings.ndjson")).unwrap()
    };
    assert_eq!(generate("one"), generate("two"));
    let report = home.json(0, &["import", "--mapping", "one/mapping.toml", "one/postings.ndjson"]);
    let source = &report["sources"][0];
    assert_eq!(source["rows_read"], 200);
    assert!(source["rows_quarantined"].as_u64().unwrap() > 0, "a few rows are broken on purpose");
}

#[test]
fn init_writes_a_configuration_that_can_be_used() {
    let home = Home::new();
    home.text(0, &["init"]);
    assert!(home.complaint(1, &["init"]).contains("is there already"));
    let shown = home.json(0, &["config", "show"]);
    assert_eq!(shown["crawl.max_asks"]["from"], "waypost.toml");
    assert_eq!(shown["data_dir"]["from"], "--data-dir or WAYPOST_DATA_DIR");
}

#[test]
fn small_commands_answer() {
    let home = Home::new();
    assert!(home.text(0, &["completions", "bash"]).contains("waypost"));
    assert!(home.json(0, &["sources", "list"])["items"].as_array().unwrap().len() >= 16);
    assert!(home.json(0, &["schedule", "--dry-run"])["next"].as_str().is_some());
    assert_eq!(home.json(0, &["lake", "show"])["items"].as_array().unwrap().len(), 14);
    let checked = home.json(
        0,
        &[
            "resume",
            "check",
            &sample("resumes/data-engineer.txt"),
            "--job",
            &home.file("job.txt", "Data Engineer\nPython, SQL and Haskell"),
        ],
    );
    assert!(checked["missing_skills"].as_array().unwrap().contains(&"Haskell".into()), "{checked}");
}

#[test]
fn dead_letters_are_listed_without_their_content_and_sent_again() {
    let home = Home::new();
    assert!(home.text(0, &["queue", "list"]).contains("no dead letters"));
    assert!(home.complaint(2, &["queue", "list", "--topic", "nothing"]).contains("matches"));
    bury(&home, "m1", "nobody is called so");
    let listed = home.text(0, &["queue", "list"]);
    assert!(listed.contains("nobody is called so") && !listed.contains("zoe"), "{listed}");
    let listed = home.json(0, &["queue", "list", "--topic", "matches", "--bodies"]);
    assert_eq!(listed["items"][0]["body"]["userId"], "zoe");
    assert_eq!(home.json(0, &["queue", "list", "--topic", "people"])["total"]["value"], 0);
    assert_eq!(home.json(0, &["queue", "redrive"])["total"]["value"], 1);
    assert_eq!(home.json(0, &["queue", "list"])["total"]["value"], 0);
}

/// Puts a notice for a person among the dead letters.
fn bury(home: &Home, id: &str, reason: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let addresses = Addresses::embedded(&home.path().join("data")).unwrap();
        let backends = Backends::open(&addresses, &Options::default()).await.unwrap();
        let (topic, group) = (pipeline_publish::MATCH_TOPIC.to_owned(), "zoe".to_owned());
        let message = Message { topic, id: id.to_owned(), group, body: serde_json::json!({"userId": "zoe"}) };
        backends.queue.bury(vec![(message, reason.to_owned())]).await.unwrap();
    });
}
