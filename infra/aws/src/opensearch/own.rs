//! What people find among their own: one index beside the generations, changed in place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ::opensearch::http::Method;
use pipeline_core::hash::Hasher;
use pipeline_core::ports::{OwnHits, OwnItem, OwnQuery, OwnWrite};
use pipeline_core::search::check_limit;
use pipeline_core::words::{phrases, whole};
use pipeline_core::{Error, Micros, Result, UserId};
use serde_json::{Value, json};

use super::OpenSearchIndex;
use super::bulk::Item;
use super::cluster::Request;
use super::generations::stamp;
use super::query::having;
use super::roles::spaced;

/// How long Serverless may take until what was written is found.
const VISIBLE: Duration = Duration::from_secs(120);

impl OpenSearchIndex {
    pub(super) async fn write_items(&self, writes: &[OwnWrite]) -> Result<Vec<(usize, String)>> {
        let mut poison = BTreeMap::new();
        // Of the writes to one item the last counts.
        let mut last: BTreeMap<String, usize> = BTreeMap::new();
        for (position, write) in writes.iter().enumerate() {
            match write.flaw() {
                Some(flaw) => drop(poison.insert(position, flaw.to_owned())),
                None => drop(last.insert(key(write), position)),
            }
        }
        if last.is_empty() {
            return Ok(poison.into_iter().collect());
        }
        self.make_own().await?;
        let written = stamp();
        let items = last.iter().map(|(key, position)| match &writes[*position] {
            OwnWrite::Put(item) => Item::put(key, &document(item, &written)),
            OwnWrite::Remove { .. } => Item::remove(key),
        });
        let items: Vec<Item> = items.collect();
        let refused = self.bulk(&self.own_index(), &items, true).await?;
        let positions: Vec<usize> = last.values().copied().collect();
        for refusal in refused {
            if matches!(refusal.status, 401 | 403 | 404) {
                return Err(Error::new(
                    crate::failure::kind(None, refusal.status),
                    "cannot write what people find among their own",
                )
                .because(refusal.name));
            }
            poison.insert(positions[refusal.position], format!("opensearch refuses it ({})", refusal.name));
        }
        if self.serverless {
            let done = last.iter().filter(|(_, position)| !poison.contains_key(position));
            let (put, removed): (Vec<_>, Vec<_>) =
                done.partition(|(_, position)| matches!(writes[**position], OwnWrite::Put(_)));
            let ids = |part: Vec<(&String, &usize)>| part.into_iter().map(|(key, _)| key.clone()).collect();
            self.wait_until_found(ids(put), ids(removed), &written).await?;
        }
        Ok(poison.into_iter().collect())
    }

    pub(super) async fn find_items(&self, query: &OwnQuery) -> Result<OwnHits> {
        check_limit(query.limit)?;
        let user = query.user_id.as_str();
        let mut filters = vec![json!({"term": {"user": {"value": hashed("user", user)}}})];
        if !query.kinds.is_empty() {
            let kinds: BTreeSet<String> = query.kinds.iter().map(|kind| hashed("kind", kind)).collect();
            filters.push(json!({"terms": {"kind_exact": kinds}}));
        }
        filters.extend(phrases(&query.words)?.iter().map(|phrase| having("words", phrase, 1.0)));
        let body = json!({
            "query": {"bool": {"filter": filters}},
            "sort": [{"changed_at": "desc"}, {"id_value": "asc"}],
        });
        let Some(found) = self.page(&self.own_index(), body, query.offset, query.limit).await? else {
            return Ok(OwnHits::default());
        };
        // The filter has decided already; a second look costs nothing and nobody else's would be shown.
        let items = found.hits.iter().map(|hit| item(&hit["_source"])).filter(|item| item.user_id == query.user_id);
        Ok(OwnHits { items: items.collect(), total: found.total })
    }

    fn own_index(&self) -> String {
        format!("{}-own", self.prefix)
    }

    /// Makes the index unless it is there.
    async fn make_own(&self) -> Result<()> {
        if self.own_made.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut body = self.allowed(schemas::derive::opensearch_own_mapping());
        if !self.serverless {
            body["settings"]["index"]["number_of_replicas"] = json!(self.replicas);
        }
        let request = Request::new("CreateIndex", Method::Put, format!("/{}", self.own_index())).json(&body);
        let answer = self.cluster.send(&request).await?;
        if !answer.exists_already() {
            answer.done(|| format!("cannot make index {}", self.own_index()))?;
        }
        self.own_made.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Waits for a refresh of Serverless.
    async fn wait_until_found(&self, put: Vec<String>, removed: Vec<String>, written: &str) -> Result<()> {
        let began = Instant::now();
        let fresh = json!([{"terms": {"_id": put}}, {"term": {"written": {"value": written}}}]);
        let fresh = json!({"query": {"bool": {"filter": fresh}}});
        let stale = json!({"query": {"terms": {"_id": removed}}});
        loop {
            if self.count_own(&fresh).await? == put.len() as u64 && self.count_own(&stale).await? == 0 {
                return Ok(());
            }
            if began.elapsed() > VISIBLE {
                return Err(Error::timeout("what was written among people's own is not found yet"));
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    async fn count_own(&self, body: &Value) -> Result<u64> {
        let request = Request::new("Count", Method::Post, format!("/{}/_count", self.own_index())).json(body);
        let answer = self.cluster.send(&request).await?.done(|| format!("cannot count index {}", self.own_index()))?;
        Ok(answer["count"].as_u64().unwrap_or_default())
    }
}

/// Names of persons and kinds are compared by hash: they may be of any length.
fn hashed(what: &str, text: &str) -> String {
    Hasher::new(what).part(text).hex(40)
}

/// The `_id` of what `write` changes.
fn key(write: &OwnWrite) -> String {
    let (OwnWrite::Put(OwnItem { user_id, id, .. }) | OwnWrite::Remove { user_id, id }) = write;
    Hasher::new("own").part(user_id.as_str()).part(id).hex(40)
}

fn document(item: &OwnItem, written: &str) -> Value {
    json!({
        "user": hashed("user", item.user_id.as_str()),
        "user_id": item.user_id,
        "id": item.id,
        "id_value": whole(&item.id),
        "kind": item.kind,
        "kind_exact": hashed("kind", &item.kind),
        "words": spaced(&item.text),
        "body": item.body,
        "changed_at": item.changed_at.0,
        "written": written,
    })
}

fn item(source: &Value) -> OwnItem {
    let text = |name: &str| source[name].as_str().unwrap_or_default().to_owned();
    OwnItem {
        user_id: UserId(text("user_id")),
        id: text("id"),
        kind: text("kind"),
        text: String::new(),
        body: source["body"].clone(),
        changed_at: Micros(source["changed_at"].as_i64().unwrap_or_default()),
    }
}
