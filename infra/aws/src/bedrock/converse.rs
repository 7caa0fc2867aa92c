//! One prompt, one answer: the Converse operation.

use std::sync::atomic::Ordering;

use aws_sdk_bedrockruntime::error::SdkError;
use aws_sdk_bedrockruntime::operation::converse::{ConverseError, ConverseOutput};
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, InferenceConfiguration, JsonSchemaDefinition, Message, OutputConfig, OutputFormat,
    OutputFormatStructure, OutputFormatType, StopReason, SystemContentBlock,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use pipeline_core::error::Context as _;
use pipeline_core::material::{NOTE, fenced};
use pipeline_core::ports::{Completion, Prompt};
use pipeline_core::{Error, ErrorKind, Result};
use serde_json::Value;

use super::Bedrock;
use super::refusal::{refused, takes_no_schema};

/// The name of the schema of an answer.
const SCHEMA_NAME: &str = "answer";

impl Bedrock {
    /// Asks `model`; once without a schema when it takes none.
    pub(super) async fn ask(&self, model: &str, prompt: &Prompt) -> Result<Completion> {
        let what = || format!("model {model} gave no answer");
        let structured = has_schema(prompt) && !self.plain.load(Ordering::Relaxed);
        let mut answer = self.converse(model, prompt, structured).await?;
        if structured && answer.as_ref().is_err_and(takes_no_schema) {
            tracing::warn!(model, "the model takes no schema, which goes into its instructions from now on");
            self.plain.store(true, Ordering::Relaxed);
            answer = self.converse(model, prompt, false).await?;
        }
        completion(model, &answer.map_err(|error| refused(&what(), error))?)
    }

    async fn converse(
        &self,
        model: &str,
        prompt: &Prompt,
        structured: bool,
    ) -> Result<Result<ConverseOutput, SdkError<ConverseError, HttpResponse>>> {
        let unusable = || format!("the prompt for model {model} cannot be sent");
        let message = Message::builder()
            .role(ConversationRole::User)
            .content(ContentBlock::Text(fenced(&prompt.material)))
            .build()
            .context(ErrorKind::Internal, unusable)?;
        let most = i32::try_from(most_tokens(prompt)).unwrap_or(i32::MAX);
        let inference = InferenceConfiguration::builder().max_tokens(most).set_temperature(self.temperature).build();
        let mut request = self
            .runtime
            .converse()
            .model_id(model)
            .system(SystemContentBlock::Text(instructions(prompt, !structured)))
            .messages(message)
            .inference_config(inference);
        if structured {
            request = request.output_config(format(prompt).context(ErrorKind::Internal, unusable)?);
        }
        Ok(request.send().await)
    }
}

/// The instructions as they are sent: with a note on the material, and with the schema when nothing else tells it.
pub(super) fn instructions(prompt: &Prompt, with_schema: bool) -> String {
    let mut text = format!("{}\n\n{NOTE}", prompt.instructions);
    if with_schema && has_schema(prompt) {
        text.push_str("\n\nAnswer with one JSON value and nothing else. It must satisfy this JSON schema:\n");
        text.push_str(&prompt.schema.to_string());
    }
    text.trim_start().to_owned()
}

/// Most tokens of the answer; the service takes no zero.
pub(super) fn most_tokens(prompt: &Prompt) -> u32 {
    prompt.max_tokens.max(1)
}

fn has_schema(prompt: &Prompt) -> bool {
    prompt.schema.as_object().is_some_and(|schema| !schema.is_empty())
}

fn format(prompt: &Prompt) -> Result<OutputConfig, aws_sdk_bedrockruntime::error::BuildError> {
    let schema = JsonSchemaDefinition::builder().schema(prompt.schema.to_string()).name(SCHEMA_NAME).build()?;
    let format = OutputFormat::builder()
        .r#type(OutputFormatType::JsonSchema)
        .structure(OutputFormatStructure::JsonSchema(schema))
        .build()?;
    Ok(OutputConfig::builder().text_format(format).build())
}

fn completion(model: &str, answer: &ConverseOutput) -> Result<Completion> {
    check_stop(model, answer.stop_reason().as_str())?;
    let message = answer.output().and_then(|output| output.as_message().ok());
    let text: String = message
        .into_iter()
        .flat_map(|message| message.content())
        .filter_map(|block| block.as_text().ok().map(String::as_str))
        .collect();
    let (input, output) = answer.usage().map_or((0, 0), |usage| {
        let cached = usage.cache_read_input_tokens().unwrap_or(0) + usage.cache_write_input_tokens().unwrap_or(0);
        (usage.input_tokens() + cached, usage.output_tokens())
    });
    let tokens = |count: i32| u64::try_from(count).unwrap_or(0);
    nonempty(model, Completion { text, input_tokens: tokens(input), output_tokens: tokens(output) })
}

/// The answer in a Converse response as JSON, as batches hold it.
pub(super) fn completion_of_json(model: &str, answer: &Value) -> Result<Completion> {
    check_stop(model, answer["stopReason"].as_str().unwrap_or("nothing"))?;
    let blocks = answer.pointer("/output/message/content").and_then(Value::as_array);
    let text: String = blocks.into_iter().flatten().filter_map(|block| block["text"].as_str()).collect();
    let tokens = |name: &str| answer["usage"][name].as_u64().unwrap_or(0);
    let input = tokens("inputTokens") + tokens("cacheReadInputTokens") + tokens("cacheWriteInputTokens");
    nonempty(model, Completion { text, input_tokens: input, output_tokens: tokens("outputTokens") })
}

/// Refuses answers that are cut off, filtered or broken.
fn check_stop(model: &str, reason: &str) -> Result<()> {
    match StopReason::from(reason) {
        StopReason::EndTurn | StopReason::StopSequence => Ok(()),
        StopReason::MaxTokens => {
            Err(Error::invalid(format!("model {model} was cut off")).because("max_tokens").hint("allow it more tokens"))
        }
        _ => Err(Error::invalid(format!("model {model} did not end its answer")).because(reason.to_owned())),
    }
}

fn nonempty(model: &str, completion: Completion) -> Result<Completion> {
    if completion.text.trim().is_empty() {
        return Err(Error::invalid(format!("model {model} answered without a text")));
    }
    Ok(completion)
}
