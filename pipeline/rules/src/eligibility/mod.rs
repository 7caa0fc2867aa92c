//! Who may take a job, and where and how much of it is done: countries, areas, hours, days in the office, travel, relocation.
//!
//! Statements are found by the words that introduce them ("must reside in", "US only", "3 days a week in the office"): one pass finds
//! all of these, and what each introduces is read within its sentence. What a company says of itself ("we have offices in…") has no
//! such words before it. Preferences ("ideally based in…") are no limits and are left out.

mod cues;
mod fields;
mod names;
mod office;
mod relocation;
#[cfg(test)]
mod tests;
mod text;
mod tokens;
mod travel;
mod zones;

use pipeline_core::source::{RawPosting, Remote};
use serde::Serialize;

use crate::place::Gazetteer;
use crate::work::Found;
pub use zones::Zone;

/// Most facts of one posting.
const MOST: usize = 40;

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactKind {
    /// A country one may work from; `value` is its ISO code.
    Country,
    /// A country one may not work from.
    CountryExcluded,
    /// A state or province one may work from; `value` is "CC: name".
    Region,
    /// A state or province one may not work from.
    RegionExcluded,
    /// An area one may work from, by its English name: "EU", "EMEA", "West Coast".
    Area,
    /// Anywhere in the world.
    Anywhere,
    /// A country in which one must be allowed to work.
    Authorization,
    /// Hours in which the work is done: minutes from UTC, "-300..60".
    Zone,
    /// Days per week in the office: "2..3".
    OfficeDays,
    /// Travel in per cent of the time, "0..25"; or `required`, `occasional`, `none`.
    Travel,
    /// `offered`, `required` or `not-offered`.
    Relocation,
}

/// One thing that the posting states.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fact {
    /// What it is about.
    pub kind: FactKind,
    /// The value, as its kind says.
    pub value: String,
    /// The words that state it.
    pub quote: String,
    /// Where the quote begins in the text, in bytes; none for fields.
    pub start: Option<usize>,
    /// Where it ends.
    pub end: Option<usize>,
    /// The field that states it, `title` or `text`.
    pub from: String,
    /// The rule.
    pub rule: &'static str,
    /// How sure it is, 0 to 1: a judgement per rule, not a measured frequency.
    pub confidence: f64,
}

/// Who may take a job, by what the posting states. What it does not state is empty or `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Eligibility {
    /// ISO codes of the countries that a remote worker may be in, sorted; empty where it is not said. Areas with agreed members are
    /// spelled out.
    pub countries: Vec<String>,
    /// ISO codes of countries that are ruled out, sorted.
    pub countries_excluded: Vec<String>,
    /// States and provinces that a remote worker may be in, "CC: name", sorted; each lies in one of `countries`.
    pub regions: Vec<String>,
    /// States and provinces that are ruled out, sorted.
    pub regions_excluded: Vec<String>,
    /// Areas by their English names, sorted.
    pub areas: Vec<String>,
    /// Hours that the work must fit, in the order of the text.
    pub zones: Vec<Zone>,
    /// Whether the posting says that the work can be done from anywhere in the world.
    pub anywhere: bool,
    /// ISO codes of countries in which one must be allowed to work, sorted.
    pub authorization: Vec<String>,
    /// Fewest and most days per week in the office.
    pub office_days: Option<(u8, u8)>,
    /// Least and most travel, in per cent of the time.
    pub travel_percent: Option<(u8, u8)>,
    /// `offered`, `required` or `not-offered`.
    pub relocation: Option<&'static str>,
    /// Every statement behind it, in the order of fields, title and text.
    pub facts: Vec<Fact>,
}

impl Eligibility {
    /// The facts as JSON, an array.
    pub fn json(&self) -> String {
        serde_json::to_string(&self.facts).unwrap_or_default()
    }

