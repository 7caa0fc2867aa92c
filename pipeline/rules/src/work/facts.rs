//! What a posting says about the work besides pay, place and skills, each value with where it stands.

use serde::Serialize;
use serde_json::{Value, json};

use super::benefits::benefits;
use super::clauses::{Clauses, Phrases};
use super::clearance::{Clearance, clearance};
use super::conditions::{Hours, hours, shifts, start, term};
use super::education::{Education, education};
use super::licence::licences;
use super::permit::{Citizenship, Visa, citizenship, visa};
use super::team::{Reports, management};
use super::tongues::{Tongue, tongues};
use super::years::{self, Years};
use super::{Found, Ground};
use crate::sections::{Kind, Section};

/// The facts of one posting. What it does not say is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct WorkFacts {
    /// Years of experience in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<Found<Years>>,
    /// The lowest degree that is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub education: Option<Found<Education>>,
    /// Kind of contract, as the text says it; read it only where neither a field nor the title does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employment: Option<Found<&'static str>>,
    /// Whether a visa is sponsored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visa: Option<Found<Visa>>,
    /// Security clearance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clearance: Option<Found<Clearance>>,
    /// Citizenship.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citizenship: Option<Found<Citizenship>>,
    /// Licences, as codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub licences: Vec<Found<&'static str>>,
    /// Human languages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Found<Tongue>>,
    /// Benefits, as codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub benefits: Vec<Found<&'static str>>,
    /// The people that the role manages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub management: Option<Found<Reports>>,
    /// Hours per week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Found<Hours>>,
    /// Shifts, as codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shifts: Vec<Found<&'static str>>,
    /// How many months the contract lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_months: Option<Found<u16>>,
    /// When the work starts: `immediate`, `2026-01` or `2026-Q1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Found<String>>,
}

impl WorkFacts {
    /// Reads `text`, clean text as it is stored, whose sections are `sections`.
    pub fn read(text: &str, sections: &[Section]) -> Self {
        let clauses = Clauses::new(text);
        let ground = Ground::new(sections);
        Self {
            years: overall(&clauses, &ground),
            education: education(&clauses, &ground),
            employment: employment(&clauses),
            visa: visa(&clauses),
            clearance: clearance(&clauses, &ground),
            citizenship: citizenship(&clauses),
            licences: licences(&clauses),
            languages: tongues(&clauses, &ground),
            benefits: benefits(&clauses, &ground),
            management: management(&clauses, &ground),
            hours: hours(&clauses),
            shifts: shifts(&clauses),
            term_months: term(&clauses),
            start: start(&clauses),
        }
    }

    /// The value of a JSON column: every fact with its words from `text` as `quote`.
    pub fn json(&self, text: &str) -> Value {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        let quote = |found: &mut Value| {
            let span = (found["span"][0].as_u64(), found["span"][1].as_u64());
            if let (Some(start), Some(end)) = span
                && let Some(words) = text.get(start as usize..end as usize)
            {
                found["quote"] = json!(words);
            }
        };
        if let Value::Object(fields) = &mut value {
            for field in fields.values_mut() {
                match field {
                    Value::Array(items) => items.iter_mut().for_each(quote),
                    one => quote(one),
                }
            }
        }
        value
    }
}

/// The years that are asked for in all: of each line the first number, of all lines the greatest, for what is asked of single skills is
/// less. What is only preferred counts where nothing else is said.
fn overall(clauses: &Clauses<'_>, ground: &Ground<'_>) -> Option<Found<Years>> {
    let mut best: Option<(bool, u8, Found<Years>)> = None;
    let mut line = None;
    for years in years::in_clauses(clauses) {
        let kind = ground.kind(years.start);
        if matches!(kind, Kind::About | Kind::Benefits | Kind::Legal | Kind::Process | Kind::Pay) {
            continue;
        }
        let (here, words) = clauses.line(years.start);
        if line == Some(here) {
            continue;
        }
        line = Some(here);
        let preferred = kind == Kind::Preferred
            || is_preferred(words, years.start.saturating_sub(here), years.end.saturating_sub(here));
        let asked = years.min.or(years.max).unwrap_or_default();
        let confidence = if kind == Kind::Requirements { 0.95 } else { 0.8 };
        let found = Found::in_text(years, "years-of-experience", (years.start, years.end), confidence);
        if best.as_ref().is_none_or(|(optional, least, _)| (!preferred, asked) > (!*optional, *least)) {
            best = Some((preferred, asked, found));
        }
    }
    best.map(|(_, _, found)| found)
}

