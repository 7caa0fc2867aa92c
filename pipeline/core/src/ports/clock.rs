//! The clock port.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::channel::oneshot;
use schemas::Micros;

/// Tells the time and waits.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Micros;

    /// Waits until `time`; returns at once when it has passed.
    async fn sleep_until(&self, time: Micros);
}

impl dyn Clock + '_ {
    /// Waits for `duration`.
    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(Micros(self.now().0 + duration.as_micros() as i64)).await;
    }
}

/// A clock that stands still until someone sleeps on it, and then jumps: each sleeper is woken in order of time.
///
/// Meant for tests and for replays, where all waiting is politeness towards nobody.
#[derive(Debug)]
pub struct SimulatedClock {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: Micros,
    next: u64,
    sleepers: BTreeMap<(Micros, u64), oneshot::Sender<()>>,
}

impl SimulatedClock {
    /// A clock that stands at `now`.
    pub fn at(now: Micros) -> Self {
        Self { state: Mutex::new(State { now, next: 0, sleepers: BTreeMap::new() }) }
    }

    /// Moves the clock to `time`, never backwards, and wakes who slept until then.
    pub fn advance_to(&self, time: Micros) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = state.now.max(time);
        let first_left = (Micros(state.now.0 + 1), 0);
        let later = state.sleepers.split_off(&first_left);
        for sleeper in std::mem::replace(&mut state.sleepers, later).into_values() {
            let _ = sleeper.send(());
        }
    }

    fn earliest(&self) -> Option<Micros> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sleepers.keys().next().map(|(time, _)| *time)
    }
}

#[async_trait]
impl Clock for SimulatedClock {
    fn now(&self) -> Micros {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).now
    }

    async fn sleep_until(&self, time: Micros) {
        let woken = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if time <= state.now {
                return;
            }
            let (sender, receiver) = oneshot::channel();
            let number = state.next;
            state.next += 1;
            state.sleepers.insert((time, number), sender);
            receiver
        };
        // Let every other task run first, so that earlier sleepers are known before the clock jumps.
        for _ in 0..64 {
            yield_now().await;
        }
        if let Some(earliest) = self.earliest() {
            self.advance_to(earliest);
        }
        let mut woken = woken;
        loop {
            match woken.try_recv() {
                Ok(Some(())) | Err(_) => return,
                Ok(None) => {
                    yield_now().await;
                    if let Some(earliest) = self.earliest() {
                        self.advance_to(earliest);
                    }
                }
            }
        }
    }
}

async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if yielded {
            return std::task::Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
