//! What a crawl remembers beyond its own end: what boards answered before, and what was sent to sources with quotas.

use async_trait::async_trait;
use pipeline_core::source::Ask;
use pipeline_core::{Micros, Result};
use schemas::Day;
use serde::{Deserialize, Serialize};

/// An earlier answer that a new one may repeat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// The exchange whose body is kept.
    pub fetch_id: String,
    /// Its day.
    pub day: Day,
    /// The hash of its body.
    pub body_hash: String,
    /// The size of its body, in bytes.
    pub body_bytes: i64,
    /// Its `ETag`.
    #[serde(default)]
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    #[serde(default)]
    pub last_modified: Option<String>,
    /// Postings in it.
    #[serde(default)]
    pub postings: u64,
    /// Records in it that were rejected.
    #[serde(default)]
    pub rejected: u64,
    /// Postings that it announced.
    #[serde(default)]
    pub announced: Option<u64>,
}

/// Knows what boards answered before. Only answers that led to nothing further are remembered, so that one that repeats
/// needs no reading.
pub trait Memory: Send + Sync {
    /// What `ask` was answered the last time it was read.
    fn earlier(&self, source: &str, board: &str, ask: &Ask) -> Option<Earlier>;

    /// Keeps what `ask` is answered now.
    fn keep(&self, source: &str, board: &str, ask: &Ask, answer: Earlier);
}

/// Keeps account of what is sent to sources with quotas, before it is sent, so that a crawl that is killed has not asked
/// for nothing in the books.
#[async_trait]
pub trait Reservations: Send + Sync {
    /// Writes down that `source` is asked at `now`.
    ///
    /// # Errors
    /// When it cannot be written down; nothing is sent then.
    async fn reserve(&self, source: &str, now: Micros) -> Result<()>;
}
