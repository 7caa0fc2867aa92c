//! How text becomes words, in the index and in questions alike.

use tantivy::tokenizer::{AsciiFoldingFilter, LowerCaser, RawTokenizer, TextAnalyzer, Token, TokenStream, Tokenizer};

/// Name of the analyzer of searched text.
pub(super) const WORDS: &str = "words";

/// Name of the analyzer of exact values, which forgets their case.
pub(super) const FOLDED: &str = "folded";

/// Longer words are cut, in characters.
const LONGEST_WORD: usize = 100;

/// Splits text into words, in lower case and without accents.
pub(super) fn words() -> TextAnalyzer {
    TextAnalyzer::builder(WordTokenizer).filter(LowerCaser).filter(AsciiFoldingFilter).build()
}

/// Keeps a value whole, in lower case.
pub(super) fn folded() -> TextAnalyzer {
    TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).build()
}

/// The words of `text` by `analyzer`.
pub(super) fn split(analyzer: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let mut stream = analyzer.token_stream(text);
    let mut words = Vec::new();
    while stream.advance() {
        words.push(stream.token().text.clone());
    }
    words
}

/// Cuts text into runs of letters and digits. `C++`, `C#` and their like are words; a Chinese or Japanese character is a
/// word of its own, since such text has no spaces.
#[derive(Clone, Copy)]
struct WordTokenizer;

struct WordStream<'a> {
    text: &'a str,
    /// Where to go on, in bytes.
    offset: usize,
    token: Token,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream { text, offset: 0, token: Token::default() }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let rest = &self.text[self.offset..];
        let Some(start) = rest.find(char::is_alphanumeric) else {
            return false;
        };
        let rest = &rest[start..];
        let length = word_length(rest);
        self.token.offset_from = self.offset + start;
        self.token.offset_to = self.token.offset_from + length;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        let kept = rest[..length].chars().filter(|letter| !is_mark(*letter)).take(LONGEST_WORD);
        self.token.text.extend(kept);
        self.offset = self.token.offset_to;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Bytes of the word at the start of `text`, which starts with a letter or digit.
fn word_length(text: &str) -> usize {
    let first = text.chars().next().unwrap_or_default();
    if is_ideograph(first) {
        return first.len_utf8();
    }
    let belongs = |letter: char| (letter.is_alphanumeric() && !is_ideograph(letter)) || is_mark(letter);
    let length = text.find(|letter| !belongs(letter)).unwrap_or(text.len());
    let (word, rest) = text.split_at(length);
    let suffix = ["++", "#"].into_iter().find(|suffix| rest.starts_with(suffix));
    match suffix {
        Some(suffix)
            if word.chars().all(char::is_alphabetic)
                && !rest[suffix.len()..].starts_with(|next: char| next.is_alphanumeric()) =>
        {
            length + suffix.len()
        }
        _ => length,
    }
}

/// Characters of scripts that put no spaces between words: Han, Hiragana, Katakana.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Accents written as characters of their own.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(split(&mut words(), text), expected, "{text:?}");
    }

    #[test]
    fn languages_with_signs_in_their_names_are_words() {
        check("C, C++ and C#; .NET/F#", &["c", "c++", "and", "c#", "net", "f#"]);
        check("Java+Kotlin, 10+ years, #hiring", &["java", "kotlin", "10", "years", "hiring"]);
    }

    #[test]
    fn accents_do_not_tell_words_apart() {
        check("Zürich Zu\u{308}rich ZURICH", &["zurich", "zurich", "zurich"]);
    }

    #[test]
    fn text_without_spaces_is_split_by_character() {
        check("東京でRust開発", &["東", "京", "で", "rust", "開", "発"]);
    }

    #[test]
    fn a_word_without_end_is_cut() {
        assert_eq!(split(&mut words(), &"x".repeat(1_000_000))[0].len(), LONGEST_WORD);
    }
}
