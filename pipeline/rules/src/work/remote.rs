//! Remote, hybrid or on site.

use pipeline_core::source::{RawPosting, Remote};

use super::Found;
use crate::text::words;

/// How the work is done: the field, else the places, else the title, else a clear phrase of the text.
pub fn remote(raw: &RawPosting, title: &str, text: &str) -> Option<Found<Remote>> {
    if let Some(stated) = &raw.remote {
        return Some(Found::new(stated.value, &stated.field, "remote-field"));
    }
    let in_place = raw.places.iter().find_map(|place| {
        let remote = remote_word(place.text.as_deref().or(place.city.as_deref())?)?;
        Some(Found::new(remote, &place.field, "remote-place"))
    });
    in_place
        .or_else(|| remote_word(title).map(|remote| Found::new(remote, "title", "remote-title")))
        .or_else(|| remote_phrase(text))
}

/// What a short text such as a place or a title says about remote work.
fn remote_word(text: &str) -> Option<Remote> {
    let words = words(crate::html::prefix(text, 400));
    let has = |word: &str| words.iter().any(|other| other == word);
    let pair = |a: &str, b: &str| words.windows(2).any(|two| two[0] == a && two[1] == b);
    if has("hybrid") {
        Some(Remote::Hybrid)
    } else if pair("not", "remote") || pair("no", "remote") {
        Some(Remote::Onsite)
    } else if has("onsite") || pair("on", "site") {
        // "Onsite or remote" can be done from elsewhere, "onsite with some remote" in part.
        let some = ["some", "partial", "partially", "partly", "occasional"].iter().any(|word| has(word));
        Some(match (has("remote"), some) {
            (true, true) => Remote::Hybrid,
            (true, false) => Remote::Remote,
            _ => Remote::Onsite,
        })
    } else if pair("remote", "sensing")
        || pair("remote", "control")
        || pair("remote", "monitoring")
        || pair("remote", "support")
    {
        None
    } else if has("remote") || has("remotely") || has("telecommute") || has("wfh") || pair("home", "office") {
        Some(Remote::Remote)
    } else {
        None
    }
}

/// Phrases that leave no doubt, with what they say. Those that deny stand before those that they contain.
const PHRASES: &[(&str, Remote)] = &[
    ("this is not a remote", Remote::Onsite),
    ("not a remote position", Remote::Onsite),
    ("not a remote role", Remote::Onsite),
    ("not remote", Remote::Onsite),
    ("no remote", Remote::Onsite),
    ("fully on-site", Remote::Onsite),
    ("fully onsite", Remote::Onsite),
    ("100% on-site", Remote::Onsite),
    ("100% onsite", Remote::Onsite),
    ("on-site role", Remote::Onsite),
    ("onsite role", Remote::Onsite),
    ("in-person role", Remote::Onsite),
    ("5 days a week in the office", Remote::Onsite),
    ("five days a week in the office", Remote::Onsite),
    ("hybrid role", Remote::Hybrid),
    ("hybrid position", Remote::Hybrid),
    ("hybrid work", Remote::Hybrid),
    ("hybrid schedule", Remote::Hybrid),
    ("hybrid (", Remote::Hybrid),
    ("hybrides arbeiten", Remote::Hybrid),
    ("days per week in the office", Remote::Hybrid),
    ("days a week in the office", Remote::Hybrid),
    ("days a week in our", Remote::Hybrid),
    ("fully remote", Remote::Remote),
    ("fully-remote", Remote::Remote),
    ("100% remote", Remote::Remote),
    ("remote-first", Remote::Remote),
    ("remote position", Remote::Remote),
    ("remote role", Remote::Remote),
    ("this role is remote", Remote::Remote),
    ("this position is remote", Remote::Remote),
    ("work remotely from anywhere", Remote::Remote),
    ("work from anywhere", Remote::Remote),
    ("location: remote", Remote::Remote),
];

fn remote_phrase(text: &str) -> Option<Found<Remote>> {
    let lower = text.to_ascii_lowercase();
    let (phrase, value, start) =
        PHRASES.iter().find_map(|(phrase, value)| Some((*phrase, *value, clear(&lower, phrase)?)))?;
    let mut found = Found::new(value, "text", "remote-phrase");
    found.span = Some((start, start + phrase.len()));
    Some(found)
}

/// Where `phrase` stands in `text` without a "not" or "no" right before it.
fn clear(text: &str, phrase: &str) -> Option<usize> {
    text.match_indices(phrase).map(|(at, _)| at).find(|at| {
        let before = text[..*at].trim_end();
        !["not", "not a", "no", "isn't", "isn't a", "not currently", "non"]
            .iter()
            .any(|word| before.strip_suffix(word).is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric())))
    })
}

#[cfg(test)]
mod tests {
    use pipeline_core::source::{RawPlace, Stated};

    use super::*;

    #[test]
    fn remote_comes_from_field_place_title_and_text_in_this_order() {
        let mut raw = RawPosting::default();
        let value = |raw: &RawPosting, title: &str, text: &str| remote(raw, title, text).map(|found| found.value);
        assert_eq!(value(&raw, "Engineer", "This is a fully remote team."), Some(Remote::Remote));
        assert_eq!(value(&raw, "Engineer (Hybrid)", "fully remote"), Some(Remote::Hybrid));
        assert_eq!(value(&raw, "Engineer | ONSITE or REMOTE", ""), Some(Remote::Remote));
        assert_eq!(value(&raw, "Engineer | ONSITE with some REMOTE", ""), Some(Remote::Hybrid));
        assert_eq!(value(&raw, "Engineer | ONSITE, NO REMOTE", ""), Some(Remote::Onsite));
        raw.places.push(RawPlace::text("London or Remote", "location"));
        assert_eq!(value(&raw, "Engineer (Hybrid)", ""), Some(Remote::Remote));
        raw.remote = Some(Stated::new(Remote::Onsite, "workplaceType"));
        assert_eq!(value(&raw, "Engineer", "fully remote"), Some(Remote::Onsite));
    }

    #[test]
    fn a_denial_is_not_remote() {
        let raw = RawPosting::default();
        let value = |text: &str| remote(&raw, "Engineer", text).map(|found| found.value);
        assert_eq!(value("This is not a remote position."), Some(Remote::Onsite));
        assert_eq!(value("We are not fully remote."), None);
        assert_eq!(value("Hybrid (3 days in the office)"), Some(Remote::Hybrid));
        assert_eq!(value("You will monitor remote sensors."), None);
    }
}
