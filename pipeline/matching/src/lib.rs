//! Scores roles for people by a rubric: arithmetic over what both sides state, each part with its reason and quotes.
//!
//! Unknown stays unknown: a part that cannot be judged is left out of the score and lowers the confidence instead.
//! A model may add quotes to the best matches, within a budget; no word of it reaches a score.

pub mod budget;
mod criteria;
mod eligibility;
pub mod evidence;
mod level;
mod pay;
mod profile;
mod ranking;
mod rubric;
pub mod stage;
mod vacancy;
mod words;

pub use level::Level;
pub use pay::Expectation;
pub use profile::{Prepared, WorkStyle};
pub use ranking::Ranking;
pub use rubric::{Evidence, Judgement, METHOD, Part, Rubric};
