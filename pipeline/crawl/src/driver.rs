//! The crawl of one board: carries out what its [`Plan`] says, keeps every exchange, and lets the source read answers.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pipeline_core::hash::{Hasher, content_hash};
use pipeline_core::ports::{Clock, Fetch, FetchRequest, FetchResponse};
use pipeline_core::source::{Answer, Ask, Board, Reading, Record, SAME_DAY, SecretPlace, Source};
use pipeline_core::{Error, FetchId, Micros, Result};
use schemas::Json;
use schemas::tables::FetchRow;

use crate::hints;
use crate::memory::{Earlier, Memory, Reservations};
use crate::plan::{CameBack, Plan, Step, Verdict};
use crate::politeness::Politeness;
use crate::robots;

/// Header fields of answers that are kept with the exchange: about caching, limits, refusals and reservations.
const KEPT_HEADERS: &[&str] = &[
    "cache-control",
    "content-encoding",
    "etag",
    "last-modified",
    "location",
    "ratelimit",
    "ratelimit-limit",
    "ratelimit-policy",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "tdm-policy",
    "tdm-reservation",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-robots-tag",
];
/// Longest value of such a field that is kept, in characters.
const KEPT_CHARS: usize = 500;

/// How much may be fetched.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest body, in bytes; more is cut.
    pub max_bytes: u64,
    /// Most requests for one board in one crawl, retries included.
    pub max_asks: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 50 * 1024 * 1024, max_asks: 1_000 }
    }
}

/// Finds the secret that a source calls by a name: `(source, secret)`.
pub type Secrets<'a> = dyn Fn(&str, &str) -> Option<String> + Sync + 'a;

/// Takes each exchange as it happens.
pub type Sink<'a> = dyn FnMut(FetchRow) -> Result<()> + Send + 'a;

/// What a crawl needs from the world.
#[derive(Clone, Copy)]
pub struct Crawl<'a> {
    /// Sends requests. With a replay, robots.txt is not asked for.
    pub fetch: &'a dyn Fetch,
    /// Tells the time and waits.
    pub clock: &'a dyn Clock,
    /// The product token of our user agent, as robots.txt files name it.
    pub user_agent_token: &'a str,
    /// Where secrets come from.
    pub secrets: &'a Secrets<'a>,
    /// How much may be fetched.
    pub limits: Limits,
    /// What boards answered before, for conditional requests; none in a replay.
    pub memory: Option<&'a dyn Memory>,
    /// Where requests to sources with quotas are written down before they are sent.
    pub reservations: Option<&'a dyn Reservations>,
    /// Tells whether whoever runs a source's site has permitted that it is asked, so that it may be although its
    /// publisher reserves it otherwise.
    pub permitted: &'a (dyn Fn(&str) -> bool + Sync),
}

/// What became of a board.
#[derive(Debug, Default)]
pub struct BoardOutcome {
    /// Requests sent, those for robots.txt and retries included.
    pub exchanges: u64,
    /// Postings in the answers; one that stands in two answers counts twice.
    pub postings_seen: u64,
    /// Records that were no postings.
    pub rejected: u64,
    /// Whether everything that the source wanted to ask was answered and read.
    pub complete: bool,
    /// The first thing that went wrong; what was fetched before and after it is kept.
    pub error: Option<Error>,
}

/// One exchange: what was asked, and either an answer or why there is none.
struct Exchange<'a> {
    source: &'a str,
    board: &'a str,
    sequence: u64,
    ask: &'a Ask,
    at: Micros,
    /// How long it took, in microseconds.
    elapsed: i64,
    response: Result<FetchResponse>,
    earlier: Option<Earlier>,
    /// Why the body may not be kept.
    reserved: Option<String>,
}

