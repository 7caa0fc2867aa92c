//! What an `openai+https://` address says.

use std::time::Duration;

use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};
use url::{Host, Url};

/// Seconds that an answer may take unless the address says otherwise.
const TIMEOUT_S: u64 = 120;

/// What the address says.
pub(super) struct Settings {
    base: Url,
    pub model: String,
    pub schema: bool,
    pub temperature: Option<f32>,
    pub timeout: Duration,
}

impl Settings {
    /// Reads `address`. Nothing of it but its host is ever repeated.
    pub fn parse(address: &str) -> Result<Self> {
        let unusable = || "the address of the model cannot be read";
        let text = address.strip_prefix("openai+").ok_or_else(|| Error::config(unusable()))?;
        let mut base = Url::parse(text).context(ErrorKind::Config, unusable)?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err(Error::config("the address of the model names a user")
                .hint("secrets belong into the environment, see the README"));
        }
        match base.scheme() {
            "https" => {}
            "http" if is_loopback(&base) => {}
            "http" => {
                return Err(Error::config("the model would be asked without TLS")
                    .hint("write openai+https://; openai+http:// is for servers on this machine"));
            }
            _ => return Err(Error::config(unusable()).hint("write openai+https://HOST/v1?model=NAME")),
        }
        let mut settings =
            Self { base: base.clone(), model: String::new(), schema: true, temperature: None, timeout: Duration::ZERO };
        let mut timeout_s = TIMEOUT_S;
        for (name, value) in base.query_pairs() {
            match name.as_ref() {
                "model" => settings.model = value.into_owned(),
                "schema" => settings.schema = number(&name, &value)?,
                "temperature" => settings.temperature = Some(number(&name, &value)?),
                "timeout_s" => timeout_s = number(&name, &value)?,
                other => {
                    return Err(Error::config(format!("the address of the model has an unknown parameter {other:?}"))
                        .hint("it knows model, schema, temperature, timeout_s"));
                }
            }
        }
        if settings.model.is_empty() {
            return Err(Error::config("the address of the model names no model").hint("add ?model=NAME"));
        }
        if settings.temperature.is_some_and(|value| !(0.0..=2.0).contains(&value)) {
            return Err(Error::config("parameter temperature of the address of the model is not from 0 to 2"));
        }
        base.set_query(None);
        base.set_fragment(None);
        settings.base = base;
        settings.timeout = Duration::from_secs(timeout_s.max(1));
        Ok(settings)
    }

    /// The URL of `path` under the address.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}/{path}", self.base.as_str().trim_end_matches('/'))
    }

    /// The host, for messages.
    pub fn place(&self) -> &str {
        self.base.host_str().unwrap_or("an unknown host")
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn number<N: std::str::FromStr>(name: &str, text: &str) -> Result<N> {
    text.parse().map_err(|_| Error::config(format!("parameter {name} of the address of the model has no usable value")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_model() {
        let settings = Settings::parse("openai+https://api.example.com/v1/?model=a%2Fb:7b&temperature=0").unwrap();
        assert_eq!((settings.model.as_str(), settings.schema, settings.temperature), ("a/b:7b", true, Some(0.0)));
        assert_eq!(settings.endpoint("models"), "https://api.example.com/v1/models");
        let local = Settings::parse("openai+http://127.0.0.1:8080/v1?model=m&schema=false&timeout_s=3").unwrap();
        assert_eq!((local.schema, local.timeout), (false, Duration::from_secs(3)));
    }

    #[test]
    fn an_address_that_cannot_be_used_is_refused_without_its_secrets() {
        for address in [
            "https://api.example.com/v1?model=m",
            "openai+http://api.example.com/v1?model=m",
            "openai+http://127.0.0.1.example.com/v1?model=m",
            "openai+ftp://127.0.0.1/?model=m",
            "openai+https://hunter2@api.example.com/v1?model=m",
            "openai+https://api.example.com/v1",
            "openai+https://api.example.com/v1?model=m&key=hunter2",
            "openai+https://api.example.com/v1?model=m&temperature=NaN",
            "openai+https://api.example.com/v1?model=m&timeout_s=hunter2",
        ] {
            let Err(error) = Settings::parse(address) else { panic!("{address} must be refused") };
            assert_eq!(error.kind(), ErrorKind::Config, "{address}");
            assert!(!error.chain().contains("hunter2"), "{error:?}");
        }
    }
}
