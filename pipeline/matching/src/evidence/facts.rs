//! What a model may know about a person: what they can and want, never who they are.

use std::collections::BTreeMap;

use schemas::documents::UserDocument;
use serde_json::{Value, json};

use crate::words;

/// Most facts of one list.
const MAX_VALUES: usize = 60;
/// Longest fact, in characters.
const MAX_CHARS: usize = 120;
/// From this many digits on, a text may be a telephone number or an id.
const ID_DIGITS: usize = 7;

/// The facts of one person. Name, address, id, home and pay are left out, and so is each value that may hold one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Facts(BTreeMap<&'static str, Vec<String>>);

impl Facts {
    /// The facts of `user`.
    pub(crate) fn of(user: &UserDocument) -> Self {
        let (profile, preferences) = (&user.profile, &user.preferences);
        let told = |values: &[String]| -> Vec<String> {
            let values = values.iter().map(|value| value.trim()).filter(|value| is_impersonal(value, user));
            values.take(MAX_VALUES).map(str::to_owned).collect()
        };
        let one = |value: &str| told(&[value.to_owned()]);
        let years = profile.years.filter(|years| years.is_finite()).map(|years| format!("{years} years"));
        let facts = [
            ("level", one(&profile.experience_level)),
            ("experience", years.into_iter().collect()),
            ("title", one(profile.title.as_deref().unwrap_or_default())),
            ("skills", told(&profile.skills)),
            ("domains", told(&preferences.job_domains)),
            ("work_style", one(&preferences.work_style)),
        ];
        Self(facts.into_iter().filter(|(_, values)| !values.is_empty()).collect())
    }

    /// The facts as the model reads them.
    pub(crate) fn to_json(&self) -> Value {
        json!(self.0)
    }

    /// Whether one of the facts holds `quote` as whole words.
    pub(crate) fn hold(&self, quote: &str) -> bool {
        self.0.values().flatten().any(|value| whole_words(value, quote).is_some())
    }

    /// Whether nothing is known that could be shown.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether `value` tells nothing about who the person is.
fn is_impersonal(value: &str, user: &UserDocument) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let looks_plain = !value.is_empty()
        && value.chars().count() <= MAX_CHARS
        && !value.chars().any(is_unseen)
        && !value.contains('@')
        && !value.contains("://")
        && digits < ID_DIGITS;
    // Single letters of a name are everybody's.
    let name = words::tokens(&user.profile.name).filter(|part| part.chars().count() > 1);
    let local = user.email.split('@').next().unwrap_or_default();
    let mut identity = name.chain([local, user.user_id.as_str()]).filter(|part| !part.is_empty());
    looks_plain && !identity.any(|part| words::names(value, part))
}

/// Whether `sign` is a control character, or one that hides or turns text.
pub(crate) fn is_unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(sign, '\u{e0000}'..='\u{e007f}')
}

/// Where `part` stands in `text` character by character, with no letter or digit running on at either end, in bytes.
pub(crate) fn whole_words(text: &str, part: &str) -> Option<(usize, usize)> {
    let (first, last) = (part.chars().next()?, part.chars().next_back()?);
    let runs_on = |inner: char, outer: Option<char>| {
        let is_word = |sign: char| sign.is_alphanumeric() || sign == '+' || sign == '#';
        is_word(inner) && outer.is_some_and(is_word)
    };
    let mut found = text.match_indices(part).map(|(start, part)| (start, start + part.len()));
    found.find(|(start, end)| {
        !runs_on(first, text[..*start].chars().next_back()) && !runs_on(last, text[*end..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_found_only_as_whole_words() {
        assert_eq!(whole_words("JavaScript and Java", "Java"), Some((15, 19)));
        assert_eq!(whole_words("C++ only", "C"), None);
        assert_eq!(whole_words("anything", ""), None);
        assert_eq!(whole_words("Größe: 5 Jahre", "5 Jahre"), Some((9, 16)));
    }

    #[test]
    fn a_value_that_names_the_person_is_no_fact() {
        let mut user =
            UserDocument { user_id: "u77".to_owned(), email: "ada.b@example.org".to_owned(), ..Default::default() };
        user.profile.name = "Ada Byron".to_owned();
        user.profile.skills =
            ["Rust", "ask ada.b@example.org", "Byron's method", "call 0151 2345678", "https://a.example"]
                .map(str::to_owned)
                .to_vec();
        assert_eq!(Facts::of(&user).to_json(), json!({"skills": ["Rust"]}));
    }
}
