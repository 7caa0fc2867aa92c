//! How like two texts are: the hash, the sketch and the set of their words, read from the text in one pass.
//!
//! Words are runs of letters and digits in lower case. Almost all text is ASCII, where 64 bytes are classified and up to
//! sixteen lowered and hashed at once; other words go the long way. Nothing is allocated per word.

mod compare;
mod scan;

pub use compare::{Overlap, Terms, candidates, overlap};
use pipeline_core::hash::content_hash;

use scan::{mix, scan};

/// Texts of fewer words have no sketch.
const SHORTEST: usize = 20;
/// Numbers in a sketch.
const SKETCH: usize = 64;
/// Bytes of a sketch.
pub const SKETCH_BYTES: usize = SKETCH * 4;
/// Most words in a set of words.
const WORD_SET: usize = 1_024;
/// Places of the filter that drops most repeated words before they are sorted.
const FILTER: usize = 2_048;

/// What a text is compared by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likeness {
    /// Hash of the words alone, so that layout, case and punctuation do not matter: 32 hexadecimal digits.
    pub words_hash: String,
    /// MinHash signature of the shingles of three words, as 64 little-endian 32-bit words; empty for texts of fewer than 20 words.
    ///
    /// The share of equal words of two signatures estimates the Jaccard likeness of their texts. It is made by one permutation with
    /// optimal densification (Shrivastava, ICML 2017).
    pub sketch: Vec<u8>,
    /// The distinct words as ascending 32-bit hashes, little-endian; of more than 1,024 the least.
    ///
    /// The likeness of two such sets is exact up to that size, and beyond it the estimate by k minimum values (Bar-Yossef et al., 2002).
    pub word_set: Vec<u8>,
}

/// The likeness of `text`, which is clean: without markup.
pub fn of(text: &str) -> Likeness {
    let words = scan(text);
    let mut words_hash = content_hash(&words.plain);
    words_hash.truncate(32);
    Likeness { words_hash, sketch: sketch(&words.hashes), word_set: word_set(&words.hashes) }
}

/// One permutation of the shingles into 64 bins, the least of each; an empty bin borrows from another.
fn sketch(words: &[u64]) -> Vec<u8> {
    if words.len() < SHORTEST {
        return Vec::new();
    }
    let mut bins = [u32::MAX; SKETCH];
    for three in words.windows(3) {
        let shingle = mix(mix(three[0], three[1].rotate_left(21)), three[2].rotate_left(42));
        // The high bits choose the bin, the low ones compete in it; the greatest number stands for an empty bin.
        let (bin, value) = ((shingle >> 58) as usize, (shingle as u32).min(u32::MAX - 1));
        bins[bin] = bins[bin].min(value);
    }
    little_endian(&densified(&bins))
}

/// Fills every empty bin from a full one, chosen by a hash of the bin and the attempt, so that all texts choose alike.
fn densified(bins: &[u32; SKETCH]) -> [u32; SKETCH] {
    let mut filled = *bins;
    for (at, bin) in filled.iter_mut().enumerate().filter(|(_, bin)| **bin == u32::MAX) {
        let attempts = (1..4_096_u64).map(|attempt| (mix(at as u64 + 1, attempt) >> 58) as usize);
        let donor = attempts.chain(0..SKETCH).find(|donor| bins[*donor] != u32::MAX);
        *bin = donor.map_or(u32::MAX, |donor| bins[donor]);
    }
    filled
}

fn word_set(words: &[u64]) -> Vec<u8> {
    // No place holds what belongs there, so that every first word counts.
    let mut filter = [0_u32; FILTER];
    filter[0] = 1;
    let (mut hashes, mut count) = (vec![0_u32; words.len()], 0);
    for word in words {
        let hash = short(*word);
        let seen = &mut filter[hash as usize % FILTER];
        // Written either way: whether a word was there before cannot be foreseen.
        hashes[count] = hash;
        count += usize::from(*seen != hash);
        *seen = hash;
    }
    hashes.truncate(count);
    let mut hashes = sorted(hashes);
    hashes.dedup();
    hashes.truncate(WORD_SET);
    little_endian(&hashes)
}

/// Most numbers with the same highest byte that are sorted by insertion.
const CROWDED: usize = 32;

/// `numbers` ascending. Hashes spread evenly, so that by their highest byte they stand almost in order; where they do not, as in a
/// text made for that, they are sorted as any numbers.
fn sorted(mut numbers: Vec<u32>) -> Vec<u32> {
    let mut ends = [0_usize; 256];
    for number in &numbers {
        ends[(number >> 24) as usize] += 1;
    }
    if numbers.len() > 2 * FILTER || ends.iter().any(|count| *count > CROWDED) {
        numbers.sort_unstable();
        return numbers;
    }
    let mut begin = 0;
    for end in &mut ends {
        begin += std::mem::replace(end, begin);
    }
    let mut placed = vec![0; numbers.len()];
    for number in numbers {
        let at = &mut ends[(number >> 24) as usize];
        placed[*at] = number;
        *at += 1;
    }
    for at in 1..placed.len() {
        let (number, mut to) = (placed[at], at);
        while to > 0 && placed[to - 1] > number {
            placed[to] = placed[to - 1];
            to -= 1;
        }
        placed[to] = number;
    }
    placed
}

fn little_endian(numbers: &[u32]) -> Vec<u8> {
    let mut bytes = vec![0; numbers.len() * 4];
    for (four, number) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(numbers) {
        *four = number.to_le_bytes();
    }
    bytes
}

/// A word's hash as it stands in sets.
fn short(word: u64) -> u32 {
    (word >> 32) as u32
}

/// The hashes of the words of `text` as they stand in sets, in the order of the text.
pub fn word_hashes(text: &str) -> Vec<u32> {
    scan(text).hashes.into_iter().map(short).collect()
}

#[cfg(test)]
mod tests;
