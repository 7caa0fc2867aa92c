//! The `measure` stage: the three market tables of one day.

use datafusion::common::ScalarValue;
use pipeline_core::{Day, Result};
use schemas::tables::{SalaryRow, SkillRow, TrendRow};

use crate::{Engine, query};

/// Version of `queries/salary.sql`.
pub const SALARY_METHOD: &str = "salary-1";
/// Version of `queries/skills.sql`.
pub const SKILLS_METHOD: &str = "skills-1";
/// Version of `queries/trend.sql`.
pub const TREND_METHOD: &str = "trend-1";

/// Weeks of a trend, the one that holds the day included.
pub const TREND_WEEKS: i32 = 26;

const SALARY: &str = include_str!("queries/salary.sql");
const SKILLS: &str = include_str!("queries/skills.sql");
const TREND: &str = include_str!("queries/trend.sql");

/// What was measured for one day: its partition of each market table, each in order of its key, "all" first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Rows of `market_salary`.
    pub salary: Vec<SalaryRow>,
    /// Rows of `market_skills`.
    pub skills: Vec<SkillRow>,
    /// Rows of `market_trend`.
    pub trend: Vec<TrendRow>,
}

/// Measures the market as of the end of `day` over the `window_days` days that end with it (the trend over its own
/// [`TREND_WEEKS`]), from the `roles` that `engine` has registered.
///
/// # Errors
/// Those of the engine: `TooLarge` when memory does not suffice, `Unavailable` when a file cannot be read.
pub async fn measure(engine: &Engine, day: Day, window_days: i64) -> Result<Measured> {
    Ok(Measured {
        salary: query::rows(engine, SALARY, window(day, window_days, SALARY_METHOD)).await?,
        skills: query::rows(engine, SKILLS, window(day, window_days, SKILLS_METHOD)).await?,
        trend: query::rows(engine, TREND, weeks(day)).await?,
    })
}

fn window(day: Day, window_days: i64, method: &str) -> Vec<(&'static str, ScalarValue)> {
    let length = i32::try_from(window_days.max(0)).unwrap_or(i32::MAX);
    vec![
        ("day", ScalarValue::Date32(Some(day.0))),
        ("after", ScalarValue::Date32(Some(day.plus(length.saturating_neg()).0))),
        ("window_days", ScalarValue::Int64(Some(window_days))),
        ("method", ScalarValue::from(method)),
    ]
}

fn weeks(day: Day) -> Vec<(&'static str, ScalarValue)> {
    let first = monday(day).plus(-7 * (TREND_WEEKS - 1));
    vec![
        ("day", ScalarValue::Date32(Some(day.0))),
        ("first", ScalarValue::Date32(Some(first.0))),
        ("method", ScalarValue::from(TREND_METHOD)),
    ]
}

/// The Monday of the week that holds `day`; 1970-01-01 was a Thursday.
pub(crate) fn monday(day: Day) -> Day {
    day.plus(-(day.0.saturating_add(3).rem_euclid(7)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_start_on_monday() {
        for (day, start) in [("2026-11-23", "2026-11-23"), ("2026-11-22", "2026-11-16"), ("1969-12-31", "1969-12-29")] {
            assert_eq!(monday(day.parse().expect("a day")).to_string(), start);
        }
    }
}
