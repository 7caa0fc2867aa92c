//! The promises of the identity port.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use pipeline_core::ErrorKind::{Conflict, Invalid, Throttled, Unauthenticated, Unsupported};
use pipeline_core::Result;
use pipeline_core::ports::{Clock, Documents, Identity, Key};
use schemas::documents::UserDocument;
use schemas::wire::{ChallengeAnswer, Confirmation, Credentials, LoginAnswer, Registered, Registration, Tokens};
use serde::Deserialize;

use crate::{refused, suite};

suite! { $ identity:
    who_registered_can_log_in,
    who_registered_has_a_profile,
    a_code_confirms_an_address_where_one_is_asked_for,
    a_wrong_code_and_an_unknown_address_fail_alike,
    guessing_codes_has_to_wait_after_ten_failures,
    an_answer_to_no_challenge_gives_nothing,
    people_have_ids_of_their_own,
    an_address_that_is_taken_is_a_conflict,
    an_address_is_the_same_in_any_case,
    an_address_that_is_none_is_invalid,
    a_short_or_endless_password_is_invalid,
    a_password_of_any_characters_works,
    of_ten_who_register_one_address_one_succeeds,
    a_wrong_password_and_an_unknown_address_fail_alike,
    after_ten_failures_even_the_right_password_has_to_wait,
    guessing_at_once_is_no_way_around_the_limit,
    an_unknown_address_is_throttled_alike,
    failures_of_one_address_do_not_hold_up_another,
    a_login_forgets_earlier_failures,
    failures_are_forgotten_after_a_while,
    failures_far_apart_do_not_add_up,
    the_token_is_verified_by_the_key_set,
    the_token_says_who_for_whom_and_how_long,
    a_changed_token_is_not_verified,
    every_token_is_another,
    the_key_set_holds_public_keys_only,
    a_refresh_token_gives_new_tokens,
    a_chain_of_refreshes_goes_on,
    a_refresh_token_is_used_up_where_it_is_rotated,
    a_refresh_token_stays_good_until_logout_where_it_is_not_rotated,
    reuse_of_a_refresh_token_revokes_its_family_where_it_is_rotated,
    reuse_revokes_no_other_session,
    of_two_refreshes_at_once_at_most_one_succeeds_where_tokens_are_rotated,
    an_unknown_refresh_token_is_unauthenticated,
    a_refresh_token_expires,
    logout_revokes_the_family,
    logout_of_a_used_token_revokes_the_family,
    logout_of_an_unknown_token_succeeds,
    logout_ends_no_other_session,
    nothing_that_is_secret_is_in_an_error,
}

/// People under test.
pub struct People {
    /// The backend: fresh, and nobody else's.
    pub port: Arc<dyn Identity>,
    /// Where profiles are kept and failures counted.
    pub documents: Arc<dyn Documents>,
    /// The clock by which failures are counted. The suite waits on it, so a simulated one makes the tests fast.
    pub clock: Arc<dyn Clock>,
    /// The clock by which tokens are dated.
    pub token_clock: Arc<dyn Clock>,
    /// Why tokens do not expire by waiting on `clock`; `None` where they do.
    pub tokens_age_elsewhere: Option<&'static str>,
    /// The code that confirms an address; `None` where registrations need none.
    pub code: Option<&'static str>,
    /// Why logins ask for nothing but the password; `None` where they may ask for more.
    pub never_challenges: Option<&'static str>,
    /// What must live as long as the backend, such as its folder.
    pub keep: Box<dyn Any + Send + Sync>,
}

const PASSWORD: &str = "correct horse battery";

/// What an access token says.
#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    aud: Option<String>,
    client_id: Option<String>,
    token_use: Option<String>,
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(default, alias = "cognito:groups")]
    groups: Vec<String>,
}

impl Claims {
    /// Whom the token is for: its `aud`, or the `client_id` of an access token that has none.
    fn audience(&self) -> Option<&str> {
        match (&self.aud, self.token_use.as_deref()) {
            (Some(aud), None | Some("access")) => Some(aud),
            (None, Some("access")) => self.client_id.as_deref(),
            _ => None,
        }
    }
}

/// A person who can log in: registered, and confirmed where that is needed.
async fn register(people: &People, email: &str) -> String {
    register_with(people, email, PASSWORD).await
}

