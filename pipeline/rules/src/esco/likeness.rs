//! Words that are written alike: "collaboration" and "collaborate", "phosphoproteomics" and "proteomics".

use std::collections::HashMap;

/// Most words that one is taken for.
const MOST: usize = 4;

/// The words of the catalogue by their runs of three letters.
#[derive(Default)]
pub struct Written {
    grams: HashMap<[u8; 3], Vec<u32>>,
    lengths: Vec<u16>,
}

impl Written {
    /// The index of words, told apart by their place.
    pub fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut index = Self::default();
        for (at, word) in words.enumerate() {
            let grams = grams(word);
            index.lengths.push(grams.len() as u16);
            for gram in grams {
                index.grams.entry(gram).or_default().push(at as u32);
            }
        }
        index
    }

    /// The words likest to `word`, the likest first, by the Dice coefficient of their runs of three letters; itself is 1, and below a
    /// half they are strangers.
    pub fn like(&self, word: &str) -> Vec<(u32, f32)> {
        let own = grams(word);
        let mut shared = vec![0_u16; self.lengths.len()];
        for gram in &own {
            for other in self.grams.get(gram).into_iter().flatten() {
                shared[*other as usize] += 1;
            }
        }
        let length = own.len() as u16;
        let mut found: Vec<(u32, f32)> = Vec::new();
        for (other, (count, other_length)) in shared.iter().zip(&self.lengths).enumerate() {
            // 2 count / (length + other length) is at least a half.
            if 4 * count >= length + other_length {
                found.push((other as u32, 2.0 * f32::from(*count) / f32::from(length + other_length)));
            }
        }
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(MOST);
        found
    }
}

/// Runs of three bytes of a word with a space on either side, each once.
fn grams(word: &str) -> Vec<[u8; 3]> {
    let mut bytes = Vec::with_capacity(word.len() + 3);
    bytes.push(b' ');
    bytes.extend(word.bytes().take(40));
    bytes.push(b' ');
    let mut grams: Vec<[u8; 3]> = bytes.windows(3).filter_map(|three| three.try_into().ok()).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}