impl Crawl<'_> {
    /// Crawls `board` of `source` under the politeness that all boards of this crawl share.
    ///
    /// # Errors
    /// Only those of `sink`: what goes wrong with the source is told in the outcome.
    pub async fn board(
        &self,
        source: &dyn Source,
        board: &Board,
        politeness: &Mutex<Politeness>,
        sink: &mut Sink<'_>,
    ) -> Result<BoardOutcome> {
        let description = source.describe();
        let mut outcome = BoardOutcome::default();
        let asks = match source.start(board).and_then(|asks| self.with_secrets(description.name, asks)) {
            Ok(asks) => asks,
            Err(error) => return Ok(BoardOutcome { error: Some(error), ..outcome }),
        };
        let minds_robots = self.fetch.origin() != "replay";
        let permitted = (self.permitted)(description.name);
        if minds_robots && description.needs_permission && !permitted {
            return Ok(BoardOutcome { error: Some(not_permitted(description.title)), ..outcome });
        }
        let mut plan = Plan::new(description, &board.name, asks, minds_robots, self.limits.max_asks);
        let mut announced = None;
        let mut sequence = 0;
        loop {
            let step = plan.step(&mut lock(politeness), self.clock.now());
            match step {
                Step::Done => break,
                Step::WaitUntil(time) => self.clock.sleep_until(time).await,
                Step::FetchRobots(ask) => {
                    let board = robots::BOARD;
                    let exchange = self.send(description.name, board, 0, &ask, robots::MAX_BYTES, None).await;
                    outcome.exchanges += 1;
                    let body = exchange.response.as_ref().map(|response| &response.body[..]).unwrap_or_default();
                    let came_back = exchange.came_back();
                    let token = self.user_agent_token;
                    plan.answered_robots(&mut lock(politeness), exchange.at, came_back, body, token);
                    sink(exchange.row(self.fetch.origin()))?;
                }
                Step::Fetch(ask) => {
                    if let Some(reservations) =
                        self.reservations.filter(|_| minds_robots && !description.quotas.is_empty())
                    {
                        reservations.reserve(description.name, self.clock.now()).await?;
                    }
                    let earlier = self.memory.and_then(|memory| memory.earlier(description.name, &board.name, &ask));
                    let bytes = self.limits.max_bytes;
                    let mut exchange = self.send(description.name, &board.name, sequence, &ask, bytes, earlier).await;
                    sequence += 1;
                    outcome.exchanges += 1;
                    let verdict = plan.answered(&mut lock(politeness), exchange.at, exchange.came_back());
                    if verdict == Verdict::Read && minds_robots && !permitted {
                        exchange.reserved = exchange.reservation(self.user_agent_token);
                    }
                    if let Some(reason) = &exchange.reserved {
                        plan.stop(Error::denied(format!("{} may not be kept: {reason}", ask.url)));
                    } else if verdict == Verdict::Read {
                        match exchange.taken(source) {
                            Ok(Taken::Repeated(earlier)) => {
                                outcome.postings_seen += earlier.postings;
                                outcome.rejected += earlier.rejected;
                                announced = announced.max(earlier.announced);
                            }
                            Ok(Taken::Read(reading)) => {
                                outcome.count(&reading);
                                announced = announced.max(reading.announced);
                                if let Some(memory) = self.memory.filter(|_| reading.next.is_empty()) {
                                    memory.keep(description.name, &board.name, &ask, exchange.to_remember(&reading));
                                }
                                plan.add(reading.next);
                            }
                            Err(error) => plan.stop(error),
                        }
                    }
                    sink(exchange.row(self.fetch.origin()))?;
                }
            }
        }
        let seen = outcome.postings_seen + outcome.rejected;
        let turned_in_circles = plan.repeated() > 0 && announced.is_none_or(|announced| seen < announced);
        if turned_in_circles {
            tracing::warn!(source = description.name, board = board.name, "pages repeat; the board may not be whole");
        }
        outcome.error = plan.into_failure();
        outcome.complete = outcome.error.is_none() && !turned_in_circles;
        if minds_robots {
            tracing::debug!(source = description.name, complete = outcome.complete, "board crawled");
        }
        Ok(outcome)
    }

    /// `asks`, provided that every secret they need is there: else nothing is sent at all.
    fn with_secrets(&self, source: &str, asks: Vec<Ask>) -> Result<Vec<Ask>> {
        asks.iter().try_for_each(|ask| self.request(source, ask, 0).map(drop))?;
        Ok(asks)
    }

    /// Sends one request. A secret that is not there is told like a transport failure, before anything is sent.
    async fn send<'a>(
        &self,
        source: &'a str,
        board: &'a str,
        sequence: u64,
        ask: &'a Ask,
        max_bytes: u64,
        earlier: Option<Earlier>,
    ) -> Exchange<'a> {
        let began = self.clock.now();
        let response = match self.request(source, ask, max_bytes) {
            Ok(mut request) => {
                if let Some(earlier) = &earlier {
                    let validators = [("if-none-match", &earlier.etag), ("if-modified-since", &earlier.last_modified)];
                    let fields = validators.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
                    request.headers.extend(fields.map(|(name, value)| (name.to_owned(), value)));
                }
                self.fetch.fetch(&request).await
            }
            Err(error) => Err(error),
        };
        let at = self.clock.now();
        Exchange { source, board, sequence, ask, at, elapsed: at.0 - began.0, response, earlier, reserved: None }
    }

    fn request(&self, source: &str, ask: &Ask, max_bytes: u64) -> Result<FetchRequest> {
        let mut request = FetchRequest {
            method: ask.method,
            url: ask.url.clone(),
            headers: ask.headers.clone(),
            body: ask.body.clone(),
            max_bytes,
            ..FetchRequest::default()
        };
        // What is replayed was recorded without secrets.
        if self.fetch.origin() == "replay" {
            return Ok(request);
        }
        for (place, secret) in &ask.secrets {
            let value = (self.secrets)(source, secret).ok_or_else(|| {
                Error::config(format!("source {source} needs the secret {secret}, which is not configured"))
                    .hint(format!("`waypost sources list` names the environment variables of {source}"))
            })?;
            match place {
                SecretPlace::Query(name) => request.secret_query.push((name.clone(), value)),
                SecretPlace::Header(name) => request.secret_headers.push((name.clone(), value)),
            }
        }
        Ok(request)
    }
}

