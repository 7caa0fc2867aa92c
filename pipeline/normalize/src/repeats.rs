//! Exchanges whose bodies repeat those of others: they wait until what the others brought is known.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures::TryStreamExt as _;
use pipeline_core::hash::Hasher;
use pipeline_core::source::{SAME_DAY, Source};
use pipeline_core::{Error, Result};
use pipeline_lake::{Lake, LakeFile, Packing, Scratch, Segment, Shuffle, Shuffled, column, rows};
use pipeline_rules::Normalized;
use pipeline_rules::exchange::{Original, repeat};
use schemas::tables::{FetchRow, ObservationRow, ReadingRow};
use schemas::{Day, Partition, Row};

/// Parts into which exchanges fall by the one that they repeat.
const PARTS: usize = 256;
/// Bytes that are held before they are put aside.
const MEMORY: usize = 16 * 1024 * 1024;

/// The tables whose rows wait, by the byte in front of each.
const READING: u8 = 0;
const OBSERVATION: u8 = 1;
const FETCH: u8 = 2;

/// The exchanges of one day that repeat others, and what those brought.
pub(crate) struct Repeats {
    /// The exchanges that are repeated.
    wanted: HashSet<u64>,
    /// Earlier days on which they were.
    days: BTreeSet<Day>,
    waiting: Shuffle,
}

/// What is known of a day's exchanges before their bodies are read.
pub(crate) struct Ahead {
    /// What repeats others; nothing where none does.
    pub(crate) repeats: Option<Repeats>,
    /// Bytes of all bodies.
    pub(crate) bytes: u64,
}

impl Ahead {
    /// Looks through the exchanges in `files`.
    pub(crate) async fn look(lake: &Lake, scratch: &Scratch, files: Vec<LakeFile>) -> Result<Self> {
        let table = lake.table(FetchRow::TABLE).await?;
        let (mut wanted, mut days, mut bytes) = (HashSet::new(), BTreeSet::new(), 0);
        let mut batches = table.read(files, Some(&["day", "context", "body_bytes", "same_as"]));
        while let Some(batch) = batches.try_next().await? {
            let (originals, contexts) = (column::text(&batch, "same_as")?, column::text(&batch, "context")?);
            let (of_day, sizes) = (column::day(&batch, "day")?, column::int(&batch, "body_bytes")?);
            bytes += sizes.values().iter().map(|size| u64::try_from(*size).unwrap_or_default()).sum::<u64>();
            for (row, original) in originals.iter().enumerate() {
                let Some(original) = original else { continue };
                wanted.insert(number(original));
                let day = Day(of_day.value(row));
                days.extend(original_day(&context(contexts.value(row))).filter(|found| *found != day));
            }
        }
        let waiting = || Shuffle::new(scratch, "repeats", PARTS, MEMORY);
        let repeats = (!wanted.is_empty()).then(|| Repeats { waiting: waiting(), wanted, days });
        Ok(Self { repeats, bytes })
    }
}

impl Repeats {
    /// Keeps what an exchange brought, should another repeat it.
    pub(crate) async fn keep(&mut self, fetch: &FetchRow, read: &Normalized) -> Result<()> {
        let (true, Some(reading)) = (self.wanted.contains(&number(&fetch.fetch_id)), &read.reading) else {
            return Ok(());
        };
        self.put(READING, std::slice::from_ref(reading), |row| &row.fetch_id).await?;
        self.put(OBSERVATION, &read.observations, |row| &row.fetch_id).await
    }

    /// Lets an exchange that repeats another wait.
    pub(crate) async fn wait(&mut self, fetch: &FetchRow) -> Result<()> {
        self.put(FETCH, std::slice::from_ref(fetch), |row| row.same_as.as_deref().unwrap_or_default()).await
    }

