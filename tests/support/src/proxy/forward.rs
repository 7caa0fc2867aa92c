//! Passing a request on to the server.

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Answer, Seen};

/// Headers that belong to a connection, not to a request, and the length, which the client computes.
const OF_THE_CONNECTION: &[&str] =
    &["connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "upgrade", "content-length"];

/// A client that changes nothing of what passes through.
pub(super) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .no_gzip()
        .redirect(reqwest::redirect::Policy::none())
        .http1_only()
        .build()
        .expect("a client")
}

/// The server's answer; 502 when it gave none.
pub(super) async fn forward(client: &reqwest::Client, upstream: &str, seen: &Seen, body: Option<Bytes>) -> Answer {
    match try_forward(client, upstream, seen, body).await {
        Ok(answer) => answer,
        Err(error) => Answer::new(502, "text/plain", format!("the proxy got no answer: {error:?}")),
    }
}

async fn try_forward(
    client: &reqwest::Client,
    upstream: &str,
    seen: &Seen,
    body: Option<Bytes>,
) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
    let mut url = format!("{upstream}{}", seen.path);
    if !seen.query.is_empty() {
        url = format!("{url}?{}", seen.query);
    }
    let mut request = client.request(seen.method.parse()?, url).headers(headers(seen)?);
    let body = body.unwrap_or_else(|| seen.body.clone());
    if !body.is_empty() || seen.header("content-length").is_some() {
        request = request.body(body);
    }
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let keep = |name: &str| {
        // The answer to HEAD tells a length that its body does not have.
        !OF_THE_CONNECTION.contains(&name) || (name == "content-length" && seen.method == "HEAD")
    };
    let headers = answer.headers().iter().filter(|(name, _)| keep(name.as_str()));
    let headers =
        headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let headers = headers.collect();
    Ok(Answer { status, headers, body: answer.bytes().await? })
}

fn headers(seen: &Seen) -> Result<HeaderMap, Box<dyn std::error::Error + Send + Sync>> {
    let mut headers = HeaderMap::new();
    for (name, value) in &seen.headers {
        if !OF_THE_CONNECTION.contains(&name.as_str()) {
            headers.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_bytes(value.as_bytes())?);
        }
    }
    Ok(headers)
}
