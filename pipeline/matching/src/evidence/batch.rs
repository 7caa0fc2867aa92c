//! Asking a model in batches that outlive the run: noted before they are submitted, and never submitted twice.
//!
//! A batch is one document. It is written with its reservation, then submitted, then given its id; it goes, with its
//! reservation settled, after its answers are kept. Killed anywhere between, the next run goes on from the document.

use std::collections::BTreeMap;

use pipeline_core::error::Context as _;
use pipeline_core::hash::Hasher;
use pipeline_core::ports::{Batch, BatchState, Completion, Condition, Key, Price, Prompt, Write};
use pipeline_core::{ErrorKind, Micros, Result};
use serde::{Deserialize, Serialize};

use super::answer::check;
use super::gather::{Gathering, told};
use super::prompt::{VERSION, prompt};
use super::question::{Postings, Question, postings};
use super::store::keep;
use crate::budget::{Budget, in_days, worst_case_micro_usd};

/// Batches cost half: <https://aws.amazon.com/bedrock/pricing/>, read 2026-11.
const DISCOUNT: u64 = 2;
/// Days after which a batch that has not ended is given up; backends end them within seven.
const GIVEN_UP_DAYS: i64 = 14;
/// Where batches are noted.
const PARTITION: &str = "MODEL";
/// Longest text of a backend in a note, in characters.
const MAX_NOTE_CHARS: usize = 200;

/// A batch that has not been settled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct InFlight {
    token: String,
    model: String,
    /// `submitting`, or `submitted` once its id is known.
    state: String,
    id: Option<String>,
    /// The run whose budget holds `reserved_micro_usd` back for it.
    run_id: String,
    reserved_micro_usd: u64,
    price: Price,
    noted_at: Micros,
    /// What was asked, by the questions' keys.
    records: BTreeMap<String, Record>,
}

/// One question of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    user_id: String,
    posting_id: String,
    version: String,
    /// How often it was asked before.
    tries: u32,
}

impl InFlight {
    fn key(&self) -> Key {
        Key::new(PARTITION, format!("BATCH#{}", self.token))
    }

    fn put(&self) -> Result<Write> {
        Ok(Write::put(self.key(), serde_json::to_value(self).context(ErrorKind::Internal, || "a batch is no JSON")?))
    }

    fn remove(&self) -> Write {
        Write::Delete { key: self.key(), condition: Condition::None }
    }

    fn questions(&self) -> Vec<Question> {
        let question = |(key, record): (&String, &Record)| Question {
            key: key.clone(),
            user_id: record.user_id.clone(),
            posting_id: record.posting_id.clone(),
            version: record.version.clone(),
            tries: record.tries,
        };
        self.records.iter().map(question).collect()
    }
}

/// The same questions asked the same time to the same model make the same token, whatever their order.
fn token(model: &str, questions: &[&Question]) -> String {
    let mut records: Vec<String> =
        questions.iter().map(|question| format!("{}.{}", question.key, question.tries)).collect();
    records.sort();
    let mut hasher = Hasher::new("batch").part(model).part(VERSION);
    records.iter().for_each(|record| hasher.add(record));
    hasher.hex(40)
}

