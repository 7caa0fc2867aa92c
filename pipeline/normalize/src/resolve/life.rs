//! Life span of postings and roles: when each was seen, and when and why it counts as gone.

use std::collections::BTreeMap;

use schemas::Micros;
use schemas::tables::PostingRow;

/// Closed because a complete listing of its board no longer held it.
pub(super) const NOT_LISTED: &str = "not-listed";
/// Closed because the day on which the source said it would close has passed.
pub(super) const EXPIRED: &str = "expired";

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
    /// When the first page of the newest complete listing was read; null when there was none.
    ///
    /// The first page, because postings on it were seen before the last one and are not gone for that.
    pub last_complete_listing_at: Option<Micros>,
}

/// When a posting was found gone, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Closing {
    pub(super) at: Micros,
    pub(super) reason: &'static str,
}

/// The complete listings of each board, and the moment from which everything is looked at.
pub(super) struct Life<'a> {
    listings: BTreeMap<(&'a str, &'a str), Vec<Micros>>,
    as_of: Micros,
}

impl<'a> Life<'a> {
    pub(super) fn new(boards: &'a [BoardSeen], as_of: Micros) -> Self {
        let mut listings: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for seen in boards {
            if let Some(time) = seen.last_complete_listing_at.filter(|time| *time <= as_of) {
                listings.entry((seen.source.as_str(), seen.board.as_str())).or_default().push(time);
            }
        }
        for times in listings.values_mut() {
            times.sort_unstable();
        }
        Self { listings, as_of }
    }

    /// When and why `posting`, last seen at `last_seen`, counts as gone; `None` while it is open.
    pub(super) fn closing(&self, posting: &PostingRow, last_seen: Micros) -> Option<Closing> {
        let times = self.listings.get(&(posting.source.as_str(), posting.board.as_str()));
        let missed = times.and_then(|times| times.iter().copied().find(|time| *time > last_seen));
        let not_listed = missed.map(|at| Closing { at, reason: NOT_LISTED });
        let expired = posting.closes_at.filter(|at| *at < self.as_of).map(|at| Closing { at, reason: EXPIRED });
        not_listed.or(expired)
    }
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
        PostingRow { source: "lever".to_owned(), board: "acme".to_owned(), ..PostingRow::default() }
    }

    fn board(listed: Option<i64>) -> BoardSeen {
        BoardSeen { source: "lever".to_owned(), board: "acme".to_owned(), last_complete_listing_at: listed.map(Micros) }
    }

    #[test]
    fn a_posting_that_a_later_complete_listing_lacks_is_gone() {
        let boards = [board(Some(50))];
        let closing = Life::new(&boards, Micros(100)).closing(&posting(), Micros(40));
        assert_eq!(closing, Some(Closing { at: Micros(50), reason: NOT_LISTED }));
    }

    #[test]
    fn a_posting_seen_in_the_newest_listing_is_open() {
        let boards = [board(Some(50))];
        assert_eq!(Life::new(&boards, Micros(100)).closing(&posting(), Micros(50)), None);
    }

    #[test]
    fn absence_means_nothing_where_no_listing_was_complete() {
        for boards in [vec![], vec![board(None)]] {
            assert_eq!(Life::new(&boards, Micros(100)).closing(&posting(), Micros(40)), None);
        }
    }

    #[test]
    fn a_listing_of_another_board_closes_nothing() {
        let boards = [BoardSeen { board: "other".to_owned(), ..board(Some(50)) }];
        assert_eq!(Life::new(&boards, Micros(100)).closing(&posting(), Micros(40)), None);
    }

    #[test]
    fn a_listing_read_after_the_moment_of_looking_is_not_known_yet() {
        let boards = [board(Some(500))];
        assert_eq!(Life::new(&boards, Micros(100)).closing(&posting(), Micros(40)), None);
    }

    #[test]
    fn of_several_listings_the_first_that_lacks_it_tells_when_it_went() {
        let boards = [board(Some(90)), board(Some(30)), board(Some(60))];
        let closing = Life::new(&boards, Micros(100)).closing(&posting(), Micros(40));
        assert_eq!(closing, Some(Closing { at: Micros(60), reason: NOT_LISTED }));
    }

    #[test]
    fn a_posting_past_its_own_end_is_expired() {
        let ended = PostingRow { closes_at: Some(Micros(70)), ..posting() };
        let life = Life::new(&[], Micros(100));
        assert_eq!(life.closing(&ended, Micros(40)), Some(Closing { at: Micros(70), reason: EXPIRED }));
        let ending = PostingRow { closes_at: Some(Micros(100)), ..posting() };
        assert_eq!(life.closing(&ending, Micros(40)), None);
    }

    #[test]
    fn a_role_closes_with_the_last_of_its_postings() {
        let early = Closing { at: Micros(10), reason: EXPIRED };
        let late = Closing { at: Micros(20), reason: NOT_LISTED };
        assert_eq!(role_closing([Some(late), Some(early)].into_iter()), Some(late));
        assert_eq!(role_closing([Some(late), None].into_iter()), None);
    }
}
