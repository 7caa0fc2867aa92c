//! What a bearer token must be to open a protected endpoint.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use api::auth::{KeySource, Verifier};
use pipeline_core::ports::SimulatedClock;
use serde_json::{Value, json};

use crate::doubles::{AUDIENCE, Answer, ISSUER, NOW, People, USER, World, later, now_s, request};
use crate::tokens;

const PROTECTED: [(&str, &str); 3] = [("POST", "/agent/jobs"), ("POST", "/agent/resume"), ("GET", "/agent/market")];

async fn with_token(world: &World, token: &str) -> Answer {
    world.send(request("POST", "/agent/jobs", Some(token), Some("{}".to_owned()))).await
}

#[tokio::test]
async fn a_token_of_the_issuer_opens_the_door() {
    let world = World::with(vec![]);
    let lists = tokens::with("aud", json!(["another", AUDIENCE]));
    let just_expired = tokens::with("exp", json!(now_s() - 59));
    let mine = [tokens::valid(), tokens::es256(), tokens::signed(&lists), tokens::signed(&just_expired)];
    for token in mine {
        with_token(&world, &token).await.ok();
    }
}

#[tokio::test]
async fn an_access_token_without_an_audience_is_for_the_client_that_it_names() {
    let world = World::with(vec![]);
    let named = tokens::of_cognito("client_id", json!(AUDIENCE));
    with_token(&world, &tokens::signed(&named)).await.ok();
    let both = tokens::of_cognito("aud", json!(["another", AUDIENCE]));
    with_token(&world, &tokens::signed(&both)).await.ok();
    let audience_decides = tokens::with("client_id", json!("a client of another party"));
    with_token(&world, &tokens::signed(&audience_decides)).await.ok();
}

#[tokio::test]
async fn groups_are_read_as_either_issuer_writes_them() {
    let identity = Arc::new(People::default());
    let keys = KeySource::new(identity.clone(), Arc::new(SimulatedClock::at(NOW)));
    let verifier = Verifier::new(ISSUER, AUDIENCE, keys);
    let plain = tokens::signed(&tokens::with("groups", json!(["a", "b"])));
    let of_cognito = tokens::signed(&tokens::of_cognito("cognito:groups", json!(["operators"])));
    let none = tokens::signed(&tokens::of_cognito("cognito:groups", Value::Null));
    for (token, expected) in [(plain, vec!["a", "b"]), (of_cognito, vec!["operators"]), (none, vec![])] {
        let claims = verifier.verify(&token).await.expect("a key set").expect("a token that holds");
        assert_eq!(claims.groups, expected);
        assert_eq!(claims.user_id.as_str(), USER);
    }
}

#[tokio::test]
async fn no_token_is_told_apart_from_a_bad_one() {
    let world = World::with(vec![]);
    for (method, path) in PROTECTED {
        let none = world.send(request(method, path, None, None)).await;
        none.problem(401);
        assert_eq!(none.header("www-authenticate"), "Bearer realm=\"waypost\"");
        let bad = world.send(request(method, path, Some("garbage"), None)).await;
        bad.problem(401);
        assert_eq!(bad.header("www-authenticate"), "Bearer realm=\"waypost\", error=\"invalid_token\"");
    }
}

