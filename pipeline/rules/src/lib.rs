//! The rules of normalising, pure and without tables: what sources answered becomes observations, postings and quarantine; postings
//! of the same vacancy become roles.

pub mod company;
pub mod eligibility;
pub mod esco;
pub mod eval;
pub mod exchange;
pub mod fx;
pub mod html;
pub mod likeness;
pub mod occupation;
pub mod pay;
pub mod place;
mod readers;
mod record;
pub mod resolve;
pub mod sections;
pub mod skills;
pub mod spans;
pub mod text;
pub mod title;
pub mod work;

pub use exchange::{Normalized, normalize};
pub use pay::{MOST_PARTS, PartKind, Pay, PayHints, PayPart, PayReading, PerYear, read as read_pay, read_pay_text};
pub use readers::Readers;

/// Version of the rules; it stands in every row that they made.
pub const METHOD: &str = "normalize-5";
