//! Documents: what the document store and the search index hold, in the user's own shapes.

mod index;
mod search;
mod user;

pub(crate) use index::opensearch_type;
pub use index::{BODY_FIELD, IndexDocument, Indexing};
pub use search::{ResultsSummary, SearchDocument, TopMatch};
pub use user::{Preferences, Profile, UserDocument};

/// How a kind of document is keyed in a single-table store.
#[derive(Debug)]
pub struct DocumentKey {
    /// The kind of document.
    pub kind: &'static str,
    /// Pattern of the partition key.
    pub pk: &'static str,
    /// Pattern of the sort key.
    pub sk: &'static str,
    /// Days until it expires; `None` keeps it.
    pub ttl_days: Option<u32>,
    /// Who reads it how, in one sentence.
    pub access: &'static str,
}

/// Every kind of document and its keys.
pub static KEYS: &[DocumentKey] = &[
    DocumentKey { kind: "user", pk: "USER#{user_id}", sk: "PROFILE", ttl_days: None, access: "one person's profile" },
    DocumentKey {
        kind: "profile",
        pk: "PROFILES",
        sk: "{user_id}",
        ttl_days: None,
        access: "everybody who wants matches",
    },
    DocumentKey {
        kind: "login",
        pk: "LOGIN#{email}",
        sk: "USER",
        ttl_days: None,
        access: "the person behind an address",
    },
    DocumentKey {
        kind: "failures",
        pk: "LOGIN#{email}",
        sk: "FAILURES",
        ttl_days: Some(1),
        access: "the failed logins of an address",
    },
    DocumentKey {
        kind: "session",
        pk: "USER#{user_id}",
        sk: "SESSION#{family}",
        ttl_days: Some(30),
        access: "one session of a person",
    },
    DocumentKey {
        kind: "search",
        pk: "USER#{user_id}",
        sk: "SEARCH#{search_id}",
        ttl_days: Some(90),
        access: "a person's searches, newest last",
    },
    DocumentKey {
        kind: "matches",
        pk: "USER#{user_id}",
        sk: "MATCHES",
        ttl_days: None,
        access: "a person's current matches",
    },
    DocumentKey {
        kind: "market",
        pk: "MARKET",
        sk: "{domain}#{country}#{level}",
        ttl_days: None,
        access: "one answer of the market",
    },
    DocumentKey { kind: "run", pk: "RUNS", sk: "RUN#{run_id}", ttl_days: None, access: "runs in order of their start" },
    DocumentKey {
        kind: "partition",
        pk: "LEDGER#{stage}",
        sk: "{part}#{day}",
        ttl_days: None,
        access: "the last outcome of a partition",
    },
    DocumentKey { kind: "lease", pk: "LEASE", sk: "{name}", ttl_days: None, access: "who holds a lease" },
    DocumentKey {
        kind: "generation",
        pk: "GEN",
        sk: "current",
        ttl_days: None,
        access: "which search generation answers",
    },
];
