//! The stage `resolve`: every posting becomes part of a role, employer by employer, in memory that does not grow with their
//! number.
//!
//! The tables are read once. Rows go to the part of their employer, and what is known of a posting across its versions goes
//! to the part of the posting (`scatter`); there the latest version is found (`latest`) and told to its employer's part, which
//! is then resolved alone (`part`). What does not fit into memory meanwhile is put aside in the lake's scratch folder.

mod evidence;
mod latest;
mod notes;
mod part;
mod scatter;

use pipeline_core::Result;
use pipeline_core::hash::{BUCKETS, Hasher, bucket_name};
use pipeline_core::stage::Outcome;
use pipeline_lake::{Lake, Mode, Scratch, Shuffle};
use pipeline_rules::fx::Rates;
use pipeline_rules::resolve::METHOD;
use schemas::tables::{CorrectionRow, ObservationRow, PostingRow, RateRow, ReadingRow, RoleRow};
use schemas::{Partition, Row as _, Table};

use evidence::Boards;
pub(crate) use notes::version_key;
use part::{ByEmployer, Known};

/// Notes of postings that are held in memory at once.
const PART_NOTES: u64 = 65_536;

/// The stage with what it needs.
#[derive(Clone, Copy)]
pub struct ResolveStage<'a> {
    /// Where the tables are.
    pub lake: &'a Lake,
}

/// How much the stage holds at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Postings that are resolved at once; an employer is not divided for this.
    pub postings: u64,
    /// Bytes of rows that are held before they are put aside.
    pub memory: usize,
    /// Postings of one employer that are all compared with each other. Of a larger employer only those of one spelling of its
    /// name are, and of a larger spelling only those of one title. This one decides what is found; the others do not.
    pub together: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { postings: 10_000, memory: 48 * 1024 * 1024, together: 20_000 }
    }
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
        self.run_within(Limits::default()).await
    }

    /// The same within `limits`, of which none but [`Limits::together`] changes the roles.
    ///
    /// # Errors
    /// As for [`ResolveStage::run`].
    pub async fn run_within(&self, limits: Limits) -> Result<Outcome> {
        let scratch = self.lake.scratch("resolve");
        scratch.clear("").await?;
        let mut outcome = Outcome::default();
        let (postings, known) = self.by_employer(limits, &scratch, &mut outcome).await?;
        let roles = self.lake.table(RoleRow::TABLE).await?;
        for bucket in 0..BUCKETS {
            let name = bucket_name(bucket as u64);
            let mut writer = roles.writer(Partition::of([&name]));
            for part in (bucket..postings.latest.parts()).step_by(BUCKETS) {
                let resolved = postings.resolve(part, (&name, &known), limits, &scratch, async |roles| {
                    outcome.rows_written += roles.len() as u64;
                    writer.write_rows(&roles).await
                });
                resolved.await?;
            }
            outcome.changed |= writer.commit(Mode::Replace).await?.changed;
        }
        postings.versions.delete().await?;
        postings.latest.delete().await?;
        Ok(outcome)
    }

    /// Reads the tables: postings by employer, and what every role is looked at by.
    async fn by_employer(
        &self,
        limits: Limits,
        scratch: &Scratch,
        outcome: &mut Outcome,
    ) -> Result<(ByEmployer, Known)> {
        let (versions, seen) = (self.count(PostingRow::TABLE).await?, self.count(ObservationRow::TABLE).await?);
        let parts = parts(versions, limits.postings.div_ceil(2)) * BUCKETS;
        let by_posting = parts_of_notes(versions + seen);
        let mut by_employer = Shuffle::new(scratch, "versions", parts, limits.memory);
        let mut notes = Shuffle::new(scratch, "notes", by_posting, limits.memory / 2);
        scatter::postings(self.lake, &mut by_employer, &mut notes, outcome).await?;
        let as_of = scatter::observations(self.lake, &mut notes).await?;
        let boards = Boards::read(self.lake, &mut notes).await?;
        let (versions, notes) = (by_employer.seal().await?, notes.seal().await?);
        let mut found = Shuffle::new(scratch, "latest", parts, limits.memory / 2);
        latest::decide(&notes, &mut found).await?;
        notes.delete().await?;
        let known = Known { boards, decided: evidence::decided(self.lake).await?, as_of, rates: self.rates().await? };
        Ok((ByEmployer { versions, latest: found.seal().await? }, known))
    }

    async fn count(&self, spec: &'static Table) -> Result<u64> {
        Ok(self.lake.table(spec).await?.files().await?.iter().map(|file| file.rows).sum())
    }

    /// The imported rates, or else the bundled ones.
    async fn rates(&self) -> Result<Rates> {
        let table = self.lake.table(RateRow::TABLE).await?;
        let rows = table.rows::<RateRow>(table.files().await?).await?;
        if rows.is_empty() { Rates::sample() } else { Ok(Rates::new(rows)) }
    }
}

/// The number of a posting from which the part follows that its notes go to.
fn posting_number(id: &str) -> u64 {
    Hasher::new("posting").part(id).number()
}

/// Parts of each bucket so that one holds about `each` of `rows`.
fn parts(rows: u64, each: u64) -> usize {
    usize::try_from(rows.div_ceil(BUCKETS as u64).div_ceil(each.max(1))).unwrap_or(usize::MAX).clamp(1, 1 << 16)
}

/// Parts so that one holds about [`PART_NOTES`] of `rows`.
fn parts_of_notes(rows: u64) -> usize {
    usize::try_from(rows.div_ceil(PART_NOTES)).unwrap_or(usize::MAX).clamp(1, 1 << 16)
}
