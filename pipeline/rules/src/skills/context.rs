//! When an ambiguous name counts: what stands beside it. Only the line that it stands on is looked at, and of that a bounded
//! stretch, so that a hit costs the same in any text.

use super::dictionary::{Name, Rule};

/// How far a cue or a neighbouring skill may stand from an ambiguous name, in words.
const REACH: usize = 4;
/// How much of a line is looked at on each side, in bytes.
const WINDOW: usize = 96;

/// Words that make an ambiguous name beside them a skill.
const CUES: &[&str] = &[
    "api",
    "apis",
    "app",
    "apps",
    "backend",
    "certification",
    "certified",
    "code",
    "codebase",
    "codebases",
    "coding",
    "developer",
    "developers",
    "development",
    "dashboards",
    "engineer",
    "engineers",
    "experience",
    "expertise",
    "fluency",
    "fluent",
    "framework",
    "frameworks",
    "frontend",
    "kenntnisse",
    "knowledge",
    "language",
    "languages",
    "libraries",
    "library",
    "microservices",
    "proficiency",
    "proficient",
    "programming",
    "scripting",
    "scripts",
    "sdk",
    "services",
    "skills",
    "software",
    "stack",
    "technologies",
    "tooling",
    "tools",
    "written",
];

/// Words before a name that ask for it.
const ASKING: &[&str] = &[
    "experience",
    "experienced",
    "expertise",
    "proficiency",
    "proficient",
    "familiar",
    "familiarity",
    "knowledge",
    "skills",
    "skilled",
    "fluency",
    "fluent",
    "competency",
    "competence",
    "command",
    "mastery",
    "certified",
    "certification",
    "using",
    "tools",
    "platforms",
    "systems",
    "software",
    "erfahrung",
    "kenntnisse",
    "expérience",
    "experiencia",
    "background",
];

/// Words that, written so after a name, make it a firm's or a street's.
const FIRMS: &[&str] = &[
    "Capital",
    "Ventures",
    "Therapeutics",
    "Holdings",
    "Avenue",
    "Street",
    "Park",
    "Airlines",
    "Pharmaceuticals",
    "Partners",
    "Inc",
    "LLC",
    "Ltd",
    "GmbH",
    "Corp",
    "Corporation",
    "Foundation",
    "University",
    "Bank",
    "Group",
    "Road",
    "Valley",
];

/// Words that go on after an ambiguous name which is none: "Go to", "C suite", "C level".
const RUNS_ON: &[&str] =
    &["to", "suite", "level", "corp", "series", "round", "beyond", "above", "getters", "getter", "live"];

/// Words after which a skill is not asked for, and how many words may stand between.
const DENIALS: &[(&str, usize)] =
    &[("no", 2), ("not", 1), ("without", 2), ("isn't", 1), ("kein", 1), ("keine", 2), ("sans", 1)];

/// Words after which a letter is a number.
const NUMBERED: &[&str] = &[
    "series",
    "class",
    "vitamin",
    "type",
    "grade",
    "level",
    "plan",
    "part",
    "section",
    "appendix",
    "tier",
    "phase",
    "hepatitis",
    "option",
    "group",
    "schedule",
    "exhibit",
    "ph",
    "title",
    "building",
    "suite",
];

/// Words for those of whom a text says that they are like the firms that it names.
const FIRM_HEADS: &[&str] = &[
    "companies",
    "company",
    "customers",
    "customer",
    "clients",
    "startups",
    "brands",
    "businesses",
    "investors",
    "leaders",
    "firms",
    "enterprises",
    "founders",
    "alumni",
    "organizations",
    "organisations",
    "backers",
    "unicorns",
    "logos",
    "employers",
    "competitors",
    "teams",
    "groups",
    "departments",
];

/// Words that lead from them to the names of the firms.
const FIRM_LEADS: &[&str] =
    &["like", "including", "include", "includes", "such", "at", "from", "e.g", "eg", "as", "of"];

/// States of the USA: "Phoenix, AZ" is a city.
const STATES: &[&str] = &[
    "AL", "AZ", "AR", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA",
    "MD", "MI", "MN", "MO", "MS", "MT", "NC", "NE", "NH", "NJ", "NM", "NV", "NY", "OH", "OK", "OR", "PA", "RI", "SC",
    "SD", "TN", "TX", "UT", "VA", "VT", "WA", "WI",
];

/// A name found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Its place in the names of the dictionary.
    pub name: usize,
    pub start: usize,
    pub end: usize,
    /// Whether it counts.
    pub sure: bool,
}

