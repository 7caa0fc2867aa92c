//! A run that is killed at any write ends, when started again, like the calm run, and shows no half table meanwhile.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use infra_registry::{Addresses, Backends, Options};
use object_store::ObjectStore;
use object_store::memory::InMemory;
use pipeline_core::ports::{Documents, Key, Queue, Search, SearchQuery, SimulatedClock, Write};
use pipeline_core::{Error, Result};
use pipeline_crawl::Registry;
use pipeline_lake::Lake;
use pipeline_matching::Rubric;
use pipeline_matching::stage::MatchStage;
use pipeline_measure::stage::MeasureStage;
use pipeline_normalize::normalize::NormalizeStage;
use pipeline_normalize::resolve::ResolveStage;
use pipeline_publish::PublishStage;
use pipeline_rules::Readers;
use schemas::tables::{self, FetchRow, ObservationRow, PostingRow, QuarantineRow};
use schemas::{Day, Json, Micros, Partition, Row as _, Table};
use support::{Fault, FaultStore, Killer, kill_at_every_write};
use tempfile::TempDir;

const SOURCE: &str = "greenhouse";

fn now() -> Micros {
    "2026-11-20T06:00:00Z".parse().unwrap()
}

fn day() -> Day {
    now().day()
}

fn sample(path: &str) -> Vec<u8> {
    let file = std::path::absolute(PathBuf::from("../data-samples").join(path)).unwrap();
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn lake(store: &Arc<dyn ObjectStore>) -> Lake {
    Lake::new(Arc::clone(store), Arc::new(SimulatedClock::at(now())))
}

/// A lake with every table, and the exchanges of one source.
async fn fetched() -> InMemory {
    let memory = InMemory::new();
    let shared = Arc::new(memory);
    let store: Arc<dyn ObjectStore> = Arc::clone(&shared) as _;
    let lake = lake(&store);
    for spec in tables::ALL {
        lake.table(spec).await.unwrap();
    }
    let fetch = |name: &str, body: Vec<u8>| FetchRow {
        fetch_id: name.to_owned(),
        source: SOURCE.to_owned(),
        day: day(),
        board: name.to_owned(),
        method: "GET".to_owned(),
        url: format!("file:{name}"),
        context: Json("{}".to_owned()),
        fetched_at: now(),
        body_bytes: body.len() as i64,
        body,
        origin: "import".to_owned(),
        ..FetchRow::default()
    };
    let rows = [
        fetch("good", sample("greenhouse/board.input.json")),
        fetch("bad", sample("greenhouse/malformed.input.json")),
        fetch("cut", sample("greenhouse/truncated.input.json")),
    ];
    let partition = Partition::of([SOURCE.to_owned(), day().to_string()]);
    lake.table(FetchRow::TABLE).await.unwrap().replace(partition, &rows).await.unwrap();
    drop((lake, store));
    Arc::into_inner(shared).expect("nobody else holds the store")
}

async fn normalize(store: Arc<dyn ObjectStore>, readers: &Readers) -> Result<()> {
    let lake = lake(&store);
    let outcome = NormalizeStage { lake: &lake, sources: &Registry, readers }.run(SOURCE, day()).await?;
    if outcome.rows_read != outcome.rows_written + outcome.rows_quarantined {
        return Err(Error::internal("rows were lost"));
    }
    Ok(())
}

/// The content hash of each table, by name.
async fn hashes(store: Arc<dyn ObjectStore>, tables: &[&'static Table]) -> BTreeMap<&'static str, String> {
    let lake = lake(&store);
    let mut hashes = BTreeMap::new();
    for spec in tables {
        hashes.insert(spec.name, lake.table(spec).await.unwrap().hash().await.unwrap().hash);
    }
    hashes
}

#[tokio::test]
async fn normalize_killed_at_any_write_ends_the_same() {
    let start = fetched().await;
    let readers = Readers::new();
    let written: [&'static Table; 3] = [PostingRow::TABLE, QuarantineRow::TABLE, ObservationRow::TABLE];
    let fingerprint =
        |store: Arc<dyn ObjectStore>| async move { serde_json::to_string(&hashes(store, &written).await).unwrap() };
    let killed = kill_at_every_write(
        || async { Arc::new(start.fork()) as Arc<dyn ObjectStore> },
        |store, killer| normalize(Arc::new(FaultStore::new(store, killer)), &readers),
        fingerprint,
    )
    .await
    .unwrap();

    assert!(killed.writes >= 6, "three tables, each a file and a commit: {} writes", killed.writes);
    let read = |state: &str| serde_json::from_str::<BTreeMap<String, String>>(state).unwrap();
    let (before, after) = (read(&killed.start), read(&killed.end));
    for table in before.keys() {
        assert_ne!(before[table], after[table], "the run writes {table}");
    }
    for state in &killed.left {
        for (table, hash) in read(state) {
            assert!(hash == before[&table] || hash == after[&table], "half of {table} was visible");
        }
    }
}

/// A lake ready to be published.
async fn derived() -> InMemory {
    let shared = Arc::new(fetched().await);
    let store: Arc<dyn ObjectStore> = Arc::clone(&shared) as _;
    normalize(Arc::clone(&store), &Readers::new()).await.unwrap();
    {
        let lake = lake(&store);
        ResolveStage { lake: &lake }.run().await.unwrap();
        let folder = TempDir::new().unwrap();
        let measure = MeasureStage { lake: &lake, spill: folder.path(), memory_bytes: 1 << 28, window_days: 180 };
        measure.run(day()).await.unwrap();
        let backends = backends(&folder);
        let profile: serde_json::Value = serde_json::from_slice(&sample("profiles/data-engineer.json")).unwrap();
        let id = profile["userId"].as_str().unwrap().to_owned();
        backends.documents.write(Write::put(Key::new("PROFILES", id), profile)).await.unwrap();
        let readers = Arc::new(Readers::new());
        let rubric = Rubric { skills: Arc::clone(&readers) as _, places: readers };
        let stage = MatchStage {
            lake: &lake,
            documents: backends.documents.as_ref(),
            rubric: &rubric,
            keep: 50,
            evidence: None,
        };
        assert!(stage.run().await.unwrap().rows_written > 0, "somebody has matches");
    }
    drop(store);
    Arc::into_inner(shared).expect("nobody else holds the store")
}

fn backends(folder: &TempDir) -> Backends {
    let addresses = Addresses::embedded(folder.path()).unwrap();
    let options = Options { clock: Some(Arc::new(SimulatedClock::at(now()))), ..Options::default() };
    // Embedded backends are opened without waiting for anything.
    futures::executor::block_on(Backends::open(&addresses, &options)).unwrap()
}

#[derive(Clone)]
struct World {
    store: Arc<dyn ObjectStore>,
    documents: Arc<dyn Documents>,
    search: Arc<dyn Search>,
    queue: Arc<dyn Queue>,
    _folder: Arc<TempDir>,
}

impl World {
    fn new(start: &InMemory) -> Self {
        let folder = TempDir::new().unwrap();
        let backends = backends(&folder);
        Self {
            store: Arc::new(start.fork()),
            documents: backends.documents,
            search: backends.search,
            queue: backends.queue,
            _folder: Arc::new(folder),
        }
    }

    async fn publish(self, killer: Killer) -> Result<()> {
        let store: Arc<dyn ObjectStore> = Arc::new(FaultStore::new(self.store, killer.clone()));
        let lake = lake(&store);
        let documents = Fault::<dyn Documents>::new(self.documents, killer.clone());
        let search = Fault::<dyn Search>::new(self.search, killer.clone());
        let queue = Fault::<dyn Queue>::new(self.queue, killer);
        let folder = TempDir::new().unwrap();
        let measure = MeasureStage { lake: &lake, spill: folder.path(), memory_bytes: 1 << 28, window_days: 180 };
        let answers = pipeline_measure::answers(&measure.read(day()).await?);
        PublishStage { lake: &lake, search: &search, documents: &documents, queue: &queue }.run(&answers).await?;
        Ok(())
    }

    /// What everybody can see: the roles found, the documents served, the notices waiting.
    async fn visible(self) -> String {
        let all = SearchQuery { limit: 1_000, ..SearchQuery::default() };
        let found = self
            .search
            .query(&all)
            .await
            .map(|hits| hits.hits.into_iter().map(|hit| hit.document.job_id).collect::<Vec<_>>());
        let mut seen = vec![format!("{:?} {:?}", self.search.current().await.unwrap(), found.unwrap_or_default())];
        for pk in ["MARKET", "GEN"] {
            for document in self.documents.list(pk, "").await.unwrap() {
                seen.push(format!("{:?} {}", document.key, document.body));
            }
        }
        let profile: serde_json::Value = serde_json::from_slice(&sample("profiles/data-engineer.json")).unwrap();
        let key = Key::new(format!("USER#{}", profile["userId"].as_str().unwrap()), "MATCHES");
        seen.push(format!("{:?}", self.documents.get(&key).await.unwrap().map(|document| document.body.to_string())));
        let notices = self.queue.receive(pipeline_publish::MATCH_TOPIC, 10, Duration::ZERO).await.unwrap();
        seen.push(format!("{:?}", notices.iter().map(|notice| &notice.message.id).collect::<Vec<_>>()));
        seen.join("\n")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn publish_killed_at_any_write_ends_the_same() {
    let start = derived().await;
    let killed = kill_at_every_write(|| async { World::new(&start) }, World::publish, World::visible).await.unwrap();

    assert!(killed.writes > 5, "an index, answers, matches, a notice: {} writes", killed.writes);
    assert!(killed.end.contains("roles-"), "a generation answers in the end: {}", killed.end);
    let roles = |state: &str| state.lines().next().unwrap_or_default().to_owned();
    for state in &killed.left {
        let seen = roles(state);
        assert!(seen == roles(&killed.start) || seen == roles(&killed.end), "half an index answered: {seen}");
    }
}
