//! Batches: submitted once whatever happens, taken up by later runs, paid at half price.

use pipeline_core::ErrorKind;
use pipeline_core::ports::Key;
use pipeline_core::ports::{Documents, Write};
use pipeline_matching::evidence::Settings;
use schemas::Micros;
use support::{Killer, kill_at_every_write};

use crate::model::{Course, FakeModel, GOOD, USED, all_good};
use crate::world::{NOW, PRICE, TEXT, World, added, settings};

fn half() -> u64 {
    PRICE.cost_micro_usd(USED.0, USED.1).div_ceil(2)
}

#[tokio::test]
async fn many_questions_are_one_batch_that_a_later_run_takes_up() {
    let world = World::new(&[TEXT; 3]).await;
    let model = FakeModel::batching();
    let told = world.gather(&model, settings()).await;
    assert_eq!((told.waiting, told.answered, model.made(), model.calls()), (3, 0, 1, 0));
    let (_, _, rows) = world.matches(Some(&model)).await;
    assert!(rows.len() == 3 && rows.iter().all(|row| added(row).is_empty()), "the run goes on with the rubric");
    let reserved = world.account(0).await.reserved_micro_usd;
    assert!(reserved >= 3 * half());

    for _ in 0..2 {
        assert_eq!(world.gather(&model, settings()).await.waiting, 3);
    }
    assert_eq!((model.made(), *model.submits.lock().unwrap()), (1, 1), "what is in flight is not asked again");

    model.set(Course::Ended("Completed", all_good));
    assert_eq!(world.gather(&model, settings()).await.answered, 3);
    let (_, _, rows) = world.matches(Some(&model)).await;
    assert!(rows.iter().all(|row| added(row).len() == 2));
    let account = world.account(0).await;
    assert_eq!((account.spent_micro_usd, account.reserved_micro_usd), (3 * half(), 0), "paid by the run that asked");
    assert!(world.kept("MODEL", "BATCH#").is_empty());
    assert_eq!(world.gather(&model, settings()).await, Default::default());
    assert_eq!((model.made(), model.calls()), (1, 0));
}

#[tokio::test]
async fn few_questions_and_batches_switched_off_are_asked_at_once() {
    let world = World::new(&[TEXT]).await;
    let model = FakeModel::batching();
    assert_eq!(world.gather(&model, settings()).await.answered, 1);
    let world = World::new(&[TEXT; 3]).await;
    assert_eq!(world.gather(&model, Settings { batch: false, ..settings() }).await.answered, 3);
    assert_eq!((model.made(), model.calls()), (0, 4));
}

#[tokio::test]
async fn records_without_an_answer_are_asked_again_and_the_others_are_not() {
    let world = World::new(&[TEXT; 4]).await;
    let model = FakeModel::batching();
    world.gather(&model, settings()).await;
    model.set(Course::Ended("PartiallyCompleted", |at| match at {
        0 => Some(Ok(GOOD)),
        1 => Some(Err("the record was malformed")),
        2 => Some(Ok("not what was asked for")),
        _ => None,
    }));
    let told = world.gather(&model, settings()).await;
    assert_eq!((told.answered, told.unusable, told.waiting), (1, 3, 3), "{told:?}");
    assert!(told.notes.iter().any(|note| note.contains("PartiallyCompleted")), "{:?}", told.notes);
    let batches = model.batches.lock().unwrap().clone();
    assert_eq!(batches.len(), 2);
    assert_ne!(batches[0].token, batches[1].token);
    assert!(batches[1].prompts.keys().all(|record| batches[0].prompts.contains_key(record)));
    assert_eq!(world.account(0).await.spent_micro_usd, 2 * half(), "what was answered is paid, used or not");
}

#[tokio::test]
async fn a_batch_that_expires_is_tried_twice_more_and_no_more() {
    let world = World::new(&[TEXT; 3]).await;
    let model = FakeModel::batching();
    model.set(Course::Ended("Expired", |_| None));
    for _ in 0..7 {
        world.gather(&model, settings()).await;
    }
    let batches = model.batches.lock().unwrap().clone();
    assert_eq!(batches.len(), 3);
    assert!(batches.windows(2).all(|pair| pair[0].token != pair[1].token), "each try is a batch of its own");
    assert_eq!(model.calls(), 0);
    for run in 0..7 {
        let account = world.account(run).await;
        assert_eq!((account.spent_micro_usd, account.reserved_micro_usd), (0, 0), "nothing was answered");
    }
}

