//! What all boards of one crawl share about hosts and vendors: who was asked when, who asks for patience, who is resting
//! after failures, who is asked more slowly, and what robots.txt says.

use std::collections::{BTreeSet, HashMap};

use pipeline_core::hash::Hasher;
use pipeline_core::source::{Description, Quota};
use pipeline_core::{Error, Micros};
use url::Url;

use crate::hints::{self, Headers};
use crate::pace::{Pace, Spans, Told};
use crate::robots::Robots;

/// How patient the crawl is. All spans are in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// How often one ask is sent again after a failure that may pass.
    pub retries: u32,
    /// Wait before the first retry; it doubles with each.
    pub first_wait: i64,
    /// The longest wait that is chosen here.
    pub longest_wait: i64,
    /// The longest wait that a host may ask for; a host that wants more is left alone for this crawl.
    pub longest_patience: i64,
    /// Consecutive failures after which a host is left alone.
    pub failures_to_rest: u32,
    /// How long it is left alone the first time; doubles while it goes on failing.
    pub rest: i64,
    /// Boards of one vendor that fail in a row, none succeeding between, after which the vendor is left alone.
    pub boards_to_rest: usize,
    /// How much longer than is usual for a host an answer may take before it is asked more slowly.
    pub slow_factor: i64,
    /// After this time an exchange that was never reported counts as lost.
    pub lost_after: i64,
}

const SECOND: i64 = 1_000_000;

impl Default for Policy {
    fn default() -> Self {
        Self {
            retries: 3,
            first_wait: 2 * SECOND,
            longest_wait: 120 * SECOND,
            longest_patience: 600 * SECOND,
            failures_to_rest: 5,
            rest: 300 * SECOND,
            boards_to_rest: 5,
            slow_factor: 4,
            lost_after: 600 * SECOND,
        }
    }
}

/// How often robots.txt of a host is asked again, in microseconds; RFC 9309 section 2.4 allows no more than a day.
pub const ROBOTS_HOLD: i64 = 86_400 * SECOND;
/// Most doublings of a gap.
const MOST_SLOW: u32 = 6;
/// Successes in a row after which a gap is halved again.
const TO_RECOVER: u32 = 8;
/// Answers before the time that a host takes counts as usual.
const TO_KNOW: u32 = 5;
/// Shortest time that counts as slow, in microseconds.
const LEAST_SLOW: i64 = 2 * SECOND;

/// What an operator allows beyond, or rather below, what a source's description does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strictness {
    /// Shortest time between two requests to one host, in milliseconds.
    pub gap_ms: Option<u64>,
    /// Shortest time between two requests to all hosts of the vendor, in milliseconds.
    pub vendor_gap_ms: Option<u64>,
    /// Further quotas.
    pub quotas: Vec<Quota>,
}

/// What the boards of one crawl share about hosts and vendors.
#[derive(Debug, Default)]
pub struct Politeness {
    pub(crate) policy: Policy,
    seed: u64,
    told: Told,
    hosts: HashMap<String, Host>,
    vendors: HashMap<&'static str, Vendor>,
    stricter: HashMap<String, Strictness>,
}

#[derive(Debug, Default)]
pub(crate) struct Host {
    pace: Pace,
    in_flight: Option<Micros>,
    pub(crate) not_before: Option<Micros>,
    failures: u32,
    rests: u32,
    resting_until: Option<Micros>,
    /// Doublings of the gap, and successes since the last.
    slow: u32,
    recovering: u32,
    /// Usual time of an answer, in microseconds, and how many answers it is of.
    usual: i64,
    answers: u32,
    pub(crate) robots: Option<Robots>,
    pub(crate) robots_tries: u32,
}

#[derive(Debug, Default)]
struct Vendor {
    pace: Pace,
    spans: Spans,
    failing: BTreeSet<String>,
    rests: u32,
    resting_until: Option<Micros>,
    probe: Option<Micros>,
    not_before: Option<Micros>,
}

/// The gaps and quotas of a source as they are kept.
struct Rules {
    host_gap: i64,
    vendor_gap: i64,
    quotas: Vec<Quota>,
}

/// A failure that may pass.
pub(crate) struct Failure {
    /// How often the same was tried before.
    pub tries: u32,
    /// Until when the host asks for patience.
    pub patience: Option<Micros>,
    /// Whether the host said that it is asked too much.
    pub throttled: bool,
}

/// Whether a request may be sent.
pub(crate) enum Turn {
    At(Micros),
    Never(Error),
}

fn micros(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX).saturating_mul(1_000)
}

impl Politeness {
    /// Politeness by `policy`; `seed` decides the jitter of waits.
    pub fn new(policy: Policy, seed: u64) -> Self {
        Self { policy, seed, ..Self::default() }
    }

    /// Keeps `source` to what an operator allows, where that is stricter than its own limits.
    pub fn restrict(&mut self, source: &str, strictness: Strictness) {
        self.stricter.insert(source.to_owned(), strictness);
    }

