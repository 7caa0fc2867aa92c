//! Writing: each write is one request whose condition DynamoDB checks, so that nobody comes in between.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{
    CancellationReason, Delete, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use pipeline_core::ports::{Condition, Prepared, Version};
use pipeline_core::{Error, Micros, Result};

use super::DynamoDocuments;
use super::backoff::{Backoff, random};
use super::item::{self, Item, key_item, number, text, ttl_seconds};
use crate::failure::failed;

/// True of an item that has not expired, and of none.
const NOT_EXPIRED: &str = "(attribute_not_exists(expires_at_us) OR expires_at_us > :now)";
/// True of an item that has expired.
const EXPIRED: &str = "expires_at_us <= :now";

/// What a single write came to.
enum Tried {
    Done(Version),
    /// The condition did not hold; the item that was there.
    Refused(Option<Item>),
    /// A transaction was at the item.
    Busy,
}

impl DynamoDocuments {
    pub(super) async fn write_one(&self, write: &Prepared) -> Result<Version> {
        let id = format!("{:016x}", random());
        let (mut backoff, mut restart) = (Backoff::default(), false);
        loop {
            let request = Request::new(write, &id, self.clock.now(), restart);
            let tried = if write.put.is_some() { self.put(request).await? } else { self.delete(request).await? };
            let again = match tried {
                Tried::Done(version) => return Ok(version),
                Tried::Refused(there) => {
                    // The SDK sends a request again whose answer was lost; then the item that refuses is our own.
                    let there = there.filter(|item| item::write_id(item) == Some(id.as_str()));
                    if let Some(version) = there.as_ref().and_then(item::version) {
                        return Ok(version);
                    }
                    if write.condition != Condition::None {
                        return Err(changed(write));
                    }
                    restart = !restart;
                    backoff.again()
                }
                Tried::Busy => backoff.wait().await,
            };
            if !again {
                return Err(busy(write));
            }
        }
    }

    async fn put(&self, request: Request) -> Result<Tried> {
        let known = request.version;
        let returned = if known.is_some() { ReturnValue::None } else { ReturnValue::UpdatedNew };
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(request.key))
            .set_update_expression(request.update)
            .set_condition_expression(request.condition)
            .set_expression_attribute_values(Some(request.values))
            .return_values(returned)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send();
        match sent.await {
            Ok(answer) => {
                let version = known.or_else(|| item::version(answer.attributes.as_ref()?));
                version.map(Tried::Done).ok_or_else(|| Error::internal(self.what("read the version of a document of")))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => Ok(refused(refusal)),
                Some(UpdateItemError::TransactionConflictException(_)) => Ok(Tried::Busy),
                _ => Err(failed(&self.what("write documents of"), error)),
            },
        }
    }

    async fn delete(&self, request: Request) -> Result<Tried> {
        let sent = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(request.key))
            .set_condition_expression(request.condition)
            .set_expression_attribute_values((!request.values.is_empty()).then_some(request.values))
            .send();
        match sent.await {
            Ok(_) => Ok(Tried::Done(0)),
            Err(error) => match error.as_service_error() {
                Some(service) if service.is_conditional_check_failed_exception() => Ok(Tried::Refused(None)),
                Some(service) if service.is_transaction_conflict_exception() => Ok(Tried::Busy),
                _ => Err(failed(&self.what("write documents of"), error)),
            },
        }
    }

    pub(super) async fn write_all(&self, writes: &[Prepared]) -> Result<()> {
        let Some(first) = writes.first() else { return Ok(()) };
        let id = format!("{:016x}", random());
        let (mut backoff, mut restarts) = (Backoff::default(), vec![false; writes.len()]);
        loop {
            let now = self.clock.now();
            let items = writes.iter().zip(&restarts);
            let items = items.map(|(write, restart)| Request::new(write, &id, now, *restart).item(&self.table));
            let items = items.collect::<Result<Vec<_>>>()?;
            // The SDK gives each transaction a token, so that one whose answer was lost is not done twice.
            let again = match self.client.transact_write_items().set_transact_items(Some(items)).send().await {
                Ok(_) => return Ok(()),
                Err(error) => match error.as_service_error() {
                    Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                        judge(writes, &mut restarts, cancelled.cancellation_reasons())?;
                        backoff.wait().await
                    }
                    Some(service) if service.code() == Some("TransactionInProgressException") => backoff.wait().await,
                    _ => return Err(self.not_written(error)),
                },
            };
            if !again {
                return Err(busy(first));
            }
        }
    }

    fn not_written(&self, error: SdkError<TransactWriteItemsError>) -> Error {
        failed(&self.what("write documents of"), error)
    }
}

/// Whether a cancelled transaction may be tried again; unconditional puts then begin anew, or go on, as it turned out.
fn judge(writes: &[Prepared], restarts: &mut [bool], reasons: &[CancellationReason]) -> Result<()> {
    for ((write, restart), reason) in writes.iter().zip(restarts).zip(reasons) {
        match reason.code().unwrap_or_default() {
            "ConditionalCheckFailed" if write.condition == Condition::None => *restart = !*restart,
            "ConditionalCheckFailed" => return Err(changed(write)),
            "" | "None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded" => {}
            "ItemCollectionSizeLimitExceeded" => {
                return Err(Error::too_large(format!("the partition of document {} is full", write.key.kinds())));
            }
            code => {
                let message = format!("document {} cannot be written in a transaction", write.key.kinds());
                return Err(Error::invalid(message).because(format!("the service answered {code}")));
            }
        }
    }
    Ok(())
}

