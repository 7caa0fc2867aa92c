//! Rows of results, from the data that a page of results carries.

use pipeline_core::source::{
    Answer, Contract, Field, OnDrift, RawPay, RawPlace, RawPosting, Rejection, Remote, Stated,
};
use rust_decimal::Decimal;
use serde_json::Value;
use url::Url;

use super::page::{page_of, read_age, remote_model};
use super::{is_key, is_own, joined};
use crate::sources::board::period_of;
use crate::sources::json::Fields;
use crate::sources::markup::section_at;
use crate::sources::pages::{self, EXCERPT};

const fn field(path: &'static str, types: &'static str, always: bool, on_drift: OnDrift) -> Field {
    Field { path, types, always, on_drift }
}

/// The form of a row of results.
pub(super) static RESULTS: Contract = Contract {
    fields: &[
        field("jobkey", "string", true, OnDrift::DiscardRow),
        field("title", "string", true, OnDrift::DiscardRow),
        field("displayTitle", "string", false, OnDrift::DiscardValue),
        field("company", "string", true, OnDrift::DiscardValue),
        field("formattedLocation", "string", true, OnDrift::DiscardValue),
        field("jobLocationCity", "string", false, OnDrift::DiscardValue),
        field("jobLocationState", "string", false, OnDrift::DiscardValue),
        field("remoteWorkModel", "object", false, OnDrift::DiscardValue),
        field("remoteWorkModel.type", "string", false, OnDrift::DiscardValue),
        field("remoteLocation", "boolean", false, OnDrift::DiscardValue),
        field("extractedSalary", "object", false, OnDrift::DiscardValue),
        field("extractedSalary.min", "number", false, OnDrift::DiscardValue),
        field("extractedSalary.max", "number", false, OnDrift::DiscardValue),
        field("extractedSalary.type", "string", false, OnDrift::DiscardValue),
        field("salarySnippet", "object", false, OnDrift::DiscardValue),
        field("salarySnippet.text", "string", false, OnDrift::DiscardValue),
        field("salarySnippet.currency", "string", false, OnDrift::DiscardValue),
        field("estimatedSalary", "object", false, OnDrift::DiscardValue),
        field("estimatedSalary.min", "number", false, OnDrift::DiscardValue),
        field("estimatedSalary.max", "number", false, OnDrift::DiscardValue),
        field("estimatedSalary.type", "string", false, OnDrift::DiscardValue),
        field("pubDate", "number", false, OnDrift::DiscardValue),
        field("createDate", "number", false, OnDrift::DiscardValue),
        field("formattedRelativeTime", "string", false, OnDrift::DiscardValue),
        field("thirdPartyApplyUrl", "string", false, OnDrift::DiscardValue),
        field("snippet", "string", false, OnDrift::DiscardValue),
        field("jobTypes", "array", false, OnDrift::DiscardValue),
        field("taxonomyAttributes", "array", false, OnDrift::DiscardValue),
        field("expired", "boolean", false, OnDrift::DiscardValue),
    ],
    unknown: OnDrift::Evolve,
    known: &[],
};

/// The fields of `row` that are read. It has more than a hundred others, about its display and about who looked at it,
/// which change every week.
pub(super) fn read_fields(row: &Value) -> Value {
    let Some(fields) = row.as_object() else { return row.clone() };
    let read = |name: &str| RESULTS.fields.iter().any(|field| field.path == name);
    let kept = |name: &String, value: &Value| match value.as_str().filter(|_| name == "thirdPartyApplyUrl") {
        // An address of Indeed's own ends in marks of who looked at it.
        Some(url) if Url::parse(url).is_ok_and(|url| is_own(&url)) => Value::from(url.split('?').next()),
        _ => value.clone(),
    };
    fields.iter().filter(|(name, _)| read(name)).map(|(name, value)| (name.clone(), kept(name, value))).collect()
}

