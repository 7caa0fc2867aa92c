//! What the endpoints are lent, and what they share among requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use pipeline_core::ports::{Clock, Documents, Identity, Search};
use pipeline_core::stage::{PlaceReader, ResumeChecker, Scorer, SkillReader};
use tokio::sync::Semaphore;

use crate::auth::Verifier;
use crate::meter::Meter;

/// What the API needs from the rest of the program.
pub struct State {
    /// Profiles, searches and the answers of the market.
    pub documents: Arc<dyn Documents>,
    /// The roles that can be found.
    pub search: Arc<dyn Search>,
    /// Signs people up and in.
    pub identity: Arc<dyn Identity>,
    /// Scores roles for people.
    pub scorer: Arc<dyn Scorer>,
    /// Checks resumes against postings.
    pub resume: Arc<dyn ResumeChecker>,
    /// Understands places.
    pub places: Arc<dyn PlaceReader>,
    /// Knows the canonical names of skills.
    pub skills: Arc<dyn SkillReader>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Verifies bearer tokens.
    pub verifier: Verifier,
    /// Version of the program.
    pub version: &'static str,
}

/// Requests answered at the same time; further ones are asked to come back.
const MAX_CONCURRENT: usize = 256;

/// [`State`] and what requests share.
pub struct App {
    pub state: State,
    pub meter: Meter,
    pub slots: Semaphore,
    started_us: i64,
    requests: AtomicU64,
}

impl App {
    pub fn new(state: State) -> Self {
        Self {
            started_us: state.clock.now().0,
            state,
            meter: Meter::default(),
            slots: Semaphore::new(MAX_CONCURRENT),
            requests: AtomicU64::new(0),
        }
    }

    /// An id for the next request, unique among processes that started at different microseconds.
    pub fn next_request_id(&self) -> String {
        format!("{:x}-{:x}", self.started_us, self.requests.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
