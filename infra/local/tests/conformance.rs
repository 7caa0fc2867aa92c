//! Every promise of every port, over the embedded backends.

use std::path::Path;
use std::sync::Arc;

use conformance::Subject;
use conformance::identity::People;
use infra_local::{LocalIdentity, SqliteDocuments, SqliteQueue, SystemClock, SystemEntropy, TantivySearch};
use pipeline_core::Micros;
use pipeline_core::ports::{Clock, Documents, Queue, Search, SimulatedClock};
use tempfile::TempDir;

conformance::clock!(system_clock());
conformance::documents!(documents_in_sqlite());
conformance::queue!(queue_in_sqlite());
conformance::search!(search_in_tantivy());
conformance::identity!(local_people());

/// 2026-11-23 00:00 UTC.
const START: Micros = Micros(1_795_392_000_000_000);

fn simulated_clock() -> Arc<dyn Clock> {
    Arc::new(SimulatedClock::at(START))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn system_clock() -> Subject<dyn Clock> {
    Subject { port: Arc::new(SystemClock), clock: Arc::new(SystemClock), keep: Box::new(()) }
}

fn documents_in_sqlite() -> Subject<dyn Documents> {
    let (folder, clock) = (folder(), simulated_clock());
    let documents = SqliteDocuments::open(&folder.path().join("documents.sqlite"), clock.clone());
    Subject { port: Arc::new(documents.expect("a document store")), clock, keep: Box::new(folder) }
}

fn queue_in_sqlite() -> Subject<dyn Queue> {
    let (folder, clock) = (folder(), simulated_clock());
    let queue = SqliteQueue::open(&folder.path().join("queue.sqlite"), clock.clone());
    Subject { port: Arc::new(queue.expect("a queue")), clock, keep: Box::new(folder) }
}

fn search_in_tantivy() -> Subject<dyn Search> {
    let folder = folder();
    let search = TantivySearch::open(&folder.path().join("search")).expect("a search index");
    Subject { port: Arc::new(search), clock: simulated_clock(), keep: Box::new(folder) }
}

fn local_people() -> People {
    let (folder, clock) = (folder(), simulated_clock());
    let documents = SqliteDocuments::open(&folder.path().join("documents.sqlite"), clock.clone());
    let documents: Arc<dyn Documents> = Arc::new(documents.expect("a document store"));
    let entropy = Arc::new(SystemEntropy::default());
    let address = "http://localhost:8080";
    let people = LocalIdentity::open(key_folder(), address, documents.clone(), clock.clone(), entropy);
    People {
        port: Arc::new(people.expect("people")),
        documents,
        token_clock: clock.clone(),
        clock,
        tokens_age_elsewhere: None,
        code: None,
        never_challenges: Some("a password is all that is kept of a person"),
        keep: Box::new(folder),
    }
}

/// The folder of the one signing key that all tests share, since making one takes a while.
fn key_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/signing-key"))
}
