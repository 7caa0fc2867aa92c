//! Sign-up and login by way of a user pool.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::Builder;
use aws_sdk_cognitoidentityprovider::operation::get_tokens_from_refresh_token::GetTokensFromRefreshTokenError;
use aws_sdk_cognitoidentityprovider::operation::initiate_auth::InitiateAuthOutput;
use aws_sdk_cognitoidentityprovider::operation::revoke_token::RevokeTokenError;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, AuthFlowType, AuthenticationResultType, ChallengeNameType,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use pipeline_core::attempts::Attempts;
use pipeline_core::error::Context as _;
use pipeline_core::person::{address, check, check_password};
use pipeline_core::ports::{Clock, Condition, Documents, Identity, Jwks, Key, Write};
use pipeline_core::{Error, ErrorKind, Result};
use schemas::documents::{Profile, UserDocument};
use schemas::wire::{
    Challenge, ChallengeAnswer, Confirmation, Credentials, LoginAnswer, Registered, Registration, Tokens,
};

use super::challenge;
use super::keys::KeySet;
use super::opaque::{Opaque, Told, secret_hash};
use super::place::Place;
use super::refusal::{Asked, Failure, refusal, wrong_answer, wrong_code, wrong_login, wrong_token};
use crate::Aws;

/// The longest password that Cognito takes, in characters.
const MAX_PASSWORD: usize = 256;
/// The longest answer to a challenge that Cognito takes, in characters.
const MAX_ANSWER: usize = 256;
/// The longest code that confirms an address, in characters.
const MAX_CODE: usize = 64;

/// People in a Cognito user pool, by one of its app clients.
pub struct CognitoIdentity {
    place: Place,
    secret: Option<String>,
    client: Client,
    keys: KeySet,
    documents: Arc<dyn Documents>,
    attempts: Attempts,
}

/// What a login goes on with: the challenge, its session and its parameters.
type Next = (ChallengeNameType, Option<String>, Option<HashMap<String, String>>);

impl CognitoIdentity {
    /// The pool at `address`, `cognito://POOL_ID/CLIENT_ID`, with the parameters `region`, `endpoint`, `jwks` (where the key
    /// set is, when not at its issuer) and `rotation` (whether the client's refresh tokens rotate). `client_secret` is given
    /// for clients that have one. Failures are counted in `documents` by `clock`, and profiles are kept there.
    ///
    /// # Errors
    /// `Config` when the address cannot be used.
    pub async fn open(
        aws: &Aws,
        address: &str,
        client_secret: Option<String>,
        documents: Arc<dyn Documents>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let place = Place::parse(address)?;
        let config = aws.config(Some(&place.region), place.endpoint.as_deref());
        let config = Builder::from(&config).interceptor(aws.counting("cognito")).build();
        Ok(Self {
            keys: KeySet::new(place.jwks.clone(), Arc::clone(aws.calls()))?,
            client: Client::from_conf(config),
            secret: client_secret.filter(|secret| !secret.is_empty()),
            attempts: Attempts::new(Arc::clone(&documents), clock),
            documents,
            place,
        })
    }

    pub(super) fn pool(&self) -> &str {
        &self.place.pool
    }

    /// Asks for tokens by a password.
    pub(super) async fn initiate(&self, email: &str, password: &str) -> Result<InitiateAuthOutput> {
        let mut parameters =
            HashMap::from([("USERNAME".to_owned(), email.to_owned()), ("PASSWORD".to_owned(), password.to_owned())]);
        self.prove(&mut parameters, email);
        let request =
            self.client.initiate_auth().client_id(&self.place.client).auth_flow(AuthFlowType::UserPasswordAuth);
        let answer = request.set_auth_parameters(Some(parameters)).send().await;
        answer.map_err(|error| refusal(Asked::Login, error))
    }

    /// Adds the proof that we know the client's secret, where it has one.
    fn prove(&self, parameters: &mut HashMap<String, String>, username: &str) {
        if let Some(hash) = self.hash(username) {
            parameters.insert("SECRET_HASH".to_owned(), hash);
        }
    }

    fn hash(&self, username: &str) -> Option<String> {
        self.secret.as_ref().map(|secret| secret_hash(secret, username, &self.place.client))
    }

    /// What an answer of Cognito gives: tokens, or the next challenge. Failures are forgotten with the tokens only, since a
    /// password alone proves little where more is asked for.
    async fn go_on(
        &self,
        username: &str,
        result: Option<AuthenticationResultType>,
        next: Option<Next>,
    ) -> Result<LoginAnswer> {
        if let Some(result) = result {
            let (tokens, id_token) = self.issued(result, None)?;
            let told = id_token.as_deref().map(Told::read).transpose()?;
            self.forget(username, told.as_ref()).await?;
            self.keep_profile_of(&tokens.user_id, username, told).await?;
            return Ok(LoginAnswer::Tokens(tokens));
        }
        let Some((asked, Some(session), parameters)) = next else {
            return Err(Error::internal("Cognito answered a login with neither tokens nor a challenge"));
        };
        if challenge::known(asked.as_str()).is_none() {
            return Err(Error::unsupported(format!("the user pool asks for {asked}, which is not passed through"))
                .hint("let the pool ask for codes of a second factor only"));
        }
        let mut parameters = parameters.unwrap_or_default();
        let named = parameters.remove("USER_ID_FOR_SRP").or_else(|| parameters.remove("USERNAME"));
        let username = named.filter(|name| !name.is_empty()).unwrap_or_else(|| username.to_owned());
        let session = Opaque { username, inner: session }.text();
        Ok(LoginAnswer::Challenge(Challenge { challenge: asked.as_str().to_owned(), session }))
    }

