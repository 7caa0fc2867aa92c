//! The money that a run may spend on a model: reserved before each call, settled after it, never more than the cap.
//!
//! What was reserved and never settled, because the process died between, counts as spent for ever: the safe side.

use std::collections::BTreeMap;

use pipeline_core::error::Context as _;
use pipeline_core::ports::{Clock, Condition, Documents, Key, Price, Prompt, Write};
use pipeline_core::{Error, ErrorKind, Micros, Result};
use serde::{Deserialize, Serialize};

/// Tokens that a backend may add to a prompt: roles, and the schema put into words.
const OVERHEAD_TOKENS: u64 = 1_024;
/// Days that an account is kept after its last change.
const KEPT_DAYS: i64 = 90;
/// Tries of a change while others change the same account.
const TRIES: usize = 200;

/// What one run may spend, has spent and holds back, in millionths of a US dollar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Most that may be spent.
    pub cap_micro_usd: u64,
    /// Spent for sure.
    pub spent_micro_usd: u64,
    /// Held back for calls that have not been settled; the sum of `open`.
    pub reserved_micro_usd: u64,
    /// Each reservation by its id.
    pub open: BTreeMap<String, u64>,
}

impl Account {
    /// What is left to reserve.
    pub fn available(&self) -> u64 {
        self.cap_micro_usd.saturating_sub(self.spent_micro_usd).saturating_sub(self.reserved_micro_usd)
    }

    fn sum_up(&mut self) {
        self.reserved_micro_usd = self.open.values().fold(0, |sum, amount| sum.saturating_add(*amount));
    }
}

/// The budget of one run, shared by everyone who spends for it.
#[derive(Clone)]
pub struct Budget<'a> {
    documents: &'a dyn Documents,
    clock: &'a dyn Clock,
    run_id: String,
    cap_micro_usd: u64,
}

impl<'a> Budget<'a> {
    /// The budget of `run_id`, at most `cap_micro_usd`.
    pub fn new(documents: &'a dyn Documents, clock: &'a dyn Clock, run_id: &str, cap_micro_usd: u64) -> Self {
        Self { documents, clock, run_id: run_id.to_owned(), cap_micro_usd }
    }

    /// Where the account of `run_id` is kept.
    pub fn key(run_id: &str) -> Key {
        Key::new(format!("BUDGET#{run_id}"), "MODEL")
    }

    /// The account as it is now.
    ///
    /// # Errors
    /// Those of the document store.
    pub async fn account(&self) -> Result<Account> {
        let found = self.documents.get(&Self::key(&self.run_id)).await?;
        let mut account = found.map(|document| read(document.body)).transpose()?.unwrap_or_default();
        account.cap_micro_usd = self.cap_micro_usd;
        Ok(account)
    }

    /// Holds back `amount` under `id` and does the writes `with` it, all or none; `false`, and nothing is written, when
    /// the cap does not allow it. An id that is open already is not held back twice.
    ///
    /// # Errors
    /// Those of the document store. What was written then is unknown, and at worst too much is held back.
    pub async fn reserve(&self, id: &str, amount: u64, with: Vec<Write>) -> Result<bool> {
        let cap = self.cap_micro_usd;
        self.change(with, |account| {
            account.cap_micro_usd = cap;
            if account.open.contains_key(id) {
                return true;
            }
            let fits = amount <= account.available();
            if fits {
                account.open.insert(id.to_owned(), amount);
            }
            fits
        })
        .await
    }

    /// Turns the reservation `id` into `amount` spent and does the writes `with` it, all or none. A reservation that is
    /// not open was settled before; then only the writes are done.
    ///
    /// # Errors
    /// Those of the document store; the reservation may then still count.
    pub async fn settle(&self, id: &str, amount: u64, with: Vec<Write>) -> Result<()> {
        let settled = self.change(with.clone(), |account| match account.open.remove(id) {
            Some(_) => {
                account.spent_micro_usd = account.spent_micro_usd.saturating_add(amount);
                true
            }
            None => false,
        });
        if !settled.await? && !with.is_empty() {
            self.documents.transact(with).await?;
        }
        Ok(())
    }

    async fn change(&self, with: Vec<Write>, mut change: impl FnMut(&mut Account) -> bool + Send) -> Result<bool> {
        let key = Self::key(&self.run_id);
        for _ in 0..TRIES {
            let found = self.documents.get(&key).await?;
            let condition = found.as_ref().map_or(Condition::Absent, |document| Condition::Version(document.version));
            let mut account = found.map(|document| read(document.body)).transpose()?.unwrap_or_default();
            if !change(&mut account) {
                return Ok(false);
            }
            account.sum_up();
            let body = serde_json::to_value(&account).context(ErrorKind::Internal, || "an account is no JSON")?;
            let expires_at = Some(in_days(self.clock.now(), KEPT_DAYS));
            let write = Write::Put { key: key.clone(), body, condition, expires_at };
            let written = if with.is_empty() {
                self.documents.write(write).await.map(drop)
            } else {
                self.documents.transact(std::iter::once(write).chain(with.clone()).collect()).await
            };
            match written {
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                other => return other.map(|()| true),
            }
        }
        Err(Error::conflict(format!("the budget of run {} is changed by too many at once", self.run_id)))
    }
}

/// The most that one answer to `prompt` can cost: no tokenizer makes more tokens than there are bytes.
pub fn worst_case_micro_usd(prompt: &Prompt, price: Price) -> u64 {
    let bytes = prompt.instructions.len() + prompt.material.len() + prompt.schema.to_string().len();
    price.cost_micro_usd(bytes as u64 + OVERHEAD_TOKENS, u64::from(prompt.max_tokens))
}

/// `days` days after `time`.
pub(crate) fn in_days(time: Micros, days: i64) -> Micros {
    Micros(time.0.saturating_add(days * 86_400_000_000))
}

fn read(body: serde_json::Value) -> Result<Account> {
    serde_json::from_value(body).context(ErrorKind::Internal, || "a stored budget cannot be read")
}
