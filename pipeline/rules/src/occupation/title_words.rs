//! What counts of a title: its words with their weights, without what says who, where and how.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::spelling::{plain, stem, words};

/// A word of a title or label.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    /// Its stem.
    pub stem: String,
    /// How much it counts, from 0 to 1.
    pub weight: f32,
}

/// Longest title that is read, in bytes.
const LONGEST: usize = 300;

/// Weight of what follows a comma, dash or bar: the team, the place, the customer.
const LATER: f32 = 0.35;

/// Weight of the part after a first part of one word: "Manager, Quality Assurance".
const INVERTED: f32 = 0.8;

/// Weight of what stands in brackets.
const BRACKETS: f32 = 0.2;

/// Weight of the words that a table adds.
const ADDED: f32 = 0.5;

/// Weight of the noun that a title ends with beside its other words: an "office manager" is a manager.
const HEAD: f32 = 1.15;

/// Words of level, that say little of the work.
const LEVEL: &[&str] = &[
    "senior",
    "sr",
    "snr",
    "junior",
    "jr",
    "jnr",
    "lead",
    "staff",
    "principal",
    "founding",
    "distinguished",
    "entry",
    "level",
    "mid",
    "midlevel",
    "graduate",
    "trainee",
    "apprentice",
    "intern",
    "internship",
    "experienced",
    "deputy",
    "interim",
    "acting",
    "professional",
    "expert",
    "pleno",
];

/// Weight of a word of level.
const OF_LEVEL: f32 = 0.1;

/// Words that say who, where, when and how, not what.
const NOISE: &[&str] = &[
    "a",
    "an",
    "the",
    "of",
    "and",
    "for",
    "in",
    "at",
    "to",
    "or",
    "with",
    "on",
    "by",
    "as",
    "other",
    "related",
    "our",
    "your",
    "de",
    "la",
    "le",
    "les",
    "des",
    "du",
    "der",
    "die",
    "das",
    "und",
    "fur",
    "im",
    "m",
    "w",
    "d",
    "f",
    "x",
    "h",
    "v",
    "n",
    "mwd",
    "fmd",
    "mfd",
    "mf",
    "all",
    "genders",
    "gender",
    "gn",
    "div",
    "inm",
    "remote",
    "hybrid",
    "onsite",
    "wfh",
    "virtual",
    "homeoffice",
    "home-office",
    "relocation",
    "usa",
    "us",
    "uk",
    "eu",
    "emea",
    "apac",
    "latam",
    "dach",
    "americas",
    "europe",
    "european",
    "full",
    "part",
    "time",
    "fulltime",
    "parttime",
    "contract",
    "urgent",
    "hiring",
    "new",
    "open",
    "opening",
    "temporary",
    "temp",
    "seasonal",
    "casual",
    "permanent",
    "years",
    "year",
    "yrs",
    "yoe",
    "exp",
    "experience",
    "i",
    "ii",
    "iii",
    "iv",
    "vi",
    "day",
    "days",
    "night",
    "nights",
    "shift",
    "shifts",
    "weekend",
    "weekends",
    "wanted",
    "needed",
    "multiple",
    "levels",
    "per",
    "diem",
    "bonus",
    "sign",
    "salary",
    "paid",
    "training",
    "north",
    "south",
    "east",
    "west",
    "global",
    "regional",
    "e",
    "o",
    "y",
    "et",
    "en",
    "al",
];

/// What a table makes of a phrase.
struct Entry {
    /// Whether the phrase itself stays.
    stays: bool,
    words: Vec<String>,
}

/// Phrases of stems with what they mean.
static TABLE: LazyLock<HashMap<String, Entry>> = LazyLock::new(|| {
    let stems = |text: &str| words(text).map(stem).collect::<Vec<_>>();
    include_str!("../../../../data-samples/reference/title_words.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let [phrase, how, meaning] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
            Some((stems(&plain(phrase)).join(" "), Entry { stays: how == "+", words: stems(&plain(meaning)) }))
        })
        .collect()
});

/// Longest phrase of the table, in words.
const PHRASE: usize = 4;

/// The words of a label of a classification: all count, the head of the phrase most.
pub(super) fn of_label(label: &str) -> Vec<Word> {
    let plain = plain(label);
    let mut out: Vec<Word> = Vec::new();
    let mut head = None;
    let mut ended = false;
    for word in words(&plain) {
        ended |= ["of", "for", "in", "at", "with"].contains(&word);
        if !NOISE.contains(&word) || word == "training" {
            out.push(Word { stem: stem(word), weight: 1.0 });
            if !ended {
                head = Some(out.len() - 1);
            }
        }
    }
    if let Some(head) = head {
        out[head].weight = HEAD;
    }
    out
}

