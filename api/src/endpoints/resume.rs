//! `POST /agent/resume`: what a resume shows of what a posting asks.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pipeline_core::Error;
use schemas::wire::{ResumeRequest, ResumeResponse};

use crate::auth::Caller;
use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures, TokenRefusals};
use crate::problem::Refusal;
use crate::state::App;

/// Checks a resume. Neither the resume nor the posting is kept.
#[utoipa::path(
    post,
    path = "/agent/resume",
    tag = "agent",
    request_body = ResumeRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What it shows and lacks.", body = ResumeResponse),
        TokenRefusals,
        BodyRefusals,
        Failures
    )
)]
pub async fn resume(
    State(app): State<Arc<App>>,
    _caller: Caller,
    Body { value: request, .. }: Body<ResumeRequest>,
) -> Result<Json<ResumeResponse>, Refusal> {
    let checker = app.state.resume.clone();
    let checked = tokio::task::spawn_blocking(move || checker.check(&request))
        .await
        .map_err(|error| Error::internal("checking a resume failed").because(error))?;
    Ok(Json(checked?))
}
