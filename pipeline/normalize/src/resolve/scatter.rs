//! The one reading of the tables: each row of `postings` goes to the part of its employer, and what says which version is the
//! latest, and when it was seen, to the part of its posting.

use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray};
use futures::TryStreamExt as _;
use pipeline_core::hash::Hasher;
use pipeline_core::stage::Outcome;
use pipeline_core::{Error, Result};
use pipeline_lake::{Lake, Packing, Shuffle, column};
use schemas::tables::{ObservationRow, PostingRow};
use schemas::{Micros, Row as _};

use super::notes::{Home, Note, version_key};
use super::posting_number;

/// Columns that roles do not carry, and that would be most of what is decoded.
const UNREAD: &[&str] = &[
    "skill_spans",
    "skill_facts",
    "skill_phrases",
    "provenance",
    "warnings",
    "pay_parts",
    "eligibility",
    "work_facts",
    "sections",
    "employer",
];
/// Characters of a text that a role shows.
const EXCERPT_CHARS: usize = 280;

/// How rows of `postings` are put aside.
pub(super) fn packing() -> Packing {
    Packing::new(PostingRow::TABLE, UNREAD)
}

/// Puts every version of every posting aside.
pub(super) async fn postings(
    lake: &Lake,
    versions: &mut Shuffle,
    notes: &mut Shuffle,
    outcome: &mut Outcome,
) -> Result<()> {
    let packing = packing();
    let table = lake.table(PostingRow::TABLE).await?;
    let mut batches = table.read(table.files().await?, Some(&packing.columns()));
    while let Some(batch) = batches.try_next().await? {
        let batch = with_excerpts(&batch)?;
        let arrays = packing.arrays(&batch)?;
        let text = |name| column::text(&batch, name);
        let (ids, names, seen) = (text("posting_id")?, text("version")?, column::time(&batch, "seen_at")?);
        let (companies, titles, hashes) = (text("company_key")?, text("title_key")?, text("text_hash")?);
        let published = column::time(&batch, "posted_at")?;
        for row in 0..batch.num_rows() {
            let (id, version) = (ids.value(row), names.value(row));
            let home = Home::of(companies.value(row), titles.value(row), hashes.value(row));
            let put = versions.put(home.employer, |out| {
                home.write(out);
                out.extend(version_key(id, version).to_le_bytes());
                Packing::pack(&arrays, row, out);
                Ok(())
            });
            put.await?;
            let posted_at = published.is_valid(row).then(|| Micros(published.value(row)));
            let note = Note::Version { seen_at: Micros(seen.value(row)), version, posted_at, home };
            notes
                .put(posting_number(id), |out| {
                    note.write(id, out);
                    Ok(())
                })
                .await?;
        }
        outcome.rows_read += batch.num_rows() as u64;
    }
    Ok(())
}

/// Puts every observation aside, and says when anything was last seen: the moment that the roles are described at.
pub(super) async fn observations(lake: &Lake, notes: &mut Shuffle) -> Result<Micros> {
    let table = lake.table(ObservationRow::TABLE).await?;
    let mut batches = table.read(table.files().await?, Some(&["posting_id", "version", "seen_at", "listed"]));
    let mut latest = Micros(0);
    while let Some(batch) = batches.try_next().await? {
        let (ids, names) = (column::text(&batch, "posting_id")?, column::text(&batch, "version")?);
        let (times, listed) = (column::time(&batch, "seen_at")?, column::truth(&batch, "listed")?);
        for row in 0..batch.num_rows() {
            let (id, at) = (ids.value(row), Micros(times.value(row)));
            latest = latest.max(at);
            let version = Hasher::new("version").part(names.value(row)).number();
            let note = Note::Seen { at, version, unlisted: listed.is_valid(row) && !listed.value(row) };
            notes
                .put(posting_number(id), |out| {
                    note.write(id, out);
                    Ok(())
                })
                .await?;
        }
    }
    Ok(latest)
}

/// `batch` with the beginnings of the texts alone.
fn with_excerpts(batch: &RecordBatch) -> Result<RecordBatch> {
    let texts = column::text(batch, "text")?;
    let cut = |text: &str| text.char_indices().nth(EXCERPT_CHARS).map_or(text.len(), |(end, _)| end);
    let excerpts: StringArray = texts.iter().map(|text| text.map(|text| &text[..cut(text)])).collect();
    let excerpts: ArrayRef = Arc::new(excerpts);
    let columns = batch.schema_ref().fields().iter().zip(batch.columns());
    let columns = columns.map(|(field, array)| if field.name() == "text" { &excerpts } else { array }.clone());
    RecordBatch::try_new(batch.schema(), columns.collect())
        .map_err(|error| Error::internal("postings do not fit their declaration").because(error))
}
