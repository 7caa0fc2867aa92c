//! The HTTP client that job sources are asked with: honest about who asks, bounded in time and size, never led astray.

use std::time::Duration;

use async_trait::async_trait;
use pipeline_core::error::Context;
use pipeline_core::ports::{Fetch, FetchRequest, FetchResponse};
use pipeline_core::{Error, ErrorKind, Result};
use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION,
};
use reqwest::{Client, Method, Response, StatusCode};
use url::Url;

use crate::packed::{self, Coding};
use crate::resolver::{CheckedResolver, NotPublic};
use crate::target::{Reach, place};

/// Redirects followed for one request.
const MAX_REDIRECTS: usize = 5;

/// Header fields that the client sets itself; a request cannot replace them.
const OWN_HEADERS: &[&str] =
    &["host", "user-agent", "connection", "content-length", "transfer-encoding", "accept-encoding"];

/// How long an exchange may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// Until the head of an answer is there, and from one piece of its body to the next.
    pub idle: Duration,
    /// Until the last byte, redirects included.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), idle: Duration::from_secs(20), whole: Duration::from_secs(60) }
    }
}

/// The [`Fetch`] that asks the network.
///
/// It names itself and a contact, keeps no cookies, uses no proxy, retries nothing, follows a few redirects and checks
/// each, and connects to public addresses only. Secrets are added when a request is sent; errors never show them. An
/// answer has at most 100 header fields of 400 kB together, and its body is unpacked as it arrives, see [`packed`].
#[derive(Debug)]
pub struct HttpFetch {
    client: Client,
    reach: Reach,
    limits: Limits,
}

impl HttpFetch {
    /// A client that calls itself `Waypost/VERSION (+CONTACT)`; `contact` is a page or mail address of the operator.
    ///
    /// # Errors
    /// `Config` when the contact is missing or cannot stand in a header field, or no TLS roots are installed.
    pub fn new(version: &str, contact: &str) -> Result<Self> {
        Self::with_limits(version, contact, Limits::default())
    }

    /// The same with limits of its own.
    ///
    /// # Errors
    /// As [`HttpFetch::new`].
    pub fn with_limits(version: &str, contact: &str, limits: Limits) -> Result<Self> {
        Self::build(version, contact, limits, Reach::Public)
    }

    /// A client that may also ask this machine, for tests against a local server. Release builds do not have it.
    ///
    /// # Errors
    /// As [`HttpFetch::new`].
    #[cfg(any(test, debug_assertions))]
    pub fn allowing_loopback_for_tests(limits: Limits) -> Result<Self> {
        Self::build("test", "https://example.com/contact", limits, Reach::PublicAndLoopback)
    }

    /// As [`HttpFetch::new`], but it may also ask this machine, for tests against a local server. Release builds do not
    /// have it.
    ///
    /// # Errors
    /// As [`HttpFetch::new`].
    #[cfg(any(test, debug_assertions))]
    pub fn with_loopback_for_tests(version: &str, contact: &str) -> Result<Self> {
        Self::build(version, contact, Limits::default(), Reach::PublicAndLoopback)
    }

    fn build(version: &str, contact: &str, limits: Limits, reach: Reach) -> Result<Self> {
        let client = Client::builder()
            .user_agent(user_agent(version, contact)?)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            // Bodies are unpacked here, where what arrives can be told from what comes out.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .dns_resolver(CheckedResolver(reach))
            .connect_timeout(limits.connect)
            .read_timeout(limits.idle)
            .timeout(limits.whole)
            .build()
            .map_err(|error| {
                Error::config("the HTTP client cannot be set up")
                    .because(error.without_url())
                    .hint("install the system's CA certificates (package ca-certificates)")
            })?;
        Ok(Self { client, reach, limits })
    }

    async fn exchange(&self, request: &FetchRequest) -> Result<FetchResponse> {
        let mut hop = Hop::first(self.reach, request)?;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send(&hop).await?;
            match location(&response) {
                Some(location) => hop = hop.redirected(self.reach, response.status(), &location)?,
                None => return receive(response, request, &hop.url).await,
            }
        }
        let message = format!("{} redirects more than {MAX_REDIRECTS} times", place(&self.reach.parse(&request.url)?));
        Err(Error::denied(message))
    }

    async fn send(&self, hop: &Hop) -> Result<Response> {
        let mut builder = self.client.request(hop.method.clone(), hop.url.clone()).headers(hop.headers.clone());
        if let Some(body) = &hop.body {
            builder = builder.body(body.clone());
        }
        builder.send().await.map_err(|error| failure(error, format!("{} did not answer", place(&hop.url))))
    }
}

