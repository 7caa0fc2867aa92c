//! Writes looked over before they are sent: what no document store takes is refused the same way by each.

use std::collections::BTreeSet;

use schemas::Micros;

use super::documents::{Condition, Key, Write};
use crate::{Error, Result};

/// The most writes of one transaction.
pub const MAX_WRITES: usize = 100;
/// The largest body, in bytes of JSON.
pub const MAX_BODY_BYTES: usize = 400_000;
/// The most that the bodies and keys of one transaction take together, in bytes.
pub const MAX_TRANSACTION_BYTES: usize = 4_000_000;
/// The longest partition key, in bytes.
pub const MAX_PK_BYTES: usize = 2_048;
/// The longest sort key, in bytes.
pub const MAX_SK_BYTES: usize = 1_024;

/// A write that keeps the limits, with its body as JSON text.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Where.
    pub key: Key,
    /// What must be true.
    pub condition: Condition,
    /// Body and expiry of a put; `None` deletes.
    pub put: Option<(String, Option<Micros>)>,
}

impl Prepared {
    /// One write.
    ///
    /// # Errors
    /// `Invalid` for an empty or too long key and for a body that is not an object, `TooLarge` for a body over
    /// [`MAX_BODY_BYTES`].
    pub fn new(write: Write) -> Result<Self> {
        write.key().check()?;
        Ok(match write {
            Write::Delete { key, condition } => Self { key, condition, put: None },
            Write::Put { key, body, condition, expires_at } => {
                if !body.is_object() {
                    return Err(Error::invalid(format!("the body of document {} is not an object", key.kinds())));
                }
                let text = body.to_string();
                if text.len() > MAX_BODY_BYTES {
                    let (name, size) = (key.kinds(), text.len());
                    return Err(Error::too_large(format!(
                        "document {name} has {size} bytes, more than {MAX_BODY_BYTES}"
                    ))
                    .hint("keep large content in the object store and its path in the document"));
                }
                Self { key, condition, put: Some((text, expires_at)) }
            }
        })
    }

    /// The writes of one transaction.
    ///
    /// # Errors
    /// As for [`Prepared::new`], `Invalid` for more than [`MAX_WRITES`] or two to one key, and `TooLarge` for more than
    /// [`MAX_TRANSACTION_BYTES`].
    pub fn transaction(writes: Vec<Write>) -> Result<Vec<Self>> {
        if writes.len() > MAX_WRITES {
            return Err(Error::invalid(format!("a transaction holds {} writes, more than {MAX_WRITES}", writes.len())));
        }
        let mut keys = BTreeSet::new();
        if let Some(twice) = writes.iter().map(Write::key).find(|key| !keys.insert(*key)) {
            return Err(Error::invalid(format!("a transaction writes document {} twice", twice.kinds())));
        }
        let prepared = writes.into_iter().map(Self::new).collect::<Result<Vec<_>>>()?;
        let size: usize = prepared.iter().map(Self::size).sum();
        if size > MAX_TRANSACTION_BYTES {
            return Err(Error::too_large(format!("a transaction has {size} bytes, more than {MAX_TRANSACTION_BYTES}"))
                .hint("write the documents in several transactions"));
        }
        Ok(prepared)
    }

    fn size(&self) -> usize {
        self.key.pk.len() + self.key.sk.len() + self.put.as_ref().map_or(0, |(body, _)| body.len())
    }
}

impl Key {
    /// The key for messages: only its kinds, because the rest may be an address or an id of a person.
    pub fn kinds(&self) -> String {
        let kind = |part: &str| part.split('#').next().unwrap_or_default().chars().take(40).collect::<String>();
        format!("{}/{}", kind(&self.pk), kind(&self.sk))
    }

    /// Whether a document can have this key.
    ///
    /// # Errors
    /// `Invalid` when a part is empty or longer than [`MAX_PK_BYTES`] or [`MAX_SK_BYTES`].
    pub fn check(&self) -> Result<()> {
        for (part, limit) in [(&self.pk, MAX_PK_BYTES), (&self.sk, MAX_SK_BYTES)] {
            if part.is_empty() {
                return Err(Error::invalid(format!("document {} has an empty key", self.kinds())));
            }
            if part.len() > limit {
                let (name, size) = (self.kinds(), part.len());
                return Err(Error::invalid(format!("document {name} has a key of {size} bytes, more than {limit}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_about_a_document_do_not_tell_whose_it_is() {
        assert_eq!(Key::new("LOGIN#ada@example.com", "USER").kinds(), "LOGIN/USER");
    }
}