impl BoardOutcome {
    fn count(&mut self, reading: &Reading) {
        let postings = reading.records.iter().filter(|record| matches!(record, Record::Posting(_))).count() as u64;
        self.postings_seen += postings;
        self.rejected += reading.records.len() as u64 - postings;
    }
}

impl Exchange<'_> {
    fn came_back(&self) -> CameBack<'_> {
        match &self.response {
            Ok(response) => {
                CameBack::Answer { status: response.status, headers: &response.headers, elapsed: Some(self.elapsed) }
            }
            Err(error) => CameBack::Nothing(error),
        }
    }

    /// Why the words of the answer are not ours to keep.
    fn reservation(&self, token: &str) -> Option<String> {
        let response = self.response.as_ref().ok()?;
        hints::reserved(&response.headers, &response.body, token)
    }

    /// The earlier answer that this one repeats: by its status, or byte for byte.
    fn repeats(&self) -> Option<&Earlier> {
        let (earlier, response) = (self.earlier.as_ref()?, self.response.as_ref().ok()?);
        let same = || !response.cut && content_hash(&response.body) == earlier.body_hash;
        (response.status == 304 || response.status == 200 && same()).then_some(earlier)
    }

    /// What the answer holds; one that repeats an earlier is not read again.
    fn taken(&self, source: &dyn Source) -> Result<Taken> {
        if let Some(earlier) = self.repeats() {
            return Ok(Taken::Repeated(earlier.clone()));
        }
        match &self.response {
            Ok(response) if response.status == 304 => {
                let message = format!("{} says that nothing changed, which was not asked", self.ask.url);
                Err(Error::invalid(message))
            }
            _ => self.read(source).map(Taken::Read),
        }
    }

    /// What the next crawl has to know of an answer that was read as `reading`.
    fn to_remember(&self, reading: &Reading) -> Earlier {
        let header = |name| self.response.as_ref().ok().and_then(|response| response.header(name)).map(str::to_owned);
        let body: &[u8] = self.response.as_ref().map(|response| &response.body[..]).unwrap_or_default();
        let postings = reading.records.iter().filter(|record| matches!(record, Record::Posting(_))).count();
        Earlier {
            fetch_id: self.fetch_id(&content_hash(body)),
            day: self.at.day(),
            body_hash: content_hash(body),
            body_bytes: i64::try_from(body.len()).unwrap_or(i64::MAX),
            etag: header("etag"),
            last_modified: header("last-modified"),
            postings: postings as u64,
            rejected: (reading.records.len() - postings) as u64,
            announced: reading.announced,
        }
    }

    fn fetch_id(&self, body_hash: &str) -> String {
        let id = Hasher::new("fetch")
            .part(self.source)
            .part(self.board)
            .part(self.sequence.to_le_bytes())
            .part(&self.ask.url)
            .part(self.at.0.to_le_bytes())
            .part(body_hash);
        FetchId(id.hex(32)).0
    }

    /// The header fields that are kept, as a JSON object.
    fn kept_headers(&self) -> Option<String> {
        let response = self.response.as_ref().ok()?;
        let kept: BTreeMap<&str, String> = response
            .headers
            .iter()
            .filter(|(name, _)| KEPT_HEADERS.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.chars().take(KEPT_CHARS).collect()))
            .collect();
        Some(serde_json::json!(kept).to_string())
    }

    fn read(&self, source: &dyn Source) -> Result<Reading> {
        let Ok(response) = &self.response else { return Ok(Reading::default()) };
        let name = format!("the answer of {} from {}", self.source, self.ask.url);
        if response.cut {
            return Err(Error::too_large(format!("{name} is longer than {} bytes", response.body.len())));
        }
        let answer = Answer {
            board: self.board,
            url: &self.ask.url,
            context: &self.ask.context,
            content_type: response.header("content-type"),
            fetched_at: self.at,
            body: &response.body,
        };
        source.read(&answer).map_err(|rejection| {
            Error::invalid(format!("{name} cannot be read ({}): {}", rejection.rule, rejection.reason))
        })
    }

    /// The exchange as it is kept.
    fn row(self, origin: &str) -> FetchRow {
        let repeated = if self.reserved.is_some() { None } else { self.repeats().cloned() };
        let headers = self.kept_headers();
        let mut context = self.ask.context.clone();
        if let Some(earlier) = &repeated {
            context.insert(SAME_DAY.to_owned(), earlier.day.to_string());
        }
        let keeps_body = repeated.is_none() && self.reserved.is_none();
        let body = match &self.response {
            Ok(response) if keeps_body => response.body.to_vec(),
            _ => Vec::new(),
        };
        let body_hash = repeated.as_ref().map_or_else(|| content_hash(&body), |earlier| earlier.body_hash.clone());
        let fetch_id = self.fetch_id(&body_hash);
        let (response, failure) = match self.response {
            Ok(response) => (Some(response), None),
            Err(error) => (None, Some(error.chain())),
        };
        let cut = response.as_ref().filter(|response| response.cut);
        let body_bytes = match &repeated {
            Some(earlier) => earlier.body_bytes,
            None => cut.and_then(whole_size).unwrap_or(body.len() as i64).max(body.len() as i64),
        };
        FetchRow {
            fetch_id,
            source: self.source.to_owned(),
            day: self.at.day(),
            board: self.board.to_owned(),
            sequence: self.sequence as i64,
            method: self.ask.method.to_owned(),
            url: self.ask.url.clone(),
            context: Json(serde_json::json!(context).to_string()),
            status: response.as_ref().map(|response| i64::from(response.status)),
            content_type: response.as_ref().and_then(|response| response.header("content-type")).map(str::to_owned),
            fetched_at: self.at,
            body_bytes,
            body_hash,
            origin: origin.to_owned(),
            error: failure.or(self.reserved).or_else(|| cut.map(|_| format!("body cut at {} bytes", body.len()))),
            body,
            elapsed_ms: Some(self.elapsed / 1_000),
            headers,
            same_as: repeated.map(|earlier| earlier.fetch_id),
        }
    }
}

