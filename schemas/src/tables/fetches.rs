//! `fetches`: what was asked of job sources and what they answered.

use crate::{Day, Json, Micros};

crate::table! {
    /// One row per HTTP exchange with a job source, body included.
    FetchRow = "fetches", key [fetch_id], partition [source, day];
    /// Derived from source, board, address, time and body; for imported bodies from their content alone.
    fetch_id: String,
    /// The source asked, by its name in `sources list`.
    source: String,
    /// The UTC day of `fetched_at`.
    day: Day,
    /// The board, tenant, site or file of that source.
    board: String,
    /// Position within the crawl of one board, from 0.
    sequence: i64,
    /// HTTP method.
    method: String,
    /// The address asked, without secrets; `file:` name for imports.
    url: String,
    /// What the reader of the body needs to know besides it, such as the mapping of an import.
    context: Json,
    /// HTTP status; null when no answer came.
    status: Option<i64>,
    /// The media type that the answer declared.
    content_type: Option<String>,
    /// When the answer arrived; for imports when the file was last written.
    fetched_at: Micros,
    /// The body as received after transfer decoding; cut to the size limit when `error` says so.
    body: Vec<u8>,
    /// Size of the whole body in bytes, even when it was cut.
    body_bytes: i64,
    /// BLAKE3 of `body`, hexadecimal.
    body_hash: String,
    /// `crawl`, `replay` or `import`.
    origin: String,
    /// Why no whole answer was received; null when one was.
    error: Option<String>,
    /// Time from the request to the end of the answer, in milliseconds; null for imports.
    elapsed_ms: Option<i64>,
    /// Header fields of the answer about caching, limits, refusals and reservations, as a JSON object; null for imports.
    headers: Option<String>,
    /// The exchange whose body this answer repeats, after status 304 or with the same bytes; `body` is empty then.
    same_as: Option<String>,
}
