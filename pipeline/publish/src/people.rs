//! What people change (their profile, roles they saved or applied for) taken from the feed of the document store into the
//! search index.
//!
//! The feed says that a document changed; what is written is what the document says now. So a piece that is read twice, or
//! late, or by two followers, leads to the same index. Whatever can never be indexed goes to the dead letters of
//! [`PEOPLE_TOPIC`], and comes back from there by a redrive.

use std::collections::BTreeSet;
use std::time::Duration;

use pipeline_core::error::Context as _;
use pipeline_core::hash::Hasher;
use pipeline_core::ports::{
    Document, Documents, Key, Message, OwnItem, OwnQuery, OwnWrite, Queue, Search, Version, Write,
};
use pipeline_core::{ErrorKind, Micros, Result, UserId};
use schemas::documents::{KeptRole, UserDocument};
use serde_json::{Value, json};

/// Topic of changes that could not be indexed.
pub const PEOPLE_TOPIC: &str = "people";

/// Changes read at once.
const PIECE: usize = 200;
/// Messages that were redriven, taken at once.
const REDRIVEN: usize = 10;
/// How long a redriven message is ours.
const HIDDEN: Duration = Duration::from_secs(60);
/// Items of one person read at once, when everything is read anew.
const OWN_PAGE: usize = 500;

const PROFILE: &str = "PROFILE";
const ROLE: &str = "ROLE#";

/// Follows the feed of the document store.
#[derive(Clone, Copy)]
pub struct Follower<'a> {
    /// What changes.
    pub documents: &'a dyn Documents,
    /// Where it is found.
    pub search: &'a dyn Search,
    /// Where goes what cannot be indexed.
    pub queue: &'a dyn Queue,
}

/// What one step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// Changes read.
    pub changes: u64,
    /// Items written to the index or removed from it.
    pub indexed: u64,
    /// Items that went to the dead letters.
    pub buried: u64,
    /// Whether there is more at once.
    pub more: bool,
}

impl Follower<'_> {
    /// Takes the next piece of the feed, then remembers where it ended.
    ///
    /// # Errors
    /// `Unavailable` when a backend is away; the piece is then read again by the next step.
    pub async fn step(&self) -> Result<Followed> {
        let checkpoint = Key::new("FEED", "people");
        let stored = self.documents.get(&checkpoint).await?;
        let position = stored.as_ref().and_then(|document| document.body["position"].as_str());
        let piece = self.documents.changes(position, PIECE).await?;
        let mut followed = Followed { changes: piece.changes.len() as u64, more: piece.more, ..Followed::default() };
        // A first reading and a gap alike mean that older changes may have been missed.
        if piece.gap || position.is_none() {
            followed.add(self.anew().await?);
        }
        // The feed tells of the checkpoint, too. Remembering that would be the next change, without end.
        let news = piece.changes.iter().any(|change| change.key != checkpoint) || piece.gap || position.is_none();
        let keys: BTreeSet<Key> = piece.changes.into_iter().map(|change| change.key).filter(concerns).collect();
        followed.add(self.take(keys).await?);
        if news && position != Some(piece.next.as_str()) {
            self.documents.write(Write::put(checkpoint, json!({"position": piece.next}))).await?;
        }
        Ok(followed)
    }

    /// Takes messages that were redriven from the dead letters.
    ///
    /// # Errors
    /// `Unavailable` when a backend is away.
    pub async fn retry(&self) -> Result<Followed> {
        let mut followed = Followed::default();
        for delivery in self.queue.receive(PEOPLE_TOPIC, REDRIVEN, HIDDEN).await? {
            let text = |name: &str| delivery.message.body[name].as_str().unwrap_or_default().to_owned();
            let key = Key::new(text("pk"), text("sk"));
            let refused = match self.read(&key).await?.write {
                Ok(write) => self.search.write_own(vec![write]).await?.pop().map(|(_, reason)| reason),
                Err(reason) => Some(reason),
            };
            match refused {
                None => {
                    followed.indexed += 1;
                    self.answered(self.queue.done(&delivery.receipt).await)?;
                }
                Some(reason) => self.answered(self.queue.give_back(&delivery.receipt, &reason).await)?,
            }
        }
        Ok(followed)
    }

    /// A delivery that ran out meanwhile is delivered again, which is harmless.
    fn answered(&self, result: Result<()>) -> Result<()> {
        match result {
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(()),
            result => result,
        }
    }

    /// Indexes what the documents at `keys` say now.
    async fn take(&self, keys: BTreeSet<Key>) -> Result<Followed> {
        let mut followed = Followed::default();
        let (mut writes, mut written, mut poison) = (Vec::new(), Vec::new(), Vec::new());
        for key in keys {
            let read = self.read(&key).await?;
            match read.write {
                Ok(write) => {
                    writes.push(write);
                    written.push(letter(&key, read.version));
                }
                Err(reason) => poison.push((letter(&key, read.version), reason)),
            }
        }
        if !writes.is_empty() {
            followed.indexed = writes.len() as u64;
            for (position, reason) in self.search.write_own(writes).await? {
                followed.indexed -= 1;
                poison.extend(written.get(position).map(|letter| (letter.clone(), reason)));
            }
        }
        followed.buried = poison.len() as u64;
        if !poison.is_empty() {
            tracing::warn!(items = poison.len(), "what people changed cannot be indexed and is among the dead letters");
            self.queue.bury(poison).await?;
        }
        Ok(followed)
    }

    /// Everything of everybody, and nothing that is there no more.
    async fn anew(&self) -> Result<Followed> {
        let mut followed = Followed::default();
        for person in self.documents.list("PEOPLE", "").await? {
            let user_id = UserId(person.key.sk);
            let pk = format!("USER#{user_id}");
            let documents = self.documents.list(&pk, "").await?;
            let mut keys: BTreeSet<Key> = documents.into_iter().map(|document| document.key).filter(concerns).collect();
            keys.extend(self.found(&user_id).await?.into_iter().map(|id| Key::new(pk.clone(), id)));
            followed.add(self.take(keys).await?);
        }
        Ok(followed)
    }

    /// Ids of what the index holds of a person.
    async fn found(&self, user_id: &UserId) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        loop {
            let query = OwnQuery {
                user_id: user_id.clone(),
                words: String::new(),
                kinds: Vec::new(),
                offset: ids.len(),
                limit: OWN_PAGE,
            };
            let page = self.search.find_own(&query).await?.items;
            let full = page.len() == OWN_PAGE;
            ids.extend(page.into_iter().map(|item| item.id));
            if !full {
                return Ok(ids);
            }
        }
    }

    /// What the index should say of the document at `key`.
    async fn read(&self, key: &Key) -> Result<Read> {
        let Some(user_id) = key.pk.strip_prefix("USER#").filter(|id| !id.is_empty()) else {
            return Ok(Read { version: 0, write: Err("a change of something that is no person's".to_owned()) });
        };
        let user_id = UserId(user_id.to_owned());
        Ok(match self.documents.get(key).await? {
            None => Read { version: 0, write: Ok(OwnWrite::Remove { user_id, id: key.sk.clone() }) },
            Some(document) => {
                let version = document.version;
                // The causes may quote what the person wrote; our own sentence does not.
                let write = item(user_id, document).map(OwnWrite::Put).map_err(|error| error.message().to_owned());
                Read { version, write }
            }
        })
    }
}

