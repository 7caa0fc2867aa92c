//! The page of one posting, from JSON-LD, from the page's data or from its markup.

use std::sync::LazyLock;

use pipeline_core::source::{
    Answer, Contract, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Record, Rejection, Stated,
};
use rust_decimal::Decimal;
use scraper::{Html, Selector};
use serde_json::{Map, Value, json};

use super::page::{page_of, read_age, remote_model};
use super::{is_key, posting_link};
use crate::sources::board::period_of;
use crate::sources::json::{self, Fields};
use crate::sources::markup::section_at;
use crate::sources::pages::{self, selectors};

const fn field(path: &'static str, types: &'static str, always: bool, on_drift: OnDrift) -> Field {
    Field { path, types, always, on_drift }
}

/// What is read of the page of one posting.
static DETAIL: Contract = Contract {
    fields: &[
        field("id", "string", true, OnDrift::DiscardRow),
        field("title", "string", true, OnDrift::DiscardRow),
        field("company", "string", true, OnDrift::DiscardValue),
        field("location", "string", true, OnDrift::DiscardValue),
        field("description", "string", true, OnDrift::DiscardValue),
        field("remote", "string", false, OnDrift::DiscardValue),
        field("salaryText", "string", false, OnDrift::DiscardValue),
        field("salaryMin", "number|string", false, OnDrift::DiscardValue),
        field("salaryMax", "number|string", false, OnDrift::DiscardValue),
        field("salaryType", "string", false, OnDrift::DiscardValue),
        field("salaryCurrency", "string", false, OnDrift::DiscardValue),
        field("jobType", "string", false, OnDrift::DiscardValue),
        field("datePublished", "number|string", false, OnDrift::DiscardValue),
        field("age", "string", false, OnDrift::DiscardValue),
        field("expired", "boolean", false, OnDrift::DiscardValue),
    ],
    unknown: OnDrift::Evolve,
    known: &["url"],
};

static OPEN_TITLE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&["[data-testid=jobsearch-JobInfoHeader-title]", ".jobsearch-JobInfoHeader-title", "h1"])
});
static OPEN_COMPANY: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        "[data-testid=inlineHeader-companyName]",
        "[data-company-name=true]",
        ".jobsearch-InlineCompanyRating a",
        ".jobsearch-JobInfoHeader-companyName",
        ".jobsearch-InlineCompanyRating div",
    ])
});
static OPEN_PLACE: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&[
        "[data-testid=inlineHeader-companyLocation]",
        "[data-testid=job-location]",
        "#jobLocationText",
        ".jobsearch-JobInfoHeader-companyLocation",
    ])
});
static OPEN_SALARY: LazyLock<Vec<Selector>> =
    LazyLock::new(|| selectors(&["#salaryInfoAndJobType span", "[aria-label=Pay] [role=button]"]));
static OPEN_WORDS: LazyLock<Vec<Selector>> = LazyLock::new(|| {
    selectors(&["#jobDescriptionText", ".jobsearch-JobComponent-description", ".jobsearch-jobDescriptionText"])
});
/// What the fields `detail` of one posting mean.
pub(super) fn read(detail: Value, home: &str, answer: &Answer<'_>) -> Result<Reading, Rejection> {
    json::contracted(&DETAIL, &[detail], |detail| posting(detail, home, answer))
}

/// The postings of JSON-LD, under the keys that Indeed has for them.
pub(super) fn of_description(described: Vec<Record>, key: Option<String>, home: &str) -> Reading {
    let alone = described.len() == 1;
    let keyed = |record: Record| match record {
        Record::Posting(mut posting) => {
            let own = posting.url.as_deref().and_then(posting_link).map(|(key, _)| key);
            match own.or_else(|| key.clone().filter(|_| alone)) {
                Some(key) => {
                    posting.url = Some(page_of(home, &key));
                    posting.external_id = key;
                    Record::Posting(posting)
                }
                None => {
                    let payload = json!({"title": posting.title, "company": posting.company});
                    let reason = "nothing on the page names the posting's key";
                    Record::Rejected(Rejection::of_json("id-missing", reason, &payload).field("jk"))
                }
            }
        }
        rejected => rejected,
    };
    Reading { records: described.into_iter().map(keyed).collect(), ..Reading::default() }
}

