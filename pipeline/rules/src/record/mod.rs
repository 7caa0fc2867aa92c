//! One raw posting into one row of `postings`, with where each derived column came from.

mod places;
mod provenance;

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::PostingId;
use pipeline_core::hash::Hasher;
use pipeline_core::source::{Description, RawPosting, Remote, Section};
use pipeline_core::stage::SkillSpan;
use schemas::Json;
use schemas::tables::{FetchRow, PostingRow};
use serde_json::{Map, Value, json};

use crate::company::Agency;
use crate::eligibility::{self, Eligibility, FactKind};
use crate::html::{Warnings, clean, clean_line, tidy};
use crate::occupation::{self, OccupationReading};
use crate::pay::{self, Pay, PayHints};
use crate::sections;
use crate::skills::{self, Requirement, SkillFact};
use crate::work::{self, Found, WorkFacts};
use crate::{Readers, company, likeness, spans, text, title};
use places::Places;
use provenance::Provenance;

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
    provenance.note("title", "title", "clean-line", 1.0);
    let (company_key, known_employer) = read_employer(employer.as_deref(), &text, &mut provenance);
    let sections = sections::read(&text);
    let places = Places::read(readers, &raw, &mut provenance);
    let remote = work::remote(&raw, &title, &text);
    let eligible = eligibility::read(&readers.places, &raw, &title, &text, remote.as_ref());
    if let (None, Some(fact), Some(_)) = (&remote, eligible.first(FactKind::OfficeDays), eligible.implied_remote()) {
        provenance.note_at("remote", &fact.from, "office-days", fact.confidence, fact.start.zip(fact.end));
    }
    let far = remote.as_ref().is_some_and(|found| found.value == Remote::Remote) || !raw.remote_scope.is_empty();
    let remote_countries = if far { eligible.countries.clone() } else { Vec::new() };
    note_eligibility(&eligible, &remote_countries, &mut provenance);
    let hints = PayHints { countries: places.pay_countries(&remote_countries), ..PayHints::default() };
    let pay = read_pay(&raw, &title, &text, &hints, &mut warnings, &mut provenance);
    let facts = readers.skills.facts(&text, &title, employer.as_deref(), &sections);
    let spans = skill_spans(&facts);
    let phrases = spans::phrases(&text, &sections, &spans);
    let skill_names = skill_names(readers, &raw, &facts, &mut provenance);
    let level = work::level(&raw, &title);
    let facts_of_work = WorkFacts::read(&text, &sections);
    let employment = work::employment(&raw, &title).or_else(|| facts_of_work.employment.clone());
    note_work(&facts_of_work, &mut provenance);
    let work_facts = Json(facts_of_work.json(&text).to_string());
    let occupation = read_occupation(&title, &mut provenance);
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
        provenance.note(
            "domain",
            if by_title { "title" } else { "department" },
            "domain-words",
            if by_title { 0.8 } else { 0.6 },
        );
    }
    if language.is_some() {
        provenance.note("language", "text", "stop-words", 0.95);
    }
    for (column, stated) in
        [("posted_at", &raw.posted_at), ("updated_at", &raw.updated_at), ("closes_at", &raw.closes_at)]
    {
        if let Some(stated) = stated {
            provenance.note(column, &stated.field, "date-field", 1.0);
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
        company_key,
        company: employer,
        place_text: places.texts.first().cloned(),
        city: places.first.city,
        region: places.first.region,
        country: places.first.country,
        latitude: places.first.latitude,
        longitude: places.first.longitude,
        places: places.texts,
        remote: remote
            .map(|found| found.value)
            .or_else(|| eligible.implied_remote())
            .map(|value| value.name().to_owned()),
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
        skill_spans: spans_json(&spans),
        skill_phrases: json_of(&phrases),
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
        pay_parts: json_of(&pay.parts),
        eligibility: Json(eligible.json()),
        office_days_min: eligible.office_days.map(|(least, _)| i64::from(least)),
        office_days_max: eligible.office_days.map(|(_, most)| i64::from(most)),
        travel_percent_max: eligible.travel_percent.map(|(_, most)| i64::from(most)),
        sections: Json(sections::json(&sections).to_string()),
        skills_required: skills::named(&facts, Requirement::Required),
        skills_preferred: skills::named(&facts, Requirement::Preferred),
        skill_facts: skill_facts(&facts),
        years_min: facts_of_work.years.as_ref().and_then(|found| found.value.min).map(i64::from),
        years_max: facts_of_work.years.as_ref().and_then(|found| found.value.max).map(i64::from),
        education: needed_education(&facts_of_work),
        visa: facts_of_work.visa.as_ref().map(|found| found.value.name().to_owned()),
        clearance: facts_of_work.clearance.as_ref().map(|found| found.value.kind.name().to_owned()),
        benefits: codes(&facts_of_work.benefits),
        work_facts,
        occupation_id: occupation.esco.map(|(known, _)| known.id.clone()),
        occupation: occupation.esco.map(|(known, _)| known.label.clone()),
        occupation_confidence: occupation.esco.map(|(_, confidence)| confidence),
        isco: occupation.isco.map(|(group, _)| group.to_owned()),
        soc: occupation.soc.map(|(soc, _)| soc.code),
        employer: known_employer,
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
        provenance.note_at("pay", &pay.from, pay.rule, pay.confidence.unwrap_or_default(), pay.span);
    }
    pay
}

/// Whether the skill is wanted at all, and not named as what nobody needs.
fn is_wanted(fact: &&SkillFact) -> bool {
    fact.rule != "denied"
}

