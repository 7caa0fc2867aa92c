//! `/agent`.

mod jobs;
mod market;
mod resume;
mod status;
