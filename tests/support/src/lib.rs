//! What tests of several crates are built on: backends that die on command, and killing a job at every write.

mod fault;
mod kill;
mod killer;
mod ports;

pub use fault::FaultStore;
pub use kill::{Killed, kill_at_every_write};
pub use killer::{Dead, Killer};
pub use ports::Fault;
