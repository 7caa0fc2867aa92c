//! `POST /agent/jobs`: the open roles that fit a person best, among those that the batch published.

use std::cmp::Ordering;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pipeline_core::ports::{Condition, Write};
use pipeline_core::{Error, ErrorKind, Micros, UserId};
use schemas::documents::{IndexDocument, SearchDocument, TopMatch, UserDocument};
use schemas::wire::{JobsRequest, UserProfile};
use serde_json::{Map, Value, json};

use super::profile;
use crate::auth::Caller;
use crate::candidates::{self, Found};
use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures, TokenRefusals, refusals};
use crate::problem::Refusal;
use crate::state::App;
use crate::wanted::Wanted;
use crate::{insights, keys};

/// Seconds that a search may borrow from the future when the person has searched in this one already.
const BORROWED_SECONDS: i64 = 10;
/// Most bytes of the matches of a stored search; the document store takes 400 KB in all.
const MAX_MATCHES_BYTES: usize = 360_000;

refusals! {
    /// What `POST /agent/jobs` refuses besides.
    JobsRefusals {
        403 => "The profile is somebody else's.",
        429 => "Too many searches at a time.",
    }
}

/// Finds, scores and keeps the answer as a search document.
#[utoipa::path(
    post,
    path = "/agent/jobs",
    tag = "agent",
    request_body = JobsRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The search, as stored for 90 days.", body = SearchDocument),
        JobsRefusals,
        TokenRefusals,
        BodyRefusals,
        Failures
    )
)]
pub async fn jobs(
    State(app): State<Arc<App>>,
    Caller(claims): Caller,
    Body { value: request, unread }: Body<JobsRequest>,
) -> Result<Json<SearchDocument>, Refusal> {
    let (user, basis) = person(&app, &claims.user_id, request.user_profile).await?;
    let mut wanted = Wanted::read(&request.search_params, &user, &*app.state.places, &*app.state.skills)?;
    let Found { candidates, total, facets } = candidates::find(&*app.state.search, &mut wanted).await?;
    let (user, scored) = score(&app, user, candidates).await?;

    let mut kept: Vec<TopMatch> = scored.iter().take(wanted.limit).cloned().collect();
    let cut = cut_to_size(&mut kept)?;
    let mut insights = Map::new();
    insights.insert("skills_in_demand".to_owned(), insights::skills_in_demand(&facets));
    insights.insert("missing_skills".to_owned(), insights::missing_skills(&kept, &user, &*app.state.skills));
    insights.insert("pay".to_owned(), insights::pay(&scored));
    insights.insert("roles_scored".to_owned(), json!(scored.len()));
    insights.insert("profile_from".to_owned(), json!(basis));
    insights.insert("filters_applied".to_owned(), Value::Object(wanted.applied));
    insights.insert("filters_ignored".to_owned(), json!(wanted.ignored));
    insights.insert("fields_ignored".to_owned(), json!(unread));
    insights.insert("results_cut".to_owned(), json!(cut));

    let now = app.state.clock.now();
    let document = SearchDocument {
        search_id: String::new(),
        user_id: user.user_id,
        timestamp: now.to_string(),
        results_summary: insights::summary(total, &kept),
        top_matches: kept,
        ai_insights: insights,
    };
    Ok(Json(store(&app, document, now).await?))
}

/// Whose matches are wanted, and where the profile comes from: the request, or what was stored when it brings none.
async fn person(app: &App, user: &UserId, given: UserProfile) -> Result<(UserDocument, &'static str), Refusal> {
    if given.user_id.as_deref().is_some_and(|id| id != user.as_str()) {
        return Err(Refusal::of(ErrorKind::Denied, "user_profile.userId is not the person of the token"));
    }
    let brings_profile = given.profile != UserProfile::default().profile;
    let brings_preferences = given.preferences != UserProfile::default().preferences;
    if brings_profile || brings_preferences {
        return Ok((given.into_document(user.as_str()), "request"));
    }
    Ok(match profile::stored(app, user).await? {
        Some(stored) => (stored, "stored"),
        None => (given.into_document(user.as_str()), "none"),
    })
}

/// Every candidate scored, best first; equals and those without a score by `job_id`.
async fn score(
    app: &Arc<App>,
    user: UserDocument,
    candidates: Vec<IndexDocument>,
) -> Result<(UserDocument, Vec<TopMatch>), Refusal> {
    let scorer = app.state.scorer.clone();
    let work = move || {
        let mut scored: Vec<TopMatch> = candidates.iter().map(|job| finite(scorer.score(&user, job))).collect();
        scored.sort_by(best_first);
        (user, scored)
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::internal("scoring failed").because(error).into())
}

/// A score that is no number is no score.
fn finite(mut found: TopMatch) -> TopMatch {
    found.job.match_score = found.job.match_score.filter(|score| score.is_finite());
    found
}

fn best_first(a: &TopMatch, b: &TopMatch) -> Ordering {
    let score = |found: &TopMatch| found.job.match_score.unwrap_or(f64::NEG_INFINITY);
    score(b).total_cmp(&score(a)).then_with(|| a.job.job_id.cmp(&b.job.job_id))
}

/// Drops the last matches until the rest can be stored; how many were dropped.
fn cut_to_size(kept: &mut Vec<TopMatch>) -> Result<usize, Refusal> {
    let mut bytes = 0;
    let mut fitting = 0;
    for found in kept.iter() {
        let text = serde_json::to_string(found)
            .map_err(|error| Error::internal("a match cannot be written").because(error))?;
        bytes += text.len();
        if bytes > MAX_MATCHES_BYTES {
            break;
        }
        fitting += 1;
    }
    let cut = kept.len() - fitting;
    kept.truncate(fitting);
    Ok(cut)
}

/// Stores the search under an id of its own. The id names the second; when the person's is taken, the next free one.
async fn store(app: &App, mut document: SearchDocument, now: Micros) -> Result<SearchDocument, Refusal> {
    let expires_at = keys::expiry("search", now)?;
    for borrowed in 0..BORROWED_SECONDS {
        document.search_id = search_id(now.plus_seconds(borrowed), &document.user_id);
        let key = keys::key("search", &[("user_id", &document.user_id), ("search_id", &document.search_id)])?;
        let body = serde_json::to_value(&document)
            .map_err(|error| Error::internal("a search cannot be written").because(error))?;
        match app.state.documents.write(Write::Put { key, body, condition: Condition::Absent, expires_at }).await {
            Ok(_) => return Ok(document),
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::of(ErrorKind::Throttled, "too many searches of one person within seconds"))
}

fn search_id(time: Micros, user_id: &str) -> String {
    format!("search_{}_{user_id}", time.timestamp().strftime("%Y%m%d_%H%M%S"))
}
