//! The ledger: what each run did and how each partition ended, in the document store.
//!
//! Commit order is always data, table log, ledger. So the ledger only ever knows less than the tables do, and a run that
//! finds it behind does the partition again, which changes nothing.

use std::sync::Arc;

use pipeline_core::error::Context as _;
use pipeline_core::ports::{Documents, Entropy, Key, Query, Write};
use pipeline_core::stage::Outcome;
use pipeline_core::{Error, ErrorKind, Micros, Result, RunId};
use schemas::tables::RunRow;
use schemas::wire::{RunReport, RunStatus};
use schemas::{Day, Partition, Row as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Reads and writes the ledger.
#[derive(Clone)]
pub struct Ledger {
    documents: Arc<dyn Documents>,
}

/// How a partition ended the last time it was worked on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PartitionRecord {
    /// The stage.
    pub stage: String,
    /// The source or bucket; `all` for stages that are not split.
    pub part: String,
    /// The day.
    pub day: Day,
    /// How it ended.
    pub status: RunStatus,
    /// Fingerprint of what it was derived from.
    pub inputs: String,
    /// Records read.
    pub rows_read: u64,
    /// Records kept.
    pub rows_written: u64,
    /// Records rejected.
    pub rows_quarantined: u64,
    /// Rejections per rule.
    pub reasons: std::collections::BTreeMap<String, u64>,
    /// Departures from contracts: records concerned, by `rule field`.
    #[serde(default)]
    pub findings: std::collections::BTreeMap<String, u64>,
    /// Why it is not `done`.
    pub error: Option<String>,
    /// The run that worked on it.
    pub run_id: String,
    /// How often it was worked on.
    pub attempts: u64,
    /// Seconds that the last attempt took.
    pub wall_s: f64,
}

impl PartitionRecord {
    /// What it came to.
    pub fn outcome(&self) -> Outcome {
        Outcome {
            rows_read: self.rows_read,
            rows_written: self.rows_written,
            rows_quarantined: self.rows_quarantined,
            reasons: self.reasons.clone(),
            findings: self.findings.clone(),
            changed: false,
            error: self.error.clone(),
        }
    }

    fn key(stage: &str, part: &str, day: Day) -> Key {
        Key::new(format!("LEDGER#{stage}"), format!("{part}#{day}"))
    }

    fn row(&self) -> RunRow {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        RunRow {
            stage: self.stage.clone(),
            part: self.part.clone(),
            day: self.day,
            status: status_name(self.status).to_owned(),
            rows_read: count(self.rows_read),
            rows_written: count(self.rows_written),
            rows_quarantined: count(self.rows_quarantined),
            inputs: self.inputs.clone(),
            error: self.error.clone(),
            method: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// The name of a status in tables.
pub fn status_name(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Done => "done",
        RunStatus::Partial => "partial",
        RunStatus::Failed => "failed",
        RunStatus::Running => "running",
    }
}

impl Ledger {
    /// The ledger in `documents`.
    pub fn new(documents: Arc<dyn Documents>) -> Self {
        Self { documents }
    }

    /// A new run's id: its start and a random part, so that ids sort by start.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new_run_id(now: Micros, entropy: &dyn Entropy) -> Result<RunId> {
        let mut bytes = [0; 3];
        entropy.fill(&mut bytes)?;
        let time = now.timestamp().strftime("%Y%m%dT%H%M%S%3fZ");
        Ok(RunId(format!("{time}-{:02x}{:02x}{:02x}", bytes[0], bytes[1], bytes[2])))
    }

    /// Stores a run's report; `arguments` are what is needed to do it again.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn save_run(&self, report: &RunReport, arguments: &Value) -> Result<()> {
        let report = serde_json::to_value(report).context(ErrorKind::Internal, || "a run report is no JSON")?;
        let key = Key::new("RUNS", format!("RUN#{}", report["run_id"].as_str().unwrap_or_default()));
        self.documents.write(Write::put(key, json!({"report": report, "arguments": arguments}))).await?;
        Ok(())
    }

    /// The latest runs, newest first.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn runs(&self, limit: usize) -> Result<Vec<RunReport>> {
        let mut query =
            Query { pk: "RUNS".to_owned(), prefix: "RUN#".to_owned(), descending: true, limit, ..Query::default() };
        let mut runs = Vec::new();
        while runs.len() < limit {
            let page = self.documents.query(&query).await?;
            for document in page.documents {
                runs.push(report_of(&document.body)?);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        runs.truncate(limit);
        Ok(runs)
    }

    /// A run's report and arguments; `last` is the latest run.
    ///
    /// # Errors
    /// `NotFound` when there is no such run.
    pub async fn run(&self, id: &str) -> Result<(RunReport, Value)> {
        let id = match id {
            "last" => self.runs(1).await?.pop().map(|report| report.run_id),
            id => Some(id.to_owned()),
        };
        let id = id.ok_or_else(|| Error::not_found("there is no run yet").hint("start one with `waypost run`"))?;
        let found = self.documents.get(&Key::new("RUNS", format!("RUN#{id}"))).await?;
        let document = found.ok_or_else(|| {
            Error::not_found(format!("there is no run {id}")).hint("`waypost runs list` shows the latest")
        })?;
        Ok((report_of(&document.body)?, document.body["arguments"].clone()))
    }

    /// How a partition ended the last time.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn partition(&self, stage: &str, part: &str, day: Day) -> Result<Option<PartitionRecord>> {
        let found = self.documents.get(&PartitionRecord::key(stage, part, day)).await?;
        found.map(|document| record_of(document.body)).transpose()
    }

    /// Every partition of a stage, in order.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn partitions(&self, stage: &str) -> Result<Vec<PartitionRecord>> {
        let documents = self.documents.list(&format!("LEDGER#{stage}"), "").await?;
        documents.into_iter().map(|document| record_of(document.body)).collect()
    }

    /// Records how a partition ended.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn save_partition(&self, record: &PartitionRecord) -> Result<()> {
        let body = serde_json::to_value(record).context(ErrorKind::Internal, || "a partition record is no JSON")?;
        let key = PartitionRecord::key(&record.stage, &record.part, record.day);
        self.documents.write(Write::put(key, body)).await?;
        Ok(())
    }

    /// Writes the outcomes of a stage's partitions into the table `runs`.
    ///
    /// # Errors
    /// Those of the document store and the lake.
    pub async fn publish_stage(&self, lake: &pipeline_lake::Lake, stage: &str) -> Result<()> {
        let rows: Vec<RunRow> = self.partitions(stage).await?.iter().map(PartitionRecord::row).collect();
        lake.table(RunRow::TABLE).await?.replace(Partition::of([stage]), &rows).await?;
        Ok(())
    }
}

fn report_of(body: &Value) -> Result<RunReport> {
    serde_json::from_value(body["report"].clone()).context(ErrorKind::Internal, || "a stored run cannot be read")
}

fn record_of(body: Value) -> Result<PartitionRecord> {
    serde_json::from_value(body).context(ErrorKind::Internal, || "a stored partition record cannot be read")
}
