//! The port for randomness.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::hash::Hasher;

/// Gives random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// When the system has none to give.
    fn fill(&self, bytes: &mut [u8]) -> crate::Result<()>;
}

/// The same bytes for the same seed; for tests and replays, never for secrets.
#[derive(Debug, Default)]
pub struct SeededEntropy {
    seed: u64,
    calls: AtomicU64,
}

impl SeededEntropy {
    /// A source of bytes that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, calls: AtomicU64::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> crate::Result<()> {
        for chunk in bytes.chunks_mut(32) {
            let call = self.calls.fetch_add(1, Ordering::Relaxed);
            let block = Hasher::new("entropy").part(self.seed.to_le_bytes()).part(call.to_le_bytes()).bytes();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}
