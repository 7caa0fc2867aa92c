//! The same threads by Firebase: the account that opens them lists its threads, a thread its comments, and each comment
//! is an answer of its own. It takes a request per comment, and has those that the search leaves out.

use pipeline_core::source::{Answer, Ask, POSTING, Reading};
use serde_json::Value;

use super::{THREAD, THREADS, is_id};
use crate::sources::json;

/// The account that opens the threads.
const ACCOUNT: &str = "https://hacker-news.firebaseio.com/v0/user/whoishiring.json";
/// The context that holds the ids of what the account submitted before the one asked, newest first.
const BEFORE: &str = "before";
/// How many of its submissions are looked at for each thread wanted: it opens three threads a month.
const LOOKED_AT: usize = 6;
/// Most of its submissions that are looked at.
const MOST_LOOKED_AT: usize = 300;

/// The ask for the newest threads.
pub(super) fn latest(threads: &str) -> Ask {
    Ask::get(ACCOUNT).with(THREADS, threads)
}

/// The ask for the thread of this id.
pub(super) fn thread(id: &str) -> Ask {
    item(id).with(THREAD, id)
}

fn item(id: &str) -> Ask {
    Ask::get(format!("https://hacker-news.firebaseio.com/v0/item/{id}.json"))
}

/// The account: leads to the newest of what it submitted.
pub(super) fn account(answer: &Answer<'_>, submitted: &[Value]) -> Reading {
    let Some(wanted) = wanted(answer) else { return Reading::default() };
    let most = wanted.saturating_mul(LOOKED_AT).min(MOST_LOOKED_AT);
    let ids: Vec<String> = submitted.iter().filter_map(Value::as_u64).take(most).map(|id| id.to_string()).collect();
    Reading { next: look_at(&ids, wanted).into_iter().collect(), ..Reading::default() }
}

/// A story: leads to its comments, and to elder stories when more threads are wanted.
pub(super) fn story(answer: &Answer<'_>, story: &Value) -> Reading {
    let kids = story.get("kids").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let id = json::at(story, "id").and_then(Value::as_u64);
    let comments = |thread: u64| {
        let ids = kids.iter().filter_map(Value::as_u64);
        ids.map(move |id| item(&id.to_string()).with(THREAD, thread).with(POSTING, id)).collect::<Vec<_>>()
    };
    let title = json::at(story, "title").and_then(Value::as_str).unwrap_or_default();
    let Some(wanted) = wanted(answer) else {
        return Reading { next: id.map(comments).unwrap_or_default(), ..Reading::default() };
    };
    let hiring = title.to_lowercase().contains("who is hiring");
    let mut next = id.filter(|_| hiring).map(comments).unwrap_or_default();
    let before: Vec<String> =
        answer.context.get(BEFORE).map_or("", String::as_str).split(',').map(str::to_owned).collect();
    next.extend(look_at(&before, wanted - usize::from(hiring)));
    Reading { next, ..Reading::default() }
}

/// How many threads are still wanted, where that was asked.
fn wanted(answer: &Answer<'_>) -> Option<usize> {
    answer.context.get(THREADS)?.parse().ok().filter(|wanted| *wanted > 0)
}

/// The ask for the first of `ids`, which leads on to the others until `wanted` threads are found.
fn look_at(ids: &[String], wanted: usize) -> Option<Ask> {
    let (first, before) = ids.split_first()?;
    (wanted > 0 && is_id(first)).then(|| item(first).with(THREADS, wanted).with(BEFORE, before.join(",")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pipeline_core::source::{Board, Source as _};
    use serde_json::json;

    use super::*;
    use crate::sources::hackernews::SOURCE;
    use crate::sources::sample::{read_with, rejected_by, rule_of};

    fn read(ask: &Ask, body: &Value) -> Reading {
        read_with(&SOURCE, "latest", &ask.url, &ask.context, &body.to_string()).expect("reads")
    }

    fn start(name: &str) -> Ask {
        let parameters = [("interface".to_owned(), "firebase".to_owned())];
        SOURCE.start(&Board { name: name.to_owned(), parameters: parameters.into() }).expect("a board").remove(0)
    }

    #[test]
    fn the_account_leads_to_the_newest_thread_past_its_other_stories() {
        let account = start("latest");
        assert!(account.url.ends_with("/user/whoishiring.json"), "{}", account.url);
        let first = read(&account, &json!({"id": "whoishiring", "submitted": [30, 20, 10]})).next.remove(0);
        assert!(first.url.ends_with("/item/30.json"), "{}", first.url);
        let freelancer = json!({"id": 30, "type": "story", "title": "Ask HN: Freelancer?", "kids": [31]});
        let second = read(&first, &freelancer).next;
        assert_eq!((second.len(), second[0].url.ends_with("/item/20.json")), (1, true));
        let hiring =
            json!({"id": 20, "type": "story", "title": "Ask HN: Who is hiring? (November 2026)", "kids": [21, 22]});
        let comments = read(&second[0], &hiring).next;
        let urls: Vec<&str> = comments.iter().filter_map(|ask| ask.url.rsplit('/').next()).collect();
        assert_eq!(urls, ["21.json", "22.json"], "one thread was wanted");
        assert_eq!(comments[0].context.get(POSTING).map(String::as_str), Some("21"));
        let reply = json!({"id": 21, "type": "comment", "parent": 99, "text": "Acme | Nurse | Oslo | Full-time"});
        assert_eq!(rejected_by(&read(&comments[0], &reply), 0), "not-a-posting", "it answers another comment");
    }

    #[test]
    fn a_thread_is_asked_for_by_its_id_and_a_comment_that_is_gone_is_no_fault() {
        let thread = start("20");
        let comments = read(&thread, &json!({"id": 20, "type": "story", "title": "x", "kids": [21]})).next;
        assert_eq!(comments[0].context.get(THREAD).map(String::as_str), Some("20"));
        let gone = read(&comments[0], &Value::Null);
        assert_eq!((gone.records.len(), gone.detail), (0, true));
        assert_eq!(rule_of(&SOURCE, "null"), "wrong-shape", "a thread that is not there is a fault");
        let empty = read(&thread, &json!({"id": 20, "type": "story", "title": "x"}));
        assert!(empty.next.is_empty());
        let context = BTreeMap::new();
        assert!(read_with(&SOURCE, "20", "u", &context, r#"{"id":20,"type":"job"}"#).is_err());
    }
}
