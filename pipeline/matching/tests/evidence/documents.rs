//! A document store in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use pipeline_core::ports::{Changes, Clock, Condition, Document, Documents, Key, Page, Query, Version, Write};
use pipeline_core::{Error, Result};

/// Documents in memory; every call lets others go first, so that concurrent callers meet.
pub struct MemoryDocuments {
    clock: Arc<dyn Clock>,
    all: Mutex<BTreeMap<Key, Document>>,
}

impl MemoryDocuments {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, all: Mutex::default() }
    }

    /// Every document that has not expired.
    pub fn all(&self) -> Vec<Document> {
        let now = self.clock.now();
        let all = self.all.lock().unwrap();
        all.values().filter(|document| document.expires_at.is_none_or(|time| time > now)).cloned().collect()
    }

    fn find(&self, key: &Key) -> Option<Document> {
        self.all().into_iter().find(|document| document.key == *key)
    }

    fn holds(&self, write: &Write) -> bool {
        let (Write::Put { key, condition, .. } | Write::Delete { key, condition }) = write;
        match condition {
            Condition::None => true,
            Condition::Absent => self.find(key).is_none(),
            Condition::Version(version) => self.find(key).is_some_and(|document| document.version == *version),
        }
    }

    fn apply(&self, writes: Vec<Write>) -> Result<Version> {
        if !writes.iter().all(|write| self.holds(write)) {
            return Err(Error::conflict("a condition does not hold"));
        }
        let mut version = 0;
        for write in writes {
            match write {
                Write::Put { key, body, expires_at, .. } => {
                    version = self.find(&key).map_or(1, |document| document.version + 1);
                    let document = Document { key: key.clone(), body, version, expires_at };
                    self.all.lock().unwrap().insert(key, document);
                }
                Write::Delete { key, .. } => {
                    self.all.lock().unwrap().remove(&key);
                }
            }
        }
        Ok(version)
    }
}

#[async_trait]
impl Documents for MemoryDocuments {
    async fn get(&self, key: &Key) -> Result<Option<Document>> {
        tokio::task::yield_now().await;
        Ok(self.find(key))
    }

    async fn write(&self, write: Write) -> Result<Version> {
        tokio::task::yield_now().await;
        self.apply(vec![write])
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<()> {
        tokio::task::yield_now().await;
        self.apply(writes).map(drop)
    }

    async fn query(&self, query: &Query) -> Result<Page> {
        let found = self.all().into_iter().filter(|document| document.key.pk == query.pk);
        Ok(Page {
            documents: found.filter(|document| document.key.sk.starts_with(&query.prefix)).collect(),
            next: None,
        })
    }

    async fn changes(&self, _after: Option<&str>, _limit: usize) -> Result<Changes> {
        Ok(Changes::default())
    }
}
