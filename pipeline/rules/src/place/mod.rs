//! Places: "City, Region, Country" in its usual forms, with what is ambiguous left open.

mod split;
#[cfg(test)]
mod tests;
mod words;

use std::collections::HashMap;

use pipeline_core::source::RawPlace;
use pipeline_core::stage::PlaceReading;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const CITIES: &str = include_str!("../../../../data-samples/reference/cities.tsv");
const TOWNS: &str = include_str!("../../../../data-samples/reference/towns.tsv");
const REGIONS: &str = include_str!("../../../../data-samples/reference/regions.tsv");
const COUNTRIES: &str = include_str!("../../../../data-samples/reference/countries.tsv");

use words::{
    AFTER_OTHER, BEFORE_OTHER, CLOSED_REGIONS, OPEN_REGIONS, VAGUE_REGIONS, is_continent, is_direction, strip_noise,
};

/// How many times as many people the largest city of a name must have as the next, to be meant without context.
const DOMINANCE: u32 = 5;

/// People of a town that the extract does not count.
const TOWN_PEOPLE: u32 = 40_000;

/// People of a city that is recognised among other words, such as "Acme Helsinki".
const LARGE: u32 = 150_000;

/// Most places of one text.
const MOST: usize = 40;

/// Longest place text that is read, in bytes.
const LONGEST: usize = 400;

