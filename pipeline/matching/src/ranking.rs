//! The best roles for one person out of a stream, in bounded memory.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use pipeline_core::hash::bucket;
use schemas::Json;
use schemas::tables::{MatchRow, RoleRow};

use crate::profile::Prepared;
use crate::rubric::{METHOD, Weighed, judge, weigh};
use crate::vacancy::Vacancy;

/// A score that rests on less of the rubric than this is ranked after all that rest on more: a role that states almost
/// nothing would otherwise beat every role that can be judged.
const JUDGED_FROM: f64 = 0.4;

/// Where a role stands: eligible first, well known first, then by score, confidence and id.
type Standing = (Reverse<bool>, Reverse<bool>, Reverse<i64>, Reverse<i64>, String, String);

/// Keeps the best roles that are offered, whatever the order of the offers.
pub struct Ranking {
    prepared: Prepared,
    keep: usize,
    kept: BTreeMap<Standing, RoleRow>,
}

impl Ranking {
    /// A ranking for the person of `prepared` that keeps the best `keep` roles.
    pub fn new(prepared: Prepared, keep: usize) -> Self {
        Self { prepared, keep, kept: BTreeMap::new() }
    }

    /// Looks at `role` and keeps it if it is among the best so far; a closed role is passed over.
    pub fn offer(&mut self, role: &RoleRow) {
        if role.closed_at.is_some() || self.keep == 0 {
            return;
        }
        let standing = standing(role, &weigh(&self.prepared, &Vacancy::from(role)));
        if self.kept.len() == self.keep {
            if self.kept.last_key_value().is_some_and(|(worst, _)| *worst <= standing) {
                return;
            }
            self.kept.pop_last();
        }
        self.kept.insert(standing, role.clone());
    }

    /// The best `top` of the kept roles that nothing rules out, best first.
    pub(crate) fn best(&self, top: usize) -> impl Iterator<Item = &RoleRow> {
        let eligible = |standing: &Standing| standing.0 == Reverse(true);
        self.kept.iter().filter(move |(standing, _)| eligible(standing)).take(top).map(|(_, role)| role)
    }

    /// The kept roles as matches of the person `user_id`, best first.
    pub fn finish(self, user_id: &str) -> Vec<MatchRow> {
        let bucket = bucket(user_id);
        let ranked = self.kept.into_values().zip(1..);
        ranked.map(|(role, rank)| match_row(&self.prepared, &role, rank, user_id, &bucket)).collect()
    }
}

fn standing(role: &RoleRow, weighed: &Weighed) -> Standing {
    (
        Reverse(weighed.exclusion.is_none()),
        Reverse(weighed.confidence >= JUDGED_FROM),
        Reverse((weighed.score * 10.0).round() as i64),
        Reverse((weighed.confidence * 1_000.0).round() as i64),
        role.posting_id.clone(),
        role.role_id.clone(),
    )
}

fn match_row(prepared: &Prepared, role: &RoleRow, rank: i64, user_id: &str, bucket: &str) -> MatchRow {
    let vacancy = Vacancy::from(role);
    let judgement = judge(prepared, &vacancy);
    MatchRow {
        bucket: bucket.to_owned(),
        user_id: user_id.to_owned(),
        role_id: role.role_id.clone(),
        job_id: vacancy.job_id.to_owned(),
        rank,
        score: judgement.score,
        eligible: judgement.eligible,
        confidence: judgement.confidence,
        sub_scores: json(&judgement.parts),
        evidence: json(&judgement.evidence),
        method: METHOD.to_owned(),
    }
}

fn json(value: &impl serde::Serialize) -> Json {
    // Structs of texts and numbers always have a JSON form.
    Json(serde_json::to_string(value).unwrap_or_else(|_| "[]".to_owned()))
}
