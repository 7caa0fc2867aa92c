//! A SQLite file used from async code: one connection that writes, a few that read, all on blocking threads.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::blocking::blocking;
use pipeline_core::error::Context;
use pipeline_core::{Error, ErrorKind, Result};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

/// How long to wait for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Idle reading connections that are kept.
const IDLE_READERS: usize = 4;

/// A database file.
#[derive(Clone)]
pub(crate) struct Sqlite(Arc<Inner>);

struct Inner {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Sqlite {
    /// Opens the file at `path`, creating it and the folders above it, and makes sure that `schema` (statements that
    /// may be repeated) is there.
    pub(crate) fn open(path: &Path, schema: &str) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).context(ErrorKind::Config, || cannot("create the folder of", path))?;
        }
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
            .and_then(|connection| {
                connection.pragma_update(None, "journal_mode", "wal")?;
                connection.pragma_update(None, "synchronous", "full")?;
                connection.execute_batch(schema)?;
                Ok(connection)
            })
            .map_err(|error| failure(error, &cannot("open", path)))?;
        let readers = Mutex::new(Vec::new());
        Ok(Self(Arc::new(Inner { path: path.to_owned(), writer: Mutex::new(connection), readers })))
    }

    /// Adds a column to a table of an older file; does nothing where it is there.
    pub(crate) fn ensure_column(&self, table: &str, column: &str, definition: &str) -> Result<()> {
        let what = cannot("migrate", &self.0.path);
        let mut writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // Within the transaction, since another process may be opening the same file.
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).tried(&what)?;
        let sql = "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2";
        let there: i64 = transaction.query_row(sql, [table, column], |row| row.get(0)).tried(&what)?;
        if there == 0 {
            transaction.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {column} {definition}")).tried(&what)?;
        }
        transaction.commit().tried(&what)
    }

    /// Runs statements that may be repeated, such as those that make indexes of a column that was added.
    pub(crate) fn ensure(&self, statements: &str) -> Result<()> {
        let writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.execute_batch(statements).tried(&cannot("migrate", &self.0.path))
    }

    /// Runs `work` in a write transaction, which is committed when it succeeds.
    pub(crate) async fn write<T, F>(&self, what: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let inner = self.0.clone();
        blocking(move || {
            let mut writer = inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction =
                writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|e| failure(e, what))?;
            let result = work(&transaction)?;
            transaction.commit().map_err(|error| failure(error, what))?;
            Ok(result)
        })
        .await
    }

    /// Runs `work` on a connection that only reads.
    pub(crate) async fn read<T, F>(&self, what: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let inner = self.0.clone();
        blocking(move || {
            let idle = inner.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match idle {
                Some(connection) => connection,
                None => connect(&inner.path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|error| failure(error, what))?,
            };
            let result = work(&connection);
            let mut readers = inner.readers.lock().unwrap_or_else(PoisonError::into_inner);
            if readers.len() < IDLE_READERS {
                readers.push(connection);
            }
            result
        })
        .await
    }
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

fn cannot(action: &str, path: &Path) -> String {
    format!("cannot {action} database {}", path.display())
}

/// What SQLite reports, as a failure of ours.
pub(crate) fn failure(error: rusqlite::Error, what: &str) -> Error {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull, ReadOnly};
    let kind = match error.sqlite_error_code() {
        Some(DatabaseBusy | DatabaseLocked | DiskFull | ReadOnly) => ErrorKind::Unavailable,
        _ => ErrorKind::Internal,
    };
    Error::new(kind, what).because(error)
}

/// Gives SQLite's results the sentence of what was tried.
pub(crate) trait Tried<T> {
    /// On failure, an error that says that `what` failed.
    fn tried(self, what: &str) -> Result<T>;
}

impl<T> Tried<T> for rusqlite::Result<T> {
    fn tried(self, what: &str) -> Result<T> {
        self.map_err(|error| failure(error, what))
    }
}
