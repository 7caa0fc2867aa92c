//! Spans and sentences linked to skills of ESCO.
//!
//! The labels are a CSV file with the columns `sentence`, `span`, `sub_span`, `label` (Decorte et al., 2022): the preferred label of the skill that a part of a
//! sentence names. `sub_span`, where it is given, is the span written out ("A and B skills" as "A skills"). Rows labelled `LABEL NOT PRESENT` or
//! `UNDERSPECIFIED` are left out, as in the publication.

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::eval::{Evaluation, Metric};
use pipeline_core::{Error, Result};
use serde::Deserialize;
use serde_json::json;

use crate::Readers;
use crate::esco::ESCO_SKILLS;

/// Labels that name no skill.
const NONE: &[&str] = &["LABEL NOT PRESENT", "UNDERSPECIFIED"];

#[derive(Deserialize)]
struct Row {
    sentence: String,
    span: String,
    #[serde(default)]
    sub_span: String,
    label: String,
}

/// What is right for a text, and where the found skills stand.
struct Ranked {
    right: usize,
    hits: Vec<bool>,
}

/// R-precision at 5 and 10: the share of right skills among the first k, of as many as could be right; a mean over texts.
///
/// `rp_at_5` and `rp_at_10`: each labelled span, given with its sentence. `sentence_rp_at_5` and `sentence_rp_at_10`: each sentence alone, with the
/// labels of all its spans, nothing told of where they are; `n` counts spans.
/// A label that names no skill of the catalogue can only be missed.
///
/// # Errors
/// `Invalid` when the file is no such table.
pub fn evaluate(_: &Readers, text: &str) -> Result<Evaluation> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut spans: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut sentences: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in reader.deserialize() {
        let broken = |error| Error::invalid("the labels of ESCO skills are no such table").because(error);
        let row: Row = row.map_err(broken)?;
        if NONE.contains(&row.label.trim()) || row.label.trim().is_empty() {
            continue;
        }
        let words = if row.sub_span.trim().is_empty() { row.span } else { row.sub_span };
        sentences.entry(row.sentence.clone()).or_default().insert(row.label.clone());
        spans.entry((words, row.sentence)).or_default().insert(row.label);
    }
    let mut errors = Vec::new();
    let mut by_span = Vec::new();
    for ((words, sentence), labels) in &spans {
        let found = ESCO_SKILLS.rank(words, sentence, 10);
        let found: Vec<&str> = found.iter().map(|(skill, _)| skill.label.as_str()).collect();
        let ranked = ranked(&found, labels);
        if !ranked.hits.iter().take(5).any(|hit| *hit) {
            errors.push(json!({"span": words, "labels": labels, "found": &found[..found.len().min(5)]}));
        }
        by_span.push(ranked);
    }
    let by_sentence: Vec<Ranked> = sentences
        .iter()
        .map(|(sentence, labels)| {
            let found = ESCO_SKILLS.rank_sentence(sentence, 10);
            ranked(&found.iter().map(|(skill, _)| skill.label.as_str()).collect::<Vec<_>>(), labels)
        })
        .collect();
    let mut metrics = BTreeMap::new();
    for k in [5, 10] {
        metrics.insert(format!("rp_at_{k}"), mean(&by_span, k));
        metrics.insert(format!("sentence_rp_at_{k}"), mean(&by_sentence, k));
    }
    Ok(Evaluation { subject: "esco-skill".to_owned(), n: by_span.len() as u64, metrics, errors })
}

fn ranked(found: &[&str], labels: &BTreeSet<String>) -> Ranked {
    let right: BTreeSet<&str> = labels
        .iter()
        .map(|label| ESCO_SKILLS.named(label).map_or(label.as_str(), |skill| skill.label.as_str()))
        .collect();
    Ranked { right: right.len(), hits: found.iter().map(|label| right.contains(label)).collect() }
}

fn mean(texts: &[Ranked], k: usize) -> Metric {
    Metric::bootstrap(texts, |texts| {
        let (sum, n) = texts.fold((0.0, 0_u32), |(sum, n), text| {
            let hits = text.hits.iter().take(k).filter(|hit| **hit).count();
            (sum + hits as f64 / text.right.min(k) as f64, n + 1)
        });
        if n == 0 { 0.0 } else { sum / f64::from(n) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_a_skill_are_left_out() {
        let text = "sentence,span,sub_span,label\nwe use Java,Java,,Java (computer programming)\nbe smart,smart,,LABEL NOT PRESENT\n";
        let found = evaluate(&Readers::new(), text).unwrap();
        assert_eq!((found.n, found.metrics["rp_at_5"].value), (1, 1.0));
    }

    #[test]
    fn a_label_that_is_in_no_catalogue_is_missed() {
        let text = "sentence,span,sub_span,label\nwe use Java,Java,,no such skill at all\n";
        let found = evaluate(&Readers::new(), text).unwrap();
        assert_eq!((found.n, found.metrics["rp_at_5"].value, found.errors.len()), (1, 0.0, 1));
        assert!(evaluate(&Readers::new(), "a,b\n1,2\n").is_err());
    }
}
