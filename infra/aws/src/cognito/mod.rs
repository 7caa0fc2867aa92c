//! People in a Cognito user pool.
//!
//! The pool keeps addresses and passwords and issues the tokens. Ours are the count of failures, the same as everywhere, and
//! the person's profile. How to add a challenge: a line in `challenge.rs`.

mod challenge;
mod keys;
mod opaque;
mod people;
mod place;
mod probe;
mod refusal;

pub use people::CognitoIdentity;
