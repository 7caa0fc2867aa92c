//! Answering a delivery: done, or given back.

use pipeline_core::{Error, Result};

use super::SqsQueue;
use super::envelope::Letter;
use super::ledger::{Entry, State};
use super::places::Place;
use super::receipt::Receipt;

impl SqsQueue {
    /// Records that a message is done, then removes it.
    pub(super) async fn finish(&self, receipt: &Receipt) -> Result<()> {
        let place = self.places.of(&receipt.topic).await?;
        let step = |known: Option<&Entry>| {
            let entry = held(known, receipt)?;
            let was_last = entry.is_last();
            let is_done = entry.state == State::Done;
            let done = Entry { state: State::Done, reason: None, ..entry };
            Ok(((!is_done).then_some(done), was_last))
        };
        let (_, was_last) = self.ledger.change(&receipt.topic, &receipt.key, step).await?;
        self.delete_raw(&place.queue, &receipt.handle).await?;
        if was_last {
            self.ledger.drop_text(&receipt.topic, &receipt.key).await?;
        }
        Ok(())
    }

    /// Records the reason, then makes the message visible or, after its last attempt, a dead letter.
    pub(super) async fn put_back(&self, receipt: &Receipt, reason: &str) -> Result<()> {
        let place = self.places.of(&receipt.topic).await?;
        let step = |known: Option<&Entry>| {
            let mut entry = held(known, receipt)?;
            if matches!(entry.state, State::Done | State::Dead) {
                return Ok((None, State::Done));
            }
            if entry.is_last() {
                entry.state = State::Burying;
            }
            entry.reason = Some(reason.to_owned());
            let state = entry.state;
            Ok((Some(entry), state))
        };
        let (_, state) = self.ledger.change(&receipt.topic, &receipt.key, step).await?;
        match state {
            State::Done => Ok(()),
            State::Burying => self.bury_delivered(&place, receipt).await,
            _ => self.release_raw(&place.queue, &receipt.handle).await,
        }
    }

    async fn bury_delivered(&self, place: &Place, receipt: &Receipt) -> Result<()> {
        let text = self.ledger.text(&receipt.topic, &receipt.key).await?;
        let Some(letter) = text.and_then(|text| Letter::parse(&receipt.topic, &text)) else {
            // The answer comes so late that the text is gone; SQS moves the message when it is asked for the next time.
            return self.release_raw(&place.queue, &receipt.handle).await;
        };
        self.bury_letter(place, &letter).await?;
        self.delete_raw(&place.queue, &receipt.handle).await?;
        self.ledger.drop_text(&receipt.topic, &receipt.key).await
    }

    /// Puts a letter whose entry says that it is buried among the dead letters.
    pub(super) async fn bury_letter(&self, place: &Place, letter: &Letter) -> Result<()> {
        let topic = &letter.message.topic;
        let Some(known) = self.ledger.get(topic, &letter.key).await? else { return Ok(()) };
        let once = letter.buried_once(known.entry.redrives);
        self.send_raw(&place.dead, letter, letter.own_group(), once).await?;
        let dead = Entry { state: State::Dead, ..known.entry };
        self.ledger.settle(topic, &letter.key, dead, known.version).await
    }
}

/// The entry of a delivery that was not followed by another.
fn held(known: Option<&Entry>, receipt: &Receipt) -> Result<Entry> {
    match known {
        Some(entry) if entry.deliveries == receipt.number => Ok(entry.clone()),
        _ => Err(Error::conflict("the delivery ran out and its message was delivered again")),
    }
}
