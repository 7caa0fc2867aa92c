//! What can never be indexed.

use std::sync::Arc;

use async_trait::async_trait;
use pipeline_core::Result;
use pipeline_core::ports::{Hits, IndexedRole, OwnHits, OwnQuery, OwnWrite, Search, SearchQuery};
use schemas::documents::KeptState::{Applied, Saved};
use serde_json::json;

use crate::world::{World, kept};

/// An index that refuses roles whose id ends with `refused`.
struct Choosy(Arc<dyn Search>);

impl Choosy {
    fn refuses(write: &OwnWrite) -> bool {
        matches!(write, OwnWrite::Put(item) if item.id.ends_with("refused"))
    }
}

#[async_trait]
impl Search for Choosy {
    async fn begin(&self, generation: &str) -> Result<()> {
        self.0.begin(generation).await
    }

    async fn add(&self, generation: &str, roles: Vec<IndexedRole>) -> Result<()> {
        self.0.add(generation, roles).await
    }

    async fn seal(&self, generation: &str) -> Result<u64> {
        self.0.seal(generation).await
    }

    async fn activate(&self, generation: &str) -> Result<()> {
        self.0.activate(generation).await
    }

    async fn current(&self) -> Result<Option<String>> {
        self.0.current().await
    }

    async fn generations(&self) -> Result<Vec<String>> {
        self.0.generations().await
    }

    async fn drop_generation(&self, generation: &str) -> Result<()> {
        self.0.drop_generation(generation).await
    }

    async fn query(&self, query: &SearchQuery) -> Result<Hits> {
        self.0.query(query).await
    }

    async fn write_own(&self, writes: Vec<OwnWrite>) -> Result<Vec<(usize, String)>> {
        let refused = writes.iter().enumerate().filter(|(_, write)| Self::refuses(write));
        let refused: Vec<(usize, String)> = refused.map(|(position, _)| (position, "mapping".to_owned())).collect();
        let lawful = writes.into_iter().filter(|write| !Self::refuses(write)).collect();
        assert_eq!(self.0.write_own(lawful).await?, []);
        Ok(refused)
    }

    async fn find_own(&self, query: &OwnQuery) -> Result<OwnHits> {
        self.0.find_own(query).await
    }
}

/// A world in which a poison lies between two good roles of one person and beside one of another.
async fn poisoned() -> World {
    let world = World::settled().await;
    world.keep("ada", "a_job_1", "Rust Engineer", Saved).await;
    world.write("USER#ada", "ROLE#a_job_2", json!({"job_id": "a_job_2", "state": "liked", "note": "my secret"})).await;
    world.keep("ada", "a_job_3", "Chef", Saved).await;
    world.keep("grace", "a_job_2", "Chef", Saved).await;
    world.write("PEOPLE", "ada", json!({})).await;
    world
}

#[tokio::test]
async fn a_poison_is_a_dead_letter_once_and_holds_up_nobody() {
    let world = poisoned().await;
    let followed = world.settle().await;
    assert_eq!((followed.indexed, followed.buried), (3, 1));
    assert_eq!(world.find("ada", "").await, ["ROLE#a_job_1", "ROLE#a_job_3"]);
    assert_eq!(world.find("grace", "").await, ["ROLE#a_job_2"]);
    world.write("FEED", "people", json!({})).await;
    world.settle().await;
    let dead = world.dead().await;
    assert_eq!(dead.len(), 1, "{dead:?}");
    assert_eq!(dead[0].0.body, json!({"pk": "USER#ada", "sk": "ROLE#a_job_2"}));
}

#[tokio::test]
async fn a_dead_letter_tells_nothing_of_what_the_person_wrote() {
    let world = poisoned().await;
    world.settle().await;
    let (letter, reason) = world.dead().await.remove(0);
    let told = format!("{letter:?} {reason}");
    assert!(!told.contains("secret") && !told.contains("liked"), "{told}");
    assert_eq!(reason, "a kept role cannot be read");
}

#[tokio::test]
async fn every_way_of_being_no_kept_role_and_no_profile_is_poison() {
    let world = World::settled().await;
    let mut without_time = kept("a_job_1", "Chef", Saved);
    without_time["changed_at"] = json!("yesterday");
    world.write("USER#ada", "ROLE#a_job_1", without_time).await;
    world.write("USER#ada", "ROLE#a_job_2", json!({})).await;
    world.write("USER#ada", "PROFILE", json!({"profile": {"skills": "Rust"}})).await;
    let followed = world.settle().await;
    assert_eq!((followed.indexed, followed.buried), (0, 3));
    assert_eq!(world.find("ada", "").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_mended_document_is_indexed_by_a_redrive() {
    let world = poisoned().await;
    world.settle().await;
    world.keep("ada", "a_job_2", "Baker", Applied).await;
    assert_eq!(world.queue.redrive(pipeline_publish::PEOPLE_TOPIC).await.unwrap(), 1);
    let followed = world.follower().retry().await.unwrap();
    assert_eq!((followed.indexed, followed.buried), (1, 0));
    assert_eq!(world.find("ada", "baker").await, ["ROLE#a_job_2"]);
    assert_eq!(world.dead().await, []);
    assert_eq!(world.follower().retry().await.unwrap().indexed, 0);
    // The feed tells of the mending, too, which changes nothing more.
    let state = world.state().await;
    world.settle().await;
    assert_eq!(world.state().await, state);
}

#[tokio::test]
async fn a_poison_that_was_deleted_is_settled_by_a_redrive() {
    let world = poisoned().await;
    world.settle().await;
    world.delete("USER#ada", "ROLE#a_job_2").await;
    world.queue.redrive(pipeline_publish::PEOPLE_TOPIC).await.unwrap();
    world.follower().retry().await.unwrap();
    assert_eq!(world.dead().await, []);
    assert_eq!(world.find("ada", "").await, ["ROLE#a_job_1", "ROLE#a_job_3"]);
}

#[tokio::test]
async fn a_poison_that_is_redriven_unmended_lies_among_the_dead_letters_again() {
    let world = poisoned().await;
    world.settle().await;
    world.queue.redrive(pipeline_publish::PEOPLE_TOPIC).await.unwrap();
    for _ in 0..pipeline_core::ports::MAX_ATTEMPTS {
        assert_eq!(world.dead().await, []);
        assert_eq!(world.follower().retry().await.unwrap().indexed, 0);
    }
    let dead = world.dead().await;
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].1, "a kept role cannot be read");
}

#[tokio::test]
async fn what_the_index_refuses_is_a_dead_letter_and_the_rest_is_indexed() {
    let mut world = World::settled().await;
    let index = world.search.clone();
    world.search = Arc::new(Choosy(index.clone()));
    for id in ["a_job_1", "a_job_2_refused", "a_job_3", "a_job_4_refused"] {
        world.keep("ada", id, "Chef", Saved).await;
    }
    let followed = world.settle().await;
    assert_eq!((followed.indexed, followed.buried), (2, 2));
    assert_eq!(world.find("ada", "").await, ["ROLE#a_job_1", "ROLE#a_job_3"]);
    let dead: Vec<String> = world.dead().await.iter().map(|(letter, _)| letter.body["sk"].to_string()).collect();
    assert_eq!(dead, ["\"ROLE#a_job_2_refused\"", "\"ROLE#a_job_4_refused\""]);
    // Once the index takes them, a redrive brings them all.
    world.search = index;
    world.queue.redrive(pipeline_publish::PEOPLE_TOPIC).await.unwrap();
    assert_eq!(world.follower().retry().await.unwrap().indexed, 2);
    assert_eq!(world.find("ada", "").await.len(), 4);
}
