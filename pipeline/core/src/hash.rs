//! Stable hashes for ids, versions and fingerprints: BLAKE3, with every part's length hashed before it.

/// Hashes parts so that no two lists of parts collide by concatenation.
#[derive(Default)]
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// A hasher for one `purpose`; equal parts hash differently for different purposes.
    pub fn new(purpose: &str) -> Self {
        Self::default().part(purpose)
    }

    /// Adds one part.
    #[must_use]
    pub fn part(mut self, part: impl AsRef<[u8]>) -> Self {
        self.add(part);
        self
    }

    /// Adds one part in place.
    pub fn add(&mut self, part: impl AsRef<[u8]>) {
        let part = part.as_ref();
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// All 32 bytes.
    pub fn bytes(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }

    /// The first `digits` hexadecimal digits, at most 64.
    pub fn hex(&self, digits: usize) -> String {
        let mut text = self.0.finalize().to_hex().to_string();
        text.truncate(digits);
        text
    }

    /// The first 8 bytes as a number.
    pub fn number(&self) -> u64 {
        u64::from_le_bytes(self.bytes()[..8].try_into().unwrap_or_default())
    }
}

/// Hexadecimal BLAKE3 of `bytes`, as any BLAKE3 tool prints it.
pub fn content_hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The bucket of `key` among 16, as two hexadecimal digits.
pub fn bucket(key: &str) -> String {
    format!("{:02x}", Hasher::new("bucket").part(key).number() % 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(Hasher::new("x").part("ab").part("c").hex(64), Hasher::new("x").part("a").part("bc").hex(64));
    }
}