/// Whether phrases of the table stay beside what they mean.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Phrases {
    /// As the table says: for ESCO, whose words it knows.
    ByTable,
    /// Always: for O*NET, which knows abbreviations and the titles of postings itself.
    Stay,
}

/// The words of a title as a posting writes it.
pub(super) fn of_title(title: &str, phrases: Phrases) -> Vec<Word> {
    let plain = plain(crate::html::prefix(title, LONGEST));
    let parts = parts(&plain);
    let mut out = Vec::new();
    // Words of the parts so far that are no brackets; the first part that has any is the title proper.
    let mut proper = 0;
    for (part, bracketed) in &parts {
        let weight = match (bracketed, proper) {
            (true, _) => BRACKETS,
            (false, 0) => 1.0,
            (false, 1) => INVERTED,
            (false, _) => LATER,
        };
        let found = of_part(part, weight, phrases);
        if !bracketed {
            let content = found.iter().filter(|word| word.weight > OF_LEVEL).count();
            proper = if proper == 0 { content } else { proper.max(2) };
        }
        out.extend(found);
    }
    if out.is_empty() {
        out = words(&plain).map(|word| Word { stem: stem(word), weight: 1.0 }).collect();
    }
    out
}

/// The parts of a title with whether they stand in brackets: what separates are commas, bars, colons, and dashes with spaces.
fn parts(title: &str) -> Vec<(String, bool)> {
    let mut parts: Vec<(String, bool)> = vec![(String::new(), false)];
    let mut depth = 0_usize;
    let mut before = ' ';
    let mut letters = title.chars().peekable();
    let open = |parts: &mut Vec<(String, bool)>, bracketed| parts.push((String::new(), bracketed));
    while let Some(letter) = letters.next() {
        let spaced = before.is_whitespace() || letters.peek().is_none_or(|next| next.is_whitespace());
        match letter {
            '(' | '[' | '{' => {
                depth += 1;
                open(&mut parts, true);
            }
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                open(&mut parts, depth > 0);
            }
            ',' | ';' | '|' | '–' | '—' | '@' | '•' | '·' => open(&mut parts, depth > 0),
            ':' | '-' if spaced => open(&mut parts, depth > 0),
            letter => {
                if let Some(part) = parts.last_mut() {
                    part.0.push(letter);
                }
            }
        }
        before = letter;
    }
    // "Cooks, except fast food; all other": what a classification leaves out is none of the title.
    for (part, _) in &mut parts {
        let cut =
            [" except ", " excluding ", " not elsewhere"].iter().filter_map(|mark| format!(" {part}").find(mark)).min();
        if let Some(cut) = cut {
            part.truncate(cut.saturating_sub(1));
        }
    }
    // What follows a bracket goes on where the part before it ended: "Engineer (Rust) Backend".
    parts.retain(|(part, _)| part.chars().any(char::is_alphanumeric));
    parts
}

fn of_part(part: &str, weight: f32, phrases: Phrases) -> Vec<Word> {
    let stems: Vec<(&str, String)> = words(part).filter(|word| !is_code(word)).map(|word| (word, stem(word))).collect();
    let mut out: Vec<Word> = Vec::new();
    let mut head = None;
    let mut ended = false;
    let mut at = 0;
    while at < stems.len() {
        let (word, stem) = &stems[at];
        let longest = (1..=PHRASE.min(stems.len() - at)).rev().find_map(|count| {
            let phrase = stems[at..at + count].iter().map(|(_, stem)| stem.as_str()).collect::<Vec<_>>().join(" ");
            Some((count, TABLE.get(&phrase)?))
        });
        ended |= ["of", "for", "in", "at", "with"].contains(word);
        let Some((count, entry)) = longest else {
            at += 1;
            if !NOISE.contains(word) {
                let level = LEVEL.contains(word);
                out.push(Word { stem: stem.clone(), weight: if level { weight.min(OF_LEVEL) } else { weight } });
                head = if ended || level { head } else { Some(out.len() - 1) };
            }
            continue;
        };
        let stays = entry.stays || phrases == Phrases::Stay;
        if stays {
            out.extend(stems[at..at + count].iter().map(|(_, stem)| Word { stem: stem.clone(), weight }));
            head = if ended { head } else { Some(out.len() - 1) };
        }
        let added = if stays { weight * ADDED } else { weight };
        out.extend(entry.words.iter().map(|stem| Word { stem: stem.clone(), weight: added }));
        if !stays && !entry.words.is_empty() {
            head = if ended { head } else { Some(out.len() - 1) };
        }
        at += count;
    }
    if let Some(head) = head.filter(|_| weight >= 1.0) {
        out[head].weight *= HEAD;
    }
    out
}

/// Whether a word is a number or a code such as `r12345`.
fn is_code(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits == word.len() || digits >= 3
}
