//! A stand-in for Bedrock that speaks its real protocol over loopback: signatures are checked, Converse and batch
//! inference answer and fail in Bedrock's own shapes, and a test decides what happens.

mod answers;
mod catalogue;
mod converse;
mod failure;
mod jobs;
mod output;
mod server;
mod signature;
mod state;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use object_store::ObjectStore;
use serde_json::Value;
use tokio::task::JoinHandle;

pub use catalogue::Life;
pub use converse::Answer;
pub use failure::Failure;
pub use jobs::JobEnd;

use state::Shared;

/// The model of the stand-in. It is asked through the inference profiles [`PROFILE`] and `eu.…` only.
pub const MODEL: &str = "anthropic.claude-haiku-5-5";
/// An inference profile of [`MODEL`].
pub const PROFILE: &str = "global.anthropic.claude-haiku-5-5";
/// A second inference profile, of another model.
pub const OTHER_PROFILE: &str = "eu.anthropic.claude-sonnet-5-5";

/// Buckets by name, as Bedrock's service role sees them.
pub type Buckets = BTreeMap<String, Arc<dyn ObjectStore>>;

/// The stand-in. It serves until it is dropped.
pub struct StandIn {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl StandIn {
    /// Starts on a free port of this machine. It knows `testkey` with `testsecret` and the region `eu-west-1`.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start(buckets: Buckets) -> Self {
        let shared = Arc::new(Shared::new(buckets));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(server::serve(listener, Arc::clone(&shared)));
        Self { address, shared, task }
    }

    /// Where it is, such as `http://127.0.0.1:1234`; both the runtime and the control plane are there.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on `script` answers, given the body of a Converse request (of a record, in a batch).
    pub fn answer(&self, script: impl Fn(&Value) -> Answer + Send + Sync + 'static) {
        self.shared.lock().script = Arc::new(script);
    }

    /// The next `times` requests of `operation`, such as `Converse`, fail so.
    pub fn fail(&self, operation: &str, failure: Failure, times: usize) {
        let mut state = self.shared.lock();
        let failures = state.failures.entry(operation.to_owned()).or_default();
        failures.extend(std::iter::repeat_n(failure, times));
    }

    /// Requests of `operation` so far, every attempt counted.
    pub fn calls(&self, operation: &str) -> usize {
        self.requests(operation).len()
    }

    /// The bodies of the requests of `operation` so far, in order; `null` where there was none.
    pub fn requests(&self, operation: &str) -> Vec<Value> {
        let state = self.shared.lock();
        state.requests.iter().filter(|(name, _)| name == operation).map(|(_, body)| body.clone()).collect()
    }

    /// The model ids of the Converse requests so far.
    pub fn models_asked(&self) -> Vec<String> {
        self.shared.lock().models_asked.clone()
    }

    /// From now on requests must be signed with `secret`.
    pub fn expect_secret(&self, secret: &str) {
        self.shared.lock().secret = secret.to_owned();
    }

    /// From now on its own clock runs `seconds` ahead of the machine's, so that signatures are stale.
    pub fn run_ahead(&self, seconds: u64) {
        self.shared.lock().ahead_s = seconds;
    }

    /// Where the base model `id` stands from now on.
    pub fn life(&self, id: &str, life: Life) {
        self.shared.lock().models.insert(id.to_owned(), life);
    }

    /// Fewest records of a batch; 100 at the start.
    pub fn least_records(&self, least: usize) {
        self.shared.lock().least_records = least;
    }

    /// How the next jobs end that have not ended yet.
    pub fn end_jobs(&self, end: JobEnd) {
        self.shared.lock().end = end;
    }

    /// How many jobs there are.
    pub fn jobs(&self) -> usize {
        self.shared.lock().jobs.len()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}