async fn register_with(people: &People, email: &str, password: &str) -> String {
    let registered = try_register(people, email, password).await.expect("a person who is registered");
    if let Some(code) = people.code {
        try_confirm(people, email, code).await.expect("an address that is confirmed");
    }
    registered.user_id
}

async fn try_register(people: &People, email: &str, password: &str) -> Result<Registered> {
    let registration =
        Registration { email: email.to_owned(), password: password.to_owned(), name: "Ada Lovelace".to_owned() };
    people.port.register(&registration).await
}

async fn try_confirm(people: &People, email: &str, code: &str) -> Result<()> {
    people.port.confirm(&Confirmation { email: email.to_owned(), code: code.to_owned() }).await
}

async fn try_login(people: &People, email: &str, password: &str) -> Result<Tokens> {
    let credentials = Credentials { email: email.to_owned(), password: password.to_owned() };
    match people.port.login(&credentials).await? {
        LoginAnswer::Tokens(tokens) => Ok(tokens),
        LoginAnswer::Challenge(challenge) => panic!("the login asks for {}", challenge.challenge),
    }
}

async fn login(people: &People, email: &str) -> Tokens {
    try_login(people, email, PASSWORD).await.expect("a login that succeeds")
}

async fn ada(people: &People) -> Tokens {
    register(people, "ada@example.com").await;
    login(people, "ada@example.com").await
}

async fn refresh(people: &People, tokens: &Tokens) -> Tokens {
    people.port.refresh(&tokens.refresh_token).await.expect("a refresh that succeeds")
}

async fn fail(people: &People, email: &str, times: usize) {
    for _ in 0..times {
        refused(try_login(people, email, "not the password").await, Unauthenticated);
    }
}

async fn key_set(people: &People) -> JwkSet {
    serde_json::from_value(people.port.jwks().await.expect("a key set")).expect("a key set of RFC 7517")
}

/// What `token` says, if the key set verifies it. Its time is checked against the backend's clock by who calls.
async fn verify(people: &People, token: &str) -> Option<Claims> {
    let header = decode_header(token).ok()?;
    let keys = key_set(people).await;
    let key = DecodingKey::from_jwk(keys.find(&header.kid?)?).expect("a key that can be used");
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[people.port.issuer()]);
    validation.set_required_spec_claims(&["exp", "iss", "sub"]);
    validation.validate_aud = false;
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, &key, &validation).ok()?.claims;
    Some(claims).filter(|claims| claims.audience() == Some(people.port.audience().as_str()))
}

pub async fn who_registered_can_log_in(people: &People) {
    let id = register(people, "ada@example.com").await;
    let tokens = login(people, "ada@example.com").await;
    assert_eq!(tokens.user_id, id);
    assert_eq!(tokens.token_type, "Bearer");
    assert!(tokens.expires_in > 0);
}

pub async fn who_registered_has_a_profile(people: &People) {
    let id = try_register(people, "Ada@example.com", PASSWORD).await.expect("a person who is registered").user_id;
    let profile = people.documents.get(&Key::new(format!("USER#{id}"), "PROFILE")).await.expect("a document store");
    let profile: UserDocument = serde_json::from_value(profile.expect("a profile").body).expect("a user document");
    assert_eq!((profile.user_id, profile.email), (id, "ada@example.com".to_owned()));
    assert_eq!(profile.profile.name, "Ada Lovelace");
}

pub async fn a_code_confirms_an_address_where_one_is_asked_for(people: &People) {
    let registered = try_register(people, "ada@example.com", PASSWORD).await.expect("a person who is registered");
    assert_eq!(registered.confirmed, people.code.is_none());
    if people.code.is_some() {
        refused(try_login(people, "ada@example.com", PASSWORD).await, Unauthenticated);
    }
    try_confirm(people, "ADA@example.com", people.code.unwrap_or("any code")).await.expect("a confirmation");
    assert_eq!(login(people, "ada@example.com").await.user_id, registered.user_id);
}

