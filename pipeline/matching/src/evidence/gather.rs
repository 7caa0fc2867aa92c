//! Gathering evidence in a run: first what was asked in batches before, then what is still missing.

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::ports::Documents;
use pipeline_core::{Error, Result};
use pipeline_lake::Lake;

use super::facts::Facts;
use super::question::{Question, postings};
use super::{Gathered, MAX_TRIES, ModelEvidence, kept_of};
use crate::Rubric;
use crate::budget::Budget;

/// Questions whose postings are held in memory at once, and most records of one batch.
const PASS: usize = 1_000;

/// One run's gathering.
pub(crate) struct Gathering<'a> {
    pub(crate) lake: &'a Lake,
    pub(crate) documents: &'a dyn Documents,
    pub(crate) rubric: &'a Rubric,
    pub(crate) using: ModelEvidence<'a>,
    /// The model's name.
    pub(crate) model: String,
    /// What is known of everybody who wants matches, by id.
    pub(crate) people: BTreeMap<String, Facts>,
    pub(crate) budget: Budget<'a>,
    /// Keys of questions in batches that have not ended.
    pub(crate) in_flight: BTreeSet<String>,
    /// What was done so far.
    pub(crate) told: Gathered,
}

impl<'a> Gathering<'a> {
    /// A gathering for `people`; `None` when there is no model.
    pub(crate) fn new(
        lake: &'a Lake,
        documents: &'a dyn Documents,
        rubric: &'a Rubric,
        using: ModelEvidence<'a>,
        people: BTreeMap<String, Facts>,
    ) -> Option<Self> {
        let model = using.model.name()?.to_owned();
        let budget = Budget::new(documents, using.clock, using.run_id, using.settings.budget_micro_usd);
        let (in_flight, told) = (BTreeSet::new(), Gathered::default());
        Some(Self { lake, documents, rubric, using, model, people, budget, in_flight, told })
    }

    /// Of `wanted`, those that have no answer yet, are not being answered, and were not asked too often.
    pub(crate) async fn missing(&self, wanted: Vec<Question>) -> Result<Vec<Question>> {
        let mut missing = Vec::new();
        let mut kept = (String::new(), BTreeMap::new());
        for mut question in wanted {
            if kept.0 != question.user_id {
                kept = (question.user_id.clone(), kept_of(self.documents, &question.user_id).await?);
            }
            if let Some(known) = kept.1.get(&question.key) {
                question.tries = known.tries;
                if known.quoted.is_some() {
                    continue;
                }
            }
            if question.tries < MAX_TRIES && !self.in_flight.contains(&question.key) {
                missing.push(question);
            }
        }
        Ok(missing)
    }

    /// Asks the `missing` questions, in a batch when they are enough for one.
    pub(crate) async fn ask(&mut self, missing: Vec<Question>) -> Result<()> {
        let least = self.using.model.least_batch().filter(|_| self.using.settings.batch);
        let batched = least.filter(|least| missing.len() >= (*least).max(1));
        let passes = missing.len().div_ceil(PASS.max(batched.unwrap_or_default())).max(1);
        let mut rest = missing.len();
        for pass in missing.chunks(missing.len().div_ceil(passes).max(1)) {
            rest -= pass.len();
            let postings = postings(self.lake, pass).await?;
            let goes_on = match batched {
                Some(least) => self.ask_later(pass, &postings, least).await?,
                None => self.ask_now(pass, &postings).await?,
            };
            if !goes_on {
                self.told.unasked += rest as u64;
                break;
            }
        }
        Ok(())
    }

    /// Ends the gathering with the notes that sum it up.
    pub(crate) fn end(mut self) -> Gathered {
        let (told, model) = (&mut self.told, &self.model);
        if told.budget_reached {
            told.notes.push(format!(
                "the model budget is reached: {} questions to {model} were not asked and rest on the rubric alone; raise match.model_budget_usd to ask them",
                told.unasked
            ));
        }
        if told.waiting > 0 {
            told.notes
                .push(format!("{} questions wait in a batch of {model}; a later run takes its answers", told.waiting));
        }
        if told.dropped > 0 {
            told.notes
                .push(format!("{} items of answers of {model} were dropped: their quotes are not there", told.dropped));
        }
        if told.unusable > 0 {
            told.notes.push(format!("{} answers of {model} could not be used", told.unusable));
        }
        self.told
    }
}

/// A failure with what helps against it, in one line.
pub(crate) fn told(error: &Error) -> String {
    match error.hint_text() {
        Some(hint) => format!("{} ({hint})", error.chain()),
        None => error.chain(),
    }
}
