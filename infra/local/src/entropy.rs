//! The system's randomness.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use pipeline_core::ports::Entropy;
use pipeline_core::{Error, Result};

/// Random bytes fit for secrets.
#[derive(Debug, Default)]
pub struct SystemEntropy(SystemRandom);

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        self.0.fill(bytes).map_err(|error| Error::internal("the system gives no random bytes").because(error))
    }
}
