//! `waypost roles`: the postings behind a role, why each was linked, and how to take a link back.

use futures::TryStreamExt as _;
use pipeline_core::{Error, Result};
use pipeline_lake::rows;
use schemas::Row as _;
use schemas::tables::RoleRow;
use schemas::wire::RunReport;
use serde_json::{Value, json};

use crate::app::App;
use crate::print::{self, Form};
use crate::run::corrections::{self, Decision};

const SPLIT: &str = "split";
const JOIN: &str = "join";
const UNDO: &str = "undo";

/// Prints a role, named by its own id or by that of one of its postings: its postings with the rule that linked each, what
/// resembles it and was kept apart, and what is known of its life.
///
/// # Errors
/// `NotFound` when there is no such role.
pub async fn show(app: &App, form: Form, id: &str) -> Result<()> {
    let role = of(app, id).await?;
    let decided: Vec<Value> = corrections::latest(app)
        .await?
        .into_values()
        .filter(|row| row.subject.split(' ').any(|posting| role.posting_ids.iter().any(|known| known == posting)))
        .map(
            |row| json!({"subject": row.subject, "verdict": row.verdict, "reason": row.reason, "made_at": row.made_at}),
        )
        .collect();
    let document = json!({
        "role_id": role.role_id, "title": role.title, "company": role.company, "places": role.places, "sources": role.sources,
        "postings": parsed(&role.link_facts.0), "related": parsed(&role.related.0), "decisions": decided,
        "first_seen_at": role.first_seen_at, "last_seen_at": role.last_seen_at, "closed_at": role.closed_at,
        "closed_reason": role.closed_reason, "age_days": role.age_days, "gap_days": role.gap_days,
        "repost_count": role.repost_count, "copy_count": role.copy_count, "edit_count": role.edit_count,
        "evergreen": parsed(&role.evergreen.0),
    });
    print::document(form, &document, told)
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}

fn told(role: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let places: Vec<String> = list(&role["places"]).iter().map(text).collect();
    let state = match role["closed_at"].as_str() {
        Some(at) => format!("closed {at} ({})", text(&role["closed_reason"])),
        None => "open".to_owned(),
    };
    let mut out = format!("{}  {}\n", text(&role["role_id"]), print::shown(&text(&role["title"])));
    out += &format!("{} · {}\n{state}\n", print::shown(&text(&role["company"])), print::cut(&places.join(" · "), 90));
    let number = |key: &str| role[key].as_i64().map_or_else(|| "?".to_owned(), |number| number.to_string());
    out += &format!(
        "{} days old · {} reposts · {} at once · {} edits · longest gap {} days\n",
        number("age_days"),
        number("repost_count"),
        number("copy_count"),
        number("edit_count"),
        number("gap_days")
    );
    for signal in list(&role["evergreen"]["signals"]) {
        out += &format!("sign of an evergreen: {} {}\n", text(&signal["signal"]), signal["value"]);
    }
    let similarity = |value: &Value| value["similarity"].as_f64().map_or_else(String::new, |s| format!("{s:.3}"));
    let linked = list(&role["postings"]);
    let linked = linked
        .iter()
        .map(|link| vec![text(&link["posting_id"]), text(&link["rule"]), text(&link["to"]), similarity(link)]);
    out += &format!("\n{}", print::table(&["posting", "linked by", "with", "likeness"], linked));
    let related = list(&role["related"]);
    if !related.is_empty() {
        let related =
            related.iter().map(|other| vec![text(&other["role_id"]), text(&other["rule"]), similarity(other)]);
        out += &format!("\n\n{}", print::table(&["alike, kept apart", "because", "likeness"], related));
    }
    for decision in list(&role["decisions"]) {
        let (verdict, subject, reason) = (&decision["verdict"], &decision["subject"], &decision["reason"]);
        out += &format!("\n{} {}: {}", text(verdict), text(subject), print::shown(&text(reason)));
    }
    out
}

/// The role with this id, or that a posting with this id belongs to.
async fn of(app: &App, id: &str) -> Result<RoleRow> {
    let table = app.lake.table(RoleRow::TABLE).await?;
    let mut batches = table.read(table.files().await?, None);
    while let Some(batch) = batches.try_next().await? {
        let mut roles = rows::<RoleRow>(&batch)?.into_iter();
        if let Some(role) =
            roles.find(|role| role.role_id == id || role.posting_ids.iter().any(|posting| posting == id))
        {
            return Ok(role);
        }
    }
    Err(Error::not_found(format!("there is no role and no posting {id}")).hint("`waypost search` names roles"))
}

/// Lets a posting stand alone, whatever the rules find.
///
/// # Errors
/// `NotFound` for a posting that is not there, `Usage` without a reason, those of the backends.
pub async fn split(app: &App, posting: &str, reason: &str, quiet: bool) -> Result<RunReport> {
    posting_of(app, posting).await?;
    let decision = Decision { job: "roles-split", subject: posting, verdict: SPLIT, reason };
    corrections::decide(app, decision, quiet).await
}

/// Makes two postings one role, whatever the rules find.
///
/// # Errors
/// `NotFound` for a posting that is not there, `Usage` without a reason, for one posting twice and for postings of two
/// employers, those of the backends.
pub async fn join(app: &App, postings: [&str; 2], reason: &str, quiet: bool) -> Result<RunReport> {
    let [left, right] = postings;
    let (one, other) = (posting_of(app, left).await?, posting_of(app, right).await?);
    if left == right {
        return Err(Error::usage(format!("{left} is one posting")).hint("name two of them"));
    }
    if one.bucket != other.bucket {
        let employers = [one.company.unwrap_or_default(), other.company.unwrap_or_default()];
        return Err(Error::usage(format!("{left} and {right} are of two employers: {}", employers.join(" and ")))
            .hint("only postings of one employer are one vacancy"));
    }
    let subject = format!("{} {}", left.min(right), left.max(right));
    let decision = Decision { job: "roles-join", subject: &subject, verdict: JOIN, reason };
    corrections::decide(app, decision, quiet).await
}

/// Takes a `split` or a `join` back: the rules decide again.
///
/// # Errors
/// `NotFound` when nothing such was decided, `Usage` without a reason, those of the backends.
pub async fn undo(app: &App, postings: &[String], reason: &str, quiet: bool) -> Result<RunReport> {
    let mut postings: Vec<&str> = postings.iter().map(String::as_str).collect();
    postings.sort_unstable();
    let subject = postings.join(" ");
    let standing =
        corrections::latest(app).await?.get(&subject).is_some_and(|row| [SPLIT, JOIN].contains(&&*row.verdict));
    if !standing {
        return Err(Error::not_found(format!("nobody has split or joined {subject}"))
            .hint("`waypost roles show` lists what was decided on a role"));
    }
    let decision = Decision { job: "roles-undo", subject: &subject, verdict: UNDO, reason };
    corrections::decide(app, decision, quiet).await
}

/// The role of the posting `id`, which must be a posting.
async fn posting_of(app: &App, id: &str) -> Result<RoleRow> {
    let role = of(app, id).await?;
    if role.posting_ids.iter().any(|posting| posting == id) {
        return Ok(role);
    }
    Err(Error::usage(format!("{id} is a role, not a posting"))
        .hint(format!("`waypost roles show {id}` lists its postings")))
}
