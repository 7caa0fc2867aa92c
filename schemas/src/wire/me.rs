//! What people store about themselves and find again.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::documents::{KeptRole, KeptState, Preferences, Profile, TopMatch};

/// Body of `PUT /me/profile`. It replaces the stored profile as a whole.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProfileChange {
    /// Id of the person; must be that of the token when given.
    #[serde(default, rename = "userId", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Their address. The one that is stored already stays; this counts when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What they can and want.
    pub profile: Profile,
    /// What they look for.
    #[serde(default)]
    pub preferences: Preferences,
    /// Whether new roles are matched with the profile every night; true when left out.
    #[serde(default = "yes")]
    pub wants_matches: bool,
}

fn yes() -> bool {
    true
}

/// Answer of `GET /me/matches`, as the last run stored it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Matches {
    /// Id of the person.
    #[serde(rename = "userId")]
    pub user_id: String,
    /// The search generation that the roles are of; null before there are any matches.
    pub generation: Option<String>,
    /// The best roles, best first.
    pub top_matches: Vec<TopMatch>,
}

/// Body of `PUT /me/roles/{job_id}`.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoleChange {
    /// What the person did with it.
    pub state: KeptState,
    /// The person's own words about it, at most 4,000 characters; those noted before stay when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Answer of `GET /me/roles`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptRoles {
    /// The roles asked for, those changed last first.
    pub items: Vec<KeptRole>,
    /// How many there are in all.
    pub total: Total,
}

/// A number of things found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Total {
    /// How many.
    pub value: u64,
}
