//! Pages of Indeed that a person saved: results, as data or as cards, and single postings.

use std::sync::LazyLock;

use pipeline_core::source::{Answer, RawPosting, Reading, Rejection, Remote, Stated};
use scraper::{Html, Selector};
use serde_json::Value;
use url::Url;

use super::{detail, is_own, posting_url, rows, shown, site};
use crate::sources::json::{self, Fields};
use crate::sources::pages::{self, DATE_RELATIVE, selectors};

/// What only a page of results without a result has.
static NOTHING: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".jobsearch-NoResult-messageContainer",
        ".jobsearch-NoResult",
        "[class*=NoResult]",
        ".no_results",
        ".bad_query",
        "[data-testid*=no-results]",
    ])
});
static ADDRESSES: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&["link[rel=canonical]", "meta[property=\"og:url\"]", "base"]));

/// What the page `text` means, by what is in it.
pub(super) fn read(text: &str, answer: &Answer<'_>) -> Result<Reading, Rejection> {
    let refuse = |(rule, reason): (&'static str, String)| Rejection::of_body(rule, reason, answer.body);
    let data = data(text).map_err(refuse)?;
    if data.results.is_none() && data.detail.is_none() && text.trim_start().starts_with(['{', '[']) {
        return Err(refuse(("no-known-form", "the data is none of Indeed's".to_owned())));
    }
    let tree = match data.alone {
        true => Html::new_document(),
        false => pages::tree(text, answer.body)?,
    };
    let own = own_addresses(&tree, answer);
    let home = own.first().map_or_else(|| "www.indeed.com".to_owned(), site);
    if let Some(results) = data.results.as_ref().filter(|results| !results.is_empty()) {
        return json::contracted(&rows::RESULTS, results, |row| rows::result(row, &home, answer));
    }
    let described = if data.alone { Vec::new() } else { pages::described(answer) };
    let key = own.iter().find_map(posting_url).map(|(key, _)| key);
    if !described.is_empty() {
        return Ok(detail::of_description(described, key, &home));
    }
    let opened = data.detail.as_ref().map(|initial| detail::opened(initial, key.as_deref()));
    if let Some(fields) = opened.or_else(|| detail::marked(&tree, key.as_deref())) {
        return detail::read(fields, &home, answer);
    }
    if let Some(reading) = shown::read(&tree, (!own.is_empty()).then_some(home.as_str()), answer) {
        return reading;
    }
    if let Some(odd) = data.odd {
        return Err(refuse(odd));
    }
    if data.results.is_some() || NOTHING.iter().any(|path| tree.select(path).next().is_some()) {
        return Ok(Reading::default());
    }
    Err(refuse(("no-known-form", "the page shows neither results nor a posting of Indeed".to_owned())))
}

/// What a page says in data.
struct Data {
    results: Option<Vec<Value>>,
    detail: Option<Value>,
    /// What is wrong with the results.
    odd: Option<(&'static str, String)>,
    /// Whether the body is that data and no page.
    alone: bool,
}

/// The data of the page `text`, or the data that it is.
fn data(text: &str) -> Result<Data, (&'static str, String)> {
    const ROWS: &str = "metaData.mosaicProviderJobCardsModel.results";
    let alone = text.trim_start().starts_with('{');
    let (cards, initial) = if alone {
        let value: Value = json::parse(text.as_bytes()).map_err(|rejection| (rejection.rule, rejection.reason))?.value;
        (Some(value.clone()), Some(value))
    } else {
        let names = [r#"providerData["mosaic-provider-jobcards"]"#, "providerData['mosaic-provider-jobcards']"];
        let cards = names.into_iter().find_map(|name| pages::assigned(text, name).transpose()).transpose()?;
        (cards, pages::assigned(text, "window._initialData")?)
    };
    let mut odd = None;
    let results = match cards.as_ref().and_then(|cards| json::at(cards, ROWS)) {
        Some(Value::Array(rows)) => Some(rows.iter().map(rows::read_fields).collect()),
        Some(other) => {
            odd = Some(("wrong-shape", format!("`{ROWS}` should be a list and is {}", json::type_name(other))));
            None
        }
        None => {
            odd = (cards.is_some() && !alone).then(|| ("wrong-shape", format!("the page's data has no `{ROWS}`")));
            None
        }
    };
    let detail = initial.filter(|initial| json::at(initial, "jobInfoWrapperModel.jobInfoModel").is_some());
    Ok(Data { results, detail, odd, alone })
}

/// The addresses by which the page can be known: the one asked, and those that it gives itself.
fn own_addresses(tree: &Html, answer: &Answer<'_>) -> Vec<Url> {
    let given = ADDRESSES.iter().filter_map(|path| {
        let found = tree.select(path).next()?;
        found.attr("href").or_else(|| found.attr("content"))
    });
    std::iter::once(answer.url).chain(given).filter_map(|url| Url::parse(url).ok()).filter(is_own).collect()
}

/// The page of the posting `key` on the site `home`.
pub(super) fn page_of(home: &str, key: &str) -> String {
    format!("https://{home}/viewjob?jk={key}")
}

/// Reads the relative day at `path` as the day of publication.
pub(super) fn read_age(fields: Fields<'_>, path: &str, answer: &Answer<'_>, posting: &mut RawPosting) {
    if let Some(day) = fields.text(path).and_then(|words| pages::day_ago(&words, answer.fetched_at)) {
        posting.posted_at = Some(Stated::new(day, path));
        posting.warnings.push(DATE_RELATIVE);
    }
}

/// What a remote model such as `REMOTE_ALWAYS` stands for; `REMOTE_COVID_TEMPORARY` says nothing about today.
pub(super) fn remote_model(model: &str) -> Option<Remote> {
    match model {
        "REMOTE_ALWAYS" => Some(Remote::Remote),
        "REMOTE_HYBRID" => Some(Remote::Hybrid),
        _ => None,
    }
}
