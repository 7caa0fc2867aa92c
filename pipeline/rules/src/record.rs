//! One raw posting into one row of `postings`, with where each derived column came from.

use std::collections::BTreeMap;

use pipeline_core::PostingId;
use pipeline_core::hash::Hasher;
use pipeline_core::source::{Description, RawPosting, Remote, Section};
use pipeline_core::stage::SkillSpan;
use schemas::Json;
use schemas::tables::{FetchRow, PostingRow};
use serde_json::{Map, Value, json};

use crate::html::{Warnings, clean, clean_line, tidy};
use crate::pay::{self, Pay, PayHints};
use crate::place::Place;
use crate::work::{self, Found};
use crate::{Readers, company, likeness, skills, text, title};

/// Most places of one posting that are read.
const MOST_PLACES: usize = 50;

/// The id of a posting and the version that its source's words make.
pub fn identity(source: &Description, board: &str, raw: &RawPosting) -> (String, String) {
    let board = (!source.ids_are_global).then_some(board);
    let id = PostingId::new(source.name, board, &raw.external_id);
    let mut stated = serde_json::to_value(raw).unwrap_or_default();
    if let Value::Object(fields) = &mut stated {
        // Whether it is listed belongs to the observation, not to what the posting says.
        fields.remove("listed");
    }
    let version = Hasher::new("version").part(canonical(stated).to_string()).hex(16);
    (id.0, version)
}

/// The same document with the keys of every object in order.
fn canonical(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<String, Value> =
                fields.into_iter().map(|(key, value)| (key, canonical(value))).collect();
            Value::Object(sorted.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(canonical).collect()),
        other => other,
    }
}

