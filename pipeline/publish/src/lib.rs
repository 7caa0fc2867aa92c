//! The stage `publish`: a new search generation beside the old one, checked, then switched; then documents and notices.

mod document;
mod generation;
mod outbox;

pub use document::{index_document, match_documents};
pub use generation::{PublishStage, Published};
pub use outbox::{MATCH_TOPIC, notices};
