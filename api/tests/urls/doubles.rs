//! Backends as small as they can be, and a router over them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use api::State;
use api::auth::{KeySource, Verifier};
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use pipeline_core::ports::{
    Change, Changes, Clock, Condition, Document, Documents, Facet, Filter, Hit, Hits, Identity, IndexedRole, Jwks, Key,
    OwnHits, OwnItem, OwnQuery, OwnWrite, Page, Query, Search, SearchQuery, SimulatedClock, Version, Write,
};
use pipeline_core::stage::{PlaceReader, PlaceReading, ResumeChecker, Scorer, SkillReader, SkillSpan};
use pipeline_core::{Error, Result};
use schemas::Micros;
use schemas::documents::{IndexDocument, TopMatch, UserDocument};
use schemas::wire::{
    Challenge, ChallengeAnswer, Confirmation, Credentials, LoginAnswer, Registered, Registration, ResumeFinding,
    ResumeRequest, ResumeResponse, Tokens,
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::tokens;

/// 2026-11-23T14:30:22Z.
pub const NOW: Micros = Micros(1_795_444_222_000_000);
pub const USER: &str = "user123";
pub const ISSUER: &str = "https://waypost.test";
pub const AUDIENCE: &str = "waypost";

/// A router and the backends under it.
pub struct World {
    pub router: Router,
    pub documents: Arc<Memory>,
    pub search: Arc<Shelf>,
    pub identity: Arc<People>,
    pub clock: Arc<SimulatedClock>,
}

impl World {
    /// A world in which `roles` are published.
    pub fn with(roles: Vec<IndexDocument>) -> Self {
        Self::over(Shelf { generation: Some("g1".to_owned()), roles, ..Shelf::default() })
    }

    pub fn over(search: Shelf) -> Self {
        let clock = Arc::new(SimulatedClock::at(NOW));
        let (documents, search) = (Arc::new(Memory::default()), Arc::new(search));
        let identity = Arc::new(People::default());
        let keys = KeySource::new(identity.clone(), clock.clone());
        let router = api::router(State {
            documents: documents.clone(),
            search: search.clone(),
            identity: identity.clone(),
            scorer: Arc::new(SharedSkills),
            resume: Arc::new(TextOnly),
            places: Arc::new(Atlas),
            skills: Arc::new(Vocabulary),
            clock: clock.clone(),
            verifier: Verifier::new(ISSUER, AUDIENCE, keys),
            version: "0.0.0-test",
        });
        Self { router, documents, search, identity, clock }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            body,
        }
    }

    /// `GET path` as [`USER`].
    pub async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path, Some(&tokens::valid()), None)).await
    }

    /// `PUT path` as [`USER`].
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(request("PUT", path, Some(&tokens::valid()), Some(body.to_string()))).await
    }

    /// `DELETE path` as [`USER`].
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(request("DELETE", path, Some(&tokens::valid()), None)).await
    }

    /// `POST path` as [`USER`].
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(request("POST", path, Some(&tokens::valid()), Some(body.to_string()))).await
    }
}

pub fn request(method: &str, path: &str, token: Option<&str>, json: Option<String>) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        builder = builder.header("authorization", format!("Bearer {token}"));
    }
    if json.is_some() {
        builder = builder.header("content-type", "application/json");
    }
    builder.body(json.map_or_else(Body::empty, Body::from)).expect("a request")
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    /// Null when the body is not JSON.
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The body of a success.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        assert_eq!(self.header("cache-control"), "no-store");
        &self.body
    }

    /// The detail of a problem document with this status and all members.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        assert_eq!(self.body["status"], status);
        assert!(self.body["type"].as_str().is_some_and(|kind| kind.starts_with("/problems/")), "{}", self.text);
        assert!(self.body["title"].as_str().is_some_and(|title| !title.is_empty()), "{}", self.text);
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert!(!self.header("x-request-id").is_empty());
        self.body["detail"].as_str().filter(|detail| !detail.is_empty()).expect("a detail").to_owned()
    }
}

/// A role that is open.
pub fn role(job_id: &str, title: &str, skills: &[&str]) -> IndexDocument {
    IndexDocument {
        job_id: job_id.to_owned(),
        title: title.to_owned(),
        tech_stack: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        open: true,
        ..IndexDocument::default()
    }
}

/// Documents in memory.
#[derive(Default)]
pub struct Memory {
    pub stored: Mutex<BTreeMap<Key, Document>>,
    pub changed: Mutex<Vec<Key>>,
    pub away: AtomicBool,
}

impl Memory {
    pub fn put(&self, pk: &str, sk: &str, body: Value) {
        let key = Key::new(pk, sk);
        let document = Document { key: key.clone(), body, version: 1, expires_at: None };
        self.changed.lock().expect("a lock").push(key.clone());
        self.stored.lock().expect("a lock").insert(key, document);
    }

