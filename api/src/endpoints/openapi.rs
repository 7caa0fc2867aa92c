//! `GET /openapi.json`: this API, described.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, HeaderName};

/// The OpenAPI document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "about",
    responses((status = 200, description = "The document.", body = Object))
)]
pub async fn openapi() -> ([(HeaderName, &'static str); 1], Json<utoipa::openapi::OpenApi>) {
    ([(CACHE_CONTROL, "public, max-age=300")], Json(crate::openapi::document()))
}
