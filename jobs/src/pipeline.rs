//! Runs stages over partitions, in order, and keeps the ledger: the same code for every kind of run.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use infra_registry::process_cpu_seconds;
use pipeline_core::hash::Hasher;
use pipeline_core::stage::Outcome;
use pipeline_core::{Error, ErrorKind, Result, RunId};
use pipeline_measure::stage::MeasureStage;
use schemas::Day;
use schemas::wire::{RunReport, RunStatus, SourceReport, StageReport};
use serde_json::Value;
use tracing::Instrument as _;

use crate::app::App;
use crate::cli::Stage;
use crate::ledger::{Ledger, PartitionRecord};
use crate::progress::Progress;

/// The part of a partition of stages that are not split.
const ALL: &str = "all";

/// Rejections that are in a source's nature and say nothing against it.
const EXPECTED_REJECTIONS: &[&str] = &["not-a-posting"];

/// Set when the process was asked to stop: the partition at hand is finished, nothing more is begun.
pub static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// A run in progress.
pub struct Run<'a> {
    /// Everything opened.
    pub app: &'a App,
    /// What it did so far.
    pub report: RunReport,
    /// Where progress is shown.
    pub progress: &'a Progress,
    arguments: Value,
    sources: BTreeMap<String, SourceReport>,
    interrupted: bool,
    requests_before: BTreeMap<String, u64>,
}

/// Partitions of `normalize`: source and day.
pub type SourceDays = BTreeSet<(String, Day)>;

