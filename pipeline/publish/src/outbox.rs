//! Notices for people, as messages of the queue. Sending the same notice again is harmless: its id is the same.

use pipeline_core::hash::Hasher;
use pipeline_core::ports::Message;
use schemas::documents::IndexDocument;
use schemas::tables::MatchRow;
use serde_json::json;

/// Topic of notices about a person's new matches.
pub const MATCH_TOPIC: &str = "matches";

/// Matches that a notice names.
const NAMED: usize = 5;

/// The notice about a person's best eligible matches; `None` when there is none. A change of order is no news: the id
/// follows from who is named, not from where.
pub fn notices(user_id: &str, matches: &[(MatchRow, IndexDocument)]) -> Option<Message> {
    let best: Vec<&(MatchRow, IndexDocument)> = matches.iter().filter(|(row, _)| row.eligible).take(NAMED).collect();
    if best.is_empty() {
        return None;
    }
    let mut roles: Vec<&str> = best.iter().map(|(row, _)| row.role_id.as_str()).collect();
    roles.sort_unstable();
    let mut hasher = Hasher::new("notice").part(user_id);
    for role in roles {
        hasher.add(role);
    }
    let named: Vec<_> = best
        .iter()
        .map(|(row, job)| json!({"job_id": row.job_id, "title": job.title, "company": job.company, "score": row.score, "url": job.url}))
        .collect();
    Some(Message {
        topic: MATCH_TOPIC.to_owned(),
        id: hasher.hex(32),
        group: user_id.to_owned(),
        body: json!({"userId": user_id, "matches": named}),
    })
}
