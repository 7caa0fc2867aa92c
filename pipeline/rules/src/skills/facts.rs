//! What a posting says of each skill that it names: asked for or liked, for how many years, and where it says so.

use std::collections::BTreeMap;

use serde::Serialize;

use super::context::{Hit, is_denied};
use super::dictionary::{Dictionary, Rule};
use super::standing::{Wordings, only_lists};
use super::years;
use crate::sections::{Kind, Section};

/// How much a posting wants a skill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Requirement {
    /// Named, and nothing said of it; or said not to be needed.
    Mentioned,
    /// Would be liked.
    Preferred,
    /// Asked for.
    Required,
}

/// What a posting says of one skill.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillFact {
    /// Canonical name.
    pub skill: &'static str,
    /// Address of the ESCO skill of this meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub esco: Option<String>,
    /// Code of the O*NET commodity (UNSPSC) among whose examples it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onet: Option<&'static str>,
    /// The most that any place in the text says.
    pub requirement: Requirement,
    /// What decided it: `title`, `sentence`, `section`, `years`, `denied` or `named`.
    pub rule: &'static str,
    /// Least and most years of experience; the most is open when only the least is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<(u32, Option<u32>)>,
    /// Where the text names it, in bytes, in order. Empty when only the title does.
    pub spans: Vec<(usize, usize)>,
    /// How sure it is that the skill is meant, 0 to 1, by the rule of the name.
    pub confidence: f64,
}

/// The names of the skills that stand so, sorted.
pub fn named(facts: &[SkillFact], requirement: Requirement) -> Vec<String> {
    facts.iter().filter(|fact| fact.requirement == requirement).map(|fact| fact.skill.to_owned()).collect()
}

impl Dictionary {
    /// What `text`, under `title` and of `employer`, says of each skill that it or the title names; sorted by skill. `sections` are
    /// those of the text, as [`crate::sections::read`] answers them; without them sentences alone decide.
    pub fn facts(&self, text: &str, title: &str, employer: Option<&str>, sections: &[Section]) -> Vec<SkillFact> {
        let mut facts: BTreeMap<usize, SkillFact> = BTreeMap::new();
        let hits = self.hits(text, employer);
        let said = years_of(text, &hits);
        let wordings = Wordings::read(text);
        for (hit, years) in hits.iter().zip(said) {
            let (requirement, rule) = requirement(text, hit, years.is_some(), &wordings, sections);
            let fact = facts.entry(self.names[hit.name].skill).or_insert_with(|| self.fact(hit));
            fact.spans.push((hit.start, hit.end));
            fact.confidence = fact.confidence.max(self.confidence(hit));
            if requirement > fact.requirement || fact.rule == "named" {
                (fact.requirement, fact.rule) = (requirement.max(fact.requirement), rule);
            }
            fact.years = fact.years.or(years);
        }
        for hit in self.hits(title, employer) {
            let fact = facts.entry(self.names[hit.name].skill).or_insert_with(|| self.fact(&hit));
            if fact.requirement != Requirement::Required {
                (fact.requirement, fact.rule) = (Requirement::Required, "title");
            }
        }
        facts.into_values().collect()
    }

    fn fact(&self, hit: &Hit) -> SkillFact {
        let skill = &self.skills[self.names[hit.name].skill];
        SkillFact {
            skill: skill.name,
            esco: skill.esco_uri(),
            onet: skill.onet,
            requirement: Requirement::Mentioned,
            rule: "named",
            years: None,
            spans: Vec::new(),
            confidence: self.confidence(hit),
        }
    }

    /// How sure a name of this rule is: a word that means nothing else, one that its case tells, one that its neighbours tell.
    fn confidence(&self, hit: &Hit) -> f64 {
        match self.names[hit.name].rule {
            Rule::Always => 0.95,
            Rule::Case => 0.9,
            Rule::Cue => 0.8,
        }
    }
}

/// The years that go with each hit; those before a list hold for all of it.
fn years_of(text: &str, hits: &[Hit]) -> Vec<Option<(u32, Option<u32>)>> {
    let mut out: Vec<Option<(u32, Option<u32>)>> = Vec::with_capacity(hits.len());
    let mut listed = None;
    for (at, hit) in hits.iter().enumerate() {
        let goes_on = at > 0 && text.get(hits[at - 1].end..hit.start).is_some_and(only_lists);
        let ahead = years::ahead(text, hit.start).or(listed.filter(|_| goes_on));
        out.push(years::behind(text, hit.end).or(ahead));
        listed = ahead;
    }
    out
}

/// How the skill at `hit` stands and which rule says so.
fn requirement(
    text: &str,
    hit: &Hit,
    has_years: bool,
    wordings: &Wordings,
    sections: &[Section],
) -> (Requirement, &'static str) {
    if is_denied(text, hit) {
        return (Requirement::Mentioned, "denied");
    }
    let at = sections.partition_point(|section| section.end <= hit.start);
    let kind =
        sections.get(at).filter(|section| section.start <= hit.start).map_or(Kind::Other, |section| section.kind);
    let said = wordings.around(text, hit.start, hit.end, kind == Kind::Other);
    match (kind, said) {
        // Under "Nice to have", "strong Python" is still nice to have.
        (Kind::Preferred, _) => (Requirement::Preferred, "section"),
        (_, Some(said)) => (said, "sentence"),
        (Kind::Requirements, None) => (Requirement::Required, "section"),
        (Kind::Other | Kind::Duties, None) if has_years => (Requirement::Required, "years"),
        (_, None) => (Requirement::Mentioned, "named"),
    }
}
