//! The rubric: seven parts, each scored on its own, joined by fixed weights.

use std::sync::Arc;

use pipeline_core::stage::{PlaceReader, Scorer, SkillReader};
use schemas::documents::{IndexDocument, TopMatch, UserDocument};
use schemas::tables::{MatchRow, RoleRow};
use serde::Serialize;

use crate::criteria;
use crate::eligibility::Exclusion;
use crate::profile::Prepared;
use crate::ranking::Ranking;
use crate::vacancy::Vacancy;

/// Version of the rubric.
pub const METHOD: &str = "rubric-1";

/// Scores roles for people with nothing but what both sides state.
#[derive(Clone)]
pub struct Rubric {
    /// Recognises skills in people's words and in postings.
    pub skills: Arc<dyn SkillReader>,
    /// Recognises places.
    pub places: Arc<dyn PlaceReader>,
}

/// What the rubric says about one role for one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Weighted mean of the parts that are known, 0 to 100 with one decimal.
    pub score: f64,
    /// Whether nothing known rules the person out.
    pub eligible: bool,
    /// Share of the weight that could be judged, 0 to 1.
    pub confidence: f64,
    /// Why the person is ruled out, in one sentence; null when eligible.
    pub ineligible_because: Option<String>,
    /// Each part of the rubric, in fixed order.
    pub parts: Vec<Part>,
    /// Words of both sides behind the parts, and behind an exclusion.
    pub evidence: Vec<Evidence>,
}

/// One part of a judgement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// Its weight among 100.
    pub weight: f64,
    /// How well the role fits, 0 to 1 with three decimals; null when unknown.
    pub score: Option<f64>,
    /// Whether it could be judged.
    pub known: bool,
    /// Why, in one short sentence.
    pub reason: String,
}

/// Words of both sides behind a claim. Each quote stands verbatim where it is said to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What the quotes show.
    pub claim: String,
    /// The person's words.
    pub profile: String,
    /// The posting's words.
    pub posting: String,
    /// The column of the role that holds the posting's words.
    pub field: String,
}

impl Evidence {
    pub(crate) fn new(claim: impl Into<String>, profile: &str, field: &str, posting: &str) -> Self {
        Self { claim: claim.into(), profile: profile.to_owned(), posting: posting.to_owned(), field: field.to_owned() }
    }
}

impl Judgement {
    /// One sentence per known part, after the one that rules the person out.
    pub fn reasons(&self) -> Vec<String> {
        let known = self.parts.iter().filter(|part| part.known).map(|part| part.reason.clone());
        self.ineligible_because.iter().cloned().chain(known).collect()
    }
}

impl Rubric {
    /// `user` understood once, for any number of roles.
    pub fn prepare(&self, user: &UserDocument) -> Prepared {
        Prepared::new(self, user)
    }

    /// `role` judged for the person of `prepared`.
    pub fn judge(&self, prepared: &Prepared, role: &RoleRow) -> Judgement {
        judge(prepared, &Vacancy::from(role))
    }

    /// The best `keep` of the open `roles` for `user`, best first.
    pub fn rank(&self, user: &UserDocument, roles: impl Iterator<Item = RoleRow>, keep: usize) -> Vec<MatchRow> {
        let mut ranking = Ranking::new(self.prepare(user), keep);
        for role in roles {
            ranking.offer(&role);
        }
        ranking.finish(&user.user_id)
    }
}

impl Scorer for Rubric {
    fn score(&self, user: &UserDocument, job: &IndexDocument) -> TopMatch {
        let judgement = judge(&self.prepare(user), &Vacancy::from(job));
        TopMatch {
            reasons: judgement.reasons(),
            eligible: judgement.eligible,
            confidence: judgement.confidence,
            job: IndexDocument { match_score: Some(judgement.score), ..job.clone() },
        }
    }
}

/// The numbers of a judgement, without its words.
pub(crate) struct Weighed {
    pub(crate) scores: [Option<f64>; criteria::ALL.len()],
    pub(crate) score: f64,
    pub(crate) confidence: f64,
    pub(crate) exclusion: Option<Exclusion>,
}

/// Scores every part and joins what is known.
pub(crate) fn weigh(prepared: &Prepared, vacancy: &Vacancy) -> Weighed {
    let scores = criteria::ALL.each_ref().map(|criterion| (criterion.score)(prepared, vacancy));
    let known = || criteria::ALL.iter().zip(scores).filter_map(|(criterion, score)| Some((criterion.weight, score?)));
    let whole: f64 = criteria::ALL.iter().map(|criterion| criterion.weight).sum();
    let weight: f64 = known().map(|(weight, _)| weight).sum();
    let points: f64 = known().map(|(weight, score)| weight * score).sum();
    Weighed {
        scores,
        score: if weight > 0.0 { rounded(100.0 * points / weight, 10.0) } else { 0.0 },
        confidence: rounded(weight / whole, 1_000.0),
        exclusion: Exclusion::of(prepared, vacancy),
    }
}

/// The whole judgement, words included.
pub(crate) fn judge(prepared: &Prepared, vacancy: &Vacancy) -> Judgement {
    let weighed = weigh(prepared, vacancy);
    let mut evidence: Vec<Evidence> =
        weighed.exclusion.iter().map(|exclusion| exclusion.evidence(prepared, vacancy)).collect();
    let parts = criteria::ALL.iter().zip(weighed.scores).map(|(criterion, score)| {
        let explanation = (criterion.explain)(prepared, vacancy, score);
        evidence.extend(explanation.evidence);
        Part {
            name: criterion.name,
            weight: criterion.weight,
            score: score.map(|score| rounded(score, 1_000.0)),
            known: score.is_some(),
            reason: explanation.reason,
        }
    });
    Judgement {
        score: weighed.score,
        eligible: weighed.exclusion.is_none(),
        confidence: weighed.confidence,
        ineligible_because: weighed.exclusion.map(|exclusion| exclusion.reason(vacancy)),
        parts: parts.collect(),
        evidence,
    }
}

/// `value` to the nearest multiple of `1 / steps`; never a negative zero, which JSON would show.
fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps + 0.0
}
