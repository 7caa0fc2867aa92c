//! The stages `normalize` and `resolve`: they read and write tables; what a row says is decided by the rules.

pub mod compare;
pub mod normalize;
mod repeats;
pub mod resolve;
mod versions;
