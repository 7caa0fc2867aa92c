//! Whether a sentence asks for a skill or would merely like it.

use super::context::{is_in, words};
use super::facts::Requirement;

/// How much of a sentence is looked at on each side of a skill, in bytes.
const WINDOW: usize = 240;

/// Wordings that would like a skill, in lower case.
const PREFERRED: &[&str] = &[
    "nice to have",
    "nice-to-have",
    "good to have",
    "a plus",
    "a big plus",
    "a huge plus",
    "a strong plus",
    "plus if",
    "are plus",
    "is plus",
    "bonus",
    "preferred",
    "preferable",
    "preferably",
    "prefer ",
    "ideally",
    "desirable",
    "desired",
    "advantage",
    "advantageous",
    "a benefit",
    "beneficial",
    "not required",
    "not a must",
    "not mandatory",
    "would be great",
    "would be nice",
    "we'd love",
    "would love",
    "optional",
    "helpful",
    "von vorteil",
    "wünschenswert",
    "idealerweise",
    "gerne auch",
    "est un plus",
    "serait un plus",
    "un atout",
    "idéalement",
    "souhaité",
    "apprécié",
    "se valorará",
    "se valora",
    "valorable",
    "deseable",
    "será un plus",
    "diferencial",
    "desejável",
    "gradito",
    "preferibile",
    "costituisce titolo preferenziale",
    "een pré",
    "een plus",
    "mile widziane",
    "will be a plus",
];

/// Wordings that ask for a skill wherever they stand, in lower case.
const REQUIRED: &[&str] = &[
    "must have",
    "must-have",
    "must be",
    "a must",
    "required",
    "requirement",
    "requires",
    "mandatory",
    "essential",
    "need to have",
    "you need",
    "you have",
    "you bring",
    "you must",
    "zwingend",
    "erforderlich",
    "vorausgesetzt",
    "voraussetzung",
    "exigé",
    "requis",
    "indispensable",
    "obligatoire",
    "imprescindible",
    "requerido",
    "obligatorio",
    "necesari",
    "obrigatóri",
    "richiest",
    "vereist",
    "wymagan",
];

/// Wordings that ask for a skill where no heading says what the text is about; elsewhere they praise, too.
const ASKING: &[&str] = &[
    "minimum",
    "at least",
    "proven",
    "demonstrated",
    "strong ",
    "solid ",
    "deep ",
    "expert",
    "fluent in",
    "fluency in",
    "proficien",
    "hands-on",
    "experience with",
    "experience in",
    "experience using",
    "experienced",
    "knowledge of",
    "familiar",
    "looking for",
    "seeking",
    "sehr gute",
    "fundierte",
    "erfahrung",
    "kenntnisse",
    "maîtrise",
    "expérience",
    "connaissance",
    "experiencia",
    "conocimiento",
    "experiência",
    "esperienza",
    "conoscenza",
    "ervaring",
];

/// What the sentence around bytes `start..end` says of the skill that stands there; `None` when it says nothing. `untold` when no
/// heading says what the text there is about.
pub(super) fn by_sentence(text: &str, start: usize, end: usize, untold: bool) -> Option<Requirement> {
    let (left, right) = sentence(text, start, end);
    let (left, right) = (left.to_lowercase(), right.to_lowercase());
    if let Some(said) = first(&right) {
        return Some(said);
    }
    last(&left, untold)
}

/// The parts of the sentence before and after a skill, cut at the ends of clauses that start anew.
fn sentence(text: &str, start: usize, end: usize) -> (&str, &str) {
    let (mut from, mut to) = (start.saturating_sub(WINDOW), (end + WINDOW).min(text.len()));
    while !text.is_char_boundary(from) {
        from += 1;
    }
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let (left, right) = (&text[from..start], &text[end..to]);
    let cut = |mark: &str| left.rfind(mark).map_or(0, |at| at + mark.len());
    let left = &left[MARKS.iter().map(|mark| cut(mark)).max().unwrap_or_default()..];
    let to = MARKS.iter().filter_map(|mark| right.find(mark)).min().unwrap_or(right.len());
    (left, &right[..to])
}

const MARKS: &[&str] = &["\n", ". ", "! ", "? ", "; ", " but ", " aber "];

/// The first wording after a skill that says how it stands.
fn first(right: &str) -> Option<Requirement> {
    // What follows a skill speaks of it only in words that can: "is required", "a plus"; not "strong communication".
    let follows = [
        "required",
        "a must",
        "mandatory",
        "essential",
        "erforderlich",
        "vorausgesetzt",
        "exigé",
        "requis",
        "requerido",
        "vereist",
    ];
    let preferred = PREFERRED.iter().filter_map(|wording| place(right, wording)).min();
    let required = follows.iter().filter_map(|wording| place(right, wording)).min();
    match (preferred, required) {
        (Some(liked), Some(asked)) if asked < liked => Some(Requirement::Required),
        (Some(_), _) => Some(Requirement::Preferred),
        (None, Some(_)) => Some(Requirement::Required),
        (None, None) => None,
    }
}

/// The last wording before a skill that says how it stands.
fn last(left: &str, untold: bool) -> Option<Requirement> {
    let preferred = PREFERRED.iter().filter_map(|wording| last_place(left, wording)).max();
    let required = REQUIRED.iter().filter_map(|wording| last_place(left, wording)).max();
    match (preferred, required) {
        (Some(liked), Some(asked)) if asked > liked => Some(Requirement::Required),
        // "Ideally strong knowledge of": what asks only mildly does not undo what would like.
        (Some(_), _) => Some(Requirement::Preferred),
        (None, Some(_)) => Some(Requirement::Required),
        (None, None) => {
            let asks = untold && ASKING.iter().any(|wording| last_place(left, wording).is_some());
            asks.then_some(Requirement::Required)
        }
    }
}

fn place(text: &str, wording: &str) -> Option<usize> {
    text.match_indices(wording).map(|(at, _)| at).find(|at| at_word(text, *at))
}

fn last_place(text: &str, wording: &str) -> Option<usize> {
    text.rmatch_indices(wording).map(|(at, _)| at).find(|at| at_word(text, *at))
}

fn at_word(text: &str, at: usize) -> bool {
    !text[..at].ends_with(char::is_alphanumeric)
}

/// Whether a gap between two skills only lists: "Go, Rust or C++".
pub(super) fn only_lists(gap: &str) -> bool {
    gap.len() <= 24
        && !gap.contains(['\n', ';', '(', ')'])
        && words(gap).all(|word| is_in(word, &["and", "or", "und", "oder", "et", "ou", "y", "o", "e", "with", "plus"]))
        && !gap.contains(". ")
}
