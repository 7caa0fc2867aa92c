//! What a running text states.

use super::cues::{Cue, find};
use super::names::{list, names_before};
use super::tokens::{sentence, tokens};
use super::{Fact, FactKind, office, relocation, travel, zones};
use crate::place::Gazetteer;
use crate::place::name::Name;

/// Longest text that is read, in bytes.
const LONGEST: usize = 200_000;

/// Adjectives of countries, for "Canadian applicants".
const NATIONS: &[(&str, &str)] = &[
    ("american", "US"),
    ("canadian", "CA"),
    ("british", "GB"),
    ("german", "DE"),
    ("french", "FR"),
    ("spanish", "ES"),
    ("italian", "IT"),
    ("dutch", "NL"),
    ("swiss", "CH"),
    ("austrian", "AT"),
    ("irish", "IE"),
    ("polish", "PL"),
    ("portuguese", "PT"),
    ("brazilian", "BR"),
    ("mexican", "MX"),
    ("indian", "IN"),
    ("australian", "AU"),
    ("israeli", "IL"),
    ("us", "US"),
    ("u.s.", "US"),
    ("uk", "GB"),
    ("usa", "US"),
];

/// A statement's words and the sentence around them.
pub(super) struct Statement<'a> {
    pub text: &'a str,
    pub from: &'a str,
    /// Of the cue, in bytes.
    pub start: usize,
    pub end: usize,
    /// Of the sentence, in bytes.
    pub sentence: (usize, usize),
}

impl Statement<'_> {
    pub fn before(&self) -> &str {
        &self.text[self.sentence.0..self.start]
    }

    pub fn behind(&self) -> &str {
        &self.text[self.end..self.sentence.1]
    }

    pub fn around(&self) -> &str {
        &self.text[self.sentence.0..self.sentence.1]
    }

    pub fn fact(
        &self,
        kind: FactKind,
        value: impl Into<String>,
        span: (usize, usize),
        rule: &'static str,
        sure: f64,
    ) -> Fact {
        let whole = self.from == "text";
        Fact {
            kind,
            value: value.into(),
            quote: self.text[span.0..span.1].to_owned(),
            start: whole.then_some(span.0),
            end: whole.then_some(span.1),
            from: self.from.to_owned(),
            rule,
            confidence: sure,
        }
    }
}

/// The facts of `text`, in its order.
pub(super) fn read(places: &Gazetteer, text: &str, from: &str) -> Vec<Fact> {
    let text = crate::html::prefix(text, LONGEST);
    let mut facts: Vec<Fact> = Vec::new();
    for found in find(text) {
        let around = sentence(text, found.start, found.end);
        let said = Statement { text, from, start: found.start, end: found.end, sentence: around };
        let new = match found.cue {
            Cue::Reside => reside(places, &said),
            Cue::Remote => remote(places, &said),
            Cue::Authorize => authorize(places, &said),
            Cue::Exclude => exclude(places, &said),
            Cue::Anywhere => anywhere(&said),
            Cue::Only => only(places, &said),
            Cue::Based => based(places, &said),
            Cue::Nation => nation(&said),
            Cue::Days => office::read(&said),
            Cue::Travel => travel::read(&said),
            Cue::Relocation => relocation::read(&said),
            Cue::Zone => zones::read(&said),
        };
        for fact in new {
            if fact.kind == FactKind::Zone && within_another(&mut facts, &fact) {
                continue;
            }
            if !facts.iter().any(|other| other.kind == fact.kind && other.value == fact.value) {
                facts.push(fact);
            }
        }
        if facts.len() >= super::MOST {
            break;
        }
    }
    facts
}

/// Whether hours with the same words are known already; those of fewer words than `fact` are dropped.
fn within_another(facts: &mut Vec<Fact>, fact: &Fact) -> bool {
    let overlaps = |other: &Fact| {
        other.kind == FactKind::Zone && (other.quote.contains(&fact.quote) || fact.quote.contains(&other.quote))
    };
    if facts.iter().any(|other| overlaps(other) && other.quote.len() >= fact.quote.len()) {
        return true;
    }
    facts.retain(|other| !overlaps(other));
    false
}

/// The facts of names: one each, and one of the country of a state.
fn named(said: &Statement<'_>, names: &[Name], span: (usize, usize), rule: &'static str, sure: f64) -> Vec<Fact> {
    let mut out = Vec::new();
    for name in names {
        let (kind, value) = match name {
            Name::Country(country) | Name::City(country) => (FactKind::Country, (*country).to_owned()),
            Name::Region(country, name) => (FactKind::Region, format!("{country}: {name}")),
            Name::Area(area) => (FactKind::Area, area.name.to_owned()),
        };
        out.push(said.fact(kind, value, span, rule, sure));
        if let Name::Area(area) = name
            && let Some(country) = area.country
        {
            out.push(said.fact(FactKind::Country, country, span, rule, sure));
        }
    }
    out
}

