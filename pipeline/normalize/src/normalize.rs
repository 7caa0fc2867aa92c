//! The stage `normalize`: the exchanges of one source and day become observations, postings and quarantine.

use futures::TryStreamExt as _;
use pipeline_core::hash::Hasher;
use pipeline_core::source::Sources;
use pipeline_core::stage::Outcome;
use pipeline_core::{Error, Result};
use pipeline_lake::{Lake, LakeFile, Mode, Scratch, column, rows};
use schemas::tables::{FetchRow, FindingRow, ObservationRow, PostingRow, QuarantineRow, ReadingRow};
use schemas::{Day, Partition, Row as _};

use pipeline_rules::{METHOD, Normalized, Readers, normalize};

use crate::repeats::Ahead;
use crate::versions::Versions;

/// The stage with what it needs.
#[derive(Clone, Copy)]
pub struct NormalizeStage<'a> {
    /// Where the tables are.
    pub lake: &'a Lake,
    /// The sources whose answers it reads.
    pub sources: &'a dyn Sources,
    /// The readers of fields.
    pub readers: &'a Readers,
}

impl NormalizeStage<'_> {
    /// Every partition that has exchanges: source and day, in the order in which they must be done.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn partitions(&self) -> Result<Vec<(String, Day)>> {
        let table = self.lake.table(FetchRow::TABLE).await?;
        let mut partitions = Vec::new();
        for partition in table.partitions().await? {
            if let [source, day] = partition.0.as_slice() {
                let day = day.parse().map_err(|error| Error::internal(format!("{day} is no day")).because(error))?;
                partitions.push((source.clone(), day));
            }
        }
        Ok(partitions)
    }

    /// A fingerprint of everything that the partition follows from.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn inputs(&self, source: &str, day: Day) -> Result<String> {
        let mut hasher = Hasher::new("normalize").part(METHOD);
        for file in self.fetches(source, day).await?.iter().chain(&self.earlier(source, day).await?) {
            hasher.add(file.path.as_ref());
        }
        Ok(hasher.hex(32))
    }

    async fn fetches(&self, source: &str, day: Day) -> Result<Vec<LakeFile>> {
        let wanted = Partition::of([source.to_owned(), day.to_string()]);
        self.lake.table(FetchRow::TABLE).await?.files_where(|partition| *partition == wanted).await
    }

    /// The postings of the same source that were first seen on earlier days.
    async fn earlier(&self, source: &str, day: Day) -> Result<Vec<LakeFile>> {
        let day = day.to_string();
        let earlier = |partition: &Partition| partition.0[0] == source && partition.0[1] < day;
        self.lake.table(PostingRow::TABLE).await?.files_where(earlier).await
    }

    /// Does the partition, replacing whatever it held.
    ///
    /// # Errors
    /// `NotFound` when no such source is known, `Unavailable` when the store is away. Whatever is wrong with a body is
    /// no error: it goes to quarantine.
    pub async fn run(&self, source: &str, day: Day) -> Result<Outcome> {
        let partition = Partition::of([source.to_owned(), day.to_string()]);
        let mut observations = self.lake.table(ObservationRow::TABLE).await?.writer(partition.clone());
        let mut postings = self.lake.table(PostingRow::TABLE).await?.writer(partition.clone());
        let mut quarantine = self.lake.table(QuarantineRow::TABLE).await?.writer(partition.clone());
        let mut findings = self.lake.table(FindingRow::TABLE).await?.writer(partition.clone());
        let mut readings = self.lake.table(ReadingRow::TABLE).await?.writer(partition);
        let mut outcome = self
            .derive(source, day, "normalize", async |read| {
                observations.write_rows(&read.observations).await?;
                postings.write_rows(&read.postings).await?;
                quarantine.write_rows(&read.quarantine).await?;
                findings.write_rows(&read.findings).await?;
                readings.write_rows(read.reading.as_slice()).await
            })
            .await?;
        outcome.changed |= postings.commit(Mode::Replace).await?.changed;
        outcome.changed |= quarantine.commit(Mode::Replace).await?.changed;
        outcome.changed |= findings.commit(Mode::Replace).await?.changed;
        outcome.changed |= readings.commit(Mode::Replace).await?.changed;
        outcome.changed |= observations.commit(Mode::Replace).await?.changed;
        Ok(outcome)
    }

    /// Reads every answer of the partition and hands over what it brought; writes no table. `scratch` names where that
    /// is put aside which does not fit into memory.
    pub(crate) async fn derive(
        &self,
        source: &str,
        day: Day,
        scratch: &str,
        mut take: impl AsyncFnMut(&Normalized) -> Result<()>,
    ) -> Result<Outcome> {
        let reader = self.sources.named(source).ok_or_else(|| {
            Error::not_found(format!("no source is called {source}")).hint("see `waypost sources list`")
        })?;
        let fetches = self.fetches(source, day).await?;
        let scratch = self.lake.scratch(scratch);
        let Ahead { mut repeats, bytes } = Ahead::look(self.lake, &scratch, fetches.clone()).await?;
        let mut versions = self.earlier_versions(source, day, &scratch, bytes).await?;
        let mut tally = Tally::default();
        let mut batches = self.lake.table(FetchRow::TABLE).await?.read(fetches, None);
        while let Some(batch) = batches.try_next().await? {
            for fetch in rows::<FetchRow>(&batch)? {
                if let (Some(repeats), Some(_)) = (&mut repeats, &fetch.same_as) {
                    repeats.wait(&fetch).await?;
                    continue;
                }
                let mut read = normalize(self.readers, reader, &fetch);
                tally.count(&fetch, &read);
                versions.add(&std::mem::take(&mut read.postings), fetch.body.len() as u64).await?;
                take(&read).await?;
                if let Some(repeats) = &mut repeats {
                    repeats.keep(&fetch, &read).await?;
                }
            }
        }
        versions.finish(async |postings| take(&Normalized { postings, ..Normalized::default() }).await).await?;
        if let Some(repeats) = repeats {
            let finished = repeats.finish(self.lake, reader, async |fetch, read| {
                tally.count(fetch, &read);
                take(&read).await
            });
            finished.await?;
        }
        Ok(tally.outcome())
    }

    /// The versions that stand on earlier days.
    async fn earlier_versions(&self, source: &str, day: Day, scratch: &Scratch, bytes: u64) -> Result<Versions> {
        let files = self.earlier(source, day).await?;
        let mut versions = Versions::new(scratch, files.iter().map(|file| file.rows).sum(), bytes);
        let table = self.lake.table(PostingRow::TABLE).await?;
        let mut batches = table.read(files, Some(&["posting_id", "version"]));
        while let Some(batch) = batches.try_next().await? {
            let (ids, names) = (column::text(&batch, "posting_id")?, column::text(&batch, "version")?);
            for (id, version) in ids.iter().flatten().zip(names.iter().flatten()) {
                versions.add_earlier(id, version).await?;
            }
        }
        Ok(versions)
    }
}

