//! The phrases of a posting that ask for a skill and stand in no dictionary, each with the ESCO skill that it names where that is clear.

use pipeline_core::stage::SkillSpan;
use serde::Serialize;

use super::reader::{SPANS, Span};
use crate::esco::ESCO_SKILLS;
use crate::sections::{Kind, Section};

/// Name and version of the rule, for the provenance of a phrase.
pub const METHOD: &str = "skill-spans-1";

/// Least probability of a phrase that is kept.
const LEAST: f64 = 0.4;

/// Most phrases of one posting.
const MOST: usize = 400;

/// A phrase that asks for a skill.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phrase {
    /// `skill` or `knowledge`.
    pub kind: &'static str,
    /// First byte in the text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Probability of exactly this phrase, 0 to 1, in hundredths.
    pub confidence: f64,
    /// ESCO id of the skill that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub esco: Option<String>,
    /// Preferred label of that skill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub esco_label: Option<String>,
    /// Confidence of the link, 0 to 1, in hundredths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub esco_confidence: Option<f64>,
}

/// The phrases of a posting's clean text, whose sections are `sections`, in order of place, without those that lie inside a span of
/// the dictionary. What a posting says of the employer, of pay, benefits, the process and the law is not read.
pub fn phrases(text: &str, sections: &[Section], dictionary: &[SkillSpan]) -> Vec<Phrase> {
    let mut known: Vec<(usize, usize)> = dictionary.iter().map(|span| (span.start, span.end)).collect();
    known.sort_unstable();
    // Spans of the dictionary do not overlap: the one that may hold a phrase is the last that begins no later.
    let is_known = |start: usize, end: usize| {
        let at = known.partition_point(|span| span.0 <= start);
        at > 0 && known[at - 1].1 >= end
    };
    let asking =
        |section: &&Section| matches!(section.kind, Kind::Duties | Kind::Requirements | Kind::Preferred | Kind::Other);
    let read = sections.iter().filter(asking).flat_map(|section| {
        let within = SPANS.read(&text[section.start..section.end]);
        within.into_iter().map(|span| Span { start: span.start + section.start, end: span.end + section.start, ..span })
    });
    let spans = read.filter(|span| span.confidence >= LEAST && !is_known(span.start, span.end));
    spans
        .take(MOST)
        .map(|span| {
            let link = ESCO_SKILLS.link(&text[span.start..span.end]);
            Phrase {
                kind: span.kind.as_str(),
                start: span.start,
                end: span.end,
                confidence: hundredths(span.confidence),
                esco: link.map(|(skill, _)| skill.id.clone()),
                esco_label: link.map(|(skill, _)| skill.label.clone()),
                esco_confidence: link.map(|(_, confidence)| hundredths(confidence)),
            }
        })
        .collect()
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
