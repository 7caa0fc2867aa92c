//! A message as it lies in SQS, and the names that SQS orders and recognises it by.

use pipeline_core::hash::Hasher;
use pipeline_core::ports::{MAX_MESSAGE_BYTES, Message};
use pipeline_core::{Error, Micros, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The largest batch in bytes, and so the largest message; SQS takes more since 2025, its stand-ins do not.
pub(super) const MAX_BATCH_BYTES: usize = 262_144;

/// The body of a message in SQS.
#[derive(Deserialize, Serialize)]
struct Envelope {
    id: String,
    group: String,
    /// When it was sent, in microseconds; tells the order of sending.
    at: i64,
    body: Value,
}

/// A message and its text in SQS.
pub(super) struct Letter {
    pub(super) message: Message,
    pub(super) at: Micros,
    pub(super) text: String,
    /// Stands for the topic and id, which may say something about a person.
    pub(super) key: String,
}

impl Letter {
    pub(super) fn new(mut message: Message, at: Micros) -> Result<Self> {
        let envelope = Envelope {
            id: message.id.clone(),
            group: message.group.clone(),
            at: at.0,
            body: std::mem::take(&mut message.body),
        };
        let size = text(&envelope.body).map(|text| text.len())?;
        let whole = xml_safe(text(&envelope)?);
        if size > MAX_MESSAGE_BYTES || whole.len() > MAX_BATCH_BYTES {
            let topic = &message.topic;
            return Err(Error::too_large(format!(
                "a message of topic {topic} has {size} bytes, more than {MAX_MESSAGE_BYTES}"
            ))
            .hint("put the content into a document and name it in the message"));
        }
        message.body = envelope.body;
        let key = key(&message.topic, &message.id);
        Ok(Self { message, at, text: whole, key })
    }

    /// The letter that `text` is; `None` when it was not written by this queue.
    pub(super) fn parse(topic: &str, text: &str) -> Option<Self> {
        let Envelope { id, group, at, body } = serde_json::from_str(text).ok()?;
        let key = key(topic, &id);
        let message = Message { topic: topic.to_owned(), id, group, body };
        Some(Self { message, at: Micros(at), text: text.to_owned(), key })
    }

    /// The group of messages that SQS delivers one after the other. The name of a group may be a person's id.
    pub(super) fn group(&self) -> String {
        match self.message.group.as_str() {
            "" => self.own_group(),
            group => Hasher::new("queue-group").part(group).hex(32),
        }
    }

    /// A group of its own, in which it waits for nobody.
    pub(super) fn own_group(&self) -> String {
        Hasher::new("queue-alone").part(&self.key).hex(32)
    }

    /// What SQS recognises a repeated sending by, after so many redrives.
    pub(super) fn once(&self, redrives: u32) -> String {
        Hasher::new("queue-send").part(&self.key).part(redrives.to_le_bytes()).hex(32)
    }

    /// What SQS recognises a repeated burial by, after so many redrives.
    pub(super) fn buried_once(&self, redrives: u32) -> String {
        Hasher::new("queue-bury").part(&self.key).part(redrives.to_le_bytes()).hex(32)
    }
}

fn key(topic: &str, id: &str) -> String {
    Hasher::new("queue-id").part(topic).part(id).hex(32)
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal("a message cannot be written as JSON").because(error))
}

/// SQS takes what XML takes, which two characters are not that JSON leaves as they are. They occur within strings only.
fn xml_safe(text: String) -> String {
    if text.contains(['\u{FFFE}', '\u{FFFF}']) {
        return text.replace('\u{FFFE}', "\\ufffe").replace('\u{FFFF}', "\\uffff");
    }
    text
}
