//! SmartRecruiters postings: a paged list without text, and a detail of each posting with it.

use pipeline_core::Result;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, Markup, OnDrift, POSTING, RawPlace, RawPosting, Reading, Record,
    Rejection, Remote, Section, Source, Stated,
};
use serde_json::Value;
use url::Url;

use super::json::{self, Body, Fields};
use super::{board, hosts};

/// The source.
pub static SOURCE: SmartRecruiters = SmartRecruiters;

/// SmartRecruiters postings.
pub struct SmartRecruiters;

static DESCRIPTION: Description = Description {
    name: "smartrecruiters",
    title: "SmartRecruiters",
    board: Some("company identifier, as in careers.smartrecruiters.com/COMPANY"),
    ids_are_global: true,
    min_gap_ms: 1_000,
    min_interval_s: 21_600,
    secrets: &[],
    listing_is_complete: true,
    terms: "Public Posting API, read without a key; its robots.txt is said to disallow crawling, so it is obeyed as found.",
    reference: "https://developers.smartrecruiters.com/docs/posting-api (10 requests a second by report; we ask for one)",
    ..Description::BASE
};

/// Where the API's addresses of companies start.
const COMPANIES: &str = "https://api.smartrecruiters.com/v1/companies";
/// Rows of one page, the most that the API gives.
const PAGE: u64 = 100;
/// Rows after which paging ends whatever the API announces.
const MOST_ROWS: u64 = 100_000;
/// The parts of a posting's text, in order.
const PARTS: [&str; 4] = ["companyDescription", "jobDescription", "qualifications", "additionalInformation"];

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "string|number"),
        Field::essential("name", "string"),
        Field::value("company", "object"),
        Field::value("company.name", "string"),
        Field::value("company.identifier", "string"),
        Field::value("location", "object"),
        Field::value("location.city", "string"),
        Field::value("location.region", "string"),
        Field::value("location.country", "string"),
        Field::value("location.remote", "boolean"),
        Field::value("location.hybrid", "boolean"),
        Field::value("location.fullLocation", "string"),
        Field::value("releasedDate", "string"),
        Field::value("department", "object"),
        Field::value("function", "object"),
        Field::value("typeOfEmployment", "object"),
        Field::value("experienceLevel", "object"),
        Field::value("visibility", "string"),
        Field::value("active", "boolean"),
        Field::value("postingUrl", "string"),
        Field::value("applyUrl", "string"),
        Field::value("refNumber", "string|number"),
        Field::value("jobAd", "object"),
        Field::value("workplaceType", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "uuid",
        "jobAdId",
        "defaultJobAd",
        "industry",
        "customField",
        "ref",
        "creator",
        "language",
        "remote",
        "shortLocation",
        "referralUrl",
        "posting",
    ],
};

impl Source for SmartRecruiters {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        if hosts::is_at(url, &["api.smartrecruiters.com"]) {
            return hosts::named(hosts::after(url, &["v1", "companies"])?);
        }
        if !hosts::is_at(url, &["careers.smartrecruiters.com", "jobs.smartrecruiters.com"]) {
            return None;
        }
        let company = hosts::after(url, &["oneclick-ui", "company"]).or_else(|| hosts::parameter(url, "company"));
        let first = || hosts::segments(url).into_iter().next();
        let own = |name: &String| !matches!(name.as_str(), "oneclick-ui" | "sr-jobs" | "ni" | "api" | "static");
        hosts::named(company.or_else(|| first().filter(own))?)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let company = board::token(board, DESCRIPTION.name, &[])?;
        Ok(vec![page(company, 0)?])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let posting = |fields: Fields<'_>| posting(fields, answer.board);
        if body.value.get("content").is_none() && body.value.get("name").is_some() {
            return Ok(Reading {
                records: vec![json::record(&body.value, posting)],
                detail: true,
                ..Reading::default()
            });
        }
        let rows = body.list("content")?;
        if answer.context.get(board::CRAWL).is_some_and(|crawl| crawl == "1") {
            return follow(answer, &body, rows);
        }
        let announced = json::at(&body.value, "totalFound").and_then(Value::as_u64);
        Ok(Reading { announced, ..json::contracted(&CONTRACT, rows, posting)? })
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        board::find_in(body, "content", |row| {
            json::at(row, "company.identifier").and_then(Value::as_str).map(str::to_owned)
        })
    }
}

