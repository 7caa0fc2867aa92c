//! Facts of a role's life: age, gaps, copies, edits, and signs that no single vacancy stands behind it.

use std::collections::BTreeMap;

use schemas::{Json, Micros};
use serde_json::{Value, json};

use super::Member;

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;
/// Days open from which an edited role looks evergreen.
const LONG: i64 = 180;
/// Postings of the same words on later days that make a sign.
const REPOSTS: usize = 3;
/// Places that make a sign.
const MANY_PLACES: usize = 10;
/// Wording of a posting that collects people rather than fills a vacancy.
const WORDING: &[&str] = &[
    "talent pool",
    "talent community",
    "talent network",
    "general application",
    "general applications",
    "open application",
    "spontaneous application",
    "speculative application",
    "expression of interest",
    "future opportunities",
    "always looking for",
    "always hiring",
    "evergreen",
    "pipeline requisition",
    "initiativbewerbung",
    "candidature spontanée",
];

/// What the life of a role's postings says.
pub(super) struct Facts {
    pub(super) age_days: Option<i64>,
    pub(super) gap_days: Option<i64>,
    pub(super) copy_count: Option<i64>,
    pub(super) edit_count: Option<i64>,
    pub(super) evergreen: Json,
}

/// The facts of `members`, looked at from `as_of`; `words` are title and beginning of the text.
pub(super) fn facts(members: &[Member<'_>], places: usize, words: &str, as_of: Micros) -> Facts {
    let mut spans: Vec<(i64, i64)> = members
        .iter()
        .map(|member| {
            let end = member.closing.as_ref().map_or(as_of.0, |closing| closing.at.0);
            (member.seen.first.0, end.max(member.seen.first.0))
        })
        .collect();
    spans.sort_unstable();
    let published = members.iter().filter_map(|member| member.row.posted_at).map(|at| at.0).filter(|at| *at > 0);
    let began = published.chain(spans.iter().map(|span| span.0)).min();
    let ended = spans.iter().map(|span| span.1).max();
    let age = began.zip(ended).map(|(began, ended)| ended.saturating_sub(began).max(0) / DAY);
    let edits: i64 = members.iter().map(|member| (member.seen.versions - 1).max(0)).sum();
    Facts {
        age_days: age,
        gap_days: Some(longest_gap(&spans) / DAY),
        copy_count: Some(most_at_once(&spans)),
        edit_count: Some(edits),
        evergreen: evergreen(members, age.unwrap_or(0), edits, places, words),
    }
}

/// The longest time between two of `spans`, sorted by beginning, that none covers.
fn longest_gap(spans: &[(i64, i64)]) -> i64 {
    let (mut covered, mut longest) = (None, 0);
    for (began, ended) in spans {
        if let Some(until) = covered {
            longest = longest.max(began - until);
        }
        covered = Some(covered.unwrap_or(*ended).max(*ended));
    }
    longest
}

/// Most of `spans` that share a moment; one that ends as another begins does not share it.
fn most_at_once(spans: &[(i64, i64)]) -> i64 {
    let begins = spans.iter().map(|span| (span.0, 1));
    let ends = spans.iter().map(|span| (span.1.max(span.0 + 1), -1));
    let mut changes: Vec<(i64, i64)> = begins.chain(ends).collect();
    changes.sort_unstable();
    let (mut open, mut most) = (0, 0);
    for (_, change) in changes {
        open += change;
        most = most.max(open);
    }
    most
}

/// Two independent signs make it likely. That no end is stated is shown with them and does not count: most postings state none.
fn evergreen(members: &[Member<'_>], age: i64, edits: i64, places: usize, words: &str) -> Json {
    let mut signals: Vec<Value> = Vec::new();
    if age > LONG && edits > 0 {
        signals.push(json!({"signal": "long-open-and-edited", "value": {"days": age, "edits": edits}}));
    }
    let first = members.first().map(|member| member.seen.first.day());
    let mut days: BTreeMap<&str, std::collections::BTreeSet<_>> = BTreeMap::new();
    for member in members.iter().filter(|member| Some(member.seen.first.day()) > first) {
        if !member.row.text_hash.is_empty() {
            days.entry(&member.row.text_hash).or_default().insert(member.seen.first.day());
        }
    }
    let reposts = days.values().map(std::collections::BTreeSet::len).max().unwrap_or(0);
    if reposts >= REPOSTS {
        signals.push(json!({"signal": "reposted-unchanged", "value": reposts}));
    }
    let words = words.to_lowercase();
    if let Some(found) = WORDING.iter().find(|wording| words.contains(**wording)) {
        signals.push(json!({"signal": "wording", "value": found}));
    }
    if places >= MANY_PLACES {
        signals.push(json!({"signal": "many-places", "value": places}));
    }
    let likely = signals.len() >= 2;
    if likely && members.iter().all(|member| member.row.closes_at.is_none()) {
        signals.push(json!({"signal": "no-end-stated", "value": true}));
    }
    Json(json!({"likely": likely, "signals": signals}).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_copies_are_counted_over_spans() {
        assert_eq!((longest_gap(&[]), most_at_once(&[])), (0, 0));
        assert_eq!(longest_gap(&[(0, 10), (2, 5), (20, 30)]), 10);
        assert_eq!(most_at_once(&[(0, 10), (2, 5), (5, 7), (20, 30)]), 2);
        assert_eq!(most_at_once(&[(3, 3), (3, 3)]), 2);
    }
}
