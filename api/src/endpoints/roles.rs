//! `GET /me/roles`: the roles that a person saved, applied for or dismissed, found by words.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pipeline_core::ports::{OwnItem, OwnQuery};
use pipeline_core::{Error, ErrorKind};
use schemas::documents::{KeptRole, KeptState};
use schemas::wire::{KeptRoles, Total};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::Caller;
use crate::extract::Params;
use crate::openapi::{Failures, TokenRefusals, refusals};
use crate::problem::Refusal;
use crate::state::App;

/// Every state, which is what is found when none is asked for.
const STATES: [KeptState; 3] = [KeptState::Saved, KeptState::Applied, KeptState::Dismissed];
/// Most characters of the words.
const MAX_WORDS: usize = 500;
/// Roles when the request does not say how many.
const DEFAULT_LIMIT: usize = 20;
/// Most roles that a request may want.
const MAX_LIMIT: usize = 100;
/// Most roles that may be skipped; search indexes look no farther than 10,000.
const MAX_OFFSET: usize = 9_900;

/// Which roles.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RolesParams {
    /// Words, all of which must occur in title, company, location, skills or note.
    q: Option<String>,
    /// `saved`, `applied` or `dismissed`, or several with commas between them; all when left out.
    state: Option<String>,
    /// How many to skip, at most 9,900.
    offset: Option<usize>,
    /// Roles wanted, 1 to 100; 20 when left out.
    limit: Option<usize>,
}

refusals! {
    /// What `GET /me/roles` refuses besides.
    RolesRefusals {
        400 => "A parameter is unknown or cannot be used.",
    }
}

/// What the person of the token did with roles, last change first. A change is found within seconds.
#[utoipa::path(
    get,
    path = "/me/roles",
    tag = "me",
    params(RolesParams),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The roles.", body = KeptRoles),
        RolesRefusals,
        TokenRefusals,
        Failures
    )
)]
pub async fn roles(
    State(app): State<Arc<App>>,
    Caller(claims): Caller,
    Params(params): Params<RolesParams>,
) -> Result<Json<KeptRoles>, Refusal> {
    let words = params.q.unwrap_or_default();
    if words.chars().count() > MAX_WORDS {
        return Err(refused(format!("q must have {MAX_WORDS} characters at most")));
    }
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(refused(format!("limit must be from 1 to {MAX_LIMIT}")));
    }
    let offset = params.offset.unwrap_or_default();
    if offset > MAX_OFFSET {
        return Err(refused(format!("offset must be at most {MAX_OFFSET}")));
    }
    let kinds = kinds(params.state.as_deref().unwrap_or_default())?;
    let query = OwnQuery { user_id: claims.user_id, words, kinds, offset, limit };
    let found = app.state.search.find_own(&query).await?;
    let items = found.items.into_iter().map(kept).collect::<Result<_, _>>()?;
    Ok(Json(KeptRoles { items, total: Total { value: found.total } }))
}

/// The kinds of items of these states. Never none: that would find what is no role, too.
fn kinds(states: &str) -> Result<Vec<String>, Refusal> {
    if states.trim().is_empty() {
        return Ok(STATES.iter().map(|state| state.name().to_owned()).collect());
    }
    let known = |name: &str| STATES.iter().find(|state| state.name() == name).map(|state| state.name().to_owned());
    let why = "state must be saved, applied or dismissed, or several of them with commas between";
    states.split(',').map(|name| known(name.trim()).ok_or_else(|| refused(why))).collect()
}

fn refused(why: impl Into<String>) -> Refusal {
    Refusal::of(ErrorKind::Invalid, why)
}

fn kept(item: OwnItem) -> Result<KeptRole, Refusal> {
    // The cause may quote what the person wrote, and failures of ours go to the log.
    serde_json::from_value(item.body)
        .map_err(|_quoting| Error::internal("an indexed role of a person cannot be read").into())
}
