//! A lease in the document store, as several processes over one file take it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use infra_local::SqliteDocuments;
use pipeline_core::lease::{LASTS_S, Lease, RENEWED_EVERY};
use pipeline_core::ports::{Clock, Documents, SimulatedClock};
use pipeline_core::{ErrorKind, Micros, Result};
use tempfile::TempDir;
use tokio::sync::Mutex;

/// 2026-11-23 00:00 UTC.
const START: Micros = Micros(1_795_392_000_000_000);
/// How much longer than it lasts a dead holder's lease may keep others out.
const SLACK: Duration = Duration::from_secs(5);

/// Time that passes when somebody waits, and in which a living holder renews its lease as often as it should.
struct Time {
    clock: SimulatedClock,
    living: Mutex<Option<(Arc<Lease>, Micros)>>,
    /// Whether time stands still until somebody holds the lease and renews it.
    waits: bool,
}

impl Time {
    fn new() -> Arc<Self> {
        Self::starting(false)
    }

    fn starting(waits: bool) -> Arc<Self> {
        Arc::new(Self { clock: SimulatedClock::at(START), living: Mutex::new(None), waits })
    }

    /// From now on `lease` is renewed.
    async fn hold(&self, lease: Lease) {
        *self.living.lock().await = Some((Arc::new(lease), self.now()));
    }

    fn pass(&self, duration: Duration) {
        self.clock.advance_to(Micros(self.now().0 + duration.as_micros() as i64));
    }

    fn passed(&self) -> Duration {
        Duration::from_micros((self.now().0 - START.0).unsigned_abs())
    }
}

#[async_trait]
impl Clock for Time {
    fn now(&self) -> Micros {
        self.clock.now()
    }

    async fn sleep_until(&self, time: Micros) {
        while self.waits && self.living.lock().await.is_none() {
            tokio::task::yield_now().await;
        }
        // Time stands still while the holder renews, as if that took no time.
        let mut living = self.living.lock().await;
        self.clock.advance_to(time);
        if let Some((lease, renewed_at)) = &mut *living
            && self.now().0 - renewed_at.0 >= RENEWED_EVERY.as_micros() as i64
        {
            lease.renew().await.expect("a holder that renews keeps its lease");
            *renewed_at = self.now();
        }
    }
}

/// The document store as one process opens it.
fn process(folder: &Path, time: &Arc<Time>) -> Arc<dyn Documents> {
    Arc::new(SqliteDocuments::open(&folder.join("documents.sqlite"), time.clone()).expect("a document store"))
}

async fn take(folder: &Path, time: &Arc<Time>, name: &str, holder: &str) -> Result<Lease> {
    Lease::take(process(folder, time), time.clone(), name, holder, format!("token of {holder}")).await
}

fn world() -> (TempDir, Arc<Time>) {
    (tempfile::tempdir().expect("a folder"), Time::new())
}

#[tokio::test]
async fn of_many_takers_exactly_one_gets_it_while_that_one_renews() {
    let (folder, _) = world();
    // Else the others' waiting could last longer than the lease before its taker begins to renew it.
    let time = Time::starting(true);
    let mut takers = tokio::task::JoinSet::new();
    for n in 0..8 {
        let (folder, time) = (folder.path().to_owned(), time.clone());
        takers.spawn(async move {
            match take(&folder, &time, "run", &format!("taker {n}")).await {
                Ok(lease) => {
                    time.hold(lease).await;
                    Some(n)
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Lease, "{}", error.chain());
                    assert!(error.message().contains("taker "), "{}", error.message());
                    None
                }
            }
        });
    }
    let winners: Vec<i32> = takers.join_all().await.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    let documents = process(folder.path(), &time);
    let holder = Lease::holder(&*documents, "run").await.expect("a store");
    assert_eq!(holder, Some(format!("taker {}", winners[0])));
}

#[tokio::test]
async fn a_holder_that_renews_is_never_robbed() {
    let (folder, time) = world();
    time.hold(take(folder.path(), &time, "run", "first").await.expect("it is free")).await;
    // Somebody tries again and again, for much longer than a lease lasts.
    while time.passed() < 10 * Duration::from_secs(LASTS_S.unsigned_abs()) {
        let error = take(folder.path(), &time, "run", "second").await.err().expect("it is taken");
        assert_eq!(error.kind(), ErrorKind::Lease);
        assert!(error.message().contains("first"), "{}", error.message());
        assert!(error.hint_text().is_some());
    }
    let documents = process(folder.path(), &time);
    assert_eq!(Lease::holder(&*documents, "run").await.expect("a store").as_deref(), Some("first"));
}

