//! What a title says of the occupation, with a confidence; unknown where it says too little.

use super::title_words::{Phrases, Word, of_title};
use super::{ESCO, Occupation, Occupations, agreement, best};

/// Confidence below which an ESCO occupation or ISCO group stays unknown: of the occupations above it 97 % are right on the development
/// half of `tests/labels/titles.jsonl`, 89 % on the other half.
pub const LEAST: f64 = 0.8;

/// Confidence in an occupation whose preferred label the title is, or that alone bears it as another label.
const BY_LABEL: f64 = 0.9;

/// Confidence below which a SOC code stays unknown: of titles of O*NET that were taken out of the index, 78 % of the codes above it
/// are right.
pub const LEAST_SOC: f64 = 0.75;

/// What is left of a confidence when the ISCO group and the SOC code contradict each other.
const CONTRADICTED: f64 = 0.7;

/// Words that name no occupation by themselves, stemmed.
const GENERIC: &[&str] = &[
    "manager",
    "supervisor",
    "operator",
    "specialist",
    "associate",
    "analyst",
    "engineer",
    "technician",
    "assistant",
    "director",
    "consultant",
    "coordinator",
    "administrator",
    "officer",
    "representative",
    "agent",
    "worker",
    "lead",
    "leader",
    "head",
    "executive",
    "partner",
    "developer",
    "team",
    "member",
    "expert",
    "advisor",
    "adviser",
    "clerk",
    "trainee",
    "intern",
    "staff",
    "designer",
    "scientist",
    "researcher",
    "inspector",
];

/// A code of the Standard Occupational Classification of 2018.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Soc {
    /// Six digits: `15-1252`.
    pub code: String,
    /// Its title; where O*NET divides the code, that of its first occupation.
    pub title: String,
}

/// The occupation that a title names; confidences are from 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OccupationReading {
    /// The ESCO occupation.
    pub esco: Option<(&'static Occupation, f64)>,
    /// The ISCO-08 unit group, four digits: known more often than the occupation.
    pub isco: Option<(&'static str, f64)>,
    /// The SOC code.
    pub soc: Option<(Soc, f64)>,
}

/// The occupation that `title` names. What is less certain than [`LEAST`] and [`LEAST_SOC`] is unknown.
pub fn read(title: &str) -> OccupationReading {
    ESCO.read(title)
}

impl Occupations {
    pub(super) fn read(&'static self, title: &str) -> OccupationReading {
        if says_nothing(&of_title(title, Phrases::ByTable)) {
            return OccupationReading::default();
        }
        let (esco, onet) = self.likeness(title);
        let first = best(&esco, ALTERNATIVES);
        let Some((chosen, likeness)) = first.first().copied() else { return OccupationReading::default() };
        let name = title.trim().to_lowercase();
        let alone = self.names.get(&name).is_some_and(|owners| *owners == [chosen as u32]);
        let chosen = &self.all[chosen];
        let by_label = alone || chosen.label.to_lowercase() == name;
        // Runners-up of the same group do not make the group less certain.
        let second = |other_group: bool| {
            let of = |(number, _): &&(usize, f32)| !other_group || self.all[*number].isco != chosen.isco;
            first.iter().skip(1).find(of).map_or(0.0, |(_, likeness)| *likeness)
        };
        let soc = self.soc(&onet);
        let agreed = soc.as_ref().is_none_or(|(soc, _)| agreement::agree(&chosen.isco, &soc.code));
        let factor = if agreed { 1.0 } else { CONTRADICTED };
        let [certain, group] = [second(false), second(true)].map(|second| {
            let certain = confidence(likeness, second).max(if by_label { BY_LABEL } else { 0.0 });
            certain * factor
        });
        OccupationReading {
            esco: (certain >= LEAST).then_some((chosen, certain)),
            isco: (group >= LEAST).then_some((chosen.isco.as_str(), group)),
            soc: soc.map(|(soc, certain)| (soc, certain * factor)).filter(|(_, certain)| *certain >= LEAST_SOC),
        }
    }

    /// The SOC code of the likeliest O*NET occupation.
    fn soc(&self, onet: &[f32]) -> Option<(Soc, f64)> {
        let first = best(onet, ALTERNATIVES);
        let (chosen, likeness) = first.first().copied()?;
        let code = |number: usize| self.onet[number].code.split('.').next().unwrap_or_default();
        let second =
            first.iter().find(|(number, _)| code(*number) != code(chosen)).map_or(0.0, |(_, likeness)| *likeness);
        let title =
            self.onet.iter().find(|known| known.code.starts_with(code(chosen))).map(|known| known.title.clone());
        Some((
            Soc { code: code(chosen).to_owned(), title: title.unwrap_or_default() },
            soc_confidence(likeness, second),
        ))
    }
}

/// Occupations that are looked at.
const ALTERNATIVES: usize = 12;

/// Whether a title has no word that tells an occupation.
fn says_nothing(words: &[Word]) -> bool {
    let mut proper = words.iter().filter(|word| word.weight >= 0.5).peekable();
    proper.peek().is_none() || proper.all(|word| GENERIC.contains(&word.stem.as_str()))
}

/// How likely the occupation with the greatest likeness is right, given the next one's: a logistic regression on the development half of
/// `tests/labels/titles.jsonl`.
fn confidence(first: f32, second: f32) -> f64 {
    logistic(1.94 * f64::from(first) + 4.3 * f64::from((first - second).min(0.5)) - 2.8)
}

/// As [`confidence`], for SOC codes: on titles of O*NET that were taken out of the index.
fn soc_confidence(first: f32, second: f32) -> f64 {
    logistic(2.0 * f64::from(first) + 4.0 * f64::from((first - second).min(0.5)) - 2.0)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
