//! The parts of the rubric, one file each. To add one: write the file and list it here and in [`ALL`].

mod domain;
mod level;
mod pay;
pub(crate) mod place;
mod skills;
mod style;
mod title;

use crate::profile::Prepared;
use crate::rubric::Evidence;
use crate::vacancy::Vacancy;

/// One part of the rubric.
pub(crate) struct Criterion {
    /// Its name in `sub_scores`.
    pub(crate) name: &'static str,
    /// Its weight; all weights together are 100.
    pub(crate) weight: f64,
    /// How well the role fits, 0 to 1; `None` when that cannot be known.
    pub(crate) score: fn(&Prepared, &Vacancy) -> Option<f64>,
    /// Why, in words; called with what `score` returned.
    pub(crate) explain: fn(&Prepared, &Vacancy, Option<f64>) -> Explanation,
}

/// Why a part has its score.
#[derive(Default)]
pub(crate) struct Explanation {
    /// One short sentence.
    pub(crate) reason: String,
    /// Words of both sides that it rests on.
    pub(crate) evidence: Vec<Evidence>,
}

impl Explanation {
    fn of(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), evidence: Vec::new() }
    }

    fn with(mut self, claim: impl Into<String>, profile: &str, field: &str, posting: &str) -> Self {
        self.evidence.push(Evidence::new(claim, profile, field, posting));
        self
    }
}

/// Every part, in the order in which it is reported.
pub(crate) static ALL: [Criterion; 7] = [
    skills::CRITERION,
    title::CRITERION,
    level::CRITERION,
    pay::CRITERION,
    place::CRITERION,
    domain::CRITERION,
    style::CRITERION,
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_weights_are_shares_of_a_hundred() {
        assert_eq!(super::ALL.iter().map(|criterion| criterion.weight).sum::<f64>(), 100.0);
    }
}
