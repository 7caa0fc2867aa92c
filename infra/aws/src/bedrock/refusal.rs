//! What Bedrock's refusals mean: several of its exceptions have two meanings, told apart by their words.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use pipeline_core::{Error, ErrorKind};

use crate::failure::failed;

/// Words by which a validation error says that the model cannot be asked under this name here.
const NOT_HERE: &[&str] = &["model identifier is invalid", "on-demand throughput", "model id is invalid"];
/// Words by which it says that the model takes no schema.
const NO_SCHEMA: &[&str] = &[
    "outputconfig",
    "output_config",
    "output config",
    "textformat",
    "text format",
    "structured output",
    "json_schema",
];

const HINT_MODEL: &str = "name an inference profile of this region (`aws bedrock list-inference-profiles`) in the address \
                          of the model, with others as fallback=ID,ID";
const HINT_FORM: &str =
    "submit the use case details of the model's provider once, in the console of Bedrock under Model catalog";
const HINT_ACCESS: &str = "allow bedrock:InvokeModel on the inference profile and on its foundation models, and submit the \
                           use case details of the model's provider in the console of Bedrock";

/// The failure of `what`, a lower-case sentence that names the model or the job.
pub(super) fn refused<E>(what: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let (code, words) = told(&error);
    let because =
        |kind: ErrorKind, hint: &str| Error::new(kind, what).because(format!("the service answered {code}")).hint(hint);
    match code.as_str() {
        "ResourceNotFoundException" if words.contains("use case") => because(ErrorKind::Denied, HINT_FORM),
        "ResourceNotFoundException" => because(ErrorKind::NotFound, HINT_MODEL),
        "ValidationException" if has(&words, NOT_HERE) => because(ErrorKind::NotFound, HINT_MODEL),
        "ModelErrorException" => because(ErrorKind::Unavailable, "ask again"),
        "AccessDeniedException" => because(ErrorKind::Denied, HINT_ACCESS),
        "ConflictException" => because(ErrorKind::Conflict, "submit what changed under a new token"),
        _ => failed(what, error),
    }
}

/// Whether the model refused the schema and not the prompt.
pub(super) fn takes_no_schema<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let (code, words) = told(error);
    code == "ValidationException" && has(&words, NO_SCHEMA)
}

/// The service's code and its words in lower case; both empty when it did not answer.
fn told<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> (String, String) {
    let service = error.as_service_error();
    let code = service.and_then(ProvideErrorMetadata::code).unwrap_or_default().to_owned();
    (code, service.and_then(ProvideErrorMetadata::message).unwrap_or_default().to_lowercase())
}

fn has(words: &str, some: &[&str]) -> bool {
    some.iter().any(|part| words.contains(part))
}
