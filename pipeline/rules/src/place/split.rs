//! A place text into the places that it names side by side, and each of those into parts.

use super::areas::says_zone;
use super::load::fold;
use super::part::Part;
use super::words::CITY_CODES;
use super::{Gazetteer, LARGE};

/// Most slashes of one part that separate places.
const MOST_SLASHES: usize = 6;

/// Signs and words between places.
const BETWEEN: &[&str] = &[
    " / ", " or ", " OR ", " Or ", " & ", " and ", " AND ", " + ", " l ", " oder ", " und ", " ou ", " et ", " y ",
    " o ", "/", "+", "&",
];

impl Gazetteer {
    /// The places that one text names side by side.
    pub(super) fn alternatives(&self, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        for line in text.split(['\n', ';', '|', '•', '·', '●']) {
            let mut current = String::new();
            for (at, part) in line.split(',').enumerate() {
                if at > 0 {
                    current.push(',');
                }
                // "New York, San Francisco, or Seattle"
                let part = [" or ", " and ", " & "].iter().find_map(|word| part.strip_prefix(word)).unwrap_or(part);
                if self.is_name(part) {
                    current.push_str(part);
                    continue;
                }
                for (piece_at, piece) in self.between(part).into_iter().enumerate() {
                    if piece_at > 0 {
                        out.push(std::mem::take(&mut current));
                    }
                    current.push_str(piece);
                }
            }
            out.push(current);
        }
        out.into_iter()
            .map(|piece| piece.trim().trim_matches(',').trim().to_owned())
            .filter(|piece| !piece.is_empty())
            .collect()
    }

    fn is_name(&self, text: &str) -> bool {
        !self.look_up(text).is_unknown()
    }

