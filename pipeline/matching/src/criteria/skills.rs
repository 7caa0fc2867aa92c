//! Skills: what share of the role's skills the person has, and how much of what the person can is asked for.

use super::{Criterion, Explanation};
use crate::profile::Prepared;
use crate::rubric::Evidence;
use crate::vacancy::Vacancy;

pub(super) const CRITERION: Criterion = Criterion { name: "skills", weight: 32.0, score, explain };

/// Skills that nearly every posting names and that therefore tell little, in lower case.
const COMMON: &[&str] = &[
    "agile",
    "collaboration",
    "communication",
    "communication skills",
    "computer science",
    "customer service",
    "english",
    "excel",
    "git",
    "github",
    "jira",
    "leadership",
    "management",
    "mentoring",
    "microsoft excel",
    "microsoft office",
    "microsoft word",
    "ms office",
    "organization",
    "planning",
    "powerpoint",
    "presentation",
    "problem solving",
    "project management",
    "reporting",
    "research",
    "scrum",
    "slack",
    "software development",
    "teamwork",
    "time management",
    "training",
    "writing",
];

/// Weight of a common skill beside 1 for a specific one.
const COMMON_WEIGHT: f64 = 0.25;
/// A role that names less than this is not known well enough to be covered whole.
const FEWEST_ASKED: f64 = 2.0;
/// Naming this much of what a person can is as good as naming all of it.
const ENOUGH_USED: f64 = 5.0;
/// How much the share of the role's skills counts beside the share of the person's.
const COVERAGE: f64 = 0.65;
/// Skills that are quoted, and skills that are named as missing.
const SHOWN: usize = 6;

fn weight(skill: &str) -> f64 {
    if COMMON.contains(&skill) { COMMON_WEIGHT } else { 1.0 }
}

/// The role's skills in its order, each with its name in lower case and the person's words for it.
fn compared<'a>(prepared: &'a Prepared, vacancy: &'a Vacancy) -> Vec<(&'a str, String, Option<&'a str>)> {
    let named = vacancy.skills.iter().map(|skill| {
        let key = skill.to_lowercase();
        let words = prepared.skills.get(&key).map(String::as_str);
        (skill.as_str(), key, words)
    });
    named.collect()
}

fn score(prepared: &Prepared, vacancy: &Vacancy) -> Option<f64> {
    if prepared.skills.is_empty() || vacancy.skills.is_empty() {
        return None;
    }
    let compared = compared(prepared, vacancy);
    let asked: f64 = compared.iter().map(|(_, key, _)| weight(key)).sum();
    let shared: f64 = compared.iter().filter(|(.., words)| words.is_some()).map(|(_, key, _)| weight(key)).sum();
    let known: f64 = prepared.skills.keys().map(|key| weight(key)).sum();
    let coverage = shared / asked.max(FEWEST_ASKED);
    let used = (shared / known.min(ENOUGH_USED)).min(1.0);
    Some(COVERAGE * coverage + (1.0 - COVERAGE) * used)
}

fn explain(prepared: &Prepared, vacancy: &Vacancy, score: Option<f64>) -> Explanation {
    if score.is_none() {
        let side = if prepared.skills.is_empty() { "The profile" } else { "The posting" };
        return Explanation::of(format!("{side} names no skills."));
    }
    let (mut shared, missing): (Vec<_>, Vec<_>) =
        compared(prepared, vacancy).into_iter().partition(|(.., words)| words.is_some());
    shared.sort_by(|left, right| weight(&right.1).total_cmp(&weight(&left.1)));
    let mut reason = format!("{} of the {} skills it names", shared.len(), vacancy.skills.len());
    append(&mut reason, ": ", shared.iter().map(|(skill, ..)| *skill));
    append(&mut reason, "; not ", missing.iter().map(|(skill, ..)| *skill));
    reason.push('.');
    let spans = [("title", vacancy.title), ("excerpt", vacancy.excerpt)]
        .map(|(field, text)| (field, text, prepared.rubric.skills.skills(text)));
    let evidence = shared.iter().take(SHOWN).filter_map(|&(skill, _, words)| {
        let quoted = spans.iter().find_map(|(field, text, spans)| {
            let span = spans.iter().find(|span| span.skill == skill)?;
            Some((*field, text.get(span.start..span.end)?))
        });
        let (field, posting) = quoted.unwrap_or(("skills", skill));
        Some(Evidence::new(format!("knows {skill}"), words?, field, posting))
    });
    Explanation { reason, evidence: evidence.collect() }
}

/// Appends the first few of `skills` after `lead`, and how many more there are.
fn append<'a>(reason: &mut String, lead: &str, skills: impl Iterator<Item = &'a str>) {
    let skills: Vec<&str> = skills.collect();
    if skills.is_empty() {
        return;
    }
    reason.push_str(lead);
    reason.push_str(&skills[..skills.len().min(SHOWN)].join(", "));
    if skills.len() > SHOWN {
        reason.push_str(&format!(" and {} more", skills.len() - SHOWN));
    }
}
