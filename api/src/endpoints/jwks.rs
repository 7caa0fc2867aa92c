//! `GET /.well-known/jwks.json`: the keys that verify our tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use pipeline_core::ports::Jwks;

use crate::openapi::Failures;
use crate::problem::Refusal;
use crate::state::App;

/// Public keys, RFC 7517.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "auth",
    responses((status = 200, description = "The key set.", body = Object), Failures)
)]
pub async fn jwks(State(app): State<Arc<App>>) -> Result<([(HeaderName, &'static str); 1], Json<Jwks>), Refusal> {
    Ok(([(CACHE_CONTROL, "public, max-age=300")], Json(app.state.identity.jwks().await?)))
}
