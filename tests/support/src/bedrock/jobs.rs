//! Batch inference jobs: made once per token, and moved on one status by every look at them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Buckets;
use super::catalogue::check_model;
use super::failure::Refusal;
use super::state::State;

/// The statuses before the end, in order.
const ON_THE_WAY: &[&str] = &["Submitted", "Validating", "Scheduled", "InProgress"];

/// How a job ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobEnd {
    /// `Completed`, `PartiallyCompleted`, `Failed`, `Expired` or `Stopped`.
    pub status: &'static str,
    /// What the service says about it.
    pub message: Option<String>,
    /// Records that end with an error of their own.
    pub failing: BTreeSet<String>,
    /// Records that are not answered at all.
    pub missing: BTreeSet<String>,
    /// Lines that stand in the output as well.
    pub extra_lines: Vec<String>,
    /// Whether there is any output.
    pub writes: bool,
}

impl Default for JobEnd {
    fn default() -> Self {
        Self {
            status: "Completed",
            message: None,
            failing: BTreeSet::new(),
            missing: BTreeSet::new(),
            extra_lines: Vec::new(),
            writes: true,
        }
    }
}

impl JobEnd {
    /// An end without any output.
    pub fn without_output(status: &'static str, message: &str) -> Self {
        Self { status, message: Some(message.to_owned()), writes: false, ..Self::default() }
    }
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    /// What was asked for.
    pub request: Value,
    /// How often someone looked.
    looks: usize,
    /// How it ended, once it did.
    pub ended: Option<JobEnd>,
    /// Records in its input, known once it is validated.
    pub records: usize,
}

/// A job that is at its end and whose output has to be written.
pub struct Run {
    pub arn: String,
    pub request: Value,
    pub end: JobEnd,
}

/// `CreateModelInvocationJob`.
pub fn create(state: &mut State, buckets: &Buckets, request: &Value) -> Result<Value, Refusal> {
    check(state, buckets, request)?;
    let token = &request["clientRequestToken"];
    let same = state.jobs.iter().find(|(_, job)| !token.is_null() && &job.request["clientRequestToken"] == token);
    if let Some((arn, job)) = same {
        return if &job.request == request {
            Ok(json!({ "jobArn": arn }))
        } else {
            Err(Refusal::new(
                400,
                "ConflictException",
                "A job with this clientRequestToken and other parameters exists already.",
            ))
        };
    }
    let arn =
        format!("arn:aws:bedrock:{}:123456789012:model-invocation-job/{:012}", state.region, state.jobs.len() + 1);
    state.jobs.insert(arn.clone(), Job { request: request.clone(), looks: 0, ended: None, records: 0 });
    Ok(json!({ "jobArn": arn }))
}

fn check(state: &State, buckets: &Buckets, request: &Value) -> Result<(), Refusal> {
    let text = |pointer: &str| request.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let name = text("/jobName");
    if name.is_empty() || name.len() > 63 || !name.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) {
        return Err(constraint("jobName"));
    }
    let token = text("/clientRequestToken");
    let edges = token.starts_with('-') || token.ends_with('-');
    if token.len() > 256 || edges || !token.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(constraint("clientRequestToken"));
    }
    if !text("/roleArn").starts_with("arn:aws:iam::") || !text("/roleArn").contains(":role/") {
        return Err(constraint("roleArn"));
    }
    if !["", "InvokeModel", "Converse"].contains(&text("/modelInvocationType")) {
        return Err(constraint("modelInvocationType"));
    }
    if request.get("timeoutDurationInHours").is_some_and(|hours| !(24..=168).contains(&hours.as_i64().unwrap_or(0))) {
        return Err(constraint("timeoutDurationInHours"));
    }
    for pointer in ["/inputDataConfig/s3InputDataConfig/s3Uri", "/outputDataConfig/s3OutputDataConfig/s3Uri"] {
        let known = place(text(pointer)).is_some_and(|(bucket, _)| buckets.contains_key(bucket));
        if !known {
            return Err(Refusal::invalid(format!("The bucket of {pointer} cannot be reached with the provided role.")));
        }
    }
    check_model(state, text("/modelId"))
}

fn constraint(member: &str) -> Refusal {
    Refusal::invalid(format!("1 validation error detected: Value at '{member}' failed to satisfy constraint"))
}

/// Bucket and key of `s3://BUCKET/KEY`.
pub fn place(uri: &str) -> Option<(&str, &str)> {
    uri.strip_prefix("s3://")?.split_once('/')
}

/// Moves a job on by one status; gives what has to be run when it comes to its end.
pub fn step(state: &mut State, arn: &str) -> Result<Option<Run>, Refusal> {
    let end = state.end.clone();
    let job = state.jobs.get_mut(arn).ok_or_else(|| unknown(arn))?;
    job.looks += 1;
    if job.ended.is_some() || job.looks <= ON_THE_WAY.len() {
        return Ok(None);
    }
    job.ended = Some(end.clone());
    Ok(Some(Run { arn: arn.to_owned(), request: job.request.clone(), end }))
}

/// `GetModelInvocationJob`.
pub fn get(state: &State, arn: &str) -> Result<Value, Refusal> {
    let job = state.jobs.get(arn).ok_or_else(|| unknown(arn))?;
    let status = match &job.ended {
        Some(end) => end.status,
        None => ON_THE_WAY[job.looks.clamp(1, ON_THE_WAY.len()) - 1],
    };
    let mut answer = job.request.clone();
    answer["jobArn"] = json!(arn);
    answer["status"] = json!(status);
    answer["submitTime"] = json!("2026-11-23T10:00:00Z");
    answer["lastModifiedTime"] = json!("2026-11-23T10:05:00Z");
    answer["jobExpirationTime"] = json!("2026-11-24T10:00:00Z");
    if let Some(end) = &job.ended {
        answer["endTime"] = json!("2026-11-23T11:00:00Z");
        answer["totalRecordCount"] = json!(job.records);
        if let Some(message) = &end.message {
            answer["message"] = json!(message);
        }
    }
    Ok(answer)
}

fn unknown(arn: &str) -> Refusal {
    if arn.contains(":model-invocation-job/") {
        Refusal::missing("The specified job does not exist.")
    } else {
        constraint("jobIdentifier")
    }
}
