//! Refusals: what a request is told when it is not served, as an RFC 9457 problem document.

use axum::http::StatusCode;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use pipeline_core::{Error, ErrorKind};
use schemas::wire::Problem;

/// Media type of problem documents.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The challenge to those who sent no token.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"waypost\"");
/// The challenge to those whose token does not hold.
const CHALLENGE_INVALID: HeaderValue = HeaderValue::from_static("Bearer realm=\"waypost\", error=\"invalid_token\"");

/// A problem document on its way out, with the header fields that belong to it.
#[derive(Debug)]
pub struct Refusal {
    problem: Box<Problem>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// A refusal of the named kind; `detail` says what happened this time.
    pub fn new(status: StatusCode, name: &str, title: &str, detail: impl Into<String>) -> Self {
        let problem = Box::new(Problem {
            kind: format!("/problems/{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: Some(detail.into()),
            hint: None,
        });
        Self { problem, headers: Vec::new() }
    }

    /// A refusal with the status and title of `kind`.
    pub fn of(kind: ErrorKind, detail: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(kind.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let refusal = Self::new(status, kind.name(), title(kind), detail);
        match kind {
            ErrorKind::Unauthenticated => refusal.header(header::WWW_AUTHENTICATE, CHALLENGE),
            ErrorKind::Throttled => refusal.header(header::RETRY_AFTER, HeaderValue::from_static("60")),
            ErrorKind::Unavailable => refusal.header(header::RETRY_AFTER, HeaderValue::from_static("5")),
            _ => refusal,
        }
    }

    /// A value of the request that can be read but not used; `field` is where it stands.
    pub fn field(field: &str, why: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-field",
            "A field cannot be used",
            format!("{field}: {why}"),
        )
    }

    /// A token that does not hold. Which check it failed is nobody's business but the issuer's.
    pub fn invalid_token() -> Self {
        let mut refusal = Self::of(ErrorKind::Unauthenticated, "the bearer token is not valid");
        refusal.headers = vec![(header::WWW_AUTHENTICATE, CHALLENGE_INVALID)];
        refusal.hint("POST /auth/login gives a new token")
    }

    /// No token where one is needed.
    pub fn no_token() -> Self {
        Self::of(ErrorKind::Unauthenticated, "this needs a bearer token").hint("POST /auth/login gives one")
    }

    /// The same with what would fix it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.problem.hint = Some(hint.into());
        self
    }

    /// The same with one more header field.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl From<Error> for Refusal {
    /// Callers are told what they can act on; what failed on our side goes to the log.
    fn from(error: Error) -> Self {
        let kind = error.kind();
        if kind.http_status() >= 500 {
            tracing::error!(kind = kind.name(), error = without_addresses(&error.chain()), "request failed");
        }
        let refusal = match kind {
            ErrorKind::Config | ErrorKind::Internal => {
                Self::of(kind, "something failed that is not the caller's fault")
            }
            ErrorKind::Unavailable | ErrorKind::Interrupted | ErrorKind::Budget => {
                Self::of(kind, "a backend is away; the same request may succeed later")
            }
            ErrorKind::Timeout => Self::of(kind, "a backend took too long; the same request may succeed later"),
            _ => Self::of(kind, error.message()),
        };
        match error.hint_text() {
            Some(hint) if kind.http_status() < 500 => refusal.hint(hint),
            _ => refusal,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self.problem)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response.headers_mut().extend(self.headers);
        response
    }
}

/// A kind of failure in words.
fn title(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Usage => "The request asks for what does not exist",
        ErrorKind::Config => "The configuration cannot be used",
        ErrorKind::NotFound => "Not found",
        ErrorKind::Invalid => "The request cannot be read",
        ErrorKind::Conflict => "It is there already",
        ErrorKind::Unauthenticated => "Who asks is not known",
        ErrorKind::Denied => "Not allowed",
        ErrorKind::Throttled => "Too many requests",
        ErrorKind::Unavailable => "Not available now",
        ErrorKind::Timeout => "It took too long",
        ErrorKind::TooLarge => "Too large",
        ErrorKind::Budget => "The budget is used up",
        ErrorKind::Lease => "Another run is at work",
        ErrorKind::Interrupted => "Interrupted",
        ErrorKind::Unsupported => "Not supported here",
        ErrorKind::Nothing => "There is nothing yet",
        ErrorKind::Internal => "Something failed",
    }
}

/// `text` with every word that may be somebody's address blotted out.
fn without_addresses(text: &str) -> String {
    let words = text.split(' ').map(|word| if word.contains('@') { "[address]" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_reaches_the_log() {
        assert_eq!(without_addresses("cannot read LOGIN#ada@example.org: gone"), "cannot read [address] gone");
    }

    #[test]
    fn an_internal_failure_keeps_its_cause_to_itself() {
        let refusal = Refusal::from(Error::internal("cannot open /var/lib/secret").hint("chmod"));
        assert!(!refusal.problem.detail.unwrap_or_default().contains("secret"));
        assert_eq!(refusal.problem.hint, None);
    }
}
