//! Pinpoint postings: one answer holds the board, with the text in titled parts and the pay in fields.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Rejection,
    Remote, Section, Source, Stated,
};
use pipeline_core::{Error, Result};
use url::Url;

use super::json::{self, Fields};
use super::markup::section_at;
use super::{board, hosts};

/// The source.
pub static SOURCE: Pinpoint = Pinpoint;

/// Pinpoint postings.
pub struct Pinpoint;

static DESCRIPTION: Description = Description {
    name: "pinpoint",
    title: "Pinpoint",
    board: Some("company, as in COMPANY.pinpointhq.com"),
    min_gap_ms: 1_000,
    min_interval_s: 21_600,
    listing_is_complete: true,
    terms: "The public list behind every careers site, read without a key; postings belong to their employer, so link to \
            the original page.",
    reference: "https://COMPANY.pinpointhq.com/postings.json (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// The domain of all careers sites.
const DOMAIN: &str = "pinpointhq.com";
/// The parts of a posting's text, in order; the heading of each is in `…_header`.
const PARTS: [&str; 4] = ["description", "key_responsibilities", "skills_knowledge_expertise", "benefits"];

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::value("id", "string|number"),
        Field::essential("title", "string"),
        Field::value("url", "string"),
        Field::value("path", "string"),
        Field::value("description", "string"),
        Field::value("description_header", "string"),
        Field::value("key_responsibilities", "string"),
        Field::value("key_responsibilities_header", "string"),
        Field::value("skills_knowledge_expertise", "string"),
        Field::value("skills_knowledge_expertise_header", "string"),
        Field::value("benefits", "string"),
        Field::value("benefits_header", "string"),
        Field::value("workplace_type", "string"),
        Field::value("workplace_type_text", "string"),
        Field::value("employment_type", "string"),
        Field::value("employment_type_text", "string"),
        Field::value("compensation", "string"),
        Field::value("compensation_minimum", "number|string"),
        Field::value("compensation_maximum", "number|string"),
        Field::value("compensation_currency", "string"),
        Field::value("compensation_frequency", "string"),
        Field::value("compensation_visible", "boolean"),
        Field::value("posted_at", "string"),
        Field::value("published_at", "string"),
        Field::value("updated_at", "string"),
        Field::value("deadline_at", "string"),
        Field::value("location", "object"),
        Field::value("location.name", "string"),
        Field::value("location.city", "string"),
        Field::value("location.province", "string"),
        Field::value("job", "object"),
        Field::value("job.id", "string|number"),
        Field::value("job.department", "object"),
        Field::value("job.department.name", "string"),
        Field::value("department", "object"),
        Field::value("department.name", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["reporting_to", "division", "remote", "tags", "language", "nationwide", "requisition_id"],
};

impl Source for Pinpoint {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let company = board::token(board, DESCRIPTION.name, &[])?;
        if !board::is_host_label(company) {
            return Err(Error::config(format!("`{company}` cannot be the name of a pinpoint board"))
                .hint("give COMPANY of COMPANY.pinpointhq.com"));
        }
        Ok(vec![Ask::get(format!("https://{}.{DOMAIN}/postings.json", company.to_ascii_lowercase()))])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let body = json::body(answer)?;
        json::contracted(&CONTRACT, body.list("data")?, |fields| posting(fields, answer.board))
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        hosts::named(hosts::tenant(url, DOMAIN)?)
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let find = |row: &serde_json::Value| hosts::tenant(&Url::parse(row.get("url")?.as_str()?).ok()?, DOMAIN);
        board::find_in(body, "data", find)
    }
}

fn posting(row: Fields<'_>, board: &str) -> std::result::Result<RawPosting, Rejection> {
    let external_id = match row.id("id") {
        Err(rejection) if rejection.rule == "id-missing" => id_in(row).ok_or(rejection)?,
        id => id?,
    };
    let mut posting = RawPosting {
        external_id,
        title: row.title("title")?,
        role_key: row.text("job.id"),
        places: place(row).into_iter().collect(),
        remote: remote(row),
        pay: pay(row),
        posted_at: row.instant("posted_at").or_else(|| row.instant("published_at")),
        updated_at: row.instant("updated_at"),
        closes_at: row.instant("deadline_at"),
        employment: row.stated_text("employment_type_text").or_else(|| row.stated_text("employment_type")),
        department: row.text("job.department.name").or_else(|| row.text("department.name")),
        sections: sections(row),
        url: row.text("url").or_else(|| page(row, board)),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, board);
    Ok(posting)
}

/// The id in the address of a posting's page, which follows `postings`.
fn id_in(row: Fields<'_>) -> Option<String> {
    ["url", "path"].into_iter().find_map(|field| {
        let address = row.text(field)?;
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let mut segments = path.split('/').skip_while(|segment| *segment != "postings").skip(1);
        segments.next().filter(|id| !id.is_empty()).map(str::to_owned)
    })
}

/// The page of a posting that states only its path.
fn page(row: Fields<'_>, board: &str) -> Option<String> {
    let path = row.text("path").filter(|path| path.starts_with('/') && !path.starts_with("//"))?;
    let company = Some(board).filter(|board| board::is_host_label(board))?;
    let base = Url::parse(&format!("https://{}.{DOMAIN}/", company.to_ascii_lowercase())).ok()?;
    let page = base.join(&path).ok()?;
    (page.host() == base.host()).then(|| page.into())
}

/// The place; a city called `Remote` is none.
fn place(row: Fields<'_>) -> Option<RawPlace> {
    let location = row.object("location")?;
    let place = RawPlace {
        field: "location".to_owned(),
        text: location.text("name"),
        city: location.text("city").filter(|city| board::remote_of(city).is_none()),
        region: location.text("province"),
        ..RawPlace::default()
    };
    (place.text.is_some() || place.city.is_some() || place.region.is_some()).then_some(place)
}

