//! `GET /`: a page for people who open the address in a browser.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderName};
use axum::response::Html;

use super::status;
use crate::state::App;

/// The page, with a place for the status.
const PAGE: &str = include_str!("index.html");

/// Nothing but the style that stands in the page, named by its SHA-256.
const POLICY: &str = "default-src 'none'; style-src 'sha256-vDyBQQEVVeINJ+5IZ5whqABAdIbzZbIDvqBaLIgktYM='; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// What this is, how it is, and where to go on.
#[utoipa::path(
    get,
    path = "/",
    tag = "about",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"))
)]
pub async fn index(State(app): State<Arc<App>>) -> ([(HeaderName, &'static str); 1], Html<String>) {
    let version = app.state.version;
    let status = match status::read(&app).await {
        Ok(status) if status.generation.is_some() => format!("Version {version}, {} open roles.", status.roles),
        Ok(_) => format!("Version {version}. Nothing is published yet: <code>waypost run</code>."),
        Err(_) => format!("Version {version}. A backend is away."),
    };
    ([(CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE.replacen("{status}", &status, 1)))
}
