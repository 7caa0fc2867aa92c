//! The HTTP side: reads requests, checks their signatures, finds the operation, writes answers.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use hyper::body::{Body, Incoming};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

use super::failure::{Failure, Refusal};
use super::state::Shared;
use super::{catalogue, converse, jobs, output, signature};

/// Most bytes of a request.
const MOST_BYTES: usize = 25 * 1024 * 1024;

/// Serves until the task is dropped.
pub async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    // The connections end with the server.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { answer(&shared, request).await }
            });
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Answers one request; an error breaks the connection off.
async fn answer(shared: &Shared, request: Request<Incoming>) -> io::Result<Response<String>> {
    let (parts, incoming) = request.into_parts();
    let body = read(incoming).await?;
    let route = Route::of(&parts);
    let scripted = note(shared, &route, &body);
    let checked = signature::check(&shared.lock(), &parts, &body);
    if let Err(refusal) = checked {
        return refused(&refusal);
    }
    match scripted {
        Some(Failure::Dropped) => return Err(io::Error::other("dropped on demand")),
        Some(Failure::AnswerLost) => {
            let _ = perform(shared, &route, &body).await;
            return Err(io::Error::other("lost on demand"));
        }
        Some(Failure::Slow(time)) => tokio::time::sleep(time).await,
        Some(failure) => return refused(&failure.refusal().unwrap_or_else(|| Refusal::invalid("on demand"))),
        None => {}
    }
    match perform(shared, &route, &body).await {
        Ok(value) => respond(200, None, value.to_string()),
        Err(refusal) => refused(&refusal),
    }
}

/// Notes the request and returns how it shall fail.
fn note(shared: &Shared, route: &Route, body: &[u8]) -> Option<Failure> {
    let mut state = shared.lock();
    state.requests.push((route.operation.to_owned(), serde_json::from_slice(body).unwrap_or_default()));
    if route.operation == "Converse" {
        state.models_asked.push(route.id.clone());
    }
    state.failures.get_mut(route.operation).and_then(std::collections::VecDeque::pop_front)
}

async fn perform(shared: &Shared, route: &Route, body: &[u8]) -> Result<Value, Refusal> {
    let json = || {
        serde_json::from_slice::<Value>(body)
            .map_err(|_| Refusal::new(400, "SerializationException", "The body is no JSON."))
    };
    match route.operation {
        "Converse" => converse::converse(shared, &route.id, &json()?),
        "CreateModelInvocationJob" => jobs::create(&mut shared.lock(), &shared.buckets, &json()?),
        "GetModelInvocationJob" => {
            let run = jobs::step(&mut shared.lock(), &route.id)?;
            if let Some(run) = run {
                output::run(shared, run).await;
            }
            jobs::get(&shared.lock(), &route.id)
        }
        "GetFoundationModel" => catalogue::foundation_model(&shared.lock(), &route.id),
        "GetInferenceProfile" => catalogue::inference_profile(&shared.lock(), &route.id),
        _ => Err(Refusal::new(404, "UnknownOperationException", "")),
    }
}

/// The operation that a request asks for, and the id in its path.
struct Route {
    operation: &'static str,
    id: String,
}

impl Route {
    fn of(parts: &Parts) -> Self {
        let segments: Vec<&str> = parts.uri.path().trim_start_matches('/').split('/').collect();
        let (operation, id) = match (parts.method.as_str(), segments.as_slice()) {
            ("POST", ["model", id, "converse"]) => ("Converse", *id),
            ("POST", ["model-invocation-job"]) => ("CreateModelInvocationJob", ""),
            ("GET", ["model-invocation-job", id]) => ("GetModelInvocationJob", *id),
            ("GET", ["foundation-models", id]) => ("GetFoundationModel", *id),
            ("GET", ["inference-profiles", id]) => ("GetInferenceProfile", *id),
            _ => ("unknown", ""),
        };
        Self { operation, id: decoded(id) }
    }
}

/// A path segment without its percent escapes.
fn decoded(segment: &str) -> String {
    // A `+` stands for itself in a path.
    let query = format!("id={}", segment.replace('+', "%2B"));
    url::form_urlencoded::parse(query.as_bytes()).next().map(|(_, id)| id.into_owned()).unwrap_or_default()
}

async fn read(mut incoming: Incoming) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut incoming).poll_frame(context)).await {
        if let Ok(data) = frame.map_err(io::Error::other)?.into_data() {
            body.extend_from_slice(&data);
        }
        if body.len() > MOST_BYTES {
            return Err(io::Error::other("the request is too large"));
        }
    }
    Ok(body)
}

fn refused(refusal: &Refusal) -> io::Result<Response<String>> {
    respond(refusal.status, Some(refusal.name), refusal.body())
}

fn respond(status: u16, error: Option<&str>, body: String) -> io::Result<Response<String>> {
    let mut response = Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("x-amzn-requestid", "00000000-0000-4000-8000-000000000000");
    if let Some(error) = error {
        response = response
            .header("x-amzn-errortype", format!("{error}:http://internal.amazon.com/coral/com.amazon.bedrock/"));
    }
    response.body(body).map_err(io::Error::other)
}
