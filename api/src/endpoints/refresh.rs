//! `POST /auth/refresh`: new tokens for a refresh token.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemas::wire::Tokens;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures, TokenRefusals};
use crate::problem::Refusal;
use crate::state::App;

/// A refresh token, as a login gave it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshToken {
    /// The token.
    pub refresh_token: String,
}

/// Exchanges a refresh token. Where the answer has another, the old one is used up, and sending it again revokes all that came
/// of it.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    tag = "auth",
    request_body = RefreshToken,
    responses((status = 200, description = "New tokens.", body = Tokens), TokenRefusals, BodyRefusals, Failures)
)]
pub async fn refresh(
    State(app): State<Arc<App>>,
    Body { value: request, .. }: Body<RefreshToken>,
) -> Result<Json<Tokens>, Refusal> {
    Ok(Json(app.state.identity.refresh(&request.refresh_token).await?))
}
