//! Sign-up and login of local people, kept in the document store.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use pipeline_core::attempts::Attempts;
use pipeline_core::person::{address, check};
use pipeline_core::ports::{Clock, Condition, Document, Documents, Entropy, Identity, Jwks, Key, Write};
use pipeline_core::{Error, ErrorKind, Result, UserId};
use schemas::documents::{Profile, UserDocument};
use schemas::wire::{ChallengeAnswer, Confirmation, Credentials, LoginAnswer, Registered, Registration, Tokens};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::keys::{SigningKey, encode};
use super::password::{Passwords, Salt};
use super::session::{Session, Sessions};

/// The `aud` of the tokens.
const AUDIENCE: &str = "waypost";

/// Seconds that an access token is good for: 15 minutes.
const ACCESS_LIFETIME_S: i64 = 15 * 60;

/// What the store holds of a login.
#[derive(Serialize, Deserialize)]
struct Login {
    #[serde(rename = "userId")]
    user_id: UserId,
    /// Hash of the password in PHC form.
    password: String,
    groups: Vec<String>,
}

/// What an access token says.
#[derive(Serialize)]
struct AccessClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    groups: &'a [String],
}

/// People who sign up here, without any other party.
pub struct LocalIdentity {
    issuer: String,
    key: SigningKey,
    passwords: Passwords,
    documents: Arc<dyn Documents>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    sessions: Sessions,
    attempts: Attempts,
}

impl LocalIdentity {
    /// Keeps people in `documents` and the signing key in `folder`, where it is made when there is none. Tokens name
    /// `issuer` as who issued them.
    ///
    /// Making a key takes a moment and blocks.
    ///
    /// # Errors
    /// `Config` when the folder or the key in it cannot be used.
    pub fn open(
        folder: &Path,
        issuer: impl Into<String>,
        documents: Arc<dyn Documents>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self> {
        let sessions = Sessions { documents: documents.clone(), clock: clock.clone(), entropy: entropy.clone() };
        let attempts = Attempts::new(documents.clone(), clock.clone());
        let mut salt = Salt::default();
        entropy.fill(&mut salt)?;
        Ok(Self {
            issuer: issuer.into(),
            key: SigningKey::open(folder)?,
            passwords: Passwords::new(salt)?,
            documents,
            clock,
            entropy,
            sessions,
            attempts,
        })
    }

    fn random<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn tokens(&self, session: Session) -> Result<Tokens> {
        let now = self.clock.now().0.div_euclid(1_000_000);
        let claims = AccessClaims {
            iss: &self.issuer,
            aud: AUDIENCE,
            sub: session.user_id.as_str(),
            iat: now,
            exp: now + ACCESS_LIFETIME_S,
            jti: encode(self.random::<16>()?),
            groups: &session.groups,
        };
        Ok(Tokens {
            access_token: self.key.sign(&claims)?,
            token_type: "Bearer".to_owned(),
            expires_in: ACCESS_LIFETIME_S.unsigned_abs(),
            refresh_token: session.refresh_token,
            user_id: session.user_id.0,
        })
    }

    async fn stored_login(&self, email: &str) -> Result<Option<Login>> {
        let document = self.documents.get(&login_key(email)).await?;
        document.map(|document| read(document, "a stored login cannot be read")).transpose()
    }
}

#[async_trait]
impl Identity for LocalIdentity {
    async fn register(&self, registration: &Registration) -> Result<Registered> {
        let email = check(registration)?;
        let password = self.passwords.hash(&registration.password, self.random()?).await?;
        let user_id = UserId(format!("user{:032x}", u128::from_be_bytes(self.random()?)));
        let login = Login { user_id: user_id.clone(), password, groups: Vec::new() };
        let user = UserDocument {
            user_id: user_id.0.clone(),
            email: email.clone(),
            profile: Profile { name: registration.name.clone(), ..Profile::default() },
            ..UserDocument::default()
        };
        let writes = vec![
            new_document(login_key(&email), written(&login)?),
            new_document(Key::new(format!("USER#{user_id}"), "PROFILE"), written(&user)?),
            new_document(Key::new("PEOPLE", &user_id.0), serde_json::json!({})),
        ];
        match self.documents.transact(writes).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {
                Err(Error::conflict("the e-mail address is taken").because(error))
            }
            result => result.map(|()| Registered { user_id: user_id.0, confirmed: true }),
        }
    }

    /// Nothing is sent to an address here, so there is nothing to confirm.
    async fn confirm(&self, _confirmation: &Confirmation) -> Result<()> {
        Ok(())
    }

    async fn login(&self, credentials: &Credentials) -> Result<LoginAnswer> {
        let Some(email) = address(&credentials.email) else {
            self.passwords.matches(&credentials.password, None).await?;
            return Err(wrong());
        };
        self.attempts.count(&email).await?;
        let login = self.stored_login(&email).await?;
        let expected = login.as_ref().map(|login| login.password.clone());
        let same = self.passwords.matches(&credentials.password, expected).await?;
        let Some(login) = login.filter(|_| same) else {
            return Err(wrong());
        };
        self.attempts.forget(&email).await?;
        self.tokens(self.sessions.start(login.user_id, login.groups).await?).map(LoginAnswer::Tokens)
    }

    async fn answer(&self, _answer: &ChallengeAnswer) -> Result<LoginAnswer> {
        Err(Error::unsupported("logins ask for nothing but the password here"))
    }

    async fn refresh(&self, refresh_token: &str) -> Result<Tokens> {
        self.tokens(self.sessions.renew(refresh_token).await?)
    }

    async fn logout(&self, refresh_token: &str) -> Result<()> {
        self.sessions.end(refresh_token).await
    }

    async fn jwks(&self) -> Result<Jwks> {
        Ok(self.key.jwks().clone())
    }

    fn issuer(&self) -> String {
        self.issuer.clone()
    }

    fn audience(&self) -> String {
        AUDIENCE.to_owned()
    }
}

fn login_key(email: &str) -> Key {
    Key::new(format!("LOGIN#{email}"), "USER")
}

fn new_document(key: Key, body: Value) -> Write {
    Write::Put { key, body, condition: Condition::Absent, expires_at: None }
}

fn read<T: serde::de::DeserializeOwned>(document: Document, unreadable: &str) -> Result<T> {
    serde_json::from_value(document.body).map_err(|error| Error::internal(unreadable).because(error))
}

fn written(body: &impl Serialize) -> Result<Value> {
    serde_json::to_value(body).map_err(|error| Error::internal("a login cannot be written").because(error))
}

fn wrong() -> Error {
    Error::unauthenticated("the e-mail address or the password is wrong")
}