pub async fn a_wrong_code_and_an_unknown_address_fail_alike(people: &People) {
    try_register(people, "ada@example.com", PASSWORD).await.expect("a person who is registered");
    let wrong = try_confirm(people, "ada@example.com", "000000").await;
    let unknown = try_confirm(people, "eve@example.com", "000000").await;
    let Some(code) = people.code else {
        wrong.expect("an address that needs no confirmation");
        unknown.expect("an address that needs no confirmation");
        return;
    };
    let (wrong, unknown) = (wrong.expect_err("a wrong code"), unknown.expect_err("an unknown address"));
    assert_eq!((wrong.kind(), unknown.kind()), (Invalid, Invalid));
    assert_eq!((wrong.chain(), wrong.hint_text()), (unknown.chain(), unknown.hint_text()));
    refused(try_confirm(people, "no address", code).await, Invalid);
    refused(try_confirm(people, "ada@example.com", "").await, Invalid);
    refused(try_confirm(people, "ada@example.com", &"1".repeat(100_000)).await, Invalid);
    refused(try_login(people, "ada@example.com", PASSWORD).await, Unauthenticated);
}

pub async fn guessing_codes_has_to_wait_after_ten_failures(people: &People) {
    try_register(people, "ada@example.com", PASSWORD).await.expect("a person who is registered");
    let Some(code) = people.code else {
        // There is nothing to guess, so nobody has to wait.
        for _ in 0..12 {
            try_confirm(people, "ada@example.com", "000000").await.expect("an address that needs no confirmation");
        }
        login(people, "ada@example.com").await;
        return;
    };
    for _ in 0..10 {
        refused(try_confirm(people, "ada@example.com", "000000").await, Invalid);
    }
    refused(try_confirm(people, "ada@example.com", code).await, Throttled);
    people.clock.sleep(Duration::from_secs(3_600)).await;
    try_confirm(people, "ada@example.com", code).await.expect("a confirmation");
    login(people, "ada@example.com").await;
}

pub async fn an_answer_to_no_challenge_gives_nothing(people: &People) {
    register(people, "ada@example.com").await;
    let kind = if people.never_challenges.is_some() { Unsupported } else { Unauthenticated };
    for session in ["", "x", "YWRhQGV4YW1wbGUuY29t.a-session-that-nobody-gave"] {
        let answer = ChallengeAnswer {
            email: "ada@example.com".to_owned(),
            challenge: "SOFTWARE_TOKEN_MFA".to_owned(),
            session: session.to_owned(),
            answer: "123456".to_owned(),
        };
        refused(people.port.answer(&answer).await, kind);
    }
}

pub async fn people_have_ids_of_their_own(people: &People) {
    let ada = register(people, "ada@example.com").await;
    let grace = register(people, "grace@example.com").await;
    assert_ne!(ada, grace);
    assert!(!ada.is_empty() && !ada.contains('@'));
    assert_eq!(login(people, "grace@example.com").await.user_id, grace);
}

pub async fn an_address_that_is_taken_is_a_conflict(people: &People) {
    register(people, "ada@example.com").await;
    refused(try_register(people, "ada@example.com", "another good password").await, Conflict);
    login(people, "ada@example.com").await;
}

pub async fn an_address_is_the_same_in_any_case(people: &People) {
    register(people, "Ada@Example.com").await;
    refused(try_register(people, "ADA@EXAMPLE.COM", PASSWORD).await, Conflict);
    login(people, "aDa@eXample.com").await;
}

pub async fn an_address_that_is_none_is_invalid(people: &People) {
    for none in ["", "ada", "@example.com", "ada@", "ada @example.com", "ada@@example.com", "a@b\n.com"] {
        refused(try_register(people, none, PASSWORD).await, Invalid);
        refused(try_login(people, none, PASSWORD).await, Unauthenticated);
    }
}

pub async fn a_short_or_endless_password_is_invalid(people: &People) {
    refused(try_register(people, "ada@example.com", "elevenchars").await, Invalid);
    refused(try_register(people, "ada@example.com", "").await, Invalid);
    refused(try_register(people, "ada@example.com", &"x".repeat(100_000)).await, Invalid);
    register(people, "ada@example.com").await;
}

