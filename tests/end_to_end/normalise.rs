//! What was read, read again: dry runs, what was rejected, and how well labels are read.

use serde_json::json;

use crate::{Home, sample};

const DAY: [&str; 4] = ["--from", "2026-11-20", "--to", "2026-11-20"];

fn import(home: &Home) {
    let (good, bad) = (sample("greenhouse/board.input.json"), sample("greenhouse/malformed.input.json"));
    home.json(0, &["import", "--source", "greenhouse", "--fetched-at", "2026-11-20T06:00:00Z", &good, &bad]);
}

#[test]
fn a_dry_run_of_the_same_rules_says_that_nothing_would_change_and_changes_nothing() {
    let home = Home::new();
    import(&home);
    let hashes = home.json(0, &["lake", "hash"]);
    let told = home.json(0, &[&["backfill", "--stage", "normalize", "--dry-run"], &DAY[..]].concat());
    let tables = &told["changes"][0]["tables"];
    for table in ["observations", "postings", "quarantine"] {
        assert!(tables[table]["same"].as_u64().unwrap() > 0, "{table}: {told}");
        assert_eq!(
            [&tables[table]["changed"], &tables[table]["added"], &tables[table]["removed"]],
            [0, 0, 0],
            "{table}"
        );
    }
    let text = home.text(0, &[&["backfill", "--stage", "normalize", "--dry-run"], &DAY[..]].concat());
    assert!(text.contains("nothing was changed") && text.contains("0 changed, 0 new, 0 gone"), "{text}");
    assert_eq!(home.json(0, &["lake", "hash"]), hashes);
}

#[test]
fn what_is_rejected_still_stays_in_quarantine_and_the_run_says_so() {
    let home = Home::new();
    assert!(home.complaint(4, &["quarantine", "retry"]).contains("nothing such was rejected"));
    import(&home);
    let rejected = home.json(0, &["quarantine", "list"])["total"]["value"].as_u64().unwrap();
    let hashes = home.json(0, &["lake", "hash"]);
    let report = home.json(0, &["quarantine", "retry", "--source", "greenhouse"]);
    let note = report["notes"][0].as_str().unwrap();
    assert_eq!(note, format!("{rejected} rejections were tried again: 0 are gone, {rejected} remain"));
    assert_eq!(home.json(0, &["lake", "hash"]), hashes, "the same rules reject the same");
    assert_eq!(home.json(0, &["runs", "show"])["job"], "quarantine-retry");
    assert!(home.complaint(4, &["quarantine", "retry", "--source", "lever"]).contains("nothing such"));
}

#[test]
fn labels_are_measured_with_an_interval_and_what_is_no_label_is_told() {
    let home = Home::new();
    let label = |text: &str, min: u64, max: u64| {
        let gold = json!([{"min": min, "max": max, "currency": "EUR", "interval": "1 YEAR"}]);
        json!({"text_tier": text, "location": "Berlin, Germany", "gold": gold}).to_string()
    };
    let labels = [label("€60,000 - €80,000 per year", 60_000, 80_000), label("€50,000 per year", 10, 10)].join("\n");
    let file = home.file("labels.jsonl", labels);
    let told = home.json(0, &["eval", "salary", "--labels", &file]);
    assert_eq!((&told["subject"], &told["n"]), (&json!("salary"), &json!(2)));
    assert_eq!(told["metrics"]["exact"]["value"], 0.5);
    let silently_wrong = &told["metrics"]["silently_wrong"];
    assert!(silently_wrong["low"].as_f64() <= silently_wrong["value"].as_f64(), "{told}");
    assert_eq!(told["errors"].as_array().unwrap().len(), 1);
    let broken = home.file("broken.jsonl", "{\"text\": 1}");
    assert!(home.complaint(1, &["eval", "salary", "--labels", &broken]).contains("line 1 is no label of pay"));
    assert!(home.complaint(2, &["eval", "salary", "--labels", "none.jsonl"]).contains("none.jsonl"));
}

#[test]
fn pay_is_converted_by_the_imported_rates_and_its_own_amount_stays() {
    let home = Home::new();
    import(&home);
    let query = "SELECT pay_annual_min_minor AS own, pay_annual_min_euro_cents AS euros, pay_rate_day AS day FROM roles \
        WHERE pay_currency = 'USD' AND pay_annual_min_minor IS NOT NULL ORDER BY role_id LIMIT 1";
    let before = home.json(0, &["sql", query])["items"][0].clone();
    assert_eq!(before["day"], "2024-11-25", "the bundled rates: {before}");
    let rates = home.file("rates.csv", "Date,USD,GBP\n2025-01-02,2.0,0.5\n2027-01-01,4.0,0.5\n");
    let report = home.json(0, &["reference", "import", "fx", &rates]);
    assert_eq!(report["notes"][0], "rates of 2025-01-02 to 2027-01-01; 4 rates in all, 4 of them new");
    let after = home.json(0, &["sql", query])["items"][0].clone();
    let half = before["own"].as_f64().unwrap() / 2.0;
    assert_eq!(
        (&after["own"], after["euros"].as_f64(), &after["day"]),
        (&before["own"], Some(half), &json!("2025-01-02"))
    );
    let again = home.json(0, &["reference", "import", "fx", &rates]);
    assert_eq!(again["notes"][0], "rates of 2025-01-02 to 2027-01-01; 4 rates in all, 0 of them new");
    let broken = home.file("broken.csv", "Date,USD\n2025-01-02,free\n");
    assert!(home.complaint(1, &["reference", "import", "fx", &broken]).contains("\"free\" is no rate"));
    assert!(home.complaint(2, &["reference", "import", "fx", "none.csv"]).contains("none.csv"));
}
