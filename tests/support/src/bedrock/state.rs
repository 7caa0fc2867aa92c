//! What the stand-in knows and was told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::Buckets;
use super::answers::satisfying;
use super::catalogue::{self, Life};
use super::converse::{Answer, schema_of};
use super::failure::Failure;
use super::jobs::{Job, JobEnd};
use crate::servers::{ACCESS_KEY, REGION, SECRET_KEY};

/// What answers.
pub type Script = Arc<dyn Fn(&Value) -> Answer + Send + Sync>;

/// The state behind its lock, and what never changes.
pub struct Shared {
    /// What the service role may read and write.
    pub buckets: Buckets,
    state: Mutex<State>,
}

/// What changes.
pub struct State {
    pub access_key: String,
    pub secret: String,
    pub region: String,
    pub ahead_s: u64,
    pub script: Script,
    pub failures: BTreeMap<String, VecDeque<Failure>>,
    pub requests: Vec<(String, Value)>,
    pub models_asked: Vec<String>,
    pub models: BTreeMap<String, Life>,
    pub least_records: usize,
    pub end: JobEnd,
    /// Jobs by ARN.
    pub jobs: BTreeMap<String, Job>,
}

impl Shared {
    pub fn new(buckets: Buckets) -> Self {
        let state = State {
            access_key: ACCESS_KEY.to_owned(),
            secret: SECRET_KEY.to_owned(),
            region: REGION.to_owned(),
            ahead_s: 0,
            script: Arc::new(|body| Answer::text(satisfying(&schema_of(body)).to_string())),
            failures: BTreeMap::new(),
            requests: Vec::new(),
            models_asked: Vec::new(),
            models: catalogue::models(),
            least_records: 100,
            end: JobEnd::default(),
            jobs: BTreeMap::new(),
        };
        Self { buckets, state: Mutex::new(state) }
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
