//! Documents in a SQLite file.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use pipeline_core::ports::{Clock, Condition, Document, Documents, Key, Page, Query, Version, Write};
use pipeline_core::{Error, Micros, Result};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use crate::sqlite::{Sqlite, Tried};

/// The largest body, in bytes of JSON.
const MAX_BODY_BYTES: usize = 400_000;

/// The most writes of one transaction.
const MAX_WRITES: usize = 100;

/// Documents of a page.
const PAGE_SIZE: usize = 100;

/// Expired documents are removed from the file once in this many writes.
const SWEEP_EVERY: u64 = 1_000;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS documents (
        pk TEXT NOT NULL,
        sk TEXT NOT NULL,
        body TEXT NOT NULL,
        version INTEGER NOT NULL,
        expires_at INTEGER,
        PRIMARY KEY (pk, sk)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS documents_expiring ON documents (expires_at) WHERE expires_at IS NOT NULL;
";

const READ: &str = "cannot read documents";
const WRITE: &str = "cannot write documents";

/// Keeps documents in one file, which several processes may use at once.
pub struct SqliteDocuments {
    sqlite: Sqlite,
    clock: Arc<dyn Clock>,
    writes: AtomicU64,
}

impl SqliteDocuments {
    /// Opens the file at `path`, creating it when it is not there. What expires does so by `clock`.
    ///
    /// # Errors
    /// `Config` when the folder cannot be made, `Unavailable` or `Internal` when the file cannot be used.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        Ok(Self { sqlite: Sqlite::open(path, SCHEMA)?, clock, writes: AtomicU64::new(0) })
    }

    async fn apply(&self, writes: Vec<Checked>) -> Result<Version> {
        let now = self.clock.now();
        let sweep = self.writes.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP_EVERY);
        self.sqlite
            .write(WRITE, move |transaction| {
                if sweep {
                    transaction.execute("DELETE FROM documents WHERE expires_at <= ?1", [now.0]).tried(WRITE)?;
                }
                let mut version = 0;
                for write in &writes {
                    version = apply(transaction, write, now)?;
                }
                Ok(version)
            })
            .await
    }
}

#[async_trait]
impl Documents for SqliteDocuments {
    async fn get(&self, key: &Key) -> Result<Option<Document>> {
        let (key, now) = (key.clone(), self.clock.now());
        self.sqlite.read(READ, move |connection| stored(connection, &key, now)?.map(Stored::document).transpose()).await
    }

    async fn write(&self, write: Write) -> Result<Version> {
        self.apply(vec![Checked::new(write)?]).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<()> {
        if writes.len() > MAX_WRITES {
            return Err(Error::invalid(format!("a transaction holds {} writes, more than {MAX_WRITES}", writes.len())));
        }
        let mut keys = BTreeSet::new();
        if let Some(twice) = writes.iter().map(Write::key).find(|key| !keys.insert(*key)) {
            return Err(Error::invalid(format!("a transaction writes document {} twice", name(twice))));
        }
        let writes = writes.into_iter().map(Checked::new).collect::<Result<Vec<_>>>()?;
        self.apply(writes).await.map(|_| ())
    }

    async fn query(&self, query: &Query) -> Result<Page> {
        let (query, now) = (query.clone(), self.clock.now());
        self.sqlite.read(READ, move |connection| page(connection, &query, now)).await
    }
}

/// A write that can be carried out: the body is JSON text of a size that fits.
struct Checked {
    key: Key,
    condition: Condition,
    /// Body and expiry of a put; `None` deletes.
    put: Option<(String, Option<Micros>)>,
}

impl Checked {
    fn new(write: Write) -> Result<Self> {
        if write.key().pk.is_empty() || write.key().sk.is_empty() {
            return Err(Error::invalid(format!("document {} has an empty key", name(write.key()))));
        }
        Ok(match write {
            Write::Delete { key, condition } => Self { key, condition, put: None },
            Write::Put { key, body, condition, expires_at } => {
                let body = body_text(&key, &body)?;
                Self { key, condition, put: Some((body, expires_at)) }
            }
        })
    }
}

fn body_text(key: &Key, body: &Value) -> Result<String> {
    if !body.is_object() {
        return Err(Error::invalid(format!("the body of document {} is not an object", name(key))));
    }
    let text = body.to_string();
    if text.len() > MAX_BODY_BYTES {
        let size = text.len();
        return Err(Error::too_large(format!("document {} has {size} bytes, more than {MAX_BODY_BYTES}", name(key))));
    }
    Ok(text)
}

/// The key for messages: only its kinds, because the rest may be an address or an id of a person.
fn name(key: &Key) -> String {
    let kind = |part: &str| part.split('#').next().unwrap_or_default().chars().take(40).collect::<String>();
    format!("{}/{}", kind(&key.pk), kind(&key.sk))
}

fn apply(connection: &Connection, write: &Checked, now: Micros) -> Result<Version> {
    let Key { pk, sk } = &write.key;
    let version = stored(connection, &write.key, now)?.map(|stored| stored.version);
    let holds = match write.condition {
        Condition::None => true,
        Condition::Absent => version.is_none(),
        Condition::Version(wanted) => version == Some(wanted),
    };
    if !holds {
        return Err(Error::conflict(format!("document {} was changed by someone else", name(&write.key))));
    }
    let Some((body, expires_at)) = &write.put else {
        let mut delete = connection.prepare_cached("DELETE FROM documents WHERE pk = ?1 AND sk = ?2").tried(WRITE)?;
        delete.execute([pk, sk]).tried(WRITE)?;
        return Ok(0);
    };
    let version = version.unwrap_or(0) + 1;
    let put = "INSERT OR REPLACE INTO documents (pk, sk, body, version, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut put = connection.prepare_cached(put).tried(WRITE)?;
    put.execute(params![pk, sk, body, version, expires_at.map(|time| time.0)]).tried(WRITE)?;
    Ok(version)
}

/// A row of the table.
struct Stored {
    key: Key,
    body: String,
    version: Version,
    expires_at: Option<Micros>,
}

impl Stored {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            key: Key { pk: row.get(0)?, sk: row.get(1)? },
            body: row.get(2)?,
            version: row.get(3)?,
            expires_at: row.get::<_, Option<i64>>(4)?.map(Micros),
        })
    }

    fn document(self) -> Result<Document> {
        let body = serde_json::from_str(&self.body).map_err(|error| {
            Error::internal(format!("document {} is not JSON any more", name(&self.key))).because(error)
        })?;
        Ok(Document { key: self.key, body, version: self.version, expires_at: self.expires_at })
    }
}

