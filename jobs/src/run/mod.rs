//! The commands, one file each. To add one: declare it in `cli.rs`, write the file, list it here and in `main.rs`.

pub mod backfill;
pub mod closings;
pub mod completions;
pub mod config;
pub mod crawl;
pub mod demo;
pub mod doctor;
pub mod eval;
pub mod export;
pub mod follow;
pub mod import;
pub mod init;
pub mod lake;
pub mod market;
pub mod matching;
pub mod quarantine;
pub mod queue;
pub mod reference;
pub mod resume;
pub mod runs;
pub mod samples;
pub mod schedule;
pub mod search;
pub mod serve;
pub mod sources;
pub mod sql;