    /// Takes note of a request that an earlier crawl sent at `time`, so that gaps and quotas reach across crawls. To be
    /// told in order of time.
    pub fn recall(&mut self, source: &'static Description, url: &str, time: Micros) {
        if let Some(host) = host_of(url) {
            self.note_sent(&host, source, time, true);
            self.host(&host).in_flight = None;
            self.vendor(source).probe = None;
        }
    }

    /// Takes note that an earlier crawl asked `source` at `time`, for gaps and quotas of the vendor alone.
    pub fn recall_sent(&mut self, source: &'static Description, time: Micros) {
        let quotas = self.rules(source).quotas;
        let vendor = self.vendor(source);
        vendor.pace.sent(time);
        vendor.spans.sent(&quotas, time);
    }

    /// Takes note of what an earlier crawl was told by a host's robots.txt, when it is no older than [`ROBOTS_HOLD`].
    pub fn recall_robots(&mut self, url: &str, status: u16, body: &[u8], token: &str) {
        if let Some(host) = host_of(url)
            && let Some(robots) = robots_of(status, body, token)
        {
            self.host(&host).robots = Some(robots);
        }
    }

    pub(crate) fn host(&mut self, host: &str) -> &mut Host {
        if !self.hosts.contains_key(host) {
            self.hosts.insert(host.to_owned(), Host::default());
        }
        // It was just made sure that it is there.
        self.hosts.entry(host.to_owned()).or_default()
    }

    fn vendor(&mut self, source: &'static Description) -> &mut Vendor {
        self.vendors.entry(source.name).or_default()
    }

    fn rules(&self, source: &Description) -> Rules {
        let stricter = self.stricter.get(source.name);
        let gap_ms = source.min_gap_ms.max(stricter.and_then(|own| own.gap_ms).unwrap_or(0));
        let vendor_ms = if source.vendor_gap_ms == 0 { source.min_gap_ms } else { source.vendor_gap_ms };
        let vendor_ms = vendor_ms.max(stricter.and_then(|own| own.vendor_gap_ms).unwrap_or(0));
        let quotas = source.quotas.iter().chain(stricter.map(|own| own.quotas.as_slice()).unwrap_or_default());
        Rules { host_gap: micros(gap_ms), vendor_gap: micros(vendor_ms), quotas: quotas.copied().collect() }
    }

    pub(crate) fn note_sent(&mut self, host: &str, source: &'static Description, now: Micros, counts: bool) {
        let rules = self.rules(source);
        let entry = self.host(host);
        entry.pace.sent(now);
        entry.in_flight = Some(now);
        let vendor = self.vendor(source);
        vendor.pace.sent(now);
        if vendor.rests > 0 {
            vendor.probe = Some(now);
        }
        if counts {
            vendor.spans.sent(&rules.quotas, now);
        }
    }

    /// When `host` may be asked next on behalf of `source`.
    pub(crate) fn turn(&mut self, host: &str, source: &'static Description, now: Micros) -> Turn {
        let policy = self.policy;
        let rules = self.rules(source);
        let told = self.told.clone();
        let entry = self.host(host);
        if let Some(until) = entry.resting_until.filter(|until| now < *until) {
            return Turn::Never(Error::unavailable(format!(
                "{host} failed {} times in a row and is left alone until {until}",
                entry.failures
            )));
        }
        let again = rules.host_gap.clamp(SECOND / 10, SECOND);
        if let Some(since) = entry.in_flight.filter(|since| now.0 - since.0 < policy.lost_after) {
            return Turn::At(Micros(now.0.max(since.0) + again));
        }
        let mut at = now.max(entry.not_before.unwrap_or(now));
        at = at.max(entry.pace.next(&told, entry.gap(rules.host_gap), now));
        let vendor = self.vendor(source);
        if let Some(until) = vendor.resting_until.filter(|until| now < *until) {
            return Turn::Never(Error::unavailable(format!(
                "{} boards of {} failed one after another, so that it is left alone until {until}",
                vendor.failing.len(),
                source.name
            )));
        }
        if let Some(since) = vendor.probe.filter(|since| now.0 - since.0 < policy.lost_after) {
            return Turn::At(Micros(now.0.max(since.0) + again));
        }
        at = at.max(vendor.not_before.unwrap_or(at));
        at = at.max(vendor.pace.next(&told, rules.vendor_gap, now));
        let (free, quota) = vendor.spans.next(&rules.quotas, now);
        if let Some(quota) = quota.filter(|_| free.0 - now.0 > policy.longest_patience) {
            let message = format!(
                "{} was asked {} times in {} s, its limit, and may be asked again at {free}",
                source.name, quota.requests, quota.window_s
            );
            return Turn::Never(Error::throttled(message).hint("run it again later; what was fetched is kept"));
        }
        at = at.max(free);
        if at.0 - now.0 > policy.longest_patience {
            return Turn::Never(Error::throttled(format!("{host} asks for patience until {at}")));
        }
        Turn::At(at)
    }

