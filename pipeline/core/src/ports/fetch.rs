//! The fetch port: one HTTP exchange with a job source.

use async_trait::async_trait;
use bytes::Bytes;

/// A request to be sent as it is.
#[derive(Clone, Debug, Default)]
pub struct FetchRequest {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The address, without secrets.
    pub url: String,
    /// Header fields besides the user agent.
    pub headers: Vec<(String, String)>,
    /// Query parameters that carry secrets; they are sent, never logged or stored.
    pub secret_query: Vec<(String, String)>,
    /// Header fields that carry secrets.
    pub secret_headers: Vec<(String, String)>,
    /// Body of a `POST`.
    pub body: Option<String>,
    /// Largest body to take; more is cut and told.
    pub max_bytes: u64,
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct FetchResponse {
    /// HTTP status.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, cut to `max_bytes`.
    pub body: Bytes,
    /// Whether the body was longer than `max_bytes`, or came out of far fewer bytes than any real list packs into.
    pub cut: bool,
}

impl FetchResponse {
    /// The first header field called `name` (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Sends requests to job sources.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Sends `request` once, without retries; every HTTP status is a success.
    ///
    /// # Errors
    /// `Denied` for an address that may not be asked, `Timeout`, or `Unavailable` when no answer came.
    async fn fetch(&self, request: &FetchRequest) -> crate::Result<FetchResponse>;

    /// What stands in `origin` of the exchanges: `crawl` or `replay`.
    fn origin(&self) -> &'static str;
}
