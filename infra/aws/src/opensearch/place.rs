//! Where OpenSearch is and how to sign in there, read from its address.

use std::net::IpAddr;

use pipeline_core::{Error, Result};
use url::{Host, Url};

use crate::address::Address;

/// The parameters of an address.
const KNOWN: &[&str] = &["auth", "user", "service", "region", "replicas"];

/// Starts the names of indexes unless the address says otherwise.
const PREFIX: &str = "waypost";

/// How requests are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Auth {
    /// Not at all.
    None,
    /// By a user's name, with a password.
    Basic(String),
    /// By AWS credentials.
    Sigv4,
}

/// An address that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) url: Url,
    pub(super) prefix: String,
    pub(super) auth: Auth,
    /// The service's name in signatures: `es` or `aoss`.
    pub(super) service: String,
    pub(super) region: Option<String>,
    pub(super) replicas: u32,
    pub(super) serverless: bool,
    /// Whether it is in this machine or network, where no proxy leads.
    pub(super) private: bool,
}

impl Place {
    /// Reads `text`.
    pub(super) fn read(text: &str) -> Result<Self> {
        let address = Address::parse(text, KNOWN)?;
        let scheme = address.scheme.strip_prefix("opensearch+").filter(|scheme| ["http", "https"].contains(scheme));
        let scheme = scheme.ok_or_else(|| {
            Error::config(format!("scheme {} is none of opensearch+https and opensearch+http", address.scheme))
        })?;
        let unusable = || Error::config(format!("{:?} is no host with a port", address.host));
        let url = Url::parse(&format!("{scheme}://{}/", address.host)).map_err(|error| unusable().because(error))?;
        let host = url.host().ok_or_else(unusable)?.to_owned();
        let name = host.to_string();
        let amazon = name.ends_with(".amazonaws.com");
        let service = match address.get("service") {
            None if name.contains(".aoss.") => "aoss",
            None => "es",
            Some(service @ ("es" | "aoss")) => service,
            Some(other) => return Err(Error::config(format!("parameter service is es or aoss, not {other:?}"))),
        };
        let auth = match address.get("auth") {
            None if amazon => Auth::Sigv4,
            None | Some("none") => Auth::None,
            Some("sigv4") => Auth::Sigv4,
            Some("basic") => Auth::Basic(address.get("user").map(str::to_owned).ok_or_else(|| {
                Error::config("auth=basic of the search address needs a user").hint("add &user=NAME to the address")
            })?),
            Some(other) => return Err(Error::config(format!("parameter auth is none, basic or sigv4, not {other:?}"))),
        };
        if scheme == "http" {
            check_plain(&host, &auth)?;
        }
        let replicas = address.get("replicas").unwrap_or("0");
        let replicas = replicas.parse().map_err(|error| {
            Error::config(format!("parameter replicas is a number, not {replicas:?}")).because(error)
        })?;
        Ok(Self {
            prefix: prefix(&address.path)?,
            auth,
            service: service.to_owned(),
            region: address.get("region").map(str::to_owned),
            replicas,
            serverless: service == "aoss",
            private: is_private(&host),
            url,
        })
    }
}

/// Without encryption others may read along: only where there are no others, and passwords only within this machine.
fn check_plain(host: &Host, auth: &Auth) -> Result<()> {
    let hint = "use opensearch+https://";
    if !is_private(host) {
        return Err(Error::config(format!("{host} is outside of this network and needs encryption")).hint(hint));
    }
    if matches!(auth, Auth::Basic(_)) && !is_loopback(host) {
        return Err(Error::config(format!("a password is not sent to {host} without encryption")).hint(hint));
    }
    Ok(())
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

fn is_private(host: &Host) -> bool {
    let address = match host {
        // A name without a dot is one of the local network, such as a container's.
        Host::Domain(name) => {
            return is_loopback(host) || !name.contains('.') || name.ends_with(".local") || name.ends_with(".internal");
        }
        Host::Ipv4(ip) => IpAddr::V4(*ip),
        Host::Ipv6(ip) => ip.to_ipv4_mapped().map_or(IpAddr::V6(*ip), IpAddr::V4),
    };
    match address {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}

fn prefix(path: &str) -> Result<String> {
    let prefix = if path.is_empty() { PREFIX } else { path };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    if prefix.len() > 80 || !prefix.bytes().all(plain) || prefix.starts_with(['-', '_', '.']) {
        return Err(Error::config(format!("{prefix:?} cannot start the names of indexes"))
            .hint("use up to 80 lower-case letters, digits and dashes"));
    }
    Ok(prefix.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(text: &str) -> Place {
        Place::read(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    #[test]
    fn a_host_of_amazon_is_signed_for_its_service() {
        let domain = read("opensearch+https://search-x.eu-west-1.es.amazonaws.com");
        assert_eq!((domain.auth, domain.service.as_str(), domain.serverless), (Auth::Sigv4, "es", false));
        let collection = read("opensearch+https://x.eu-west-1.aoss.amazonaws.com/jobs?region=eu-west-1");
        assert_eq!((collection.auth, collection.service.as_str(), collection.serverless), (Auth::Sigv4, "aoss", true));
        assert_eq!((collection.prefix.as_str(), collection.region.as_deref()), ("jobs", Some("eu-west-1")));
    }

    #[test]
    fn any_other_host_is_not_signed_unless_told() {
        let place = read("opensearch+http://127.0.0.1:9200?replicas=2");
        assert_eq!((place.auth, place.prefix.as_str(), place.replicas), (Auth::None, "waypost", 2));
        assert_eq!(place.url.as_str(), "http://127.0.0.1:9200/");
        assert_eq!(read("opensearch+https://h?auth=basic&user=ada").auth, Auth::Basic("ada".to_owned()));
        assert_eq!(read("opensearch+http://[::1]:9200?auth=basic&user=ada").auth, Auth::Basic("ada".to_owned()));
        assert_eq!(read("opensearch+http://10.0.0.7?auth=sigv4").auth, Auth::Sigv4);
    }

    #[test]
    fn without_encryption_nothing_leaves_the_network_and_no_password_the_machine() {
        for text in [
            "opensearch+http://example.com",
            "opensearch+http://8.8.8.8:9200",
            "opensearch+http://10.0.0.7?auth=basic&user=ada",
            "opensearch+http://search:9200?auth=basic&user=ada",
        ] {
            let error = Place::read(text).unwrap_err();
            assert!(error.hint_text().is_some_and(|hint| hint.contains("https")), "{text}: {error:?}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        for text in [
            "opensearch://host",
            "https://host",
            "opensearch+https://host/Upper",
            "opensearch+https://host/a/b",
            "opensearch+https://host/_x",
            "opensearch+https://host?auth=magic",
            "opensearch+https://host?auth=basic",
            "opensearch+https://host?service=s3",
            "opensearch+https://host?replicas=many",
            "opensearch+https://host:port",
        ] {
            assert!(Place::read(text).is_err(), "{text}");
        }
    }
}
