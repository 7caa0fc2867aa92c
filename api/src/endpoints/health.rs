//! `GET /healthz` and `GET /readyz`: for whoever starts and watches the process.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pipeline_core::ErrorKind;
use serde::Serialize;
use utoipa::ToSchema;

use crate::keys;
use crate::openapi::Failures;
use crate::problem::Refusal;
use crate::state::App;

/// That all is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
}

const WELL: Json<Health> = Json(Health { status: "ok" });

/// Whether the process lives; it asks no backend.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "about",
    responses((status = 200, description = "It lives.", body = Health))
)]
pub async fn healthz() -> Json<Health> {
    WELL
}

/// Whether questions can be answered: the backends are there and something is published.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "about",
    responses((status = 200, description = "It is ready.", body = Health), Failures)
)]
pub async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Health>, Refusal> {
    app.state.documents.get(&keys::key("generation", &[])?).await?;
    match app.state.search.current().await? {
        Some(_) => Ok(WELL),
        None => Err(Refusal::of(ErrorKind::Unavailable, "nothing has been published yet").hint("waypost run")),
    }
}
