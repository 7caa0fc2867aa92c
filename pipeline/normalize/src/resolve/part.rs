//! One part of the employers: its postings in pieces that fit into memory, each resolved by itself.

use std::collections::{BTreeMap, HashMap};

use pipeline_core::Result;
use pipeline_lake::{Scratch, Shuffle, Shuffled, rows};
use pipeline_rules::fx::Rates;
use pipeline_rules::resolve::{Evidence, Sighting, resolve};
use schemas::Micros;
use schemas::tables::{PostingRow, RoleRow};

use super::Limits;
use super::evidence::Boards;
use super::notes::{Home, Latest, read_row};
use super::scatter::packing;

/// Packed rows that are unpacked at once.
const BATCH_ROWS: usize = 1_000;

/// What every role is looked at by.
pub(super) struct Known {
    pub(super) boards: Boards,
    /// What operators decided.
    pub(super) decided: Evidence,
    pub(super) as_of: Micros,
    pub(super) rates: Rates,
}

/// Postings put aside by employer: every version, and what is known of the latest.
pub(super) struct ByEmployer {
    pub(super) versions: Shuffled,
    pub(super) latest: Shuffled,
}

/// One part, and which of its postings may be compared.
struct Part<'a> {
    from: &'a ByEmployer,
    number: usize,
    units: &'a Units,
}

impl ByEmployer {
    /// Hands over the roles of the part `number` of `bucket`, some at a time.
    pub(super) async fn resolve(
        &self,
        number: usize,
        (bucket, known): (&str, &Known),
        limits: Limits,
        scratch: &Scratch,
        mut take: impl AsyncFnMut(Vec<RoleRow>) -> Result<()>,
    ) -> Result<()> {
        let count = self.latest.count(number);
        if count == 0 {
            return Ok(());
        }
        if count <= limits.postings.min(limits.together) {
            let part = Part { from: self, number, units: &Units::default() };
            return take(part.roles(bucket, known).await?).await;
        }
        let units = Units::count(&self.latest, number, limits.together).await?;
        let pieces = usize::try_from(count.div_ceil(limits.postings.div_ceil(2).max(1))).unwrap_or(usize::MAX);
        let split = self.split(number, pieces, &units, limits.memory / 2, scratch).await?;
        for piece in 0..split.latest.parts() {
            let part = Part { from: &split, number: piece, units: &units };
            take(part.roles(bucket, known).await?).await?;
        }
        split.versions.delete().await?;
        split.latest.delete().await
    }

    /// The part `number` in `pieces`, none of which divides what may be compared.
    async fn split(
        &self,
        number: usize,
        pieces: usize,
        units: &Units,
        memory: usize,
        scratch: &Scratch,
    ) -> Result<Self> {
        let mut versions = Shuffle::new(scratch, format!("pieces/{number}/versions"), pieces, memory);
        let mut latest = Shuffle::new(scratch, format!("pieces/{number}/latest"), pieces, memory / 2);
        let copy = |record: &[u8], out: &mut Vec<u8>| {
            out.extend_from_slice(record);
            Ok(())
        };
        for segment in 0..self.latest.segments() {
            let segment = self.latest.segment(number, segment).await?;
            for record in segment.records() {
                let record = record?;
                latest.put(units.piece(&Latest::read(record)?.home), |out| copy(record, out)).await?;
            }
        }
        for segment in 0..self.versions.segments() {
            let segment = self.versions.segment(number, segment).await?;
            for record in segment.records() {
                let record = record?;
                versions.put(units.piece(&read_row(record)?.0), |out| copy(record, out)).await?;
            }
        }
        Ok(Self { versions: versions.seal().await?, latest: latest.seal().await? })
    }
}

