//! What a run did.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a run or partition ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunStatus {
    /// Everything is written.
    #[default]
    Done,
    /// Some sources failed; the rest is written.
    Partial,
    /// Nothing that was wanted is written.
    Failed,
    /// It has not ended, or its process was killed.
    Running,
}

/// A run, as `runs show --json` prints it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunReport {
    /// Id of the run; ids sort by start.
    pub run_id: String,
    /// What was run: `run`, `import`, `backfill`, `demo`.
    #[serde(default)]
    pub job: String,
    /// How it ended.
    pub status: RunStatus,
    /// When it started, RFC 3339.
    #[serde(default)]
    pub started_at: String,
    /// When it ended, RFC 3339; null while it runs.
    #[serde(default)]
    pub ended_at: Option<String>,
    /// Per stage, in order.
    pub stages: Vec<StageReport>,
    /// Per source, by name.
    pub sources: Vec<SourceReport>,
    /// What went wrong, one sentence each.
    #[serde(default)]
    pub errors: Vec<String>,
    /// What people should know although nothing went wrong, one sentence each.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Whether the budget for a model kept it from doing more.
    #[serde(default)]
    pub budget_reached: bool,
    /// Requests to services of others by `service.Operation`, every attempt counted.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub requests: std::collections::BTreeMap<String, u64>,
}

/// What one stage did in a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StageReport {
    /// The stage.
    pub stage: String,
    /// Partitions worked on.
    pub partitions: u64,
    /// Partitions whose table content changed.
    #[serde(default)]
    pub changed: u64,
    /// Records read.
    pub rows_read: u64,
    /// Records kept.
    pub rows_written: u64,
    /// Records rejected.
    pub rows_quarantined: u64,
    /// Processor seconds of the whole process during the stage.
    pub cpu_s: f64,
    /// Seconds that the stage took.
    pub wall_s: f64,
}

/// What one source gave in a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceReport {
    /// The source.
    pub source: String,
    /// Exchanges with it: requests sent, or files' pieces imported.
    pub requests: u64,
    /// Records in its answers; an answer that cannot be read at all counts as one.
    pub rows_read: u64,
    /// Records kept, each as one row of `observations`.
    pub rows_written: u64,
    /// Records rejected, each as one row of `quarantine`.
    pub rows_quarantined: u64,
    /// Rejections per rule.
    #[serde(default)]
    pub reasons: std::collections::BTreeMap<String, u64>,
    /// Departures of its answers from its contract: records concerned, by `rule field`.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub findings: std::collections::BTreeMap<String, u64>,
    /// The permission under which its site was asked, as the configuration states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// What went wrong with the source as a whole; null when nothing did.
    pub error: Option<String>,
}