    fn reach(&self) -> Result<()> {
        if self.away.load(Ordering::Relaxed) {
            return Err(Error::unavailable("10.0.0.7 refused the connection"));
        }
        Ok(())
    }
}

#[async_trait]
impl Documents for Memory {
    async fn get(&self, key: &Key) -> Result<Option<Document>> {
        self.reach()?;
        Ok(self.stored.lock().expect("a lock").get(key).cloned())
    }

    async fn write(&self, write: Write) -> Result<Version> {
        let key = write.key().clone();
        self.transact(vec![write]).await?;
        Ok(self.stored.lock().expect("a lock").get(&key).map_or(0, |document| document.version))
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<()> {
        self.reach()?;
        let mut stored = self.stored.lock().expect("a lock");
        for Write::Put { key, condition, .. } | Write::Delete { key, condition } in &writes {
            let version = stored.get(key).map(|document| document.version);
            let holds = match condition {
                Condition::None => true,
                Condition::Absent => version.is_none(),
                Condition::Version(wanted) => version == Some(*wanted),
            };
            if !holds {
                return Err(Error::conflict("it is not as it should be"));
            }
        }
        for write in writes {
            self.changed.lock().expect("a lock").push(write.key().clone());
            match write {
                Write::Delete { key, .. } => drop(stored.remove(&key)),
                Write::Put { key, body, expires_at, .. } => {
                    let version = stored.get(&key).map_or(1, |document| document.version + 1);
                    stored.insert(key.clone(), Document { key, body, version, expires_at });
                }
            }
        }
        Ok(())
    }

    async fn query(&self, _query: &Query) -> Result<Page> {
        Err(Error::unsupported("not needed"))
    }

    async fn changes(&self, after: Option<&str>, limit: usize) -> Result<Changes> {
        self.reach()?;
        let start = after.unwrap_or("0").parse().map_err(|_| Error::invalid("this is no position of the feed"))?;
        let changed = self.changed.lock().expect("a lock");
        let rest = changed.iter().skip(start);
        let changes: Vec<Change> = rest.take(limit).map(|key| Change { key: key.clone(), removed: false }).collect();
        let next = start + changes.len();
        Ok(Changes { changes, next: next.to_string(), more: next < changed.len(), gap: false })
    }
}

/// One generation of roles, found by titles that contain all words.
#[derive(Default)]
pub struct Shelf {
    pub generation: Option<String>,
    pub roles: Vec<IndexDocument>,
    pub own: Mutex<Vec<OwnItem>>,
    pub asked: Mutex<Vec<SearchQuery>>,
    pub waiting: AtomicUsize,
    /// When given, a query waits for a permit.
    pub gate: Option<tokio::sync::Semaphore>,
}

impl Shelf {
    pub fn last_query(&self) -> SearchQuery {
        self.asked.lock().expect("a lock").last().expect("a query").clone()
    }
}

fn passes(role: &IndexDocument, filter: &Filter) -> bool {
    let role = serde_json::to_value(role).expect("a role");
    let texts = |field: &str| -> Vec<String> {
        match &role[field] {
            Value::Array(items) => items.iter().map(|item| item.as_str().unwrap_or_default().to_lowercase()).collect(),
            Value::String(text) => vec![text.to_lowercase()],
            Value::Null => vec![],
            other => vec![other.to_string()],
        }
    };
    match filter {
        Filter::Any { field, values } => values.iter().any(|value| texts(field).contains(&value.to_lowercase())),
        Filter::All { field, values } => values.iter().all(|value| texts(field).contains(&value.to_lowercase())),
        Filter::AtLeast { field, value } => role[field].as_f64().is_some_and(|number| number >= *value),
        Filter::AtMost { field, value } => role[field].as_f64().is_some_and(|number| number <= *value),
    }
}

#[async_trait]
impl Search for Shelf {
    async fn begin(&self, _generation: &str) -> Result<()> {
        Err(Error::unsupported("the API publishes nothing"))
    }

    async fn add(&self, _generation: &str, _roles: Vec<IndexedRole>) -> Result<()> {
        Err(Error::unsupported("the API publishes nothing"))
    }

    async fn seal(&self, _generation: &str) -> Result<u64> {
        Err(Error::unsupported("the API publishes nothing"))
    }

    async fn activate(&self, _generation: &str) -> Result<()> {
        Err(Error::unsupported("the API publishes nothing"))
    }

    async fn current(&self) -> Result<Option<String>> {
        Ok(self.generation.clone())
    }

    async fn generations(&self) -> Result<Vec<String>> {
        Ok(self.generation.iter().cloned().collect())
    }

