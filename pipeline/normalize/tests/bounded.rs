//! How much is held in memory, and in which order things come, changes nothing; a killed run ends like the calm one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::TryStreamExt as _;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use object_store::path::Path;
use pipeline_core::hash::{Hasher, bucket};
use pipeline_core::ports::SimulatedClock;
use pipeline_lake::{Lake, Mode};
use pipeline_normalize::resolve::{Limits, ResolveStage};
use pipeline_rules::fx::Rates;
use pipeline_rules::likeness;
use pipeline_rules::resolve::{BoardSeen, Evidence, PageSeen, Sighting, bucket_key, resolve};
use schemas::tables::{CorrectionRow, ObservationRow, PostingRow, RateRow, ReadingRow, RoleRow};
use schemas::{Day, Micros, Partition, Row as _};
use support::{FaultStore, kill_at_every_write};

const SOURCE: &str = "made";
const DAY: i64 = 86_400_000_000;
/// When all was seen last.
const END: Micros = Micros(20_000 * DAY + 20 * DAY);

fn lake(store: &Arc<dyn ObjectStore>) -> Lake {
    Lake::new(Arc::clone(store), Arc::new(SimulatedClock::at(END)))
}

/// Numbers that look random and follow from the seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Rows of the three tables that roles follow from.
#[derive(Clone, Default)]
struct World {
    postings: Vec<PostingRow>,
    observations: Vec<ObservationRow>,
    readings: Vec<ReadingRow>,
}

/// One of the texts that postings have.
fn words(text: u64) -> String {
    (0..60).map(|word| format!("text{text}word{word} ")).collect()
}

/// Postings of few large and many small employers, in versions that change employers, with pages and complete listings.
fn world(postings: u64) -> World {
    let mut numbers = Numbers(5);
    let mut world = World::default();
    for n in 0..postings {
        let id = format!("made_job_{n:04}");
        let employer = [0, 0, 1, 2 + numbers.below(1 + postings / 3)][numbers.below(4) as usize];
        for version in 0..1 + numbers.below(3) / 2 {
            let at = Micros(20_000 * DAY + numbers.below(20) as i64 * DAY + n as i64);
            let employer = if numbers.below(10) == 0 { 1 } else { employer };
            let (title, said) = (numbers.below(4), numbers.below(3));
            let row = PostingRow {
                posting_id: id.clone(),
                version: format!("v{version}"),
                source: SOURCE.to_owned(),
                board: format!("b{}", n % 5),
                day: at.day(),
                seen_at: at,
                fetch_id: format!("f{n}"),
                title: format!("Title {title}"),
                title_key: format!("title {title}"),
                company_key: if employer == 1 { String::new() } else { format!("employer {employer}") },
                text: "ä".repeat(numbers.below(400) as usize),
                text_hash: format!("{said}"),
                text_words: likeness::of(&words(said)).word_set,
                text_sketch: (0..256).map(|byte| (byte as u64 % (1 + numbers.below(2))) as u8).collect(),
                posted_at: (numbers.below(3) > 0).then_some(Micros(19_000 * DAY + numbers.below(9) as i64)),
                level: (numbers.below(4) == 0).then(|| "senior".to_owned()),
                places: vec![format!("place {}", numbers.below(3))],
                ..PostingRow::default()
            };
            for again in 0..1 + numbers.below(2) as i64 {
                let seen_at = Micros(at.0 + again * DAY);
                world.observations.push(ObservationRow {
                    observation_id: format!("{id} {version} {again}"),
                    source: SOURCE.to_owned(),
                    day: seen_at.day(),
                    posting_id: id.clone(),
                    version: row.version.clone(),
                    seen_at,
                    listed: (numbers.below(8) == 0).then_some(false),
                    ..ObservationRow::default()
                });
            }
            world.postings.push(row);
        }
        if numbers.below(6) == 0 {
            world.readings.push(ReadingRow {
                fetch_id: format!("page {n}"),
                source: SOURCE.to_owned(),
                day: END.day(),
                board: "pages".to_owned(),
                answered_at: Micros(END.0 - 1),
                status: Some(if numbers.below(2) == 0 { 404 } else { 200 }),
                verdict: "failed".to_owned(),
                posting_id: Some(id),
                ..ReadingRow::default()
            });
        }
    }
    world.readings.push(ReadingRow {
        fetch_id: "listing".to_owned(),
        source: SOURCE.to_owned(),
        day: Day(20_015),
        board: "b1".to_owned(),
        ask: "all".to_owned(),
        answered_at: Micros(20_015 * DAY),
        verdict: "read".to_owned(),
        listing: true,
        ..ReadingRow::default()
    });
    world
}

