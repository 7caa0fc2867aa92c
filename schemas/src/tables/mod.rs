//! The tables of the lake, one file each. To add one: write the file, list it here and in [`ALL`].

mod corrections;
mod fetches;
mod findings;
mod market;
mod matches;
mod observations;
mod postings;
mod quarantine;
mod rates;
mod readings;
mod roles;
mod runs;

pub use corrections::CorrectionRow;
pub use fetches::FetchRow;
pub use findings::FindingRow;
pub use market::{SalaryRow, SkillRow, TrendRow};
pub use matches::MatchRow;
pub use observations::ObservationRow;
pub use postings::PostingRow;
pub use quarantine::QuarantineRow;
pub use rates::RateRow;
pub use readings::ReadingRow;
pub use roles::RoleRow;
pub use runs::RunRow;

use crate::{Row, Table};

/// Every table of the lake, in the order in which a posting passes through them.
pub static ALL: &[&Table] = &[
    FetchRow::TABLE,
    ObservationRow::TABLE,
    PostingRow::TABLE,
    QuarantineRow::TABLE,
    FindingRow::TABLE,
    ReadingRow::TABLE,
    CorrectionRow::TABLE,
    RateRow::TABLE,
    RoleRow::TABLE,
    SalaryRow::TABLE,
    SkillRow::TABLE,
    TrendRow::TABLE,
    MatchRow::TABLE,
    RunRow::TABLE,
];

/// The table called `name`.
pub fn named(name: &str) -> Option<&'static Table> {
    ALL.iter().copied().find(|table| table.name == name)
}
