//! The stage `measure`: the market tables of one day.

use std::path::Path;

use pipeline_core::hash::Hasher;
use pipeline_core::stage::Outcome;
use pipeline_core::{Error, Result};
use pipeline_lake::{Lake, LakeTable};
use schemas::tables::{ObservationRow, RoleRow, SalaryRow, SkillRow, TrendRow};
use schemas::{Day, Partition, Row};

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
    /// The last day on which anything was seen: the day that the market is measured at.
    ///
    /// # Errors
    /// `Nothing` when nothing was ever seen, `Unavailable` when the store is away.
    pub async fn latest_day(&self) -> Result<Day> {
        let partitions = self.lake.table(ObservationRow::TABLE).await?.partitions().await?;
        let latest = partitions.iter().filter_map(|partition| partition.0.get(1)).max();
        latest.and_then(|day| day.parse().ok()).ok_or_else(|| {
            Error::nothing("no posting was ever seen").hint("start with `waypost import` or `waypost run`")
        })
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
