//! Classes of words that stand in the same places of postings, learnt without labels.

/// For each known word its coarse and its fine class.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    /// Upper halves of the words' hashes, sorted.
    words: Vec<u32>,
    classes: Vec<(u8, u16)>,
}

impl Clusters {
    /// The classes of words by hash; of several words of one hash the first counts.
    pub fn new(mut entries: Vec<(u64, u8, u16)>) -> Self {
        entries.sort_by_key(|entry| entry.0 >> 32);
        entries.dedup_by_key(|entry| entry.0 >> 32);
        Self {
            words: entries.iter().map(|entry| (entry.0 >> 32) as u32).collect(),
            classes: entries.iter().map(|entry| (entry.1, entry.2)).collect(),
        }
    }

    /// Coarse and fine class of the word of this hash; zeros when it is unknown.
    pub fn of(&self, word: u64) -> [u64; 2] {
        let found = self.words.binary_search(&((word >> 32) as u32));
        found.map_or([0, 0], |at| [1 + u64::from(self.classes[at].0), 1 + u64::from(self.classes[at].1)])
    }

    /// As bytes: the count, the words, the coarse and the fine classes.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend((self.words.len() as u32).to_le_bytes());
        self.words.iter().for_each(|word| out.extend(word.to_le_bytes()));
        self.classes.iter().for_each(|class| out.push(class.0));
        self.classes.iter().for_each(|class| out.extend(class.1.to_le_bytes()));
    }

    /// What [`Clusters::write`] wrote, and the bytes after it.
    pub fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (count, rest) = bytes.split_first_chunk()?;
        let count = u32::from_le_bytes(*count) as usize;
        let (words, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
        let (coarse, rest) = rest.split_at_checked(count)?;
        let (fine, rest) = rest.split_at_checked(count * 2)?;
        let words = words.chunks_exact(4).filter_map(|four| Some(u32::from_le_bytes(four.try_into().ok()?))).collect();
        let fine = fine.chunks_exact(2).filter_map(|two| Some(u16::from_le_bytes(two.try_into().ok()?)));
        Some((Self { words, classes: coarse.iter().copied().zip(fine).collect() }, rest))
    }
}
