//! The stage `measure`: the market tables of one day.

use std::path::Path;

use futures::TryStreamExt as _;
use pipeline_core::hash::Hasher;
use pipeline_core::stage::Outcome;
use pipeline_core::{Error, Result};
use pipeline_lake::{Lake, LakeTable, column};
use schemas::tables::{ObservationRow, RoleRow, SalaryRow, SkillRow, TrendRow};
use schemas::{Day, Micros, Partition, Row};

use crate::{Engine, Measured, SALARY_METHOD, SKILLS_METHOD, TREND_METHOD, measure};

/// The stage with what it needs.
#[derive(Clone, Copy)]
pub struct MeasureStage<'a> {
    /// Where the tables are.
    pub lake: &'a Lake,
    /// Folder for what does not fit into memory.
    pub spill: &'a Path,
    /// Memory that queries may use.
    pub memory_bytes: usize,
    /// Days of publication that count.
    pub window_days: i64,
}

impl MeasureStage<'_> {
    /// The day that the market is measured at for what is known by `by`: the last on which a role was published. Where
    /// sources are read daily that is `by` or the day before; after an import of old answers it is the day on which they
    /// were fresh, since a window that ends later would be empty for no reason of the market's.
    ///
    /// # Errors
    /// `Nothing` when nothing was published by then, `Unavailable` when the store is away.
    pub async fn anchor(&self, by: Day) -> Result<Day> {
        let roles = self.lake.table(RoleRow::TABLE).await?;
        let mut batches = roles.read(roles.files().await?, Some(&["posted_at", "first_seen_at"]));
        let mut latest = None;
        while let Some(batch) = batches.try_next().await? {
            let (posted, seen) = (column::time(&batch, "posted_at")?, column::time(&batch, "first_seen_at")?);
            let published = posted.iter().zip(seen).filter_map(|(posted, seen)| posted.or(seen));
            latest = latest.max(published.map(|time| Micros(time).day()).filter(|day| *day <= by).max());
        }
        latest
            .ok_or_else(|| Error::nothing("no role was published").hint("start with `waypost import` or `waypost run`"))
    }

    /// The anchor for everything that is known.
    ///
    /// # Errors
    /// As for [`MeasureStage::anchor`].
    pub async fn latest_day(&self) -> Result<Day> {
        let partitions = self.lake.table(ObservationRow::TABLE).await?.partitions().await?;
        let latest = partitions.iter().filter_map(|partition| partition.0.get(1)).max();
        let latest = latest.and_then(|day| day.parse().ok());
        let nothing =
            || Error::nothing("no posting was ever seen").hint("start with `waypost import` or `waypost run`");
        self.anchor(latest.ok_or_else(nothing)?).await
    }

    /// A fingerprint of everything that the tables of `day` follow from.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn inputs(&self, day: Day) -> Result<String> {
        let mut hasher = Hasher::new("measure").part(day.to_string()).part(self.window_days.to_le_bytes());
        for method in [SALARY_METHOD, SKILLS_METHOD, TREND_METHOD] {
            hasher.add(method);
        }
        for file in self.lake.table(RoleRow::TABLE).await?.files().await? {
            hasher.add(file.path.as_ref());
        }
        Ok(hasher.hex(32))
    }

    /// Measures `day`, replacing what its partitions held.
    ///
    /// # Errors
    /// `Unavailable` when the store is away, `TooLarge` when the memory does not suffice.
    pub async fn run(&self, day: Day) -> Result<Outcome> {
        let roles = self.lake.table(RoleRow::TABLE).await?;
        let files = roles.files().await?;
        let engine = Engine::spilling_to(self.spill, self.memory_bytes)?;
        engine.register(RoleRow::TABLE, std::sync::Arc::clone(roles.store()), &files)?;
        let measured = measure(&engine, day, self.window_days).await?;
        let mut outcome = Outcome { rows_read: files.iter().map(|file| file.rows).sum(), ..Outcome::default() };
        let partition = Partition::of([day]);
        outcome.changed |= self.replace(&partition, &measured.salary, &mut outcome.rows_written).await?;
        outcome.changed |= self.replace(&partition, &measured.skills, &mut outcome.rows_written).await?;
        outcome.changed |= self.replace(&partition, &measured.trend, &mut outcome.rows_written).await?;
        Ok(outcome)
    }

    async fn replace<R: Row>(&self, partition: &Partition, rows: &[R], written: &mut u64) -> Result<bool> {
        *written += rows.len() as u64;
        Ok(self.lake.table(R::TABLE).await?.replace(partition.clone(), rows).await?.changed)
    }

    /// What was measured for `day`, as it stands in the tables.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn read(&self, day: Day) -> Result<Measured> {
        Ok(Measured {
            salary: self.rows::<SalaryRow>(day).await?,
            skills: self.rows::<SkillRow>(day).await?,
            trend: self.rows::<TrendRow>(day).await?,
        })
    }

    async fn rows<R: Row>(&self, day: Day) -> Result<Vec<R>> {
        let table: std::sync::Arc<LakeTable> = self.lake.table(R::TABLE).await?;
        let wanted = Partition::of([day]);
        let files = table.files_where(|partition| *partition == wanted).await?;
        table.rows(files).await
    }
}
