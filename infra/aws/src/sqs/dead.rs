//! Dead letters: listing them where they are, and sending them again.
//!
//! A queue of SQS can be read only by hiding what was read, so listing holds the letters for a while and then makes them
//! visible again; of two who list at the same time, each sees a part.

use std::collections::BTreeSet;

use aws_sdk_sqs::types::{Message as Raw, MessageSystemAttributeName as Attribute};
use futures::future::try_join_all;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use pipeline_core::ports::Message;
use pipeline_core::{Micros, Result};

use super::SqsQueue;
use super::envelope::Letter;
use super::ledger::{Entry, State};
use super::places::Place;

/// How long a letter is hidden from others while all are read, in seconds.
const HELD: i32 = 60;
/// Letters looked up at the same time.
const AT_ONCE: usize = 10;

/// The reason of a message whose last delivery nobody answered.
const UNANSWERED: &str = "the last delivery was never answered";
/// The reason of a letter that did not come through this queue.
const STRANGE: &str = "it was not sent by waypost";

/// The reason of a message that nobody answered any more after the reason given before.
pub(super) fn unanswered(before: Option<&str>) -> String {
    before.map_or_else(|| UNANSWERED.to_owned(), |before| format!("{before}; {UNANSWERED}"))
}

/// A letter that is hidden for us.
struct Held {
    /// `None` for one that was not written by this queue.
    letter: Option<Letter>,
    raw: Raw,
}

impl Held {
    fn new(topic: &str, raw: Raw) -> Self {
        Self { letter: Letter::parse(topic, raw.body.as_deref().unwrap_or_default()), raw }
    }

    fn handle(&self) -> &str {
        self.raw.receipt_handle.as_deref().unwrap_or_default()
    }

    /// The letter when SQS moved it here by itself, in its group, where the others of the group would hide behind it.
    fn in_group(&self) -> Option<&Letter> {
        let group = self.raw.attributes.as_ref()?.get(&Attribute::MessageGroupId)?;
        self.letter.as_ref().filter(|letter| letter.own_group() != *group)
    }
}

impl SqsQueue {
    pub(super) async fn list_dead(&self, topic: &str) -> Result<Vec<(Message, String)>> {
        let place = self.places.of(topic).await?;
        let mut held = Vec::new();
        let told = match self.hold_all(topic, &place, &mut held).await {
            Ok(()) => {
                let told: Vec<_> = held.iter().map(|held| self.told(topic, &place, held)).collect();
                stream::iter(told).buffered(AT_ONCE).try_collect::<Vec<_>>().await
            }
            Err(error) => Err(error),
        };
        let released = self.release_all(&place.dead, &held.iter().map(Held::handle).collect::<Vec<_>>()).await;
        let mut letters: Vec<(Micros, Message, String)> = told?.into_iter().flatten().collect();
        released?;
        letters.sort_by_key(|(at, ..)| *at);
        // A process that was killed may have left a second copy.
        let mut seen = BTreeSet::new();
        letters.retain(|(_, message, _)| seen.insert(message.id.clone()));
        Ok(letters.into_iter().map(|(_, message, reason)| (message, reason)).collect())
    }

    /// Reads all letters into `all`, hiding them.
    async fn hold_all(&self, topic: &str, place: &Place, all: &mut Vec<Held>) -> Result<()> {
        let mut seen = BTreeSet::new();
        loop {
            let raws = self.receive_raw(&place.dead, 10, HELD).await?;
            let mut is_new = false;
            for raw in raws {
                is_new |= seen.insert(raw.message_id.clone());
                let held = Held::new(topic, raw);
                match held.in_group() {
                    Some(letter) => self.free(place, letter, held.handle()).await?,
                    None => all.push(held),
                }
            }
            // Nothing is left, or what was read first is visible again already.
            if !is_new {
                return Ok(());
            }
        }
    }

    /// Puts a letter into a group of its own.
    async fn free(&self, place: &Place, letter: &Letter, handle: &str) -> Result<()> {
        let known = self.ledger.get(&letter.message.topic, &letter.key).await?;
        let once = letter.buried_once(known.map_or(0, |known| known.entry.redrives));
        self.send_raw(&place.dead, letter, letter.own_group(), once).await?;
        self.delete_raw(&place.dead, handle).await
    }

