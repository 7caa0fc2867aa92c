//! What an operator decides against the rules: written down with a reason, then everything that follows is derived anew.

use std::collections::BTreeMap;

use pipeline_core::hash::Hasher;
use pipeline_core::{Error, Result};
use pipeline_lake::Mode;
use schemas::tables::CorrectionRow;
use schemas::wire::RunReport;
use schemas::{Partition, Row as _};
use serde_json::json;

use crate::app::App;
use crate::pipeline::{Run, SourceDays};
use crate::progress::Progress;

/// A decision and its name as a job.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// The job, such as `closings-undo`.
    pub job: &'a str,
    /// What it is about, as in [`CorrectionRow::subject`].
    pub subject: &'a str,
    /// What is decided, as in [`CorrectionRow::verdict`].
    pub verdict: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// The latest decision on each subject.
///
/// # Errors
/// Those of the lake.
pub async fn latest(app: &App) -> Result<BTreeMap<String, CorrectionRow>> {
    let table = app.lake.table(CorrectionRow::TABLE).await?;
    let mut all = table.rows::<CorrectionRow>(table.files().await?).await?;
    all.sort_by(|a, b| (a.made_at, &a.correction_id).cmp(&(b.made_at, &b.correction_id)));
    Ok(all.into_iter().map(|row| (row.subject.clone(), row)).collect())
}

/// Writes the decision down and derives what follows.
///
/// # Errors
/// `Usage` without a reason, those of the backends.
pub async fn decide(app: &App, decision: Decision<'_>, quiet: bool) -> Result<RunReport> {
    let Decision { job, subject, verdict, reason } = decision;
    if reason.trim().is_empty() {
        return Err(Error::usage("a reason is needed").hint("say why with --reason"));
    }
    let progress = Progress::new(quiet);
    app.leased(job, async {
        let repeat = json!({"job": job, "subject": subject, "verdict": verdict, "reason": reason});
        let mut run = Run::begin(app, job, repeat, &progress).await?;
        let made_at = app.backends.clock.now();
        let id = Hasher::new("correction").part(subject).part(verdict).part(made_at.0.to_le_bytes());
        let row = CorrectionRow {
            correction_id: id.hex(32),
            day: made_at.day(),
            subject: subject.to_owned(),
            verdict: verdict.to_owned(),
            reason: reason.trim().to_owned(),
            made_at,
        };
        let table = app.lake.table(CorrectionRow::TABLE).await?;
        let mut writer = table.writer(Partition::of([made_at.day().to_string()]));
        writer.write_rows(&[row]).await?;
        writer.commit(Mode::Append).await?;
        run.derive(&SourceDays::new()).await?;
        run.end().await
    })
    .await
}
