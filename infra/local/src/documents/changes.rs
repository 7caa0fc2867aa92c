//! What changed, in order: one row for each key, which moves to the end with every change.

use pipeline_core::ports::{Change, Changes, Key};
use pipeline_core::{Error, Micros, Result};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{READ, WRITE};
use crate::sqlite::Tried as _;

/// Changes of a piece.
const PIECE: usize = 1_000;

/// How long it is remembered that a document was removed, in seconds.
const REMEMBERED_S: i64 = 7 * 24 * 3_600;

/// The feed. A file from before there was one gets all its documents into it, so that a reader who starts at the beginning
/// learns of each document that is there.
pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS changes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        pk TEXT NOT NULL,
        sk TEXT NOT NULL,
        removed_at INTEGER,
        UNIQUE (pk, sk)
    );
    CREATE INDEX IF NOT EXISTS changes_removed ON changes (removed_at) WHERE removed_at IS NOT NULL;
    CREATE TABLE IF NOT EXISTS forgotten (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL);
    INSERT INTO changes (pk, sk) SELECT pk, sk FROM documents WHERE NOT EXISTS (SELECT 1 FROM changes);
";

/// Notes that the document at `key` was written or, at `removed_at`, removed.
pub(super) fn note(connection: &Connection, key: &Key, removed_at: Option<Micros>) -> Result<()> {
    // Replacing gives the row a new number, greater than all before.
    let sql = "INSERT OR REPLACE INTO changes (pk, sk, removed_at) VALUES (?1, ?2, ?3)";
    let mut insert = connection.prepare_cached(sql).tried(WRITE)?;
    insert.execute(params![key.pk, key.sk, removed_at.map(|time| time.0)]).tried(WRITE)?;
    Ok(())
}

/// Removes what has expired, noting so, and forgets removals that are long ago.
pub(super) fn sweep(connection: &Connection, now: Micros) -> Result<()> {
    let expired = "INSERT OR REPLACE INTO changes (pk, sk, removed_at)
                   SELECT pk, sk, ?1 FROM documents WHERE expires_at <= ?1";
    connection.execute(expired, [now.0]).tried(WRITE)?;
    connection.execute("DELETE FROM documents WHERE expires_at <= ?1", [now.0]).tried(WRITE)?;
    let long_ago = now.plus_seconds(-REMEMBERED_S).0;
    let last = "SELECT MAX(seq) FROM changes WHERE removed_at <= ?1";
    let last: Option<i64> = connection.query_row(last, [long_ago], |row| row.get(0)).tried(WRITE)?;
    if let Some(last) = last {
        connection.execute("DELETE FROM changes WHERE removed_at <= ?1", [long_ago]).tried(WRITE)?;
        let forgotten = "INSERT INTO forgotten (one, seq) VALUES (1, ?1)
                         ON CONFLICT (one) DO UPDATE SET seq = MAX(seq, excluded.seq)";
        connection.execute(forgotten, [last]).tried(WRITE)?;
    }
    Ok(())
}

/// Whether there is something to sweep.
pub(super) fn any_expired(connection: &Connection, now: Micros) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM documents WHERE expires_at <= ?1)";
    connection.prepare_cached(sql).tried(READ)?.query_row([now.0], |row| row.get(0)).tried(READ)
}

/// A position from its text.
pub(super) fn position(text: &str) -> Result<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { text.parse().ok() } else { None };
    number.ok_or_else(|| Error::invalid("a position in the feed of changes is none of this store's"))
}

/// The piece of the feed after `after`, or from its beginning.
pub(super) fn piece(connection: &Connection, after: Option<i64>, limit: usize) -> Result<Changes> {
    let limit = if limit == 0 { PIECE } else { limit.min(PIECE) };
    let (start, gap) = start(connection, after)?;
    let sql = "SELECT seq, pk, sk, removed_at IS NOT NULL FROM changes WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let mut select = connection.prepare_cached(sql).tried(READ)?;
    // One more than asked for tells whether there is more.
    let rows = select.query_map(params![start, limit + 1], |row| {
        Ok((row.get::<_, i64>(0)?, Change { key: Key { pk: row.get(1)?, sk: row.get(2)? }, removed: row.get(3)? }))
    });
    let mut rows = rows.tried(READ)?.collect::<rusqlite::Result<Vec<_>>>().tried(READ)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().map_or(start, |(seq, _)| *seq).to_string();
    Ok(Changes { changes: rows.into_iter().map(|(_, change)| change).collect(), next, more, gap })
}

/// Where reading starts, and whether something was forgotten since.
fn start(connection: &Connection, after: Option<i64>) -> Result<(i64, bool)> {
    let Some(after) = after else { return Ok((0, false)) };
    let number = |sql: &str| -> Result<i64> {
        Ok(connection
            .prepare_cached(sql)
            .tried(READ)?
            .query_row([], |row| row.get(0))
            .optional()
            .tried(READ)?
            .unwrap_or(0))
    };
    let forgotten = number("SELECT seq FROM forgotten")?;
    let last = number("SELECT seq FROM sqlite_sequence WHERE name = 'changes'")?;
    // A position that was never given out belongs to a file that was put back to an older state.
    Ok(if after > last { (0, true) } else { (after, after < forgotten) })
}
