//! What says whether postings are gone: complete looks at boards, and what operators corrected.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures::TryStreamExt as _;
use pipeline_core::Result;
use pipeline_core::hash::Hasher;
use pipeline_lake::{Lake, LakeFile, Shuffle, rows};
use pipeline_rules::resolve::{BoardSeen, Evidence, PageSeen};
use schemas::tables::{CorrectionRow, PostingRow, ReadingRow};
use schemas::{Day, Micros, Partition, Row as _};

use super::notes::Note;
use super::posting_number;

/// Complete listings of boards, by source and board; as many as boards were looked at, whatever they held.
#[derive(Debug, Default)]
pub(super) struct Boards(BTreeMap<String, BTreeMap<String, Vec<Micros>>>);

impl Boards {
    /// Reads every exchange; what speaks of a posting's own page goes to `notes`.
    pub(super) async fn read(lake: &Lake, notes: &mut Shuffle) -> Result<Self> {
        let table = lake.table(ReadingRow::TABLE).await?;
        let mut boards = Self::default();
        let mut partitions: BTreeMap<Partition, Vec<LakeFile>> = BTreeMap::new();
        for file in table.files().await? {
            partitions.entry(file.partition.clone()).or_default().push(file);
        }
        // A look at a board lies within one source and day.
        for files in partitions.into_values() {
            let mut looks: HashMap<Look, Asked> = HashMap::new();
            let mut batches = table.read(files, None);
            while let Some(batch) = batches.try_next().await? {
                for row in rows::<ReadingRow>(&batch)? {
                    if let Some(id) = &row.posting_id {
                        let page = Note::Page(PageSeen { at: row.answered_at, status: row.status });
                        notes
                            .put(posting_number(id), |out| {
                                page.write(id, out);
                                Ok(())
                            })
                            .await?;
                    }
                    let imported = row.origin == "import";
                    if !imported || row.listing || row.verdict != "read" {
                        looks.entry((row.source.clone(), row.board.clone(), row.day, imported)).or_default().add(&row);
                    }
                }
            }
            for ((source, board, _, _), asked) in looks {
                if let Some(at) = asked.complete_since() {
                    boards.0.entry(source).or_default().entry(board).or_default().push(at);
                }
            }
        }
        Ok(boards)
    }

    /// The listings of the boards of `postings`.
    pub(super) fn of<'a>(&self, postings: impl IntoIterator<Item = &'a PostingRow>) -> Vec<BoardSeen> {
        let mut wanted: Vec<(&str, &str)> =
            postings.into_iter().map(|posting| (posting.source.as_str(), posting.board.as_str())).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let listings = wanted.into_iter().flat_map(|(source, board)| {
            let times = self.0.get(source).and_then(|boards| boards.get(board)).map(Vec::as_slice).unwrap_or_default();
            times.iter().map(move |at| BoardSeen {
                source: source.to_owned(),
                board: board.to_owned(),
                last_complete_listing_at: Some(*at),
            })
        });
        listings.collect()
    }
}

/// What belongs together as one look at a board: source, board, day, and whether it was imported.
type Look = (String, String, Day, bool);

/// The exchanges of one look at a board.
#[derive(Debug, Default)]
struct Asked {
    /// By what was asked, the last answer.
    last: HashMap<u64, Answered>,
    /// The postings whose own pages were asked for.
    details: HashSet<u64>,
}

/// An answer to asking for a listing.
#[derive(Clone, Copy, Debug)]
struct Answered {
    at: Micros,
    sequence: i64,
    whole: bool,
    pages: i64,
    leads: i64,
    records: i64,
    announced: Option<i64>,
}

impl Asked {
    fn add(&mut self, row: &ReadingRow) {
        let number = |text: &str| Hasher::new("asked").part(text).number();
        if let Some(id) = &row.posting_id {
            self.details.insert(number(id));
            return;
        }
        let answered = Answered {
            at: row.answered_at,
            sequence: row.sequence,
            whole: row.verdict == "read" && row.listing,
            pages: row.pages,
            leads: row.leads,
            records: row.records,
            announced: row.announced,
        };
        let last = self.last.entry(number(&row.ask)).or_insert(answered);
        if (last.at, last.sequence) < (answered.at, answered.sequence) {
            *last = answered;
        }
    }

    /// When the look began, provided that it saw the whole of the board: each listing asked for was answered and read in the
    /// end, every page and posting that it led to was asked for, and no fewer postings came than were announced.
    fn complete_since(&self) -> Option<Micros> {
        let last = || self.last.values();
        if self.last.is_empty() || last().any(|answer| !answer.whole) {
            return None;
        }
        let sum = |count: fn(&Answered) -> i64| last().map(count).sum::<i64>();
        let announced = last().filter_map(|answer| answer.announced).max().unwrap_or(0);
        let whole = sum(|answer| answer.pages) < i64::try_from(self.last.len()).unwrap_or(i64::MAX)
            && sum(|answer| answer.leads) <= i64::try_from(self.details.len()).unwrap_or(i64::MAX)
            && sum(|answer| answer.records + answer.leads) >= announced;
        whole.then(|| last().map(|answer| answer.at).min()).flatten()
    }
}

/// What operators decided, as evidence without boards and pages.
pub(super) async fn decided(lake: &Lake) -> Result<Evidence> {
    let table = lake.table(CorrectionRow::TABLE).await?;
    let mut corrections = table.rows::<CorrectionRow>(table.files().await?).await?;
    corrections.sort_by(|a, b| (a.made_at, &a.correction_id).cmp(&(b.made_at, &b.correction_id)));
    let decided: BTreeMap<String, String> = corrections.into_iter().map(|row| (row.subject, row.verdict)).collect();
    let subjects = |verdict: &str| {
        let with = decided.iter().filter(|(_, told)| *told == verdict).map(|(subject, _)| subject.clone());
        with.collect::<BTreeSet<String>>()
    };
    let pair = |subject: String| subject.split_once(' ').map(|(left, right)| (left.to_owned(), right.to_owned()));
    Ok(Evidence {
        distrusted: subjects("distrust"),
        split: subjects("split"),
        joined: subjects("join").into_iter().filter_map(pair).collect(),
        ..Evidence::default()
    })
}
