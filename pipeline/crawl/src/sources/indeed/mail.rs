//! Alert mails of Indeed. What they say of a posting stands beside a link that names it; of the link the posting's id is
//! kept, and nothing that tells whom the mail was sent to.

use pipeline_core::source::{
    Answer, Contract, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Rejection, Section, Stated,
};
use scraper::ElementRef;
use serde_json::{Map, Value};
use url::Url;

use super::{is_own, posting_link};
use crate::mail::Mail;
use crate::sources::cards::{self, Card, Reach};
use crate::sources::json::{self, Fields};
use crate::sources::pages::{self, DATE_RELATIVE, EXCERPT};

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
    known: &["url"],
};

/// What `mail` means.
pub(super) fn read(mail: &Mail, answer: &Answer<'_>) -> Result<Reading, Rejection> {
    let now = mail.date.unwrap_or(answer.fetched_at);
    let is_age = |line: &str| pages::day_ago(line, now).is_some() || line.contains('+') && line.chars().count() < 30;
    let value = |card: &Card<'_>, dashed: bool| {
        let mut told = cards::fields(card, dashed, is_age);
        if let Some((id, url)) = posting_link(&card.link) {
            told.insert("id".to_owned(), Value::from(id));
            told.insert("url".to_owned(), Value::from(url));
        }
        told
    };
    let mut list: Vec<Map<String, Value>> = Vec::new();
    if !mail.html.trim().is_empty() {
        let page = pages::mail_tree(&mail.html)?;
        list = cards::of_page(&page, Reach::Mail, link).iter().map(|card| value(card, false)).collect();
    }
    if !list.iter().any(|card| card.contains_key("id")) && !mail.text.trim().is_empty() {
        let of_text = cards::of_text(&mail.text, |link| posting_link(link).map(|(id, _)| id));
        list.extend(of_text.iter().map(|card| value(card, true)));
    }
    if list.is_empty() {
        // The mail's words are personal, so that none are kept.
        return Err(Rejection::new("no-known-form", "the mail links to no posting of Indeed", ""));
    }
    let list: Vec<Value> = list.into_iter().map(Value::Object).collect();
    json::contracted(&CARD, &list, |card| posting(card, now))
}

/// The posting that `element` links to. Links that lead to a posting without naming it stand each for themselves, so that
/// what they show is rejected rather than lost.
fn link(element: &ElementRef<'_>) -> Option<(String, String)> {
    let link = element.attr("href").filter(|_| element.value().name() == "a")?;
    if let Some((id, _)) = posting_link(link) {
        return Some((id, link.to_owned()));
    }
    let url = Url::parse(link.trim()).ok().filter(is_own)?;
    let nameless = url.path().starts_with("/pagead/clk") || url.path().starts_with("/rc/clk");
    nameless.then(|| (format!("?{link}"), String::new()))
}

fn posting(card: Fields<'_>, now: schemas::Micros) -> Result<RawPosting, Rejection> {
    let age = card.text("age").and_then(|words| pages::day_ago(&words, now));
    let mut posting = RawPosting {
        external_id: card.id("id")?,
        title: card.title("title")?,
        company: card.text("company"),
        places: card.text("location").map(|place| RawPlace::text(place, "location")).into_iter().collect(),
        posted_at: age.map(|day| Stated::new(day, "age")),
        url: card.text("url"),
        ..RawPosting::default()
    };
    if age.is_some() {
        posting.warnings.push(DATE_RELATIVE);
    }
    if let Some(text) = card.text("salary") {
        posting.pay.push(RawPay { field: "salary".to_owned(), text: Some(text), ..RawPay::default() });
    }
    if let Some(body) = card.text("snippet") {
        posting.warnings.push(EXCERPT);
        posting.sections.push(Section { field: "snippet".to_owned(), body, ..Section::default() });
    }
    Ok(posting)
}
