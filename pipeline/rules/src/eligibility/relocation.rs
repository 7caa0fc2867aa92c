//! Whether relocation is offered or asked for.

use super::text::Statement;
use super::tokens::{floor, trimmed};
use super::{Fact, FactKind};

/// Words around "relocation" and what they say; denials stand before what they contain.
const WORDS: &[(&str, &[&str])] = &[
    (
        "not-offered",
        &[
            "no relocation",
            "not offer relocation",
            "not provide relocation",
            "relocation is not",
            "relocation assistance is not",
            "relocation not",
            "without relocation",
            "unable to offer relocation",
            "not eligible for relocation",
            "cannot offer relocation",
            "relocation support is not",
            "kein umzug",
        ],
    ),
    (
        "required",
        &[
            "relocation required",
            "relocation is required",
            "must relocate",
            "willing to relocate",
            "willingness to relocate",
            "able to relocate",
            "ability to relocate",
            "required to relocate",
            "need to relocate",
            "open to relocat",
            "prepared to relocate",
            "or relocate to",
            "ready to relocate",
            "relocating to",
        ],
    ),
    (
        "offered",
        &[
            "relocation assistance",
            "relocation support",
            "relocation package",
            "relocation bonus",
            "relocation stipend",
            "relocation budget",
            "relocation offered",
            "relocation available",
            "relocation provided",
            "relocation help",
            "relocation allowance",
            "relocation possible",
            "offer relocation",
            "offers relocation",
            "provide relocation",
            "support relocation",
            "relo available",
            "relo assistance",
            "relo offered",
            "relocation and visa",
            "visa and relocation",
            "help you relocate",
            "support with relocation",
            "help with relocation",
            "relocation cost",
            "umzugshilfe",
            "relocation expenses",
            "relocation reimbursement",
            "relocation services",
            "aide au déménagement",
        ],
    ),
];

/// What the words around the cue say.
pub(super) fn read(said: &Statement<'_>) -> Vec<Fact> {
    let from = floor(said.text, said.start.saturating_sub(28)).max(said.sentence.0);
    let to = floor(said.text, said.end + 28).min(said.sentence.1);
    let near = said.text[from..to].to_ascii_lowercase();
    let value = WORDS.iter().find(|(_, words)| words.iter().any(|word| near.contains(word)));
    let wish = said.around().to_ascii_lowercase().contains("prefer");
    value
        .filter(|(value, _)| !(wish && *value == "required"))
        .map(|(value, _)| {
            said.fact(FactKind::Relocation, *value, trimmed(said.text, from, to), "relocation-words", 0.8)
        })
        .into_iter()
        .collect()
}

/// The constant of `value`.
pub(super) fn name(value: &str) -> &'static str {
    WORDS.iter().map(|(name, _)| *name).find(|name| *name == value).unwrap_or("offered")
}
