//! Skills read from postings.
//!
//! The labels are JSON lines `{"id", "title", "text", "expected": ["Python", ...]}`: a posting and the technologies that it names. Labels come
//! from a closed list, of which the file does not say what else it holds; so what counts is the list as far as the file shows it: a
//! found skill that no label of the file names is neither right nor wrong. `vocabulary`, a list in any label, adds to it.

use std::collections::BTreeSet;

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
    let canonical = |name: &String| readers.skills.canonical(name).unwrap_or_else(|| name.clone());
    let all = labels.iter().flat_map(|label| label.expected.iter().chain(&label.vocabulary));
    let vocabulary: BTreeSet<String> = all.map(canonical).collect();
    let (mut counts, mut errors) = (Vec::new(), Vec::new());
    for label in &labels {
        let words = clean(&label.text, Markup::Plain, &mut Warnings::new());
        let spans = readers.skills.find(&words).into_iter().chain(readers.skills.find(&label.title));
        let found: BTreeSet<String> = spans.map(|span| span.skill).filter(|skill| vocabulary.contains(skill)).collect();
        let expected: BTreeSet<String> = label.expected.iter().map(canonical).collect();
        let wrong: Vec<&String> = found.difference(&expected).collect();
        let missed: Vec<&String> = expected.difference(&found).collect();
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