/// What a document comes to.
struct Read {
    version: Version,
    /// What to write, or why it cannot be indexed.
    write: std::result::Result<OwnWrite, String>,
}

impl Followed {
    fn add(&mut self, other: Self) {
        self.changes += other.changes;
        self.indexed += other.indexed;
        self.buried += other.buried;
    }
}

/// Whether people find what lies at `key`.
fn concerns(key: &Key) -> bool {
    key.pk.starts_with("USER#") && (key.sk == PROFILE || key.sk.starts_with(ROLE))
}

/// The dead letter of a version of a document. Its id follows from both, so that it lies there once.
fn letter(key: &Key, version: Version) -> Message {
    Message {
        topic: PEOPLE_TOPIC.to_owned(),
        id: Hasher::new("people").part(&key.pk).part(&key.sk).part(version.to_le_bytes()).hex(32),
        group: String::new(),
        body: json!({"pk": key.pk, "sk": key.sk}),
    }
}

fn item(user_id: UserId, document: Document) -> Result<OwnItem> {
    let id = document.key.sk;
    if id == PROFILE {
        return profile(user_id, id, document.body);
    }
    let kept: KeptRole =
        serde_json::from_value(document.body.clone()).context(ErrorKind::Invalid, || "a kept role cannot be read")?;
    let changed_at: Micros =
        kept.changed_at.parse().context(ErrorKind::Invalid, || "a kept role has no time of its change")?;
    let job = &kept.job;
    let text = [&job.title, &job.company, &job.location, &kept.note].map(String::as_str).join("\n");
    let text = format!("{text}\n{}", job.tech_stack.join("\n"));
    Ok(OwnItem { user_id, id, kind: kept.state.name().to_owned(), text, body: document.body, changed_at })
}

/// A profile as its person finds it. It has no time of its own and comes last.
fn profile(user_id: UserId, id: String, body: Value) -> Result<OwnItem> {
    let user: UserDocument =
        serde_json::from_value(body.clone()).context(ErrorKind::Invalid, || "a profile cannot be read")?;
    let profile = &user.profile;
    let mut words = vec![profile.name.clone(), profile.location.clone(), profile.experience_level.clone()];
    words.extend(profile.title.clone());
    words.extend(profile.skills.iter().cloned());
    words.extend(user.preferences.job_domains.iter().cloned());
    Ok(OwnItem { user_id, id, kind: "profile".to_owned(), text: words.join("\n"), body, changed_at: Micros(0) })
}
