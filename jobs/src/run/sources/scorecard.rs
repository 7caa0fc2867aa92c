//! `waypost sources scorecard`: how well each source does, from the tables.

use std::collections::BTreeMap;

use pipeline_core::Result;
use pipeline_core::source::Sources as _;
use pipeline_crawl::Registry;
use schemas::Row as _;
use schemas::tables::{FetchRow, FindingRow, ObservationRow, PostingRow, QuarantineRow};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::bundled;
use crate::print::{self, Form};
use crate::run::sql::rows_of;

/// Exchanges per source. Imports count as good answers, since a person brought them.
const EXCHANGES: &str = "SELECT source, count(DISTINCT board) AS boards, count(*) AS exchanges, \
    max(CASE WHEN error IS NULL AND (status BETWEEN 200 AND 299 OR status = 304 OR origin = 'import') THEN fetched_at END) AS fresh_at, \
    sum(CASE WHEN status IN (401, 403, 429, 451) THEN 1 ELSE 0 END) AS refused, \
    sum(CASE WHEN origin <> 'import' AND (status IS NULL OR status >= 500) THEN 1 ELSE 0 END) AS failed, \
    max(CASE WHEN status IN (401, 403, 429, 451) THEN fetched_at END) AS refused_at \
    FROM fetches WHERE board NOT IN ('robots.txt', 'tdmrep.json') GROUP BY source";
const OBSERVED: &str = "SELECT source, count(*) AS records, count(DISTINCT posting_id) AS postings, max(seen_at) AS seen_at \
    FROM observations GROUP BY source";
const REJECTED: &str = "SELECT source, count(*) AS rejected FROM quarantine GROUP BY source";
const DRIFT: &str = "SELECT source, count(*) AS findings FROM findings GROUP BY source";
/// The share of versions in which each field is known.
const FILLED: &str = "SELECT source, count(*) AS versions, avg(CASE WHEN company IS NULL THEN 0.0 ELSE 1.0 END) AS company, \
    avg(CASE WHEN place_text IS NULL THEN 0.0 ELSE 1.0 END) AS place, avg(CASE WHEN country IS NULL THEN 0.0 ELSE 1.0 END) AS country, \
    avg(CASE WHEN remote IS NULL THEN 0.0 ELSE 1.0 END) AS remote, avg(CASE WHEN pay_quote IS NULL THEN 0.0 ELSE 1.0 END) AS pay, \
    avg(CASE WHEN posted_at IS NULL THEN 0.0 ELSE 1.0 END) AS posted, avg(CASE WHEN text = '' THEN 0.0 ELSE 1.0 END) AS text, \
    avg(CASE WHEN coalesce(apply_url, url) IS NULL THEN 0.0 ELSE 1.0 END) AS link FROM postings GROUP BY source";

/// Fields whose share is told, by their columns above.
const FIELDS: [&str; 8] = ["company", "place", "country", "remote", "pay", "posted", "text", "link"];

/// Prints the scorecard of the sources called `names`, or of all that have been read.
///
/// # Errors
/// `NotFound` for a name that no source has; those of the lake.
pub async fn run(app: &App, form: Form, names: &[String]) -> Result<()> {
    for name in names {
        super::named(name)?;
    }
    let tables = [FetchRow::TABLE, ObservationRow::TABLE, QuarantineRow::TABLE, FindingRow::TABLE, PostingRow::TABLE];
    let engine = app.engine(&tables).await?;
    let mut cards: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for query in [EXCHANGES, OBSERVED, REJECTED, DRIFT, FILLED] {
        for row in rows_of(&engine.sql(query, 10_000).await?)? {
            let Some(source) = row.get("source").and_then(Value::as_str) else { continue };
            cards.entry(source.to_owned()).or_default().extend(row);
        }
    }
    let items: Vec<Value> = cards
        .into_iter()
        .filter(|(source, _)| names.is_empty() || names.contains(source))
        .map(|(source, facts)| card(&source, &facts))
        .collect();
    print::items(form, &json!({"items": items}), |items| {
        if items.is_empty() {
            return "no source has been read yet".to_owned();
        }
        table(items)
    })
}

fn card(source: &str, facts: &Map<String, Value>) -> Value {
    let number = |name: &str| facts.get(name).and_then(Value::as_u64).unwrap_or(0);
    let filled: Map<String, Value> =
        FIELDS.iter().filter_map(|&field| Some((field.to_owned(), facts.get(field)?.clone()))).collect();
    json!({
        "source": source,
        "certified": Registry.named(source).map(|source| bundled::certificate(source).passed()),
        "boards": number("boards"), "exchanges": number("exchanges"), "refused": number("refused"),
        "failed": number("failed"), "fresh_at": facts.get("fresh_at"), "refused_at": facts.get("refused_at"),
        "seen_at": facts.get("seen_at"), "records": number("records"), "postings": number("postings"),
        "rejected": number("rejected"), "findings": number("findings"), "filled": filled,
    })
}

fn table(items: &[Value]) -> String {
    let header = [
        "source",
        "certified",
        "fresh",
        "boards",
        "exchanges",
        "refused",
        "failed",
        "postings",
        "rejected",
        "findings",
        "company",
        "place",
        "country",
        "remote",
        "pay",
        "posted",
        "text",
        "link",
    ];
    let share = |value: &Value| value.as_f64().map_or_else(String::new, |share| format!("{:.0} %", share * 100.0));
    let rows = items.iter().map(|card| {
        let mut row = vec![
            text(&card["source"]),
            if card["certified"] == true { "yes" } else { "no" }.to_owned(),
            text(&card["fresh_at"]).chars().take(16).collect(),
        ];
        let counts = ["boards", "exchanges", "refused", "failed", "postings", "rejected", "findings"];
        row.extend(counts.map(|name| print::count(card[name].as_u64().unwrap_or(0))));
        row.extend(FIELDS.map(|field| share(&card["filled"][field])));
        row
    });
    print::table(&header, rows)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
