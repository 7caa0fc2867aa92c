//! The gazetteer out of the reference extracts, and how names are folded to be found.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::words::VAGUE_REGIONS;
use super::{City, Gazetteer, Region};

const CITIES: &str = include_str!("../../../../data-samples/reference/cities.tsv");
const TOWNS: &str = include_str!("../../../../data-samples/reference/towns.tsv");
const REGIONS: &str = include_str!("../../../../data-samples/reference/regions.tsv");
const COUNTRIES: &str = include_str!("../../../../data-samples/reference/countries.tsv");

/// People of a town that the extract does not count.
const TOWN_PEOPLE: u32 = 40_000;

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
                note(self.region_codes.entry(name).or_default(), index);
            } else if !VAGUE_REGIONS.contains(&name) {
                note(self.region_names.entry(fold(name)).or_default(), index);
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
        let folded = fold(name);
        for name in [abbreviated(&folded), spelled_out(name), Some(folded)].into_iter().flatten() {
            note(self.city_names.entry(name).or_default(), index);
        }
    }
}

impl Default for Gazetteer {
    fn default() -> Self {
        Self::new()
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

/// The folded name with its first word as it is written short: `st louis`, `ft worth`; or long where it is short.
fn abbreviated(folded: &str) -> Option<String> {
    const SHORT: &[(&str, &str)] =
        &[("saint ", "st "), ("sainte ", "ste "), ("sankt ", "st "), ("fort ", "ft "), ("mount ", "mt ")];
    SHORT.iter().find_map(|(long, short)| {
        let shorter = folded.strip_prefix(long).map(|rest| format!("{short}{rest}"));
        shorter.or_else(|| folded.strip_prefix(short).map(|rest| format!("{long}{rest}")))
    })
}

/// Adds `index` once: a name and its other spelling may fold to the same.
fn note(indices: &mut Vec<usize>, index: usize) {
    if !indices.contains(&index) {
        indices.push(index);
    }
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t').collect())
}

fn names(name: &'static str, others: &'static str) -> impl Iterator<Item = &'static str> {
    std::iter::once(name).chain(others.split('|')).filter(|name| !name.is_empty())
}