pub async fn a_password_of_any_characters_works(people: &People) {
    let password = "pässwörd \u{1F980} \"' \\ \u{0} x";
    register_with(people, "ada@example.com", password).await;
    try_login(people, "ada@example.com", password).await.expect("a login that succeeds");
    refused(try_login(people, "ada@example.com", &password.to_uppercase()).await, Unauthenticated);
    refused(try_login(people, "ada@example.com", &format!("{password} ")).await, Unauthenticated);
}

pub async fn of_ten_who_register_one_address_one_succeeds(people: &People) {
    let registrations = (0..10).map(|_| {
        let port = people.port.clone();
        let registration =
            Registration { email: "ada@example.com".to_owned(), password: PASSWORD.to_owned(), name: String::new() };
        tokio::spawn(async move { port.register(&registration).await })
    });
    let mut succeeded = 0;
    for registration in registrations.collect::<Vec<_>>() {
        match registration.await.expect("a registration that ends") {
            Ok(_) => succeeded += 1,
            Err(error) => assert_eq!(error.kind(), Conflict, "{error:?}"),
        }
    }
    assert_eq!(succeeded, 1);
}

pub async fn a_wrong_password_and_an_unknown_address_fail_alike(people: &People) {
    register(people, "ada@example.com").await;
    let wrong = try_login(people, "ada@example.com", "not the password").await.expect_err("a wrong password");
    let unknown = try_login(people, "eve@example.com", "not the password").await.expect_err("an unknown address");
    assert_eq!(wrong.kind(), Unauthenticated);
    assert_eq!(wrong.kind(), unknown.kind());
    assert_eq!(wrong.chain(), unknown.chain());
    assert_eq!(wrong.hint_text(), unknown.hint_text());
}

pub async fn after_ten_failures_even_the_right_password_has_to_wait(people: &People) {
    register(people, "ada@example.com").await;
    fail(people, "ada@example.com", 10).await;
    refused(try_login(people, "ADA@example.com", "not the password").await, Throttled);
    refused(try_login(people, "ada@example.com", PASSWORD).await, Throttled);
}

pub async fn guessing_at_once_is_no_way_around_the_limit(people: &People) {
    register(people, "ada@example.com").await;
    let guesses = (0..30).map(|number| {
        let port = people.port.clone();
        let guess = Credentials { email: "ada@example.com".to_owned(), password: format!("guess number {number}") };
        tokio::spawn(async move { port.login(&guess).await })
    });
    let mut tried = 0;
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.expect("a login that ends").map(|_| ()).expect_err("a wrong password").kind() {
            Unauthenticated => tried += 1,
            kind => assert_eq!(kind, Throttled),
        }
    }
    assert!(tried <= 10, "{tried} guesses were tried");
}

pub async fn an_unknown_address_is_throttled_alike(people: &People) {
    fail(people, "eve@example.com", 10).await;
    refused(try_login(people, "eve@example.com", PASSWORD).await, Throttled);
}

pub async fn failures_of_one_address_do_not_hold_up_another(people: &People) {
    register(people, "ada@example.com").await;
    fail(people, "eve@example.com", 10).await;
    login(people, "ada@example.com").await;
}

pub async fn a_login_forgets_earlier_failures(people: &People) {
    register(people, "ada@example.com").await;
    fail(people, "ada@example.com", 9).await;
    login(people, "ada@example.com").await;
    fail(people, "ada@example.com", 9).await;
    login(people, "ada@example.com").await;
}

pub async fn failures_are_forgotten_after_a_while(people: &People) {
    register(people, "ada@example.com").await;
    fail(people, "ada@example.com", 10).await;
    people.clock.sleep(Duration::from_secs(3_600)).await;
    login(people, "ada@example.com").await;
}

pub async fn failures_far_apart_do_not_add_up(people: &People) {
    register(people, "ada@example.com").await;
    for _ in 0..12 {
        fail(people, "ada@example.com", 1).await;
        people.clock.sleep(Duration::from_secs(120)).await;
    }
    login(people, "ada@example.com").await;
}

pub async fn the_token_is_verified_by_the_key_set(people: &People) {
    let tokens = ada(people).await;
    let claims = verify(people, &tokens.access_token).await.expect("a token that the key set verifies");
    assert_eq!(claims.sub, tokens.user_id);
}

