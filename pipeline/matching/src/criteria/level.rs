//! Level: how far the role's level is from the person's.

use super::{Criterion, Explanation};
use crate::profile::Prepared;
use crate::vacancy::Vacancy;

pub(super) const CRITERION: Criterion = Criterion { name: "level", weight: 18.0, score, explain };

fn score(prepared: &Prepared, vacancy: &Vacancy) -> Option<f64> {
    Some(prepared.level?.fit(vacancy.level()?))
}

fn explain(prepared: &Prepared, vacancy: &Vacancy, score: Option<f64>) -> Explanation {
    let (Some(words), Some(score)) = (vacancy.level_words, score) else {
        let side = if prepared.level.is_none() { "The profile" } else { "The posting" };
        return Explanation::of(format!("{side} states no level."));
    };
    let told = &prepared.level_words;
    let reason = match score {
        1.0 => format!("It asks for {words}, which fits {told}."),
        score if score > 0.0 => format!("It asks for {words}, which is near {told}."),
        _ => format!("It asks for {words}, which is far from {told}."),
    };
    let explanation = Explanation::of(reason);
    if score < 1.0 {
        return explanation;
    }
    // Years stand in the profile as a number; the quote is the number alone.
    let quote = told.strip_suffix(" years").unwrap_or(told);
    explanation.with(format!("level {words}"), quote, "level", words)
}
