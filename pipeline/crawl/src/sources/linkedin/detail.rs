//! The page of one posting, for guests or signed in.

use std::sync::LazyLock;

use pipeline_core::source::{Answer, Contract, Field, OnDrift, RawPay, RawPosting, Reading, Record, Rejection, Stated};
use scraper::{Html, Selector};
use serde_json::{Map, Value, json};
use url::Url;

use super::results::read_common;
use super::{attribute_id, is_id, is_own, page_of, posting_id};
use crate::sources::json::{self, Fields};
use crate::sources::markup::section_at;
use crate::sources::pages::{self, selectors};

const fn field(path: &'static str, always: bool, on_drift: OnDrift) -> Field {
    Field { path, types: "string", always, on_drift }
}

/// What is read of the page's markup.
static DETAIL: Contract = Contract {
    fields: &[
        field("id", true, OnDrift::DiscardRow),
        field("title", true, OnDrift::DiscardRow),
        field("company", true, OnDrift::DiscardValue),
        field("location", true, OnDrift::DiscardValue),
        field("description", true, OnDrift::DiscardValue),
        field("age", false, OnDrift::DiscardValue),
        field("salary", false, OnDrift::DiscardValue),
        field("workplace", false, OnDrift::DiscardValue),
        field("seniority", false, OnDrift::DiscardValue),
        field("employment", false, OnDrift::DiscardValue),
        field("function", false, OnDrift::DiscardValue),
        field("industries", false, OnDrift::DiscardValue),
        field("apply", false, OnDrift::DiscardValue),
    ],
    unknown: OnDrift::Evolve,
    known: &["closed"],
};

static TITLE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".top-card-layout__title",
        ".topcard__title",
        ".job-details-jobs-unified-top-card__job-title",
        ".jobs-unified-top-card__job-title",
        ".jobs-details-top-card__job-title",
        "h1",
    ])
});
static COMPANY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".topcard__org-name-link",
        ".topcard__flavor:not(.topcard__flavor--bullet)",
        ".job-details-jobs-unified-top-card__company-name",
        ".jobs-unified-top-card__company-name",
        ".jobs-details-top-card__company-url",
        ".top-card-layout__second-subline a",
    ])
});
static PLACE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".topcard__flavor--bullet",
        ".job-details-jobs-unified-top-card__primary-description-container",
        ".job-details-jobs-unified-top-card__primary-description",
        ".jobs-unified-top-card__bullet",
        ".jobs-unified-top-card__primary-description",
        ".jobs-details-top-card__bullet",
    ])
});
static WORDS: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".show-more-less-html__markup",
        ".description__text",
        "#job-details",
        ".jobs-description__content",
        ".jobs-box__html-content",
        ".jobs-description-content__text",
    ])
});
static AGE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[".posted-time-ago__text", ".topcard__flavor--metadata", ".jobs-unified-top-card__posted-date"])
});
static SALARY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".compensation__salary",
        ".salary",
        "[class*=salary-main-rail]",
        ".job-details-fit-level-preferences button",
        ".job-details-jobs-unified-top-card__job-insight span",
    ])
});
static WORKPLACE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        ".jobs-unified-top-card__workplace-type",
        ".job-details-fit-level-preferences button span",
        ".job-details-fit-level-preferences button",
        ".job-details-jobs-unified-top-card__job-insight span",
    ])
});
static CRITERIA: LazyLock<Vec<Selector>> = LazyLock::new(|| selectors(&[".description__job-criteria-item"]));
static CRITERION: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&[".description__job-criteria-subheader", "h3"]));
static CRITERION_WORDS: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&[".description__job-criteria-text", "span"]));
static APPLY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        "a[data-tracking-control-name*=apply-link-offsite]",
        "a.apply-button--link",
        "a.top-card-layout__cta--primary",
    ])
});
static CLOSED: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&[".closed-job", ".jobs-details-top-card__apply-error", "[class*=closed-job__flavor]"]));
static ADDRESSES: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        "link[rel=canonical]",
        "meta[property=\"og:url\"]",
        "meta[property=\"lnkd:url\"]",
        "meta[name=\"lnkd:url\"]",
    ])
});
static NAMED: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        "[data-semaphore-content-urn]",
        ".jobs-details [data-job-id]",
        ".jobs-search__job-details--wrapper [data-job-id]",
    ])
});

