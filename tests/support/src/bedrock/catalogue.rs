//! Which models there are, where they stand, and the inference profiles that lead to them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::failure::{ENDED, Refusal, UNKNOWN_MODEL};
use super::state::State;
use super::{MODEL, OTHER_PROFILE, PROFILE};

/// Where a model stands in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Life {
    /// It answers.
    Active,
    /// It answers still; the text is the time of its end, such as `2027-03-01T00:00:00Z`.
    Legacy(String),
    /// It answers no more.
    Ended,
}

/// The models at the start.
pub fn models() -> BTreeMap<String, Life> {
    [MODEL, "anthropic.claude-sonnet-5-5"].map(|id| (id.to_owned(), Life::Active)).into()
}

/// The base model that a profile leads to.
fn base(profile: &str) -> Option<&str> {
    match profile {
        PROFILE | "eu.anthropic.claude-haiku-5-5" => Some(MODEL),
        OTHER_PROFILE => Some("anthropic.claude-sonnet-5-5"),
        _ => None,
    }
}

/// Whether the model `id` of a request may be asked.
pub fn check_model(state: &State, id: &str) -> Result<(), Refusal> {
    if state.models.contains_key(id) {
        return Err(Refusal::invalid(format!(
            "Invocation of model ID {id} with on-demand throughput isn’t supported. Retry your request with the ID or \
             ARN of an inference profile that contains this model."
        )));
    }
    match base(id).and_then(|base| state.models.get(base)) {
        Some(Life::Ended) => Err(Refusal::missing(ENDED)),
        Some(_) => Ok(()),
        None => Err(Refusal::invalid(UNKNOWN_MODEL)),
    }
}

/// `GetFoundationModel`.
pub fn foundation_model(state: &State, id: &str) -> Result<Value, Refusal> {
    let lifecycle = match state.models.get(id) {
        Some(Life::Active) => json!({ "status": "ACTIVE", "startOfLifeTime": "2026-01-15T00:00:00Z" }),
        Some(Life::Legacy(end)) => json!({
            "status": "LEGACY", "startOfLifeTime": "2026-01-15T00:00:00Z", "legacyTime": "2026-10-01T00:00:00Z",
            "endOfLifeTime": end,
        }),
        Some(Life::Ended) | None => {
            return Err(Refusal::missing("Could not resolve the foundation model from the model identifier."));
        }
    };
    Ok(json!({ "modelDetails": {
        "modelArn": model_arn(&state.region, id), "modelId": id, "modelName": id, "providerName": "Anthropic",
        "inputModalities": ["TEXT"], "outputModalities": ["TEXT"], "responseStreamingSupported": true,
        "customizationsSupported": [], "inferenceTypesSupported": ["INFERENCE_PROFILE"], "modelLifecycle": lifecycle,
    }}))
}

/// `GetInferenceProfile`.
pub fn inference_profile(state: &State, id: &str) -> Result<Value, Refusal> {
    let Some(base) = base(id).filter(|base| state.models.contains_key(*base)) else {
        return Err(Refusal::missing("The provided inference profile identifier is not found."));
    };
    let region = &state.region;
    Ok(json!({
        "inferenceProfileName": id, "inferenceProfileId": id, "status": "ACTIVE", "type": "SYSTEM_DEFINED",
        "inferenceProfileArn": format!("arn:aws:bedrock:{region}:123456789012:inference-profile/{id}"),
        "models": [{ "modelArn": model_arn(region, base) }, { "modelArn": model_arn("eu-north-1", base) }],
        "createdAt": "2026-01-15T00:00:00Z", "updatedAt": "2026-01-15T00:00:00Z",
    }))
}

fn model_arn(region: &str, id: &str) -> String {
    format!("arn:aws:bedrock:{region}::foundation-model/{id}")
}