    /// Takes note of an answer that is no failure of the host; `elapsed` is in microseconds.
    pub(crate) fn succeeded(&mut self, host: &str, source: &'static Description, board: &str, elapsed: Option<i64>) {
        let slow_factor = self.policy.slow_factor;
        let entry = self.host(host);
        entry.in_flight = None;
        entry.failures = 0;
        entry.rests = 0;
        entry.resting_until = None;
        entry.take_elapsed(elapsed, slow_factor);
        let vendor = self.vendor(source);
        vendor.failing.remove(board);
        vendor.failing.clear();
        (vendor.rests, vendor.resting_until, vendor.probe) = (0, None, None);
    }

    /// Takes note of a refusal that is final for what was asked: 401, 403 or 451. The host is asked more slowly.
    pub(crate) fn refused(&mut self, host: &str, source: &'static Description, board: &str, now: Micros) {
        let entry = self.host(host);
        entry.in_flight = None;
        entry.slow_down();
        self.board_failed(source, board, now);
    }

    /// Takes note of a failure that may pass, and answers when to try again.
    pub(crate) fn failed(
        &mut self,
        host: &str,
        source: &'static Description,
        board: &str,
        now: Micros,
        failure: Failure,
    ) -> Micros {
        let Failure { tries, patience, throttled } = failure;
        let policy = self.policy;
        let wait = self.wait(host, tries);
        let entry = self.host(host);
        entry.in_flight = None;
        entry.failures += 1;
        if throttled {
            entry.slow_down();
        }
        if entry.failures >= policy.failures_to_rest {
            let rest = policy.rest.saturating_mul(1 << entry.rests.min(8));
            entry.resting_until = Some(Micros(now.0.saturating_add(rest)));
            entry.rests += 1;
        }
        entry.not_before = entry.not_before.max(patience);
        self.board_failed(source, board, now);
        patience.unwrap_or(Micros(now.0 + wait))
    }

    fn board_failed(&mut self, source: &'static Description, board: &str, now: Micros) {
        let policy = self.policy;
        let vendor = self.vendor(source);
        vendor.probe = None;
        vendor.failing.insert(board.to_owned());
        if vendor.failing.len() >= policy.boards_to_rest {
            let rest = policy.rest.saturating_mul(1 << vendor.rests.min(8));
            vendor.resting_until = Some(Micros(now.0.saturating_add(rest)));
            vendor.rests += 1;
        }
    }

    /// Takes note of what the header fields of an answer say about its host's limits.
    pub(crate) fn heed(&mut self, host: &str, headers: Headers<'_>, now: Micros) {
        let until = hints::used_up(headers, now);
        let entry = self.host(host);
        entry.not_before = entry.not_before.max(until);
    }

    /// The wait before retry number `tries`: doubling, between half and whole of its step by a seeded jitter.
    pub(crate) fn wait(&self, host: &str, tries: u32) -> i64 {
        let step = self.policy.first_wait.saturating_mul(1 << tries.min(20)).min(self.policy.longest_wait);
        let dice = Hasher::new("backoff").part(self.seed.to_le_bytes()).part(host).part(tries.to_le_bytes()).number();
        let half = (step / 2).max(1);
        half + i64::try_from(dice % half.unsigned_abs()).unwrap_or(0)
    }
}

impl Host {
    /// The gap that is kept: the source's or that of robots.txt, doubled as often as the host showed that it is too much.
    fn gap(&self, least: i64) -> i64 {
        let gap = least.max(self.robots.as_ref().map_or(0, Robots::delay));
        if self.slow == 0 { gap } else { gap.max(SECOND / 4).saturating_mul(1 << self.slow) }
    }

    fn slow_down(&mut self) {
        self.slow = (self.slow + 1).min(MOST_SLOW);
        self.recovering = 0;
    }

    fn take_elapsed(&mut self, elapsed: Option<i64>, slow_factor: i64) {
        let Some(elapsed) = elapsed else { return };
        let known = self.answers >= TO_KNOW;
        if known && elapsed > LEAST_SLOW && elapsed > self.usual.saturating_mul(slow_factor) {
            self.slow_down();
        } else if self.slow > 0 {
            self.recovering += 1;
            if self.recovering >= TO_RECOVER {
                (self.slow, self.recovering) = (self.slow - 1, 0);
            }
        }
        // A moving mean: new answers weigh an eighth.
        self.usual = if self.answers == 0 { elapsed } else { self.usual + (elapsed - self.usual) / 8 };
        self.answers = self.answers.saturating_add(1);
    }
}

/// What a robots.txt answered with `status` and `body` says to `token`; nothing when it must be asked again.
pub(crate) fn robots_of(status: u16, body: &[u8], token: &str) -> Option<Robots> {
    match status {
        200..=299 => Some(Robots::read(token, body)),
        408 | 429 | 500.. => None,
        _ => Some(Robots::absent()),
    }
}

/// Host and port of an address: what gaps, rests and robots.txt are kept by.
pub(crate) fn host_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}
