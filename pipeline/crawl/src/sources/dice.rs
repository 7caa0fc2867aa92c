//! Dice: saved pages of results and of postings, the data within them, and alert mails.

use std::sync::LazyLock;

use pipeline_core::Result;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, RawPosting, Reading, Rejection, Remote, Source, Stated,
};
use serde_json::Value;
use url::Url;

use super::json::{self, Fields};
use super::saved::{self, Cards, Markers, Site};
use super::{board, markup};

/// The source.
pub static SOURCE: Dice = Dice;

/// Dice.
#[derive(Debug)]
pub struct Dice;

static DESCRIPTION: Description = Description {
    name: "dice",
    title: "Dice",
    board: Some("address of a page of results, such as https://www.dice.com/jobs?q=…"),
    min_gap_ms: 10_000,
    min_interval_s: 21_600,
    needs_permission: true,
    terms: "The terms restrict automated use: only pages that a person saved and mails that a person received are read, \
            unless Dice permits more.",
    reference: "https://www.dice.com/about/terms-and-conditions (no rate is stated; the gap is our own)",
    ..Description::BASE
};

pub(super) static CARDS: LazyLock<Cards> = LazyLock::new(|| {
    Cards::new(&Markers {
        card: "[data-testid='job-card'], [data-testid='grouped-job-entry'], [data-job-guid], div.search-card, dhi-search-card",
        title: "[data-testid='job-search-job-detail-link'], [data-testid='grouped-job-entry-title'], \
                [data-cy='card-title-link'], .card-title-link",
        parts: &[
            (
                "company",
                "[data-testid='job-card-company-name'], [data-cy='search-result-company-name'], .card-company a, \
                 a[href*='/company-profile'] p",
            ),
            (
                "location",
                "[data-testid='job-card-location'], [data-cy='search-result-location'], .search-result-location",
            ),
            ("salary", "#salary-label, [id^='salary-label'], [data-testid='job-card-salary']"),
            (
                "employment",
                "#employmentType-label, [id^='employmentType-label'], [data-cy='search-result-employment-type']",
            ),
            ("posted", "[data-cy='card-posted-date'], .posted-date"),
            ("description", "[data-testid='job-card-summary'], [data-cy='card-summary'], .card-description"),
        ],
        ids: &["data-job-guid"],
        detail: &[
            ("title", "[data-cy='jobTitle'], [data-testid='jobTitle'], h1"),
            ("company", "[data-cy='companyNameLink'], [data-testid='companyName'], a[href*='/company-profile']"),
            ("location", "[data-cy='location'], [data-testid='jobLocation'], [data-cy='locationDetails']"),
            ("salary", "[data-cy='payDetails'], [data-testid='payDetails']"),
            ("employment", "[data-cy='employmentDetails'], [data-testid='employmentDetails']"),
            ("posted", "[data-cy='postedDate'], #timeAgo, dhi-time-ago"),
            ("description", "[data-testid='jobDescriptionHtml'], [data-testid='jobDescription'], #jobDescription"),
        ],
        place_unmarked: true,
    })
});

static SITE: Site =
    Site { brand: "dice", id_of, cards: &CARDS, data, lists: &["jobList.data", "jobResults", "jobs", "data"] };

const fn field(path: &'static str, types: &'static str) -> Field {
    Field { path, types, always: false, on_drift: OnDrift::DiscardValue }
}

const fn essential(path: &'static str, types: &'static str) -> Field {
    Field { path, types, always: true, on_drift: OnDrift::DiscardRow }
}

