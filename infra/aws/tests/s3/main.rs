//! Objects and tables on the S3 server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod faults;
mod objects;
mod place;
mod writers;
