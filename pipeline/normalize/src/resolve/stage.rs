//! The stage `resolve`: every posting becomes part of a role, bucket by bucket of its employer.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow_array::{Array as _, BooleanArray, RecordBatch};
use futures::TryStreamExt as _;
use pipeline_core::hash::{Hasher, bucket};
use pipeline_core::source::Sources;
use pipeline_core::stage::Outcome;
use pipeline_core::{Error, Result};
use pipeline_lake::{Lake, column, rows};
use schemas::tables::{FetchRow, ObservationRow, PostingRow, QuarantineRow, RoleRow};
use schemas::{Micros, Partition, Row as _};

use super::{BoardSeen, METHOD, Sighting, resolve};

/// Postings whose latest versions are held in memory at once.
const PASS_POSTINGS: u64 = 50_000;
/// Columns that roles do not carry, and that would be most of what is decoded.
const UNREAD: &[&str] = &["skill_spans", "provenance", "warnings"];
/// Characters of a role's excerpt.
const EXCERPT_CHARS: usize = 280;

/// The stage with what it needs.
#[derive(Clone, Copy)]
pub struct ResolveStage<'a> {
    /// Where the tables are.
    pub lake: &'a Lake,
    /// The sources, to know whose listings are complete.
    pub sources: &'a dyn Sources,
}

/// One crawl of one board: whether every answer came and was read, and when it began.
#[derive(Clone, Copy)]
struct BoardCrawl {
    complete: bool,
    began: Micros,
}

