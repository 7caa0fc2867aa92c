//! Whose turn it is: a pure plan that is told the time, what was asked and what came back, and answers what to do next.
//!
//! [`Politeness`] is what all boards of one crawl share: when each host and each source was last asked, who asks for
//! patience, who is resting after failures, what robots.txt says. A [`Plan`] is the queue of one board. Neither waits,
//! sends or reads a clock; the driver does.

use std::collections::{HashSet, VecDeque};

use pipeline_core::hash::Hasher;
use pipeline_core::source::{Ask, Description};
use pipeline_core::{Error, ErrorKind, Micros};
use url::Url;

use crate::hints::{self, Headers};
use crate::politeness::{Failure, Politeness, Turn, host_of, robots_of};
use crate::robots::Robots;

/// What became of an exchange.
#[derive(Clone, Copy, Debug)]
pub enum CameBack<'a> {
    /// An answer.
    Answer {
        /// HTTP status.
        status: u16,
        /// Its header fields, names in lower case.
        headers: &'a [(String, String)],
        /// How long it took, in microseconds, where that is known.
        elapsed: Option<i64>,
    },
    /// No answer, and why.
    Nothing(&'a Error),
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Send this and tell [`Plan::answered`].
    Fetch(Ask),
    /// Send this, the robots.txt of a host, and tell [`Plan::answered_robots`].
    FetchRobots(Ask),
    /// Nothing before this time.
    WaitUntil(Micros),
    /// The board is at its end.
    Done,
}

/// What is to be done with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is a success: read it.
    Read,
    /// It failed; the plan will ask again.
    Again,
    /// It failed for good.
    Failed,
}

/// The asks of one board.
#[derive(Debug)]
pub struct Plan {
    source: &'static Description,
    board: String,
    minds_robots: bool,
    max_asks: u32,
    queue: VecDeque<Item>,
    known: HashSet<[u8; 32]>,
    asked: u32,
    repeated: u32,
    failure: Option<Error>,
}

#[derive(Debug)]
struct Item {
    ask: Ask,
    tries: u32,
    not_before: Option<Micros>,
}

impl Plan {
    /// A plan for `asks` of `board`. At most `max_asks` requests are sent, retries included.
    pub fn new(source: &'static Description, board: &str, asks: Vec<Ask>, minds_robots: bool, max_asks: u32) -> Self {
        let mut plan = Self {
            source,
            board: board.to_owned(),
            minds_robots,
            max_asks,
            queue: VecDeque::new(),
            known: HashSet::new(),
            asked: 0,
            repeated: 0,
            failure: None,
        };
        plan.add(asks);
        plan
    }

    /// Adds what an answer asks for next. What was asked before is not asked again.
    pub fn add(&mut self, asks: Vec<Ask>) {
        for ask in asks {
            let body = ask.body.as_deref().unwrap_or_default();
            if self.known.insert(Hasher::new("ask").part(ask.method).part(&ask.url).part(body).bytes()) {
                self.queue.push_back(Item { ask, tries: 0, not_before: None });
            } else {
                self.repeated += 1;
            }
        }
    }

    /// Ends the board with `error`.
    pub fn stop(&mut self, error: Error) {
        self.queue.clear();
        self.failure.get_or_insert(error);
    }

    /// How often an answer asked for what was asked before.
    pub fn repeated(&self) -> u32 {
        self.repeated
    }

    /// The first thing that went wrong for good.
    pub fn into_failure(self) -> Option<Error> {
        self.failure
    }

    /// What to do at `now`.
    pub fn step(&mut self, politeness: &mut Politeness, now: Micros) -> Step {
        while let Some(item) = self.queue.front() {
            let Some(host) = host_of(&item.ask.url) else {
                let error = Error::invalid(format!("{} is not a web address", item.ask.url));
                self.give_up(error);
                continue;
            };
            let robots = match politeness.host(&host).robots.as_ref() {
                _ if !self.minds_robots => None,
                None => robots_url(&item.ask.url),
                Some(robots) => match robots.verdict(&item.ask.url) {
                    Ok(()) => None,
                    Err(error) => {
                        self.give_up(error);
                        continue;
                    }
                },
            };
            let at = match politeness.turn(&host, self.source, now) {
                Turn::At(at) => at.max(item.not_before.unwrap_or(at)),
                Turn::Never(error) => {
                    self.stop(error);
                    return Step::Done;
                }
            };
            if robots.is_none() && self.asked >= self.max_asks {
                let error = format!("board {} wants more than {} requests, the limit", self.board, self.max_asks);
                self.stop(Error::too_large(error));
                return Step::Done;
            }
            if at > now {
                return Step::WaitUntil(at);
            }
            politeness.note_sent(&host, self.source, now, robots.is_none());
            return match robots {
                Some(url) => Step::FetchRobots(Ask::get(url)),
                None => {
                    self.asked += 1;
                    Step::Fetch(item.ask.clone())
                }
            };
        }
        Step::Done
    }

