//! An index of labels by their words: TF-IDF (Salton and Buckley, 1988) with words that are written alike standing in for each other.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::title_words::Word;

/// Shares of the nearest, second and third nearest label of an owner: one that is near by many of its labels is meant rather than one
/// that is near by one.
const NEAREST: [f32; 3] = [1.0, 0.3, 0.15];

/// Likeness from which a label says the same as the title.
const EXACT: f32 = 0.97;

/// What is added for such a label.
pub(super) const EXACTLY: f32 = 0.15;

/// Likeness of two words, by their letters, from which one stands in for the other.
const ALIKE: f32 = 0.55;

/// How much a word that stands in for another counts.
const STAND_IN: f32 = 0.4;

/// Most words that stand in for one.
const MOST_ALIKE: usize = 8;

/// Shortest word that another stands in for, in letters.
const SHORTEST: usize = 4;

/// Labels of owners, by their words.
pub(super) struct Index {
    words: HashMap<String, u32>,
    /// For each word, how rare it is.
    idf: Vec<f32>,
    /// For each word, the labels that have it, with its weight there.
    labels: Vec<Vec<(u32, f32)>>,
    /// For each label, its owner.
    owners: Vec<u32>,
    count: usize,
    letters: Letters,
    /// For each word, those written alike, found when they are first asked for.
    alike: Vec<OnceLock<Vec<(u32, f32)>>>,
}

/// Words by their triples of letters.
struct Letters {
    /// How many words there are.
    count: usize,
    triples: HashMap<u64, Vec<(u32, f32)>>,
    idf: HashMap<u64, f32>,
}

impl Index {
    /// An index of `labels`, each with the number of its owner, of which there are `count`.
    pub(super) fn new(labels: &[(u32, Vec<Word>)], count: usize) -> Self {
        let mut words: HashMap<String, u32> = HashMap::new();
        let mut spellings: Vec<&str> = Vec::new();
        let mut frequency: Vec<f32> = Vec::new();
        let mut numbered: Vec<Vec<(u32, f32)>> = Vec::with_capacity(labels.len());
        for (_, label) in labels {
            let mut own: Vec<(u32, f32)> = Vec::with_capacity(label.len());
            for word in label {
                let number = *words.entry(word.stem.clone()).or_insert_with(|| {
                    spellings.push(&word.stem);
                    frequency.push(0.0);
                    spellings.len() as u32 - 1
                });
                match own.iter_mut().find(|(known, _)| *known == number) {
                    Some((_, weight)) => *weight = weight.max(word.weight),
                    None => {
                        frequency[number as usize] += 1.0;
                        own.push((number, word.weight));
                    }
                }
            }
            numbered.push(own);
        }
        let all = labels.len() as f32;
        let idf: Vec<f32> = frequency.iter().map(|frequency| ((1.0 + all) / (1.0 + frequency)).ln() + 1.0).collect();
        let mut by_word: Vec<Vec<(u32, f32)>> = vec![Vec::new(); idf.len()];
        for (label, own) in numbered.iter().enumerate() {
            let length = own.iter().map(|(word, weight)| (weight * idf[*word as usize]).powi(2)).sum::<f32>().sqrt();
            for (word, weight) in own {
                by_word[*word as usize].push((label as u32, weight * idf[*word as usize] / length));
            }
        }
        let letters = Letters::new(&spellings);
        let alike = idf.iter().map(|_| OnceLock::new()).collect();
        Self {
            words,
            idf,
            labels: by_word,
            owners: labels.iter().map(|(owner, _)| *owner).collect(),
            count,
            letters,
            alike,
        }
    }

    /// For each owner, how alike its labels and `title` are: 0 where they share nothing, up to the sum of [`NEAREST`] and [`EXACTLY`].
    pub(super) fn likeness(&self, title: &[Word]) -> Vec<f32> {
        let mut of_label = vec![0.0_f32; self.owners.len()];
        let mut touched: Vec<u32> = Vec::new();
        for (word, weight) in self.weighted(title) {
            for (label, of_word) in &self.labels[word as usize] {
                let likeness = &mut of_label[*label as usize];
                if *likeness == 0.0 {
                    touched.push(*label);
                }
                *likeness += weight * of_word;
            }
        }
        let mut best = vec![[0.0_f32; 3]; self.count];
        for label in touched {
            let best = &mut best[self.owners[label as usize] as usize];
            let likeness = of_label[label as usize];
            if let Some(at) = best.iter().position(|other| likeness > *other) {
                best[at..].rotate_right(1);
                best[at] = likeness;
            }
        }
        let joined = |best: &[f32; 3]| best.iter().zip(NEAREST).map(|(likeness, share)| likeness * share).sum::<f32>();
        best.iter().map(|best| joined(best) + if best[0] >= EXACT { EXACTLY } else { 0.0 }).collect()
    }