/// Whether the sentence is a wish rather than a condition, or says what is not so.
fn is_wish(said: &Statement<'_>) -> bool {
    let around = said.around().to_ascii_lowercase();
    ["prefer", "ideal", "nice to have", "bonus", "a plus", "desirable", "wünschenswert", "idéalement"]
        .iter()
        .any(|word| around.contains(word))
}

/// Whether the words before tell of the company, its people or its customers rather than of who may apply.
fn is_of_company(said: &Statement<'_>) -> bool {
    let before = said.before().to_ascii_lowercase();
    let near = &before[super::tokens::floor(&before, before.len().saturating_sub(60))..];
    let company = [
        "team",
        "employees",
        "colleagues",
        "customers",
        "clients",
        "offices",
        "members",
        "users",
        "headquarter",
        "company is",
        "we are ",
        "we're ",
        "people across",
        "investors",
    ];
    company.iter().any(|word| near.contains(word))
}

fn reside(places: &Gazetteer, said: &Statement<'_>) -> Vec<Fact> {
    let cue = said.text[said.start..said.end].to_ascii_lowercase();
    let (names, end) = list(places, said, said.end);
    if names.is_empty() || is_wish(said) || is_of_company(said) && !cue.contains("candidates") && !cue.contains("must")
    {
        return Vec::new();
    }
    let before = said.before().to_ascii_lowercase();
    if ["not ", "n't ", "unable to ", "outside "].iter().any(|word| before.ends_with(word)) {
        return excluded(said, &names, end);
    }
    // "Employment in the technology sector" has no place behind it; a city says the country only where one must live there.
    let cities =
        cue.contains("must") || cue.contains("resid") || cue.contains("candidates") || cue.contains("applicants");
    let names: Vec<Name> = names.into_iter().filter(|name| cities || !matches!(name, Name::City(_))).collect();
    named(said, &names, (said.start, end), "residence", 0.9)
}

fn remote(places: &Gazetteer, said: &Statement<'_>) -> Vec<Fact> {
    let cue = said.text[said.start..said.end].to_ascii_lowercase();
    let (names, end) = list(places, said, said.end);
    let names: Vec<Name> = names.into_iter().filter(|name| !matches!(name, Name::City(_))).collect();
    if names.is_empty() || is_of_company(said) || is_wish(said) || said.before().to_ascii_lowercase().ends_with("not ")
    {
        return Vec::new();
    }
    // "Remote, US" ends there; "remote, US customers" does not say from where.
    let loose = matches!(cue.as_str(), "remote, " | "remote - " | "remote – " | "remote: " | "remote; ");
    let rest = said.text[end..said.sentence.1].trim_start();
    let ends =
        rest.is_empty() || rest.starts_with([')', ',', ']', '.', '-', '–', '(', '/']) || rest.starts_with("only");
    if loose && !ends {
        return Vec::new();
    }
    named(said, &names, (said.start, end), "remote-from", 0.9)
}

fn authorize(places: &Gazetteer, said: &Statement<'_>) -> Vec<Fact> {
    let (names, end) = list(places, said, said.end);
    let countries = names.iter().filter_map(Name::country);
    let mut out: Vec<Fact> = countries
        .map(|country| said.fact(FactKind::Authorization, country, (said.start, end), "work-authorization", 0.9))
        .collect();
    for name in names {
        if let Name::Area(area) = name {
            let members = area
                .members
                .iter()
                .map(|code| said.fact(FactKind::Authorization, *code, (said.start, end), "work-authorization", 0.8));
            out.extend(members);
        }
    }
    out
}

fn exclude(places: &Gazetteer, said: &Statement<'_>) -> Vec<Fact> {
    let (names, end) = list(places, said, said.end);
    let cue = said.text[said.start..said.end].to_ascii_lowercase();
    // "Except" alone introduces much else: places must stand before it, too, or "remote".
    let weak = matches!(cue.trim(), "except" | "excluding" | "except for");
    let before = said.before();
    let placed = || {
        let lower = before.to_ascii_lowercase();
        ["remote", "reside", "locat", "based", "hire", "states", "countr", "anywhere"]
            .iter()
            .any(|word| lower.contains(word))
            || tokens(said.text, said.sentence.0, said.start)
                .iter()
                .any(|token| places.name_at(&[token.word], false).is_some())
    };
    if names.is_empty() || weak && !placed() {
        return Vec::new();
    }
    excluded(said, &names, end)
}

