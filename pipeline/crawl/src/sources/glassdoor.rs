//! Glassdoor: saved pages of results and of postings, answers of its search that a browser saved, and alert mails.

use std::sync::LazyLock;

use pipeline_core::Result;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, RawPay, RawPosting, Reading, Rejection, Remote, Section,
    Source, Stated,
};
use serde_json::Value;
use url::Url;

use super::json::{self, Fields};
use super::saved::{self, Cards, Markers, Site};
use super::{board, markup};

/// The source.
pub static SOURCE: Glassdoor = Glassdoor;

/// Glassdoor.
#[derive(Debug)]
pub struct Glassdoor;

static DESCRIPTION: Description = Description {
    name: "glassdoor",
    title: "Glassdoor",
    board: Some("address of a page of results, such as https://www.glassdoor.com/Job/…"),
    min_gap_ms: 10_000,
    min_interval_s: 21_600,
    needs_permission: true,
    terms: "The terms of use forbid automated collection: only pages that a person saved and mails that a person received \
            are read, unless Glassdoor permits more.",
    reference: "https://www.glassdoor.com/about/terms (no rate is stated; the gap is our own)",
    ..Description::BASE
};

pub(super) static CARDS: LazyLock<Cards> = LazyLock::new(|| {
    Cards::new(&Markers {
        card: "li[data-test='jobListing'], li[data-jobid], li.react-job-listing, [class*='JobCard_jobCardContainer']",
        title: "[data-test='job-title'], [class*='JobCard_jobTitle'], a[data-test='job-link'] span, .jobTitle",
        parts: &[
            (
                "company",
                "[class*='compactEmployerName'], [data-test='employer-name'], [data-test='job-employer'], \
                 [class*='EmployerProfile_employerName'], .jobEmpolyerName, .job-search-key-l2wjgv, .e1n63ojh0",
            ),
            ("location", "[data-test='emp-location'], [class*='JobCard_location'], .loc"),
            ("salary", "[data-test='detailSalary'], [class*='JobCard_salaryEstimate']"),
            ("posted", "[data-test='job-age'], [class*='JobCard_listingAge'], [class*='listing-age']"),
            ("description", "[data-test='descSnippet'], [class*='JobCard_jobDescriptionSnippet']"),
        ],
        ids: &["data-jobid", "data-job-id", "data-id"],
        detail: &[
            ("title", "[data-test='job-title'], h1[id^='jd-job-title'], [class*='JobDetails_jobTitle'], h1"),
            (
                "company",
                "[class*='EmployerProfile_employerNameHeading'], [data-test='employer-name'], [data-test='employerName']",
            ),
            ("location", "[data-test='location'], [data-test='emp-location'], [class*='JobDetails_location']"),
            ("salary", "[data-test='detailSalary'], [class*='SalaryEstimate_salaryRange']"),
            ("description", "[class*='JobDetails_jobDescription'], .jobDescriptionContent, #JobDescriptionContainer"),
        ],
        place_unmarked: false,
    })
});

static SITE: Site = Site { brand: "glassdoor", id_of, cards: &CARDS, data, lists: &["jobListings"] };

const fn field(path: &'static str, types: &'static str) -> Field {
    Field { path, types, always: false, on_drift: OnDrift::DiscardValue }
}

const fn essential(path: &'static str, types: &'static str) -> Field {
    Field { path, types, always: true, on_drift: OnDrift::DiscardRow }
}

static CONTRACT: Contract = Contract {
    fields: &[
        essential("job.listingId", "number|string"),
        essential("header.jobTitleText", "string"),
        field("header.normalizedJobTitle", "string"),
        field("header.employerNameFromSearch", "string"),
        field("header.employer.name", "string"),
        field("header.locationName", "string"),
        field("header.locationType", "string"),
        field("header.remoteWorkTypes", "array"),
        field("header.payPeriodAdjustedPay", "object"),
        field("header.payPeriodAdjustedPay.p10", "number"),
        field("header.payPeriodAdjustedPay.p50", "number"),
        field("header.payPeriodAdjustedPay.p90", "number"),
        field("header.payPeriod", "string"),
        field("header.payCurrency", "string"),
        field("header.salarySource", "string"),
        field("header.ageInDays", "number"),
        field("header.seoJobLink", "string"),
        field("header.expired", "boolean"),
        field("job.description", "string"),
        field("job.descriptionFragmentsText", "array"),
        field("job.descriptionFragments", "array"),
    ],
    unknown: OnDrift::Evolve,
    known: &["__typename", "overview", "gaTrackerData", "jobListingAdminDetails", "adTrackingData"],
};

