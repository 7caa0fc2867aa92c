//! How Bedrock says no: a status, the name of the exception in a header, and the message in the body.

use std::time::Duration;

use serde_json::json;

/// A failure on demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// `ThrottlingException`, 429.
    Throttled,
    /// `ServiceUnavailableException`, 503.
    Unavailable,
    /// `ModelTimeoutException`, 408.
    ModelTimeout,
    /// `InternalServerException`, 500.
    Internal,
    /// `ModelNotReadyException`, 429.
    NotReady,
    /// `ModelErrorException`, 424.
    ModelError,
    /// `AccessDeniedException`, 403.
    Denied,
    /// `ResourceNotFoundException`, 404: the model has ended.
    EndOfLife,
    /// `ResourceNotFoundException`, 404: the account has not filled in the provider's form.
    NoUseCase,
    /// `ValidationException`, 400: the region does not have the model.
    NotInRegion,
    /// `ValidationException`, 400, with this message.
    Invalid(String),
    /// The connection breaks off without an answer.
    Dropped,
    /// It is done, and then the connection breaks off without an answer.
    AnswerLost,
    /// The answer comes, but only after this time.
    Slow(Duration),
}

/// An error as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Value of `x-amzn-errortype`.
    pub name: &'static str,
    /// What the body says.
    pub message: String,
}

impl Refusal {
    pub fn new(status: u16, name: &'static str, message: impl Into<String>) -> Self {
        Self { status, name, message: message.into() }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationException", message)
    }

    pub fn missing(message: impl Into<String>) -> Self {
        Self::new(404, "ResourceNotFoundException", message)
    }

    pub fn body(&self) -> String {
        json!({ "message": self.message }).to_string()
    }
}

/// What an unknown model id is answered, in a region without the model too.
pub const UNKNOWN_MODEL: &str = "The provided model identifier is invalid.";
/// What a model is answered that has ended.
pub const ENDED: &str = "This model version has reached the end of its life. Please refer to the AWS documentation for \
                         more details.";

impl Failure {
    /// The error that it is; `None` for what is no answer at all.
    pub fn refusal(&self) -> Option<Refusal> {
        Some(match self {
            Self::Throttled => {
                Refusal::new(429, "ThrottlingException", "Too many requests, please wait before trying again.")
            }
            Self::Unavailable => {
                Refusal::new(503, "ServiceUnavailableException", "Bedrock is unable to process your request.")
            }
            Self::ModelTimeout => {
                Refusal::new(408, "ModelTimeoutException", "Model has timed out in processing the request.")
            }
            Self::Internal => {
                Refusal::new(500, "InternalServerException", "The system encountered an unexpected error.")
            }
            Self::NotReady => Refusal::new(429, "ModelNotReadyException", "Model is not ready for inference."),
            Self::ModelError => Refusal::new(424, "ModelErrorException", "The model returned an error."),
            Self::Denied => Refusal::new(
                403,
                "AccessDeniedException",
                "You don't have access to the model with the specified model ID.",
            ),
            Self::EndOfLife => Refusal::missing(ENDED),
            Self::NoUseCase => Refusal::missing(
                "Model use case details have not been submitted for this account. Fill out the Anthropic use case \
                 details form before using the model.",
            ),
            Self::NotInRegion => Refusal::invalid(UNKNOWN_MODEL),
            Self::Invalid(message) => Refusal::invalid(message.clone()),
            Self::Dropped | Self::AnswerLost | Self::Slow(_) => return None,
        })
    }
}