/// The part of the line before byte `at`.
pub(super) fn before(text: &str, at: usize) -> &str {
    let mut from = at.saturating_sub(WINDOW);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let window = &text[from..at];
    window.rfind('\n').map_or(window, |line| &window[line + 1..])
}

/// The part of the line from byte `at` on.
pub(super) fn after(text: &str, at: usize) -> &str {
    let mut to = (at + WINDOW).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let window = &text[at..to];
    window.find('\n').map_or(window, |line| &window[..line])
}

/// The words of a stretch of text, in order; an apostrophe between letters is part of a word.
pub(super) fn words(stretch: &str) -> impl DoubleEndedIterator<Item = &str> {
    let inside = |c: char| c.is_alphanumeric() || c == '\'' || c == '’' || c == '+' || c == '#';
    stretch.split(move |c: char| !inside(c)).map(|word| word.trim_matches(['\'', '’'])).filter(|word| !word.is_empty())
}

pub(super) fn is_in(word: &str, list: &[&str]) -> bool {
    list.iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// Whether the sentence goes on over `gap`.
fn same_sentence(gap: &str) -> bool {
    !gap.contains('\n') && ![". ", "! ", "? ", "; "].iter().any(|end| gap.contains(end))
}

/// Whether `name` may be meant by what stands at these bytes; an ambiguous one needs more than this.
pub(super) fn fits(text: &str, start: usize, end: usize, name: &Name) -> bool {
    let (written, following) = (&text[start..end], after(text, end));
    let next = words(following).next().filter(|_| following.starts_with([' ', '-']));
    let spaced = following.starts_with(' ');
    if next.is_some_and(|next| spaced && FIRMS.contains(&next) && following[1..].starts_with(next)) {
        return false;
    }
    if is_in_address(text, start, following) {
        return false;
    }
    if name.rule == Rule::Always {
        return true;
    }
    if written != name.written || next.is_some_and(|next| is_in(next, RUNS_ON)) {
        return false;
    }
    if written.len() == 1 && is_only_a_letter(text, start) {
        return false;
    }
    let preceding = text[..start].chars().next_back();
    // The R of "R&D", the C of "C-level", "Go's".
    let joined = name.rule == Rule::Cue
        && (following.starts_with(['&', '\'', '’', '$', '-', '@'])
            || preceding.is_some_and(|c| matches!(c, '&' | '\'' | '’' | '$' | '-' | '@' | '#' | '.')));
    !joined
}

/// Whether a single letter stands as one of a list of letters or as a number does: "(m/w/d)", "Series C", "Ph.D.".
fn is_only_a_letter(text: &str, start: usize) -> bool {
    let left = before(text, start);
    let last = words(left).next_back().unwrap_or_default();
    let joined = left.ends_with(['/', '|', '*', ':']) && last.len() == 1 && !matches!(last, "C" | "R");
    joined || is_in(last, NUMBERED)
}

/// Whether the name is part of an address or a handle: "github.com/someone", "notion.so", "https://…", "jobs@".
fn is_in_address(text: &str, start: usize, following: &str) -> bool {
    let rest = following.strip_prefix('.').unwrap_or_default();
    let domain = &rest[..rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len())];
    if ["com", "org", "io", "ai", "co", "dev", "app", "so", "net", "de", "eu"].contains(&domain)
        || following.starts_with('@')
        || following.starts_with("://")
    {
        return true;
    }
    let Some(last) = text[..start].chars().next_back() else { return false };
    if !matches!(last, '/' | '.' | '-' | '_' | '=' | '?' | '@' | '&' | '#') {
        return false;
    }
    let left = before(text, start);
    let chunk = left.rfind(char::is_whitespace).map_or(left, |at| &left[at..]);
    chunk.contains("://") || chunk.contains("www.") || last == '@'
}

/// Makes ambiguous hits sure that stand beside a cue or a sure hit, from left to right and back.
pub(super) fn settle(text: &str, hits: &mut [Hit]) {
    let near = |a: &Hit, b: &Hit| {
        let Some(gap) = text.get(a.end..b.start).filter(|gap| gap.len() <= WINDOW / 2) else { return false };
        same_sentence(gap) && words(gap).count() < REACH
    };
    for at in 0..hits.len() {
        let hit = hits[at];
        if hit.sure || means_something_else(text, &hit, hits.get(at + 1)) {
            continue;
        }
        let by_neighbour = at > 0 && hits[at - 1].sure && near(&hits[at - 1], &hit)
            || hits.get(at + 1).is_some_and(|next| next.sure && near(&hit, next));
        hits[at].sure = by_neighbour || is_cued(text, &hit);
    }
    for at in (1..hits.len()).rev() {
        let hit = hits[at - 1];
        if hits[at].sure && !hit.sure && near(&hit, &hits[at]) && !means_something_else(text, &hit, Some(&hits[at])) {
            hits[at - 1].sure = true;
        }
    }
}

