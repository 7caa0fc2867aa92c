//! Ranks and links the words of a posting.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::catalogue::{self, Entry};
use super::index::{Index, UNSEEN, Weights};
use super::likeness::Written;
use super::terms::{terms, written_out};
use crate::spans::SPANS;

/// Share of a skill's whole text, beside its likest label.
const TEXT: f32 = 0.3;
/// Share of an other label, beside the preferred one.
const OTHER: f32 = 0.95;
/// What is added when the words are the preferred label.
const SAME: f32 = 0.3;
/// What is added for each doubling of a skill's mentions in postings.
const COMMON: f32 = 0.02;
/// Share of a word that is only written alike.
const ALIKE: f32 = 0.7;
/// Share of the skills of single spans beside those of their sentence.
const SPAN: f32 = 0.3;
/// Share of the context, which decides among equals.
const CONTEXT: f32 = 0.05;
/// Confidence of a link by the preferred label, and by another label that no other skill has.
const LINKED: [f64; 2] = [0.95, 0.85];
/// Words looked up at most.
const LONGEST: usize = 100;
/// Bytes looked at at most.
const LONGEST_TEXT: usize = 4_000;

/// A skill of ESCO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscoSkill {
    /// ESCO id: `http://data.europa.eu/esco/skill/ID`.
    pub id: String,
    /// Preferred label, in English.
    pub label: String,
}

/// The skills, by their labels and descriptions.
pub struct EscoSkills {
    all: Vec<EscoSkill>,
    /// How common each skill is, as the logarithm of its mentions.
    common: Vec<f32>,
    /// The terms of each preferred label.
    preferred: Vec<Vec<u32>>,
    /// Every label in lower case with its skill; preferred ones win.
    named: HashMap<String, u32>,
    /// Labels that several skills have.
    shared: HashSet<String>,
    /// For each label of the index, its skill and whether it is the preferred one.
    owners: Vec<(u32, bool)>,
    vocabulary: HashMap<String, u32>,
    written: Written,
    labels: Index,
    texts: Index,
}

/// The skills of the reference extract, read when they are first asked for.
pub static ESCO_SKILLS: LazyLock<EscoSkills> = LazyLock::new(|| EscoSkills::new(catalogue::bundled()));

impl EscoSkills {
    fn new(entries: Vec<Entry>) -> Self {
        let mut vocabulary: HashMap<String, u32> = HashMap::new();
        let mut number = |text: &str| -> Vec<u32> {
            let term = |term| {
                let next = vocabulary.len() as u32;
                *vocabulary.entry(term).or_insert(next)
            };
            terms(text).into_iter().map(term).collect()
        };
        let (mut labels, mut texts, mut owners, mut preferred) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (owner, entry) in entries.iter().enumerate() {
            let own = number(&entry.label);
            let mut text = own.clone();
            preferred.push(own.clone());
            labels.push(own);
            owners.push((owner as u32, true));
            for name in &entry.others {
                let numbers = number(name);
                text.extend(&numbers);
                labels.push(numbers);
                owners.push((owner as u32, false));
            }
            text.extend(number(&entry.description));
            texts.push(text);
        }
        let (mut named, mut shared) = (HashMap::new(), HashSet::new());
        let first = entries.iter().enumerate().map(|(owner, entry)| (owner, &entry.label));
        let others =
            entries.iter().enumerate().flat_map(|(owner, entry)| entry.others.iter().map(move |other| (owner, other)));
        for (owner, name) in first.chain(others) {
            let name = name.to_lowercase();
            match named.get(&name) {
                Some(known) if *known != owner as u32 => {
                    shared.insert(name);
                }
                _ => {
                    named.insert(name, owner as u32);
                }
            }
        }
        let mut words: Vec<(&String, &u32)> = vocabulary.iter().collect();
        words.sort_by_key(|(_, number)| **number);
        let written = Written::new(words.into_iter().map(|(word, _)| word.as_str()));
        let (labels, texts) = (Index::new(&labels, vocabulary.len()), Index::new(&texts, vocabulary.len()));
        let common = entries.iter().map(|entry| (1.0 + entry.mentions as f32).log2()).collect();
        let all = entries.into_iter().map(|entry| EscoSkill { id: entry.id, label: entry.label }).collect();
        Self { all, common, preferred, named, shared, owners, vocabulary, written, labels, texts }
    }

    /// The skill with this ESCO id, address or label, the preferred ones first.
    pub fn named(&self, name: &str) -> Option<&EscoSkill> {
        let name = name.trim();
        let by_label = self.named.get(&name.to_lowercase()).map(|at| &self.all[*at as usize]);
        by_label.or_else(|| {
            let id = name.rsplit('/').next().unwrap_or_default();
            self.all.binary_search_by(|skill| skill.id.as_str().cmp(id)).ok().map(|at| &self.all[at])
        })
    }

    /// Every preferred and other label, in lower case, in order.
    pub fn labels(&self) -> Vec<&str> {
        let mut labels: Vec<&str> = self.named.keys().map(String::as_str).collect();
        labels.sort_unstable();
        labels
    }

