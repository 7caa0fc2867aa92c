//! Normalisation: what sources answered becomes observations, postings and quarantine, as a pure function of each answer.

pub mod company;
mod exchange;
pub mod html;
pub mod pay;
pub mod place;
mod readers;
mod record;
pub mod resolve;
pub mod skills;
pub mod stage;
pub mod text;
pub mod title;
pub mod work;

pub use exchange::{Normalized, normalize};
pub use pay::{PayHints, PayReading, read_pay_text};
pub use readers::Readers;

/// Version of the rules; it stands in every row that they made.
pub const METHOD: &str = "normalize-2";
