//! Who asks: bearer tokens, verified against the issuer's key set.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use pipeline_core::ports::{Claims, Clock, Identity, Jwks};
use pipeline_core::{Error, Micros, Result, UserId};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::problem::Refusal;
use crate::state::App;

/// How far the issuer's clock may be from ours, in seconds.
const LEEWAY_S: f64 = 60.0;
/// Longest token that is looked at, in bytes; servers commonly refuse longer header fields altogether.
const MAX_TOKEN_BYTES: usize = 8_192;
/// Longest id of a person, in bytes.
const MAX_SUBJECT_BYTES: usize = 128;
/// Least time between two fetches of the key set because of an unknown key, in seconds.
const REFRESH_GAP_S: i64 = 60;
/// Age at which the key set is fetched again, so that a key that was withdrawn stops counting, in seconds.
const MAX_AGE_S: i64 = 3_600;

/// The person behind a request. A handler that takes it refuses everybody else with a 401.
#[derive(Clone, Debug)]
pub struct Caller(pub Claims);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> std::result::Result<Self, Refusal> {
        let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
        let value = match (values.next(), values.next()) {
            (None, _) => return Err(Refusal::no_token()),
            (Some(value), None) => value.to_str().map_err(|_| Refusal::invalid_token())?,
            (Some(_), Some(_)) => return Err(Refusal::invalid_token()),
        };
        let Some((scheme, token)) = value.split_once(' ') else {
            return Err(Refusal::invalid_token());
        };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::no_token());
        }
        match app.state.verifier.verify(token.trim()).await? {
            Some(claims) => Ok(Self(claims)),
            None => Err(Refusal::invalid_token()),
        }
    }
}

/// Verifies access tokens of one issuer for one audience.
pub struct Verifier {
    issuer: String,
    audience: String,
    keys: KeySource,
}

/// The claims that are read. A token without one of those that are not optional does not hold.
#[derive(Deserialize)]
struct RawClaims {
    sub: String,
    #[serde(rename = "iss")]
    _iss: String,
    exp: f64,
    nbf: Option<f64>,
    #[serde(default, deserialize_with = "stated")]
    aud: Option<Audience>,
    token_use: Option<String>,
    client_id: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default, rename = "cognito:groups")]
    cognito_groups: Vec<String>,
}

/// For whom a token is.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// An audience that is stated must be one, null is none.
fn stated<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Audience>, D::Error> {
    Audience::deserialize(deserializer).map(Some)
}

impl RawClaims {
    /// Whether this is an access token for `audience`. Cognito's have no `aud` but say what they are for in `token_use` and
    /// whom in `client_id`; its id tokens do have an `aud`, and tell about a person without opening anything.
    fn is_for(&self, audience: &str) -> bool {
        let token_use = self.token_use.as_deref();
        match &self.aud {
            _ if token_use.is_some_and(|token_use| token_use != "access") => false,
            Some(Audience::One(one)) => one == audience,
            Some(Audience::Many(many)) => many.iter().any(|one| one == audience),
            None => token_use.is_some() && self.client_id.as_deref() == Some(audience),
        }
    }
}

impl Verifier {
    /// A verifier of the tokens that `issuer` signs with one of `keys` for `audience`.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>, keys: KeySource) -> Self {
        Self { issuer: issuer.into(), audience: audience.into(), keys }
    }

    /// What `token` says; `None` when it does not hold, for whatever reason.
    ///
    /// # Errors
    /// Those of [`Identity::jwks`], when the key set is needed and cannot be had.
    pub async fn verify(&self, token: &str) -> Result<Option<Claims>> {
        if token.len() > MAX_TOKEN_BYTES {
            return Ok(None);
        }
        let Ok(header) = jsonwebtoken::decode_header(token) else {
            return Ok(None);
        };
        let (Some(kid), None) = (header.kid, header.crit) else {
            return Ok(None);
        };
        let Some(key) = self.keys.find(&kid).await? else {
            return Ok(None);
        };
        let now_s = self.keys.clock.now().0 as f64 / 1e6;
        Ok(self.check(token, &key).filter(|claims| in_time(claims, now_s)).and_then(into_claims))
    }

    /// The claims of a token that this key signed for our issuer and audience. Audience and time are checked by us.
    fn check(&self, token: &str, key: &Key) -> Option<RawClaims> {
        let mut validation = Validation::new(key.algorithm);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        validation.set_issuer(&[&self.issuer]);
        let claims: RawClaims = jsonwebtoken::decode(token, &key.decoding, &validation).ok()?.claims;
        Some(claims).filter(|claims| claims.is_for(&self.audience))
    }
}

