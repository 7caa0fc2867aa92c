//! Local people: their passwords, their sessions, and tokens signed with a key of our own.

mod keys;
mod password;
mod people;
mod session;

pub use people::LocalIdentity;
