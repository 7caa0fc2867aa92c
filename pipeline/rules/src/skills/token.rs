//! Tokens of a text: runs of letters and digits, found 64 bytes at a time, and the hash by which a token is looked up.
//!
//! `+` and `#` after a letter belong to it (`C++`, `C#`), as does the dot of `.NET`. A script written without spaces and the Latin
//! letters beside it are two tokens.

/// Where a token starts and ends in its text, in bytes, and the hash of its lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub start: usize,
    pub end: usize,
    pub hash: u64,
}

const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
/// Sets the bit by which an ASCII capital differs from its small letter; digits and the signs of names have it anyway.
const SMALL: u64 = 0x2020_2020_2020_2020;

/// The eight bytes from `at` on, zero after the end.
#[inline]
fn load(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()) {
        Some(eight) => u64::from_le_bytes(eight),
        None => bytes[at..].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// The hash of `bytes[start..end]`, the same for either case of ASCII letters. The range must not be empty. Up to 16 bytes cost
/// the same and no branch.
#[inline]
pub(super) fn hash(bytes: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    let kept = u64::MAX >> (64 - 8 * length.min(8));
    let head = (load(bytes, start) | SMALL) & kept;
    let long = u64::from(length > 8).wrapping_neg();
    let tail = (load(bytes, end.saturating_sub(8)) | SMALL) & long;
    let mut word = head ^ tail.wrapping_mul(MIX).rotate_left(31) ^ (length as u64) << 56;
    if length > 16 {
        for at in (start + 8..end - 8).step_by(8) {
            word = mix(word ^ (load(bytes, at) | SMALL));
        }
    }
    mix(word)
}

#[inline]
fn mix(word: u64) -> u64 {
    let product = word.wrapping_mul(MIX);
    product ^ product >> 29
}

/// The hash of the tokens so far, `before`, followed by one more.
#[inline]
pub(super) fn chain(before: u64, token: u64) -> u64 {
    mix(before.rotate_left(17) ^ token)
}

/// Which of 64 bytes are ASCII letters or digits, and which are no ASCII; bit n stands for byte n.
#[inline]
fn classify(block: &[u8; 64]) -> (u64, u64) {
    let mut words = [0_u8; 64];
    for (word, byte) in words.iter_mut().zip(block) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *word = u8::from(letter | digit);
    }
    let high = if block.is_ascii() { 0 } else { bits(&block.map(|byte| byte >> 7)) };
    (bits(&words), high)
}

/// 64 bytes that are 0 or 1 as the bits of one number.
#[inline]
fn bits(bytes: &[u8; 64]) -> u64 {
    let mut out = 0;
    for (group, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
        // Each bit lands in a place of its own of the uppermost byte.
        out |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * group);
    }
    out
}

/// Calls `on` with each run of ASCII letters, digits and bytes outside ASCII, in order: start, end and whether it is ASCII alone.
#[inline]
pub(super) fn runs(bytes: &[u8], mut on: impl FnMut(usize, usize, bool)) {
    // Where the run that came into this block began, and whether it has bytes outside ASCII.
    let (mut open, mut open_high, mut inside_before) = (0, false, 0);
    let mut base = 0;
    // The last block ends behind the text, where no run goes on.
    while base <= bytes.len() {
        let (words, high) = match bytes.get(base..base + 64).and_then(|block| block.try_into().ok()) {
            Some(block) => classify(block),
            None => {
                let mut last = [0; 64];
                last[..bytes.len() - base].copy_from_slice(&bytes[base..]);
                classify(&last)
            }
        };
        let inside = words | high;
        let before = inside << 1 | inside_before;
        let (mut starts, mut ends) = (inside & !before, !inside & before);
        while ends != 0 {
            let to = ends.trailing_zeros() as usize;
            ends &= ends - 1;
            if inside_before == 0 {
                let from = starts.trailing_zeros() as usize;
                starts &= starts.wrapping_sub(1);
                (open, open_high) = (base + from, high != 0 && (high >> from) << from & !(u64::MAX << to) != 0);
            } else {
                (open_high, inside_before) = (open_high || high & !(u64::MAX << to) != 0, 0);
            }
            on(open, base + to, !open_high);
        }
        if inside >> 63 == 0 {
            inside_before = 0;
        } else if inside_before == 0 {
            let from = starts.trailing_zeros();
            (open, open_high, inside_before) = (base + from as usize, high >> from != 0, 1);
        } else {
            open_high |= high != 0;
        }
        base += 64;
    }
}

