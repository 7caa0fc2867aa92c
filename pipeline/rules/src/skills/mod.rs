//! Skills named in text: whole tokens against a dictionary, the longest name first, with context for names that are
//! words of the language or names of firms, too.
//!
//! - `token`, `phrases`: finding many phrases in a text, fast.
//! - `dictionary`: the skills, their names and ids.
//! - `context`: when an ambiguous name counts.
//! - `standing`, `years`, `facts`: what a posting says of each skill that it names.
//!
//! To add a skill, add a line to `data-samples/reference/skills.tsv`.

use std::collections::BTreeSet;

use pipeline_core::stage::SkillSpan;

mod context;
mod dictionary;
mod facts;
pub mod phrases;
mod standing;
#[cfg(test)]
mod tests;
mod token;
mod years;

pub use dictionary::{Dictionary, Skill};
pub use facts::{Requirement, SkillFact, named};

/// Names of skills, sorted, once each.
pub fn names(spans: &[SkillSpan]) -> Vec<String> {
    let names: BTreeSet<&str> = spans.iter().map(|span| span.skill.as_str()).collect();
    names.into_iter().map(str::to_owned).collect()
}