static CONTRACT: Contract = Contract {
    fields: &[
        essential("guid", "string"),
        essential("title", "string"),
        field("companyName", "string"),
        field("jobLocation", "object"),
        field("jobLocation.displayName", "string"),
        field("salary", "string"),
        field("postedDate", "string|number"),
        field("modifiedDate", "string|number"),
        field("employmentType", "string"),
        field("isRemote", "boolean"),
        field("workplaceTypes", "array"),
        field("detailsPageUrl", "string"),
        field("summary", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "__typename",
        "id",
        "companyPageUrl",
        "companyLogoUrl",
        "companyLogoUrlOptimized",
        "clientBrandId",
        "easyApply",
        "employerType",
        "jobId",
        "positionId",
        "dicePositionId",
        "score",
        "willingToSponsor",
        "highlightedText",
        "isHighlighted",
        "jobMetadata",
        "debugMode",
        "workFromHomeAvailability",
        "diceId",
        "logoUrl",
    ],
};

impl Source for Dice {
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

/// The posting that an address names: `/job-detail/GUID`, in older ones `/jobs/detail/WORDS/COMPANY/POSITION`.
fn id_of(url: &Url) -> Option<String> {
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["job-detail", guid, ..] if guid.len() >= 8 => Some(guid.to_ascii_lowercase()),
        ["jobs", "detail", .., company, position] => Some(format!("{company}/{position}")),
        _ => None,
    }
}

fn data(data: &[Value], answer: &Answer<'_>) -> Option<std::result::Result<Reading, Rejection>> {
    let wanted = |value: &Value| {
        value.get("guid").is_some()
            && ["detailsPageUrl", "companyName", "jobLocation"].iter().any(|key| value.get(key).is_some())
            || value.get("detailsPageUrl").is_some() && value.get("companyName").is_some()
    };
    let mut found: Vec<&Value> = Vec::new();
    data.iter().for_each(|data| saved::collect(data, &wanted, &mut found));
    let mut seen = std::collections::BTreeSet::new();
    let guid = |job: &Value| job.get("guid").and_then(Value::as_str).map(str::to_owned);
    let jobs: Vec<Value> =
        found.into_iter().filter(|job| guid(job).is_none_or(|guid| seen.insert(guid))).cloned().collect();
    (!jobs.is_empty()).then(|| json::contracted(&CONTRACT, &jobs, |job| posting(job, answer)))
}

fn posting(job: Fields<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
    let id = job.id("guid")?.to_ascii_lowercase();
    let link = job.text("detailsPageUrl").and_then(|link| SITE.link(&link)).filter(|(of, _)| *of == id);
    let mut posting = RawPosting {
        title: job.title("title")?,
        posted_at: saved::relative_day(job, "postedDate", answer.fetched_at),
        updated_at: job.instant("modifiedDate"),
        employment: job.stated_text("employmentType"),
        pay: saved::pay_in_words(job, "salary"),
        url: link.map(|(_, url)| url),
        external_id: id,
        ..RawPosting::default()
    };
    saved::name_employer(&mut posting, job, "companyName");
    saved::place(&mut posting, job, "jobLocation.displayName");
    posting.remote = remote(job).or(posting.remote);
    if let Some(summary) = markup::section_at(job, "summary", None) {
        job.warn("description-in-part");
        posting.sections.push(summary);
    }
    Ok(posting)
}

/// What the kinds of workplace say, else the flag where it is set: that it is not set says little.
fn remote(job: Fields<'_>) -> Option<Stated<Remote>> {
    let kinds: Vec<Remote> = job.texts("workplaceTypes").iter().filter_map(|kind| board::remote_of(kind)).collect();
    let best = [Remote::Remote, Remote::Hybrid, Remote::Onsite].into_iter().find(|kind| kinds.contains(kind));
    let flag = || (job.truth("isRemote") == Some(true)).then(|| Stated::new(Remote::Remote, "isRemote"));
    best.map(|kind| Stated::new(kind, "workplaceTypes")).or_else(flag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample::{posting_of, read, rule_of};

    #[test]
    fn a_description_in_the_place_of_a_place_is_left_out() {
        let text = "You will design services for a large client. Experience with Kafka is a plus. Contact us today.";
        let page = format!(
            r#"<html><body><div data-testid="job-card" data-job-guid="0a1b2c3d-0000-4000-8000-000000000001">
            <a data-testid="job-search-job-detail-link" href="/job-detail/0a1b2c3d-0000-4000-8000-000000000001?x=SECRET">Engineer</a>
            <a href="/company-profile/1"><p>Saltmarsh</p></a><p>{text}</p></div></body></html>"#
        );
        let reading = read(&SOURCE, &page);
        let posting = posting_of(&reading, 0);
        assert!(posting.places.is_empty(), "{:?}", posting.places);
        assert!(posting.warnings.contains(&"place-not-a-place"));
        assert_eq!(
            posting.url.as_deref(),
            Some("https://www.dice.com/job-detail/0a1b2c3d-0000-4000-8000-000000000001")
        );
    }

    #[test]
    fn postings_of_another_search_beside_the_list_are_not_of_the_list() {
        let card = |n: u8| {
            format!(
                r#"<div data-testid="job-card" data-job-guid="0a1b2c3d-0000-4000-8000-00000000000{n}"><a data-testid="job-search-job-detail-link"
            href="/job-detail/0a1b2c3d-0000-4000-8000-00000000000{n}">T{n}</a><p data-testid="job-card-company-name">C</p><p>Remote • 3d ago</p></div>"#
            )
        };
        let page = format!("<html><body><div role='list'>{}</div><aside>{}</aside></body></html>", card(1), card(2));
        let reading = read(&SOURCE, &page);
        assert_eq!(reading.records.len(), 1);
        let posting = posting_of(&reading, 0);
        assert_eq!(posting.posted_at.as_ref().map(|at| at.value.to_string()).as_deref(), Some("2026-11-17T00:00:00Z"));
        assert_eq!(posting.remote.as_ref().map(|remote| remote.value), Some(Remote::Remote));
    }

    #[test]
    fn a_page_whose_form_is_not_known_is_never_an_empty_list() {
        assert_eq!(rule_of(&SOURCE, "<html><body><h1>Checking your browser</h1></body></html>"), saved::NO_KNOWN_FORM);
        assert!(read(&SOURCE, "<html><body><h2>No jobs found</h2></body></html>").records.is_empty());
    }
}
