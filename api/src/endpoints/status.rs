//! `GET /agent`: whether there is anything to find, for everybody.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pipeline_core::ErrorKind;
use pipeline_core::ports::{Filter, SearchQuery};
use schemas::wire::AgentStatus;

use super::ROUTES;
use crate::openapi::Failures;
use crate::problem::Refusal;
use crate::state::App;

/// What can be found and asked.
#[utoipa::path(
    get,
    path = "/agent",
    tag = "agent",
    responses((status = 200, description = "The status, also before the first publish.", body = AgentStatus), Failures)
)]
pub async fn status(State(app): State<Arc<App>>) -> Result<Json<AgentStatus>, Refusal> {
    Ok(Json(read(&app).await?))
}

/// The status as of now.
pub async fn read(app: &App) -> Result<AgentStatus, Refusal> {
    let generation = app.state.search.current().await?;
    let roles = match &generation {
        Some(_) => open_roles(app).await?,
        None => 0,
    };
    Ok(AgentStatus {
        status: if generation.is_some() { "ok" } else { "starting" }.to_owned(),
        version: app.state.version.to_owned(),
        generation,
        roles,
        endpoints: ROUTES.iter().map(|(method, path)| format!("{method} {path}")).collect(),
    })
}

async fn open_roles(app: &App) -> Result<u64, Refusal> {
    let open = Filter::Any { field: "open".to_owned(), values: vec!["true".to_owned()] };
    match app.state.search.query(&SearchQuery { filters: vec![open], ..SearchQuery::default() }).await {
        Ok(hits) => Ok(hits.total),
        Err(error) if error.kind() == ErrorKind::Nothing => Ok(0),
        Err(error) => Err(error.into()),
    }
}
