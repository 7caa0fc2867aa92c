//! The check of a resume against a posting: which skills both name, and what a reader or a parser would stumble over.

use std::collections::BTreeSet;
use std::sync::Arc;

use pipeline_core::stage::{ResumeChecker, SkillReader};
use pipeline_core::{Error, Result};
use schemas::wire::{ResumeFinding, ResumeRequest, ResumeResponse};
use serde_json::Value;

use crate::reading::{Job, Reading};
use crate::{hidden, injection, json_resume, plain_text};

/// Longest resume that is read, in bytes of text.
const MAX_BYTES: usize = 1 << 20;
/// Longest line or field, in characters, that is read comfortably: about three printed lines.
const LONG_LINE: usize = 300;
/// Most findings of one rule; more of the same says nothing new.
const PER_RULE: usize = 5;
/// Characters of a quote.
const QUOTE_CHARS: usize = 120;

/// Checks resumes with nothing but rules.
#[derive(Clone)]
pub struct Checker {
    /// Recognises skills, in resumes and postings alike.
    pub skills: Arc<dyn SkillReader>,
}

impl ResumeChecker for Checker {
    fn check(&self, request: &ResumeRequest) -> Result<ResumeResponse> {
        let reading = read(&request.user_resume)?;
        let shown = self.shown(&reading);
        let asked = self.named(&format!("{}\n{}", request.job_title, request.job_description));
        let matched: Vec<String> = asked.intersection(&shown).cloned().collect();
        let share = 100.0 * matched.len() as f64 / asked.len() as f64;
        Ok(ResumeResponse {
            score: (!asked.is_empty()).then(|| (share * 10.0).round() / 10.0),
            matched_skills: matched,
            missing_skills: asked.difference(&shown).cloned().collect(),
            other_skills: shown.difference(&asked).cloned().collect(),
            findings: self.findings(&reading),
        })
    }
}

/// The resume in any of the forms that are taken.
fn read(resume: &Value) -> Result<Reading> {
    let reading = match resume {
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(value @ Value::Object(_)) => json_resume::read(&value)?,
            _ => plain_text::read(text),
        },
        Value::Object(_) => json_resume::read(resume)?,
        other => {
            let kind = json_resume::kind(other);
            return Err(Error::invalid(format!(
                "field user_resume must be a text or a JSON Resume object, not {kind}"
            )));
        }
    };
    if reading.text.len() > MAX_BYTES {
        return Err(Error::too_large(format!(
            "the resume has {} bytes of text, at most {MAX_BYTES} are read",
            reading.text.len()
        )));
    }
    if reading.text.trim().is_empty() {
        return Err(Error::invalid("field user_resume holds no words"));
    }
    Ok(reading)
}

impl Checker {
    /// The skills that `text` names.
    fn named(&self, text: &str) -> BTreeSet<String> {
        self.skills.skills(text).into_iter().map(|span| span.skill).collect()
    }

    /// The skills that a resume shows: named anywhere, or listed under a name that only stands for a skill in a list.
    fn shown(&self, reading: &Reading) -> BTreeSet<String> {
        let mut shown = self.named(&reading.text);
        shown.extend(self.listed(reading));
        shown
    }

    /// The skills in the resume's list of skills.
    fn listed(&self, reading: &Reading) -> BTreeSet<String> {
        let Some(list) = &reading.skills else { return BTreeSet::new() };
        let items = list.split(['\n', ',', ';', '|', '•']).map(str::trim).filter(|item| !item.is_empty());
        let mut listed: BTreeSet<String> = items.filter_map(|item| self.skills.canonical(item)).collect();
        listed.extend(self.named(list));
        listed
    }

    fn findings(&self, reading: &Reading) -> Vec<ResumeFinding> {
        let rules = [
            no_email(reading),
            missing_sections(reading),
            unreadable_dates(reading),
            missing_dates(reading),
            reversed_dates(reading),
            unordered_dates(reading),
            overlapping_dates(reading),
            no_quantified_result(reading),
            self.unproven_skills(reading),
            long_lines(reading),
            hidden_characters(reading),
            orders_to_programs(reading),
        ];
        rules.into_iter().flat_map(|found| found.into_iter().take(PER_RULE)).collect()
    }

    fn unproven_skills(&self, reading: &Reading) -> Vec<ResumeFinding> {
        let Some(experience) = &reading.experience else { return Vec::new() };
        let proven = self.named(experience);
        let unproven: Vec<String> = self.listed(reading).difference(&proven).cloned().collect();
        if unproven.is_empty() {
            return Vec::new();
        }
        let message = "These skills are listed, but nothing in the experience shows them.";
        vec![finding("skill-only-listed", message, Some(&unproven.join(", ")))]
    }
}