impl Source for Glassdoor {
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

/// The listing that an address names: `jl=1009…` or `jobListingId=1009…`.
fn id_of(url: &Url) -> Option<String> {
    let names = |name: &str| name.eq_ignore_ascii_case("jl") || name.eq_ignore_ascii_case("jobListingId");
    let (_, id) = url.query_pairs().find(|(name, _)| names(name))?;
    let digits = (4..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| id.into_owned())
}

fn data(data: &[Value], answer: &Answer<'_>) -> Option<std::result::Result<Reading, Rejection>> {
    let wanted = |value: &Value| {
        value.get("header").is_some_and(Value::is_object) && value.get("job").is_some_and(Value::is_object)
    };
    let mut found = Vec::new();
    data.iter()
        .for_each(|data| saved::collect(data, &|value| value.get("jobview").is_some() || wanted(value), &mut found));
    let views: Vec<Value> = found.into_iter().map(|found| found.get("jobview").unwrap_or(found).clone()).collect();
    if views.is_empty() {
        return None;
    }
    let mut seen = std::collections::BTreeSet::new();
    let id = |view: &Value| json::at(view, "job.listingId").map(Value::to_string);
    let views: Vec<Value> = views.into_iter().filter(|view| id(view).is_none_or(|id| seen.insert(id))).collect();
    Some(json::contracted(&CONTRACT, &views, |view| posting(view, answer)))
}

fn posting(view: Fields<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
    let id = view.id("job.listingId")?;
    let link = view.text("header.seoJobLink").and_then(|link| SITE.link(&link)).filter(|(of, _)| *of == id);
    let mut posting = RawPosting {
        title: title(view)?,
        posted_at: posted(view, answer),
        pay: pay(view),
        remote: remote(view),
        sections: sections(view),
        url: link.map(|(_, url)| url),
        listed: view.truth("header.expired").map(|expired| !expired),
        external_id: id,
        ..RawPosting::default()
    };
    for path in ["header.employerNameFromSearch", "header.employer.name"] {
        if posting.company.is_none() {
            saved::name_employer(&mut posting, view, path);
        }
    }
    place(&mut posting, view);
    Ok(posting)
}

fn title(view: Fields<'_>) -> std::result::Result<String, Rejection> {
    let others = ["job.jobTitleText", "header.normalizedJobTitle"];
    view.title("header.jobTitleText").or_else(|rejection| {
        let other = others.into_iter().find_map(|path| view.text(path));
        other.filter(|_| rejection.rule == "title-missing").ok_or(rejection)
    })
}

/// The age counts from the answer, and stays to the day.
fn posted(view: Fields<'_>, answer: &Answer<'_>) -> Option<Stated<schemas::Micros>> {
    let days = view.decimal("header.ageInDays")?.to_string().parse::<u16>().ok()?;
    view.warn("date-relative");
    Some(Stated::new(saved::day_before(answer.fetched_at, i32::from(days)), "header.ageInDays"))
}

/// The place, which is a city (`C`), a state (`S`) or a country (`N`).
fn place(posting: &mut RawPosting, view: Fields<'_>) {
    saved::place(posting, view, "header.locationName");
    let kind = view.text("header.locationType");
    let Some(place) = posting.places.first_mut() else { return };
    match kind.as_deref() {
        Some("S") => place.region = place.text.clone(),
        Some("N") => place.country = place.text.clone(),
        _ => {}
    }
}

fn remote(view: Fields<'_>) -> Option<Stated<Remote>> {
    let kinds = view.texts("header.remoteWorkTypes");
    let remote = kinds.iter().find_map(|kind| board::remote_of(kind))?;
    Some(Stated::new(remote, "header.remoteWorkTypes"))
}

/// The span between the tenth and the ninetieth of a hundred; what Glassdoor estimates, or does not say whose it is, is
/// no word of the employer.
fn pay(view: Fields<'_>) -> Vec<RawPay> {
    const FIELD: &str = "header.payPeriodAdjustedPay";
    let amount = |name: &str| view.decimal(&format!("{FIELD}.{name}")).filter(|amount| !amount.is_zero());
    let (low, middle, high) = (amount("p10"), amount("p50"), amount("p90"));
    if low.is_none() && middle.is_none() && high.is_none() {
        return Vec::new();
    }
    let words = view.text("header.payPeriod");
    let period = words.as_deref().and_then(board::period_of);
    if words.is_some() && period.is_none() {
        view.warn("pay-period-unknown");
    }
    let from = view.text("header.salarySource");
    if from.is_none() {
        view.warn("pay-source-unknown");
    }
    vec![RawPay {
        field: FIELD.to_owned(),
        min: low.or(if high.is_none() { middle } else { None }),
        max: high.or(if low.is_none() { middle } else { None }),
        currency: view.text("header.payCurrency"),
        period,
        predicted: from.as_deref() != Some("EMPLOYER_PROVIDED"),
        ..RawPay::default()
    }]
}

/// The description, else the pieces of it that a list shows.
fn sections(view: Fields<'_>) -> Vec<Section> {
    if let Some(whole) = markup::section_at(view, "job.description", None) {
        return vec![whole];
    }
    for path in ["job.descriptionFragmentsText", "job.descriptionFragments"] {
        let pieces = view.texts(path);
        if !pieces.is_empty() {
            view.warn("description-in-part");
            return vec![markup::section(path, None, pieces.join("\n"))];
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample::{posting_of, read, rejected_by, rule_of};

    #[test]
    fn an_estimate_is_never_the_employers_word() {
        let view = |source: &str| {
            format!(
                r#"{{"data":{{"jobListings":{{"jobListings":[{{"jobview":{{"header":{{"jobTitleText":"Nurse","payPeriod":"ANNUAL",
                "payCurrency":"USD","payPeriodAdjustedPay":{{"p10":50000,"p50":60000,"p90":70000}}{source}}},"job":{{"listingId":1009}}}}}}]}}}}}}"#
            )
        };
        for (source, predicted) in
            [(r#","salarySource":"ESTIMATED""#, true), (r#","salarySource":"EMPLOYER_PROVIDED""#, false), ("", true)]
        {
            let reading = read(&SOURCE, &view(source));
            assert_eq!(posting_of(&reading, 0).pay[0].predicted, predicted, "{source}");
        }
    }

    #[test]
    fn a_wall_or_a_page_of_unknown_markup_is_never_an_empty_list() {
        for page in [
            "<html><body><h1>Help us protect Glassdoor</h1></body></html>",
            r#"<html><body><div class="x9"><b>Data Engineer</b></div></body></html>"#,
            r#"{"errors":[{"message":"no"}]}"#,
        ] {
            assert_eq!(rule_of(&SOURCE, page), saved::NO_KNOWN_FORM, "{page}");
        }
        assert!(read(&SOURCE, r#"{"data":{"jobListings":{"jobListings":[]}}}"#).records.is_empty());
    }

    #[test]
    fn a_card_of_unknown_markup_is_read_by_its_link() {
        let page = r#"<html><body><ul>
          <li><div><a href="/partner/jobListing.htm?pos=1&guid=secret&jobListingId=1009000000001">Data Engineer</a></div><div>Saltmarsh</div><div>3.8 ★</div><div>Oslo</div></li>
          <li><div><a href="/partner/jobListing.htm?pos=2&guid=secret&jobListingId=1009000000002">Nurse</a></div><div>Tidewater</div><div>Bergen</div></li>
          </ul></body></html>"#;
        let reading = read(&SOURCE, page);
        let first = posting_of(&reading, 0);
        assert_eq!((first.title.as_str(), first.company.as_deref()), ("Data Engineer", Some("Saltmarsh")));
        assert_eq!(first.places[0].text.as_deref(), Some("Oslo"));
        assert_eq!(
            first.url.as_deref(),
            Some("https://www.glassdoor.com/partner/jobListing.htm?jobListingId=1009000000001")
        );
        assert_eq!(posting_of(&reading, 1).company.as_deref(), Some("Tidewater"));
    }

    #[test]
    fn a_view_without_an_id_or_a_title_is_rejected_and_its_neighbour_kept() {
        let reading = read(
            &SOURCE,
            r#"[{"jobview":{"header":{"jobTitleText":"A"},"job":{}}},{"jobview":{"header":{},"job":{"listingId":1009}}},
              {"jobview":{"header":{"jobTitleText":"C","seoJobLink":"https://evil.example/?jl=1010"},"job":{"listingId":1010}}}]"#,
        );
        assert_eq!([rejected_by(&reading, 0), rejected_by(&reading, 1)], ["id-missing", "title-missing"]);
        assert_eq!(posting_of(&reading, 2).url, None);
    }
}
