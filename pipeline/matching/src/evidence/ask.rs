//! Asking a model at once, a few questions at a time, until the budget is used up or the model is away.

use std::sync::{Mutex, PoisonError};

use futures::{StreamExt as _, TryStreamExt as _};
use pipeline_core::ports::{Completion, Prompt};
use pipeline_core::{Error, ErrorKind, Result};

use super::Facts;
use super::answer::{Checked, check};
use super::gather::{Gathering, told};
use super::prompt::{Posting, prompt, repaired};
use super::question::{Postings, Question};
use super::store::keep;
use crate::budget::worst_case_micro_usd;

/// Questions asked at the same time.
const CONCURRENCY: usize = 4;

/// What asking one question came to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Asked {
    /// Kept, with so many items dropped.
    Answered(u64),
    /// No answer that can be used.
    Unusable,
    /// The budget did not allow it.
    Unaffordable,
    /// Not asked: the model is away, or nothing is known to ask with.
    Left,
}

/// What one call came to.
enum Called {
    Completed(Completion),
    Unaffordable,
    Refused,
    Away,
}

/// Why the model is not asked any more in this run.
#[derive(Default)]
struct Stop(Mutex<Option<String>>);

impl Stop {
    fn because(&self, note: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(note);
    }

    fn is_set(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

impl Gathering<'_> {
    /// Asks `questions`, and returns whether more can be asked.
    pub(crate) async fn ask_now(&mut self, questions: &[Question], postings: &Postings) -> Result<bool> {
        let stop = Stop::default();
        let mut left: Vec<&Question> = questions.iter().collect();
        // What could not be afforded beside others' reservations may fit once those are settled: then one by one.
        for concurrency in [CONCURRENCY, 1] {
            let outcomes = self.ask_all(&left, postings, concurrency, &stop).await?;
            let mut unaffordable = Vec::new();
            for (question, asked) in left.into_iter().zip(outcomes) {
                match asked {
                    Asked::Answered(dropped) => {
                        self.told.answered += 1;
                        self.told.dropped += dropped;
                    }
                    Asked::Unusable => self.told.unusable += 1,
                    Asked::Unaffordable => unaffordable.push(question),
                    Asked::Left => self.told.unasked += 1,
                }
            }
            left = unaffordable;
        }
        self.told.unasked += left.len() as u64;
        self.told.budget_reached |= !left.is_empty();
        let stopped = stop.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let goes_on = stopped.is_none() && left.is_empty();
        self.told.notes.extend(stopped);
        Ok(goes_on)
    }

    async fn ask_all(
        &self,
        questions: &[&Question],
        postings: &Postings,
        concurrency: usize,
        stop: &Stop,
    ) -> Result<Vec<Asked>> {
        let mut asking = Vec::new();
        for question in questions {
            asking.push(self.ask_one(question, postings, stop));
        }
        futures::stream::iter(asking).buffered(concurrency).try_collect().await
    }

    async fn ask_one(&self, question: &Question, postings: &Postings, stop: &Stop) -> Result<Asked> {
        let (Some(posting), Some(facts)) = (question.posting(postings), self.people.get(&question.user_id)) else {
            return Ok(Asked::Left);
        };
        let first = prompt(posting, facts, self.rubric.skills.as_ref());
        let problem = match self.try_once(question, 1, &first, posting, facts, stop).await? {
            Ok(asked) => return Ok(asked),
            Err(problem) => problem,
        };
        match self.try_once(question, 2, &repaired(&first, problem), posting, facts, stop).await? {
            // The first answer was paid for; the next run need not know that a second could not be.
            Ok(Asked::Answered(dropped)) => Ok(Asked::Answered(dropped)),
            Ok(Asked::Unaffordable | Asked::Left | Asked::Unusable) | Err(_) => {
                self.documents.write(keep(question, &self.model, None, self.using.clock.now())?).await?;
                Ok(Asked::Unusable)
            }
        }
    }

    /// One call, paid and checked; the inner error says what is wrong with the form of its answer.
    async fn try_once(
        &self,
        question: &Question,
        number: u32,
        prompt: &Prompt,
        posting: &Posting,
        facts: &Facts,
        stop: &Stop,
    ) -> Result<Result<Asked, &'static str>> {
        let id = format!("{}.{}.{number}", question.key, question.tries);
        let completion = match self.call(&id, prompt, stop).await? {
            Called::Completed(completion) => completion,
            Called::Unaffordable => return Ok(Ok(Asked::Unaffordable)),
            Called::Away => return Ok(Ok(Asked::Left)),
            Called::Refused => {
                self.documents.write(keep(question, &self.model, None, self.using.clock.now())?).await?;
                return Ok(Ok(Asked::Unusable));
            }
        };
        let cost = self.using.settings.price.cost_micro_usd(completion.input_tokens, completion.output_tokens);
        match check(&completion.text, posting, facts, &self.model) {
            Ok(Checked { quoted, dropped }) => {
                let write = keep(question, &self.model, Some(quoted), self.using.clock.now())?;
                self.budget.settle(&id, cost, vec![write]).await?;
                Ok(Ok(Asked::Answered(dropped)))
            }
            Err(problem) => {
                self.budget.settle(&id, cost, Vec::new()).await?;
                Ok(Err(problem))
            }
        }
    }

    /// Reserves and calls. A completed call is still to be settled; any other is.
    async fn call(&self, id: &str, prompt: &Prompt, stop: &Stop) -> Result<Called> {
        if stop.is_set() {
            return Ok(Called::Away);
        }
        let worst = worst_case_micro_usd(prompt, self.using.settings.price);
        if !self.budget.reserve(id, worst, Vec::new()).await? {
            return Ok(Called::Unaffordable);
        }
        let error = match self.using.model.complete(prompt).await {
            Ok(completion) => return Ok(Called::Completed(completion)),
            Err(error) => error,
        };
        self.budget.settle(id, if is_free(&error) { 0 } else { worst }, Vec::new()).await?;
        if error.kind() == ErrorKind::Invalid {
            return Ok(Called::Refused);
        }
        stop.because(format!(
            "model {} is not asked any more in this run, the rubric stands alone: {}",
            self.model,
            told(&error)
        ));
        Ok(Called::Away)
    }
}

/// Whether a call that failed so was surely not worked on. What timed out may have been, and is counted in full.
fn is_free(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::Timeout | ErrorKind::Unavailable | ErrorKind::Invalid | ErrorKind::Internal | ErrorKind::TooLarge
    )
}