/// What the answers of a partition came to.
#[derive(Default)]
struct Tally {
    outcome: Outcome,
    answers: u64,
    unread: usize,
    missing: u64,
}

impl Tally {
    fn count(&mut self, fetch: &FetchRow, read: &Normalized) {
        self.answers += 1;
        self.unread += read.quarantine.iter().filter(|row| row.record.is_none()).count();
        self.missing += u64::from(fetch.same_as.is_some() && read.reading.is_none());
        count(&mut self.outcome, read);
    }

    fn outcome(mut self) -> Outcome {
        if self.unread > 0 {
            self.outcome.error = Some(format!("{} of {} answers could not be read", self.unread, self.answers));
        }
        if self.missing > 0 {
            self.outcome.error = Some(format!("{} answers repeat others that are not there", self.missing));
        }
        self.outcome
    }
}

fn count(outcome: &mut Outcome, read: &Normalized) {
    outcome.rows_read += read.rows_read;
    outcome.rows_written += read.observations.len() as u64;
    outcome.rows_quarantined += read.quarantine.len() as u64;
    for row in &read.findings {
        let n = u64::try_from(row.records).unwrap_or_default();
        *outcome.findings.entry(format!("{} {}", row.rule, row.field)).or_default() += n;
    }
    for row in &read.quarantine {
        *outcome.reasons.entry(row.rule.clone()).or_default() += 1;
    }
}
