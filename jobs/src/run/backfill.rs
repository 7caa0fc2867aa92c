//! `waypost backfill`: partitions of other days, derived again by the same code.

use pipeline_core::{Error, Result};
use schemas::Day;
use schemas::wire::RunReport;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::{Backfill, Stage};
use crate::pipeline::{Run, SourceDays};
use crate::print::{self, Form};
use crate::progress::Progress;

/// Derives the days again; with `--dry-run` prints what would be done and returns no report.
///
/// # Errors
/// `Usage` when the days are in the wrong order, `Nothing` when no partition lies between them.
pub async fn run(app: &App, form: Form, arguments: &Backfill, quiet: bool) -> Result<Option<RunReport>> {
    if arguments.from > arguments.to {
        return Err(Error::usage(format!("--from {} lies after --to {}", arguments.from, arguments.to)));
    }
    let partitions = wanted(app, arguments).await?;
    let days: std::collections::BTreeSet<Day> = partitions.iter().map(|(_, day)| *day).collect();
    let days: Vec<Day> = days.into_iter().collect();
    if partitions.is_empty() {
        return Err(Error::nothing(format!("nothing was fetched between {} and {}", arguments.from, arguments.to))
            .hint("`waypost lake show fetches` lists what is there"));
    }
    let stages = match arguments.stage {
        Some(stage) => vec![stage],
        None => vec![Stage::Normalize, Stage::Resolve, Stage::Measure, Stage::Match, Stage::Publish],
    };
    if arguments.dry_run {
        plan(app, form, &stages, &partitions, &days).await?;
        return Ok(None);
    }
    let progress = Progress::new(quiet);
    app.leased("backfill", async {
        let repeat = json!({
            "job": "backfill",
            "from": arguments.from,
            "to": arguments.to,
            "stage": arguments.stage.map(name),
            "sources": arguments.sources,
        });
        let mut run = Run::begin(app, "backfill", repeat, &progress).await?;
        for stage in stages {
            run.stage(stage, &partitions, &days, true).await?;
        }
        run.end().await.map(Some)
    })
    .await
}

async fn wanted(app: &App, arguments: &Backfill) -> Result<SourceDays> {
    let all = app.normalize().partitions().await?;
    let among = |(source, day): &(String, Day)| {
        (arguments.from..=arguments.to).contains(day)
            && (arguments.sources.is_empty() || arguments.sources.contains(source))
    };
    Ok(all.into_iter().filter(among).collect())
}

/// What would run: each partition, whether its inputs have changed, and how many rows it had. For `normalize` also which rows and
/// columns would change, with examples.
async fn plan(app: &App, form: Form, stages: &[Stage], partitions: &SourceDays, days: &[Day]) -> Result<()> {
    let mut items = Vec::new();
    for &stage in stages {
        let parts: Vec<(String, Day)> = match stage {
            Stage::Normalize => partitions.iter().cloned().collect(),
            Stage::Measure => days.iter().map(|day| ("all".to_owned(), *day)).collect(),
            _ => vec![("all".to_owned(), Day::default())],
        };
        for (part, day) in parts {
            let last = app.ledger.partition(name(stage), &part, day).await?;
            let split = matches!(stage, Stage::Normalize | Stage::Measure);
            items.push(json!({
                "stage": name(stage),
                "part": part,
                "day": split.then_some(day),
                "rows_read": last.as_ref().map(|last| last.rows_read),
                "last_run": last.as_ref().map(|last| last.run_id.clone()),
                "last_wall_s": last.map(|last| last.wall_s),
            }));
        }
    }
    let mut changes = Vec::new();
    if stages.contains(&Stage::Normalize) {
        for (source, day) in partitions {
            let comparison = app.normalize().compare(source, *day).await?;
            changes.push(json!({"source": source, "day": day, "tables": comparison.tables}));
        }
    }
    let document = json!({"dry_run": true, "items": items, "changes": changes});
    print::items(form, &document, |items| {
        let rows = items.iter().map(|item| {
            let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
            let number = |key: &str| item[key].as_f64().map(|number| number.to_string()).unwrap_or_default();
            vec![text("stage"), text("part"), text("day"), number("rows_read"), text("last_run"), number("last_wall_s")]
        });
        let table = print::table(&["stage", "part", "day", "rows read", "last run", "took s"], rows);
        let changes: String = changes.iter().map(change_lines).collect();
        format!("would run {} partitions; nothing was changed\n\n{table}\n{changes}", items.len())
    })
}

/// What would change in one partition of `normalize`, for people.
fn change_lines(change: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut lines = String::new();
    for (table, change_of) in change["tables"].as_object().into_iter().flatten() {
        let n = |key: &str| print::count(change_of[key].as_u64().unwrap_or_default());
        lines += &format!(
            "\n{} {} {table}: {} rows the same ({} but for the method), {} changed, {} new, {} gone",
            text(&change["source"]),
            text(&change["day"]),
            n("same"),
            n("method_only"),
            n("changed"),
            n("added"),
            n("removed"),
        );
        for (column, of_column) in change_of["columns"].as_object().into_iter().flatten() {
            lines += &format!("\n  {column} in {} rows", print::count(of_column["rows"].as_u64().unwrap_or_default()));
            for example in of_column["examples"].as_array().into_iter().flatten() {
                let (before, after) = (text(&example["before"]), text(&example["after"]));
                let key = print::shown(&text(&example["key"]));
                lines += &format!("\n    {key}: {} → {}", print::cut(&before, 60), print::cut(&after, 60));
            }
        }
        for (what, key) in [("new", "added_examples"), ("gone", "removed_examples")] {
            for row in change_of[key].as_array().into_iter().flatten() {
                lines += &format!("\n  {what}: {}", print::shown(&text(row)));
            }
        }
    }
    lines
}

/// A stage's name in the ledger.
pub fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Normalize => "normalize",
        Stage::Resolve => "resolve",
        Stage::Measure => "measure",
        Stage::Match => "match",
        Stage::Publish => "publish",
    }
}