    fn give_up(&mut self, error: Error) {
        self.queue.pop_front();
        self.failure.get_or_insert(error);
    }

    /// Takes note of what became of the last [`Step::Fetch`].
    pub fn answered(&mut self, politeness: &mut Politeness, now: Micros, came_back: CameBack<'_>) -> Verdict {
        let Some(item) = self.queue.front_mut() else { return Verdict::Failed };
        let Some(host) = host_of(&item.ask.url) else { return Verdict::Failed };
        politeness.heed(&host, came_back.headers(), now);
        if !may_pass(came_back) {
            let status = came_back.status();
            if matches!(status, Some(401 | 403 | 451)) {
                politeness.refused(&host, self.source, &self.board, now);
            } else {
                politeness.succeeded(&host, self.source, &self.board, came_back.elapsed());
            }
            if matches!(status, Some(200..=299 | 304)) {
                self.queue.pop_front();
                return Verdict::Read;
            }
            let error = refusal(&item.ask.url, came_back);
            self.give_up(error);
            return Verdict::Failed;
        }
        let patience = hints::retry_after(came_back.headers(), now);
        let throttled = came_back.status() == Some(429);
        let again =
            politeness.failed(&host, self.source, &self.board, now, Failure { tries: item.tries, patience, throttled });
        item.tries += 1;
        item.not_before = Some(again);
        if item.tries <= politeness.policy.retries {
            return Verdict::Again;
        }
        let error = refusal(&item.ask.url, came_back);
        match error.kind() {
            ErrorKind::Throttled => self.stop(error),
            _ => self.give_up(error),
        }
        Verdict::Failed
    }

    /// Takes note of what became of the last [`Step::FetchRobots`]; `body` is what a success held, `token` who we are.
    pub fn answered_robots(
        &mut self,
        politeness: &mut Politeness,
        now: Micros,
        came_back: CameBack<'_>,
        body: &[u8],
        token: &str,
    ) {
        let Some(host) = self.queue.front().and_then(|item| host_of(&item.ask.url)) else { return };
        if may_pass(came_back) {
            let tries = politeness.host(&host).robots_tries;
            let patience = hints::retry_after(came_back.headers(), now);
            let throttled = came_back.status() == Some(429);
            let again = politeness.failed(&host, self.source, &self.board, now, Failure { tries, patience, throttled });
            let retries = politeness.policy.retries;
            let entry = politeness.host(&host);
            entry.robots_tries += 1;
            entry.not_before = entry.not_before.max(Some(again));
            if entry.robots_tries > retries {
                entry.robots = Some(Robots::unreachable());
            }
            return;
        }
        politeness.succeeded(&host, self.source, &self.board, None);
        let robots = came_back.status().and_then(|status| robots_of(status, body, token));
        politeness.host(&host).robots = Some(robots.unwrap_or_else(Robots::unreachable));
    }
}

impl CameBack<'_> {
    fn status(self) -> Option<u16> {
        match self {
            Self::Answer { status, .. } => Some(status),
            Self::Nothing(_) => None,
        }
    }

    fn headers(&self) -> Headers<'_> {
        match self {
            Self::Answer { headers, .. } => headers,
            Self::Nothing(_) => &[],
        }
    }

    fn elapsed(self) -> Option<i64> {
        match self {
            Self::Answer { elapsed, .. } => elapsed,
            Self::Nothing(_) => None,
        }
    }
}

/// Whether the same ask may succeed later.
fn may_pass(came_back: CameBack<'_>) -> bool {
    match came_back {
        CameBack::Answer { status, .. } => matches!(status, 408 | 429 | 500..=599),
        CameBack::Nothing(error) => error.kind().retryable(),
    }
}

