//! The crawl: what to ask job sources and when (pure), the driver that asks, and what their answers mean.
//!
//! [`sources`] say what to ask and read answers, [`plan`] and [`robots`] decide whose turn it is, [`driver`] carries it
//! out through the fetch and clock ports. Everything but the driver is pure.

pub mod certify;
mod contract;
pub mod discover;
pub mod driver;
pub mod evidence;
mod hints;
pub mod mail;
pub mod memory;
mod pace;
pub mod plan;
pub mod politeness;
pub mod robots;
pub mod sources;

pub use driver::{BoardOutcome, Crawl, Limits};
pub use politeness::{Policy, Politeness, Strictness};
pub use sources::Registry;
pub use sources::mapping::{self, Mapping};
