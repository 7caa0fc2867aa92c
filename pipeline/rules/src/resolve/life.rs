//! Life span of postings and roles: when each was seen, and when and why it counts as gone.

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::hash::Hasher;
use schemas::Micros;
use schemas::tables::PostingRow;

use super::Seen;

/// Closed because a complete listing of its board no longer held it.
pub(super) const NOT_LISTED: &str = "not-listed";
/// Closed because its own page is no longer there: status 404 or 410.
pub(super) const PAGE_GONE: &str = "page-gone";
/// Closed because its own page refused three times in a row with another status of 4xx that speaks of the page.
pub(super) const PAGE_REFUSED: &str = "page-refused";
/// Closed because its source still shows it and says that it is not listed.
pub(super) const UNLISTED: &str = "unlisted";
/// Closed because the day on which the source said it would close has passed.
pub(super) const EXPIRED: &str = "expired";

/// Refusals of a page in a row that close its posting.
const REFUSALS: usize = 3;

/// When a posting was seen, over all of its versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighting {
    /// The posting.
    pub posting_id: String,
    /// When it was first seen.
    pub first_seen_at: Micros,
    /// When it was last seen.
    pub last_seen_at: Micros,
    /// How many versions of it were seen.
    pub versions: i64,
    /// Whether its source, when last seen, said that it is not listed.
    pub unlisted: bool,
}

/// A board and when a listing of it was read that held every open posting.
///
/// Several entries for one board are several such readings: a posting then counts as gone since the first reading that
/// no longer showed it, whatever was read later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardSeen {
    /// The source.
    pub source: String,
    /// The board.
    pub board: String,
    /// When the first page of a complete listing was read; null when there was none.
    ///
    /// The first page, because postings on it were seen before the last one and are not gone for that.
    pub last_complete_listing_at: Option<Micros>,
}

/// An answer to asking for a posting's own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageSeen {
    /// When.
    pub at: Micros,
    /// HTTP status; null when no answer came.
    pub status: Option<i64>,
}

impl PageSeen {
    fn is_gone(self) -> bool {
        matches!(self.status, Some(404 | 410))
    }

    /// Whether the page itself was refused, rather than whoever asked or the whole host.
    fn is_refused(self) -> bool {
        matches!(self.status, Some(400..=499)) && !matches!(self.status, Some(401 | 403 | 404 | 408 | 410 | 429))
    }

    fn is_shown(self) -> bool {
        matches!(self.status, Some(200..=299 | 304))
    }
}

/// Everything that says whether a posting is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Complete listings of boards.
    pub boards: Vec<BoardSeen>,
    /// The answers to asking for each posting's own page, by the posting's id.
    pub pages: BTreeMap<String, Vec<PageSeen>>,
    /// Sets of closings that an operator found wrong: they close nothing.
    pub distrusted: BTreeSet<String>,
    /// Postings that an operator keeps apart: each is a role of its own.
    pub split: BTreeSet<String>,
    /// Pairs of postings that an operator found to be one vacancy.
    pub joined: BTreeSet<(String, String)>,
}

/// When a posting was found gone, why, and together with which others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Closing {
    pub(super) at: Micros,
    pub(super) reason: &'static str,
    pub(super) set: String,
}

/// The complete listings of each board, and the moment from which everything is looked at.
pub(super) struct Life<'a> {
    listings: BTreeMap<(&'a str, &'a str), Vec<Micros>>,
    evidence: &'a Evidence,
    as_of: Micros,
}

impl<'a> Life<'a> {
    pub(super) fn new(evidence: &'a Evidence, as_of: Micros) -> Self {
        let mut listings: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for seen in &evidence.boards {
            if let Some(time) = seen.last_complete_listing_at.filter(|time| *time <= as_of) {
                listings.entry((seen.source.as_str(), seen.board.as_str())).or_default().push(time);
            }
        }
        for times in listings.values_mut() {
            times.sort_unstable();
        }
        Self { listings, evidence, as_of }
    }

    /// When and why `posting`, seen as `seen` says, counts as gone; `None` while it is open.
    pub(super) fn closing(&self, posting: &PostingRow, seen: &Seen) -> Option<Closing> {
        let closings = [
            self.not_listed(posting, seen.last),
            self.page_gone(posting, seen.last),
            self.page_refused(posting, seen.last),
            seen.unlisted.then(|| self.closing_of(posting, UNLISTED, seen.last)).flatten(),
            self.expired(posting, seen.last),
        ];
        closings.into_iter().flatten().min()
    }

    /// The closing of `posting` at `at`, unless its set is not trusted.
    fn closing_of(&self, posting: &PostingRow, reason: &'static str, at: Micros) -> Option<Closing> {
        let set = set_of(&posting.source, &posting.board, reason, at);
        (!self.evidence.distrusted.contains(&set)).then_some(Closing { at, reason, set })
    }

