//! Comparing what texts are compared by: sets of words exactly, sketches to find candidates.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::{SKETCH_BYTES, WORD_SET, word_hashes};

/// Numbers of a sketch in a band: 16 bands of 4 miss a pair of likeness 0.8 less than once in a thousand.
const BAND: usize = 4;

/// How two sets of words overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overlap {
    /// Words in both by words in either (Jaccard), 0 to 1.
    pub jaccard: f64,
    /// Words in both by words in the smaller set, 0 to 1.
    pub containment: f64,
    /// Words in the smaller set.
    pub smaller: usize,
}

/// How two word sets of [`super::Likeness`] overlap; nothing overlaps with an empty set.
pub fn overlap(left: &[u8], right: &[u8]) -> Overlap {
    let (whole_left, whole_right) = (left.as_chunks::<4>().0, right.as_chunks::<4>().0);
    let number = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes);
    // A cut set knows nothing of words beyond its last; both are looked at up to there.
    let cut = |set: &[[u8; 4]]| set.last().filter(|_| set.len() >= WORD_SET).map_or(u32::MAX, number);
    let end = cut(whole_left).min(cut(whole_right));
    let left = &whole_left[..whole_left.partition_point(|hash| number(hash) <= end)];
    let right = &whole_right[..whole_right.partition_point(|hash| number(hash) <= end)];
    let (mut at, mut other, mut both) = (0, 0, 0_usize);
    while at < left.len() && other < right.len() {
        let (a, b) = (number(&left[at]), number(&right[other]));
        both += usize::from(a == b);
        at += usize::from(a <= b);
        other += usize::from(b <= a);
    }
    let smaller = left.len().min(right.len());
    if smaller == 0 {
        return Overlap::default();
    }
    let either = left.len() + right.len() - both;
    let share = |whole: usize| both as f64 / whole as f64;
    Overlap { jaccard: share(either), containment: share(smaller), smaller: whole_left.len().min(whole_right.len()) }
}

/// Pairs of `sketches` that share a band of four numbers, each pair once, ascending; texts without a sketch have none.
///
/// In a band that many share, each meets the first `most` and its neighbour, so that the cost stays linear.
pub fn candidates(sketches: &[&[u8]], most: usize) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut band: Vec<(u64, u32)> = Vec::with_capacity(sketches.len());
    for number in 0..SKETCH_BYTES / (BAND * 4) {
        band.clear();
        for (index, sketch) in sketches.iter().enumerate().filter(|(_, sketch)| sketch.len() == SKETCH_BYTES) {
            let four = &sketch[number * BAND * 4..][..BAND * 4];
            let (halves, _) = four.as_chunks::<8>();
            band.push((super::mix(u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1])), index as u32));
        }
        band.sort_unstable();
        for bucket in band.chunk_by(|left, right| left.0 == right.0).filter(|bucket| bucket.len() > 1) {
            for (at, &(_, right)) in bucket.iter().enumerate() {
                let firsts = bucket[..at.min(most)].iter();
                let before = at.checked_sub(1).filter(|before| *before >= most).map(|before| &bucket[before]);
                pairs.extend(firsts.chain(before).map(|&(_, left)| (left, right)));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs.into_iter().map(|(left, right)| (left as usize, right as usize)).collect()
}

/// Languages that a job may ask for.
const LANGUAGES: &str = "arabic bulgarian cantonese chinese croatian czech danish dutch estonian finnish french german greek hebrew \
    hindi hungarian indonesian italian japanese korean latvian lithuanian mandarin norwegian polish portuguese romanian russian \
    serbian slovak slovenian spanish swedish thai turkish ukrainian vietnamese";

/// Words of shifts and of days of the week.
const SHIFTS: &str = "nights overnight evening evenings weekend weekends morning mornings monday mondays tuesday tuesdays wednesday \
    wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays";

static LANGUAGE_HASHES: LazyLock<BTreeSet<u32>> = LazyLock::new(|| word_hashes(LANGUAGES).into_iter().collect());

static SHIFT_HASHES: LazyLock<BTreeSet<u32>> = LazyLock::new(|| word_hashes(SHIFTS).into_iter().collect());

/// Numbers from 10 to 999, as they stand in pay and experience.
static NUMBER_HASHES: LazyLock<BTreeSet<u32>> =
    LazyLock::new(|| (10..1_000_u32).flat_map(|number| word_hashes(&number.to_string())).collect());

/// How the terms of two jobs differ, as far as single words tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Each names a language that the other does not.
    pub other_languages: bool,
    /// One names a language that the other does not.
    pub more_languages: bool,
    /// Each names days or shifts that the other does not.
    pub other_shifts: bool,
    /// Each names numbers that the other does not.
    pub other_numbers: bool,
}

impl Terms {
    /// Between two word sets of [`super::Likeness`].
    pub fn between(left: &[u8], right: &[u8]) -> Self {
        let (mut lefts, mut rights) = ([0_usize; 3], [0_usize; 3]);
        let tables: [&BTreeSet<u32>; 3] = [&LANGUAGE_HASHES, &SHIFT_HASHES, &NUMBER_HASHES];
        let count = |hash: u32, side: &mut [usize; 3]| {
            side.iter_mut().zip(tables).for_each(|(count, table)| *count += usize::from(table.contains(&hash)));
        };
        let (left, right) = (left.as_chunks::<4>().0, right.as_chunks::<4>().0);
        let number = |set: &[[u8; 4]], at: usize| set.get(at).map(|bytes| u32::from_le_bytes(*bytes));
        let (mut at, mut other) = (0, 0);
        loop {
            match (number(left, at), number(right, other)) {
                (None, None) => break,
                (Some(a), Some(b)) if a == b => (at, other) = (at + 1, other + 1),
                (Some(a), b) if b.is_none_or(|b| a < b) => {
                    count(a, &mut lefts);
                    at += 1;
                }
                (_, Some(b)) => {
                    count(b, &mut rights);
                    other += 1;
                }
                (Some(_), None) => break,
            }
        }
        let both = |kind: usize| lefts[kind] > 0 && rights[kind] > 0;
        Self {
            other_languages: both(0),
            more_languages: lefts[0] + rights[0] > 0,
            other_shifts: both(1),
            other_numbers: both(2),
        }
    }
}