impl Gathering<'_> {
    /// Takes the answers of batches that have ended, and notes which have not.
    pub(crate) async fn collect(&mut self) -> Result<()> {
        for document in self.documents.list(PARTITION, "BATCH#").await? {
            let batch: InFlight = serde_json::from_value(document.body)
                .context(ErrorKind::Internal, || "a stored batch of questions cannot be read")?;
            let records: Vec<String> = batch.records.keys().cloned().collect();
            if self.is_running(batch).await? {
                self.told.waiting += records.len() as u64;
                self.in_flight.extend(records);
            }
        }
        Ok(())
    }

    /// Looks at one batch; `false` once it is over and its document gone.
    async fn is_running(&mut self, mut batch: InFlight) -> Result<bool> {
        if batch.id.is_none() && !self.submit_again(&mut batch).await? {
            return Ok(self.documents.get(&batch.key()).await?.is_some());
        }
        let is_late = self.using.clock.now() > in_days(batch.noted_at, GIVEN_UP_DAYS);
        match self.using.model.batch(batch.id.as_deref().unwrap_or_default()).await {
            Ok(BatchState::Ended { status, message, answers }) => {
                if status != "Completed" {
                    let why = message.map(|message| format!(": {}", brief(&message))).unwrap_or_default();
                    self.told.notes.push(format!("a batch of {} ended as {}{why}", batch.model, brief(&status)));
                }
                self.take(&batch, &answers).await?;
                Ok(false)
            }
            Ok(BatchState::Running(_)) if !is_late => Ok(true),
            Err(error) if !is_late && error.kind() != ErrorKind::NotFound => {
                self.told.notes.push(format!("a batch of {} cannot be looked at: {}", batch.model, told(&error)));
                Ok(true)
            }
            _ => {
                self.give_up(&batch).await?;
                Ok(false)
            }
        }
    }

    /// Submits a batch again of which it is not known whether it was: the same token never makes a second one.
    async fn submit_again(&mut self, batch: &mut InFlight) -> Result<bool> {
        let questions = batch.questions();
        let postings = postings(self.lake, &questions).await?;
        let same = questions.iter().filter(|question| self.is_current(question, &batch.model)).collect::<Vec<_>>();
        let prompts = self.prompts(&same, &postings);
        if prompts.is_empty() || batch.model != self.model {
            self.give_up(batch).await?;
            return Ok(false);
        }
        self.submit(batch, prompts).await
    }

    /// Whether what `question` asks is still what would be asked: the person is there and tells the same.
    fn is_current(&self, question: &Question, model: &str) -> bool {
        self.people.get(&question.user_id).is_some_and(|facts| {
            Question::new(&question.user_id, facts, &question.posting_id, &question.version, model).key == question.key
        })
    }

    fn prompts(&self, questions: &[&Question], postings: &Postings) -> BTreeMap<String, Prompt> {
        let ask = |question: &&Question| {
            let (posting, facts) = (question.posting(postings)?, self.people.get(&question.user_id)?);
            Some((question.key.clone(), prompt(posting, facts, self.rubric.skills.as_ref())))
        };
        questions.iter().filter_map(ask).collect()
    }

    /// Asks as many of `questions` in one batch as the budget allows, and returns whether more can be asked.
    pub(crate) async fn ask_later(
        &mut self,
        questions: &[Question],
        postings: &Postings,
        least: usize,
    ) -> Result<bool> {
        let all: Vec<&Question> = questions.iter().collect();
        let mut prompts = self.prompts(&all, postings);
        let price = self.using.settings.price;
        let available = self.budget.account().await?.available();
        let (mut reserved, mut chosen) = (0_u64, Vec::new());
        for question in all.iter().filter(|question| prompts.contains_key(&question.key)) {
            let cost = worst_case_micro_usd(&prompts[&question.key], price).div_ceil(DISCOUNT);
            match reserved.checked_add(cost) {
                Some(sum) if sum <= available => reserved = sum,
                _ => break,
            }
            chosen.push(*question);
        }
        if chosen.len() < least {
            return self.ask_now(questions, postings).await;
        }
        let left = prompts.len() - chosen.len();
        prompts.retain(|key, _| chosen.iter().any(|question| question.key == *key));
        let mut batch = self.noted(&chosen, reserved);
        if !self.budget.reserve(&batch.token, reserved, vec![batch.put()?]).await? {
            return self.ask_now(questions, postings).await;
        }
        let is_submitted = self.submit(&mut batch, prompts).await?;
        let is_noted = is_submitted || self.documents.get(&batch.key()).await?.is_some();
        *(if is_noted { &mut self.told.waiting } else { &mut self.told.unasked }) += chosen.len() as u64;
        self.told.unasked += left as u64;
        self.told.budget_reached |= left > 0;
        Ok(is_submitted && left == 0)
    }

    fn noted(&self, questions: &[&Question], reserved_micro_usd: u64) -> InFlight {
        let record = |question: &&Question| {
            let record = Record {
                user_id: question.user_id.clone(),
                posting_id: question.posting_id.clone(),
                version: question.version.clone(),
                tries: question.tries,
            };
            (question.key.clone(), record)
        };
        InFlight {
            token: token(&self.model, questions),
            model: self.model.clone(),
            state: "submitting".to_owned(),
            id: None,
            run_id: self.using.run_id.to_owned(),
            reserved_micro_usd,
            price: self.using.settings.price,
            noted_at: self.using.clock.now(),
            records: questions.iter().map(record).collect(),
        }
    }

    /// Submits what was noted; `false`, with a note, when the backend does not take it. What it surely refused is
    /// forgotten; what it may have taken stays noted.
    async fn submit(&mut self, batch: &mut InFlight, prompts: BTreeMap<String, Prompt>) -> Result<bool> {
        let error = match self.using.model.submit(&Batch { token: batch.token.clone(), prompts }).await {
            Ok(id) => {
                batch.id = Some(id);
                batch.state = "submitted".to_owned();
                self.documents.write(batch.put()?).await?;
                return Ok(true);
            }
            Err(error) => error,
        };
        self.told.notes.push(format!(
            "a batch for {} was not taken, the rubric stands alone: {}",
            batch.model,
            told(&error)
        ));
        if !matches!(
            error.kind(),
            ErrorKind::Throttled
                | ErrorKind::Unavailable
                | ErrorKind::Timeout
                | ErrorKind::Internal
                | ErrorKind::Conflict
        ) {
            self.budget_of(batch).settle(&batch.token, 0, vec![batch.remove()]).await?;
        }
        Ok(false)
    }

    fn budget_of(&self, batch: &InFlight) -> Budget<'_> {
        Budget::new(self.documents, self.using.clock, &batch.run_id, batch.reserved_micro_usd)
    }

    /// Keeps the answers of a batch that has ended, pays for it, and forgets it.
    async fn take(&mut self, batch: &InFlight, answers: &BTreeMap<String, Result<Completion, String>>) -> Result<()> {
        let questions = batch.questions();
        let postings = postings(self.lake, &questions).await?;
        let now = self.using.clock.now();
        // Of people who are gone or tell something else by now, nothing is kept.
        for question in &questions {
            if !self.is_current(question, &batch.model) {
                continue;
            }
            let (Some(posting), Some(facts)) = (question.posting(&postings), self.people.get(&question.user_id)) else {
                continue;
            };
            let answer = answers.get(&question.key).and_then(|answer| answer.as_ref().ok());
            let quoted = match answer.map(|answer| check(&answer.text, posting, facts, &batch.model)) {
                Some(Ok(checked)) => {
                    self.told.answered += 1;
                    self.told.dropped += checked.dropped;
                    Some(checked.quoted)
                }
                _ => {
                    self.told.unusable += 1;
                    None
                }
            };
            self.documents.write(keep(question, &batch.model, quoted, now)?).await?;
        }
        let paid = |answer: &Completion| {
            batch.price.cost_micro_usd(answer.input_tokens, answer.output_tokens).div_ceil(DISCOUNT)
        };
        let cost = answers.values().flatten().map(paid).fold(0, u64::saturating_add);
        self.budget_of(batch).settle(&batch.token, cost, vec![batch.remove()]).await
    }

    /// Forgets a batch of which nothing more is to be had; what was held back for it counts as spent.
    async fn give_up(&mut self, batch: &InFlight) -> Result<()> {
        let now = self.using.clock.now();
        for question in batch.questions().iter().filter(|question| self.is_current(question, &batch.model)) {
            self.documents.write(keep(question, &batch.model, None, now)?).await?;
        }
        self.told.notes.push(format!("a batch of {} was given up: it has no end to wait for", batch.model));
        self.budget_of(batch).settle(&batch.token, batch.reserved_micro_usd, vec![batch.remove()]).await
    }
}

/// A backend's words, bounded and on one line.
fn brief(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).take(MAX_NOTE_CHARS).collect()
}
