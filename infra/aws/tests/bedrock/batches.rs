//! Batches: their states, their answers in no order, and that none is ever submitted twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use object_store::ObjectStoreExt as _;
use pipeline_core::ErrorKind;
use pipeline_core::ports::{BatchState, Completion, Model};
use serde_json::{Value, json};
use support::bedrock::{Answer, Failure, JobEnd, Life, MODEL, OTHER_PROFILE, PROFILE};

use infra_aws::Bedrock;

use crate::world::{PREFIX, World, aws, batch, prompt};

const BATCH: &str = "CreateModelInvocationJob";

/// An answer that repeats what was asked, so that answers cannot be mixed up unseen.
fn echo(body: &Value) -> Answer {
    Answer::text(body.pointer("/messages/0/content/0/text").and_then(Value::as_str).unwrap())
}

fn texts(answers: &BTreeMap<String, Result<Completion, String>>) -> BTreeMap<&str, Option<&str>> {
    answers.iter().map(|(id, answer)| (id.as_str(), answer.as_ref().ok().map(|answer| answer.text.as_str()))).collect()
}

fn echoed(id: &str) -> String {
    format!("<material>\nrole {id}\n</material>")
}

#[tokio::test]
async fn a_batch_goes_through_every_state_to_its_end() {
    let world = World::on_s3().await;
    world.stand_in.answer(echo);
    let model = world.model().await;
    let id = model.submit(&batch("states")).await.unwrap();
    for state in ["Submitted", "Validating", "Scheduled", "InProgress"] {
        assert_eq!(model.batch(&id).await.unwrap(), BatchState::Running(state.to_owned()));
    }
    let BatchState::Ended { status, message, answers } = model.batch(&id).await.unwrap() else {
        panic!("it has ended")
    };
    assert_eq!((status.as_str(), message), ("Completed", None));
    for (id, text) in texts(&answers) {
        assert_eq!(text, Some(echoed(id).as_str()), "answers are joined on their record, not on their order");
    }
    assert_eq!(answers.len(), 3);
    let request = &world.stand_in.requests(BATCH)[0];
    assert_eq!(request["modelInvocationType"], "Converse");
    assert_eq!(request["clientRequestToken"], "states");
    assert!(world.keys().await.iter().any(|key| key.ends_with("manifest.json.out")), "there was a manifest to ignore");
}

#[tokio::test]
async fn records_fail_each_by_itself() {
    let world = World::on_s3().await;
    world.stand_in.end_jobs(JobEnd { failing: ["b-2".to_owned()].into(), ..JobEnd::default() });
    let (status, _, answers) = world.ended("failing").await;
    assert_eq!(status, "Completed");
    assert!(answers["a-1"].is_ok() && answers["c-3"].is_ok());
    assert_eq!(answers["b-2"].as_ref().unwrap_err(), "400: Bad request");
}

#[tokio::test]
async fn a_batch_that_completed_in_part_gives_what_it_has() {
    let world = World::on_s3().await;
    let end = JobEnd { status: "PartiallyCompleted", missing: ["a-1".to_owned()].into(), ..JobEnd::default() };
    world.stand_in.end_jobs(end);
    let (status, _, answers) = world.ended("part").await;
    assert_eq!(status, "PartiallyCompleted");
    assert_eq!(answers.keys().collect::<Vec<_>>(), ["b-2", "c-3"]);
}

#[tokio::test]
async fn a_batch_that_failed_expired_or_was_stopped_says_why() {
    for status in ["Failed", "Expired", "Stopped"] {
        let world = World::new().await;
        world.stand_in.end_jobs(JobEnd::without_output(status, "so it is"));
        assert_eq!(world.ended("t").await, (status.to_owned(), Some("so it is".to_owned()), BTreeMap::new()));
    }
}

#[tokio::test]
async fn what_an_expired_batch_had_answered_is_not_lost() {
    let world = World::new().await;
    let missing = ["b-2".to_owned(), "c-3".to_owned()].into();
    world.stand_in.end_jobs(JobEnd { status: "Expired", missing, ..JobEnd::default() });
    let (status, _, answers) = world.ended("t").await;
    assert_eq!((status.as_str(), answers.keys().map(String::as_str).collect::<Vec<_>>()), ("Expired", vec!["a-1"]));
}

#[tokio::test]
async fn broken_lines_and_strange_records_are_passed_over() {
    let world = World::new().await;
    world.stand_in.answer(echo);
    let stranger = json!({"recordId": "z-9", "modelOutput": {}}).to_string();
    let double = json!({"recordId": "a-1", "error": {"errorCode": 500, "errorMessage": "late"}}).to_string();
    let lines = ["{\"recordId\":\"b-2\",\"modelOu", "", "no json", &stranger, &double, "\u{feff}"];
    world.stand_in.end_jobs(JobEnd { extra_lines: lines.map(str::to_owned).into(), ..JobEnd::default() });
    let (_, _, answers) = world.ended("t").await;
    let expected = ["a-1", "b-2", "c-3"].map(|id| (id, echoed(id)));
    assert_eq!(texts(&answers), expected.iter().map(|(id, text)| (*id, Some(text.as_str()))).collect());
}

