//! Reading: strongly consistent, and past what has expired.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use pipeline_core::ports::{Document, Key, MAX_PK_BYTES, MAX_SK_BYTES, Page, Query};
use pipeline_core::{Error, Result};

use super::DynamoDocuments;
use super::backoff::Backoff;
use super::item::{self, Item, key_item, number, text};
use crate::failure::failed;

/// Documents of a page.
const PAGE_SIZE: usize = 100;
/// Documents that one request may ask for.
const BATCH: usize = 100;

impl DynamoDocuments {
    pub(super) async fn read_one(&self, key: &Key) -> Result<Option<Document>> {
        if key.check().is_err() {
            return Ok(None);
        }
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key_item(key))).consistent_read(true);
        let answer = request.send().await.map_err(|error| failed(&self.what("read a document of"), error))?;
        answer.item().map_or(Ok(None), |item| item::document(item, self.clock.now()))
    }

    pub(super) async fn read_many(&self, keys: &[Key]) -> Result<Vec<Option<Document>>> {
        // A request must not name a key twice, and what cannot be a key is not there.
        let mut found: BTreeMap<&Key, Option<Document>> = BTreeMap::new();
        found.extend(keys.iter().filter(|key| key.check().is_ok()).map(|key| (key, None)));
        let wanted: Vec<&Key> = found.keys().copied().collect();
        for batch in wanted.chunks(BATCH) {
            for item in self.read_batch(batch).await? {
                if let Some(document) = item::document(&item, self.clock.now())?
                    && let Some(place) = found.get_mut(&document.key)
                {
                    *place = Some(document);
                }
            }
        }
        Ok(keys.iter().map(|key| found.get(key).cloned().flatten()).collect())
    }

    async fn read_batch(&self, keys: &[&Key]) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        let mut left: Vec<Item> = keys.iter().map(|key| key_item(key)).collect();
        let mut backoff = Backoff::default();
        while !left.is_empty() {
            let wanted = KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(true).build();
            let wanted = wanted.map_err(|error| Error::internal("a request cannot be put together").because(error))?;
            let sent = self.client.batch_get_item().request_items(&self.table, wanted).send().await;
            let mut answer = sent.map_err(|error| failed(&self.what("read documents of"), error))?;
            let got = answer.responses.as_mut().and_then(|tables| tables.remove(&self.table)).unwrap_or_default();
            let progress = !got.is_empty();
            items.extend(got);
            let rest = answer.unprocessed_keys.as_mut().and_then(|tables| tables.remove(&self.table));
            left = rest.map(|rest| rest.keys).unwrap_or_default();
            // An answer of 16 MB is full; one that brings nothing asks for patience.
            if !left.is_empty() && !progress && !backoff.wait().await {
                return Err(Error::throttled(self.what("read all documents asked for of")));
            }
        }
        Ok(items)
    }

    pub(super) async fn read_page(&self, query: &Query) -> Result<Page> {
        if query.after.as_ref().is_some_and(|after| after.len() > MAX_SK_BYTES) {
            return Err(Error::invalid("the start of a page is longer than a sort key"));
        }
        let Some(mut start) = start(query) else { return Ok(Page::default()) };
        let limit = if query.limit == 0 { PAGE_SIZE } else { query.limit.min(PAGE_SIZE) };
        let now = self.clock.now();
        let mut documents: Vec<Document> = Vec::new();
        loop {
            // One more than asked for tells whether there is a next page.
            let missing = limit + 1 - documents.len();
            let answer = self.ask(query, now.0, missing, start).await?;
            for item in answer.items() {
                documents.extend(item::document(item, now)?);
            }
            start = answer.last_evaluated_key;
            if documents.len() > limit {
                documents.truncate(limit);
                let next = documents.last().map(|last| last.key.sk.clone());
                return Ok(Page { documents, next });
            }
            if start.is_none() {
                return Ok(Page { documents, next: None });
            }
        }
    }

    async fn ask(
        &self,
        query: &Query,
        now: i64,
        limit: usize,
        start: Option<Item>,
    ) -> Result<aws_sdk_dynamodb::operation::query::QueryOutput> {
        let mut condition = "pk = :pk".to_owned();
        let mut values = HashMap::from([(":pk".to_owned(), text(&query.pk)), (":now".to_owned(), number(now))]);
        if !query.prefix.is_empty() {
            condition.push_str(" AND begins_with(sk, :prefix)");
            values.insert(":prefix".to_owned(), text(&query.prefix));
        }
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression(condition)
            .filter_expression("attribute_not_exists(expires_at_us) OR expires_at_us > :now")
            .set_expression_attribute_values(Some(values))
            .scan_index_forward(!query.descending)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start);
        request.send().await.map_err(|error| failed(&self.what("list documents of"), error))
    }
}

/// Where reading starts, which is the beginning for the inner `None`; the outer one says that nothing can be found.
/// DynamoDB refuses a start that is no place within what is asked for.
fn start(query: &Query) -> Option<Option<Item>> {
    if query.pk.is_empty() || query.pk.len() > MAX_PK_BYTES || query.prefix.len() > MAX_SK_BYTES {
        return None;
    }
    let Some(after) = query.after.as_deref().filter(|after| !after.is_empty()) else {
        // Before the empty text there is nothing, and after it everything.
        return (!(query.descending && query.after.is_some())).then_some(None);
    };
    if after.starts_with(&query.prefix) {
        return Some(Some(key_item(&Key::new(&query.pk, after))));
    }
    let all_lie_ahead = (after < query.prefix.as_str()) != query.descending;
    all_lie_ahead.then_some(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(prefix: &str, after: &str, descending: bool) -> Option<Option<Item>> {
        let after = Some(after.to_owned());
        start(&Query { pk: "P".to_owned(), prefix: prefix.to_owned(), after, descending, limit: 0 })
    }

    #[test]
    fn a_start_outside_of_the_prefix_is_all_or_nothing() {
        assert_eq!(from("D#", "D#5", false), Some(Some(key_item(&Key::new("P", "D#5")))));
        assert_eq!(from("D#", "C", false), Some(None));
        assert_eq!(from("D#", "E", false), None);
        assert_eq!(from("D#", "E", true), Some(None));
        assert_eq!(from("D#", "C", true), None);
    }
}