/// The ask for the page of `company` that starts at row `offset`.
fn page(company: &str, offset: u64) -> Result<Ask> {
    let url = board::address_of(COMPANIES, &[company, "postings"])?;
    Ok(Ask::get(format!("{url}?limit={PAGE}&offset={offset}")).with(board::CRAWL, 1).with("offset", offset))
}

/// The ask for the posting `id` of `company`.
fn detail(company: &str, id: &str) -> Result<Ask> {
    Ok(Ask::get(board::address_of(COMPANIES, &[company, "postings", id])?).with(POSTING, id))
}

/// What a crawled page leads to: the detail of each row, and the next page.
fn follow(answer: &Answer<'_>, body: &Body<'_>, rows: &[Value]) -> std::result::Result<Reading, Rejection> {
    let unusable = |error: pipeline_core::Error| body.wrong_shape(error.chain());
    let announced = json::at(&body.value, "totalFound").and_then(Value::as_u64);
    let findings = json::departures(&CONTRACT, rows);
    let mut reading = Reading { announced, findings, ..Reading::default() };
    for row in rows {
        match json::essential_id(row, "id") {
            Ok(id) => reading.next.push(detail(answer.board, &id).map_err(unusable)?),
            Err(rejection) => reading.records.push(Record::Rejected(rejection)),
        }
    }
    let offset = answer.context.get("offset").and_then(|offset| offset.parse::<u64>().ok()).unwrap_or(0);
    let seen = offset.saturating_add(rows.len() as u64);
    let more = reading.announced.is_some_and(|total| seen < total) && !rows.is_empty() && seen < MOST_ROWS;
    if more {
        reading.next.push(page(answer.board, seen).map_err(unusable)?);
    }
    Ok(reading)
}

fn posting(job: Fields<'_>, board: &str) -> std::result::Result<RawPosting, Rejection> {
    let external_id = job.id("id")?;
    let title = job.title("name")?;
    let url = job.text("postingUrl").or_else(|| public_url(job, board, &external_id));
    let mut posting = RawPosting {
        external_id,
        title,
        role_key: job.text("refNumber"),
        company: job.text("company.name"),
        places: place(job).into_iter().collect(),
        remote: remote(job),
        posted_at: job.instant("releasedDate"),
        level: level(job),
        employment: label(job, "typeOfEmployment"),
        department: label(job, "department").or_else(|| label(job, "function")).map(|stated| stated.value),
        sections: sections(job),
        apply_url: job.text("applyUrl").or_else(|| url.clone()),
        url,
        listed: listed(job),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, board);
    Ok(posting)
}

/// The page of a posting, which list rows do not state.
fn public_url(job: Fields<'_>, board: &str, id: &str) -> Option<String> {
    let company = job.text("company.identifier").or_else(|| (!board.is_empty()).then(|| board.to_owned()))?;
    board::address_of("https://jobs.smartrecruiters.com", &[&company, id]).ok().map(String::from)
}

fn label(job: Fields<'_>, field: &str) -> Option<Stated<String>> {
    let path = format!("{field}.label");
    job.stated_text(&path)
}

fn level(job: Fields<'_>) -> Option<Stated<String>> {
    label(job, "experienceLevel").filter(|level| !level.value.eq_ignore_ascii_case("not applicable"))
}

fn place(job: Fields<'_>) -> Option<RawPlace> {
    let location = job.object("location")?;
    let place = RawPlace {
        field: "location".to_owned(),
        text: location.text("fullLocation"),
        city: location.text("city"),
        region: location.text("region"),
        country: location.text("country"),
        latitude: location.float("latitude"),
        longitude: location.float("longitude"),
    };
    let known = place.text.is_some() || place.city.is_some() || place.region.is_some() || place.country.is_some();
    known.then_some(place)
}

/// Only a flag that is set says something: both are false where the employer never chose.
fn remote(job: Fields<'_>) -> Option<Stated<Remote>> {
    let set = |path: &str| (job.truth(path) == Some(true)).then(|| path.to_owned());
    let flag = |path, how| set(path).map(|field| Stated::new(how, field));
    flag("location.hybrid", Remote::Hybrid)
        .or_else(|| flag("location.remote", Remote::Remote))
        .or_else(|| flag("remote", Remote::Remote))
        .or_else(|| {
            let how = board::remote_of(&job.text("workplaceType")?)?;
            Some(Stated::new(how, "workplaceType"))
        })
}

fn listed(job: Fields<'_>) -> Option<bool> {
    let active = job.truth("active");
    let public = job.text("visibility").map(|visibility| visibility.eq_ignore_ascii_case("public"));
    match (active, public) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (None, None) => None,
        _ => Some(true),
    }
}

