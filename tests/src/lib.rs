//! Tests of the whole: the laws of the house in `tests/`, and what crosses crates.

pub mod house;
