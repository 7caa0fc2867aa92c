//! What is seen of a word and of the words around it, as hashed features.

use super::clusters::Clusters;
use super::words::Known;

/// Rows of the table of weights, a power of two: the features share them (hashing trick, Weinberger et al., 2009).
pub const ROWS: u32 = 1 << 18;

/// What is seen of one word alone.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Hash of the word in lower case, without the signs around it, every digit a zero.
    word: u64,
    /// Hash of its stem.
    stem: u64,
    /// Hashes of its first two to four and last two to four letters.
    ends: [u64; 6],
    /// Its capitals, digits and inner signs.
    shape: u64,
    /// Signs after it and before it.
    signs: u64,
    /// Whether a sign after it ends a sentence or a clause.
    stops: bool,
    /// Classes of words that stand in the same places, coarse and fine; 0 of unknown words.
    classes: [u64; 2],
    /// Whether it is one of the words that join others ("and", "of", "in").
    joins: bool,
    /// Bits: where it stands in a known name of a skill.
    known: u64,
}

/// Words that join others.
const JOINING: &[&str] = &[
    "a", "an", "and", "as", "at", "be", "both", "by", "for", "from", "in", "into", "is", "of", "on", "or", "our",
    "that", "the", "their", "this", "to", "us", "we", "well", "will", "with", "within", "you", "your", "&", "/", "-",
    "are", "have", "through", "using", "such",
];

/// What is seen of each word of a sentence.
pub fn look(words: &[&str], clusters: &Clusters, known: &Known) -> Vec<Seen> {
    let mut buffer = String::new();
    let mut seen: Vec<Seen> = words.iter().map(|word| alone(word, clusters, &mut buffer)).collect();
    let hashes: Vec<u64> = seen.iter().map(|seen| seen.stem).collect();
    known.mark(&hashes, |at, bits| seen[at].known |= bits);
    seen
}

/// Hash of a word in lower case, without the signs around it, every digit a zero.
pub fn word_hash(written: &str) -> u64 {
    let mut lower = String::new();
    lowered(bare(written), &mut lower);
    hash(lower.as_bytes())
}

fn lowered(bare: &str, lower: &mut String) {
    lower.clear();
    lower.extend(bare.chars().flat_map(char::to_lowercase).map(|c| if c.is_ascii_digit() { '0' } else { c }));
}

fn alone(written: &str, clusters: &Clusters, lower: &mut String) -> Seen {
    let bare = bare(written);
    lowered(bare, lower);
    let word = hash(lower.as_bytes());
    let after = &written[bare.as_ptr() as usize - written.as_ptr() as usize + bare.len()..];
    let before = &written[..written.len() - after.len() - bare.len()];
    Seen {
        word,
        stem: hash(stem(lower).as_bytes()),
        ends: ends(lower),
        shape: shape(bare),
        signs: mix(
            u64::from(after.bytes().next().unwrap_or_default()),
            u64::from(before.bytes().next().unwrap_or_default()),
        ),
        stops: after.starts_with(['.', ';', ':', '!', '?'])
            || bare.is_empty() && written.starts_with(['.', ';', ':', '!', '?']),
        classes: clusters.of(word),
        joins: JOINING.binary_search(&lower.as_str()).is_ok() || JOINING.contains(&lower.as_str()),
        known: 0,
    }
}

/// The word without the signs around it; itself when there is nothing else.
pub(super) fn bare(written: &str) -> &str {
    let inner = |c: char| c.is_alphanumeric() || c == '<' || c == '>';
    let start = written.char_indices().find(|(_, c)| inner(*c) || *c == '.' || *c == '&' && written.len() == 1);
    let Some((start, _)) = start else { return &written[..0] };
    let rest = &written[start..];
    let end =
        rest.char_indices().rev().find(|(_, c)| inner(*c) || *c == '+' || *c == '#').map(|(at, c)| at + c.len_utf8());
    &rest[..end.unwrap_or(0)]
}

/// The word without the commonest endings of English.
pub fn stem(word: &str) -> &str {
    const ENDINGS: &[&str] = &["ings", "ing", "ies", "es", "ed", "s", "e", "y"];
    for ending in ENDINGS {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.chars().count() >= 3
            && !(*ending == "s" && stem.ends_with(['s', 'u', 'i']))
        {
            return stem;
        }
    }
    word
}

fn ends(word: &str) -> [u64; 6] {
    let mut out = [0; 6];
    for (slot, length) in (2..=4).enumerate() {
        let first = word.char_indices().nth(length).map_or(word.len(), |(at, _)| at);
        out[slot] = hash(&word.as_bytes()[..first]);
        let last = word.char_indices().rev().nth(length - 1).map_or(0, |(at, _)| at);
        out[slot + 3] = hash(&word.as_bytes()[last..]);
    }
    out
}

