//! The kept role: what a person did with a role.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::documents::IndexDocument;

/// What a person did with a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeptState {
    /// Kept for later.
    #[default]
    Saved,
    /// Applied for.
    Applied,
    /// Not wanted.
    Dismissed,
}

impl KeptState {
    /// Its name in documents and in the search index.
    pub fn name(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Applied => "applied",
            Self::Dismissed => "dismissed",
        }
    }
}

/// A role that a person saved, applied for or dismissed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptRole {
    /// `SOURCE_job_ID` of the role.
    pub job_id: String,
    /// What the person did with it.
    pub state: KeptState,
    /// The person's own words about it.
    #[serde(default)]
    pub note: String,
    /// When the person changed it, RFC 3339.
    pub changed_at: String,
    /// The role as it was found then.
    pub job: IndexDocument,
}
