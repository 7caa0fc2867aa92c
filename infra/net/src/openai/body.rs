//! The bodies of chat completions.

use pipeline_core::material::{NOTE, fenced};
use pipeline_core::ports::{Completion, Prompt};
use pipeline_core::{Error, Result};
use serde_json::{Value, json};

use super::settings::Settings;

/// Bytes of a token where the server does not count: fewer than most texts have, so that no budget is overrun.
const BYTES_PER_TOKEN: usize = 3;

/// The request: the instructions as the system's words, the material as the user's.
pub(super) fn request(settings: &Settings, prompt: &Prompt, schema: bool, newer_limit: bool) -> Value {
    let asks_shape = prompt.schema.as_object().is_some_and(|schema| !schema.is_empty());
    let mut system = format!("{}\n\n{NOTE}", prompt.instructions);
    if asks_shape && !schema {
        system.push_str("\n\nAnswer with one JSON value and nothing else. It must satisfy this JSON schema:\n");
        system.push_str(&prompt.schema.to_string());
    }
    let limit = if newer_limit { "max_completion_tokens" } else { "max_tokens" };
    let mut body = json!({
        "model": settings.model,
        "messages": [
            { "role": "system", "content": system.trim_start() },
            { "role": "user", "content": fenced(&prompt.material) },
        ],
        limit: prompt.max_tokens.max(1),
        "stream": false,
    });
    if let Some(temperature) = settings.temperature {
        body["temperature"] = json!(temperature);
    }
    if asks_shape && schema {
        let schema = json!({ "name": "answer", "strict": true, "schema": prompt.schema });
        body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
    }
    body
}

/// The answer in a response to `request`.
pub(super) fn completion(model: &str, request: &Value, response: &Value) -> Result<Completion> {
    let choice = response.pointer("/choices/0");
    let choice = choice.ok_or_else(|| Error::unavailable(format!("model {model} sent what is no chat completion")))?;
    if choice.pointer("/message/refusal").is_some_and(|refusal| refusal.as_str().is_some_and(|text| !text.is_empty())) {
        return Err(Error::invalid(format!("model {model} refused the prompt")));
    }
    match choice["finish_reason"].as_str() {
        Some("length") => {
            return Err(Error::invalid(format!("model {model} was cut off")).hint("allow it more tokens"));
        }
        Some(reason @ ("content_filter" | "tool_calls" | "function_call")) => {
            return Err(Error::invalid(format!("model {model} did not end its answer")).because(reason.to_owned()));
        }
        _ => {}
    }
    let text = choice.pointer("/message/content").and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Error::invalid(format!("model {model} answered without a text")));
    }
    let tokens = |name: &str, bytes: usize| {
        let counted = response["usage"][name].as_u64().filter(|count| *count > 0);
        counted.unwrap_or(bytes.div_ceil(BYTES_PER_TOKEN) as u64)
    };
    Ok(Completion {
        text: text.to_owned(),
        input_tokens: tokens("prompt_tokens", request["messages"].to_string().len()),
        output_tokens: tokens("completion_tokens", text.len()),
    })
}
