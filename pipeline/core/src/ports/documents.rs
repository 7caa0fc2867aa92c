//! The document port: small JSON documents under two-part keys, with conditional writes.

use async_trait::async_trait;
use schemas::Micros;
use serde_json::Value;

/// Where a document is: a partition key and, within it, a sort key. Both are compared as bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition key, not empty, at most 2,048 bytes.
    pub pk: String,
    /// Sort key, not empty, at most 1,024 bytes.
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

/// A document that was written or removed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Where it is or was.
    pub key: Key,
    /// Whether it is gone, by a delete or because it expired.
    pub removed: bool,
}

/// A piece of the feed of changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// What changed. A document that changed several times may be named once or several times.
    pub changes: Vec<Change>,
    /// Where the next piece starts.
    pub next: String,
    /// Whether there is more at once.
    pub more: bool,
    /// Changes between `after` and the first of these may have been forgotten, so that everything must be read anew.
    pub gap: bool,
}

/// Stores documents.
#[async_trait]
pub trait Documents: Send + Sync {
    /// The document at `key`; `None` when there is none or it has expired.
    async fn get(&self, key: &Key) -> crate::Result<Option<Document>>;

    /// The documents at `keys`, by position, as [`Documents::get`] finds each; they are not read at one instant.
    async fn get_many(&self, keys: &[Key]) -> crate::Result<Vec<Option<Document>>> {
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            found.push(self.get(key).await?);
        }
        Ok(found)
    }

    /// One write. Returns the version that the document has afterwards, 0 after a delete.
    ///
    /// # Errors
    /// `Conflict` when the condition does not hold, `TooLarge` over 400 KB, `Invalid` for an empty or too long key
    /// or a body that is not an object.
    async fn write(&self, write: Write) -> crate::Result<Version>;

    /// Up to 100 writes to different keys, all or none.
    ///
    /// # Errors
    /// As for [`Documents::write`], `Invalid` for more writes or two to one key, and `TooLarge` for more than 4 MB
    /// together; then nothing is written.
    async fn transact(&self, writes: Vec<Write>) -> crate::Result<()>;

    /// A page of one partition's documents.
    async fn query(&self, query: &Query) -> crate::Result<Page>;

    /// What changed after the position `after`, in order for each document; `None` starts at the beginning of what the
    /// backend remembers, which is a day at least. The feed tells that something changed, not to what: who follows it reads the
    /// document, so that a piece that is read twice, or late, does no harm.
    ///
    /// # Errors
    /// `Invalid` for a position that is none of this backend's.
    async fn changes(&self, after: Option<&str>, limit: usize) -> crate::Result<Changes>;
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
