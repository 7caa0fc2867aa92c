//! The crawl: what to ask job sources and when (pure), the driver that asks, and what their answers mean.
//!
//! [`sources`] say what to ask and read answers, [`plan`] and [`robots`] decide whose turn it is, [`driver`] carries it
//! out through the fetch and clock ports. Everything but the driver is pure.

pub mod certify;
mod contract;
pub mod discover;
pub mod driver;
pub mod evidence;
pub mod mail;
pub mod plan;
pub mod robots;
pub mod sources;

pub use driver::{BoardOutcome, Crawl, Limits};
pub use plan::{Policy, Politeness};
pub use sources::Registry;
pub use sources::mapping::{self, Mapping};
