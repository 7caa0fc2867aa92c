//! What the parts of one place text say together.

use super::areas::is_area;
use super::load::fold;
use super::part::Part;
use super::words::{COMMON_COUNTRIES, ORDINARY, PARTICLES, TOWNS_LIKE_COUNTRIES};
use super::{City, Gazetteer, Kind, LARGE, Place};

/// How many times as many people the largest city of a name must have as the next, to be meant without context.
const DOMINANCE: u64 = 3;

/// How many times as many people a city outside the countries of most postings needs.
const RARITY: u64 = 5;

pub(super) enum CityChoice {
    None,
    One(usize),
    Open { name: String, country: Option<&'static str>, region: Option<String> },
}

impl Gazetteer {
    /// What the parts of one place say together.
    pub(super) fn resolve(&self, parts: &[Part]) -> Place {
        if parts.is_empty() {
            return Place::default();
        }
        let country = self.stated_country(parts);
        let (city_at, city) = match self.city(parts, country) {
            Some((at, city)) => (Some(at), city),
            None => (None, CityChoice::None),
        };
        let region = self.region(parts, city_at, country);
        match city {
            CityChoice::One(index) => {
                let within = city_at.and_then(|at| parts.get(at)).is_some_and(|part| part.within);
                self.city_place(index, if within { "place-city-within" } else { "place-city" })
            }
            CityChoice::Open { name, country, region } => Place {
                city: Some(name),
                region,
                country: country.map(str::to_owned),
                kind: Kind::City,
                rule: "place-city-ambiguous",
                ..Place::default()
            },
            CityChoice::None if region.is_none() && country.is_none() && self.only_city(parts).is_some() => {
                let part = self.only_city(parts);
                let choice = part.map(|part| self.choose(&part.cities, &part.written));
                match choice {
                    Some(CityChoice::One(index)) => self.city_place(index, "place-city"),
                    _ => Place {
                        city: part.map(|part| part.written.clone()),
                        kind: Kind::City,
                        rule: "place-city-ambiguous",
                        ..Place::default()
                    },
                }
            }
            CityChoice::None => {
                let region_country = region.map(|index| self.regions[index].country);
                let country = country.or(region_country);
                let city = self.unknown_city(parts, country.is_some(), region.is_some());
                let kind = match (&city, region, country) {
                    (Some(_), ..) => Kind::City,
                    (_, Some(_), _) => Kind::Region,
                    (_, _, Some(_)) => Kind::Country,
                    _ => Kind::Unknown,
                };
                Place {
                    city,
                    kind,
                    region: region.map(|index| self.regions[index].name.to_owned()),
                    country: country.map(str::to_owned),
                    rule: if region.is_some() { "place-region" } else { "place-country" },
                    ..Place::default()
                }
            }
        }
    }

    /// The country that a part names; a two-letter code counts last, and only where it is not read as a region.
    pub(super) fn stated_country(&self, parts: &[Part]) -> Option<&'static str> {
        // "Georgia" beside a city of it is a region, and "Singapore" is a country even where it is a city.
        let named = parts.iter().rev().filter(|part| !self.is_town_like_country(parts, part)).find_map(|part| {
            part.country.filter(|country| {
                part.regions.is_empty() || part.regions.iter().any(|index| self.regions[*index].country == *country)
            })
        });
        if named.is_some() {
            return named;
        }
        if let Some(country) = self.country_region_city(parts).or_else(|| self.country_of_its_city(parts)) {
            return Some(country);
        }
        let city_of = |country: &str, parts: &[Part]| {
            parts
                .iter()
                .flat_map(|part| &part.cities)
                .any(|index| self.cities[*index].country == country && self.cities[*index].people >= LARGE)
        };
        let misspelt = parts.iter().find_map(|part| part.misspelt).filter(|country| city_of(country, parts));
        if misspelt.is_some() {
            return misspelt;
        }
        let coded = parts.iter().rev().find(|part| part.country_code.is_some())?;
        let code = coded.country_code?;
        let others: Vec<&Part> = parts.iter().filter(|part| !std::ptr::eq(*part, coded)).collect();
        let city_in = |country: &str, region: Option<&str>| {
            others.iter().flat_map(|part| &part.cities).any(|index| {
                let city = &self.cities[*index];
                city.country == country && region.is_none_or(|region| city.region == region)
            })
        };
        let as_region = coded.regions.iter().any(|index| {
            let region = &self.regions[*index];
            city_in(region.country, Some(region.key))
        });
        let a_first_code = parts.first().is_some_and(|part| std::ptr::eq(part, coded)) && parts.len() > 1;
        match (coded.regions.is_empty(), as_region, city_in(code, None)) {
            // "Basel, BS" is a canton, not the Bahamas.
            (true, _, false) if others.iter().any(|part| self.is_large(part)) => None,
            // Short for North America as often as for Namibia.
            _ if code == "NA" && !city_in(code, None) => None,
            // Two letters behind a list of other words are as likely a shorthand of something else.
            _ if parts.len() > 3 && !city_in(code, None) => None,
            (true, ..) | (false, false, true) => Some(code),
            (false, false, false) if a_first_code => Some(code),
            _ => None,
        }
    }

