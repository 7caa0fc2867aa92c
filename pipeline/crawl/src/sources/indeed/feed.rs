//! The XML feeds that partners exchange with Indeed.

use pipeline_core::source::{
    Answer, Contract, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Rejection, Stated,
};
use serde_json::Value;

use super::joined;
use crate::sources::board::remote_of;
use crate::sources::jobfeed::Feed;
use crate::sources::json::{self, Fields};
use crate::sources::markup::section_at;
use crate::sources::pages;

const fn field(path: &'static str, always: bool, on_drift: OnDrift) -> Field {
    Field { path, types: "string", always, on_drift }
}

/// The form of a `job` of a feed.
static JOB: Contract = Contract {
    fields: &[
        field("referencenumber", true, OnDrift::DiscardRow),
        field("title", true, OnDrift::DiscardRow),
        field("company", true, OnDrift::DiscardValue),
        field("date", false, OnDrift::DiscardValue),
        field("expirationdate", false, OnDrift::DiscardValue),
        field("url", true, OnDrift::DiscardValue),
        field("city", false, OnDrift::DiscardValue),
        field("state", false, OnDrift::DiscardValue),
        field("country", false, OnDrift::DiscardValue),
        field("description", true, OnDrift::DiscardValue),
        field("salary", false, OnDrift::DiscardValue),
        field("remotetype", false, OnDrift::DiscardValue),
        Field { path: "jobtype", types: "string|array", always: false, on_drift: OnDrift::DiscardValue },
        Field { path: "category", types: "string|array", always: false, on_drift: OnDrift::DiscardValue },
        Field { path: "requisitionid", types: "string", always: false, on_drift: OnDrift::DiscardValue },
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "apijobid",
        "lastactivitydate",
        "sourcename",
        "postalcode",
        "streetaddress",
        "email",
        "education",
        "experience",
        "tracking_url",
        "indeed-apply-data",
        "sponsored",
        "budget",
        "phone",
        "contact",
        "employer",
        "facebookurl",
        "department",
    ],
};

/// What `feed` means.
pub(super) fn read(feed: &Feed, answer: &Answer<'_>) -> Result<Reading, Rejection> {
    let publisher = joined(feed.head.get("publisher")).unwrap_or_else(|| answer.board.to_owned());
    json::contracted(&JOB, &feed.jobs, |job| posting(job, &publisher))
}

fn posting(job: Fields<'_>, publisher: &str) -> Result<RawPosting, Rejection> {
    // A reference is the publisher's own, so that the publisher is part of the id.
    let reference = job.id("referencenumber")?;
    let title = job.title("title")?;
    let url = job.text("url").filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let words = |path: &'static str| joined(job.at(path)).map(|words| Stated::new(words, path));
    Ok(RawPosting {
        external_id: format!("{publisher}:{reference}"),
        role_key: job.text("requisitionid"),
        title,
        company: job.text("company"),
        places: place(job).into_iter().collect(),
        remote: job.text("remotetype").and_then(|word| remote(&word)).map(|remote| Stated::new(remote, "remotetype")),
        pay: job
            .text("salary")
            .map(|text| RawPay { field: "salary".to_owned(), text: Some(text), ..RawPay::default() })
            .into_iter()
            .collect(),
        posted_at: job.instant("date"),
        closes_at: job.instant("expirationdate"),
        employment: words("jobtype"),
        department: job.text("department"),
        tags: tags(job.at("category")),
        sections: section_at(job, "description", None).into_iter().collect(),
        apply_url: url.clone(),
        url,
        ..RawPosting::default()
    })
}

/// How the work is done; Indeed's own words are `Fully remote`, `Hybrid remote` and `COVID-19`, which says too little.
fn remote(word: &str) -> Option<pipeline_core::source::Remote> {
    remote_of(word).or_else(|| pages::workplace(word))
}

fn place(job: Fields<'_>) -> Option<RawPlace> {
    let (city, region, country) = (job.text("city"), job.text("state"), job.text("country"));
    (city.is_some() || region.is_some() || country.is_some()).then(|| RawPlace {
        field: "city, state, country".to_owned(),
        city,
        region,
        country,
        ..RawPlace::default()
    })
}

fn tags(category: Option<&Value>) -> Vec<String> {
    let words = joined(category).unwrap_or_default();
    words.split([',', ';']).filter_map(pipeline_core::read::filled).filter(|tag| tag.chars().count() <= 60).collect()
}
