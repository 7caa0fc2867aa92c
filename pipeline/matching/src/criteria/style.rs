//! Work style: whether the work is done the way the person prefers.

use super::{Criterion, Explanation};
use crate::profile::{Prepared, WorkStyle};
use crate::vacancy::Vacancy;

pub(super) const CRITERION: Criterion = Criterion { name: "work_style", weight: 4.0, score, explain };

fn score(prepared: &Prepared, vacancy: &Vacancy) -> Option<f64> {
    use WorkStyle::{Hybrid, Onsite, Remote};
    Some(match (prepared.style?, vacancy.style?) {
        (Remote, Remote) | (Hybrid, Hybrid) | (Onsite, Onsite) => 1.0,
        (Hybrid, Remote) | (Onsite, Hybrid) => 0.7,
        (Remote, Hybrid) | (Hybrid, Onsite) => 0.4,
        (Onsite, Remote) => 0.3,
        (Remote, Onsite) => 0.0,
    })
}

fn explain(prepared: &Prepared, vacancy: &Vacancy, score: Option<f64>) -> Explanation {
    let (Some(style), Some(score)) = (vacancy.style, score) else {
        let side =
            if prepared.style.is_none() { "The profile states no preference" } else { "The posting does not say" };
        return Explanation::of(format!("{side} for how the work is done."));
    };
    let (wanted, name) = (&prepared.style_words, style.name());
    if score < 1.0 {
        return Explanation::of(format!("It is {name}; wanted is {wanted}."));
    }
    Explanation::of(format!("It is {name}, as wanted.")).with(format!("works {name}"), wanted, "remote", name)
}
