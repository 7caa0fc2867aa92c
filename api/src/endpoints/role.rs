//! `PUT /me/roles/{job_id}` and `DELETE /me/roles/{job_id}`: what a person does with a role.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use pipeline_core::ports::{Condition, Document, Filter, Key, Search, SearchQuery, Write};
use pipeline_core::{Error, ErrorKind, UserId};
use schemas::documents::{IndexDocument, KeptRole};
use schemas::wire::RoleChange;

use crate::auth::Caller;
use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures, TokenRefusals, refusals};
use crate::problem::Refusal;
use crate::state::App;
use crate::{keys, own};

/// Longest id of a role, in bytes.
const MAX_ID_BYTES: usize = 512;
/// Most characters of a note.
const MAX_NOTE: usize = 4_000;
/// Roles looked at for one id; ids that differ in case alone are found together.
const NEAR: usize = 20;
/// How often a change is tried that other requests of the same person overtake.
const ATTEMPTS: usize = 4;

refusals! {
    /// What `PUT /me/roles/{job_id}` refuses besides.
    KeepRefusals {
        400 => "The body is not JSON, or the id cannot be one of a role.",
        404 => "There is no such role, and the person never kept it.",
        409 => "The role is being changed by another request.",
    }
    /// What `DELETE /me/roles/{job_id}` refuses besides.
    ForgetRefusals {
        400 => "The id cannot be one of a role.",
    }
}

/// The id of a role, from the path.
pub struct JobId(String);

impl FromRequestParts<Arc<App>> for JobId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let refused = |why: &str| Refusal::of(ErrorKind::Invalid, format!("job_id {why}"));
        let path = Path::<String>::from_request_parts(parts, app).await;
        let Path(job_id) = path.map_err(|_rejection| refused("is no text"))?;
        if job_id.is_empty() || job_id.len() > MAX_ID_BYTES {
            return Err(refused(&format!("must have 1 to {MAX_ID_BYTES} bytes")));
        }
        if job_id.chars().any(char::is_control) {
            return Err(refused("must not have control characters"));
        }
        Ok(Self(job_id))
    }
}

/// Saves a role, or says that the person applied for it or dismissed it. The role is kept as it is found now; one that is
/// found no more stays as it was kept before.
#[utoipa::path(
    put,
    path = "/me/roles/{job_id}",
    tag = "me",
    params(("job_id" = String, Path, description = "Id of the role, percent-encoded.")),
    request_body = RoleChange,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The role, as stored.", body = KeptRole),
        TokenRefusals,
        BodyRefusals,
        KeepRefusals,
        Failures
    )
)]
pub async fn keep_role(
    State(app): State<Arc<App>>,
    Caller(claims): Caller,
    JobId(job_id): JobId,
    Body { value: change, .. }: Body<RoleChange>,
) -> Result<Json<KeptRole>, Refusal> {
    if change.note.as_deref().is_some_and(|note| note.chars().count() > MAX_NOTE) {
        return Err(Refusal::field("note", format_args!("must have {MAX_NOTE} characters at most")));
    }
    let job = found(&*app.state.search, &job_id).await?;
    Ok(Json(keep(&app, &claims.user_id, &job_id, change, job).await?))
}

/// Forgets what the person did with a role; one that was never kept is forgotten already.
#[utoipa::path(
    delete,
    path = "/me/roles/{job_id}",
    tag = "me",
    params(("job_id" = String, Path, description = "Id of the role, percent-encoded.")),
    security(("bearer" = [])),
    responses((status = 204, description = "Forgotten."), ForgetRefusals, TokenRefusals, Failures)
)]
pub async fn forget_role(
    State(app): State<Arc<App>>,
    Caller(claims): Caller,
    JobId(job_id): JobId,
) -> Result<StatusCode, Refusal> {
    let key = key(&claims.user_id, &job_id)?;
    app.state.documents.write(Write::Delete { key, condition: Condition::None }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The role with this very id, among those that are published.
async fn found(search: &dyn Search, job_id: &str) -> Result<Option<IndexDocument>, Refusal> {
    let filters = vec![Filter::Any { field: "job_id".to_owned(), values: vec![job_id.to_owned()] }];
    match search.query(&SearchQuery { filters, limit: NEAR, ..SearchQuery::default() }).await {
        Ok(hits) => Ok(hits.hits.into_iter().map(|hit| hit.document).find(|job| job.job_id == job_id)),
        Err(error) if error.kind() == ErrorKind::Nothing => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Stores the change, over again when another request came in between.
async fn keep(
    app: &App,
    user_id: &UserId,
    job_id: &str,
    change: RoleChange,
    job: Option<IndexDocument>,
) -> Result<KeptRole, Refusal> {
    let key = key(user_id, job_id)?;
    let mut attempt = 1;
    loop {
        let there = app.state.documents.get(&key).await?;
        let condition = there.as_ref().map_or(Condition::Absent, |there| Condition::Version(there.version));
        let earlier = there.and_then(read);
        let (earlier_job, earlier_note) = earlier.map(|role| (role.job, role.note)).unzip();
        let Some(job) = job.clone().or(earlier_job) else {
            return Err(Refusal::of(ErrorKind::NotFound, "no published role has this id"));
        };
        let role = KeptRole {
            job_id: job_id.to_owned(),
            state: change.state,
            note: change.note.clone().or(earlier_note).unwrap_or_default(),
            changed_at: app.state.clock.now().to_string(),
            job,
        };
        let body = serde_json::to_value(&role)
            .map_err(|error| Error::internal("a role of a person cannot be written").because(error))?;
        let write = Write::Put { key: key.clone(), body, condition, expires_at: None };
        match own::change(&*app.state.documents, user_id, vec![write]).await {
            Err(error) if error.kind() == ErrorKind::Conflict && attempt < ATTEMPTS => attempt += 1,
            result => return result.map(|()| role).map_err(Refusal::from),
        }
    }
}

fn key(user_id: &UserId, job_id: &str) -> Result<Key, Refusal> {
    Ok(keys::key("kept", &[("user_id", user_id.as_str()), ("job_id", job_id)])?)
}

/// What was kept before. What cannot be read is replaced like what is not there.
fn read(document: Document) -> Option<KeptRole> {
    serde_json::from_value(document.body).ok()
}
