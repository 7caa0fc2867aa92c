//! Monster: saved pages of results and of postings, the data within them, exported lists, and alert mails.

use std::sync::LazyLock;

use pipeline_core::Result;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, RawPosting, Reading, Rejection, Source,
};
use serde_json::{Map, Value};
use url::Url;

use super::jobposting;
use super::json::{self, Fields};
use super::saved::{self, Cards, Markers, Site};

/// The source.
pub static SOURCE: Monster = Monster;

/// Monster.
#[derive(Debug)]
pub struct Monster;

static DESCRIPTION: Description = Description {
    name: "monster",
    title: "Monster",
    board: Some("address of a page of results, such as https://www.monster.com/jobs/search?q=…"),
    min_gap_ms: 10_000,
    min_interval_s: 21_600,
    needs_permission: true,
    terms: "The terms of use restrict automated use: only pages that a person saved, lists that a person exported and \
            mails that a person received are read, unless Monster permits more.",
    reference: "https://www.monster.com/inside/terms-of-use (no rate is stated; the gap is our own)",
    ..Description::BASE
};

pub(super) static CARDS: LazyLock<Cards> = LazyLock::new(|| {
    Cards::new(&Markers {
        card: "[data-testid='JobCard'], [data-testid='svx_jobCard'], [data-test-id='svx-job-card-component'], \
               [class*='job-cardstyle'], section.card-content, article",
        title: "[data-testid='jobTitle'], [data-testid='svx_jobCard-title'], [data-test-id='svx-job-title'], h2.title a, h3 a",
        parts: &[
            (
                "company",
                "[data-testid='company'], [data-testid='svx_jobCard-company'], [data-testid='JobCardCompany'], .company",
            ),
            (
                "location",
                "[data-testid='jobDetailLocation'], [data-testid='svx_jobCard-location'], [data-testid='JobCardLocation'], .location",
            ),
            ("salary", "[data-testid='svx_jobCard-salary'], [data-testid='JobCardSalary'], [data-testid='salary']"),
            ("posted", "[data-testid='jobDetailDateRecency'], [data-testid='svx_jobCard-date'], .meta time"),
        ],
        ids: &["data-job-id", "data-jobid", "data-postingid"],
        detail: &[
            ("title", "[data-testid='jobTitle'], h1"),
            ("company", "[data-testid='company'], [data-testid='company-name']"),
            ("location", "[data-testid='jobDetailLocation'], .location"),
            ("salary", "[data-testid='svx-jobview-salary'], [data-testid='salary']"),
            ("posted", "[data-testid='jobDetailDateRecency'], [data-testid='svx-jobview-posted']"),
            (
                "description",
                "[data-testid='svx-description-container-inner'], [data-testid='description-clamp-wrapper'], \
                 [data-testid='jobDescription'], .job-description, #JobDescription",
            ),
        ],
        place_unmarked: false,
    })
});

static SITE: Site = Site { brand: "monster", id_of, cards: &CARDS, data, lists: &["jobResults", "jobs"] };

const fn field(path: &'static str, types: &'static str) -> Field {
    Field { path, types, always: false, on_drift: OnDrift::DiscardValue }
}

const fn essential(path: &'static str, types: &'static str) -> Field {
    Field { path, types, always: true, on_drift: OnDrift::DiscardRow }
}

static CONTRACT: Contract = Contract {
    fields: &[
        essential("jobId", "string|number"),
        essential("jobPosting.title", "string"),
        field("jobPosting.description", "string"),
        field("jobPosting.datePosted", "string"),
        field("jobPosting.validThrough", "string"),
        field("jobPosting.url", "string"),
        field("jobPosting.jobLocation", "array|object"),
        field("jobPosting.hiringOrganization", "object"),
        field("jobPosting.hiringOrganization.name", "string"),
        field("jobPosting.employmentType", "array|string"),
        field("jobPosting.baseSalary", "object"),
        field("canonicalUrl", "string"),
        field("dateRecency", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "normalizedJobPosting",
        "apply",
        "brandingExt",
        "enrichments",
        "externalIdentifiers",
        "formattedDate",
        "fraudScoring",
        "ingestionMethod",
        "jobAd",
        "mesco",
        "now",
        "position",
        "provider",
        "schemaVersion",
        "seoJobId",
        "status",
        "createdDate",
        "updatedDate",
        "company",
        "location",
        "dataKey",
        "searchResultsPosition",
    ],
};

impl Source for Monster {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        SITE.start(board)
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        SITE.read(answer)
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        SITE.board_of(body)
    }
}

/// The posting that an address names: what stands after `--` at the end of its path, in every country's words.
fn id_of(url: &Url) -> Option<String> {
    let last = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    let (_, id) = last.rsplit_once("--").unwrap_or(("", last));
    let can_name = |id: &str| id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    can_name(id).then(|| id.to_ascii_lowercase())
}

