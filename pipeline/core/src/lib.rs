//! What every part of Waypost shares: errors, ids, hashes, retry, the reading of sources, and the ports.

pub mod attempts;
pub mod error;
pub mod eval;
pub mod hash;
pub mod ids;
pub mod lease;
pub mod material;
pub mod money;
pub mod person;
pub mod ports;
pub mod read;
pub mod retry;
pub mod search;
pub mod source;
pub mod stage;
pub mod telemetry;
pub mod words;

pub use error::{Error, ErrorKind, Result};
pub use ids::{FetchId, PostingId, RoleId, RunId, UserId};
pub use schemas::{Day, Micros};
