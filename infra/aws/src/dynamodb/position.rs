//! A position in the stream of a table, as compact JSON: how far each shard was read.

use std::collections::BTreeMap;

use pipeline_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// How long a stream surely remembers, in hours that are counted as begun.
pub(super) const REMEMBERED_HOURS: i64 = 23;

/// How far a stream was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Position {
    /// Label of the stream; one that is switched off and on gets another.
    pub stream: String,
    /// Hours from the epoch to when this was written down. Nothing finer, so that it stays the same while nothing changes.
    pub hour: i64,
    /// By id of the shard.
    pub shards: BTreeMap<String, At>,
}

/// How far a shard was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) enum At {
    /// Not at all.
    Unread,
    /// To the record with this sequence number.
    After(String),
    /// To its end.
    End,
}

impl Position {
    pub(super) fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map_err(|error| Error::invalid("a position in the feed of changes is none of this store's").because(error))
    }

    /// Whether a shard that was not read may have lost its first records since, at the hour `now`: a stream remembers a day.
    pub(super) fn outdated(&self, now: i64) -> bool {
        now - self.hour >= REMEMBERED_HOURS && self.shards.values().any(|at| *at == At::Unread)
    }

    pub(super) fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::internal("a position cannot be written down").because(error))
    }
}

impl From<At> for String {
    fn from(at: At) -> Self {
        match at {
            At::Unread => Self::new(),
            At::After(number) => number,
            At::End => "end".to_owned(),
        }
    }
}

impl TryFrom<String> for At {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "" => Ok(Self::Unread),
            "end" => Ok(Self::End),
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Self::After(text)),
            _ => Err("a shard has no such place"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_comes_back_and_a_foreign_one_does_not() {
        let shards =
            [("b".to_owned(), At::Unread), ("c".to_owned(), At::After("34".to_owned())), ("d".to_owned(), At::End)];
        let position = Position { stream: "2026-11-23T00:00:00.000".to_owned(), hour: 7, shards: shards.into() };
        assert_eq!(Position::parse(&position.text().unwrap()).unwrap(), position);
        for foreign in ["17", "", "{}", "nonsense", r#"{"stream":"x","hour":1,"shards":{"a":"b"}}"#] {
            assert!(Position::parse(foreign).is_err(), "{foreign}");
        }
    }

    #[test]
    fn only_a_shard_that_went_unread_for_a_day_makes_a_position_outdated() {
        let mut position = Position { hour: 100, shards: [("a".to_owned(), At::Unread)].into(), ..Position::default() };
        assert!(!position.outdated(122));
        assert!(position.outdated(123));
        position.shards.insert("a".to_owned(), At::After("1".to_owned()));
        assert!(!position.outdated(500), "the service tells itself when this place is forgotten");
    }
}
