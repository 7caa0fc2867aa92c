//! What SQS does not remember about a message, kept in the document store by a hash of its id.

use std::sync::Arc;

use pipeline_core::ports::{Clock, Condition, Document, Documents, Key, MAX_ATTEMPTS, Version, Write};
use pipeline_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How long an id is remembered after the last that happened to it, in seconds; the port promises 90 days.
const REMEMBERED: i64 = 91 * 86_400;
/// How often a change is tried again when somebody else changed the same entry.
const TRIES: usize = 20;

/// Where a message is in its life.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// About to be sent, or sent.
    Sending,
    /// In the queue.
    Sent,
    /// About to be put among the dead letters, or put there.
    Burying,
    /// Among the dead letters.
    Dead,
    /// About to be sent again, or sent.
    Redriving,
    /// Handled.
    Done,
}

/// What is known of a message.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Entry {
    pub(super) state: State,
    /// Deliveries since it was sent or redriven.
    #[serde(default)]
    pub(super) attempts: u32,
    /// Deliveries ever; the last one's receipt has this number.
    #[serde(default)]
    pub(super) deliveries: u64,
    #[serde(default)]
    pub(super) redrives: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

impl Entry {
    pub(super) fn new(state: State, reason: Option<String>) -> Self {
        Self { state, attempts: 0, deliveries: 0, redrives: 0, reason }
    }

    pub(super) fn is_last(&self) -> bool {
        self.attempts >= MAX_ATTEMPTS
    }
}

/// An entry as it was read.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) entry: Entry,
    pub(super) version: Version,
}

/// The entries of all topics.
pub(super) struct Ledger {
    documents: Arc<dyn Documents>,
    clock: Arc<dyn Clock>,
}

impl Ledger {
    pub(super) fn new(documents: Arc<dyn Documents>, clock: Arc<dyn Clock>) -> Self {
        Self { documents, clock }
    }

    pub(super) async fn get(&self, topic: &str, key: &str) -> Result<Option<Known>> {
        self.documents.get(&place(topic, key)).await?.map(known).transpose()
    }

    /// Writes an entry over the one that was read, `None` for one that was not there.
    pub(super) async fn put(&self, topic: &str, key: &str, entry: &Entry, read: Option<Version>) -> Result<Version> {
        let body = serde_json::to_value(entry)
            .map_err(|error| Error::internal("an entry of the queue cannot be written").because(error))?;
        let condition = read.map_or(Condition::Absent, Condition::Version);
        let expires_at = Some(self.clock.now().plus_seconds(REMEMBERED));
        self.documents.write(Write::Put { key: place(topic, key), body, condition, expires_at }).await
    }

    /// Changes an entry by `step`, again with what is there when somebody else was faster. `step` is given `None` for an
    /// id that nothing is known of, and returns the entry to write, `None` for none, and its answer.
    pub(super) async fn change<T>(
        &self,
        topic: &str,
        key: &str,
        step: impl Fn(Option<&Entry>) -> Result<(Option<Entry>, T)> + Send + Sync,
    ) -> Result<(Option<Version>, T)> {
        for _ in 0..TRIES {
            let known = self.get(topic, key).await?;
            let read = known.as_ref().map(|known| known.version);
            let (entry, answer) = step(known.as_ref().map(|known| &known.entry))?;
            let Some(entry) = entry else { return Ok((read, answer)) };
            match self.put(topic, key, &entry, read).await {
                Ok(version) => return Ok((Some(version), answer)),
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(ErrorKind::Unavailable, format!("too many changes at once to a message of topic {topic}")))
    }

    /// Records that what was about to happen has happened, unless something else has happened since.
    pub(super) async fn settle(&self, topic: &str, key: &str, entry: Entry, read: Version) -> Result<()> {
        match self.put(topic, key, &entry, Some(read)).await {
            Err(error) if error.kind() != ErrorKind::Conflict => Err(error),
            _ => Ok(()),
        }
    }

    /// Keeps the text of a message in its last delivery, for who gives it back has only the receipt.
    pub(super) async fn keep_text(&self, topic: &str, key: &str, text: &str, seconds: i64) -> Result<()> {
        let expires_at = Some(self.clock.now().plus_seconds(seconds));
        let (key, body) = (text_place(topic, key), json!({"text": text}));
        self.documents.write(Write::Put { key, body, condition: Condition::None, expires_at }).await.map(drop)
    }

    pub(super) async fn text(&self, topic: &str, key: &str) -> Result<Option<String>> {
        let document = self.documents.get(&text_place(topic, key)).await?;
        Ok(document.and_then(|document| document.body.get("text").and_then(Value::as_str).map(str::to_owned)))
    }

    pub(super) async fn drop_text(&self, topic: &str, key: &str) -> Result<()> {
        let delete = Write::Delete { key: text_place(topic, key), condition: Condition::None };
        self.documents.write(delete).await.map(drop)
    }
}

fn place(topic: &str, key: &str) -> Key {
    Key::new(format!("QUEUE#{topic}"), key)
}

fn text_place(topic: &str, key: &str) -> Key {
    Key::new(format!("QUEUETEXT#{topic}"), key)
}

fn known(document: Document) -> Result<Known> {
    let entry = serde_json::from_value(document.body)
        .map_err(|error| Error::internal("an entry of the queue cannot be read").because(error))?;
    Ok(Known { entry, version: document.version })
}