fn refused(refusal: &ConditionalCheckFailedException) -> Tried {
    Tried::Refused(refusal.item().cloned())
}

fn changed(write: &Prepared) -> Error {
    Error::conflict(format!("document {} was changed by someone else", write.key.kinds()))
}

fn busy(write: &Prepared) -> Error {
    Error::throttled(format!("document {} is written by too many at once", write.key.kinds()))
}

/// A write in DynamoDB's words.
struct Request {
    key: Item,
    /// `None` deletes.
    update: Option<String>,
    condition: Option<String>,
    values: Item,
    /// The version that the document has afterwards, where it is known before.
    version: Option<Version>,
}

impl Request {
    /// An unconditional put counts on when the document is there or nothing is, and with `restart` begins with version 1
    /// when what is there has expired: DynamoDB cannot choose between the two within one expression.
    fn new(write: &Prepared, id: &str, now: Micros, restart: bool) -> Self {
        let puts = write.put.is_some();
        let (condition, version_text, version) = match write.condition {
            Condition::None if !puts => (None, "", None),
            Condition::None if restart => (Some(EXPIRED.to_owned()), ":one", Some(1)),
            Condition::None => (Some(NOT_EXPIRED.to_owned()), "if_not_exists(version, :zero) + :one", None),
            Condition::Absent => (Some(format!("attribute_not_exists(pk) OR {EXPIRED}")), ":one", Some(1)),
            Condition::Version(held) => {
                let condition = format!("version = :held AND {NOT_EXPIRED}");
                (Some(condition), "version + :one", Some(held.saturating_add(1)))
            }
        };
        let mut values: Item = HashMap::new();
        let mut value = |name: &str, value| values.insert(name.to_owned(), value);
        if condition.is_some() {
            value(":now", number(now.0));
        }
        if let Condition::Version(held) = write.condition {
            value(":held", number(held));
        }
        let update = write.put.as_ref().map(|(body, expires_at)| {
            value(":body", text(body));
            value(":id", text(id));
            value(":one", number(1));
            if version_text.contains(":zero") {
                value(":zero", number(0));
            }
            let set = format!("SET body = :body, write_id = :id, version = {version_text}");
            let Some(time) = *expires_at else { return format!("{set} REMOVE expires_at, expires_at_us") };
            value(":expires_at", number(ttl_seconds(time)));
            value(":expires_at_us", number(time.0));
            format!("{set}, expires_at = :expires_at, expires_at_us = :expires_at_us")
        });
        Self { key: key_item(&write.key), update, condition, values, version }
    }

    /// The write as a part of a transaction.
    fn item(self, table: &str) -> Result<TransactWriteItem> {
        let values = (!self.values.is_empty()).then_some(self.values);
        let (builder, incomplete) = (TransactWriteItem::builder(), "a transaction cannot be put together");
        let builder = if let Some(update) = self.update {
            let part = Update::builder()
                .table_name(table)
                .set_key(Some(self.key))
                .update_expression(update)
                .set_condition_expression(self.condition)
                .set_expression_attribute_values(values);
            builder.update(part.build().map_err(|error| Error::internal(incomplete).because(error))?)
        } else {
            let part = Delete::builder()
                .table_name(table)
                .set_key(Some(self.key))
                .set_condition_expression(self.condition)
                .set_expression_attribute_values(values);
            builder.delete(part.build().map_err(|error| Error::internal(incomplete).because(error))?)
        };
        Ok(builder.build())
    }
}

#[cfg(test)]
mod tests {
    use pipeline_core::ErrorKind;
    use pipeline_core::ports::{Key, Write};
    use serde_json::json;

    use super::*;

    fn put(condition: Condition) -> Prepared {
        let write = Write::Put { key: Key::new("P", "A"), body: json!({}), condition, expires_at: None };
        Prepared::new(write).unwrap()
    }

    fn reason(code: &str) -> CancellationReason {
        CancellationReason::builder().code(code).build()
    }

    #[test]
    fn a_cancelled_transaction_is_a_conflict_only_where_a_condition_of_the_caller_failed() {
        let writes = [put(Condition::None), put(Condition::Absent)];
        let mut restarts = [false, false];
        let collided = [reason("TransactionConflict"), reason("None")];
        judge(&writes, &mut restarts, &collided).unwrap();
        judge(&writes, &mut restarts, &[reason("ThrottlingError"), reason("None")]).unwrap();
        assert_eq!(restarts, [false, false]);
        judge(&writes, &mut restarts, &[reason("ConditionalCheckFailed"), reason("None")]).unwrap();
        assert_eq!(restarts, [true, false], "what has expired is begun anew");
        let error = judge(&writes, &mut restarts, &[reason("None"), reason("ConditionalCheckFailed")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
    }
}
