//! What a `bedrock://` address says.

use std::str::FromStr;
use std::time::Duration;

use pipeline_core::{Error, Result};

use crate::address::Address;

/// Parameters of the address.
pub(crate) const PARAMETERS: &[&str] =
    &["region", "endpoint", "control_endpoint", "batch", "role", "least_batch", "temperature", "fallback", "timeout_s"];

/// Seconds that an answer may take unless the address says otherwise.
const TIMEOUT_S: u64 = 120;
/// Fewest prompts of a batch unless the address says otherwise.
const LEAST_BATCH: usize = 100;

/// What the address says.
pub(super) struct Settings {
    pub models: Vec<String>,
    pub region: Option<String>,
    pub endpoint: Option<String>,
    pub control_endpoint: Option<String>,
    pub temperature: Option<f32>,
    pub timeout: Duration,
    pub batch: Option<BatchSettings>,
}

/// What it says about batches.
pub(super) struct BatchSettings {
    /// `s3://BUCKET/PREFIX` without a slash at its end.
    pub uri: String,
    /// ARN of the role that Bedrock takes on.
    pub role: String,
    /// Fewest prompts.
    pub least: usize,
}

impl Settings {
    /// Reads `text`.
    pub fn parse(text: &str) -> Result<Self> {
        let address = Address::parse(text, PARAMETERS)?;
        // The id of a model may be an ARN, which holds a slash.
        let model = match address.path.as_str() {
            "" => address.host.clone(),
            path => format!("{}/{path}", address.host),
        };
        let fallbacks = address.get("fallback").unwrap_or_default().split(',').map(str::trim).map(str::to_owned);
        let mut models = vec![model];
        for fallback in fallbacks.filter(|fallback| !fallback.is_empty()) {
            if !models.contains(&fallback) {
                models.push(fallback);
            }
        }
        let own = |name: &str| address.get(name).map(str::to_owned);
        Ok(Self {
            models,
            region: own("region"),
            endpoint: own("endpoint"),
            control_endpoint: own("control_endpoint"),
            temperature: temperature(&address)?,
            timeout: Duration::from_secs(number(&address, "timeout_s")?.unwrap_or(TIMEOUT_S).max(1)),
            batch: batch(&address)?,
        })
    }
}

fn batch(address: &Address) -> Result<Option<BatchSettings>> {
    let least = number(address, "least_batch")?.unwrap_or(LEAST_BATCH).max(1);
    match (address.get("batch"), address.get("role")) {
        (Some(uri), Some(role)) => {
            let uri = uri.split('?').next().unwrap_or_default().trim_end_matches('/');
            if !uri.starts_with("s3://") {
                return Err(Error::config("parameter batch of the address of the model is no s3:// address"));
            }
            Ok(Some(BatchSettings { uri: uri.to_owned(), role: role.to_owned(), least }))
        }
        (None, None) => Ok(None),
        _ => Err(Error::config("the address of the model has one of the parameters batch and role without the other")
            .hint("batches need both: batch=s3://BUCKET/PREFIX and role=ARN of a role that Bedrock may take on")),
    }
}

fn temperature(address: &Address) -> Result<Option<f32>> {
    let temperature = number::<f32>(address, "temperature")?;
    match temperature {
        Some(value) if !(0.0..=1.0).contains(&value) => Err(unusable("temperature")),
        temperature => Ok(temperature),
    }
}

fn number<N: FromStr>(address: &Address, name: &str) -> Result<Option<N>> {
    address.get(name).map(|text| text.parse().map_err(|_| unusable(name))).transpose()
}

fn unusable(name: &str) -> Error {
    Error::config(format!("parameter {name} of the address of the model is no usable number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_model_and_what_stands_in_for_it() {
        let text =
            "bedrock://global.anthropic.claude-haiku-5-5?region=eu-west-1&fallback=eu.a.b-1:0,%20c,,c&timeout_s=7";
        let settings = Settings::parse(text).unwrap();
        assert_eq!(settings.models, ["global.anthropic.claude-haiku-5-5", "eu.a.b-1:0", "c"]);
        assert_eq!((settings.temperature, settings.timeout), (None, Duration::from_secs(7)));
        assert!(settings.batch.is_none());
        let arn = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.a.b";
        assert_eq!(Settings::parse(&format!("bedrock://{arn}")).unwrap().models, [arn]);
    }

    #[test]
    fn batches_need_a_place_and_a_role() {
        let text = "bedrock://m?batch=s3://bucket/a/b/&role=arn:aws:iam::123456789012:role/batch&least_batch=5";
        let batch = Settings::parse(text).unwrap().batch.unwrap();
        assert_eq!((batch.uri.as_str(), batch.least), ("s3://bucket/a/b", 5));
        for half in ["bedrock://m?batch=s3://bucket/a", "bedrock://m?role=r", "bedrock://m?batch=file:///x&role=r"] {
            assert!(Settings::parse(half).is_err(), "{half}");
        }
    }

    #[test]
    fn a_number_that_is_none_is_refused() {
        for text in ["temperature=warm", "temperature=7", "temperature=NaN", "timeout_s=-1", "least_batch=x"] {
            assert!(Settings::parse(&format!("bedrock://m?{text}")).is_err(), "{text}");
        }
    }
}
