//! The stage `normalize`: the exchanges of one source and day become observations, postings and quarantine.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::TryStreamExt as _;
use pipeline_core::hash::Hasher;
use pipeline_core::source::{SAME_DAY, Source, Sources};
use pipeline_core::stage::Outcome;
use pipeline_core::{Error, Result};
use pipeline_lake::{Lake, LakeFile, Mode, column, rows};
use schemas::tables::{FetchRow, FindingRow, ObservationRow, PostingRow, QuarantineRow, ReadingRow};
use schemas::{Day, Partition, Row as _};

use pipeline_rules::exchange::{Original, repeat};
use pipeline_rules::{METHOD, Normalized, Readers, normalize};

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
            .derive(source, day, async |read| {
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

    /// Reads every answer of the partition and hands over what it brought; writes nothing.
    pub(crate) async fn derive(
        &self,
        source: &str,
        day: Day,
        mut take: impl AsyncFnMut(&Normalized) -> Result<()>,
    ) -> Result<Outcome> {
        let reader = self.sources.named(source).ok_or_else(|| {
            Error::not_found(format!("no source is called {source}")).hint("see `waypost sources list`")
        })?;
        let mut known = self.known_versions(source, day).await?;
        let mut originals = Originals::default();
        let mut outcome = Outcome::default();
        let (mut answers, mut unread, mut missing) = (0_u64, 0, 0_u64);
        let mut batches = self.lake.table(FetchRow::TABLE).await?.read(self.fetches(source, day).await?, None);
        while let Some(batch) = batches.try_next().await? {
            for fetch in rows::<FetchRow>(&batch)? {
                let mut read = match fetch.same_as.as_deref() {
                    Some(original) => self.repeated(&mut originals, reader, &fetch, original).await?,
                    None => normalize(self.readers, reader, &fetch),
                };
                read.postings.retain(|posting| known.insert(version_key(&posting.posting_id, &posting.version)));
                answers += 1;
                unread += read.quarantine.iter().filter(|row| row.record.is_none()).count();
                missing += u64::from(fetch.same_as.is_some() && read.reading.is_none());
                count(&mut outcome, &read);
                take(&read).await?;
                originals.keep(&fetch, read);
            }
        }
        if unread > 0 {
            outcome.error = Some(format!("{unread} of {answers} answers could not be read"));
        }
        if missing > 0 {
            outcome.error = Some(format!("{missing} answers repeat others that are not there"));
        }
        Ok(outcome)
    }

    /// What `fetch`, an answer with the same body as that of the exchange `original`, brought: the same postings, seen once
    /// more. Nothing is read again, and what was rejected is not rejected twice.
    async fn repeated(
        &self,
        originals: &mut Originals,
        source: &dyn Source,
        fetch: &FetchRow,
        original: &str,
    ) -> Result<Normalized> {
        let context: BTreeMap<String, String> = serde_json::from_str(&fetch.context.0).unwrap_or_default();
        let day = context.get(SAME_DAY).and_then(|day| day.parse::<Day>().ok()).unwrap_or(fetch.day);
        if !originals.0.contains_key(original) && day != fetch.day {
            originals.read(self.lake, &fetch.source, day).await?;
        }
        Ok(repeat(source, fetch, &context, originals.0.get(original)))
    }

    async fn known_versions(&self, source: &str, day: Day) -> Result<HashSet<u64>> {
        let table = self.lake.table(PostingRow::TABLE).await?;
        let mut batches = table.read(self.earlier(source, day).await?, Some(&["posting_id", "version"]));
        let mut known = HashSet::new();
        while let Some(batch) = batches.try_next().await? {
            let (ids, versions) = (column::text(&batch, "posting_id")?, column::text(&batch, "version")?);
            for (id, version) in ids.iter().flatten().zip(versions.iter().flatten()) {
                known.insert(version_key(id, version));
            }
        }
        Ok(known)
    }
}

/// A version of a posting in 64 bits: among ten million the chance of any collision is below 3 in a million.
fn version_key(posting_id: &str, version: &str) -> u64 {
    Hasher::new("version").part(posting_id).part(version).number()
}

/// What earlier exchanges brought that a later one may repeat, by their ids.
#[derive(Default)]
struct Originals(HashMap<String, Original>);

impl Originals {
    /// Keeps what an exchange of the same day brought.
    fn keep(&mut self, fetch: &FetchRow, read: Normalized) {
        if let (Some(reading), None) = (read.reading, &fetch.same_as) {
            self.0.insert(fetch.fetch_id.clone(), Original { reading, observations: read.observations });
        }
    }

    /// Reads what the exchanges of `source` on an earlier `day` brought.
    async fn read(&mut self, lake: &Lake, source: &str, day: Day) -> Result<()> {
        let partition = Partition::of([source.to_owned(), day.to_string()]);
        let of_day = |found: &Partition| *found == partition;
        let readings = lake.table(ReadingRow::TABLE).await?;
        for reading in readings.rows::<ReadingRow>(readings.files_where(of_day).await?).await? {
            let original = Original { reading, observations: Vec::new() };
            self.0.insert(original.reading.fetch_id.clone(), original);
        }
        let observations = lake.table(ObservationRow::TABLE).await?;
        for row in observations.rows::<ObservationRow>(observations.files_where(of_day).await?).await? {
            if let Some(original) = self.0.get_mut(&row.fetch_id) {
                original.observations.push(row);
            }
        }
        Ok(())
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