impl<'a> Run<'a> {
    /// Begins a run of `job`, which `arguments` would do again.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn begin(app: &'a App, job: &str, arguments: Value, progress: &'a Progress) -> Result<Self> {
        let now = app.backends.clock.now();
        let RunId(run_id) = Ledger::new_run_id(now, app.backends.entropy.as_ref())?;
        let report = RunReport {
            run_id,
            job: job.to_owned(),
            status: RunStatus::Running,
            started_at: now.to_string(),
            ..RunReport::default()
        };
        tracing::Span::current().record("run_id", &report.run_id);
        let requests_before = app.backends.calls.requests();
        let sources = BTreeMap::new();
        let run = Self { app, report, progress, arguments, sources, interrupted: false, requests_before };
        run.save().await?;
        Ok(run)
    }

    async fn save(&self) -> Result<()> {
        let mut report = self.report.clone();
        report.sources = self.sources.values().cloned().collect();
        report.requests = self.requests();
        self.app.ledger.save_run(&report, &self.arguments).await
    }

    /// Ends the run and returns its report.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn end(mut self) -> Result<RunReport> {
        self.progress.finish();
        self.judge_sources();
        let failed = !self.report.errors.is_empty();
        let partial = self.sources.values().any(|source| source.error.is_some());
        // Even garbage alone is kept, in quarantine; only a run that got nothing at all has failed.
        let got = self.sources.values().any(|source| source.rows_read > 0);
        self.report.status = match (failed || partial, got) {
            (false, _) => RunStatus::Done,
            (true, true) => RunStatus::Partial,
            (true, false) => RunStatus::Failed,
        };
        self.report.ended_at = Some(self.app.backends.clock.now().to_string());
        self.report.sources = self.sources.values().cloned().collect();
        self.save().await?;
        self.report.requests = self.requests();
        if self.interrupted {
            return Err(Error::new(ErrorKind::Interrupted, format!("run {} was interrupted", self.report.run_id))
                .hint("`waypost runs resume` goes on where it stopped"));
        }
        Ok(self.report)
    }

    /// Requests to services since the run began.
    fn requests(&self) -> BTreeMap<String, u64> {
        let mut requests = self.app.backends.calls.requests();
        for (operation, count) in &mut requests {
            *count -= self.requests_before.get(operation).copied().unwrap_or_default();
        }
        requests.retain(|_, count| *count > 0);
        requests
    }

    /// A source whose answers could mostly not be read has failed, whatever else was written.
    fn judge_sources(&mut self) {
        for source in self.sources.values_mut().filter(|source| source.error.is_none()) {
            let odd = source.reasons.iter().filter(|(rule, _)| !EXPECTED_REJECTIONS.contains(&rule.as_str()));
            let odd: u64 = odd.map(|(_, n)| n).sum();
            if odd * 2 > source.rows_read {
                source.error = Some(format!("{odd} of {} records were rejected", source.rows_read));
            }
        }
    }

    /// The report of `name`, made when it is not there yet.
    pub fn source(&mut self, name: &str) -> &mut SourceReport {
        let new = || SourceReport { source: name.to_owned(), ..SourceReport::default() };
        self.sources.entry(name.to_owned()).or_insert_with(new)
    }

    /// Requests and failures of each source so far.
    pub fn crawled(&self) -> BTreeMap<String, (u64, Option<String>)> {
        self.sources.iter().map(|(name, source)| (name.clone(), (source.requests, source.error.clone()))).collect()
    }

    /// Notes the first thing that went wrong with a source.
    pub fn source_failed(&mut self, name: &str, what: String) {
        self.source(name).error.get_or_insert(what);
    }

    /// Runs every stage after `crawl` for the given partitions and everything that follows from them.
    ///
    /// # Errors
    /// Those of the backends. What is wrong with one source stands in the report.
    pub async fn derive(&mut self, partitions: &SourceDays) -> Result<()> {
        self.normalize(partitions, false).await?;
        self.derive_rest().await
    }

    /// Runs every stage after `normalize`.
    ///
    /// # Errors
    /// As for [`Run::derive`].
    pub async fn derive_rest(&mut self) -> Result<()> {
        self.resolve(false).await?;
        let day = self.measure_stage().latest_day().await;
        match day {
            Ok(day) => self.measure(&[day], false).await?,
            Err(error) if error.kind() == ErrorKind::Nothing => {}
            Err(error) => return Err(error),
        }
        self.matching(false).await?;
        self.publish(false).await
    }

    /// Runs one stage for `days`, or all of them; `force` does partitions whose inputs have not changed, too.
    ///
    /// # Errors
    /// As for [`Run::derive`].
    pub async fn stage(&mut self, stage: Stage, partitions: &SourceDays, days: &[Day], force: bool) -> Result<()> {
        match stage {
            Stage::Normalize => self.normalize(partitions, force).await,
            Stage::Resolve => self.resolve(force).await,
            Stage::Measure => self.measure(days, force).await,
            Stage::Match => self.matching(force).await,
            Stage::Publish => self.publish(force).await,
        }
    }

    /// The given partitions, and the later days of the same sources, which depend on them.
    async fn normalize(&mut self, partitions: &SourceDays, force: bool) -> Result<()> {
        let app = self.app;
        let mut first: BTreeMap<&str, Day> = BTreeMap::new();
        for (source, day) in partitions {
            first.entry(source).and_modify(|earliest| *earliest = (*earliest).min(*day)).or_insert(*day);
        }
        let mut all = app.normalize().partitions().await?;
        all.retain(|(source, day)| first.get(source.as_str()).is_some_and(|earliest| day >= earliest));
        let mut stage = self.begin_stage("normalize", all.len());
        for (source, day) in all {
            let wanted = partitions.contains(&(source.clone(), day));
            let work = app.normalize();
            let inputs = work.inputs(&source, day).await?;
            let done =
                self.partition(&mut stage, &source, day, inputs, force && wanted, || work.run(&source, day)).await?;
            let Some(record) = done else { break };
            if wanted {
                self.count_source(&source, &record);
            }
        }
        self.end_stage(stage).await
    }

    fn count_source(&mut self, name: &str, record: &PartitionRecord) {
        let outcome = record.outcome();
        let report = self.source(name);
        report.rows_read += outcome.rows_read;
        report.rows_written += outcome.rows_written;
        report.rows_quarantined += outcome.rows_quarantined;
        for (rule, n) in outcome.reasons {
            *report.reasons.entry(rule).or_default() += n;
        }
        for (finding, n) in outcome.findings {
            *report.findings.entry(finding).or_default() += n;
        }
        if let Some(error) = outcome.error {
            report.error.get_or_insert(error);
        }
    }

    async fn resolve(&mut self, force: bool) -> Result<()> {
        let work = self.app.resolve();
        let inputs = work.inputs().await?;
        self.single("resolve", Day::default(), inputs, force, || work.run()).await
    }

    fn measure_stage(&self) -> MeasureStage<'a> {
        self.app.measure()
    }

    async fn measure(&mut self, days: &[Day], force: bool) -> Result<()> {
        let work = self.measure_stage();
        let mut anchors = BTreeSet::new();
        for &day in days {
            match work.anchor(day).await {
                Ok(anchor) => anchors.extend([anchor]),
                Err(error) if error.kind() == ErrorKind::Nothing => {}
                Err(error) => return Err(error),
            }
        }
        let mut stage = self.begin_stage("measure", anchors.len());
        for day in anchors {
            let inputs = work.inputs(day).await?;
            if self.partition(&mut stage, ALL, day, inputs, force, || work.run(day)).await?.is_none() {
                break;
            }
        }
        self.end_stage(stage).await
    }

    async fn matching(&mut self, force: bool) -> Result<()> {
        let rubric = self.app.rubric();
        let run_id = self.report.run_id.clone();
        let work = self.app.matching(&rubric, &run_id)?;
        if !INTERRUPTED.load(Ordering::Relaxed) {
            let gathered = work.gather().await?;
            self.report.notes.extend(gathered.notes);
            self.report.budget_reached |= gathered.budget_reached;
        }
        let inputs = work.inputs().await?;
        self.single("match", Day::default(), inputs, force, || work.run()).await
    }

    async fn publish(&mut self, force: bool) -> Result<()> {
        let work = self.app.publish();
        let answers = match self.measure_stage().latest_day().await {
            Ok(day) => pipeline_measure::answers(&self.measure_stage().read(day).await?),
            Err(error) if error.kind() == ErrorKind::Nothing => Vec::new(),
            Err(error) => return Err(error),
        };
        let inputs = work.inputs().await?;
        // An index that was taken away is built again, whatever the ledger says.
        let force = force || self.app.backends.search.current().await?.is_none();
        self.single("publish", Day::default(), inputs, force, || async { Ok(work.run(&answers).await?.outcome) }).await
    }

    async fn single<F: Future<Output = Result<Outcome>>>(
        &mut self,
        name: &'static str,
        day: Day,
        inputs: String,
        force: bool,
        work: impl FnOnce() -> F,
    ) -> Result<()> {
        let mut stage = self.begin_stage(name, 1);
        self.partition(&mut stage, ALL, day, inputs, force, work).await?;
        self.end_stage(stage).await
    }

    fn begin_stage(&self, name: &'static str, partitions: usize) -> RunningStage {
        self.progress.begin(name, partitions);
        RunningStage {
            report: StageReport { stage: name.to_owned(), ..StageReport::default() },
            began: Instant::now(),
            cpu_began: process_cpu_seconds(),
        }
    }

    async fn end_stage(&mut self, mut stage: RunningStage) -> Result<()> {
        stage.report.wall_s = stage.began.elapsed().as_secs_f64();
        stage.report.cpu_s = process_cpu_seconds() - stage.cpu_began;
        self.app.ledger.publish_stage(&self.app.lake, &stage.report.stage).await?;
        let report = &stage.report;
        let rejected =
            if report.rows_quarantined > 0 { format!(", {} rejected", report.rows_quarantined) } else { String::new() };
        let result =
            format!("{} read, {} written{rejected}, {:.1} s", report.rows_read, report.rows_written, report.wall_s);
        self.progress.end(&report.stage, &result);
        self.report.stages.push(stage.report);
        self.save().await
    }

    /// Adds a stage that was done outside, such as `crawl`.
    pub async fn add_stage(&mut self, report: StageReport, records: &[PartitionRecord]) -> Result<()> {
        for record in records {
            self.app.ledger.save_partition(record).await?;
        }
        self.app.ledger.publish_stage(&self.app.lake, &report.stage).await?;
        self.report.stages.push(report);
        self.save().await
    }

    /// Does one partition, unless nothing that it follows from has changed since it was last done. `None` when the
    /// process was asked to stop.
    async fn partition<F: Future<Output = Result<Outcome>>>(
        &mut self,
        stage: &mut RunningStage,
        part: &str,
        day: Day,
        inputs: String,
        force: bool,
        work: impl FnOnce() -> F,
    ) -> Result<Option<PartitionRecord>> {
        if INTERRUPTED.load(Ordering::Relaxed) {
            self.interrupted = true;
            return Ok(None);
        }
        self.progress.at(part);
        // The fingerprint covers the program too: a newer one derives everything again.
        let inputs = Hasher::new("inputs").part(inputs).part(env!("CARGO_PKG_VERSION")).hex(32);
        let name = stage.report.stage.clone();
        let last = self.app.ledger.partition(&name, part, day).await?;
        let record = match last {
            // What is partial for its inputs' sake stays so until they change; what failed is tried again.
            Some(last) if !force && last.status != RunStatus::Failed && last.inputs == inputs => last,
            last => {
                let began = Instant::now();
                let span = tracing::info_span!(
                    target: "waypost::partition",
                    "partition",
                    otel.name = %format_args!("{name} {part} {day}"),
                    stage = name,
                );
                let result = work().instrument(span).await;
                let record = self.record(&name, part, day, inputs, began, last, result)?;
                self.app.ledger.save_partition(&record.0).await?;
                stage.report.changed += u64::from(record.1);
                record.0
            }
        };
        stage.report.partitions += 1;
        stage.report.rows_read += record.rows_read;
        stage.report.rows_written += record.rows_written;
        stage.report.rows_quarantined += record.rows_quarantined;
        self.progress.step();
        Ok(Some(record))
    }

    #[expect(clippy::too_many_arguments, reason = "each is one column of the ledger's record")]
    fn record(
        &mut self,
        stage: &str,
        part: &str,
        day: Day,
        inputs: String,
        began: Instant,
        last: Option<PartitionRecord>,
        result: Result<Outcome>,
    ) -> Result<(PartitionRecord, bool)> {
        let result = result.and_then(|outcome| balanced(stage, part, outcome));
        let failed = result.is_err();
        let outcome = match result {
            Ok(outcome) => outcome,
            // A backend that is away stops the run; anything else stops only this partition.
            Err(error) if error.kind().retryable() || error.kind() == ErrorKind::Unavailable => return Err(error),
            Err(error) => {
                tracing::error!(stage, part, error = %error.chain(), "partition failed");
                self.report.errors.push(format!("{stage} {part} {day}: {}", error.chain()));
                Outcome { error: Some(error.chain()), ..Outcome::default() }
            }
        };
        let changed = outcome.changed;
        let record = PartitionRecord {
            stage: stage.to_owned(),
            part: part.to_owned(),
            day,
            status: match (failed, &outcome.error) {
                (true, _) => RunStatus::Failed,
                (false, Some(_)) => RunStatus::Partial,
                (false, None) => RunStatus::Done,
            },
            inputs,
            rows_read: outcome.rows_read,
            rows_written: outcome.rows_written,
            rows_quarantined: outcome.rows_quarantined,
            reasons: outcome.reasons,
            findings: outcome.findings,
            error: outcome.error,
            run_id: self.report.run_id.clone(),
            attempts: last.map_or(0, |last| last.attempts) + 1,
            wall_s: began.elapsed().as_secs_f64(),
        };
        Ok((record, changed))
    }
}

struct RunningStage {
    report: StageReport,
    began: Instant,
    cpu_began: f64,
}

/// Nothing is lost: what `normalize` read, it kept or rejected.
fn balanced(stage: &str, part: &str, outcome: Outcome) -> Result<Outcome> {
    let accounted = outcome.rows_written + outcome.rows_quarantined;
    if stage == "normalize" && outcome.rows_read != accounted {
        return Err(Error::internal(format!(
            "{part} had {} records, of which {accounted} are accounted for",
            outcome.rows_read
        )));
    }
    Ok(outcome)
}
