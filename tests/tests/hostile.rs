//! Good and hostile servers crawled together: the good ones do not notice, no rule is broken, memory stays flat, and
//! everything that happened is written down.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::future::join_all;
use infra_registry::{HttpFetch, HttpLimits};
use pipeline_core::ports::{Clock, Fetch, FetchRequest, FetchResponse};
use pipeline_core::source::{Answer, Ask, Board, Description, RawPosting, Reading, Record, Rejection, Source};
use pipeline_core::{Micros, Result};
use pipeline_crawl::{BoardOutcome, Crawl, Limits, Policy, Politeness};
use schemas::tables::FetchRow;
use serde_json::Value;
use support::hostile::{Kind, Server};

/// Shortest time between two requests to one host, in milliseconds.
const GAP_MS: u64 = 600;
const MAX_BYTES: u64 = 1 << 20;
const MAX_ASKS: u32 = 16;
const LIMITS: HttpLimits =
    HttpLimits { connect: Duration::from_secs(1), idle: Duration::from_secs(1), whole: Duration::from_millis(2_500) };

/// The source of the postings that servers of one kind list; a board is the address of one.
struct Listing(&'static Description);

impl Listing {
    /// Each kind is a source of its own: when one fails again and again, the others are still asked.
    fn of(kind: Kind) -> Self {
        Self(Box::leak(Box::new(Description {
            name: Box::leak(format!("{kind:?}").into_boxed_str()),
            title: "Servers of tests",
            min_gap_ms: GAP_MS,
            vendor_gap_ms: 1,
            ..Description::BASE
        })))
    }
}

impl Source for Listing {
    fn describe(&self) -> &'static Description {
        self.0
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        Ok(vec![Ask::get(format!("{}/jobs", board.name))])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let odd = |reason: &str| Rejection::of_body("not-a-listing", reason.to_owned(), answer.body);
        let list: Value = serde_json::from_slice(answer.body).map_err(|_| odd("no JSON"))?;
        let jobs = list["jobs"].as_array().ok_or_else(|| odd("no jobs"))?;
        let records = jobs.iter().map(|job| {
            let posting = RawPosting {
                external_id: job["id"].as_str().unwrap_or_default().to_owned(),
                title: job["title"].as_str().unwrap_or_default().to_owned(),
                ..RawPosting::default()
            };
            Record::Posting(Box::new(posting))
        });
        let next = list["next"].as_str().map(|path| Ask::get(format!("{}{path}", answer.board)));
        Ok(Reading {
            records: records.collect(),
            next: next.into_iter().collect(),
            announced: list["total"].as_u64(),
            ..Reading::default()
        })
    }
}

/// The client, and when it was asked for what.
struct Watched {
    client: HttpFetch,
    asked: Mutex<Vec<(String, Instant)>>,
}

#[async_trait]
impl Fetch for Watched {
    async fn fetch(&self, request: &FetchRequest) -> Result<FetchResponse> {
        self.asked.lock().expect("asked").push((request.url.clone(), Instant::now()));
        self.client.fetch(request).await
    }

    fn origin(&self) -> &'static str {
        "crawl"
    }
}

/// The time of the machine.
struct Wall(Instant);

#[async_trait]
impl Clock for Wall {
    fn now(&self) -> Micros {
        Micros(1_795_176_000_000_000 + i64::try_from(self.0.elapsed().as_micros()).unwrap_or(i64::MAX))
    }

    async fn sleep_until(&self, time: Micros) {
        let wait = u64::try_from(time.0 - self.now().0).unwrap_or_default();
        tokio::time::sleep(Duration::from_micros(wait)).await;
    }
}

/// What became of one board.
struct Ended {
    kind: Kind,
    took: Duration,
    outcome: BoardOutcome,
    /// Rows kept, those without status or reason, and bytes of the largest body.
    rows: u64,
    mute: u64,
    largest: u64,
    asked: Vec<(String, Instant)>,
    /// Requests that the server saw, redirects included.
    seen: Vec<String>,
}

