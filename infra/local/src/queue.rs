//! A queue in a SQLite file: messages, deliveries that hide them, and dead letters.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use pipeline_core::ports::{Clock, Delivery, MAX_ATTEMPTS, Message, Queue};
use pipeline_core::{Error, Micros, Result};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::sqlite::{Sqlite, Tried};

/// A row lives through the states `waiting` (hidden while `visible_at` lies ahead), `dead` and `done`. What is done
/// keeps its id, without its body, so that the same id is never sent again. `seq` is the order of sending; `attempts`
/// counts the deliveries since it was sent or redriven, `deliveries` all of them, which makes a receipt unique.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS messages (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        topic TEXT NOT NULL,
        id TEXT NOT NULL,
        body TEXT,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'dead', 'done')),
        visible_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        deliveries INTEGER NOT NULL DEFAULT 0,
        reason TEXT,
        UNIQUE (topic, id)
    );
    CREATE INDEX IF NOT EXISTS messages_open ON messages (topic, state, seq) WHERE state <> 'done';
";

const SEND: &str = "cannot send messages";
const RECEIVE: &str = "cannot receive messages";
const ANSWER: &str = "cannot answer a delivery";
const DEAD: &str = "cannot read dead letters";

/// The reason of a message whose last delivery nobody answered.
const UNANSWERED: &str = "the last delivery was never answered";

/// Keeps messages in one file, which several processes may use at once.
pub struct SqliteQueue {
    sqlite: Sqlite,
    clock: Arc<dyn Clock>,
}

impl SqliteQueue {
    /// Opens the file at `path`, creating it when it is not there. Deliveries run out by `clock`.
    ///
    /// # Errors
    /// `Config` when the folder cannot be made, `Unavailable` or `Internal` when the file cannot be used.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        Ok(Self { sqlite: Sqlite::open(path, SCHEMA)?, clock })
    }
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn send(&self, messages: Vec<Message>) -> Result<()> {
        let now = self.clock.now();
        self.sqlite
            .write(SEND, move |transaction| {
                let sql = "INSERT OR IGNORE INTO messages (topic, id, body, visible_at) VALUES (?1, ?2, ?3, ?4)";
                let mut insert = transaction.prepare_cached(sql).tried(SEND)?;
                for message in &messages {
                    let body = message.body.to_string();
                    insert.execute(params![message.topic, message.id, body, now.0]).tried(SEND)?;
                }
                Ok(())
            })
            .await
    }

    async fn receive(&self, topic: &str, limit: usize, hidden: Duration) -> Result<Vec<Delivery>> {
        let (topic, now) = (topic.to_owned(), self.clock.now());
        let hidden = i64::try_from(hidden.as_micros()).unwrap_or(i64::MAX);
        let until = Micros(now.0.saturating_add(hidden));
        self.sqlite
            .write(RECEIVE, move |transaction| {
                bury_unanswered(transaction, &topic, now)?;
                let mut deliveries = waiting(transaction, &topic, limit, now)?;
                let sql = "UPDATE messages SET visible_at = ?2, attempts = attempts + 1, deliveries = deliveries + 1
                           WHERE seq = ?1 RETURNING attempts, deliveries";
                let mut hide = transaction.prepare_cached(sql).tried(RECEIVE)?;
                for (seq, delivery) in &mut deliveries {
                    let counts = hide.query_row(params![*seq, until.0], |row| Ok((row.get(0)?, row.get::<_, u64>(1)?)));
                    let (attempts, number) = counts.tried(RECEIVE)?;
                    delivery.attempts = attempts;
                    delivery.receipt = Receipt { seq: *seq, number }.text();
                }
                Ok(deliveries.into_iter().map(|(_, delivery)| delivery).collect())
            })
            .await
    }

    async fn done(&self, receipt: &str) -> Result<()> {
        let receipt = Receipt::parse(receipt)?;
        self.sqlite
            .write(ANSWER, move |transaction| {
                receipt.held(transaction)?;
                let sql = "UPDATE messages SET state = 'done', body = NULL, reason = NULL WHERE seq = ?1";
                transaction.execute(sql, [receipt.seq]).tried(ANSWER)?;
                Ok(())
            })
            .await
    }

    async fn give_back(&self, receipt: &str, reason: &str) -> Result<()> {
        let (receipt, reason, now) = (Receipt::parse(receipt)?, reason.to_owned(), self.clock.now());
        self.sqlite
            .write(ANSWER, move |transaction| {
                receipt.held(transaction)?;
                let sql = "UPDATE messages SET visible_at = ?2, reason = ?3,
                               state = CASE WHEN attempts >= ?4 THEN 'dead' ELSE state END
                           WHERE seq = ?1 AND state = 'waiting'";
                transaction.execute(sql, params![receipt.seq, now.0, reason, MAX_ATTEMPTS]).tried(ANSWER)?;
                Ok(())
            })
            .await
    }

    async fn dead(&self, topic: &str) -> Result<Vec<(Message, String)>> {
        let (topic, now) = (topic.to_owned(), self.clock.now());
        self.sqlite
            .write(DEAD, move |transaction| {
                bury_unanswered(transaction, &topic, now)?;
                let sql = "SELECT topic, id, body, reason FROM messages
                           WHERE topic = ?1 AND state = 'dead' ORDER BY seq";
                let mut select = transaction.prepare_cached(sql).tried(DEAD)?;
                let rows = select.query_map([&topic], |row| {
                    let reason: Option<String> = row.get(3)?;
                    Ok((message(row)?, reason.unwrap_or_default()))
                });
                rows.tried(DEAD)?.collect::<rusqlite::Result<Vec<_>>>().tried(DEAD)
            })
            .await
    }

    async fn redrive(&self, topic: &str) -> Result<u64> {
        let (topic, now) = (topic.to_owned(), self.clock.now());
        self.sqlite
            .write(DEAD, move |transaction| {
                bury_unanswered(transaction, &topic, now)?;
                let sql = "UPDATE messages SET state = 'waiting', attempts = 0, visible_at = ?2, reason = NULL
                           WHERE topic = ?1 AND state = 'dead'";
                Ok(transaction.execute(sql, params![topic, now.0]).tried(DEAD)? as u64)
            })
            .await
    }
}

