//! A person's profile, understood once before roles are judged for it.

use std::collections::BTreeMap;

use pipeline_core::stage::PlaceReading;
use schemas::documents::UserDocument;

use crate::level::Level;
use crate::pay::Expectation;
use crate::rubric::Rubric;
use crate::words;

/// How a person wants to work, or a role is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkStyle {
    /// From elsewhere.
    Remote,
    /// Partly from elsewhere.
    Hybrid,
    /// At the place.
    Onsite,
}

impl WorkStyle {
    /// The style that `text` names; `None` when it names none.
    pub fn named(text: &str) -> Option<Self> {
        let named = |names: &[&str]| names.iter().any(|name| words::names(text, name));
        if named(&["hybrid", "flexible"]) {
            Some(Self::Hybrid)
        } else if named(&["remote", "home office", "anywhere"]) {
            Some(Self::Remote)
        } else if named(&["onsite", "on site", "office", "in person"]) {
            Some(Self::Onsite)
        } else {
            None
        }
    }

    /// The style that tables call `name`.
    pub(crate) fn stored(name: &str) -> Option<Self> {
        [Self::Remote, Self::Hybrid, Self::Onsite].into_iter().find(|style| style.name() == name)
    }

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Remote => "remote",
            Self::Hybrid => "hybrid",
            Self::Onsite => "onsite",
        }
    }
}

/// What a person wants to work in, in their words and as stems.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) words: String,
    pub(crate) stems: Vec<String>,
}

impl Wanted {
    fn read(words: &str) -> Option<Self> {
        let stems = words::stems(&words.replace(['_', '/'], " "));
        (!stems.is_empty()).then(|| Self { words: words.to_owned(), stems })
    }
}

/// A profile as the rubric understands it.
#[derive(Clone)]
pub struct Prepared {
    pub(crate) rubric: Rubric,
    /// Canonical name in lower case, and the person's words for it.
    pub(crate) skills: BTreeMap<String, String>,
    pub(crate) level: Option<Level>,
    /// The person's words for their level; their years where they did not name one.
    pub(crate) level_words: String,
    pub(crate) place: PlaceReading,
    pub(crate) location: String,
    pub(crate) pay: Option<Expectation>,
    pub(crate) pay_words: String,
    pub(crate) title: Option<Wanted>,
    pub(crate) domains: Vec<Wanted>,
    pub(crate) style: Option<WorkStyle>,
    pub(crate) style_words: String,
}

impl Prepared {
    pub(crate) fn new(rubric: &Rubric, user: &UserDocument) -> Self {
        let (profile, preferences) = (&user.profile, &user.preferences);
        let place = place(rubric, &profile.location);
        let pay_words = profile.salary_expectation.clone().unwrap_or_default();
        let (level, level_words) = level(user);
        Self {
            skills: skills(rubric, &profile.skills),
            level,
            level_words,
            pay: Expectation::read(&pay_words, place.country.as_deref()),
            pay_words,
            place,
            location: profile.location.clone(),
            title: profile.title.as_deref().and_then(Wanted::read),
            domains: preferences.job_domains.iter().filter_map(|words| Wanted::read(words)).collect(),
            style: WorkStyle::named(&preferences.work_style),
            style_words: preferences.work_style.clone(),
            rubric: rubric.clone(),
        }
    }

    /// Canonical names of the skills that were recognised, in lower case; unknown ones as the person wrote them.
    pub fn skills(&self) -> impl Iterator<Item = &str> {
        self.skills.keys().map(String::as_str)
    }

    /// The person's level; `None` when neither a level nor years were told.
    pub fn level(&self) -> Option<Level> {
        self.level
    }

    /// Where the person lives, as far as known.
    pub fn place(&self) -> &PlaceReading {
        &self.place
    }

    /// What the person expects to be paid; `None` when not told or unclear.
    pub fn expectation(&self) -> Option<&Expectation> {
        self.pay.as_ref()
    }

    /// How the person wants to work; `None` when not told.
    pub fn work_style(&self) -> Option<WorkStyle> {
        self.style
    }

    /// The country, where both it and that of a role can be compared.
    pub(crate) fn country(&self) -> Option<&str> {
        self.place.country.as_deref()
    }
}

/// Each skill once. Words that name several, such as `Python (pandas)`, count as each of them; unknown words stay.
fn skills(rubric: &Rubric, told: &[String]) -> BTreeMap<String, String> {
    let mut skills = BTreeMap::new();
    for words in told.iter().filter(|words| !words.trim().is_empty()) {
        let mut names: Vec<String> = rubric.skills.canonical(words).into_iter().collect();
        if names.is_empty() {
            names.extend(rubric.skills.skills(words).into_iter().map(|span| span.skill));
        }
        if names.is_empty() {
            names.push(words.trim().to_owned());
        }
        for name in names {
            skills.entry(name.to_lowercase()).or_insert_with(|| words.clone());
        }
    }
    skills
}

/// The place that `location` names, with or without what stands in brackets after it.
fn place(rubric: &Rubric, location: &str) -> PlaceReading {
    let whole = rubric.places.place(location);
    if whole != PlaceReading::default() {
        return whole;
    }
    match location.split_once('(') {
        Some((before, _)) => rubric.places.place(before.trim()),
        None => whole,
    }
}

fn level(user: &UserDocument) -> (Option<Level>, String) {
    let told = &user.profile.experience_level;
    match (Level::named(told), user.profile.years) {
        (Some(level), _) => (Some(level), told.clone()),
        (None, Some(years)) => (Level::after(years), format!("{years} years")),
        (None, None) => (None, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_read_from_peoples_words() {
        assert_eq!(WorkStyle::named("Remote only"), Some(WorkStyle::Remote));
        assert_eq!(WorkStyle::named("on-site"), Some(WorkStyle::Onsite));
        assert_eq!(WorkStyle::named("hybrid"), Some(WorkStyle::Hybrid));
        assert_eq!(WorkStyle::named(""), None);
        assert_eq!(WorkStyle::named("any"), None);
    }
}