/// Whether words of the line `line` make the years that stand from `start` to `end` in it no demand: "ideally" in front of them, or
/// "preferred" behind them in the same breath.
fn is_preferred(line: &str, start: usize, end: usize) -> bool {
    let (Some(before), Some(after)) = (line.get(..start), line.get(end..)) else { return false };
    let breath = after.split([',', ';', '(', '.', ':']).next().unwrap_or_default();
    ["ideally", "bonus", "nice to have", "preferred:", "preferably", "idealerweise"]
        .iter()
        .any(|word| before.contains(word))
        || [" preferred", " a plus", "desirable", "von vorteil", "nice to have"]
            .iter()
            .any(|word| breath.contains(word))
}

static EMPLOYMENT: std::sync::LazyLock<Phrases<&'static str>> = std::sync::LazyLock::new(|| {
    Phrases::new(&[
        (
            "full_time",
            &[
                "full time position",
                "full time role",
                "full time job",
                "full time opportunity",
                "full time employment",
                "full time employee",
                "full time permanent",
                "permanent full time",
                "is full time",
                "type full time",
                "vollzeit",
                "unbefristete festanstellung",
                "in festanstellung",
                "temps plein",
                "jornada completa",
                "cdi",
                "permanent position",
                "permanent contract",
                "permanent role",
                "unbefristeter arbeitsvertrag",
            ],
        ),
        (
            "part_time",
            &[
                "part time position",
                "part time role",
                "part time job",
                "part time opportunity",
                "is part time",
                "type part time",
                "teilzeit",
                "temps partiel",
                "per diem part time",
            ],
        ),
        (
            "contract",
            &[
                "contract position",
                "contract role",
                "contractor position",
                "contractor role",
                "freelance position",
                "freelance role",
                "independent contractor",
                "1099",
                "type contract",
                "month contract",
            ],
        ),
        (
            "temporary",
            &[
                "temporary position",
                "temporary role",
                "fixed term contract",
                "fixed term position",
                "fixed term role",
                "befristeter vertrag",
                "befristete anstellung",
                "seasonal position",
                "seasonal role",
                "type temporary",
                "maternity cover",
            ],
        ),
        (
            "internship",
            &[
                "this internship",
                "internship program",
                "paid internship",
                "about the internship",
                "as an intern",
                "summer internship",
                "type internship",
                "pflichtpraktikum",
                "stage de",
                "stage de fin",
            ],
        ),
        ("volunteer", &["volunteer position", "volunteer role", "unpaid volunteer"]),
    ])
});

/// The kind of contract that a phrase of the text says. Where phrases differ none is told.
fn employment(clauses: &Clauses<'_>) -> Option<Found<&'static str>> {
    let mut found: Option<Found<&'static str>> = None;
    for (value, range) in EMPLOYMENT.find(clauses) {
        let sentence = clauses.sentence(range.start, 14);
        // What is said of former work, of others or of benefits is not about this contract.
        let other = [
            "experience",
            "previous",
            "prior",
            "not",
            "no",
            "employees",
            "benefits",
            "convert",
            "conversion",
            "lead",
            "or",
            "oder",
            "after",
            "become",
            "for",
        ];
        if clauses.has(sentence.start.max(range.start.saturating_sub(8))..sentence.end.min(range.end + 4), &other) {
            continue;
        }
        match &found {
            Some(first) if first.value != value => return None,
            Some(_) => {}
            None => found = Some(Found::in_text(value, "employment-phrase", clauses.span(range), 0.8)),
        }
    }
    found
}
