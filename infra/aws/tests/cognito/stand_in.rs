//! A pool on the test server, with what that server leaves out put in front of it.
//!
//! The server lets any code confirm an address and any code of a second factor pass, checks no secret hash at sign-up, confirmation
//! and login, and has neither `RevokeToken` nor `GetTokensFromRefreshToken`. The gate here does these by Cognito's documentation
//! and passes everything else on untouched, so that what is tested is what the SDK really sends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// The code that confirms an address.
pub const CODE: &str = "135790";
/// The code that a second factor shows.
pub const FACTOR: &str = "246801";

/// The gate before one pool.
pub struct Gate {
    /// Where it listens.
    pub address: String,
    /// What it saw.
    pub seen: Arc<Seen>,
    serving: AbortHandle,
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What the gate knows and saw.
pub struct Seen {
    server: String,
    http: reqwest::Client,
    client: String,
    secret: Option<String>,
    /// Refresh tokens of the server that were revoked, with all that came of them.
    revoked: Mutex<BTreeSet<String>>,
    /// Refresh tokens of a rotating client, and those of the server behind them.
    rotated: Mutex<BTreeMap<String, String>>,
    /// Those of them that were used.
    used: Mutex<BTreeSet<String>>,
    /// Who logged in last: a refresh by rotation does not say whose it is, and the server wants to know.
    last: Mutex<String>,
    /// Names of operations, in order.
    operations: Mutex<Vec<String>>,
    /// Answers to be given instead of passing a request on, by operation.
    pub instead: Mutex<BTreeMap<String, (u16, Value)>>,
    /// One sign-up at a time: the server looks for a name and takes it in two steps.
    signing_up: tokio::sync::Mutex<()>,
}

impl Seen {
    /// How often `operation` was asked for.
    pub fn count(&self, operation: &str) -> usize {
        self.operations.lock().unwrap().iter().filter(|seen| *seen == operation).count()
    }
}

/// A gate before the server for the app client `client` with `secret`.
pub async fn gate(server: &str, client: &str, secret: Option<&str>) -> Gate {
    let seen = Arc::new(Seen {
        server: server.to_owned(),
        http: reqwest::Client::new(),
        client: client.to_owned(),
        secret: secret.map(str::to_owned),
        revoked: Mutex::default(),
        rotated: Mutex::default(),
        used: Mutex::default(),
        last: Mutex::default(),
        operations: Mutex::default(),
        instead: Mutex::default(),
        signing_up: tokio::sync::Mutex::default(),
    });
    let router = Router::new().fallback(answer).with_state(seen.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }).abort_handle();
    Gate { address, seen, serving }
}

