//! What stages have in common: what one partition's work came to, and the readers that stages lend each other.

use std::collections::BTreeMap;

/// What a stage did with one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Records read.
    pub rows_read: u64,
    /// Records kept.
    pub rows_written: u64,
    /// Records rejected.
    pub rows_quarantined: u64,
    /// Rejections per rule.
    pub reasons: BTreeMap<String, u64>,
    /// Departures from contracts: records concerned, by `rule field`.
    pub findings: BTreeMap<String, u64>,
    /// Whether any table's content changed.
    pub changed: bool,
    /// What went wrong with the inputs without stopping the stage; the rest is written.
    pub error: Option<String>,
}

impl Outcome {
    /// This and `other` together.
    pub fn add(&mut self, other: &Self) {
        self.rows_read += other.rows_read;
        self.rows_written += other.rows_written;
        self.rows_quarantined += other.rows_quarantined;
        for (rule, n) in &other.reasons {
            *self.reasons.entry(rule.clone()).or_default() += n;
        }
        for (finding, n) in &other.findings {
            *self.findings.entry(finding.clone()).or_default() += n;
        }
        self.changed |= other.changed;
        if self.error.is_none() {
            self.error.clone_from(&other.error);
        }
    }
}

/// A skill found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillSpan {
    /// Canonical name.
    pub skill: String,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// Finds skills in text. `normalize` implements it; matching and resumes are lent it.
pub trait SkillReader: Send + Sync {
    /// Every skill that `text` names, in order of place.
    fn skills(&self, text: &str) -> Vec<SkillSpan>;

    /// The canonical name of a skill in a person's words; `None` when unknown.
    fn canonical(&self, words: &str) -> Option<String>;
}

/// A place as understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaceReading {
    /// City.
    pub city: Option<String>,
    /// Region or state.
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
}

/// Understands places. `normalize` implements it; matching and the API are lent it.
pub trait PlaceReader: Send + Sync {
    /// The place that `text` names; all fields empty when it names none that is known.
    fn place(&self, text: &str) -> PlaceReading;
}

/// Scores roles for people. `matching` implements it; the API is lent it.
pub trait Scorer: Send + Sync {
    /// `job` scored for `user`.
    fn score(
        &self,
        user: &schemas::documents::UserDocument,
        job: &schemas::documents::IndexDocument,
    ) -> schemas::documents::TopMatch;
}

/// Checks resumes against postings. `resume` implements it; the API is lent it.
pub trait ResumeChecker: Send + Sync {
    /// What the resume shows of what the posting asks.
    ///
    /// # Errors
    /// When the resume is neither a text nor a JSON Resume.
    fn check(&self, request: &schemas::wire::ResumeRequest) -> crate::Result<schemas::wire::ResumeResponse>;
}