/// One row of results.
pub(super) fn result(row: Fields<'_>, home: &str, answer: &Answer<'_>) -> Result<RawPosting, Rejection> {
    let key = row.id("jobkey")?;
    if !is_key(&key) {
        return Err(row.reject("id-missing", "`jobkey` is none").field("jobkey"));
    }
    let title = match row.text("displayTitle") {
        Some(title) if row.text("title").is_none() => title,
        _ => row.title("title")?,
    };
    let groups = row.objects("taxonomyAttributes");
    let labels = |group: &str| -> Vec<String> {
        let of_group = groups.iter().filter(|fields| fields.text("label").as_deref() == Some(group));
        of_group.flat_map(|fields| fields.objects("attributes")).filter_map(|label| label.text("label")).collect()
    };
    let mut posting = RawPosting {
        title,
        company: row.text("company"),
        places: place(row).into_iter().collect(),
        remote: remote(row, &labels("remote")),
        pay: pay(row),
        posted_at: row.instant("pubDate").or_else(|| row.instant("createDate")),
        employment: employment(row, &labels("job-types")),
        tags: labels("attributes"),
        sections: section_at(row, "snippet", None).into_iter().collect(),
        url: Some(page_of(home, &key)),
        apply_url: row.text("thirdPartyApplyUrl").and_then(|url| apply_url(&url, home, &key)),
        listed: row.truth("expired").map(|expired| !expired),
        external_id: key,
        ..RawPosting::default()
    };
    if posting.posted_at.is_none() {
        read_age(row, "formattedRelativeTime", answer, &mut posting);
    }
    if !posting.sections.is_empty() {
        posting.warnings.push(EXCERPT);
    }
    Ok(posting)
}

fn place(row: Fields<'_>) -> Option<RawPlace> {
    let place = RawPlace {
        field: "formattedLocation".to_owned(),
        text: row.text("formattedLocation"),
        city: row.text("jobLocationCity"),
        region: row.text("jobLocationState"),
        ..RawPlace::default()
    };
    (place.text.is_some() || place.city.is_some() || place.region.is_some()).then_some(place)
}

/// How the work is done. `remoteLocation` is false on postings whose model says otherwise, so that only true counts.
fn remote(row: Fields<'_>, labels: &[String]) -> Option<Stated<Remote>> {
    let model = row.text("remoteWorkModel.type").and_then(|model| remote_model(&model));
    let model = model.map(|remote| Stated::new(remote, "remoteWorkModel.type"));
    let label = || labels.iter().find_map(|label| pages::workplace(label));
    model
        .or_else(|| (row.truth("remoteLocation") == Some(true)).then(|| Stated::new(Remote::Remote, "remoteLocation")))
        .or_else(|| label().map(|remote| Stated::new(remote, "taxonomyAttributes")))
}

/// What the employer states, then Indeed's own guess.
fn pay(row: Fields<'_>) -> Vec<RawPay> {
    let currency = row.text("salarySnippet.currency");
    let amounts = |path: &str, currency: Option<String>| {
        let amount = |name: &str| row.decimal(&format!("{path}.{name}")).filter(|amount| *amount > Decimal::ZERO);
        let (min, max) = (amount("min"), amount("max"));
        (min.is_some() || max.is_some()).then(|| RawPay {
            field: path.to_owned(),
            min,
            max,
            currency,
            period: row.text(&format!("{path}.type")).and_then(|unit| period_of(&unit)),
            ..RawPay::default()
        })
    };
    let stated = amounts("extractedSalary", currency.clone()).or_else(|| {
        let text = row.text("salarySnippet.text")?;
        Some(RawPay {
            field: "salarySnippet.text".to_owned(),
            text: Some(text),
            currency: currency.clone(),
            ..RawPay::default()
        })
    });
    let guessed = |pay: RawPay| RawPay { predicted: true, ..pay };
    let estimate = row.text("salarySnippet.source").is_some_and(|source| source.to_uppercase().contains("ESTIMAT"));
    let stated = stated.map(|pay| if estimate { guessed(pay) } else { pay });
    let of_estimate = row.text("estimatedSalary.currency").or(currency);
    stated.into_iter().chain(amounts("estimatedSalary", of_estimate).map(guessed)).collect()
}

fn employment(row: Fields<'_>, labels: &[String]) -> Option<Stated<String>> {
    let types: Vec<String> = row
        .list("jobTypes")
        .iter()
        .filter_map(|kind| pipeline_core::read::text_of(kind).or_else(|| joined(kind.get("label"))))
        .collect();
    let (words, path) = if types.is_empty() { (labels.to_vec(), "taxonomyAttributes") } else { (types, "jobTypes") };
    (!words.is_empty()).then(|| Stated::new(words.join(", "), path))
}

/// Where to apply; of an address of Indeed's own only the key is kept.
fn apply_url(url: &str, home: &str, key: &str) -> Option<String> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(if is_own(&url) { format!("https://{home}/applystart?jk={key}") } else { url.into() })
}
