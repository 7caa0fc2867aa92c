//! The single requests to SQS.

use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, Message as Raw, MessageSystemAttributeName as Attribute,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use pipeline_core::{Error, ErrorKind, Result};

use super::SqsQueue;
use super::envelope::Letter;
use crate::failure::failed;

/// Codes by which SQS says that a delivery has run out, so that its handle moves nothing any more.
const RUN_OUT: &[&str] = &["ReceiptHandleIsInvalid", "InvalidParameterValue", "MessageNotInflight"];

impl SqsQueue {
    pub(super) async fn receive_raw(&self, url: &str, count: i32, hidden_seconds: i32) -> Result<Vec<Raw>> {
        let request = self.places.client.receive_message().queue_url(url).max_number_of_messages(count);
        let request = request.visibility_timeout(hidden_seconds).wait_time_seconds(0);
        let answer = request.message_system_attribute_names(Attribute::MessageGroupId).send().await;
        Ok(answer.map_err(|error| tell("cannot receive messages", error))?.messages.unwrap_or_default())
    }

    pub(super) async fn send_raw(&self, url: &str, letter: &Letter, group: String, once: String) -> Result<()> {
        let request = self.places.client.send_message().queue_url(url).message_body(&letter.text);
        let answer = request.message_group_id(group).message_deduplication_id(once).send().await;
        answer.map(drop).map_err(|error| tell("cannot send a message", error))
    }

    /// Removes a message. One whose delivery has run out stays, and is removed when it is delivered again.
    pub(super) async fn delete_raw(&self, url: &str, handle: &str) -> Result<()> {
        let answer = self.places.client.delete_message().queue_url(url).receipt_handle(handle).send().await;
        held(answer.map(drop), "cannot remove a message")
    }

    /// Makes a message visible at once; one whose delivery has run out is visible already.
    pub(super) async fn release_raw(&self, url: &str, handle: &str) -> Result<()> {
        let request = self.places.client.change_message_visibility().queue_url(url).receipt_handle(handle);
        held(request.visibility_timeout(0).send().await.map(drop), "cannot give a message back")
    }

    /// Makes many visible at once. Those that fail become visible a little later by themselves.
    pub(super) async fn release_all(&self, url: &str, handles: &[&str]) -> Result<()> {
        for chunk in handles.chunks(10) {
            let entries = chunk.iter().enumerate().map(|(number, handle)| {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(number.to_string());
                entry.receipt_handle(*handle).visibility_timeout(0).build()
            });
            let entries = entries.collect::<Result<Vec<_>, _>>().map_err(incomplete)?;
            let request = self.places.client.change_message_visibility_batch().queue_url(url);
            let answer = request.set_entries(Some(entries)).send().await;
            answer.map_err(|error| tell("cannot put dead letters back", error))?;
        }
        Ok(())
    }
}

/// A request that lacks something, which would be a defect.
pub(super) fn incomplete(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::internal("a request to SQS is incomplete").because(error)
}

/// The failure of `what`, with SQS's word for a queue that is gone.
pub(super) fn tell<E>(what: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    if is_gone(&error) {
        return Error::new(ErrorKind::NotFound, what)
            .because("the queue is not there any more")
            .hint("deploy it, or add create=true to the address of the queue and start again");
    }
    failed(what, error)
}

fn held<E>(answer: Result<(), SdkError<E, HttpResponse>>, what: &str) -> Result<()>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match answer {
        Ok(()) => Ok(()),
        Err(error)
            if error
                .as_service_error()
                .and_then(ProvideErrorMetadata::code)
                .is_some_and(|it| RUN_OUT.contains(&it)) =>
        {
            Ok(())
        }
        Err(error) => Err(tell(what, error)),
    }
}

/// Whether the queue is not there.
pub(super) fn is_gone<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(code(error), "QueueDoesNotExist" | "NonExistentQueue")
}

/// The service's code. SQS has kept the long codes of its older protocol, its stand-ins have not.
fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> &str {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or_default();
    code.rsplit('.').next().unwrap_or_default()
}
