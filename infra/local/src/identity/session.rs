//! Sessions: a family of refresh tokens of which only the last is good.
//!
//! A token is `USER.FAMILY.SECRET`. The store holds one document per family with the hash of the last secret; a token
//! of a known family with another secret was used before, by its owner or by a thief, and ends the family.

use std::sync::Arc;

use pipeline_core::hash::Hasher;
use pipeline_core::ports::{Clock, Condition, Documents, Entropy, Key, Write};
use pipeline_core::{Error, ErrorKind, Result, UserId};
use serde::{Deserialize, Serialize};

use super::keys::encode;

/// Seconds that a refresh token is good for: 30 days.
const LIFETIME_S: i64 = 30 * 24 * 60 * 60;

/// Longer tokens are none of ours, in bytes.
const MAX_TOKEN_BYTES: usize = 300;

/// What the store holds of a session.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// Hash of the last secret, in hexadecimal.
    secret: String,
    /// Groups of the person at login.
    groups: Vec<String>,
}

/// A refresh token that was just made, and whose it is.
pub(super) struct Session {
    pub(super) user_id: UserId,
    pub(super) groups: Vec<String>,
    pub(super) refresh_token: String,
}

/// The sessions of everyone.
pub(super) struct Sessions {
    pub(super) documents: Arc<dyn Documents>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
}

impl Sessions {
    /// Starts a session.
    pub(super) async fn start(&self, user_id: UserId, groups: Vec<String>) -> Result<Session> {
        let mut family = [0; 16];
        self.entropy.fill(&mut family)?;
        self.issue(user_id, &encode(family), groups, Condition::Absent).await
    }

    /// Exchanges `token` for the next of its family.
    pub(super) async fn renew(&self, token: &str) -> Result<Session> {
        let token = Token::parse(token).ok_or_else(refused)?;
        let Some(document) = self.documents.get(&token.key()).await? else {
            return Err(refused());
        };
        let stored: Stored = serde_json::from_value(document.body)
            .map_err(|error| Error::internal("a stored session cannot be read").because(error))?;
        if stored.secret != hash(token.secret) {
            return self.reused(&token).await;
        }
        let user_id = UserId(token.user_id.to_owned());
        let condition = Condition::Version(document.version);
        match self.issue(user_id, token.family, stored.groups, condition).await {
            Err(error) if error.kind() == ErrorKind::Conflict => self.reused(&token).await,
            result => result,
        }
    }

    /// Ends the session of `token`, if it is one.
    pub(super) async fn end(&self, token: &str) -> Result<()> {
        match Token::parse(token) {
            Some(token) => self.revoke(&token).await,
            None => Ok(()),
        }
    }

    async fn issue(&self, user_id: UserId, family: &str, groups: Vec<String>, condition: Condition) -> Result<Session> {
        let mut secret = [0; 32];
        self.entropy.fill(&mut secret)?;
        let secret = encode(secret);
        let token = Token { user_id: user_id.as_str(), family, secret: &secret };
        let stored = Stored { secret: hash(&secret), groups };
        let body = serde_json::to_value(&stored)
            .map_err(|error| Error::internal("a session cannot be written").because(error))?;
        let expires_at = Some(self.clock.now().plus_seconds(LIFETIME_S));
        let refresh_token = token.text();
        self.documents.write(Write::Put { key: token.key(), body, condition, expires_at }).await?;
        Ok(Session { user_id, groups: stored.groups, refresh_token })
    }

    async fn reused(&self, token: &Token<'_>) -> Result<Session> {
        self.revoke(token).await?;
        Err(refused())
    }

    async fn revoke(&self, token: &Token<'_>) -> Result<()> {
        self.documents.write(Write::Delete { key: token.key(), condition: Condition::None }).await.map(|_| ())
    }
}

/// The parts of a refresh token.
struct Token<'a> {
    user_id: &'a str,
    family: &'a str,
    secret: &'a str,
}

impl<'a> Token<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let plain = |part: &&str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            !part.is_empty() && part.bytes().all(allowed)
        };
        if text.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let mut parts = text.split('.');
        let mut next = || parts.next().filter(plain);
        let token = Self { user_id: next()?, family: next()?, secret: next()? };
        parts.next().is_none().then_some(token)
    }

    fn text(&self) -> String {
        format!("{}.{}.{}", self.user_id, self.family, self.secret)
    }

    fn key(&self) -> Key {
        Key::new(format!("USER#{}", self.user_id), format!("SESSION#{}", self.family))
    }
}

fn hash(secret: &str) -> String {
    Hasher::new("refresh token").part(secret).hex(64)
}

fn refused() -> Error {
    Error::unauthenticated("the refresh token is unknown, used or expired")
}
