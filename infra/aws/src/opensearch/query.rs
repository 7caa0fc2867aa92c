//! From a question to OpenSearch's query language and from its answer to ours.

use ::opensearch::http::Method;
use pipeline_core::ports::{Facet, Hit, Hits, SearchQuery};
use pipeline_core::search::{Condition, MAX_FACET_VALUES, Question, TIE_BREAKER};
use pipeline_core::{Error, Result};
use schemas::documents::{Exact, SEARCHED};
use serde_json::{Value, json};
use std::time::Duration;

use super::OpenSearchIndex;
use super::cluster::Request;

/// The farthest that OpenSearch counts from the start; what lies beyond is walked to.
const WINDOW: usize = 10_000;

/// What was found by [`OpenSearchIndex::page`].
pub(super) struct Found {
    pub(super) total: u64,
    /// OpenSearch's hits.
    pub(super) hits: Vec<Value>,
    counts: Value,
}

impl OpenSearchIndex {
    pub(super) async fn find_roles(&self, query: &SearchQuery) -> Result<Hits> {
        let none = || Error::nothing("no search generation answers yet").hint("run `waypost run` first");
        let asked = Question::read(query);
        let target = self.target().await?.ok_or_else(none)?;
        let asked = match asked {
            Ok(asked) => asked,
            // Before the first generation nothing is answered, whatever is asked.
            Err(_) if self.answering().await?.is_none() => return Err(none()),
            Err(error) => return Err(error),
        };
        let mut body = json!({
            "query": question(&asked),
            "sort": [{"_score": "desc"}, {"job_id_value": "asc"}],
        });
        if !asked.facets.is_empty() {
            body["aggs"] = counting(&asked.facets);
        }
        let found = self.page(&target, body, query.offset, query.limit).await?.ok_or_else(none)?;
        let facets = asked.facets.iter().map(|(name, _)| ((*name).to_owned(), facets(&found.counts[*name]))).collect();
        let hits = found.hits.iter().map(hit).collect::<Result<_>>()?;
        Ok(Hits { hits, total: found.total, facets })
    }

    /// The hits from `offset` on, at most `limit`, of `body`, whose order must be total; `None` when there is no `target`.
    pub(super) async fn page(
        &self,
        target: &str,
        mut body: Value,
        offset: usize,
        limit: usize,
    ) -> Result<Option<Found>> {
        let near = offset.saturating_add(limit) <= WINDOW;
        body["track_total_hits"] = json!(true);
        body["from"] = json!(if near { offset } else { 0 });
        // One is looked at for the name of its index: the walk must not be surprised by a switch.
        body["size"] = json!(if near { limit } else { 1 });
        let Some(mut answer) = self.search(target, &body).await? else {
            return Ok(None);
        };
        let total = answer["hits"]["total"]["value"].as_u64().unwrap_or_default();
        let counts = answer["aggregations"].take();
        let mut hits = taken(&mut answer);
        if !near {
            let index = hits.first().and_then(|hit| hit["_index"].as_str()).map(str::to_owned);
            hits = match index {
                Some(index) if limit > 0 && (offset as u64) < total => self.walk(&index, body, offset, limit).await?,
                _ => Vec::new(),
            };
        }
        Ok(Some(Found { total, hits, counts }))
    }

    /// Goes from page to page to `offset`.
    async fn walk(&self, index: &str, mut body: Value, offset: usize, limit: usize) -> Result<Vec<Value>> {
        if let Some(body) = body.as_object_mut() {
            body.remove("aggs");
        }
        body["from"] = json!(0);
        body["track_total_hits"] = json!(false);
        let mut skipped = 0;
        loop {
            let arrived = skipped == offset;
            let size = if arrived { limit } else { (offset - skipped).min(WINDOW) };
            body["size"] = json!(size);
            body["_source"] = json!(arrived);
            let gone = || Error::unavailable("the search generation was dropped while it was read");
            let mut hits = taken(&mut self.search(index, &body).await?.ok_or_else(gone)?);
            if arrived || hits.is_empty() {
                return Ok(hits);
            }
            skipped += hits.len();
            body["search_after"] = hits.pop().map(|mut last| last["sort"].take()).unwrap_or_default();
        }
    }

