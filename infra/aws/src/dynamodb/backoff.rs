//! Waiting before another try, longer each time, by chance, so that those who collided do not collide again.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// Tries of one call beyond those that the SDK makes by itself.
const TRIES: u32 = 12;
/// The longest first wait, in milliseconds; it doubles with every try.
const FIRST_MS: u64 = 20;
/// The longest wait, in milliseconds.
const LONGEST_MS: u64 = 2_000;

/// The tries of one call.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// Counts one more try without waiting; false when there is to be none.
    pub(super) fn again(&mut self) -> bool {
        self.tries += 1;
        self.tries < TRIES
    }

    /// Waits for another try; false when there is to be none. It waits in real time, since a server is waited for.
    pub(super) async fn wait(&mut self) -> bool {
        if !self.again() {
            return false;
        }
        let longest = (FIRST_MS << self.tries).min(LONGEST_MS);
        tokio::time::sleep(Duration::from_millis(random() % longest + 1)).await;
        true
    }
}

/// A number by chance, which is no secret.
pub(super) fn random() -> u64 {
    RandomState::new().hash_one(0_u8)
}
