//! Services that are away, refuse, throttle or repeat themselves, and a program that is killed: at the end nothing is lost
//! and nothing is there twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use infra_registry::Backends;
use pipeline_core::ports::{Key, Queue, SearchQuery};
use pipeline_publish::MATCH_TOPIC;
use serde_json::Value;
use support::proxy::Proxy;
use support::proxy::rules::{
    away, dynamodb_throttle_half, flapping, opensearch_refuse_every_third_item, s3_slow_down, sqs_deliver_twice,
};

use crate::program::{FETCHED_AT, Program, SAMPLES, sample};
use crate::stack::{Stack, block_on, embedded};

/// Exit code of a command that met a backend that is away.
const AWAY: i32 = 8;

/// A profile that the samples have matches for.
const PROFILE: &str = "profiles/data-engineer.json";

/// The samples, among them somebody who wants matches from then on; each command is repeated until it ends well, as an
/// operator's scheduler would, at most `tries` times.
fn work(program: &Program, tries: usize) {
    let profile = sample(PROFILE);
    let files: Vec<(&str, String)> = SAMPLES.iter().map(|(source, file)| (*source, sample(file))).collect();
    let mut commands = Vec::new();
    for (source, file) in &files {
        commands.push(vec!["--quiet", "import", "--source", source, "--fetched-at", FETCHED_AT, file]);
    }
    commands.insert(1, vec!["--quiet", "match", "--profile", &profile, "--save"]);
    for command in commands {
        for left in (0..tries).rev() {
            let output = program.run(&command);
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            match output.status.code() {
                Some(0) => break,
                Some(AWAY) if left > 0 => {}
                code => panic!("waypost {command:?} ended with {code:?}: {told}"),
            }
        }
    }
}

/// Everything that the work leads to, to be compared.
#[derive(Debug, PartialEq)]
struct End {
    hashes: Value,
    market: Vec<(String, Value)>,
    generation: Value,
    roles: u64,
    /// Notices by content, and how often each was delivered.
    notices: BTreeMap<String, usize>,
}

fn end(program: &Program, backends: impl Future<Output = Backends>) -> End {
    let hashes = program.json(0, &["lake", "hash"]);
    block_on(async {
        let backends = backends.await;
        let market = backends.documents.list("MARKET", "").await.unwrap();
        let generation = backends.documents.get(&Key::new("GEN", "current")).await.unwrap().unwrap().body;
        let found = backends.search.query(&SearchQuery { limit: 1, ..SearchQuery::default() }).await.unwrap();
        End {
            hashes,
            market: market.into_iter().map(|document| (document.key.sk, document.body)).collect(),
            generation,
            roles: found.total,
            notices: drain(&*backends.queue).await,
        }
    })
}

/// Every notice, handled.
async fn drain(queue: &dyn Queue) -> BTreeMap<String, usize> {
    let mut notices = BTreeMap::new();
    let mut empty = 0;
    while empty < 3 {
        let deliveries = queue.receive(MATCH_TOPIC, 10, Duration::from_secs(3)).await.unwrap();
        if deliveries.is_empty() {
            empty += 1;
            tokio::time::sleep(Duration::from_millis(1_500)).await;
        }
        for delivery in deliveries {
            *notices.entry(delivery.message.id).or_default() += 1;
            queue.done(&delivery.receipt).await.unwrap();
        }
    }
    notices
}

/// What the work leads to when nothing goes wrong.
fn calm() -> End {
    let program = Program::with("");
    work(&program, 1);
    let end = end(&program, embedded(Path::new(program.path())));
    assert!(!end.notices.is_empty() && end.notices.values().all(|times| *times == 1), "{end:?}");
    end
}

/// The work on a stack whose services are reached through `change`; it must end like the calm one.
fn ends_like_the_calm_one(stack: Stack, tries: usize) {
    let program = Program::with(&stack.config());
    work(&program, tries);
    assert_eq!(end(&program, stack.backends()), calm());
}

