//! Skills named in text: whole tokens against a dictionary, the longest name first, with context for names that are
//! words of the language, too.

use std::collections::{BTreeMap, HashMap};

use pipeline_core::stage::SkillSpan;

const DICTIONARY: &str = include_str!("../../../data-samples/reference/skills.tsv");

/// How far a cue or a neighbouring skill may stand from an ambiguous name, in tokens.
const REACH: usize = 4;

/// Words that make an ambiguous name beside them a skill.
const CUES: &[&str] = &[
    "programming",
    "language",
    "languages",
    "framework",
    "frameworks",
    "code",
    "coding",
    "codebase",
    "stack",
    "library",
    "libraries",
    "developer",
    "developers",
    "scripting",
    "proficiency",
    "proficient",
    "tools",
    "tooling",
    "skills",
    "technologies",
    "backend",
    "microservices",
    "software",
    "engineer",
    "expertise",
    "fluent",
    "written",
    "sdk",
    "services",
    "knowledge",
];

/// Words that, written so after a name, make it a firm's or a street's.
const FIRMS: &[&str] =
    &["Capital", "Ventures", "Therapeutics", "Holdings", "Avenue", "Street", "Park", "Airlines", "Pharmaceuticals"];

/// When a name counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Always.
    Always,
    /// Written as in the dictionary.
    Case,
    /// Written as in the dictionary and beside a cue or another skill.
    Cue,
}

struct Name {
    /// Further tokens after the first, in lower case.
    rest: Vec<String>,
    written: String,
    skill: usize,
    rule: Rule,
}

/// The dictionary, by the first token of each name.
pub struct Dictionary {
    skills: Vec<&'static str>,
    names: HashMap<String, Vec<Name>>,
}

struct Token<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    /// Whether it stands right after the token before, with one sign or space between.
    near: bool,
    /// Line that it stands on.
    line: usize,
}

struct Hit {
    skill: usize,
    first: usize,
    last: usize,
    sure: bool,
}

impl Dictionary {
    /// The dictionary of the reference extract.
    pub fn new() -> Self {
        let mut dictionary = Self { skills: Vec::new(), names: HashMap::new() };
        for line in DICTIONARY.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let mut fields = line.split('\t');
            let (Some(skill), aliases, rule) =
                (fields.next(), fields.next().unwrap_or_default(), fields.next().unwrap_or_default())
            else {
                continue;
            };
            let rule = match rule {
                "case" => Rule::Case,
                "cue" => Rule::Cue,
                _ => Rule::Always,
            };
            let index = dictionary.skills.len();
            dictionary.skills.push(skill);
            dictionary.add(skill, index, rule);
            for alias in aliases.split(',').map(str::trim).filter(|alias| !alias.is_empty()) {
                // An alias of an ambiguous name is there because it is not ambiguous; `=` marks those that need their case.
                match alias.strip_prefix('=') {
                    Some(cased) => dictionary.add(cased, index, Rule::Case),
                    None => dictionary.add(alias, index, Rule::Always),
                }
            }
        }
        for names in dictionary.names.values_mut() {
            names.sort_by_key(|name| std::cmp::Reverse(name.rest.len()));
        }
        dictionary
    }

    fn add(&mut self, written: &str, skill: usize, rule: Rule) {
        let mut tokens = tokens(written).into_iter().map(|token| token.text.to_lowercase());
        let Some(first) = tokens.next() else { return };
        let name = Name { rest: tokens.collect(), written: written.to_owned(), skill, rule };
        self.names.entry(first).or_default().push(name);
    }

    /// Every skill that `text` names, in order of place.
    pub fn find(&self, text: &str) -> Vec<SkillSpan> {
        let tokens = tokens(text);
        let mut hits = self.hits(text, &tokens);
        settle(&mut hits, &tokens);
        hits.into_iter()
            .filter(|hit| hit.sure)
            .map(|hit| SkillSpan {
                skill: self.skills[hit.skill].to_owned(),
                start: tokens[hit.first].start,
                end: tokens[hit.last].end,
            })
            .collect()
    }

    /// The canonical name of a skill in a person's words.
    pub fn canonical(&self, words: &str) -> Option<String> {
        let lower: Vec<String> = tokens(words).into_iter().map(|token| token.text.to_lowercase()).collect();
        let (first, rest) = lower.split_first()?;
        let name = self.names.get(first)?.iter().find(|name| name.rest == rest)?;
        Some(self.skills[name.skill].to_owned())
    }

    fn hits(&self, text: &str, tokens: &[Token<'_>]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut lower = String::new();
        let mut at = 0;
        while at < tokens.len() {
            lower.clear();
            lower.extend(tokens[at].text.chars().flat_map(char::to_lowercase));
            let found =
                self.names.get(lower.as_str()).and_then(|names| names.iter().find(|name| name.fits(text, tokens, at)));
            match found {
                Some(name) => {
                    let last = at + name.rest.len();
                    hits.push(Hit { skill: name.skill, first: at, last, sure: name.rule != Rule::Cue });
                    at = last + 1;
                }
                None => at += 1,
            }
        }
        hits
    }
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::new()
    }
}

