//! Lever postings: a bare list, or one posting; its text is a description, titled lists and an ending.

use std::collections::BTreeSet;

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, Markup, OnDrift, RawPay, RawPlace, RawPosting, Reading,
    Rejection, Section, Source, Stated,
};
use pipeline_core::{Error, Result};
use serde_json::Value;
use url::Url;

use super::json::{self, Fields};
use super::{board, hosts};

/// The source.
pub static SOURCE: Lever = Lever;

/// Lever postings.
pub struct Lever;

static DESCRIPTION: Description = Description {
    name: "lever",
    title: "Lever",
    board: Some("site, as in jobs.lever.co/SITE; parameter `region = \"eu\"` for jobs.eu.lever.co"),
    ids_are_global: true,
    min_gap_ms: 1_000,
    min_interval_s: 3_600,
    secrets: &[],
    listing_is_complete: true,
    terms: "Public Postings API, read without a key; postings belong to their employer, so link to the original page.",
    reference: "https://github.com/lever/postings-api (no limit on GET is stated; the gap is our own)",
    ..Description::BASE
};

/// Kinds of contract, without spaces and hyphens.
const COMMITMENTS: [&str; 8] =
    ["fulltime", "parttime", "contract", "internship", "intern", "temporary", "permanent", "freelance"];

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "string"),
        Field::essential("text", "string"),
        Field::value("categories", "object"),
        Field::value("categories.location", "string"),
        Field::value("categories.allLocations", "array"),
        Field::value("categories.commitment", "string"),
        Field::value("categories.department", "string"),
        Field::value("categories.team", "string"),
        Field::value("categories.level", "string"),
        Field::value("country", "string"),
        Field::value("workplaceType", "string"),
        Field::value("createdAt", "number"),
        Field::value("updatedAt", "number"),
        Field::value("salaryRange", "object"),
        Field::value("salaryRange.min", "number|string"),
        Field::value("salaryRange.max", "number|string"),
        Field::value("salaryRange.currency", "string"),
        Field::value("salaryRange.interval", "string"),
        Field::value("salaryDescription", "string"),
        Field::value("salaryDescriptionPlain", "string"),
        Field::value("description", "string"),
        Field::value("descriptionPlain", "string"),
        Field::value("opening", "string"),
        Field::value("openingPlain", "string"),
        Field::value("descriptionBody", "string"),
        Field::value("descriptionBodyPlain", "string"),
        Field::value("lists", "array"),
        Field::value("lists[].text", "string"),
        Field::value("lists[].content", "string"),
        Field::value("additional", "string"),
        Field::value("additionalPlain", "string"),
        Field::expected("hostedUrl", "string"),
        Field::value("applyUrl", "string"),
        Field::value("tags", "array"),
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "reqCode",
        "state",
        "distributionChannels",
        "requisitionCodes",
        "owner",
        "hiringManager",
        "confidentiality",
        "content",
        "urls",
    ],
};

impl Source for Lever {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        let hosted = |host: &str| hosts::is_at(url, &[host]).then(|| hosts::segments(url).into_iter().next()).flatten();
        let asked = |host: &str| hosts::is_at(url, &[host]).then(|| hosts::after(url, &["v0", "postings"])).flatten();
        if let Some(site) = hosted("jobs.lever.co").or_else(|| asked("api.lever.co")) {
            return hosts::named(site);
        }
        let site = hosted("jobs.eu.lever.co").or_else(|| asked("api.eu.lever.co"))?;
        Some(hosts::with(hosts::named(site)?, "region", "eu"))
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let site = board::token(board, DESCRIPTION.name, &["region"])?;
        let base = match board.parameters.get("region").map(String::as_str) {
            None | Some("us" | "global") => "https://api.lever.co/v0/postings",
            Some("eu") => "https://api.eu.lever.co/v0/postings",
            Some(other) => {
                return Err(
                    Error::config(format!("lever board `{site}` has the region `{other}`")).hint("use `eu` or `us`")
                );
            }
        };
        Ok(vec![Ask::get(format!("{}?mode=json", board::address_of(base, &[site])?))])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let list = match &body.value {
            Value::Array(list) => list.as_slice(),
            value if value.get("text").is_some() => std::slice::from_ref(value),
            value => {
                return Err(body.wrong_shape(format!("the body should be a list and is {}", json::type_name(value))));
            }
        };
        let detail = !body.value.is_array();
        Ok(Reading { detail, ..json::contracted(&CONTRACT, list, |fields| posting(fields, answer.board))? })
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let hosts = ["jobs.lever.co", "jobs.eu.lever.co"];
        board::find_in(body, "", |job| board::segment_of(job.get("hostedUrl")?.as_str()?, &hosts, 0))
    }
}