#[test]
fn opensearch_that_is_away_for_the_whole_publish_leaves_the_old_answers_and_loses_nothing() {
    let direct = Stack::new();
    let proxy = Proxy::start(&direct.opensearch);
    let stack = Stack { opensearch: proxy.address().to_owned(), ..direct.clone() };
    let program = Program::with(&stack.config());
    let (source, file) = SAMPLES[0];
    let first = ["--quiet", "import", "--source", source, "--fetched-at", FETCHED_AT, &sample(file)];
    program.text(0, &first);
    let before = program.json(0, &["search", ""]);

    proxy.set(away());
    let (source, file) = SAMPLES[1];
    let second = ["--quiet", "import", "--source", source, "--fetched-at", FETCHED_AT, &sample(file)];
    let told = program.run(&second);
    assert_eq!(told.status.code(), Some(AWAY), "{}", String::from_utf8_lossy(&told.stderr));

    proxy.pass();
    assert_eq!(program.json(0, &["search", ""]), before, "the old generation answers");
    program.text(0, &["runs", "resume"]);
    work(&program, 1);
    assert_eq!(end(&program, direct.backends()), calm());
}

#[test]
fn opensearch_that_flaps_ends_like_the_calm_run() {
    let direct = Stack::new();
    let proxy = Proxy::start(&direct.opensearch);
    proxy.set(flapping(Duration::from_millis(700)));
    ends_like_the_calm_one(Stack { opensearch: proxy.address().to_owned(), ..direct }, 10);
}

#[test]
fn opensearch_that_refuses_every_third_item_ends_like_the_calm_run() {
    let direct = Stack::new();
    let proxy = Proxy::start(&direct.opensearch);
    proxy.set(opensearch_refuse_every_third_item());
    ends_like_the_calm_one(Stack { opensearch: proxy.address().to_owned(), ..direct }, 1);
}

#[test]
fn dynamodb_that_throttles_half_of_all_calls_ends_like_the_calm_run() {
    let direct = Stack::new();
    let proxy = Proxy::start(&direct.dynamodb);
    proxy.set(dynamodb_throttle_half());
    ends_like_the_calm_one(Stack { dynamodb: proxy.address().to_owned(), ..direct }, 3);
}

#[test]
fn s3_that_answers_slow_down_ends_like_the_calm_run() {
    let direct = Stack::new();
    let proxy = Proxy::start(&direct.s3);
    proxy.set(s3_slow_down(3));
    ends_like_the_calm_one(Stack { s3: proxy.address().to_owned(), ..direct }, 1);
}

#[test]
fn sqs_that_delivers_everything_twice_ends_like_the_calm_run() {
    let direct = Stack::new();
    let proxy = Proxy::start(&direct.sqs);
    let stack = Stack { sqs: proxy.address().to_owned(), ..direct };
    let program = Program::with(&stack.config());
    work(&program, 1);
    proxy.set(sqs_deliver_twice());
    // Drained through the proxy: each message comes again although it was deleted.
    assert_eq!(end(&program, stack.backends()), calm());
}

#[test]
fn a_program_killed_anywhere_on_a_stack_in_trouble_ends_like_the_calm_run() {
    let direct = Stack::new();
    let (search, documents, objects) =
        (Proxy::start(&direct.opensearch), Proxy::start(&direct.dynamodb), Proxy::start(&direct.s3));
    search.set(opensearch_refuse_every_third_item());
    documents.set(dynamodb_throttle_half());
    objects.set(s3_slow_down(5));
    let stack = Stack {
        opensearch: search.address().to_owned(),
        dynamodb: documents.address().to_owned(),
        s3: objects.address().to_owned(),
        ..direct.clone()
    };
    let program = Program::with(&stack.config());
    let (source, file) = SAMPLES[0];
    let arguments = ["--quiet", "import", "--source", source, "--fetched-at", FETCHED_AT, &sample(file)];
    for wait_ms in [700, 1_500, 2_500, 4_000] {
        let mut process = program.command().args(arguments).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait_ms));
        process.kill().unwrap();
        process.wait().unwrap();
    }
    work(&program, 3);
    assert_eq!(end(&program, direct.backends()), calm());
}
