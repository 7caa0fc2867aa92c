//! What people find among their own: one small index beside the generations, changed in place.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pipeline_core::error::Context;
use pipeline_core::hash::Hasher;
use pipeline_core::ports::{OwnHits, OwnItem, OwnQuery, OwnWrite};
use pipeline_core::words::{phrases, whole};
use pipeline_core::{Error, ErrorKind, Micros, Result, UserId};
use serde_json::{Value, json};
use tantivy::collector::sort_key::{SortByStaticFastValue, SortByString};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, Query};
use tantivy::schema::{FAST, Field, STORED, STRING, Schema, Value as _};
use tantivy::tokenizer::RAW_TOKENIZER_NAME;
use tantivy::{Index, IndexReader, IndexWriter, Order, ReloadPolicy, TantivyDocument, Term};

use super::fields::{register_analyzers, text};
use super::query::{any, having};

/// Memory of a write, in bytes: the least that tantivy takes.
const WRITER_HEAP_BYTES: usize = 16 << 20;

/// How long to wait for another process's write.
const PATIENCE: Duration = Duration::from_secs(30);

/// Names of the columns that give the order.
const CHANGED: &str = "changed_at";
const ID: &str = "id";

/// The index of everybody's own. Processes write one after the other; any number may read meanwhile.
pub(super) struct Own {
    folder: PathBuf,
    fields: OwnFields,
    reading: Mutex<Option<Reading>>,
}

/// What was read last.
struct Reading {
    /// The index's list of its parts, which every write changes.
    parts: Vec<u8>,
    reader: IndexReader,
}

struct OwnFields {
    schema: Schema,
    key: Field,
    user: Field,
    kind: Field,
    words: Field,
    changed_at: Field,
    id: Field,
    stored: Field,
}

impl OwnFields {
    fn new() -> Self {
        let mut builder = Schema::builder();
        Self {
            key: builder.add_text_field("key", STRING),
            user: builder.add_text_field("user", STRING),
            kind: builder.add_text_field("kind", STRING),
            words: builder.add_text_field("words", text()),
            changed_at: builder.add_i64_field(CHANGED, FAST),
            id: builder.add_text_field(ID, tantivy::schema::TextOptions::default().set_fast(RAW_TOKENIZER_NAME)),
            stored: builder.add_text_field("stored", STORED),
            schema: builder.build(),
        }
    }

    fn document(&self, item: &OwnItem) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_text(self.key, key(&item.user_id, &item.id));
        document.add_text(self.user, hashed("user", item.user_id.as_str()));
        document.add_text(self.kind, hashed("kind", &item.kind));
        document.add_text(self.words, &item.text);
        document.add_i64(self.changed_at, item.changed_at.0);
        document.add_text(self.id, whole(&item.id));
        let stored = json!({
            "user_id": item.user_id,
            "id": item.id,
            "kind": item.kind,
            "body": item.body,
            "changed_at": item.changed_at.0,
        });
        document.add_text(self.stored, stored.to_string());
        document
    }
}

