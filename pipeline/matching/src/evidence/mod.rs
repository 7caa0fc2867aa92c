//! Evidence of a model for the best roles of each person: quotes of both sides, checked, and never a number.
//!
//! `facts` says what a model may know of a person, `prompt` what it is asked, `answer` what is kept of what it says, `store`
//! where that is kept, `ask` and `batch` how it is asked within the budget, `gather` in which order.

mod answer;
mod ask;
mod batch;
mod facts;
mod gather;
mod prompt;
mod question;
mod store;

use pipeline_core::ports::{Clock, Model, Price};

pub(crate) use facts::Facts;
pub(crate) use gather::Gathering;
pub(crate) use prompt::VERSION;
pub(crate) use question::Question;
pub(crate) use store::{Kept, kept_of};

/// How often one question is asked whose answers cannot be used.
const MAX_TRIES: u32 = 3;

/// How far a model is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Roles of each person that it looks at; 0 for none.
    pub top: usize,
    /// Most that a run may spend, in millionths of a US dollar; 0 asks nothing and still shows what is known.
    pub budget_micro_usd: u64,
    /// What it costs, outside batches.
    pub price: Price,
    /// Whether many questions are asked as a batch, which is cheaper and answered by a later run.
    pub batch: bool,
}

/// A model with what is needed to use it in one run.
#[derive(Clone, Copy)]
pub struct ModelEvidence<'a> {
    /// The model; one without a name is never asked.
    pub model: &'a dyn Model,
    /// How far it is used.
    pub settings: Settings,
    /// What dates evidence and batches.
    pub clock: &'a dyn Clock,
    /// The run that pays.
    pub run_id: &'a str,
}

/// What was done for evidence in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gathered {
    /// Questions answered and kept, now or in a batch that ended.
    pub answered: u64,
    /// Questions whose answers could not be used.
    pub unusable: u64,
    /// Items of answers that were dropped: what they quote is not there.
    pub dropped: u64,
    /// Questions in batches that have not ended.
    pub waiting: u64,
    /// Questions that were not asked, so that the rubric stands alone.
    pub unasked: u64,
    /// Whether the budget was the reason.
    pub budget_reached: bool,
    /// What people should know, one sentence each, with what would help.
    pub notes: Vec<String>,
}