impl Part<'_> {
    async fn roles(&self, bucket: &str, known: &Known) -> Result<Vec<RoleRow>> {
        let mut latest = self.latest().await?;
        let mut units: BTreeMap<u64, Postings> = BTreeMap::new();
        let packing = packing();
        for segment in 0..self.from.versions.segments() {
            let segment = self.from.versions.segment(self.number, segment).await?;
            let mut found: Vec<(u64, &[u8])> = Vec::new();
            for record in segment.records() {
                let (home, key, row) = read_row(record?)?;
                // Each is taken once, should a version ever stand twice in the table.
                if let Some(known) = latest.remove(&key) {
                    let unit = self.units.apart(&home);
                    units.entry(unit).or_default().known.push(known);
                    found.push((unit, row));
                }
            }
            for found in found.chunks(BATCH_ROWS) {
                let batch = packing.unpack(found.iter().map(|(_, row)| *row))?;
                for ((unit, _), row) in found.iter().zip(rows::<PostingRow>(&batch)?) {
                    units.entry(*unit).or_default().rows.push(row);
                }
            }
        }
        let mut roles = Vec::new();
        for postings in units.into_values() {
            roles.extend(postings.resolve(bucket, known));
        }
        roles.sort_unstable_by(|left, right| left.role_id.cmp(&right.role_id));
        Ok(roles)
    }

    async fn latest(&self) -> Result<HashMap<u64, Latest>> {
        let mut latest = HashMap::new();
        for segment in 0..self.from.latest.segments() {
            let segment = self.from.latest.segment(self.number, segment).await?;
            for record in segment.records() {
                let known = Latest::read(record?)?;
                latest.insert(known.key, known);
            }
        }
        Ok(latest)
    }
}

/// Postings that are compared with each other, and what is known of each, in the same order.
#[derive(Default)]
struct Postings {
    rows: Vec<PostingRow>,
    known: Vec<Latest>,
}

impl Postings {
    fn resolve(self, bucket: &str, known: &Known) -> Vec<RoleRow> {
        let mut sightings = BTreeMap::new();
        let mut evidence = Evidence { boards: known.boards.of(&self.rows), ..known.decided.clone() };
        let mut postings = self.rows;
        for (row, of_row) in postings.iter_mut().zip(self.known) {
            row.posted_at = of_row.posted_at;
            let id = || row.posting_id.clone();
            if let Some((first_seen_at, last_seen_at, versions, unlisted)) = of_row.seen {
                let seen = Sighting { posting_id: id(), first_seen_at, last_seen_at, versions, unlisted };
                sightings.insert(id(), seen);
            }
            if !of_row.pages.is_empty() {
                evidence.pages.insert(id(), of_row.pages);
            }
        }
        // The rows hold no more of the texts than roles show.
        let mut roles = resolve(bucket, postings, &BTreeMap::new(), &sightings, &evidence, known.as_of);
        roles.iter_mut().for_each(|role| known.rates.convert(role));
        roles
    }
}

/// Which postings of a part may be compared: those of one employer; of an employer with too many for that, those of one
/// spelling of its name; of a spelling with too many, those of one title.
#[derive(Debug, Default)]
struct Units {
    together: u64,
    employers: HashMap<u64, u64>,
    spellings: HashMap<u64, u64>,
}

impl Units {
    async fn count(latest: &Shuffled, part: usize, together: u64) -> Result<Self> {
        let mut units = Self { together, ..Self::default() };
        for segment in 0..latest.segments() {
            let segment = latest.segment(part, segment).await?;
            for record in segment.records() {
                let home = Latest::read(record?)?.home;
                *units.employers.entry(home.employer).or_default() += 1;
                *units.spellings.entry(home.spelling).or_default() += 1;
            }
        }
        Ok(units)
    }

    fn is_small(&self, counts: &HashMap<u64, u64>, number: u64) -> bool {
        counts.get(&number).is_none_or(|count| *count <= self.together)
    }

    /// The number of everything that a posting may be compared with.
    fn unit(&self, home: &Home) -> u64 {
        if self.is_small(&self.employers, home.employer) {
            home.employer
        } else if self.is_small(&self.spellings, home.spelling) {
            home.spelling
        } else {
            home.title
        }
    }

    /// The number from which its piece follows: of other bits than its part, which all of the part have in common.
    fn piece(&self, home: &Home) -> u64 {
        self.unit(home) >> 32
    }

    /// The number of its unit where the employer is divided, else 0: whole employers can be resolved together.
    fn apart(&self, home: &Home) -> u64 {
        if self.is_small(&self.employers, home.employer) { 0 } else { self.unit(home) }
    }
}
