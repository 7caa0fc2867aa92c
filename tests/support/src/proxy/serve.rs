//! Taking connections, asking the rule, and doing what it says.

use std::net::TcpListener;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;

use super::body::{Whole, collect};
use super::forward::{client, forward};
use super::{Action, Answer, Seen, Shared};

/// What a connection is closed with.
#[derive(Debug)]
struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed on command")
    }
}

impl std::error::Error for Closed {}

/// Serves until `stopped` says so.
pub(super) fn run(listener: TcpListener, upstream: String, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async move {
        listener.set_nonblocking(true).expect("a port that does not block");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a port");
        let (client, upstream): (_, Arc<str>) = (client(), upstream.into());
        loop {
            let stream = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stopped.wait_for(|stopped| *stopped) => return,
            };
            let Ok((stream, _)) = stream else { continue };
            drop(stream.set_nodelay(true));
            let (client, upstream, shared) = (client.clone(), Arc::clone(&upstream), Arc::clone(&shared));
            tokio::spawn(async move {
                let answer = service_fn(|request| answer(request, &client, &upstream, &shared));
                let served = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), answer);
                // A connection that ends badly is often what the rule wanted.
                drop(served.await);
            });
        }
    });
}

async fn answer(
    request: Request<Incoming>,
    client: &reqwest::Client,
    upstream: &str,
    shared: &Shared,
) -> Result<Response<Whole>, Closed> {
    let mut seen = seen(request).await.ok_or(Closed)?;
    let mut action = shared.decide(&mut seen);
    while let Action::Delay(wait, next) = action {
        tokio::time::sleep(wait).await;
        action = *next;
    }
    let (forwarded, answer) = match action {
        Action::Answer(answer) => (false, Some(answer)),
        Action::Drop => (false, None),
        Action::DropAfter => {
            forward(client, upstream, &seen, None).await;
            (true, None)
        }
        Action::Rewrite { body, answer } => (true, Some(answer(forward(client, upstream, &seen, body).await))),
        Action::Pass | Action::Delay(..) => (true, Some(forward(client, upstream, &seen, None).await)),
    };
    shared.record(&seen, answer.as_ref().map(|answer| answer.status), forwarded);
    answer.ok_or(Closed).and_then(response)
}

async fn seen(request: Request<Incoming>) -> Option<Seen> {
    let (parts, body) = request.into_parts();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    Some(Seen {
        number: 0,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: collect(body).await?,
    })
}

fn response(answer: Answer) -> Result<Response<Whole>, Closed> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Whole(answer.body)).map_err(|_| Closed)
}