/// Tokens without an audience, or of another use, by what is wrong with them.
fn bad_tokens_of_cognito() -> Vec<(&'static str, String)> {
    let claim = |name: &str, value: Value| tokens::signed(&tokens::of_cognito(name, value));
    let neither = json!({"sub": "user123", "iss": "https://waypost.test", "exp": now_s() + 900, "token_use": "access"});
    let id_token = |aud: Value| {
        let mut claims = tokens::of_cognito("token_use", json!("id"));
        claims["aud"] = aud;
        tokens::signed(&claims)
    };
    let mut id_token_of_client = tokens::with("token_use", json!("id"));
    id_token_of_client["client_id"] = json!(AUDIENCE);
    vec![
        ("another client", claim("client_id", json!("another"))),
        ("no client", claim("client_id", Value::Null)),
        ("clients, one of them ours", claim("client_id", json!([AUDIENCE, "another"]))),
        ("an empty client", claim("client_id", json!(""))),
        ("neither audience nor client", tokens::signed(&neither)),
        ("a client but no use", claim("token_use", Value::Null)),
        ("a client and another use", claim("token_use", json!("refresh"))),
        ("a use in a list", claim("token_use", json!(["access"]))),
        ("an id token for a client", claim("token_use", json!("id"))),
        ("an id token for us", tokens::signed(&id_token_of_client)),
        ("an id token with our audience", id_token(json!(AUDIENCE))),
        ("an id token with our audience in a list", id_token(json!([AUDIENCE]))),
        ("our client but another audience", claim("aud", json!("another"))),
        ("our client but other audiences", claim("aud", json!(["another", "yet another"]))),
        ("our client but an empty list of audiences", claim("aud", json!([]))),
        ("our client but a number for an audience", claim("aud", json!(17))),
        ("our client but null for an audience", {
            let mut claims = tokens::of_cognito("aud", Value::Null);
            claims["aud"] = Value::Null;
            tokens::signed(&claims)
        }),
        ("a list of audiences that holds no text", tokens::signed(&tokens::with("aud", json!([AUDIENCE, 17])))),
        (
            "our client of another issuer",
            claim("iss", json!("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x")),
        ),
        ("our client, expired", claim("exp", json!(now_s() - 61))),
    ]
}

/// Every token that must not hold, by what is wrong with it.
fn bad_tokens() -> Vec<(&'static str, String)> {
    let header = |header: Value| tokens::signed_as(&header, &tokens::claims());
    let claim = |name: &str, value: Value| tokens::signed(&tokens::with(name, value));
    let mut bad = vec![
        ("empty", String::new()),
        ("garbage", "garbage".to_owned()),
        ("dots", "..".to_owned()),
        ("very long", "a".repeat(20_000)),
        ("expired", claim("exp", json!(now_s() - 61))),
        ("no expiry", claim("exp", Value::Null)),
        ("an expiry in words", claim("exp", json!("tomorrow"))),
        ("not yet valid", claim("nbf", json!(now_s() + 61))),
        ("wrong audience", claim("aud", json!("another"))),
        ("no audience", claim("aud", Value::Null)),
        ("wrong issuer", claim("iss", json!("https://evil.test"))),
        ("no issuer", claim("iss", Value::Null)),
        ("issuers, one of them ours", claim("iss", json!(["https://waypost.test", "https://evil.test"]))),
        ("no subject", claim("sub", Value::Null)),
        ("empty subject", claim("sub", json!(""))),
        ("a subject that reaches another key", claim("sub", json!("a#b"))),
        ("alg none", tokens::unsigned()),
        ("alg RS384 with a key for RS256", tokens::rs384()),
        ("another key", tokens::by_another_key()),
        ("a secret from the key set", tokens::hmac_with_the_published_secret()),
        ("no key id", header(json!({"alg": "RS256"}))),
        ("unknown key id", header(json!({"alg": "RS256", "kid": "rsa9"}))),
        ("a key for encryption", header(json!({"alg": "RS256", "kid": "enc1"}))),
        ("a key for another algorithm", header(json!({"alg": "RS256", "kid": "oaep1"}))),
        ("a key of another kind", header(json!({"alg": "RS256", "kid": "ec1"}))),
        ("ES256 said of an RSA key", header(json!({"alg": "ES256", "kid": "rsa1"}))),
        ("a critical extension", header(json!({"alg": "RS256", "kid": "rsa1", "crit": ["x"], "x": 1}))),
        ("a key of its own", header(json!({"alg": "RS256", "jwk": {"kty": "RSA"}}))),
        ("no signature", tokens::valid().rsplit_once('.').map(|(rest, _)| format!("{rest}.")).expect("three parts")),
    ];
    bad.extend(bad_tokens_of_cognito());
    bad.extend(tokens::hmac_with_the_public_key().into_iter().map(|token| ("HS256 with the public key", token)));
    bad
}