fn refusal(url: &str, came_back: CameBack<'_>) -> Error {
    let status = match came_back {
        CameBack::Answer { status, .. } => status,
        CameBack::Nothing(cause) => {
            let error = Error::new(cause.kind(), format!("{url} gave no answer")).because(cause.chain());
            return match cause.hint_text() {
                Some(hint) => error.hint(hint),
                None => error,
            };
        }
    };
    let kind = match status {
        401 => ErrorKind::Unauthenticated,
        403 | 451 => ErrorKind::Denied,
        404 | 410 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        429 => ErrorKind::Throttled,
        500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::Invalid,
    };
    Error::new(kind, format!("{url} answered with status {status}"))
}

fn robots_url(url: &str) -> Option<String> {
    Url::parse(url).ok()?.join("/robots.txt").ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use pipeline_core::source::Quota;

    use super::*;
    use crate::politeness::Policy;

    const GAP: i64 = 2 * SECOND;
    const SECOND: i64 = 1_000_000;
    const DAY: i64 = 86_400 * SECOND;
    const OK: CameBack<'static> = CameBack::Answer { status: 200, headers: &[], elapsed: None };

    fn status(status: u16) -> CameBack<'static> {
        CameBack::Answer { status, headers: &[], elapsed: None }
    }

    static SOURCE: Description = Description {
        name: "example",
        title: "Example",
        board: None,
        ids_are_global: true,
        min_gap_ms: 2_000,
        min_interval_s: 0,
        secrets: &[],
        listing_is_complete: true,
        terms: "",
        reference: "",
        ..Description::BASE
    };

    static RATIONED: Description =
        Description { name: "rationed", min_gap_ms: 0, quotas: &[Quota { requests: 3, window_s: 86_400 }], ..SOURCE };

    fn asks(host: &str, count: usize) -> Vec<Ask> {
        (0..count).map(|page| Ask::get(format!("https://{host}/jobs?page={page}"))).collect()
    }

    fn plan(asks: Vec<Ask>) -> Plan {
        Plan::new(&SOURCE, "acme", asks, false, 1_000)
    }

    /// Steps until something is to be sent, moving the time over waits.
    fn next(plan: &mut Plan, politeness: &mut Politeness, now: &mut Micros) -> Step {
        loop {
            match plan.step(politeness, *now) {
                Step::WaitUntil(time) => {
                    assert!(time > *now, "a wait that does not move is a busy loop");
                    *now = time;
                }
                step => return step,
            }
        }
    }

    #[test]
    fn a_gap_is_never_broken_by_host_or_by_source_over_simulated_days() {
        for seed in 0..20_u64 {
            let mut politeness = Politeness::new(Policy::default(), seed);
            let mut plans: Vec<_> = (0..6).map(|n| plan(asks(&format!("h{}.example", n % 3), 40))).collect();
            let mut waits = [Micros(0); 6];
            let mut sent: Vec<(Micros, String)> = Vec::new();
            let mut now = Micros(0);
            let mut live = 6;
            while live > 0 && now < Micros(3 * DAY) {
                live = 0;
                for (number, plan) in plans.iter_mut().enumerate() {
                    match plan.step(&mut politeness, now) {
                        Step::Fetch(ask) => {
                            sent.push((now, host_of(&ask.url).expect("a host")));
                            let dice = Hasher::new("t").part(seed.to_le_bytes()).part(now.0.to_le_bytes()).number();
                            let status = [200, 200, 200, 200, 500, 429][(dice % 6) as usize];
                            plan.answered(
                                &mut politeness,
                                now,
                                CameBack::Answer { status, headers: &[], elapsed: None },
                            );
                            (waits[number], live) = (now, live + 1);
                        }
                        Step::WaitUntil(time) => (waits[number], live) = (time, live + 1),
                        Step::Done => waits[number] = Micros(i64::MAX),
                        Step::FetchRobots(_) => unreachable!("robots are not minded here"),
                    }
                }
                now = waits.iter().copied().min().unwrap_or(now).max(Micros(now.0 + 1));
            }
            assert!(sent.len() > 100, "most asks are sent");
            assert!(sent.windows(2).all(|pair| pair[1].0.0 - pair[0].0.0 >= GAP), "seed {seed}");
        }
    }

    #[test]
    fn a_host_is_asked_one_thing_at_a_time() {
        let (mut politeness, now) = (Politeness::default(), Micros(0));
        let (mut first, mut second) = (plan(asks("a.example", 1)), plan(vec![Ask::get("https://a.example/other")]));
        assert!(matches!(first.step(&mut politeness, now), Step::Fetch(_)));
        for seconds in 1..60 {
            assert!(matches!(second.step(&mut politeness, now.plus_seconds(seconds)), Step::WaitUntil(_)));
        }
        first.answered(&mut politeness, now.plus_seconds(60), OK);
        assert!(matches!(second.step(&mut politeness, now.plus_seconds(60)), Step::Fetch(_)));
    }

    #[test]
    fn patience_is_granted_in_seconds_and_as_a_date() {
        for (header, seconds) in [("30", 30), ("Thu, 01 Jan 1970 00:01:00 GMT", 60)] {
            let (mut politeness, mut now) = (Politeness::default(), Micros(0));
            let mut plan = plan(asks("a.example", 1));
            next(&mut plan, &mut politeness, &mut now);
            let headers = [("retry-after".to_owned(), header.to_owned())];
            let answer = CameBack::Answer { status: 429, headers: &headers, elapsed: None };
            assert_eq!(plan.answered(&mut politeness, now, answer), Verdict::Again);
            assert_eq!(plan.step(&mut politeness, now), Step::WaitUntil(Micros(0).plus_seconds(seconds)), "{header}");
        }
    }

    #[test]
    fn too_much_patience_ends_the_board_instead_of_the_night() {
        let (mut politeness, mut now) = (Politeness::default(), Micros(0));
        let mut plan = plan(asks("a.example", 2));
        next(&mut plan, &mut politeness, &mut now);
        let headers = [("retry-after".to_owned(), "86400".to_owned())];
        plan.answered(&mut politeness, now, CameBack::Answer { status: 429, headers: &headers, elapsed: None });
        assert_eq!(next(&mut plan, &mut politeness, &mut now), Step::Done);
        assert_eq!(plan.into_failure().map(|error| error.kind()), Some(ErrorKind::Throttled));
    }

    #[test]
    fn an_ask_is_retried_three_times_with_growing_waits() {
        let (mut politeness, mut now) = (Politeness::default(), Micros(0));
        let mut plan = plan(asks("a.example", 1));
        let mut times = Vec::new();
        while let Step::Fetch(_) = next(&mut plan, &mut politeness, &mut now) {
            times.push(now);
            plan.answered(&mut politeness, now, CameBack::Nothing(&Error::timeout("no answer in 30 s")));
        }
        assert_eq!(times.len(), 4);
        assert!(times[3].0 - times[2].0 > times[1].0 - times[0].0);
        assert_eq!(plan.into_failure().map(|error| error.kind()), Some(ErrorKind::Timeout));
    }

    #[test]
    fn a_missing_page_is_not_retried_and_does_not_end_the_board() {
        let (mut politeness, mut now) = (Politeness::default(), Micros(0));
        let mut plan = plan(asks("a.example", 2));
        next(&mut plan, &mut politeness, &mut now);
        assert_eq!(plan.answered(&mut politeness, now, status(404)), Verdict::Failed);
        assert!(matches!(next(&mut plan, &mut politeness, &mut now), Step::Fetch(_)));
        assert_eq!(plan.answered(&mut politeness, now, OK), Verdict::Read);
        assert_eq!(plan.step(&mut politeness, now), Step::Done);
        assert_eq!(plan.into_failure().map(|error| error.kind()), Some(ErrorKind::NotFound));
    }

    #[test]
    fn a_failing_host_rests_and_is_then_probed_once() {
        let (mut politeness, mut now) = (Politeness::default(), Micros(0));
        let mut failing = plan(asks("a.example", 9));
        let mut sent = 0;
        while let Step::Fetch(_) = next(&mut failing, &mut politeness, &mut now) {
            sent += 1;
            failing.answered(&mut politeness, now, status(503));
        }
        assert_eq!(sent, 5, "five failures in a row open the circuit");
        let probe = |now: Micros, politeness: &mut Politeness, answer| {
            let (mut plan, mut time, mut sent) = (plan(asks("a.example", 3)), now, 0);
            while let Step::Fetch(_) = next(&mut plan, politeness, &mut time) {
                sent += 1;
                plan.answered(politeness, time, answer);
            }
            sent
        };
        assert_eq!(probe(now.plus_seconds(1), &mut politeness, OK), 0, "it rests");
        assert_eq!(probe(now.plus_seconds(301), &mut politeness, status(503)), 1, "one probe, then rest again");
        assert_eq!(probe(now.plus_seconds(700), &mut politeness, OK), 0, "the second rest is longer");
        assert_eq!(probe(now.plus_seconds(1_000), &mut politeness, OK), 3, "a probe that succeeds ends the rest");
    }

    #[test]
    fn a_daily_quota_counts_any_24_hours_and_earlier_crawls() {
        let mut politeness = Politeness::default();
        politeness.recall(&RATIONED, "https://a.example/", Micros(0));
        let mut now = Micros(DAY / 2);
        let mut plan = Plan::new(&RATIONED, "x", asks("a.example", 9), false, 1_000);
        let mut sent = 0;
        while let Step::Fetch(_) = next(&mut plan, &mut politeness, &mut now) {
            sent += 1;
            plan.answered(&mut politeness, now, OK);
        }
        assert_eq!(sent, 2);
        assert_eq!(plan.into_failure().map(|error| error.kind()), Some(ErrorKind::Throttled));
        let mut later = Plan::new(&RATIONED, "x", asks("a.example", 1), false, 1_000);
        assert!(matches!(later.step(&mut politeness, Micros(DAY + 1)), Step::Fetch(_)));
    }

    #[test]
    fn a_loop_of_pages_ends_and_endless_pages_end_too() {
        let (mut politeness, mut now) = (Politeness::default(), Micros(0));
        let mut looping = plan(asks("a.example", 1));
        next(&mut looping, &mut politeness, &mut now);
        looping.answered(&mut politeness, now, OK);
        looping.add(asks("a.example", 1));
        assert_eq!((looping.step(&mut politeness, now), looping.repeated()), (Step::Done, 1));

        let mut endless = Plan::new(&SOURCE, "acme", asks("a.example", 1), false, 7);
        let mut sent = 0;
        while let Step::Fetch(_) = next(&mut endless, &mut politeness, &mut now) {
            sent += 1;
            endless.answered(&mut politeness, now, OK);
            endless.add(vec![Ask::get(format!("https://a.example/more/{sent}"))]);
        }
        assert_eq!(sent, 7);
        assert_eq!(endless.into_failure().map(|error| error.kind()), Some(ErrorKind::TooLarge));
    }

    #[test]
    fn robots_are_asked_once_per_host_and_obeyed() {
        let (mut politeness, mut now) = (Politeness::default(), Micros(0));
        let pages = vec![Ask::get("https://a.example/private/1"), Ask::get("https://a.example/jobs")];
        let mut first = Plan::new(&SOURCE, "acme", pages, true, 1_000);
        assert_eq!(
            next(&mut first, &mut politeness, &mut now),
            Step::FetchRobots(Ask::get("https://a.example/robots.txt"))
        );
        let rules = b"User-agent: *\nDisallow: /private\nCrawl-delay: 10\n";
        first.answered_robots(&mut politeness, now, OK, rules, "waypost");
        let Step::Fetch(ask) = next(&mut first, &mut politeness, &mut now) else { panic!("a page is asked") };
        assert_eq!((ask.url.as_str(), now), ("https://a.example/jobs", Micros(10 * SECOND)));
        first.answered(&mut politeness, now, OK);
        assert_eq!(first.step(&mut politeness, now), Step::Done);
        assert_eq!(first.into_failure().map(|error| error.kind()), Some(ErrorKind::Denied));
        let mut second = Plan::new(&SOURCE, "beta", asks("a.example", 1), true, 1_000);
        assert!(matches!(next(&mut second, &mut politeness, &mut now), Step::Fetch(_)));
    }

    #[test]
    fn a_host_whose_robots_cannot_be_read_is_not_asked() {
        let (mut politeness, mut now) = (Politeness::default(), Micros(0));
        let mut plan = Plan::new(&SOURCE, "acme", asks("a.example", 1), true, 1_000);
        let mut tries = 0;
        while let Step::FetchRobots(_) = next(&mut plan, &mut politeness, &mut now) {
            tries += 1;
            plan.answered_robots(&mut politeness, now, status(500), b"", "waypost");
        }
        assert_eq!(tries, 4);
        assert_eq!(plan.into_failure().map(|error| error.kind()), Some(ErrorKind::Denied));
    }

    #[test]
    fn the_same_seed_makes_the_same_waits() {
        let wait = |seed| Politeness::new(Policy::default(), seed).wait("a.example", 2);
        assert_eq!(wait(1), wait(1));
        assert_ne!(wait(1), wait(2));
    }
}
