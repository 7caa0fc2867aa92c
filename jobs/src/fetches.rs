//! Putting exchanges into the table `fetches`, each once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::TryStreamExt as _;
use pipeline_core::Result;
use pipeline_lake::{Lake, LakeTable, Mode, PartitionWriter, column};
use schemas::tables::FetchRow;
use schemas::{Day, Partition, Row as _};

use crate::pipeline::SourceDays;

/// Takes exchanges of any sources and days, leaves out those that are there already, and commits the rest.
pub struct FetchSink {
    table: Arc<LakeTable>,
    known: BTreeMap<String, HashMap<String, Day>>,
    writers: BTreeMap<(String, Day), PartitionWriter>,
    touched: SourceDays,
    /// Exchanges taken per source, those that were there already included.
    pub taken: BTreeMap<String, u64>,
}

impl FetchSink {
    /// A sink into the lake's `fetches`.
    ///
    /// # Errors
    /// `Unavailable` when the lake is away.
    pub async fn open(lake: &Lake) -> Result<Self> {
        let table = lake.table(FetchRow::TABLE).await?;
        Ok(Self {
            table,
            known: BTreeMap::new(),
            writers: BTreeMap::new(),
            touched: SourceDays::new(),
            taken: BTreeMap::new(),
        })
    }

    /// Takes one exchange.
    ///
    /// # Errors
    /// `Unavailable` when the lake is away.
    pub async fn take(&mut self, row: FetchRow) -> Result<()> {
        *self.taken.entry(row.source.clone()).or_default() += 1;
        if !self.known.contains_key(&row.source) {
            let known = self.read_known(&row.source).await?;
            self.known.insert(row.source.clone(), known);
        }
        let known = self.known.entry(row.source.clone()).or_default();
        if let Some(day) = known.get(&row.fetch_id) {
            self.touched.insert((row.source, *day));
            return Ok(());
        }
        known.insert(row.fetch_id.clone(), row.day);
        let key = (row.source.clone(), row.day);
        self.touched.insert(key.clone());
        let table = &self.table;
        let partition = Partition::of([key.0.clone(), key.1.to_string()]);
        let writer = self.writers.entry(key).or_insert_with(|| table.writer(partition));
        writer.write_rows(std::slice::from_ref(&row)).await
    }

    /// The exchanges of `source` that are there already, with their days.
    async fn read_known(&self, source: &str) -> Result<HashMap<String, Day>> {
        let files = self.table.files_where(|partition| partition.0[0] == source).await?;
        let mut batches = self.table.read(files, Some(&["fetch_id", "day"]));
        let mut known = HashMap::new();
        while let Some(batch) = batches.try_next().await? {
            let (ids, days) = (column::text(&batch, "fetch_id")?, column::day(&batch, "day")?);
            known.extend(ids.iter().flatten().map(str::to_owned).zip(days.values().iter().map(|&day| Day(day))));
        }
        Ok(known)
    }

    /// Commits what was taken, one commit per source and day, and returns the partitions that it belongs to.
    ///
    /// # Errors
    /// `Unavailable` when the lake is away.
    pub async fn commit(self) -> Result<SourceDays> {
        for writer in self.writers.into_values() {
            writer.commit(Mode::Append).await?;
        }
        Ok(self.touched)
    }
}
