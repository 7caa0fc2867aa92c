//! Names of skills that are known beforehand, by the stems of their words.

use std::collections::HashMap;

use super::features::{bare, hash, mix, stem};

/// Longest known name, in words.
const LONGEST: usize = 5;

/// Known names of skills.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Hash of the stems of a name → lists that have it, as bits.
    names: HashMap<u64, u8>,
}

impl Known {
    /// Names of the dictionary (list 0) and of ESCO's skills (list 1).
    pub fn bundled() -> Self {
        let mut known = Self::default();
        known.add(crate::skills::Dictionary::new().written(), 0);
        known.add(crate::esco::ESCO_SKILLS.labels(), 1);
        known
    }

    /// The names of several lists; the list's number is a bit of what is told of its names.
    pub fn add<'a>(&mut self, names: impl IntoIterator<Item = &'a str>, list: u8) {
        for name in names {
            let lower = name.to_lowercase();
            let stems: Vec<u64> = lower.split_whitespace().map(|word| hash(stem(bare(word)).as_bytes())).collect();
            if !stems.is_empty() && stems.len() <= LONGEST {
                *self.names.entry(stems.into_iter().fold(0, mix)).or_default() |= 1 << list;
            }
        }
    }

    /// Calls `tell` with each word of the longest known names and four bits for each list: first, inside, last, alone.
    pub fn mark(&self, stems: &[u64], mut tell: impl FnMut(usize, u64)) {
        let mut free = 0;
        for start in 0..stems.len() {
            let mut longest = None;
            let mut key = 0;
            for (length, stem) in stems[start..].iter().take(LONGEST).enumerate() {
                key = mix(key, *stem);
                if let Some(lists) = self.names.get(&key) {
                    longest = Some((start + length, *lists));
                }
            }
            let Some((last, lists)) = longest else { continue };
            if last < free {
                continue;
            }
            free = last + 1;
            for at in start..=last {
                let place = match (at == start, at == last) {
                    (true, true) => 8,
                    (true, false) => 1,
                    (false, true) => 4,
                    (false, false) => 2,
                };
                for list in (0..8).filter(|list| lists & 1 << list != 0) {
                    tell(at, place << (4 * list));
                }
            }
        }
    }
}
