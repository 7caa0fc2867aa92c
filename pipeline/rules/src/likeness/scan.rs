//! One pass over the bytes of a text: where words begin and end, their letters in lower case, their hashes.

/// The words of a text.
pub(super) struct Words {
    /// A 64-bit hash of each word, in order.
    pub(super) hashes: Vec<u64>,
    /// The words in lower case, a zero byte after each.
    pub(super) plain: Vec<u8>,
}

/// Bytes that are classified together.
const BLOCK: usize = 64;
/// The high bit of each of eight bytes: set in what is not ASCII.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// The bit that tells a small ASCII letter from a capital one; digits have it, too.
const SMALL: u64 = 0x2020_2020_2020_2020;
/// Begins every word's hash.
const SEED: u64 = 0xa076_1d64_78bd_642f;

/// Folded multiplication, as in wyhash: both halves of the 128-bit product count.
pub(super) fn mix(left: u64, right: u64) -> u64 {
    let product = u128::from(left ^ SEED) * u128::from(right ^ 0xe703_7ed1_a0b4_28db);
    (product as u64) ^ ((product >> 64) as u64)
}

/// The words of `text`.
pub(super) fn scan(text: &str) -> Words {
    let bytes = text.as_bytes();
    let mut words = Words { hashes: Vec::with_capacity(bytes.len() / 6 + 1), plain: vec![0; bytes.len() + 16] };
    let mut end = 0;
    each_run(bytes, |from, until| end = words.run(text, from, until, end));
    words.plain.truncate(end);
    words
}

/// Calls `found` with the bounds of every run of ASCII letters, digits, and bytes that are not ASCII.
fn each_run(bytes: &[u8], mut found: impl FnMut(usize, usize)) {
    let (mut began, mut inside) = (0, 0_u64);
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    // Never full, so that the last run ends in it.
    let mut last = [0_u8; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    for (number, block) in blocks.iter().chain(std::iter::once(&last)).enumerate() {
        let of_word = word_bits(block);
        // A bit is set wherever a run begins or has just ended.
        let mut changes = of_word ^ (of_word << 1 | inside);
        while changes != 0 {
            let at = number * BLOCK + changes.trailing_zeros() as usize;
            changes &= changes - 1;
            if inside == 0 {
                began = at;
            } else {
                found(began, at);
            }
            inside ^= 1;
        }
    }
}

/// One bit per byte of `block`: whether it belongs to a word or is not ASCII.
fn word_bits(block: &[u8; BLOCK]) -> u64 {
    let mut flags = [0_u8; BLOCK];
    for (flag, byte) in flags.iter_mut().zip(block) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *flag = u8::from(letter) | u8::from(digit) | (byte >> 7);
    }
    let mut bits = 0;
    for (at, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // The product gathers the lowest bit of each byte in its highest byte, in order.
        bits |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (at * 8);
    }
    bits
}

/// Up to eight bytes of `bytes` from `at` as a little-endian number.
fn eight(bytes: &[u8], at: usize) -> u64 {
    if let Some(whole) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        return u64::from_le_bytes(*whole);
    }
    let mut padded = [0; 8];
    let rest = &bytes[at..];
    padded[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(padded)
}

impl Words {
    /// Adds the run `from..until`, whose letters go to `end` of the plain text; says where that then ends.
    fn run(&mut self, text: &str, from: usize, until: usize, end: usize) -> usize {
        let (mut hash, mut at) = ((until - from) as u64, from);
        while at < until {
            let here = eight(text.as_bytes(), at) & (u64::MAX >> (64 - 8 * (until - at).min(8)));
            if here & HIGH != 0 {
                return self.long_way(&text[from..until], end);
            }
            // What lies beyond the run stays zero.
            let lower = here | (SMALL & (u64::MAX >> (64 - 8 * (until - at).min(8))));
            let to = end + at - from;
            self.plain[to..to + 8].copy_from_slice(&lower.to_le_bytes());
            hash = mix(hash, lower);
            at += 8;
        }
        self.hashes.push(mix(hash, SEED));
        end + (until - from) + 1
    }

    /// A run with letters beyond ASCII: marks among them part words. A letter in lower case may be longer than it was.
    fn long_way(&mut self, run: &str, mut end: usize) -> usize {
        for word in run.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            // Both small sigmas are one letter, wherever they stand.
            let lower: String =
                word.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect();
            let mut hash = lower.len() as u64;
            for at in (0..lower.len()).step_by(8) {
                hash = mix(hash, eight(lower.as_bytes(), at));
            }
            self.hashes.push(mix(hash, SEED));
            // The rest of the text needs the room that it had.
            self.plain.resize(self.plain.len() + lower.len().saturating_sub(word.len()), 0);
            self.plain[end..end + lower.len()].copy_from_slice(lower.as_bytes());
            self.plain[end + lower.len()] = 0;
            end += lower.len() + 1;
        }
        end
    }
}
