//! The reader of spans: words, what is seen of them, weights, likeliest tags.

use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

use super::features::{bare, look};
use super::model::{KINDS, Model, Sums, best, marked};
use super::tokens::sentences;
use super::words::Known;

/// Weights learnt from SkillSpan (MIT) and plain postings by `tests/bench/train_spans`.
const WEIGHTS: &[u8] = include_bytes!("../../../../data-samples/reference/skill_spans.bin.gz");

/// What a span asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Something that one does or is: "build scalable services", "team player".
    Skill,
    /// Something that one knows: "Java", "supply chain management".
    Knowledge,
}

impl Kind {
    /// As it stands in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Skill => "skill",
            Self::Knowledge => "knowledge",
        }
    }
}

/// Words that ask for a skill or for knowledge.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// What they ask for.
    pub kind: Kind,
    /// First byte in the text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Probability under the model that exactly these words are a span of this kind, 0 to 1.
    pub confidence: f64,
}

/// First and last word of a span and its probability.
pub type Words = (usize, usize, f64);

/// Reads spans. Building it takes some milliseconds; share it.
pub struct SpanReader {
    model: Model,
    known: Known,
}

/// The reader with the bundled weights, made when it is first asked for.
pub static SPANS: LazyLock<SpanReader> = LazyLock::new(SpanReader::bundled);

impl SpanReader {
    fn bundled() -> Self {
        let mut bytes = Vec::new();
        // The file is part of the program; a broken one leaves every text without spans, and its test red.
        let _ = GzDecoder::new(WEIGHTS).read_to_end(&mut bytes);
        Self::new(Model::read(&bytes).unwrap_or_else(Model::empty), Known::bundled())
    }

    /// A reader with other weights.
    pub fn new(model: Model, known: Known) -> Self {
        Self { model, known }
    }

    /// Spans of the words of one sentence: skills, then knowledge, each in order and without overlap among themselves; a skill and
    /// a knowledge may overlap.
    pub fn tag(&self, words: &[&str]) -> [Vec<Words>; KINDS] {
        let mut found: [Vec<Words>; KINDS] = Default::default();
        if words.is_empty() {
            return found;
        }
        let mut scores = self.model.scores(&look(words, &self.model.clusters, &self.known));
        for kind in 0..KINDS {
            let (scores, steps) = (&mut scores[kind], &self.model.steps[kind]);
            scores.iter_mut().for_each(|word| word[0] -= self.model.eager[kind]);
            let spans = marked(&best(scores, steps));
            if spans.is_empty() {
                continue;
            }
            let sums = Sums::of(scores, steps);
            let chance = |first, last| f64::from(sums.span(scores, steps, first, last)).clamp(0.0, 1.0);
            found[kind].extend(spans.into_iter().map(|(first, last)| (first, last, chance(first, last))));
        }
        found
    }

    /// Every span of a posting's clean text, in order of place.
    ///
    /// Sentences end at lines and stops; signs around a span are no part of it. Deterministic, linear in the length of the text.
    pub fn read(&self, text: &str) -> Vec<Span> {
        let mut out = Vec::new();
        for sentence in sentences(text) {
            let words: Vec<&str> = sentence.iter().map(|word| &text[word.clone()]).collect();
            for (kind, spans) in [Kind::Skill, Kind::Knowledge].into_iter().zip(self.tag(&words)) {
                for (first, last, confidence) in spans {
                    let all = sentence[first].start..sentence[last].end;
                    let mut inner =
                        sentence[first..=last].iter().filter(|word| !bare(&text[(*word).clone()]).is_empty());
                    let (Some(start), Some(end)) = (inner.clone().next(), inner.next_back()) else { continue };
                    let (start, end) = (trimmed(text, start.clone()).start, trimmed(text, end.clone()).end);
                    if start < end && all.start <= start && end <= all.end {
                        out.push(Span { kind, start, end, confidence });
                    }
                }
            }
        }
        out.sort_by_key(|span| (span.start, span.end, span.kind));
        out
    }
}

impl std::fmt::Debug for SpanReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SpanReader")
    }
}

/// A word without the signs around it.
fn trimmed(text: &str, word: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let inner = bare(&text[word.clone()]);
    let start = inner.as_ptr() as usize - text.as_ptr() as usize;
    start..start + inner.len()
}
