//! Every amount of pay that a posting states, each with what it is and where it stands.

use pipeline_core::money::Period;
use serde::Serialize;

/// Most amounts kept for one posting; those after them are left out.
pub const MOST_PARTS: usize = 32;

/// What an amount is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// Base pay: the fixed salary or wage.
    Base,
    /// On-target earnings: base and commission when targets are met.
    Ote,
    /// Total pay, which counts bonus or equity in.
    Total,
    /// A bonus or other variable pay.
    Bonus,
    /// Commission.
    Commission,
    /// Paid once for signing.
    Signing,
    /// Paid once for staying.
    Retention,
    /// Paid for recommending someone.
    Referral,
    /// Help with moving.
    Relocation,
    /// Shares or options, by value or in percent of the company.
    Equity,
    /// A budget or allowance for one purpose.
    Allowance,
    /// Pay that the source says is not base pay, without saying what it is.
    Other,
}

/// One amount or range that a posting states.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PayPart {
    /// What it is.
    pub kind: PartKind,
    /// Lowest, in minor units of `currency`; `None` for "up to", for percentages and where the currency is unknown.
    pub min_minor: Option<i64>,
    /// Highest, in minor units of `currency`; `None` for "from", for percentages and where the currency is unknown.
    pub max_minor: Option<i64>,
    /// Lowest in percent: of the company for equity, of base pay for a bonus or commission.
    pub min_percent: Option<f64>,
    /// Highest in percent.
    pub max_percent: Option<f64>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// What the amount pays for; `None` where it is open or paid once.
    pub period: Option<Period>,
    /// Lowest per year, by the hours or the number of salaries that the posting states, else by the convention named in `assumption`.
    pub annual_min_minor: Option<i64>,
    /// Highest per year.
    pub annual_max_minor: Option<i64>,
    /// The words that name the place, zone, level or role it holds for.
    pub zone: Option<String>,
    /// The words that state it.
    pub quote: String,
    /// Where they start in the posting's text, in bytes; `None` when they stand in a field.
    pub start: Option<usize>,
    /// Where they end.
    pub end: Option<usize>,
    /// Path of the field, `text` or `title`.
    pub from: String,
    /// The rule that read it.
    pub rule: &'static str,
    /// What was assumed.
    pub assumption: Option<String>,
    /// Whether the source guessed it.
    pub predicted: bool,
    /// 0 to 1.
    pub confidence: f64,
}
