//! Pages of results: for guests, signed in, and the fragments that guests' pages load.

use std::sync::LazyLock;

use pipeline_core::source::{
    Answer, Contract, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Rejection, Stated,
};
use scraper::{Html, Selector};
use serde_json::{Map, Value};

use super::{mark, page_of};
use crate::sources::cards::{self, Card, Reach};
use crate::sources::json::{self, Fields};
use crate::sources::pages::{self, DATE_RELATIVE, selectors};

const fn field(path: &'static str, always: bool, on_drift: OnDrift) -> Field {
    Field { path, types: "string", always, on_drift }
}

/// What is read of a card.
pub(super) static CARD: Contract = Contract {
    fields: &[
        field("id", true, OnDrift::DiscardRow),
        field("title", true, OnDrift::DiscardRow),
        field("company", true, OnDrift::DiscardValue),
        field("location", true, OnDrift::DiscardValue),
        field("datetime", false, OnDrift::DiscardValue),
        field("age", false, OnDrift::DiscardValue),
        field("salary", false, OnDrift::DiscardValue),
    ],
    unknown: OnDrift::Evolve,
    known: &[],
};

static LIST: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".jobs-search__results-list",
        "li[data-occludable-job-id]",
        ".jobs-search-results-list",
        ".jobs-search-results__list",
        ".scaffold-layout__list",
    ])
});
/// What only a page of results without a result has.
static NOTHING: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[".no-results", ".jobs-search-no-results-banner", "[class*=no-results]", ".results__no-results"])
});
static SHAPE: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&[".base-search-card, .job-card-container, li[data-occludable-job-id]"]));
static TITLE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".base-search-card__title",
        ".base-main-card__title",
        ".job-card-list__title--link span[aria-hidden=true]",
        ".job-card-list__title--link",
        ".job-card-list__title",
        ".job-card-container__link",
        ".artdeco-entity-lockup__title",
        ".result-card__title",
        "h3",
    ])
});
static COMPANY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".base-search-card__subtitle",
        ".base-main-card__subtitle",
        ".job-card-container__primary-description",
        ".job-card-container__company-name",
        ".artdeco-entity-lockup__subtitle",
        ".result-card__subtitle",
        "h4",
    ])
});
static PLACE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".job-search-card__location",
        ".job-card-container__metadata-wrapper li",
        ".job-card-container__metadata-item",
        ".artdeco-entity-lockup__caption",
        ".job-result-card__location",
        "[class*=card__location]",
    ])
});
static SALARY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".job-search-card__salary-info",
        ".job-result-card__salary-info",
        "[class*=salary]",
        ".artdeco-entity-lockup__metadata",
        ".job-card-container__metadata-item",
    ])
});
static TIME: LazyLock<Vec<Selector>> = LazyLock::new(|| selectors(&["time"]));

/// Whether `page` is one of results, whatever else it shows.
pub(super) fn is_list(page: &Html) -> bool {
    LIST.iter().any(|path| page.select(path).next().is_some())
}

/// What the cards of `page` mean.
pub(super) fn read(page: &Html, answer: &Answer<'_>) -> Result<Reading, Rejection> {
    let mut cards = cards::of_page(page, Reach::Page, mark);
    cards.extend(cards::unnamed(page, &SHAPE, mark));
    let list: Vec<Value> = cards.iter().map(|card| Value::Object(told(card))).collect();
    if !list.is_empty() {
        return json::contracted(&CARD, &list, |card| posting(card, answer));
    }
    if NOTHING.iter().any(|path| page.select(path).next().is_some()) {
        return Ok(Reading::default());
    }
    let reason = "the page shows neither results nor a posting of LinkedIn";
    Err(Rejection::of_body("no-known-form", reason, answer.body))
}

/// What a card says.
fn told(card: &Card<'_>) -> Map<String, Value> {
    let mut told = Map::new();
    if !card.id.is_empty() {
        told.insert("id".to_owned(), Value::from(card.id.as_str()));
    }
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            told.insert(name.to_owned(), Value::from(value));
        }
    };
    let Some(element) = card.element else { return told };
    put("title", pages::words_at(element, &TITLE).or_else(|| card.title.clone()));
    put("company", pages::words_at(element, &COMPANY));
    put("location", pages::words_at(element, &PLACE));
    put("datetime", pages::attribute_at(element, &TIME, "datetime"));
    put("age", pages::words_at(element, &TIME));
    let pay =
        SALARY.iter().flat_map(|path| element.select(path)).map(pages::words_of).find(|words| pages::is_pay(words));
    put("salary", pay);
    told
}

fn posting(card: Fields<'_>, answer: &Answer<'_>) -> Result<RawPosting, Rejection> {
    let id = card.id("id")?;
    let mut posting = RawPosting {
        title: card.title("title")?,
        company: card.text("company"),
        posted_at: card.instant("datetime"),
        url: Some(page_of(&id)),
        external_id: id,
        ..RawPosting::default()
    };
    read_common(card, answer.fetched_at, &mut posting);
    Ok(posting)
}

/// Reads what cards, pages and mails have in common: `location` with its way of working, `salary`, and `age` where no day
/// is known yet.
pub(super) fn read_common(fields: Fields<'_>, now: schemas::Micros, posting: &mut RawPosting) {
    if let Some(place) = fields.text("location") {
        let (place, remote) = pages::place_and_workplace(&place);
        if !place.is_empty() {
            posting.places.push(RawPlace::text(place, "location"));
        }
        posting.remote = posting.remote.take().or_else(|| remote.map(|remote| Stated::new(remote, "location")));
    }
    if let Some(text) = fields.text("salary") {
        posting.pay.push(RawPay { field: "salary".to_owned(), text: Some(text), ..RawPay::default() });
    }
    if posting.posted_at.is_none()
        && let Some(day) = fields.text("age").and_then(|words| pages::day_ago(&words, now))
    {
        posting.posted_at = Some(Stated::new(day, "age"));
        posting.warnings.push(DATE_RELATIVE);
    }
}