async fn write<R: schemas::Row + Clone>(lake: &Lake, rows: &[R], day: impl Fn(&R) -> Day) {
    let mut days: BTreeMap<Day, Vec<R>> = BTreeMap::new();
    rows.iter().for_each(|row| days.entry(day(row)).or_default().push(row.clone()));
    let table = lake.table(R::TABLE).await.unwrap();
    for (day, rows) in days {
        let mut writer = table.writer(Partition::of([SOURCE.to_owned(), day.to_string()]));
        writer.write_rows(&rows).await.unwrap();
        writer.commit(Mode::Append).await.unwrap();
    }
}

async fn stored(world: &World) -> InMemory {
    let shared = Arc::new(InMemory::new());
    let store: Arc<dyn ObjectStore> = Arc::clone(&shared) as _;
    {
        let lake = lake(&store);
        write(&lake, &world.postings, |row| row.day).await;
        write(&lake, &world.observations, |row| row.day).await;
        write(&lake, &world.readings, |row| row.day).await;
        for spec in [CorrectionRow::TABLE, RateRow::TABLE, RoleRow::TABLE] {
            lake.table(spec).await.unwrap();
        }
    }
    drop(store);
    Arc::into_inner(shared).unwrap()
}

/// The roles by the plain reading of what they are: everything in memory, bucket by bucket.
fn plainly(world: &World) -> Vec<RoleRow> {
    let mut latest: BTreeMap<&str, PostingRow> = BTreeMap::new();
    let mut published: BTreeMap<&str, Option<Micros>> = BTreeMap::new();
    for row in &world.postings {
        let earliest = published.entry(&row.posting_id).or_default();
        *earliest = [*earliest, row.posted_at].into_iter().flatten().min();
        let old = latest.get(row.posting_id.as_str());
        if old.is_none_or(|old| (row.seen_at, &row.version) > (old.seen_at, &old.version)) {
            latest.insert(&row.posting_id, row.clone());
        }
    }
    let mut sightings: BTreeMap<String, Sighting> = BTreeMap::new();
    for id in latest.keys() {
        let seen: Vec<_> = world.observations.iter().filter(|row| row.posting_id == *id).collect();
        let last = seen.iter().map(|row| row.seen_at).max().unwrap();
        let versions: BTreeSet<&str> = seen.iter().map(|row| row.version.as_str()).collect();
        let sighting = Sighting {
            posting_id: (*id).to_owned(),
            first_seen_at: seen.iter().map(|row| row.seen_at).min().unwrap(),
            last_seen_at: last,
            versions: versions.len() as i64,
            unlisted: seen.iter().filter(|row| row.seen_at == last).all(|row| row.listed == Some(false)),
        };
        sightings.insert((*id).to_owned(), sighting);
    }
    let listing = world.readings.iter().find(|row| row.listing).unwrap();
    let mut evidence = Evidence {
        boards: vec![BoardSeen {
            source: SOURCE.to_owned(),
            board: listing.board.clone(),
            last_complete_listing_at: Some(listing.answered_at),
        }],
        ..Evidence::default()
    };
    for row in &world.readings {
        if let Some(id) = &row.posting_id {
            evidence.pages.entry(id.clone()).or_default().push(PageSeen { at: row.answered_at, status: row.status });
        }
    }
    let as_of = world.observations.iter().map(|row| row.seen_at).max().unwrap();
    let mut buckets: BTreeMap<String, Vec<PostingRow>> = BTreeMap::new();
    for (id, mut row) in latest {
        row.posted_at = published[id];
        buckets.entry(bucket(&bucket_key(&row.company_key))).or_default().push(row);
    }
    let resolved = buckets
        .into_iter()
        .flat_map(|(name, rows)| resolve(&name, rows, &BTreeMap::new(), &sightings, &evidence, as_of));
    let mut roles: Vec<RoleRow> = resolved.collect();
    let rates = Rates::sample().unwrap();
    roles.iter_mut().for_each(|role| rates.convert(role));
    roles.sort_by(|a, b| a.role_id.cmp(&b.role_id));
    roles
}

async fn roles(lake: &Lake) -> Vec<RoleRow> {
    let table = lake.table(RoleRow::TABLE).await.unwrap();
    let mut roles: Vec<RoleRow> = table.rows(table.files().await.unwrap()).await.unwrap();
    roles.sort_by(|a, b| a.role_id.cmp(&b.role_id));
    roles
}

