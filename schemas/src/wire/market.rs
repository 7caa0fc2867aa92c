//! Answers about the market.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer of `GET /agent/market` and of `waypost market`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MarketAnswer {
    /// Field of work asked for.
    pub domain: Option<String>,
    /// ISO country code that the place asked for lies in.
    pub country: Option<String>,
    /// Seniority asked for.
    pub level: Option<String>,
    /// Last day of the window.
    pub as_of: Option<String>,
    /// Length of the window in days.
    pub window_days: i64,
    /// Roles behind the answer.
    pub n: i64,
    /// Pay per currency, largest n first.
    pub salary: Vec<PaySummary>,
    /// Skills by share, largest first.
    pub skills: Vec<SkillShare>,
    /// New roles per week, oldest first.
    pub trend: Vec<TrendPoint>,
    /// What to know before using the numbers.
    pub notes: Vec<String>,
}

/// Yearly pay in one currency, in major units.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PaySummary {
    /// ISO 4217 code.
    pub currency: String,
    /// Roles with stated pay.
    pub n: i64,
    /// 10th percentile.
    pub p10: f64,
    /// 25th percentile.
    pub p25: f64,
    /// Median.
    pub p50: f64,
    /// 75th percentile.
    pub p75: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 95 % interval of the median; null when n is too small for one.
    pub p50_interval: Option<(f64, f64)>,
}

/// Share of roles that ask for a skill.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SkillShare {
    /// Canonical name.
    pub skill: String,
    /// Roles that name it.
    pub n: i64,
    /// `n` over all roles.
    pub share: f64,
    /// 95 % Wilson interval.
    pub interval: (f64, f64),
}

/// One week of a trend.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrendPoint {
    /// Monday of the week.
    pub week: String,
    /// What is counted or measured.
    pub metric: String,
    /// Currency, for pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The value.
    pub value: f64,
    /// Roles behind it.
    pub n: i64,
}
