//! The identity port: who people are. Tokens are verified by `api` against the key set, whoever issued them.

use async_trait::async_trait;
use schemas::wire::{ChallengeAnswer, Confirmation, Credentials, LoginAnswer, Registered, Registration, Tokens};
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
    async fn register(&self, registration: &Registration) -> crate::Result<Registered>;

    /// Confirms the address of a person who registered with the code that was sent there. Where registrations need none,
    /// every address is confirmed already and this succeeds.
    ///
    /// # Errors
    /// `Invalid` for a wrong or expired code, without saying whether the address is known; `Throttled`.
    async fn confirm(&self, confirmation: &Confirmation) -> crate::Result<()>;

    /// Tokens for a person, or what else the person has to show.
    ///
    /// # Errors
    /// `Unauthenticated`, without saying whether the address or the password was wrong; `Throttled` after ten failures,
    /// which are forgotten within the hour.
    async fn login(&self, credentials: &Credentials) -> crate::Result<LoginAnswer>;

    /// Goes on with a login that asked for more, such as a code of a second factor.
    ///
    /// # Errors
    /// `Unauthenticated` when the answer or its session is wrong or too late; `Unsupported` where logins ask for nothing.
    async fn answer(&self, answer: &ChallengeAnswer) -> crate::Result<LoginAnswer>;

    /// New tokens for a refresh token, which is used up where [`Identity::rotates`].
    ///
    /// # Errors
    /// `Unauthenticated` when it is unknown, used up, revoked or expired; reuse of one that is used up revokes its family.
    async fn refresh(&self, refresh_token: &str) -> crate::Result<Tokens>;

    /// Revokes a refresh token and its family; unknown ones are ignored.
    async fn logout(&self, refresh_token: &str) -> crate::Result<()>;

    /// Whether every refresh uses its token up and gives a new one. Where it does not, the same token comes back and stays
    /// good until it expires or its person logs out.
    fn rotates(&self) -> bool {
        true
    }

    /// The keys that verify access tokens.
    async fn jwks(&self) -> crate::Result<Jwks>;

    /// The `iss` of its tokens.
    fn issuer(&self) -> String;

    /// The `aud` of its tokens, or their `client_id` where they have no `aud`.
    fn audience(&self) -> String;
}