    async fn drop_generation(&self, _generation: &str) -> Result<()> {
        Err(Error::unsupported("the API publishes nothing"))
    }

    async fn query(&self, query: &SearchQuery) -> Result<Hits> {
        self.asked.lock().expect("a lock").push(query.clone());
        if let Some(gate) = &self.gate {
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let _permit = gate.acquire().await.expect("the gate stays");
        }
        if self.generation.is_none() {
            return Err(Error::nothing("no generation"));
        }
        let found = |role: &&IndexDocument| {
            let title = role.title.to_lowercase();
            query.words.to_lowercase().split_whitespace().all(|word| title.contains(word))
                && query.filters.iter().all(|filter| passes(role, filter))
        };
        let roles: Vec<&IndexDocument> = self.roles.iter().filter(found).collect();
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for skill in roles.iter().flat_map(|role| &role.tech_stack) {
            *counts.entry(skill).or_default() += 1;
        }
        let mut facets: Vec<Facet> =
            counts.into_iter().map(|(value, count)| Facet { value: value.to_owned(), count }).collect();
        facets.sort_by_key(|facet| std::cmp::Reverse(facet.count));
        let hits =
            roles.iter().take(query.limit).map(|role| Hit { document: (*role).clone(), relevance: 1.0 }).collect();
        Ok(Hits { hits, total: roles.len() as u64, facets: BTreeMap::from([("tech_stack".to_owned(), facets)]) })
    }

    async fn write_own(&self, writes: Vec<OwnWrite>) -> Result<Vec<(usize, String)>> {
        let mut own = self.own.lock().expect("a lock");
        for write in writes {
            let (user_id, id) = match &write {
                OwnWrite::Put(item) => (&item.user_id, &item.id),
                OwnWrite::Remove { user_id, id } => (user_id, id),
            };
            own.retain(|item| (&item.user_id, &item.id) != (user_id, id));
            if let OwnWrite::Put(item) = write {
                own.push(item);
            }
        }
        Ok(Vec::new())
    }

    async fn find_own(&self, query: &OwnQuery) -> Result<OwnHits> {
        let words = query.words.to_lowercase();
        let own = self.own.lock().expect("a lock");
        let of_kind = |item: &OwnItem| query.kinds.is_empty() || query.kinds.contains(&item.kind);
        let with_words = |item: &OwnItem| words.split_whitespace().all(|word| item.text.to_lowercase().contains(word));
        let found = own.iter().filter(|item| item.user_id == query.user_id && of_kind(item) && with_words(item));
        let mut found: Vec<OwnItem> = found.map(|item| OwnItem { text: String::new(), ..item.clone() }).collect();
        found.sort_by(|a, b| b.changed_at.cmp(&a.changed_at).then_with(|| a.id.cmp(&b.id)));
        let total = found.len() as u64;
        Ok(OwnHits { items: found.into_iter().skip(query.offset).take(query.limit).collect(), total })
    }
}

/// One person, `ada@example.org` with the password `correct horse battery`; another, `grace@example.org`, has a second
/// factor that shows `123456`. New addresses are confirmed by `654321`.
#[derive(Default)]
pub struct People {
    pub jwks_calls: AtomicUsize,
    pub away: AtomicBool,
    /// Published instead of the test keys when set.
    pub keys: Mutex<Option<Jwks>>,
}

#[async_trait]
impl Identity for People {
    async fn register(&self, registration: &Registration) -> Result<Registered> {
        match registration.email.as_str() {
            "ada@example.org" => Err(Error::conflict("this address is taken")),
            _ if registration.password.len() < 12 => Err(Error::invalid("the password is shorter than 12 characters")),
            _ => Ok(Registered { user_id: "user124".to_owned(), confirmed: false }),
        }
    }

    async fn confirm(&self, confirmation: &Confirmation) -> Result<()> {
        match (confirmation.email.as_str(), confirmation.code.as_str()) {
            ("throttled@example.org", _) => Err(Error::throttled("too many failures")),
            ("new@example.org", "654321") => Ok(()),
            _ => Err(Error::invalid("the code is wrong or expired")),
        }
    }

    async fn login(&self, credentials: &Credentials) -> Result<LoginAnswer> {
        match (credentials.email.as_str(), credentials.password.as_str()) {
            ("ada@example.org", "correct horse battery") => Ok(LoginAnswer::Tokens(issued())),
            ("grace@example.org", "correct horse battery") => Ok(LoginAnswer::Challenge(asked("s1"))),
            ("throttled@example.org", _) => Err(Error::throttled("too many failed logins")),
            _ => Err(Error::unauthenticated("the address or the password is wrong")),
        }
    }

