//! The places that one text names, in order, each decided beside the others.

use super::areas::{Area, area, areas_within, part_within, says_unstated, says_world, says_zone};
use super::load::fold;
use super::part::Part;
use super::words::{CITY_CODES, strip_noise};
use super::{Gazetteer, Kind, LONGEST, Place};

/// Most places of one text.
const MOST: usize = 40;

/// One place of a text: what its parts are and what they come to.
struct Item {
    parts: Vec<Part>,
    place: Place,
}

impl Gazetteer {
    /// The first place that `text` names: the first city, region or country, else the first area, else what it says of places
    /// at all.
    pub fn read_text(&self, text: &str) -> Place {
        let mut list = self.read_list(text);
        let at = list.iter().position(|place| !place.is_unknown()).unwrap_or_default();
        if at < list.len() { list.swap_remove(at) } else { Place::default() }
    }

    /// Every city, region and country that `text` names, in order.
    pub fn read_all(&self, text: &str) -> Vec<Place> {
        self.read_list(text).into_iter().filter(|place| !place.is_unknown()).collect()
    }

    /// Everything that `text` says of places, in order: cities, regions, countries, areas, the whole world, or
    /// [`Kind::Unstated`] alone where it says no more than "remote". Empty when nothing of it is known.
    pub fn read_list(&self, text: &str) -> Vec<Place> {
        self.read_spans(text).into_iter().map(|(place, _)| place).collect()
    }

    /// The same, each with the words that name it. A name that several places share is decided by the others: by their country
    /// where they have one in common, and by whether they are cities or states.
    pub fn read_spans(&self, text: &str) -> Vec<(Place, String)> {
        let text = crate::html::prefix(text, LONGEST);
        let mut items: Vec<Item> = Vec::new();
        for alternative in self.alternatives(text) {
            if items.len() >= MOST {
                break;
            }
            self.read_alternative(&alternative, &mut items);
        }
        items.truncate(MOST);
        self.decide_by_country(&mut items);
        self.decide_by_company(&mut items);
        self.read_codes(&mut items);
        items.retain(|item| item.place.kind != Kind::Unknown);
        // "Remote" beside a place adds nothing to it.
        if items.iter().any(|item| item.place.kind != Kind::Unstated) {
            items.retain(|item| item.place.kind != Kind::Unstated);
        } else {
            items.truncate(1);
        }
        items.into_iter().map(|item| (item.place, words(&item.parts))).collect()
    }

    fn read_alternative(&self, text: &str, items: &mut Vec<Item>) {
        let before = items.len();
        for parts in self.lists(self.parts(text)) {
            let place = self.resolve(&parts);
            items.push(Item { parts, place });
        }
        let placed = items[before..].iter().any(|item| !item.place.is_unknown());
        if placed {
            self.name_part_of_country(text, &mut items[before..]);
        }
        let areas = listed_areas(text, placed);
        if areas.len() > usize::from(placed) {
            let at = if placed { items.len() } else { before };
            let named = areas.into_iter().map(|area| Item { parts: Vec::new(), place: area_place(area) });
            items.splice(at..at, named);
        } else if !placed {
            items.extend(unplaced(text).map(|place| Item { parts: Vec::new(), place }));
        }
    }

    /// Notes the part of a country, such as its west coast, that `text` names beside the country.
    fn name_part_of_country(&self, text: &str, items: &mut [Item]) {
        let Some(named) = part_within(text) else { return };
        for item in items.iter_mut().filter(|item| matches!(item.place.kind, Kind::Country | Kind::Region)) {
            let said_area = || item.parts.iter().any(|part| area(&part.written).is_some());
            let region_itself = item.place.kind == Kind::Region && !said_area();
            if item.place.country.as_deref() == named.country && !region_itself {
                item.place.area = Some(named.name.to_owned());
                item.place.kind = Kind::Area;
                item.place.rule = "place-area";
            }
        }
    }

    /// Decides names that several places share by the country that the other places have in common.
    fn decide_by_country(&self, items: &mut [Item]) {
        let mut countries: Vec<&str> = items.iter().filter_map(|item| item.place.country.as_deref()).collect();
        countries.sort_unstable();
        countries.dedup();
        let [country] = countries.as_slice() else { return };
        let Some(country) = self.country_codes.get(country).copied() else { return };
        for item in items.iter_mut().filter(|item| item.place.country.is_none()) {
            // Only what may be a place becomes one.
            if !item.parts.iter().any(|part| !part.cities.is_empty() || !part.regions.is_empty()) {
                continue;
            }
            let mut parts = item.parts.clone();
            parts.push(Part { country: Some(country), ..Part::default() });
            let better = self.resolve(&parts);
            if better.city.is_some() || better.region.is_some() {
                item.place = better;
            }
        }
    }