async fn put_aside(store: &Arc<dyn ObjectStore>) -> usize {
    store.list(Some(&Path::from("_scratch"))).try_collect::<Vec<_>>().await.unwrap().len()
}

#[tokio::test]
async fn any_amount_held_at_once_gives_the_plain_roles() {
    let world = world(300);
    let expected = plainly(&world);
    let closed = expected.iter().filter(|role| role.closed_at.is_some()).count();
    assert!(expected.len() > 30 && expected.len() < 280 && closed > 10 && closed < expected.len(), "the sample tells");
    let start = stored(&world).await;
    for (postings, memory) in [(u64::MAX, usize::MAX), (1, 0), (1, 5_000), (7, usize::MAX), (40, 20_000), (20_000, 0)] {
        let store: Arc<dyn ObjectStore> = Arc::new(start.fork());
        let lake = lake(&store);
        let limits = Limits { postings, memory, ..Limits::default() };
        let outcome = ResolveStage { lake: &lake }.run_within(limits).await.unwrap();
        let found = roles(&lake).await;
        assert!(found == expected, "{postings} postings and {memory} bytes at once: {} roles", found.len());
        assert_eq!(outcome.rows_read, world.postings.len() as u64);
        assert_eq!(outcome.rows_written, expected.len() as u64);
        assert_eq!(put_aside(&store).await, 0, "nothing stays put aside");
    }
}

#[tokio::test]
async fn the_order_and_the_files_of_postings_change_no_role() {
    let mut world = world(120);
    let expected = plainly(&world);
    for turn in 0..3 {
        world.postings.rotate_left(37);
        world.postings.reverse();
        world.observations.rotate_left(11);
        world.readings.reverse();
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let lake = lake(&store);
        for some in world.postings.chunks(1 + turn * 60) {
            write(&lake, some, |row| row.day).await;
        }
        write(&lake, &world.observations, |row| row.day).await;
        write(&lake, &world.readings, |row| row.day).await;
        ResolveStage { lake: &lake }.run().await.unwrap();
        assert!(roles(&lake).await == expected, "turn {turn}");
    }
}

#[tokio::test]
async fn an_employer_too_large_to_compare_whole_is_compared_title_by_title() {
    let world = world(300);
    let start = stored(&world).await;
    let mut found = Vec::new();
    for (postings, memory) in [(u64::MAX, usize::MAX), (5, 1_000)] {
        let store: Arc<dyn ObjectStore> = Arc::new(start.fork());
        let lake = lake(&store);
        let limits = Limits { postings, memory, together: 20 };
        ResolveStage { lake: &lake }.run_within(limits).await.unwrap();
        found.push(roles(&lake).await);
    }
    assert!(found[0] == found[1], "what is held at once changes nothing");
    let mut postings: Vec<&String> = found[0].iter().flat_map(|role| &role.posting_ids).collect();
    postings.sort_unstable();
    let all: BTreeSet<&String> = world.postings.iter().map(|row| &row.posting_id).collect();
    assert_eq!(postings, all.into_iter().collect::<Vec<_>>(), "every posting is in exactly one role");
    assert!(found[0].iter().any(|role| role.posting_ids.len() > 1));
}

#[tokio::test]
async fn resolve_killed_at_any_write_ends_the_same_and_leaves_nothing_aside() {
    let start = stored(&world(4)).await;
    let state = |store: Arc<dyn ObjectStore>| async move {
        let mut hasher = Hasher::new("roles");
        for role in roles(&lake(&store)).await {
            hasher.add(format!("{role:?}"));
        }
        format!("{} {}", hasher.hex(16), put_aside(&store).await)
    };
    let killed = kill_at_every_write(
        || async { Arc::new(start.fork()) as Arc<dyn ObjectStore> },
        |store, killer| async move {
            let store: Arc<dyn ObjectStore> = Arc::new(FaultStore::new(store, killer));
            let limits = Limits { postings: 2, memory: 500, ..Limits::default() };
            ResolveStage { lake: &lake(&store) }.run_within(limits).await.map(drop)
        },
        state,
    )
    .await
    .unwrap();
    assert!(killed.writes > 12, "roles and what is put aside: {} writes", killed.writes);
    assert!(killed.end.ends_with(" 0"), "nothing stays put aside: {}", killed.end);
    assert!(killed.left.iter().any(|left| !left.ends_with(" 0")), "some kills left something aside");
}
