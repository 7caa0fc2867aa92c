//! Counting the values of fields over all that is found.

use std::collections::BTreeMap;

use pipeline_core::ports::Facet;
use pipeline_core::search::MAX_FACET_VALUES;
use schemas::documents::Exact;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::fields::ExactField;

/// Counts by value.
type Counts = BTreeMap<String, u64>;

/// Counts the values of several fields at once; its fruit has the same order as the fields.
pub(super) struct CountValues(pub(super) Vec<ExactField>);

impl Collector for CountValues {
    type Fruit = Vec<Counts>;
    type Child = CountInSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<CountInSegment> {
        self.0
            .iter()
            .map(|field| SegmentCounts::new(field, segment))
            .collect::<tantivy::Result<_>>()
            .map(CountInSegment)
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Vec<Counts>>>) -> tantivy::Result<Vec<Counts>> {
        let mut merged = vec![Counts::new(); self.0.len()];
        for segment in segments {
            for (all, counts) in merged.iter_mut().zip(segment?) {
                for (value, count) in counts {
                    *all.entry(value).or_default() += count;
                }
            }
        }
        Ok(merged)
    }
}

/// The counts of several fields in one segment.
pub(super) struct CountInSegment(Vec<SegmentCounts>);

/// The counts of one field in one segment.
enum SegmentCounts {
    /// By number of the value in the segment's dictionary; `seen` are the values of one role.
    Texts { column: StrColumn, counts: Vec<u64>, seen: Vec<u64> },
    /// False and true.
    Bools { column: Column<bool>, counts: [u64; 2] },
    /// No role has a value.
    Nothing,
}

impl SegmentCounts {
    fn new(field: &ExactField, segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        Ok(match field.kind {
            Exact::Bool => Self::Bools { column: fast.bool(&field.column)?, counts: [0; 2] },
            _ => match fast.str(&field.column)? {
                Some(column) => Self::Texts { counts: vec![0; column.num_terms()], column, seen: Vec::new() },
                None => Self::Nothing,
            },
        })
    }

    fn collect(&mut self, doc: DocId) {
        match self {
            Self::Texts { column, counts, seen } => {
                seen.clear();
                seen.extend(column.term_ords(doc));
                seen.sort_unstable();
                // A list that has a value twice is still one role.
                seen.dedup();
                for value in seen.iter() {
                    counts[*value as usize] += 1;
                }
            }
            Self::Bools { column, counts } => {
                if let Some(value) = column.first(doc) {
                    counts[usize::from(value)] += 1;
                }
            }
            Self::Nothing => {}
        }
    }

    fn harvest(self) -> tantivy::Result<Counts> {
        let mut named = Counts::new();
        match self {
            Self::Texts { column, counts, .. } => {
                let (values, counts): (Vec<u64>, Vec<u64>) = (0..).zip(counts).filter(|(_, count)| *count > 0).unzip();
                let mut counts = counts.into_iter();
                column.dictionary().sorted_ords_to_term_cb(&values, |name| {
                    named.insert(String::from_utf8_lossy(name).into_owned(), counts.next().unwrap_or_default());
                })?;
            }
            Self::Bools { counts, .. } => {
                let both = [("false", counts[0]), ("true", counts[1])];
                named.extend(both.into_iter().filter(|(_, count)| *count > 0).map(|(name, n)| (name.to_owned(), n)));
            }
            Self::Nothing => {}
        }
        Ok(named)
    }
}

impl SegmentCollector for CountInSegment {
    type Fruit = tantivy::Result<Vec<Counts>>;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.0.iter_mut().for_each(|counts| counts.collect(doc));
    }

    fn harvest(self) -> Self::Fruit {
        self.0.into_iter().map(SegmentCounts::harvest).collect()
    }
}

/// The most frequent values first; equals by name.
pub(super) fn ranked(counts: Counts) -> Vec<Facet> {
    let mut facets: Vec<Facet> = counts.into_iter().map(|(value, count)| Facet { value, count }).collect();
    // The sort is stable, and the values come in order of their names.
    facets.sort_by_key(|facet| std::cmp::Reverse(facet.count));
    facets.truncate(MAX_FACET_VALUES);
    facets
}
