//! `POST /auth/logout`: the end of a refresh token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use super::refresh::RefreshToken;
use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures};
use crate::problem::Refusal;
use crate::state::App;

/// Revokes a refresh token and all that came of it; one that is not known is ignored. Access tokens live on until
/// they expire.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "auth",
    request_body = RefreshToken,
    responses((status = 204, description = "Revoked."), BodyRefusals, Failures)
)]
pub async fn logout(
    State(app): State<Arc<App>>,
    Body { value: request, .. }: Body<RefreshToken>,
) -> Result<StatusCode, Refusal> {
    app.state.identity.logout(&request.refresh_token).await?;
    Ok(StatusCode::NO_CONTENT)
}
