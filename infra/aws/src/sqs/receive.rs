//! Receiving, one message a request.
//!
//! A request for several would return several of one group, of which only the first may be delivered; putting the others
//! back would count as deliveries of theirs in SQS. Asked for one at a time, SQS holds the rest of the group back itself.

use std::time::Duration;

use futures::future::join_all;
use pipeline_core::ports::{Delivery, MAX_ATTEMPTS};
use pipeline_core::{Micros, Result};

use super::SqsQueue;
use super::envelope::Letter;
use super::ledger::{Entry, State};
use super::places::Place;
use super::receipt::Receipt;

/// Requests at the same time.
const AT_ONCE: usize = 8;
/// The longest that SQS hides a message.
const LONGEST_HIDDEN: u64 = 12 * 3_600;
/// How long the text of a message outlives its last delivery, in seconds, for answers that come late.
const TEXT_OUTLIVES: i64 = 3_600;

/// What is to be done with a message that SQS delivered.
enum Verdict {
    Deliver {
        attempts: u32,
        number: u64,
    },
    /// It was done before.
    Remove,
    /// It is to be among the dead letters.
    Bury,
}

impl SqsQueue {
    pub(super) async fn take(&self, topic: &str, limit: usize, hidden: Duration) -> Result<Vec<Delivery>> {
        let place = self.places.of(topic).await?;
        let whole = hidden.as_secs() + u64::from(hidden.subsec_nanos() > 0);
        let seconds = i32::try_from(whole.clamp(1, LONGEST_HIDDEN)).unwrap_or(i32::MAX);
        let mut received: Vec<(Micros, Delivery)> = Vec::new();
        while received.len() < limit {
            let asked = (limit - received.len()).min(AT_ONCE);
            let answers = join_all((0..asked).map(|_| self.take_one(topic, &place, seconds))).await;
            let mut is_empty = false;
            for answer in answers {
                match answer {
                    Ok(Some(delivery)) => received.push(delivery),
                    Ok(None) => is_empty = true,
                    // What was received before must not be lost for a failure after it.
                    Err(error) if received.is_empty() => return Err(error),
                    Err(error) => {
                        tracing::warn!(topic, error = error.chain(), "fewer messages were received than asked for");
                        is_empty = true;
                    }
                }
            }
            if is_empty {
                break;
            }
        }
        received.sort_by_key(|(at, _)| *at);
        Ok(received.into_iter().map(|(_, delivery)| delivery).collect())
    }

    async fn take_one(&self, topic: &str, place: &Place, seconds: i32) -> Result<Option<(Micros, Delivery)>> {
        loop {
            let Some(raw) = self.receive_raw(&place.queue, 1, seconds).await?.pop() else { return Ok(None) };
            let handle = raw.receipt_handle.unwrap_or_default();
            let Some(letter) = Letter::parse(topic, raw.body.as_deref().unwrap_or_default()) else {
                tracing::warn!(topic, "a message that was not sent by waypost is left to the dead letters");
                continue;
            };
            match self.judge(&letter).await? {
                Verdict::Remove => self.delete_raw(&place.queue, &handle).await?,
                Verdict::Bury => {
                    self.bury_letter(place, &letter).await?;
                    self.delete_raw(&place.queue, &handle).await?;
                }
                Verdict::Deliver { attempts, number } => {
                    if attempts >= MAX_ATTEMPTS {
                        self.keep_text(&letter, i64::from(seconds) + TEXT_OUTLIVES).await;
                    }
                    let receipt = Receipt { number, key: letter.key, topic: topic.to_owned(), handle }.text();
                    return Ok(Some((letter.at, Delivery { message: letter.message, receipt, attempts })));
                }
            }
        }
    }

    /// Keeps the text of a letter in its last delivery. Without it, SQS itself makes the dead letter, a little later.
    async fn keep_text(&self, letter: &Letter, seconds: i64) {
        let topic = &letter.message.topic;
        if let Err(error) = self.ledger.keep_text(topic, &letter.key, &letter.text, seconds).await {
            tracing::warn!(topic, error = error.chain(), "the text of a last delivery cannot be kept");
        }
    }

    /// Decides by a message's entry, and counts the delivery.
    async fn judge(&self, letter: &Letter) -> Result<Verdict> {
        let step = |known: Option<&Entry>| {
            let mut entry = known.cloned().unwrap_or_else(|| Entry::new(State::Sent, None));
            Ok(match entry.state {
                State::Done => (None, Verdict::Remove),
                State::Burying | State::Dead => (None, Verdict::Bury),
                // SQS moves it by itself, but not a second copy of it, nor by another count.
                _ if entry.is_last() => {
                    entry.reason = Some(super::dead::unanswered(entry.reason.as_deref()));
                    entry.state = State::Burying;
                    (Some(entry), Verdict::Bury)
                }
                _ => {
                    entry.state = State::Sent;
                    entry.attempts += 1;
                    entry.deliveries += 1;
                    let (attempts, number) = (entry.attempts, entry.deliveries);
                    (Some(entry), Verdict::Deliver { attempts, number })
                }
            })
        };
        Ok(self.ledger.change(&letter.message.topic, &letter.key, step).await?.1)
    }
}
