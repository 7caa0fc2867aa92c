//! The stage `resolve`: every posting becomes part of a role, bucket by bucket of its employer.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow_array::{Array as _, BooleanArray, RecordBatch};
use futures::TryStreamExt as _;
use pipeline_core::hash::{Hasher, bucket};
use pipeline_core::stage::Outcome;
use pipeline_core::{Error, Result};
use pipeline_lake::{Lake, column, rows};
use schemas::tables::{CorrectionRow, ObservationRow, PostingRow, RateRow, ReadingRow, RoleRow};
use schemas::{Day, Micros, Partition, Row as _};

use pipeline_rules::fx::Rates;
use pipeline_rules::resolve::{BoardSeen, Evidence, METHOD, PageSeen, Sighting, bucket_key, resolve};

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
}

/// What every role is looked at by.
struct Known<'a> {
    evidence: &'a Evidence,
    as_of: Micros,
    rates: &'a Rates,
}

impl ResolveStage<'_> {
    /// A fingerprint of everything that the roles follow from.
    ///
    /// # Errors
    /// `Unavailable` when the store is away.
    pub async fn inputs(&self) -> Result<String> {
        let mut hasher = Hasher::new("resolve").part(METHOD);
        for spec in [PostingRow::TABLE, ObservationRow::TABLE, ReadingRow::TABLE, CorrectionRow::TABLE, RateRow::TABLE]
        {
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
        let evidence = self.evidence().await?;
        let as_of = self.as_of().await?;
        let rates = self.rates().await?;
        let mut outcome = Outcome::default();
        let buckets: Vec<String> = (0..16).map(|number| format!("{number:02x}")).collect();
        let passes = usize::try_from(total.div_ceil(PASS_POSTINGS)).unwrap_or(usize::MAX).clamp(1, buckets.len());
        for group in buckets.chunks(buckets.len().div_ceil(passes)) {
            let known = Known { evidence: &evidence, as_of, rates: &rates };
            self.pass(group, &known, &mut outcome).await?;
        }
        Ok(outcome)
    }

    /// The imported rates, or else the bundled ones.
    async fn rates(&self) -> Result<Rates> {
        let table = self.lake.table(RateRow::TABLE).await?;
        let rows = table.rows::<RateRow>(table.files().await?).await?;
        if rows.is_empty() { Rates::sample() } else { Ok(Rates::new(rows)) }
    }

    async fn pass(&self, group: &[String], known: &Known<'_>, outcome: &mut Outcome) -> Result<()> {
        let (latest, excerpts) = self.latest(group, outcome).await?;
        let sightings = self.sightings(&latest).await?;
        let mut by_bucket: BTreeMap<&str, Vec<PostingRow>> =
            group.iter().map(|name| (name.as_str(), Vec::new())).collect();
        for posting in latest.into_values() {
            if let Some(list) = by_bucket.get_mut(bucket(bucket_key(&posting.company_key).as_str()).as_str()) {
                list.push(posting);
            }
        }
        let roles = self.lake.table(RoleRow::TABLE).await?;
        for (name, postings) in by_bucket {
            let mut resolved = resolve(name, postings, &excerpts, &sightings, known.evidence, known.as_of);
            resolved.iter_mut().for_each(|role| known.rates.convert(role));
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
        let mut published: BTreeMap<String, Option<Micros>> = BTreeMap::new();
        let table = self.lake.table(PostingRow::TABLE).await?;
        let columns = PostingRow::TABLE.columns.iter().map(|column| column.name);
        let columns: Vec<&str> = columns.filter(|name| !UNREAD.contains(name)).collect();
        let mut batches = table.read(table.files().await?, Some(&columns));
        while let Some(batch) = batches.try_next().await? {
            for mut posting in rows::<PostingRow>(&with_unread(&in_buckets(&batch, group)?)?)? {
                outcome.rows_read += 1;
                let earliest = published.entry(posting.posting_id.clone()).or_insert(posting.posted_at);
                *earliest = [*earliest, posting.posted_at].into_iter().flatten().min();
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
        // A source that dates an old posting anew does not make it new.
        for (id, posting) in &mut latest {
            posting.posted_at = published.get(id).copied().flatten();
        }
        Ok((latest, excerpts))
    }

    async fn sightings(&self, wanted: &BTreeMap<String, PostingRow>) -> Result<BTreeMap<String, Sighting>> {
        let table = self.lake.table(ObservationRow::TABLE).await?;
        let mut batches = table.read(table.files().await?, Some(&["posting_id", "version", "seen_at", "listed"]));
        let mut sightings: BTreeMap<String, Sighting> = BTreeMap::new();
        let mut versions: HashMap<String, BTreeSet<u64>> = HashMap::new();
        while let Some(batch) = batches.try_next().await? {
            let (ids, names) = (column::text(&batch, "posting_id")?, column::text(&batch, "version")?);
            let (times, listed) = (column::time(&batch, "seen_at")?, column::truth(&batch, "listed")?);
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
                    unlisted: false,
                });
                let unlisted = listed.is_valid(row) && !listed.value(row);
                if time > seen.last_seen_at || seen.versions == 0 {
                    (seen.unlisted, seen.versions) = (unlisted, 1);
                } else if time == seen.last_seen_at {
                    // Of two answers at once, the one that lists it counts.
                    seen.unlisted &= unlisted;
                }
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

    /// Everything that says whether postings are gone.
    async fn evidence(&self) -> Result<Evidence> {
        let table = self.lake.table(ReadingRow::TABLE).await?;
        let mut batches = table.read(table.files().await?, None);
        let mut crawls: BTreeMap<Crawl, Vec<ReadingRow>> = BTreeMap::new();
        let mut pages: BTreeMap<String, Vec<PageSeen>> = BTreeMap::new();
        while let Some(batch) = batches.try_next().await? {
            for row in rows::<ReadingRow>(&batch)? {
                if let Some(id) = &row.posting_id {
                    pages.entry(id.clone()).or_default().push(PageSeen { at: row.answered_at, status: row.status });
                }
                let imported = row.origin == "import";
                if !imported || row.listing || row.verdict != "read" {
                    crawls.entry((row.source.clone(), row.board.clone(), row.day, imported)).or_default().push(row);
                }
            }
        }
        pages.values_mut().for_each(|seen| seen.sort_unstable());
        let boards = crawls.into_iter().filter_map(|((source, board, _, _), rows)| {
            let at = complete_since(&rows)?;
            Some(BoardSeen { source, board, last_complete_listing_at: Some(at) })
        });
        let decided = self.decided().await?;
        let subjects = |verdict: &str| {
            let with = decided.iter().filter(|(_, told)| *told == verdict).map(|(subject, _)| subject.clone());
            with.collect::<BTreeSet<String>>()
        };
        let pair = |subject: String| subject.split_once(' ').map(|(left, right)| (left.to_owned(), right.to_owned()));
        Ok(Evidence {
            boards: boards.collect(),
            pages,
            distrusted: subjects("distrust"),
            split: subjects("split"),
            joined: subjects("join").into_iter().filter_map(pair).collect(),
        })
    }

    /// What an operator decided last, by subject.
    async fn decided(&self) -> Result<BTreeMap<String, String>> {
        let table = self.lake.table(CorrectionRow::TABLE).await?;
        let mut corrections = table.rows::<CorrectionRow>(table.files().await?).await?;
        corrections.sort_by(|a, b| (a.made_at, &a.correction_id).cmp(&(b.made_at, &b.correction_id)));
        Ok(corrections.into_iter().map(|row| (row.subject, row.verdict)).collect())
    }
}

/// What belongs together as one look at a board: source, board, day, and whether it was imported.
type Crawl = (String, String, Day, bool);

/// When the look at a board began that `rows` were, provided that it saw the whole of it: each listing asked for was
/// answered and read in the end, every page and posting that it led to was asked for, and no fewer postings came than
/// were announced.
fn complete_since(rows: &[ReadingRow]) -> Option<Micros> {
    let mut last: BTreeMap<&str, &ReadingRow> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.posting_id.is_none()) {
        let newer = |old: &&ReadingRow| (old.answered_at, old.sequence) < (row.answered_at, row.sequence);
        if last.get(row.ask.as_str()).is_none_or(newer) {
            last.insert(&row.ask, row);
        }
    }
    if last.is_empty() || last.values().any(|row| row.verdict != "read" || !row.listing) {
        return None;
    }
    let sum = |count: fn(&ReadingRow) -> i64| last.values().map(|row| count(row)).sum::<i64>();
    let asked: BTreeSet<&str> = rows.iter().filter_map(|row| row.posting_id.as_deref()).collect();
    let announced = last.values().filter_map(|row| row.announced).max().unwrap_or(0);
    let whole = sum(|row| row.pages) < i64::try_from(last.len()).unwrap_or(i64::MAX)
        && sum(|row| row.leads) <= i64::try_from(asked.len()).unwrap_or(i64::MAX)
        && sum(|row| row.records + row.leads) >= announced;
    whole.then(|| last.values().map(|row| row.answered_at).min()).flatten()
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
    let mine: BooleanArray =
        keys.iter().map(|key| Some(buckets.contains(&bucket(&bucket_key(key.unwrap_or_default()))))).collect();
    arrow_select::filter::filter_record_batch(batch, &mine)
        .map_err(|error| Error::internal("cannot filter postings").because(error))
}
