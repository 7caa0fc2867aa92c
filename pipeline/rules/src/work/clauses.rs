//! A text as words with places, parted where sentences end, and phrases of several words found among them.

use std::collections::HashMap;

/// A text with its words.
#[derive(Debug)]
pub(super) struct Clauses<'a> {
    /// The text itself.
    pub text: &'a str,
    /// The same in lower case, byte for byte in the same places.
    lower: String,
    words: Vec<Word>,
}

/// One word: a run of letters and digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub start: usize,
    pub end: usize,
    /// Whether a sentence, a line or a half-sentence after `;` begins with it.
    pub first: bool,
}

impl<'a> Clauses<'a> {
    /// The words of `text`.
    pub fn new(text: &'a str) -> Self {
        let lower = lower(text);
        let (mut words, mut at, mut first) = (Vec::with_capacity(text.len() / 6), None, true);
        for (here, character) in lower.char_indices().chain([(lower.len(), ' ')]) {
            if character.is_alphanumeric() {
                at.get_or_insert(here);
                continue;
            }
            if let Some(start) = at.take() {
                words.push(Word { start, end: here, first });
                first = false;
            }
            // A point behind a single letter shortens a word: "U.S. citizen", "B. S. degree".
            let letter = words
                .last()
                .is_some_and(|word: &Word| word.end == here && lower[word.start..here].chars().count() == 1);
            first |= ends(character, &lower[here..]) && !(character == '.' && letter);
        }
        Self { text, lower, words }
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The word numbered `at`.
    pub fn at(&self, at: usize) -> Option<Word> {
        self.words.get(at).copied()
    }

    /// The word numbered `at` in lower case; empty behind the end.
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &self.lower[word.start..word.end])
    }

    /// What stands between the word before `at` and the one at `at`.
    pub fn gap(&self, at: usize) -> &str {
        let Some(word) = self.words.get(at) else { return "" };
        let before = at.checked_sub(1).map_or(0, |before| self.words[before].end);
        &self.lower[before..word.start]
    }

    /// What stands behind the word numbered `at`, up to the next.
    pub fn behind(&self, at: usize) -> &str {
        let Some(word) = self.words.get(at) else { return "" };
        &self.lower[word.end..self.words.get(at + 1).map_or(self.lower.len(), |next| next.start)]
    }

    /// The words of the sentence in which the word numbered `at` stands, at most `most` on each side.
    pub fn sentence(&self, at: usize, most: usize) -> std::ops::Range<usize> {
        let mut start = at;
        while start > 0 && at - start < most && !self.words[start].first {
            start -= 1;
        }
        let mut end = at + 1;
        while end < self.words.len() && end - at <= most && !self.words[end].first {
            end += 1;
        }
        start..end.min(self.words.len())
    }

    /// The bytes that the words of `range` cover.
    pub fn span(&self, range: std::ops::Range<usize>) -> (usize, usize) {
        let start = self.words.get(range.start).map_or(0, |word| word.start);
        let end = range.end.checked_sub(1).and_then(|last| self.words.get(last)).map_or(start, |word| word.end);
        (start, end.max(start))
    }

    /// Whether one of the words of `range` is one of `any`.
    pub fn has(&self, range: std::ops::Range<usize>, any: &[&str]) -> bool {
        range.into_iter().any(|at| any.contains(&self.word(at)))
    }

    /// The line that holds the byte `at`, in lower case.
    pub fn line(&self, at: usize) -> (usize, &str) {
        let start = self.lower[..at].rfind('\n').map_or(0, |found| found + 1);
        let end = self.lower[at..].find('\n').map_or(self.lower.len(), |found| at + found);
        // A line of a text without breaks may be the whole text.
        let low = start.max(at.saturating_sub(600));
        let low = (low..=at).find(|byte| self.lower.is_char_boundary(*byte)).unwrap_or(at);
        (low, crate::html::prefix(&self.lower[low..end], 1_200))
    }
}

/// `text` in lower case where that takes no other number of bytes.
fn lower(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let mut small = character.to_lowercase();
        match (small.next(), small.next()) {
            (Some(one), None) if one.len_utf8() == character.len_utf8() => out.push(one),
            _ => out.push(character),
        }
    }
    out
}

/// Whether a sentence ends with `character`, which `rest` begins with.
fn ends(character: char, rest: &str) -> bool {
    match character {
        '\n' | ';' | '!' | '?' | '|' | '•' | '。' | '！' | '？' => true,
        // A point in "b.s.", "u.s." and "3.5" ends nothing.
        '.' => rest[1..].chars().next().is_none_or(char::is_whitespace),
        _ => false,
    }
}

/// Phrases, each with what it means, found by their first word; of those that begin at a word the longest counts.
#[derive(Debug)]
pub(super) struct Phrases<T>(HashMap<&'static str, Vec<(Vec<&'static str>, T)>>);

impl<T: Copy> Phrases<T> {
    /// The phrases of `table`, whose words are parted by single spaces.
    pub fn new(table: &[(T, &'static [&'static str])]) -> Self {
        let mut out: HashMap<&str, Vec<(Vec<&str>, T)>> = HashMap::new();
        for (value, phrases) in table {
            for phrase in *phrases {
                let words: Vec<&'static str> = phrase.split(' ').collect();
                out.entry(words[0]).or_default().push((words, *value));
            }
        }
        for phrases in out.values_mut() {
            phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        Self(out)
    }

    /// The phrase that begins at the word numbered `at`, and how many words it has.
    pub fn at(&self, clauses: &Clauses<'_>, at: usize) -> Option<(T, usize)> {
        let phrases = self.0.get(clauses.word(at))?;
        let fits = |words: &[&str]| {
            words.iter().enumerate().all(|(nth, word)| {
                clauses.word(at + nth) == *word && (nth == 0 || clauses.at(at + nth).is_some_and(|found| !found.first))
            })
        };
        phrases.iter().find(|(words, _)| fits(words)).map(|(words, value)| (*value, words.len()))
    }

    /// Every phrase of the text in order, with the words that it covers; none overlaps the one before.
    pub fn find<'b>(&'b self, clauses: &'b Clauses<'_>) -> impl Iterator<Item = (T, std::ops::Range<usize>)> + 'b {
        let mut next = 0;
        (0..clauses.len()).filter_map(move |at| {
            if at < next {
                return None;
            }
            let (value, length) = self.at(clauses, at)?;
            next = at + length;
            Some((value, at..next))
        })
    }
}
