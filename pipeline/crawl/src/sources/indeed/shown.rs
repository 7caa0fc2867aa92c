//! Cards of results, from the markup of a page whose data is gone.

use std::sync::LazyLock;

use pipeline_core::source::{Answer, Contract, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Rejection};
use scraper::{ElementRef, Html, Selector};
use serde_json::{Map, Value};

use super::page::{page_of, read_age};
use super::{is_key, posting_link};
use crate::sources::cards::{self, Card, Reach};
use crate::sources::json::{self, Fields};
use crate::sources::markup::section_at;
use crate::sources::pages::{self, EXCERPT, selectors};

const fn field(path: &'static str, always: bool, on_drift: OnDrift) -> Field {
    Field { path, types: "string", always, on_drift }
}

/// What is read of a card of results whose data is gone.
static CARD: Contract = Contract {
    fields: &[
        field("id", true, OnDrift::DiscardRow),
        field("title", true, OnDrift::DiscardRow),
        field("company", true, OnDrift::DiscardValue),
        field("location", true, OnDrift::DiscardValue),
        field("salary", false, OnDrift::DiscardValue),
        field("estimate", false, OnDrift::DiscardValue),
        field("age", false, OnDrift::DiscardValue),
        field("snippet", false, OnDrift::DiscardValue),
    ],
    unknown: OnDrift::Evolve,
    known: &["url"],
};

static SHAPE: LazyLock<Vec<Selector>> = LazyLock::new(|| selectors(&[".job_seen_beacon, .jobsearch-SerpJobCard"]));
static TITLE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        "h2.jobTitle span[title]",
        "h2.jobTitle",
        "a.jcs-JobTitle",
        "[data-testid=job-title]",
        "a.jobtitle",
        "h2",
    ])
});
static COMPANY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&["[data-testid=company-name]", ".companyName", "[data-testid=companyName]", "span.company", ".company"])
});
static PLACE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        "[data-testid=text-location]",
        ".companyLocation",
        "[data-testid=jobLocation]",
        "span.location",
        ".location",
    ])
});
static SALARY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".salary-snippet-container",
        "[data-testid*=salary-snippet]",
        "[data-testid=attribute_snippet_testid]",
        ".salary-snippet",
        ".salaryText",
        ".metadata",
    ])
});
static ESTIMATE: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&[".estimated-salary-container", ".estimated-salary", "[data-testid*=estimated]"]));
static AGE: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&["[data-testid=myJobsStateDate]", "[data-testid=job-age]", "span.date", ".date"]));
static SNIPPET: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        "[data-testid=jobsnippet_footer]",
        "[data-testid=belowJobSnippet]",
        ".job-snippet",
        "div.summary",
        ".summary",
    ])
});
/// What the cards of `page`, of the site `home` where that is known, mean; nothing when it has none.
pub(super) fn read(page: &Html, home: Option<&str>, answer: &Answer<'_>) -> Option<Result<Reading, Rejection>> {
    let mut cards = cards::of_page(page, Reach::Page, mark);
    cards.extend(cards::unnamed(page, &SHAPE, mark));
    let list: Vec<Value> = cards.iter().map(|card| Value::Object(told(card))).collect();
    (!list.is_empty()).then(|| json::contracted(&CARD, &list, |card| posting(card, home, answer)))
}

/// The posting that `element` names.
fn mark(element: &ElementRef<'_>) -> Option<(String, String)> {
    if let Some(key) = element.attr("data-jk").filter(|key| is_key(key)) {
        return Some((key.to_ascii_lowercase(), format!("https://www.indeed.com/viewjob?jk={key}")));
    }
    let link = element.attr("href").filter(|_| element.value().name() == "a")?;
    posting_link(link).map(|(key, _)| (key, link.to_owned()))
}

/// What a card of results says.
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
    put("url", posting_link(&card.link).map(|(_, url)| url));
    let Some(element) = card.element else { return told };
    put("title", pages::words_at(element, &TITLE).or_else(|| card.title.clone()));
    put("company", pages::words_at(element, &COMPANY));
    put("location", pages::words_at(element, &PLACE));
    let pay =
        SALARY.iter().flat_map(|path| element.select(path)).map(pages::words_of).find(|words| pages::is_pay(words));
    put("salary", pay);
    put("estimate", pages::words_at(element, &ESTIMATE).filter(|words| pages::is_pay(words)));
    put("age", pages::words_at(element, &AGE));
    put("snippet", pages::words_at(element, &SNIPPET));
    told
}

fn posting(card: Fields<'_>, home: Option<&str>, answer: &Answer<'_>) -> Result<RawPosting, Rejection> {
    let key = card.id("id")?;
    let title = card.title("title")?;
    let url = home.map(|home| page_of(home, &key)).or_else(|| card.text("url"));
    let pay = [("salary", false), ("estimate", true)].into_iter().filter_map(|(path, predicted)| {
        let text = card.text(path)?;
        Some(RawPay { field: path.to_owned(), text: Some(text), predicted, ..RawPay::default() })
    });
    let mut posting = RawPosting {
        title,
        company: card.text("company"),
        places: card.text("location").map(|place| RawPlace::text(place, "location")).into_iter().collect(),
        pay: pay.collect(),
        sections: section_at(card, "snippet", None).into_iter().collect(),
        url,
        external_id: key,
        ..RawPosting::default()
    };
    read_age(card, "age", answer, &mut posting);
    if !posting.sections.is_empty() {
        posting.warnings.push(EXCERPT);
    }
    Ok(posting)
}