pub async fn the_token_says_who_for_whom_and_how_long(people: &People) {
    let before = people.token_clock.now().0.div_euclid(1_000_000);
    let tokens = ada(people).await;
    let claims = verify(people, &tokens.access_token).await.expect("a token that the key set verifies");
    let after = people.token_clock.now().0.div_euclid(1_000_000);
    assert_eq!(claims.iss, people.port.issuer());
    assert_eq!(claims.audience(), Some(people.port.audience().as_str()));
    assert!(!claims.iss.is_empty() && !people.port.audience().is_empty());
    assert!((before..=after).contains(&claims.iat), "{claims:?}");
    assert_eq!(claims.exp, claims.iat + i64::try_from(tokens.expires_in).expect("a lifetime"));
    assert!(tokens.expires_in <= 3_600, "an access token cannot be revoked, so it is short");
    assert_eq!(claims.groups, Vec::<String>::new());
}

pub async fn a_changed_token_is_not_verified(people: &People) {
    let token = ada(people).await.access_token;
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("a token has three parts") };
    let other = if claims.starts_with("eyJ") { claims.replacen('e', "f", 1) } else { String::new() };
    for changed in [
        format!("{header}.{other}.{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}.{}", signature.chars().rev().collect::<String>()),
        String::new(),
    ] {
        assert!(verify(people, &changed).await.is_none());
    }
}

pub async fn every_token_is_another(people: &People) {
    let first = ada(people).await;
    let second = login(people, "ada@example.com").await;
    let third = refresh(people, &second).await;
    let mut ids = BTreeSet::new();
    for tokens in [&first, &second, &third] {
        ids.insert(verify(people, &tokens.access_token).await.expect("a token that the key set verifies").jti);
    }
    assert_eq!(ids.len(), 3);
    assert_ne!(first.refresh_token, second.refresh_token);
}

pub async fn the_key_set_holds_public_keys_only(people: &People) {
    let keys = people.port.jwks().await.expect("a key set");
    let keys = keys["keys"].as_array().expect("a list of keys");
    assert!(!keys.is_empty());
    for key in keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(private).is_none(), "{private} is private");
        }
        assert!(key["kid"].is_string());
    }
    assert_eq!(key_set(people).await, key_set(people).await);
}

pub async fn a_refresh_token_gives_new_tokens(people: &People) {
    let tokens = ada(people).await;
    let new = refresh(people, &tokens).await;
    assert_eq!(new.user_id, tokens.user_id);
    assert_ne!(new.access_token, tokens.access_token);
    assert_eq!(new.refresh_token != tokens.refresh_token, people.port.rotates());
    let claims = verify(people, &new.access_token).await.expect("a token that the key set verifies");
    assert_eq!(claims.sub, tokens.user_id);
}

pub async fn a_chain_of_refreshes_goes_on(people: &People) {
    let mut tokens = ada(people).await;
    for _ in 0..5 {
        people.clock.sleep(Duration::from_secs(600)).await;
        tokens = refresh(people, &tokens).await;
    }
}

pub async fn a_refresh_token_is_used_up_where_it_is_rotated(people: &People) {
    let tokens = ada(people).await;
    refresh(people, &tokens).await;
    match people.port.rotates() {
        true => refused(people.port.refresh(&tokens.refresh_token).await, Unauthenticated),
        false => drop(refresh(people, &tokens).await),
    }
}

pub async fn a_refresh_token_stays_good_until_logout_where_it_is_not_rotated(people: &People) {
    let first = ada(people).await;
    let mut last = first.clone();
    for _ in 0..5 {
        last = refresh(people, &last).await;
        assert_eq!(last.refresh_token == first.refresh_token, !people.port.rotates());
    }
    people.port.logout(&last.refresh_token).await.expect("a logout that succeeds");
    refused(people.port.refresh(&last.refresh_token).await, Unauthenticated);
    refused(people.port.refresh(&first.refresh_token).await, Unauthenticated);
}

pub async fn reuse_of_a_refresh_token_revokes_its_family_where_it_is_rotated(people: &People) {
    let first = ada(people).await;
    let second = refresh(people, &first).await;
    let third = refresh(people, &second).await;
    for tokens in [&first, &third, &second] {
        match people.port.rotates() {
            true => refused(people.port.refresh(&tokens.refresh_token).await, Unauthenticated),
            false => drop(refresh(people, tokens).await),
        }
    }
}

