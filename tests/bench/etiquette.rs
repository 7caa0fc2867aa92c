//! The law of etiquette over simulated time: many hosts with random answers, every request checked by a second book-keeping
//! that knows nothing of the first.
//!
//! ```console
//! $ cargo bench -p pipeline-crawl --bench etiquette -- [REQUESTS] [HOSTS] [SEED]
//! ```
//!
//! A third of the vendors is healthy and asked to the limit, of its hosts or of the vendor itself; the others fail, refuse,
//! throttle and ask for patience. It prints the violations (gaps per host and per vendor, quotas in any window, requests
//! within a patience that was asked for), the share of the permitted budget that was used where nothing was refused, and
//! the processor's time per decision.

#![expect(clippy::print_stdout, reason = "its result is what it prints")]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use cpu_time::ProcessTime;
use pipeline_core::Micros;
use pipeline_core::source::{Ask, Description, Quota};
use pipeline_crawl::plan::{CameBack, Plan, Step};
use pipeline_crawl::{Policy, Politeness};

const SECOND: i64 = 1_000_000;
const BEGIN: Micros = Micros(1_795_154_400_000_000);
const HOSTS_PER_VENDOR: usize = 10;
const ASKS_PER_PLAN: usize = 50;

/// A generator of numbers that are the same for the same seed (splitmix64, Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Healthy; its hosts' gaps are the limit.
    ByHost,
    /// Healthy; the vendor's gap is the limit.
    ByVendor,
    /// Healthy; a quota of any minute is the limit.
    ByQuota,
    /// Whatever can go wrong.
    Odd,
}

impl Kind {
    fn of(vendor: usize) -> Self {
        match vendor % 9 {
            0 => Self::ByHost,
            1 => Self::ByVendor,
            2 => Self::ByQuota,
            _ => Self::Odd,
        }
    }

    /// Gap of a host and of the vendor, in milliseconds, and requests in any minute.
    fn limits(self) -> (u64, u64, Option<u32>) {
        match self {
            Self::ByHost | Self::Odd => (2_000, 100, None),
            Self::ByVendor => (2_000, 500, None),
            Self::ByQuota => (1_000, 100, Some(60)),
        }
    }
}

fn vendor(number: usize) -> &'static Description {
    let (min_gap_ms, vendor_gap_ms, quota) = Kind::of(number).limits();
    let quotas: Vec<Quota> = quota.map(|requests| Quota { requests, window_s: 60 }).into_iter().collect();
    let name: &'static str = Box::leak(format!("vendor{number}").into_boxed_str());
    let quotas: &'static [Quota] = Box::leak(quotas.into_boxed_slice());
    Box::leak(Box::new(Description { name, min_gap_ms, vendor_gap_ms, quotas, ..Description::BASE }))
}

/// The second book-keeping.
#[derive(Default)]
struct Books {
    hosts: HashMap<usize, (i64, i64)>,
    vendors: HashMap<usize, (i64, VecDeque<i64>)>,
    violations: u64,
}

impl Books {
    fn sent(&mut self, host: usize, now: i64) {
        let number = host / HOSTS_PER_VENDOR;
        let (gap, vendor_gap, quota) = Kind::of(number).limits();
        let (last, patience) = self.hosts.entry(host).or_insert((i64::MIN / 2, i64::MIN / 2));
        self.violations += u64::from(now - *last < gap as i64 * 1_000) + u64::from(now < *patience);
        *last = now;
        let (last, window) = self.vendors.entry(number).or_insert_with(|| (i64::MIN / 2, VecDeque::new()));
        self.violations += u64::from(now - *last < vendor_gap as i64 * 1_000);
        *last = now;
        if let Some(quota) = quota {
            while window.front().is_some_and(|time| *time <= now - 60 * SECOND) {
                window.pop_front();
            }
            window.push_back(now);
            self.violations += u64::from(window.len() > quota as usize);
        }
    }

    fn asked_for_patience(&mut self, host: usize, until: i64) {
        let entry = self.hosts.entry(host).or_insert((i64::MIN / 2, i64::MIN / 2));
        entry.1 = entry.1.max(until);
    }
}

/// An answer: its status, its `Retry-After` in seconds, and how long it took.
fn answer(kind: Kind, dice: &mut Dice) -> (u16, Option<i64>, i64) {
    let quick = 20_000 + dice.roll(200_000) as i64;
    if kind != Kind::Odd {
        return ([200, 304, 404][dice.roll(3) as usize], None, quick);
    }
    match dice.roll(20) {
        0..12 => (200, None, quick),
        12 => (304, None, quick),
        13 => (404, None, quick),
        14 => (403, None, quick),
        15 => (429, Some(1 + dice.roll(120) as i64), quick),
        16 => (429, None, quick),
        17 => (500, None, quick),
        18 => (503, Some(dice.roll(300) as i64), quick),
        _ => (200, None, 30 * SECOND),
    }
}

