//! What is kept of a model's answer: quotes that are really there, under claims of ours. Not one word of its own.

use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use super::facts::{Facts, is_unseen, whole_words};
use super::prompt::{Posting, VERSION};

/// Longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// Most items that are kept.
const MAX_ITEMS: usize = 12;
/// Longest quote, in characters.
const MAX_QUOTE_CHARS: usize = 300;

/// One requirement of a posting with the words of both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Quoted {
    /// What the quotes show, from a closed list.
    claim: String,
    /// The person's words; empty when nothing shows it.
    profile: String,
    /// The posting's words.
    posting: String,
    /// Where they start in the posting's text, in bytes.
    start: usize,
    /// Where they end in the posting's text, in bytes.
    end: usize,
    /// The model and the version of its instructions.
    by: String,
}

/// What an answer came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    /// What stands.
    pub(crate) quoted: Vec<Quoted>,
    /// Items that do not: invented, too long, contradictory, twice.
    pub(crate) dropped: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    posting: String,
    profile: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Met,
    Partly,
    Missing,
}

impl Verdict {
    fn claim(self) -> &'static str {
        match self {
            Self::Met => "the profile shows this requirement",
            Self::Partly => "the profile shows this requirement in part",
            Self::Missing => "the profile does not show this requirement",
        }
    }
}

/// Reads the answer of `model` and keeps what both sides really say.
///
/// # Errors
/// A sentence without any of the answer's words, when it is not of the form that was asked for.
pub(crate) fn check(text: &str, posting: &Posting, facts: &Facts, model: &str) -> Result<Checked, &'static str> {
    if text.len() > MAX_ANSWER_BYTES {
        return Err("it is too long");
    }
    let answer: Answer = serde_json::from_str(text.trim()).map_err(|error| match error.classify() {
        Category::Data => "it is JSON, but not of the form that was asked for",
        Category::Eof => "it ends before its JSON does",
        Category::Syntax | Category::Io => "it is not one JSON object and nothing else",
    })?;
    let mut checked = Checked::default();
    for item in answer.items {
        match quoted(&item, posting, facts, model) {
            Some(quoted)
                if checked.quoted.len() < MAX_ITEMS
                    && !checked.quoted.iter().any(|other| other.start == quoted.start) =>
            {
                checked.quoted.push(quoted);
            }
            _ => checked.dropped += 1,
        }
    }
    Ok(checked)
}

fn quoted(item: &Item, posting: &Posting, facts: &Facts, model: &str) -> Option<Quoted> {
    let is_plain = |quote: &str| quote.chars().count() <= MAX_QUOTE_CHARS && !quote.chars().any(is_unseen);
    let shown = if item.verdict == Verdict::Missing { item.profile.is_empty() } else { facts.hold(&item.profile) };
    if !shown || !is_plain(&item.posting) || !is_plain(&item.profile) || item.posting.trim() != item.posting {
        return None;
    }
    let (start, end) = whole_words(&posting.text, &item.posting)?;
    Some(Quoted {
        claim: item.verdict.claim().to_owned(),
        profile: item.profile.clone(),
        posting: item.posting.clone(),
        start,
        end,
        by: format!("{model} {VERSION}"),
    })
}
