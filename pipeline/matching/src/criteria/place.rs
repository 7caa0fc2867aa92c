//! Place: how near the role is to where the person lives, and whether it can be done from there.

use pipeline_core::stage::PlaceReading;

use super::{Criterion, Explanation};
use crate::profile::{Prepared, WorkStyle};
use crate::vacancy::Vacancy;
use crate::words;

pub(super) const CRITERION: Criterion = Criterion { name: "place", weight: 14.0, score, explain };

/// Further places of a role that are looked at; some postings list hundreds.
const MOST_PLACES: usize = 40;

/// How near two places are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Nearness {
    /// Both countries are known and differ.
    OtherCountry,
    /// Not enough is known of one side.
    Unknown,
    /// Same country.
    SameCountry,
    /// Same city.
    SameCity,
}

/// How near the nearest of the role's places is to the person's.
pub(crate) fn nearness(prepared: &Prepared, vacancy: &Vacancy) -> Nearness {
    let home = &prepared.place;
    let first = between(home, vacancy.city, vacancy.country);
    if first == Nearness::SameCity || vacancy.places.len() < 2 || *home == PlaceReading::default() {
        return first;
    }
    let others = vacancy.places.iter().take(MOST_PLACES).map(|text| {
        if home.city.as_deref().is_some_and(|city| words::names(text, city)) {
            let read = prepared.rubric.places.place(text);
            return between(home, read.city.as_deref(), read.country.as_deref());
        }
        let read = prepared.rubric.places.place(text);
        between(home, None, read.country.as_deref())
    });
    others.fold(first, Nearness::max)
}

fn between(home: &PlaceReading, city: Option<&str>, country: Option<&str>) -> Nearness {
    let same = |left: Option<&str>, right: Option<&str>| Some(left?.to_lowercase() == right?.to_lowercase());
    let countries = same(home.country.as_deref(), country);
    match (countries, same(home.city.as_deref(), city)) {
        (Some(false), _) => Nearness::OtherCountry,
        (_, Some(true)) => Nearness::SameCity,
        (Some(true), _) => Nearness::SameCountry,
        (None, _) => Nearness::Unknown,
    }
}

/// Whether the posting names the person's country among those that a remote worker may live in; `None` when one of
/// the two is unknown.
pub(crate) fn allowed(prepared: &Prepared, vacancy: &Vacancy) -> Option<bool> {
    let country = prepared.country().filter(|_| !vacancy.remote_countries.is_empty())?;
    Some(vacancy.remote_countries.iter().any(|allowed| allowed.eq_ignore_ascii_case(country)))
}

fn score(prepared: &Prepared, vacancy: &Vacancy) -> Option<f64> {
    if prepared.place == PlaceReading::default() {
        return None;
    }
    if let Some(allowed) = allowed(prepared, vacancy).filter(|_| vacancy.style != Some(WorkStyle::Onsite)) {
        return Some(if allowed { 1.0 } else { 0.0 });
    }
    let near = nearness(prepared, vacancy);
    match (near, vacancy.style) {
        (Nearness::SameCity, _) => Some(1.0),
        (Nearness::SameCountry, Some(WorkStyle::Remote)) => Some(0.95),
        (Nearness::SameCountry, Some(WorkStyle::Onsite)) => Some(0.45),
        (Nearness::SameCountry, _) => Some(0.55),
        (Nearness::OtherCountry, Some(WorkStyle::Remote)) => Some(0.45),
        (Nearness::OtherCountry, None) => Some(0.1),
        (Nearness::OtherCountry, _) => Some(0.0),
        (Nearness::Unknown, Some(WorkStyle::Remote)) => Some(0.7),
        (Nearness::Unknown, _) => None,
    }
}

fn explain(prepared: &Prepared, vacancy: &Vacancy, score: Option<f64>) -> Explanation {
    if score.is_none() {
        let side = if prepared.place == PlaceReading::default() { "The profile's" } else { "The posting's" };
        return Explanation::of(format!("{side} place is not known."));
    }
    let home = prepared.location.as_str();
    if let Some(allowed) = allowed(prepared, vacancy).filter(|_| vacancy.style != Some(WorkStyle::Onsite)) {
        let country = prepared.country().unwrap_or_default();
        if !allowed {
            let named = vacancy.remote_countries.join(", ");
            return Explanation::of(format!("Remote workers must live in {named}, not in {country}."));
        }
        let quoted = vacancy.remote_countries.iter().find(|allowed| allowed.eq_ignore_ascii_case(country));
        let quoted = quoted.map_or(country, String::as_str);
        let reason = format!("It can be done remotely from {country}.");
        return Explanation::of(reason).with("may live there", home, "remote_countries", quoted);
    }
    let remote = vacancy.style == Some(WorkStyle::Remote);
    let there = vacancy.location.or(vacancy.city).or(vacancy.country).unwrap_or("an unknown place");
    let (reason, near) = match nearness(prepared, vacancy) {
        Nearness::SameCity => (format!("{there} is where the person lives."), true),
        Nearness::SameCountry if remote => (format!("It is remote within the country ({there})."), true),
        Nearness::SameCountry => (format!("{there} is in the same country."), true),
        Nearness::OtherCountry if remote => {
            (format!("It is remote from {there}, but does not say from which countries."), false)
        }
        Nearness::OtherCountry => (format!("{there} is in another country."), false),
        Nearness::Unknown => ("It is remote, but does not say from where.".to_owned(), false),
    };
    let explanation = Explanation::of(reason);
    match quoted_place(prepared, vacancy).filter(|_| near) {
        Some((field, quote)) => explanation.with("is near", home, field, quote),
        None => explanation,
    }
}

/// The posting's own words for the place that is near.
fn quoted_place<'a>(prepared: &Prepared, vacancy: &Vacancy<'a>) -> Option<(&'static str, &'a str)> {
    let of_city = prepared.place.city.as_deref().and_then(|city| {
        vacancy.places.iter().find(|place| words::names(place, city)).map(|place| ("places", place.as_str()))
    });
    let first = vacancy.location.map(|location| ("place_text", location));
    of_city
        .or(first)
        .or(vacancy.city.map(|city| ("city", city)))
        .or(vacancy.country.map(|country| ("country", country)))
}
