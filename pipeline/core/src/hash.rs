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

/// How many buckets there are.
pub const BUCKETS: usize = 16;

/// The number of `key` from which its bucket follows.
pub fn bucket_number(key: &str) -> u64 {
    Hasher::new("bucket").part(key).number()
}

/// The name of the bucket that keys of `number` fall into: two hexadecimal digits.
pub fn bucket_name(number: u64) -> String {
    format!("{:02x}", number % BUCKETS as u64)
}

/// The bucket of `key`.
pub fn bucket(key: &str) -> String {
    bucket_name(bucket_number(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(Hasher::new("x").part("ab").part("c").hex(64), Hasher::new("x").part("a").part("bc").hex(64));
    }
}
