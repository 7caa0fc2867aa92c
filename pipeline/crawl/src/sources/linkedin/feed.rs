//! The XML feeds that partners send to LinkedIn.

use pipeline_core::read;
use pipeline_core::source::{
    Answer, Contract, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Rejection, Stated,
};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::sources::board::period_of;
use crate::sources::jobfeed::Feed;
use crate::sources::json::{self, Fields};
use crate::sources::markup::section_at;
use crate::sources::pages;

const fn field(path: &'static str, types: &'static str, always: bool, on_drift: OnDrift) -> Field {
    Field { path, types, always, on_drift }
}

/// The form of a `job` of a feed, its names in lower case.
static JOB: Contract = Contract {
    fields: &[
        field("partnerjobid", "string", true, OnDrift::DiscardRow),
        field("title", "string", true, OnDrift::DiscardRow),
        field("company", "string", true, OnDrift::DiscardValue),
        field("description", "string", true, OnDrift::DiscardValue),
        field("location", "string", true, OnDrift::DiscardValue),
        field("applyurl", "string", true, OnDrift::DiscardValue),
        field("city", "string", false, OnDrift::DiscardValue),
        field("state", "string", false, OnDrift::DiscardValue),
        field("country", "string", false, OnDrift::DiscardValue),
        field("industries", "string|array|object", false, OnDrift::DiscardValue),
        field("jobfunctions", "string|array|object", false, OnDrift::DiscardValue),
        field("skills", "string|array|object", false, OnDrift::DiscardValue),
        field("experiencelevel", "string", false, OnDrift::DiscardValue),
        field("jobtype", "string|array", false, OnDrift::DiscardValue),
        field("workplacetypes", "string|array|object", false, OnDrift::DiscardValue),
        field("alternatelocations", "string|array|object", false, OnDrift::DiscardValue),
        field("salaries", "object|array", false, OnDrift::DiscardValue),
        field("listdate", "string", false, OnDrift::DiscardValue),
        field("expirationdate", "string", false, OnDrift::DiscardValue),
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "companyid",
        "companyjobcode",
        "postalcode",
        "companyurl",
        "companypageurl",
        "posteremail",
        "jobposteremail",
        "isremote",
        "salary",
        "traffictype",
        "companydescription",
        "skillsdescription",
        "howtoapply",
        "availability",
        "showposterinfo",
        "sourcedomain",
        "publishercode",
        "contract",
    ],
};

/// What `feed` means.
pub(super) fn read(feed: &Feed, answer: &Answer<'_>) -> Result<Reading, Rejection> {
    let publisher = feed.head.get("publisher").and_then(read::text_of).unwrap_or_else(|| answer.board.to_owned());
    let announced = feed.head.get("expectedjobcount").and_then(read::text_of).and_then(|count| count.parse().ok());
    let reading = json::contracted(&JOB, &feed.jobs, |job| posting(job, &publisher))?;
    Ok(Reading { announced, ..reading })
}

fn posting(job: Fields<'_>, publisher: &str) -> Result<RawPosting, Rejection> {
    // The id is the partner's own, so that the publisher is part of ours.
    let id = job.id("partnerjobid")?;
    let words = |path: &'static str| {
        let words = texts(job.at(path));
        (!words.is_empty()).then(|| Stated::new(words.join(", "), path))
    };
    let remote = texts(job.at("workplacetypes")).iter().find_map(|word| pages::workplace(word));
    let apply_url = job.text("applyurl").filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    Ok(RawPosting {
        external_id: format!("{publisher}:{id}"),
        title: job.title("title")?,
        company: job.text("company"),
        places: places(job),
        remote: remote.map(|remote| Stated::new(remote, "workplacetypes")),
        pay: pay(job),
        posted_at: job.instant("listdate"),
        closes_at: job.instant("expirationdate"),
        level: job.stated_text("experiencelevel"),
        employment: words("jobtype"),
        tags: ["jobfunctions", "industries", "skills"].into_iter().flat_map(|path| texts(job.at(path))).collect(),
        sections: section_at(job, "description", None).into_iter().collect(),
        apply_url,
        ..RawPosting::default()
    })
}

fn places(job: Fields<'_>) -> Vec<RawPlace> {
    let place = RawPlace {
        field: "location".to_owned(),
        text: job.text("location"),
        city: job.text("city"),
        region: job.text("state"),
        country: job.text("country"),
        ..RawPlace::default()
    };
    let known = place.text.is_some() || place.city.is_some() || place.region.is_some() || place.country.is_some();
    let others = texts(job.at("alternatelocations")).into_iter().map(|text| RawPlace::text(text, "alternatelocations"));
    known.then_some(place).into_iter().chain(others).collect()
}

/// Every text within `value`, in order, as far down as feeds nest.
fn texts(value: Option<&Value>) -> Vec<String> {
    let mut found = Vec::new();
    let mut left: Vec<&Value> = value.into_iter().collect();
    while let Some(value) = left.pop() {
        match value {
            Value::Array(list) => left.extend(list.iter().rev()),
            Value::Object(object) => left.extend(object.values().rev()),
            other => found.extend(read::text_of(other)),
        }
    }
    found
}

fn pay(job: Fields<'_>) -> Vec<RawPay> {
    let salaries = job.at("salaries");
    let list = salaries.and_then(|salaries| salaries.get("salary")).or(salaries);
    let list: Vec<&Value> = match list {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    list.into_iter().take(10).filter_map(|salary| one_pay(job, salary)).collect()
}

fn one_pay(job: Fields<'_>, salary: &Value) -> Option<RawPay> {
    let amount = |end: &str| {
        let value = json::at(salary, end)?;
        let number = value.get("amount").unwrap_or(value);
        let read = read::decimal_of(number).filter(|amount| *amount > Decimal::ZERO);
        if read.is_none() && read::text_of(number).is_some_and(|text| text != "0") {
            job.warn(json::NUMBER_UNREADABLE);
        }
        read
    };
    let currency = ["lowend.currencycode", "highend.currencycode", "currencycode"];
    let (min, max) = (amount("lowend"), amount("highend"));
    (min.is_some() || max.is_some()).then(|| RawPay {
        field: "salaries.salary".to_owned(),
        min,
        max,
        currency: currency.into_iter().find_map(|path| json::at(salary, path).and_then(read::text_of)),
        period: json::at(salary, "period").and_then(read::text_of).and_then(|period| period_of(&period)),
        ..RawPay::default()
    })
}
