//! Employers: one employer under its many names, by rules that can be read one by one and taken back.
//!
//! `key` is what spellings of one employer share; `family` goes further, by steps that are right less often (a country's or a domain's
//! name at the end). Names are only ever shortened, respelled or looked up in a table of aliases with reasons
//! (`data-samples/reference/employers.tsv`); nothing is guessed from likeness.

mod agency;
mod alias;
mod forms;
mod letters;
mod remarks;
mod tails;

pub use agency::{Agency, agency};

/// Longest name that is read, in bytes; what follows is left out.
const LONGEST: usize = 200;

/// What else is known of the employer of a posting.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// Name of the board or of the employer's account at the source: stands in where the posting names no employer.
    pub board: Option<&'a str>,
}

/// One rule applied to a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The rule: `spelling`, `careers`, `batch`, `site`, `formerly`, `part-of`, `trading-as`, `via`, `the`, `legal-form`, `group`, `alias`,
    /// `board`, `country-tail`, `domain-tail`, `glued-tail`, `unspaced`.
    pub rule: &'static str,
    /// The name before.
    pub from: String,
    /// The name after.
    pub to: String,
    /// How often names that differ by this step alone are of one employer, by judgement, from 0 to 1.
    pub certainty: f64,
}

/// Who an employer is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Employer {
    /// What the spellings of this employer share; empty when there is no name.
    pub key: String,
    /// The key without country, domain and spaces: what its national companies and its accounts at job sites share, and sometimes others.
    pub family: String,
    /// The steps that led from the name to `key`, and from `key` to `family`, in order.
    pub steps: Vec<Step>,
}

impl Employer {
    /// Product of the certainties of the steps up to `key`.
    pub fn certainty(&self) -> f64 {
        self.steps.iter().filter(|step| !tails::RULES.contains(&step.rule)).map(|step| step.certainty).product()
    }

    /// Whether two names are of one employer: `None` when they are not known to be, else how certainly.
    pub fn same_as(&self, other: &Self) -> Option<f64> {
        if self.key.is_empty() || other.key.is_empty() {
            return None;
        }
        if self.key == other.key {
            return Some(self.certainty().min(other.certainty()));
        }
        let all = |employer: &Self| employer.steps.iter().map(|step| step.certainty).product::<f64>();
        (self.family == other.family).then(|| all(self).min(all(other)))
    }
}

/// The employer that `name` names.
pub fn identity(name: &str, hints: Hints<'_>) -> Employer {
    identity_without(name, hints, &[])
}

/// As [`identity`], with the rules named in `without` taken back (`spelling` cannot be).
pub fn identity_without(name: &str, hints: Hints<'_>, without: &[&str]) -> Employer {
    let mut reading =
        Reading { name: crate::html::prefix(name, LONGEST).trim().to_owned(), steps: Vec::new(), without };
    if let (true, Some(board)) = (reading.name.is_empty(), hints.board) {
        let board = crate::html::prefix(board, LONGEST).replace(['-', '_'], " ");
        reading.apply("board", 0.9, |_| Some(board.trim().to_owned()));
    }
    reading.settle(Reading::certain);
    let key = reading.name.clone();
    reading.settle(Reading::tails);
    reading.apply("unspaced", 0.85, tails::unspaced);
    Employer { key, family: reading.name, steps: reading.steps }
}

/// What the spellings of `company` share: lower case, without accents that are often left out, punctuation, legal form, remarks and
/// what a job board adds; empty for an unknown employer. The key of a key is that key.
pub fn key(company: Option<&str>) -> String {
    company.map(|company| identity(company, Hints::default()).key).unwrap_or_default()
}

/// A name on its way to its key.
struct Reading<'a> {
    name: String,
    steps: Vec<Step>,
    without: &'a [&'a str],
}

impl Reading<'_> {
    /// Notes what `rule` made of the name, where it made another name that is not empty.
    fn apply(&mut self, rule: &'static str, certainty: f64, change: impl FnOnce(&str) -> Option<String>) {
        if self.without.contains(&rule) {
            return;
        }
        let Some(to) = change(&self.name).filter(|to| *to != self.name && to.chars().any(char::is_alphanumeric)) else {
            return;
        };
        let from = std::mem::replace(&mut self.name, to.clone());
        self.steps.push(Step { rule, from, to, certainty });
    }

    /// Repeats `pass` until nothing changes: every rule shortens the name, or leads to a name that no rule changes.
    fn settle(&mut self, pass: fn(&mut Self)) {
        for _ in 0..LONGEST {
            let before = self.name.clone();
            pass(self);
            if self.name == before {
                break;
            }
        }
    }

    fn certain(&mut self) {
        self.apply("careers", 0.98, remarks::careers);
        self.apply("batch", 0.99, remarks::batch);
        self.apply("site", 0.98, remarks::site);
        self.apply("formerly", 0.95, remarks::formerly);
        self.apply("part-of", 0.9, remarks::part_of);
        self.apply("trading-as", 0.9, remarks::trading_as);
        self.apply("via", 0.95, remarks::via);
        self.apply("legal-form", 0.97, forms::unspaced);
        // A name without a letter or digit is no name.
        let spelled = letters::spelled(&self.name);
        if spelled.is_empty() {
            self.name.clear();
        }
        self.apply("spelling", 1.0, |_| Some(spelled));
        self.apply("the", 0.98, remarks::the);
        self.apply("legal-form", 0.97, forms::without);
        self.apply("group", 0.85, forms::without_group);
        self.apply("alias", 0.95, alias::employer);
    }

    fn tails(&mut self) {
        self.apply("country-tail", 0.7, tails::country);
        self.apply("domain-tail", 0.75, tails::domain);
        self.apply("glued-tail", 0.8, tails::glued);
        self.apply("legal-form", 0.97, forms::without);
        self.apply("group", 0.85, forms::without_group);
        self.apply("alias", 0.95, alias::employer);
    }
}

#[cfg(test)]
mod tests;
