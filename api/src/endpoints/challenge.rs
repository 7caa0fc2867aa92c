//! `POST /auth/challenge`: going on with a login that asked for more.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemas::wire::{ChallengeAnswer, LoginAnswer};

use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures, TokenRefusals, refusals};
use crate::problem::Refusal;
use crate::state::App;

refusals! {
    /// What `POST /auth/challenge` refuses besides.
    ChallengeRefusals {
        429 => "Too many failures; wait.",
        501 => "Logins ask for nothing but the password here.",
    }
}

/// Answers what a login asked for. There may be more to answer; each challenge has a session of its own.
#[utoipa::path(
    post,
    path = "/auth/challenge",
    tag = "auth",
    request_body = ChallengeAnswer,
    responses(
        (status = 200, description = "Logged in, or what is asked for next.", body = LoginAnswer),
        ChallengeRefusals,
        TokenRefusals,
        BodyRefusals,
        Failures
    )
)]
pub async fn challenge(
    State(app): State<Arc<App>>,
    Body { value: answer, .. }: Body<ChallengeAnswer>,
) -> Result<Json<LoginAnswer>, Refusal> {
    Ok(Json(app.state.identity.answer(&answer).await?))
}