    async fn search(&self, target: &str, body: &Value) -> Result<Option<Value>> {
        let request = Request::new("Search", Method::Post, format!("/{target}/_search"))
            .json(body)
            .within(Duration::from_secs(10))
            .tries(6);
        let what = || format!("cannot search {target}");
        let Some(answer) = self.cluster.send(&request).await?.there(what)? else {
            return Ok(None);
        };
        if answer["timed_out"] == json!(true) || answer["_shards"]["failed"].as_u64().unwrap_or_default() > 0 {
            return Err(Error::unavailable(what()).because("a part of the index did not answer"));
        }
        Ok(Some(answer))
    }
}

fn taken(answer: &mut Value) -> Vec<Value> {
    match answer["hits"]["hits"].take() {
        Value::Array(hits) => hits,
        _ => Vec::new(),
    }
}

fn question(asked: &Question) -> Value {
    let mut words: Vec<Value> = asked.phrases.iter().map(|phrase| somewhere(phrase)).collect();
    if words.is_empty() {
        words.push(json!({"match_all": {}}));
    }
    let filters: Vec<Value> = asked.conditions.iter().map(condition).collect();
    json!({"bool": {"must": words, "filter": filters}})
}

/// Texts that have `phrase`, a word or several in a row, in `field`.
pub(super) fn having(field: &str, phrase: &[String], weight: f32) -> Value {
    match phrase {
        [word] => json!({"term": {field: {"value": word, "boost": weight}}}),
        words => json!({"match_phrase": {field: {"query": words.join(" "), "boost": weight}}}),
    }
}

/// Roles that have `phrase` in any searched field, ranked by the field in which it weighs most.
fn somewhere(phrase: &[String]) -> Value {
    let places = SEARCHED.iter().map(|(name, weight)| having(&format!("{name}_words"), phrase, *weight));
    json!({"dis_max": {"queries": places.collect::<Vec<_>>(), "tie_breaker": TIE_BREAKER}})
}

fn condition(condition: &Condition) -> Value {
    let hidden = |name: &str| format!("{name}_exact");
    let never = || json!({"match_none": {}});
    let known = |name: &str| json!({"exists": {"field": name}});
    match condition {
        Condition::AnyOf(name, values) => json!({"terms": {hidden(name): values}}),
        Condition::AllOf(name, values) => {
            let each = values.iter().map(|value| json!({"term": {hidden(name): {"value": value}}}));
            json!({"bool": {"filter": each.collect::<Vec<_>>()}})
        }
        Condition::Truth(name, values) => json!({"terms": {*name: values}}),
        // JSON has no infinity.
        Condition::FloatAtLeast(_, value) if *value == f64::INFINITY => never(),
        Condition::FloatAtLeast(name, value) if *value == f64::NEG_INFINITY => known(name),
        Condition::FloatAtLeast(name, value) => json!({"range": {*name: {"gte": value}}}),
        Condition::FloatAtMost(_, value) if *value == f64::NEG_INFINITY => never(),
        Condition::FloatAtMost(name, value) if *value == f64::INFINITY => known(name),
        Condition::FloatAtMost(name, value) => json!({"range": {*name: {"lte": value}}}),
        Condition::IntAtLeast(name, value) => json!({"range": {hidden(name): {"gte": value}}}),
        Condition::IntAtMost(name, value) => json!({"range": {hidden(name): {"lte": value}}}),
        Condition::Never => never(),
    }
}

fn counting(facets: &[(&'static str, Exact)]) -> Value {
    let facets = facets.iter().map(|(name, kind)| {
        let field = if *kind == Exact::Bool { (*name).to_owned() } else { format!("{name}_value") };
        let order = json!([{"_count": "desc"}, {"_key": "asc"}]);
        let terms = json!({"field": field, "size": MAX_FACET_VALUES, "shard_size": 1_000, "order": order});
        ((*name).to_owned(), json!({"terms": terms}))
    });
    Value::Object(facets.collect())
}

fn facets(counted: &Value) -> Vec<Facet> {
    let values = counted["buckets"].as_array().into_iter().flatten();
    let facets = values.map(|value| {
        let name = value["key_as_string"].as_str().or(value["key"].as_str()).unwrap_or_default();
        Facet { value: name.to_owned(), count: value["doc_count"].as_u64().unwrap_or_default() }
    });
    facets.collect()
}

fn hit(hit: &Value) -> Result<Hit> {
    let document = serde_json::from_value(hit["_source"].clone())
        .map_err(|error| Error::internal("a role in the search index is not an index document").because(error))?;
    Ok(Hit { document, relevance: hit["sort"][0].as_f64().unwrap_or_default() })
}
