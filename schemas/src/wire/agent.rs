//! The `/agent` routes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::documents::{SearchDocument, UserDocument};

/// Answer of `GET /agent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentStatus {
    /// `ok` or `starting`.
    pub status: String,
    /// Version of the program.
    pub version: String,
    /// The search generation that answers; null before the first publish.
    pub generation: Option<String>,
    /// Roles that can be found.
    pub roles: u64,
    /// What can be asked.
    pub endpoints: Vec<String>,
}

/// Body of `POST /agent/jobs`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobsRequest {
    /// Who asks: a whole user document or only its `profile` and `preferences`.
    #[serde(default)]
    pub user_profile: UserProfile,
    /// What is looked for.
    #[serde(default)]
    pub search_params: SearchParams,
}

/// A user document whose id and address may be left out: the token says who asks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct UserProfile {
    /// Id of the person; must be that of the token when given.
    #[serde(rename = "userId", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What they can and want.
    pub profile: crate::documents::Profile,
    /// What they look for.
    pub preferences: crate::documents::Preferences,
}

impl UserProfile {
    /// The whole document for the person `user_id`.
    pub fn into_document(self, user_id: &str) -> UserDocument {
        UserDocument {
            user_id: user_id.to_owned(),
            email: self.email.unwrap_or_default(),
            profile: self.profile,
            preferences: self.preferences,
        }
    }
}

/// What is looked for; a field left out does not filter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchParams {
    /// Words to find.
    pub query: Option<String>,
    /// Field of work.
    pub domain: Option<String>,
    /// City, region or country.
    pub location: Option<String>,
    /// Seniority.
    pub level: Option<String>,
    /// Only roles that can be done from elsewhere.
    pub remote: Option<bool>,
    /// Lowest acceptable yearly pay in major units.
    pub salary_min: Option<f64>,
    /// Currency of `salary_min`, ISO 4217.
    pub salary_currency: Option<String>,
    /// Skills that a role must name.
    pub skills: Vec<String>,
    /// Results wanted, 1 to 100; 20 when left out.
    pub limit: Option<u32>,
}

/// Answer of `POST /agent/jobs`: the search document as stored.
pub type JobsResponse = SearchDocument;

/// Body of `POST /agent/resume`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResumeRequest {
    /// A resume as plain text, or a JSON Resume 1.0.0 document.
    #[schema(value_type = Object)]
    pub user_resume: serde_json::Value,
    /// The text of the posting.
    pub job_description: String,
    /// Its title.
    #[serde(default)]
    pub job_title: String,
}

/// Answer of `POST /agent/resume`: what the resume shows of what the posting asks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResumeResponse {
    /// Share of the posting's skills that the resume shows, 0 to 100; null when the posting names none.
    pub score: Option<f64>,
    /// Skills that both name.
    pub matched_skills: Vec<String>,
    /// Skills that only the posting names. They are never written into the resume.
    pub missing_skills: Vec<String>,
    /// Skills that only the resume names.
    pub other_skills: Vec<String>,
    /// What a reader or a parser would stumble over.
    pub findings: Vec<ResumeFinding>,
}

/// One thing to look at in a resume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResumeFinding {
    /// Name of the rule.
    pub rule: String,
    /// One sentence.
    pub message: String,
    /// The words that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}
