//! The name of a place that running words begin with.

use super::Gazetteer;
use super::areas::{Area, area};
use super::load::fold;
use super::resolve::CityChoice;

/// Most words of a name.
const MOST_WORDS: usize = 4;

/// People of a city that is recognised in running text.
const PEOPLE: u32 = 100_000;

/// What a name means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Name {
    /// A country, by ISO code.
    Country(&'static str),
    /// A state or province: its country, and its name.
    Region(&'static str, &'static str),
    /// An area.
    Area(&'static Area),
    /// A city, by its country.
    City(&'static str),
}

impl Name {
    /// The one country that it lies in.
    pub(crate) fn country(&self) -> Option<&'static str> {
        match self {
            Self::Country(country) | Self::Region(country, _) | Self::City(country) => Some(country),
            Self::Area(area) => area.country,
        }
    }
}

impl Gazetteer {
    /// The longest name that `words` begin with, and how many words it has. Codes of states ("CA") count where `codes` says so.
    pub(crate) fn name_at(&self, words: &[&str], codes: bool) -> Option<(usize, Name)> {
        (1..=MOST_WORDS.min(words.len())).rev().find_map(|length| {
            let joined;
            let phrase = match &words[..length] {
                [one] => one,
                several => {
                    joined = several.join(" ");
                    joined.as_str()
                }
            };
            self.name(phrase, codes).map(|name| (length, name))
        })
    }

    fn name(&self, phrase: &str, codes: bool) -> Option<Name> {
        let capitals = |word: &str| word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'.');
        if phrase.len() <= 5 && capitals(phrase) {
            // Codes of two letters are words, too: only the usual ones are countries here.
            if matches!(phrase, "US" | "UK" | "USA" | "UAE" | "GB" | "U.S." | "U.K." | "U.S.A." | "U.S" | "U.K") {
                return self.country(phrase).map(Name::Country);
            }
            if codes && let Some(regions) = self.region_codes.get(phrase) {
                let index =
                    regions.iter().copied().find(|index| matches!(self.regions[*index].country, "US" | "CA"))?;
                return Some(Name::Region(self.regions[index].country, self.regions[index].name));
            }
        }
        if phrase.eq_ignore_ascii_case("usa") || phrase == "us" && codes {
            return Some(Name::Country("US"));
        }
        if !phrase.starts_with(|c: char| c.is_uppercase()) {
            // Areas are written small as well, but a small word is no other name.
            return area(phrase).filter(|_| phrase.len() > 3 || phrase == "eu").map(Name::Area);
        }
        let folded = fold(phrase);
        if let Some(country) = self.countries.get(&folded).filter(|_| folded != "america") {
            // "Georgia" and "Jersey" are as often states.
            let state =
                self.region_names.get(&folded).and_then(|regions| regions.first()).map(|index| &self.regions[*index]);
            return Some(match state.filter(|region| region.country == "US") {
                Some(region) => Name::Region(region.country, region.name),
                None => Name::Country(country),
            });
        }
        if let Some(area) = area(phrase).filter(|_| folded != "na" || codes) {
            return Some(Name::Area(area));
        }
        if let Some(regions) = self.region_names.get(&folded) {
            let index = *regions.iter().find(|index| self.regions[**index].country == "US").or(regions.first())?;
            let country = self.regions[index].country;
            let of_name = self.city_names.get(&folded).into_iter().flatten();
            let large = |city: &usize| self.cities[*city].country == country && self.cities[*city].people >= PEOPLE;
            if country != "US" && folded != "quebec" && of_name.copied().any(|city| large(&city)) {
                return Some(Name::City(country));
            }
            let city = folded == "new york" && !codes;
            return (!city).then(|| Name::Region(self.regions[index].country, self.regions[index].name));
        }
        let cities: Vec<usize> = self.city_names.get(&folded)?.clone();
        if folded.len() < 4 || !cities.iter().any(|index| self.cities[*index].people >= PEOPLE) {
            return None;
        }
        match self.choose(&cities, phrase) {
            CityChoice::One(index) => Some(Name::City(self.cities[index].country)),
            _ => None,
        }
    }
}