/// The fields of the page of one posting, from the data that the page carries.
pub(super) fn opened(initial: &Value, key: Option<&str>) -> Value {
    const INFO: &str = "jobInfoWrapperModel.jobInfoModel";
    let first = |paths: &[&str]| {
        paths.iter().find_map(|path| {
            let path = path.replace("INFO", INFO);
            json::at(initial, &path).cloned()
        })
    };
    let job = json::at(initial, "hostQueryExecutionResult.data.jobData.results")
        .and_then(|results| results.get(0))
        .and_then(|result| result.get("job"));
    let of_job = |path: &str| job.and_then(|job| json::at(job, path)).cloned();
    let own = first(&["jobKey", "INFO.jobKey", "jobInfoWrapperModel.jobKey"]).or_else(|| of_job("key"));
    let mut told = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            told.insert(name.to_owned(), value);
        }
    };
    put("id", own.or_else(|| key.map(Value::from)));
    put("title", first(&["INFO.jobInfoHeaderModel.jobTitle", "INFO.jobTitle"]).or_else(|| of_job("title")));
    let company = first(&["INFO.jobInfoHeaderModel.companyName"]).or_else(|| of_job("sourceEmployerName"));
    put("company", company);
    let place = first(&["INFO.jobInfoHeaderModel.formattedLocation", "jobLocation", "INFO.jobLocation"]);
    put("location", place.or_else(|| of_job("location.formatted.long")));
    let words = first(&["INFO.sanitizedJobDescription.content", "INFO.sanitizedJobDescription"]);
    put("description", words.or_else(|| of_job("description.html")));
    put("remote", first(&["INFO.jobInfoHeaderModel.remoteWorkModel.type", "INFO.remoteWorkModel.type"]));
    for name in ["salaryText", "salaryMin", "salaryMax", "salaryType", "salaryCurrency"] {
        put(name, first(&[&format!("salaryInfoModel.{name}"), &format!("INFO.salaryInfoModel.{name}")]));
    }
    put("jobType", first(&["INFO.jobMetadataHeaderModel.jobType", "INFO.jobInfoHeaderModel.jobType"]));
    put("datePublished", of_job("datePublished"));
    put("age", first(&["jobMetadataFooterModel.age", "INFO.jobMetadataFooterModel.age"]));
    put("expired", of_job("expired"));
    Value::Object(told)
}

/// The fields of the page of one posting, from its markup, when it is one.
pub(super) fn marked(tree: &Html, key: Option<&str>) -> Option<Value> {
    let root = tree.root_element();
    let words = pages::find(root, &OPEN_WORDS)?;
    let title = pages::words_at(root, &OPEN_TITLE)?;
    let mut told = Map::new();
    told.insert("id".to_owned(), key.map_or(Value::Null, Value::from));
    // A line for screen readers follows the title.
    told.insert("title".to_owned(), Value::from(title.trim_end_matches("- job post").trim_end()));
    for (name, paths) in [("company", &OPEN_COMPANY), ("location", &OPEN_PLACE)] {
        if let Some(words) = pages::words_at(root, paths) {
            told.insert(name.to_owned(), Value::from(words));
        }
    }
    let pay =
        OPEN_SALARY.iter().flat_map(|path| root.select(path)).map(pages::words_of).find(|words| pages::is_pay(words));
    if let Some(pay) = pay {
        told.insert("salaryText".to_owned(), Value::from(pay));
    }
    told.insert("description".to_owned(), Value::from(words.inner_html()));
    Some(Value::Object(told))
}

fn posting(detail: Fields<'_>, home: &str, answer: &Answer<'_>) -> Result<RawPosting, Rejection> {
    let key = detail.id("id")?;
    if !is_key(&key) {
        return Err(detail.reject("id-missing", "the page's key is none").field("id"));
    }
    let amount = |path: &str| detail.decimal(path).filter(|amount| *amount > Decimal::ZERO);
    let (min, max) = (amount("salaryMin"), amount("salaryMax"));
    let text = detail.text("salaryText").filter(|_| min.is_none() && max.is_none());
    let stated = min.is_some() || max.is_some() || text.is_some();
    let pay = stated.then(|| RawPay {
        field: "salaryInfoModel".to_owned(),
        min,
        max,
        currency: detail.text("salaryCurrency"),
        period: detail.text("salaryType").and_then(|unit| period_of(&unit)),
        text,
        ..RawPay::default()
    });
    let remote = detail.text("remote").and_then(|model| remote_model(&model));
    let mut posting = RawPosting {
        title: detail.title("title")?,
        company: detail.text("company"),
        places: detail.text("location").map(|place| RawPlace::text(place, "location")).into_iter().collect(),
        remote: remote.map(|remote| Stated::new(remote, "remoteWorkModel.type")),
        pay: pay.into_iter().collect(),
        posted_at: detail.instant("datePublished"),
        employment: detail.stated_text("jobType"),
        sections: section_at(detail, "description", None).into_iter().collect(),
        url: Some(page_of(home, &key)),
        listed: detail.truth("expired").map(|expired| !expired),
        external_id: key,
        ..RawPosting::default()
    };
    if posting.posted_at.is_none() {
        read_age(detail, "age", answer, &mut posting);
    }
    Ok(posting)
}