#[async_trait]
impl Fetch for HttpFetch {
    async fn fetch(&self, request: &FetchRequest) -> Result<FetchResponse> {
        // The client's own limit starts anew with each redirect; this one holds for all of them together.
        match tokio::time::timeout(self.limits.whole, self.exchange(request)).await {
            Ok(result) => result,
            Err(_) => {
                let place = self.reach.parse(&request.url).map(|url| place(&url)).unwrap_or_default();
                Err(Error::timeout(format!("{place} took longer than {} ms", self.limits.whole.as_millis())))
            }
        }
    }

    fn origin(&self) -> &'static str {
        "crawl"
    }
}

fn user_agent(version: &str, contact: &str) -> Result<HeaderValue> {
    let contact = contact.trim();
    if contact.is_empty() || !contact.bytes().all(|byte| byte.is_ascii_graphic() && !b"()\\".contains(&byte)) {
        return Err(Error::config("the contact that job sources are told is missing or has unusual characters")
            .hint("set it to a page or mail address under which you can be reached"));
    }
    HeaderValue::from_str(&format!("Waypost/{version} (+{contact})"))
        .context(ErrorKind::Config, || "the contact that job sources are told cannot be sent")
}

/// One request on the way to an answer.
struct Hop {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<String>,
}

impl Hop {
    fn first(reach: Reach, request: &FetchRequest) -> Result<Self> {
        let mut url = reach.parse(&request.url)?;
        let method = match request.method {
            "GET" => Method::GET,
            "POST" => Method::POST,
            other => return Err(Error::unsupported(format!("{} is asked with GET or POST, not {other}", place(&url)))),
        };
        let mut headers = headers(request, &url)?;
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(packed::ACCEPTED));
        if !request.secret_query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.secret_query);
        }
        Ok(Self { method, url, headers, body: request.body.clone() })
    }

    /// The request that a redirect with `status` to `location` asks for.
    fn redirected(self, reach: Reach, status: StatusCode, location: &str) -> Result<Self> {
        let mut next = Self { url: reach.redirect(&self.url, location)?, ..self };
        // 307 and 308 repeat the request as it was, the others turn it into a GET, as every browser does (RFC 9110, 15.4).
        if !matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
            next.method = Method::GET;
            next.body = None;
            next.headers.remove(CONTENT_TYPE);
        }
        if next.url.origin() != self.url.origin() {
            next.headers = without_secrets(next.headers);
        }
        Ok(next)
    }
}

/// The fields that may go to another host than the one that was asked.
fn without_secrets(headers: HeaderMap) -> HeaderMap {
    let named =
        headers.iter().filter(|(name, value)| !value.is_sensitive() && *name != AUTHORIZATION && *name != COOKIE);
    named.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn headers(request: &FetchRequest, url: &Url) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    let plain = request.headers.iter().map(|field| (field, false));
    let secret = request.secret_headers.iter().map(|field| (field, true));
    for ((name, value), is_secret) in plain.chain(secret) {
        let refusal = || format!("header field {name:?} for {} cannot be sent", place(url));
        let field = HeaderName::from_bytes(name.as_bytes()).context(ErrorKind::Invalid, refusal)?;
        if OWN_HEADERS.contains(&field.as_str()) {
            return Err(Error::invalid(refusal()));
        }
        let mut value = HeaderValue::from_str(value).context(ErrorKind::Invalid, refusal)?;
        value.set_sensitive(is_secret);
        headers.append(field, value);
    }
    Ok(headers)
}

fn location(response: &Response) -> Option<String> {
    let follows = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let value = response.headers().get(LOCATION).filter(|_| follows)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Takes the answer until its end or the limit; what is over the limit is never read, and the connection is dropped.
async fn receive(response: Response, request: &FetchRequest, url: &Url) -> Result<FetchResponse> {
    let status = response.status().as_u16();
    let coding = Coding::of(response.headers());
    let mut headers = told(response.headers(), request);
    if coding.is_some_and(|coding| coding != Coding::Plain) {
        // They speak of the body as it was sent.
        headers.retain(|(name, _)| !matches!(name.as_str(), "content-encoding" | "content-length"));
    }
    let pieces = response.bytes_stream();
    // A packing that was not asked for is an error only where there is a body at all.
    let limit = if coding.is_some() { request.max_bytes } else { 1 };
    let (taken, result) = packed::take(pieces, coding.unwrap_or(Coding::Plain), limit).await;
    let broke = || format!("the answer of {} broke off after {} bytes", place(url), taken.body.len());
    result.map_err(|error| broken(error, broke()))?;
    if coding.is_none() && !taken.body.is_empty() {
        let message = format!("the answer of {} is packed in a way that was not asked for", place(url));
        return Err(Error::unavailable(message));
    }
    Ok(FetchResponse { status, headers, body: taken.body.freeze(), cut: taken.cut })
}

/// A failure within a body: of the connection, or of the packing.
fn broken(error: std::io::Error, message: String) -> Error {
    match error.downcast::<reqwest::Error>() {
        Ok(error) => failure(error, message),
        Err(error) => Error::unavailable(message).because(error),
    }
}

/// The header fields of an answer as they are handed on: without cookies, and without secrets that the server repeats.
fn told(headers: &HeaderMap, request: &FetchRequest) -> Vec<(String, String)> {
    let secrets = || request.secret_query.iter().chain(&request.secret_headers).map(|(_, secret)| secret.as_str());
    headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "set-cookie" | "set-cookie2"))
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let value =
                secrets().filter(|secret| !secret.is_empty()).fold(value, |value, secret| value.replace(secret, "***"));
            (name.as_str().to_owned(), value)
        })
        .collect()
}

