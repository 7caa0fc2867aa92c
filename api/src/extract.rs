//! Request bodies and query parameters, read strictly and refused by the name of the field.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use pipeline_core::ErrorKind;
use serde::de::DeserializeOwned;

use crate::MAX_BODY_BYTES;
use crate::problem::Refusal;
use crate::state::App;

/// A JSON body.
pub struct Body<T> {
    /// What it says.
    pub value: T,
    /// Paths of fields below the first level that nobody reads.
    pub unread: Vec<String>,
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refusal> {
        if !is_json(request.headers()) {
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The body is not JSON",
                "the body must be sent as application/json",
            ));
        }
        let bytes = Bytes::from_request(request, app).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Refusal::of(ErrorKind::TooLarge, format!("the body is longer than {MAX_BODY_BYTES} bytes"))
            }
            _ => Refusal::of(ErrorKind::Invalid, "the body did not arrive whole"),
        })?;
        read(&bytes)
    }
}

/// Query parameters; names that are not known are refused by the type itself.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Params<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let Query(value) = Query::from_request_parts(parts, app)
            .await
            .map_err(|rejection| Refusal::of(ErrorKind::Invalid, rejection.body_text()))?;
        Ok(Self(value))
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<Body<T>, Refusal> {
    let mut unread = Vec::new();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let mut note = |path: serde_ignored::Path<'_>| unread.push(path.to_string());
    let watched = serde_ignored::Deserializer::new(&mut json, &mut note);
    let value = serde_path_to_error::deserialize(watched).map_err(|error| {
        let path = error.path().to_string();
        refuse(&path, &error.into_inner())
    })?;
    json.end().map_err(|error| refuse(".", &error))?;
    match unread.iter().find(|path| !path.contains('.')) {
        Some(path) => Err(Refusal::field(path, "there is no such field")),
        None => Ok(Body { value, unread }),
    }
}

fn refuse(path: &str, error: &serde_json::Error) -> Refusal {
    match error.classify() {
        serde_json::error::Category::Data => Refusal::field(path, error),
        _ => Refusal::of(ErrorKind::Invalid, format!("the body is not JSON: {error}")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}
