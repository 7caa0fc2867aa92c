//! pipeline-normalize

pub mod resolve;
