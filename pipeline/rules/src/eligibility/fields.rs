//! What the fields of a posting and the texts of its places imply.

use pipeline_core::source::RawPosting;

use super::{Fact, FactKind};
use crate::place::name::Name;
use crate::place::{Gazetteer, Kind, Place};

/// Most places of a posting that are read.
const MOST: usize = 40;

/// The facts of `raw`'s fields. `far` is whether the job is remote: then a country or area among its places says from where, while a
/// city may be no more than the employer's seat.
pub(super) fn read(places: &Gazetteer, raw: &RawPosting, far: bool) -> Vec<Fact> {
    let mut out = Vec::new();
    for scope in raw.remote_scope.iter().take(MOST) {
        for place in places.read_list(scope) {
            push(&mut out, &place, scope, "remote_scope", "scope-field", 0.95);
        }
    }
    if !out.is_empty() {
        return out;
    }
    let mut unsettled = false;
    for place in raw.places.iter().take(MOST) {
        let Some(text) = place.text.as_deref() else { continue };
        let says_remote = says_remote(text);
        // "Berlin or remote" does not say from where.
        let apart = says_remote
            && [" or ", "/", " and ", "|", ";", " & ", " oder ", " ou "].iter().any(|sign| text.contains(sign));
        // "Australia - Sydney/remote" does.
        let words: Vec<&str> = text.split_whitespace().take(3).collect();
        let leading = places.name_at(&words, false).is_some_and(|(_, name)| matches!(name, Name::Country(_)));
        let list = places.read_list(text);
        for found in &list {
            match found.kind {
                Kind::Country | Kind::Area | Kind::Anywhere | Kind::Region if says_remote || far => {
                    push(&mut out, found, text, &place.field, "remote-place", if says_remote { 0.9 } else { 0.75 });
                }
                Kind::City if says_remote && (!apart || leading) => {
                    push_country(&mut out, found, text, &place.field);
                }
                Kind::City if far => unsettled = true,
                _ => {}
            }
        }
        if let (true, true, Some(country)) = (list.is_empty(), far, &place.country)
            && place.city.is_none()
            && let Some(country) = places.country(country)
        {
            out.push(fact(FactKind::Country, country.to_owned(), text, &place.field, "remote-place", 0.75));
        }
    }
    // A region of a city's posting is where its office is.
    if unsettled && out.iter().all(|fact| fact.kind == FactKind::Region) {
        out.clear();
    }
    out
}

fn says_remote(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["remote", "remoto", "remota", "home office", "homeoffice", "télétravail", "anywhere", "distributed"]
        .iter()
        .any(|word| lower.contains(word))
}

fn push(out: &mut Vec<Fact>, place: &Place, text: &str, from: &str, rule: &'static str, sure: f64) {
    let facts: Vec<(FactKind, Option<String>)> = match place.kind {
        Kind::Anywhere => vec![(FactKind::Anywhere, Some("anywhere".to_owned()))],
        Kind::Area if place.rule == "place-hours" => Vec::new(),
        Kind::Area => vec![(FactKind::Area, place.area.clone()), (FactKind::Country, place.country.clone())],
        Kind::Region => {
            let region =
                place.country.as_ref().zip(place.region.as_ref()).map(|(country, name)| format!("{country}: {name}"));
            vec![(FactKind::Region, region)]
        }
        _ => vec![(FactKind::Country, place.country.clone())],
    };
    for (kind, value) in facts {
        if let Some(value) = value {
            out.push(fact(kind, value, text, from, rule, sure));
        }
    }
}

/// Of "Boston - Remote" the country: whoever works from afar need not be in Boston.
fn push_country(out: &mut Vec<Fact>, place: &Place, text: &str, from: &str) {
    if let Some(country) = &place.country {
        out.push(fact(FactKind::Country, country.clone(), text, from, "remote-city", 0.7));
    }
}

fn fact(kind: FactKind, value: String, quote: &str, from: &str, rule: &'static str, confidence: f64) -> Fact {
    Fact { kind, value, quote: quote.to_owned(), start: None, end: None, from: from.to_owned(), rule, confidence }
}
