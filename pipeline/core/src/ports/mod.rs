//! The ports: what the pipeline needs from the world. Backends live in `infra/*`; each runs its port's whole suite in
//! `tests/conformance`. The object port is [`object_store::ObjectStore`](https://docs.rs/object_store) itself, in
//! `pipeline-lake`.

mod clock;
mod documents;
mod entropy;
mod fetch;
mod identity;
mod mailbox;
mod model;
mod prepared;
mod probe;
mod queue;
mod search;

pub use clock::{Clock, SimulatedClock};
pub use documents::{Change, Changes, Condition, Document, Documents, Key, Page, Query, Version, Write};
pub use entropy::{Entropy, SeededEntropy};
pub use fetch::{Fetch, FetchRequest, FetchResponse};
pub use identity::{Claims, Identity, Jwks};
pub use mailbox::{Letter, Listed, MOST_LETTERS, Mailbox};
pub use model::{Batch, BatchState, Completion, Model, NoModel, Price, Prompt};
pub use prepared::{MAX_BODY_BYTES, MAX_PK_BYTES, MAX_SK_BYTES, MAX_TRANSACTION_BYTES, MAX_WRITES, Prepared};
pub use probe::Probe;
pub use queue::{Delivery, MAX_ATTEMPTS, MAX_MESSAGE_BYTES, Message, Queue};
pub use search::{Facet, Filter, Hit, Hits, IndexedRole, OwnHits, OwnItem, OwnQuery, OwnWrite, Search, SearchQuery};
