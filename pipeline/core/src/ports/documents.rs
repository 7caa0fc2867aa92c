//! The document port: small JSON documents under two-part keys, with conditional writes.

use async_trait::async_trait;
use schemas::Micros;
use serde_json::Value;

/// Where a document is: a partition key and, within it, a sort key. Both are compared as bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition key, not empty.
    pub pk: String,
    /// Sort key, not empty.
    pub sk: String,
}

impl Key {
    /// A key from its parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

/// Counts the writes of a document, from 1.
pub type Version = u64;

/// A document as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Where it is.
    pub key: Key,
    /// Its content: a JSON object.
    pub body: Value,
    /// How often it was written.
    pub version: Version,
    /// From when on it counts as gone.
    pub expires_at: Option<Micros>,
}

/// What must be true for a write to happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    #[default]
    None,
    /// No document is there, or it has expired.
    Absent,
    /// The document there has this version.
    Version(Version),
}

/// One write.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// Replaces the document at `key`, or creates it.
    Put {
        /// Where.
        key: Key,
        /// A JSON object of at most 400 KB.
        body: Value,
        /// What must be true.
        condition: Condition,
        /// From when on it counts as gone.
        expires_at: Option<Micros>,
    },
    /// Removes the document at `key`; removing what is not there succeeds.
    Delete {
        /// Where.
        key: Key,
        /// What must be true.
        condition: Condition,
    },
}

impl Write {
    /// An unconditional put that does not expire.
    pub fn put(key: Key, body: Value) -> Self {
        Self::Put { key, body, condition: Condition::None, expires_at: None }
    }

    /// Where it writes.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. } | Self::Delete { key, .. } => key,
        }
    }
}

/// Which documents of one partition to list, in order of their sort keys.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Partition key.
    pub pk: String,
    /// Only sort keys that start with this.
    pub prefix: String,
    /// Only sort keys after (or, descending, before) this one: the `next` of the page before.
    pub after: Option<String>,
    /// Last first.
    pub descending: bool,
    /// Most documents to return; 0 means the backend's page size.
    pub limit: usize,
}

/// A page of documents.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The documents.
    pub documents: Vec<Document>,
    /// Where the next page starts; `None` when there is none.
    pub next: Option<String>,
}

/// Stores documents.
#[async_trait]
pub trait Documents: Send + Sync {
    /// The document at `key`; `None` when there is none or it has expired.
    async fn get(&self, key: &Key) -> crate::Result<Option<Document>>;

    /// One write. Returns the version that the document has afterwards, 0 after a delete.
    ///
    /// # Errors
    /// `Conflict` when the condition does not hold, `TooLarge` over 400 KB, `Invalid` for an empty key or a body that
    /// is not an object.
    async fn write(&self, write: Write) -> crate::Result<Version>;

    /// Up to 100 writes to different keys, all or none.
    ///
    /// # Errors
    /// As for [`Documents::write`], and `Invalid` for more writes or two to one key; then nothing is written.
    async fn transact(&self, writes: Vec<Write>) -> crate::Result<()>;

    /// A page of one partition's documents.
    async fn query(&self, query: &Query) -> crate::Result<Page>;
}

impl dyn Documents + '_ {
    /// Every document of a partition whose sort key starts with `prefix`, page after page.
    ///
    /// # Errors
    /// Those of [`Documents::query`].
    pub async fn list(&self, pk: &str, prefix: &str) -> crate::Result<Vec<Document>> {
        let mut query = Query { pk: pk.to_owned(), prefix: prefix.to_owned(), ..Query::default() };
        let mut all = Vec::new();
        loop {
            let page = self.query(&query).await?;
            all.extend(page.documents);
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(all),
            }
        }
    }
}
