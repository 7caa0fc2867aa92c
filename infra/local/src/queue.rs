//! A queue in a SQLite file: messages, deliveries that hide them, and dead letters.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use pipeline_core::ports::{Clock, Delivery, MAX_ATTEMPTS, MAX_MESSAGE_BYTES, Message, Queue};
use pipeline_core::{Error, Micros, Result};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::sqlite::{Sqlite, Tried};

/// A row lives through the states `waiting` (hidden while `visible_at` lies ahead), `dead` and `done`. What is done
/// keeps its id, without its body, for [`REMEMBERED`] from `visible_at` on, so that the same id is not sent again. `seq`
/// is the order of sending; `attempts` counts the deliveries since it was sent or redriven, `deliveries` all of them,
/// which makes a receipt unique. The column `grp` came later, see [`SqliteQueue::open`].
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
        grp TEXT NOT NULL DEFAULT '',
        UNIQUE (topic, id)
    );
    CREATE INDEX IF NOT EXISTS messages_open ON messages (topic, state, seq) WHERE state <> 'done';
    CREATE INDEX IF NOT EXISTS messages_done ON messages (visible_at) WHERE state = 'done';
";

const GROUP_INDEX: &str = "
    CREATE INDEX IF NOT EXISTS messages_group ON messages (topic, grp, seq) WHERE state = 'waiting' AND grp <> '';
";

/// How long the id of a message that is done is kept; the port promises 90 days from the sending.
const REMEMBERED: Duration = Duration::from_secs(91 * 86_400);

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
    /// Opens the file at `path`, creating it when it is not there and bringing one of an earlier version up to date.
    /// Deliveries run out by `clock`.
    ///
    /// # Errors
    /// `Config` when the folder cannot be made, `Unavailable` or `Internal` when the file cannot be used.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let sqlite = Sqlite::open(path, SCHEMA)?;
        sqlite.ensure_column("messages", "grp", "TEXT NOT NULL DEFAULT ''")?;
        sqlite.ensure(GROUP_INDEX)?;
        Ok(Self { sqlite, clock })
    }
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn send(&self, messages: Vec<Message>) -> Result<()> {
        let now = self.clock.now();
        let rows = messages.into_iter().map(|message| NewRow::new(message, None)).collect::<Result<Vec<_>>>()?;
        self.sqlite
            .write(SEND, move |transaction| {
                forget(transaction, now)?;
                insert(transaction, &rows, now)
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
        let (receipt, now) = (Receipt::parse(receipt)?, self.clock.now());
        self.sqlite
            .write(ANSWER, move |transaction| {
                receipt.held(transaction)?;
                let sql = "UPDATE messages SET state = 'done', body = NULL, reason = NULL, grp = '', visible_at = ?2
                           WHERE seq = ?1";
                transaction.execute(sql, params![receipt.seq, now.0]).tried(ANSWER)?;
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

    async fn bury(&self, messages: Vec<(Message, String)>) -> Result<()> {
        let now = self.clock.now();
        let rows = messages.into_iter().map(|(message, reason)| NewRow::new(message, Some(reason)));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        self.sqlite.write(SEND, move |transaction| insert(transaction, &rows, now)).await
    }

    async fn dead(&self, topic: &str) -> Result<Vec<(Message, String)>> {
        let (topic, now) = (topic.to_owned(), self.clock.now());
        self.sqlite
            .write(DEAD, move |transaction| {
                bury_unanswered(transaction, &topic, now)?;
                let sql = "SELECT topic, id, grp, body, reason FROM messages
                           WHERE topic = ?1 AND state = 'dead' ORDER BY seq";
                let mut select = transaction.prepare_cached(sql).tried(DEAD)?;
                let rows = select.query_map([&topic], |row| {
                    let reason: Option<String> = row.get(4)?;
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

/// The oldest visible messages. Of a group only the first that is neither done nor dead, and that only while none of
/// the group is in delivery (which a later one may be, when an earlier one was redriven).
fn waiting(connection: &Connection, topic: &str, limit: usize, now: Micros) -> Result<Vec<(i64, Delivery)>> {
    let sql = "SELECT topic, id, grp, body, seq FROM messages AS mine
               WHERE topic = ?1 AND state = 'waiting' AND visible_at <= ?2 AND (grp = '' OR NOT EXISTS (
                   SELECT 1 FROM messages AS other
                   WHERE other.topic = ?1 AND other.grp = mine.grp AND other.grp <> '' AND other.state = 'waiting'
                       AND other.seq <> mine.seq AND (other.seq < mine.seq OR other.visible_at > ?2)))
               ORDER BY seq LIMIT ?3";
    let mut select = connection.prepare_cached(sql).tried(RECEIVE)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![topic, now.0, limit], |row| {
        Ok((row.get(4)?, Delivery { message: message(row)?, receipt: String::new(), attempts: 0 }))
    });
    rows.tried(RECEIVE)?.collect::<rusqlite::Result<Vec<_>>>().tried(RECEIVE)
}

/// A message that is sent, or buried when it has a reason.
struct NewRow {
    message: Message,
    body: String,
    reason: Option<String>,
}

impl NewRow {
    fn new(mut message: Message, reason: Option<String>) -> Result<Self> {
        let body = message.body.take().to_string();
        if body.len() > MAX_MESSAGE_BYTES {
            let size = body.len();
            let topic = &message.topic;
            return Err(Error::too_large(format!(
                "a message of topic {topic} has {size} bytes, more than {MAX_MESSAGE_BYTES}"
            ))
            .hint("put the content into a document and name it in the message"));
        }
        Ok(Self { message, body, reason })
    }
}

/// Adds the messages whose ids are not known yet.
fn insert(connection: &Connection, rows: &[NewRow], now: Micros) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO messages (topic, id, grp, body, visible_at, reason, state)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, CASE WHEN ?6 IS NULL THEN 'waiting' ELSE 'dead' END)";
    let mut insert = connection.prepare_cached(sql).tried(SEND)?;
    for NewRow { message, body, reason } in rows {
        insert.execute(params![message.topic, message.id, message.group, body, now.0, reason]).tried(SEND)?;
    }
    Ok(())
}

/// Forgets the ids of messages that were done long ago.
fn forget(connection: &Connection, now: Micros) -> Result<()> {
    let before = now.0.saturating_sub(REMEMBERED.as_micros() as i64);
    connection.execute("DELETE FROM messages WHERE state = 'done' AND visible_at < ?1", [before]).tried(SEND)?;
    Ok(())
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let body: String = row.get(3)?;
    let body = serde_json::from_str(&body)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, error.into()))?;
    Ok(Message { topic: row.get(0)?, id: row.get(1)?, group: row.get(2)?, body })
}