/// Whether what follows makes an ordinary word or another name of an ambiguous one.
fn means_something_else(text: &str, hit: &Hit, next: Option<&Hit>) -> bool {
    let following = after(text, hit.end);
    let state =
        following.strip_prefix(", ").and_then(|rest| words(rest).next()).is_some_and(|word| STATES.contains(&word));
    state || begins_a_sentence_of_its_own(text, hit, next) || goes_on_as_a_name(following, hit, next)
}

/// Whether a capitalised word follows that is no cue: "Salt Lake", "Linear Algebra".
fn goes_on_as_a_name(following: &str, hit: &Hit, next: Option<&Hit>) -> bool {
    let Some(following) = following.strip_prefix(' ') else { return false };
    let beside = next.is_some_and(|next| next.start <= hit.end + 1);
    let word = words(following).next().unwrap_or_default();
    following.starts_with(char::is_uppercase) && !beside && !is_in(word, CUES)
}

/// Whether the sentence names a hit as one of a list of firms: "customers like Stripe and Figma".
pub(super) fn is_listed_as_a_firm(text: &str, hit: &Hit) -> bool {
    if !text[hit.start..hit.end].starts_with(char::is_uppercase) {
        return false;
    }
    let left = before(text, hit.start);
    let left = left.rfind(['.', '!', '?', ';', '(']).map_or(left, |end| &left[end + 1..]);
    let mut lead = false;
    for word in words(left).rev().take(12) {
        if lead && is_in(word, FIRM_HEADS) {
            return true;
        }
        lead = is_in(word, FIRM_LEADS);
    }
    false
}

/// Whether a name opens a sentence as an ordinary word of it: "Excel in a fast team", "Make sure our tools …".
fn begins_a_sentence_of_its_own(text: &str, hit: &Hit, next: Option<&Hit>) -> bool {
    let before = before(text, hit.start).trim_end();
    let opens = before.is_empty() || before.ends_with(['.', '!', '?', ':', '•', '*', '-', '–', '—', '·', '"', '“']);
    let Some(following) = after(text, hit.end).strip_prefix(' ') else { return false };
    let beside = next.is_some_and(|next| next.start <= hit.end + 1);
    let Some(word) = words(following).next() else { return false };
    let goes_on = following.starts_with(|c: char| c.is_lowercase());
    opens && goes_on && !beside && !is_in(word, CUES) && !is_in(word, &["and", "or", "und", "et", "y", "is", "for"])
}

/// Whether a cue stands within three words, or what comes before asks for it.
fn is_cued(text: &str, hit: &Hit) -> bool {
    let (left, right) = (before(text, hit.start), after(text, hit.end));
    let left = left.rfind(['.', '!', '?', ';']).map_or(left, |end| &left[end + 1..]);
    let right = right.find(['.', '!', '?', ';']).map_or(right, |end| &right[..end]);
    words(left).rev().take(3).any(|word| is_in(word, CUES))
        || words(right).take(3).any(|word| is_in(word, CUES))
        || words(left).rev().take(5).any(|word| is_in(word, ASKING))
}

/// Whether the words right before a hit ask for experience with it.
pub(super) fn is_asked_for(text: &str, hit: &Hit) -> bool {
    let left = before(text, hit.start);
    let left = left.rfind(['.', '!', '?', ';']).map_or(left, |end| &left[end + 1..]);
    let joined = |word: &&str| !is_in(word, &["at", "our", "the", "join", "about"]);
    words(left).rev().take(4).take_while(joined).any(|word| is_in(word, ASKING))
}

/// Whether the words before a hit say that it is not wanted: "no Java required", "not Java".
pub(super) fn is_denied(text: &str, hit: &Hit) -> bool {
    let left = before(text, hit.start);
    let left = left.rfind(['.', '!', '?', ';', ',', '(', ':']).map_or(left, |end| &left[end + 1..]);
    let mut next = "";
    words(left).rev().enumerate().take(3).any(|(at, word)| {
        let denied = DENIALS.iter().any(|(denial, between)| at <= *between && word.eq_ignore_ascii_case(denial));
        let only = is_in(next, &["only", "just", "limited", "necessarily", "exclusively"]);
        next = word;
        denied && !only
    })
}

/// Whether the first words of `name` are `words`, whatever their case.
pub(super) fn begins(name: &str, words: &str) -> bool {
    let Some(head) = name.get(..words.len()) else { return false };
    head.to_lowercase() == words.to_lowercase() && !name[words.len()..].starts_with(char::is_alphanumeric)
}
