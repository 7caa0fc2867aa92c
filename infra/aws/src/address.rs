//! Addresses of backends, such as `dynamodb://waypost?region=eu-west-1`.

use std::collections::BTreeMap;

use pipeline_core::{Error, Result};
use url::Url;

/// An address taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Before `://`.
    pub scheme: String,
    /// Between `://` and the first `/` or `?`: a bucket, a table, a host with its port.
    pub host: String,
    /// After the host, without slashes at its ends.
    pub path: String,
    parameters: BTreeMap<String, String>,
}

impl Address {
    /// Reads `text`, whose parameters must be among `known`.
    ///
    /// # Errors
    /// `Config` for a text that is no address, for unknown parameters and for a user or password, which belong into the
    /// environment.
    pub fn parse(text: &str, known: &[&str]) -> Result<Self> {
        let unusable = || Error::config(format!("address {:?} cannot be read", without_query(text)));
        let (scheme, rest) = text.split_once("://").ok_or_else(unusable)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if host.is_empty() {
            return Err(unusable().hint("the part after :// is empty"));
        }
        if host.contains('@') {
            return Err(Error::config(format!("the address of scheme {scheme} names a user"))
                .hint("secrets belong into the environment, see the README"));
        }
        // Only the query is read by the rules of URLs: names of models hold colons and dots.
        let query = Url::parse(&format!("query:/?{query}")).map_err(|error| unusable().because(error))?;
        let parameters: BTreeMap<String, String> =
            query.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        if let Some(name) = parameters.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Error::config(format!("the address of scheme {scheme} has an unknown parameter {name:?}"))
                .hint(format!("it knows {}", known.join(", "))));
        }
        Ok(Self {
            scheme: scheme.to_owned(),
            host: host.to_owned(),
            path: path.trim_matches('/').to_owned(),
            parameters,
        })
    }

    /// The parameter `name`; `None` when it is not given or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether the parameter `name` is `true`.
    ///
    /// # Errors
    /// `Config` when it is neither `true` nor `false`.
    pub fn flag(&self, name: &str) -> Result<bool> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(Error::config(format!("parameter {name} is true or false, not {other:?}"))),
        }
    }
}

/// Where the batches of a `bedrock://` address lie: its parameter `batch`, an `s3://` address.
///
/// # Errors
/// As [`Address::parse`].
pub fn batch_store(address: &str) -> Result<Option<String>> {
    Ok(Address::parse(address, crate::bedrock::PARAMETERS)?.get("batch").map(str::to_owned))
}

fn without_query(text: &str) -> &str {
    text.split('?').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let address = Address::parse(
            "s3://bucket/a/b/?endpoint=http%3A%2F%2F127.0.0.1%3A9000&create=true",
            &["endpoint", "create"],
        );
        let address = address.unwrap();
        assert_eq!((address.host.as_str(), address.path.as_str()), ("bucket", "a/b"));
        assert_eq!(address.get("endpoint"), Some("http://127.0.0.1:9000"));
        assert!(address.flag("create").unwrap());
        assert_eq!(address.get("region"), None);
    }

    #[test]
    fn a_plain_endpoint_needs_no_escapes() {
        let address =
            Address::parse("dynamodb://t?endpoint=http://127.0.0.1:8000&region=eu-west-1", &["endpoint", "region"])
                .unwrap();
        assert_eq!(address.get("endpoint"), Some("http://127.0.0.1:8000"));
        assert_eq!(address.get("region"), Some("eu-west-1"));
    }

    #[test]
    fn a_misspelt_parameter_is_named() {
        let error = Address::parse("s3://bucket?regoin=x", &["region"]).unwrap_err();
        assert!(error.message().contains("regoin"), "{error:?}");
    }

    #[test]
    fn a_secret_in_an_address_is_refused_and_not_repeated() {
        let error = Address::parse("opensearch+https://admin:hunter2@host/i", &[]).unwrap_err();
        assert!(!error.chain().contains("hunter2"));
    }
}
