//! `POST /auth/login`: tokens for an address and a password, or what else must be shown.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemas::wire::{Credentials, LoginAnswer};

use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures, TokenRefusals, refusals};
use crate::problem::Refusal;
use crate::state::App;

refusals! {
    /// What `POST /auth/login` refuses besides.
    LoginRefusals {
        429 => "Too many failures; wait.",
    }
}

/// Logs in. Which of the two was wrong is not said. Where a second factor is asked for, the answer names the challenge, which
/// is met at `POST /auth/challenge`.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "auth",
    request_body = Credentials,
    responses(
        (status = 200, description = "Logged in, or what is asked for besides.", body = LoginAnswer),
        LoginRefusals,
        TokenRefusals,
        BodyRefusals,
        Failures
    )
)]
pub async fn login(
    State(app): State<Arc<App>>,
    Body { value: credentials, .. }: Body<Credentials>,
) -> Result<Json<LoginAnswer>, Refusal> {
    Ok(Json(app.state.identity.login(&credentials).await?))
}
