//! The queue port: messages delivered at least once, with a place for those that cannot be handled.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

/// A message to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// What it is about; receivers ask by topic.
    pub topic: String,
    /// Two messages of one topic with the same id are sent once, for 90 days at least.
    pub id: String,
    /// Messages of one group are delivered one after the other, in the order of sending; empty for no such order. One
    /// that became a dead letter holds up nobody, and has lost its place when it is redriven.
    pub group: String,
    /// Its content, at most [`MAX_MESSAGE_BYTES`].
    pub body: Value,
}

/// A message as received.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The message.
    pub message: Message,
    /// Proof of this delivery, for [`Queue::done`] and [`Queue::give_back`].
    pub receipt: String,
    /// How often it was delivered, this time included.
    pub attempts: u32,
}

/// Deliveries of one message before it becomes a dead letter.
pub const MAX_ATTEMPTS: u32 = 5;

/// The largest body of a message, in bytes of JSON.
pub const MAX_MESSAGE_BYTES: usize = 240_000;

/// Keeps messages until they are handled.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends messages, without those whose id is known already. What fails on the way may be sent in part, and is then
    /// sent in full by sending the same again.
    ///
    /// # Errors
    /// `TooLarge` for a body over [`MAX_MESSAGE_BYTES`]; then nothing is sent.
    async fn send(&self, messages: Vec<Message>) -> crate::Result<()>;

    /// Up to `limit` messages of `topic`, hidden from others for `hidden`, which is at most 12 hours and may be rounded up
    /// to whole seconds. They come about oldest first, and surely so within a group. A message whose group has one in
    /// delivery waits for it, so that no two of one group are received together. Fewer than `limit` may come although
    /// more are waiting: who empties a topic asks again.
    async fn receive(&self, topic: &str, limit: usize, hidden: Duration) -> crate::Result<Vec<Delivery>>;

    /// The delivery was handled; the message is gone.
    ///
    /// # Errors
    /// `Conflict` when the delivery has run out and the message was delivered again.
    async fn done(&self, receipt: &str) -> crate::Result<()>;

    /// The delivery could not be handled; the message is visible again at once, or, after its last attempt, a dead
    /// letter with this `reason`.
    ///
    /// # Errors
    /// `Conflict` when the delivery has run out and the message was delivered again.
    async fn give_back(&self, receipt: &str, reason: &str) -> crate::Result<()>;

    /// Puts messages that cannot be handled straight among the dead letters, with the reason of each, without those whose
    /// id is known already.
    ///
    /// # Errors
    /// `TooLarge` for a body over [`MAX_MESSAGE_BYTES`]; then nothing is buried.
    async fn bury(&self, messages: Vec<(Message, String)>) -> crate::Result<()>;

    /// The dead letters of `topic` with their reasons, oldest first.
    async fn dead(&self, topic: &str) -> crate::Result<Vec<(Message, String)>>;

    /// Makes every dead letter of `topic` a message again and returns how many.
    async fn redrive(&self, topic: &str) -> crate::Result<u64>;
}
