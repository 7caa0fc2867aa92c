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
/// The high bit of each of sixteen bytes: set in what is not ASCII.
const HIGH: u128 = u128::from_le_bytes([0x80; 16]);
/// The bit that tells a small ASCII letter from a capital one; digits have it, too.
const SMALL: u128 = u128::from_le_bytes([0x20; 16]);
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
    let mut words = Words { hashes: Vec::with_capacity(bytes.len() / 6 + 1), plain: vec![0; bytes.len() + 32] };
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

/// Ones in the lowest bytes, as many as the index says.
const LOWEST: [u128; 17] = {
    let mut masks = [u128::MAX; 17];
    let mut length = 0;
    while length < 16 {
        masks[length] = (1 << (8 * length)) - 1;
        length += 1;
    }
    masks
};

/// The hash of a word in lower case.
fn hash(word: &[u8]) -> u64 {
    let mut state = word.len() as u64;
    for part in word.chunks(16) {
        let mut padded = [0; 16];
        padded[..part.len()].copy_from_slice(part);
        state = step(state, u128::from_le_bytes(padded));
    }
    mix(state, SEED)
}

/// The state of a word's hash after its next sixteen bytes.
fn step(state: u64, bytes: u128) -> u64 {
    mix(state ^ bytes as u64, (bytes >> 64) as u64)
}

impl Words {
    /// Adds the run `from..until`, whose letters go to `end` of the plain text; says where that then ends.
    #[inline]
    fn run(&mut self, text: &str, from: usize, until: usize, end: usize) -> usize {
        let length = until - from;
        let here = text.as_bytes().get(from..).and_then(<[u8]>::first_chunk::<16>);
        let there = self.plain.get_mut(end..).and_then(<[u8]>::first_chunk_mut::<16>);
        if let (Some(here), Some(there), Some(mask)) = (here, there, LOWEST.get(length)) {
            let word = u128::from_le_bytes(*here) & mask;
            if word & HIGH == 0 {
                let lower = word | SMALL & mask;
                // What follows the word is zero until the next one is written over it.
                *there = lower.to_le_bytes();
                self.hashes.push(mix(step(length as u64, lower), SEED));
                return end + length + 1;
            }
        }
        self.long_way(&text[from..until], end)
    }

    /// A run of more than sixteen bytes, at the end of the text, or with letters beyond ASCII, where marks among them part words.
    #[cold]
    #[inline(never)]
    fn long_way(&mut self, run: &str, mut end: usize) -> usize {
        for word in run.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let mut place = end..end + word.len();
            if word.is_ascii() {
                self.plain[place.clone()].copy_from_slice(word.as_bytes());
                self.plain[place.clone()].make_ascii_lowercase();
            } else {
                // Both small sigmas are one letter, wherever they stand. A letter in lower case may be longer than it was; the
                // rest of the text then needs the room that it had.
                let lower: String =
                    word.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect();
                self.plain.resize(self.plain.len() + lower.len().saturating_sub(word.len()), 0);
                place.end = end + lower.len();
                self.plain[place.clone()].copy_from_slice(lower.as_bytes());
            }
            end = place.end + 1;
            self.plain[place.end] = 0;
            self.hashes.push(hash(&self.plain[place]));
        }
        end
    }
}
