//! Places: "City, Region, Country" in its usual forms, with what is ambiguous left open.

pub(crate) mod areas;
mod list;
mod load;
pub(crate) mod name;
mod part;
mod resolve;
mod split;
#[cfg(test)]
mod tests;
mod words;

use std::collections::HashMap;

use pipeline_core::source::RawPlace;
use pipeline_core::stage::PlaceReading;
use serde::Serialize;

pub(crate) use load::fold;
use part::Part;

/// People of a city that is recognised among other words, such as "Acme Helsinki".
const LARGE: u32 = 150_000;

/// Longest place text that is read, in bytes.
const LONGEST: usize = 400;

/// What a place text names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A city, town or district.
    City,
    /// A state, province or other first-level region of a country.
    Region,
    /// A country.
    Country,
    /// Several countries ("EMEA"), a part of one that is no region ("West Coast"), or the places of some hours ("CET").
    Area,
    /// The whole world.
    Anywhere,
    /// How the work is done, or how many places there are, and not where: "Remote", "2 Locations".
    Unstated,
    /// Nothing that is known.
    #[default]
    Unknown,
}

impl Kind {
    /// Its name in tables and labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Region => "region",
            Self::Country => "country",
            Self::Area => "area",
            Self::Anywhere => "anywhere",
            Self::Unstated => "unstated",
            Self::Unknown => "unknown",
        }
    }
}

/// A place as understood. Empty when the text names none that is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// What it is.
    pub kind: Kind,
    /// City, in its usual English spelling where known, otherwise as published.
    pub city: Option<String>,
    /// Region or state, by name.
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// The area by its usual English name, or the hours as written, where the text names one: "EMEA", "West Coast", "CET +/- 3".
    pub area: Option<String>,
    /// Degrees.
    pub latitude: Option<f64>,
    /// Degrees.
    pub longitude: Option<f64>,
    /// The city in GeoNames; none where several have its name or only a region or country is known.
    pub geoname_id: Option<i64>,
    /// Name of the rule that decided.
    pub rule: &'static str,
}

impl Place {
    /// Whether no city, region or country is known; an area or the whole world may be.
    pub fn is_unknown(&self) -> bool {
        self.city.is_none() && self.region.is_none() && self.country.is_none()
    }

    /// How sure the reading is, 0 to 1: a judgement per rule, not a measured frequency.
    pub fn confidence(&self) -> f64 {
        match self.rule {
            "place-fields" | "place-fields-and-text" => 0.98,
            "place-city" => 0.97,
            "place-region" | "place-country" | "place-area" | "place-anywhere" | "place-unstated" => 0.95,
            "place-city-within" => 0.8,
            _ => 0.5,
        }
    }

