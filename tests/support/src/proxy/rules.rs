//! Ready-made faults.

use std::time::{Duration, Instant};

use super::{Action, Answer, Seen};

pub use super::opensearch::opensearch_refuse_every_third_item;
pub use super::sqs::sqs_deliver_twice;

/// Everything is passed on.
pub fn pass() -> impl FnMut(&Seen) -> Action + Send + 'static {
    |_| Action::Pass
}

/// The server is away: every connection is closed without an answer.
pub fn away() -> impl FnMut(&Seen) -> Action + Send + 'static {
    |_| Action::Drop
}

/// The server is away for `period`, then there for as long, and so on from now.
pub fn flapping(period: Duration) -> impl FnMut(&Seen) -> Action + Send + 'static {
    let began = Instant::now();
    move |_| {
        let periods = began.elapsed().as_nanos() / period.as_nanos().max(1);
        if periods.is_multiple_of(2) { Action::Drop } else { Action::Pass }
    }
}

/// S3 asks for patience: every `n`th request is answered by 503 `SlowDown`.
pub fn s3_slow_down(n: u64) -> impl FnMut(&Seen) -> Action + Send + 'static {
    const BODY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SlowDown</Code>\
        <Message>Please reduce your request rate.</Message><RequestId>0000000000000000</RequestId></Error>";
    let mut count = 0;
    move |_| {
        count += 1;
        if u64::is_multiple_of(count, n) {
            Action::Answer(Answer::new(503, "application/xml", BODY))
        } else {
            Action::Pass
        }
    }
}

/// DynamoDB throttles every second call, the first one first; its streams likewise, in their own words.
pub fn dynamodb_throttle_half() -> impl FnMut(&Seen) -> Action + Send + 'static {
    let mut count: u64 = 0;
    move |seen| {
        count += 1;
        if count.is_multiple_of(2) {
            return Action::Pass;
        }
        let streams = seen.header("x-amz-target").is_some_and(|target| target.starts_with("DynamoDBStreams"));
        let code = if streams { "LimitExceededException" } else { "ProvisionedThroughputExceededException" };
        let body = serde_json::json!({
            "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"),
            "message": "The level of configured provisioned throughput for the table was exceeded.",
        });
        let mut answer = Answer::new(400, "application/x-amz-json-1.0", body.to_string());
        answer.headers.push(("x-amzn-requestid".to_owned(), format!("THROTTLED{count:08}")));
        Action::Answer(answer)
    }
}
