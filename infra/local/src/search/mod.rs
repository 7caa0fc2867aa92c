//! Search in tantivy: a folder per generation, and a file that names the one that answers.

mod facets;
mod fields;
mod generations;
mod own;
mod query;
mod words;

pub use generations::TantivySearch;