fn data(data: &[Value], answer: &Answer<'_>) -> Option<std::result::Result<Reading, Rejection>> {
    let nested = |value: &Value| {
        value.get("jobPosting").is_some_and(Value::is_object) || value.get("normalizedJobPosting").is_some()
    };
    let mut found = Vec::new();
    data.iter().for_each(|data| saved::collect(data, &nested, &mut found));
    if !found.is_empty() {
        let jobs: Vec<Value> = found.into_iter().cloned().collect();
        return Some(json::contracted(&CONTRACT, &jobs, |job| posting(job, answer)));
    }
    let listed = match data {
        [Value::Array(list)] => Some(list),
        [Value::Object(object)] => {
            ["jobs", "results", "data", "items"].into_iter().find_map(|key| object.get(key)?.as_array())
        }
        _ => None,
    };
    let rows: Vec<Value> = listed.filter(|list| !list.is_empty())?.iter().map(renamed).collect();
    let is_row = |row: &Value| row.get("title").is_some() || row.get("url").is_some();
    rows.iter().any(is_row).then(|| SITE.cards(&rows, answer))
}

/// A row of an exported list under the names of a card.
fn renamed(row: &Value) -> Value {
    const NAMES: [(&str, &str); 16] = [
        ("job_title", "title"),
        ("Job Title", "title"),
        ("position", "title"),
        ("company_name", "company"),
        ("Company", "company"),
        ("Location", "location"),
        ("job_link", "url"),
        ("job_url", "url"),
        ("link", "url"),
        ("Job Link", "url"),
        ("pay", "salary"),
        ("date_posted", "posted"),
        ("posted_date", "posted"),
        ("datePosted", "posted"),
        ("job_type", "employment"),
        ("jobId", "id"),
    ];
    let Value::Object(fields) = row else { return row.clone() };
    let name = |name: &String| {
        NAMES.iter().find(|(theirs, _)| theirs == name).map_or(name.clone(), |(_, ours)| (*ours).to_owned())
    };
    let fields: Map<String, Value> = fields.iter().map(|(key, value)| (name(key), value.clone())).collect();
    Value::Object(fields)
}

fn posting(job: Fields<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
    let described = job.object("jobPosting").or_else(|| job.object("normalizedJobPosting"));
    let described =
        described.ok_or_else(|| job.reject("title-missing", "the record has no `jobPosting`").field("jobPosting"))?;
    let links = ["canonicalUrl", "jobPosting.url"].into_iter().filter_map(|path| job.text(path));
    let link = links.filter_map(|link| SITE.link(&link)).next();
    let mut posting = jobposting::posting(described, "", false)?;
    posting.external_id = match job.id("jobId") {
        Ok(id) => id.to_ascii_lowercase(),
        Err(rejection) => link.as_ref().map(|(id, _)| id.clone()).ok_or(rejection)?,
    };
    posting.url = link.map(|(_, url)| url);
    posting.apply_url = None;
    if posting.posted_at.is_none() {
        posting.posted_at = saved::relative_day(job, "dateRecency", answer.fetched_at);
    }
    Ok(posting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample::{posting_of, read, rule_of};

    #[test]
    fn half_a_place_of_an_exported_list_is_its_region_and_pay_stays_in_its_words() {
        let reading = read(
            &SOURCE,
            r#"[{"title":"Welder","company":"Tidewater","location":"NULL, IL","salary":"$65–$70 Per Hour",
              "url":"https://www.monster.com/job-openings/welder-chicago-il--0a1b2c3d-0000-4000-8000-000000000001?sid=SECRET"}]"#,
        );
        let posting = posting_of(&reading, 0);
        assert_eq!(posting.external_id, "0a1b2c3d-0000-4000-8000-000000000001");
        assert_eq!(posting.places[0].region.as_deref(), Some("IL"));
        assert_eq!(posting.pay[0].text.as_deref(), Some("$65–$70 Per Hour"));
        assert_eq!(
            posting.url.as_deref(),
            Some("https://www.monster.com/job-openings/welder-chicago-il--0a1b2c3d-0000-4000-8000-000000000001")
        );
    }

    #[test]
    fn a_posting_of_another_country_is_told_by_the_end_of_its_address() {
        let id = |url: &str| id_of(&Url::parse(url).expect("is an address"));
        assert!(
            id("https://www.monster.de/stellenangebot/pflegekraft-berlin--0a1b2c3d-0000-4000-8000-000000000001")
                .is_some()
        );
        assert_eq!(id("https://www.monster.com/jobs/search"), None);
        assert_eq!(id("https://www.monster.com/"), None);
    }

    #[test]
    fn a_page_whose_form_is_not_known_is_never_an_empty_list() {
        assert_eq!(rule_of(&SOURCE, "<html><body><p>Please enable JavaScript</p></body></html>"), saved::NO_KNOWN_FORM);
        assert_eq!(rule_of(&SOURCE, r#"[{"a":1}]"#), saved::NO_KNOWN_FORM);
        assert!(read(&SOURCE, r#"{"jobResults":[],"totalSize":0}"#).records.is_empty());
    }
}
