//! Arbeitnow: one feed, mostly of Germany, page after page. Some answers hold their HTML written as entities.

use pipeline_core::Result;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, RawPlace, RawPosting, Reading, Rejection, Remote,
    Source, Stated,
};

use super::address;
use super::json::{self, Fields};
use super::markup::section_at;

/// The source.
pub static SOURCE: Arbeitnow = Arbeitnow;

/// Arbeitnow's public feed.
#[derive(Debug)]
pub struct Arbeitnow;

static DESCRIPTION: Description = Description {
    name: "arbeitnow",
    title: "Arbeitnow",
    board: None,
    ids_are_global: true,
    min_gap_ms: 2_000,
    min_interval_s: 3_600,
    secrets: &[],
    listing_is_complete: false,
    terms: "Free public interface, not to be abused; link back to the site.",
    reference: "`meta.terms` of https://www.arbeitnow.com/api/job-board-api",
    ..Description::BASE
};

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("slug", "string"),
        Field::essential("title", "string"),
        Field::expected("company_name", "string"),
        Field::expected("description", "string"),
        Field::expected("url", "string"),
        Field::expected("created_at", "number|string"),
        Field::value("location", "string"),
        Field::value("remote", "boolean"),
        Field::value("tags", "array"),
        Field::value("job_types", "array"),
    ],
    unknown: OnDrift::Evolve,
    known: &["visa_sponsorship", "language"],
};

const ENDPOINT: &str = "https://www.arbeitnow.com/api/job-board-api";

impl Source for Arbeitnow {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let parameters = address::parameters(board, &[("query", "search"), ("visa", "visa_sponsorship")])?;
        Ok(vec![Ask::get(address::with_query(ENDPOINT, parameters.into_iter().chain([("page", "1")])))])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let list = body.list("data")?;
        let next = json::at(&body.value, "links.next").and_then(|next| next.as_str());
        // An answer may only lead on within its own endpoint.
        let next = next
            .filter(|next| !list.is_empty() && next.strip_prefix(ENDPOINT).is_some_and(|rest| rest.starts_with('?')));
        let announced = json::at(&body.value, "meta.total").and_then(|total| total.as_u64());
        let reading = json::contracted(&CONTRACT, list, posting)?;
        Ok(Reading { next: next.map(Ask::get).into_iter().collect(), announced, ..reading })
    }

    fn board_of(&self, _body: &[u8]) -> Option<String> {
        Some(DESCRIPTION.name.to_owned())
    }
}

fn posting(fields: Fields<'_>) -> Result<RawPosting, Rejection> {
    let job_types = fields.texts("job_types");
    Ok(RawPosting {
        external_id: fields.id("slug")?,
        title: fields.title("title")?,
        company: fields.text("company_name"),
        places: fields.text("location").map(|text| RawPlace::text(text, "location")).into_iter().collect(),
        // `false` says that it is not fully remote, which leaves hybrid and on-site.
        remote: fields.truth("remote").filter(|remote| *remote).map(|_| Stated::new(Remote::Remote, "remote")),
        posted_at: fields.instant("created_at"),
        employment: (!job_types.is_empty()).then(|| Stated::new(job_types.join(", "), "job_types")),
        tags: fields.texts("tags"),
        sections: section_at(fields, "description", None).into_iter().collect(),
        url: fields.text("url"),
        ..RawPosting::default()
    })
}

#[cfg(test)]
mod tests {
    use pipeline_core::source::Markup;

    use super::*;
    use crate::sources::sample::{posting_of, read};

    #[test]
    fn escaped_html_is_told_from_html_and_seconds_are_read() {
        let body = r#"{"data":[
            {"slug":"a-1","title":"A","description":"&lt;p&gt;Hallo&lt;/p&gt;","remote":false,"created_at":1789000000},
            {"slug":"b-2","title":"B","description":"<p>Hallo</p>","remote":true}]}"#;
        let reading = read(&SOURCE, body);
        let (first, second) = (posting_of(&reading, 0), posting_of(&reading, 1));
        assert_eq!((first.sections[0].markup, second.sections[0].markup), (Markup::EscapedHtml, Markup::Html));
        assert_eq!(first.posted_at.as_ref().map(|at| at.value.0), Some(1_789_000_000_000_000));
        assert_eq!((first.remote.is_some(), second.remote.is_some()), (false, true));
    }

    #[test]
    fn the_next_page_is_followed_only_within_the_endpoint() {
        let page = |next: &str| format!(r#"{{"data":[{{"slug":"a","title":"A"}}],"links":{{"next":"{next}"}}}}"#);
        let next = read(&SOURCE, &page("https://www.arbeitnow.com/api/job-board-api?page=2")).next;
        assert_eq!(next.len(), 1);
        assert!(read(&SOURCE, &page("https://evil.example/api/job-board-api?page=2")).next.is_empty());
    }
}