    /// The words of the index that `title` has, or that are written alike, with their weights; those that it has are of length 1.
    fn weighted(&self, title: &[Word]) -> Vec<(u32, f32)> {
        let mut weights: Vec<(u32, f32)> = Vec::new();
        let mut alike: Vec<(u32, f32)> = Vec::new();
        let mut length = 0.0;
        for Word { stem, weight } in title {
            let known = self.words.get(stem.as_str()).copied();
            let unknown;
            let near = match known {
                Some(word) => self.alike[word as usize].get_or_init(|| self.letters.alike(stem)),
                None => {
                    unknown = self.letters.alike(stem);
                    &unknown
                }
            };
            let rarity =
                known.or_else(|| near.first().map(|(word, _)| *word)).map_or(0.0, |word| self.idf[word as usize]);
            if let Some(word) = known {
                match weights.iter_mut().find(|(other, _)| *other == word) {
                    Some((_, other)) => *other = other.max(weight * rarity),
                    None => weights.push((word, weight * rarity)),
                }
            } else {
                length += (weight * rarity * 0.5).powi(2);
            }
            let others = near.iter().filter(|(word, _)| Some(*word) != known);
            alike.extend(others.map(|(word, likeness)| (*word, weight * rarity * likeness * STAND_IN)));
        }
        length += weights.iter().map(|(_, weight)| weight * weight).sum::<f32>();
        let length = length.sqrt();
        // Of a title's own word and of what stands in for another the greater counts.
        for (word, weight) in alike {
            match weights.iter_mut().find(|(other, _)| *other == word) {
                Some((_, other)) => *other = other.max(weight),
                None => weights.push((word, weight)),
            }
        }
        weights.iter_mut().for_each(|(_, weight)| *weight /= length.max(f32::MIN_POSITIVE));
        weights
    }
}

impl Letters {
    fn new(words: &[&str]) -> Self {
        let mut idf: HashMap<u64, f32> = HashMap::new();
        for word in words {
            for triple in triples(word) {
                *idf.entry(triple).or_default() += 1.0;
            }
        }
        let all = words.len() as f32;
        idf.values_mut().for_each(|frequency| *frequency = ((1.0 + all) / (1.0 + *frequency)).ln() + 1.0);
        let mut by_triple: HashMap<u64, Vec<(u32, f32)>> = HashMap::new();
        for (number, word) in words.iter().enumerate() {
            let own = triples(word);
            let length = own.iter().map(|triple| idf[triple] * idf[triple]).sum::<f32>().sqrt();
            for triple in own {
                by_triple.entry(triple).or_default().push((number as u32, idf[&triple] / length));
            }
        }
        Self { count: words.len(), triples: by_triple, idf }
    }

    /// The words that are written like `word`, the likest first, with their likeness from 0 to 1.
    fn alike(&self, word: &str) -> Vec<(u32, f32)> {
        if word.chars().count() < SHORTEST {
            return Vec::new();
        }
        let own = triples(word);
        let rarity = |triple: &u64| self.idf.get(triple).copied().unwrap_or(1.0);
        let length = own.iter().map(|triple| rarity(triple).powi(2)).sum::<f32>().sqrt();
        let mut likeness = vec![0.0_f32; self.count];
        let mut alike: Vec<(u32, f32)> = Vec::new();
        for triple in &own {
            let share = rarity(triple) / length;
            for (other, weight) in self.triples.get(triple).map(Vec::as_slice).unwrap_or_default() {
                let likeness = &mut likeness[*other as usize];
                let before = *likeness;
                *likeness += weight * share;
                if before < ALIKE && *likeness >= ALIKE {
                    alike.push((*other, 0.0));
                }
            }
        }
        alike.iter_mut().for_each(|(word, found)| *found = likeness[*word as usize]);
        alike.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        alike.truncate(MOST_ALIKE);
        alike
    }
}

/// The different triples of letters of a word, its ends marked by spaces, in order.
fn triples(word: &str) -> Vec<u64> {
    let letters: Vec<char> = std::iter::once(' ').chain(word.chars()).chain(std::iter::once(' ')).collect();
    let mut triples: Vec<u64> = letters
        .windows(3)
        .map(|triple| triple.iter().fold(0_u64, |key, letter| key << 21 | u64::from(u32::from(*letter))))
        .collect();
    triples.sort_unstable();
    triples.dedup();
    triples
}
