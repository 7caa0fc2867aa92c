//! What stands out in the results of a search: counts and medians, no prose.

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::ports::Facet;
use pipeline_core::stage::SkillReader;
use schemas::documents::{ResultsSummary, TopMatch, UserDocument};
use serde_json::{Value, json};

use crate::wanted::SKILLS_FIELD;

/// Most skills in each list.
const MAX_SKILLS: usize = 10;

/// The results in numbers.
pub fn summary(total: u64, kept: &[TopMatch]) -> ResultsSummary {
    let scores: Vec<f64> = kept.iter().filter_map(|found| found.job.match_score).collect();
    let mean = if scores.is_empty() { 0.0 } else { scores.iter().sum::<f64>() / scores.len() as f64 };
    ResultsSummary {
        total_jobs_found: total,
        top_match_score: scores.iter().copied().fold(0.0, f64::max),
        average_match_score: (mean * 10.0).round() / 10.0,
    }
}

/// The skills that most of all roles found name.
pub fn skills_in_demand(facets: &BTreeMap<String, Vec<Facet>>) -> Value {
    let facets = facets.get(SKILLS_FIELD).map(Vec::as_slice).unwrap_or_default();
    facets.iter().take(MAX_SKILLS).map(|facet| json!({"skill": facet.value, "roles": facet.count})).collect()
}

/// The skills that most of `kept` name and the profile does not.
pub fn missing_skills(kept: &[TopMatch], user: &UserDocument, reader: &dyn SkillReader) -> Value {
    let fold = |skill: &str| reader.canonical(skill).unwrap_or_else(|| skill.trim().to_owned()).to_lowercase();
    let has: BTreeSet<String> = user.profile.skills.iter().map(|skill| fold(skill)).collect();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for found in kept {
        let named: BTreeSet<&str> = found.job.tech_stack.iter().map(String::as_str).collect();
        for skill in named.into_iter().filter(|skill| !has.contains(&skill.to_lowercase())) {
            *counts.entry(skill).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
    // The sort is stable, so equals stay in order of name.
    counts.sort_by_key(|(_, roles)| std::cmp::Reverse(*roles));
    counts.into_iter().take(MAX_SKILLS).map(|(skill, roles)| json!({"skill": skill, "roles": roles})).collect()
}

/// Per currency, how many of `scored` state yearly pay and the median of the middles of their ranges.
pub fn pay(scored: &[TopMatch]) -> Value {
    let mut by_currency: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for job in scored.iter().map(|found| &found.job) {
        let bounds = (job.salary_min.or(job.salary_max), job.salary_max.or(job.salary_min));
        if let ((Some(low), Some(high)), Some(currency)) = (bounds, &job.salary_currency) {
            by_currency.entry(currency).or_default().push(f64::midpoint(low, high));
        }
    }
    let summaries = by_currency
        .into_iter()
        .map(|(currency, middles)| (currency.to_owned(), json!({"n": middles.len(), "median": median(middles)})));
    Value::Object(summaries.collect())
}

/// The median of a list that is not empty.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_list_lies_between_its_middles() {
        assert!((median(vec![4.0, 1.0, 3.0, 2.0]) - 2.5).abs() < f64::EPSILON);
        assert!((median(vec![9.0]) - 9.0).abs() < f64::EPSILON);
    }
}
