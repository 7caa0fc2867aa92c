//! `waypost quarantine`: what was rejected, and why.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt as _;
use pipeline_core::{Error, Result};
use pipeline_lake::rows;
use schemas::Row as _;
use schemas::tables::QuarantineRow;
use schemas::wire::RunReport;
use serde_json::json;

use crate::app::App;
use crate::cli::Stage;
use crate::pipeline::{Run, SourceDays};
use crate::print::{self, Form};
use crate::progress::Progress;

async fn each(app: &App, source: Option<&str>, mut take: impl FnMut(QuarantineRow)) -> Result<()> {
    let table = app.lake.table(QuarantineRow::TABLE).await?;
    let files = table.files_where(|partition| source.is_none_or(|source| partition.0[0] == source)).await?;
    let mut batches = table.read(files, None);
    while let Some(batch) = batches.try_next().await? {
        rows::<QuarantineRow>(&batch)?.into_iter().for_each(&mut take);
    }
    Ok(())
}

/// Counts per source and rule, and the latest rejections.
///
/// # Errors
/// Those of the lake.
pub async fn list(app: &App, form: Form, source: Option<&str>, rule: Option<&str>, limit: usize) -> Result<()> {
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut latest: Vec<QuarantineRow> = Vec::new();
    each(app, source, |row| {
        if rule.is_some_and(|rule| rule != row.rule) {
            return;
        }
        *counts.entry((row.source.clone(), row.rule.clone())).or_default() += 1;
        latest.push(row);
        if latest.len() > limit * 2 + 100 {
            newest(&mut latest, limit);
        }
    })
    .await?;
    newest(&mut latest, limit);
    let total: u64 = counts.values().sum();
    let items: Vec<_> = latest
        .iter()
        .map(|row| {
            json!({
                "quarantine_id": row.quarantine_id, "source": row.source, "board": row.board, "day": row.day,
                "fetch_id": row.fetch_id, "record": row.record, "field": row.field, "rule": row.rule,
                "reason": row.reason,
            })
        })
        .collect();
    let counted: Vec<_> =
        counts.iter().map(|((source, rule), n)| json!({"source": source, "rule": rule, "n": n})).collect();
    let document = json!({"items": items, "total": {"value": total}, "counts": counted});
    print::items(form, &document, |_| {
        if total == 0 {
            return "nothing was rejected".to_owned();
        }
        let per_rule = counts.iter().map(|((source, rule), n)| vec![source.clone(), rule.clone(), print::count(*n)]);
        let shown = latest.iter().map(|row| {
            vec![
                row.quarantine_id.chars().take(12).collect(),
                row.source.clone(),
                print::cut(&row.board, 24),
                row.rule.clone(),
                print::cut(&row.reason, 70),
            ]
        });
        format!(
            "{}\n\n{}",
            print::table(&["source", "rule", "rejected"], per_rule),
            print::table(&["id", "source", "board", "rule", "reason"], shown)
        )
    })
}

fn newest(rows: &mut Vec<QuarantineRow>, limit: usize) {
    rows.sort_by(|a, b| (b.fetched_at, &a.quarantine_id).cmp(&(a.fetched_at, &b.quarantine_id)));
    rows.truncate(limit);
}

/// One rejection with its payload.
///
/// # Errors
/// `NotFound` when no id begins with `id`, `Usage` when several do.
pub async fn show(app: &App, form: Form, id: &str) -> Result<()> {
    let mut found = Vec::new();
    each(app, None, |row| {
        if row.quarantine_id.starts_with(id) && found.len() < 2 {
            found.push(row);
        }
    })
    .await?;
    let row = match (found.pop(), found.pop()) {
        (Some(row), None) => row,
        (None, _) => {
            return Err(Error::not_found(format!("nothing in quarantine has id {id}"))
                .hint("`waypost quarantine list` shows the ids"));
        }
        (Some(_), Some(_)) => return Err(Error::usage(format!("several ids begin with {id}"))),
    };
    print::document(form, &row, |row| {
        let place = row.record.map_or("the whole body".to_owned(), |record| format!("record {record}"));
        format!(
            "{} {} on {}, {place} of exchange {}\nrule {}{}: {}\n\n{}",
            row.source,
            row.board,
            row.day,
            row.fetch_id,
            row.rule,
            row.field.as_ref().map(|field| format!(" on {field}")).unwrap_or_default(),
            print::shown(&row.reason),
            row.payload.lines().map(print::shown).collect::<Vec<_>>().join("\n"),
        )
    })
}

/// Reads the partitions that hold such rejections again, and derives what follows from them. The report notes how many of the
/// rejections are postings now.
///
/// # Errors
/// `Nothing` when nothing such was rejected, and those of a run.
pub async fn retry(app: &App, source: Option<&str>, rule: Option<&str>, quiet: bool) -> Result<RunReport> {
    let (mut before, mut partitions) = (BTreeSet::new(), SourceDays::new());
    let such = |row: &QuarantineRow| row.stage == "normalize" && rule.is_none_or(|rule| rule == row.rule);
    each(app, source, |row| {
        if such(&row) {
            partitions.insert((row.source, row.day));
            before.insert(row.quarantine_id);
        }
    })
    .await?;
    if before.is_empty() {
        return Err(Error::nothing("nothing such was rejected").hint("`waypost quarantine list` shows what was"));
    }
    let progress = Progress::new(quiet);
    app.leased("quarantine-retry", async {
        let repeat = json!({"job": "quarantine-retry", "source": source, "rule": rule});
        let mut run = Run::begin(app, "quarantine-retry", repeat, &progress).await?;
        run.stage(Stage::Normalize, &partitions, &[], true).await?;
        let mut still = 0_u64;
        each(app, source, |row| still += u64::from(before.contains(&row.quarantine_id))).await?;
        let tried = before.len() as u64;
        run.report.notes.push(format!(
            "{} rejections were tried again: {} are gone, {} remain",
            print::count(tried),
            print::count(tried - still),
            print::count(still)
        ));
        run.derive_rest().await?;
        run.end().await
    })
    .await
}