impl Name {
    fn fits(&self, text: &str, tokens: &[Token<'_>], at: usize) -> bool {
        let Some(following) = tokens.get(at + 1..at + 1 + self.rest.len()) else { return false };
        let same =
            following.iter().zip(&self.rest).all(|(token, word)| token.near && equal_ignoring_case(token.text, word));
        if !same || is_firm(text, tokens, at + self.rest.len()) {
            return false;
        }
        if self.rule == Rule::Always {
            return true;
        }
        let written = &text[tokens[at].start..tokens[at + self.rest.len()].end];
        // "Go to" and "Go-to" are no language; nor is the R of "R&D" or the C of "C-level".
        let next = tokens.get(at + 1 + self.rest.len());
        let runs_on = next.is_some_and(|next| {
            matches!(next.text.to_ascii_lowercase().as_str(), "to" | "suite" | "level" | "corp" | "series") && next.near
        });
        let after = &text[tokens[at + self.rest.len()].end..];
        let before = text[..tokens[at].start].chars().next_back();
        let joined = self.rule == Rule::Cue
            && (after.starts_with(['&', '\'', '’', '$', '-'])
                || before.is_some_and(|c| matches!(c, '&' | '\'' | '’' | '$' | '-' | '@')));
        written == self.written && !runs_on && !joined
    }
}

/// Whether the word after token `at` makes a firm or a street of it: "Spark Capital", "Oracle Avenue".
fn is_firm(text: &str, tokens: &[Token<'_>], at: usize) -> bool {
    let Some(next) = tokens.get(at + 1) else { return false };
    FIRMS.contains(&next.text) && &text[tokens[at].end..next.start] == " "
}

fn equal_ignoring_case(a: &str, lower: &str) -> bool {
    if a.is_ascii() { a.eq_ignore_ascii_case(lower) } else { a.to_lowercase() == lower }
}

/// Makes ambiguous hits sure that stand beside a cue or a sure hit, from left to right and back.
fn settle(hits: &mut [Hit], tokens: &[Token<'_>]) {
    let near =
        |a: &Hit, b: &Hit| b.first.saturating_sub(a.last) <= REACH && tokens[a.last].line == tokens[b.first].line;
    for at in 0..hits.len() {
        let hit = &hits[at];
        let by_neighbour = at > 0 && hits[at - 1].sure && near(&hits[at - 1], hit)
            || hits.get(at + 1).is_some_and(|next| next.sure && near(hit, next));
        if !hit.sure && (by_neighbour || cued(hit, tokens)) {
            hits[at].sure = true;
        }
    }
    for at in (1..hits.len()).rev() {
        if hits[at].sure && !hits[at - 1].sure && near(&hits[at - 1], &hits[at]) {
            hits[at - 1].sure = true;
        }
    }
}

fn cued(hit: &Hit, tokens: &[Token<'_>]) -> bool {
    let line = tokens[hit.first].line;
    let (from, to) = (hit.first.saturating_sub(3), (hit.last + 3).min(tokens.len() - 1));
    (from..=to).any(|at| tokens[at].line == line && CUES.iter().any(|cue| tokens[at].text.eq_ignore_ascii_case(cue)))
}

/// Runs of letters and digits; `+` and `#` after a letter belong to it (`C++`, `F#`), as does a dot before `NET`.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::with_capacity(text.len() / 6);
    let mut characters = text.char_indices().peekable();
    let (mut line, mut end_before) = (0, usize::MAX);
    let mut gap_has_line = false;
    while let Some((start, character)) = characters.next() {
        if character == '\n' {
            (line, gap_has_line) = (line + 1, true);
        }
        if !character.is_alphanumeric() {
            continue;
        }
        let mut end = start + character.len_utf8();
        let mut signed = false;
        while let Some((at, next)) = characters.peek().copied() {
            let sign = matches!(next, '+' | '#') && text[at + 1..].chars().next().is_none_or(|c| !c.is_alphanumeric());
            if !(next.is_alphanumeric() && !signed || sign) {
                break;
            }
            signed |= sign;
            end = at + next.len_utf8();
            characters.next();
        }
        let dotted = start > 0
            && text.as_bytes()[start - 1] == b'.'
            && text[start..end].eq_ignore_ascii_case("net")
            && end_before != start - 1;
        let start = if dotted { start - 1 } else { start };
        let near = end_before != usize::MAX && start.saturating_sub(end_before) <= 1 && !gap_has_line;
        out.push(Token { text: &text[start..end], start, end, near, line });
        (end_before, gap_has_line) = (end, false);
    }
    out
}

/// Every name of the dictionary as it is written there.
pub fn written() -> Vec<&'static str> {
    let lines = DICTIONARY.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .flat_map(|line| line.split('\t').take(2).flat_map(|field| field.split(',')))
        .map(|name| name.trim().trim_start_matches('='))
        .filter(|name| !name.is_empty())
        .collect()
}

/// Names of skills, sorted, once each.
pub fn names(spans: &[SkillSpan]) -> Vec<String> {
    let mut first: BTreeMap<&str, ()> = BTreeMap::new();
    for span in spans {
        first.insert(&span.skill, ());
    }
    first.into_keys().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static BOOK: LazyLock<Dictionary> = LazyLock::new(Dictionary::new);

    fn read(text: &str) -> Vec<String> {
        names(&BOOK.find(text))
    }

    #[test]
    fn skills_are_found_as_whole_tokens() {
        assert_eq!(
            read("Python, PostgreSQL and k8s; not Pythonic javascripting"),
            ["Kubernetes", "PostgreSQL", "Python"]
        );
        assert_eq!(read("C++, C# and .NET with Node.js"), [".NET", "C#", "C++", "Node.js"]);
        assert_eq!(read("CI/CD on AWS"), ["AWS", "CI/CD"]);
    }

    #[test]
    fn the_longest_name_wins() {
        assert_eq!(read("React Native apps"), ["React Native"]);
        assert_eq!(read("We use React. Native speakers welcome."), ["React"]);
        assert_eq!(read("Spring Boot"), ["Spring Boot"]);
    }

    #[test]
    fn a_word_of_the_language_needs_a_cue_or_a_neighbour() {
        assert_eq!(read("Python, Go, Rust"), ["Go", "Python", "Rust"]);
        assert_eq!(read("the Go programming language"), ["Go"]);
        for text in [
            "Go to market",
            "go above and beyond",
            "Rust belt region",
            "Excel in a fast team",
            "Spring 2025 internship",
            "swift action",
            "R&D team",
            "C-level contacts",
            "Express yourself",
        ] {
            assert_eq!(read(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(read("Microsoft Excel"), ["Excel"]);
        assert_eq!(read("led by Spark Capital, with Spark and SQL"), ["SQL", "Spark"]);
    }

    #[test]
    fn spans_point_at_the_words() {
        let text = "ä Kubernetes, k8s";
        for span in BOOK.find(text) {
            assert_eq!(span.skill, "Kubernetes");
            assert!(["Kubernetes", "k8s"].contains(&&text[span.start..span.end]));
        }
    }

    #[test]
    fn a_persons_word_has_a_canonical_name() {
        assert_eq!(BOOK.canonical("postgres").as_deref(), Some("PostgreSQL"));
        assert_eq!(BOOK.canonical("golang").as_deref(), Some("Go"));
        assert_eq!(BOOK.canonical("go").as_deref(), Some("Go"));
        assert_eq!(BOOK.canonical("basket weaving"), None);
    }

    #[test]
    fn the_dictionary_names_no_skill_twice() {
        let mut skills = BOOK.skills.clone();
        skills.sort_unstable();
        skills.dedup();
        assert_eq!(skills.len(), BOOK.skills.len());
    }

    proptest! {
        #[test]
        fn spans_lie_in_the_text(text in "(\\PC|C\\+\\+|\\.NET|Go|Python|[ ,\\n.#+]){0,60}") {
            for span in BOOK.find(&text) {
                prop_assert!(text.get(span.start..span.end).is_some());
            }
        }
    }
}
