//! How often something may be asked: the least gap between two requests, and the most requests in spans of time.
//!
//! The gap is kept by governor's cells (GCRA with a burst of one, so that no window of any length is ever broken), the
//! spans by the times of what was sent. Both follow the time that they are told, never a clock of their own.

use std::collections::VecDeque;
use std::ops::Add;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{NotKeyed, StateStore};
use governor::{NotUntil, Quota, RateLimiter};
use pipeline_core::Micros;
use pipeline_core::source;

/// The time that cells are told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<AtomicU64>);

/// A moment, in nanoseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Told {
    fn tell(&self, now: Micros) {
        self.0.store(nanos(now), Ordering::Relaxed);
    }
}

fn nanos(time: Micros) -> u64 {
    u64::try_from(time.0).unwrap_or(0).saturating_mul(1_000)
}

impl Clock for Told {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::Relaxed))
    }
}

impl Add<Nanos> for Moment {
    type Output = Self;

    fn add(self, span: Nanos) -> Self {
        Self(self.0.saturating_add(span.into()))
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_sub(earlier.0).into()
    }

    fn saturating_sub(&self, span: Nanos) -> Self {
        Self(self.0.saturating_sub(span.into()))
    }
}

/// The state of a cell that is only asked.
#[derive(Debug)]
struct Cell {
    /// The theoretical arrival time of the next request, as the algorithm calls it, in nanoseconds.
    arrival: Option<u64>,
}

impl StateStore for Cell {
    type Key = NotKeyed;

    fn measure_and_replace<T, F, E>(&self, _: &NotKeyed, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        measure(self.arrival.map(Nanos::new)).map(|(result, _)| result)
    }
}

/// The least gap between two requests. It keeps when the last was sent, so that a gap that grows holds at once.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    last: Option<Micros>,
}

impl Pace {
    /// When the next request may be sent, `gap` microseconds after the one before: now or later.
    pub fn next(&self, told: &Told, gap: i64, now: Micros) -> Micros {
        let gap = Duration::from_micros(u64::try_from(gap).unwrap_or(0));
        let Some(quota) = Quota::with_period(gap) else { return now };
        // A cell with a burst of one that let a request through expects the next one gap later.
        let span = u64::try_from(gap.as_nanos()).unwrap_or(u64::MAX);
        let cell = Cell { arrival: self.last.map(|last| nanos(last).saturating_add(span)) };
        // The limiter counts from the moment it is made.
        told.0.store(0, Ordering::Relaxed);
        let limiter: RateLimiter<NotKeyed, Cell, Told, NoOpMiddleware<Moment>> =
            RateLimiter::new(quota, cell, told.clone());
        told.tell(now);
        let refused = limiter.check().map_err(|refused: NotUntil<Moment>| refused.earliest_possible().0);
        // Up to the next whole microsecond, so that asking again then succeeds.
        refused.err().map_or(now, |earliest| Micros(i64::try_from(earliest.div_ceil(1_000)).unwrap_or(i64::MAX)))
    }

    /// Takes note of a request that is sent at `now`, in whatever pace.
    pub fn sent(&mut self, now: Micros) {
        self.last = self.last.max(Some(now));
    }
}

/// The most requests in spans of time.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    sent: VecDeque<Micros>,
}

impl Spans {
    /// Takes note of a request sent at `now`; what is older than the longest of `quotas` is forgotten.
    pub fn sent(&mut self, quotas: &[source::Quota], now: Micros) {
        let Some(longest) = quotas.iter().map(|quota| quota.window_s).max() else { return };
        let begin = now.plus_seconds(-i64::from(longest));
        while self.sent.front().is_some_and(|time| *time <= begin) {
            self.sent.pop_front();
        }
        let at = self.sent.partition_point(|time| *time <= now);
        self.sent.insert(at, now);
    }

    /// When the next request may be sent so that no span of any of `quotas` holds too many, and the quota that says so.
    pub fn next(&self, quotas: &[source::Quota], now: Micros) -> (Micros, Option<source::Quota>) {
        let mut next = (now, None);
        for quota in quotas {
            let most = quota.requests as usize;
            let Some(blocking) = self.sent.len().checked_sub(most).filter(|_| most > 0) else { continue };
            // The request so many before the last must have left the window.
            let Some(time) = self.sent.get(blocking) else { continue };
            let free = time.plus_seconds(i64::from(quota.window_s));
            if free > next.0 {
                next = (free, Some(*quota));
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn two_requests_are_never_closer_than_the_gap_and_need_not_be_further() {
        let (told, mut pace) = (Told::default(), Pace::default());
        let mut now = Micros(1_795_154_400_000_000);
        for _ in 0..100 {
            let next = pace.next(&told, 2 * SECOND, now);
            assert_eq!(pace.next(&told, 2 * SECOND, next), next, "asking changes nothing");
            pace.sent(next);
            assert_eq!(pace.next(&told, 2 * SECOND, next), Micros(next.0 + 2 * SECOND));
            now = Micros(next.0 + 1);
        }
    }

    #[test]
    fn a_pause_gives_no_right_to_a_burst() {
        let (told, mut pace) = (Told::default(), Pace::default());
        pace.sent(Micros(SECOND));
        let later = Micros(1_000 * SECOND);
        assert_eq!(pace.next(&told, SECOND, later), later);
        pace.sent(later);
        assert_eq!(pace.next(&told, SECOND, later), Micros(later.0 + SECOND));
    }

    #[test]
    fn a_gap_that_grows_holds_from_the_last_request_on() {
        let (told, mut pace) = (Told::default(), Pace::default());
        pace.sent(Micros(SECOND));
        pace.sent(Micros(2 * SECOND));
        assert_eq!(pace.next(&told, 10 * SECOND, Micros(3 * SECOND)), Micros(12 * SECOND));
    }

    #[test]
    fn no_span_holds_more_than_its_quota_wherever_it_lies() {
        let quotas = [source::Quota { requests: 3, window_s: 10 }, source::Quota { requests: 5, window_s: 60 }];
        let mut spans = Spans::default();
        let (mut now, mut sent) = (Micros(0), Vec::new());
        while sent.len() < 100 {
            now = spans.next(&quotas, now).0;
            spans.sent(&quotas, now);
            sent.push(now.0);
        }
        for quota in quotas {
            let (most, window) = (quota.requests as usize, i64::from(quota.window_s) * SECOND);
            assert!(sent.windows(most + 1).all(|run| run[most] - run[0] >= window));
        }
        assert_eq!(sent[99] / (60 * SECOND), 19, "and the whole of the budget is used");
    }
}
