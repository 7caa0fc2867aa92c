//! `Converse`: one question, one answer.

use std::sync::Arc;

use serde_json::{Value, json};

use super::catalogue::check_model;
use super::failure::Refusal;
use super::state::Shared;

/// What the model says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// Why it stopped, such as `end_turn` or `max_tokens`.
    pub stop_reason: String,
}

impl Answer {
    /// An answer that ended by itself.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), stop_reason: "end_turn".to_owned() }
    }

    /// An answer that stopped for `reason`.
    pub fn stopped(text: impl Into<String>, reason: &str) -> Self {
        Self { text: text.into(), stop_reason: reason.to_owned() }
    }
}

/// The schema that a request asks for; `null` without one.
pub fn schema_of(body: &Value) -> Value {
    let schema = body.pointer("/outputConfig/textFormat/structure/jsonSchema/schema").and_then(Value::as_str);
    schema.and_then(|schema| serde_json::from_str(schema).ok()).unwrap_or_default()
}

/// Answers the request `body` to the model `id`.
pub fn converse(shared: &Shared, id: &str, body: &Value) -> Result<Value, Refusal> {
    check_model(&shared.lock(), id)?;
    check_body(body)?;
    let script = Arc::clone(&shared.lock().script);
    Ok(response(&script(body), body))
}

/// What Bedrock refuses before the model sees it.
pub fn check_body(body: &Value) -> Result<(), Refusal> {
    let messages = body.get("messages").and_then(Value::as_array).filter(|messages| !messages.is_empty());
    let first = messages.and_then(|messages| messages.first());
    if first.and_then(|first| first.get("role")) != Some(&json!("user")) {
        return Err(Refusal::invalid(
            "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
        ));
    }
    let blocks = first.and_then(|first| first.get("content")).and_then(Value::as_array);
    let blank = |block: &Value| block.get("text").and_then(Value::as_str).is_none_or(|text| text.trim().is_empty());
    if blocks.is_none_or(|blocks| blocks.is_empty() || blocks.iter().any(blank)) {
        return Err(Refusal::invalid(
            "The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.",
        ));
    }
    if body.pointer("/inferenceConfig/maxTokens").is_some_and(|most| most.as_u64().is_none_or(|most| most == 0)) {
        return Err(Refusal::invalid(
            "Value at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ));
    }
    check_format(body)
}

fn check_format(body: &Value) -> Result<(), Refusal> {
    let Some(format) = body.pointer("/outputConfig/textFormat") else { return Ok(()) };
    if format.get("type") != Some(&json!("json_schema")) || !schema_of(body).is_object() {
        return Err(Refusal::invalid("The outputConfig.textFormat is not a valid JSON schema."));
    }
    Ok(())
}

/// The answer in the shape of `Converse`, its tokens counted as a quarter of the bytes.
pub fn response(answer: &Answer, body: &Value) -> Value {
    let read: usize =
        ["system", "messages"].iter().filter_map(|part| body.get(part)).map(|part| part.to_string().len()).sum();
    let (input, output) = (read.div_ceil(4), answer.text.len().div_ceil(4));
    json!({
        "output": { "message": { "role": "assistant", "content": [{ "text": answer.text }] } },
        "stopReason": answer.stop_reason,
        "usage": { "inputTokens": input, "outputTokens": output, "totalTokens": input + output },
        "metrics": { "latencyMs": 12 },
    })
}
