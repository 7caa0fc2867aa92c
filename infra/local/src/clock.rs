//! The system's clock.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use pipeline_core::Micros;
use pipeline_core::ports::Clock;

/// The time of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The longest single sleep, so that a clock that was set forward meanwhile is noticed.
const LONGEST_NAP: Duration = Duration::from_secs(30);

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Micros {
        Micros::from_timestamp(Timestamp::now())
    }

    async fn sleep_until(&self, time: Micros) {
        loop {
            let left = time.0.saturating_sub(self.now().0);
            match u64::try_from(left) {
                Ok(left) if left > 0 => tokio::time::sleep(Duration::from_micros(left).min(LONGEST_NAP)).await,
                _ => return,
            }
        }
    }
}
