//! Sorting records into parts with a fixed amount of memory: what does not fit is put aside in runs, each ordered by part,
//! from which a part is then read without the others.

use std::io::Write as _;

use bytes::Bytes;
use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};

use crate::scratch::Scratch;

/// Level of compression of what is put aside: it is written once and read once.
const ZSTD_LEVEL: i32 = 1;

/// Takes records, each for one part. Each part gives its records back in the order in which they came.
pub struct Shuffle {
    scratch: Scratch,
    name: String,
    memory: usize,
    arena: Vec<u8>,
    entries: Vec<Entry>,
    counts: Vec<u64>,
    runs: Vec<Run>,
}

/// A record in the arena.
#[derive(Clone, Copy)]
struct Entry {
    part: u32,
    start: u32,
    end: u32,
}

/// An object of compressed segments, one per part, in order.
struct Run {
    name: String,
    /// Where each part's segment starts, and where the last ends.
    starts: Vec<u32>,
}

/// All records, by part.
pub struct Shuffled {
    scratch: Scratch,
    name: String,
    arena: Vec<u8>,
    entries: Vec<Entry>,
    counts: Vec<u64>,
    runs: Vec<Run>,
}

/// Some records of one part.
pub struct Segment(Vec<u8>);

impl Shuffle {
    /// An empty shuffle into `parts` parts that holds at most about `memory` bytes (no more than 1 GiB) at once. `name` must be
    /// its own within `scratch`.
    pub fn new(scratch: &Scratch, name: impl Into<String>, parts: usize, memory: usize) -> Self {
        Self {
            scratch: scratch.clone(),
            name: name.into(),
            memory: memory.min(1 << 30),
            arena: Vec::new(),
            entries: Vec::new(),
            counts: vec![0; parts.max(1)],
            runs: Vec::new(),
        }
    }

    /// How many parts there are.
    pub fn parts(&self) -> usize {
        self.counts.len()
    }

    /// Adds a record, which `write` appends to the bytes it is given, to the part `number % parts`.
    ///
    /// # Errors
    /// `Unavailable` when the store is away, and those of `write`.
    pub async fn put(&mut self, number: u64, write: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
        let part = (number % self.counts.len() as u64) as usize;
        let start = self.arena.len();
        write(&mut self.arena)?;
        let end = self.arena.len();
        let place = |at: usize| u32::try_from(at).context(ErrorKind::Internal, || "a record is too long".to_owned());
        self.entries.push(Entry { part: part as u32, start: place(start)?, end: place(end)? });
        self.counts[part] += 1;
        let held = end + self.entries.len() * size_of::<Entry>();
        if held >= self.memory { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<()> {
        self.entries.sort_by_key(|entry| entry.part);
        let mut run = Vec::new();
        let mut starts = vec![0_u32];
        for part in 0..self.counts.len() {
            let raw = raw(&self.arena, of_part(&self.entries, part));
            if !raw.is_empty() {
                run.extend(compressed(&raw)?);
            }
            starts.push(u32::try_from(run.len()).context(ErrorKind::Internal, || "a run is too long".to_owned())?);
        }
        let name = format!("{}/{:06}", self.name, self.runs.len());
        self.scratch.put(&name, Bytes::from(run)).await?;
        self.runs.push(Run { name, starts });
        self.arena.clear();
        self.entries.clear();
        Ok(())
    }

    /// Ends the adding. Where everything fitted into memory, it stays there.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn seal(mut self) -> Result<Shuffled> {
        if !self.runs.is_empty() && !self.entries.is_empty() {
            self.flush().await?;
        }
        if !self.runs.is_empty() {
            self.arena = Vec::new();
            self.entries = Vec::new();
        }
        self.entries.sort_by_key(|entry| entry.part);
        let Self { scratch, name, arena, entries, counts, runs, .. } = self;
        Ok(Shuffled { scratch, name, arena, entries, counts, runs })
    }
}

impl Shuffled {
    /// How many parts there are.
    pub fn parts(&self) -> usize {
        self.counts.len()
    }

    /// How many records `part` has.
    pub fn count(&self, part: usize) -> u64 {
        self.counts.get(part).copied().unwrap_or_default()
    }

    /// In how many segments each part comes.
    pub fn segments(&self) -> usize {
        self.runs.len().max(1)
    }

    /// The segment numbered `segment`, from 0, of `part`.
    ///
    /// # Errors
    /// `Unavailable` when the store is away, `Internal` when what was put aside is damaged.
    pub async fn segment(&self, part: usize, segment: usize) -> Result<Segment> {
        let Some(run) = self.runs.get(segment) else {
            return Ok(Segment(raw(&self.arena, of_part(&self.entries, part))));
        };
        let (start, end) = (run.starts[part], run.starts[part + 1]);
        if start == end {
            return Ok(Segment(Vec::new()));
        }
        let bytes = self.scratch.get(&run.name, u64::from(start), u64::from(end)).await?;
        let raw =
            zstd::decode_all(bytes.as_ref()).context(ErrorKind::Internal, || format!("cannot take up {}", run.name))?;
        Ok(Segment(raw))
    }

