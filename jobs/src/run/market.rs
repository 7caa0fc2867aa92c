//! `waypost market`: pay, skills and trend, as the API answers them.

use pipeline_core::error::Context as _;
use pipeline_core::ports::Key;
use pipeline_core::stage::PlaceReader as _;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::wire::MarketAnswer;

use crate::app::App;
use crate::cli::Market;
use crate::print::{self, Form};
use crate::run::search::unknown_place;

/// Prints the market's answer for a field of work, a place and a level.
///
/// # Errors
/// `Usage` for a place that is not understood, `NotFound` when too few roles answer.
pub async fn run(app: &App, form: Form, arguments: &Market) -> Result<()> {
    let answer = answer(app, arguments).await?;
    print::document(form, &answer, text)
}

/// The answer for exactly what was asked.
///
/// # Errors
/// As for [`run`].
pub async fn answer(app: &App, arguments: &Market) -> Result<MarketAnswer> {
    let country = match &arguments.location {
        None => None,
        Some(location) => Some(app.readers.place(location).country.ok_or_else(|| unknown_place(location))?),
    };
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "*".to_owned()).to_ascii_lowercase();
    let (domain, level) = (part(&arguments.domain), part(&arguments.level));
    let country = country.unwrap_or_else(|| "*".to_owned());
    let key = Key::new("MARKET", format!("{domain}#{country}#{level}"));
    let found = app.backends.documents.get(&key).await?.ok_or_else(|| {
        Error::not_found(format!("too few roles for domain {domain}, country {country}, level {level}")).hint(
            "leave out --level or --location; `waypost sql \"SELECT DISTINCT domain FROM roles\"` lists the fields",
        )
    })?;
    serde_json::from_value(found.body).context(ErrorKind::Internal, || "a stored market answer cannot be read")
}

/// The answer for people.
pub fn text(answer: &MarketAnswer) -> String {
    let all = |part: &Option<String>| part.clone().unwrap_or_else(|| "all".to_owned());
    let mut text = format!(
        "domain {}, country {}, level {}: {} roles in the {} days to {}\n",
        all(&answer.domain),
        all(&answer.country),
        all(&answer.level),
        answer.n,
        answer.window_days,
        answer.as_of.as_deref().unwrap_or("?"),
    );
    let amount = |major: f64| print::count(major.max(0.0).round() as u64);
    if !answer.salary.is_empty() {
        let rows = answer.salary.iter().map(|pay| {
            let interval = pay.p50_interval.map(|(low, high)| format!("{} to {}", amount(low), amount(high)));
            vec![
                pay.currency.clone(),
                pay.n.to_string(),
                amount(pay.p25),
                amount(pay.p50),
                interval.unwrap_or_else(|| "n too small".to_owned()),
                amount(pay.p75),
            ]
        });
        text += &format!("\n{}\n", print::table(&["pay a year", "n", "25 %", "median", "95 % interval", "75 %"], rows));
    }
    if !answer.skills.is_empty() {
        let rows = answer.skills.iter().take(12).map(|skill| {
            let (low, high) = skill.interval;
            vec![
                print::cut(&skill.skill, 30),
                skill.n.to_string(),
                format!("{:.0} %", skill.share * 100.0),
                format!("{:.0} to {:.0} %", low * 100.0, high * 100.0),
            ]
        });
        text += &format!("\n{}\n", print::table(&["skill", "n", "share", "95 % interval"], rows));
    }
    let weeks: Vec<_> = answer.trend.iter().filter(|point| point.metric == "new_roles").collect();
    if !weeks.is_empty() {
        let highest = weeks.iter().map(|week| week.value).fold(1.0, f64::max);
        let rows = weeks.iter().rev().take(8).rev().map(|week| {
            let bar = "█".repeat(((week.value / highest) * 30.0).round() as usize);
            vec![week.week.clone(), format!("{:.0}", week.value), bar]
        });
        text += &format!("\n{}\n", print::table(&["week of", "new roles", ""], rows));
    }
    for note in &answer.notes {
        text += &format!("\nnote: {}", print::shown(note));
    }
    text
}