#[tokio::test]
async fn a_batch_that_is_too_small_costs_no_request() {
    let world = World::new().await;
    let mut small = batch("small");
    small.prompts.pop_first();
    assert_eq!(world.model().await.submit(&small).await.unwrap_err().kind(), ErrorKind::Invalid);
    assert_eq!(world.stand_in.calls(BATCH), 0);
    // The service's own minimum is higher than what the address says.
    world.stand_in.least_records(100);
    let (status, message, _) = world.ended("enough-for-us").await;
    assert_eq!(status, "Failed");
    assert!(message.unwrap().contains("required minimum of: 100"));
}

#[tokio::test]
async fn a_batch_is_submitted_once_however_often_the_process_starts_again() {
    let world = World::on_s3().await;
    let first = world.model().await.submit(&batch("once")).await.unwrap();
    for _ in 0..3 {
        assert_eq!(world.model().await.submit(&batch("once")).await.unwrap(), first);
    }
    assert_eq!((world.stand_in.jobs(), world.stand_in.calls(BATCH)), (1, 1));
    let state = world.model().await.batch(&first).await.unwrap();
    assert_eq!(state, BatchState::Running("Submitted".to_owned()), "another process can look at it");
}

#[tokio::test]
async fn a_process_that_died_before_it_noted_the_job_finds_the_same_job() {
    let world = World::new().await;
    let first = world.model().await.submit(&batch("died")).await.unwrap();
    world.store.delete(&format!("{PREFIX}/died/job").into()).await.unwrap();
    // Even if the model is another one by now, the job is that of the first time.
    let second = world.open(OTHER_PROFILE, "").await.submit(&batch("died")).await.unwrap();
    assert_eq!((second, world.stand_in.jobs(), world.stand_in.calls(BATCH)), (first, 1, 2));
}

#[tokio::test]
async fn an_answer_that_got_lost_does_not_make_a_second_job() {
    let world = World::new().await;
    world.stand_in.fail(BATCH, Failure::Internal, 2);
    world.stand_in.fail(BATCH, Failure::AnswerLost, 1);
    world.model().await.submit(&batch("lost")).await.unwrap();
    assert_eq!((world.stand_in.jobs(), world.stand_in.calls(BATCH)), (1, 4));
}

#[tokio::test]
async fn a_batch_for_a_model_at_its_end_goes_to_its_fallback() {
    let world = World::new().await;
    world.stand_in.life(MODEL, Life::Ended);
    let model = world.open(PROFILE, &format!("&fallback={OTHER_PROFILE}")).await;
    model.submit(&batch("ended")).await.unwrap();
    let asked: Vec<Value> = world.stand_in.requests(BATCH).iter().map(|request| request["modelId"].clone()).collect();
    assert_eq!(asked, [PROFILE, OTHER_PROFILE]);
}

#[tokio::test]
async fn any_text_is_a_token_and_stays_in_its_folder() {
    let world = World::new().await;
    for token in ["../../etc", "user:Zoë/1", ""] {
        world.model().await.submit(&batch(token)).await.unwrap();
    }
    assert_eq!(world.stand_in.jobs(), 3);
    assert!(world.keys().await.iter().all(|key| key.starts_with(PREFIX)), "{:?}", world.keys().await);
}

#[tokio::test]
async fn without_a_place_and_a_role_there_are_no_batches() {
    let endpoint = "http://127.0.0.1:9";
    let aws = aws(Arc::default()).await;
    let model = Bedrock::open(&aws, &format!("bedrock://{PROFILE}?endpoint={endpoint}"), None).await.unwrap();
    assert_eq!(model.least_batch(), None);
    assert_eq!(model.submit(&batch("t")).await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(model.batch("t").await.unwrap_err().kind(), ErrorKind::Unsupported);
    let half = Bedrock::open(&aws, &format!("bedrock://{PROFILE}?batch=s3://b/p"), None).await;
    assert_eq!(half.unwrap_err().kind(), ErrorKind::Config);
}

#[tokio::test]
async fn a_configured_temperature_is_sent_in_both_ways() {
    let world = World::new().await;
    let model = world.open(PROFILE, "&temperature=0.5").await;
    model.complete(&prompt("Rust")).await.unwrap();
    assert_eq!(world.stand_in.requests("Converse")[0]["inferenceConfig"]["temperature"], json!(0.5));
    model.submit(&batch("warm")).await.unwrap();
    let input = world.store.get(&format!("{PREFIX}/warm/input.jsonl").into()).await.unwrap().bytes().await.unwrap();
    let line: Value = serde_json::from_slice(input.split(|byte| *byte == b'\n').next().unwrap()).unwrap();
    assert_eq!(line["modelInput"]["inferenceConfig"]["temperature"], json!(0.5));
}
