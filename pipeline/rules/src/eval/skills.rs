//! Skills read from postings.
//!
//! The labels are JSON lines `{"id", "title", "text", "expected": ["Python", ...]}`: a posting and the technologies that it names. Labels come
//! from a closed list, of which the file does not say what else it holds; so what counts is the list as far as the file shows it: a
//! found skill that no label of the file names is neither right nor wrong. `vocabulary`, a list in any label, adds to it.
//!
//! A list may be coarser than the dictionary. A label of two names ("HTML/CSS") stands for either, and a skill that the list does not
//! have counts as the broader one of the dictionary that it has ("GitHub Actions" as "CI/CD"). `company`, if the label has it, is the
//! employer, whose own name is no skill.

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::eval::{Counts, Evaluation};
use pipeline_core::source::Markup;
use pipeline_core::{Error, Result};
use serde::Deserialize;
use serde_json::json;

use crate::Readers;
use crate::html::{Warnings, clean};

#[derive(Deserialize)]
struct Label {
    #[serde(default)]
    title: String,
    text: String,
    expected: Vec<String>,
    #[serde(default)]
    vocabulary: Vec<String>,
    #[serde(default)]
    company: Option<String>,
}

/// The list of the labels: names of the dictionary to labels.
struct Vocabulary<'a> {
    readers: &'a Readers,
    labels: BTreeMap<String, String>,
}

impl<'a> Vocabulary<'a> {
    fn new(readers: &'a Readers, labels: &[Label]) -> Self {
        let mut out = BTreeMap::new();
        for label in labels.iter().flat_map(|label| label.expected.iter().chain(&label.vocabulary)) {
            for skill in skills(readers, label) {
                out.insert(skill, label.clone());
            }
        }
        Self { readers, labels: out }
    }

    /// The label under which a skill falls.
    fn label(&self, skill: &str) -> Option<&String> {
        let mut skill = skill;
        loop {
            if let Some(label) = self.labels.get(skill) {
                return Some(label);
            }
            skill = self.readers.skills.skill(skill)?.broader?;
        }
    }
}

/// The skills that a label names: one, or those of a label of two names.
fn skills(readers: &Readers, label: &str) -> Vec<String> {
    if let Some(skill) = readers.skills.canonical(label) {
        return vec![skill];
    }
    let parts: Option<Vec<String>> = label.split('/').map(|part| readers.skills.canonical(part)).collect();
    parts.unwrap_or_else(|| vec![label.to_owned()])
}

/// `precision`, `recall` and `f1` over all pairs of posting and skill; names are equal when the dictionary takes them for one skill.
///
/// # Errors
/// `Invalid` when a line is no label.
pub fn evaluate(readers: &Readers, text: &str) -> Result<Evaluation> {
    let mut labels: Vec<Label> = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let broken = |error| Error::invalid(format!("line {} is no label of skills", index + 1)).because(error);
        labels.push(serde_json::from_str(line).map_err(broken)?);
    }
    let vocabulary = Vocabulary::new(readers, &labels);
    let (mut counts, mut errors) = (Vec::new(), Vec::new());
    for label in &labels {
        let words = clean(&label.text, Markup::Plain, &mut Warnings::new());
        let company = label.company.as_deref();
        let spans = readers.skills.find_for(&words, company).into_iter();
        let spans = spans.chain(readers.skills.find_for(&label.title, company));
        let found: BTreeSet<&String> = spans.filter_map(|span| vocabulary.label(&span.skill)).collect();
        // Two labels of one skill ("Go", "Golang") are one.
        let expected = label.expected.iter().flat_map(|label| skills(readers, label));
        let expected: BTreeSet<String> = expected.filter_map(|skill| vocabulary.label(&skill).cloned()).collect();
        let expected: BTreeSet<&String> = expected.iter().collect();
        let wrong: Vec<&&String> = found.difference(&expected).collect();
        let missed: Vec<&&String> = expected.difference(&found).collect();
        counts.push(Counts {
            right: found.intersection(&expected).count() as u64,
            wrong: wrong.len() as u64,
            missed: missed.len() as u64,
        });
        if !wrong.is_empty() || !missed.is_empty() {
            errors.push(json!({"title": label.title, "wrong": wrong, "missed": missed}));
        }
    }
    let (n, metrics) = (labels.len() as u64, Counts::metrics(&counts));
    Ok(Evaluation { subject: "skills".to_owned(), n, metrics, errors })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coarser_list_counts_what_falls_under_its_names() {
        let readers = Readers::new();
        let label = |text: &str, expected: &[&str]| json!({"text": text, "expected": expected}).to_string();
        let labels = [
            label("We write HTML and use GitHub Actions.", &["HTML/CSS", "CI/CD"]),
            label("CSS on Kubernetes", &["HTML/CSS"]),
            label("Golang services and Haskell", &["Go", "Rust"]),
        ];
        let found = evaluate(&readers, &labels.join("\n")).unwrap();
        assert_eq!((found.n, found.errors.len()), (3, 1));
        assert!((found.metrics["recall"].value - 0.8).abs() < 1e-9 && found.metrics["precision"].value > 0.99);
    }
}
