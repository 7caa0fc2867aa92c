//! Every endpoint, one line each.
//!
//! How to add one: write `<name>.rs` with its request and response types, its handler and the handler's
//! `#[utoipa::path]`; name the module and the route below; run the tests with `UPDATE=1` to renew `api/openapi.json`.
//! The route and the OpenAPI document are made from the same line, and a test compares their methods and paths.

mod challenge;
mod confirm;
mod health;
mod index;
mod jobs;
mod jwks;
mod login;
mod logout;
mod market;
mod matches;
mod metrics;
mod openapi;
mod profile;
mod refresh;
mod register;
mod resume;
mod role;
mod roles;
mod status;

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodFilter, on};
use utoipa::OpenApi;

use crate::openapi::Bearer;
use crate::state::App;

macro_rules! routes {
    ($( $method:ident $path:literal => $($handler:ident)::+; )+) => {
        /// Method and path of every route.
        pub const ROUTES: &[(&str, &str)] = &[$( (stringify!($method), $path) ),+];

        /// Every route, without the layers around them.
        pub(crate) fn router() -> Router<Arc<App>> {
            Router::new()$( .route($path, on(MethodFilter::$method, $($handler)::+)) )+
        }

        /// What the endpoints declare of themselves.
        #[derive(OpenApi)]
        #[openapi(
            info(title = "Waypost", description = "Answers about the job market, from what the nightly batch prepared."),
            paths($( $($handler)::+ ),+),
            components(schemas(schemas::wire::Problem)),
            modifiers(&Bearer)
        )]
        pub(crate) struct Declared;
    };
}

routes! {
    GET "/" => index::index;
    GET "/agent" => status::status;
    POST "/agent/jobs" => jobs::jobs;
    POST "/agent/resume" => resume::resume;
    GET "/agent/market" => market::market;
    GET "/me/profile" => profile::profile;
    PUT "/me/profile" => profile::change_profile;
    GET "/me/matches" => matches::matches;
    GET "/me/roles" => roles::roles;
    PUT "/me/roles/{job_id}" => role::keep_role;
    DELETE "/me/roles/{job_id}" => role::forget_role;
    POST "/auth/register" => register::register;
    POST "/auth/confirm" => confirm::confirm;
    POST "/auth/login" => login::login;
    POST "/auth/challenge" => challenge::challenge;
    POST "/auth/refresh" => refresh::refresh;
    POST "/auth/logout" => logout::logout;
    GET "/.well-known/jwks.json" => jwks::jwks;
    GET "/openapi.json" => openapi::openapi;
    GET "/healthz" => health::healthz;
    GET "/readyz" => health::readyz;
    GET "/metrics" => metrics::metrics;
}