/// Where derived columns came from, by column.
#[derive(Default)]
struct Provenance(BTreeMap<&'static str, Value>);

impl Provenance {
    fn note(&mut self, column: &'static str, from: &str, rule: &str) {
        self.0.insert(column, json!({"from": from, "rule": rule}));
    }

    fn found<T>(&mut self, column: &'static str, found: &Found<T>) {
        self.note(column, &found.from, found.rule);
        if let Some((start, end)) = found.span {
            self.add(column, &[("start", json!(start)), ("end", json!(end))]);
        }
    }

    fn add(&mut self, column: &'static str, facts: &[(&str, Value)]) {
        if let Some(Value::Object(fields)) = self.0.get_mut(column) {
            fields.extend(facts.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        }
    }

    fn json(&self) -> Json {
        Json(serde_json::to_string(&self.0).unwrap_or_default())
    }
}

/// The row of `raw`, the record numbered `record` of `fetch`.
pub fn posting(
    readers: &Readers,
    fetch: &FetchRow,
    record: i64,
    raw: RawPosting,
    posting_id: String,
    version: String,
    method: &str,
) -> PostingRow {
    let mut warnings: Warnings = raw.warnings.iter().copied().collect();
    let mut provenance = Provenance::default();
    let title = clean_line(&raw.title, &mut warnings);
    let text = description(&raw.sections, &mut warnings);
    let words = text::words(&text);
    let likeness = likeness::of(&text);
    let employer = raw.company.as_deref().map(|name| clean_line(name, &mut warnings)).filter(|name| !name.is_empty());
    let department =
        raw.department.as_deref().map(|name| clean_line(name, &mut warnings)).filter(|name| !name.is_empty());
    provenance.note("title", "title", "clean-line");
    if employer.is_some() {
        provenance.note("company", "company", "clean-line");
    }
    let places = Places::read(readers, &raw, &mut provenance);
    let remote = work::remote(&raw, &title, &text);
    let remote_countries = remote_countries(readers, &raw, &title, remote.as_ref(), &mut provenance);
    let hints = PayHints { country: places.pay_country(&remote_countries), ..PayHints::default() };
    let pay = read_pay(&raw, &title, &text, &hints, &mut warnings, &mut provenance);
    let (skill_names, skill_spans) = read_skills(readers, &raw, &title, &text, &mut provenance);
    let level = work::level(&raw, &title);
    let employment = work::employment(&raw, &title);
    let domain = title::domain(&title, department.as_deref());
    let language = text::language(&words);
    if let Some(found) = &remote {
        provenance.found("remote", found);
    }
    if let Some(found) = &level {
        provenance.found("level", found);
    }
    if let Some(found) = &employment {
        provenance.found("employment", found);
    }
    if let Some((_, by_title)) = domain {
        provenance.note("domain", if by_title { "title" } else { "department" }, "domain-words");
    }
    if language.is_some() {
        provenance.note("language", "text", "stop-words");
    }
    for (column, stated) in
        [("posted_at", &raw.posted_at), ("updated_at", &raw.updated_at), ("closes_at", &raw.closes_at)]
    {
        if let Some(stated) = stated {
            provenance.note(column, &stated.field, "date-field");
        }
    }
    if text.is_empty() {
        warnings.insert("text-missing");
    }
    PostingRow {
        posting_id,
        version,
        source: fetch.source.clone(),
        day: fetch.fetched_at.day(),
        board: fetch.board.clone(),
        external_id: raw.external_id,
        role_key: raw.role_key,
        fetch_id: fetch.fetch_id.clone(),
        record,
        seen_at: fetch.fetched_at,
        url: raw.url,
        apply_url: raw.apply_url,
        title_key: title::key(&title),
        domain: domain.map(|(domain, _)| domain.to_owned()),
        company_key: company::key(employer.as_deref()),
        company: employer,
        place_text: places.texts.first().cloned(),
        city: places.first.city,
        region: places.first.region,
        country: places.first.country,
        latitude: places.first.latitude,
        longitude: places.first.longitude,
        places: places.texts,
        remote: remote.map(|found| found.value.name().to_owned()),
        remote_countries,
        pay_min_minor: pay.min_minor,
        pay_max_minor: pay.max_minor,
        pay_currency: pay.currency,
        pay_period: pay.period.map(|period| period.name().to_owned()),
        pay_annual_min_minor: pay.annual_min_minor,
        pay_annual_max_minor: pay.annual_max_minor,
        pay_quote: pay.quote,
        pay_start: pay.span.map(|(start, _)| start as i64),
        pay_end: pay.span.map(|(_, end)| end as i64),
        pay_assumption: pay.assumption,
        pay_predicted: pay.predicted,
        pay_confidence: pay.confidence,
        posted_at: raw.posted_at.map(|stated| stated.value),
        updated_at: raw.updated_at.map(|stated| stated.value),
        closes_at: raw.closes_at.map(|stated| stated.value),
        level: level.map(|found| found.value.to_owned()),
        employment: employment.map(|found| found.value.to_owned()),
        department,
        skills: skill_names,
        skill_spans,
        language: language.map(str::to_owned),
        text_hash: likeness.words_hash,
        text_sketch: likeness.sketch,
        text_words: likeness.word_set,
        text,
        provenance: provenance.json(),
        warnings: warnings.into_iter().map(str::to_owned).collect(),
        method: method.to_owned(),
        title,
        place_list: Json(Value::Array(places.list).to_string()),
        geoname_id: places.first.geoname_id,
    }
}

/// The sections as one clean text, each under its heading.
fn description(sections: &[Section], warnings: &mut Warnings) -> String {
    let mut parts = Vec::new();
    for section in sections {
        let body = clean(&section.body, section.markup, warnings);
        let heading = section
            .heading
            .as_deref()
            .map(|heading| clean_line(heading, warnings))
            .filter(|heading| !heading.is_empty());
        match heading {
            Some(heading) if !body.is_empty() && !body.starts_with(&heading) => {
                parts.push(format!("{heading}\n{body}"))
            }
            _ if !body.is_empty() => parts.push(body),
            _ => {}
        }
    }
    tidy(&parts.join("\n\n"), warnings)
}

/// The places of a posting.
struct Places {
    texts: Vec<String>,
    first: Place,
    countries: Vec<String>,
    list: Vec<Value>,
}

impl Places {
    fn read(readers: &Readers, raw: &RawPosting, provenance: &mut Provenance) -> Self {
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
                json!({"text": text, "city": place_read.city, "region": place_read.region, "country": place_read.country,
                    "geoname_id": place_read.geoname_id, "latitude": place_read.latitude, "longitude": place_read.longitude,
                    "from": place.field, "rule": place_read.rule, "confidence": place_read.confidence()})
            };
            let same = |one: &Place, other: &Place| (&one.city, &one.country) == (&other.city, &other.country);
            out.list.extend((!reading.is_unknown()).then(|| stated(&reading)));
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
                        provenance.note(column, &place.field, reading.rule);
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

    /// The country whose dollar is meant: the one that all known places share.
    fn pay_country(&self, remote_countries: &[String]) -> Option<String> {
        match (self.countries.as_slice(), remote_countries) {
            ([one], _) => Some(one.clone()),
            ([], [one]) => Some(one.clone()),
            _ => None,
        }
    }
}

fn remote_countries(
    readers: &Readers,
    raw: &RawPosting,
    title: &str,
    remote: Option<&Found<Remote>>,
    provenance: &mut Provenance,
) -> Vec<String> {
    if !raw.remote_scope.is_empty() {
        let scope: Vec<&str> = raw.remote_scope.iter().map(String::as_str).collect();
        let countries = readers.places.scope(&scope);
        if !countries.is_empty() {
            provenance.note("remote_countries", "remote_scope", "remote-scope");
        }
        return countries;
    }
    if remote.is_none_or(|found| found.value != Remote::Remote) {
        return Vec::new();
    }
    // Only a place or title that says "remote" itself says where the remote worker may be.
    let says_remote = |text: &str| text.to_lowercase().contains("remote");
    let place = raw.places.iter().find(|place| place.text.as_deref().is_some_and(says_remote));
    let (from, text) = match place {
        Some(place) => (place.field.as_str(), place.text.as_deref().unwrap_or_default()),
        None if says_remote(title) => ("title", title),
        None => return Vec::new(),
    };
    let countries = if text.contains(" or ") { Vec::new() } else { readers.places.scope(&[text]) };
    if !countries.is_empty() {
        provenance.note("remote_countries", from, "remote-place");
    }
    countries
}

fn read_pay(
    raw: &RawPosting,
    title: &str,
    text: &str,
    hints: &PayHints,
    warnings: &mut Warnings,
    provenance: &mut Provenance,
) -> Pay {
    let pay = pay::read(&raw.pay, title, text, hints, warnings).unwrap_or_default();
    if pay.quote.is_some() {
        provenance.note("pay", &pay.from, pay.rule);
        let mut facts = Vec::new();
        if let Some((start, end)) = pay.span {
            facts.extend([("start", json!(start)), ("end", json!(end))]);
        }
        facts.extend(pay.confidence.map(|confidence| ("confidence", json!(confidence))));
        provenance.add("pay", &facts);
    }
    pay
}

fn read_skills(
    readers: &Readers,
    raw: &RawPosting,
    title: &str,
    text: &str,
    provenance: &mut Provenance,
) -> (Vec<String>, Json) {
    let spans = readers.skills.find(text);
    let elsewhere: Vec<SkillSpan> = raw
        .tags
        .iter()
        .filter_map(|tag| readers.skills.canonical(tag))
        .map(|skill| SkillSpan { skill, start: 0, end: 0 })
        .chain(readers.skills.find(title))
        .collect();
    if !spans.is_empty() || !elsewhere.is_empty() {
        let from = if spans.is_empty() { "title, tags" } else { "text, title, tags" };
        provenance.note("skills", from, "skill-dictionary");
    }
    let places: Vec<Value> =
        spans.iter().map(|span| json!({"skill": span.skill, "start": span.start, "end": span.end})).collect();
    let all: Vec<SkillSpan> = spans.into_iter().chain(elsewhere).collect();
    (skills::names(&all), Json(Value::Array(places).to_string()))
}
