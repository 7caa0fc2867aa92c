//! A feed that forgot something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use pipeline_core::Result;
use pipeline_core::ports::{Changes, Document, Documents, Key, Page, Query, Version, Write};
use schemas::documents::KeptState::{Applied, Saved};
use serde_json::json;

use crate::world::World;

/// Documents whose feed forgets, when told so, all that it has not told yet, and says that there is a gap.
struct Forgetful {
    inner: Arc<dyn Documents>,
    forgets: AtomicBool,
}

#[async_trait]
impl Documents for Forgetful {
    async fn get(&self, key: &Key) -> Result<Option<Document>> {
        self.inner.get(key).await
    }

    async fn write(&self, write: Write) -> Result<Version> {
        self.inner.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<()> {
        self.inner.transact(writes).await
    }

    async fn query(&self, query: &Query) -> Result<Page> {
        self.inner.query(query).await
    }

    async fn changes(&self, after: Option<&str>, limit: usize) -> Result<Changes> {
        let mut piece = self.inner.changes(after, limit).await?;
        if self.forgets.swap(false, Ordering::Relaxed) {
            while piece.more {
                piece = self.inner.changes(Some(&piece.next), limit).await?;
            }
            piece.changes.clear();
            piece.gap = true;
        }
        Ok(piece)
    }
}

/// A settled world and the switch of its feed.
async fn world() -> (World, Arc<Forgetful>) {
    let mut world = World::settled().await;
    let feed = Arc::new(Forgetful { inner: world.documents.clone(), forgets: AtomicBool::new(false) });
    world.documents = feed.clone();
    (world, feed)
}

#[tokio::test]
async fn after_a_gap_everything_is_as_the_documents_say() {
    let (world, feed) = world().await;
    world.keep("ada", "a_job_1", "Rust Engineer", Saved).await;
    world.keep("ada", "a_job_2", "Chef", Saved).await;
    world.keep("grace", "a_job_1", "Rust Engineer", Saved).await;
    world.settle().await;
    world.delete("USER#ada", "ROLE#a_job_1").await;
    world.keep("ada", "a_job_2", "Chef", Applied).await;
    world.keep("ada", "a_job_3", "Baker", Saved).await;
    world.delete("USER#grace", "ROLE#a_job_1").await;
    world.write("USER#ada", "ROLE#poison", json!({"state": "liked"})).await;
    world.write("USER#ada", "SESSION#1", json!({"family": "1"})).await;
    feed.forgets.store(true, Ordering::Relaxed);
    let followed = world.settle().await;
    assert_eq!(followed.buried, 1);
    assert_eq!(world.find("ada", "").await, ["ROLE#a_job_2", "ROLE#a_job_3"]);
    assert_eq!(world.all("ada").await[0].kind, "applied");
    assert_eq!(world.find("grace", "").await, Vec::<String>::new());
    // The next piece follows the gap, and nothing is read anew for ever.
    let followed = world.step().await;
    assert_eq!((followed.indexed, followed.buried), (0, 0));
}

#[tokio::test]
async fn without_a_gap_only_what_changed_is_taken() {
    let (world, _feed) = world().await;
    world.keep_many("ada", 20).await;
    world.settle().await;
    world.keep("ada", "a_job_0001", "Chef", Applied).await;
    assert_eq!(world.settle().await.indexed, 1);
}

#[tokio::test]
async fn more_than_a_page_of_removed_items_vanishes_after_a_gap() {
    let (world, feed) = world().await;
    world.keep_many("ada", 520).await;
    world.settle().await;
    assert_eq!(world.all("ada").await.len(), 520);
    for n in 0..515 {
        world.delete("USER#ada", &format!("ROLE#a_job_{n:04}")).await;
    }
    feed.forgets.store(true, Ordering::Relaxed);
    world.settle().await;
    assert_eq!(world.all("ada").await.len(), 5);
}