    /// The first fact of `kind`.
    pub fn first(&self, kind: FactKind) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.kind == kind)
    }

    /// How the work is done, by the days in the office alone; none where they are not said or none need be spent there.
    pub fn implied_remote(&self) -> Option<Remote> {
        match self.office_days? {
            (_, 0) | (0, _) => None,
            (min, _) if min >= 5 => Some(Remote::Onsite),
            _ => Some(Remote::Hybrid),
        }
    }

    fn values(&self, kind: FactKind, from: impl Fn(&Fact) -> bool) -> Vec<String> {
        let mut values: Vec<String> =
            self.facts.iter().filter(|fact| fact.kind == kind && from(fact)).map(|fact| fact.value.clone()).collect();
        values.sort_unstable();
        values.dedup();
        values
    }
}

/// What `raw`, with its clean `title` and `text`, says of who may take it. `remote` is what [`crate::work::remote`] found.
pub fn read(
    places: &Gazetteer,
    raw: &RawPosting,
    title: &str,
    text: &str,
    remote: Option<&Found<Remote>>,
) -> Eligibility {
    let far = remote.is_some_and(|found| found.value == Remote::Remote);
    let mut facts = fields::read(places, raw, far);
    facts.extend(text::read(places, title, "title"));
    facts.extend(text::read(places, text, "text"));
    facts.truncate(MOST);
    let mut out = Eligibility { facts, ..Eligibility::default() };
    decide(places, &mut out, far);
    out
}

/// The columns out of the facts. What the words of a posting state comes before what its places imply, and a field that exists to
/// say it before both.
fn decide(places: &Gazetteer, out: &mut Eligibility, far: bool) {
    let where_stated =
        |fact: &Fact| matches!(fact.kind, FactKind::Country | FactKind::Region | FactKind::Area | FactKind::Anywhere);
    let rank = |fact: &Fact| match (fact.rule, fact.from.as_str()) {
        ("scope-field", _) => 0,
        (_, "title") => 2,
        (_, "text") => 1,
        _ => 3,
    };
    let best = out.facts.iter().filter(|fact| where_stated(fact)).map(rank).min();
    let counts = |fact: &Fact| Some(rank(fact)) == best;
    out.anywhere = !out.values(FactKind::Anywhere, counts).is_empty();
    out.areas = out.values(FactKind::Area, counts);
    out.regions = out.values(FactKind::Region, counts);
    out.countries = out.values(FactKind::Country, counts);
    out.countries_excluded = out.values(FactKind::CountryExcluded, |_| true);
    out.regions_excluded = out.values(FactKind::RegionExcluded, |_| true);
    out.authorization = out.values(FactKind::Authorization, |_| true);
    for area in &out.areas {
        out.countries.extend(places.members(area).iter().map(|code| (*code).to_owned()));
    }
    out.countries.extend(out.regions.iter().filter_map(|region| Some(region.split_once(':')?.0.to_owned())));
    if best.is_none() && far {
        out.countries.extend(out.authorization.iter().cloned());
    }
    out.countries.retain(|country| !out.countries_excluded.contains(country));
    out.countries.sort_unstable();
    out.countries.dedup();
    if out.anywhere {
        out.countries.clear();
    }
    out.zones = out
        .facts
        .iter()
        .filter(|fact| fact.kind == FactKind::Zone)
        .filter_map(|fact| Zone::parse(&fact.value))
        .collect();
    out.zones.dedup();
    out.office_days = widest(out, FactKind::OfficeDays);
    out.travel_percent = widest(out, FactKind::Travel);
    out.relocation =
        out.facts.iter().find(|fact| fact.kind == FactKind::Relocation).map(|fact| relocation::name(&fact.value));
}

/// The range of the first fact of `kind` that has one: postings say it once, and what follows is about other roles.
fn widest(out: &Eligibility, kind: FactKind) -> Option<(u8, u8)> {
    out.facts.iter().filter(|fact| fact.kind == kind).find_map(|fact| {
        let (min, max) = fact.value.split_once("..")?;
        Some((min.parse().ok()?, max.parse().ok()?))
    })
}
