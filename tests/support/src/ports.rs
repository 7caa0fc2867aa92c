//! The writing ports under a [`Killer`]: documents, search and queue.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use pipeline_core::Result;
use pipeline_core::ports::{
    Changes, Delivery, Document, Documents, Hits, IndexedRole, Key, Message, OwnHits, OwnQuery, OwnWrite, Page, Query,
    Queue, Search, SearchQuery, Version, Write,
};

use crate::Killer;

/// A backend whose writes a killer counts.
#[derive(Clone)]
pub struct Fault<T: ?Sized> {
    inner: Arc<T>,
    killer: Killer,
}

impl<T: ?Sized> Fault<T> {
    /// `inner` under `killer`.
    pub fn new(inner: Arc<T>, killer: Killer) -> Self {
        Self { inner, killer }
    }

    fn alive(&self) -> Result<&T> {
        self.killer.alive()?;
        Ok(&self.inner)
    }
}

#[async_trait]
impl Documents for Fault<dyn Documents> {
    async fn get(&self, key: &Key) -> Result<Option<Document>> {
        self.alive()?.get(key).await
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Document>>> {
        self.alive()?.get_many(keys).await
    }

    async fn write(&self, write: Write) -> Result<Version> {
        self.killer.write(self.inner.write(write)).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<()> {
        self.killer.write(self.inner.transact(writes)).await
    }

    async fn query(&self, query: &Query) -> Result<Page> {
        self.alive()?.query(query).await
    }

    async fn changes(&self, after: Option<&str>, limit: usize) -> Result<Changes> {
        self.alive()?.changes(after, limit).await
    }
}

#[async_trait]
impl Search for Fault<dyn Search> {
    async fn begin(&self, generation: &str) -> Result<()> {
        self.killer.write(self.inner.begin(generation)).await
    }

    async fn add(&self, generation: &str, roles: Vec<IndexedRole>) -> Result<()> {
        self.killer.write(self.inner.add(generation, roles)).await
    }

    async fn seal(&self, generation: &str) -> Result<u64> {
        self.killer.write(self.inner.seal(generation)).await
    }

    async fn activate(&self, generation: &str) -> Result<()> {
        self.killer.write(self.inner.activate(generation)).await
    }

    async fn current(&self) -> Result<Option<String>> {
        self.alive()?.current().await
    }

    async fn generations(&self) -> Result<Vec<String>> {
        self.alive()?.generations().await
    }

    async fn drop_generation(&self, generation: &str) -> Result<()> {
        self.killer.write(self.inner.drop_generation(generation)).await
    }

    async fn query(&self, query: &SearchQuery) -> Result<Hits> {
        self.alive()?.query(query).await
    }

    async fn write_own(&self, writes: Vec<OwnWrite>) -> Result<Vec<(usize, String)>> {
        self.killer.write(self.inner.write_own(writes)).await
    }

    async fn find_own(&self, query: &OwnQuery) -> Result<OwnHits> {
        self.alive()?.find_own(query).await
    }
}

#[async_trait]
impl Queue for Fault<dyn Queue> {
    async fn send(&self, messages: Vec<Message>) -> Result<()> {
        self.killer.write(self.inner.send(messages)).await
    }

    async fn receive(&self, topic: &str, limit: usize, hidden: Duration) -> Result<Vec<Delivery>> {
        self.killer.write(self.inner.receive(topic, limit, hidden)).await
    }

    async fn done(&self, receipt: &str) -> Result<()> {
        self.killer.write(self.inner.done(receipt)).await
    }

    async fn give_back(&self, receipt: &str, reason: &str) -> Result<()> {
        self.killer.write(self.inner.give_back(receipt, reason)).await
    }

    async fn bury(&self, messages: Vec<(Message, String)>) -> Result<()> {
        self.killer.write(self.inner.bury(messages)).await
    }

    async fn dead(&self, topic: &str) -> Result<Vec<(Message, String)>> {
        self.alive()?.dead(topic).await
    }

    async fn redrive(&self, topic: &str) -> Result<u64> {
        self.killer.write(self.inner.redrive(topic)).await
    }
}
