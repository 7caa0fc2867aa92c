//! What is Cognito's own: secrets, second factors, rotation, profiles, and what the doctor says.

use aws_sdk_cognitoidentityprovider::types::{AttributeType, MessageActionType, SoftwareTokenMfaSettingsType};
use infra_aws::CognitoIdentity;
use pipeline_core::ports::{Condition, Identity, Key, Probe, Write};
use pipeline_core::{ErrorKind, Result};
use schemas::wire::{Challenge, ChallengeAnswer, Confirmation, Credentials, LoginAnswer, Registration, Tokens};
use serde_json::{Value, json};

use crate::pool::{Made, Pool};
use crate::stand_in::{CODE, FACTOR};

pub const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery";

/// Ada, registered and confirmed.
pub async fn ada(people: &CognitoIdentity) -> String {
    let registration =
        Registration { email: EMAIL.to_owned(), password: PASSWORD.to_owned(), name: "Ada Lovelace".to_owned() };
    let id = people.register(&registration).await.unwrap().user_id;
    people.confirm(&Confirmation { email: EMAIL.to_owned(), code: CODE.to_owned() }).await.unwrap();
    id
}

async fn login(people: &CognitoIdentity) -> Result<LoginAnswer> {
    people.login(&Credentials { email: EMAIL.to_owned(), password: PASSWORD.to_owned() }).await
}

pub async fn tokens(people: &CognitoIdentity) -> Tokens {
    match login(people).await.unwrap() {
        LoginAnswer::Tokens(tokens) => tokens,
        LoginAnswer::Challenge(challenge) => panic!("asked for {}", challenge.challenge),
    }
}

async fn challenge(people: &CognitoIdentity) -> Challenge {
    match login(people).await.unwrap() {
        LoginAnswer::Challenge(challenge) => challenge,
        LoginAnswer::Tokens(_) => panic!("nothing was asked for"),
    }
}

async fn answer(people: &CognitoIdentity, to: &Challenge, answer: &str) -> Result<LoginAnswer> {
    let (challenge, session) = (to.challenge.clone(), to.session.clone());
    let answer = ChallengeAnswer { email: EMAIL.to_owned(), challenge, session, answer: answer.to_owned() };
    people.answer(&answer).await
}

/// Gives Ada a second factor, as an application of hers would.
async fn second_factor(pool: &Pool, tokens: &Tokens) {
    let token = &tokens.access_token;
    pool.operator.associate_software_token().access_token(token).send().await.unwrap();
    pool.operator.verify_software_token().access_token(token).user_code("123456").send().await.unwrap();
    let preferred = SoftwareTokenMfaSettingsType::builder().enabled(true).preferred_mfa(true).build();
    let set = pool.operator.set_user_mfa_preference().access_token(token).software_token_mfa_settings(preferred);
    set.send().await.unwrap();
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_its_code_lets_in() {
    for secret in [false, true] {
        let pool = Pool::new(Made { secret, ..Made::default() }).await;
        let people = pool.people().await;
        let id = ada(&people).await;
        second_factor(&pool, &tokens(&people).await).await;
        let asked = challenge(&people).await;
        assert_eq!(asked.challenge, "SOFTWARE_TOKEN_MFA");
        let wrong = answer(&people, &asked, "000000").await.map(|_| ()).unwrap_err();
        assert_eq!(wrong.kind(), ErrorKind::Unauthenticated);
        let LoginAnswer::Tokens(tokens) = answer(&people, &asked, FACTOR).await.unwrap() else { panic!("no tokens") };
        assert_eq!(tokens.user_id, id);
        let again = answer(&people, &asked, FACTOR).await.map(|_| ()).unwrap_err();
        assert_eq!((again.kind(), again.chain()), (wrong.kind(), wrong.chain()), "a session is good once");
        people.refresh(&tokens.refresh_token).await.unwrap();
    }
}

#[tokio::test]
async fn guessing_a_second_factor_has_to_wait_after_ten_failures_whatever_address_it_claims() {
    let pool = Pool::new(Made::default()).await;
    let people = pool.people().await;
    ada(&people).await;
    second_factor(&pool, &tokens(&people).await).await;
    let asked = challenge(&people).await;
    for number in 0..9 {
        let email = format!("guess{number}@example.com");
        let (challenge, session) = (asked.challenge.clone(), asked.session.clone());
        let guess = ChallengeAnswer { email, challenge, session, answer: "000000".to_owned() };
        assert_eq!(people.answer(&guess).await.map(|_| ()).unwrap_err().kind(), ErrorKind::Unauthenticated);
    }
    let late = answer(&people, &asked, FACTOR).await.map(|_| ()).unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Throttled, "the login that led here counts too");
}