#[tokio::test]
async fn the_lease_of_a_dead_holder_is_taken_soon_after_it_has_run_out() {
    for renewed_after_s in [0, 7, 23] {
        let (folder, time) = world();
        let dead = take(folder.path(), &time, "run", "dead").await.expect("it is free");
        time.pass(Duration::from_secs(renewed_after_s));
        dead.renew().await.expect("it is ours");
        drop(dead);
        take(folder.path(), &time, "run", "next").await.expect("its holder is dead");
        let waited = time.passed() - Duration::from_secs(renewed_after_s);
        let lasts = Duration::from_secs(LASTS_S.unsigned_abs());
        assert!(waited >= lasts && waited <= lasts + SLACK, "{waited:?}");
    }
}

#[tokio::test]
async fn a_lease_that_is_freed_is_there_at_once() {
    let (folder, time) = world();
    let documents = process(folder.path(), &time);
    for holder in ["first", "second", "first"] {
        let lease = take(folder.path(), &time, "run", holder).await.expect("it is free");
        assert_eq!(Lease::holder(&*documents, "run").await.expect("a store").as_deref(), Some(holder));
        lease.free().await.expect("it is ours");
        assert_eq!(Lease::holder(&*documents, "run").await.expect("a store"), None);
    }
    assert_eq!(time.passed(), Duration::ZERO);
}

#[tokio::test]
async fn who_slept_too_long_learns_that_another_has_it_and_takes_nothing_away() {
    let (folder, time) = world();
    let slept = take(folder.path(), &time, "run", "first").await.expect("it is free");
    time.pass(Duration::from_secs(LASTS_S.unsigned_abs() + 1));
    let second = take(folder.path(), &time, "run", "second").await.expect("it has run out");
    let error = slept.renew().await.expect_err("it is taken");
    assert_eq!(error.kind(), ErrorKind::Lease);
    assert!(error.message().contains("second"), "{}", error.message());
    slept.free().await.expect("freeing what is lost is harmless");
    let documents = process(folder.path(), &time);
    assert_eq!(Lease::holder(&*documents, "run").await.expect("a store").as_deref(), Some("second"));
    second.renew().await.expect("it is still the second's");
}

#[tokio::test]
async fn a_lease_that_ran_out_and_that_nobody_took_is_held_again_by_renewing() {
    let (folder, time) = world();
    let lease = take(folder.path(), &time, "run", "first").await.expect("it is free");
    time.pass(Duration::from_secs(10 * LASTS_S.unsigned_abs()));
    let documents = process(folder.path(), &time);
    assert_eq!(Lease::holder(&*documents, "run").await.expect("a store"), None);
    lease.renew().await.expect("nobody took it");
    assert_eq!(Lease::holder(&*documents, "run").await.expect("a store").as_deref(), Some("first"));
}

#[tokio::test]
async fn whose_answer_was_lost_has_the_lease_when_asking_again() {
    let (folder, time) = world();
    let lost = take(folder.path(), &time, "run", "first").await.expect("it is free");
    let again = take(folder.path(), &time, "run", "first").await.expect("the token says that it is ours");
    again.renew().await.expect("it is ours");
    lost.renew().await.expect("it is the same lease");
    again.free().await.expect("a store");
    assert_eq!(time.passed(), Duration::ZERO);
}

#[tokio::test]
async fn names_are_independent() {
    let (folder, time) = world();
    let run = take(folder.path(), &time, "run", "one").await.expect("it is free");
    let follow = take(folder.path(), &time, "follow", "two").await.expect("it is another lease");
    assert_eq!(time.passed(), Duration::ZERO);
    run.free().await.expect("it is ours");
    let documents = process(folder.path(), &time);
    assert_eq!(Lease::holder(&*documents, "run").await.expect("a store"), None);
    assert_eq!(Lease::holder(&*documents, "follow").await.expect("a store").as_deref(), Some("two"));
    follow.renew().await.expect("it is ours");
}
