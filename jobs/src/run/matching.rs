//! `waypost match`: the open roles scored for a person, by the same rubric as the nightly stage.

use std::path::Path;

use futures::TryStreamExt as _;
use pipeline_core::error::Context as _;
use pipeline_core::ports::{Key, Write};
use pipeline_core::{Error, ErrorKind, Result};
use pipeline_lake::rows;
use pipeline_matching::Ranking;
use schemas::Row as _;
use schemas::documents::UserDocument;
use schemas::tables::{MatchRow, RoleRow};
use schemas::wire::UserProfile;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::Match;
use crate::print::{self, Form};

/// Roles ranked beyond those printed, so that those ruled out do not push others from the list.
const SPARE: usize = 200;

/// Scores every open role for the profile and prints the best.
///
/// # Errors
/// `Invalid` for a profile that cannot be read, `Nothing` when there are no roles.
pub async fn run(app: &App, form: Form, arguments: &Match) -> Result<()> {
    let user = read_profile(&arguments.profile)?;
    if arguments.save {
        save_profile(app, &user).await?;
    }
    let matches = rank(app, &user, arguments.limit + SPARE).await?;
    let items: Vec<Value> = matches
        .iter()
        .filter(|(row, _)| row.eligible || arguments.ineligible)
        .take(arguments.limit)
        .map(|(row, role)| item(row, role))
        .collect();
    print::items(form, &json!({"items": items}), text)
}

/// A profile from a file: a user document, or its `profile` and `preferences`.
///
/// # Errors
/// `NotFound` when the file cannot be read, `Invalid` when it is no profile.
pub fn read_profile(file: &Path) -> Result<UserDocument> {
    let text = std::fs::read_to_string(file)
        .context(ErrorKind::NotFound, || format!("cannot read profile {}", file.display()))?;
    let profile: UserProfile = serde_json::from_str(&text)
        .context(ErrorKind::Invalid, || format!("{} is no profile", file.display()))
        .map_err(|error| error.hint("it must be JSON with `profile` and `preferences`, as in data-samples/profiles"))?;
    if profile.profile == schemas::documents::Profile::default() {
        return Err(Error::invalid(format!("{} tells nothing about a person", file.display()))
            .hint("it must have a `profile` with skills, title, location …, as in data-samples/profiles"));
    }
    let id = profile.user_id.clone().unwrap_or_else(|| "local".to_owned());
    Ok(profile.into_document(&id))
}

/// Keeps a profile, so that every run scores it.
///
/// # Errors
/// Those of the document store.
pub async fn save_profile(app: &App, user: &UserDocument) -> Result<()> {
    let body = serde_json::to_value(user).context(ErrorKind::Internal, || "a profile is no JSON")?;
    let writes = vec![
        Write::put(Key::new("PROFILES", &user.user_id), body.clone()),
        Write::put(Key::new(format!("USER#{}", user.user_id), "PROFILE"), body),
        Write::put(Key::new("PEOPLE", &user.user_id), json!({})),
    ];
    app.backends.documents.transact(writes).await
}

/// The best `keep` open roles for `user`, best first.
///
/// # Errors
/// `Nothing` when there are no roles.
pub async fn rank(app: &App, user: &UserDocument, keep: usize) -> Result<Vec<(MatchRow, RoleRow)>> {
    let rubric = app.rubric();
    let mut ranking = Ranking::new(rubric.prepare(user), keep);
    let table = app.lake.table(RoleRow::TABLE).await?;
    let files = table.files().await?;
    if files.is_empty() {
        return Err(Error::nothing("there are no roles yet")
            .hint("start with `waypost import`, `waypost run` or `waypost demo`"));
    }
    let mut batches = table.read(files.clone(), None);
    while let Some(batch) = batches.try_next().await? {
        rows::<RoleRow>(&batch)?.iter().for_each(|role| ranking.offer(role));
    }
    let matches = ranking.finish(&user.user_id);
    let wanted: std::collections::HashSet<&str> = matches.iter().map(|row| row.role_id.as_str()).collect();
    let mut roles = std::collections::HashMap::new();
    let mut batches = table.read(files, None);
    while let Some(batch) = batches.try_next().await? {
        for role in rows::<RoleRow>(&batch)? {
            if wanted.contains(role.role_id.as_str()) {
                roles.insert(role.role_id.clone(), role);
            }
        }
    }
    Ok(matches.iter().filter_map(|row| Some((row.clone(), roles.remove(&row.role_id)?))).collect())
}

/// One match as printed with `--json`.
pub fn item(row: &MatchRow, role: &RoleRow) -> Value {
    let parsed = |json: &schemas::Json| serde_json::from_str::<Value>(&json.0).unwrap_or_default();
    json!({
        "job_id": row.job_id,
        "role_id": row.role_id,
        "title": role.title,
        "company": role.company,
        "location": role.place_text,
        "url": role.url,
        "score": row.score,
        "eligible": row.eligible,
        "confidence": row.confidence,
        "sub_scores": parsed(&row.sub_scores),
        "evidence": parsed(&row.evidence),
    })
}

/// Matches for people: each with its reasons.
pub fn text(items: &[Value]) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        let word = |key: &str| print::shown(item[key].as_str().unwrap_or_default());
        let score = item["score"].as_f64().unwrap_or_default();
        let ruled_out = if item["eligible"] == false { "  (ruled out)" } else { "" };
        let place = Some(word("location")).filter(|place| !place.is_empty()).map(|place| format!(" — {place}"));
        let employer = Some(word("company")).filter(|name| !name.is_empty()).map(|name| format!(" at {name}"));
        let (employer, place) = (employer.unwrap_or_default(), place.unwrap_or_default());
        text += &format!("{:>3}. {score:>5.1}  {}{employer}{place}{ruled_out}\n", index + 1, word("title"));
        let parts = item["sub_scores"].as_array().map(Vec::as_slice).unwrap_or_default();
        for reason in parts.iter().filter_map(|part| part["reason"].as_str()).filter(|reason| !reason.is_empty()) {
            text += &format!("            · {}\n", print::shown(reason));
        }
    }
    if text.is_empty() { "no match".to_owned() } else { text }
}
