//! Which versions of postings are new on a day, and which of their rows stands for each: those of earlier days are not, and of
//! several rows of one day the one first seen stands, in whatever order they come.
//!
//! Rows wait in the order in which they came, while their keys are brought together; then the rows that stand are told to
//! where they wait. Memory is bounded, whatever was known and whatever comes.

use std::collections::{HashMap, HashSet};

use pipeline_core::Result;
use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind};
use pipeline_lake::{Packing, Scratch, Shuffle, rows};
use schemas::Row as _;
use schemas::tables::PostingRow;

use crate::resolve::version_key;

/// Bytes of rows that wait in memory before they are put aside.
const MEMORY: usize = 48 * 1024 * 1024;
/// Bytes of bodies whose rows are taken up together.
const PART_BYTES: u64 = 8 * 1024 * 1024;
/// Keys that are brought together at once.
const PART_KEYS: u64 = 100_000;
/// Bytes of a body per record, at least: what keys are expected from.
const RECORD_BYTES: u64 = 1_000;
/// Rows that are handed over at once.
const BATCH_ROWS: usize = 1_000;

/// The versions of one source, those of earlier days and those of one day.
pub(crate) struct Versions {
    scratch: Scratch,
    packing: Packing,
    rows: Shuffle,
    keys: Shuffle,
    /// Bytes of the bodies so far.
    bytes: u64,
    /// Rows so far.
    count: u64,
}

impl Versions {
    /// None yet. `earlier` rows stand on earlier days, and the bodies of the day have `bytes`.
    pub(crate) fn new(scratch: &Scratch, earlier: u64, bytes: u64) -> Self {
        Self::holding(scratch, earlier, bytes, MEMORY)
    }

    fn holding(scratch: &Scratch, earlier: u64, bytes: u64, memory: usize) -> Self {
        let parts =
            |whole: u64, each: u64| usize::try_from(whole.div_ceil(each)).unwrap_or(usize::MAX).clamp(1, 1 << 16);
        let keys = parts(earlier + bytes / RECORD_BYTES, PART_KEYS);
        Self {
            scratch: scratch.clone(),
            packing: Packing::new(PostingRow::TABLE, &[]),
            rows: Shuffle::new(scratch, "rows", parts(bytes, PART_BYTES), memory),
            keys: Shuffle::new(scratch, "keys", keys, memory / 4),
            bytes: 0,
            count: 0,
        }
    }

    /// Adds a version that stands on an earlier day.
    pub(crate) async fn add_earlier(&mut self, posting_id: &str, version: &str) -> Result<()> {
        let key = version_key(posting_id, version);
        self.keys
            .put(key, |out| {
                out.extend(key.to_le_bytes());
                Ok(())
            })
            .await
    }

    /// Adds the rows that a body of `bytes` brought.
    pub(crate) async fn add(&mut self, postings: &[PostingRow], bytes: u64) -> Result<()> {
        let part = self.bytes / PART_BYTES;
        self.bytes += bytes;
        for some in postings.chunks(BATCH_ROWS) {
            let batch = PostingRow::batch(some)
                .context(ErrorKind::Internal, || "postings do not fit their declaration".to_owned())?;
            let arrays = self.packing.arrays(&batch)?;
            for (index, row) in some.iter().enumerate() {
                let claim = Claim { key: version_key(&row.posting_id, &row.version), number: self.count, part };
                self.count += 1;
                let waits = self.rows.put(part, |out| {
                    out.extend(claim.number.to_le_bytes());
                    Packing::pack(&arrays, index, out);
                    Ok(())
                });
                waits.await?;
                self.keys
                    .put(claim.key, |out| {
                        claim.write(row, out);
                        Ok(())
                    })
                    .await?;
            }
        }
        Ok(())
    }

    /// Hands over the rows that stand, in the order in which they came.
    pub(crate) async fn finish(self, mut take: impl AsyncFnMut(Vec<PostingRow>) -> Result<()>) -> Result<()> {
        let mut standing = Shuffle::new(&self.scratch, "standing", self.rows.parts(), MEMORY / 4);
        let (rows, keys) = (self.rows.seal().await?, self.keys.seal().await?);
        for part in 0..keys.parts() {
            let mut best: HashMap<u64, Option<(Vec<u8>, Claim)>> = HashMap::new();
            for segment in 0..keys.segments() {
                let segment = keys.segment(part, segment).await?;
                for record in segment.records() {
                    decide(&mut best, record?)?;
                }
            }
            for (_, claim) in best.into_values().flatten() {
                standing
                    .put(claim.part, |out| {
                        out.extend(claim.number.to_le_bytes());
                        Ok(())
                    })
                    .await?;
            }
        }
        keys.delete().await?;
        let standing = standing.seal().await?;
        for part in 0..rows.parts() {
            let mut numbers = HashSet::new();
            for segment in 0..standing.segments() {
                let segment = standing.segment(part, segment).await?;
                for record in segment.records() {
                    numbers.insert(number(record?)?.0);
                }
            }
            for segment in 0..rows.segments() {
                let segment = rows.segment(part, segment).await?;
                let mut found = Vec::new();
                for record in segment.records() {
                    let (number, row) = number(record?)?;
                    if numbers.contains(&number) {
                        found.push(row);
                    }
                }
                for some in found.chunks(BATCH_ROWS) {
                    take(rows_of(&self.packing, some)?).await?;
                }
            }
        }
        standing.delete().await?;
        rows.delete().await
    }
}

