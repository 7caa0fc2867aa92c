//! Sending and burying: each id once, in batches, each message of a group after the one before.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use aws_sdk_sqs::types::SendMessageBatchRequestEntry as BatchEntry;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use pipeline_core::ports::Version;
use pipeline_core::{Error, ErrorKind, Result};

use super::SqsQueue;
use super::calls::{incomplete, tell};
use super::envelope::{Letter, MAX_BATCH_BYTES};
use super::ledger::{Entry, State};

/// Messages of one batch.
const BATCH: usize = 10;
/// Entries recorded at the same time.
const AT_ONCE: usize = 8;
/// How often a message that SQS refuses for now is sent again, with waits that double.
const TRIES: u32 = 6;
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// What is to happen to a message.
#[derive(Clone)]
pub(super) enum Intent {
    Send,
    /// With the reason.
    Bury(String),
}

impl Intent {
    /// The entry before, and the one after.
    fn entries(&self) -> (Entry, Entry) {
        match self {
            Self::Send => (Entry::new(State::Sending, None), Entry::new(State::Sent, None)),
            Self::Bury(reason) => {
                let entry = |state| Entry::new(state, Some(reason.clone()));
                (entry(State::Burying), entry(State::Dead))
            }
        }
    }
}

/// A letter on its way into a queue.
struct Parcel {
    letter: Letter,
    group: String,
    once: String,
    /// The entry to be recorded when it is there, over this version.
    after: Entry,
    version: Version,
}

impl SqsQueue {
    /// Sends or buries all whose id is not known yet.
    pub(super) async fn post(&self, letters: Vec<(Letter, Intent)>) -> Result<()> {
        let mut topics: BTreeMap<String, Vec<(Letter, Intent)>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (letter, intent) in letters {
            if seen.insert(letter.key.clone()) {
                topics.entry(letter.message.topic.clone()).or_default().push((letter, intent));
            }
        }
        for (topic, letters) in topics {
            let place = self.places.of(&topic).await?;
            let buries = letters.iter().any(|(_, intent)| matches!(intent, Intent::Bury(_)));
            let recorded = stream::iter(letters).map(|(letter, intent)| self.record(letter, intent)).buffered(AT_ONCE);
            let parcels: Vec<Option<Parcel>> = recorded.try_collect().await?;
            let url = if buries { &place.dead } else { &place.queue };
            self.deliver(url, parcels.into_iter().flatten().collect()).await?;
        }
        Ok(())
    }

    /// Records that a letter is about to be sent; `None` when it was sent before. One that was about to be sent before is
    /// sent again: SQS or, later, its entry recognises the second copy.
    async fn record(&self, letter: Letter, intent: Intent) -> Result<Option<Parcel>> {
        let (before, after) = intent.entries();
        let topic = letter.message.topic.clone();
        let step = |known: Option<&Entry>| {
            Ok(match known {
                None => (Some(before.clone()), Some(after.clone())),
                // The first reason stays.
                Some(known) if known.state == before.state => {
                    (None, Some(Entry { state: after.state, ..known.clone() }))
                }
                Some(_) => (None, None),
            })
        };
        let (version, after) = self.ledger.change(&topic, &letter.key, step).await?;
        let (Some(version), Some(after)) = (version, after) else { return Ok(None) };
        let (group, once) = match intent {
            Intent::Send => (letter.group(), letter.once(0)),
            Intent::Bury(_) => (letter.own_group(), letter.buried_once(0)),
        };
        Ok(Some(Parcel { letter, group, once, after, version }))
    }

    async fn deliver(&self, url: &str, parcels: Vec<Parcel>) -> Result<()> {
        let mut pending = VecDeque::from(parcels);
        let (mut failures, mut wait) = (0, FIRST_WAIT);
        while !pending.is_empty() {
            let batch = next_batch(&mut pending);
            let (sent, refused) = self.send_batch(url, batch).await?;
            let settled = sent.into_iter().map(|parcel| self.settle(parcel));
            stream::iter(settled).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
            if refused.is_empty() {
                continue;
            }
            failures += 1;
            if let Some((code, _)) = refused.iter().find(|(code, _)| code.is_final || failures >= TRIES) {
                let kind = if code.is_final { ErrorKind::Invalid } else { ErrorKind::Unavailable };
                let (count, code) = (refused.len(), &code.text);
                return Err(Error::new(kind, format!("{count} messages of a batch were refused")).because(code.clone()));
            }
            for (_, parcel) in refused.into_iter().rev() {
                pending.push_front(parcel);
            }
            self.clock.sleep(wait).await;
            wait *= 2;
        }
        Ok(())
    }

    /// The parcels that arrived, and those that did not, in order.
    async fn send_batch(&self, url: &str, batch: Vec<Parcel>) -> Result<(Vec<Parcel>, Vec<(Refusal, Parcel)>)> {
        let entries = batch.iter().enumerate().map(|(number, parcel)| {
            let entry = BatchEntry::builder().id(number.to_string()).message_body(&parcel.letter.text);
            entry.message_group_id(&parcel.group).message_deduplication_id(&parcel.once).build()
        });
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(incomplete)?;
        let request = self.places.client.send_message_batch().queue_url(url).set_entries(Some(entries));
        let answer = request.send().await.map_err(|error| tell("cannot send messages", error))?;
        let failed = answer.failed.into_iter().map(|entry| {
            (entry.id, Refusal { text: format!("SQS answered {}", entry.code), is_final: entry.sender_fault })
        });
        let mut failed: BTreeMap<String, Refusal> = failed.collect();
        let (mut sent, mut refused) = (Vec::new(), Vec::new());
        for (number, parcel) in batch.into_iter().enumerate() {
            match failed.remove(&number.to_string()) {
                None => sent.push(parcel),
                // SQS counts a request for patience among the faults of who asks.
                Some(refusal) if refusal.text.contains("Throttled") => {
                    refused.push((Refusal { is_final: false, ..refusal }, parcel));
                }
                Some(refusal) => refused.push((refusal, parcel)),
            }
        }
        Ok((sent, refused))
    }

    async fn settle(&self, parcel: Parcel) -> Result<()> {
        let Parcel { letter, after, version, .. } = parcel;
        self.ledger.settle(&letter.message.topic, &letter.key, after, version).await
    }
}

/// Why SQS did not take one message of a batch.
struct Refusal {
    text: String,
    is_final: bool,
}

/// Takes the next batch: of each group one message only, so that none passes one before it that is refused.
fn next_batch(pending: &mut VecDeque<Parcel>) -> Vec<Parcel> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    let mut groups = BTreeSet::new();
    let mut later = VecDeque::new();
    while let Some(parcel) = pending.pop_front() {
        let is_first = groups.insert(parcel.group.clone());
        if is_first && bytes + parcel.letter.text.len() <= MAX_BATCH_BYTES {
            bytes += parcel.letter.text.len();
            batch.push(parcel);
        } else {
            later.push_back(parcel);
        }
        if batch.len() == BATCH {
            break;
        }
    }
    later.append(pending);
    *pending = later;
    batch
}