pub async fn reuse_revokes_no_other_session(people: &People) {
    let first = ada(people).await;
    let other = login(people, "ada@example.com").await;
    refresh(people, &first).await;
    let again = people.port.refresh(&first.refresh_token).await;
    assert_eq!(again.is_err(), people.port.rotates());
    refresh(people, &other).await;
}

pub async fn of_two_refreshes_at_once_at_most_one_succeeds_where_tokens_are_rotated(people: &People) {
    let tokens = ada(people).await;
    let refreshes = (0..2).map(|_| {
        let (port, token) = (people.port.clone(), tokens.refresh_token.clone());
        tokio::spawn(async move { port.refresh(&token).await })
    });
    let mut succeeded = 0;
    for refresh in refreshes.collect::<Vec<_>>() {
        match refresh.await.expect("a refresh that ends") {
            Ok(_) => succeeded += 1,
            Err(error) => assert_eq!(error.kind(), Unauthenticated, "{error:?}"),
        }
    }
    match people.port.rotates() {
        true => assert!(succeeded <= 1),
        false => assert_eq!(succeeded, 2),
    }
}

pub async fn an_unknown_refresh_token_is_unauthenticated(people: &People) {
    let tokens = ada(people).await;
    let endless = "x".repeat(100_000);
    for unknown in ["", "x", "a.b.c", "..", &tokens.access_token, "\u{0}", "é.é.é", "YWRh.x.y", &endless] {
        refused(people.port.refresh(unknown).await, Unauthenticated);
    }
    refresh(people, &tokens).await;
}

pub async fn a_refresh_token_expires(people: &People) {
    let tokens = ada(people).await;
    people.clock.sleep(Duration::from_secs(366 * 24 * 3_600)).await;
    let Some(reason) = people.tokens_age_elsewhere else {
        refused(people.port.refresh(&tokens.refresh_token).await, Unauthenticated);
        return;
    };
    // Our clock must then have no say in it at all.
    assert!(!reason.is_empty());
    refresh(people, &tokens).await;
}

pub async fn logout_revokes_the_family(people: &People) {
    let first = ada(people).await;
    let second = refresh(people, &first).await;
    people.port.logout(&second.refresh_token).await.expect("a logout that succeeds");
    refused(people.port.refresh(&second.refresh_token).await, Unauthenticated);
    people.port.logout(&second.refresh_token).await.expect("a second logout that succeeds");
}

pub async fn logout_of_a_used_token_revokes_the_family(people: &People) {
    let first = ada(people).await;
    let second = refresh(people, &first).await;
    people.port.logout(&first.refresh_token).await.expect("a logout that succeeds");
    refused(people.port.refresh(&second.refresh_token).await, Unauthenticated);
}

pub async fn logout_of_an_unknown_token_succeeds(people: &People) {
    for unknown in ["", "x", "a.b.c", "YWRhQGV4YW1wbGUuY29t.a-token-that-nobody-gave"] {
        people.port.logout(unknown).await.expect("a logout that succeeds");
    }
}

pub async fn logout_ends_no_other_session(people: &People) {
    let tokens = ada(people).await;
    let other = login(people, "ada@example.com").await;
    people.port.logout(&tokens.refresh_token).await.expect("a logout that succeeds");
    refresh(people, &other).await;
}

pub async fn nothing_that_is_secret_is_in_an_error(people: &People) {
    let secret = "a very secret password";
    register(people, "ada@example.com").await;
    let errors = [
        try_register(people, "ada@example.com", secret).await.map(|_| ()).expect_err("a taken address"),
        try_login(people, "ada@example.com", secret).await.map(|_| ()).expect_err("a wrong password"),
        people.port.refresh("token-to-hide").await.map(|_| ()).expect_err("an unknown token"),
        people.port.refresh("YWRh.token-to-hide").await.map(|_| ()).expect_err("an unknown token"),
    ];
    for error in errors {
        let told = format!("{error:?} {} {:?}", error.chain(), error.hint_text());
        for hidden in [secret, "ada@example.com", "token-to-hide"] {
            assert!(!told.contains(hidden), "{told}");
        }
    }
}
