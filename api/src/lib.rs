//! The query API: an authenticated door to what the batch prepared. It never crawls and knows no backend.

pub mod auth;
pub mod endpoints;
pub mod openapi;
pub mod problem;

mod candidates;
mod edge;
mod extract;
mod insights;
mod keys;
mod meter;
mod own;
mod serve;
mod state;
mod wanted;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::{Router, middleware};

pub use serve::serve;
pub use state::State;

/// Largest request body, in bytes. A resume of 1 MiB is longer than any that a person would read.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// Every route over `state`, behind the limits and headers that all of them share.
pub fn router(state: State) -> Router {
    let app = Arc::new(state::App::new(state));
    endpoints::router()
        .fallback(edge::unknown_route)
        .method_not_allowed_fallback(edge::wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(app.clone(), edge::pass))
        .with_state(app)
}
