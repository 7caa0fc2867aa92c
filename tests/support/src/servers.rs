//! Where the servers are that tests talk to. `tests/aws.sh` installs and starts them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Access key of every test server.
pub const ACCESS_KEY: &str = "testkey";
/// Secret key of every test server.
pub const SECRET_KEY: &str = "testsecret";
/// Region of every test server.
pub const REGION: &str = "eu-west-1";

/// The address of the server called `name`, such as `opensearch`, from `WAYPOST_TEST_OPENSEARCH`.
///
/// # Panics
/// When it is not there: a test that needs a server fails without it.
pub fn address(name: &str) -> String {
    let variable = format!("WAYPOST_TEST_{}", name.to_ascii_uppercase());
    match std::env::var(&variable) {
        Ok(address) if !address.is_empty() => address,
        _ => panic!("{variable} is not set: start the servers with tests/aws.sh"),
    }
}

/// A name that no other test of any process uses: `prefix`, then letters, digits and dashes.
///
/// # Panics
/// When the clock stands before 1970.
pub fn unique(prefix: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}-{}-{:x}-{count}", std::process::id(), now.as_nanos())
}
