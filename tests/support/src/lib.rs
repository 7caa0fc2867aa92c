//! What tests of several crates are built on: backends that die on command, and killing a job at every write.

#[cfg(feature = "servers")]
pub mod bedrock;
mod fault;
#[cfg(feature = "hostile")]
pub mod hostile;
mod kill;
mod killer;
mod ports;
#[cfg(feature = "servers")]
pub mod proxy;
#[cfg(feature = "servers")]
pub mod servers;

pub use fault::FaultStore;
pub use kill::{Killed, kill_at_every_write};
pub use killer::{Dead, Killer};
pub use ports::Fault;