fn posting(job: Fields<'_>, board: &str) -> Result<RawPosting, Rejection> {
    let mut posting = RawPosting {
        external_id: job.id("id")?,
        title: job.title("text")?,
        places: places(job),
        remote: job
            .text("workplaceType")
            .and_then(|words| board::remote_of(&words))
            .map(|how| Stated::new(how, "workplaceType")),
        pay: pay(job),
        posted_at: job.instant("createdAt"),
        updated_at: job.instant("updatedAt"),
        employment: employment(job),
        level: job.stated_text("categories.level"),
        department: job.text("categories.department").or_else(|| job.text("categories.team")),
        tags: job.texts("tags"),
        sections: sections(job),
        url: job.text("hostedUrl"),
        apply_url: job.text("applyUrl"),
        listed: Some(true),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, board);
    Ok(posting)
}

/// All locations, the main one first; `country` speaks of the main one alone.
fn places(job: Fields<'_>) -> Vec<RawPlace> {
    let main = job.text("categories.location").filter(|text| !is_commitment(text));
    let country = job.text("country");
    let mut places: Vec<RawPlace> = Vec::new();
    if main.is_some() || country.is_some() {
        let field = if main.is_some() { "categories.location" } else { "country" };
        places.push(RawPlace { field: field.to_owned(), text: main.clone(), country, ..RawPlace::default() });
    }
    let mut seen: BTreeSet<String> = main.into_iter().collect();
    for text in job.texts("categories.allLocations") {
        if !is_commitment(&text) && seen.insert(text.clone()) {
            places.push(RawPlace::text(text, "categories.allLocations[]"));
        }
    }
    places
}

/// The kind of contract; some employers write it where the place belongs.
fn employment(job: Fields<'_>) -> Option<Stated<String>> {
    job.stated_text("categories.commitment").or_else(|| {
        let misplaced = job.stated_text("categories.location").filter(|text| is_commitment(&text.value))?;
        job.warn("employment-in-place");
        Some(misplaced)
    })
}

/// Whether `text` names a kind of contract and no place.
fn is_commitment(text: &str) -> bool {
    let letters: String = text.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    COMMITMENTS.contains(&letters.as_str())
}

fn pay(job: Fields<'_>) -> Vec<RawPay> {
    let Some(range) = job.object("salaryRange") else {
        let words = job.text("salaryDescriptionPlain");
        return words
            .map(|text| RawPay { field: "salaryDescriptionPlain".to_owned(), text: Some(text), ..RawPay::default() })
            .into_iter()
            .collect();
    };
    let amount = |field| range.decimal(field).filter(|amount| !amount.is_zero());
    let (min, max) = (amount("min"), amount("max"));
    if min.is_none() && max.is_none() {
        return Vec::new();
    }
    let interval = range.text("interval");
    let period = interval.as_deref().and_then(board::period_of);
    if interval.is_some() && period.is_none() {
        range.warn("pay-period-unknown");
    }
    vec![RawPay {
        field: "salaryRange".to_owned(),
        min,
        max,
        currency: range.text("currency"),
        period,
        kind: interval.as_deref().map(board::kind_by_interval).unwrap_or_default(),
        ..RawPay::default()
    }]
}

fn sections(job: Fields<'_>) -> Vec<Section> {
    let mut sections = Vec::new();
    sections.extend(twin(job, "description", "descriptionPlain"));
    for list in job.objects("lists") {
        if let Some(body) = list.text("content") {
            let field = "lists[].content".to_owned();
            sections.push(Section { field, heading: list.text("text"), body, markup: Markup::Html });
        }
    }
    sections.extend(twin(job, "additional", "additionalPlain"));
    sections.extend(twin(job, "salaryDescription", "salaryDescriptionPlain"));
    sections
}

/// The text of the field `html`, or of its plain twin.
fn twin(job: Fields<'_>, html: &str, plain: &str) -> Option<Section> {
    let section = |field: &str, markup| {
        job.text(field).map(|body| Section { field: field.to_owned(), heading: None, body, markup })
    };
    section(html, Markup::Html).or_else(|| section(plain, Markup::Plain))
}

#[cfg(test)]
mod tests {
    use pipeline_core::money::Period;
    use pipeline_core::source::{PayKind, Remote};

