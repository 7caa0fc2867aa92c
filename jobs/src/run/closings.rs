//! `waypost closings`: what was found gone, set by set, and how to undo a set that was wrong.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use pipeline_core::{Error, Micros, Result};
use pipeline_lake::rows;
use schemas::tables::RoleRow;
use schemas::wire::RunReport;
use schemas::{Day, Row as _};
use serde_json::{Value, json};

use crate::app::App;
use crate::print::{self, Form};
use crate::run::corrections::{self, Decision};

/// Titles that stand for a set.
const EXAMPLES: usize = 3;

/// The roles that one reason closed together.
#[derive(Default)]
struct Set {
    source: String,
    reason: String,
    closed_at: Micros,
    roles: u64,
    examples: Vec<String>,
}

/// Prints each set of closings, the latest first, and the sets that were undone.
///
/// # Errors
/// Those of the lake.
pub async fn list(app: &App, form: Form, source: Option<&str>, since: Option<Day>) -> Result<()> {
    let mut sets: BTreeMap<String, Set> = BTreeMap::new();
    let table = app.lake.table(RoleRow::TABLE).await?;
    let mut batches = table.read(table.files().await?, None);
    while let Some(batch) = batches.try_next().await? {
        for role in rows::<RoleRow>(&batch)? {
            let (Some(id), Some(closed_at), Some(reason)) = (role.closed_by, role.closed_at, role.closed_reason) else {
                continue;
            };
            let set = sets.entry(id).or_insert_with(|| Set {
                source: role.sources.join(", "),
                reason,
                closed_at,
                ..Set::default()
            });
            set.roles += 1;
            if set.examples.len() < EXAMPLES {
                set.examples.push(role.title);
            }
        }
    }
    let mut items: Vec<(Micros, Value)> = sets
        .into_iter()
        .filter(|(_, set)| source.is_none_or(|source| set.source.contains(source)))
        .filter(|(_, set)| since.is_none_or(|since| set.closed_at.day() >= since))
        .map(|(id, set)| {
            let item = json!({
                "set": id, "source": set.source, "reason": set.reason, "closed_at": set.closed_at, "roles": set.roles,
                "examples": set.examples, "state": "closed",
            });
            (set.closed_at, item)
        })
        .collect();
    items.extend(corrections::latest(app).await?.into_iter().filter(|(_, row)| row.verdict == DISTRUST).map(
        |(set, row)| {
            let item = json!({
                "set": set, "source": null, "reason": row.reason, "closed_at": null, "roles": 0, "examples": [],
                "state": "undone", "undone_at": row.made_at,
            });
            (row.made_at, item)
        },
    ));
    items.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1["set"].as_str().cmp(&b.1["set"].as_str())));
    let items: Vec<Value> = items.into_iter().map(|(_, item)| item).collect();
    print::items(form, &json!({"items": items}), |items| {
        if items.is_empty() {
            return "nothing was found gone".to_owned();
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let rows = items.iter().map(|item| {
            let titles = item["examples"].as_array().map(Vec::as_slice).unwrap_or_default();
            let titles: Vec<&str> = titles.iter().filter_map(Value::as_str).collect();
            let when = if item["state"] == "undone" { &item["undone_at"] } else { &item["closed_at"] };
            vec![
                text(&item["set"]),
                text(&item["state"]),
                text(&item["source"]),
                text(&item["reason"]),
                text(when),
                print::count(item["roles"].as_u64().unwrap_or_default()),
                print::cut(&titles.join(" · "), 60),
            ]
        });
        print::table(&["set", "state", "source", "reason", "at", "roles", "such as"], rows)
    })
}

const DISTRUST: &str = "distrust";
const TRUST: &str = "trust";

/// Makes a set close nothing (`undo`), or close again, and derives what follows.
///
/// # Errors
/// `NotFound` for a set that is not there, `Usage` without a reason, those of the backends.
pub async fn correct(app: &App, set: &str, reason: &str, undo: bool, quiet: bool) -> Result<RunReport> {
    check(app, set, undo).await?;
    let (job, verdict) = if undo { ("closings-undo", DISTRUST) } else { ("closings-redo", TRUST) };
    corrections::decide(app, Decision { job, subject: set, verdict, reason }, quiet).await
}

async fn check(app: &App, set: &str, undo: bool) -> Result<()> {
    let known = if undo {
        let table = app.lake.table(RoleRow::TABLE).await?;
        let mut batches = table.read(table.files().await?, Some(&["closed_by"]));
        let mut found = false;
        while let Some(batch) = batches.try_next().await? {
            found |= pipeline_lake::column::text(&batch, "closed_by")?.iter().flatten().any(|id| id == set);
        }
        found
    } else {
        corrections::latest(app).await?.get(set).is_some_and(|row| row.verdict == DISTRUST)
    };
    if known {
        return Ok(());
    }
    let what = if undo { "no role was closed by" } else { "nobody has undone" };
    Err(Error::not_found(format!("{what} the set {set}")).hint("`waypost closings list` names the sets"))
}