/// What the page of one posting means; nothing when it is none.
pub(super) fn read(tree: &Html, text: &str, answer: &Answer<'_>) -> Option<Result<Reading, Rejection>> {
    let described = pages::described(answer);
    let told = marked(tree, text, answer);
    if described.is_empty() {
        let detail = Value::Object(told?);
        return Some(json::contracted(&DETAIL, &[detail], |detail| posting(detail, answer)));
    }
    let id = own_id(tree, text, answer);
    let alone = described.len() == 1;
    let told = Value::Object(told.filter(|_| alone).unwrap_or_default());
    let records = described.into_iter().map(|record| merged(record, id.as_deref().filter(|_| alone), &told));
    Some(Ok(Reading { records: records.collect(), ..Reading::default() }))
}

/// The id of the posting that the page is about.
fn own_id(tree: &Html, text: &str, answer: &Answer<'_>) -> Option<String> {
    let given = ADDRESSES.iter().filter_map(|path| {
        let found = tree.select(path).next()?;
        found.attr("href").or_else(|| found.attr("content"))
    });
    let of_address = |link: &str| Url::parse(link).ok().filter(is_own).and_then(|url| posting_id(&url));
    let hidden = || hidden(text, "decoratedJobPostingId").filter(|id| is_id(id));
    let named = || NAMED.iter().find_map(|path| tree.select(path).find_map(|found| attribute_id(&found)));
    std::iter::once(answer.url).chain(given).find_map(of_address).or_else(hidden).or_else(named)
}

/// The text that the page hides in a comment within the element called `name`.
fn hidden(page: &str, name: &str) -> Option<String> {
    let at = page.find(&format!("id=\"{name}\""))?;
    let inner = page[at..].split_once("<!--")?.1.split_once("-->")?.0;
    let inner: String = inner.chars().take(4_000).collect();
    let text =
        serde_json::from_str::<String>(inner.trim()).unwrap_or_else(|_| inner.trim().trim_matches('"').to_owned());
    pipeline_core::read::filled(&html_escape::decode_html_entities(&text))
}

/// A posting of JSON-LD, under LinkedIn's id of it and with what only the markup says.
fn merged(record: Record, id: Option<&str>, told: &Value) -> Record {
    let mut posting = match record {
        Record::Posting(posting) => posting,
        rejected @ Record::Rejected(_) => return rejected,
    };
    let of_url = posting.url.as_deref().and_then(super::link_id);
    let Some(id) = of_url.or_else(|| id.map(str::to_owned)) else {
        let payload = json!({"title": posting.title, "company": posting.company});
        let reason = "nothing on the page names the posting's id";
        return Record::Rejected(Rejection::of_json("id-missing", reason, &payload).field("id"));
    };
    posting.url = Some(page_of(&id));
    posting.external_id = id;
    json::record(told, |fields| {
        let mut posting = *posting;
        posting.level = stated(fields, "seniority");
        posting.employment = posting.employment.take().or_else(|| stated(fields, "employment"));
        posting.apply_url = fields.text("apply");
        if let Some(text) = fields.text("salary").filter(|_| posting.pay.is_empty()) {
            posting.pay.push(RawPay { field: "salary".to_owned(), text: Some(text), ..RawPay::default() });
        }
        posting.tags.extend(labels(fields));
        posting.listed = fields.at("closed").map(|_| false);
        let word = fields.text("workplace").and_then(|word| pages::workplace(&word));
        posting.remote = posting.remote.take().or_else(|| word.map(|remote| Stated::new(remote, "workplace")));
        Ok(posting)
    })
}

fn stated(fields: Fields<'_>, path: &str) -> Option<Stated<String>> {
    // LinkedIn's way to say nothing of the seniority.
    fields.stated_text(path).filter(|words| !words.value.eq_ignore_ascii_case("not applicable"))
}

/// Function and industries, which are labels of LinkedIn's own.
fn labels(fields: Fields<'_>) -> Vec<String> {
    ["function", "industries"].into_iter().filter_map(|path| fields.text(path)).collect()
}