    /// "City, Region, Country code", of what is known; reading it gives the same place again.
    pub fn canonical(&self) -> String {
        let known = [&self.city, &self.region, &self.country];
        known.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

struct City {
    name: &'static str,
    country: &'static str,
    region: &'static str,
    people: u32,
    position: Option<(f64, f64)>,
    geoname_id: Option<i64>,
}

struct Region {
    country: &'static str,
    key: &'static str,
    name: &'static str,
}

/// The known countries, regions and cities, by folded name.
pub struct Gazetteer {
    cities: Vec<City>,
    regions: Vec<Region>,
    city_names: HashMap<String, Vec<usize>>,
    region_names: HashMap<String, Vec<usize>>,
    /// Codes such as `TX`, in capitals.
    region_codes: HashMap<&'static str, Vec<usize>>,
    region_keys: HashMap<(&'static str, &'static str), usize>,
    countries: HashMap<String, &'static str>,
    country_codes: HashMap<&'static str, &'static str>,
}

impl Gazetteer {
    /// The place that a source states: by its fields where there are any, otherwise by its text.
    pub fn read(&self, raw: &RawPlace) -> Place {
        let fields = [&raw.city, &raw.region, &raw.country];
        let mut place = if fields.iter().any(|field| field.is_some()) {
            let stated: Vec<(&str, bool)> = fields.into_iter().flatten().map(|field| (field.as_str(), false)).collect();
            let mut place = self.resolve(&self.parts_of(&stated));
            if place.country.is_none()
                && let Some(country) = raw.country.as_deref().and_then(|country| self.country(country))
            {
                place.country = Some(country.to_owned());
                place.kind = if place.kind == Kind::Unknown { Kind::Country } else { place.kind };
            }
            place.rule = "place-fields";
            if place.is_unknown() {
                raw.text.as_deref().map(|text| self.read_text(text)).unwrap_or_default()
            } else {
                self.with_city_of_text(place, raw)
            }
        } else {
            raw.text.as_deref().map(|text| self.read_text(text)).unwrap_or_default()
        };
        if let (Some(latitude), Some(longitude)) = (raw.latitude, raw.longitude)
            && latitude.abs() <= 90.0
            && longitude.abs() <= 180.0
            && (latitude != 0.0 || longitude != 0.0)
        {
            (place.latitude, place.longitude) = (Some(latitude), Some(longitude));
        }
        place
    }

    /// `place`, which fields state, with the city that the text names in the same country, where no field states one.
    fn with_city_of_text(&self, place: Place, raw: &RawPlace) -> Place {
        let (Some(text), Some(country), None) = (&raw.text, &place.country, &place.city) else { return place };
        if raw.city.is_some() {
            return place;
        }
        let first = self.alternatives(crate::html::prefix(text, LONGEST)).into_iter().next().unwrap_or_default();
        let mut parts = self.parts(&first);
        let named = self.stated_country(&parts);
        if named.is_some_and(|named| named != country) {
            return place;
        }
        parts.extend(self.parts_of(&[(country, false)]));
        let found = self.resolve(&parts);
        let fits = found.city.is_some() && found.country.as_ref() == Some(country);
        let region_fits = place.region.is_none() || found.region == place.region;
        if fits && region_fits { Place { rule: "place-fields-and-text", ..found } } else { place }
    }

    /// What `text` says where it is known to lie in `country`, an ISO code; the first place otherwise.
    pub fn read_within(&self, text: &str, country: &str) -> Place {
        let text = crate::html::prefix(text, LONGEST);
        let Some(country) = self.country_codes.get(country).copied() else { return self.read_text(text) };
        let Some(first) = self.alternatives(text).into_iter().next() else { return Place::default() };
        let mut parts = self.parts(&first);
        parts.push(Part { country: Some(country), written: String::new(), ..Part::default() });
        let place = self.resolve(&parts);
        if place.city.is_some() { place } else { self.read_text(text) }
    }

    /// Whether `one` and `other` are names of the same city, in the same or an unknown country.
    pub fn same_city(&self, one: &str, other: &str) -> bool {
        let (one, other) = (fold(one), fold(other));
        one == other
            || self
                .city_names
                .get(&one)
                .zip(self.city_names.get(&other))
                .is_some_and(|(one, other)| one.iter().any(|index| other.contains(index)))
    }

    /// The country called `name`, by name or code.
    pub fn country(&self, name: &str) -> Option<&'static str> {
        let name = name.trim();
        self.country_codes
            .get(name.to_uppercase().as_str())
            .copied()
            .filter(|_| name.len() <= 4)
            .or_else(|| self.countries.get(&fold(name)).copied())
    }

    /// ISO codes of the members of the area called `name`, where it is agreed who belongs to it; empty otherwise.
    pub fn members(&self, name: &str) -> &'static [&'static str] {
        areas::area(name).map(|area| area.members).unwrap_or_default()
    }

    /// ISO codes of the countries that a remote worker must live in, sorted; empty when `texts` do not say, say hours only, or
    /// name an area without agreed members.
    pub fn scope(&self, texts: &[&str]) -> Vec<String> {
        let mut countries: Vec<&str> = Vec::new();
        for text in texts {
            let text = crate::html::prefix(text, LONGEST);
            let areas = areas::areas_within(text);
            if areas::says_world(text) && areas.is_empty() && self.countries_within(text).is_empty()
                || areas::says_zone(text)
                || areas.iter().any(|area| area.members.is_empty())
            {
                return Vec::new();
            }
            countries.extend(areas.iter().flat_map(|area| area.members));
            countries.extend(self.countries_within(text));
            for place in self.read_all(text) {
                if let Some(country) = place.country.as_deref().and_then(|code| self.country_codes.get(code)) {
                    countries.push(country);
                }
            }
        }
        countries.sort_unstable();
        countries.dedup();
        countries.into_iter().map(str::to_owned).collect()
    }
}

impl From<Place> for PlaceReading {
    fn from(place: Place) -> Self {
        Self { city: place.city, region: place.region, country: place.country }
    }
}
