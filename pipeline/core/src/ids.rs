//! Ids as types of their own, so that one kind cannot be used for another.

use std::fmt;

use crate::hash::Hasher;

macro_rules! id {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
            #[serde(transparent)]
            pub struct $name(pub String);

            impl $name {
                /// The id as text.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }
        )+
    };
}

id! {
    /// An exchange with a source.
    FetchId;
    /// A posting, the same for all of its versions.
    PostingId;
    /// The vacancy behind postings.
    RoleId;
    /// One execution of a job; run ids sort by start.
    RunId;
    /// A person.
    UserId;
}

impl PostingId {
    /// The id of what `source` calls `external_id`: `SOURCE_job_ID`.
    ///
    /// An id that is not plain, or that is only unique within `board` (`board` is then given), is replaced by a hash.
    pub fn new(source: &str, board: Option<&str>, external_id: &str) -> Self {
        let plain = external_id.len() <= 80
            && !external_id.is_empty()
            && external_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        match board {
            None if plain => Self(format!("{source}_job_{external_id}")),
            _ => {
                let hash =
                    Hasher::new("posting").part(source).part(board.unwrap_or_default()).part(external_id).hex(20);
                Self(format!("{source}_job_{hash}"))
            }
        }
    }
}