fn excluded(said: &Statement<'_>, names: &[Name], end: usize) -> Vec<Fact> {
    let of = |name: &Name| match name {
        Name::Country(country) => Some((FactKind::CountryExcluded, (*country).to_owned())),
        Name::Region(country, name) => Some((FactKind::RegionExcluded, format!("{country}: {name}"))),
        _ => None,
    };
    names
        .iter()
        .filter_map(of)
        .map(|(kind, value)| said.fact(kind, value, (said.start, end), "excluded", 0.85))
        .collect()
}

fn anywhere(said: &Statement<'_>) -> Vec<Fact> {
    let around = said.around().to_ascii_lowercase();
    // A perk of some weeks, a boast, or a denial.
    let perk = [
        "days per year",
        "weeks per year",
        "weeks a year",
        "days a year",
        "up to ",
        "not ",
        "faster than",
        "than anywhere",
        "customers",
        "users",
    ]
    .iter()
    .any(|word| around.contains(word));
    if perk || is_wish(said) && said.behind().is_empty() {
        return Vec::new();
    }
    vec![said.fact(FactKind::Anywhere, "anywhere", (said.start, said.end), "anywhere", 0.85)]
}

fn only(places: &Gazetteer, said: &Statement<'_>) -> Vec<Fact> {
    let (names, start) = names_before(places, said);
    let names: Vec<Name> = names.into_iter().filter(|name| !matches!(name, Name::City(_))).collect();
    let around = said.around().to_ascii_lowercase();
    let about_work = [
        "remote",
        "onsite",
        "on-site",
        "candidates",
        "applicants",
        "residents",
        "home",
        "position",
        "role",
        "location",
    ]
    .iter()
    .any(|word| around.contains(word));
    let alone = said.before().trim_start_matches(['(', '[', ' ']).len() <= said.start - start + 2
        && said.behind().trim().len() <= 2;
    if names.is_empty() || is_wish(said) || !(about_work || alone) || around.contains("not only") {
        return Vec::new();
    }
    named(said, &names, (start, said.end), "only", 0.9)
}

fn based(places: &Gazetteer, said: &Statement<'_>) -> Vec<Fact> {
    let (names, start) = names_before(places, said);
    let names: Vec<Name> = names.into_iter().filter(|name| !matches!(name, Name::City(_))).collect();
    // "For US-based candidates, we offer…" is about benefits.
    let benefit = said.text[said.sentence.0..start].trim_end().to_ascii_lowercase().ends_with("for");
    if names.is_empty() || is_wish(said) || benefit {
        return Vec::new();
    }
    let behind = said.behind().trim_start().to_ascii_lowercase();
    let of_people = [
        "candidates",
        "applicants",
        "individuals",
        "people",
        "role",
        "position",
        "remote",
        "only",
        "talent",
        "residents",
        "job",
    ];
    let people = of_people.iter().any(|word| behind.starts_with(word));
    let near = said.text[super::tokens::floor(said.text, start.saturating_sub(24))..start].to_ascii_lowercase();
    let closed = behind.is_empty() || behind.starts_with([')', ']', ',', '/']);
    if people || closed && (near.contains("remote") || near.contains("must be")) {
        return named(said, &names, (start, said.end), "based", 0.9);
    }
    Vec::new()
}

fn nation(said: &Statement<'_>) -> Vec<Fact> {
    let words = tokens(said.text, said.sentence.0, said.start);
    let cue = said.text[said.start..said.end].trim().to_ascii_lowercase();
    let citizen = cue.starts_with("citizen") || cue == "passport";
    let mut out = Vec::new();
    let mut index = words.len();
    while index > 0 {
        let word = words[index - 1];
        let lower = word.word.to_lowercase();
        if let Some((_, country)) = NATIONS.iter().find(|(name, _)| *name == lower) {
            let kind = if citizen { FactKind::Authorization } else { FactKind::Country };
            out.push(said.fact(
                kind,
                *country,
                (word.start, said.end),
                if citizen { "citizenship" } else { "nation" },
                0.8,
            ));
        } else if !matches!(lower.as_str(), "and" | "or" | "both") || out.is_empty() {
            break;
        }
        index -= 1;
    }
    let around = said.around().to_ascii_lowercase();
    let stated = ["open to", "only", "must", "require", "eligib", "accept"].iter().any(|word| around.contains(word));
    if is_wish(said) || !stated { Vec::new() } else { out }
}
