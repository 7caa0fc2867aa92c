//! An item of the table and the document it is.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use pipeline_core::ports::{Document, Key, Version};
use pipeline_core::{Error, Micros, Result};

/// Partition key.
pub(super) const PK: &str = "pk";
/// Sort key.
pub(super) const SK: &str = "sk";
/// The document as JSON text. DynamoDB's own maps would forget the order of the fields and, beyond 38 digits, the numbers,
/// and they refuse what is no number there; text comes back as it was.
pub(super) const BODY: &str = "body";
/// Counts the writes.
pub(super) const VERSION: &str = "version";
/// When DynamoDB may remove the item: seconds, never before its time.
pub(super) const EXPIRES_AT: &str = "expires_at";
/// When the document counts as gone: microseconds.
pub(super) const EXPIRES_AT_US: &str = "expires_at_us";
/// Who wrote last: by this a writer whose answer was lost knows its own work when it tries again.
pub(super) const WRITE_ID: &str = "write_id";

/// Attributes by name. A body and the longest keys leave room: an item may have 409,600 bytes.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The key attributes of `key`.
pub(super) fn key_item(key: &Key) -> Item {
    HashMap::from([(PK.to_owned(), text(&key.pk)), (SK.to_owned(), text(&key.sk))])
}

/// A text.
pub(super) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// A number.
pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The time in seconds after which DynamoDB may remove what expires at `time`.
pub(super) fn ttl_seconds(time: Micros) -> i64 {
    time.0.div_euclid(1_000_000) + i64::from(time.0.rem_euclid(1_000_000) > 0)
}

/// The key of an item.
pub(super) fn key(item: &Item) -> Option<Key> {
    Some(Key::new(item.get(PK)?.as_s().ok()?, item.get(SK)?.as_s().ok()?))
}

/// The version of an item.
pub(super) fn version(item: &Item) -> Option<Version> {
    item.get(VERSION)?.as_n().ok()?.parse().ok()
}

/// The id of the write that made an item what it is.
pub(super) fn write_id(item: &Item) -> Option<&str> {
    Some(item.get(WRITE_ID)?.as_s().ok()?)
}

/// The document of an item; `None` when it has expired at `now`.
pub(super) fn document(item: &Item, now: Micros) -> Result<Option<Document>> {
    let key = key(item).ok_or_else(|| Error::internal("an item of the document table has no key"))?;
    let foreign = || {
        Error::internal(format!("item {} was not written by this program", key.kinds()))
            .hint("give it a table of its own")
    };
    let expires_at = match item.get(EXPIRES_AT_US) {
        None => None,
        Some(value) => {
            let micros = value.as_n().ok().and_then(|number| number.parse().ok());
            Some(Micros(micros.ok_or_else(foreign)?))
        }
    };
    if expires_at.is_some_and(|time| time <= now) {
        return Ok(None);
    }
    let version = version(item).ok_or_else(foreign)?;
    let body = item.get(BODY).and_then(|body| body.as_s().ok()).ok_or_else(foreign)?;
    let body = serde_json::from_str(body).map_err(|error| foreign().because(error))?;
    Ok(Some(Document { key, body, version, expires_at }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dynamodb_never_removes_before_the_time() {
        assert_eq!(ttl_seconds(Micros(2_000_000)), 2);
        assert_eq!(ttl_seconds(Micros(2_000_001)), 3);
        assert_eq!(ttl_seconds(Micros(-1)), 0);
    }
}
