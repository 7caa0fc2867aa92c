//! The same import on both stacks: the same tables, the same documents, the same answers.

use pipeline_core::ports::Documents;
use serde_json::{Value, json};

use crate::program::{FETCHED_AT, Program};
use crate::stack::{Stack, block_on, embedded};

/// Partitions of the document store that a run writes.
const PARTITIONS: [&str; 7] =
    ["MARKET", "GEN", "LEDGER#normalize", "LEDGER#resolve", "LEDGER#measure", "LEDGER#match", "LEDGER#publish"];

/// What differs from run to run by its nature.
const VARYING: [&str; 3] = ["run_id", "wall_s", "attempts"];

/// Searches whose answers must be the same in every part but the order of equals.
const SEARCHES: [&[&str]; 6] = [
    &["search", "engineer"],
    &["search", ""],
    &["search", "data python"],
    &["search", "", "--remote"],
    &["search", "senior"],
    &["search", "node.js"],
];

#[test]
fn the_same_import_gives_the_same_tables_documents_and_answers() {
    let (local, aws, stack) = pair();
    local.import_samples();
    aws.import_samples();
    alike(&local, &aws, &stack);
}

#[test]
#[ignore = "needs the real boards of ../shared; tests/aws.sh runs it where they are"]
fn the_same_import_of_real_boards_gives_the_same_tables_documents_and_answers() {
    let folder = std::path::absolute("../../shared/data/corpora/ashby_boards").unwrap();
    let mut boards: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path().display().to_string()).collect();
    boards.retain(|board| board.ends_with(".json"));
    boards.sort();
    boards.truncate(60);
    assert!(boards.len() > 20, "{} has no boards", folder.display());
    let (local, aws, stack) = pair();
    for program in [&local, &aws] {
        let boards: Vec<&str> = boards.iter().map(String::as_str).collect();
        let output = program.run(&[&["import", "--source", "ashby", "--fetched-at", FETCHED_AT], &boards[..]].concat());
        assert!(matches!(output.status.code(), Some(0 | 5)), "{}", String::from_utf8_lossy(&output.stderr));
    }
    alike(&local, &aws, &stack);
}

#[test]
fn an_import_that_is_repeated_on_aws_changes_nothing() {
    let stack = Stack::new();
    let aws = Program::with(&stack.config());
    aws.import_samples();
    let before = aws.json(0, &["lake", "hash"]);
    aws.import_samples();
    assert_eq!(aws.json(0, &["lake", "hash"]), before);
    let again = aws.json(0, &["runs", "show", "last"]);
    let changed: u64 = again["stages"].as_array().unwrap().iter().map(|stage| stage["changed"].as_u64().unwrap()).sum();
    assert_eq!(changed, 0, "{again}");
    assert!(again["requests"]["dynamodb.GetItem"].as_u64().unwrap() > 0, "{again}");
}

/// The program embedded and on a stack.
fn pair() -> (Program, Program, Stack) {
    let stack = Stack::new();
    (Program::with(""), Program::with(&stack.config()), stack)
}

fn alike(local: &Program, aws: &Program, stack: &Stack) {
    let hashes = local.json(0, &["lake", "hash"]);
    assert!(hashes["tables"]["roles"]["rows"].as_u64().unwrap() > 0);
    assert_eq!(aws.json(0, &["lake", "hash"]), hashes, "tables");

    let (here, there) = block_on(async { (embedded(local.path()).await.documents, stack.backends().await.documents) });
    for partition in PARTITIONS {
        let (here, there) = block_on(async { (list(&*here, partition).await, list(&*there, partition).await) });
        assert!(!here.is_empty(), "{partition} is empty");
        assert_eq!(there, here, "documents of {partition}");
    }

    for search in SEARCHES {
        assert_eq!(found(aws, search), found(local, search), "{search:?}");
    }
    let (here, there) = (local.serve(), aws.serve());
    let (status, market) = here.ask("GET", "/agent", None, None);
    assert_eq!(status, 200);
    assert_eq!(there.ask("GET", "/agent", None, None), (200, market));
    let (mine, theirs) = (here.sign_up("ada@example.org"), there.sign_up("ada@example.org"));
    for path in ["/agent/market", "/agent/market?level=senior", "/agent/market?domain=engineering"] {
        let answer = here.ask("GET", path, Some(&mine), None);
        assert_eq!(there.ask("GET", path, Some(&theirs), None), answer, "{path}");
    }
    let jobs = json!({
        "user_profile": {"profile": {"experience_level": "senior", "skills": ["Python", "SQL"], "location": "Berlin"}},
        "search_params": {"limit": 50},
    });
    let ask = |server: &crate::program::Server, token: &str| {
        let (status, mut answer) = server.ask("POST", "/agent/jobs", Some(token), Some(&jobs));
        assert_eq!(status, 200, "{answer}");
        for personal in ["searchId", "userId", "timestamp"] {
            answer[personal] = Value::Null;
        }
        answer
    };
    assert_eq!(ask(&there, &theirs), ask(&here, &mine), "POST /agent/jobs");
}

/// Documents of a partition by sort key, without what differs by nature.
async fn list(documents: &dyn Documents, partition: &str) -> Vec<(String, Value)> {
    let all = documents.list(partition, "").await.unwrap();
    all.into_iter()
        .map(|document| {
            let mut body = document.body;
            for name in VARYING {
                body.as_object_mut().unwrap().remove(name);
            }
            (document.key.sk, body)
        })
        .collect()
}

/// The whole answer to a search, its items by id: scores of two engines order near-equals differently.
fn found(program: &Program, search: &[&str]) -> (Value, Vec<Value>) {
    let mut items = Vec::new();
    loop {
        let offset = items.len().to_string();
        let answer = program.json(0, &[search, &["--limit", "1000", "--offset", &offset]].concat());
        let page = answer["items"].as_array().unwrap();
        items.extend(page.iter().cloned());
        if page.is_empty() || items.len() as u64 >= answer["total"]["value"].as_u64().unwrap() {
            items.sort_by_key(|item| item["job_id"].as_str().unwrap().to_owned());
            return (answer["total"].clone(), items);
        }
    }
}