fn shape(word: &str) -> u64 {
    let mut bits = 0;
    for (at, c) in word.chars().enumerate() {
        bits |= match c {
            c if c.is_uppercase() && at == 0 => 1,
            c if c.is_uppercase() => 2,
            c if c.is_lowercase() => 4,
            c if c.is_numeric() => 8,
            '-' => 16,
            '/' => 32,
            '+' | '#' | '.' => 64,
            '<' => 128,
            _ => 256,
        };
    }
    bits | (word.len().min(4) as u64) << 9
}

/// FNV-1a (Fowler, Noll and Vo), 64 bits.
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Two hashes as one.
pub fn mix(a: u64, b: u64) -> u64 {
    let joined = (a.rotate_left(25) ^ b).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    joined ^ joined >> 29
}

const OUTSIDE: u64 = 0x5bd1_e995;

/// The rows of the features of word `at`, appended to `rows`.
pub fn features(sentence: &[Seen], at: usize, rows: &mut Vec<u32>) {
    let get = |offset: isize| at.checked_add_signed(offset).and_then(|at| sentence.get(at));
    let word = |offset: isize| get(offset).map_or(OUTSIDE, |seen| seen.word);
    let class = |offset: isize, which: usize| get(offset).map_or(OUTSIDE, |seen| seen.classes[which]);
    let here = &sentence[at];
    let mut template = 0_u64;
    let mut add = |value: u64| {
        template += 1;
        rows.push((mix(value, template.wrapping_mul(0x2545_f491_4f6c_dd1d)) >> 20) as u32 & (ROWS - 1));
    };
    add(1);
    for offset in -2..=2 {
        add(word(offset));
    }
    add(here.stem);
    add(get(-1).map_or(OUTSIDE, |seen| seen.stem));
    add(get(1).map_or(OUTSIDE, |seen| seen.stem));
    add(mix(word(-1), word(0)));
    add(mix(word(0), word(1)));
    add(mix(word(-2), word(-1)));
    add(mix(word(1), word(2)));
    add(mix(mix(word(-1), word(0)), word(1)));
    here.ends.iter().for_each(|end| add(*end));
    for offset in [-1, 1] {
        add(get(offset).map_or(OUTSIDE, |seen| seen.ends[4]));
        add(get(offset).map_or(OUTSIDE, |seen| mix(seen.shape, 7)));
    }
    add(here.shape);
    add(mix(here.signs, get(1).map_or(OUTSIDE, |seen| u64::from(seen.stops))));
    add(get(-1).map_or(OUTSIDE, |seen| mix(seen.signs, 3)));
    add(get(1).map_or(OUTSIDE, |seen| mix(seen.signs, 4)));
    for which in 0..2 {
        for offset in -2..=2 {
            add(class(offset, which));
        }
        add(mix(class(-1, which), class(0, which)));
        add(mix(class(0, which), class(1, which)));
    }
    add(mix(mix(class(-1, 0), class(0, 0)), class(1, 0)));
    add(mix(class(-2, 0), mix(class(-1, 0), class(0, 0))));
    add(mix(class(0, 0), mix(class(1, 0), class(2, 0))));
    add(mix(word(-1), class(0, 0)));
    add(mix(word(1), class(0, 0)));
    // The nearest words to the left and to the right that carry a meaning, and what joins them.
    let left = (1..=4).filter_map(|back| at.checked_sub(back).map(|at| &sentence[at])).find(|seen| !seen.joins);
    let right = (1..=4).filter_map(|on| sentence.get(at + on)).find(|seen| !seen.joins);
    add(left.map_or(OUTSIDE, |seen| mix(seen.word, 5)));
    add(right.map_or(OUTSIDE, |seen| mix(seen.word, 6)));
    add(mix(left.map_or(OUTSIDE, |seen| seen.classes[0]), class(0, 0)));
    add(mix(right.map_or(OUTSIDE, |seen| seen.classes[0]), class(0, 0)));
    add(here.known);
    add(mix(get(-1).map_or(OUTSIDE, |seen| seen.known), here.known));
    add(mix(here.known, get(1).map_or(OUTSIDE, |seen| seen.known)));
    add(mix(here.known, here.shape));
    // Where in the sentence, and what kind of sentence.
    let length = sentence.len().min(12) as u64;
    add(mix(at.min(3) as u64, mix(length.min(4), (sentence.len() - at).min(3) as u64)));
    let first = &sentence[0];
    add(mix(first.word, 8));
    add(mix(first.shape, mix(length, here.shape)));
    add(mix(first.classes[0], class(0, 0)));
    add(sentence[sentence.len() - 1].signs);
}
