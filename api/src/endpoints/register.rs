//! `POST /auth/register`: a new person.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::wire::{Registered, Registration};

use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures, refusals};
use crate::problem::Refusal;
use crate::state::App;

refusals! {
    /// What `POST /auth/register` refuses besides.
    RegisterRefusals {
        409 => "The address is taken.",
        429 => "Too many registrations; wait.",
    }
}

/// Creates a person, who can log in once the address is confirmed.
#[utoipa::path(
    post,
    path = "/auth/register",
    tag = "auth",
    request_body = Registration,
    responses(
        (status = 201, description = "Created.", body = Registered),
        RegisterRefusals,
        BodyRefusals,
        Failures
    )
)]
pub async fn register(
    State(app): State<Arc<App>>,
    Body { value: registration, .. }: Body<Registration>,
) -> Result<(StatusCode, Json<Registered>), Refusal> {
    Ok((StatusCode::CREATED, Json(app.state.identity.register(&registration).await?)))
}