#[tokio::test]
async fn who_was_invited_chooses_a_password_and_gets_a_profile() {
    let pool = Pool::new(Made { named_by_id: true, ..Made::default() }).await;
    let people = pool.people().await;
    let attribute = |name: &str, value: &str| AttributeType::builder().name(name).value(value).build().unwrap();
    let invite = pool.operator.admin_create_user().user_pool_id(&pool.id).username(EMAIL);
    let invite = invite.temporary_password(PASSWORD).message_action(MessageActionType::Suppress);
    invite.user_attributes(attribute("email", EMAIL)).send().await.unwrap();
    let asked = challenge(&people).await;
    assert_eq!(asked.challenge, "NEW_PASSWORD_REQUIRED");
    let short = answer(&people, &asked, "short").await.map(|_| ()).unwrap_err();
    assert_eq!(short.kind(), ErrorKind::Invalid);
    let given = answer(&people, &asked, "another horse battery").await.unwrap();
    let LoginAnswer::Tokens(tokens) = given else { panic!("no tokens") };
    let profile = pool.documents.get(&Key::new(format!("USER#{}", tokens.user_id), "PROFILE")).await.unwrap();
    assert_eq!(profile.unwrap().body["userId"], tokens.user_id);
}

#[tokio::test]
async fn a_wrong_secret_of_the_client_is_a_fault_of_the_configuration() {
    let pool = Pool::new(Made { secret: true, ..Made::default() }).await;
    ada(&pool.people().await).await;
    for secret in [None, Some("another secret".to_owned())] {
        let people = pool.people_at(&pool.address(), secret).await;
        let refused = login(&people).await.map(|_| ()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Config, "{refused:?}");
        assert!(!format!("{refused:?} {:?}", refused.hint_text()).contains("another secret"));
        assert_eq!(people.probe().await.unwrap_err().kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn a_rotating_client_gives_another_refresh_token_and_takes_each_once() {
    for secret in [false, true] {
        let pool = Pool::new(Made { secret, rotation: true, ..Made::default() }).await;
        let people = pool.people().await;
        assert!(people.rotates());
        ada(&people).await;
        let first = tokens(&people).await;
        let second = people.refresh(&first.refresh_token).await.unwrap();
        assert_ne!(second.refresh_token, first.refresh_token);
        assert_eq!(second.user_id, first.user_id);
        let reused = people.refresh(&first.refresh_token).await.map(|_| ()).unwrap_err();
        assert_eq!(reused.kind(), ErrorKind::Unauthenticated);
        people.logout(&second.refresh_token).await.unwrap();
        assert_eq!(people.refresh(&second.refresh_token).await.map(|_| ()).unwrap_err().kind(), reused.kind());
    }
}

#[tokio::test]
async fn a_logout_revokes_with_cognito_and_not_only_here() {
    let pool = Pool::new(Made { secret: true, ..Made::default() }).await;
    let people = pool.people().await;
    ada(&people).await;
    let tokens = tokens(&people).await;
    people.logout(&tokens.refresh_token).await.unwrap();
    assert_eq!(pool.gate.seen.count("RevokeToken"), 1);
    people.logout(&tokens.access_token).await.unwrap();
}

#[tokio::test]
async fn the_right_password_of_an_address_that_is_not_confirmed_is_told_so_and_a_wrong_one_is_not() {
    let pool = Pool::new(Made::default()).await;
    let people = pool.people().await;
    let registration = Registration { email: EMAIL.to_owned(), password: PASSWORD.to_owned(), name: String::new() };
    assert!(!people.register(&registration).await.unwrap().confirmed);
    let right = login(&people).await.map(|_| ()).unwrap_err();
    assert_eq!(right.kind(), ErrorKind::Unauthenticated);
    assert!(right.hint_text().unwrap().contains("/auth/confirm"));
    let wrong = Credentials { email: EMAIL.to_owned(), password: "not the password".to_owned() };
    let wrong = people.login(&wrong).await.map(|_| ()).unwrap_err();
    let unknown = Credentials { email: "eve@example.com".to_owned(), password: PASSWORD.to_owned() };
    let unknown = people.login(&unknown).await.map(|_| ()).unwrap_err();
    assert_eq!((wrong.chain(), wrong.hint_text()), (unknown.chain(), unknown.hint_text()));
}

#[tokio::test]
async fn cognitos_own_lockout_and_its_limits_are_throttling() {
    let pool = Pool::new(Made::default()).await;
    let people = pool.people().await;
    ada(&people).await;
    let lockout = json!({"__type": "NotAuthorizedException", "message": "Password attempts exceeded"});
    let limit = json!({"__type": "LimitExceededException", "message": "Attempt limit exceeded."});
    let instead = |operation: &str, body: Value| {
        pool.gate.seen.instead.lock().unwrap().insert(operation.to_owned(), (400, body));
    };
    instead("InitiateAuth", lockout);
    assert_eq!(login(&people).await.map(|_| ()).unwrap_err().kind(), ErrorKind::Throttled);
    instead("ConfirmSignUp", limit);
    let confirmation = Confirmation { email: EMAIL.to_owned(), code: CODE.to_owned() };
    assert_eq!(people.confirm(&confirmation).await.unwrap_err().kind(), ErrorKind::Throttled);
}

#[tokio::test]
async fn a_challenge_that_cannot_be_passed_through_is_named() {
    let pool = Pool::new(Made::default()).await;
    let people = pool.people().await;
    ada(&people).await;
    let setup =
        json!({"ChallengeName": "MFA_SETUP", "Session": "a session of twenty characters", "ChallengeParameters": {}});
    pool.gate.seen.instead.lock().unwrap().insert("InitiateAuth".to_owned(), (200, setup));
    let refused = login(&people).await.map(|_| ()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert!(refused.message().contains("MFA_SETUP"));
}

#[tokio::test]
async fn a_profile_that_was_lost_on_the_way_is_made_by_the_first_login() {
    let pool = Pool::new(Made { named_by_id: true, ..Made::default() }).await;
    let people = pool.people().await;
    let id = ada(&people).await;
    let key = Key::new(format!("USER#{id}"), "PROFILE");
    let condition = Condition::None;
    pool.documents.write(Write::Delete { key: key.clone(), condition }).await.unwrap();
    tokens(&people).await;
    assert_eq!(pool.documents.get(&key).await.unwrap().unwrap().body["email"], EMAIL);
}

#[tokio::test]
async fn a_login_leaves_what_the_person_wrote_into_the_profile() {
    let pool = Pool::new(Made::default()).await;
    let people = pool.people().await;
    let id = ada(&people).await;
    let key = Key::new(format!("USER#{id}"), "PROFILE");
    let mut body = pool.documents.get(&key).await.unwrap().unwrap().body;
    body["profile"]["skills"] = json!(["Rust"]);
    let condition = Condition::None;
    let put = Write::Put { key: key.clone(), body: body.clone(), condition, expires_at: None };
    pool.documents.write(put).await.unwrap();
    tokens(&people).await;
    assert_eq!(pool.documents.get(&key).await.unwrap().unwrap().body, body);
}

#[tokio::test]
async fn the_doctor_names_the_pool_or_what_is_wrong_with_it() {
    let pool = Pool::new(Made::default()).await;
    let people = pool.people().await;
    let told = people.probe().await.unwrap();
    assert!(told.contains(&pool.id), "{told}");
    let stranger = pool.people_at(&pool.address_of("4nosuchclient"), None).await.probe().await.unwrap_err();
    assert_eq!(stranger.kind(), ErrorKind::Config);
    assert!(stranger.hint_text().unwrap().contains("list-user-pool-clients"));
    let no_keys = pool.address().replace("/.well-known/jwks.json", "/nothing");
    assert_ne!(pool.people_at(&no_keys, None).await.probe().await.unwrap_err().kind(), ErrorKind::Internal);
    let flow = json!({"__type": "InvalidParameterException", "message": "USER_PASSWORD_AUTH flow not enabled for this client"});
    pool.gate.seen.instead.lock().unwrap().insert("InitiateAuth".to_owned(), (400, flow));
    let flow = people.probe().await.unwrap_err();
    assert_eq!(flow.kind(), ErrorKind::Config);
    assert!(flow.hint_text().unwrap().contains("ALLOW_USER_PASSWORD_AUTH"));
}

#[tokio::test]
async fn a_client_of_another_pool_is_noticed_before_its_tokens_are_given_out() {
    let (pool, other) = (Pool::new(Made::default()).await, Pool::new(Made::default()).await);
    ada(&other.people().await).await;
    let mixed = pool.people_at(&pool.address_of(&other.client), None).await;
    let refused = login(&mixed).await.map(|_| ()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Config);
    assert!(refused.message().contains("another user pool"), "{refused:?}");
}

#[tokio::test]
async fn a_key_set_that_is_elsewhere_endless_or_none_is_refused() {
    use axum::Router;
    use axum::response::Redirect;
    use axum::routing::get;
    let pool = Pool::new(Made::default()).await;
    let good = pool.address().split("jwks=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let router = Router::new()
        .route("/elsewhere", get(move || async move { Redirect::temporary(&good) }))
        .route("/endless", get(|| async { format!("{{\"keys\": [\"{}\"]}}", "x".repeat(100_000)) }))
        .route("/none", get(|| async { "{\"keys\": []}" }))
        .route("/words", get(|| async { "keys" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    for path in ["elsewhere", "endless", "none", "words", "missing"] {
        let place = format!("cognito://{}/{}?jwks=http://{address}/{path}", pool.id, pool.client);
        let refused = pool.people_at(&place, None).await.jwks().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Config, "{path}: {refused:?}");
    }
    serving.abort();
    let away = format!("cognito://{}/{}?jwks=http://127.0.0.1:1/keys", pool.id, pool.client);
    assert_eq!(pool.people_at(&away, None).await.jwks().await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn every_request_is_counted_by_its_operation() {
    let pool = Pool::new(Made::default()).await;
    let people = pool.people().await;
    ada(&people).await;
    tokens(&people).await;
    people.jwks().await.unwrap();
    let requests = pool.aws.calls().requests();
    for operation in ["SignUp", "ConfirmSignUp", "InitiateAuth", "GetKeySet"] {
        assert_eq!(requests.get(&format!("cognito.{operation}")), Some(&1), "{requests:?}");
    }
}
