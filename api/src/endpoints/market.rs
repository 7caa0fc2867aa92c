//! `GET /agent/market`: what a field of work pays and asks for, as the batch measured it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pipeline_core::{Error, ErrorKind};
use schemas::wire::MarketAnswer;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::Caller;
use crate::extract::Params;
use crate::keys;
use crate::openapi::{Failures, TokenRefusals, refusals};
use crate::problem::Refusal;
use crate::state::App;

/// Most bytes of a parameter.
const MAX_PART_BYTES: usize = 100;
/// Stands in a key for "all of them".
const ALL: &str = "*";

/// Which part of the market; what is left out means all of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MarketParams {
    /// Field of work.
    domain: Option<String>,
    /// City, region or country; figures are by country.
    location: Option<String>,
    /// Seniority.
    level: Option<String>,
}

refusals! {
    /// What `GET /agent/market` refuses besides.
    MarketRefusals {
        400 => "A parameter is unknown, or the place is.",
        404 => "There are no figures.",
    }
}

/// The figures that are nearest to what is asked. When there are none for the level, those for all levels; then those
/// for all countries; the notes say so.
#[utoipa::path(
    get,
    path = "/agent/market",
    tag = "agent",
    params(MarketParams),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The figures.", body = MarketAnswer),
        MarketRefusals,
        TokenRefusals,
        Failures
    )
)]
pub async fn market(
    State(app): State<Arc<App>>,
    _caller: Caller,
    Params(params): Params<MarketParams>,
) -> Result<Json<MarketAnswer>, Refusal> {
    let domain = part("domain", params.domain.as_deref())?;
    let level = part("level", params.level.as_deref())?;
    let (country, mut notes) = country(&app, params.location.as_deref())?;
    let (country, level, domain) = (country.as_deref(), level.as_deref(), domain.as_deref());

    let mut steps = vec![(country, level)];
    if level.is_some() {
        steps.push((country, None));
    }
    if country.is_some() {
        steps.push((None, None));
    }
    for (some_country, some_level) in steps {
        if let Some(mut answer) = read(&app, domain, some_country, some_level).await? {
            if let (Some(level), None) = (level, some_level) {
                notes.push(format!("there are no figures for level {level}; these are for all levels"));
            }
            if let (Some(country), None) = (country, some_country) {
                notes.push(format!("there are no figures for {country}; these are for all countries"));
            }
            answer.notes.append(&mut notes);
            return Ok(Json(answer));
        }
    }
    let whom = domain.map_or_else(|| "the market as a whole".to_owned(), |domain| format!("domain {domain}"));
    Err(Refusal::of(ErrorKind::NotFound, format!("there are no figures for {whom}")).hint("waypost run"))
}

/// A part of a document's key; `None` when it is not given.
fn part(name: &str, value: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(value) = value.map(str::trim).filter(|value| !value.is_empty() && *value != ALL) else {
        return Ok(None);
    };
    if value.len() > MAX_PART_BYTES || value.chars().any(|character| character == '#' || character.is_control()) {
        return Err(Refusal::of(ErrorKind::Invalid, format!("{name} is not a name of a {name}")));
    }
    Ok(Some(value.to_lowercase()))
}

/// The country that `location` lies in, and what to know about having only the country.
fn country(app: &App, location: Option<&str>) -> Result<(Option<String>, Vec<String>), Refusal> {
    let Some(location) = location.map(str::trim).filter(|location| !location.is_empty()) else {
        return Ok((None, Vec::new()));
    };
    if location.len() > MAX_PART_BYTES {
        return Err(Refusal::of(ErrorKind::Invalid, "location is too long for a place"));
    }
    let place = app.state.places.place(location);
    let Some(country) = place.country else {
        return Err(Refusal::of(ErrorKind::Invalid, format!("location {location:?} is not a known place"))
            .hint("name a city with its country, or a country"));
    };
    let narrower = place.city.or(place.region);
    let notes = narrower.map(|place| format!("figures are by country: {place} is answered with {country}"));
    Ok((Some(country), notes.into_iter().collect()))
}

async fn read(
    app: &App,
    domain: Option<&str>,
    country: Option<&str>,
    level: Option<&str>,
) -> Result<Option<MarketAnswer>, Refusal> {
    let parts =
        [("domain", domain), ("country", country), ("level", level)].map(|(name, part)| (name, part.unwrap_or(ALL)));
    let Some(document) = app.state.documents.get(&keys::key("market", &parts)?).await? else {
        return Ok(None);
    };
    let answer = serde_json::from_value(document.body)
        .map_err(|error| Error::internal("stored figures of the market cannot be read").because(error))?;
    Ok(Some(answer))
}
