//! The dictionary: skills with their names, their ids elsewhere and their rules, read from the reference extracts.

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::stage::SkillSpan;

use super::context::{self, Hit};
use super::phrases::Phrases;

/// Compiled by hand; wins over the others.
const SKILLS: &str = include_str!("../../../../data-samples/reference/skills.tsv");
/// Names of software from O*NET and ESCO.
const TECHNOLOGIES: &str = include_str!("../../../../data-samples/reference/technologies.tsv");

/// When a name counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// Always.
    Always,
    /// Written as in the dictionary.
    Case,
    /// Written as in the dictionary and beside a cue or another skill.
    Cue,
}

/// A skill of the dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// Canonical name.
    pub name: &'static str,
    /// What kind it is: `language`, `cloud`, `sales` …; empty when unknown.
    pub category: &'static str,
    /// UUID of the ESCO skill of this meaning.
    pub esco: Option<&'static str>,
    /// Code of the O*NET commodity (UNSPSC) among whose examples it stands.
    pub onet: Option<&'static str>,
    /// Canonical name of the skill of which it is a part or a kind.
    pub broader: Option<&'static str>,
}

impl Skill {
    /// The address of the ESCO skill.
    pub fn esco_uri(&self) -> Option<String> {
        self.esco.map(|id| format!("http://data.europa.eu/esco/skill/{id}"))
    }
}

/// One written form of a skill.
pub(super) struct Name {
    pub written: &'static str,
    pub skill: usize,
    pub rule: Rule,
}

/// The dictionary.
#[derive(Debug)]
pub struct Dictionary {
    pub(super) skills: Vec<Skill>,
    pub(super) names: Vec<Name>,
    phrases: Phrases,
    by_name: BTreeMap<&'static str, usize>,
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({:?})", self.written, self.rule)
    }
}

impl Dictionary {
    /// The dictionary of the reference extracts.
    pub fn new() -> Self {
        Self::read(&[SKILLS, TECHNOLOGIES])
    }

    /// Reads tables of skills; a name that an earlier table has is left out of a later one. The order of lines means nothing.
    pub(super) fn read(tables: &[&'static str]) -> Self {
        let (mut skills, mut names) = (BTreeMap::new(), Vec::new());
        for (table, text) in tables.iter().enumerate() {
            for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
                let (skill, written) = entry(line);
                if !skills.contains_key(skill.name) {
                    names.extend(written.into_iter().map(|(written, rule)| (table, written, rule, skill.name)));
                    skills.insert(skill.name, skill);
                }
            }
        }
        names.sort_unstable_by_key(|(table, written, rule, skill)| (*table, *rule, *written, *skill));
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut earlier: BTreeSet<String> = BTreeSet::new();
        let mut last_table = 0;
        let by_name: BTreeMap<&'static str, usize> =
            skills.keys().enumerate().map(|(index, name)| (*name, index)).collect();
        let mut kept = Vec::new();
        for (table, written, rule, skill) in names {
            if table != last_table {
                (earlier, last_table) = (known.clone(), table);
            }
            let folded = written.to_lowercase();
            if !earlier.contains(&folded) {
                known.insert(folded);
                kept.push(Name { written, skill: by_name[skill], rule });
            }
        }
        let phrases = Phrases::new(kept.iter().map(|name| name.written));
        Self { skills: skills.into_values().collect(), names: kept, phrases, by_name }
    }

    /// Every skill that `text` names, in order of place.
    pub fn find(&self, text: &str) -> Vec<SkillSpan> {
        self.find_for(text, None)
    }

    /// Every skill that a text of `employer` names, in order of place. The employer's own name is no skill unless the text asks
    /// for experience with it.
    pub fn find_for(&self, text: &str, employer: Option<&str>) -> Vec<SkillSpan> {
        let hits = self.hits(text, employer).into_iter().filter(|hit| !context::is_denied(text, hit));
        hits.map(|hit| SkillSpan {
            skill: self.skills[self.names[hit.name].skill].name.to_owned(),
            start: hit.start,
            end: hit.end,
        })
        .collect()
    }

    /// The canonical name of a skill in a person's words.
    pub fn canonical(&self, words: &str) -> Option<String> {
        let words = words.trim();
        let ends = self.phrases.whole(words);
        let best = ends.iter().min_by_key(|end| {
            let name = &self.names[**end];
            (name.written != words, name.rule, **end)
        })?;
        Some(self.skills[self.names[*best].skill].name.to_owned())
    }

    /// The skill of this canonical name.
    pub fn skill(&self, name: &str) -> Option<&Skill> {
        self.by_name.get(name).map(|index| &self.skills[*index])
    }

    /// All skills, sorted by name.
    pub fn skills(&self) -> &[Skill] {
        &self.skills
    }

    /// Every written form, for a comparison with other finders.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| name.written)
    }

    /// The hits that count, whether asked for or denied.
    pub(super) fn hits(&self, text: &str, employer: Option<&str>) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.phrases.scan(text, |found| {
            let name = &self.names[found.phrase];
            let fits = context::fits(text, found.start, found.end, name);
            if fits {
                hits.push(Hit { name: found.phrase, start: found.start, end: found.end, sure: name.rule != Rule::Cue });
            }
            fits
        });
        context::settle(text, &mut hits);
        hits.retain(|hit| hit.sure && !context::is_listed_as_a_firm(text, hit));
        if let Some(employer) = employer.map(str::trim).filter(|employer| !employer.is_empty()) {
            let own = self.canonical(employer);
            hits.retain(|hit| {
                let skill = self.skills[self.names[hit.name].skill].name;
                let is_own = own.as_deref() == Some(skill) || context::begins(employer, &text[hit.start..hit.end]);
                !is_own || context::is_asked_for(text, hit)
            });
        }
        hits
    }
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::new()
    }
}

/// One line: name, other names, rule, category, ESCO, O*NET, broader.
fn entry(line: &'static str) -> (Skill, Vec<(&'static str, Rule)>) {
    let mut fields = line.split('\t').map(str::trim);
    let mut next = || fields.next().unwrap_or_default();
    let (name, aliases, rule, category) = (next(), next(), next(), next());
    let mut id = || Some(next()).filter(|id| !id.is_empty());
    let skill = Skill { name, category, esco: id(), onet: id(), broader: id() };
    let rule = match rule {
        "case" => Rule::Case,
        "cue" => Rule::Cue,
        _ => Rule::Always,
    };
    let aliases = aliases.split(',').map(str::trim).filter(|alias| !alias.is_empty()).map(|alias| {
        // An alias of an ambiguous name is there because it is not ambiguous; a sign marks those that are.
        match (alias.strip_prefix('='), alias.strip_prefix('~')) {
            (Some(cased), _) => (cased, Rule::Case),
            (_, Some(cued)) => (cued, Rule::Cue),
            _ => (alias, Rule::Always),
        }
    });
    (skill, std::iter::once((name, rule)).chain(aliases).collect())
}
