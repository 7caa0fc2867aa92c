//! Many changes in few requests, each tried again by itself.

use std::time::Duration;

use ::opensearch::http::Method;
use pipeline_core::{Error, Result};
use serde_json::{Value, json};

use super::OpenSearchIndex;
use super::cluster::{Request, wait};
use crate::failure::kind;

/// The most bytes of one request; a single larger item is sent alone.
const MAX_BYTES: usize = 8 << 20;

/// The most items of one request.
const MAX_ITEMS: usize = 2_000;

/// How often items may be refused in a row without one being done.
const TRIES: u32 = 8;

/// One change of an index, as lines of JSON.
pub(super) struct Item {
    lines: Vec<u8>,
}

impl Item {
    /// Replaces or creates the document `id`.
    pub(super) fn put(id: &str, document: &Value) -> Self {
        Self { lines: format!("{}\n{document}\n", json!({"index": {"_id": id}})).into_bytes() }
    }

    /// Removes the document `id`.
    pub(super) fn remove(id: &str) -> Self {
        Self { lines: format!("{}\n", json!({"delete": {"_id": id}})).into_bytes() }
    }
}

/// An item that can never succeed.
pub(super) struct Refusal {
    /// Which, by position.
    pub(super) position: usize,
    pub(super) status: u16,
    /// OpenSearch's name of the error.
    pub(super) name: String,
    /// OpenSearch's words, which may repeat what was sent.
    pub(super) reason: String,
}

/// What became of an item.
enum Outcome {
    Done,
    Again(u16),
    Refused(Refusal),
}

impl OpenSearchIndex {
    /// Does `items`, no two of which have one id, in `index`; returns those that can never succeed. `visible` makes them
    /// found at once.
    pub(super) async fn bulk(&self, index: &str, items: &[Item], visible: bool) -> Result<Vec<Refusal>> {
        let mut refused = Vec::new();
        let mut waiting: Vec<usize> = (0..items.len()).collect();
        let mut idle = 0;
        while !waiting.is_empty() {
            let mut again = Vec::new();
            let mut status = 0;
            for part in parts(items, &waiting) {
                for (position, outcome) in part.iter().zip(self.bulk_part(index, items, part, visible).await?) {
                    match outcome {
                        Outcome::Done => {}
                        Outcome::Refused(refusal) => refused.push(refusal),
                        Outcome::Again(code) => {
                            status = code;
                            again.push(*position);
                        }
                    }
                }
            }
            idle = if again.len() < waiting.len() { 1 } else { idle + 1 };
            if idle >= TRIES {
                let count = again.len();
                return Err(Error::new(kind(None, status), format!("opensearch refuses {count} items of {index}"))
                    .because(format!("each was answered {status} or alike, {TRIES} times")));
            }
            if !again.is_empty() {
                tokio::time::sleep(wait(idle)).await;
            }
            waiting = again;
        }
        Ok(refused)
    }

    async fn bulk_part(&self, index: &str, items: &[Item], part: &[usize], visible: bool) -> Result<Vec<Outcome>> {
        let body = part.iter().flat_map(|position| items[*position].lines.iter().copied()).collect();
        let mut request = Request::new("Bulk", Method::Post, format!("/{index}/_bulk"))
            .lines(body)
            .with("filter_path", "errors,items.*.status,items.*.error.type,items.*.error.reason")
            .within(Duration::from_secs(60));
        if visible && !self.serverless {
            request = request.with("refresh", "true");
        }
        let what = || format!("cannot write to index {index}");
        let answer = self.cluster.send(&request).await?.done(what)?;
        let answers = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        if answers.len() != part.len() {
            return Err(Error::unavailable(what()).because("opensearch answered for other items than were sent"));
        }
        Ok(part.iter().zip(answers).map(|(position, answer)| outcome(*position, answer)).collect())
    }
}

fn outcome(position: usize, answer: &Value) -> Outcome {
    let action = answer.as_object().and_then(|actions| actions.iter().next());
    let Some((action, told)) = action else {
        return Outcome::Again(503);
    };
    let status = told["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(503);
    let text = |name: &str| told["error"][name].as_str().unwrap_or_default().to_owned();
    match status {
        200..=299 => Outcome::Done,
        // What is to be removed is not there.
        404 if action == "delete" && told["error"].is_null() => Outcome::Done,
        status if kind(None, status).retryable() => Outcome::Again(status),
        status => Outcome::Refused(Refusal { position, status, name: text("type"), reason: text("reason") }),
    }
}

/// Cuts what is `waiting` into requests.
fn parts<'a>(items: &[Item], waiting: &'a [usize]) -> Vec<&'a [usize]> {
    let mut parts = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (end, position) in waiting.iter().enumerate() {
        let size = items[*position].lines.len();
        if end > start && (bytes + size > MAX_BYTES || end - start == MAX_ITEMS) {
            parts.push(&waiting[start..end]);
            (start, bytes) = (end, 0);
        }
        bytes += size;
    }
    parts.push(&waiting[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_bounded_by_bytes_and_by_count() {
        let item = |size: usize| Item { lines: vec![b'x'; size] };
        let items = [item(5 << 20), item(2 << 20), item(2 << 20), item(20 << 20), item(1)];
        assert_eq!(parts(&items, &[0, 1, 2, 3, 4]), [&[0, 1][..], &[2], &[3], &[4]]);
        let many: Vec<Item> = (0..4_500).map(|_| item(1)).collect();
        let waiting: Vec<usize> = (0..4_500).collect();
        assert_eq!(parts(&many, &waiting).iter().map(|part| part.len()).collect::<Vec<_>>(), [2_000, 2_000, 500]);
    }
}