/// A place as understood. Empty when the text names none that is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// City, in its usual English spelling where known, otherwise as published.
    pub city: Option<String>,
    /// Region or state, by name.
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
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
    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        self.city.is_none() && self.region.is_none() && self.country.is_none()
    }

    /// How sure the reading is, 0 to 1: a judgement per rule, not a measured frequency.
    pub fn confidence(&self) -> f64 {
        match self.rule {
            "place-fields" | "place-fields-and-text" => 0.98,
            "place-city" => 0.97,
            "place-region" | "place-country" => 0.95,
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

/// What one part of a place text may be.
#[derive(Clone, Default)]
struct Part {
    written: String,
    cities: Vec<usize>,
    regions: Vec<usize>,
    country: Option<&'static str>,
    /// A country by its two-letter code, which may as well be a region's.
    country_code: Option<&'static str>,
    /// Whether it was found among other words.
    within: bool,
}

impl Part {
    /// Whether it may mean `region`: "Mexico" is the country before it is its state, while Scotland is both.
    fn says_region(&self, region: &Region) -> bool {
        self.country.is_none_or(|country| country == "GB" || country != region.country)
    }

    fn is_unknown(&self) -> bool {
        self.cities.is_empty() && self.regions.is_empty() && self.country.is_none() && self.country_code.is_none()
    }
}

impl Gazetteer {
    /// The gazetteer of the reference extracts.
    pub fn new() -> Self {
        let mut gazetteer = Self {
            cities: Vec::new(),
            regions: Vec::new(),
            city_names: HashMap::new(),
            region_names: HashMap::new(),
            region_codes: HashMap::new(),
            region_keys: HashMap::new(),
            countries: HashMap::new(),
            country_codes: HashMap::new(),
        };
        rows(COUNTRIES).for_each(|fields| gazetteer.add_country(&fields));
        rows(REGIONS).for_each(|fields| gazetteer.add_region(&fields));
        rows(CITIES).for_each(|fields| gazetteer.add_city(&fields));
        rows(TOWNS).for_each(|fields| gazetteer.add_town(&fields));
        gazetteer
    }

    fn add_country(&mut self, fields: &[&'static str]) {
        let [code, code3, name, _, others] = fields else { return };
        self.country_codes.insert(code, code);
        self.country_codes.insert(code3, code);
        for name in names(name, others) {
            if name.len() <= 4 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'.') {
                self.country_codes.insert(name, code);
            } else {
                self.countries.insert(fold(name), code);
            }
        }
    }

    fn add_region(&mut self, fields: &[&'static str]) {
        let [country, key, name, others] = fields else { return };
        let index = self.regions.len();
        self.regions.push(Region { country, key, name });
        self.region_keys.insert((country, key), index);
        for name in names(name, others) {
            if name.len() <= 3 && name.bytes().all(|byte| byte.is_ascii_uppercase()) {
                self.region_codes.entry(name).or_default().push(index);
            } else if !VAGUE_REGIONS.contains(&name) {
                self.region_names.entry(fold(name)).or_default().push(index);
            }
        }
    }

    fn add_city(&mut self, fields: &[&'static str]) {
        let [name, others, country, region, people, latitude, longitude, geoname_id] = fields else { return };
        let position = latitude.parse().ok().zip(longitude.parse().ok());
        let people = people.parse().unwrap_or_default();
        let index = self.cities.len();
        self.cities.push(City { name, country, region, people, position, geoname_id: geoname_id.parse().ok() });
        for name in names(name, others) {
            self.name_city(name, index);
        }
    }

    fn add_town(&mut self, fields: &[&'static str]) {
        let [country, region, name, geoname_id] = fields else { return };
        // Names this short are codes and words first.
        if name.chars().count() <= 3 {
            return;
        }
        let index = self.cities.len();
        let geoname_id = geoname_id.parse().ok();
        self.cities.push(City { name, country, region, people: TOWN_PEOPLE, position: None, geoname_id });
        self.name_city(name, index);
    }

    fn name_city(&mut self, name: &str, index: usize) {
        for name in [Some(fold(name)), spelled_out(name)].into_iter().flatten() {
            let places = self.city_names.entry(name).or_default();
            if !places.contains(&index) {
                places.push(index);
            }
        }
    }

    /// The place that a source states: by its fields where there are any, otherwise by its text.
    pub fn read(&self, raw: &RawPlace) -> Place {
        let fields = [&raw.city, &raw.region, &raw.country];
        let mut place = if fields.iter().any(|field| field.is_some()) {
            let stated: Vec<&str> = fields.into_iter().flatten().map(String::as_str).collect();
            let mut place = self.resolve(&self.parts_of(&stated));
            if place.country.is_none()
                && let Some(country) = raw.country.as_deref().and_then(|country| self.country(country))
            {
                place.country = Some(country.to_owned());
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
        parts.extend(self.parts_of(&[country]));
        let found = self.resolve(&parts);
        let fits = found.city.is_some() && found.country.as_ref() == Some(country);
        let region_fits = place.region.is_none() || found.region == place.region;
        if fits && region_fits { Place { rule: "place-fields-and-text", ..found } } else { place }
    }

    /// The first known place that `text` names.
    pub fn read_text(&self, text: &str) -> Place {
        self.read_all(text).into_iter().next().unwrap_or_default()
    }

    /// Every known place that `text` names, in order.
    pub fn read_all(&self, text: &str) -> Vec<Place> {
        self.read_spans(text).into_iter().map(|(place, _)| place).collect()
    }

    /// Every known place that `text` names, in order, each with the words that name it. A name that several places share is
    /// decided by the country of the others, where they have one in common.
    pub fn read_spans(&self, text: &str) -> Vec<(Place, String)> {
        let text = crate::html::prefix(text, LONGEST);
        let groups: Vec<Vec<Part>> = self
            .alternatives(text)
            .iter()
            .flat_map(|alternative| self.lists(self.parts(alternative)))
            .take(MOST)
            .collect();
        let mut places: Vec<Place> = groups.iter().map(|parts| self.resolve(parts)).collect();
        let mut countries: Vec<&str> = places.iter().filter_map(|place| place.country.as_deref()).collect();
        countries.sort_unstable();
        countries.dedup();
        if let [country] = countries.as_slice()
            && let Some(country) = self.country_codes.get(country).copied()
        {
            let context = || Part { country: Some(country), written: String::new(), ..Part::default() };
            let better: Vec<Option<Place>> = groups
                .iter()
                .zip(&places)
                .map(|(parts, place)| {
                    (place.country.is_none() && !parts.is_empty()).then(|| {
                        let mut parts = parts.clone();
                        parts.push(context());
                        self.resolve(&parts)
                    })
                })
                .collect();
            for (place, better) in places.iter_mut().zip(better) {
                if let Some(better) = better.filter(|better| better.city.is_some() || better.region.is_some()) {
                    *place = better;
                }
            }
        }
        let words = groups.iter().map(|parts| {
            let words: Vec<&str> =
                parts.iter().map(|part| part.written.as_str()).filter(|word| !word.is_empty()).collect();
            words.join(", ")
        });
        places.into_iter().zip(words).filter(|(place, _)| !place.is_unknown()).collect()
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

    fn parts_of(&self, pieces: &[&str]) -> Vec<Part> {
        pieces
            .iter()
            .filter_map(|piece| pipeline_core::read::filled(piece))
            .filter_map(|piece| self.part(&piece))
            .collect()
    }

    fn part(&self, written: &str) -> Option<Part> {
        let found = self.look_up(written);
        if !found.is_unknown() {
            return Some(found);
        }
        let stripped = strip_noise(written);
        if stripped.is_empty() {
            return None;
        }
        let mut found = if stripped.len() < written.len() { self.look_up(&stripped) } else { found };
        if found.is_unknown()
            && let Some(within) = self.city_within(&stripped)
        {
            return Some(within);
        }
        if found.country.is_none() && found.cities.is_empty() && found.regions.is_empty() {
            found.country = self.country_within(written);
            if found.country.is_some() {
                found.written.clear();
            }
        }
        Some(found)
    }

    /// A large city before or after other words: "Acme Helsinki", "Berlin Mitte".
    fn city_within(&self, text: &str) -> Option<Part> {
        let words: Vec<&str> = text.split_whitespace().take(8).collect();
        let count = words.len();
        let large = |words: &[&str]| {
            let name = words.join(" ");
            let known = self.city_names.get(&fold(&name))?;
            let people = |index: &usize| self.cities[*index].people;
            let largest = known.iter().map(people).max()?;
            let capital = words.iter().all(|word| word.starts_with(|c: char| c.is_uppercase()));
            (largest >= LARGE && capital && name.len() > 3).then(|| Part {
                written: name,
                cities: known.iter().copied().filter(|index| people(index) >= LARGE).collect(),
                within: true,
                ..Part::default()
            })
        };
        let shortest = count.saturating_sub(3).max(1);
        let last = (shortest..count).find_map(|from| {
            let before = words[from - 1];
            if is_direction(before) || BEFORE_OTHER.iter().any(|word| before.eq_ignore_ascii_case(word)) {
                return None;
            }
            large(&words[from..])
        });
        last.or_else(|| {
            (1..count.min(4)).rev().find_map(|to| {
                let after = words[to];
                (!AFTER_OTHER.iter().any(|word| after.eq_ignore_ascii_case(word)))
                    .then(|| large(&words[..to]))
                    .flatten()
            })
        })
    }

    fn look_up(&self, written: &str) -> Part {
        let written = written.trim();
        let folded = fold(written);
        let mut regions = self.region_names.get(&folded).cloned().unwrap_or_default();
        regions.extend(self.region_codes.get(written).into_iter().flatten());
        let code = self.country_codes.get(written).copied();
        let two_letters = written.len() == 2 && written != "UK" && written != "US";
        Part {
            cities: self.city_names.get(&folded).filter(|_| !is_continent(&folded)).cloned().unwrap_or_default(),
            country: self.countries.get(&folded).copied().or(code.filter(|_| !two_letters)),
            country_code: code.filter(|_| two_letters),
            regions,
            written: written.to_owned(),
            within: false,
        }
    }

    /// A country named among other words, such as "US East Coast" or "anywhere in Germany".
    fn country_within(&self, text: &str) -> Option<&'static str> {
        let found = self.countries_within(text);
        match found.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Every country named in `text`, in order, once each. Parts of larger names ("South America") do not count.
    fn countries_within(&self, text: &str) -> Vec<&'static str> {
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric() && c != '.').filter(|word| !word.is_empty()).take(80).collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = (1..=4.min(words.len() - at)).rev().find_map(|length| {
                let phrase = words[at..at + length].join(" ");
                if length > 1 && is_continent(&fold(&phrase)) {
                    return Some((length, None));
                }
                // New Jersey and South Jersey are not Jersey, Northern Ireland is not Ireland.
                if length == 1 && at > 0 && is_direction(words[at - 1]) {
                    return None;
                }
                let short = length == 1 && phrase.len() <= 4;
                let country = if short && phrase.chars().all(|c| c.is_uppercase() || c == '.') {
                    // Codes of two letters are words of other languages, too: only the usual ones count here.
                    self.country_codes
                        .get(phrase.as_str())
                        .filter(|_| phrase.len() > 2 || matches!(phrase.as_str(), "US" | "UK"))
                } else {
                    self.countries.get(&fold(&phrase)).filter(|_| !phrase.eq_ignore_ascii_case("america"))
                };
                country.map(|country| (length, Some(*country)))
            });
            match longest {
                Some((length, country)) => {
                    found.extend(country.filter(|country| !found.contains(country)));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    /// What the parts of one place say together.
    fn resolve(&self, parts: &[Part]) -> Place {
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
                rule: "place-city-ambiguous",
                ..Place::default()
            },
            CityChoice::None => {
                let region_country = region.map(|index| self.regions[index].country);
                let country = country.or(region_country);
                let city = self.unknown_city(parts, country.is_some(), region.is_some());
                Place {
                    city,
                    region: region.map(|index| self.regions[index].name.to_owned()),
                    country: country.map(str::to_owned),
                    rule: if region.is_some() { "place-region" } else { "place-country" },
                    ..Place::default()
                }
            }
        }
    }

    /// The country that a part names; a two-letter code counts last, and only where it is not read as a region.
    fn stated_country(&self, parts: &[Part]) -> Option<&'static str> {
        // "Georgia" beside a city of it is a region, and "Singapore" is a country even where it is a city.
        let named = parts.iter().rev().find_map(|part| {
            part.country.filter(|country| {
                part.regions.is_empty() || part.regions.iter().any(|index| self.regions[*index].country == *country)
            })
        });
        if named.is_some() {
            return named;
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
            (true, ..) | (false, false, true) => Some(code),
            (false, false, false) if a_first_code => Some(code),
            _ => None,
        }
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
                // Without a country a code must not be a country's that unknown cities are often followed by.
                [one] if part.country.is_none() && !matches!(part.country_code, Some("DE" | "IN")) => Some(*one),
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
            if part.country.is_some() && !matches!(part.country, Some("SG" | "HK")) {
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
                })
                .collect();
            if fitting.is_empty() {
                continue;
            }
            return Some((at, self.choose(&fitting, &part.written)));
        }
        None
    }

    /// Whether a name that is a city and a region, standing without another region, means the city: "New York".
    fn outweighs(&self, part: &Part, country: Option<&str>) -> bool {
        part.regions.iter().all(|region| {
            let region = &self.regions[*region];
            part.cities.iter().any(|city| {
                let city = &self.cities[*city];
                city.country == region.country
                    && (city.people > 500_000 || city.region == region.key && city.people >= 200_000)
                    && country.is_none_or(|country| city.country == country)
            })
        })
    }

    /// Whether `city` lies in the region that another part names, if one does.
    fn in_a_region_of(&self, parts: &[Part], at: usize, city: &City, country: Option<&str>) -> bool {
        let mut named = parts
            .iter()
            .enumerate()
            .filter(|(other, part)| {
                *other != at
                    && part.regions.iter().any(|index| part.says_region(&self.regions[*index]))
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

    fn choose(&self, fitting: &[usize], written: &str) -> CityChoice {
        let mut by_people = fitting.to_vec();
        by_people.sort_by_key(|index| (std::cmp::Reverse(self.cities[*index].people), *index));
        let largest = &self.cities[by_people[0]];
        match by_people.get(1).map(|index| &self.cities[*index]) {
            Some(second) if largest.people < second.people.saturating_mul(DOMINANCE) => {
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
            rule,
        }
    }

    /// A city that is not in the gazetteer: the first part, where later parts show that it is a place.
    fn unknown_city(&self, parts: &[Part], placed: bool, in_region: bool) -> Option<String> {
        let first = parts.first()?;
        // A small town may have the name of a larger one elsewhere: "Andover, MA".
        let unknown = (first.cities.is_empty() || in_region && !first.within)
            && first.regions.is_empty()
            && first.country.is_none()
            && first.country_code.is_none();
        let wordy = first.written.split_whitespace().count() > 4 || first.written.chars().any(|c| c.is_ascii_digit());
        (unknown
            && placed
            && parts.len() > 1
            && !wordy
            && !first.written.is_empty()
            && !is_continent(&fold(&first.written)))
        .then(|| first.written.clone())
    }

    /// ISO codes of the countries that a remote worker must live in, sorted; empty when `texts` do not say or name a
    /// region without fixed members.
    pub fn scope(&self, texts: &[&str]) -> Vec<String> {
        let mut countries: Vec<&str> = Vec::new();
        for text in texts {
            let text = crate::html::prefix(text, LONGEST);
            let folded = fold(text);
            let words = || folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let has =
                |phrase: &str| format!(" {} ", words().collect::<Vec<_>>().join(" ")).contains(&format!(" {phrase} "));
            if OPEN_REGIONS.iter().any(|region| has(region)) && !has("north america") {
                return Vec::new();
            }
            for (name, members) in CLOSED_REGIONS {
                if has(name) {
                    countries.extend(*members);
                }
            }
            if has("uk and ireland") || has("uk ireland") {
                countries.extend(["GB", "IE"]);
            }
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

impl Default for Gazetteer {
    fn default() -> Self {
        Self::new()
    }
}

enum CityChoice {
    None,
    One(usize),
    Open { name: String, country: Option<&'static str>, region: Option<String> },
}

impl From<Place> for PlaceReading {
    fn from(place: Place) -> Self {
        Self { city: place.city, region: place.region, country: place.country }
    }
}

/// Lower case without accents, dots and surplus space.
pub(crate) fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut push = |c: char| match c {
        '.' | '\'' | '’' => {}
        'ß' => out.push_str("ss"),
        'ø' | 'Ø' => out.push('o'),
        'ł' | 'Ł' => out.push('l'),
        'æ' | 'Æ' => out.push_str("ae"),
        'đ' | 'Đ' => out.push('d'),
        'ı' => out.push('i'),
        c if c.is_whitespace() || c == '-' => {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        }
        c => out.extend(c.to_lowercase()),
    };
    if name.is_ascii() {
        name.chars().for_each(&mut push);
    } else {
        name.nfkd().filter(|c| !is_combining_mark(*c)).for_each(&mut push);
    }
    out.truncate(out.trim_end().len());
    out
}

/// The folded name with its umlauts written as two letters: `muenchen`, `koebenhavn`.
fn spelled_out(name: &str) -> Option<String> {
    let pairs =
        [('ä', "ae"), ('ö', "oe"), ('ü', "ue"), ('Ä', "ae"), ('Ö', "oe"), ('Ü', "ue"), ('ø', "oe"), ('å', "aa")];
    let has = |c: char| pairs.iter().find(|(letter, _)| *letter == c);
    name.chars().any(|c| has(c).is_some()).then(|| {
        let spelled: String = name.chars().fold(String::with_capacity(name.len() + 4), |mut out, c| {
            match has(c) {
                Some((_, pair)) => out.push_str(pair),
                None => out.push(c),
            }
            out
        });
        fold(&spelled)
    })
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t').collect())
}

fn names(name: &'static str, others: &'static str) -> impl Iterator<Item = &'static str> {
    std::iter::once(name).chain(others.split('|')).filter(|name| !name.is_empty())
}