    async fn answer(&self, answer: &ChallengeAnswer) -> Result<LoginAnswer> {
        match (answer.challenge.as_str(), answer.session.as_str(), answer.answer.as_str()) {
            ("SMS_MFA", ..) => Err(Error::unsupported("nothing is sent by SMS here")),
            ("SOFTWARE_TOKEN_MFA", "s0", "123456") => Ok(LoginAnswer::Challenge(asked("s1"))),
            ("SOFTWARE_TOKEN_MFA", "s1", "123456") => Ok(LoginAnswer::Tokens(issued())),
            _ => Err(Error::unauthenticated("the answer is wrong or too late")),
        }
    }

    async fn refresh(&self, refresh_token: &str) -> Result<Tokens> {
        match refresh_token {
            "r1" => Ok(issued()),
            _ => Err(Error::unauthenticated("the refresh token is not valid")),
        }
    }

    async fn logout(&self, _refresh_token: &str) -> Result<()> {
        Ok(())
    }

    async fn jwks(&self) -> Result<Jwks> {
        self.jwks_calls.fetch_add(1, Ordering::Relaxed);
        if self.away.load(Ordering::Relaxed) {
            return Err(Error::unavailable("the issuer is away"));
        }
        Ok(self.keys.lock().expect("a lock").clone().unwrap_or_else(tokens::jwks))
    }

    fn issuer(&self) -> String {
        ISSUER.to_owned()
    }

    fn audience(&self) -> String {
        AUDIENCE.to_owned()
    }
}

fn asked(session: &str) -> Challenge {
    Challenge { challenge: "SOFTWARE_TOKEN_MFA".to_owned(), session: session.to_owned() }
}

fn issued() -> Tokens {
    Tokens {
        access_token: tokens::valid(),
        token_type: "Bearer".to_owned(),
        expires_in: 900,
        refresh_token: "r2".to_owned(),
        user_id: USER.to_owned(),
    }
}

/// Ten points for every skill that role and person share; a role called `Unscorable` gets no number.
struct SharedSkills;

impl Scorer for SharedSkills {
    fn score(&self, user: &UserDocument, job: &IndexDocument) -> TopMatch {
        let shared = job.tech_stack.iter().filter(|skill| user.profile.skills.contains(skill)).count();
        let score = if job.title == "Unscorable" { f64::NAN } else { shared as f64 * 10.0 };
        let job = IndexDocument { match_score: Some(score), ..job.clone() };
        TopMatch { job, eligible: true, confidence: 1.0, reasons: vec!["shared skills".to_owned()] }
    }
}

/// Reads texts of resumes and nothing else.
struct TextOnly;

impl ResumeChecker for TextOnly {
    fn check(&self, request: &ResumeRequest) -> Result<ResumeResponse> {
        let resume = request.user_resume.as_str().ok_or_else(|| Error::invalid("the resume is not a text"))?;
        assert_ne!(resume, "panic", "a resume that breaks the checker");
        Ok(ResumeResponse {
            score: Some(50.0),
            findings: vec![ResumeFinding { rule: "short".to_owned(), ..ResumeFinding::default() }],
            ..ResumeResponse::default()
        })
    }
}

/// Knows Germany, Berlin and Bavaria.
struct Atlas;

impl PlaceReader for Atlas {
    fn place(&self, text: &str) -> PlaceReading {
        let country = Some("DE".to_owned());
        match text {
            "Germany" => PlaceReading { country, ..PlaceReading::default() },
            "Berlin" => PlaceReading { city: Some("Berlin".to_owned()), country, region: None },
            "Bavaria" => PlaceReading { city: None, country, region: Some("Bavaria".to_owned()) },
            "panic" => panic!("a place that breaks the reader"),
            _ => PlaceReading::default(),
        }
    }
}

/// Knows Rust, SQL and Python.
struct Vocabulary;

impl SkillReader for Vocabulary {
    fn skills(&self, _text: &str) -> Vec<SkillSpan> {
        Vec::new()
    }

    fn canonical(&self, words: &str) -> Option<String> {
        ["Rust", "SQL", "Python"].into_iter().find(|name| name.eq_ignore_ascii_case(words)).map(str::to_owned)
    }
}

/// Seconds since the epoch at [`NOW`].
pub fn now_s() -> i64 {
    NOW.0 / 1_000_000
}

pub fn later(world: &World, seconds: i64) {
    world.clock.advance_to(world.clock.now().plus_seconds(seconds));
}

pub fn market_answer(domain: &str, n: i64) -> Value {
    json!({"domain": domain, "country": null, "level": null, "as_of": "2026-11-22", "window_days": 90, "n": n,
        "salary": [], "skills": [], "trend": [], "notes": ["stored note"]})
}