    /// Deletes what was put aside.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn delete(self) -> Result<()> {
        if self.runs.is_empty() { Ok(()) } else { self.scratch.clear(&self.name).await }
    }
}

impl Segment {
    /// Its records in order.
    ///
    /// # Errors
    /// Each is `Internal` when what was put aside is damaged.
    pub fn records(&self) -> impl Iterator<Item = Result<&[u8]>> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let Some(record) = next(&mut rest) else {
                rest = &[];
                return Some(Err(Error::internal("what was put aside breaks off")));
            };
            Some(Ok(record))
        })
    }
}

fn next<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (record, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some(record)
}

/// The entries of `part` among `entries`, which are sorted by part.
fn of_part(entries: &[Entry], part: usize) -> &[Entry] {
    let part = part as u32;
    let start = entries.partition_point(|entry| entry.part < part);
    let end = entries.partition_point(|entry| entry.part <= part);
    &entries[start..end]
}

/// The records of `entries`, each after its length.
fn raw(arena: &[u8], entries: &[Entry]) -> Vec<u8> {
    let bytes = entries.iter().map(|entry| (entry.end - entry.start) as usize + 4).sum();
    let mut raw = Vec::with_capacity(bytes);
    for entry in entries {
        raw.extend_from_slice(&(entry.end - entry.start).to_le_bytes());
        raw.extend_from_slice(&arena[entry.start as usize..entry.end as usize]);
    }
    raw
}

fn compressed(raw: &[u8]) -> Result<Vec<u8>> {
    let failed = || "cannot compress what is put aside".to_owned();
    let mut encoder = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL).context(ErrorKind::Internal, failed)?;
    encoder.write_all(raw).context(ErrorKind::Internal, failed)?;
    encoder.finish().context(ErrorKind::Internal, failed)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::TryStreamExt as _;
    use object_store::ObjectStore;
    use object_store::memory::InMemory;
    use pipeline_core::ports::SimulatedClock;
    use schemas::Micros;

    use super::*;
    use crate::Lake;

    fn lake() -> Lake {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        Lake::new(store, Arc::new(SimulatedClock::at(Micros(0))))
    }

    async fn objects(lake: &Lake) -> usize {
        lake.store().list(None).try_collect::<Vec<_>>().await.unwrap().len()
    }

    async fn parts(shuffled: &Shuffled) -> Vec<Vec<Vec<u8>>> {
        let mut parts = Vec::new();
        for part in 0..shuffled.parts() {
            let mut records = Vec::new();
            for segment in 0..shuffled.segments() {
                let segment = shuffled.segment(part, segment).await.unwrap();
                records.extend(segment.records().map(|record| record.unwrap().to_vec()));
            }
            assert_eq!(records.len() as u64, shuffled.count(part));
            parts.push(records);
        }
        parts
    }

    async fn shuffled(lake: &Lake, memory: usize) -> Shuffled {
        let scratch = lake.scratch("test");
        let mut shuffle = Shuffle::new(&scratch, "numbers", 7, memory);
        for n in 0..1_000_u64 {
            let number = n.wrapping_mul(2_654_435_761);
            shuffle
                .put(number, |out| {
                    out.extend(std::iter::repeat_n(n as u8, (n % 90) as usize));
                    out.extend(n.to_le_bytes());
                    Ok(())
                })
                .await
                .unwrap();
        }
        shuffle.seal().await.unwrap()
    }

    #[tokio::test]
    async fn any_amount_of_memory_gives_the_same_parts() {
        let lake = lake();
        let whole = parts(&shuffled(&lake, usize::MAX).await).await;
        assert_eq!(objects(&lake).await, 0, "what fits into memory is put nowhere");
        assert_eq!(whole.iter().map(Vec::len).sum::<usize>(), 1_000);
        for memory in [0, 100, 5_000] {
            let shuffled = shuffled(&lake, memory).await;
            assert!(objects(&lake).await > 1);
            assert_eq!(parts(&shuffled).await, whole, "{memory} bytes");
            shuffled.delete().await.unwrap();
            assert_eq!(objects(&lake).await, 0);
        }
    }

    #[tokio::test]
    async fn what_a_killed_run_left_is_deleted_by_the_next() {
        let lake = lake();
        drop(shuffled(&lake, 100).await);
        assert!(objects(&lake).await > 1);
        lake.scratch("other").put("a", Bytes::new()).await.unwrap();
        assert!(objects(&lake).await > 2, "each stage has its own");
        lake.scratch("test").put("a", Bytes::new()).await.unwrap();
        assert_eq!(objects(&lake).await, 2);
    }
}
