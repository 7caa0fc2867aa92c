//! The places that stand right behind or right before the words of a statement.

use super::text::Statement;
use super::tokens::{Token, tokens};
use crate::place::Gazetteer;
use crate::place::name::Name;

/// Words that a list of places may begin with.
const FILLERS: &[&str] = &[
    "the",
    "either",
    "one",
    "of",
    "following",
    "states",
    "state",
    "countries",
    "country",
    "any",
    "anywhere",
    "in",
    "within",
    "both",
    "all",
    "continental",
    "contiguous",
    "mainland",
    "lower",
    "48",
    "entire",
    "on",
    "based",
    "from",
    "these",
    "locations",
    "only",
    "across",
    "certain",
    "select",
    "our",
    "must",
    "be",
    "den",
    "der",
    "die",
    "la",
    "le",
    "les",
    "el",
    "los",
    "full",
    "time",
];

/// Codes of states that are words in capitals.
const WORDS_AS_CODES: &[&str] = &["OR", "IN", "ME", "OK", "HI", "MA", "PA", "ON", "DE", "CO", "LA", "ID", "AL"];

/// Most words before the first place of a list.
const MOST_FILLERS: usize = 6;

/// The places that stand right behind `at`, and where the last of them ends.
pub(super) fn list(places: &Gazetteer, said: &Statement<'_>, at: usize) -> (Vec<Name>, usize) {
    let words = tokens(said.text, at, said.sentence.1);
    let mut index = 0;
    while index < words.len().min(MOST_FILLERS) && FILLERS.contains(&words[index].word.to_lowercase().as_str()) {
        index += 1;
    }
    let (mut names, mut end) = (Vec::new(), at);
    while index < words.len() {
        // "REMOTE (OR ONSITE …)": a word in capitals is no state at the beginning of a list.
        let codes = !names.is_empty() || !WORDS_AS_CODES.contains(&words[index].word);
        let Some((count, name)) = name_at(places, &words, index, codes) else { break };
        let last = words[index + count - 1];
        if words.get(index + count).is_some_and(|next| is_of_zone(next.word)) && !last.listed {
            // "Europe/Asia time zones" are hours.
            return (Vec::new(), at);
        }
        // "US, CA, UK" are countries.
        let countries = !names.is_empty() && names.iter().all(|name| matches!(name, Name::Country(_)));
        let next =
            || name_at(places, &words, index + 1, false).is_some_and(|(_, name)| matches!(name, Name::Country(_)));
        names.push(if words[index].word == "CA" && countries && next() { Name::Country("CA") } else { name });
        end = last.end;
        index += count;
        if last.last {
            break;
        }
        let joined = |word: &str| {
            matches!(word.to_lowercase().as_str(), "and" | "or" | "plus" | "und" | "oder" | "et" | "ou" | "y" | "o")
        };
        let mut linked = last.listed;
        while words.get(index).is_some_and(|word| joined(word.word) || word.word == "the" && linked) {
            linked = true;
            index += 1;
        }
        if !linked {
            break;
        }
    }
    (names, end)
}

/// Words that make a place before them one of hours or customers.
fn is_of_zone(word: &str) -> bool {
    let words = [
        "time",
        "timezone",
        "timezones",
        "zone",
        "zones",
        "hours",
        "market",
        "markets",
        "customers",
        "clients",
        "business",
        "working",
        "hq",
        "headquarters",
        "office",
        "offices",
        "team",
        "teams",
    ];
    words.iter().any(|other| word.eq_ignore_ascii_case(other))
}

fn name_at(places: &Gazetteer, words: &[Token<'_>], index: usize, codes: bool) -> Option<(usize, Name)> {
    let run: Vec<&str> = words[index..].iter().take(4).map(|token| token.word).collect();
    // A name does not go on behind a comma or the end of a sentence.
    let whole =
        words[index..].iter().take(4).position(|token| token.last || token.listed).map_or(run.len(), |at| at + 1);
    places.name_at(&run[..whole.min(run.len())], codes)
}

/// The names right before a cue, skipping words such as "residents", and where the first begins.
pub(super) fn names_before(places: &Gazetteer, said: &Statement<'_>) -> (Vec<Name>, usize) {
    let words = tokens(said.text, said.sentence.0, said.start);
    let mut end = words.len();
    let skipped = ["residents", "based", "citizens", "candidates", "applicants", "resident", "remote", "time", "zones"];
    while end > 0 && skipped.contains(&words[end - 1].word.to_lowercase().as_str()) {
        if words[end - 1].word.eq_ignore_ascii_case("zones") || words[end - 1].word.eq_ignore_ascii_case("time") {
            return (Vec::new(), said.start);
        }
        end -= 1;
    }
    let (mut names, mut start) = (Vec::new(), said.start);
    while end > 0 {
        let found = (end.saturating_sub(4)..end).find_map(|from| {
            let run: Vec<&str> = words[from..end].iter().map(|token| token.word).collect();
            let broken = words[from..end - 1].iter().any(|token| token.listed || token.last);
            let (count, name) = if broken { None? } else { places.name_at(&run, true)? };
            (count == end - from).then_some((from, name))
        });
        let Some((from, name)) = found else { break };
        names.push(name);
        start = words[from].start;
        end = from;
        let mut linked = end > 0 && words[end - 1].listed;
        while end > 0 && matches!(words[end - 1].word.to_lowercase().as_str(), "and" | "or" | "the") {
            linked |= words[end - 1].word != "the";
            end -= 1;
        }
        if !linked {
            break;
        }
    }
    (names, start)
}
