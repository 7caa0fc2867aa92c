//! Building a generation of the search index from the roles, checking it, and switching to it.

use std::collections::{BTreeMap, HashMap};

use futures::TryStreamExt as _;
use pipeline_core::hash::Hasher;
use pipeline_core::ports::{Documents, IndexedRole, Key, Queue, Search, Write};
use pipeline_core::stage::Outcome;
use pipeline_core::{Error, Result};
use pipeline_lake::{Lake, column, rows};
use schemas::Row as _;
use schemas::documents::IndexDocument;
use schemas::tables::{MatchRow, PostingRow, RoleRow, SalaryRow, SkillRow, TrendRow};
use schemas::wire::MarketAnswer;
use serde_json::{Value, json};

use crate::{index_document, match_documents, notices};

/// Roles held in memory at once while their texts are looked up.
const PASS_ROLES: u64 = 50_000;
/// Roles handed to the index at once.
const BATCH_ROLES: usize = 500;
/// Generations kept besides the one that answers, to go back to.
const KEPT: usize = 1;
/// Documents that are read at once to see whether they changed.
const COMPARED: usize = 100;
/// Matches of a person that are served.
const SERVED_MATCHES: usize = 100;
/// Changes when the documents change form.
const METHOD: &str = "publish-2";

/// The stage with what it needs.
#[derive(Clone, Copy)]
pub struct PublishStage<'a> {
    /// Where the tables are.
    pub lake: &'a Lake,
    /// Where roles are found.
    pub search: &'a dyn Search,
    /// Where documents are served from.
    pub documents: &'a dyn Documents,
    /// Where notices go.
    pub queue: &'a dyn Queue,
}

/// A body as it comes back from a store that keeps its text: numbers may differ in their last bit.
fn stored(body: &Value) -> Value {
    serde_json::from_str(&body.to_string()).unwrap_or_else(|_| body.clone())
}

/// What a publish did.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// The generation that answers now.
    pub generation: String,
    /// What the stage read and wrote.
    pub outcome: Outcome,
}