    /// `text` at signs and words between places, except within names such as "Trinidad and Tobago".
    fn between<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let mut pieces = vec![text];
        for sign in BETWEEN {
            if *sign == "/" && text.split('/').count() > MOST_SLASHES {
                continue;
            }
            pieces = pieces
                .into_iter()
                .flat_map(|piece| {
                    if !piece.contains(sign) || self.is_name(piece) { vec![piece] } else { piece.split(sign).collect() }
                })
                .collect();
        }
        pieces
    }

    /// `parts` as one place, or as several where they list places instead of saying where one lies: "London, Paris, Berlin",
    /// "Alabama, Florida, Texas".
    pub(super) fn lists(&self, parts: Vec<Part>) -> Vec<Vec<Part>> {
        if self.country_region_city(&parts).is_some() {
            return vec![parts];
        }
        let mut groups: Vec<Vec<Part>> = Vec::new();
        for part in parts {
            match groups.last_mut() {
                Some(group) if !self.begins_another(group, &part) => group.push(part),
                _ => groups.push(vec![part]),
            }
        }
        groups
    }

    /// Whether `part` names a place beside the one that `group` names, rather than where it lies or what lies in it.
    fn begins_another(&self, group: &[Part], part: &Part) -> bool {
        let large = |part: &Part| part.cities.iter().any(|index| self.cities[*index].people >= LARGE);
        let only_city = |part: &Part| large(part) && part.country.is_none();
        let contains = |outer: &Part, inner: &Part| {
            inner.cities.iter().any(|index| {
                let city = &self.cities[*index];
                outer.country == Some(city.country)
                    || outer.misspelt == Some(city.country)
                    || outer.country_code == Some(city.country)
                    || outer.regions.iter().any(|region| {
                        let region = &self.regions[*region];
                        region.country == city.country && region.key == city.region
                    })
            }) || inner.regions.iter().any(|region| {
                let country = self.regions[*region].country;
                outer.country == Some(country) || outer.country_code == Some(country)
            })
        };
        let related = |other: &Part| contains(part, other) || contains(other, part);
        let Some(last) = group.last() else { return true };
        if fold(&last.written) == fold(&part.written) {
            return false;
        }
        // "SF, NYC, SEA, US": letters of a city among other cities.
        let coded = |part: &Part| part.is_unknown() && CITY_CODES.iter().any(|(code, ..)| *code == part.written);
        if coded(part) || coded(last) && (part.country.is_some() || large(part)) {
            return true;
        }
        // A second country, where neither lies in the other.
        if part.country.is_some() && last.country.is_some() {
            return part.country != last.country && !related(last);
        }
        // A second region of the same country: "Florida, Texas".
        let listed = |other: &Part| !other.regions.is_empty() && other.country.is_none();
        let of_one_country = || {
            last.regions.iter().any(|one| {
                part.regions.iter().any(|other| {
                    let (one, other) = (&self.regions[*one], &self.regions[*other]);
                    one.country == other.country && one.key != other.key
                })
            })
        };
        if group.len() == 1 && listed(last) && listed(part) && !related(last) && of_one_country() {
            return true;
        }
        let shared = group.iter().any(|other| shares(other, part));
        // A city after a city that is already said to lie elsewhere: "Portland, OR, Dayton, OH".
        let a_city = !part.cities.is_empty() && part.country.is_none() && part.country_code.is_none();
        let city_at = group.iter().position(|other| !other.cities.is_empty() && other.country.is_none());
        let placed = city_at.is_some_and(|at| group.iter().skip(at + 1).any(|outer| contains(outer, &group[at])));
        if a_city && part.regions.is_empty() && placed && !shared {
            return true;
        }
        // A state that a very large city, written short, does not lie in: "SF, NY, SEA".
        let short = |other: &Part| other.written.len() <= 3 && large(other);
        if group.len() == 1 && short(last) && part.cities.is_empty() && !part.regions.is_empty() && !related(last) {
            return true;
        }
        // A second city, which is not what the first lies in.
        let known_city = |other: &Part| !other.cities.is_empty() && other.country.is_none();
        let has_city =
            group.iter().any(|other| if part.regions.is_empty() { known_city(other) } else { only_city(other) });
        only_city(part) && has_city && !shared && {
            let within = group.iter().filter(|other| only_city(other)).any(related);
            let placed = group.len() > 1 && group.iter().any(|other| !only_city(other));
            !within || placed && part.regions.is_empty()
        }
    }

    /// The country of parts that are a country's code, a region of it and a city of that: `CA-ON-Toronto`.
    pub(super) fn country_region_city(&self, parts: &[Part]) -> Option<&'static str> {
        let [first, middle, last] = parts else { return None };
        let country = first.country_code.or(first.country)?;
        let fits = middle.regions.iter().map(|index| &self.regions[*index]).any(|region| {
            region.country == country
                && last.cities.iter().any(|index| {
                    let city = &self.cities[*index];
                    city.country == country && city.region == region.key
                })
        });
        fits.then_some(country)
    }

    /// The parts that `text` is made of: at commas and dashes, without brackets, hours and words such as "remote".
    pub(super) fn parts(&self, text: &str) -> Vec<Part> {
        let pieces = pieces(text);
        let far = pieces.first().is_some_and(|(first, _)| {
            let first = fold(first);
            first.starts_with("remote") || first.starts_with("anywhere")
        });
        let seat = |piece: &str| {
            let folded = fold(piece);
            folded.starts_with("hq in ") || folded.starts_with("office in ") || folded.starts_with("offices in ")
        };
        let kept: Vec<(&str, bool)> = pieces
            .into_iter()
            .filter(|(piece, _)| !(says_zone(piece) || far && seat(piece)))
            .flat_map(|(piece, loose)| {
                let inner: Vec<&str> = self
                    .split_hyphen(piece)
                    .into_iter()
                    .flat_map(|piece| self.split_coded(piece))
                    .flat_map(|piece| self.split_tail(piece))
                    .collect();
                let last = inner.len().saturating_sub(1);
                inner.into_iter().enumerate().map(move |(at, piece)| (piece, loose && at == last))
            })
            .collect();
        self.parts_of(&kept)
    }

    /// `DE-Berlin` and `US-CA-Menlo Park` are several parts, `Winston-Salem` is one.
    fn split_hyphen<'a>(&self, piece: &'a str) -> Vec<&'a str> {
        let piece = piece.trim();
        let code = piece.split('-').next().unwrap_or_default();
        let coded = matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_uppercase());
        let remote = ["remote", "hybrid", "onsite"].iter().any(|word| code.trim().eq_ignore_ascii_case(word));
        let outer = || {
            let head = fold(code.trim());
            head.len() > 3 && (self.countries.contains_key(&head) || self.region_names.contains_key(&head))
        };
        if piece.contains('-')
            && (coded || remote || outer() && !self.is_name(piece))
            && !self.city_names.contains_key(&fold(piece))
        {
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

    /// `Knoxville TN` and `Salt Lake City UT United States` have no sign between their parts, `Kansas City` is one.
    pub(super) fn split_tail<'a>(&self, piece: &'a str) -> Vec<&'a str> {
        let piece = piece.trim();
        if piece.len() > 80 || self.is_name(piece) {
            return vec![piece];
        }
        let (mut rest, mut tails) = (piece, Vec::new());
        while tails.len() < 2 {
            let spaces: Vec<usize> = rest.match_indices(' ').map(|(at, _)| at).collect();
            // The longest tail first: "New Jersey" before "Jersey".
            let split = spaces.iter().rev().take(3).rev().find_map(|at| {
                let (head, tail) = (rest[..*at].trim(), rest[*at..].trim());
                let found = self.look_up(tail);
                let outer = found.country.is_some() || !found.regions.is_empty() || found.country_code.is_some();
                (outer && !head.is_empty()).then_some((head, tail))
            });
            let Some((head, tail)) = split else { break };
            tails.push(tail);
            rest = head;
            if self.is_name(rest) {
                break;
            }
        }
        let state =
            |tail: &&str| tail.len() == 2 && self.region_codes.contains_key(*tail) && !matches!(*tail, "IN" | "OR");
        let town = tails.len() == 1 && tails.first().is_some_and(state) && is_name_of_town(rest);
        if tails.is_empty() || !town && self.look_up(rest).cities.is_empty() {
            return vec![piece];
        }
        tails.push(rest);
        tails.reverse();
        tails
    }
}

/// `text` at commas, brackets, colons and spaced dashes, each piece with whether it ends at another sign than a comma.
fn pieces(text: &str) -> Vec<(&str, bool)> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        let sign =
            rest.find([',', '(', ')', '[', ']', ':', '·']).map(|at| (at, 1 + usize::from(rest[at..].starts_with('·'))));
        let dash = [" - ", " – ", " — ", "- "].iter().filter_map(|dash| Some((rest.find(dash)?, dash.len()))).min();
        let Some((at, length)) = sign.into_iter().chain(dash).min() else { break };
        let comma = rest.as_bytes().get(at) == Some(&b',');
        out.push((&rest[..at], !comma));
        rest = &rest[at + length..];
    }
    out.push((rest, false));
    out
}

/// Whether `text` looks like the name of a town: up to three words that begin with capitals and are not capitals only.
fn is_name_of_town(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    words.len() <= 3
        && words.iter().all(|word| {
            let mut letters = word.chars();
            letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
        })
}

/// Whether two parts may be the same city.
fn shares(one: &Part, other: &Part) -> bool {
    one.cities.iter().any(|index| other.cities.contains(index))
}
