//! What deriving a partition of `normalize` again would change, told before anything is written.

use std::collections::{BTreeMap, HashMap};

use futures::TryStreamExt as _;
use pipeline_core::hash::Hasher;
use pipeline_core::{Error, Result};
use pipeline_lake::rows;
use pipeline_rules::Normalized;
use schemas::tables::{ObservationRow, PostingRow, QuarantineRow};
use schemas::{Day, Partition, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::normalize::NormalizeStage;

/// Examples per column, and of rows that come or go.
const EXAMPLES: usize = 3;
/// Columns that say by which rules a row was made, not what it says.
const MAKING: &[&str] = &["method"];

/// What would change in the tables of one partition.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// By table: `observations`, `postings`, `quarantine`.
    pub tables: BTreeMap<&'static str, TableChange>,
}

/// What would change in one table.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TableChange {
    /// Rows that would be the same, but for the method that made them.
    pub same: u64,
    /// Rows whose method alone would change; they count as the same, too.
    pub method_only: u64,
    /// Rows that would say something else.
    pub changed: u64,
    /// Rows that would come.
    pub added: u64,
    /// Rows that would go.
    pub removed: u64,
    /// The changed columns.
    pub columns: BTreeMap<String, ColumnChange>,
    /// Some of the rows that would come, by key.
    pub added_examples: Vec<String>,
    /// Some of the rows that would go, by key.
    pub removed_examples: Vec<String>,
}

/// What would change in one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ColumnChange {
    /// Rows in which it would.
    pub rows: u64,
    /// Some of them.
    pub examples: Vec<Example>,
}

/// One value that would change.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Example {
    /// The row.
    pub key: String,
    /// What it says now.
    pub before: Value,
    /// What it would say.
    pub after: Value,
}

impl NormalizeStage<'_> {
    /// What deriving the partition again would change. Each partition is compared by itself, with the postings of earlier days as
    /// they stand.
    ///
    /// # Errors
    /// As for [`NormalizeStage::run`].
    pub async fn compare(&self, source: &str, day: Day) -> Result<Comparison> {
        let partition = Partition::of([source.to_owned(), day.to_string()]);
        let mut observations = self.stored::<ObservationRow>(&partition).await?;
        let mut postings = self.stored::<PostingRow>(&partition).await?;
        let mut quarantine = self.stored::<QuarantineRow>(&partition).await?;
        self.derive(source, day, "compare", async |read: &Normalized| {
            read.observations.iter().try_for_each(|row| observations.meet(row))?;
            read.postings.iter().try_for_each(|row| postings.meet(row))?;
            read.quarantine.iter().try_for_each(|row| quarantine.meet(row))
        })
        .await?;
        let tables = [
            (ObservationRow::TABLE.name, self.told::<ObservationRow>(&partition, observations).await?),
            (PostingRow::TABLE.name, self.told::<PostingRow>(&partition, postings).await?),
            (QuarantineRow::TABLE.name, self.told::<QuarantineRow>(&partition, quarantine).await?),
        ];
        Ok(Comparison { tables: tables.into_iter().collect() })
    }

    async fn stored<R: Row + Serialize + DeserializeOwned>(&self, partition: &Partition) -> Result<Stored> {
        let mut stored = Stored { key: R::TABLE.key, ..Stored::default() };
        self.each::<R>(partition, |row| {
            let fields = fields(&row)?;
            let (key, hashes) = (stored.key_of(&fields), hashes(&fields));
            stored.rows.insert(key, hashes);
            Ok(())
        })
        .await?;
        Ok(stored)
    }

    async fn each<R: Row>(&self, partition: &Partition, mut take: impl FnMut(R) -> Result<()>) -> Result<()> {
        let table = self.lake.table(R::TABLE).await?;
        let files = table.files_where(|found| found == partition).await?;
        let mut batches = table.read(files, None);
        while let Some(batch) = batches.try_next().await? {
            rows::<R>(&batch)?.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    }

    /// The change, with what the rows of its examples say now.
    async fn told<R: Row + Serialize>(&self, partition: &Partition, stored: Stored) -> Result<TableChange> {
        let Stored { key, rows, mut change } = stored;
        change.removed = rows.len() as u64;
        let mut gone: Vec<String> = rows.into_keys().collect();
        gone.sort_unstable();
        gone.truncate(EXAMPLES);
        change.removed_examples = gone;
        let mut wanted: HashMap<String, Vec<(String, usize)>> = HashMap::new();
        for (column, of_column) in &change.columns {
            for (index, example) in of_column.examples.iter().enumerate() {
                wanted.entry(example.key.clone()).or_default().push((column.clone(), index));
            }
        }
        if wanted.is_empty() {
            return Ok(change);
        }
        self.each::<R>(partition, |row| {
            let fields = fields(&row)?;
            for (column, index) in wanted.remove(&key_of(key, &fields)).unwrap_or_default() {
                let example = change.columns.get_mut(&column).and_then(|found| found.examples.get_mut(index));
                if let Some(example) = example {
                    example.before = fields.get(&column).cloned().unwrap_or_default();
                }
            }
            Ok(())
        })
        .await?;
        Ok(change)
    }
}

/// The rows that a partition holds, as far as comparing needs them: 32 bits per column, so that a million rows fit.
#[derive(Default)]
struct Stored {
    key: &'static [&'static str],
    rows: HashMap<String, Box<[u32]>>,
    change: TableChange,
}

impl Stored {
    fn key_of(&self, fields: &Map<String, Value>) -> String {
        key_of(self.key, fields)
    }

    /// Compares a row that would be written with the stored one.
    fn meet<R: Row + Serialize>(&mut self, row: &R) -> Result<()> {
        let fields = fields(row)?;
        let key = self.key_of(&fields);
        let Some(before) = self.rows.remove(&key) else {
            self.change.added += 1;
            if self.change.added_examples.len() < EXAMPLES {
                self.change.added_examples.push(key);
            }
            return Ok(());
        };
        let after = hashes(&fields);
        let differing: Vec<_> =
            fields.iter().zip(before.iter().zip(&after)).filter(|(_, (before, after))| before != after).collect();
        if differing.iter().all(|((column, _), _)| MAKING.contains(&column.as_str())) {
            self.change.same += 1;
            self.change.method_only += u64::from(!differing.is_empty());
            return Ok(());
        }
        self.change.changed += 1;
        for ((column, value), _) in differing {
            let change = self.change.columns.entry(column.clone()).or_default();
            change.rows += 1;
            if change.examples.len() < EXAMPLES {
                change.examples.push(Example { key: key.clone(), before: Value::Null, after: value.clone() });
            }
        }
        Ok(())
    }
}

fn fields(row: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(row) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Error::internal("a row is no object")),
        Err(error) => Err(Error::internal("a row has no JSON form").because(error)),
    }
}

fn key_of(key: &[&str], fields: &Map<String, Value>) -> String {
    let text = |column: &&str| match fields.get(*column) {
        Some(Value::String(text)) => text.clone(),
        other => other.map(Value::to_string).unwrap_or_default(),
    };
    key.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// A hash per column, in the columns' order.
fn hashes(fields: &Map<String, Value>) -> Box<[u32]> {
    let hash = |value: &Value| Hasher::new("column").part(value.to_string()).number() as u32;
    fields.values().map(hash).collect()
}
