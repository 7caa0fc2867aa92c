//! The identity port: who people are. Tokens are verified by `api` against the key set, whoever issued them.

use async_trait::async_trait;
use schemas::wire::{Credentials, Registration, Tokens};
use serde_json::Value;

use crate::UserId;

/// A JSON Web Key Set, RFC 7517, public keys only.
pub type Jwks = Value;

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The person.
    pub user_id: UserId,
    /// Groups that the person belongs to.
    pub groups: Vec<String>,
}

/// Signs people up and in. Access tokens live an hour at most.
#[async_trait]
pub trait Identity: Send + Sync {
    /// Creates a person.
    ///
    /// # Errors
    /// `Conflict` when the address is taken, `Invalid` for an address or a password that cannot be used.
    async fn register(&self, registration: &Registration) -> crate::Result<UserId>;

    /// Tokens for a person.
    ///
    /// # Errors
    /// `Unauthenticated`, without saying whether the address or the password was wrong; `Throttled` after ten failures,
    /// which are forgotten within the hour.
    async fn login(&self, credentials: &Credentials) -> crate::Result<Tokens>;

    /// New tokens for a refresh token, which is used up.
    ///
    /// # Errors
    /// `Unauthenticated` when it is unknown, used or expired; reuse revokes the whole family.
    async fn refresh(&self, refresh_token: &str) -> crate::Result<Tokens>;

    /// Revokes a refresh token and its family; unknown ones are ignored.
    async fn logout(&self, refresh_token: &str) -> crate::Result<()>;

    /// The keys that verify access tokens.
    async fn jwks(&self) -> crate::Result<Jwks>;

    /// The `iss` of its tokens.
    fn issuer(&self) -> String;

    /// The `aud` of its tokens.
    fn audience(&self) -> String;
}