/// What an answer held.
enum Taken {
    /// The same as an earlier one.
    Repeated(Earlier),
    /// Something new.
    Read(Reading),
}

fn not_permitted(title: &str) -> Error {
    Error::denied(format!("{title} may not be asked without the permission of whoever runs it")).hint(
        "import saved pages, alert mails or a partner feed; or write the permission you have into the source's entry of \
         the configuration, as permission = \"…\"",
    )
}

/// The size that the answer declares, where it is that of the body as stored.
fn whole_size(response: &FetchResponse) -> Option<i64> {
    let plain = response.header("content-encoding").is_none_or(|coding| coding.eq_ignore_ascii_case("identity"));
    response.header("content-length").filter(|_| plain)?.trim().parse().ok()
}

fn lock(politeness: &Mutex<Politeness>) -> MutexGuard<'_, Politeness> {
    politeness.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use async_trait::async_trait;
    use bytes::Bytes;
    use pipeline_core::ErrorKind;
    use pipeline_core::ports::SimulatedClock;
    use pipeline_core::source::{Description, Rejection, Sources as _};

    use super::*;
    use crate::Registry;
    use crate::politeness::Policy;

    type Script = BTreeMap<&'static str, VecDeque<Result<FetchResponse>>>;

    /// Answers each address from a script, the last answer for ever.
    struct Scripted {
        origin: &'static str,
        script: Mutex<Script>,
        asked: Mutex<Vec<FetchRequest>>,
    }

    #[async_trait]
    impl Fetch for Scripted {
        async fn fetch(&self, request: &FetchRequest) -> Result<FetchResponse> {
            self.asked.lock().expect("lock").push(request.clone());
            let mut script = self.script.lock().expect("lock");
            let answers = script.get_mut(request.url.as_str());
            answers.and_then(VecDeque::pop_front).unwrap_or_else(|| Ok(answer(404, "")))
        }

        fn origin(&self) -> &'static str {
            self.origin
        }
    }

    fn answer(status: u16, body: &str) -> FetchResponse {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        FetchResponse { status, headers, body: Bytes::from(body.to_owned()), cut: false }
    }

    /// A source of two hosts' pages `/1` and `/2`; a body `n` holds n postings, `next` leads to page 2.
    struct Paged;

    impl Source for Paged {
        fn describe(&self) -> &'static Description {
            static DESCRIPTION: Description = Description {
                name: "paged",
                title: "Paged",
                board: None,
                ids_are_global: true,
                min_gap_ms: 1_000,
                min_interval_s: 0,
                secrets: &["key"],
                listing_is_complete: true,
                terms: "",
                reference: "",
                ..Description::BASE
            };
            &DESCRIPTION
        }

        fn start(&self, _board: &Board) -> Result<Vec<Ask>> {
            let mut ask = Ask::get("https://a.example/1").with("page", 1);
            ask.secrets.push((SecretPlace::Query("key".to_owned()), "key"));
            Ok(vec![ask])
        }

        fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
            let text = std::str::from_utf8(answer.body).unwrap_or_default();
            if text.starts_with('<') {
                return Err(Rejection::of_body("html-instead-of-json", "the body is HTML", answer.body));
            }
            let mut reading = Reading::default();
            reading.records.push(Record::Posting(Box::default()));
            if text.contains("next") {
                reading.next.push(Ask::get("https://a.example/2").with("page", 2));
            }
            Ok(reading)
        }
    }

    const ROBOTS: &str = "https://a.example/robots.txt";

    async fn crawl(
        origin: &'static str,
        script: Vec<(&'static str, Vec<Result<FetchResponse>>)>,
        secret: Option<&str>,
    ) -> (BoardOutcome, Vec<FetchRow>, Vec<FetchRequest>) {
        let script = script.into_iter().map(|(url, answers)| (url, answers.into())).collect();
        let fetch = Scripted { origin, script: Mutex::new(script), asked: Mutex::default() };
        let clock = SimulatedClock::at(Micros(1_795_176_000_000_000));
        let secrets = |_: &str, _: &str| secret.map(str::to_owned);
        let crawl = Crawl {
            fetch: &fetch,
            clock: &clock,
            user_agent_token: "waypost",
            secrets: &secrets,
            limits: Limits::default(),
            memory: None,
            reservations: None,
            permitted: &|_| false,
        };
        let politeness = Mutex::new(Politeness::new(Policy::default(), 1));
        let mut rows = Vec::new();
        let mut sink = |row: FetchRow| {
            rows.push(row);
            Ok(())
        };
        let board = Board { name: "b".to_owned(), ..Board::default() };
        let outcome = crawl.board(&Paged, &board, &politeness, &mut sink).await.expect("the sink takes all");
        (outcome, rows, fetch.asked.into_inner().expect("lock"))
    }

    #[tokio::test]
    async fn every_exchange_is_kept_and_no_secret_with_it() {
        let script = vec![
            ("https://a.example/1", vec![Ok(answer(503, "busy")), Ok(answer(200, "next"))]),
            ("https://a.example/2", vec![Err(Error::timeout("no answer in 30 s")), Ok(answer(200, "last"))]),
        ];
        let (outcome, rows, asked) = crawl("crawl", script, Some("s3cret")).await;
        assert!(outcome.complete && outcome.error.is_none(), "{outcome:?}");
        assert_eq!((outcome.exchanges, outcome.postings_seen), (5, 2));
        let told: Vec<_> = rows.iter().map(|row| (row.board.as_str(), row.sequence, row.status)).collect();
        let due = [
            ("robots.txt", 0, Some(404)),
            ("b", 0, Some(503)),
            ("b", 1, Some(200)),
            ("b", 2, None),
            ("b", 3, Some(200)),
        ];
        assert_eq!(told, due);
        assert_eq!(rows[3].error.as_deref(), Some("no answer in 30 s"));
        assert_eq!(rows[1].context.0, r#"{"page":"1"}"#);
        assert!(asked[1].secret_query.iter().any(|(_, value)| value == "s3cret"));
        assert!(!format!("{rows:?}").contains("s3cret"));
        let ids: std::collections::BTreeSet<_> = rows.iter().map(|row| &row.fetch_id).collect();
        assert_eq!(ids.len(), rows.len());
    }

    #[tokio::test]
    async fn a_body_that_cannot_be_read_ends_the_board_and_is_kept() {
        let script = vec![("https://a.example/1", vec![Ok(answer(200, "<html>"))])];
        let (outcome, rows, _) = crawl("crawl", script, Some("k")).await;
        assert!(!outcome.complete);
        assert!(outcome.error.is_some_and(|error| error.message().contains("html-instead-of-json")));
        assert_eq!((rows.len(), rows[1].body.as_slice(), rows[1].error.as_deref()), (2, &b"<html>"[..], None));
    }

    #[tokio::test]
    async fn a_cut_body_is_not_read_and_says_where_it_was_cut() {
        let mut cut = answer(200, "next");
        (cut.cut, cut.headers) = (true, vec![("content-length".to_owned(), "99".to_owned())]);
        let (outcome, rows, _) = crawl("crawl", vec![("https://a.example/1", vec![Ok(cut)])], Some("k")).await;
        assert_eq!(outcome.error.map(|error| error.kind()), Some(ErrorKind::TooLarge));
        assert_eq!((rows[1].error.as_deref(), rows[1].body_bytes), (Some("body cut at 4 bytes"), 99));
    }

    #[tokio::test]
    async fn what_robots_forbid_is_not_asked() {
        let script = vec![(ROBOTS, vec![Ok(answer(200, "User-agent: waypost\nDisallow: /"))])];
        let (outcome, rows, asked) = crawl("crawl", script, Some("k")).await;
        assert_eq!(outcome.error.map(|error| error.kind()), Some(ErrorKind::Denied));
        assert_eq!((rows.len(), asked.len()), (1, 1));
    }

    #[tokio::test]
    async fn without_its_secret_a_source_is_not_asked_at_all() {
        let (outcome, rows, _) = crawl("crawl", vec![], None).await;
        assert!(outcome.error.is_some_and(|error| error.kind() == ErrorKind::Config && error.hint_text().is_some()));
        assert!(rows.is_empty());
    }

    #[tokio::test]
    async fn a_replay_needs_neither_robots_nor_secrets() {
        let script = vec![("https://a.example/1", vec![Ok(answer(200, "last"))])];
        let (outcome, rows, _) = crawl("replay", script, None).await;
        assert!(outcome.complete);
        assert_eq!((rows.len(), rows[0].origin.as_str()), (1, "replay"));
    }

    #[tokio::test]
    async fn the_same_answers_make_the_same_rows() {
        let script = || vec![("https://a.example/1", vec![Ok(answer(500, "")), Ok(answer(200, "last"))])];
        assert_eq!(crawl("crawl", script(), Some("k")).await.1, crawl("crawl", script(), Some("k")).await.1);
    }

    #[tokio::test]
    async fn boards_that_run_at_once_keep_the_gap_between_them() {
        fn sendable<T: Send>(future: T) -> T {
            future
        }
        let page = |body: &str| VecDeque::from([Ok(answer(200, body)), Ok(answer(200, body))]);
        let script = Script::from([("https://a.example/1", page("next")), ("https://a.example/2", page("last"))]);
        let fetch = Scripted { origin: "replay", script: Mutex::new(script), asked: Mutex::default() };
        let clock = SimulatedClock::at(Micros(0));
        let secrets = |_: &str, _: &str| None;
        let limits = Limits::default();
        let crawl = Crawl {
            fetch: &fetch,
            clock: &clock,
            user_agent_token: "waypost",
            secrets: &secrets,
            limits,
            memory: None,
            reservations: None,
            permitted: &|_| false,
        };
        let politeness = Mutex::new(Politeness::default());
        let times = Mutex::new(Vec::new());
        let board = |name: &str| Board { name: name.to_owned(), ..Board::default() };
        let (one, other) = (board("one"), board("other"));
        let note = |row: FetchRow| {
            times.lock().expect("lock").push(row.fetched_at.0);
            Ok(())
        };
        let (mut first, mut second) = (note, note);
        let (first, second) = tokio::join!(
            sendable(crawl.board(&Paged, &one, &politeness, &mut first)),
            sendable(crawl.board(&Paged, &other, &politeness, &mut second)),
        );
        assert!(first.expect("runs").complete && second.expect("runs").complete);
        let mut times = times.into_inner().expect("lock");
        times.sort_unstable();
        assert_eq!(times.len(), 4);
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 1_000_000), "{times:?}");
    }

    #[test]
    fn every_source_is_described_whole_and_refuses_or_starts() {
        for source in Registry.all() {
            let description = source.describe();
            assert!(!description.title.is_empty() && !description.terms.is_empty(), "{}", description.name);
            assert!(Registry.named(description.name).is_some(), "{}", description.name);
            let _ = source.start(&Board { name: description.name.to_owned(), ..Board::default() });
        }
    }
}
