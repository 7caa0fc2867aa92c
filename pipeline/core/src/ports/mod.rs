//! The ports: what the pipeline needs from the world. Backends live in `infra/*`; each runs its port's whole suite in
//! `tests/conformance`. The object port is [`object_store::ObjectStore`](https://docs.rs/object_store) itself, in
//! `pipeline-lake`.

mod clock;
mod documents;
mod entropy;
mod fetch;
mod identity;
mod model;
mod queue;
mod search;

pub use clock::{Clock, SimulatedClock};
pub use documents::{Condition, Document, Documents, Key, Page, Query, Version, Write};
pub use entropy::{Entropy, SeededEntropy};
pub use fetch::{Fetch, FetchRequest, FetchResponse};
pub use identity::{Claims, Identity, Jwks};
pub use model::{Completion, Model, NoModel, Prompt};
pub use queue::{Delivery, MAX_ATTEMPTS, Message, Queue};
pub use search::{Facet, Filter, Hit, Hits, IndexedRole, Search, SearchQuery};