/// Starts a server of each of `kinds` and crawls them all at once.
async fn crawl(kinds: &[Kind], seed: u64) -> Vec<Ended> {
    let mut servers = Vec::new();
    for (number, kind) in kinds.iter().enumerate() {
        let [high, low] = u16::try_from(number + 2).expect("few servers").to_be_bytes();
        let ip = IpAddr::V4(Ipv4Addr::new(127, 0, high, low));
        servers.push(Server::start(*kind, seed + number as u64, ip).await.expect("a server"));
    }
    let client = HttpFetch::allowing_loopback_for_tests(LIMITS).expect("a client");
    let fetch = Watched { client, asked: Mutex::default() };
    let clock = Wall(Instant::now());
    let policy = Policy {
        retries: 2,
        first_wait: 100_000,
        longest_wait: 1_000_000,
        longest_patience: 3_000_000,
        rest: 500_000,
        ..Policy::default()
    };
    let politeness = Mutex::new(Politeness::new(policy, seed));
    let crawl = Crawl {
        fetch: &fetch,
        clock: &clock,
        user_agent_token: "waypost",
        secrets: &|_, _| None,
        limits: Limits { max_bytes: MAX_BYTES, max_asks: MAX_ASKS },
        memory: None,
        reservations: None,
        permitted: &|_| true,
    };
    let boards = servers.iter().map(|server| {
        let (crawl, politeness) = (&crawl, &politeness);
        async move {
            let began = Instant::now();
            let board = Board { name: server.url(""), ..Board::default() };
            let (mut rows, mut mute, mut largest) = (0, 0, 0);
            let mut sink = |row: FetchRow| {
                rows += 1;
                mute += u64::from(row.status.is_none() && row.error.as_deref().is_none_or(str::is_empty));
                largest = largest.max(row.body.len() as u64);
                Ok(())
            };
            let outcome = crawl
                .board(&Listing::of(server.kind()), &board, politeness, &mut sink)
                .await
                .expect("the sink takes all");
            (began.elapsed(), outcome, rows, mute, largest)
        }
    });
    let ended = join_all(boards).await;
    let asked = fetch.asked.into_inner().expect("asked");
    let told = servers.iter().zip(ended).map(|(server, (took, outcome, rows, mute, largest))| {
        let mine = |(url, _): &&(String, Instant)| url.starts_with(&format!("{}/", server.url("")));
        Ended {
            kind: server.kind(),
            took,
            outcome,
            rows,
            mute,
            largest,
            asked: asked.iter().filter(mine).cloned().collect(),
            seen: server.seen().into_iter().map(|seen| seen.path).collect(),
        }
    });
    told.collect()
}

/// What `ended` did that it must not, in words.
fn violations(ended: &Ended) -> Vec<String> {
    let Ended { kind, outcome, rows, mute, largest, asked, seen, .. } = ended;
    let mut found = Vec::new();
    let mut must = |holds: bool, what: String| {
        if !holds {
            found.push(format!("{kind:?}: {what}"));
        }
    };
    // Between the decision and the sending lies what a busy machine puts there.
    let gap = Duration::from_millis(GAP_MS) - Duration::from_millis(50);
    must(asked.windows(2).all(|pair| pair[1].1 - pair[0].1 >= gap), "asked sooner than its gap".to_owned());
    must(asked.first().is_some_and(|(url, _)| url.ends_with("/robots.txt")), "asked before its rules".to_owned());
    must(asked.len() as u64 == *rows && *rows == outcome.exchanges, format!("{} asks, {rows} rows", asked.len()));
    must(*mute == 0, "an exchange without status and without reason".to_owned());
    // Rules have a limit of their own, half a megabyte.
    must(*largest <= MAX_BYTES, format!("kept {largest} bytes"));
    let jobs = asked.iter().filter(|(url, _)| url.contains("/jobs")).count();
    must(jobs <= MAX_ASKS as usize, format!("{jobs} asks"));
    if matches!(kind, Kind::RobotsForbid | Kind::RobotsError) {
        must(!seen.iter().any(|path| path.starts_with("/jobs")), "asked against its rules".to_owned());
    }
    let is_whole = matches!(
        kind,
        Kind::Good
            | Kind::DuplicateHeaders
            | Kind::ForbiddenFlapping
            | Kind::ErrorFlapping
            | Kind::RobotsGigabyte
            | Kind::RobotsLoop
            | Kind::TruncatedListing
            | Kind::InvalidUtf8
            | Kind::NotModified
            | Kind::EmptyWithBody
            | Kind::RepeatedCursor
    );
    must(is_whole || !outcome.complete, "taken as a whole board".to_owned());
    must(outcome.complete || outcome.error.is_some() || *kind == Kind::RepeatedCursor, "no reason".to_owned());
    if *kind == Kind::Good {
        must(outcome.complete && outcome.postings_seen == 30, format!("not read: {outcome:?}"));
    }
    found
}

/// Memory of this process now, in bytes, sampled while a test runs.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() * 1024
}

