//! `POST /auth/confirm`: the code that was sent to a new address.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use schemas::wire::Confirmation;

use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures, refusals};
use crate::problem::Refusal;
use crate::state::App;

refusals! {
    /// What `POST /auth/confirm` refuses besides.
    ConfirmRefusals {
        429 => "Too many failures; wait.",
    }
}

/// Confirms an address. A wrong code and an unknown address look the same.
#[utoipa::path(
    post,
    path = "/auth/confirm",
    tag = "auth",
    request_body = Confirmation,
    responses((status = 204, description = "Confirmed."), ConfirmRefusals, BodyRefusals, Failures)
)]
pub async fn confirm(
    State(app): State<Arc<App>>,
    Body { value: confirmation, .. }: Body<Confirmation>,
) -> Result<StatusCode, Refusal> {
    app.state.identity.confirm(&confirmation).await?;
    Ok(StatusCode::NO_CONTENT)
}
