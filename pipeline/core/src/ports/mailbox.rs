//! The mailbox port: mails that people receive from job boards, read and never changed.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use schemas::Day;

/// Most letters of one listing.
pub const MOST_LETTERS: usize = 100_000;

/// What a mailbox holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// What [`Mailbox::take`] takes, oldest first where the mailbox knows it, at most [`MOST_LETTERS`].
    pub ids: Vec<String>,
    /// Letters beyond that, which are left out.
    pub left_out: u64,
}

impl Listed {
    /// The first [`MOST_LETTERS`] of `ids`.
    pub fn of(mut ids: Vec<String>) -> Self {
        let left_out = ids.len().saturating_sub(MOST_LETTERS) as u64;
        ids.truncate(MOST_LETTERS);
        Self { ids, left_out }
    }
}

/// One letter: a mail, or a file of many.
#[derive(Clone, PartialEq, Eq)]
pub enum Letter {
    /// Its bytes, as received.
    Whole(Bytes),
    /// It is larger than may be taken.
    TooLarge,
    /// It is not there any more.
    Gone,
}

/// Tells the size alone: a letter is its receiver's.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Self::TooLarge => f.write_str("TooLarge"),
            Self::Gone => f.write_str("Gone"),
        }
    }
}

/// Where mails lie. Reading leaves them as they are, unread ones unread.
#[async_trait]
pub trait Mailbox: Send + Sync {
    /// The letters that arrived on `since` or later and whose sender's address holds one of `senders`, as far as the
    /// mailbox can tell without reading them: who takes them looks again.
    ///
    /// # Errors
    /// `NotFound` when the mailbox is not there, `Denied` when it may not be read, `Unavailable` or `Timeout` when it does
    /// not answer. No error names whose mailbox it is.
    async fn list(&self, since: Option<Day>, senders: &[&str]) -> crate::Result<Listed>;

    /// The letter called `id`, if it has at most `max_bytes`.
    ///
    /// # Errors
    /// As [`Mailbox::list`].
    async fn take(&self, id: &str, max_bytes: u64) -> crate::Result<Letter>;
}