    /// The `most` likeliest skills of `words`, the likeliest first, with a likeness from 0 to about 2; fewer when fewer share anything with them.
    ///
    /// TF-IDF cosine with the labels and with all words of a skill; words that are written alike count in part. `context`, the sentence around the
    /// words, decides among skills that are equally near.
    pub fn rank(&self, words: &str, context: &str, most: usize) -> Vec<(&EscoSkill, f64)> {
        let mut likeness = self.likeness(words, true);
        if !context.is_empty() && context != words {
            let beside = self.texts.cosines(&weights(&self.found(prefix(context, LONGEST_TEXT), false), &self.texts));
            likeness.iter_mut().zip(beside).for_each(|(sum, beside)| {
                if *sum > 0.0 {
                    *sum += CONTEXT * beside;
                }
            });
        }
        self.best(&likeness, most)
    }

    /// The `most` likeliest skills of a whole sentence: of all its words together, and of each of its spans.
    pub fn rank_sentence(&self, sentence: &str, most: usize) -> Vec<(&EscoSkill, f64)> {
        let mut likeness = self.likeness(sentence, false);
        let mut beside = vec![0.0_f32; likeness.len()];
        for span in SPANS.read(sentence) {
            let of_span = self.likeness(&sentence[span.start..span.end], true);
            beside.iter_mut().zip(of_span).for_each(|(most, likeness)| *most = most.max(likeness));
        }
        likeness.iter_mut().zip(beside).for_each(|(sum, beside)| *sum += SPAN * beside);
        self.best(&likeness, most)
    }

    /// The skill whose preferred label `words` are, or whose other label, provided that no other skill has it, with a confidence
    /// from 0 to 1. [`Self::rank`] finds more at a thousand times the cost.
    pub fn link(&self, words: &str) -> Option<(&EscoSkill, f64)> {
        let words = words.trim_matches(|c: char| !c.is_alphanumeric() && c != '+' && c != '#').to_lowercase();
        let skill = &self.all[*self.named.get(&words)? as usize];
        match skill.label.to_lowercase() == words {
            true => Some((skill, LINKED[0])),
            false if self.shared.contains(&words) => None,
            false => Some((skill, LINKED[1])),
        }
    }

    fn best(&self, likeness: &[f32], most: usize) -> Vec<(&EscoSkill, f64)> {
        // What differs by less than rounding is equal.
        let rounded = |likeness: f32| (likeness * 1e5).round() as i64;
        let mut ranked: Vec<u32> = (0..likeness.len() as u32).filter(|at| likeness[*at as usize] > 0.1).collect();
        let key = |at: &u32| (std::cmp::Reverse(rounded(likeness[*at as usize])), *at);
        if ranked.len() > most && most > 0 {
            ranked.select_nth_unstable_by_key(most - 1, key);
        }
        ranked.truncate(most);
        ranked.sort_unstable_by_key(key);
        ranked.into_iter().map(|at| (&self.all[at as usize], f64::from(likeness[at as usize]))).collect()
    }

    /// Likeness of the words with every skill, 0 where they share nothing.
    fn likeness(&self, words: &str, widened: bool) -> Vec<f32> {
        let long = written_out(prefix(words, LONGEST_TEXT));
        let found = self.found(&long, widened);
        let mut sums = self.texts.cosines(&weights(&found, &self.texts));
        let mut best = vec![0.0_f32; sums.len()];
        let by_label = self.labels.cosines(&weights(&found, &self.labels));
        for (cosine, (owner, preferred)) in by_label.into_iter().zip(&self.owners) {
            if cosine > 0.0 {
                let best = &mut best[*owner as usize];
                *best = best.max(if *preferred { cosine } else { cosine * OTHER });
            }
        }
        let own: Vec<u32> = found.iter().filter_map(|term| term.exact).collect();
        let known = own.len() == found.len() && !own.is_empty();
        for (at, (sum, best)) in sums.iter_mut().zip(best).enumerate() {
            if *sum == 0.0 && best == 0.0 {
                continue;
            }
            let same = known && best > 0.9 && self.preferred[at] == own;
            *sum = *sum * TEXT + best + COMMON * self.common[at] + if same { SAME } else { 0.0 };
        }
        sums
    }

    /// The terms of a text that the vocabulary has, each with those that are written alike when `widened`; none stands for an unknown word.
    fn found(&self, text: &str, widened: bool) -> Vec<Found> {
        let found = |term: String| Found {
            exact: self.vocabulary.get(&term).copied(),
            alike: if widened { self.written.like(&term) } else { Vec::new() },
        };
        terms(text).into_iter().take(LONGEST).map(found).collect()
    }
}

/// A word of a question in the vocabulary.
struct Found {
    exact: Option<u32>,
    alike: Vec<(u32, f32)>,
}

/// The weights of the words of a question, of length 1 together.
fn weights(found: &[Found], index: &Index) -> Weights {
    let mut weights = Weights::new();
    let mut length = 0.0;
    for Found { exact, alike } in found {
        let rarity = exact.map_or(UNSEEN, |term| index.rarity(term));
        length += rarity * rarity;
        if let Some(term) = exact {
            *weights.entry(*term).or_default() += rarity;
        }
        for (other, likeness) in alike.iter().filter(|(other, _)| Some(*other) != *exact) {
            *weights.entry(*other).or_default() += ALIKE * likeness * likeness * rarity.min(index.rarity(*other));
        }
    }
    let length = length.sqrt().max(1e-6);
    weights.values_mut().for_each(|weight| *weight /= length);
    weights
}

impl std::fmt::Debug for EscoSkills {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EscoSkills")
    }
}

fn prefix(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