    /// Decides names that are a city and a state, or a state and a country, by what stands beside them: "Oregon; Washington",
    /// "Bulgaria, Georgia, Poland".
    fn decide_by_company(&self, items: &mut [Item]) {
        let both = |item: &Item| -> Option<usize> {
            let mut named = item.parts.iter().filter(|part| !part.is_unknown());
            let (Some(part), None) = (named.next(), named.next()) else { return None };
            let first = part.regions.iter().copied().find(|index| self.regions[*index].country == "US");
            let other = !part.cities.is_empty() || part.country.is_some();
            first.filter(|_| other)
        };
        let open: Vec<Option<usize>> = items.iter().map(both).collect();
        let count = |kind: Kind| {
            let settled = items.iter().zip(&open).filter(|(item, open)| open.is_none() && item.place.kind == kind);
            settled.filter(|(item, _)| item.place.country.as_deref() == Some("US")).count()
        };
        let (states, cities) = (count(Kind::Region), count(Kind::City));
        let abroad = items.iter().any(|item| {
            item.place.kind == Kind::Country && item.place.country.as_deref().is_some_and(|country| country != "US")
        });
        for (item, open) in items.iter_mut().zip(open) {
            let Some(index) = open else { continue };
            let country = item.parts.iter().find_map(|part| part.country);
            if states > 0 && states >= cities {
                let region = &self.regions[index];
                item.place = Place {
                    kind: Kind::Region,
                    region: Some(region.name.to_owned()),
                    country: Some(region.country.to_owned()),
                    rule: "place-region",
                    ..Place::default()
                };
            } else if let Some(country) = country.filter(|_| abroad && states == 0) {
                let country = Some(country.to_owned());
                item.place = Place { kind: Kind::Country, country, rule: "place-country", ..Place::default() };
            }
        }
    }

    /// Reads "SEA" in "SF, NYC, SEA" where another city of the same country stands beside it.
    fn read_codes(&self, items: &mut [Item]) {
        let mut countries: Vec<String> = Vec::new();
        for item in items.iter().filter(|item| item.place.kind == Kind::City) {
            countries.extend(item.place.country.clone());
        }
        for item in items.iter_mut().filter(|item| item.place.kind == Kind::Unknown) {
            let written = words(&item.parts);
            let code = CITY_CODES.iter().find(|(code, ..)| *code == written);
            if let Some((_, city, country)) = code
                && countries.iter().any(|other| other == country)
            {
                item.place = self.read_within_parts(city, country);
            }
        }
    }

    fn read_within_parts(&self, city: &str, country: &'static str) -> Place {
        let mut parts = self.parts_of(&[(city, false)]);
        parts.push(Part { country: Some(country), ..Part::default() });
        self.resolve(&parts)
    }
}

fn words(parts: &[Part]) -> String {
    let words: Vec<&str> = parts.iter().map(|part| part.written.as_str()).filter(|word| !word.is_empty()).collect();
    words.join(", ")
}

/// The areas of several countries that are pieces of `text`, and, beside no place, those among its other words.
fn listed_areas(text: &str, placed: bool) -> Vec<&'static Area> {
    let pieces = || text.split([',', '(', ')', '[', ']', ':']).flat_map(|piece| piece.split(" - ")).map(str::trim);
    let mut found: Vec<&'static Area> = Vec::new();
    for area in pieces().filter_map(area).filter(|area| area.country.is_none() || !placed) {
        if !found.contains(&area) {
            found.push(area);
        }
    }
    if found.is_empty() && !placed && !says_zone(text) {
        found = areas_within(text);
        found.extend(part_within(text).filter(|_| found.is_empty()));
    }
    found
}

fn area_place(area: &Area) -> Place {
    Place {
        kind: Kind::Area,
        area: Some(area.name.to_owned()),
        country: area.country.map(str::to_owned),
        rule: "place-area",
        ..Place::default()
    }
}

/// What a text without a place says of places at all.
fn unplaced(text: &str) -> Option<Place> {
    let zone = text
        .split([',', '(', ')', '[', ']', '|', ':'])
        .flat_map(|piece| piece.split(" - "))
        .find(|piece| says_zone(piece));
    let place =
        |kind, area: Option<&str>, rule| Place { kind, area: area.map(str::to_owned), rule, ..Place::default() };
    if let Some(zone) = zone {
        return Some(place(Kind::Area, Some(zone.trim()), "place-hours"));
    }
    if says_world(text) {
        return Some(place(Kind::Anywhere, None, "place-anywhere"));
    }
    let short = text.split_whitespace().count() <= 6;
    let only = strip_noise(text).is_empty() || fold(text).split(' ').count() <= 2;
    (says_unstated(text) && (short || only)).then(|| place(Kind::Unstated, None, "place-unstated"))
}
