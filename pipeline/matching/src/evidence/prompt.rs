//! What a model is asked about one posting and one person.

use pipeline_core::ports::Prompt;
use pipeline_core::stage::SkillReader;
use serde_json::{Value, json};

use super::facts::Facts;

/// Version of the instructions; the file's name.
pub(crate) const VERSION: &str = "evidence-1";
/// Longest stretch of a posting that a model reads, in bytes.
const MAX_TEXT_BYTES: usize = 12_000;
/// Longest title, in bytes.
const MAX_TITLE_BYTES: usize = 300;
/// Most recognised requirements that it is told.
const MAX_REQUIREMENTS: usize = 40;
/// Most tokens of an answer: 12 items of two quotes each.
const MAX_TOKENS: u32 = 1_600;

const INSTRUCTIONS: &str = include_str!("../prompts/evidence-1.md");

/// What a posting says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Posting {
    /// Its title.
    title: String,
    /// The beginning of its stored text, so that places in it are places in the whole.
    pub(crate) text: String,
}

impl Posting {
    pub(crate) fn new(title: &str, text: &str) -> Self {
        Self { title: cut(title, MAX_TITLE_BYTES).to_owned(), text: cut(text, MAX_TEXT_BYTES).to_owned() }
    }
}

/// The question; a function of the posting and the facts alone. As one JSON document, so that no text can end itself.
pub(crate) fn prompt(posting: &Posting, facts: &Facts, skills: &dyn SkillReader) -> Prompt {
    let mut requirements: Vec<String> = Vec::new();
    for span in skills.skills(&posting.text) {
        if requirements.len() < MAX_REQUIREMENTS && !requirements.contains(&span.skill) {
            requirements.push(span.skill);
        }
    }
    let material = json!({
        "posting": {"title": posting.title, "text": posting.text},
        "requirements": requirements,
        "profile": facts.to_json(),
    });
    Prompt {
        instructions: INSTRUCTIONS.to_owned(),
        material: material.to_string(),
        schema: schema(),
        max_tokens: MAX_TOKENS,
    }
}

/// The same question after an answer that could not be read; `problem` is a sentence of ours.
pub(crate) fn repaired(prompt: &Prompt, problem: &str) -> Prompt {
    let instructions =
        format!("{}\nYour answer before could not be used: {problem}. Answer again.\n", prompt.instructions);
    Prompt { instructions, ..prompt.clone() }
}

fn schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["posting", "profile", "verdict"],
            "properties": {
                "posting": {"type": "string"},
                "profile": {"type": "string"},
                "verdict": {"type": "string", "enum": ["met", "partly", "missing"]},
            },
        }}},
    })
}

/// The beginning of `text`, at most `bytes` long.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
