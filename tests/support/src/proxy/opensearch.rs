//! A full queue in OpenSearch: some items of a `_bulk` request are refused, the others are done.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Action, Answer, Seen};

/// Every third item of all `_bulk` requests is refused with 429 and never reaches the server; the others do. Bodies must not
/// be compressed.
pub fn opensearch_refuse_every_third_item() -> impl FnMut(&Seen) -> Action + Send + 'static {
    let mut count: u64 = 0;
    move |seen| {
        if !seen.path.ends_with("/_bulk") || seen.method == "GET" {
            return Action::Pass;
        }
        let Some(items) = items(&seen.body) else {
            return Action::Answer(Answer::new(500, "text/plain", "the proxy cannot read this _bulk request"));
        };
        let mut kept = Vec::new();
        let mut refused = Vec::new();
        for (position, item) in items.into_iter().enumerate() {
            count += 1;
            if count.is_multiple_of(3) {
                refused.push((position, refusal(&item.action)));
            } else {
                kept.extend_from_slice(&item.lines);
            }
        }
        if refused.is_empty() {
            return Action::Pass;
        }
        if kept.is_empty() {
            let empty =
                Answer::new(200, "application/json", json!({"took": 0, "errors": false, "items": []}).to_string());
            return Action::Answer(with_refusals(empty, refused));
        }
        Action::Rewrite {
            body: Some(Bytes::from(kept)),
            answer: Box::new(move |answer| with_refusals(answer, refused)),
        }
    }
}

struct Item {
    action: Value,
    lines: Vec<u8>,
}

fn items(body: &[u8]) -> Option<Vec<Item>> {
    let mut lines = body.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let mut items = Vec::new();
    while let Some(line) = lines.next() {
        let action: Value = serde_json::from_slice(line).ok()?;
        let mut whole = [line, b"\n"].concat();
        if action.get("delete").is_none() {
            whole.extend_from_slice(lines.next()?);
            whole.push(b'\n');
        }
        items.push(Item { action, lines: whole });
    }
    Some(items)
}

/// What the server says of the item that `action` begins.
fn refusal(action: &Value) -> Value {
    let mut outcome = action.clone();
    for told in outcome.as_object_mut().into_iter().flat_map(|object| object.values_mut()) {
        if let Some(told) = told.as_object_mut() {
            told.retain(|name, _| name == "_index" || name == "_id");
            told.insert("status".to_owned(), json!(429));
            let reason = "rejected execution of coordinating operation [coordinating_and_primary_bytes=0]";
            told.insert("error".to_owned(), json!({"type": "es_rejected_execution_exception", "reason": reason}));
        }
    }
    outcome
}

/// The server's answer with the refused items at their places.
fn with_refusals(mut answer: Answer, refused: Vec<(usize, Value)>) -> Answer {
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
    let Some(items) = body.get_mut("items").and_then(Value::as_array_mut) else { return answer };
    for (position, refusal) in refused {
        items.insert(position.min(items.len()), refusal);
    }
    body["errors"] = json!(true);
    answer.body = body.to_string().into();
    answer
}
