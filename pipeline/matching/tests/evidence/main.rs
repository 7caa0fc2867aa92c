//! Evidence of a model: nothing invented, nobody named, never more than the budget, and the same after any kill.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod batches;
mod documents;
mod honesty;
mod model;
mod money;
#[path = "../vocabulary/mod.rs"]
mod vocabulary;
mod world;
