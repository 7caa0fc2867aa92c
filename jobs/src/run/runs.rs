//! `waypost runs`: what runs did, and doing again what did not end well.

use std::path::PathBuf;

use clap::ValueEnum as _;
use pipeline_core::{Error, Result};
use schemas::wire::{RunReport, RunStatus};
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::{Backfill, Import, Run, Stage};
use crate::ledger::status_name;
use crate::print::{self, Form};
use crate::run;
use crate::run::corrections::{self, Decision};

/// Prints the latest runs.
///
/// # Errors
/// Those of the document store.
pub async fn list(app: &App, form: Form, limit: usize) -> Result<()> {
    let mut runs = app.ledger.runs(limit).await?;
    for report in &mut runs {
        settle(app, report).await;
    }
    print::items(form, &json!({"items": runs}), |_| {
        if runs.is_empty() {
            return "no run yet; start one with `waypost run` or `waypost import`".to_owned();
        }
        let rows = runs.iter().map(|report| {
            let read: u64 = report.sources.iter().map(|source| source.rows_read).sum();
            let rejected: u64 = report.sources.iter().map(|source| source.rows_quarantined).sum();
            vec![
                report.run_id.clone(),
                report.job.clone(),
                status_name(report.status).to_owned(),
                report.sources.len().to_string(),
                print::count(read),
                print::count(rejected),
            ]
        });
        print::table(&["run", "job", "status", "sources", "read", "rejected"], rows)
    })
}

/// Prints one run.
///
/// # Errors
/// `NotFound` when there is no such run.
pub async fn show(app: &App, form: Form, id: &str) -> Result<()> {
    let (mut report, _) = app.ledger.run(id).await?;
    settle(app, &mut report).await;
    print::document(form, &report, print::run)
}

/// A run that says that it is running, while nobody holds the lease, was killed.
async fn settle(app: &App, report: &mut RunReport) {
    if report.status == RunStatus::Running && app.unleased().await.is_ok() {
        report.status = RunStatus::Failed;
        report.errors.push("the process ended before the run did; `waypost runs resume` goes on".to_owned());
    }
}

/// Does a run again that did not end well. What it finished is found unchanged and not repeated.
///
/// # Errors
/// `Nothing` when the run ended well, `NotFound` when there is no such run, and those of the run itself.
pub async fn resume(app: &App, id: &str, quiet: bool) -> Result<RunReport> {
    let (mut report, arguments) = app.ledger.run(id).await?;
    settle(app, &mut report).await;
    if report.status == RunStatus::Done {
        return Err(Error::nothing(format!("run {} is done", report.run_id)));
    }
    let text = |key: &str| arguments[key].as_str().map(str::to_owned);
    let sources = || -> Vec<String> {
        let list = arguments["sources"].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    match report.job.as_str() {
        "run" => run::crawl::run(app, &Run { sources: sources() }, quiet).await,
        "import" => {
            let files = arguments["files"].as_array().map(Vec::as_slice).unwrap_or_default();
            let import = Import {
                source: text("source"),
                board: text("board"),
                mapping: text("mapping").map(PathBuf::from),
                mail: text("mail"),
                since: text("since").and_then(|day| day.parse().ok()),
                fetched_at: text("fetched_at").and_then(|time| time.parse().ok()),
                complete: arguments["complete"].as_bool().unwrap_or_default(),
                partial: arguments["partial"].as_bool().unwrap_or_default(),
                only_fetches: arguments["only_fetches"].as_bool().unwrap_or_default(),
                files: files.iter().filter_map(Value::as_str).map(PathBuf::from).collect(),
            };
            run::import::run(app, &import, quiet).await
        }
        job @ ("closings-undo" | "closings-redo" | "roles-split" | "roles-join" | "roles-undo") => {
            let [subject, verdict, reason] = ["subject", "verdict", "reason"].map(|key| text(key).unwrap_or_default());
            let decision = Decision { job, subject: &subject, verdict: &verdict, reason: &reason };
            corrections::decide(app, decision, quiet).await
        }
        "reference-import" => {
            let file = text("file").unwrap_or_default();
            run::reference::import_rates(app, file.as_ref(), quiet).await
        }
        "quarantine-retry" => {
            run::quarantine::retry(app, text("source").as_deref(), text("rule").as_deref(), quiet).await
        }
        "backfill" => {
            let day = |key: &str| text(key).and_then(|day| day.parse().ok());
            let (Some(from), Some(to)) = (day("from"), day("to")) else {
                return Err(Error::internal(format!("run {} does not say which days it was for", report.run_id)));
            };
            let stage = text("stage").and_then(|stage| Stage::from_str(&stage, true).ok());
            let backfill = Backfill { from, to, stage, sources: sources(), dry_run: false };
            let report = run::backfill::run(app, Form::Json, &backfill, quiet).await?;
            report.ok_or_else(|| Error::internal("a backfill gave no report"))
        }
        other => {
            Err(Error::usage(format!("a run of {other} cannot be resumed"))
                .hint(format!("run `waypost {other}` again")))
        }
    }
}
