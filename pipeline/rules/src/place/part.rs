//! One part of a place text, such as "Berlin" or "DE", and everything that it may mean.

use super::areas::is_area;
use super::load::fold;
use super::words::{AFTER_OTHER, BEFORE_OTHER, MISSPELT, is_direction, strip_noise};
use super::{Gazetteer, LARGE, Region};

/// What one part of a place text may be.
#[derive(Clone, Default)]
pub(super) struct Part {
    pub(super) written: String,
    pub(super) cities: Vec<usize>,
    pub(super) regions: Vec<usize>,
    pub(super) country: Option<&'static str>,
    /// A country by its two-letter code, which may as well be a region's.
    pub(super) country_code: Option<&'static str>,
    /// A country that it is a misspelling of.
    pub(super) misspelt: Option<&'static str>,
    /// Whether it was found among other words.
    pub(super) within: bool,
    /// Whether it ends at a bracket, a colon or a dash rather than a comma, so that it may as well be no place.
    pub(super) loose: bool,
}

impl Part {
    /// Whether it may mean `region`: "Mexico" is the country before it is its state, while Scotland is both.
    pub(super) fn says_region(&self, region: &Region) -> bool {
        self.country.is_none_or(|country| country == "GB" || country != region.country)
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.cities.is_empty() && self.regions.is_empty() && self.country.is_none() && self.country_code.is_none()
    }
}

impl Gazetteer {
    /// The parts that `pieces` are, each with whether it ends loosely.
    pub(super) fn parts_of(&self, pieces: &[(&str, bool)]) -> Vec<Part> {
        let filled = |piece: &str| pipeline_core::read::filled(piece);
        pieces
            .iter()
            .filter_map(|(piece, loose)| Some((filled(piece)?, *loose)))
            .flat_map(|(piece, loose)| {
                let mut parts = self.part(&piece);
                if let Some(last) = parts.last_mut() {
                    last.loose |= loose;
                }
                parts
            })
            .collect()
    }

    /// What one piece names: one part, or two where it has no sign between them once its other words are gone.
    fn part(&self, written: &str) -> Vec<Part> {
        let found = self.look_up(written);
        if !found.is_unknown() {
            return vec![found];
        }
        let stripped = strip_noise(written);
        if stripped.is_empty() {
            return Vec::new();
        }
        let mut found = if stripped.len() < written.len() {
            let found = self.look_up(&stripped);
            let tails = self.split_tail(&stripped);
            if found.is_unknown() && tails.len() > 1 {
                return tails.into_iter().map(|tail| self.look_up(tail)).collect();
            }
            found
        } else {
            found
        };
        if found.is_unknown()
            && let Some(country) = lower_code(&stripped)
        {
            found.country = Some(country);
            found.written.clear();
            return vec![found];
        }
        if found.is_unknown()
            && let Some(within) = self.city_within(&stripped)
        {
            return vec![within];
        }
        if found.country.is_none() && found.cities.is_empty() && found.regions.is_empty() {
            found.country = self.country_within(written);
            if found.country.is_some() {
                found.written.clear();
            }
        }
        vec![found]
    }

    /// A large city before or after other words: "Acme Helsinki", "Berlin Mitte".
    pub(super) fn city_within(&self, text: &str) -> Option<Part> {
        let words: Vec<&str> = text.split_whitespace().take(8).collect();
        let count = words.len();
        let small_letters = !text.chars().any(char::is_uppercase);
        let large = |words: &[&str]| {
            let name = words.join(" ");
            let known = self.city_names.get(&fold(&name))?;
            let people = |index: &usize| self.cities[*index].people;
            let largest = known.iter().map(people).max()?;
            let capital = small_letters || words.iter().all(|word| word.starts_with(|c: char| c.is_uppercase()));
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

    pub(super) fn look_up(&self, written: &str) -> Part {
        let written = written.trim();
        // "東京都", "深圳市": cities with the word for what they are.
        let named = written.strip_suffix(['都', '市', '府']).filter(|name| !name.is_empty()).unwrap_or(written);
        let folded = fold(named);
        let mut regions = self.region_names.get(&folded).cloned().unwrap_or_default();
        for index in self.region_codes.get(written).into_iter().flatten() {
            if !regions.contains(index) {
                regions.push(*index);
            }
        }
        let code = self.country_codes.get(written).copied();
        let two_letters = written.len() == 2 && written != "UK" && written != "US";
        Part {
            cities: self.city_names.get(&folded).filter(|_| !is_area(&folded)).cloned().unwrap_or_default(),
            country: self.countries.get(&folded).copied().or(code.filter(|_| !two_letters)),
            country_code: code.filter(|_| two_letters),
            regions,
            misspelt: MISSPELT.iter().find(|(name, _)| *name == folded).map(|(_, country)| *country),
            written: written.to_owned(),
            ..Part::default()
        }
    }

    /// A country named among other words, such as "US East Coast" or "anywhere in Germany".
    pub(super) fn country_within(&self, text: &str) -> Option<&'static str> {
        let found = self.countries_within(text);
        match found.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Every country named in `text`, in order, once each. Parts of larger names ("South America") do not count.
    pub(super) fn countries_within(&self, text: &str) -> Vec<&'static str> {
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric() && c != '.').filter(|word| !word.is_empty()).take(80).collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = (1..=4.min(words.len() - at)).rev().find_map(|length| {
                let phrase = words[at..at + length].join(" ");
                if length > 1 && is_area(&fold(&phrase)) {
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
}

/// A country by letters that are no word in small letters either, where nothing stands beside them: "us".
fn lower_code(stripped: &str) -> Option<&'static str> {
    match stripped {
        "us" | "usa" | "Us" | "Usa" | "us-based" | "US-based" | "USA-based" => Some("US"),
        "uk" | "Uk" | "UK-based" | "uk-based" => Some("GB"),
        _ => None,
    }
}