/// Something that happens at a time to a host's plan: its turn comes, or its answer.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Answer { status: u16, patience: Option<i64>, elapsed: i64 },
    Turn,
}

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let most = numbers.first().copied().unwrap_or(1_000_000);
    let hosts = numbers.get(1).map_or(1_000, |hosts| *hosts as usize);
    let seed = numbers.get(2).copied().unwrap_or(1);
    let vendors: Vec<&'static Description> = (0..hosts.div_ceil(HOSTS_PER_VENDOR)).map(vendor).collect();
    let mut dice = Dice(seed);
    let mut politeness = Politeness::new(Policy::default(), seed);
    let plan = |host: usize, round: usize| {
        let asks = (0..ASKS_PER_PLAN).map(|page| Ask::get(format!("https://h{host}.example/{round}/{page}"))).collect();
        Plan::new(vendors[host / HOSTS_PER_VENDOR], &format!("b{host}"), asks, false, u32::MAX)
    };
    let mut plans: Vec<(Plan, usize)> = (0..hosts).map(|host| (plan(host, 0), 0)).collect();
    let mut events: BinaryHeap<Reverse<(i64, usize, Event)>> =
        (0..hosts).map(|host| Reverse((BEGIN.0 + dice.roll(2_000_000) as i64, host, Event::Turn))).collect();
    let mut books = Books::default();
    let (mut sent, mut decisions, mut per_vendor) = (0_u64, 0_u64, vec![0_u64; vendors.len()]);
    let mut now = BEGIN.0;
    let began = ProcessTime::now();
    while sent < most {
        let Some(Reverse((at, host, event))) = events.pop() else { break };
        now = at;
        let (turn, round) = &mut plans[host];
        if let Event::Answer { status, patience, elapsed } = event {
            let headers: Vec<(String, String)> =
                patience.iter().map(|seconds| ("retry-after".to_owned(), seconds.to_string())).collect();
            turn.answered(
                &mut politeness,
                Micros(now),
                CameBack::Answer { status, headers: &headers, elapsed: Some(elapsed) },
            );
            if let Some(seconds) = patience {
                books.asked_for_patience(host, now + seconds * SECOND);
            }
        }
        decisions += 1;
        match turn.step(&mut politeness, Micros(now)) {
            Step::Fetch(_) => {
                books.sent(host, now);
                sent += 1;
                per_vendor[host / HOSTS_PER_VENDOR] += 1;
                let (status, patience, elapsed) = answer(Kind::of(host / HOSTS_PER_VENDOR), &mut dice);
                events.push(Reverse((now + elapsed, host, Event::Answer { status, patience, elapsed })));
            }
            Step::WaitUntil(time) => events.push(Reverse((time.0, host, Event::Turn))),
            Step::Done => {
                *round += 1;
                *turn = plan(host, *round);
                // Left alone or at its end: another board of the host comes later.
                let pause = if Kind::of(host / HOSTS_PER_VENDOR) == Kind::Odd { 60 * SECOND } else { 0 };
                events.push(Reverse((now + pause, host, Event::Turn)));
            }
            Step::FetchRobots(_) => unreachable!("robots are not minded here"),
        }
    }
    let cpu = began.elapsed().as_secs_f64();
    let span = (now - BEGIN.0) as f64 / 1e6;
    println!(
        "{sent} requests to {hosts} hosts of {} vendors in {:.1} simulated hours, seed {seed}",
        vendors.len(),
        span / 3_600.0
    );
    println!("violations: {}", books.violations);
    for (kind, name) in [(Kind::ByHost, "hosts"), (Kind::ByVendor, "vendors"), (Kind::ByQuota, "quotas")] {
        let chosen: Vec<usize> = (0..vendors.len()).filter(|number| Kind::of(*number) == kind).collect();
        let (gap, vendor_gap, quota) = kind.limits();
        let permitted = match kind {
            Kind::ByHost => span * 1e3 / gap as f64 * HOSTS_PER_VENDOR as f64,
            Kind::ByVendor => span * 1e3 / vendor_gap as f64,
            _ => span / 60.0 * f64::from(quota.unwrap_or(0)),
        };
        let used: u64 = chosen.iter().map(|number| per_vendor[*number]).sum();
        println!(
            "budget used where {name} are the limit: {:.2} %",
            100.0 * used as f64 / (permitted * chosen.len() as f64)
        );
    }
    println!(
        "{decisions} decisions, {:.2} microseconds of CPU each, {:.2} per request",
        cpu * 1e6 / decisions as f64,
        cpu * 1e6 / sent as f64
    );
    assert_eq!(books.violations, 0, "a limit was violated");
}