/// Proof of one delivery: which message, and its how manieth delivery.
#[derive(Clone, Copy)]
struct Receipt {
    seq: i64,
    number: u64,
}

impl Receipt {
    fn parse(text: &str) -> Result<Self> {
        let parts = text.split_once('.');
        let receipt =
            parts.and_then(|(seq, number)| Some(Self { seq: seq.parse().ok()?, number: number.parse().ok()? }));
        receipt.ok_or_else(|| Error::invalid("the receipt is not one of this queue"))
    }

    fn text(self) -> String {
        format!("{}.{}", self.seq, self.number)
    }

    /// Refuses a receipt of a delivery that was followed by another.
    fn held(self, connection: &Connection) -> Result<()> {
        let sql = "SELECT deliveries FROM messages WHERE seq = ?1";
        let last: Option<u64> = connection.query_row(sql, [self.seq], |row| row.get(0)).optional().tried(ANSWER)?;
        match last {
            Some(number) if number == self.number => Ok(()),
            _ => Err(Error::conflict("the delivery ran out and its message was delivered again")),
        }
    }
}

/// Makes dead letters of the messages whose last delivery ran out without an answer.
fn bury_unanswered(connection: &Connection, topic: &str, now: Micros) -> Result<()> {
    let sql = "UPDATE messages SET state = 'dead', reason = coalesce(reason || '; ', '') || ?4
               WHERE topic = ?1 AND state = 'waiting' AND attempts >= ?2 AND visible_at <= ?3";
    connection.execute(sql, params![topic, MAX_ATTEMPTS, now.0, UNANSWERED]).tried(RECEIVE)?;
    Ok(())
}

fn waiting(connection: &Connection, topic: &str, limit: usize, now: Micros) -> Result<Vec<(i64, Delivery)>> {
    let sql = "SELECT topic, id, body, seq FROM messages
               WHERE topic = ?1 AND state = 'waiting' AND visible_at <= ?2 ORDER BY seq LIMIT ?3";
    let mut select = connection.prepare_cached(sql).tried(RECEIVE)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![topic, now.0, limit], |row| {
        Ok((row.get(3)?, Delivery { message: message(row)?, receipt: String::new(), attempts: 0 }))
    });
    rows.tried(RECEIVE)?.collect::<rusqlite::Result<Vec<_>>>().tried(RECEIVE)
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let body: String = row.get(2)?;
    let body = serde_json::from_str(&body)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, error.into()))?;
    Ok(Message { topic: row.get(0)?, id: row.get(1)?, body })
}
