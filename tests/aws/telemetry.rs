//! Traces and metrics arrive at a real collector, with the run as root.

use std::time::{Duration, Instant};

use serde_json::Value;
use support::servers::address;

use crate::program::{FETCHED_AT, Program, SAMPLES, sample};
use crate::stack::Stack;

/// Lines that the collector wrote which hold `needle`.
fn collected(needle: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(address("otlp_file")).unwrap_or_default();
    text.lines().filter(|line| line.contains(needle)).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn spans(lines: &[Value]) -> Vec<Value> {
    let mut spans = Vec::new();
    for resource in lines.iter().flat_map(|line| line["resourceSpans"].as_array().into_iter().flatten()) {
        for scope in resource["scopeSpans"].as_array().into_iter().flatten() {
            spans.extend(scope["spans"].as_array().into_iter().flatten().cloned());
        }
    }
    spans
}

#[test]
fn every_backend_call_is_a_span_below_the_run() {
    let mut stack = Stack::new();
    stack.more = format!("[telemetry]\notlp = {:?}\n", address("otlp"));
    let aws = Program::with(&stack.config());
    let (source, file) = SAMPLES[0];
    let report = aws.json(0, &["import", "--source", source, "--fetched-at", FETCHED_AT, &sample(file)]);
    let run = report["run_id"].as_str().unwrap();

    let began = Instant::now();
    let root = loop {
        let root = spans(&collected(run)).into_iter().find(|span| span.to_string().contains(run));
        if let Some(root) = root {
            break root;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "no root span of run {run}");
        std::thread::sleep(Duration::from_millis(200));
    };
    assert_eq!(root["name"], "import");
    assert_eq!(root["parentSpanId"].as_str().unwrap_or_default(), "");
    let trace = root["traceId"].as_str().unwrap();
    let all: Vec<Value> = spans(&collected(trace)).into_iter().filter(|span| span["traceId"] == trace).collect();
    let names: Vec<&str> = all.iter().map(|span| span["name"].as_str().unwrap()).collect();
    for wanted in ["objects.put", "objects.get", "documents.get", "documents.write", "search.add", "search.activate"] {
        assert!(names.contains(&wanted), "{wanted} is not among {names:?}");
    }
    let ids: Vec<&str> = all.iter().map(|span| span["spanId"].as_str().unwrap()).collect();
    for span in all.iter().filter(|span| span["spanId"] != root["spanId"]) {
        let parent = span["parentSpanId"].as_str().unwrap();
        assert!(ids.contains(&parent), "{} has a parent that is not there", span["name"]);
    }

    let metrics = collected("waypost.backend.requests");
    assert!(!metrics.is_empty(), "no metrics arrived");
    let text = metrics.iter().map(Value::to_string).collect::<String>();
    assert!(text.contains("dynamodb") && text.contains("PutObject"), "{text}");
}

#[test]
fn a_collector_that_is_away_does_not_hold_up_the_run() {
    let mut stack = Stack::new();
    stack.more = "[telemetry]\notlp = \"http://127.0.0.1:9\"\n".to_owned();
    let aws = Program::with(&stack.config());
    let (source, file) = SAMPLES[0];
    aws.text(0, &["--quiet", "import", "--source", source, "--fetched-at", FETCHED_AT, &sample(file)]);
}
