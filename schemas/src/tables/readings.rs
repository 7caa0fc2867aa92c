//! `readings`: what each exchange says about its board as a whole.

use crate::{Day, Micros};

crate::table! {
    /// One row per exchange with a board: whether it could be read, and what of the board it covers.
    ReadingRow = "readings", key [fetch_id], partition [source, day];
    /// The exchange.
    fetch_id: String,
    /// The source.
    source: String,
    /// The UTC day of `answered_at`.
    day: Day,
    /// The board.
    board: String,
    /// Position within the crawl of the board, from 0.
    sequence: i64,
    /// Derived from method, address and context: what was asked, whenever it was asked again.
    ask: String,
    /// When the answer arrived; for imports when the file was last written.
    answered_at: Micros,
    /// `crawl`, `replay` or `import`.
    origin: String,
    /// HTTP status; null when no answer came, and for imports.
    status: Option<i64>,
    /// `read`, `unread` (the body is no answer of the source), `cut` or `failed`.
    verdict: String,
    /// Whether a listing of the board was asked, or imported as one, that claims to hold all of it.
    listing: bool,
    /// The posting whose own page was asked; null for all else.
    posting_id: Option<String>,
    /// Records in the body, rejected ones included.
    records: i64,
    /// Postings whose own pages the body leads to.
    leads: i64,
    /// Further pages of the listing that the body leads to.
    pages: i64,
    /// How many postings the board announced in all; null when it does not say.
    announced: Option<i64>,
}
