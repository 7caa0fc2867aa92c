//! TF-IDF of the stems of texts (Salton and Buckley, 1988), looked up by an inverted index.

use std::collections::BTreeMap;

/// Rarity of a word that stands in no text.
pub const UNSEEN: f32 = 9.0;

/// A term's rarity, and the texts with it and its weight there.
#[derive(Clone, Default)]
struct Term {
    rarity: f32,
    texts: Vec<(u32, f32)>,
}

/// Texts by the terms that stand in them.
#[derive(Default)]
pub struct Index {
    terms: Vec<Term>,
    texts: usize,
}

/// Weights of the terms of a question, in order of term.
pub type Weights = BTreeMap<u32, f32>;

impl Index {
    /// An index of texts whose terms are numbers below `terms`.
    pub fn new(texts: &[Vec<u32>], terms: usize) -> Self {
        let mut index = Self { terms: vec![Term::default(); terms], texts: texts.len() };
        let counted: Vec<Weights> = texts.iter().map(|text| counts(text)).collect();
        for term in counted.iter().flat_map(BTreeMap::keys) {
            index.terms[*term as usize].rarity += 1.0;
        }
        let n = texts.len() as f32;
        for term in &mut index.terms {
            term.rarity = ((1.0 + n) / (1.0 + term.rarity)).ln() + 1.0;
        }
        for (text, counts) in counted.iter().enumerate() {
            let weight = |(term, count): (&u32, &f32)| count * index.terms[*term as usize].rarity;
            let length = counts.iter().map(|entry| weight(entry).powi(2)).sum::<f32>().sqrt();
            for (term, count) in counts {
                let term = &mut index.terms[*term as usize];
                term.texts.push((text as u32, count * term.rarity / length));
            }
        }
        index
    }

    /// Rarity of a term.
    pub fn rarity(&self, term: u32) -> f32 {
        self.terms[term as usize].rarity
    }

    /// Cosine of the weighted terms with each text, 0 where they share none.
    pub fn cosines(&self, weights: &Weights) -> Vec<f32> {
        let mut cosines = vec![0.0; self.texts];
        for (term, weight) in weights {
            for (text, of_text) in &self.terms[*term as usize].texts {
                cosines[*text as usize] += weight * of_text;
            }
        }
        cosines
    }
}

fn counts(text: &[u32]) -> Weights {
    let mut counts = Weights::new();
    for term in text {
        *counts.entry(*term).or_default() += 1.0;
    }
    counts.values_mut().for_each(|count| *count = 1.0 + count.ln());
    counts
}
