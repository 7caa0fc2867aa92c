//! Which addresses may be asked: checks of a URL before anything is sent, and of every redirect.

use std::net::IpAddr;

use pipeline_core::error::Context;
use pipeline_core::{Error, ErrorKind, Result};
use url::{Host, Url};

use crate::address::is_public;

/// The ports that job sources are served on.
const PORTS: &[u16] = &[80, 443, 8080, 8443];

/// Whose addresses may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The public internet.
    Public,
    /// The same, and this machine on any port. Release builds do not have it.
    #[cfg(any(test, debug_assertions))]
    PublicAndLoopback,
}

impl Reach {
    /// Whether `address` may be connected to.
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        is_public(address) || self.allows_loopback(address)
    }

    #[cfg(any(test, debug_assertions))]
    fn allows_loopback(self, address: IpAddr) -> bool {
        self == Self::PublicAndLoopback && address.is_loopback()
    }

    #[cfg(not(any(test, debug_assertions)))]
    fn allows_loopback(self, _: IpAddr) -> bool {
        false
    }

    /// `text` as an address that may be asked.
    pub(crate) fn parse(self, text: &str) -> Result<Url> {
        let url = Url::parse(text).context(ErrorKind::Denied, || "an address that cannot be read is not asked")?;
        self.check(url)
    }

    /// Where a redirect from `current` to `location` leads, if it may be followed.
    pub(crate) fn redirect(self, current: &Url, location: &str) -> Result<Url> {
        let next = current
            .join(location)
            .context(ErrorKind::Denied, || format!("{} redirects to an address that cannot be read", place(current)))?;
        if current.scheme() == "https" && next.scheme() != "https" {
            let message =
                format!("{} redirects from https to {}, which is not followed", place(current), next.scheme());
            return Err(Error::denied(message));
        }
        self.check(next).map_err(|error| {
            Error::denied(format!("the redirect of {} is not followed", place(current))).because(error)
        })
    }

    fn check(self, url: Url) -> Result<Url> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::denied(format!("only http and https are asked, not {}", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::denied(format!("{} carries a login, which is never sent", place(&url))));
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(name)) if !name.trim_end_matches('.').is_empty() => None,
            _ => return Err(Error::denied("an address without a host is not asked")),
        };
        if literal.is_some_and(|address| !self.allows(address)) {
            return Err(Error::denied(format!("{} is not on the public internet", place(&url))));
        }
        if !self.allows_port(&url, literal) {
            let port = url.port().unwrap_or_default();
            return Err(Error::denied(format!("port {port} of {} is not asked", place(&url)))
                .hint("job sources are served on the ports 80, 443, 8080 and 8443"));
        }
        Ok(url)
    }

    fn allows_port(self, url: &Url, literal: Option<IpAddr>) -> bool {
        let is_this_machine = literal.is_some_and(|address| self.allows_loopback(address))
            || (url.host_str() == Some("localhost") && self.allows_loopback(IpAddr::from([127, 0, 0, 1])));
        is_this_machine || url.port_or_known_default().is_some_and(|port| PORTS.contains(&port))
    }
}

/// `url` as messages name it: without query and fragment, where secrets may stand, and without a login.
pub(crate) fn place(url: &Url) -> String {
    match url.host_str() {
        Some(host) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{host}{port}{}", url.scheme(), url.path())
        }
        None => format!("a {} address", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(result: Result<Url>) -> String {
        let error = result.expect_err("it must be refused");
        assert_eq!(error.kind(), ErrorKind::Denied, "{error:?}");
        error.chain()
    }

    #[test]
    fn a_private_address_is_refused_however_it_is_written() {
        for host in [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "0177.0.0.1",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "017700000001",
            "127.0.0.1.",
            "１２７.0.0.1",
            "127。0。0。1",
            "%31%32%37.0.0.1",
            "0",
            "0.0.0.0",
            "10.1.2.3",
            "0xa.0.0.1",
            "192.168.257",
            "172.31.255.255",
            "169.254.169.254",
            "0xA9FEA9FE",
            "2852039166",
            "100.127.255.254",
            "[::1]",
            "[::]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[2002:a9fe:a9fe::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[100::1]",
            "[2001:db8::1]",
            "[3fff::1]",
            "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
            "[64:ff9b:1::a00:1]",
            "[::ffff:0:127.0.0.1]",
            "[::FFFF:169.254.169.254]",
            "[2002:c0a8:101::1]",
            "224.0.0.1",
            "255.255.255.255",
            "4294967295",
            "198.18.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "203.0.113.9",
            "0300.0250.0.1",
            "0x7f.0x0.0x0.0x1",
            "0x00000000000000007f.1",
            "127.0.0.1\u{3002}",
            "①②⑦.0.0.1",
        ] {
            let message = denied(Reach::Public.parse(&format!("http://{host}/")));
            assert!(message.contains("not on the public internet"), "{host}: {message}");
        }
    }

    #[test]
    fn a_public_host_is_asked_on_the_ports_that_sources_use() {
        for url in [
            "https://boards.example.com/a?b=c",
            "http://boards.example.com",
            "https://boards.example.com:8443/",
            "http://boards.example.com:8080/",
            "http://boards.example.com:443/",
            "https://8.8.8.8/",
            "https://[2606:4700:4700::1111]/",
            "https://xn--bcher-kva.example/",
        ] {
            assert!(Reach::Public.parse(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn other_ports_schemes_and_logins_are_refused() {
        for url in [
            "http://example.com:22/",
            "http://example.com:25/",
            "http://example.com:6379/",
            "http://example.com:9200/",
            "http://example.com:0/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "gopher://example.com/",
            "data:text/plain,hello",
            "unix:/var/run/docker.sock",
            "javascript:alert(1)",
            "http://user@example.com/",
            "http://user:secret@example.com/",
            "http://:secret@example.com/",
            "http://./",
            "http://",
            "example.com",
            "",
        ] {
            let message = denied(Reach::Public.parse(url));
            assert!(!message.contains("secret"), "{url}: {message}");
        }
    }

    #[test]
    fn a_redirect_never_leaves_https_nor_the_public_internet() {
        let from = Url::parse("https://example.com/jobs?key=secret").expect("an address");
        assert_eq!(Reach::Public.redirect(&from, "/next").expect("same host").as_str(), "https://example.com/next");
        assert_eq!(Reach::Public.redirect(&from, "//cdn.example.org/x").expect("other host").scheme(), "https");
        for location in [
            "http://example.com/",
            "https://127.0.0.1/",
            "//[::1]/",
            "file:///etc/passwd",
            "https://a@b.example/",
            "https://[",
        ] {
            let message = denied(Reach::Public.redirect(&from, location));
            assert!(
                message.contains("https://example.com/jobs") && !message.contains("secret"),
                "{location}: {message}"
            );
        }
        let plain = Url::parse("http://example.com/").expect("an address");
        assert!(Reach::Public.redirect(&plain, "https://example.com/").is_ok());
    }

    #[test]
    fn the_allowance_for_tests_covers_this_machine_alone() {
        let reach = Reach::PublicAndLoopback;
        for url in ["http://127.0.0.1:40123/", "http://localhost:40123/", "http://[::1]:40123/"] {
            assert!(reach.parse(url).is_ok(), "{url}");
        }
        for url in
            ["http://10.0.0.1/", "http://169.254.169.254/", "http://example.com:40123/", "http://[::ffff:127.0.0.1]/"]
        {
            denied(reach.parse(url));
        }
    }
}
