//! What every request passes: an id, a span, a slot, a deadline, a net under panics, and the headers of every answer.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use pipeline_core::ErrorKind;
use tracing::Instrument;

use crate::problem::Refusal;
use crate::state::App;

/// How long an answer may take, reading the body included.
const DEADLINE: Duration = Duration::from_secs(10);
/// The route of requests that have none, in metrics and in the log.
const NO_ROUTE: &str = "unmatched";
/// Nothing may be loaded, framed or run by an answer that does not say otherwise.
const CONTENT_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
/// The id of the request, in the answer and in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Serves one request. The log gets its route, never its path, query, body, address or token.
pub async fn pass(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = app.state.clock.now();
    let id = app.next_request_id();
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let span = tracing::info_span!(
        target: "waypost::api",
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        id,
        method,
        route,
        http.response.status_code = tracing::field::Empty,
    );

    let mut response = answer(&app, &route, request, next).instrument(span.clone()).await;

    let micros = app.state.clock.now().0.saturating_sub(started.0).max(0);
    let status = response.status().as_u16();
    span.record("http.response.status_code", status);
    app.meter.record(method, &route, status, micros.unsigned_abs());
    span.in_scope(|| tracing::info!(status, micros, "answered"));
    set_headers(response.headers_mut(), &id);
    response
}

/// For requests to a path that is not there.
pub async fn unknown_route() -> Refusal {
    Refusal::of(ErrorKind::NotFound, "there is nothing at this path").hint("GET /openapi.json lists what there is")
}

/// For requests with a method that the path does not take; the `Allow` field says which it takes.
pub async fn wrong_method() -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "The method is not allowed here",
        "this path does not take this method",
    )
}

async fn answer(app: &App, route: &str, request: Request, next: Next) -> Response {
    // A busy process is alive: the liveness check must not be refused for lack of a slot.
    let slot = app.slots.try_acquire();
    if slot.is_err() && route != "/healthz" {
        return Refusal::of(ErrorKind::Unavailable, "too many requests are being answered").into_response();
    }
    guard(DEADLINE, next.run(request)).await
}

/// What `work` answers, or a problem document when it panics or is not done by the `deadline`.
async fn guard(deadline: Duration, work: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(deadline, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => {
            tracing::error!("the handler panicked");
            Refusal::of(ErrorKind::Internal, "something failed that is not the caller's fault").into_response()
        }
        Err(_elapsed) => {
            Refusal::of(ErrorKind::Timeout, format!("no answer within {} s", deadline.as_secs())).into_response()
        }
    }
}

fn set_headers(headers: &mut HeaderMap, id: &str) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(CONTENT_POLICY);
    // What an endpoint does not declare public is somebody's own.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// The method, from a closed list so that callers cannot grow the metrics.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_never_ends_is_answered_for() {
        let answer = guard(Duration::from_millis(1), std::future::pending()).await;
        assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
    }
}
