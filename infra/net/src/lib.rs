//! The one HTTP client: address checks, limits, redirects; and the replay of recorded exchanges.

mod address;
mod http;
mod replay;
mod resolver;
mod target;

pub use address::is_public;
pub use http::{HttpFetch, Limits};
pub use replay::{Recorded, ReplayFetch};
