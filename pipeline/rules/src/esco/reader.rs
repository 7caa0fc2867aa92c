//! Ranks and links the words of a posting.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::catalogue::{self, Entry};
use super::index::Index;
use super::likeness::Written;
use super::terms::terms;
use crate::spans::SPANS;

/// Share of a skill's whole text, beside its likest label.
const TEXT: f32 = 0.4;
/// Shares of a skill's likest, second and third likest label.
const NEAREST: [f32; 3] = [1.0, 0.1, 0.05];
/// Least likeness of a link.
const LINKED: f64 = 0.85;
/// Words looked up at most.
const LONGEST: usize = 400;

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
    /// Every label in lower case with its skill; preferred ones win.
    named: HashMap<String, u32>,
    /// For each label of the index, its skill.
    owners: Vec<u32>,
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
            terms(text)
                .into_iter()
                .map(|term| {
                    let next = vocabulary.len() as u32;
                    *vocabulary.entry(term).or_insert(next)
                })
                .collect()
        };
        let (mut labels, mut texts, mut owners) = (Vec::new(), Vec::new(), Vec::new());
        let mut named = HashMap::new();
        for (owner, entry) in entries.iter().enumerate() {
            let mut text = Vec::new();
            for name in std::iter::once(&entry.label).chain(&entry.others) {
                let numbers = number(name);
                text.extend(&numbers);
                if !numbers.is_empty() {
                    labels.push(numbers);
                    owners.push(owner as u32);
                }
            }
            text.extend(number(&entry.description));
            texts.push(text);
        }
        for (owner, entry) in entries.iter().enumerate() {
            named.entry(entry.label.to_lowercase()).or_insert(owner as u32);
        }
        for (owner, entry) in entries.iter().enumerate() {
            for other in &entry.others {
                named.entry(other.to_lowercase()).or_insert(owner as u32);
            }
        }
        let mut words: Vec<(&String, &u32)> = vocabulary.iter().collect();
        words.sort_by_key(|(_, number)| **number);
        let written = Written::new(words.into_iter().map(|(word, _)| word.as_str()));
        let (labels, texts) = (Index::new(&labels, vocabulary.len()), Index::new(&texts, vocabulary.len()));
        let all = entries.into_iter().map(|entry| EscoSkill { id: entry.id, label: entry.label }).collect();
        Self { all, named, owners, vocabulary, written, labels, texts }
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

    /// The `most` likeliest skills of `words`, the likeliest first, with a likeness from 0 to about 1.5; fewer when fewer share anything with them.
    ///
    /// TF-IDF cosine with the labels and with all words of a skill; words that are written alike count in part. `context`, the sentence around the
    /// words, decides among skills that are equally near.
    pub fn rank(&self, words: &str, context: &str, most: usize) -> Vec<(&EscoSkill, f64)> {
        let mut sums = self.likeness(words);
        if !context.is_empty() && context != words {
            let beside = self.weighted(context, &self.texts, false);
            let mut by_text = HashMap::new();
            self.texts.add(&beside, &mut by_text);
            for (owner, sum) in &mut sums {
                *sum += 0.05 * by_text.get(owner).copied().unwrap_or_default();
            }
        }
        let mut ranked: Vec<(u32, f32)> = sums.into_iter().collect();
        // Likenesses are sums in an order of chance: what differs by less than rounding is equal.
        let rounded = |likeness: f32| (likeness * 1e5).round() as i64;
        ranked.sort_unstable_by_key(|(owner, likeness)| (std::cmp::Reverse(rounded(*likeness)), *owner));
        ranked.truncate(most);
        ranked.into_iter().map(|(owner, likeness)| (&self.all[owner as usize], f64::from(likeness))).collect()
    }

    /// The `most` likeliest skills of a whole sentence: those of its spans, the best of each first, and those of all its words together.
    pub fn rank_sentence(&self, sentence: &str, most: usize) -> Vec<(&EscoSkill, f64)> {
        let mut best: BTreeMap<&str, (&EscoSkill, f64)> = BTreeMap::new();
        let spans = SPANS.read(sentence);
        let words = spans.iter().map(|span| (&sentence[span.start..span.end], 0.7 + 0.3 * span.confidence));
        for (words, share) in words.chain([(sentence, 1.0)]) {
            for (skill, likeness) in self.rank(words, "", most) {
                let entry = best.entry(&skill.id).or_insert((skill, 0.0));
                entry.1 = entry.1.max(likeness * share);
            }
        }
        let mut ranked: Vec<(&EscoSkill, f64)> = best.into_values().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked.truncate(most);
        ranked
    }

    /// The skill that `words` name, with a confidence from 0 to 1; none when it is not clear.
    pub fn link(&self, words: &str, context: &str) -> Option<(&EscoSkill, f64)> {
        if let Some(skill) = self.named(words.trim_matches(|c: char| !c.is_alphanumeric() && c != '+' && c != '#')) {
            return Some((skill, 1.0));
        }
        let ranked = self.rank(words, context, 2);
        let (skill, likeness) = *ranked.first()?;
        (likeness >= LINKED).then_some((skill, (likeness / 1.5).min(0.95)))
    }

    fn likeness(&self, words: &str) -> HashMap<u32, f32> {
        let mut by_label = HashMap::new();
        self.labels.add(&self.weighted(words, &self.labels, true), &mut by_label);
        let mut best: HashMap<u32, [f32; 3]> = HashMap::new();
        for (label, likeness) in by_label {
            let best = best.entry(self.owners[label as usize]).or_default();
            if let Some(at) = best.iter().position(|other| likeness > *other) {
                best[at..].rotate_right(1);
                best[at] = likeness;
            }
        }
        let mut sums: HashMap<u32, f32> = HashMap::new();
        self.texts.add(&self.weighted(words, &self.texts, true), &mut sums);
        sums.values_mut().for_each(|sum| *sum *= TEXT);
        for (owner, best) in best {
            *sums.entry(owner).or_default() +=
                best.iter().zip(NEAREST).map(|(likeness, share)| likeness * share).sum::<f32>();
        }
        sums
    }

    /// The terms of a text and those written alike, with their weights, of length 1 together.
    fn weighted(&self, text: &str, index: &Index, widened: bool) -> BTreeMap<u32, f32> {
        let mut weights: BTreeMap<u32, f32> = BTreeMap::new();
        let mut length = 0.0;
        for term in terms(text).into_iter().take(LONGEST) {
            let exact = self.vocabulary.get(&term);
            let alike = if widened { self.written.like(&term) } else { Vec::new() };
            let rarity = exact.map_or(9.0, |term| index.rarity(*term));
            length += rarity * rarity;
            if let Some(term) = exact {
                *weights.entry(*term).or_default() += rarity;
            }
            for (other, likeness) in alike.into_iter().filter(|(other, _)| Some(other) != exact) {
                *weights.entry(other).or_default() += likeness * likeness * 0.7 * rarity.min(index.rarity(other));
            }
        }
        let length = length.sqrt().max(1e-6);
        weights.values_mut().for_each(|weight| *weight /= length);
        weights
    }
}

impl std::fmt::Debug for EscoSkills {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EscoSkills")
    }
}
