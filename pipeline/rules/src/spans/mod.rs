//! Spans of words that ask for a skill or for knowledge, beyond the names of the dictionary.

pub mod clusters;
pub mod features;
pub mod model;
mod phrases;
mod tokens;
pub mod words;

mod reader;

pub use phrases::{METHOD, Phrase, phrases};
pub use reader::{Kind, SPANS, Span, SpanReader};