    fn pages(&self, posting: &PostingRow) -> &[PageSeen] {
        self.evidence.pages.get(&posting.posting_id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Missing from a complete listing. That its page was asked for means that a listing still led to it.
    fn not_listed(&self, posting: &PostingRow, last_seen: Micros) -> Option<Closing> {
        let asked = self.pages(posting).iter().filter(|page| !page.is_gone()).map(|page| page.at).max();
        let listed = asked.map_or(last_seen, |asked| asked.max(last_seen));
        let times = self.listings.get(&(posting.source.as_str(), posting.board.as_str()))?;
        times.iter().filter(|time| **time > listed).find_map(|time| self.closing_of(posting, NOT_LISTED, *time))
    }

    fn page_gone(&self, posting: &PostingRow, last_seen: Micros) -> Option<Closing> {
        let gone =
            self.pages(posting).iter().filter(|page| page.is_gone() && page.at > last_seen && page.at <= self.as_of);
        gone.map(|page| page.at).min().and_then(|at| self.closing_of(posting, PAGE_GONE, at))
    }

    fn page_refused(&self, posting: &PostingRow, last_seen: Micros) -> Option<Closing> {
        let mut in_a_row = 0;
        let later = self.pages(posting).iter().filter(|page| page.at > last_seen && page.at <= self.as_of);
        for page in later {
            if page.is_refused() {
                in_a_row += 1;
            } else if page.is_shown() {
                in_a_row = 0;
            }
            if in_a_row == REFUSALS {
                return self.closing_of(posting, PAGE_REFUSED, page.at);
            }
        }
        None
    }

    /// Past the end that its source stated; what was seen after that is open all the same.
    fn expired(&self, posting: &PostingRow, last_seen: Micros) -> Option<Closing> {
        let end = posting.closes_at.filter(|end| *end < self.as_of && *end >= last_seen)?;
        self.closing_of(posting, EXPIRED, end)
    }
}

/// The id of the set of closings of one board for one reason: of one listing, or else of one day.
fn set_of(source: &str, board: &str, reason: &str, at: Micros) -> String {
    let together = if reason == NOT_LISTED { at.to_string() } else { at.day().to_string() };
    format!("set_{}", Hasher::new("closings").part(source).part(board).part(reason).part(together).hex(16))
}

/// When and why a role counts as gone: with the last of its postings, and not while one of them is open.
pub(super) fn role_closing(postings: impl Iterator<Item = Option<Closing>>) -> Option<Closing> {
    let closings: Option<Vec<Closing>> = postings.collect();
    closings?.into_iter().max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting() -> PostingRow {
        PostingRow {
            posting_id: "p".to_owned(),
            source: "lever".to_owned(),
            board: "acme".to_owned(),
            ..PostingRow::default()
        }
    }

    fn board(listed: Option<i64>) -> BoardSeen {
        BoardSeen { source: "lever".to_owned(), board: "acme".to_owned(), last_complete_listing_at: listed.map(Micros) }
    }

    fn listings(times: &[i64]) -> Evidence {
        Evidence { boards: times.iter().map(|time| board(Some(*time))).collect(), ..Evidence::default() }
    }

    fn pages(seen: &[(i64, Option<i64>)]) -> Evidence {
        let seen = seen.iter().map(|(at, status)| PageSeen { at: Micros(*at), status: *status }).collect();
        Evidence { pages: BTreeMap::from([("p".to_owned(), seen)]), ..Evidence::default() }
    }

    fn seen(last: i64) -> Seen {
        Seen { first: Micros(1), last: Micros(last), versions: 1, unlisted: false }
    }

    /// When and why the posting, last seen at `last`, closes by `evidence`, looked at from the time 100.
    fn told(evidence: &Evidence, last: i64) -> Option<(i64, &'static str)> {
        Life::new(evidence, Micros(100)).closing(&posting(), &seen(last)).map(|closing| (closing.at.0, closing.reason))
    }

    #[test]
    fn a_posting_that_a_later_complete_listing_lacks_is_gone() {
        assert_eq!(told(&listings(&[50]), 40), Some((50, NOT_LISTED)));
    }

    #[test]
    fn a_posting_seen_in_the_newest_listing_is_open() {
        assert_eq!(told(&listings(&[50]), 50), None);
    }

    #[test]
    fn absence_means_nothing_where_no_listing_was_complete() {
        assert_eq!(told(&Evidence::default(), 40), None);
        assert_eq!(told(&Evidence { boards: vec![board(None)], ..Evidence::default() }, 40), None);
    }

    #[test]
    fn a_listing_of_another_board_closes_nothing() {
        let other = BoardSeen { board: "other".to_owned(), ..board(Some(50)) };
        assert_eq!(told(&Evidence { boards: vec![other], ..Evidence::default() }, 40), None);
    }

    #[test]
    fn a_listing_read_after_the_moment_of_looking_is_not_known_yet() {
        assert_eq!(told(&listings(&[500]), 40), None);
    }

    #[test]
    fn of_several_listings_the_first_that_lacks_it_tells_when_it_went() {
        assert_eq!(told(&listings(&[90, 30, 60]), 40), Some((60, NOT_LISTED)));
    }

    #[test]
    fn a_page_that_is_gone_closes_at_once() {
        for status in [404, 410] {
            assert_eq!(told(&pages(&[(50, Some(status))]), 40), Some((50, PAGE_GONE)));
        }
        assert_eq!(told(&pages(&[(30, Some(404))]), 40), None, "it was seen again since");
    }

    #[test]
    fn another_refusal_of_a_page_counts_to_three_in_a_row() {
        let twice = [(50, Some(422)), (60, Some(400))];
        assert_eq!(told(&pages(&twice), 40), None);
        let between = [(50, Some(422)), (60, Some(503)), (70, Some(400)), (80, Some(451))];
        assert_eq!(told(&pages(&between), 40), Some((80, PAGE_REFUSED)));
        let shown = [(50, Some(422)), (60, Some(400)), (65, Some(200)), (70, Some(422)), (80, Some(422))];
        assert_eq!(told(&pages(&shown), 40), None);
    }

    #[test]
    fn refusals_of_whoever_asks_and_failures_never_close() {
        for status in [Some(401), Some(403), Some(408), Some(429), Some(500), Some(503), None] {
            assert_eq!(told(&pages(&[(50, status), (60, status), (70, status), (80, status)]), 40), None, "{status:?}");
        }
    }

    #[test]
    fn a_posting_whose_page_could_not_be_had_was_listed_all_the_same() {
        let asked = Evidence { boards: vec![board(Some(50))], ..pages(&[(51, Some(503))]) };
        assert_eq!(told(&asked, 40), None);
        let gone = Evidence { boards: vec![board(Some(50))], ..pages(&[(51, Some(404))]) };
        assert_eq!(told(&gone, 40), Some((50, NOT_LISTED)));
    }

    #[test]
    fn a_posting_past_its_own_end_is_expired_unless_it_was_seen_since() {
        let ended = PostingRow { closes_at: Some(Micros(70)), ..posting() };
        let nothing = Evidence::default();
        let life = Life::new(&nothing, Micros(100));
        let closing = life.closing(&ended, &seen(40)).map(|closing| (closing.at, closing.reason));
        assert_eq!(closing, Some((Micros(70), EXPIRED)));
        assert_eq!(life.closing(&ended, &seen(80)), None);
        let ending = PostingRow { closes_at: Some(Micros(100)), ..posting() };
        assert_eq!(life.closing(&ending, &seen(40)), None);
    }

    #[test]
    fn what_its_source_no_longer_lists_is_closed_when_that_was_seen() {
        let life = Evidence::default();
        let unlisted = Seen { unlisted: true, ..seen(40) };
        let closing = Life::new(&life, Micros(100)).closing(&posting(), &unlisted).expect("is closed");
        assert_eq!((closing.at, closing.reason), (Micros(40), UNLISTED));
    }

    #[test]
    fn an_undone_set_closes_nothing_until_later_evidence_does() {
        let mut evidence = listings(&[50]);
        let set = Life::new(&evidence, Micros(100)).closing(&posting(), &seen(40)).expect("is closed").set;
        evidence.distrusted.insert(set.clone());
        assert_eq!(told(&evidence, 40), None);
        evidence.boards.push(board(Some(60)));
        let later = Life::new(&evidence, Micros(100)).closing(&posting(), &seen(40)).expect("is closed anew");
        assert_eq!(later.at, Micros(60));
        assert_ne!(later.set, set);
    }

    #[test]
    fn the_closings_of_one_listing_are_one_set() {
        let evidence = listings(&[50]);
        let life = Life::new(&evidence, Micros(100));
        let other = PostingRow { posting_id: "q".to_owned(), ..posting() };
        let sets = [&posting(), &other].map(|posting| life.closing(posting, &seen(40)).map(|closing| closing.set));
        assert_eq!(sets[0], sets[1]);
    }

    #[test]
    fn a_role_closes_with_the_last_of_its_postings() {
        let closing = |at, reason| Closing { at: Micros(at), reason, set: String::new() };
        let (early, late) = (closing(10, EXPIRED), closing(20, NOT_LISTED));
        assert_eq!(role_closing([Some(late.clone()), Some(early)].into_iter()), Some(late.clone()));
        assert_eq!(role_closing([Some(late), None].into_iter()), None);
    }
}
