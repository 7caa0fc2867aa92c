//! What tests of several crates are built on: a store that fails on command, and killing a job at every write.

mod fault;
mod kill;

pub use fault::FaultStore;
pub use kill::{Killed, kill_at_every_write};
