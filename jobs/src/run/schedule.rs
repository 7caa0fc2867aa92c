//! `waypost schedule`: a run whenever the configured time comes, until stopped. One that fails is told and does not stop
//! the next; one that is still running when the time comes is not doubled.

use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job, JobScheduler};

use crate::app::App;
use crate::cli;
use crate::print::{self, Form};
use crate::run;

/// Runs at the configured times; with `--dry-run` prints the next time.
///
/// # Errors
/// `Config` for a time that cannot be read.
pub async fn run(app: &App, form: Form, arguments: &cli::Schedule, quiet: bool) -> Result<()> {
    let cron = app.config.raw.schedule.cron.as_str();
    let unusable = || format!("schedule.cron {cron:?} cannot be read");
    let (sender, mut times) = mpsc::channel(1);
    let mut scheduler = JobScheduler::new().await.context(ErrorKind::Internal, || "cannot start the scheduler")?;
    let job = Job::new(cron, move |_, _| {
        // A full channel means that a run is at work already.
        let _ = sender.try_send(());
    })
    .context(ErrorKind::Config, unusable)
    .map_err(|error| {
        error.hint("six fields: second minute hour day-of-month month day-of-week, such as \"0 30 2 * * *\"")
    })?;
    let id = scheduler.add(job).await.context(ErrorKind::Config, unusable)?;
    let next = scheduler.next_tick_for_job(id).await.context(ErrorKind::Internal, || "the scheduler tells no time")?;
    let next = next.map(|time| time.to_rfc3339());
    let document = json!({"cron": cron, "next": next});
    print::document(form, &document, |_| format!("next run at {}", next.as_deref().unwrap_or("no time at all")))?;
    if arguments.dry_run {
        return Ok(());
    }
    scheduler.start().await.context(ErrorKind::Internal, || "cannot start the scheduler")?;
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => break,
            Some(()) = times.recv() => match run::crawl::run(app, &cli::Run::default(), quiet).await {
                Ok(report) => tracing::info!(run = %report.run_id, status = ?report.status, "scheduled run ended"),
                Err(error) => tracing::error!(error = %error.chain(), "scheduled run failed"),
            },
        }
    }
    scheduler.shutdown().await.map_err(|error| Error::internal("cannot stop the scheduler").because(error))
}
