//! Passwords: their argon2id hashes.

use std::sync::Arc;
use std::thread::available_parallelism;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use pipeline_core::error::Context;
use pipeline_core::{Error, ErrorKind, Result};
use tokio::sync::Semaphore;

use crate::blocking::blocking;

/// Memory of one hash in KiB, passes over it and lanes: OWASP Password Storage Cheat Sheet, Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A salt.
pub(super) type Salt = [u8; 16];

/// Hashes passwords, no more at a time than the machine has processors, so that a flood of logins cannot fill the
/// memory.
#[derive(Clone)]
pub(super) struct Passwords {
    turns: Arc<Semaphore>,
    /// What a login of nobody is checked against, so that it takes as long as any other.
    nobody: Arc<str>,
}

impl Passwords {
    /// `salt` is that of the hash that no password has.
    pub(super) fn new(salt: Salt) -> Result<Self> {
        let turns = available_parallelism().map_or(2, usize::from);
        Ok(Self { turns: Arc::new(Semaphore::new(turns)), nobody: hash("", &salt)?.into() })
    }

    /// The hash of `password` in PHC form.
    pub(super) async fn hash(&self, password: &str, salt: Salt) -> Result<String> {
        let password = password.to_owned();
        self.in_turn(move || hash(&password, &salt)).await
    }

    /// Whether `password` has `expected` as its hash; without `expected` the same work is done for nothing.
    pub(super) async fn matches(&self, password: &str, expected: Option<String>) -> Result<bool> {
        let (known, password) = (expected.is_some(), password.to_owned());
        let expected = expected.unwrap_or_else(|| self.nobody.to_string());
        let same = self.in_turn(move || verify(&password, &expected)).await?;
        Ok(same && known)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let _turn = self.turns.acquire().await.context(ErrorKind::Internal, || "cannot wait for a turn to hash")?;
        blocking(work).await
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).context(ErrorKind::Internal, || "cannot set up argon2")?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str, salt: &Salt) -> Result<String> {
    let hash = argon2()?.hash_password_with_salt(password.as_bytes(), salt);
    Ok(hash.context(ErrorKind::Internal, || "cannot hash a password")?.to_string())
}

fn verify(password: &str, expected: &str) -> Result<bool> {
    let expected = PasswordHash::new(expected).context(ErrorKind::Internal, || "a stored password hash is damaged")?;
    match argon2()?.verify_password(password.as_bytes(), &expected) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(Error::internal("cannot check a password").because(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_states_the_work_it_took() {
        let hash = hash("correct horse battery", &[7; 16]).expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse battery", &hash).expect("a hash that can be read"));
        assert!(!verify("correct horse batterz", &hash).expect("a hash that can be read"));
    }
}