/// A refusal by its code and words.
struct Refused(&'static str, String);

async fn answer(State(seen): State<Arc<Seen>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    seen.operations.lock().unwrap().push(operation.clone());
    if let Some((status, body)) = seen.instead.lock().unwrap().get(&operation).cloned() {
        return told(status, &body);
    }
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let _turn = if operation == "SignUp" { Some(seen.signing_up.lock().await) } else { None };
    let done = match operation.as_str() {
        "RevokeToken" => revoke(&seen, &asked),
        "GetTokensFromRefreshToken" => rotate(&seen, &uri, &headers, &asked).await,
        _ => match check(&seen, &operation, &asked) {
            Ok(()) => return pass_on(&seen, &uri, &headers, body.to_vec()).await,
            Err(refused) => Err(refused),
        },
    };
    match done {
        Ok(body) => told(200, &body),
        Err(Refused(code, message)) => told(400, &json!({"__type": code, "message": message})),
    }
}

fn told(status: u16, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("content-type", "application/x-amz-json-1.1".parse().unwrap());
    response
}

/// The server's own answer.
async fn pass_on(seen: &Seen, uri: &Uri, headers: &HeaderMap, body: Vec<u8>) -> Response<Body> {
    let (status, body) = ask(seen, uri, headers, body).await;
    // The server knows no session and says so in other words than Cognito.
    let unknown_session = headers.get("x-amz-target").is_some_and(|target| {
        target.to_str().unwrap().ends_with("RespondToAuthChallenge") && body["__type"] == "ResourceNotFoundException"
    });
    if unknown_session {
        let refused = json!({"__type": "NotAuthorizedException", "message": "Invalid session for the user."});
        return told(400, &refused);
    }
    told(status, &body)
}

async fn ask(seen: &Seen, uri: &Uri, headers: &HeaderMap, body: Vec<u8>) -> (u16, Value) {
    let mut request = seen.http.post(format!("{}{}", seen.server, uri.path())).body(body);
    for name in ["x-amz-target", "content-type", "authorization", "x-amz-date", "user-agent"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
}

fn check(seen: &Seen, operation: &str, asked: &Value) -> Result<(), Refused> {
    let (parameters, responses) = (&asked["AuthParameters"], &asked["ChallengeResponses"]);
    match operation {
        "SignUp" | "ConfirmSignUp" => proven(seen, &asked["Username"], &asked["SecretHash"])?,
        "InitiateAuth" if asked["AuthFlow"] == "USER_PASSWORD_AUTH" => {
            proven(seen, &parameters["USERNAME"], &parameters["SECRET_HASH"])?;
            *seen.last.lock().unwrap() = parameters["USERNAME"].as_str().unwrap_or_default().to_owned();
        }
        "RespondToAuthChallenge" => proven(seen, &responses["USERNAME"], &responses["SECRET_HASH"])?,
        _ => {}
    }
    match operation {
        "ConfirmSignUp" if asked["ConfirmationCode"] != CODE => {
            let words = "Invalid verification code provided, please try again.";
            Err(Refused("CodeMismatchException", words.to_owned()))
        }
        "RespondToAuthChallenge"
            if responses.get("SOFTWARE_TOKEN_MFA_CODE").is_some_and(|code| code.as_str() != Some(FACTOR)) =>
        {
            Err(Refused("CodeMismatchException", "Invalid code received for user".to_owned()))
        }
        "InitiateAuth" if parameters["REFRESH_TOKEN"].as_str().is_some_and(|token| is_revoked(seen, token)) => {
            Err(Refused("NotAuthorizedException", "Refresh Token has been revoked".to_owned()))
        }
        _ => Ok(()),
    }
}

/// The token of the server behind a rotated one, which stands for the login that all came of.
fn behind(seen: &Seen, token: &str) -> String {
    seen.rotated.lock().unwrap().get(token).cloned().unwrap_or_else(|| token.to_owned())
}

fn is_revoked(seen: &Seen, token: &str) -> bool {
    seen.revoked.lock().unwrap().contains(&behind(seen, token))
}

/// The secret hash is there and right, where the client has a secret.
fn proven(seen: &Seen, username: &Value, hash: &Value) -> Result<(), Refused> {
    let Some(secret) = &seen.secret else { return Ok(()) };
    let client = &seen.client;
    let Some(hash) = hash.as_str() else {
        let words = format!("Client {client} is configured with secret but SECRET_HASH was not received");
        return Err(Refused("NotAuthorizedException", words));
    };
    if hash == secret_hash(secret, username.as_str().unwrap_or_default(), client) {
        return Ok(());
    }
    Err(Refused("NotAuthorizedException", format!("Unable to verify secret hash for client {client}")))
}

fn secret_hash(secret: &str, username: &str, client: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, format!("{username}{client}").as_bytes()))
}

fn knows_the_secret(seen: &Seen, asked: &Value, code: &'static str) -> Result<(), Refused> {
    if asked["ClientId"] == seen.client.as_str() && asked["ClientSecret"].as_str() == seen.secret.as_deref() {
        return Ok(());
    }
    Err(Refused(code, "Invalid client credentials".to_owned()))
}

fn revoke(seen: &Seen, asked: &Value) -> Result<Value, Refused> {
    knows_the_secret(seen, asked, "UnauthorizedException")?;
    let token = asked["Token"].as_str().unwrap_or_default();
    if token.split('.').count() == 3 {
        return Err(Refused("UnsupportedTokenTypeException", "Unsupported token type".to_owned()));
    }
    let behind = behind(seen, token);
    seen.revoked.lock().unwrap().insert(behind);
    Ok(json!({}))
}

/// Exchanges a refresh token for tokens of the server, under a new refresh token.
async fn rotate(seen: &Seen, uri: &Uri, headers: &HeaderMap, asked: &Value) -> Result<Value, Refused> {
    knows_the_secret(seen, asked, "NotAuthorizedException")?;
    let token = asked["RefreshToken"].as_str().unwrap_or_default().to_owned();
    if is_revoked(seen, &token) {
        return Err(Refused("NotAuthorizedException", "Refresh Token has been revoked".to_owned()));
    }
    let behind = behind(seen, &token);
    if !seen.used.lock().unwrap().insert(token) {
        return Err(Refused("RefreshTokenReuseException", "Refresh token has been used".to_owned()));
    }
    let mut headers = headers.clone();
    headers.insert("x-amz-target", "AWSCognitoIdentityProviderService.InitiateAuth".parse().unwrap());
    let mut parameters = json!({"REFRESH_TOKEN": behind});
    if let Some(secret) = &seen.secret {
        parameters["SECRET_HASH"] = json!(secret_hash(secret, &seen.last.lock().unwrap(), &seen.client));
    }
    let body = json!({"ClientId": seen.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters});
    let (status, mut answer) = ask(seen, uri, &headers, body.to_string().into_bytes()).await;
    if status != 200 {
        return Err(Refused("NotAuthorizedException", "Invalid Refresh Token".to_owned()));
    }
    let mut rotated = seen.rotated.lock().unwrap();
    let next = format!("rotated-{}", rotated.len());
    rotated.insert(next.clone(), behind);
    answer["AuthenticationResult"]["RefreshToken"] = json!(next);
    Ok(answer)
}