/// A failure of the client with its kind; the address stays out of it, since it may carry secrets.
fn failure(error: reqwest::Error, message: String) -> Error {
    let error = error.without_url();
    let kind = if refused(&error) {
        ErrorKind::Denied
    } else if error.is_timeout() {
        ErrorKind::Timeout
    } else {
        ErrorKind::Unavailable
    };
    Error::new(kind, message).because(error)
}

fn refused(error: &reqwest::Error) -> bool {
    let first: Option<&(dyn std::error::Error + 'static)> = Some(error);
    std::iter::successors(first, |error| error.source()).any(|error| error.is::<NotPublic>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(url: &str) -> Hop {
        let request = FetchRequest {
            method: "POST",
            url: url.to_owned(),
            headers: vec![
                ("Content-Type".to_owned(), "application/json".to_owned()),
                ("x-plain".to_owned(), "1".to_owned()),
            ],
            secret_headers: vec![("x-api-key".to_owned(), "hush".to_owned())],
            secret_query: vec![("app_key".to_owned(), "h&sh".to_owned())],
            body: Some("{}".to_owned()),
            max_bytes: 10,
        };
        Hop::first(Reach::Public, &request).expect("a request")
    }

    #[test]
    fn secrets_are_added_to_what_is_sent() {
        let hop = hop("https://example.com/jobs?page=1");
        assert_eq!(hop.url.as_str(), "https://example.com/jobs?page=1&app_key=h%26sh");
        assert!(hop.headers["x-api-key"].is_sensitive());
    }

    #[test]
    fn secrets_do_not_follow_a_redirect_to_another_host() {
        for (location, goes_along) in
            [("https://example.com/b", true), ("https://example.org/b", false), ("https://example.com:8443/b", false)]
        {
            let next =
                hop("https://example.com/a").redirected(Reach::Public, StatusCode::FOUND, location).expect("a hop");
            assert_eq!(next.headers.contains_key("x-api-key"), goes_along, "{location}");
            assert!(next.headers.contains_key("x-plain") && next.url.query().is_none(), "{location}");
        }
    }

    #[test]
    fn only_307_and_308_repeat_the_body() {
        for (status, method, has_body) in
            [(301, "GET", false), (303, "GET", false), (307, "POST", true), (308, "POST", true)]
        {
            let status = StatusCode::from_u16(status).expect("a status");
            let next = hop("https://example.com/a").redirected(Reach::Public, status, "/b").expect("a hop");
            assert_eq!((next.method.as_str(), next.body.is_some()), (method, has_body), "{status}");
            assert_eq!(next.headers.contains_key("content-type"), has_body, "{status}");
        }
    }

    #[test]
    fn the_agent_names_the_program_and_a_contact() {
        let agent = user_agent("0.1.0", "mailto:jobs@example.com").expect("an agent");
        assert_eq!(agent, "Waypost/0.1.0 (+mailto:jobs@example.com)");
        for contact in ["", "  ", "a b", "a)b", "a\r\nx-evil: 1", "ä@example.com"] {
            assert_eq!(user_agent("0.1.0", contact).expect_err("refused").kind(), ErrorKind::Config, "{contact:?}");
        }
    }

    #[test]
    fn a_request_cannot_pose_as_someone_else() {
        for (name, value) in [("User-Agent", "Mozilla/5.0"), ("host", "other"), ("bad name", "x"), ("x-a", "b\r\nc: d")]
        {
            let request = FetchRequest {
                method: "GET",
                url: "https://example.com/".to_owned(),
                headers: vec![(name.to_owned(), value.to_owned())],
                ..FetchRequest::default()
            };
            let Err(error) = Hop::first(Reach::Public, &request) else { panic!("{name} must be refused") };
            assert_eq!(error.kind(), ErrorKind::Invalid);
        }
    }
}