#[tokio::test]
async fn a_batch_killed_anywhere_ends_the_same_and_is_made_once() {
    // Two nights: one that asks, one that finds the batch ended.
    let make = || async { (World::new(&[TEXT; 3]).await, std::sync::Arc::new(FakeModel::batching())) };
    let run = |(world, model): (World, std::sync::Arc<FakeModel>), killer: Killer| async move {
        model.set(Course::Running);
        world.gather_under(model.as_ref(), settings(), killer.clone()).await?;
        model.set(Course::Ended("Completed", all_good));
        world.gather_under(model.as_ref(), settings(), killer).await.map(drop)
    };
    let state = |(world, model): (World, std::sync::Arc<FakeModel>)| async move {
        assert!(model.made() <= 1, "the same questions were submitted twice");
        let accounts = world.kept("BUDGET#", "");
        let sum = |field: &str| -> u64 { accounts.iter().filter_map(|account| account[field].as_u64()).sum() };
        let (_, _, rows) = world.matches(Some(model.as_ref())).await;
        let shown: Vec<usize> = rows.iter().map(|row| added(row).len()).collect();
        format!(
            "{} made, {} at once, {} in flight, {} spent, {} reserved, shown {shown:?}",
            model.made(),
            model.calls(),
            world.kept("MODEL", "BATCH#").len(),
            sum("spent_micro_usd"),
            sum("reserved_micro_usd"),
        )
    };
    let killed = kill_at_every_write(make, run, state).await.unwrap();
    assert_eq!(killed.writes, 6, "reservation and note, id, three answers, settlement and note");
    let spent = 3 * half();
    assert_eq!(killed.end, format!("1 made, 0 at once, 0 in flight, {spent} spent, 0 reserved, shown [2, 2, 2]"));
}

#[tokio::test]
async fn a_model_that_is_away_leaves_its_batches_in_flight() {
    for kind in [ErrorKind::Unavailable, ErrorKind::Throttled, ErrorKind::Denied] {
        let world = World::new(&[TEXT; 3]).await;
        let model = FakeModel::batching();
        world.gather(&model, settings()).await;
        model.set(Course::Away(kind));
        let told = world.gather(&model, settings()).await;
        assert_eq!((told.waiting, model.made(), model.calls()), (3, 1, 0), "{kind:?}");
        model.set(Course::Ended("Completed", all_good));
        assert_eq!(world.gather(&model, settings()).await.answered, 3, "{kind:?}");
    }
}

#[tokio::test]
async fn a_batch_that_is_refused_costs_nothing_and_one_that_may_be_there_stays_noted() {
    let world = World::new(&[TEXT; 3]).await;
    let model = FakeModel::batching();
    *model.refuses.lock().unwrap() = Some(ErrorKind::Denied);
    let told = world.gather(&model, settings()).await;
    assert_eq!((told.unasked, told.waiting), (3, 0));
    assert!(told.notes[0].contains("was not taken"), "{:?}", told.notes);
    assert!(world.kept("MODEL", "BATCH#").is_empty());
    assert_eq!(world.account(0).await.reserved_micro_usd, 0);

    *model.refuses.lock().unwrap() = Some(ErrorKind::Timeout);
    assert_eq!(world.gather(&model, settings()).await.waiting, 3);
    let noted = world.kept("MODEL", "BATCH#");
    assert_eq!((noted.len(), noted[0]["state"].as_str()), (1, Some("submitting")));
    assert!(world.account(1).await.reserved_micro_usd > 0);

    *model.refuses.lock().unwrap() = None;
    world.gather(&model, settings()).await;
    assert_eq!(model.batches.lock().unwrap()[0].token, noted[0]["token"].as_str().unwrap(), "under the same token");
    model.set(Course::Ended("Completed", all_good));
    assert_eq!(world.gather(&model, settings()).await.answered, 3);
    assert_eq!((model.made(), model.calls()), (1, 0));
}

#[tokio::test]
async fn a_batch_is_no_larger_than_the_budget_at_half_price() {
    let world = World::new(&[TEXT; 4]).await;
    let model = FakeModel::batching();
    world.gather(&model, settings()).await;
    let whole = world.account(0).await.reserved_micro_usd;
    let world = World::new(&[TEXT; 4]).await;
    let model = FakeModel::batching();
    let told = world.gather(&model, Settings { budget_micro_usd: whole - 1, ..settings() }).await;
    assert_eq!((told.waiting, told.unasked, told.budget_reached), (3, 1, true));
    let account = world.account(0).await;
    assert!(account.reserved_micro_usd <= account.cap_micro_usd);
    assert_eq!(model.batches.lock().unwrap()[0].prompts.len(), 3);
}

#[tokio::test]
async fn of_somebody_who_left_nothing_is_kept() {
    let world = World::new(&[TEXT; 3]).await;
    let model = FakeModel::batching();
    world.gather(&model, settings()).await;
    let condition = pipeline_core::ports::Condition::None;
    world.documents.write(Write::Delete { key: Key::new("PROFILES", "demo"), condition }).await.unwrap();
    model.set(Course::Ended("Completed", all_good));
    world.gather(&model, settings()).await;
    assert!(world.kept("USER#", "").is_empty() && world.kept("MODEL", "").is_empty());
    assert_eq!(world.account(0).await.spent_micro_usd, 3 * half(), "it was worked on all the same");
}

#[tokio::test]
async fn a_batch_that_never_ends_is_given_up_and_counts_as_spent() {
    let world = World::new(&[TEXT; 3]).await;
    let model = FakeModel::batching();
    world.gather(&model, settings()).await;
    let reserved = world.account(0).await.reserved_micro_usd;
    world.clock.advance_to(Micros(NOW.0 + 15 * 86_400_000_000));
    world.gather(&model, settings()).await;
    let account = world.account(0).await;
    assert_eq!((account.spent_micro_usd, account.reserved_micro_usd), (reserved, 0));
    assert_eq!(model.made(), 2, "and asked once more");
}
