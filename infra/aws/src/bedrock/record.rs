//! The lines of a batch: what is asked and what is answered.

use pipeline_core::material::fenced;
use pipeline_core::ports::{Batch, Completion, Prompt};
use pipeline_core::{Error, Result};
use serde_json::{Value, json};

use super::converse::{completion_of_json, instructions, most_tokens};

/// Most prompts of a batch.
const MOST_RECORDS: usize = 50_000;
/// Most bytes of a batch.
const MOST_BYTES: usize = 512 * 1024 * 1024;

/// The input of a batch, a JSON line per prompt.
pub(super) fn input(batch: &Batch, temperature: Option<f32>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for (id, prompt) in &batch.prompts {
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(Error::invalid("a record id of a batch is not of letters, digits and dashes"));
        }
        let line = json!({ "recordId": id, "modelInput": model_input(prompt, temperature) });
        bytes.extend_from_slice(line.to_string().as_bytes());
        bytes.push(b'\n');
        if bytes.len() > MOST_BYTES {
            return Err(too_large(format!("a batch is larger than {MOST_BYTES} bytes")));
        }
    }
    if batch.prompts.len() > MOST_RECORDS {
        return Err(too_large(format!("a batch of {} prompts is larger than {MOST_RECORDS}", batch.prompts.len())));
    }
    Ok(bytes)
}

fn too_large(message: String) -> Error {
    Error::too_large(message).hint("submit it in parts")
}

/// A prompt as a Converse request. The schema is among the instructions: not every model takes one in a batch.
fn model_input(prompt: &Prompt, temperature: Option<f32>) -> Value {
    let mut inference = json!({ "maxTokens": most_tokens(prompt) });
    if let Some(temperature) = temperature {
        inference["temperature"] = json!(temperature);
    }
    json!({
        "system": [{ "text": instructions(prompt, true) }],
        "messages": [{ "role": "user", "content": [{ "text": fenced(&prompt.material) }] }],
        "inferenceConfig": inference,
    })
}

/// The record id of an input line.
pub(super) fn id_of(line: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Line {
        record_id: String,
    }
    serde_json::from_slice::<Line>(line).ok().map(|line| line.record_id)
}

/// Record id and answer of an output line; `None` when the line is neither.
pub(super) fn answer(model: &str, line: &[u8]) -> Option<(String, Result<Completion, String>)> {
    let line: Value = serde_json::from_slice(line).ok()?;
    let id = line["recordId"].as_str()?.to_owned();
    let answer = match (line.get("modelOutput"), line.get("error")) {
        (_, Some(error)) if !error.is_null() => Err(told(error)),
        (Some(output), _) if !output.is_null() => completion_of_json(model, output).map_err(|error| error.chain()),
        _ => return None,
    };
    Some((id, answer))
}

/// What the service says about a record, in at most 200 characters.
fn told(error: &Value) -> String {
    let code = match &error["errorCode"] {
        Value::String(code) => code.clone(),
        Value::Number(code) => code.to_string(),
        _ => "an error".to_owned(),
    };
    let message: String = error["errorMessage"].as_str().unwrap_or_default().chars().take(200).collect();
    format!("{code}: {message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_answer_is_none() {
        for line in
            ["", "{", "[]", "{}", r#"{"recordId":"a"}"#, r#"{"recordId":7,"modelOutput":{}}"#, r#"{"modelOutput":{}}"#]
        {
            assert!(answer("m", line.as_bytes()).is_none(), "{line}");
        }
    }

    #[test]
    fn a_record_that_was_cut_off_is_an_error_of_its_own() {
        let line = json!({"recordId": "a", "modelOutput": {"stopReason": "max_tokens"}}).to_string();
        let (id, answer) = answer("m", line.as_bytes()).unwrap();
        assert_eq!(id, "a");
        assert_eq!(answer.unwrap_err(), "model m was cut off: max_tokens");
    }

    #[test]
    fn what_is_sent_holds_the_schema_and_no_temperature_of_its_own() {
        let prompt = Prompt { schema: json!({"type": "object"}), max_tokens: 7, ..Prompt::default() };
        let input = model_input(&prompt, None);
        assert!(input["system"][0]["text"].as_str().unwrap().contains(r#"{"type":"object"}"#));
        assert_eq!(input["inferenceConfig"], json!({"maxTokens": 7}));
        assert!(input.get("outputConfig").is_none());
    }
}
