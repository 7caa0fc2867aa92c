//! The user document: what a person told us.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person, as they described themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UserDocument {
    /// Id of the person.
    #[serde(rename = "userId")]
    pub user_id: String,
    /// Their address.
    pub email: String,
    /// What they can and want.
    #[serde(default)]
    pub profile: Profile,
    /// What they look for.
    #[serde(default)]
    pub preferences: Preferences,
}

/// What a person can and wants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Profile {
    /// Their name.
    pub name: String,
    /// Their level, such as `senior`; empty when not told.
    pub experience_level: String,
    /// Their skills, in their words.
    pub skills: Vec<String>,
    /// Where they live, in their words.
    pub location: String,
    /// What they expect, such as `120000` or `EUR 80k`.
    #[serde(deserialize_with = "text_or_number")]
    pub salary_expectation: Option<String>,
    /// The title they look for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Years of experience.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<f64>,
}

/// What a person looks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Preferences {
    /// Fields of work.
    pub job_domains: Vec<String>,
    /// `remote`, `hybrid`, `onsite` or empty.
    pub work_style: String,
    /// Preferred size of the employer, in their words.
    pub company_size_pref: String,
}

/// Older clients send the expectation as a number, newer ones as text.
fn text_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<serde_json::Value>::deserialize(deserializer)? {
        None | Some(serde_json::Value::Null) => Ok(None),
        Some(serde_json::Value::String(text)) => Ok(Some(text)),
        Some(serde_json::Value::Number(number)) => Ok(Some(number.to_string())),
        Some(other) => {
            Err(serde::de::Error::custom(format!("salary_expectation must be a text or a number, not {other}")))
        }
    }
}
