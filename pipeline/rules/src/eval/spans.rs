//! Spans of skill and knowledge.
//!
//! The labels are those of SkillSpan: JSON lines `{"tokens", "tags_skill", "tags_knowledge"}` with B, I and O, or a table without header of token, tag of
//! skill, tag of knowledge, separated by tabs, with an empty line after each sentence. The words are taken as they are split there.

use std::collections::BTreeMap;

use pipeline_core::eval::{Counts, Evaluation, Metric};
use pipeline_core::{Error, Result};
use serde::Deserialize;
use serde_json::json;

use crate::Readers;
use crate::spans::SPANS;

#[derive(Default, Deserialize)]
struct Label {
    tokens: Vec<String>,
    tags_skill: Vec<String>,
    tags_knowledge: Vec<String>,
}

/// `precision`, `recall` and `f1` of exact spans, skills and knowledge together, each with its kind (micro; "span-F1" of SkillSpan on both layers);
/// `skill_f1` and `knowledge_f1` of one kind alone.
///
/// # Errors
/// `Invalid` when a line is no label.
pub fn evaluate(_: &Readers, text: &str) -> Result<Evaluation> {
    let labels = labels(text)?;
    let (mut both, mut skills, mut knowledge, mut errors) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for label in &labels {
        let words: Vec<&str> = label.tokens.iter().map(String::as_str).collect();
        let found = SPANS.tag(&words).map(|spans| spans.iter().map(|span| (span.0, span.1)).collect::<Vec<_>>());
        let wanted = [marked(&label.tags_skill), marked(&label.tags_knowledge)];
        let of_kind = |kind: usize| counts(&found[kind], &wanted[kind]);
        let (skill, known) = (of_kind(0), of_kind(1));
        both.push(Counts {
            right: skill.right + known.right,
            wrong: skill.wrong + known.wrong,
            missed: skill.missed + known.missed,
        });
        skills.push(skill);
        knowledge.push(known);
        if found != wanted {
            let written = |spans: &[(usize, usize)]| -> Vec<String> {
                spans.iter().map(|(first, last)| words[*first..=*last].join(" ")).collect()
            };
            let [found, wanted] = [found, wanted].map(|spans| spans.map(|spans| written(&spans)));
            errors.push(json!({"sentence": words.join(" "), "skill": {"found": found[0], "wanted": wanted[0]},
                "knowledge": {"found": found[1], "wanted": wanted[1]}}));
        }
    }
    let mut metrics: BTreeMap<String, Metric> = Counts::metrics(&both);
    for (kind, counts) in [("skill", &skills), ("knowledge", &knowledge)] {
        metrics.extend(Counts::metrics(counts).into_iter().map(|(name, metric)| (format!("{kind}_{name}"), metric)));
    }
    Ok(Evaluation { subject: "spans".to_owned(), n: labels.len() as u64, metrics, errors })
}

fn counts(found: &[(usize, usize)], wanted: &[(usize, usize)]) -> Counts {
    let right = found.iter().filter(|span| wanted.contains(span)).count();
    Counts { right: right as u64, wrong: (found.len() - right) as u64, missed: (wanted.len() - right) as u64 }
}

/// First and last words of the spans that B, I and O mark; an I without a B begins one, as for seqeval.
fn marked(tags: &[String]) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    let mut open = false;
    for (at, tag) in tags.iter().enumerate() {
        match tag.chars().next() {
            Some('I') if open => {
                if let Some(span) = out.last_mut() {
                    span.1 = at;
                }
            }
            Some('B' | 'I') => {
                out.push((at, at));
                open = true;
            }
            _ => open = false,
        }
    }
    out
}

fn labels(text: &str) -> Result<Vec<Label>> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('{') {
        return table(text);
    }
    let mut labels = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let broken = || Error::invalid(format!("line {} is no label of spans", index + 1));
        let label: Label = serde_json::from_str(line).map_err(|error| broken().because(error))?;
        if label.tokens.len() != label.tags_skill.len() || label.tokens.len() != label.tags_knowledge.len() {
            return Err(broken().hint("every token has one tag of each kind"));
        }
        labels.push(label);
    }
    Ok(labels)
}

fn table(text: &str) -> Result<Vec<Label>> {
    let mut labels = Vec::new();
    let mut label = Label::default();
    for (index, line) in text.lines().chain([""]).enumerate() {
        if line.trim().is_empty() {
            let whole = std::mem::take(&mut label);
            if !whole.tokens.is_empty() {
                labels.push(whole);
            }
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        let [token, skill, knowledge] = fields[..] else {
            return Err(Error::invalid(format!("line {} is no token with two tags", index + 1)));
        };
        label.tokens.push(token.to_owned());
        label.tags_skill.push(skill.to_owned());
        label.tags_knowledge.push(knowledge.to_owned());
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_labels_are_measured_alike() {
        let json = r#"{"tokens": ["Knows", "Java"], "tags_skill": ["O", "O"], "tags_knowledge": ["O", "B"]}"#;
        let table = "Knows\tO\tO\nJava\tO\tB-KNOWLEDGE\n\n";
        let [json, table] = [json, table].map(|text| evaluate(&Readers::new(), text).unwrap());
        assert_eq!(json, table);
        assert_eq!(json.n, 1);
    }

    #[test]
    fn a_label_of_another_form_is_named() {
        for text in ["{\"tokens\": []}", "a b c\n", r#"{"tokens": ["a"], "tags_skill": [], "tags_knowledge": ["O"]}"#] {
            assert!(evaluate(&Readers::new(), text).is_err(), "{text}");
        }
    }

    #[test]
    fn spans_are_marked_as_seqeval_marks_them() {
        let tags = ["B", "I", "B", "O", "I", "I"].map(str::to_owned);
        assert_eq!(marked(&tags), [(0, 1), (2, 2), (4, 5)]);
    }
}