impl ResolveStage<'_> {
    /// A fingerprint of everything that the roles follow from.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn inputs(&self) -> Result<String> {
        let mut hasher = Hasher::new("resolve").part(METHOD);
        for spec in [PostingRow::TABLE, ObservationRow::TABLE] {
            for file in self.lake.table(spec).await?.files().await? {
                hasher.add(file.path.as_ref());
            }
        }
        Ok(hasher.hex(32))
    }

    /// Derives all roles anew.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn run(&self) -> Result<Outcome> {
        let postings = self.lake.table(PostingRow::TABLE).await?;
        let total: u64 = postings.files().await?.iter().map(|file| file.rows).sum();
        let boards = self.boards().await?;
        let as_of = self.as_of().await?;
        let mut outcome = Outcome::default();
        let buckets: Vec<String> = (0..16).map(|number| format!("{number:02x}")).collect();
        let passes = usize::try_from(total.div_ceil(PASS_POSTINGS)).unwrap_or(usize::MAX).clamp(1, buckets.len());
        for group in buckets.chunks(buckets.len().div_ceil(passes)) {
            self.pass(group, &boards, as_of, &mut outcome).await?;
        }
        Ok(outcome)
    }

    async fn pass(&self, group: &[String], boards: &[BoardSeen], as_of: Micros, outcome: &mut Outcome) -> Result<()> {
        let (latest, excerpts) = self.latest(group, outcome).await?;
        let sightings = self.sightings(&latest).await?;
        let mut by_bucket: BTreeMap<&str, Vec<PostingRow>> =
            group.iter().map(|name| (name.as_str(), Vec::new())).collect();
        for posting in latest.into_values() {
            if let Some(list) = by_bucket.get_mut(bucket(&posting.company_key).as_str()) {
                list.push(posting);
            }
        }
        let roles = self.lake.table(RoleRow::TABLE).await?;
        for (name, postings) in by_bucket {
            let resolved = resolve(name, postings, &excerpts, &sightings, boards, as_of);
            let commit = roles.replace(Partition::of([name]), &resolved).await?;
            outcome.rows_written += resolved.len() as u64;
            outcome.changed |= commit.changed;
        }
        Ok(())
    }

    /// The latest version of each posting in the buckets of `group`, without texts, and the beginnings of the texts.
    async fn latest(
        &self,
        group: &[String],
        outcome: &mut Outcome,
    ) -> Result<(BTreeMap<String, PostingRow>, BTreeMap<String, String>)> {
        let mut latest: BTreeMap<String, PostingRow> = BTreeMap::new();
        let mut excerpts = BTreeMap::new();
        let table = self.lake.table(PostingRow::TABLE).await?;
        let columns = PostingRow::TABLE.columns.iter().map(|column| column.name);
        let columns: Vec<&str> = columns.filter(|name| !UNREAD.contains(name)).collect();
        let mut batches = table.read(table.files().await?, Some(&columns));
        while let Some(batch) = batches.try_next().await? {
            for mut posting in rows::<PostingRow>(&with_unread(&in_buckets(&batch, group)?)?)? {
                outcome.rows_read += 1;
                let newer = latest
                    .get(&posting.posting_id)
                    .is_none_or(|old| (posting.seen_at, &posting.version) > (old.seen_at, &old.version));
                if newer {
                    let excerpt = posting.text.chars().take(EXCERPT_CHARS).collect();
                    excerpts.insert(posting.posting_id.clone(), excerpt);
                    posting.text = String::new();
                    latest.insert(posting.posting_id.clone(), posting);
                }
            }
        }
        Ok((latest, excerpts))
    }

    async fn sightings(&self, wanted: &BTreeMap<String, PostingRow>) -> Result<BTreeMap<String, Sighting>> {
        let table = self.lake.table(ObservationRow::TABLE).await?;
        let mut batches = table.read(table.files().await?, Some(&["posting_id", "version", "seen_at"]));
        let mut sightings: BTreeMap<String, Sighting> = BTreeMap::new();
        let mut versions: HashMap<String, BTreeSet<u64>> = HashMap::new();
        while let Some(batch) = batches.try_next().await? {
            let (ids, names) = (column::text(&batch, "posting_id")?, column::text(&batch, "version")?);
            let times = column::time(&batch, "seen_at")?;
            for row in 0..batch.num_rows() {
                let (id, time) = (ids.value(row), Micros(times.value(row)));
                if !wanted.contains_key(id) {
                    continue;
                }
                versions
                    .entry(id.to_owned())
                    .or_default()
                    .insert(Hasher::new("version").part(names.value(row)).number());
                let seen = sightings.entry(id.to_owned()).or_insert_with(|| Sighting {
                    posting_id: id.to_owned(),
                    first_seen_at: time,
                    last_seen_at: time,
                    versions: 0,
                });
                seen.first_seen_at = seen.first_seen_at.min(time);
                seen.last_seen_at = seen.last_seen_at.max(time);
            }
        }
        for (id, sighting) in &mut sightings {
            sighting.versions = versions.get(id).map_or(1, BTreeSet::len) as _;
        }
        Ok(sightings)
    }

    /// When anything was last seen: the moment that the roles are described at.
    async fn as_of(&self) -> Result<Micros> {
        let table = self.lake.table(ObservationRow::TABLE).await?;
        let mut batches = table.read(table.files().await?, Some(&["seen_at"]));
        let mut latest = Micros(0);
        while let Some(batch) = batches.try_next().await? {
            let times = column::time(&batch, "seen_at")?;
            latest = times.iter().flatten().map(Micros).fold(latest, Micros::max);
        }
        Ok(latest)
    }

    /// For each board whose listings are complete: when the last crawl began in which every answer came and was read.
    async fn boards(&self) -> Result<Vec<BoardSeen>> {
        let unread = self.unread_exchanges().await?;
        let table = self.lake.table(FetchRow::TABLE).await?;
        let columns = ["fetch_id", "source", "board", "status", "fetched_at", "origin", "error"];
        let mut batches = table.read(table.files().await?, Some(&columns));
        let mut crawls: BTreeMap<(String, String, i32), BoardCrawl> = BTreeMap::new();
        while let Some(batch) = batches.try_next().await? {
            let (ids, errors) = (column::text(&batch, "fetch_id")?, column::text(&batch, "error")?);
            let (sources, boards) = (column::text(&batch, "source")?, column::text(&batch, "board")?);
            let (origins, statuses) = (column::text(&batch, "origin")?, column::int(&batch, "status")?);
            let times = column::time(&batch, "fetched_at")?;
            for row in 0..batch.num_rows() {
                let (source, board, began) = (sources.value(row), boards.value(row), Micros(times.value(row)));
                if origins.value(row) == "import" || board == "robots.txt" || !self.lists_all(source) {
                    continue;
                }
                let complete = statuses.is_valid(row)
                    && (200..300).contains(&statuses.value(row))
                    && errors.is_null(row)
                    && !unread.contains(ids.value(row));
                let key = (source.to_owned(), board.to_owned(), began.day().0);
                let crawl = crawls.entry(key).or_insert(BoardCrawl { complete, began });
                *crawl = BoardCrawl { complete: crawl.complete && complete, began: crawl.began.min(began) };
            }
        }
        let mut seen: BTreeMap<(String, String), Option<Micros>> = BTreeMap::new();
        for ((source, board, _), crawl) in crawls {
            let last = seen.entry((source, board)).or_default();
            *last = (*last).max(crawl.complete.then_some(crawl.began));
        }
        let board_seen =
            |((source, board), last_complete_listing_at)| BoardSeen { source, board, last_complete_listing_at };
        Ok(seen.into_iter().map(board_seen).collect())
    }

    fn lists_all(&self, source: &str) -> bool {
        self.sources.named(source).is_some_and(|source| source.describe().listing_is_complete)
    }

    /// Exchanges whose body as a whole was rejected.
    async fn unread_exchanges(&self) -> Result<BTreeSet<String>> {
        let table = self.lake.table(QuarantineRow::TABLE).await?;
        let mut batches = table.read(table.files().await?, Some(&["fetch_id", "record"]));
        let mut unread = BTreeSet::new();
        while let Some(batch) = batches.try_next().await? {
            let (ids, records) = (column::text(&batch, "fetch_id")?, column::int(&batch, "record")?);
            unread
                .extend((0..batch.num_rows()).filter(|&row| records.is_null(row)).map(|row| ids.value(row).to_owned()));
        }
        Ok(unread)
    }
}

/// `batch` with the columns that were not read, empty.
fn with_unread(batch: &RecordBatch) -> Result<RecordBatch> {
    let nothing = PostingRow::batch(&vec![PostingRow::default(); batch.num_rows()]);
    let failed = |error| Error::internal("postings do not fit their declaration").because(error);
    let nothing = nothing.map_err(failed)?;
    let columns = PostingRow::TABLE.columns.iter().zip(nothing.columns());
    let columns = columns.map(|(column, empty)| batch.column_by_name(column.name).unwrap_or(empty).clone());
    RecordBatch::try_new(PostingRow::TABLE.schema(), columns.collect()).map_err(failed)
}

/// The rows of `batch` whose employer falls into one of `buckets`.
fn in_buckets(batch: &RecordBatch, buckets: &[String]) -> Result<RecordBatch> {
    let keys = column::text(batch, "company_key")?;
    let mine: BooleanArray = keys.iter().map(|key| Some(buckets.contains(&bucket(key.unwrap_or_default())))).collect();
    arrow_select::filter::filter_record_batch(batch, &mine)
        .map_err(|error| Error::internal("cannot filter postings").because(error))
}
