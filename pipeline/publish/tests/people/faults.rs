//! A follower that is killed, and backends that are away.

use std::sync::Arc;

use pipeline_core::Result;
use pipeline_core::ports::{Documents, Queue, Search};
use pipeline_publish::Follower;
use schemas::documents::KeptState::{Applied, Saved};
use serde_json::json;
use support::{Fault, Killer, kill_at_every_write};

use crate::world::World;

/// One piece is indexed; then come more changes than a piece holds, a removal and a poison among them.
async fn changed() -> World {
    let world = World::settled().await;
    world.keep("ada", "z_job_1", "Chef", Saved).await;
    world.keep("grace", "z_job_1", "Chef", Saved).await;
    world.settle().await;
    world.delete("USER#ada", "ROLE#z_job_1").await;
    world.keep("grace", "z_job_1", "Chef", Applied).await;
    world.write("USER#grace", "ROLE#poison", json!({"state": "liked"})).await;
    world.keep_many("ada", 205).await;
    world
}

/// Follows until nothing is left, every write through `killer`.
async fn follow(world: World, killer: Killer) -> Result<()> {
    let documents: Arc<dyn Documents> = world.documents.clone();
    let search: Arc<dyn Search> = world.search.clone();
    let queue: Arc<dyn Queue> = world.queue.clone();
    let (documents, search) = (Fault::new(documents, killer.clone()), Fault::new(search, killer.clone()));
    let queue = Fault::new(queue, killer);
    let follower = Follower { documents: &documents, search: &search, queue: &queue };
    while follower.step().await?.more {}
    Ok(())
}

#[tokio::test]
async fn a_follower_killed_anywhere_ends_as_if_nothing_had_happened() {
    let killed = kill_at_every_write(changed, follow, |world: World| async move { world.state().await }).await.unwrap();
    // Two pieces: items, a dead letter and the checkpoint of the first; items and the checkpoint of the second.
    assert_eq!(killed.writes, 5);
    assert_ne!(killed.start, killed.end);
    assert_eq!(killed.end.matches("dead ").count(), 1);
    assert!(killed.end.contains("grace ROLE#z_job_1 applied") && !killed.end.contains("ada ROLE#z_job_1"));
    assert_eq!(killed.end.matches("ada ROLE#a_job_").count(), 205);
}

#[tokio::test]
async fn a_first_follower_killed_anywhere_ends_as_if_nothing_had_happened() {
    let make = || async {
        let world = World::new();
        world.keep("ada", "a_job_1", "Chef", Saved).await;
        world.keep("grace", "a_job_1", "Chef", Applied).await;
        world.write("USER#grace", "ROLE#poison", json!({"state": "liked"})).await;
        world
    };
    let killed = kill_at_every_write(make, follow, |world: World| async move { world.state().await }).await.unwrap();
    assert_eq!(killed.end.matches("ROLE#a_job_1").count(), 2, "{}", killed.end);
    assert_eq!(killed.end.matches("dead ").count(), 1);
}

#[tokio::test]
async fn a_piece_that_could_not_be_written_is_taken_by_the_next_step() {
    let world = World::settled().await;
    world.keep("ada", "a_job_1", "Chef", Saved).await;
    let before = world.body("FEED", "people").await;
    let (killer, search) = (Killer::before(1), world.search.clone());
    let away = Fault::new(search, killer);
    let follower = Follower { documents: &*world.documents, search: &away, queue: &*world.queue };
    assert!(follower.step().await.is_err());
    assert_eq!(world.body("FEED", "people").await, before);
    assert_eq!(world.dead().await, []);
    world.step().await;
    assert_eq!(world.find("ada", "").await, ["ROLE#a_job_1"]);
}
