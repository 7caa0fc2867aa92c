//! The search document: one search of a person and what it found.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::IndexDocument;

/// One search and its results.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchDocument {
    /// `search_YYYYMMDD_HHMMSS_USER`.
    #[serde(rename = "searchId")]
    pub search_id: String,
    /// The person who searched.
    #[serde(rename = "userId")]
    pub user_id: String,
    /// When, RFC 3339.
    pub timestamp: String,
    /// The results in numbers.
    pub results_summary: ResultsSummary,
    /// The best results, best first.
    pub top_matches: Vec<TopMatch>,
    /// What stands out, by name.
    #[schema(value_type = Object)]
    pub ai_insights: serde_json::Map<String, serde_json::Value>,
}

/// The results of a search in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResultsSummary {
    /// Roles found.
    pub total_jobs_found: u64,
    /// Score of the best, 0 to 100.
    pub top_match_score: f64,
    /// Mean score of `top_matches`, 0 to 100.
    pub average_match_score: f64,
}

/// A role with what its score rests on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TopMatch {
    /// The role.
    #[serde(flatten)]
    pub job: IndexDocument,
    /// Whether nothing known rules the person out.
    pub eligible: bool,
    /// How much of the rubric could be judged, 0 to 1.
    pub confidence: f64,
    /// One sentence per part of the rubric.
    pub reasons: Vec<String>,
}
