//! `POST /auth/*`.

use serde_json::{Value, json};

use crate::doubles::{Answer, World, request};

async fn post(path: &str, body: Value) -> Answer {
    World::with(vec![]).send(request("POST", path, None, Some(body.to_string()))).await
}

#[tokio::test]
async fn a_person_is_created_once() {
    let person = |email: &str, password: &str| json!({"email": email, "password": password, "name": "Ada"});
    let created = post("/auth/register", person("new@example.org", "correct horse battery")).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.ok(), &json!({"userId": "user124", "confirmed": false}));
    post("/auth/register", person("ada@example.org", "correct horse battery")).await.problem(409);
    post("/auth/register", person("new@example.org", "short")).await.problem(400);
}

#[tokio::test]
async fn a_login_gives_a_token_that_opens_the_rest() {
    let world = World::with(vec![]);
    let credentials = json!({"email": "ada@example.org", "password": "correct horse battery"});
    let login = world.send(request("POST", "/auth/login", None, Some(credentials.to_string()))).await;
    assert_eq!(login.ok()["token_type"], "Bearer");
    let token = login.body["access_token"].as_str().expect("a token");
    world.send(request("POST", "/agent/jobs", Some(token), Some("{}".to_owned()))).await.ok();
}

#[tokio::test]
async fn a_code_confirms_an_address_or_is_refused() {
    let code = |email: &str, code: &str| json!({"email": email, "code": code});
    let confirmed = post("/auth/confirm", code("new@example.org", "654321")).await;
    assert_eq!((confirmed.status.as_u16(), confirmed.text.as_str()), (204, ""));
    let wrong = post("/auth/confirm", code("new@example.org", "000000")).await;
    let unknown = post("/auth/confirm", code("eve@example.org", "654321")).await;
    wrong.problem(400);
    assert_eq!(wrong.text, unknown.text);
    post("/auth/confirm", code("throttled@example.org", "654321")).await.problem(429);
}

#[tokio::test]
async fn a_login_that_asks_for_more_gives_a_challenge_and_no_token() {
    let login = post("/auth/login", json!({"email": "grace@example.org", "password": "correct horse battery"})).await;
    assert_eq!(login.ok(), &json!({"challenge": "SOFTWARE_TOKEN_MFA", "session": "s1"}));
}

#[tokio::test]
async fn a_challenge_that_is_met_gives_tokens() {
    let answer = |session: &str, challenge: &str, answer: &str| json!({"email": "grace@example.org", "challenge": challenge, "session": session, "answer": answer});
    let met = post("/auth/challenge", answer("s1", "SOFTWARE_TOKEN_MFA", "123456")).await;
    assert_eq!(met.ok()["userId"], "user123");
    assert!(met.body["access_token"].is_string());
    let further = post("/auth/challenge", answer("s0", "SOFTWARE_TOKEN_MFA", "123456")).await;
    assert_eq!(further.ok(), &json!({"challenge": "SOFTWARE_TOKEN_MFA", "session": "s1"}));
    let wrong = post("/auth/challenge", answer("s1", "SOFTWARE_TOKEN_MFA", "000000")).await;
    wrong.problem(401);
    assert!(wrong.header("www-authenticate").starts_with("Bearer"));
    post("/auth/challenge", answer("s1", "SMS_MFA", "123456")).await.problem(501);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let wrong = post("/auth/login", json!({"email": "ada@example.org", "password": "x"})).await;
    let unknown = post("/auth/login", json!({"email": "eve@example.org", "password": "x"})).await;
    wrong.problem(401);
    assert_eq!(wrong.text, unknown.text);
    assert!(wrong.header("www-authenticate").starts_with("Bearer"));
}

#[tokio::test]
async fn too_many_failures_are_asked_to_wait() {
    let answer = post("/auth/login", json!({"email": "throttled@example.org", "password": "x"})).await;
    answer.problem(429);
    assert_eq!(answer.header("retry-after"), "60");
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_or_refused() {
    assert_eq!(post("/auth/refresh", json!({"refresh_token": "r1"})).await.ok()["refresh_token"], "r2");
    post("/auth/refresh", json!({"refresh_token": "used"})).await.problem(401);
}

#[tokio::test]
async fn a_logout_tells_nothing() {
    let answer = post("/auth/logout", json!({"refresh_token": "whatever"})).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.text, "");
}

#[tokio::test]
async fn a_missing_or_extra_field_is_named() {
    assert!(post("/auth/login", json!({"email": "a@b"})).await.problem(422).contains("password"));
    assert!(post("/auth/confirm", json!({"email": "a@b"})).await.problem(422).contains("code"));
    assert!(post("/auth/challenge", json!({"email": "a@b"})).await.problem(422).contains("challenge"));
    assert!(post("/auth/logout", json!({"refresh_token": "a", "more": 1})).await.problem(422).contains("more"));
}
