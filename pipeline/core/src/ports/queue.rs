//! The queue port: messages delivered at least once, with a place for those that cannot be handled.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

/// A message to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// What it is about; receivers ask by topic.
    pub topic: String,
    /// Two messages of one topic with the same id are sent once.
    pub id: String,
    /// Its content.
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

/// Keeps messages until they are handled.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends messages.
    async fn send(&self, messages: Vec<Message>) -> crate::Result<()>;

    /// Up to `limit` messages of `topic`, hidden from others for `hidden`; oldest first.
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

    /// The dead letters of `topic` with their reasons, oldest first.
    async fn dead(&self, topic: &str) -> crate::Result<Vec<(Message, String)>>;

    /// Makes every dead letter of `topic` a message again and returns how many.
    async fn redrive(&self, topic: &str) -> crate::Result<u64>;
}
