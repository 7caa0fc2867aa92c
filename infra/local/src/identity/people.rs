//! Sign-up and login of local people, kept in the document store.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use pipeline_core::ports::{Clock, Condition, Document, Documents, Entropy, Identity, Jwks, Key, Write};
use pipeline_core::{Error, ErrorKind, Micros, Result, UserId};
use schemas::documents::{Profile, UserDocument};
use schemas::wire::{Credentials, Registration, Tokens};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::keys::{SigningKey, encode};
use super::password::{self, Passwords, Salt};
use super::session::{Session, Sessions};

/// The `aud` of the tokens.
const AUDIENCE: &str = "waypost";

/// Seconds that an access token is good for: 15 minutes.
const ACCESS_LIFETIME_S: i64 = 15 * 60;

/// Failed logins of an address after which it has to wait.
const MAX_FAILURES: usize = 10;

/// Seconds after which a failed login is forgotten: 15 minutes.
const FAILURE_WINDOW_S: i64 = 15 * 60;

/// Tries to count a login while others of the same address are counted too.
const COUNTING_TRIES: usize = 20;

/// The longest address, in bytes: RFC 5321, section 4.5.3.1.3.
const MAX_EMAIL_BYTES: usize = 254;

/// The longest name, in characters.
const MAX_NAME: usize = 200;

/// What the store holds of a login.
#[derive(Serialize, Deserialize)]
struct Login {
    #[serde(rename = "userId")]
    user_id: UserId,
    /// Hash of the password in PHC form.
    password: String,
    groups: Vec<String>,
}

/// When logins of an address failed, or began and did not end yet.
#[derive(Default, Serialize, Deserialize)]
struct Failures {
    at: Vec<Micros>,
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

    /// Counts a login that begins as one that failed, so that many at once are no way around the limit.
    async fn count(&self, email: &str) -> Result<()> {
        let key = failures_key(email);
        for _ in 0..COUNTING_TRIES {
            let now = self.clock.now();
            let stored = self.documents.get(&key).await?;
            let condition = stored.as_ref().map_or(Condition::Absent, |stored| Condition::Version(stored.version));
            let stored = stored.map(|document| read(document, "counted logins cannot be read")).transpose()?;
            let mut failures: Failures = stored.unwrap_or_default();
            failures.at.retain(|at| at.plus_seconds(FAILURE_WINDOW_S) > now);
            if failures.at.len() >= MAX_FAILURES {
                return Err(too_many());
            }
            failures.at.push(now);
            let expires_at = Some(now.plus_seconds(FAILURE_WINDOW_S));
            let put = Write::Put { key: key.clone(), body: written(&failures)?, condition, expires_at };
            match self.documents.write(put).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                result => return result.map(|_| ()),
            }
        }
        Err(too_many())
    }
}

#[async_trait]
impl Identity for LocalIdentity {
    async fn register(&self, registration: &Registration) -> Result<UserId> {
        let Some(email) = address(&registration.email) else {
            return Err(Error::invalid("the e-mail address cannot be used"));
        };
        password::check(&registration.password)?;
        if registration.name.chars().count() > MAX_NAME {
            return Err(Error::invalid(format!("the name is longer than {MAX_NAME} characters")));
        }
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
        ];
        match self.documents.transact(writes).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {
                Err(Error::conflict("the e-mail address is taken").because(error))
            }
            result => result.map(|()| user_id),
        }
    }

    async fn login(&self, credentials: &Credentials) -> Result<Tokens> {
        let Some(email) = address(&credentials.email) else {
            self.passwords.matches(&credentials.password, None).await?;
            return Err(wrong());
        };
        self.count(&email).await?;
        let login = self.stored_login(&email).await?;
        let expected = login.as_ref().map(|login| login.password.clone());
        let same = self.passwords.matches(&credentials.password, expected).await?;
        let Some(login) = login.filter(|_| same) else {
            return Err(wrong());
        };
        let forget = Write::Delete { key: failures_key(&email), condition: Condition::None };
        self.documents.write(forget).await?;
        self.tokens(self.sessions.start(login.user_id, login.groups).await?)
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

/// The address in the form in which it is compared; `None` when it cannot be one.
fn address(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (local, domain) = email.split_once('@')?;
    let plain = |letter: char| !letter.is_whitespace() && !letter.is_control() && letter != '@';
    let good = email.len() <= MAX_EMAIL_BYTES
        && !local.is_empty()
        && local.chars().all(plain)
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty() && label.chars().all(|l| l.is_alphanumeric() || l == '-'));
    good.then_some(email)
}

fn login_key(email: &str) -> Key {
    Key::new(format!("LOGIN#{email}"), "USER")
}

fn failures_key(email: &str) -> Key {
    Key::new(format!("LOGIN#{email}"), "FAILURES")
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

fn too_many() -> Error {
    Error::throttled("too many logins of this e-mail address failed").hint("wait 15 minutes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_without_case_and_refused_when_it_is_none() {
        assert_eq!(address(" Ada@Example.COM ").as_deref(), Some("ada@example.com"));
        for none in ["", "ada", "@example.com", "ada@", "ada@example", "ada@@example.com", "a da@example.com", "a@b..c"]
        {
            assert_eq!(address(none), None, "{none:?}");
        }
        assert_eq!(address(&format!("{}@example.com", "x".repeat(300))), None);
    }
}
