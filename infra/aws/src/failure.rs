//! From the SDK's failures to ours.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use pipeline_core::{Error, ErrorKind};

/// Codes by which services ask for patience.
const THROTTLED: &[&str] = &[
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "ProvisionedThroughputExceededException",
    "LimitExceededException",
    "TooManyRequestsException",
    "SlowDown",
    "KmsThrottled",
    "TransactionInProgressException",
    "ServiceQuotaExceededException",
];

/// Codes by which services refuse who asks.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "ExpiredToken",
    "ExpiredTokenException",
    "MissingAuthenticationToken",
    "IncompleteSignature",
    "OptInRequired",
];

/// The failure of `what`, a lower-case sentence that names the object without a person's data. Codes that only one service
/// has are looked at by its caller first.
pub fn failed<E>(what: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let kind = match &error {
        SdkError::TimeoutError(_) => ErrorKind::Timeout,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => ErrorKind::Timeout,
        SdkError::ConstructionFailure(_) => ErrorKind::Config,
        SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => ErrorKind::Unavailable,
        SdkError::ServiceError(service) => kind(service.err().code(), service.raw().status().as_u16()),
        _ => ErrorKind::Internal,
    };
    // The SDK's own text may repeat what was sent; the code and the words of the service are enough.
    let told = match &error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("an unnamed error");
            format!("the service answered {code} ({})", service.raw().status().as_u16())
        }
        SdkError::DispatchFailure(failure) if failure.is_io() => "the service cannot be reached".to_owned(),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) => innermost(error),
            None => "the request could not be sent".to_owned(),
        },
        SdkError::TimeoutError(_) => "the service did not answer in time".to_owned(),
        SdkError::ResponseError(_) => "the answer cannot be read".to_owned(),
        other => innermost(other),
    };
    let failure = Error::new(kind, what).because(told);
    match kind {
        ErrorKind::Denied => failure.hint("check the credentials (`aws sts get-caller-identity`) and their policy"),
        ErrorKind::Unavailable => {
            failure.hint("check the address and the network; `waypost doctor` tries every backend")
        }
        _ => failure,
    }
}

/// The kind of a failure by the service's code and the HTTP status.
pub fn kind(code: Option<&str>, status: u16) -> ErrorKind {
    match (code.unwrap_or_default(), status) {
        (code, _) if THROTTLED.contains(&code) => ErrorKind::Throttled,
        (code, _) if DENIED.contains(&code) => ErrorKind::Denied,
        ("ResourceNotFoundException" | "NoSuchBucket" | "NoSuchKey", _) => ErrorKind::NotFound,
        ("ValidationException" | "InvalidParameterException" | "SerializationException", _) => ErrorKind::Invalid,
        (_, 429) => ErrorKind::Throttled,
        (_, 408 | 504) => ErrorKind::Timeout,
        (_, 500..=599) => ErrorKind::Unavailable,
        (_, 401 | 403) => ErrorKind::Denied,
        (_, 404) => ErrorKind::NotFound,
        (_, 413) => ErrorKind::TooLarge,
        (_, 400..=499) => ErrorKind::Invalid,
        _ => ErrorKind::Internal,
    }
}

pub(crate) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
