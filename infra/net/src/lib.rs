//! The one HTTP client: address checks, limits, redirects; the replay of recorded exchanges; mailboxes
//! over IMAP; models behind chat completions.

mod address;
mod http;
mod imap;
mod openai;
#[cfg(feature = "otlp")]
pub mod otlp;
mod packed;
mod replay;
mod resolver;
mod target;

pub use address::is_public;
pub use http::{HttpFetch, Limits};
pub use imap::ImapMailbox;
pub use openai::OpenAiModel;
pub use replay::{Recorded, ReplayFetch};