fn finding(rule: &str, message: impl Into<String>, quote: Option<&str>) -> ResumeFinding {
    let quote = quote.map(|quote| match quote.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", &quote[..end]),
        None => quote.to_owned(),
    });
    ResumeFinding { rule: rule.to_owned(), message: message.into(), quote }
}

fn no_email(reading: &Reading) -> Vec<ResumeFinding> {
    if reading.has_email {
        return Vec::new();
    }
    vec![finding("no-email", "There is no e-mail address to answer to.", None)]
}

fn missing_sections(reading: &Reading) -> Vec<ResumeFinding> {
    let sections = [
        ("experience", reading.experience.is_some()),
        ("education", reading.has_education),
        ("skills", reading.skills.is_some()),
    ];
    let missing = sections.into_iter().filter(|(_, there)| !there);
    missing
        .map(|(name, _)| {
            finding("missing-section", format!("There is no section that a parser would take for {name}."), None)
        })
        .collect()
}

fn unreadable_dates(reading: &Reading) -> Vec<ResumeFinding> {
    let unreadable = reading.jobs.iter().filter_map(|job| job.unreadable.as_deref());
    unreadable
        .map(|date| finding("date-unreadable", "A date is not YYYY-MM-DD, YYYY-MM or YYYY.", Some(date)))
        .collect()
}

fn missing_dates(reading: &Reading) -> Vec<ResumeFinding> {
    if reading.jobs.is_empty() && reading.experience.is_some() {
        return vec![finding("dates-missing", "No job states from when until when it lasted.", None)];
    }
    let undated = reading.jobs.iter().filter(|job| job.span.is_none() && job.unreadable.is_none());
    undated
        .map(|job| finding("dates-missing", "A job does not state from when until when it lasted.", Some(&job.words)))
        .collect()
}

fn reversed_dates(reading: &Reading) -> Vec<ResumeFinding> {
    let reversed = reading.jobs.iter().filter(|job| job.span.is_some_and(|span| span.is_reversed()));
    reversed.map(|job| finding("dates-reversed", "A job ends before it starts.", Some(&job.words))).collect()
}

fn unordered_dates(reading: &Reading) -> Vec<ResumeFinding> {
    let later = reading.jobs.windows(2).find_map(|pair| {
        let (upper, lower) = (pair[0].span?, pair[1].span?);
        upper.start.is_before(lower.start).then_some(&pair[1])
    });
    let message = "Jobs are not ordered from the newest to the oldest.";
    later.map(|job| finding("dates-unordered", message, Some(&job.words))).into_iter().collect()
}

fn overlapping_dates(reading: &Reading) -> Vec<ResumeFinding> {
    let dated: Vec<&Job> = reading.jobs.iter().filter(|job| job.span.is_some()).collect();
    let pairs = dated.windows(2).filter(|pair| match (pair[0].span, pair[1].span) {
        (Some(left), Some(right)) => left.overlaps(right),
        _ => false,
    });
    let message = "Two jobs overlap; say so if both were held at once.";
    pairs
        .map(|pair| finding("dates-overlap", message, Some(&format!("{} / {}", pair[0].words, pair[1].words))))
        .collect()
}

/// A result is quantified when a line of the experience that states no span has a number in it.
fn no_quantified_result(reading: &Reading) -> Vec<ResumeFinding> {
    let Some(experience) = &reading.experience else { return Vec::new() };
    let dated = |line: &str| crate::dates::Span::find(line).is_some() || crate::dates::Date::iso(line).is_some();
    let quantified = |line: &str| line.chars().any(|sign| sign.is_ascii_digit()) && !dated(line);
    if experience.lines().any(quantified) {
        return Vec::new();
    }
    vec![finding("no-quantified-result", "No line of the experience states a result in numbers.", None)]
}

fn long_lines(reading: &Reading) -> Vec<ResumeFinding> {
    let long = reading.text.lines().filter(|line| line.chars().count() > LONG_LINE);
    long.map(|line| finding("long-line", format!("A line is longer than {LONG_LINE} characters."), Some(line)))
        .collect()
}

fn hidden_characters(reading: &Reading) -> Vec<ResumeFinding> {
    let found = hidden::find(&reading.text);
    let message = |count| format!("{count} characters are invisible to a person and read by a program.");
    found.map(|hidden| finding("hidden-characters", message(hidden.count), Some(&hidden.quote))).into_iter().collect()
}

fn orders_to_programs(reading: &Reading) -> Vec<ResumeFinding> {
    let message = "Words that give orders to a screening program; most employers reject such resumes.";
    injection::find(&reading.text)
        .into_iter()
        .map(|quote| finding("orders-to-programs", message, Some(quote)))
        .collect()
}
