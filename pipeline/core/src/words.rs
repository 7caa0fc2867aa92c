//! How text becomes words and values become comparable, the same in every search index and in questions.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use crate::hash::Hasher;
use crate::{Error, Result};

/// Longer words are cut, in characters.
const LONGEST_WORD: usize = 100;

/// The most words of a question.
const MAX_WORDS: usize = 64;

/// Longer values, in bytes, are too long for the dictionaries of search indexes; a name stands for them.
const LONGEST_VALUE: usize = 8_192;

/// How much of a long value its name shows, in characters.
const SHOWN: usize = 200;

/// The words of a text, in lower case and without accents. `C++`, `C#` and their like are words; a Chinese or Japanese
/// character is a word of its own, since such text has no spaces. A word is at most 100 characters and has no spaces.
#[derive(Clone, Debug)]
pub struct Words<'a>(&'a str);

/// Splits `text` into words.
pub fn words(text: &str) -> Words<'_> {
    Words(text)
}

impl Iterator for Words<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            let rest = &self.0[self.0.find(char::is_alphanumeric)?..];
            let (word, rest) = rest.split_at(word_length(rest));
            self.0 = rest;
            let word = plain(word);
            if !word.is_empty() {
                return Some(word);
            }
        }
    }
}

/// What must occur for `text` to be found: each a word, or several in a row where the text has them between quotes or
/// without a space.
///
/// # Errors
/// `Invalid` for more than 64 words.
pub fn phrases(text: &str) -> Result<Vec<Vec<String>>> {
    let mut phrases = Vec::new();
    let mut count = 0;
    for part in parts(text) {
        let phrase: Vec<String> = words(part).take(MAX_WORDS + 1).collect();
        if !phrase.is_empty() && !phrases.contains(&phrase) {
            count += phrase.len();
            phrases.push(phrase);
        }
        if count > MAX_WORDS {
            return Err(Error::invalid(format!("the question has more than {MAX_WORDS} words")));
        }
    }
    Ok(phrases)
}

/// `value` without regard to case: values that differ in nothing else fold to the same text.
pub fn folded(value: &str) -> String {
    value.chars().flat_map(char::to_lowercase).collect()
}

/// `value` as it is compared and counted: itself, or for a very long one its beginning and a hash.
pub fn whole(value: &str) -> Cow<'_, str> {
    if value.len() <= LONGEST_VALUE / 4 {
        return Cow::Borrowed(value);
    }
    let folded = folded(value);
    if folded.len() <= LONGEST_VALUE {
        return Cow::Borrowed(value);
    }
    let shown: String = value.chars().take(SHOWN).collect();
    Cow::Owned(format!("{shown}\u{2026}{}", Hasher::new("value").part(folded).hex(40)))
}

/// Splits at spaces, except between two double quotes. A quote without its partner is nothing.
fn parts(text: &str) -> Vec<&str> {
    let pieces: Vec<&str> = text.split('"').collect();
    let mut parts = Vec::new();
    for (number, piece) in pieces.iter().enumerate() {
        let quoted = number % 2 == 1 && number + 1 < pieces.len();
        if quoted {
            parts.push(*piece);
        } else {
            parts.extend(piece.split_whitespace());
        }
    }
    parts
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

/// A word in lower case and without accents.
fn plain(word: &str) -> String {
    if word.is_ascii() {
        return word[..word.len().min(LONGEST_WORD)].to_ascii_lowercase();
    }
    let letters = word.chars().filter(|letter| !is_mark(*letter)).take(LONGEST_WORD);
    // Taken apart, letters and their accents are characters of their own; what is no accent is put together again.
    let bare = letters.nfkd().filter(|letter| !is_mark(*letter)).nfc();
    let lower = bare.flat_map(char::to_lowercase);
    let mut plain = String::with_capacity(word.len());
    for letter in lower.filter(|letter| letter.is_alphanumeric() && !is_mark(*letter) || matches!(letter, '+' | '#')) {
        match spelt(letter) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(letter),
        }
    }
    plain.chars().take(LONGEST_WORD).collect()
}

/// Latin letters that are written with others where they are missing.
fn spelt(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ł' => "l",
        'ŋ' => "n",
        'ŧ' => "t",
        _ => return None,
    })
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
        assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn languages_with_signs_in_their_names_are_words() {
        check("C, C++ and C#; .NET/F#", &["c", "c++", "and", "c#", "net", "f#"]);
        check("Java+Kotlin, 10+ years, #hiring", &["java", "kotlin", "10", "years", "hiring"]);
    }

    #[test]
    fn accents_do_not_tell_words_apart() {
        check("Zürich Zu\u{308}rich ZURICH", &["zurich", "zurich", "zurich"]);
        check("Straße STRASSE Łódź ŒUVRE İzmir", &["strasse", "strasse", "lodz", "oeuvre", "izmir"]);
        check("\u{FF32}\u{FF55}\u{FF53}\u{FF54} o\u{FB03}ce", &["rust", "office"]);
    }

    #[test]
    fn text_without_spaces_is_split_by_character() {
        check("東京でRust開発", &["東", "京", "で", "rust", "開", "発"]);
        check("が", &["が"]);
    }

    #[test]
    fn a_word_has_no_space_and_an_end() {
        check(&"x".repeat(1_000_000), &[&"x".repeat(100)]);
        // One character that stands for eighteen with three spaces.
        for word in words(&"\u{FDFA}".repeat(50)) {
            assert!(word.chars().count() <= LONGEST_WORD && !word.contains(char::is_whitespace), "{word:?}");
        }
    }

    #[test]
    fn quotes_keep_words_together_and_a_lone_quote_does_nothing() {
        assert_eq!(parts(r#"a "b c" d"#), ["a", "b c", "d"]);
        assert_eq!(parts(r#"a "b c"#), ["a", "b", "c"]);
    }

    #[test]
    fn a_word_with_a_sign_inside_is_a_phrase() {
        let phrases = phrases("node.js node.js -").expect("few words");
        assert_eq!(phrases, [vec!["node".to_owned(), "js".to_owned()]]);
    }

    #[test]
    fn a_question_without_end_is_refused() {
        let many: String = (0..1_000).map(|number| format!("w{number} ")).collect();
        assert!(phrases(&many).is_err());
        assert!(phrases(&many.replace(' ', ".")).is_err());
    }

    #[test]
    fn a_long_value_has_a_short_name_of_its_own_whatever_its_case() {
        let long = "Ab ".repeat(5_000);
        let name = whole(&long).into_owned();
        assert!(name.len() < 1_000);
        assert_eq!(folded(&name), folded(&whole(&long.to_uppercase())));
        assert_ne!(name, whole(&format!("{long}!")));
        assert_eq!(whole(&name), name.as_str(), "a name is its own name");
        assert_eq!(whole("short"), "short");
    }
}