#[tokio::test]
async fn a_bad_token_is_refused_without_saying_why() {
    let world = World::with(vec![]);
    let mut answers = Vec::new();
    for (wrong, token) in bad_tokens() {
        let answer = with_token(&world, &token).await;
        assert_eq!(answer.status, 401, "{wrong}");
        answer.problem(401);
        answers.push(answer.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "all refusals read the same");
}

#[tokio::test]
async fn a_changed_claim_breaks_the_signature() {
    let world = World::with(vec![]);
    let (mine, other) = (tokens::valid(), tokens::signed(&tokens::with("sub", json!("user999"))));
    let (mine, other): (Vec<&str>, Vec<&str>) = (mine.split('.').collect(), other.split('.').collect());
    with_token(&world, &[mine[0], other[1], mine[2]].join(".")).await.problem(401);
}

#[tokio::test]
async fn another_scheme_or_two_headers_are_no_token() {
    let world = World::with(vec![]);
    let build = |values: &[String]| {
        let mut request = request("GET", "/agent/market", None, None);
        for value in values {
            request.headers_mut().append("authorization", value.parse().expect("a value"));
        }
        request
    };
    let token = tokens::valid();
    world.send(build(&["Basic YTpi".to_owned()])).await.problem(401);
    world.send(build(&[format!("Bearer {token}"), format!("Bearer {token}")])).await.problem(401);
    assert_eq!(world.send(build(&[format!("bearer {token}")])).await.status, 404, "no figures, but let in");
}

#[tokio::test]
async fn the_key_set_is_fetched_once_for_known_keys() {
    let world = World::with(vec![]);
    for _ in 0..5 {
        with_token(&world, &tokens::valid()).await.ok();
    }
    assert_eq!(world.identity.jwks_calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn unknown_keys_fetch_the_key_set_at_most_once_a_minute() {
    let world = World::with(vec![]);
    let unknown = tokens::signed_as(&json!({"alg": "RS256", "kid": "rsa2"}), &tokens::claims());
    for _ in 0..5 {
        with_token(&world, &unknown).await.problem(401);
    }
    assert_eq!(world.identity.jwks_calls.load(Ordering::Relaxed), 1);
    *world.identity.keys.lock().expect("a lock") = Some(tokens::jwks_with("rsa2"));
    later(&world, 59);
    with_token(&world, &unknown).await.problem(401);
    later(&world, 1);
    with_token(&world, &unknown).await.ok();
    assert_eq!(world.identity.jwks_calls.load(Ordering::Relaxed), 2);
    with_token(&world, &tokens::valid()).await.problem(401);
}

#[tokio::test]
async fn a_withdrawn_key_stops_counting_within_an_hour() {
    let world = World::with(vec![]);
    let long = tokens::signed(&tokens::with("exp", json!(now_s() + 86_400)));
    with_token(&world, &long).await.ok();
    *world.identity.keys.lock().expect("a lock") = Some(tokens::jwks_with("rsa2"));
    later(&world, 3_600);
    with_token(&world, &long).await.problem(401);
}

#[tokio::test]
async fn an_issuer_that_is_away_locks_nobody_out_who_was_let_in_before() {
    let world = World::with(vec![]);
    let long = tokens::signed(&tokens::with("exp", json!(now_s() + 86_400)));
    world.identity.away.store(true, Ordering::Relaxed);
    with_token(&world, &long).await.problem(503);
    with_token(&world, &long).await.problem(503);
    world.identity.away.store(false, Ordering::Relaxed);
    later(&world, 60);
    with_token(&world, &long).await.ok();
    world.identity.away.store(true, Ordering::Relaxed);
    later(&world, 7_200);
    with_token(&world, &long).await.ok();
}