fn remote(row: Fields<'_>) -> Option<Stated<Remote>> {
    ["workplace_type", "workplace_type_text"].into_iter().find_map(|field| {
        let how = board::remote_of(&row.text(field)?)?;
        Some(Stated::new(how, field))
    })
}

/// What the fields state, else what the text does; nothing that the employer keeps off the page.
fn pay(row: Fields<'_>) -> Vec<RawPay> {
    if row.truth("compensation_visible") == Some(false) {
        return Vec::new();
    }
    let amount = |field| row.decimal(field).filter(|amount| !amount.is_zero());
    let (min, max) = (amount("compensation_minimum"), amount("compensation_maximum"));
    if min.is_none() && max.is_none() {
        let text = row.text("compensation").filter(|text| text.chars().any(|c| c.is_ascii_digit()));
        let pay = text.map(|text| RawPay { field: "compensation".to_owned(), text: Some(text), ..RawPay::default() });
        return pay.into_iter().collect();
    }
    let words = row.text("compensation_frequency");
    let period = words.as_deref().and_then(board::period_of);
    if words.is_some() && period.is_none() {
        row.warn("pay-period-unknown");
    }
    vec![RawPay {
        field: "compensation_minimum".to_owned(),
        min,
        max,
        currency: row.text("compensation_currency"),
        period,
        kind: words.as_deref().map(board::kind_by_interval).unwrap_or_default(),
        ..RawPay::default()
    }]
}

fn sections(row: Fields<'_>) -> Vec<Section> {
    let part = |part: &str| section_at(row, part, row.text(&format!("{part}_header")).as_deref());
    PARTS.into_iter().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, postings, read_with, rules};

    #[test]
    fn a_posting_is_read_with_its_pay_and_its_titled_parts() {
        let found = postings(
            &SOURCE,
            r#"{"data":[{"id":"p-1","title":"Architect","path":"/en/postings/p-1","description":"<p>x</p>",
              "key_responsibilities_header":"Duties","key_responsibilities":"<ul><li>y</li></ul>","benefits":"",
              "workplace_type":"remote","compensation_minimum":135000.0,"compensation_maximum":198000.0,
              "compensation_currency":"USD","compensation_frequency":"year","compensation_visible":true,
              "deadline_at":"2026-12-28T23:59:59-05:00","job":{"id":"j-1","department":{"name":"IT"},"division":null},
              "location":{"name":"United States","city":"Remote"}}]}"#,
        );
        let posting = &found[0];
        assert_eq!(posting.url.as_deref(), Some("https://acme.pinpointhq.com/en/postings/p-1"));
        assert_eq!(posting.role_key.as_deref(), Some("j-1"));
        assert_eq!(posting.pay[0].max.map(|max| max.normalize().to_string()).as_deref(), Some("198000"));
        assert_eq!(posting.pay[0].currency.as_deref(), Some("USD"));
        let headings: Vec<_> = posting.sections.iter().map(|section| section.heading.as_deref()).collect();
        assert_eq!(headings, [None, Some("Duties")]);
        assert_eq!(
            (posting.places[0].text.as_deref(), posting.places[0].city.as_deref()),
            (Some("United States"), None)
        );
        assert_eq!(posting.posted_at, None);
        assert!(posting.closes_at.is_some());
    }

    #[test]
    fn pay_that_the_employer_hides_is_not_read() {
        let found = postings(
            &SOURCE,
            r#"{"data":[{"id":1,"title":"T","compensation":"$1 / hour","compensation_minimum":1,"compensation_visible":false},
              {"id":2,"title":"T","compensation":"Competitive","compensation_visible":true},
              {"id":3,"title":"T","compensation":"$70 - $90 / hour","compensation_visible":true}]}"#,
        );
        assert!(found[0].pay.is_empty() && found[1].pay.is_empty());
        assert_eq!(found[2].pay[0].text.as_deref(), Some("$70 - $90 / hour"));
    }

    #[test]
    fn the_page_tells_the_id_that_a_posting_does_not_state() {
        let found = postings(
            &SOURCE,
            r##"{"data":[{"title":"T","url":"https://acme.pinpointhq.com/postings/analyst#apply"},
              {"title":"T","path":"/en/postings/7a-9b?x=1"}]}"##,
        );
        assert_eq!((found[0].external_id.as_str(), found[1].external_id.as_str()), ("analyst", "7a-9b"));
    }

    #[test]
    fn a_bad_posting_never_stops_its_neighbours() {
        let reading =
            read_with(&SOURCE, r#"{"data":[{"id":1},{"title":"T","path":"//evil.example"},7,{"id":2,"title":"T"}]}"#)
                .expect("is a board");
        assert_eq!(rules(&reading), ["title-missing", "id-missing", "not-an-object", "ok"]);
        for body in ["null", "[]", r#"{"data":{}}"#, r#"{"jobs":[]}"#] {
            assert_eq!(
                read_with(&SOURCE, body).map_err(|rejection| rejection.rule).err(),
                Some("wrong-shape"),
                "{body}"
            );
        }
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://acme.pinpointhq.com/",
                "https://acme.pinpointhq.com/en/postings/7a",
                "https://acme.pinpointhq.com/postings.json",
            ],
        );
        assert_eq!(found, ["acme", "acme", "acme"]);
        let none = boards_at(
            &SOURCE,
            &["https://www.pinpointhq.com/", "https://app.pinpointhq.com/x", "https://acme.example/"],
        );
        assert_eq!(none, ["", "", ""]);
    }
}