/// The highest memory while `work` runs, in bytes.
async fn watched<T>(work: impl Future<Output = T>) -> (T, u64) {
    let peak = Arc::new(AtomicU64::new(0));
    let highest = Arc::clone(&peak);
    let sampling = tokio::spawn(async move {
        loop {
            highest.fetch_max(resident(), Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let result = work.await;
    sampling.abort();
    (result, peak.load(Ordering::Relaxed))
}

/// Times of the good boards, shortest first.
fn times(ended: &[Ended]) -> Vec<Duration> {
    let mut times: Vec<Duration> = ended.iter().filter(|one| one.kind == Kind::Good).map(|one| one.took).collect();
    times.sort();
    times
}

fn median(times: &[Duration]) -> Duration {
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// `good` good kinds, then `hostile`.
fn together(good: usize, hostile: &[Kind]) -> Vec<Kind> {
    std::iter::repeat_n(Kind::Good, good).chain(hostile.iter().copied()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn good_sources_do_not_notice_hostile_ones() {
    let alone = crawl(&together(8, &[]), 7).await;
    let (ended, peak) = watched(crawl(&together(8, Kind::HOSTILE), 7)).await;
    let broken: Vec<String> = alone.iter().chain(&ended).flat_map(violations).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    // The machine may be busy with other tests; the figures are taken by the test below.
    let (before, with) = (median(&times(&alone)), median(&times(&ended)));
    assert!(with < before.mul_f64(1.5), "{before:?} alone, {with:?} beside {} hostile ones", Kind::HOSTILE.len());
    assert!(peak < 500 << 20, "{} MiB", peak >> 20);
}

/// `cargo test -p tests --test hostile -- --ignored --nocapture` prints the figures of `docs/measurements.md`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; run by name for its figures"]
#[expect(clippy::print_stdout, reason = "its figures are read by people")]
async fn figures_of_many_seeds() {
    const ROUNDS: u64 = 4;
    const GOOD: usize = 40;
    // A flood of interim answers costs the server, which runs here, too, as much as the client; so it has a figure of its
    // own.
    let quiet: Vec<Kind> = Kind::HOSTILE.iter().copied().filter(|kind| *kind != Kind::InformationalFlood).collect();
    let (mut alone, mut beside, mut flooded, mut peaks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut outcomes: BTreeMap<Kind, BTreeMap<String, u64>> = BTreeMap::new();
    let (mut boards, mut exchanges) = (0, 0);
    for round in 0..ROUNDS {
        alone.extend(times(&crawl(&together(GOOD, &[]), round).await));
        for (kinds, taken) in [(quiet.as_slice(), &mut beside), (Kind::HOSTILE, &mut flooded)] {
            let (ended, peak) = watched(crawl(&together(GOOD, kinds), round * 1_000)).await;
            let broken: Vec<String> = ended.iter().flat_map(violations).collect();
            assert!(broken.is_empty(), "round {round}: {}", broken.join("\n"));
            taken.extend(times(&ended));
            peaks.push(peak >> 20);
            for one in ended.iter().filter(|one| one.kind != Kind::Good) {
                let whole = if one.outcome.complete { "whole" } else { "not whole" };
                let kind = one.outcome.error.as_ref().map_or(whole.to_owned(), |error| format!("{:?}", error.kind()));
                *outcomes.entry(one.kind).or_default().entry(kind).or_default() += 1;
                boards += 1;
                exchanges += one.rows;
            }
        }
    }
    alone.sort();
    beside.sort();
    flooded.sort();
    let later = |times: &[Duration]| median(times).as_secs_f64() / median(&alone).as_secs_f64() - 1.0;
    let delay = later(&beside);
    let at = |times: &[Duration]| times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    println!("with a flood of interim answers, too: {:+.2} %", later(&flooded) * 100.0);
    println!("{boards} hostile boards of {} kinds, {exchanges} exchanges, 0 violations", Kind::HOSTILE.len());
    println!(
        "{} good boards each way: median {:.1} ms alone, {:.1} ms beside ({:+.2} %); 99 in 100 {:.1} ms and {:.1} ms",
        alone.len(),
        median(&alone).as_secs_f64() * 1e3,
        median(&beside).as_secs_f64() * 1e3,
        delay * 100.0,
        at(&alone).as_secs_f64() * 1e3,
        at(&beside).as_secs_f64() * 1e3,
    );
    println!("MiB at the peak of each crawl: {peaks:?}");
    for (kind, outcomes) in outcomes {
        println!("{kind:?}: {outcomes:?}");
    }
    assert!(delay <= 0.05, "{:.2} % later", delay * 100.0);
    // After the first crawl, in which what is kept for ever is made.
    let (first, last) = (peaks.get(1).copied().unwrap_or_default(), peaks.last().copied().unwrap_or_default());
    // Keeping one body in ten would add more.
    assert!(last <= first + 32, "memory grows: {peaks:?}");
}
