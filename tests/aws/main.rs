//! The main job on AWS's servers: the same program, the same tables, documents and answers as embedded, whatever the
//! servers do meanwhile. `tests/aws.sh` installs and starts the servers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod alike;
mod doctor;
mod faults;
mod lease;
mod people;
mod program;
mod stack;
mod telemetry;
