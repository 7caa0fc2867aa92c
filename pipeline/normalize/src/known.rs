//! Which versions of postings are known: in memory while they are few, beyond that in sorted runs that are put aside.

use std::collections::HashSet;

use bytes::Bytes;
use pipeline_core::Result;
use pipeline_lake::{Lake, Scratch};
use schemas::tables::PostingRow;

use crate::resolve::version_key;

/// Keys that are held in memory; a little less than what doubles the table that holds them.
const MOST_IN_MEMORY: usize = 900_000;
/// Bytes of a key that is put aside.
const KEY_BYTES: u64 = 8;

/// The keys of known versions.
pub(crate) struct KnownVersions<'a> {
    lake: &'a Lake,
    stage: String,
    most: usize,
    recent: HashSet<u64>,
    runs: Vec<Run>,
    scratch: Option<Scratch>,
}

/// Keys in ascending order, put aside.
struct Run {
    name: String,
    keys: u64,
}

impl<'a> KnownVersions<'a> {
    /// None yet; what does not fit into memory will lie in the scratch folder of `stage`.
    pub(crate) fn new(lake: &'a Lake, stage: &str) -> Self {
        Self::holding(lake, stage, MOST_IN_MEMORY)
    }

    fn holding(lake: &'a Lake, stage: &str, most: usize) -> Self {
        let stage = stage.to_owned();
        Self { lake, stage, most, recent: HashSet::new(), runs: Vec::new(), scratch: None }
    }

    /// Whether all of them are in memory, so that asking for a single one is cheap.
    pub(crate) fn are_in_memory(&self) -> bool {
        self.runs.is_empty()
    }

    /// Adds one that is known.
    pub(crate) async fn add(&mut self, posting_id: &str, version: &str) -> Result<()> {
        self.insert(version_key(posting_id, version)).await
    }

    /// Keeps of `postings` those whose versions are not known, each once, and knows them from then on.
    pub(crate) async fn keep_new(&mut self, postings: &mut Vec<PostingRow>) -> Result<()> {
        let keys: Vec<u64> = postings.iter().map(|row| version_key(&row.posting_id, &row.version)).collect();
        let mut asked: Vec<u64> = keys.iter().copied().filter(|key| !self.recent.contains(key)).collect();
        asked.sort_unstable();
        asked.dedup();
        for run in &self.runs {
            asked = self.missing(run, asked).await?;
        }
        let mut new: HashSet<u64> = asked.iter().copied().collect();
        let mut keys = keys.into_iter();
        postings.retain(|_| keys.next().is_some_and(|key| new.remove(&key)));
        for key in asked {
            self.insert(key).await?;
        }
        Ok(())
    }

    /// Deletes what was put aside.
    pub(crate) async fn forget(self) -> Result<()> {
        match self.scratch {
            Some(scratch) => scratch.clear("").await,
            None => Ok(()),
        }
    }

    async fn insert(&mut self, key: u64) -> Result<()> {
        self.recent.insert(key);
        if self.recent.len() < self.most { Ok(()) } else { self.put_aside().await }
    }

    async fn put_aside(&mut self) -> Result<()> {
        let scratch = match self.scratch.take() {
            Some(scratch) => scratch,
            None => self.lake.scratch(&self.stage).await?,
        };
        let mut keys: Vec<u64> = self.recent.drain().collect();
        keys.sort_unstable();
        let bytes: Vec<u8> = keys.iter().flat_map(|key| key.to_le_bytes()).collect();
        let name = format!("{:06}", self.runs.len());
        let put = scratch.put(&name, Bytes::from(bytes)).await;
        self.scratch = Some(scratch);
        self.runs.push(Run { name, keys: keys.len() as u64 });
        put
    }

    /// Those of `asked`, which are in ascending order, that `run` lacks.
    async fn missing(&self, run: &Run, asked: Vec<u64>) -> Result<Vec<u64>> {
        let (Some(scratch), false) = (&self.scratch, asked.is_empty()) else { return Ok(asked) };
        let bytes = scratch.get(&run.name, 0, run.keys * KEY_BYTES).await?;
        let mut keys = bytes.as_chunks::<8>().0.iter().map(|key| u64::from_le_bytes(*key)).peekable();
        let missing = asked.into_iter().filter(|wanted| {
            while keys.next_if(|key| key < wanted).is_some() {}
            keys.peek() != Some(wanted)
        });
        Ok(missing.collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::ObjectStore;
    use object_store::memory::InMemory;
    use pipeline_core::ports::SimulatedClock;
    use schemas::Micros;

    use super::*;

    fn posting(n: u64) -> PostingRow {
        PostingRow { posting_id: format!("p{n}"), version: "v".to_owned(), ..PostingRow::default() }
    }

    async fn new_ones(most: usize, chunk: usize) -> Vec<String> {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let lake = Lake::new(Arc::clone(&store), Arc::new(SimulatedClock::at(Micros(0))));
        let mut known = KnownVersions::holding(&lake, "test", most);
        for n in 0..50 {
            known.add(&posting(n).posting_id, "v").await.unwrap();
        }
        let mut state = 7_u64;
        let mut candidates = Vec::new();
        for _ in 0..400 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            candidates.push(posting((state >> 33) % 200));
        }
        let mut kept = Vec::new();
        for chunk in candidates.chunks(chunk) {
            let mut chunk = chunk.to_vec();
            known.keep_new(&mut chunk).await.unwrap();
            kept.extend(chunk.into_iter().map(|row| row.posting_id));
        }
        assert_eq!(known.are_in_memory(), most > 1_000);
        known.forget().await.unwrap();
        kept
    }

    #[tokio::test]
    async fn each_version_is_new_once_however_few_fit_into_memory() {
        let expected = new_ones(usize::MAX, 400).await;
        let mut once = expected.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), expected.len());
        assert!(expected.len() > 100 && expected.iter().all(|id| id[1..].parse::<u64>().unwrap() >= 50));
        for (most, chunk) in [(1, 1), (1, 400), (7, 13), (60, 5), (usize::MAX, 3)] {
            assert_eq!(new_ones(most, chunk).await, expected, "{most} in memory, {chunk} at once");
        }
    }
}
