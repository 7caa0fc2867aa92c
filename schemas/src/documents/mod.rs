//! Documents: what the document store and the search index hold, in the user's own shapes.

mod index;
mod kept;
mod search;
mod user;

pub use index::{BODY_FIELD, Exact, IndexDocument, Indexing, SEARCHED};
pub(crate) use index::{opensearch_hidden, opensearch_own, opensearch_type};
pub use kept::{KeptRole, KeptState};
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
    DocumentKey {
        kind: "answers",
        pk: "CRAWL#{source}",
        sk: "ANSWERS#{board}",
        ttl_days: None,
        access: "the last answers of a board, by the crawl that asks it again",
    },
    DocumentKey {
        kind: "sent",
        pk: "CRAWL#{source}",
        sk: "SENT",
        ttl_days: None,
        access: "when a source with quotas was asked, by every crawl",
    },
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
        kind: "kept",
        pk: "USER#{user_id}",
        sk: "ROLE#{job_id}",
        ttl_days: None,
        access: "what a person did with a role; follows into the search index",
    },
    DocumentKey {
        kind: "person",
        pk: "PEOPLE",
        sk: "{user_id}",
        ttl_days: None,
        access: "everybody who has something of their own, for reading everything anew",
    },
    DocumentKey {
        kind: "checkpoint",
        pk: "FEED",
        sk: "{follower}",
        ttl_days: None,
        access: "how far a follower of the feed of changes is",
    },
    DocumentKey {
        kind: "evidence",
        pk: "USER#{user_id}",
        sk: "EVIDENCE#{question}",
        ttl_days: Some(30),
        access: "what a model found for a person's best matches",
    },
    DocumentKey {
        kind: "budget",
        pk: "BUDGET#{run_id}",
        sk: "MODEL",
        ttl_days: Some(90),
        access: "what a run may spend on a model, has spent and holds back",
    },
    DocumentKey {
        kind: "batch",
        pk: "MODEL",
        sk: "BATCH#{token}",
        ttl_days: None,
        access: "batches of questions to a model that have not been settled",
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
    DocumentKey {
        kind: "previous",
        pk: "GEN",
        sk: "previous",
        ttl_days: None,
        access: "the generations that are kept, to go back to",
    },
    DocumentKey {
        kind: "pointer",
        pk: "GEN",
        sk: "search-{prefix}",
        ttl_days: None,
        access: "which index of an OpenSearch cluster answers",
    },
    DocumentKey {
        kind: "message",
        pk: "QUEUE#{topic}",
        sk: "{message}",
        ttl_days: Some(91),
        access: "what SQS does not remember about a message, by the hash of its id",
    },
    DocumentKey {
        kind: "message text",
        pk: "QUEUETEXT#{topic}",
        sk: "{message}",
        ttl_days: Some(1),
        access: "the text of a message in its last delivery",
    },
];
