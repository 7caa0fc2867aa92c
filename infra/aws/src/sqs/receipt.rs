//! Proof of one delivery, as text.

use pipeline_core::{Error, Result};

/// Which message, its how manieth delivery, and SQS's own handle.
pub(super) struct Receipt {
    pub(super) number: u64,
    pub(super) key: String,
    pub(super) topic: String,
    pub(super) handle: String,
}

impl Receipt {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let unknown = || Error::invalid("the receipt is not one of this queue");
        let mut parts = text.splitn(4, '.');
        let mut next = || parts.next().filter(|part| !part.is_empty()).ok_or_else(unknown);
        let (number, key, topic, handle) = (next()?, next()?, next()?, next()?);
        let number = number.parse().map_err(|_| unknown())?;
        Ok(Self { number, key: key.to_owned(), topic: topic.to_owned(), handle: handle.to_owned() })
    }

    pub(super) fn text(&self) -> String {
        // Neither a key nor the name of a topic has dots.
        format!("{}.{}.{}.{}", self.number, self.key, self.topic, self.handle)
    }
}
