//! Words of a stretch of text with their places, and the sentence that a word stands in.

/// A word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    /// The word without the full stop of its sentence.
    pub word: &'a str,
    /// Where it begins and ends in the whole text, in bytes.
    pub start: usize,
    pub end: usize,
    /// Whether the sentence, line, or cell ends behind it.
    pub last: bool,
    /// Whether a comma, slash, bracket or ampersand stands behind it.
    pub listed: bool,
}

/// Furthest that a sentence is followed from a cue, in bytes.
const REACH: usize = 220;

/// The byte range of the sentence, line or cell around `at..end`, within reach of it.
pub(super) fn sentence(text: &str, at: usize, end: usize) -> (usize, usize) {
    let low = floor(text, at.saturating_sub(REACH));
    let high = floor(text, (end + REACH).min(text.len()));
    let bytes = text.as_bytes();
    let stop = |index: usize| match bytes[index] {
        b'\n' | b'|' | b';' => true,
        b'.' | b'!' | b'?' => {
            let next = bytes.get(index + 1).is_none_or(u8::is_ascii_whitespace);
            // "U.S. time": a letter alone before the stop is an abbreviation.
            let short =
                index >= 2 && bytes[index - 1].is_ascii_uppercase() && matches!(bytes[index - 2], b'.' | b' ' | b'(');
            next && !short
        }
        _ => false,
    };
    let start = (low..at).rev().find(|index| stop(*index)).map_or(low, |index| index + 1);
    let end = (end..high).find(|index| stop(*index)).unwrap_or(high);
    (start, end)
}

/// `from..to` without a cut word at either end and without space around.
pub(super) fn trimmed(text: &str, from: usize, to: usize) -> (usize, usize) {
    let part = &text[from..to];
    let cut = |at: usize| {
        text[..at].ends_with(|c: char| c.is_alphanumeric()) && text[at..].starts_with(|c: char| c.is_alphanumeric())
    };
    let begin = if cut(from) { part.find(' ').unwrap_or_default() } else { 0 };
    let end = if cut(to) { part.rfind(' ').unwrap_or(part.len()) } else { part.len() };
    let kept = part.get(begin..end).unwrap_or(part);
    let start = from + if kept.len() == part.len() { 0 } else { begin } + kept.len() - kept.trim_start().len();
    (start, start + kept.trim().len())
}

/// The nearest character boundary at or before `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or_default()
}

/// The words of `text[start..end]`.
pub(super) fn tokens(text: &str, start: usize, end: usize) -> Vec<Token<'_>> {
    let mut out: Vec<Token<'_>> = Vec::new();
    let mut begin: Option<usize> = None;
    let part = &text[start..end];
    for (at, c) in part.char_indices().chain(std::iter::once((part.len(), '\n'))) {
        let inner = c.is_alphanumeric() || matches!(c, '.' | '\'' | '’' | '%' | '+');
        match (inner, begin) {
            (true, None) => begin = Some(at),
            (false, Some(from)) => {
                push(&mut out, part, from, at, start);
                begin = None;
                mark(&mut out, c);
            }
            (false, None) => mark(&mut out, c),
            (true, Some(_)) => {}
        }
    }
    out
}

fn push<'a>(out: &mut Vec<Token<'a>>, part: &'a str, from: usize, to: usize, offset: usize) {
    let word = &part[from..to];
    let dots = word.bytes().filter(|byte| *byte == b'.').count();
    let kept = if dots == 1 || word.len() > 6 { word.trim_end_matches('.') } else { word };
    if kept.is_empty() {
        return;
    }
    let last = kept.len() < word.len();
    out.push(Token { word: kept, start: offset + from, end: offset + from + kept.len(), last, listed: false });
}

fn mark(out: &mut [Token<'_>], c: char) {
    let Some(token) = out.last_mut() else { return };
    token.last |= matches!(c, '\n' | '|' | ';' | '!' | '?' | ')' | ']');
    token.listed |= matches!(c, ',' | '/' | '&' | '(' | ':');
}
