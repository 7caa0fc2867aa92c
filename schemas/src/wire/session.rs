//! Sign-up and login.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /auth/register`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Their address.
    pub email: String,
    /// At least 12 characters.
    pub password: String,
    /// Their name.
    #[serde(default)]
    pub name: String,
}

/// Body of `POST /auth/login`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
}

/// What a registration gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Registered {
    /// Id of the person.
    #[serde(rename = "userId")]
    pub user_id: String,
    /// Whether the person can log in at once; otherwise a code was sent to the address, for `POST /auth/confirm`.
    pub confirmed: bool,
}

/// Body of `POST /auth/confirm`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Their address.
    pub email: String,
    /// The code that was sent there.
    pub code: String,
}

/// What a login gives: tokens, or what else must be shown first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum LoginAnswer {
    /// Logged in.
    Tokens(Tokens),
    /// Something is missing, such as a code of a second factor.
    Challenge(Challenge),
}

/// What a login still asks for, to be answered at `POST /auth/challenge`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Challenge {
    /// What is asked for, such as `SOFTWARE_TOKEN_MFA` or `SMS_MFA`.
    pub challenge: String,
    /// To be sent back with the answer.
    pub session: String,
}

/// Body of `POST /auth/challenge`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeAnswer {
    /// Their address.
    pub email: String,
    /// What was asked for.
    pub challenge: String,
    /// The session of the challenge.
    pub session: String,
    /// The code, or the new password.
    pub answer: String,
}

/// Tokens of a session.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    /// Bearer token for the API.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds until the access token expires.
    pub expires_in: u64,
    /// Exchanged at `POST /auth/refresh` for new tokens, once.
    pub refresh_token: String,
    /// Id of the person.
    #[serde(rename = "userId")]
    pub user_id: String,
}

macro_rules! hide {
    ($($type:ident),+) => {
        $( impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), " { .. }"))
            }
        } )+
    };
}

hide!(Registration, Credentials, Confirmation, Challenge, ChallengeAnswer, Tokens);
