//! A model that answers as it is told, and keeps batches.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use pipeline_core::ports::{Batch, BatchState, Completion, Model, Prompt};
use pipeline_core::{Error, ErrorKind, Result};

/// An answer whose quotes are there for every posting and person of these tests.
pub const GOOD: &str = r#"{"items":[
    {"posting":"You know Python","profile":"Python","verdict":"met"},
    {"posting":"lead a team","profile":"","verdict":"missing"}]}"#;

/// Tokens of each answer.
pub const USED: (u64, u64) = (900, 200);

pub fn completion(text: &str) -> Completion {
    Completion { text: text.to_owned(), input_tokens: USED.0, output_tokens: USED.1 }
}

/// Answers call number `n`, from 0.
pub type Answer = Box<dyn Fn(usize, &Prompt) -> Result<String> + Send + Sync>;

/// How batches go.
#[derive(Clone, Debug)]
pub enum Course {
    Running,
    /// Ended with this status; each record by its position is answered, refused (`Err`) or missing (`None`).
    Ended(&'static str, fn(usize) -> Option<Result<&'static str, &'static str>>),
    Away(ErrorKind),
}

pub struct FakeModel {
    pub name: Option<&'static str>,
    pub least: Option<usize>,
    pub answer: Answer,
    /// Prompts asked at once.
    pub asked: Mutex<Vec<Prompt>>,
    /// Batches by token, in order of their making.
    pub batches: Mutex<Vec<Batch>>,
    /// Calls of `submit`, made or not.
    pub submits: Mutex<usize>,
    pub course: Mutex<Course>,
    /// What `submit` fails with.
    pub refuses: Mutex<Option<ErrorKind>>,
}

impl FakeModel {
    /// A model whose call number `n`, from 0, is answered by `answer`.
    pub fn new(answer: impl Fn(usize, &Prompt) -> Result<String> + Send + Sync + 'static) -> Self {
        Self {
            name: Some("fake-1"),
            least: None,
            answer: Box::new(answer),
            asked: Mutex::default(),
            batches: Mutex::default(),
            submits: Mutex::default(),
            course: Mutex::new(Course::Running),
            refuses: Mutex::default(),
        }
    }

    pub fn good() -> Self {
        Self::new(|_, _| Ok(GOOD.to_owned()))
    }

    pub fn failing(kind: ErrorKind) -> Self {
        Self::new(move |_, _| Err(Error::new(kind, "the model does not answer").hint("ask for access to the model")))
    }

    /// One that takes batches of 2 and more.
    pub fn batching() -> Self {
        Self { least: Some(2), ..Self::good() }
    }

    pub fn calls(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub fn made(&self) -> usize {
        self.batches.lock().unwrap().len()
    }

    pub fn set(&self, course: Course) {
        *self.course.lock().unwrap() = course;
    }
}

/// Every record answered well.
pub fn all_good(_: usize) -> Option<Result<&'static str, &'static str>> {
    Some(Ok(GOOD))
}

#[async_trait]
impl Model for FakeModel {
    fn name(&self) -> Option<&str> {
        self.name
    }

    async fn complete(&self, prompt: &Prompt) -> Result<Completion> {
        let number = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(prompt.clone());
            asked.len() - 1
        };
        tokio::task::yield_now().await;
        (self.answer)(number, prompt).map(|text| completion(&text))
    }

    fn least_batch(&self) -> Option<usize> {
        self.least
    }

    async fn submit(&self, batch: &Batch) -> Result<String> {
        *self.submits.lock().unwrap() += 1;
        if let Some(kind) = *self.refuses.lock().unwrap() {
            return Err(Error::new(kind, "the batch is not taken"));
        }
        let mut batches = self.batches.lock().unwrap();
        let at = batches.iter().position(|known| known.token == batch.token).unwrap_or_else(|| {
            batches.push(batch.clone());
            batches.len() - 1
        });
        Ok(format!("job-{at}"))
    }

    async fn batch(&self, id: &str) -> Result<BatchState> {
        let at: usize = id.strip_prefix("job-").unwrap().parse().unwrap();
        let records: Vec<String> = self.batches.lock().unwrap()[at].prompts.keys().cloned().collect();
        match self.course.lock().unwrap().clone() {
            Course::Running => Ok(BatchState::Running("InProgress".to_owned())),
            Course::Away(kind) => Err(Error::new(kind, "the batch cannot be looked at")),
            Course::Ended(status, answer) => {
                // Last first: nothing may rest on the order.
                let answered = records.into_iter().enumerate().rev().filter_map(|(at, record)| {
                    let answer = answer(at)?.map(completion).map_err(str::to_owned);
                    Some((record, answer))
                });
                let answers: BTreeMap<_, _> = answered.collect();
                Ok(BatchState::Ended { status: status.to_owned(), message: None, answers })
            }
        }
    }
}
