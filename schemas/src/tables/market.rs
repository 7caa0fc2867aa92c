//! `market_salary`, `market_skills`, `market_trend`: what the roles say together.
//!
//! A null `domain`, `country` or `level` means "all of them", never "unknown".

use crate::Day;

crate::table! {
    /// Advertised yearly pay per field of work, country, level and currency, as quantiles of the role's mid-point.
    SalaryRow = "market_salary", key [day, domain, country, level, currency], partition [day];
    /// The last day of the window.
    day: Day,
    /// Field of work; null for all.
    domain: Option<String>,
    /// ISO country code; null for all.
    country: Option<String>,
    /// Seniority; null for all.
    level: Option<String>,
    /// ISO 4217 code; currencies are never mixed.
    currency: String,
    /// Length of the window in days.
    window_days: i64,
    /// Roles with stated base pay.
    n: i64,
    /// 10th percentile in minor units a year.
    p10_minor: i64,
    /// 25th percentile in minor units a year.
    p25_minor: i64,
    /// Median in minor units a year.
    p50_minor: i64,
    /// 75th percentile in minor units a year.
    p75_minor: i64,
    /// 90th percentile in minor units a year.
    p90_minor: i64,
    /// Lower end of the median's 95 % interval, by order statistics; null when n is too small for one.
    p50_low_minor: Option<i64>,
    /// Upper end of the median's 95 % interval, by order statistics; null when n is too small for one.
    p50_high_minor: Option<i64>,
    /// Version of the query.
    method: String,
}

crate::table! {
    /// How many roles of a field of work and country ask for each skill.
    SkillRow = "market_skills", key [day, domain, country, skill], partition [day];
    /// The last day of the window.
    day: Day,
    /// Field of work; null for all.
    domain: Option<String>,
    /// ISO country code; null for all.
    country: Option<String>,
    /// Canonical name of the skill.
    skill: String,
    /// Length of the window in days.
    window_days: i64,
    /// Roles that name the skill.
    n: i64,
    /// Roles in the group.
    roles: i64,
    /// `n / roles`.
    share: f64,
    /// Lower end of the share's 95 % Wilson interval.
    share_low: f64,
    /// Upper end of the share's 95 % Wilson interval.
    share_high: f64,
    /// Version of the query.
    method: String,
}

crate::table! {
    /// Weekly counts and pay of new roles.
    TrendRow = "market_trend", key [day, domain, country, metric, currency, week], partition [day];
    /// The last day of the window.
    day: Day,
    /// Field of work; null for all.
    domain: Option<String>,
    /// ISO country code; null for all.
    country: Option<String>,
    /// `new_roles` or `median_pay_minor`.
    metric: String,
    /// ISO 4217 code for pay; null for counts.
    currency: Option<String>,
    /// The Monday of the week in which the roles were published (first seen, where no date is stated).
    week: Day,
    /// Roles behind the value.
    n: i64,
    /// The value, in the metric's unit.
    value: f64,
    /// Version of the query.
    method: String,
}