fn rows_of(packing: &Packing, packed: &[&[u8]]) -> Result<Vec<PostingRow>> {
    rows(&packing.unpack(packed.iter().copied())?)
}

/// A row that may stand for its version.
#[derive(Clone, Copy)]
struct Claim {
    key: u64,
    number: u64,
    part: u64,
}

impl Claim {
    /// Appends the claim of `row`, and last what sorts claims: the exchange first made, and the first record in it.
    fn write(&self, row: &PostingRow, out: &mut Vec<u8>) {
        out.extend([self.key, self.number, self.part].iter().flat_map(|number| number.to_le_bytes()));
        out.extend((row.seen_at.0 as u64 ^ (1 << 63)).to_be_bytes());
        out.extend(row.fetch_id.as_bytes());
        out.extend((row.record as u64).to_be_bytes());
    }
}

/// Takes a record of `keys`: a key alone is of an earlier day, which no claim can stand against.
fn decide(best: &mut HashMap<u64, Option<(Vec<u8>, Claim)>>, record: &[u8]) -> Result<()> {
    let (key, rest) = number(record)?;
    if rest.is_empty() {
        best.insert(key, None);
        return Ok(());
    }
    let (number_of, rest) = number(rest)?;
    let (part, order) = number(rest)?;
    let claim = Claim { key, number: number_of, part };
    match best.get_mut(&key) {
        Some(None) => {}
        Some(Some((first, standing))) => {
            if order < first.as_slice() {
                (*first, *standing) = (order.to_vec(), claim);
            }
        }
        None => {
            best.insert(key, Some((order.to_vec(), claim)));
        }
    }
    Ok(())
}

/// The number at the front of a record, and the rest.
fn number(record: &[u8]) -> Result<(u64, &[u8])> {
    let (number, rest) =
        record.split_first_chunk::<8>().ok_or_else(|| Error::internal("what was put aside of a version breaks off"))?;
    Ok((u64::from_le_bytes(*number), rest))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::ObjectStore;
    use object_store::memory::InMemory;
    use pipeline_core::ports::SimulatedClock;
    use pipeline_lake::Lake;
    use schemas::Micros;

    use super::*;

    fn posting(id: u64, at: i64, record: i64) -> PostingRow {
        PostingRow {
            posting_id: format!("p{id}"),
            version: "v".to_owned(),
            seen_at: Micros(at),
            fetch_id: format!("f{}", id % 3),
            record,
            ..PostingRow::default()
        }
    }

    /// Four hundred rows of two hundred postings, of which the first fifty are known.
    fn candidates() -> Vec<PostingRow> {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        (0..400).map(|record| posting(next() % 200, (next() % 3) as i64 - 1, record)).collect()
    }

    async fn standing(candidates: &[PostingRow], chunk: usize, memory: usize) -> Vec<PostingRow> {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let lake = Lake::new(Arc::clone(&store), Arc::new(SimulatedClock::at(Micros(0))));
        let mut versions = Versions::holding(&lake.scratch("test"), 50, 3 * PART_BYTES, memory);
        for known in 0..50 {
            versions.add_earlier(&format!("p{known}"), "v").await.unwrap();
        }
        for chunk in candidates.chunks(chunk) {
            versions.add(chunk, PART_BYTES / 5).await.unwrap();
        }
        let mut all = Vec::new();
        versions
            .finish(async |rows| {
                all.extend(rows);
                Ok(())
            })
            .await
            .unwrap();
        all.sort_by(|a, b| a.posting_id.cmp(&b.posting_id));
        all
    }

    #[tokio::test]
    async fn the_first_of_each_new_version_stands_in_any_order_and_memory() {
        let mut candidates = candidates();
        let mut expected: Vec<PostingRow> = Vec::new();
        let mut sorted = candidates.clone();
        sorted.sort_by(|a, b| (a.seen_at, &a.fetch_id, a.record).cmp(&(b.seen_at, &b.fetch_id, b.record)));
        for row in sorted {
            let known = row.posting_id[1..].parse::<u64>().unwrap() < 50;
            if !known && expected.iter().all(|found| found.posting_id != row.posting_id) {
                expected.push(row);
            }
        }
        expected.sort_by(|a, b| a.posting_id.cmp(&b.posting_id));
        assert!(expected.len() > 100 && expected.len() < 150);
        for (turn, (chunk, memory)) in [(400, usize::MAX), (1, 0), (7, 10_000), (50, 1_000)].into_iter().enumerate() {
            candidates.rotate_left(turn * 57);
            candidates.reverse();
            assert_eq!(standing(&candidates, chunk, memory).await, expected, "{chunk} at once in {memory} bytes");
        }
    }
}
