//! The stage `publish`: a new search generation beside the old one, checked, then switched; then documents and notices. Beside it, the
//! follower: what people change is in the search index within seconds.

mod document;
mod generation;
mod outbox;
mod people;

pub use document::{index_document, match_documents};
pub use generation::{PublishStage, Published};
pub use outbox::{MATCH_TOPIC, notices};
pub use people::{Followed, Follower, PEOPLE_TOPIC};