    /// The only part that is known, where it is cities and regions of several countries: "San Juan", "Córdoba".
    fn only_city<'a>(&self, parts: &'a [Part]) -> Option<&'a Part> {
        let mut known = parts.iter().filter(|part| !part.is_unknown());
        let (Some(part), None) = (known.next(), known.next()) else { return None };
        let countries = |country: &&str| part.regions.iter().any(|index| self.regions[*index].country != *country);
        let first = part.regions.first().map(|index| self.regions[*index].country)?;
        (!part.cities.is_empty() && part.country.is_none() && (part.regions.len() > 1 || countries(&first)))
            .then_some(part)
    }

    fn is_large(&self, part: &Part) -> bool {
        part.cities.iter().any(|index| self.cities[*index].people >= LARGE)
    }

    /// Whether `part` is a town that is called after a country, by the state behind it: "Lebanon, NH".
    fn is_town_like_country(&self, parts: &[Part], part: &Part) -> bool {
        let first = parts.first().is_some_and(|first| std::ptr::eq(first, part));
        first
            && TOWNS_LIKE_COUNTRIES.contains(&fold(&part.written).as_str())
            && parts.get(1).is_some_and(|next| {
                next.cities.is_empty() && next.regions.iter().any(|index| self.regions[*index].country == "US")
            })
    }

    /// The country that is a state by its name, too, where another part is a city of the country and none of the state:
    /// "Tbilisi, Georgia".
    fn country_of_its_city(&self, parts: &[Part]) -> Option<&'static str> {
        parts.iter().filter(|part| !part.regions.is_empty()).find_map(|part| {
            let country = part.country?;
            let cities = || parts.iter().flat_map(|part| &part.cities).map(|index| &self.cities[*index]);
            let of_region = cities().any(|city| {
                part.regions
                    .iter()
                    .map(|index| &self.regions[*index])
                    .any(|region| region.country == city.country && region.key == city.region)
            });
            (!of_region && cities().any(|city| city.country == country)).then_some(country)
        })
    }

    fn region(&self, parts: &[Part], city_at: Option<usize>, country: Option<&str>) -> Option<usize> {
        parts.iter().enumerate().filter(|(at, _)| Some(*at) != city_at).find_map(|(_, part)| {
            let fitting: Vec<usize> = part
                .regions
                .iter()
                .copied()
                .filter(|index| country.is_none_or(|country| self.regions[*index].country == country))
                .filter(|index| part.says_region(&self.regions[*index]))
                .collect();
            match fitting.as_slice() {
                [one] if country.is_some() => Some(*one),
                // Without a country a code must be a state's that is usually written so, and not a country's that unknown
                // cities are often followed by.
                [one] if part.country.is_none() && !matches!(part.country_code, Some("DE" | "IN")) => {
                    let code = part.written.len() <= 3 && part.written.bytes().all(|byte| byte.is_ascii_uppercase());
                    (!code || matches!(self.regions[*one].country, "US" | "CA" | "AU")).then_some(*one)
                }
                _ => None,
            }
        })
    }

    /// The first part that is a city, and which one it is.
    fn city(&self, parts: &[Part], country: Option<&str>) -> Option<(usize, CityChoice)> {
        // "United States, New York, Albany": a part that is a region only because of its place is tried last.
        let mut order: Vec<usize> = (0..parts.len()).filter(|at| !parts[*at].cities.is_empty()).collect();
        order.sort_by_key(|at| !parts[*at].regions.is_empty() || parts[*at].country.is_some());
        for at in order {
            let part = &parts[at];
            let alone = parts.iter().enumerate().all(|(other, part)| other == at || part.regions.is_empty());
            if alone && !part.regions.is_empty() && !self.outweighs(part, country) {
                continue;
            }
            if part.country.is_some()
                && !matches!(part.country, Some("SG" | "HK"))
                && !said_twice(parts, at)
                && !self.is_town_like_country(parts, part)
            {
                continue;
            }
            // "Quincy, Washington": what stands after a town's name is its state.
            if self.is_state_after_town(parts, at, country) {
                continue;
            }
            let fitting: Vec<usize> = part
                .cities
                .iter()
                .copied()
                .filter(|index| {
                    let city = &self.cities[*index];
                    country.is_none_or(|country| city.country == country)
                        && self.in_a_region_of(parts, at, city, country)
                        && (parts.iter().any(|part| !part.regions.is_empty())
                            || !ORDINARY.contains(&fold(&part.written).as_str()))
                })
                .collect();
            if fitting.is_empty() {
                continue;
            }
            return Some((at, self.choose(&fitting, &part.written)));
        }
        None
    }

    /// Whether a name that is a city and a region, standing without another region, means the city: "New York". Quebec is
    /// the province.
    fn outweighs(&self, part: &Part, country: Option<&str>) -> bool {
        if fold(&part.written) == "quebec" {
            return false;
        }
        let regions = part.regions.iter().map(|index| &self.regions[*index]);
        regions.filter(|region| country.is_none_or(|country| region.country == country)).all(|region| {
            part.cities.iter().any(|city| {
                let city = &self.cities[*city];
                city.country == region.country
                    && (city.people > 500_000 || city.region == region.key && city.people >= 15_000)
                    && country.is_none_or(|country| city.country == country)
            })
        })
    }

    /// Whether the part at `at` is a state of the United States that follows the name of a town.
    fn is_state_after_town(&self, parts: &[Part], at: usize, country: Option<&str>) -> bool {
        let town = |part: &Part| {
            part.regions.is_empty() && part.country.is_none() && part.country_code.is_none() && !part.written.is_empty()
        };
        country.is_none_or(|country| country == "US")
            && parts[at].regions.iter().any(|region| self.regions[*region].country == "US")
            && parts[..at].iter().any(|part| town(part) && !part.loose)
    }

    /// Whether `city` lies in the region that another part names, if one does.
    fn in_a_region_of(&self, parts: &[Part], at: usize, city: &City, country: Option<&str>) -> bool {
        let mut named = parts
            .iter()
            .enumerate()
            .filter(|(other, part)| {
                *other != at
                    && part.regions.iter().any(|index| {
                        let region = &self.regions[*index];
                        // "CT" in "Barcelona, CT, Spain" is no state of Spain, whatever it means.
                        part.says_region(region) && country.is_none_or(|country| region.country == country)
                    })
                    && (part.country_code.is_none() || part.country_code != country)
            })
            .peekable();
        if named.peek().is_none() {
            return true;
        }
        named.any(|(_, part)| {
            part.regions.iter().any(|index| {
                let region = &self.regions[*index];
                region.country == city.country && region.key == city.region
            })
        })
    }

    pub(super) fn choose(&self, fitting: &[usize], written: &str) -> CityChoice {
        let mut by_people = fitting.to_vec();
        by_people.sort_by_key(|index| (std::cmp::Reverse(self.cities[*index].weight()), *index));
        let largest = &self.cities[by_people[0]];
        match by_people.get(1).map(|index| &self.cities[*index]) {
            Some(second) if largest.weight() < second.weight().saturating_mul(DOMINANCE) => {
                let one_country = by_people.iter().all(|index| self.cities[*index].country == largest.country);
                let one_region = one_country
                    && !largest.region.is_empty()
                    && by_people.iter().all(|index| self.cities[*index].region == largest.region);
                CityChoice::Open {
                    name: written.to_owned(),
                    country: one_country.then_some(largest.country),
                    region: one_region.then(|| self.region_of(largest)).flatten(),
                }
            }
            _ => CityChoice::One(by_people[0]),
        }
    }

    fn region_of(&self, city: &City) -> Option<String> {
        self.region_keys.get(&(city.country, city.region)).map(|index| self.regions[*index].name.to_owned())
    }

    fn city_place(&self, index: usize, rule: &'static str) -> Place {
        let city = &self.cities[index];
        let region = self.region_of(city);
        Place {
            city: Some(city.name.to_owned()),
            region,
            country: Some(city.country.to_owned()),
            latitude: city.position.map(|(latitude, _)| latitude),
            longitude: city.position.map(|(_, longitude)| longitude),
            geoname_id: city.geoname_id,
            kind: Kind::City,
            rule,
            ..Place::default()
        }
    }

    /// A city that is not in the gazetteer: the first part, where later parts show that it is a place.
    fn unknown_city(&self, parts: &[Part], placed: bool, in_region: bool) -> Option<String> {
        let first = parts.first()?;
        // A small town may have the name of a larger one elsewhere: "Andover, MA".
        let unknown = (first.cities.is_empty() || in_region && !first.within)
            && first.regions.is_empty()
            && (first.country.is_none() || self.is_town_like_country(parts, first))
            && first.country_code.is_none();
        let words = first.written.split_whitespace().count();
        let named = first
            .written
            .split_whitespace()
            .all(|word| !word.starts_with(char::is_lowercase) || word.contains('\'') || PARTICLES.contains(&word))
            || words <= 3 && !first.written.chars().any(char::is_uppercase);
        // "SF, NY" are two cities, not a town.
        let code = first.written.len() <= 3 && first.written.bytes().all(|byte| byte.is_ascii_uppercase());
        let wordy = words > 4 || first.written.chars().any(|c| c.is_ascii_digit());
        (unknown
            && placed
            && parts.len() > 1
            && !first.loose
            && named
            && !code
            && !wordy
            && !first.written.is_empty()
            && !is_area(&fold(&first.written)))
        .then(|| first.written.clone())
    }
}

/// Whether another part is the same name: "Luxembourg, Luxembourg" is a city and its country.
fn said_twice(parts: &[Part], at: usize) -> bool {
    let name = fold(&parts[at].written);
    parts.iter().enumerate().any(|(other, part)| other > at && fold(&part.written) == name)
}

impl City {
    /// Its people, fewer where it lies outside the countries of most postings.
    fn weight(&self) -> u64 {
        u64::from(self.people) / if COMMON_COUNTRIES.contains(&self.country) { 1 } else { RARITY }
    }
}