    use super::*;
    use crate::sources::testing::{boards_at, postings, read_with, rules};

    #[test]
    fn the_country_belongs_to_the_main_place_alone() {
        let found = postings(
            &SOURCE,
            r#"[{"id":"a","text":"T","country":"DE","categories":{"location":"Berlin","allLocations":["Berlin","Paris"]}}]"#,
        );
        let places: Vec<_> =
            found[0].places.iter().map(|place| (place.text.as_deref(), place.country.as_deref())).collect();
        assert_eq!(places, [(Some("Berlin"), Some("DE")), (Some("Paris"), None)]);
    }

    #[test]
    fn a_kind_of_contract_in_the_place_of_a_place_is_no_place() {
        let found = postings(
            &SOURCE,
            r#"[{"id":"a","text":"T","categories":{"location":"Full-time","allLocations":["Full-time"]}}]"#,
        );
        assert!(found[0].places.is_empty());
        assert_eq!(found[0].employment.as_ref().map(|kind| kind.value.as_str()), Some("Full-time"));
        assert!(found[0].warnings.contains(&"employment-in-place"));
    }

    #[test]
    fn titled_lists_stand_between_description_and_ending() {
        let found = postings(
            &SOURCE,
            r#"[{"id":"a","text":"T","description":"<p>d</p>","descriptionPlain":"d","lists":[{"text":"You","content":"<li>x</li>"}],"additionalPlain":"end"}]"#,
        );
        let parts: Vec<_> = found[0].sections.iter().map(|part| (part.field.as_str(), part.markup)).collect();
        assert_eq!(
            parts,
            [("description", Markup::Html), ("lists[].content", Markup::Html), ("additionalPlain", Markup::Plain)]
        );
    }

    #[test]
    fn a_one_time_sum_is_not_base_pay() {
        let found = postings(
            &SOURCE,
            r#"[{"id":"a","text":"T","createdAt":1778043600000,"salaryRange":{"min":1,"max":2,"currency":"USD","interval":"per-year-salary"}},
                {"id":"b","text":"T","salaryRange":{"max":2,"currency":"USD","interval":"one-time"}}]"#,
        );
        assert_eq!((found[0].pay[0].period, found[0].pay[0].kind), (Some(Period::Year), PayKind::Base));
        assert_eq!((found[1].pay[0].period, found[1].pay[0].kind), (None, PayKind::Other));
        assert_eq!(found[0].posted_at.as_ref().map(|at| at.value.to_string()).as_deref(), Some("2026-05-06T05:00:00Z"));
    }

    #[test]
    fn an_unspecified_workplace_stays_unknown() {
        let found = postings(
            &SOURCE,
            r#"[{"id":"a","text":"T","workplaceType":"unspecified"},{"id":"b","text":"T","workplaceType":"on-site"}]"#,
        );
        assert_eq!(found[0].remote, None);
        assert_eq!(found[1].remote.as_ref().map(|how| how.value), Some(Remote::Onsite));
    }

    #[test]
    fn a_bad_record_never_stops_its_neighbours() {
        let reading =
            read_with(&SOURCE, r#"[{"id":"a","text":"T"},null,{"id":"b"},{"text":"T"},{"id":"c","text":[]}]"#)
                .expect("is a list");
        assert_eq!(rules(&reading), ["ok", "not-an-object", "title-missing", "id-missing", "type-changed"]);
    }

    #[test]
    fn an_error_is_a_wrong_shape_and_an_empty_list_is_a_reading() {
        let rejection = read_with(&SOURCE, r#"{"ok":false,"error":"Document not found"}"#).expect_err("is an error");
        assert_eq!(rejection.rule, "wrong-shape");
        assert!(read_with(&SOURCE, "[]").is_ok_and(|reading| reading.records.is_empty()));
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://jobs.lever.co/acme/5e1c/apply",
                "https://jobs.lever.co/acme?department=Care",
                "https://jobs.eu.lever.co/acme",
                "https://api.lever.co/v0/postings/acme?mode=json",
                "https://api.eu.lever.co/v0/postings/acme/5e1c",
            ],
        );
        assert_eq!(found, ["acme", "acme", "acme region=eu", "acme", "acme region=eu",]);
        let none = boards_at(
            &SOURCE,
            &[
                "https://jobs.lever.co/",
                "https://api.lever.co/v0/postings",
                "https://www.lever.co/acme",
                "https://jobs.lever.co.evil.example/acme",
            ],
        );
        assert_eq!(none, [""; 4]);
    }
}
