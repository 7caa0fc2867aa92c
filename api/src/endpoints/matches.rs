//! `GET /me/matches`: the roles that the last run found for a person.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pipeline_core::Error;
use schemas::wire::Matches;

use crate::auth::Caller;
use crate::keys;
use crate::openapi::{Failures, TokenRefusals};
use crate::problem::Refusal;
use crate::state::App;

/// The matches of the person of the token; none before a run has looked for them.
#[utoipa::path(
    get,
    path = "/me/matches",
    tag = "me",
    security(("bearer" = [])),
    responses((status = 200, description = "The matches, as stored.", body = Matches), TokenRefusals, Failures)
)]
pub async fn matches(State(app): State<Arc<App>>, Caller(claims): Caller) -> Result<Json<Matches>, Refusal> {
    let key = keys::key("matches", &[("user_id", claims.user_id.as_str())])?;
    let stored = match app.state.documents.get(&key).await? {
        None => Matches::default(),
        // The cause may quote what is the person's own, and failures of ours go to the log.
        Some(document) => serde_json::from_value(document.body)
            .map_err(|_quoting| Error::internal("stored matches cannot be read"))?,
    };
    Ok(Json(Matches { user_id: claims.user_id.0, ..stored }))
}
