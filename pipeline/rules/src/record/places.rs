//! Every place of a posting.

use pipeline_core::source::RawPosting;
use serde_json::{Value, json};

use super::MOST_PLACES;
use super::provenance::Provenance;
use crate::Readers;
use crate::html::{Warnings, clean_line};
use crate::place::{Kind, Place};

/// The places of a posting.
pub(super) struct Places {
    pub(super) texts: Vec<String>,
    pub(super) first: Place,
    pub(super) countries: Vec<String>,
    pub(super) list: Vec<Value>,
}

impl Places {
    pub(super) fn read(readers: &Readers, raw: &RawPosting, provenance: &mut Provenance) -> Self {
        let mut out = Self { texts: Vec::new(), first: Place::default(), countries: Vec::new(), list: Vec::new() };
        for place in raw.places.iter().take(MOST_PLACES) {
            let fields = [&place.city, &place.region, &place.country];
            let text = place
                .text
                .clone()
                .unwrap_or_else(|| fields.into_iter().flatten().cloned().collect::<Vec<_>>().join(", "));
            let text = clean_line(&text, &mut Warnings::new());
            if text.is_empty() || out.texts.contains(&text) {
                continue;
            }
            let reading = readers.places.read(place);
            let others = readers.places.read_all(&text);
            let stated = |place_read: &Place| {
                json!({"text": text, "kind": place_read.kind.name(), "area": place_read.area, "city": place_read.city, "region": place_read.region, "country": place_read.country,
                    "geoname_id": place_read.geoname_id, "latitude": place_read.latitude, "longitude": place_read.longitude,
                    "from": place.field, "rule": place_read.rule, "confidence": place_read.confidence()})
            };
            let same = |one: &Place, other: &Place| {
                (&one.city, &one.country, &one.area) == (&other.city, &other.country, &other.area)
            };
            out.list.extend((reading.kind != Kind::Unknown).then(|| stated(&reading)));
            // Fields say one place; the words beside them may name more.
            let fields_say = fields.iter().any(|field| field.is_some());
            out.list.extend(others.iter().filter(|other| !fields_say && !same(other, &reading)).map(stated));
            out.list.truncate(MOST_PLACES);
            out.countries
                .extend(reading.country.iter().cloned().chain(others.into_iter().filter_map(|place| place.country)));
            if out.first.is_unknown() && !reading.is_unknown() {
                for (column, known) in [
                    ("city", reading.city.is_some()),
                    ("region", reading.region.is_some()),
                    ("country", reading.country.is_some()),
                    ("geoname_id", reading.geoname_id.is_some()),
                ] {
                    if known {
                        provenance.note(column, &place.field, reading.rule, reading.confidence());
                    }
                }
                out.first = reading;
            }
            out.texts.push(text);
        }
        out.countries.sort_unstable();
        out.countries.dedup();
        out
    }

    /// The countries whose dollar may be meant: those of the places, else those that a remote worker may be in.
    pub(super) fn pay_countries(&self, remote_countries: &[String]) -> Vec<String> {
        if self.countries.is_empty() { remote_countries.to_vec() } else { self.countries.clone() }
    }
}