    /// A letter with its reason; `None` for one that was done after all, which is removed.
    async fn told(&self, topic: &str, place: &Place, held: &Held) -> Result<Option<(Micros, Message, String)>> {
        let Some(letter) = &held.letter else {
            let id = held.raw.message_id.clone().unwrap_or_default();
            let body = held.raw.body.clone().unwrap_or_default().into();
            let message = Message { topic: topic.to_owned(), id, group: String::new(), body };
            return Ok(Some((Micros(0), message, STRANGE.to_owned())));
        };
        let entry = self.ledger.get(topic, &letter.key).await?.map(|known| known.entry);
        let reason = match entry {
            Some(entry) if entry.state == State::Done => {
                self.delete_raw(&place.dead, held.handle()).await?;
                return Ok(None);
            }
            Some(Entry { state: State::Burying | State::Dead, reason, .. }) => reason.unwrap_or_default(),
            entry => unanswered(entry.and_then(|entry| entry.reason).as_deref()),
        };
        Ok(Some((letter.at, letter.message.clone(), reason)))
    }

    /// Sends every dead letter again and removes it from among them.
    pub(super) async fn send_again(&self, topic: &str) -> Result<u64> {
        let place = self.places.of(topic).await?;
        let mut held = Vec::new();
        let sent = self.send_all_again(topic, &place, &mut held).await;
        let released = self.release_all(&place.dead, &held.iter().map(Held::handle).collect::<Vec<_>>()).await;
        let count = sent?;
        released.map(|()| count)
    }

    /// Leaves in `left` what was read and has to be put back.
    async fn send_all_again(&self, topic: &str, place: &Place, left: &mut Vec<Held>) -> Result<u64> {
        let (mut count, mut seen) = (0, BTreeSet::new());
        loop {
            let start = left.len();
            let raws = self.receive_raw(&place.dead, 10, HELD).await?;
            if raws.is_empty() {
                return Ok(count);
            }
            left.extend(raws.into_iter().map(|raw| Held::new(topic, raw)));
            let (fresh, copies): (Vec<&Held>, Vec<&Held>) = left[start..]
                .iter()
                .filter(|held| held.letter.is_some())
                .partition(|held| held.letter.as_ref().is_some_and(|letter| seen.insert(letter.key.clone())));
            for sent in try_join_all(fresh.iter().map(|held| self.send_one_again(place, held))).await? {
                count += u64::from(sent);
            }
            for copy in copies {
                self.delete_raw(&place.dead, copy.handle()).await?;
            }
            // What this queue did not write stays where it is.
            left.retain(|held| held.letter.is_none());
        }
    }

    /// Returns whether the letter became a message again.
    async fn send_one_again(&self, place: &Place, held: &Held) -> Result<bool> {
        let Some(letter) = &held.letter else { return Ok(false) };
        let topic = &letter.message.topic;
        let step = |known: Option<&Entry>| {
            let mut entry = known.cloned().unwrap_or_else(|| Entry::new(State::Dead, None));
            Ok(match entry.state {
                State::Done => (None, None),
                // A process was killed on the way: SQS recognises the sending, or the copy is recognised later.
                State::Redriving => (None, Some(entry)),
                _ => {
                    entry = Entry {
                        state: State::Redriving,
                        attempts: 0,
                        redrives: entry.redrives + 1,
                        reason: None,
                        ..entry
                    };
                    (Some(entry.clone()), Some(entry))
                }
            })
        };
        let (version, entry) = self.ledger.change(topic, &letter.key, step).await?;
        if let (Some(entry), Some(version)) = (&entry, version) {
            self.send_raw(&place.queue, letter, letter.group(), letter.once(entry.redrives)).await?;
            let sent = Entry { state: State::Sent, ..entry.clone() };
            self.ledger.settle(topic, &letter.key, sent, version).await?;
        }
        self.delete_raw(&place.dead, held.handle()).await?;
        Ok(entry.is_some())
    }
}
