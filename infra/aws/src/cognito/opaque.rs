//! What people carry for us and need not understand: Cognito's refresh tokens and sessions, each with the name that its user
//! has in the pool. Cognito wants that name back (in the answer to a challenge, and in the secret hash of a refresh), and
//! whoever logged in with an address may have another one.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pipeline_core::{Error, Result};
use serde::Deserialize;
use serde_json::Value;

/// Longer ones are none of ours, in bytes.
const MAX_BYTES: usize = 8_192;
/// The longest name of a user in a pool, in bytes: 128 characters.
const MAX_NAME_BYTES: usize = 512;

/// A thing of Cognito's and whose it is.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Opaque {
    /// Name of the user in the pool.
    pub(super) username: String,
    /// The refresh token or session.
    pub(super) inner: String,
}

impl Opaque {
    /// Reads what [`Opaque::text`] wrote; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let (username, inner) = text.split_once('.')?;
        let username = String::from_utf8(URL_SAFE_NO_PAD.decode(username).ok()?).ok()?;
        let named = !username.is_empty() && username.len() <= MAX_NAME_BYTES && !username.contains(char::is_control);
        let good = named && !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_graphic());
        good.then(|| Self { username, inner: inner.to_owned() })
    }

    /// As one text.
    pub(super) fn text(&self) -> String {
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&self.username), self.inner)
    }
}

/// What Cognito's tokens say, as far as it is needed.
#[derive(Deserialize)]
pub(super) struct Told {
    pub(super) iss: String,
    pub(super) sub: String,
    /// In access tokens: the name in the pool.
    username: Option<String>,
    /// In id tokens.
    pub(super) email: Option<String>,
    /// In id tokens.
    pub(super) name: Option<String>,
    /// In id tokens: a truth, or a text that says so.
    email_verified: Option<Value>,
}

impl Told {
    /// What `token` says, without checking who signed it: it came from Cognito itself over a closed line a moment ago. Bearer
    /// tokens are checked by the verifier of the API.
    pub(super) fn read(token: &str) -> Result<Self> {
        let unreadable = || Error::internal("a token of Cognito cannot be read");
        let claims = token.split('.').nth(1).ok_or_else(unreadable)?;
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|error| unreadable().because(error))?;
        serde_json::from_slice(&claims).map_err(|error| unreadable().because(error))
    }

    /// The address, if Cognito saw that it is the person's own: others' may stand there until they are confirmed.
    pub(super) fn own_email(&self) -> Option<&str> {
        let own = self.email_verified.as_ref().is_some_and(|own| *own == true || *own == "true");
        self.email.as_deref().filter(|_| own)
    }

    /// The name in the pool.
    pub(super) fn username(&self) -> &str {
        self.username.as_deref().unwrap_or(&self.sub)
    }
}

/// Proves to Cognito that a request about `username` comes from who knows the secret of `client`.
pub(super) fn secret_hash(secret: &str, username: &str, client: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, format!("{username}{client}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let session = Opaque { username: "ada@example.com".to_owned(), inner: "eyJ.abc-_.x".to_owned() };
        assert!(Opaque::parse(&session.text()) == Some(session));
    }

    #[test]
    fn anything_else_is_none_of_ours() {
        let endless = format!("YQ.{}", "x".repeat(MAX_BYTES));
        for other in ["", ".", "YQ", "YQ.", ".x", "é.x", "YQ.é", "YQ.a b", "AA.x", "a.b.c", "Y===.x", &endless] {
            assert!(Opaque::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn the_secret_hash_is_the_one_of_the_documentation() {
        // printf '%s' userclient | openssl dgst -sha256 -hmac secret -binary | base64
        assert_eq!(secret_hash("secret", "user", "client"), "wvW87lzZoI+qQCVGmWVBJLlucdJ65huAVP1z+0MgA6E=");
    }
}