impl PublishStage<'_> {
    /// A fingerprint of everything that is published.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn inputs(&self) -> Result<String> {
        let mut hasher = Hasher::new("publish").part(METHOD);
        for spec in [RoleRow::TABLE, MatchRow::TABLE, SalaryRow::TABLE, SkillRow::TABLE, TrendRow::TABLE] {
            hasher.add(spec.name);
            for file in self.lake.table(spec).await?.files().await? {
                hasher.add(file.path.as_ref());
            }
        }
        Ok(hasher.hex(32))
    }

    /// The name of the generation that holds the roles as they are; matches and market answers are no part of it, so that new
    /// ones build no index.
    async fn generation(&self) -> Result<String> {
        let mut hasher = Hasher::new("generation").part(METHOD);
        for file in self.lake.table(RoleRow::TABLE).await?.files().await? {
            hasher.add(file.path.as_ref());
        }
        Ok(format!("roles-{}", hasher.hex(16)))
    }

    /// Publishes what the tables hold; `answers` are the market documents by sort key. Nothing that answers is touched
    /// before everything new is in place.
    ///
    /// # Errors
    /// `Unavailable` when a backend is away; `Internal` when the new generation is not what was put into it, in which
    /// case the old one keeps answering.
    pub async fn run(&self, answers: &[(String, MarketAnswer)]) -> Result<Published> {
        let generation = self.generation().await?;
        let mut outcome = Outcome::default();
        let built = self.search.generations().await?.contains(&generation);
        let indexed = if built { self.count().await? } else { self.build(&generation).await? };
        outcome.rows_read = indexed;
        outcome.rows_written = indexed;
        self.write_answers(answers).await?;
        self.write_matches(&generation).await?;
        if self.search.current().await?.as_deref() != Some(generation.as_str()) {
            self.search.activate(&generation).await?;
            outcome.changed = true;
        }
        let pointer = Write::put(Key::new("GEN", "current"), json!({"generation": generation, "roles": indexed}));
        self.write_if_new(vec![pointer]).await?;
        self.drop_old(&generation).await?;
        Ok(Published { generation, outcome })
    }

    async fn count(&self) -> Result<u64> {
        Ok(self.lake.table(RoleRow::TABLE).await?.files().await?.iter().map(|file| file.rows).sum())
    }

    async fn build(&self, generation: &str) -> Result<u64> {
        let roles = self.lake.table(RoleRow::TABLE).await?;
        self.search.begin(generation).await?;
        let mut expected = 0;
        let mut files = roles.files().await?.into_iter().peekable();
        while files.peek().is_some() {
            let mut pass = Vec::new();
            let mut size = 0;
            while let Some(file) = files.next_if(|file| pass.is_empty() || size + file.rows <= PASS_ROLES) {
                size += file.rows;
                pass.push(file);
            }
            expected += size;
            let mut waiting = HashMap::new();
            let mut batches = roles.read(pass, None);
            while let Some(batch) = batches.try_next().await? {
                for role in rows::<RoleRow>(&batch)? {
                    waiting.insert((role.posting_id.clone(), role.version.clone()), index_document(&role));
                }
            }
            self.index(generation, waiting).await?;
        }
        let sealed = self.search.seal(generation).await?;
        if sealed != expected {
            return Err(Error::internal(format!("generation {generation} holds {sealed} roles instead of {expected}"))
                .hint("run `waypost backfill --stage publish` again; the old generation keeps answering"));
        }
        Ok(sealed)
    }

    /// Adds the texts to `waiting` documents and hands both to the index, in the order of the texts.
    async fn index(&self, generation: &str, mut waiting: HashMap<(String, String), IndexDocument>) -> Result<()> {
        let postings = self.lake.table(PostingRow::TABLE).await?;
        let mut batches = postings.read(postings.files().await?, Some(&["posting_id", "version", "text"]));
        let mut full = Vec::new();
        while let Some(batch) = batches.try_next().await? {
            let (ids, versions) = (column::text(&batch, "posting_id")?, column::text(&batch, "version")?);
            let texts = column::text(&batch, "text")?;
            for row in 0..batch.num_rows() {
                let key = (ids.value(row).to_owned(), versions.value(row).to_owned());
                if let Some(document) = waiting.remove(&key) {
                    full.push(IndexedRole { document, text: texts.value(row).to_owned() });
                }
                if full.len() == BATCH_ROLES {
                    self.search.add(generation, std::mem::take(&mut full)).await?;
                }
            }
        }
        if !full.is_empty() {
            self.search.add(generation, full).await?;
        }
        match waiting.into_keys().min() {
            None => Ok(()),
            Some((posting, version)) => Err(Error::internal(format!("posting {posting} has no version {version}"))
                .hint("derive the roles again with `waypost backfill --stage resolve`")),
        }
    }

    async fn write_answers(&self, answers: &[(String, MarketAnswer)]) -> Result<()> {
        let mut writes = Vec::new();
        for (key, answer) in answers {
            let body = serde_json::to_value(answer)
                .map_err(|error| Error::internal("a market answer is no JSON").because(error))?;
            writes.push(Write::put(Key::new("MARKET", key), body));
        }
        let kept: Vec<&str> = answers.iter().map(|(key, _)| key.as_str()).collect();
        for document in self.documents.list("MARKET", "").await? {
            if !kept.contains(&document.key.sk.as_str()) {
                let condition = pipeline_core::ports::Condition::None;
                self.documents.write(Write::Delete { key: document.key, condition }).await?;
            }
        }
        self.write_if_new(writes).await
    }

    /// Writes only what differs from what is there, so that a second publish changes nothing.
    async fn write_if_new(&self, writes: Vec<Write>) -> Result<()> {
        for writes in writes.chunks(COMPARED) {
            let keys: Vec<Key> = writes.iter().map(|write| write.key().clone()).collect();
            for (write, there) in writes.iter().zip(self.documents.get_many(&keys).await?) {
                let same = matches!((&there, write), (Some(old), Write::Put { body, .. }) if old.body == stored(body));
                if !same {
                    self.documents.write(write.clone()).await?;
                }
            }
        }
        Ok(())
    }

    async fn write_matches(&self, generation: &str) -> Result<()> {
        let mut people: BTreeMap<String, Vec<MatchRow>> = BTreeMap::new();
        let matches = self.lake.table(MatchRow::TABLE).await?;
        for row in matches.rows::<MatchRow>(matches.files().await?).await? {
            people.entry(row.user_id.clone()).or_default().push(row);
        }
        if people.is_empty() {
            return Ok(());
        }
        for rows in people.values_mut() {
            rows.sort_by_key(|row| row.rank);
            rows.truncate(SERVED_MATCHES);
        }
        let documents = self.matched_documents(&people).await?;
        for (user_id, rows) in people {
            let matched: Vec<(MatchRow, IndexDocument)> = rows
                .into_iter()
                .filter_map(|row| documents.get(&row.role_id).cloned().map(|document| (row, document)))
                .collect();
            self.write_if_new(vec![match_documents(&user_id, &matched, generation)]).await?;
            self.queue.send(notices(&user_id, &matched).into_iter().collect()).await?;
        }
        Ok(())
    }

    async fn matched_documents(
        &self,
        people: &BTreeMap<String, Vec<MatchRow>>,
    ) -> Result<HashMap<String, IndexDocument>> {
        let wanted: std::collections::HashSet<&str> =
            people.values().flatten().map(|row| row.role_id.as_str()).collect();
        let roles = self.lake.table(RoleRow::TABLE).await?;
        let mut batches = roles.read(roles.files().await?, None);
        let mut documents = HashMap::new();
        while let Some(batch) = batches.try_next().await? {
            for role in rows::<RoleRow>(&batch)? {
                if wanted.contains(role.role_id.as_str()) {
                    documents.insert(role.role_id.clone(), index_document(&role));
                }
            }
        }
        Ok(documents)
    }

    async fn drop_old(&self, current: &str) -> Result<()> {
        // Names are hashes and tell no age; keep the one that answered before, which is noted beside the pointer.
        let key = Key::new("GEN", "previous");
        let noted = self.documents.get(&key).await?;
        let chain: Vec<String> = noted
            .and_then(|document| serde_json::from_value(document.body["generations"].clone()).ok())
            .unwrap_or_default();
        let mut chain: Vec<String> = chain.into_iter().filter(|name| name != current).collect();
        chain.insert(0, current.to_owned());
        chain.truncate(KEPT + 1);
        for generation in self.search.generations().await? {
            if !chain.contains(&generation) {
                self.search.drop_generation(&generation).await?;
            }
        }
        self.write_if_new(vec![Write::put(key, json!({"generations": chain}))]).await
    }
}
