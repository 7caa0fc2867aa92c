//! Words as they are compared: stems without the words that join others, short forms written out.

use crate::spans::features::stem;

/// Words that say nothing about which skill is meant.
const EMPTY: &[&str] = &[
    "a",
    "ability",
    "able",
    "an",
    "and",
    "are",
    "as",
    "at",
    "be",
    "by",
    "etc",
    "excellent",
    "experience",
    "for",
    "from",
    "good",
    "have",
    "in",
    "into",
    "is",
    "it",
    "its",
    "knowledge",
    "of",
    "on",
    "or",
    "our",
    "skill",
    "skills",
    "strong",
    "such",
    "that",
    "the",
    "their",
    "this",
    "to",
    "us",
    "using",
    "we",
    "well",
    "will",
    "with",
    "within",
    "you",
    "your",
];

/// Short forms and what they stand for.
const SHORT: &[(&str, &str)] = &[
    ("ai", "artificial intelligence"),
    ("api", "application programming interface"),
    ("bi", "business intelligence"),
    ("b2b", "business to business"),
    ("cad", "computer aided design"),
    ("comms", "communication"),
    ("crm", "customer relationship management"),
    ("css3", "css"),
    ("dl", "deep learning"),
    ("docs", "documentation"),
    ("ecmascript", "javascript"),
    ("erp", "enterprise resource planning"),
    ("etl", "data extraction transformation and loading"),
    ("golang", "go programming"),
    ("hr", "human resources"),
    ("iac", "infrastructure code"),
    ("iot", "internet of things"),
    ("js", "javascript"),
    ("k8s", "kubernetes container"),
    ("kpi", "key performance indicators"),
    ("kpis", "key performance indicators"),
    ("ml", "machine learning"),
    ("nlp", "natural language processing"),
    ("oop", "object oriented programming"),
    ("ops", "operations"),
    ("pm", "project management"),
    ("postgres", "postgresql"),
    ("qa", "quality assurance"),
    ("rdbms", "relational database management systems"),
    ("sdlc", "systems development life cycle"),
    ("seo", "search engine optimisation"),
    ("ts", "typescript"),
    ("ui", "user interface"),
    ("ux", "user experience"),
];

/// Spellings of one word: American and British, and those with and without a sign.
const SPELLINGS: &[(&str, &str)] = &[("iz", "is"), ("yz", "ys"), ("ior", "iour"), ("color", "colour"), ("lor", "lour")];

/// The stems of `text`, in order, without those that say nothing.
pub fn terms(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    split(text).for_each(|word| push(&word, &mut out));
    out
}

/// The text with its short forms written out.
pub fn written_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for word in split(text) {
        let long = SHORT.iter().find(|(short, _)| *short == word).map(|(_, long)| *long);
        out.push_str(long.unwrap_or(&word));
        out.push(' ');
    }
    out
}

fn push(word: &str, out: &mut Vec<String>) {
    if EMPTY.binary_search(&word).is_err() {
        let stem = stem(word);
        let alike = SPELLINGS.iter().find(|(other, _)| stem.ends_with(other) && stem.len() > 4);
        out.push(
            alike.map_or_else(|| stem.to_owned(), |(other, one)| format!("{}{one}", &stem[..stem.len() - other.len()])),
        );
    }
}

/// Words in lower case: letters and digits, with `+` and `#` after them and a stop within.
fn split(text: &str) -> impl Iterator<Item = String> + '_ {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '+' | '#' | '.' | '\'' | '’');
    text.split(move |c| !inner(c)).filter_map(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+' && c != '#');
        let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
        (!word.is_empty()).then(|| word.to_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_written_out_and_empty_words_left_out() {
        assert_eq!(terms(&written_out("Experience with ML")), terms("machine learning"));
        assert_eq!(terms("organizing teams"), terms("organise the team"));
        assert_eq!(terms("C++ and C#"), ["c++", "c#"]);
        assert!(EMPTY.is_sorted());
    }
}