impl Own {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, fields: OwnFields::new(), reading: Mutex::default() }
    }

    /// Does `writes` in their order; returns those that can never succeed, by position.
    pub(super) fn write(&self, writes: &[OwnWrite]) -> Result<Vec<(usize, String)>> {
        let poison: Vec<(usize, String)> = writes
            .iter()
            .enumerate()
            .filter_map(|(position, write)| Some((position, write.flaw()?.to_owned())))
            .collect();
        if poison.len() == writes.len() {
            return Ok(poison);
        }
        let unwritten = || "cannot write what people find among their own";
        fs::create_dir_all(&self.folder).context(ErrorKind::Unavailable, unwritten)?;
        let _lock = lock(&self.folder.join("WRITER"))?;
        self.change(writes).context(ErrorKind::Unavailable, unwritten)?;
        Ok(poison)
    }

    fn change(&self, writes: &[OwnWrite]) -> tantivy::Result<()> {
        let index = match Index::open_in_dir(&self.folder) {
            Ok(index) => index,
            Err(_) if !self.folder.join("meta.json").exists() => {
                Index::create_in_dir(&self.folder, self.fields.schema.clone())?
            }
            Err(error) => return Err(error),
        };
        register_analyzers(&index);
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_HEAP_BYTES)?;
        for write in writes.iter().filter(|write| write.flaw().is_none()) {
            match write {
                OwnWrite::Put(item) => {
                    writer.delete_term(Term::from_field_text(self.fields.key, &key(&item.user_id, &item.id)));
                    writer.add_document(self.fields.document(item))?;
                }
                OwnWrite::Remove { user_id, id } => {
                    writer.delete_term(Term::from_field_text(self.fields.key, &key(user_id, id)));
                }
            }
        }
        writer.commit()?;
        // Many small writes leave many parts; those are merged before the next process may write.
        writer.wait_merging_threads()
    }

    /// Finds what `question` asks for.
    pub(super) fn find(&self, question: &OwnQuery) -> Result<OwnHits> {
        let query = self.query(question)?;
        let unread = || "cannot search what a person finds among their own";
        let Some(reader) = self.reader().context(ErrorKind::Unavailable, unread)? else {
            return Ok(OwnHits::default());
        };
        let searcher = reader.searcher();
        let end = question.offset.saturating_add(question.limit).min(searcher.num_docs() as usize);
        let wanted = question.offset.min(end)..end;
        if wanted.is_empty() {
            let total = searcher.search(&*query, &Count).context(ErrorKind::Internal, unread)?;
            return Ok(OwnHits { items: Vec::new(), total: total as u64 });
        }
        let newest = (SortByStaticFastValue::<i64>::for_field(CHANGED), Order::Desc);
        let order = (newest, (SortByString::for_field(ID), Order::Asc));
        let top = TopDocs::for_doc_range(wanted).order_by(order);
        let (total, top) = searcher.search(&*query, &(Count, top)).context(ErrorKind::Internal, unread)?;
        let items = top.into_iter().map(|(_, address)| {
            let stored: TantivyDocument = searcher.doc(address).context(ErrorKind::Internal, unread)?;
            let text = stored.get_first(self.fields.stored).and_then(|value| value.as_str()).unwrap_or_default();
            let stored: Value = serde_json::from_str(text).context(ErrorKind::Internal, unread)?;
            Ok(item(&stored))
        });
        Ok(OwnHits { items: items.collect::<Result<_>>()?, total: total as u64 })
    }

    fn query(&self, question: &OwnQuery) -> Result<Box<dyn Query>> {
        let user = Term::from_field_text(self.fields.user, &hashed("user", question.user_id.as_str()));
        let mut clauses = vec![(Occur::Must, any([user].into_iter()))];
        if !question.kinds.is_empty() {
            let kinds = question.kinds.iter();
            let kinds = kinds.map(|kind| Term::from_field_text(self.fields.kind, &hashed("kind", kind)));
            clauses.push((Occur::Must, any(kinds)));
        }
        for phrase in phrases(&question.words)? {
            clauses.push((Occur::Must, having(self.fields.words, &phrase)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// A reader of what the last write of any process left; `None` before the first.
    fn reader(&self) -> tantivy::Result<Option<IndexReader>> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(parts) = fs::read(self.folder.join("meta.json")) else {
            return Ok(None);
        };
        match &mut *reading {
            Some(last) if last.parts == parts => Ok(Some(last.reader.clone())),
            Some(last) => {
                last.reader.reload()?;
                last.parts = parts;
                Ok(Some(last.reader.clone()))
            }
            None => {
                let index = Index::open_in_dir(&self.folder)?;
                register_analyzers(&index);
                let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
                Ok(Some(reading.insert(Reading { parts, reader }).reader.clone()))
            }
        }
    }
}

/// Long ids are no keys of an index, their hashes are.
fn hashed(what: &str, text: &str) -> String {
    Hasher::new(what).part(text).hex(40)
}

fn key(user: &UserId, id: &str) -> String {
    Hasher::new("own").part(user.as_str()).part(id).hex(40)
}

fn item(stored: &Value) -> OwnItem {
    let text = |name: &str| stored[name].as_str().unwrap_or_default().to_owned();
    OwnItem {
        user_id: UserId(text("user_id")),
        id: text("id"),
        kind: text("kind"),
        text: String::new(),
        body: stored["body"].clone(),
        changed_at: Micros(stored["changed_at"].as_i64().unwrap_or_default()),
    }
}

/// Waits until no other process writes. The lock is free once the file is dropped.
fn lock(path: &Path) -> Result<File> {
    let unlocked = || format!("cannot lock {}", path.display());
    let options = File::options().write(true).create(true).truncate(false).open(path);
    let file = options.context(ErrorKind::Unavailable, unlocked)?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Error::unavailable(unlocked()).because("another process writes for too long"));
            }
            Err(TryLockError::Error(error)) => return Err(Error::unavailable(unlocked()).because(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str) -> OwnWrite {
        OwnWrite::Put(OwnItem {
            user_id: UserId("ada".to_owned()),
            id: id.to_owned(),
            kind: "saved".to_owned(),
            text: "rust".to_owned(),
            body: json!({}),
            changed_at: Micros(1),
        })
    }

    fn total(own: &Own) -> u64 {
        let user_id = UserId("ada".to_owned());
        let query = OwnQuery { user_id, words: "rust".to_owned(), kinds: Vec::new(), offset: 0, limit: 0 };
        own.find(&query).expect("items that are found").total
    }

    /// Each [`Own`] shares nothing with the others but the folder, as processes do.
    #[test]
    fn writers_wait_for_each_other_and_readers_see_every_write() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let open = || Own::new(folder.path().join("own"));
        let reader = open();
        assert_eq!(total(&reader), 0);
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let own = open();
                scope.spawn(move || {
                    for number in 0..10 {
                        let poison =
                            own.write(&[item(&format!("{writer}-{number}"))]).expect("an item that is written");
                        assert!(poison.is_empty());
                        assert!(total(&own) > number);
                    }
                });
            }
            for _ in 0..20 {
                total(&reader);
            }
        });
        assert_eq!(total(&reader), 40);
        assert_eq!(total(&open()), 40);
    }
}
