//! Alert mails of LinkedIn, in HTML or plain text. Of a link the posting's id is kept, and nothing that tells whom the
//! mail was sent to.

use pipeline_core::source::{Answer, Contract, Field, OnDrift, RawPosting, Reading, Rejection, Section};
use serde_json::{Map, Value};

use super::results::read_common;
use super::{link_id, mark, page_of};
use crate::mail::Mail;
use crate::sources::cards::{self, Card, Reach};
use crate::sources::json::{self, Fields};
use crate::sources::pages::{self, EXCERPT};

const fn field(path: &'static str, always: bool, on_drift: OnDrift) -> Field {
    Field { path, types: "string", always, on_drift }
}

/// What is read of a card of a mail.
static CARD: Contract = Contract {
    fields: &[
        field("id", true, OnDrift::DiscardRow),
        field("title", true, OnDrift::DiscardRow),
        field("company", true, OnDrift::DiscardValue),
        field("location", true, OnDrift::DiscardValue),
        field("salary", false, OnDrift::DiscardValue),
        field("age", false, OnDrift::DiscardValue),
        field("snippet", false, OnDrift::DiscardValue),
    ],
    unknown: OnDrift::Evolve,
    known: &[],
};

/// What `mail` means.
pub(super) fn read(mail: &Mail, answer: &Answer<'_>) -> Result<Reading, Rejection> {
    let now = mail.date.unwrap_or(answer.fetched_at);
    let told = |card: &Card<'_>| {
        let mut told: Map<String, Value> = cards::fields(card, false, |line| pages::day_ago(line, now).is_some());
        told.insert("id".to_owned(), Value::from(card.id.as_str()));
        Value::Object(told)
    };
    let mut list: Vec<Value> = Vec::new();
    if !mail.html.trim().is_empty() {
        let page = pages::mail_tree(&mail.html)?;
        list = cards::of_page(&page, Reach::Mail, mark).iter().map(told).collect();
    }
    if list.iter().all(|card| card.get("title").is_none()) && !mail.text.trim().is_empty() {
        let of_text: Vec<Value> = cards::of_text(&mail.text, link_id).iter().map(told).collect();
        list = if of_text.is_empty() { list } else { of_text };
    }
    if list.is_empty() {
        // The mail's words are personal, so that none are kept.
        return Err(Rejection::new("no-known-form", "the mail links to no posting of LinkedIn", ""));
    }
    json::contracted(&CARD, &list, |card| posting(card, now))
}

fn posting(card: Fields<'_>, now: schemas::Micros) -> Result<RawPosting, Rejection> {
    let id = card.id("id")?;
    let mut posting = RawPosting {
        title: card.title("title")?,
        company: card.text("company"),
        url: Some(page_of(&id)),
        external_id: id,
        ..RawPosting::default()
    };
    read_common(card, now, &mut posting);
    if let Some(body) = card.text("snippet") {
        posting.warnings.push(EXCERPT);
        posting.sections.push(Section { field: "snippet".to_owned(), body, ..Section::default() });
    }
    Ok(posting)
}
