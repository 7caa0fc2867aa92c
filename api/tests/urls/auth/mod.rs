//! `/auth`, and what a bearer token must be.

mod bearer;
mod session;
