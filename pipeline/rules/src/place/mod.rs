//! Places: "City, Region, Country" in its usual forms, with what is ambiguous left open.

#[cfg(test)]
mod tests;
mod words;

use std::collections::HashMap;

use pipeline_core::source::RawPlace;
use pipeline_core::stage::PlaceReading;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const CITIES: &str = include_str!("../../../../data-samples/reference/cities.tsv");
const REGIONS: &str = include_str!("../../../../data-samples/reference/regions.tsv");
const COUNTRIES: &str = include_str!("../../../../data-samples/reference/countries.tsv");

use words::{CLOSED_REGIONS, OPEN_REGIONS, VAGUE_REGIONS, is_continent, is_direction, strip_noise};

/// How many times as many people the largest city of a name must have as the next, to be meant without context.
const DOMINANCE: u32 = 5;

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
    /// Name of the rule that decided.
    pub rule: &'static str,
}

impl Place {
    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        self.city.is_none() && self.region.is_none() && self.country.is_none()
    }
}

struct City {
    name: &'static str,
    country: &'static str,
    region: &'static str,
    people: u32,
    latitude: f64,
    longitude: f64,
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
#[derive(Default)]
struct Part {
    written: String,
    cities: Vec<usize>,
    regions: Vec<usize>,
    country: Option<&'static str>,
    /// A country by its two-letter code, which may as well be a region's.
    country_code: Option<&'static str>,
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
        let [name, others, country, region, people, latitude, longitude] = fields else { return };
        let index = self.cities.len();
        self.cities.push(City {
            name,
            country,
            region,
            people: people.parse().unwrap_or_default(),
            latitude: latitude.parse().unwrap_or_default(),
            longitude: longitude.parse().unwrap_or_default(),
        });
        for name in names(name, others) {
            let places = self.city_names.entry(fold(name)).or_default();
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
        let first = alternatives(crate::html::prefix(text, LONGEST)).into_iter().next().unwrap_or_default();
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
        let text = crate::html::prefix(text, LONGEST);
        alternatives(text)
            .iter()
            .map(|alternative| self.resolve(&self.parts(alternative)))
            .filter(|place| !place.is_unknown())
            .collect()
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

    /// The parts that `text` is made of: at commas and dashes, without brackets and words such as "remote".
    fn parts(&self, text: &str) -> Vec<Part> {
        let mut pieces: Vec<&str> = text.split([',', '(', ')', '[', ']', ':', '·']).collect();
        pieces = pieces.into_iter().flat_map(|piece| piece.split(" - ")).flat_map(|piece| piece.split(" – ")).collect();
        pieces = pieces.into_iter().flat_map(|piece| piece.split(" — ")).collect();
        let pieces: Vec<&str> = pieces.into_iter().flat_map(|piece| self.split_hyphen(piece)).collect();
        let pieces: Vec<&str> = pieces.into_iter().flat_map(|piece| self.split_coded(piece)).collect();
        self.parts_of(&pieces)
    }

    /// `DE-Berlin` and `US-CA-Menlo Park` are several parts, `Winston-Salem` is one.
    fn split_hyphen<'a>(&self, piece: &'a str) -> Vec<&'a str> {
        let piece = piece.trim();
        let code = piece.split('-').next().unwrap_or_default();
        let coded = matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_uppercase());
        let remote = code.trim().eq_ignore_ascii_case("remote");
        if piece.contains('-') && (coded || remote) && !self.city_names.contains_key(&fold(piece)) {
            piece.split('-').collect()
        } else {
            vec![piece]
        }
    }

    /// `USA DC Washington` and `DEU Wiesbaden` begin with codes and have no other sign between their parts.
    fn split_coded<'a>(&self, piece: &'a str) -> Vec<&'a str> {
        let code =
            |word: &str, length: usize| word.len() == length && word.bytes().all(|byte| byte.is_ascii_uppercase());
        let Some((country, rest)) = piece.trim().split_once(' ') else { return vec![piece] };
        if !code(country, 3) || !self.country_codes.contains_key(country) {
            return vec![piece];
        }
        match rest.split_once(' ') {
            Some((region, city)) if code(region, 2) => vec![country, region, city],
            _ => vec![country, rest],
        }
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
        if found.country.is_some()
            || !found.cities.is_empty()
            || !found.regions.is_empty()
            || found.country_code.is_some()
        {
            return Some(found);
        }
        let stripped = strip_noise(written);
        if stripped.is_empty() {
            return None;
        }
        let mut found = if stripped.len() < written.len() { self.look_up(&stripped) } else { found };
        if found.country.is_none() && found.cities.is_empty() && found.regions.is_empty() {
            found.country = self.country_within(written);
            if found.country.is_some() {
                found.written.clear();
            }
        }
        Some(found)
    }

    fn look_up(&self, written: &str) -> Part {
        let written = written.trim();
        let folded = fold(written);
        let mut regions = self.region_names.get(&folded).cloned().unwrap_or_default();
        regions.extend(self.region_codes.get(written).into_iter().flatten());
        let code = self.country_codes.get(written).copied();
        let two_letters = written.len() == 2 && written != "UK" && written != "US";
        Part {
            cities: self.city_names.get(&folded).cloned().unwrap_or_default(),
            country: self.countries.get(&folded).copied().or(code.filter(|_| !two_letters)),
            country_code: code.filter(|_| two_letters),
            regions,
            written: written.to_owned(),
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
            CityChoice::One(index) => self.city_place(index, "place-city"),
            CityChoice::Open { name, country } => Place {
                city: Some(name),
                country: country.map(str::to_owned),
                rule: "place-city-ambiguous",
                ..Place::default()
            },
            CityChoice::None => {
                let region_country = region.map(|index| self.regions[index].country);
                let country = country.or(region_country);
                let city = self.unknown_city(parts, country.is_some());
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
            part.country.filter(|_| part.regions.is_empty() || parts.len() == 1 && part.regions.is_empty())
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
                    && city.people > 500_000
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
                    && !part.regions.is_empty()
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
                CityChoice::Open { name: written.to_owned(), country: one_country.then_some(largest.country) }
            }
            _ => CityChoice::One(by_people[0]),
        }
    }

    fn city_place(&self, index: usize, rule: &'static str) -> Place {
        let city = &self.cities[index];
        let region =
            self.region_keys.get(&(city.country, city.region)).map(|index| self.regions[*index].name.to_owned());
        Place {
            city: Some(city.name.to_owned()),
            region,
            country: Some(city.country.to_owned()),
            latitude: Some(city.latitude),
            longitude: Some(city.longitude),
            rule,
        }
    }

    /// A city that is not in the gazetteer: the first part, where later parts show that it is a place.
    fn unknown_city(&self, parts: &[Part], placed: bool) -> Option<String> {
        let first = parts.first()?;
        let unknown = first.cities.is_empty()
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
    Open { name: String, country: Option<&'static str> },
}

impl From<Place> for PlaceReading {
    fn from(place: Place) -> Self {
        Self { city: place.city, region: place.region, country: place.country }
    }
}

/// The places that one text names side by side.
fn alternatives(text: &str) -> Vec<String> {
    let lower = text
        .replace(" / ", "\n")
        .replace(" or ", "\n")
        .replace(" OR ", "\n")
        .replace(" & ", "\n")
        .replace(" and ", "\n");
    lower
        .split(['\n', ';', '|', '•'])
        .flat_map(|piece| {
            let slashed: Vec<&str> = piece.split('/').collect();
            let whole = piece.contains("Frankfurt/") || slashed.len() > 6;
            if whole { vec![piece] } else { slashed }
        })
        .map(|piece| piece.trim().to_owned())
        .filter(|piece| !piece.is_empty())
        .collect()
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

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t').collect())
}

fn names(name: &'static str, others: &'static str) -> impl Iterator<Item = &'static str> {
    std::iter::once(name).chain(others.split('|')).filter(|name| !name.is_empty())
}
