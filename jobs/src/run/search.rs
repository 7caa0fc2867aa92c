//! `waypost search`: roles in the index, by words and filters. A filter that cannot be applied is an error, never
//! silence.

use pipeline_core::ports::{Filter, SearchQuery};
use pipeline_core::stage::{PlaceReader as _, SkillReader as _};
use pipeline_core::{Error, Result};
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::Search;
use crate::print::{self, Form};

/// Finds roles and prints them.
///
/// # Errors
/// `Usage` for a place or an amount that is not understood, `Nothing` before the first publish.
pub async fn run(app: &App, form: Form, arguments: &Search) -> Result<()> {
    let filters = filters(app, arguments)?;
    let query = SearchQuery {
        words: arguments.query.join(" "),
        filters: filters.iter().map(|(_, filter)| filter.clone()).collect(),
        offset: arguments.offset,
        limit: arguments.limit.min(1_000),
        ..SearchQuery::default()
    };
    let hits = app.backends.search.query(&query).await?;
    let applied: serde_json::Map<String, Value> =
        filters.iter().map(|(name, filter)| ((*name).to_owned(), shown(filter))).collect();
    let items: Vec<_> = hits.hits.iter().map(|hit| &hit.document).collect();
    let document = json!({"items": items, "total": {"value": hits.total}, "filters_applied": applied});
    print::items(form, &document, |_| {
        let rows = hits.hits.iter().map(|hit| {
            let job = &hit.document;
            vec![
                print::cut(&job.title, 44),
                print::cut(&job.company, 22),
                print::cut(&job.location, 26),
                pay(job),
                job.posted_date.map(|time| time.day().to_string()).unwrap_or_default(),
                job.job_id.clone(),
            ]
        });
        let table = print::table(&["title", "company", "place", "pay a year", "posted", "id"], rows);
        format!("{} found\n\n{table}", print::count(hits.total))
    })
}

/// Yearly pay for people.
pub fn pay(job: &schemas::documents::IndexDocument) -> String {
    let Some(currency) = &job.salary_currency else { return String::new() };
    let amount = |major: f64| print::count(major.max(0.0).round() as u64);
    match (job.salary_min, job.salary_max) {
        (Some(low), Some(high)) if low < high => format!("{currency} {}–{}", amount(low), amount(high)),
        (_, Some(high)) => format!("{currency} {}", amount(high)),
        (Some(low), None) => format!("{currency} {}+", amount(low)),
        (None, None) => String::new(),
    }
}

fn filters(app: &App, arguments: &Search) -> Result<Vec<(&'static str, Filter)>> {
    let any = |field: &str, value: &str| Filter::Any { field: field.to_owned(), values: vec![value.to_owned()] };
    let mut filters = Vec::new();
    if !arguments.closed {
        filters.push(("open", any("open", "true")));
    }
    let exact = [
        ("domain", &arguments.domain),
        ("level", &arguments.level),
        ("company", &arguments.company),
        ("sources", &arguments.source),
    ];
    for (field, value) in exact {
        if let Some(value) = value {
            filters.push((field, any(field, value)));
        }
    }
    if let Some(location) = &arguments.location {
        let place = app.readers.place(location);
        let filter = match (&place.city, &place.country) {
            (Some(city), _) => ("city", any("city", city)),
            (None, Some(country)) => ("country", any("country", country)),
            (None, None) => return Err(unknown_place(location)),
        };
        filters.push(filter);
        if let (Some(_), Some(country)) = (&place.city, &place.country) {
            filters.push(("country", any("country", country)));
        }
    }
    if arguments.remote {
        filters.push(("remote_friendly", any("remote_friendly", "true")));
    }
    if let Some(amount) = &arguments.salary_min {
        let (value, currency) = amount_of(amount)?;
        filters.push(("salary_max", Filter::AtLeast { field: "salary_max".to_owned(), value }));
        if let Some(currency) = currency {
            filters.push(("salary_currency", any("salary_currency", &currency)));
        }
    }
    if !arguments.skills.is_empty() {
        let values = arguments.skills.iter().map(|skill| app.readers.canonical(skill).unwrap_or_else(|| skill.clone()));
        filters.push(("tech_stack", Filter::All { field: "tech_stack".to_owned(), values: values.collect() }));
    }
    Ok(filters)
}

/// The failure of a place that no reader knows.
pub fn unknown_place(text: &str) -> Error {
    Error::usage(format!("no place is known as {text:?}")).hint("name a city, or a country by name or code")
}

/// `90000`, `90k` or `90000EUR` as an amount and perhaps a currency.
fn amount_of(text: &str) -> Result<(f64, Option<String>)> {
    let wrong = || Error::usage(format!("{text:?} is no amount")).hint("write it like 90000, 90k or 90000EUR");
    let upper = text.trim().to_ascii_uppercase().replace([',', '_', ' '], "");
    let end = upper.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(upper.len());
    let (number, rest) = upper.split_at(end);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let (factor, rest) = rest.strip_prefix('K').map_or((1.0, rest), |rest| (1_000.0, rest));
    match rest {
        "" => Ok((number * factor, None)),
        code if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            Ok((number * factor, Some(code.to_owned())))
        }
        _ => Err(wrong()),
    }
}

fn shown(filter: &Filter) -> Value {
    match filter {
        Filter::Any { values, .. } if values.len() == 1 => json!(values[0]),
        Filter::Any { values, .. } | Filter::All { values, .. } => json!(values),
        Filter::AtLeast { value, .. } => json!({"at_least": value}),
        Filter::AtMost { value, .. } => json!({"at_most": value}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_can_carry_its_currency() {
        assert_eq!(amount_of("90k").unwrap(), (90_000.0, None));
        assert_eq!(amount_of("90,000 EUR").unwrap(), (90_000.0, Some("EUR".to_owned())));
        assert!(amount_of("lots").is_err());
    }
}
