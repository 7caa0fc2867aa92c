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

/// What a login gives.
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

hide!(Registration, Credentials, Tokens);