    /// Tokens as ours, and the id token. `former` is the refresh token that was used, where it stays good.
    fn issued(&self, result: AuthenticationResultType, former: Option<&str>) -> Result<(Tokens, Option<String>)> {
        let missing = || Error::internal("an answer of Cognito lacks its tokens");
        let access_token = result.access_token.ok_or_else(missing)?;
        let told = Told::read(&access_token)?;
        if told.iss != self.place.issuer() {
            return Err(Error::config("the app client belongs to another user pool")
                .hint("the address is cognito://POOL/CLIENT, with a client of that pool"));
        }
        let refresh_token = match result.refresh_token {
            Some(inner) => Opaque { username: told.username().to_owned(), inner }.text(),
            None => former.ok_or_else(missing)?.to_owned(),
        };
        let tokens = Tokens {
            access_token,
            token_type: "Bearer".to_owned(),
            expires_in: u64::try_from(result.expires_in).unwrap_or_default(),
            refresh_token,
            user_id: told.sub,
        };
        Ok((tokens, result.id_token))
    }

    /// Forgets the failures of who is logged in now, under the name in the pool and under the address, if it is theirs.
    async fn forget(&self, username: &str, told: Option<&Told>) -> Result<()> {
        let username = username.to_lowercase();
        self.attempts.forget(&username).await?;
        match told.and_then(Told::own_email).and_then(address) {
            Some(email) if email != username => self.attempts.forget(&email).await,
            _ => Ok(()),
        }
    }

    /// Makes the profile of a person who logs in without one: who signed up elsewhere, or whose registration was cut off.
    async fn keep_profile_of(&self, user_id: &str, username: &str, told: Option<Told>) -> Result<()> {
        if self.documents.get(&profile_key(user_id)).await?.is_some() {
            return Ok(());
        }
        let (email, name) = told.map(|told| (told.email, told.name)).unwrap_or_default();
        let email = email.as_deref().and_then(address).or_else(|| address(username)).unwrap_or_default();
        self.keep_profile(user_id, email, name.unwrap_or_default()).await
    }

    /// Makes a profile where there is none.
    async fn keep_profile(&self, user_id: &str, email: String, name: String) -> Result<()> {
        let user = UserDocument {
            user_id: user_id.to_owned(),
            email,
            profile: Profile { name, ..Profile::default() },
            ..UserDocument::default()
        };
        let body = serde_json::to_value(&user).context(ErrorKind::Internal, || "a profile cannot be written")?;
        let put = Write::Put { key: profile_key(user_id), body, condition: Condition::Absent, expires_at: None };
        match self.documents.write(put).await {
            Err(error) if error.kind() != ErrorKind::Conflict => Err(error),
            _ => Ok(()),
        }
    }

    async fn refreshed(&self, token: &Opaque) -> Result<Option<AuthenticationResultType>> {
        if self.place.rotates {
            let request = self.client.get_tokens_from_refresh_token().client_id(&self.place.client);
            let request = request.refresh_token(&token.inner).set_client_secret(self.secret.clone());
            return match request.send().await {
                Ok(answer) => Ok(answer.authentication_result),
                Err(error) if is_reuse(&error) => {
                    // Its owner or a thief has the next one; Cognito refuses this one only.
                    self.revoke(token).await?;
                    Err(wrong_token())
                }
                Err(error) => Err(refusal(Asked::Refresh, error)),
            };
        }
        let mut parameters = HashMap::from([("REFRESH_TOKEN".to_owned(), token.inner.clone())]);
        self.prove(&mut parameters, &token.username);
        let request = self.client.initiate_auth().client_id(&self.place.client);
        let request = request.auth_flow(AuthFlowType::RefreshTokenAuth).set_auth_parameters(Some(parameters));
        let answer = request.send().await.map_err(|error| refusal(Asked::Refresh, error))?;
        Ok(answer.authentication_result)
    }

    /// Revokes a refresh token and, by its `origin_jti`, all that came of the same login.
    async fn revoke(&self, token: &Opaque) -> Result<()> {
        let request = self.client.revoke_token().client_id(&self.place.client).set_client_secret(self.secret.clone());
        match request.token(&token.inner).send().await {
            Ok(_) => Ok(()),
            Err(error) if is_no_token(&error) => Ok(()),
            Err(error) => Err(refusal(Asked::Logout, error)),
        }
    }
}

