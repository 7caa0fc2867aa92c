//! From addresses to backends: the only crate that knows them all.

mod addresses;
#[cfg(feature = "aws")]
mod cloud;
mod embedded;
mod mailboxes;
mod open;
mod traced;

pub use addresses::Addresses;
pub use infra_local::{FileLease, process_cpu_seconds};
#[cfg(feature = "otlp")]
pub use infra_net::otlp;
pub use infra_net::{HttpFetch, Limits as HttpLimits, Recorded, ReplayFetch};
pub use mailboxes::open_mailbox;
pub use open::{Backends, Options, look_over};