fn stored(connection: &Connection, key: &Key, now: Micros) -> Result<Option<Stored>> {
    let sql = "SELECT pk, sk, body, version, expires_at FROM documents
               WHERE pk = ?1 AND sk = ?2 AND (expires_at IS NULL OR expires_at > ?3)";
    let mut select = connection.prepare_cached(sql).tried(READ)?;
    select.query_row(params![key.pk, key.sk, now.0], Stored::read).optional().tried(READ)
}

fn page(connection: &Connection, query: &Query, now: Micros) -> Result<Page> {
    let limit = if query.limit == 0 { PAGE_SIZE } else { query.limit.min(PAGE_SIZE) };
    let (after, order) = if query.descending { ("<", "DESC") } else { (">", "ASC") };
    let end = successor(&query.prefix);
    // A bound that is not there is left out of the conditions, so that those that are there bound the search.
    let before_end = if end.is_some() { "sk < ?3" } else { "?3 IS NULL" };
    let from_page = if query.after.is_some() { format!("sk {after} ?4") } else { "?4 IS NULL".to_owned() };
    let sql = format!(
        "SELECT pk, sk, body, version, expires_at FROM documents
         WHERE pk = ?1 AND sk >= ?2 AND {before_end} AND {from_page} AND (expires_at IS NULL OR expires_at > ?5)
         ORDER BY sk {order} LIMIT ?6"
    );
    let mut select = connection.prepare_cached(&sql).tried(READ)?;
    // One more than asked for tells whether there is a next page.
    let wanted = params![query.pk, query.prefix, end, query.after, now.0, limit + 1];
    let rows = select.query_map(wanted, Stored::read).tried(READ)?;
    let mut documents = Vec::with_capacity(limit);
    for row in rows {
        if documents.len() == limit {
            let next = documents.last().map(|last: &Document| last.key.sk.clone());
            return Ok(Page { documents, next });
        }
        documents.push(row.tried(READ)?.document()?);
    }
    Ok(Page { documents, next: None })
}

/// The first text after all that start with `prefix`, by bytes; `None` when nothing comes after them.
fn successor(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        // Stepping over the surrogates, which no text contains.
        let next = if last == '\u{D7FF}' { Some('\u{E000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_successor_comes_after_all_with_the_prefix() {
        assert_eq!(successor("RUN#").as_deref(), Some("RUN$"));
        assert_eq!(successor("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(successor("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(successor(""), None);
        assert_eq!(successor("\u{10FFFF}"), None);
    }

    #[test]
    fn messages_about_a_document_do_not_tell_whose_it_is() {
        assert_eq!(name(&Key::new("LOGIN#ada@example.com", "USER")), "LOGIN/USER");
    }
}
