//! What crawls remember in the document store: the answers of boards, and what was sent to sources with quotas.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use pipeline_core::error::Context as _;
use pipeline_core::hash::Hasher;
use pipeline_core::ports::{Documents, Key, Write};
use pipeline_core::source::Ask;
use pipeline_core::{ErrorKind, Micros, Result};
use pipeline_crawl::memory::{Earlier, Memory, Reservations};
use schemas::Day;
use serde_json::json;

/// Days after which an answer is fetched whole again, whatever it says.
const HELD_DAYS: i32 = 7;
/// Most answers of one board that are remembered.
const MOST_ANSWERS: usize = 500;
/// The longest span of a quota, in seconds: what is older is forgotten.
const LONGEST_SPAN: i64 = 32 * 86_400;

/// The answers of one board.
#[derive(Debug)]
pub struct BoardMemory {
    key: Key,
    known: BTreeMap<String, Earlier>,
    fresh: Mutex<BTreeMap<String, Earlier>>,
}

impl BoardMemory {
    /// What is remembered of `board` of `source` as of `today`.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn open(documents: &dyn Documents, source: &str, board: &str, today: Day) -> Result<Self> {
        let board = Hasher::new("board").part(board).hex(16);
        let key = Key::new(format!("CRAWL#{source}"), format!("ANSWERS#{board}"));
        let found = documents.get(&key).await?;
        // What cannot be understood is as good as forgotten.
        let known = found.and_then(|document| serde_json::from_value(document.body["answers"].clone()).ok());
        let mut known: BTreeMap<String, Earlier> = known.unwrap_or_default();
        known.retain(|_, earlier| earlier.day > today.plus(-HELD_DAYS));
        Ok(Self { key, known, fresh: Mutex::default() })
    }

    /// Remembers what the crawl that used this was answered. To be called when its exchanges are committed.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn save(self, documents: &dyn Documents) -> Result<()> {
        let fresh = self.fresh.into_inner().unwrap_or_else(PoisonError::into_inner);
        if fresh.is_empty() {
            return Ok(());
        }
        let mut answers = self.known;
        answers.extend(fresh);
        while answers.len() > MOST_ANSWERS {
            answers.pop_first();
        }
        documents.write(Write::put(self.key, json!({"answers": answers}))).await?;
        Ok(())
    }
}

fn ask_key(ask: &Ask) -> String {
    Hasher::new("ask").part(ask.method).part(&ask.url).part(ask.body.as_deref().unwrap_or_default()).hex(16)
}

impl Memory for BoardMemory {
    fn earlier(&self, _: &str, _: &str, ask: &Ask) -> Option<Earlier> {
        self.known.get(&ask_key(ask)).cloned()
    }

    fn keep(&self, _: &str, _: &str, ask: &Ask, answer: Earlier) {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner).insert(ask_key(ask), answer);
    }
}

/// The books of what is sent to sources with quotas.
pub struct Books {
    documents: Arc<dyn Documents>,
    sent: tokio::sync::Mutex<BTreeMap<String, Vec<Micros>>>,
}

impl Books {
    /// The books of `sources`, as of `now`.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn open(documents: Arc<dyn Documents>, sources: &[&str], now: Micros) -> Result<Self> {
        let mut sent = BTreeMap::new();
        for source in sources {
            let Some(document) = documents.get(&books_key(source)).await? else { continue };
            let times: Vec<Micros> = serde_json::from_value(document.body["sent"].clone())
                .context(ErrorKind::Invalid, || format!("what was sent to {source} cannot be read"))?;
            let begin = now.plus_seconds(-LONGEST_SPAN);
            sent.insert((*source).to_owned(), times.into_iter().filter(|time| *time > begin).collect());
        }
        Ok(Self { documents, sent: tokio::sync::Mutex::new(sent) })
    }

    /// When `source` was asked, in order; nothing when there are no books of it.
    pub async fn of(&self, source: &str) -> Option<Vec<Micros>> {
        self.sent.lock().await.get(source).cloned()
    }
}

fn books_key(source: &str) -> Key {
    Key::new(format!("CRAWL#{source}"), "SENT")
}

#[async_trait]
impl Reservations for Books {
    async fn reserve(&self, source: &str, now: Micros) -> Result<()> {
        let mut sent = self.sent.lock().await;
        let times = sent.entry(source.to_owned()).or_default();
        times.push(now);
        self.documents.write(Write::put(books_key(source), json!({"sent": times}))).await?;
        Ok(())
    }
}
