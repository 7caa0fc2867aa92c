//! The market's answers for the API: one document per field of work, country and level that has anything to say.

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::money::to_major;
use schemas::tables::{SalaryRow, SkillRow, TrendRow};
use schemas::wire::{MarketAnswer, PaySummary, SkillShare, TrendPoint};

use crate::{Measured, TREND_WEEKS};

/// Most skills in an answer.
const SKILLS: usize = 30;

/// Field of work, country; `None` for all.
type Place<'a> = (Option<&'a str>, Option<&'a str>);

/// The answers that follow from what was measured, by their sort key `{domain}#{country}#{level}` with `*` for all,
/// in its order. Skills and trend are measured across levels; an answer for one level carries those of all.
pub fn answers(measured: &Measured) -> Vec<(String, MarketAnswer)> {
    let mut groups: BTreeMap<(Place<'_>, Option<&str>), Vec<&SalaryRow>> = BTreeMap::new();
    for row in &measured.salary {
        let place = (row.domain.as_deref(), row.country.as_deref());
        groups.entry((place, row.level.as_deref())).or_default().push(row);
    }
    let mut skills: BTreeMap<Place<'_>, Vec<&SkillRow>> = BTreeMap::new();
    for row in &measured.skills {
        let place = (row.domain.as_deref(), row.country.as_deref());
        groups.entry((place, None)).or_default();
        skills.entry(place).or_default().push(row);
    }
    let mut trend: BTreeMap<Place<'_>, Vec<&TrendRow>> = BTreeMap::new();
    for row in &measured.trend {
        trend.entry((row.domain.as_deref(), row.country.as_deref())).or_default().push(row);
    }
    let mut answers: Vec<_> = groups
        .into_iter()
        .map(|((place, level), salary)| {
            let skills = skills.get(&place).map_or(&[][..], Vec::as_slice);
            let trend = trend.get(&place).map_or(&[][..], Vec::as_slice);
            (sort_key(place, level), answer(place, level, salary, skills, trend))
        })
        .collect();
    answers.sort_by(|one, other| one.0.cmp(&other.0));
    answers
}

fn sort_key((domain, country): Place<'_>, level: Option<&str>) -> String {
    [domain, country, level].map(|part| part.unwrap_or("*")).join("#")
}

fn answer(
    (domain, country): Place<'_>,
    level: Option<&str>,
    mut salary: Vec<&SalaryRow>,
    skills: &[&SkillRow],
    trend: &[&TrendRow],
) -> MarketAnswer {
    let first = salary.first().map(|row| (row.day, row.window_days));
    let (day, window_days) = first.or_else(|| skills.first().map(|row| (row.day, row.window_days))).unzip();
    let window_days = window_days.unwrap_or_default();
    let paid: i64 = salary.iter().map(|row| row.n).sum();
    let counted = if level.is_none() { skills.first().map_or(0, |row| row.roles) } else { 0 };
    salary.sort_by(|one, other| other.n.cmp(&one.n).then_with(|| one.currency.cmp(&other.currency)));
    MarketAnswer {
        domain: domain.map(str::to_owned),
        country: country.map(str::to_owned),
        level: level.map(str::to_owned),
        as_of: day.map(|day| day.to_string()),
        window_days,
        n: counted.max(paid),
        salary: salary.into_iter().map(pay_summary).collect(),
        skills: top_skills(skills),
        trend: last_weeks(trend),
        notes: notes(level, window_days, paid),
    }
}

fn pay_summary(row: &SalaryRow) -> PaySummary {
    let major = |minor| to_major(minor, &row.currency);
    PaySummary {
        currency: row.currency.clone(),
        n: row.n,
        p10: major(row.p10_minor),
        p25: major(row.p25_minor),
        p50: major(row.p50_minor),
        p75: major(row.p75_minor),
        p90: major(row.p90_minor),
        p50_interval: row.p50_low_minor.map(major).zip(row.p50_high_minor.map(major)),
    }
}

fn top_skills(rows: &[&SkillRow]) -> Vec<SkillShare> {
    let mut rows = rows.to_vec();
    rows.sort_by(|one, other| other.n.cmp(&one.n).then_with(|| one.skill.cmp(&other.skill)));
    let share = |row: &SkillRow| SkillShare {
        skill: row.skill.clone(),
        n: row.n,
        share: row.share,
        interval: (row.share_low, row.share_high),
    };
    rows.into_iter().take(SKILLS).map(share).collect()
}

fn last_weeks(rows: &[&TrendRow]) -> Vec<TrendPoint> {
    let weeks: BTreeSet<_> = rows.iter().map(|row| row.week).collect();
    let first = weeks.iter().nth(weeks.len().saturating_sub(TREND_WEEKS as usize));
    let mut rows: Vec<_> = rows.iter().filter(|row| Some(&row.week) >= first).collect();
    rows.sort_by(|one, other| {
        (one.week, &one.metric, &one.currency).cmp(&(other.week, &other.metric, &other.currency))
    });
    rows.into_iter().map(|row| trend_point(row)).collect()
}

fn trend_point(row: &TrendRow) -> TrendPoint {
    let (metric, value) = match (row.metric.strip_suffix("_minor"), &row.currency) {
        (Some(metric), Some(currency)) => (metric, to_major(row.value as i64, currency)),
        _ => (row.metric.as_str(), row.value),
    };
    TrendPoint {
        week: row.week.to_string(),
        metric: metric.to_owned(),
        currency: row.currency.clone(),
        value,
        n: row.n,
    }
}

fn notes(level: Option<&str>, window_days: i64, paid: i64) -> Vec<String> {
    let mut notes = vec![
        format!(
            "Advertised pay, not paid wages: the middle of the yearly base range that {paid} roles of the last \
             {window_days} days state. Roles without pay, and pay that a job board guessed, are left out."
        ),
        "Currencies are kept apart; nothing is converted.".to_owned(),
        "n counts roles, not postings; groups of fewer than 3 roles with pay, and skills of fewer than 2 roles, are left \
         out. Intervals are 95 %; a median of fewer than 6 roles has none."
            .to_owned(),
        "The last week of the trend ends with the day of the answer, so it may be short.".to_owned(),
    ];
    if level.is_some() {
        notes.push("Skills and trend are those of all levels.".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn salary(level: Option<&str>, currency: &str, n: i64) -> SalaryRow {
        SalaryRow {
            level: level.map(str::to_owned),
            currency: currency.to_owned(),
            window_days: 90,
            n,
            p50_minor: 6_000_000,
            p50_low_minor: Some(5_500_000),
            p50_high_minor: Some(6_500_000),
            ..SalaryRow::default()
        }
    }

    fn skill(country: Option<&str>, skill: &str, n: i64) -> SkillRow {
        SkillRow { country: country.map(str::to_owned), skill: skill.to_owned(), n, roles: 50, ..SkillRow::default() }
    }

    fn found<'a>(answers: &'a [(String, MarketAnswer)], key: &str) -> &'a MarketAnswer {
        answers.iter().find(|(sort_key, _)| sort_key == key).map(|(_, answer)| answer).expect("an answer")
    }

    #[test]
    fn an_answer_exists_where_there_is_pay_or_a_skill() {
        let measured = Measured {
            salary: vec![salary(None, "EUR", 7), salary(Some("senior"), "EUR", 3)],
            skills: vec![skill(None, "rust", 9), skill(Some("DE"), "go", 2)],
            trend: vec![TrendRow { domain: Some("lonely".to_owned()), ..TrendRow::default() }],
        };
        let answers = answers(&measured);
        let keys: Vec<_> = answers.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["*#*#*", "*#*#senior", "*#DE#*"]);
        assert_eq!(found(&answers, "*#*#*").n, 50);
        assert_eq!(found(&answers, "*#*#senior").n, 3);
        assert_eq!(found(&answers, "*#*#senior").skills[0].skill, "rust");
    }

    #[test]
    fn pay_is_in_major_units_and_largest_group_first() {
        let measured = Measured { salary: vec![salary(None, "EUR", 7), salary(None, "JPY", 9)], ..Measured::default() };
        let answers = answers(&measured);
        let pay = &found(&answers, "*#*#*").salary;
        assert_eq!((pay[0].currency.as_str(), pay[0].p50), ("JPY", 6_000_000.0));
        assert_eq!((pay[1].currency.as_str(), pay[1].p50), ("EUR", 60_000.0));
        assert_eq!(pay[1].p50_interval, Some((55_000.0, 65_000.0)));
    }

    #[test]
    fn an_answer_holds_at_most_thirty_skills_and_twenty_six_weeks() {
        let monday = crate::market::monday(schemas::Day(20_000));
        let week =
            |n: i32| TrendRow { week: monday.plus(7 * n), metric: "new_roles".to_owned(), ..TrendRow::default() };
        let measured = Measured {
            skills: (0..40).map(|n| skill(None, &format!("skill-{n}"), 2 + n)).collect(),
            trend: (0..40).rev().map(week).collect(),
            ..Measured::default()
        };
        let answers = answers(&measured);
        let answer = found(&answers, "*#*#*");
        assert_eq!((answer.skills.len(), answer.skills[0].n), (30, 41));
        assert_eq!(answer.trend.len(), 26);
        assert_eq!(answer.trend[25].week, monday.plus(7 * 39).to_string());
    }

    #[test]
    fn the_trend_of_pay_is_in_major_units() {
        let row = TrendRow {
            metric: "median_pay_minor".to_owned(),
            currency: Some("EUR".to_owned()),
            value: 5_000_000.0,
            ..TrendRow::default()
        };
        let point = trend_point(&row);
        assert_eq!((point.metric.as_str(), point.value), ("median_pay", 50_000.0));
    }
}