fn sections(job: Fields<'_>) -> Vec<Section> {
    let Some(parts) = job.object("jobAd").and_then(|ad| ad.object("sections")) else { return Vec::new() };
    let sections = PARTS.iter().filter_map(|part| {
        let (heading, body) = match parts.at(part)? {
            Value::String(_) => (None, parts.text(part)),
            _ => (parts.text(&format!("{part}.title")), parts.text(&format!("{part}.text"))),
        };
        Some(Section { field: format!("jobAd.sections.{part}"), heading, body: body?, markup: Markup::Html })
    });
    sections.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, postings, read_crawled, read_with, rules};

    const PAGE_OF_TWO: &str =
        r#"{"offset":0,"limit":100,"totalFound":3,"content":[{"id":"1","name":"A"},{"name":"B"}]}"#;

    #[test]
    fn a_crawled_page_asks_for_details_and_the_next_page_and_writes_no_half_posting() {
        let context = [("crawl", "1"), ("offset", "0")];
        let reading = read_crawled(&SOURCE, "acme", PAGE_OF_TWO, &context).expect("is a page");
        let urls: Vec<_> = reading.next.iter().map(|ask| ask.url.as_str()).collect();
        assert_eq!(
            urls,
            [
                "https://api.smartrecruiters.com/v1/companies/acme/postings/1",
                "https://api.smartrecruiters.com/v1/companies/acme/postings?limit=100&offset=2"
            ]
        );
        assert_eq!(rules(&reading), ["id-missing"]);
        assert_eq!(reading.announced, Some(3));
    }

    #[test]
    fn an_imported_page_gives_its_rows_without_text() {
        let reading = read_with(&SOURCE, PAGE_OF_TWO).expect("is a page");
        assert_eq!(rules(&reading), ["ok", "id-missing"]);
        assert!(reading.next.is_empty());
    }

    #[test]
    fn an_empty_page_ends_the_paging_whatever_is_announced() {
        let body = r#"{"totalFound":900,"content":[]}"#;
        let reading = read_crawled(&SOURCE, "acme", body, &[("crawl", "1"), ("offset", "100")]).expect("is a page");
        assert!(reading.next.is_empty());
    }

    #[test]
    fn an_id_cannot_lead_to_another_address() {
        let body = r#"{"totalFound":1,"content":[{"id":"../../../evil?x=1","name":"A"}]}"#;
        let reading = read_crawled(&SOURCE, "acme", body, &[("crawl", "1")]).expect("is a page");
        assert!(reading.next[0].url.starts_with("https://api.smartrecruiters.com/v1/companies/acme/postings/..%2F"));
    }

    #[test]
    fn coordinates_as_text_and_flags_that_are_set_are_read() {
        let found = postings(
            &SOURCE,
            r#"{"id":"1","name":"A","location":{"city":"Lyon","country":"fr","latitude":"45.75","longitude":"4.85","remote":false,"hybrid":true},
              "department":{},"experienceLevel":{"id":"not_applicable","label":"Not Applicable"},"active":true,
              "jobAd":{"sections":{"jobDescription":{"title":"Job","text":"<p>x</p>"},"qualifications":{"title":"Q","text":""}}}}"#,
        );
        assert_eq!(found[0].places[0].latitude, Some(45.75));
        assert_eq!(found[0].remote.as_ref().map(|remote| remote.value), Some(Remote::Hybrid));
        assert_eq!((found[0].level.as_ref(), found[0].department.as_ref()), (None, None));
        assert_eq!(found[0].sections.len(), 1);
        assert!(!found[0].warnings.contains(&json::WRONG_TYPE));
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://careers.smartrecruiters.com/Acme1",
                "https://jobs.smartrecruiters.com/Acme1/744000012345-nurse",
                "https://jobs.smartrecruiters.com/oneclick-ui/company/Acme1/publication/7c",
                "https://jobs.smartrecruiters.com/sr-jobs/search?company=Acme1",
                "https://api.smartrecruiters.com/v1/companies/Acme1/postings?limit=10",
            ],
        );
        assert_eq!(found, ["Acme1", "Acme1", "Acme1", "Acme1", "Acme1",]);
        let none = boards_at(
            &SOURCE,
            &[
                "https://careers.smartrecruiters.com/",
                "https://www.smartrecruiters.com/Acme1",
                "https://jobs.smartrecruiters.com/sr-jobs/search",
                "https://api.smartrecruiters.com/v1/companies",
            ],
        );
        assert_eq!(none, [""; 4]);
    }
}
