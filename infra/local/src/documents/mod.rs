//! Documents in a SQLite file.

mod changes;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use pipeline_core::ports::{
    Changes, Clock, Condition, Document, Documents, Key, Page, Prepared, Query, Version, Write,
};
use pipeline_core::{Error, Micros, Result};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::sqlite::{Sqlite, Tried};

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
        Ok(Self { sqlite: Sqlite::open(path, &[SCHEMA, changes::SCHEMA].concat())?, clock, writes: AtomicU64::new(0) })
    }

    async fn apply(&self, writes: Vec<Prepared>) -> Result<Version> {
        let now = self.clock.now();
        let sweep = self.writes.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP_EVERY);
        self.sqlite
            .write(WRITE, move |transaction| {
                if sweep {
                    changes::sweep(transaction, now)?;
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
        self.apply(vec![Prepared::new(write)?]).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<()> {
        let writes = Prepared::transaction(writes)?;
        self.apply(writes).await.map(|_| ())
    }

    async fn query(&self, query: &Query) -> Result<Page> {
        let (query, now) = (query.clone(), self.clock.now());
        self.sqlite.read(READ, move |connection| page(connection, &query, now)).await
    }

    async fn changes(&self, after: Option<&str>, limit: usize) -> Result<Changes> {
        let (after, now) = (after.map(changes::position).transpose()?, self.clock.now());
        if self.sqlite.read(READ, move |connection| changes::any_expired(connection, now)).await? {
            self.sqlite.write(WRITE, move |transaction| changes::sweep(transaction, now)).await?;
        }
        self.sqlite.read(READ, move |connection| changes::piece(connection, after, limit)).await
    }
}

fn apply(connection: &Connection, write: &Prepared, now: Micros) -> Result<Version> {
    let Key { pk, sk } = &write.key;
    let version = stored(connection, &write.key, now)?.map(|stored| stored.version);
    let holds = match write.condition {
        Condition::None => true,
        Condition::Absent => version.is_none(),
        Condition::Version(wanted) => version == Some(wanted),
    };
    if !holds {
        return Err(Error::conflict(format!("document {} was changed by someone else", write.key.kinds())));
    }
    let Some((body, expires_at)) = &write.put else {
        let mut delete = connection.prepare_cached("DELETE FROM documents WHERE pk = ?1 AND sk = ?2").tried(WRITE)?;
        if delete.execute([pk, sk]).tried(WRITE)? > 0 {
            changes::note(connection, &write.key, Some(now))?;
        }
        return Ok(0);
    };
    let version = version.unwrap_or(0) + 1;
    let put = "INSERT OR REPLACE INTO documents (pk, sk, body, version, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut put = connection.prepare_cached(put).tried(WRITE)?;
    put.execute(params![pk, sk, body, version, expires_at.map(|time| time.0)]).tried(WRITE)?;
    changes::note(connection, &write.key, None)?;
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
            Error::internal(format!("document {} is not JSON any more", self.key.kinds())).because(error)
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
    use pipeline_core::ports::SimulatedClock;

    use super::*;

    #[test]
    fn the_successor_comes_after_all_with_the_prefix() {
        assert_eq!(successor("RUN#").as_deref(), Some("RUN$"));
        assert_eq!(successor("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(successor("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(successor(""), None);
        assert_eq!(successor("\u{10FFFF}"), None);
    }

    /// 2026-11-23 00:00 UTC.
    const START: Micros = Micros(1_795_392_000_000_000);

    fn opened() -> (tempfile::TempDir, Arc<SimulatedClock>, SqliteDocuments) {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Arc::new(SimulatedClock::at(START)));
        let documents = SqliteDocuments::open(&folder.path().join("documents.db"), clock.clone()).unwrap();
        (folder, clock, documents)
    }

    fn put(sk: &str, expires_at: Option<Micros>) -> Write {
        let body = serde_json::json!({});
        Write::Put { key: Key::new("P", sk), body, condition: Condition::None, expires_at }
    }

    #[tokio::test]
    async fn what_expires_is_told_as_removed_although_nothing_is_written() {
        let (_folder, clock, documents) = opened();
        documents.write(put("A", Some(START.plus_seconds(10)))).await.unwrap();
        let first = documents.changes(None, 10).await.unwrap();
        assert_eq!(first.changes.iter().map(|change| change.removed).collect::<Vec<_>>(), [false]);
        clock.advance_to(START.plus_seconds(10));
        let second = documents.changes(Some(&first.next), 10).await.unwrap();
        assert_eq!(second.changes.iter().map(|change| change.removed).collect::<Vec<_>>(), [true]);
    }

    #[tokio::test]
    async fn a_removal_is_forgotten_after_a_week_which_leaves_a_gap_for_those_behind_it() {
        let (_folder, clock, documents) = opened();
        documents.write(put("A", None)).await.unwrap();
        let before = documents.changes(None, 10).await.unwrap().next;
        documents.write(Write::Delete { key: Key::new("P", "A"), condition: Condition::None }).await.unwrap();
        let after = documents.changes(None, 10).await.unwrap().next;
        clock.advance_to(START.plus_seconds(8 * 24 * 3_600));
        documents.write(put("B", Some(clock.now().plus_seconds(1)))).await.unwrap();
        clock.advance_to(clock.now().plus_seconds(1));
        assert!(documents.changes(Some(&before), 10).await.unwrap().gap);
        assert!(!documents.changes(Some(&after), 10).await.unwrap().gap);
        assert!(!documents.changes(None, 10).await.unwrap().gap);
    }

    #[tokio::test]
    async fn a_position_from_after_a_restored_backup_has_a_gap() {
        let (_folder, _clock, documents) = opened();
        documents.write(put("A", None)).await.unwrap();
        let changes = documents.changes(Some("500"), 10).await.unwrap();
        assert!(changes.gap);
        assert_eq!((changes.changes.len(), changes.next.as_str()), (1, "1"));
    }

    #[tokio::test]
    async fn a_file_from_before_the_feed_gets_its_documents_into_it_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("documents.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(SCHEMA).unwrap();
        old.execute("INSERT INTO documents VALUES ('P', 'A', '{}', 1, NULL)", []).unwrap();
        drop(old);
        for _ in 0..2 {
            let clock = Arc::new(SimulatedClock::at(START));
            let documents = SqliteDocuments::open(&path, clock).unwrap();
            let changes = documents.changes(None, 10).await.unwrap();
            assert_eq!((changes.changes.len(), changes.next.as_str(), changes.gap), (1, "1", false));
        }
    }
}
