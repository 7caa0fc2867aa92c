//! Where a mailbox is: `imaps://USER@HOST/FOLDER`, and which address that leads to.

use std::net::{IpAddr, SocketAddr};

use pipeline_core::{Error, ErrorKind, Result, error::Context as _};
use url::Url;

use crate::address::is_public;

/// The port of IMAP within TLS.
const PORT: u16 = 993;

/// A mailbox's place, without its password. It is never shown: the user is a person.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) host: String,
    pub(super) port: u16,
    /// The user, where the address names one.
    pub(super) user: Option<String>,
    pub(super) folder: String,
    /// The address to connect to instead of what the host's name leads to.
    address: Option<IpAddr>,
}

impl Place {
    /// Reads `imaps://USER@HOST:PORT/FOLDER?address=IP`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let unusable = |why: &str| {
            Error::config(format!("the address of the mailbox cannot be used: {why}"))
                .hint("it is imaps://USER@HOST/FOLDER, and the password stands in WAYPOST_MAIL_PASSWORD")
        };
        let url = Url::parse(text).map_err(|_| unusable("it is no address"))?;
        if url.scheme() != "imaps" {
            return Err(unusable("only imaps is spoken, IMAP within TLS"));
        }
        if url.password().is_some() {
            return Err(unusable("a password in an address ends up in logs and histories"));
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| unusable("it has no host"))?;
        let mut address = None;
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "address" => address = Some(value.parse().map_err(|_| unusable("address= is no IP address"))?),
                _ => return Err(unusable("the only parameter is address=")),
            }
        }
        let folder = decoded(url.path().trim_start_matches('/'));
        let folder = if folder.is_empty() { "INBOX".to_owned() } else { folder };
        if !is_plain(&folder) {
            return Err(unusable("the folder's name has letters beyond ASCII; use the name that the server gives it"));
        }
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(PORT),
            user: Some(decoded(url.username())).filter(|user| !user.is_empty()),
            folder,
            address,
        })
    }

    /// The addresses to try. Whoever runs this names a private one in so many digits; a name leads to public ones only.
    pub(super) async fn addresses(&self) -> Result<Vec<SocketAddr>> {
        let stated = self.address.or_else(|| self.host.parse().ok());
        if let Some(address) = stated {
            return Ok(vec![SocketAddr::new(address, self.port)]);
        }
        let found = tokio::net::lookup_host((self.host.as_str(), self.port))
            .await
            .context(ErrorKind::Unavailable, || format!("{} was not found", self.host))?;
        let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
        if public.is_empty() {
            return Err(Error::denied(format!("{} has no address on the public internet", self.host))
                .hint("if that is meant, add ?address= with its address to the mailbox's"));
        }
        Ok(public)
    }
}

/// `text` with what is written as `%40` in plain.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%').then(|| after.get(..2)).flatten().and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether `text` can stand in quotes in a command.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_host_user_and_folder() {
        let place = Place::parse("imaps://ann%40example.com@mail.example.com/Jobs/Alerts%20new").expect("a place");
        assert_eq!((place.host.as_str(), place.port), ("mail.example.com", 993));
        assert_eq!((place.user.as_deref(), place.folder.as_str()), (Some("ann@example.com"), "Jobs/Alerts new"));
        let place = Place::parse("imaps://[::1]:3993").expect("a place");
        assert_eq!((place.host.as_str(), place.port, place.folder.as_str()), ("::1", 3993, "INBOX"));
        assert_eq!(place.user, None);
    }

    #[test]
    fn an_unusable_address_is_refused_without_showing_it() {
        for text in [
            "imap://zoe@mail.example.com/INBOX",
            "imaps://zoe:hush@mail.example.com/INBOX",
            "imaps:///INBOX",
            "imaps://zoe@mail.example.com/INBOX?address=here",
            "imaps://zoe@mail.example.com/INBOX?tls=no",
            "imaps://zoe@mail.example.com/a%0d%0ab",
            "imaps://zoe@mail.example.com/B%C3%BCcher",
            "zoe",
        ] {
            let Err(error) = Place::parse(text) else { panic!("{text} must be refused") };
            assert_eq!(error.kind(), ErrorKind::Config, "{text}");
            assert!(!error.chain().contains("zoe") && !error.chain().contains("hush"), "{text}: {error:?}");
        }
    }

    #[tokio::test]
    async fn a_name_leads_to_public_addresses_and_a_private_one_is_named_in_digits() {
        let local = Place::parse("imaps://localhost/").expect("a place");
        assert_eq!(local.addresses().await.expect_err("refused").kind(), ErrorKind::Denied);
        for text in ["imaps://10.0.0.1/", "imaps://mail.example.com/?address=10.0.0.1"] {
            let addresses = Place::parse(text).expect("a place").addresses().await.expect("named");
            assert_eq!(addresses, [SocketAddr::from(([10, 0, 0, 1], 993))]);
        }
    }
}
