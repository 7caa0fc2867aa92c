//! Which lines are headings, and of what.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Kind;
use super::lexicon::{PHRASES, Reach};

/// Longest heading, in bytes.
const LONGEST: usize = 120;

/// Most words of a heading that does not end with a colon, and of one that does.
const WORDS: (usize, usize) = (8, 14);

/// Most words of a heading in which one single word decides.
const WORDS_OF_ONE: usize = 5;

/// Most words of a phrase of the lexicon.
const PHRASE: usize = 7;

/// The lexicon by folded phrase. Where two kinds share a phrase, such as words that two languages
/// share, the first stays; of two reaches the wider.
static LEXICON: LazyLock<HashMap<String, (Kind, Reach)>> = LazyLock::new(|| {
    let mut lexicon = HashMap::new();
    for (kind, reach, phrases) in PHRASES {
        for phrase in *phrases {
            let known = lexicon.entry(folded(phrase).join(" ")).or_insert((*kind, *reach));
            if known.0 == *kind {
                known.1 = known.1.max(*reach);
            }
        }
    }
    lexicon
});

/// The words of a heading in lower case, without apostrophes, bullets, pictographs and other marks.
pub(super) fn folded(text: &str) -> Vec<String> {
    text.replace(['\'', '\u{2019}', '\u{2018}', '`', '\u{b4}'], "")
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What a line is as a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    /// The whole line, up to this byte of it, opens a section.
    Line(Kind),
    /// The words before a colon, up to this byte of the line, open one; its first words follow on the line.
    Inline(Kind, usize),
    /// It has the form of a heading and says nothing known.
    Unknown,
}

/// Reads `line`, which has no line break, as a heading.
pub(super) fn read(line: &str) -> Option<Heading> {
    let bullet = is_item(line);
    if !bullet && line.len() <= LONGEST && !is_sentence(line) {
        if let Some(kind) = kind(line) {
            return Some(Heading::Line(kind));
        }
        if inline(line).is_none() && has_form(line) {
            return Some(Heading::Unknown);
        }
    }
    let (kind, end) = inline(line)?;
    if !line[end..].chars().any(char::is_alphanumeric) {
        return Some(Heading::Line(kind));
    }
    Some(Heading::Inline(kind, end))
}

/// Whether a line is an item of a list.
pub(super) fn is_item(line: &str) -> bool {
    let mut characters = line.chars();
    let marked = matches!(
        characters.next(),
        Some('-' | '*' | '•' | '·' | '●' | '▪' | '◦' | '‣' | '–' | '—' | '○' | '✓' | '✔' | '➢')
    );
    marked && characters.next().is_none_or(|next| next == ' ' || next == '\t') && !line.starts_with("**")
}

/// Whether a line ends as a sentence or a clause does.
fn is_sentence(line: &str) -> bool {
    let end = line.trim_end_matches(['*', '_', ' ', ')', '"']);
    end.ends_with(['.', ';', ',']) && !end.ends_with("...")
}

/// Whether a line that says nothing known is a heading by its form: short, and ended by a colon or capital in most words.
fn has_form(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().filter(|word| word.starts_with(char::is_alphabetic)).collect();
    if words.is_empty() || words.len() > WORDS.1 || line.contains("http") {
        return false;
    }
    let capital = words.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
    let titled = words.len() <= 6 && line.len() <= 60 && capital * 2 >= words.len();
    line.trim_end_matches(['*', ' ']).ends_with(':') || titled || words.len() <= 10 && line.ends_with('?')
}

/// What the words of a whole heading line say.
pub(super) fn kind(line: &str) -> Option<Kind> {
    let words = folded(line);
    let colon = line.trim_end_matches(['*', '_', ' ']).ends_with(':');
    let most = if colon { WORDS.1 } else { WORDS.0 };
    if words.is_empty() || words.len() > most {
        return None;
    }
    let all = words.join(" ");
    if let Some((kind, _)) = LEXICON.get(&all) {
        return Some(*kind);
    }
    let mut best: Option<(bool, usize, usize, Kind)> = None;
    for start in 0..words.len() {
        for length in 1..=PHRASE.min(words.len() - start) {
            if length == 1 && words.len() > WORDS_OF_ONE {
                continue;
            }
            let Some((kind, reach)) = LEXICON.get(&words[start..start + length].join(" ")) else { continue };
            if *reach == Reach::Whole || *reach == Reach::Start && start > 0 {
                continue;
            }
            // What is only preferred must never pass for required; then more words decide, then what comes first.
            let rank = (*kind == Kind::Preferred, length, usize::MAX - start, *kind);
            if best.is_none_or(|best| (rank.0, rank.1, rank.2) > (best.0, best.1, best.2)) {
                best = Some(rank);
            }
        }
    }
    best.map(|(_, _, _, kind)| kind).or_else(|| named(&words))
}

/// "Why Acme?" and "What Acme offers", which name the employer between known words.
fn named(words: &[String]) -> Option<Kind> {
    match words {
        [first, .., last] if first == "what" && (last == "offers" || last == "provides") && words.len() <= 5 => {
            Some(Kind::Benefits)
        }
        [first, ..] if first == "why" && (2..=4).contains(&words.len()) => Some(Kind::About),
        _ => None,
    }
}

/// Most words before a colon that open a section on a line that goes on.
const INLINE_WORDS: usize = 5;

/// The kind that the words before the first colon of a line say, and where the colon ends.
fn inline(line: &str) -> Option<(Kind, usize)> {
    let head = crate::html::prefix(line, LONGEST);
    let colon = head.find(':')?;
    // A time, a ratio or an address is no heading.
    if !line[colon + 1..].chars().next().is_none_or(|next| next.is_whitespace() || next == '*') {
        return None;
    }
    let words = folded(&head[..colon]);
    if words.is_empty() || words.len() > INLINE_WORDS {
        return None;
    }
    let (kind, reach) = LEXICON.get(&words.join(" ")).copied().or_else(|| {
        // "Minimum qualifications", "Key responsibilities".
        let last = LEXICON.get(words.last()?)?;
        (words.len() <= 3).then_some(*last)
    })?;
    (reach == Reach::Within || LEXICON.contains_key(&words.join(" "))).then_some((kind, colon + 1))
}
