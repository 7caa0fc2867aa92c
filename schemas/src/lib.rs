//! Every table, document and wire type of Waypost, each declared once.
//!
//! From these declarations the Arrow schema, the JSON schema, the OpenSearch mapping and the DynamoDB keys are derived
//! ([`derive`]); the derived files lie in `generated/` and a test compares them.

pub mod cell;
pub mod derive;
pub mod documents;
pub mod table;
pub mod tables;
pub mod time;
pub mod wire;

pub use cell::{Cell, Json, Kind};
pub use table::{Column, Partition, Row, RowError, Table};
pub use time::{Day, Micros};
