//! Looking a model over without spending a token: its inference profile, and where it stands in its life.

use aws_sdk_bedrock::types::FoundationModelLifecycleStatus as Status;
use aws_smithy_types::date_time::Format;
use pipeline_core::{Error, ErrorKind, Result};

use super::Bedrock;
use super::refusal::refused;

impl Bedrock {
    /// Says where the model and its fallbacks stand.
    pub(super) async fn look_over(&self) -> Result<String> {
        let mut seen = Vec::new();
        for (at, model) in self.models.iter().enumerate() {
            match self.look_at(model).await {
                Ok(Life { note, ends: false }) => seen.push(note),
                // What ends is fine as long as something follows it.
                Ok(Life { note, ends: true }) if at + 1 < self.models.len() => seen.push(note),
                Ok(Life { note, .. }) => {
                    return Err(Error::config(note).hint("name its successor in the address: &fallback=ID"));
                }
                Err(error) if error.kind() == ErrorKind::NotFound && at + 1 < self.models.len() => {
                    seen.push(error.message().to_owned());
                }
                Err(error) => return Err(error),
            }
        }
        seen.push(match &self.batches {
            Some(batches) => format!("batches from {} prompts", batches.least),
            None => "no batches".to_owned(),
        });
        Ok(seen.join("; "))
    }

    async fn look_at(&self, model: &str) -> Result<Life> {
        let missing = format!("model {model} is not there");
        let (base, profile) = match self.base(model, &missing).await {
            Ok(base) => (base, true),
            Err(error) if error.kind() == ErrorKind::NotFound => (model.to_owned(), false),
            Err(error) => return Err(error),
        };
        let answer = self.control.get_foundation_model().model_identifier(&base).send().await;
        let answer = answer.map_err(|error| refused(&missing, error))?;
        let details = answer.model_details();
        let on_demand = details
            .is_some_and(|details| details.inference_types_supported().iter().any(|kind| kind.as_str() == "ON_DEMAND"));
        if !profile && !on_demand {
            return Err(Error::config(format!("model {model} is asked through inference profiles only"))
                .hint(format!("write bedrock://global.{model} or another of `aws bedrock list-inference-profiles`")));
        }
        Ok(Life::of(model, details.and_then(|details| details.model_lifecycle())))
    }

    /// The base model of the inference profile `id`.
    async fn base(&self, id: &str, missing: &str) -> Result<String> {
        let answer = self.control.get_inference_profile().inference_profile_identifier(id).send().await;
        let profile = answer.map_err(|error| match refused(missing, error) {
            // An id that cannot be that of a profile is one that is none.
            error if error.kind() == ErrorKind::Invalid => Error::not_found(missing).because(error),
            error => error,
        })?;
        let bases = profile.models().iter().filter_map(|model| model.model_arn());
        let base = bases.filter_map(|arn| arn.split_once("foundation-model/")).map(|(_, base)| base.to_owned()).next();
        base.ok_or_else(|| Error::not_found(missing).because("its inference profile names no foundation model"))
    }
}

/// Where a model stands.
struct Life {
    note: String,
    ends: bool,
}

impl Life {
    fn of(model: &str, lifecycle: Option<&aws_sdk_bedrock::types::FoundationModelLifecycle>) -> Self {
        match lifecycle.map(|lifecycle| (lifecycle.status(), lifecycle.end_of_life_time())) {
            Some((Status::Legacy, end)) => {
                let end = end.and_then(|end| end.fmt(Format::DateTime).ok());
                let day = end.as_deref().and_then(|end| end.get(..10)).unwrap_or("a day not told yet");
                Self { note: format!("model {model} is LEGACY and ends on {day}"), ends: true }
            }
            Some((status, _)) => Self { note: format!("model {model} is {}", status.as_str()), ends: false },
            None => Self { note: format!("model {model} is there"), ends: false },
        }
    }
}