/// Whether a character is of a script that is written without spaces between words.
fn unspaced(character: char) -> bool {
    matches!(character, '\u{0E00}'..='\u{0EFF}' | '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

/// The token that starts at byte `start`, where a letter or digit must stand; `lower` is room for its lower case.
#[inline]
pub(super) fn token_at(text: &str, start: usize, lower: &mut String) -> Option<Token> {
    let bytes = text.as_bytes();
    let mut end = start;
    while end < bytes.len() && bytes[end].is_ascii_alphanumeric() {
        end += 1;
    }
    if end > start && bytes.get(end).is_none_or(u8::is_ascii) {
        let end = signed(bytes, start, end);
        return Some(Token { start, end, hash: hash(bytes, start, end) });
    }
    let mut characters = text[start..].char_indices();
    let first = characters.next()?.1;
    if !first.is_alphanumeric() {
        return None;
    }
    let (kind, mut ascii) = (unspaced(first), first.is_ascii());
    end = start + first.len_utf8();
    for (at, character) in characters {
        if !character.is_alphanumeric() || unspaced(character) != kind {
            break;
        }
        ascii &= character.is_ascii();
        end = start + at + character.len_utf8();
    }
    if ascii {
        let end = signed(bytes, start, end);
        return Some(Token { start, end, hash: hash(bytes, start, end) });
    }
    lower.clear();
    lower.extend(text[start..end].chars().flat_map(char::to_lowercase));
    Some(Token { start, end, hash: hash(lower.as_bytes(), 0, lower.len()) })
}

/// The end of an ASCII token with the signs that belong to it: "C#", "C++", "C++17", but not the sign of "a+b".
#[inline]
fn signed(bytes: &[u8], start: usize, end: usize) -> usize {
    let signs = bytes[end..].iter().take(3).take_while(|byte| matches!(byte, b'+' | b'#')).count();
    if signs == 0 || signs > 2 {
        return end;
    }
    let next = bytes.get(end + signs);
    let version = bytes[end..end + signs] == *b"++" && end - start == 1 && next.is_some_and(u8::is_ascii_digit);
    if version || next.is_none_or(|byte| !byte.is_ascii_alphanumeric()) { end + signs } else { end }
}

/// The token after byte `end` when at most one character, which is no line break, stands between.
#[inline]
pub(super) fn token_after(text: &str, end: usize, lower: &mut String) -> Option<Token> {
    let next = text[end..].chars().next()?;
    if next == '\n' {
        return None;
    }
    let start = if next.is_alphanumeric() { end } else { end + next.len_utf8() };
    let first = text[start..].chars().next()?;
    if first.is_alphanumeric() { token_at(text, start, lower) } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all_runs(text: &str) -> Vec<(usize, usize, bool)> {
        let mut out = Vec::new();
        runs(text.as_bytes(), |start, end, ascii| out.push((start, end, ascii)));
        out
    }

    fn plain_runs(text: &str) -> Vec<(usize, usize, bool)> {
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
        let (bytes, mut at, mut out) = (text.as_bytes(), 0, Vec::new());
        while at < bytes.len() {
            let length = bytes[at..].iter().take_while(|byte| inside(byte)).count();
            if length > 0 {
                out.push((at, at + length, bytes[at..at + length].is_ascii()));
            }
            at += length.max(1);
        }
        out
    }

    fn token(text: &str) -> &str {
        let token = token_at(text, 0, &mut String::new()).unwrap();
        &text[token.start..token.end]
    }

    #[test]
    fn signs_belong_to_the_letter_before_them() {
        for (text, expected) in [
            ("C++ and", "C++"),
            ("C++17", "C++"),
            ("C#/F#", "C#"),
            ("a+b", "a"),
            ("Q+++", "Q"),
            ("C,", "C"),
            ("1+1", "1"),
        ] {
            assert_eq!(token(text), expected);
        }
    }

    #[test]
    fn a_script_without_spaces_ends_a_latin_word() {
        assert_eq!(token("Python開発"), "Python");
        assert_eq!(token("開発Python"), "開発");
        assert_eq!(token("Ärzte"), "Ärzte");
        assert_eq!(token("Entwicklungsingenieurähnlich"), "Entwicklungsingenieurähnlich");
    }

    #[test]
    fn the_hash_ignores_case_and_tells_words_apart() {
        let of = |text: &str| hash(text.as_bytes(), 0, text.len());
        assert_eq!(of("Kubernetes"), of("kUBERNETES"));
        assert_eq!(of("SQL"), of("sql"));
        let words = ["c", "c++", "c#", "cc", "kubernetes", "kubernetesx", "a long name of many words", "0", "00"];
        for (at, word) in words.iter().enumerate() {
            assert!(words[..at].iter().all(|other| of(other) != of(word)), "{word}");
        }
    }

    proptest! {
        #[test]
        fn runs_are_those_of_a_plain_walk(text in "([a-zA-Z0-9]{1,70}|[ ,.\\n+#-]{1,70}|ä|中|🦀){0,12}") {
            prop_assert_eq!(all_runs(&text), plain_runs(&text));
        }
    }
}
