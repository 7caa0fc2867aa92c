//! The person who received a mail, and how to leave them out of it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use mail_parser::{HeaderName, HeaderValue, Message};

/// What stands where a name or an address was.
const GONE: &str = "***";
/// Words before a person's name, in the languages that boards write in.
const GREETINGS: [&str; 40] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "for",
    "morning",
    "afternoon",
    "evening",
    "welcome",
    "congratulations",
    "thanks",
    "mr",
    "mrs",
    "ms",
    "hallo",
    "liebe",
    "lieber",
    "guten",
    "tag",
    "morgen",
    "frau",
    "herr",
    "für",
    "bonjour",
    "salut",
    "cher",
    "chère",
    "pour",
    "hola",
    "estimado",
    "estimada",
    "para",
    "ciao",
    "caro",
    "cara",
    "per",
    "olá",
    "hej",
    "beste",
    "voor",
];
/// How an `@` is written in HTML and in links.
static AT_SIGNS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(["@", "%40", "&#64;", "&#x40;", "&commat;"]).ok());
/// Most names, and most words of one, that are looked for.
const MOST_NAMES: usize = 40;
/// Most words of a name.
const MOST_WORDS: usize = 6;

/// Who received a mail, as far as its header tells, and who sent it.
pub(super) struct People {
    sender: String,
    full: Vec<String>,
    parts: Vec<String>,
}

impl People {
    /// Those of `message`.
    pub fn of(message: &Message<'_>) -> Self {
        let sender = message.from().and_then(|from| from.first()).and_then(|from| from.address()).unwrap_or_default();
        let mut people = Self { sender: sender.trim().to_lowercase(), full: Vec::new(), parts: Vec::new() };
        for name in [HeaderName::To, HeaderName::Cc, HeaderName::Bcc] {
            let values = message.headers().iter().filter(|header| header.name == name).map(|header| &header.value);
            for receiver in values.filter_map(HeaderValue::as_address).flat_map(|address| address.iter()).take(20) {
                people.note(receiver.name(), receiver.address());
            }
        }
        let delivered =
            |name: &str| name.eq_ignore_ascii_case("delivered-to") || name.eq_ignore_ascii_case("x-original-to");
        for (_, value) in message.headers_raw().filter(|(name, _)| delivered(name)).take(20) {
            people.note(None, Some(value.trim()));
        }
        people
    }

    fn note(&mut self, name: Option<&str>, address: Option<&str>) {
        let local = address.and_then(|address| address.split_once('@')).map(|(local, _)| local.to_lowercase());
        let name = name.map(|name| name.trim().to_lowercase()).filter(|name| !name.contains('@'));
        let words = [name.as_deref(), local.as_deref()].into_iter().flatten();
        for word in words.flat_map(|words| words.split(|c: char| !c.is_alphabetic())) {
            if word.chars().count() >= 3
                && self.parts.len() < MOST_NAMES
                && !self.parts.iter().any(|known| known == word)
            {
                self.parts.push(word.to_owned());
            }
        }
        let whole = |name: &String| (2..=MOST_WORDS).contains(&name.split_whitespace().count());
        if self.full.len() < MOST_NAMES {
            self.full.extend(name.filter(whole));
        }
    }

    /// The sender's address, unless it carries the recipient's.
    pub fn sender(&self) -> String {
        let (local, host) = self.sender.rsplit_once('@').unwrap_or(("", &self.sender));
        let told = local.contains('=') || self.parts.iter().any(|part| part.len() > 4 && local.contains(part.as_str()));
        if told { format!("{GONE}@{host}") } else { self.sender.clone() }
    }

    /// `text` without addresses other than the sender's, and without the recipient's name.
    pub fn left_out_of(&self, text: &str) -> String {
        let text = self.without_addresses(text);
        self.without_names(&text)
    }

    fn without_addresses(&self, text: &str) -> String {
        let Some(signs) = AT_SIGNS.as_ref() else { return GONE.to_owned() };
        let mut kept = String::with_capacity(text.len());
        let mut done = 0;
        for sign in signs.find_iter(text).filter(|sign| text.is_char_boundary(sign.start())) {
            if sign.start() < done {
                continue;
            }
            let local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '=' | '\'');
            let start = done + text[done..sign.start()].trim_end_matches(local).len();
            let after = &text[sign.end()..];
            let host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
            let length = after.find(|c| !host(c)).unwrap_or(after.len());
            let length = after[..length].trim_end_matches(['.', '-']).len();
            let end = sign.end() + length;
            let is_address = start < sign.start() && after[..length].contains('.');
            if is_address && !text[start..end].eq_ignore_ascii_case(&self.sender()) {
                kept.push_str(&text[done..start]);
                kept.push_str(GONE);
            } else {
                kept.push_str(&text[done..end]);
            }
            done = end;
        }
        kept.push_str(&text[done..]);
        kept
    }

    /// The whole name is left out wherever it stands, a part of it where a person is spoken to: after a greeting, or at
    /// the beginning and before a comma. Elsewhere a part of a name may be a word of a title.
    fn without_names(&self, text: &str) -> String {
        let words = words(text);
        let lower: Vec<String> = words.iter().map(|(start, end)| text[*start..*end].to_lowercase()).collect();
        let mut gone = vec![false; words.len()];
        for full in &self.full {
            let name: Vec<&str> = full.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            for start in 0..(lower.len() + 1).saturating_sub(name.len()) {
                if !name.is_empty() && lower[start..start + name.len()].iter().eq(name.iter()) {
                    gone[start..start + name.len()].fill(true);
                }
            }
        }
        for (number, word) in lower.iter().enumerate().filter(|(_, word)| self.parts.contains(word)) {
            let greeted =
                number.checked_sub(1).is_some_and(|before| GREETINGS.contains(&lower[before].as_str()) || gone[before]);
            let after = text[words[number].1..].trim_start();
            let spoken_to = number == 0 && (after.is_empty() || after.starts_with([',', '!', ':']));
            gone[number] |= greeted || spoken_to || word.is_empty();
        }
        let mut kept = String::with_capacity(text.len());
        let mut from = 0;
        for ((start, end), _) in words.iter().zip(&gone).filter(|(_, gone)| **gone) {
            kept.push_str(&text[from..*start]);
            kept.push_str(GONE);
            from = *end;
        }
        kept.push_str(&text[from..]);
        kept
    }
}

/// Where the words of `text` begin and end, in bytes.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| (from, text.len())));
    words
}