/// The fields of the page by its markup, when it shows one posting.
fn marked(tree: &Html, text: &str, answer: &Answer<'_>) -> Option<Map<String, Value>> {
    let root = tree.root_element();
    let words = pages::find(root, &WORDS)?;
    let mut told = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            told.insert(name.to_owned(), Value::from(value));
        }
    };
    put("id", own_id(tree, text, answer));
    put("title", pages::words_at(root, &TITLE));
    put("company", pages::words_at(root, &COMPANY));
    // Signed in, the line goes on: `Berlin, Germany · Reposted 2 weeks ago · Over 100 applicants`.
    let line = pages::words_at(root, &PLACE).unwrap_or_default();
    let mut parts = line.split('·').map(str::trim);
    put("location", parts.next().map(str::to_owned));
    let age = pages::words_at(root, &AGE).or_else(|| parts.next().map(str::to_owned));
    put("age", age);
    let first = |paths: &[Selector], fits: &dyn Fn(&str) -> bool| {
        paths.iter().flat_map(|path| root.select(path)).map(pages::words_of).find(|words| fits(words))
    };
    put("salary", first(&SALARY, &pages::is_pay));
    put("workplace", first(&WORKPLACE, &|word| pages::workplace(word).is_some()));
    for (name, words) in criteria(tree) {
        put(name, Some(words));
    }
    put("apply", apply(tree, text));
    put("description", Some(words.inner_html()));
    if CLOSED.iter().any(|path| tree.select(path).next().is_some()) {
        told.insert("closed".to_owned(), Value::Bool(true));
    }
    Some(told)
}

/// Seniority, employment, function and industries, told by their labels, else by their places when all four are there.
fn criteria(tree: &Html) -> Vec<(&'static str, String)> {
    const NAMES: [&str; 4] = ["seniority", "employment", "function", "industries"];
    const LABELS: [(&str, &[&str]); 4] = [
        ("seniority", &["seniority", "karriere", "hiérarchi", "antigüedad", "experiência", "anzianità", "senioriteit"]),
        (
            "employment",
            &[
                "employment",
                "beschäftigung",
                "type d’emploi",
                "type d'emploi",
                "tipo de empleo",
                "tipo de emprego",
                "tipo di impiego",
                "dienstverband",
            ],
        ),
        ("function", &["function", "tätigkeit", "fonction", "función", "função", "funzione", "functie"]),
        ("industries", &["industr", "branche", "secteur", "sector", "setor", "settor", "bedrijfstak"]),
    ];
    let items: Vec<_> = CRITERIA.iter().flat_map(|path| tree.select(path)).take(10).collect();
    let all = items.len() == NAMES.len();
    let told = items.into_iter().zip(0..).filter_map(|(item, place)| {
        let label = pages::words_at(item, &CRITERION)?.to_lowercase();
        let words = pages::words_at(item, &CRITERION_WORDS)?;
        let known = LABELS.iter().find(|(_, words)| words.iter().any(|word| label.contains(word)));
        let name = known.map(|(name, _)| *name).or_else(|| NAMES.get(place).copied().filter(|_| all))?;
        Some((name, words))
    });
    told.collect()
}

/// Where to apply outside LinkedIn.
fn apply(tree: &Html, text: &str) -> Option<String> {
    let link = hidden(text, "applyUrl").or_else(|| pages::attribute_at(tree.root_element(), &APPLY, "href"))?;
    let url = Url::parse(&link).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    if !is_own(&url) {
        return Some(url.into());
    }
    let inner = url.query_pairs().find(|(key, _)| key == "url").and_then(|(_, inner)| Url::parse(&inner).ok())?;
    (matches!(inner.scheme(), "http" | "https") && !is_own(&inner)).then(|| inner.into())
}

fn posting(detail: Fields<'_>, answer: &Answer<'_>) -> Result<RawPosting, Rejection> {
    let id = detail.id("id")?;
    let remote = detail.text("workplace").and_then(|word| pages::workplace(&word));
    let mut posting = RawPosting {
        title: detail.title("title")?,
        company: detail.text("company"),
        remote: remote.map(|remote| Stated::new(remote, "workplace")),
        level: stated(detail, "seniority"),
        employment: stated(detail, "employment"),
        tags: labels(detail),
        sections: section_at(detail, "description", None).into_iter().collect(),
        url: Some(page_of(&id)),
        apply_url: detail.text("apply"),
        listed: detail.at("closed").map(|_| false),
        external_id: id,
        ..RawPosting::default()
    };
    read_common(detail, answer.fetched_at, &mut posting);
    Ok(posting)
}
