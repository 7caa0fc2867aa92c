//! TF-IDF of the stems of texts (Salton and Buckley, 1988), looked up by an inverted index.

use std::collections::{BTreeMap, HashMap};

/// Texts by the terms that stand in them.
#[derive(Default)]
pub struct Index {
    /// For each term, the rarity of it and the texts with it and its weight there.
    terms: Vec<(f32, Vec<(u32, f32)>)>,
}

impl Index {
    /// An index of texts whose terms are numbers below `terms`.
    pub fn new(texts: &[Vec<u32>], terms: usize) -> Self {
        let mut index = Self { terms: vec![(0.0, Vec::new()); terms] };
        let counted: Vec<BTreeMap<u32, f32>> = texts.iter().map(|text| counts(text)).collect();
        for term in counted.iter().flat_map(BTreeMap::keys) {
            index.terms[*term as usize].0 += 1.0;
        }
        let n = texts.len() as f32;
        for (rarity, _) in &mut index.terms {
            *rarity = ((1.0 + n) / (1.0 + *rarity)).ln() + 1.0;
        }
        for (text, counts) in counted.iter().enumerate() {
            let length =
                counts.iter().map(|(term, count)| (count * index.terms[*term as usize].0).powi(2)).sum::<f32>().sqrt();
            for (term, count) in counts {
                let (rarity, texts) = &mut index.terms[*term as usize];
                texts.push((text as u32, count * *rarity / length));
            }
        }
        index
    }

    /// Rarity of a term.
    pub fn rarity(&self, term: u32) -> f32 {
        self.terms[term as usize].0
    }

    /// Cosine of the weighted terms with each text that shares any, added to `found`.
    pub fn add(&self, query: &BTreeMap<u32, f32>, found: &mut HashMap<u32, f32>) {
        for (term, weight) in query {
            for (text, of_text) in &self.terms[*term as usize].1 {
                *found.entry(*text).or_default() += weight * of_text;
            }
        }
    }
}

fn counts(text: &[u32]) -> BTreeMap<u32, f32> {
    let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
    for term in text {
        *counts.entry(*term).or_default() += 1.0;
    }
    counts.values_mut().for_each(|count| *count = 1.0 + count.ln());
    counts
}