    async fn put<R: Row>(&mut self, kind: u8, all: &[R], original: impl Fn(&R) -> &str) -> Result<()> {
        for some in all.chunks(1_000) {
            let batch = R::batch(some).map_err(|error| Error::internal("rows do not fit").because(error))?;
            let packing = packing::<R>();
            let arrays = packing.arrays(&batch)?;
            for (index, row) in some.iter().enumerate() {
                let put = self.waiting.put(number(original(row)), |out| {
                    out.push(kind);
                    Packing::pack(&arrays, index, out);
                    Ok(())
                });
                put.await?;
            }
        }
        Ok(())
    }

    /// Hands over what each waiting exchange brought, with the exchange: the same postings, seen once more. Nothing is read
    /// again, and what was rejected is not rejected twice.
    pub(crate) async fn finish(
        mut self,
        lake: &Lake,
        source: &dyn Source,
        mut take: impl AsyncFnMut(&FetchRow, Normalized) -> Result<()>,
    ) -> Result<()> {
        for day in std::mem::take(&mut self.days) {
            self.read(lake, source.describe().name, day).await?;
        }
        let waiting = self.waiting.seal().await?;
        for part in 0..waiting.parts() {
            if waiting.count(part) == 0 {
                continue;
            }
            let mut originals: HashMap<String, Original> = HashMap::new();
            for reading in unpacked::<ReadingRow>(&waiting, part, READING).await? {
                let original = Original { reading, observations: Vec::new() };
                originals.insert(original.reading.fetch_id.clone(), original);
            }
            for row in unpacked::<ObservationRow>(&waiting, part, OBSERVATION).await? {
                if let Some(original) = originals.get_mut(&row.fetch_id) {
                    original.observations.push(row);
                }
            }
            for fetch in unpacked::<FetchRow>(&waiting, part, FETCH).await? {
                let original = fetch.same_as.as_ref().and_then(|original| originals.get(original));
                take(&fetch, repeat(source, &fetch, &context(&fetch.context.0), original)).await?;
            }
        }
        waiting.delete().await
    }

    /// Reads what the repeated exchanges of `source` on an earlier `day` brought.
    async fn read(&mut self, lake: &Lake, source: &str, day: Day) -> Result<()> {
        let partition = Partition::of([source.to_owned(), day.to_string()]);
        let readings = lake.table(ReadingRow::TABLE).await?;
        let mut batches = readings.read(readings.files_where(|found| *found == partition).await?, None);
        while let Some(batch) = batches.try_next().await? {
            let mut found = rows::<ReadingRow>(&batch)?;
            found.retain(|row| self.wanted.contains(&number(&row.fetch_id)));
            self.put(READING, &found, |row| &row.fetch_id).await?;
        }
        let observations = lake.table(ObservationRow::TABLE).await?;
        let mut batches = observations.read(observations.files_where(|found| *found == partition).await?, None);
        while let Some(batch) = batches.try_next().await? {
            let mut found = rows::<ObservationRow>(&batch)?;
            found.retain(|row| self.wanted.contains(&number(&row.fetch_id)));
            self.put(OBSERVATION, &found, |row| &row.fetch_id).await?;
        }
        Ok(())
    }
}

/// How rows that wait are packed: a body that repeats another is not kept.
fn packing<R: Row>() -> Packing {
    Packing::new(R::TABLE, &["body"])
}

async fn unpacked<R: Row>(waiting: &Shuffled, part: usize, kind: u8) -> Result<Vec<R>> {
    let packing = packing::<R>();
    let mut all = Vec::new();
    for segment in 0..waiting.segments() {
        let segment: Segment = waiting.segment(part, segment).await?;
        let mut found = Vec::new();
        for record in segment.records() {
            if let [first, row @ ..] = record?
                && *first == kind
            {
                found.push(row);
            }
        }
        for some in found.chunks(1_000) {
            all.extend(rows::<R>(&packing.unpack(some.iter().copied())?)?);
        }
    }
    Ok(all)
}

fn number(fetch_id: &str) -> u64 {
    Hasher::new("exchange").part(fetch_id).number()
}

fn context(text: &str) -> BTreeMap<String, String> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The day of the repeated exchange, where it is told.
fn original_day(context: &BTreeMap<String, String>) -> Option<Day> {
    context.get(SAME_DAY).and_then(|day| day.parse().ok())
}