#[async_trait]
impl Identity for CognitoIdentity {
    async fn register(&self, registration: &Registration) -> Result<Registered> {
        let email = check(registration)?;
        let attribute = |name: &str, value: &str| {
            let attribute = AttributeType::builder().name(name).value(value).build();
            attribute.context(ErrorKind::Internal, || "an attribute of a person has no name")
        };
        let mut request = self.client.sign_up().client_id(&self.place.client).set_secret_hash(self.hash(&email));
        request =
            request.username(&email).password(&registration.password).user_attributes(attribute("email", &email)?);
        if !registration.name.is_empty() {
            request = request.user_attributes(attribute("name", &registration.name)?);
        }
        let made = request.send().await.map_err(|error| refusal(Asked::Registration, error))?;
        if let Err(error) = self.keep_profile(&made.user_sub, email, registration.name.clone()).await {
            // The person exists now and could not register again; the first login makes the profile.
            tracing::warn!(kind = error.kind().name(), "the profile of a new person waits for the first login");
        }
        Ok(Registered { user_id: made.user_sub, confirmed: made.user_confirmed })
    }

    async fn confirm(&self, confirmation: &Confirmation) -> Result<()> {
        let email = address(&confirmation.email).ok_or_else(wrong_code)?;
        self.attempts.count(&email).await?;
        let code = confirmation.code.trim();
        if code.is_empty() || code.chars().count() > MAX_CODE {
            return Err(wrong_code());
        }
        let request = self.client.confirm_sign_up().client_id(&self.place.client).set_secret_hash(self.hash(&email));
        let confirmed = request.username(&email).confirmation_code(code).send().await;
        confirmed.map_err(|error| refusal(Asked::Confirmation, error))?;
        self.attempts.forget(&email).await
    }

    async fn login(&self, credentials: &Credentials) -> Result<LoginAnswer> {
        let email = address(&credentials.email).ok_or_else(wrong_login)?;
        self.attempts.count(&email).await?;
        if credentials.password.is_empty() || credentials.password.chars().count() > MAX_PASSWORD {
            return Err(wrong_login());
        }
        let answer = self.initiate(&email, &credentials.password).await?;
        let next = answer.challenge_name.map(|name| (name, answer.session, answer.challenge_parameters));
        self.go_on(&email, answer.authentication_result, next).await
    }

    /// Failures are counted under the name that Cognito checks the answer for, whatever address the answer claims.
    async fn answer(&self, answer: &ChallengeAnswer) -> Result<LoginAnswer> {
        let (Some((asked, field)), Some(session)) =
            (challenge::known(&answer.challenge), Opaque::parse(&answer.session))
        else {
            return Err(wrong_answer());
        };
        if field == "NEW_PASSWORD" {
            check_password(&answer.answer)?;
        }
        let username = session.username;
        self.attempts.count(&username.to_lowercase()).await?;
        if answer.answer.is_empty() || answer.answer.chars().count() > MAX_ANSWER {
            return Err(wrong_answer());
        }
        let mut responses =
            HashMap::from([("USERNAME".to_owned(), username.clone()), (field.to_owned(), answer.answer.clone())]);
        self.prove(&mut responses, &username);
        let request = self.client.respond_to_auth_challenge().client_id(&self.place.client).challenge_name(asked);
        let request = request.session(session.inner).set_challenge_responses(Some(responses));
        let given = request.send().await.map_err(|error| refusal(Asked::Answer, error))?;
        let next = given.challenge_name.map(|name| (name, given.session, given.challenge_parameters));
        self.go_on(&username, given.authentication_result, next).await
    }

    async fn refresh(&self, refresh_token: &str) -> Result<Tokens> {
        let token = Opaque::parse(refresh_token).ok_or_else(wrong_token)?;
        let result = self.refreshed(&token).await?.ok_or_else(|| Error::internal("Cognito refreshed nothing"))?;
        let former = Some(refresh_token).filter(|_| !self.place.rotates);
        self.issued(result, former).map(|(tokens, _)| tokens)
    }

    async fn logout(&self, refresh_token: &str) -> Result<()> {
        match Opaque::parse(refresh_token) {
            Some(token) => self.revoke(&token).await,
            None => Ok(()),
        }
    }

    fn rotates(&self) -> bool {
        self.place.rotates
    }

    async fn jwks(&self) -> Result<Jwks> {
        self.keys.fetch().await
    }

    fn issuer(&self) -> String {
        self.place.issuer()
    }

    fn audience(&self) -> String {
        self.place.client.clone()
    }
}

/// Whether a logout failed only because there is no such token.
fn is_no_token(error: &Failure<RevokeTokenError>) -> bool {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    matches!(code, Some("UnsupportedTokenTypeException" | "InvalidParameterException"))
}

/// Whether a refresh token was used before.
fn is_reuse(error: &Failure<GetTokensFromRefreshTokenError>) -> bool {
    error.as_service_error().is_some_and(GetTokensFromRefreshTokenError::is_refresh_token_reuse_exception)
}

fn profile_key(user_id: &str) -> Key {
    Key::new(format!("USER#{user_id}"), "PROFILE")
}
