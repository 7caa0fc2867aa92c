//! `POST /auth/register`: a new person.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::wire::Registration;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures, refusals};
use crate::problem::Refusal;
use crate::state::App;

/// The person created.
#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    /// Their id.
    #[serde(rename = "userId")]
    user_id: String,
}

refusals! {
    /// What `POST /auth/register` refuses besides.
    RegisterRefusals {
        409 => "The address is taken.",
    }
}

/// Creates a person, who can then log in.
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
    let user_id = app.state.identity.register(&registration).await?;
    Ok((StatusCode::CREATED, Json(Registered { user_id: user_id.0 })))
}
