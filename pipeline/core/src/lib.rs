//! What every part of Waypost shares: errors, ids, hashes, retry, the reading of sources, and the ports.

pub mod error;
pub mod hash;
pub mod ids;
pub mod money;
pub mod ports;
pub mod read;
pub mod retry;
pub mod source;
pub mod stage;

pub use error::{Error, ErrorKind, Result};
pub use ids::{FetchId, PostingId, RoleId, RunId, UserId};
pub use schemas::{Day, Micros};
