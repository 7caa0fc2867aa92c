//! `matches`: roles scored for people.

use crate::Json;

crate::table! {
    /// One row per role that was scored for a person.
    MatchRow = "matches", key [user_id, role_id], partition [bucket];
    /// Hash bucket of the person, two hexadecimal digits.
    bucket: String,
    /// The person.
    user_id: String,
    /// The role.
    role_id: String,
    /// The posting that speaks for the role.
    job_id: String,
    /// Position among the person's matches, from 1.
    rank: i64,
    /// 0 to 100 by the rubric.
    score: f64,
    /// Whether nothing known rules the person out.
    eligible: bool,
    /// How much of the rubric could be judged from what is known, 0 to 1.
    confidence: f64,
    /// Each part of the rubric: `{name, weight, score, known}`.
    sub_scores: Json,
    /// Quotes behind the score: `{claim, profile, posting, start?, end?}`; a model's, named in `by`, are behind no number.
    evidence: Json,
    /// Version of the rubric.
    method: String,
}
