//! The replay of recorded exchanges: answers what was recorded, and nothing else.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use pipeline_core::Result;
use pipeline_core::ports::{Fetch, FetchRequest, FetchResponse};

/// A recorded exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// `GET` or `POST`.
    pub method: String,
    /// The address that was asked, without secrets.
    pub url: String,
    /// Body of a `POST`.
    pub body: Option<String>,
    /// HTTP status of the answer.
    pub status: u16,
    /// The media type that the answer declared.
    pub content_type: Option<String>,
    /// Body of the answer.
    pub bytes: Bytes,
}

/// What an exchange is found by.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    method: String,
    url: String,
    body: Option<String>,
}

impl Asked {
    fn new(method: &str, url: &str, body: Option<&str>) -> Self {
        // The same address can be written in several ways; the parser settles on one.
        let url = url::Url::parse(url).map_or_else(|_| url.to_owned(), String::from);
        Self { method: method.to_owned(), url, body: body.map(str::to_owned) }
    }
}

/// A [`Fetch`] that answers from recorded exchanges, without time and without a network.
#[derive(Debug, Default)]
pub struct ReplayFetch {
    answers: BTreeMap<Asked, FetchResponse>,
}

impl ReplayFetch {
    /// A replay of `exchanges`; of two with the same method, address and body the later one answers.
    pub fn from_exchanges(exchanges: Vec<Recorded>) -> Self {
        let answers = exchanges.into_iter().map(|exchange| {
            let asked = Asked::new(&exchange.method, &exchange.url, exchange.body.as_deref());
            let headers = exchange.content_type.map(|value| ("content-type".to_owned(), value));
            let answer = FetchResponse {
                status: exchange.status,
                headers: headers.into_iter().collect(),
                body: exchange.bytes,
                cut: false,
            };
            (asked, answer)
        });
        Self { answers: answers.collect() }
    }

    /// How many different exchanges it can answer.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether it can answer nothing.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }
}

#[async_trait]
impl Fetch for ReplayFetch {
    /// The recorded answer, cut to the request's limit; 404 with an empty body when nothing was recorded.
    async fn fetch(&self, request: &FetchRequest) -> Result<FetchResponse> {
        let asked = Asked::new(request.method, &request.url, request.body.as_deref());
        let Some(answer) = self.answers.get(&asked) else {
            return Ok(FetchResponse { status: 404, ..FetchResponse::default() });
        };
        let mut answer = answer.clone();
        let limit = usize::try_from(request.max_bytes).unwrap_or(usize::MAX);
        if answer.body.len() > limit {
            answer.body.truncate(limit);
            answer.cut = true;
        }
        Ok(answer)
    }

    fn origin(&self) -> &'static str {
        "replay"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(method: &str, url: &str, body: Option<&str>, bytes: &'static str) -> Recorded {
        Recorded {
            method: method.to_owned(),
            url: url.to_owned(),
            body: body.map(str::to_owned),
            status: 200,
            content_type: Some("application/json".to_owned()),
            bytes: Bytes::from_static(bytes.as_bytes()),
        }
    }

    fn request(method: &'static str, url: &str, body: Option<&str>) -> FetchRequest {
        FetchRequest {
            method,
            url: url.to_owned(),
            body: body.map(str::to_owned),
            max_bytes: 1024,
            ..FetchRequest::default()
        }
    }

    #[tokio::test]
    async fn what_was_recorded_is_answered_and_nothing_else() {
        let replay = ReplayFetch::from_exchanges(vec![
            recorded("GET", "https://example.com/jobs?page=1", None, "one"),
            recorded("POST", "https://example.com/jobs", Some("{\"page\":2}"), "two"),
        ]);
        let get = replay.fetch(&request("GET", "https://EXAMPLE.com:443/jobs?page=1", None)).await.expect("an answer");
        assert_eq!(
            (get.status, &get.body[..], get.header("content-type")),
            (200, &b"one"[..], Some("application/json"))
        );
        let post = request("POST", "https://example.com/jobs", Some("{\"page\":2}"));
        assert_eq!(&replay.fetch(&post).await.expect("an answer").body[..], b"two");
        for unknown in [
            request("GET", "https://example.com/jobs?page=2", None),
            request("GET", "https://example.com/jobs", None),
            request("POST", "https://example.com/jobs", Some("{\"page\":3}")),
            request("POST", "https://example.com/jobs?page=1", None),
        ] {
            let answer = replay.fetch(&unknown).await.expect("an answer");
            assert_eq!((answer.status, answer.body.len()), (404, 0), "{unknown:?}");
        }
        assert_eq!(replay.origin(), "replay");
    }

    #[tokio::test]
    async fn a_recorded_body_is_cut_like_a_live_one() {
        let replay = ReplayFetch::from_exchanges(vec![recorded("GET", "https://example.com/", None, "0123456789")]);
        let mut asked = request("GET", "https://example.com/", None);
        for (limit, body, cut) in [(10, "0123456789", false), (9, "012345678", true), (0, "", true)] {
            asked.max_bytes = limit;
            let answer = replay.fetch(&asked).await.expect("an answer");
            assert_eq!((&answer.body[..], answer.cut), (body.as_bytes(), cut));
        }
    }
}