fn in_time(claims: &RawClaims, now_s: f64) -> bool {
    now_s < claims.exp + LEEWAY_S && claims.nbf.is_none_or(|nbf| now_s >= nbf - LEEWAY_S)
}

/// The claims, when their subject can be part of a document's key.
fn into_claims(claims: RawClaims) -> Option<Claims> {
    let plain = |character: char| !character.is_control() && !character.is_whitespace() && character != '#';
    let usable = !claims.sub.is_empty() && claims.sub.len() <= MAX_SUBJECT_BYTES && claims.sub.chars().all(plain);
    let groups = if claims.groups.is_empty() { claims.cognito_groups } else { claims.groups };
    usable.then_some(Claims { user_id: UserId(claims.sub), groups })
}

/// A key and the one algorithm that it verifies.
struct Key {
    algorithm: Algorithm,
    decoding: DecodingKey,
}

impl Key {
    /// The id and key of an entry of a key set; `None` for keys that do not verify RS256 or ES256 signatures.
    fn read(entry: &serde_json::Value) -> Option<(String, Self)> {
        let jwk = Jwk::deserialize(entry).ok()?;
        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        let (algorithm, named) = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
            AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
                (Algorithm::ES256, KeyAlgorithm::ES256)
            }
            _ => return None,
        };
        if jwk.common.key_algorithm.is_some_and(|stated| stated != named) {
            return None;
        }
        let decoding = DecodingKey::from_jwk(&jwk).ok()?;
        Some((jwk.common.key_id?, Self { algorithm, decoding }))
    }
}

/// The issuer's keys, kept between requests.
pub struct KeySource {
    identity: Arc<dyn Identity>,
    clock: Arc<dyn Clock>,
    keys: RwLock<KeySet>,
    /// Held while the key set is fetched, so that one request fetches for all.
    asked_at: Mutex<Option<Micros>>,
}

#[derive(Default)]
struct KeySet {
    by_id: BTreeMap<String, Arc<Key>>,
    fetched_at: Option<Micros>,
}

impl KeySource {
    /// The keys of `identity`, fetched when first needed, after an hour, and (at most once a minute) when a token
    /// names a key that is not known.
    pub fn new(identity: Arc<dyn Identity>, clock: Arc<dyn Clock>) -> Self {
        Self { identity, clock, keys: RwLock::default(), asked_at: Mutex::new(None) }
    }

    async fn find(&self, kid: &str) -> Result<Option<Arc<Key>>> {
        let (key, fresh) = self.known(kid);
        if key.is_some() && fresh {
            return Ok(key);
        }
        match self.refresh().await {
            // A key that was good an hour ago is better than locking everybody out while the issuer is away.
            Err(error) if key.is_some() => {
                tracing::warn!(kind = error.kind().name(), "key set could not be renewed");
                Ok(key)
            }
            Err(error) => Err(error),
            Ok(()) => Ok(self.known(kid).0),
        }
    }

    /// The key called `kid`, and whether the key set is young enough to be relied on.
    fn known(&self, kid: &str) -> (Option<Arc<Key>>, bool) {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let oldest = self.clock.now().plus_seconds(-MAX_AGE_S);
        (keys.by_id.get(kid).cloned(), keys.fetched_at.is_some_and(|at| at > oldest))
    }

    async fn refresh(&self) -> Result<()> {
        let mut asked_at = self.asked_at.lock().await;
        let now = self.clock.now();
        if asked_at.is_some_and(|at| now < at.plus_seconds(REFRESH_GAP_S)) {
            return self.ever_fetched();
        }
        *asked_at = Some(now);
        let by_id = read_keys(&self.identity.jwks().await?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = KeySet { by_id, fetched_at: Some(now) };
        Ok(())
    }

    /// Without any key set nothing can be said about a token, so it is not the caller's fault.
    fn ever_fetched(&self) -> Result<()> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.fetched_at.map(|_| ()).ok_or_else(|| Error::unavailable("the issuer's key set could not be fetched yet"))
    }
}

fn read_keys(jwks: &Jwks) -> BTreeMap<String, Arc<Key>> {
    let entries = jwks["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter_map(Key::read).map(|(id, key)| (id, Arc::new(key))).collect()
}
