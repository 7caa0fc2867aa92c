//! Killing a job at every write: wherever it dies, the next run must end as if nothing had happened.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::future::Future;

use crate::Killer;

/// What was seen while a job was killed everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Killed {
    /// Writes of a calm run; the job was killed before and after each.
    pub writes: u64,
    /// The state before any run.
    pub start: String,
    /// The state after a calm run, and after every run that followed a kill.
    pub end: String,
    /// Every state that a kill left behind. A job of one commit leaves only `start` and `end` visible.
    pub left: BTreeSet<String>,
}

/// Runs a job calmly and counts its writes; then, for each of them, kills a run before and after that write, runs again,
/// and compares the end with the calm one. Last, a run over the finished state must leave it as it is.
///
/// `make` gives a fresh world (its stores, with whatever the job starts from), the same each time; `run` is the job over
/// that world, all of whose writes go through the killer, and must start anew from what the world holds; `state` is a
/// fingerprint of what the world shows, such as the rows of its tables. It must not fail on what a kill left behind,
/// since a reader of that moment must not fail either.
///
/// # Errors
/// A sentence that says after which kill what was different.
pub async fn kill_at_every_write<W, M, MFut, R, RFut, E, S, SFut>(make: M, run: R, state: S) -> Result<Killed, String>
where
    W: Clone,
    M: Fn() -> MFut,
    MFut: Future<Output = W>,
    R: Fn(W, Killer) -> RFut,
    RFut: Future<Output = Result<(), E>>,
    E: Debug,
    S: Fn(W) -> SFut,
    SFut: Future<Output = String>,
{
    let world = make().await;
    let start = state(world.clone()).await;
    let calm = Killer::calm();
    run(world.clone(), calm.clone()).await.map_err(|error| format!("the calm run failed: {error:?}"))?;
    let end = state(world.clone()).await;
    let writes = calm.writes();
    if writes == 0 {
        return Err("the calm run wrote nothing, so nothing was tried".to_owned());
    }
    let mut left = BTreeSet::new();
    for n in 1..=writes {
        for (moment, killer) in [("before", Killer::before(n)), ("after", Killer::after(n))] {
            let place = format!("{moment} write {n} of {writes}");
            let world = make().await;
            // The job may notice or not: a real one would be gone.
            let _ = run(world.clone(), killer.clone()).await;
            if !killer.is_dead() {
                return Err(format!(
                    "a run came to its end without being killed {place}: it does not repeat its writes"
                ));
            }
            left.insert(state(world.clone()).await);
            run(world.clone(), Killer::calm())
                .await
                .map_err(|error| format!("the run after a kill {place} failed: {error:?}"))?;
            let after = state(world).await;
            if after != end {
                return Err(format!("the run after a kill {place} ended differently\n calm: {end}\nafter: {after}"));
            }
        }
    }
    run(world.clone(), Killer::calm()).await.map_err(|error| format!("a second calm run failed: {error:?}"))?;
    let again = state(world).await;
    if again != end {
        return Err(format!("a second calm run ended differently\n first: {end}\nsecond: {again}"));
    }
    Ok(Killed { writes, start, end, left })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::FaultStore;
    use futures::TryStreamExt;
    use object_store::memory::InMemory;
    use object_store::path::Path;
    use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, Result};

    async fn inputs() -> Arc<dyn ObjectStore> {
        let store = InMemory::new();
        for (name, value) in [("in/1", "2"), ("in/2", "3"), ("in/3", "5")] {
            store.put(&Path::from(name), value.into()).await.expect("put");
        }
        Arc::new(store)
    }

    async fn number(store: &Arc<dyn ObjectStore>, name: &str) -> Result<Option<u64>> {
        match store.get(&Path::from(name)).await {
            Ok(found) => Ok(String::from_utf8_lossy(&found.bytes().await?).parse().ok()),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What readers see: the parts that the index names, or nothing when there is no index.
    async fn visible(store: Arc<dyn ObjectStore>) -> String {
        format!("{:?}", number(&store, "index").await.expect("readable"))
    }

    /// Writes data first under names of their own, then makes them visible in one step.
    async fn commits_once(store: Arc<dyn ObjectStore>, killer: Killer) -> Result<()> {
        let store: Arc<dyn ObjectStore> = Arc::new(FaultStore::new(store, killer));
        let mut sum = 0;
        for part in 1..=3 {
            let value = number(&store, &format!("in/{part}")).await?.unwrap_or(0);
            store.put(&Path::from(format!("parts/{part}")), (value * 10).to_string().into()).await?;
            sum += value * 10;
        }
        match store.put_opts(&Path::from("index"), sum.to_string().into(), PutMode::Create.into()).await {
            Ok(_) | Err(Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Adds to a running total, one input after the other, and forgets where it was.
    async fn adds_up_in_place(store: Arc<dyn ObjectStore>, killer: Killer) -> Result<()> {
        let store: Arc<dyn ObjectStore> = Arc::new(FaultStore::new(store, killer));
        if number(&store, "done").await?.is_some() {
            return Ok(());
        }
        for part in 1..=3 {
            let value = number(&store, &format!("in/{part}")).await?.unwrap_or(0);
            let total = number(&store, "index").await?.unwrap_or(0) + value;
            store.put(&Path::from("index"), total.to_string().into()).await?;
        }
        store.put(&Path::from("done"), "1".into()).await.map(drop)
    }

    /// Takes "it exists" for "it is whole".
    async fn writes_a_list_in_pieces(store: Arc<dyn ObjectStore>, killer: Killer) -> Result<()> {
        let store: Arc<dyn ObjectStore> = Arc::new(FaultStore::new(store, killer));
        if number(&store, "out/1").await?.is_some() {
            return Ok(());
        }
        for part in 1..=2 {
            store.put(&Path::from(format!("out/{part}")), part.to_string().into()).await?;
        }
        Ok(())
    }

    async fn outputs(store: Arc<dyn ObjectStore>) -> String {
        let objects = store.list(Some(&Path::from("out"))).map_ok(|object| object.location.to_string());
        let mut names: Vec<String> = objects.try_collect().await.expect("a list");
        names.sort();
        names.join(",")
    }

    #[tokio::test]
    async fn a_job_of_one_commit_passes_and_shows_no_half_run() {
        let killed = kill_at_every_write(inputs, commits_once, visible).await.expect("it is correct");
        assert_eq!((killed.writes, killed.start.as_str(), killed.end.as_str()), (4, "None", "Some(100)"));
        assert_eq!(killed.left, BTreeSet::from([killed.start.clone(), killed.end.clone()]));
    }

    #[tokio::test]
    async fn a_job_that_counts_twice_after_a_kill_is_caught() {
        let error = kill_at_every_write(inputs, adds_up_in_place, visible).await.expect_err("it is wrong");
        assert!(error.contains("after a kill after write 1 of 4"), "{error}");
        assert!(error.contains("calm: Some(10)") && error.contains("after: Some(12)"), "{error}");
    }

    #[tokio::test]
    async fn a_job_that_takes_a_half_for_the_whole_is_caught() {
        let error = kill_at_every_write(inputs, writes_a_list_in_pieces, outputs).await.expect_err("it is wrong");
        assert!(error.contains("after a kill after write 1 of 2"), "{error}");
    }

    #[tokio::test]
    async fn a_job_that_writes_nothing_proves_nothing() {
        let error =
            kill_at_every_write(inputs, |_, _| async { Ok::<_, Error>(()) }, visible).await.expect_err("nothing");
        assert!(error.contains("wrote nothing"), "{error}");
    }

    #[tokio::test]
    async fn a_job_that_cannot_be_repeated_is_caught() {
        let fails_when_done = |store: Arc<dyn ObjectStore>, killer: Killer| async move {
            let store = FaultStore::new(store, killer);
            store.put_opts(&Path::from("index"), "1".into(), PutMode::Create.into()).await.map(drop)
        };
        let error = kill_at_every_write(inputs, fails_when_done, visible).await.expect_err("it is wrong");
        assert!(error.contains("the run after a kill after write 1 of 1 failed"), "{error}");
    }
}
