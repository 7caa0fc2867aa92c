//! The generations: an index each, whose `_meta` says what it is and whether it is whole.
//!
//! A generation has two places, `PREFIX-NAME` and `PREFIX-NAME~2`, so that one that answers can be built anew beside
//! itself.

use std::collections::{BTreeMap, HashSet};
use std::sync::PoisonError;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ::opensearch::http::Method;
use pipeline_core::hash::Hasher;
use pipeline_core::ports::{IndexedRole, Key, Write};
use pipeline_core::{Error, Result};
use schemas::documents::IndexDocument;
use serde_json::{Value, json};

use super::OpenSearchIndex;
use super::bulk::Item;
use super::cluster::{Answer, Request};
use super::roles;

/// How many roles of a generation are read back before it is sealed.
const SAMPLES: usize = 8;

/// How long Serverless may take until what was written is found.
const VISIBLE: Duration = Duration::from_secs(120);

/// How long OpenSearch may take to forget what was replaced.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// A generation that is being built by this process.
#[derive(Clone, Default)]
pub(super) struct Building {
    index: String,
    began: String,
    /// Hashes of the ids of the roles added so far.
    seen: HashSet<u64>,
    /// The first roles as they were added last, by id.
    samples: BTreeMap<String, IndexDocument>,
}

/// An index that holds a generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) index: String,
    pub(super) generation: String,
    /// When it was begun; later ones sort behind earlier ones.
    began: String,
    /// How many roles it holds; `None` while it is built.
    sealed: Option<u64>,
}

impl OpenSearchIndex {
    pub(super) async fn begin_generation(&self, generation: &str) -> Result<()> {
        let places = self.places(generation)?;
        self.locked().remove(generation);
        // The one that answers goes on answering until the new one of its name is sealed.
        let answering = self.answering().await?.map(|slot| slot.index);
        let mut free = places.into_iter().filter(|index| answering.as_ref() != Some(index));
        let index = free.next().unwrap_or_default();
        for index in std::iter::once(&index).chain(&free.collect::<Vec<_>>()) {
            self.delete_index(index).await?;
        }
        let began = stamp();
        self.create_index(&index, generation, &began).await?;
        let building = Building { index, began, ..Building::default() };
        self.locked().insert(generation.to_owned(), building);
        Ok(())
    }

    pub(super) async fn add_roles(&self, generation: &str, roles: Vec<IndexedRole>) -> Result<()> {
        let index = self.building_index(generation).await?;
        // Of those with one id the last counts; sent together, one that is refused and tried again would come too late.
        let mut last: BTreeMap<&str, &IndexedRole> = BTreeMap::new();
        last.extend(roles.iter().map(|role| (role.document.job_id.as_str(), role)));
        let items = last.iter().map(|(id, role)| Ok(Item::put(&roles::key(id), &roles::document(role)?)));
        let items = items.collect::<Result<Vec<_>>>()?;
        let refused = self.bulk(&index, &items, false).await?;
        if let Some(first) = refused.first() {
            let count = refused.len();
            let kind = crate::failure::kind(None, first.status);
            return Err(Error::new(
                kind,
                format!("opensearch refuses {count} roles of search generation {generation}"),
            )
            .because(format!("{}: {:.300}", first.name, first.reason)));
        }
        if let Some(building) = self.locked().get_mut(generation) {
            for (id, role) in last {
                building.seen.insert(Hasher::new("role").part(id).number());
                if building.samples.len() < SAMPLES || building.samples.contains_key(id) {
                    building.samples.insert(id.to_owned(), role.document.clone());
                }
            }
        }
        Ok(())
    }

    pub(super) async fn seal_generation(&self, generation: &str) -> Result<u64> {
        let known = self.locked().get(generation).cloned();
        let slots = self.slots_of(generation).await?;
        let open = slots.iter().rev().find(|slot| match &known {
            Some(building) => slot.index == building.index && slot.began == building.began,
            None => slot.sealed.is_none(),
        });
        let Some(open) = open else {
            // Sealed before, by a call whose answer was lost.
            let sealed = slots.iter().rev().find_map(|slot| slot.sealed);
            return sealed.filter(|_| known.is_none()).ok_or_else(|| not_begun(generation));
        };
        let count = self.settle(&open.index, known.as_ref()).await?;
        self.check(&open.index, generation, count, known.as_ref()).await?;
        self.mark_sealed(open, count).await?;
        self.replace(open, &slots).await?;
        self.locked().remove(generation);
        Ok(count)
    }

