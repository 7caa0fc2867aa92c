//! The budget: never exceeded, whoever spends at the same time and wherever they die.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::join_all;
use pipeline_core::ErrorKind;
use pipeline_core::ports::{Prompt, SimulatedClock};
use pipeline_matching::budget::{Budget, worst_case_micro_usd};
use pipeline_matching::evidence::Settings;
use proptest::prelude::*;

use crate::documents::MemoryDocuments;
use crate::model::{FakeModel, GOOD, USED};
use crate::world::{NOW, PRICE, TEXT, World, settings};

/// One who spends: what they reserve, the share of it that the call really costs, and where they die.
#[derive(Clone, Copy, Debug)]
struct Spender {
    amount: u64,
    share: u64,
    dies: u8,
}

fn spender() -> impl Strategy<Value = Spender> {
    (0..400_u64, 0..=100_u64, 0..4_u8).prop_map(|(amount, share, dies)| Spender { amount, share, dies })
}

async fn spend(budget: &Budget<'_>, id: usize, spender: Spender, really: &AtomicU64) {
    let id = id.to_string();
    if !budget.reserve(&id, spender.amount, Vec::new()).await.unwrap() || spender.dies == 1 {
        return;
    }
    let cost = spender.amount * spender.share / 100;
    really.fetch_add(cost, Ordering::SeqCst);
    if spender.dies == 2 {
        return;
    }
    budget.settle(&id, cost, Vec::new()).await.unwrap();
    if spender.dies == 3 {
        budget.settle(&id, cost, Vec::new()).await.unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_cap_is_never_exceeded(cap in 0..1_500_u64, spenders in prop::collection::vec(spender(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let clock = Arc::new(SimulatedClock::at(NOW));
            let documents = MemoryDocuments::new(Arc::clone(&clock) as _);
            let budget = Budget::new(&documents, clock.as_ref(), "r", cap);
            let really = AtomicU64::new(0);
            join_all(spenders.iter().enumerate().map(|(id, spender)| spend(&budget, id, *spender, &really))).await;
            let account = budget.account().await.unwrap();
            let really = really.load(Ordering::SeqCst);
            prop_assert!(really <= cap, "{really} of {cap} was spent");
            prop_assert!(account.spent_micro_usd + account.reserved_micro_usd <= cap, "{account:?}");
            prop_assert!(account.spent_micro_usd + account.reserved_micro_usd >= really, "{account:?} knows less than {really}");
            prop_assert_eq!(account.reserved_micro_usd, account.open.values().sum::<u64>());
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn what_is_settled_twice_is_paid_once() {
    let clock = SimulatedClock::at(NOW);
    let documents = MemoryDocuments::new(Arc::new(SimulatedClock::at(NOW)));
    let budget = Budget::new(&documents, &clock, "r", 100);
    assert!(budget.reserve("a", 60, Vec::new()).await.unwrap());
    assert!(budget.reserve("a", 60, Vec::new()).await.unwrap(), "the same reservation is not held back twice");
    assert!(!budget.reserve("b", 60, Vec::new()).await.unwrap());
    for _ in 0..2 {
        budget.settle("a", 30, Vec::new()).await.unwrap();
    }
    let account = budget.account().await.unwrap();
    assert_eq!((account.spent_micro_usd, account.reserved_micro_usd, account.available()), (30, 0, 70));
    let other = Budget::new(&documents, &clock, "another run", 100);
    assert_eq!(other.account().await.unwrap().available(), 100, "each run has its own");
}

/// What one of the questions about [`TEXT`] may cost at worst, and what it costs.
async fn costs() -> (u64, u64) {
    let world = World::new(&[TEXT]).await;
    let model = FakeModel::good();
    world.gather(&model, settings()).await;
    let prompt: Prompt = model.asked.lock().unwrap()[0].clone();
    (worst_case_micro_usd(&prompt, PRICE), PRICE.cost_micro_usd(USED.0, USED.1))
}

#[tokio::test]
async fn a_run_stops_at_its_cap_and_the_rest_keeps_the_rubric() {
    let (worst, cost) = costs().await;
    assert!(worst > cost);
    let world = World::new(&[TEXT; 10]).await;
    let cap = worst + 3 * cost;
    let model = FakeModel::good();
    let told = world.gather(&model, Settings { budget_micro_usd: cap, ..settings() }).await;
    assert_eq!((told.answered, told.unasked, told.budget_reached), (4, 6, true), "{told:?}");
    assert!(told.notes.iter().any(|note| note.contains("budget is reached: 6 questions")), "{:?}", told.notes);
    let account = world.account(0).await;
    assert_eq!((account.spent_micro_usd, account.reserved_micro_usd), (4 * cost, 0));
    assert!(account.spent_micro_usd <= cap);
    let (_, _, rows) = world.matches(Some(&model)).await;
    assert_eq!(rows.len(), 10);
    let told = world.gather(&model, settings()).await;
    assert_eq!((told.answered, told.budget_reached), (6, false), "the next run asks the rest");
}

#[tokio::test]
async fn a_budget_of_nothing_asks_nothing_and_shows_what_is_known() {
    let world = World::new(&[TEXT]).await;
    let model = FakeModel::good();
    world.gather(&model, settings()).await;
    let told = world.gather(&model, Settings { budget_micro_usd: 0, ..settings() }).await;
    assert_eq!((told, model.calls()), (Default::default(), 1));
    let fresh = World::new(&[TEXT]).await;
    fresh.gather(&model, Settings { budget_micro_usd: 0, ..settings() }).await;
    fresh.gather(&model, Settings { top: 0, ..settings() }).await;
    assert_eq!(model.calls(), 1);
}

#[tokio::test]
async fn repairs_are_paid_and_what_timed_out_counts_in_full() {
    let (worst, cost) = costs().await;
    let world = World::new(&[TEXT]).await;
    let model = FakeModel::new(|number, _| Ok(if number == 0 { "no" } else { GOOD }.to_owned()));
    world.gather(&model, settings()).await;
    assert_eq!(world.account(0).await.spent_micro_usd, 2 * cost);
    for (kind, spent) in [(ErrorKind::Timeout, worst), (ErrorKind::Throttled, 0), (ErrorKind::Denied, 0)] {
        let world = World::new(&[TEXT]).await;
        world.gather(&FakeModel::failing(kind), settings()).await;
        let account = world.account(0).await;
        assert_eq!((account.spent_micro_usd, account.reserved_micro_usd), (spent, 0), "{kind:?}");
    }
}
