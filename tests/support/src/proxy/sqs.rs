//! A queue that delivers everything twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::{Action, Answer, Seen};

/// Media type of the protocol.
const KIND: &str = "application/x-amz-json-1.0";

/// What is known of the messages that passed.
#[derive(Default)]
struct Known {
    /// Receipt to message: each delivery of a message has a receipt of its own.
    messages: BTreeMap<String, String>,
    /// Messages whose first deletion was lost.
    lost: BTreeSet<String>,
}

impl Known {
    /// Whether the deletion by `receipt` is its message's first and gets lost.
    fn loses(&mut self, receipt: &str) -> bool {
        let message = self.messages.get(receipt).cloned().unwrap_or_else(|| receipt.to_owned());
        self.lost.insert(message)
    }
}

/// The first deletion of each message is answered as if it had been done, and is not: when its time out of sight is over,
/// the message is delivered a second time. Speaks SQS's JSON protocol.
pub fn sqs_deliver_twice() -> impl FnMut(&Seen) -> Action + Send + 'static {
    let known = Arc::new(Mutex::new(Known::default()));
    move |seen| {
        let body: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
        match seen.target() {
            Some("ReceiveMessage") => learn(Arc::clone(&known)),
            Some("DeleteMessage") => {
                let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                let lost = body["ReceiptHandle"].as_str().is_some_and(|receipt| known.loses(receipt));
                if lost { Action::Answer(Answer::new(200, KIND, "{}")) } else { Action::Pass }
            }
            Some("DeleteMessageBatch") => delete_batch(&known, body),
            _ => Action::Pass,
        }
    }
}

/// Passes a delivery on and remembers which receipt is whose.
fn learn(known: Arc<Mutex<Known>>) -> Action {
    let answer = move |answer: Answer| {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        for message in body["Messages"].as_array().into_iter().flatten() {
            if let (Some(receipt), Some(id)) = (message["ReceiptHandle"].as_str(), message["MessageId"].as_str()) {
                known.messages.insert(receipt.to_owned(), id.to_owned());
            }
        }
        answer
    };
    Action::Rewrite { body: None, answer: Box::new(answer) }
}

/// Loses those deletions of the batch that are first ones.
fn delete_batch(known: &Mutex<Known>, mut body: Value) -> Action {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let entries = body["Entries"].as_array().cloned().unwrap_or_default();
    let (lost, kept): (Vec<Value>, Vec<Value>) = entries
        .into_iter()
        .partition(|entry| entry["ReceiptHandle"].as_str().is_some_and(|receipt| known.loses(receipt)));
    if lost.is_empty() {
        return Action::Pass;
    }
    let told: Vec<Value> = lost.iter().map(|entry| json!({"Id": entry["Id"]})).collect();
    if kept.is_empty() {
        return Action::Answer(Answer::new(200, KIND, json!({"Successful": told, "Failed": []}).to_string()));
    }
    body["Entries"] = Value::Array(kept);
    let answer = move |mut answer: Answer| {
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(successful) = body.get_mut("Successful").and_then(Value::as_array_mut) {
            successful.extend(told);
            answer.body = body.to_string().into();
        }
        answer
    };
    Action::Rewrite { body: Some(body.to_string().into()), answer: Box::new(answer) }
}