    pub(super) async fn activate_generation(&self, generation: &str) -> Result<()> {
        let slots = self.slots_of(generation).await?;
        let sealed = slots.iter().rev().find(|slot| slot.sealed.is_some());
        let missing = || Error::not_found(format!("search generation {generation} is not there or not sealed"));
        self.point_to(sealed.ok_or_else(missing)?).await
    }

    /// The index that answers; `None` before the first.
    pub(super) async fn answering(&self) -> Result<Option<Slot>> {
        let target = match self.target().await? {
            Some(target) => target,
            None => return Ok(None),
        };
        Ok(self.slots(&target).await?.pop())
    }

    /// What is searched: the alias, or the index that the document names.
    pub(super) async fn target(&self) -> Result<Option<String>> {
        if !self.serverless {
            return Ok(Some(self.prefix.clone()));
        }
        let pointer = self.documents.get(&self.pointer()).await?;
        Ok(pointer.and_then(|document| document.body["index"].as_str().map(str::to_owned)))
    }

    pub(super) async fn sealed_generations(&self) -> Result<Vec<String>> {
        let slots = self.slots(&format!("{}-*", self.prefix)).await?;
        let sealed = slots.into_iter().filter(|slot| slot.sealed.is_some());
        let mut names: Vec<String> = sealed.map(|slot| slot.generation).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    pub(super) async fn remove_generation(&self, generation: &str) -> Result<()> {
        let places = self.places(generation)?;
        if self.answering().await?.is_some_and(|slot| slot.generation == generation) {
            return Err(Error::conflict(format!("search generation {generation} is the one that answers")));
        }
        self.locked().remove(generation);
        for index in places {
            self.delete_index(&index).await?;
        }
        Ok(())
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Building>> {
        self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pointer(&self) -> Key {
        Key::new("GEN", format!("search-{}", self.prefix))
    }

    /// The two indexes that may hold `generation`.
    fn places(&self, generation: &str) -> Result<[String; 2]> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if generation.is_empty()
            || generation.len() > 100
            || generation.starts_with('.')
            || !generation.bytes().all(plain)
        {
            return Err(Error::invalid(format!("{generation:?} cannot name a search generation")));
        }
        // Names of indexes are in lower case, and `own` is taken.
        let lower = generation.to_ascii_lowercase();
        let name = if lower == generation && generation != "own" {
            lower
        } else {
            format!("{lower}~{}", Hasher::new("generation").part(generation).hex(12))
        };
        Ok([format!("{}-{name}", self.prefix), format!("{}-{name}~2", self.prefix)])
    }

    /// The index of a generation that is being built, by this process or, before it, another.
    async fn building_index(&self, generation: &str) -> Result<String> {
        if let Some(building) = self.locked().get(generation) {
            return Ok(building.index.clone());
        }
        let slots = self.slots_of(generation).await?;
        let open = slots.into_iter().rev().find(|slot| slot.sealed.is_none());
        open.map(|slot| slot.index).ok_or_else(|| not_begun(generation))
    }

    /// The indexes that hold `generation`, the one that was begun last at the end.
    async fn slots_of(&self, generation: &str) -> Result<Vec<Slot>> {
        let mut slots = Vec::new();
        for index in self.places(generation)? {
            slots.extend(self.slots(&index).await?);
        }
        slots.sort_by(|a, b| a.began.cmp(&b.began));
        Ok(slots)
    }

    /// The generations that the indexes called `pattern` hold; nothing where there are none.
    async fn slots(&self, pattern: &str) -> Result<Vec<Slot>> {
        let request = Request::new("GetMapping", Method::Get, format!("/{pattern}/_mapping"))
            .with("filter_path", "*.mappings._meta");
        let what = || format!("cannot list search generations of {}", self.prefix);
        let Some(found) = self.cluster.send(&request).await?.there(what)? else {
            return Ok(Vec::new());
        };
        let indexes = found.as_object().into_iter().flatten();
        let slots = indexes.filter_map(|(index, mapping)| {
            let meta = &mapping["mappings"]["_meta"];
            (meta["prefix"] == json!(self.prefix)).then(|| Slot {
                index: index.clone(),
                generation: meta["generation"].as_str().unwrap_or_default().to_owned(),
                began: meta["began"].as_str().unwrap_or_default().to_owned(),
                sealed: meta["sealed"].as_u64(),
            })
        });
        Ok(slots.collect())
    }

    async fn create_index(&self, index: &str, generation: &str, began: &str) -> Result<()> {
        let mut body = schemas::derive::opensearch_mapping();
        body["mappings"]["_meta"] = self.meta(generation, began, None);
        body["settings"]["index"]["refresh_interval"] = json!("-1");
        let create = Request::new("CreateIndex", Method::Put, format!("/{index}")).json(&self.allowed(body));
        let what = || format!("cannot begin search generation {generation}");
        let answer = self.cluster.send(&create).await?;
        if !answer.exists_already() {
            return answer.done(what).map(drop);
        }
        // An earlier try made it and its answer was lost, or another process makes one at the same time.
        match self.slots(index).await?.pop() {
            Some(slot) if slot.began == began => Ok(()),
            _ => Err(Error::conflict(what()).because("another process begins it at the same time")),
        }
    }

    /// What Serverless allows of `body`: it has settings of its own.
    pub(super) fn allowed(&self, mut body: Value) -> Value {
        if self.serverless
            && let Some(body) = body.as_object_mut()
        {
            body.remove("settings");
        }
        body
    }

    fn meta(&self, generation: &str, began: &str, sealed: Option<u64>) -> Value {
        json!({"prefix": self.prefix, "generation": generation, "began": began, "sealed": sealed})
    }

    pub(super) async fn delete_index(&self, index: &str) -> Result<()> {
        let request = Request::new("DeleteIndex", Method::Delete, format!("/{index}"));
        self.cluster.send(&request).await?.there(|| format!("cannot remove index {index}")).map(drop)
    }

    /// Makes all that was added to `index` countable and weighed without leftovers; returns how many roles it holds.
    async fn settle(&self, index: &str, known: Option<&Building>) -> Result<u64> {
        if self.serverless {
            return self.wait_until_visible(index, known).await;
        }
        // A seal that was killed may have left it closed.
        self.act("OpenIndex", index, "_open").await?.done(|| format!("cannot open index {index}"))?;
        self.refresh(index).await?;
        if self.leftovers(index).await? > 0 {
            self.remove_leftovers(index).await?;
        }
        self.count(index).await
    }

    /// Removes what is left of roles that were replaced, whose words would weigh on. OpenSearch keeps it for a while, for
    /// copies that may ask for it, and forgets that when the index is opened anew.
    async fn remove_leftovers(&self, index: &str) -> Result<()> {
        let closed = self.act("CloseIndex", index, "_close").await?;
        if closed.status < 300 {
            self.act("OpenIndex", index, "_open").await?.done(|| format!("cannot open index {index}"))?;
        }
        let began = Instant::now();
        loop {
            self.act("Flush", index, "_flush").await?.done(|| format!("cannot flush index {index}"))?;
            let request = Request::new("ForceMerge", Method::Post, format!("/{index}/_forcemerge"))
                .with("only_expunge_deletes", "true")
                .within(Duration::from_secs(900));
            self.cluster.send(&request).await?.done(|| format!("cannot merge index {index}"))?;
            self.refresh(index).await?;
            // Where an index cannot be closed, it is forgotten within half a minute. More is not worth waiting for: only the
            // order of what is found depends on it.
            if self.leftovers(index).await? == 0 || began.elapsed() > FORGOTTEN {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }

    /// How many replaced roles are still there.
    async fn leftovers(&self, index: &str) -> Result<u64> {
        let stats = Request::new("IndexStats", Method::Get, format!("/{index}/_stats/docs"));
        let stats = self.cluster.send(&stats).await?.done(|| format!("cannot read the statistics of index {index}"))?;
        Ok(stats["_all"]["primaries"]["docs"]["deleted"].as_u64().unwrap_or_default())
    }

    async fn act(&self, operation: &'static str, index: &str, action: &str) -> Result<Answer> {
        self.cluster.send(&Request::new(operation, Method::Post, format!("/{index}/{action}"))).await
    }

    async fn refresh(&self, index: &str) -> Result<()> {
        self.act("Refresh", index, "_refresh").await?.done(|| format!("cannot refresh index {index}")).map(drop)
    }

    async fn count(&self, index: &str) -> Result<u64> {
        let request = Request::new("Count", Method::Get, format!("/{index}/_count"));
        let answer = self.cluster.send(&request).await?.done(|| format!("cannot count index {index}"))?;
        Ok(answer["count"].as_u64().unwrap_or_default())
    }

    /// Waits for the refreshes of Serverless, until all or, where it is not known how many that is, no more appear.
    async fn wait_until_visible(&self, index: &str, known: Option<&Building>) -> Result<u64> {
        let began = Instant::now();
        let mut last = None;
        loop {
            let count = self.count(index).await?;
            let enough = known.map_or(last == Some(count), |building| count == building.seen.len() as u64);
            if enough || began.elapsed() > VISIBLE {
                return Ok(count);
            }
            last = Some(count);
            tokio::time::sleep(Duration::from_secs(if known.is_some() { 1 } else { 30 })).await;
        }
    }

    /// Compares what `index` holds with what was added to it.
    async fn check(&self, index: &str, generation: &str, count: u64, known: Option<&Building>) -> Result<()> {
        let Some(building) = known else { return Ok(()) };
        let wrong = |why: String| {
            Err(Error::unavailable(format!("search generation {generation} does not hold what was added")).because(why))
        };
        if count != building.seen.len() as u64 {
            return wrong(format!("{count} of {} roles are there", building.seen.len()));
        }
        if building.samples.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = building.samples.keys().map(|id| roles::key(id)).collect();
        let request = Request::new("MultiGet", Method::Post, format!("/{index}/_mget")).json(&json!({"ids": ids}));
        let answer = self.cluster.send(&request).await?.done(|| format!("cannot read roles of index {index}"))?;
        let found = answer["docs"].as_array().map(Vec::as_slice).unwrap_or_default();
        for (position, expected) in building.samples.values().enumerate() {
            let source = found.get(position).map_or(&Value::Null, |document| &document["_source"]);
            let document: Option<IndexDocument> = serde_json::from_value(source.clone()).ok();
            if document.as_ref() != Some(expected) {
                return wrong(format!("role {:.100} came back changed", expected.job_id));
            }
        }
        Ok(())
    }

    async fn mark_sealed(&self, slot: &Slot, count: u64) -> Result<()> {
        let what = || format!("cannot seal search generation {}", slot.generation);
        if !self.serverless {
            let settings = json!({"index": {"refresh_interval": null, "number_of_replicas": self.replicas}});
            let request =
                Request::new("PutSettings", Method::Put, format!("/{}/_settings", slot.index)).json(&settings);
            self.cluster.send(&request).await?.done(what)?;
        }
        let meta = json!({"_meta": self.meta(&slot.generation, &slot.began, Some(count))});
        let request = Request::new("PutMapping", Method::Put, format!("/{}/_mapping", slot.index)).json(&meta);
        self.cluster.send(&request).await?.done(what).map(drop)
    }

    /// Lets `sealed` answer where an older one of its name does, and removes those.
    async fn replace(&self, sealed: &Slot, slots: &[Slot]) -> Result<()> {
        let older: Vec<&Slot> = slots.iter().filter(|slot| slot.index != sealed.index).collect();
        if older.is_empty() {
            return Ok(());
        }
        let answering = self.answering().await?;
        if answering.is_some_and(|answering| answering.generation == sealed.generation) {
            self.point_to(sealed).await?;
        }
        for slot in older {
            self.delete_index(&slot.index).await?;
        }
        Ok(())
    }

    /// Switches every answer to `slot`, at once.
    async fn point_to(&self, slot: &Slot) -> Result<()> {
        if self.serverless {
            let body = json!({"generation": slot.generation, "index": slot.index});
            self.documents.write(Write::put(self.pointer(), body)).await?;
            return Ok(());
        }
        let actions = json!({"actions": [
            {"remove": {"index": format!("{}-*", self.prefix), "alias": self.prefix, "must_exist": false}},
            {"add": {"index": slot.index, "alias": self.prefix}},
        ]});
        let request = Request::new("UpdateAliases", Method::Post, "/_aliases").json(&actions);
        let answer = self.cluster.send(&request).await?;
        if answer.status == 400 {
            return Err(answer
                .failed(format!("cannot switch alias {}", self.prefix))
                .hint("an index may have this name already; remove it or take another prefix"));
        }
        answer.done(|| format!("cannot switch alias {}", self.prefix)).map(drop)
    }
}

fn not_begun(generation: &str) -> Error {
    Error::not_found(format!("search generation {generation} is not being built"))
}

/// Now, to the nanosecond, and something by chance: no two are equal, and later ones sort behind earlier ones.
pub(super) fn stamp() -> String {
    use std::hash::{BuildHasher as _, Hasher as _};
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let chance = std::collections::hash_map::RandomState::new().build_hasher().finish();
    format!("{now:020}-{chance:016x}")
}
