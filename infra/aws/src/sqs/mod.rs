//! The queue on SQS: a FIFO queue and a FIFO dead letter queue for each topic.
//!
//! SQS remembers ids for five minutes, knows no reasons and forgets the count of a message that is sent again, so the
//! state of each id is kept in the document store (`ledger`). What is recorded comes before what is done, so that a
//! process killed anywhere leaves at most a second copy of a message in SQS; a copy of what is done or dead is removed
//! when it shows up.

mod answer;
mod calls;
mod dead;
mod envelope;
mod ledger;
mod places;
mod receipt;
mod receive;
mod send;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use pipeline_core::ports::{Clock, Delivery, Documents, Message, Probe, Queue};
use pipeline_core::{Error, Micros, Result};

use self::envelope::Letter;
use self::ledger::Ledger;
use self::places::Places;
use self::receipt::Receipt;
use self::send::Intent;
use crate::Aws;
use crate::address::Address;

/// Messages in SQS, one pair of queues per topic.
pub struct SqsQueue {
    places: Places,
    ledger: Ledger,
    clock: Arc<dyn Clock>,
}

impl SqsQueue {
    /// Opens `sqs://PREFIX?region=&endpoint=&create=true`. The messages of a topic are in the queue `PREFIX-TOPIC.fifo`,
    /// its dead letters in `PREFIX-TOPIC-dead.fifo`; both are made when first used, where `create=true` allows it. What SQS
    /// cannot remember is kept in `documents`.
    ///
    /// # Errors
    /// `Config` when the address cannot be used.
    pub async fn open(aws: &Aws, address: &str, documents: Arc<dyn Documents>, clock: Arc<dyn Clock>) -> Result<Self> {
        let address = Address::parse(address, &["region", "endpoint", "create"])?;
        if address.scheme != "sqs" || !address.path.is_empty() {
            return Err(Error::config("the address of a queue is sqs://PREFIX, without a path"));
        }
        let config = aws.config(address.get("region"), address.get("endpoint"));
        let config = aws_sdk_sqs::config::Builder::from(&config).interceptor(aws.counting("sqs")).build();
        let client = aws_sdk_sqs::Client::from_conf(config);
        let places = Places::new(client, &address.host, address.flag("create")?)?;
        Ok(Self { places, ledger: Ledger::new(documents, Arc::clone(&clock)), clock })
    }

    /// The messages as they go to SQS, each with the time of sending, which orders them.
    fn letters(&self, messages: impl IntoIterator<Item = Message>) -> Result<Vec<Letter>> {
        let now = self.clock.now();
        let numbered = messages.into_iter().zip(0..);
        numbered.map(|(message, number)| Letter::new(message, Micros(now.0 + number))).collect()
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, messages: Vec<Message>) -> Result<()> {
        let letters = self.letters(messages)?;
        self.post(letters.into_iter().map(|letter| (letter, Intent::Send)).collect()).await
    }

    async fn receive(&self, topic: &str, limit: usize, hidden: Duration) -> Result<Vec<Delivery>> {
        self.take(topic, limit, hidden).await
    }

    async fn done(&self, receipt: &str) -> Result<()> {
        self.finish(&Receipt::parse(receipt)?).await
    }

    async fn give_back(&self, receipt: &str, reason: &str) -> Result<()> {
        self.put_back(&Receipt::parse(receipt)?, reason).await
    }

    async fn bury(&self, messages: Vec<(Message, String)>) -> Result<()> {
        let (messages, reasons): (Vec<_>, Vec<_>) = messages.into_iter().unzip();
        let letters = self.letters(messages)?;
        self.post(letters.into_iter().zip(reasons.into_iter().map(Intent::Bury)).collect()).await
    }

    async fn dead(&self, topic: &str) -> Result<Vec<(Message, String)>> {
        self.list_dead(topic).await
    }

    async fn redrive(&self, topic: &str) -> Result<u64> {
        self.send_again(topic).await
    }
}

#[async_trait]
impl Probe for SqsQueue {
    async fn probe(&self) -> Result<String> {
        self.places.probe().await
    }
}