/// Skills of text, title and tags, by canonical name, sorted.
fn skill_names(readers: &Readers, raw: &RawPosting, facts: &[SkillFact], provenance: &mut Provenance) -> Vec<String> {
    let tags = raw.tags.iter().filter_map(|tag| readers.skills.canonical(tag));
    let mut names: Vec<String> = facts.iter().filter(is_wanted).map(|fact| fact.skill.to_owned()).chain(tags).collect();
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() {
        let from = if facts.iter().all(|fact| fact.spans.is_empty()) { "title, tags" } else { "text, title, tags" };
        let sure = facts.iter().map(|fact| fact.confidence).fold(1.0, f64::min);
        provenance.note("skills", from, "skill-dictionary", sure);
    }
    names
}

/// Where the text names each skill, in the order of the text.
fn skill_spans(facts: &[SkillFact]) -> Vec<SkillSpan> {
    let span = |skill: &'static str, (start, end): &(usize, usize)| SkillSpan {
        skill: skill.to_owned(),
        start: *start,
        end: *end,
    };
    let mut spans: Vec<SkillSpan> = facts
        .iter()
        .filter(is_wanted)
        .flat_map(|fact| fact.spans.iter().map(|place| span(fact.skill, place)))
        .collect();
    spans.sort_unstable_by(|a, b| (a.start, a.end, &a.skill).cmp(&(b.start, b.end, &b.skill)));
    spans
}

/// `[{skill, start, end}]`.
fn spans_json(spans: &[SkillSpan]) -> Json {
    let spans = spans.iter().map(|span| json!({"skill": span.skill, "start": span.start, "end": span.end}));
    Json(Value::Array(spans.collect()).to_string())
}

/// `[{skill, esco, onet, requirement, rule, years, confidence}]`, sorted by skill; where each stands is in `skill_spans`.
fn skill_facts(facts: &[SkillFact]) -> Json {
    let facts = facts.iter().map(|fact| {
        let mut fact = serde_json::to_value(fact).unwrap_or_default();
        if let Value::Object(fields) = &mut fact {
            fields.remove("spans");
        }
        fact
    });
    Json(Value::Array(facts.collect()).to_string())
}

/// Where each column of who may take it came from: the first fact of its kind.
fn note_eligibility(eligible: &Eligibility, remote_countries: &[String], provenance: &mut Provenance) {
    let countries: &[FactKind] = &[FactKind::Country, FactKind::Region, FactKind::Area, FactKind::Authorization];
    for (column, known, kinds) in [
        ("remote_countries", !remote_countries.is_empty(), countries),
        ("office_days", eligible.office_days.is_some(), &[FactKind::OfficeDays]),
        ("travel_percent", eligible.travel_percent.is_some(), &[FactKind::Travel]),
    ] {
        if let Some(fact) = kinds.iter().find_map(|kind| eligible.first(*kind)).filter(|_| known) {
            provenance.note_at(column, &fact.from, fact.rule, fact.confidence, fact.start.zip(fact.end));
        }
    }
}

/// Where the columns of the work came from.
fn note_work(facts: &WorkFacts, provenance: &mut Provenance) {
    if let Some(found) = &facts.years {
        provenance.found("years", found);
    }
    if let Some(found) = facts.education.as_ref().filter(|found| !found.value.preferred) {
        provenance.found("education", found);
    }
    if let Some(found) = &facts.visa {
        provenance.found("visa", found);
    }
    if let Some(found) = &facts.clearance {
        provenance.found("clearance", found);
    }
    if let Some(found) = facts.benefits.first() {
        provenance.found("benefits", found);
    }
}

/// The education without which nobody is taken.
fn needed_education(facts: &WorkFacts) -> Option<String> {
    let found = facts.education.as_ref().filter(|found| !found.value.preferred)?;
    Some(found.value.level.name().to_owned())
}

/// The codes, sorted, once each.
fn codes(found: &[Found<&'static str>]) -> Vec<String> {
    let codes: BTreeSet<&str> = found.iter().map(|found| found.value).collect();
    codes.into_iter().map(str::to_owned).collect()
}

/// The occupation that the title names.
fn read_occupation(title: &str, provenance: &mut Provenance) -> OccupationReading {
    let read = occupation::read(title);
    for (column, confidence) in [
        ("occupation", read.esco.map(|(_, confidence)| confidence)),
        ("isco", read.isco.map(|(_, confidence)| confidence)),
        ("soc", read.soc.as_ref().map(|(_, confidence)| *confidence)),
    ] {
        if let Some(confidence) = confidence {
            provenance.note(column, "title", "occupation-labels", confidence);
        }
    }
    read
}

/// The employer's key, and how it came about: `{steps: [{rule, from, to, certainty}], agency}`.
fn read_employer(employer: Option<&str>, text: &str, provenance: &mut Provenance) -> (String, Json) {
    let agency = company::agency(employer, text);
    let who = employer.map(|name| company::identity(name, company::Hints::default())).unwrap_or_default();
    if employer.is_some() {
        provenance.note("company", "company", "clean-line", 1.0);
        provenance.note("company_key", "company", "employer-names", who.certainty());
    }
    let steps = who
        .steps
        .iter()
        .map(|step| json!({"rule": step.rule, "from": step.from, "to": step.to, "certainty": step.certainty}));
    let said = |agency: &Agency| {
        json!({"quote": agency.quote, "start": agency.span.map(|(start, _)| start), "end": agency.span.map(|(_, end)| end),
            "from": agency.from, "rule": agency.rule, "confidence": agency.confidence})
    };
    let steps: Vec<Value> = steps.collect();
    let known = json!({"steps": steps, "agency": agency.as_ref().map(said)});
    (who.key, Json(known.to_string()))
}

fn json_of<T: serde::Serialize>(value: &T) -> Json {
    Json(serde_json::to_string(value).unwrap_or_default())
}
