//! `GET /me/profile` and `PUT /me/profile`: what a person told about themselves.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use pipeline_core::ports::{Condition, Write};
use pipeline_core::{Error, ErrorKind, UserId};
use schemas::documents::UserDocument;
use schemas::wire::ProfileChange;

use crate::auth::Caller;
use crate::extract::Body;
use crate::openapi::{BodyRefusals, Failures, TokenRefusals, refusals};
use crate::problem::Refusal;
use crate::state::App;
use crate::{keys, own};

/// Most characters of an address.
const MAX_EMAIL: usize = 254;
/// Most characters of a text.
const MAX_TEXT: usize = 500;
/// Most skills.
const MAX_SKILLS: usize = 200;
/// Most fields of work.
const MAX_DOMAINS: usize = 50;
/// Most characters of a text in a list.
const MAX_ITEM: usize = 100;
/// Most years of experience.
const MAX_YEARS: f64 = 100.0;

refusals! {
    /// What `GET /me/profile` refuses besides.
    ProfileRefusals {
        404 => "No profile is stored.",
    }
    /// What `PUT /me/profile` refuses besides.
    ChangeProfileRefusals {
        403 => "The profile is somebody else's.",
    }
}

/// The profile of the person of the token.
#[utoipa::path(
    get,
    path = "/me/profile",
    tag = "me",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The profile, as stored.", body = UserDocument),
        ProfileRefusals,
        TokenRefusals,
        Failures
    )
)]
pub async fn profile(State(app): State<Arc<App>>, Caller(claims): Caller) -> Result<Json<UserDocument>, Refusal> {
    match stored(&app, &claims.user_id).await? {
        Some(user) => Ok(Json(user)),
        None => Err(Refusal::of(ErrorKind::NotFound, "no profile is stored").hint("PUT /me/profile stores one")),
    }
}

/// Replaces the profile. Who wants matches gets them with the next run.
#[utoipa::path(
    put,
    path = "/me/profile",
    tag = "me",
    request_body = ProfileChange,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The profile, as stored.", body = UserDocument),
        ChangeProfileRefusals,
        TokenRefusals,
        BodyRefusals,
        Failures
    )
)]
pub async fn change_profile(
    State(app): State<Arc<App>>,
    Caller(claims): Caller,
    Body { value: change, unread }: Body<ProfileChange>,
) -> Result<Json<UserDocument>, Refusal> {
    // What nobody reads would be lost, although the answer says that it was stored.
    if let Some(field) = unread.first() {
        return Err(Refusal::field(field, "there is no such field"));
    }
    if change.user_id.as_deref().is_some_and(|id| id != claims.user_id.as_str()) {
        return Err(Refusal::of(ErrorKind::Denied, "userId is not the person of the token"));
    }
    check(&change)?;
    let user = UserDocument {
        user_id: claims.user_id.0.clone(),
        email: stored_email(&app, &claims.user_id).await?.or(change.email).unwrap_or_default(),
        profile: change.profile,
        preferences: change.preferences,
    };
    own::change(&*app.state.documents, &claims.user_id, writes(&user, change.wants_matches)?).await?;
    Ok(Json(user))
}

/// The address that is stored, even in a profile that cannot be read and is being mended.
async fn stored_email(app: &App, user_id: &UserId) -> Result<Option<String>, Refusal> {
    let there = app.state.documents.get(&keys::key("user", &[("user_id", user_id.as_str())])?).await?;
    let email = there.as_ref().and_then(|document| document.body["email"].as_str()).filter(|email| !email.is_empty());
    Ok(email.map(str::to_owned))
}

/// The stored profile of `user_id`; whatever it says, it is theirs.
pub async fn stored(app: &App, user_id: &UserId) -> Result<Option<UserDocument>, Refusal> {
    let key = keys::key("user", &[("user_id", user_id.as_str())])?;
    let Some(stored) = app.state.documents.get(&key).await? else {
        return Ok(None);
    };
    // The cause may quote what the person wrote, and failures of ours go to the log.
    let user: UserDocument =
        serde_json::from_value(stored.body).map_err(|_quoting| Error::internal("a stored profile cannot be read"))?;
    Ok(Some(UserDocument { user_id: user_id.0.clone(), ..user }))
}

/// The profile where its person reads it, and where the nightly match does when it is wanted.
fn writes(user: &UserDocument, wants_matches: bool) -> Result<Vec<Write>, Refusal> {
    let body =
        serde_json::to_value(user).map_err(|error| Error::internal("a profile cannot be written").because(error))?;
    let id = [("user_id", user.user_id.as_str())];
    let matched = keys::key("profile", &id)?;
    let matched = match wants_matches {
        true => Write::put(matched, body.clone()),
        false => Write::Delete { key: matched, condition: Condition::None },
    };
    Ok(vec![Write::put(keys::key("user", &id)?, body), matched])
}

fn check(change: &ProfileChange) -> Result<(), Refusal> {
    let (profile, preferences) = (&change.profile, &change.preferences);
    for (field, text) in [
        ("profile.name", Some(&profile.name)),
        ("profile.experience_level", Some(&profile.experience_level)),
        ("profile.location", Some(&profile.location)),
        ("profile.salary_expectation", profile.salary_expectation.as_ref()),
        ("profile.title", profile.title.as_ref()),
        ("preferences.work_style", Some(&preferences.work_style)),
        ("preferences.company_size_pref", Some(&preferences.company_size_pref)),
    ] {
        bounded(field, text.map_or("", String::as_str), MAX_TEXT)?;
    }
    list("profile.skills", &profile.skills, MAX_SKILLS)?;
    list("preferences.job_domains", &preferences.job_domains, MAX_DOMAINS)?;
    if profile.years.is_some_and(|years| !(0.0..=MAX_YEARS).contains(&years)) {
        return Err(Refusal::field("profile.years", format_args!("must be from 0 to {MAX_YEARS}")));
    }
    change.email.as_deref().map_or(Ok(()), address)
}

fn list(field: &str, items: &[String], most: usize) -> Result<(), Refusal> {
    if items.len() > most {
        return Err(Refusal::field(field, format_args!("must name {most} at most")));
    }
    items.iter().enumerate().try_for_each(|(n, item)| bounded(&format!("{field}[{n}]"), item, MAX_ITEM))
}

fn bounded(field: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.chars().count() > most {
        return Err(Refusal::field(field, format_args!("must have {most} characters at most")));
    }
    Ok(())
}

fn address(email: &str) -> Result<(), Refusal> {
    bounded("email", email, MAX_EMAIL)?;
    let plain = |character: char| !character.is_control() && !character.is_whitespace();
    let parts = email.split_once('@').filter(|(name, place)| !name.is_empty() && !place.is_empty());
    if parts.is_none() || !email.chars().all(plain) {
        return Err(Refusal::field("email", "is not an address"));
    }
    Ok(())
}
