//! The embedded backends: the system's clock and randomness, documents and queue in SQLite, search in tantivy, and
//! local people with signed tokens. None of them needs an account or a network.

mod blocking;
mod clock;
mod cpu;
mod documents;
mod entropy;
mod identity;
mod lease;
mod queue;
mod search;
mod sqlite;

pub use clock::SystemClock;
pub use cpu::process_cpu_seconds;
pub use documents::SqliteDocuments;
pub use entropy::SystemEntropy;
pub use identity::LocalIdentity;
pub use lease::FileLease;
pub use queue::SqliteQueue;
pub use search::TantivySearch;
