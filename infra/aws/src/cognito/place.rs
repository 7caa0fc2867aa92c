//! Where a pool is: `cognito://POOL_ID/CLIENT_ID?region=&endpoint=&jwks=&rotation=`.

use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};
use url::{Host, Url};

use crate::address::Address;

/// A user pool, one of its app clients, and how to reach them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) pool: String,
    pub(super) client: String,
    pub(super) region: String,
    /// Another address of the service than Amazon's.
    pub(super) endpoint: Option<String>,
    /// Where the key set is.
    pub(super) jwks: Url,
    /// Whether the client's refresh tokens rotate.
    pub(super) rotates: bool,
}

impl Place {
    /// Reads an address.
    ///
    /// # Errors
    /// `Config` when it names no pool or client, or a key set that would be fetched over an open line.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let address = Address::parse(text, &["region", "endpoint", "jwks", "rotation"])?;
        let (pool, client) = (address.host.clone(), address.path.clone());
        let named =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+".contains(&b));
        let (Some((region, _)), true, true) = (pool.split_once('_'), named(&pool), named(&client)) else {
            return Err(Error::config("the address of the identity backend names no user pool and app client")
                .hint("write cognito://REGION_POOL/CLIENT, as `aws cognito-idp list-user-pools` shows them"));
        };
        let region = address.get("region").unwrap_or(region).to_owned();
        let jwks = match address.get("jwks") {
            Some(jwks) => jwks.to_owned(),
            None => format!("{}/.well-known/jwks.json", issuer(&region, &pool)),
        };
        Ok(Self {
            jwks: closed("jwks", &jwks)?,
            endpoint: match address.get("endpoint") {
                Some(endpoint) => closed("endpoint", endpoint).map(|_| Some(endpoint.to_owned()))?,
                None => None,
            },
            rotates: address.flag("rotation")?,
            pool,
            client,
            region,
        })
    }

    /// The `iss` of the pool's tokens.
    pub(super) fn issuer(&self) -> String {
        issuer(&self.region, &self.pool)
    }
}

fn issuer(region: &str, pool: &str) -> String {
    // The regions of China have a domain of their own.
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://cognito-idp.{region}.{domain}/{pool}")
}

/// The address in parameter `name`, if nobody on the way can read or change what goes over it: keys that come over an open line
/// prove nothing, and a password that goes over one is told.
fn closed(name: &str, address: &str) -> Result<Url> {
    let address = Url::parse(address)
        .context(ErrorKind::Config, || format!("parameter {name} of the user pool is no address"))?;
    let here = match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if address.scheme() == "https" || (address.scheme() == "http" && here) {
        return Ok(address);
    }
    Err(Error::config(format!("parameter {name} would have the user pool reached over an open line"))
        .hint(format!("give {name}= as https://")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_and_the_key_set_follow_from_the_pool() {
        let place = Place::parse("cognito://eu-west-1_AbC123/4client").unwrap();
        assert_eq!(place.region, "eu-west-1");
        assert_eq!(place.issuer(), "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC123");
        assert_eq!(place.jwks.as_str(), format!("{}/.well-known/jwks.json", place.issuer()));
        assert!(!place.rotates);
    }

    #[test]
    fn another_key_set_must_be_reached_safely() {
        let with = |jwks: &str| Place::parse(&format!("cognito://eu-west-1_AbC123/4client?jwks={jwks}"));
        for good in
            ["http://127.0.0.1:4000/p/jwks.json", "http://localhost/x", "http://[::1]:1/x", "https://keys.test/x"]
        {
            assert_eq!(with(good).unwrap().jwks.as_str(), good);
        }
        for bad in ["http://keys.test/x", "http://127.0.0.1.keys.test/x", "file:///etc/passwd", "keys"] {
            assert_eq!(with(bad).unwrap_err().kind(), ErrorKind::Config, "{bad}");
        }
    }

    #[test]
    fn passwords_are_sent_over_no_open_line() {
        let with = |endpoint: &str| Place::parse(&format!("cognito://eu-west-1_AbC123/4client?endpoint={endpoint}"));
        assert_eq!(with("http://127.0.0.1:4000").unwrap().endpoint.as_deref(), Some("http://127.0.0.1:4000"));
        assert_eq!(with("http://pool.test").unwrap_err().kind(), ErrorKind::Config);
    }

    #[test]
    fn an_address_without_pool_or_client_is_refused() {
        for bad in
            ["cognito://pool/client", "cognito://eu-west-1_a", "cognito://eu-west-1_a/b/c", "cognito://a_b/c%20d"]
        {
            assert_eq!(Place::parse(bad).unwrap_err().kind(), ErrorKind::Config, "{bad}");
        }
    }
}
