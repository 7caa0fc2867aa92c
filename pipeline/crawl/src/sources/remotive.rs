//! Remotive: one feed of remote work. Pay is free text; dates have no zone and are read as UTC.

use pipeline_core::Result;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, Quota, RawPay, RawPlace, RawPosting, Reading, Rejection,
    Remote, Source, Stated,
};

use super::address;
use super::json::{self, Fields};
use super::markup::section_at;

/// The source.
pub static SOURCE: Remotive = Remotive;

/// Remotive's public feed.
#[derive(Debug)]
pub struct Remotive;

static DESCRIPTION: Description = Description {
    name: "remotive",
    title: "Remotive",
    board: None,
    ids_are_global: true,
    // More than two requests a minute are blocked; four a day are advised.
    min_gap_ms: 30_000,
    min_interval_s: 21_600,
    quotas: &[Quota { requests: 2, window_s: 60 }, Quota { requests: 4, window_s: 86_400 }],
    secrets: &[],
    listing_is_complete: false,
    terms: "Link back to the posting and name Remotive as its source; do not submit postings to other boards. The data \
            is delayed by 24 hours.",
    reference: "https://github.com/remotive-com/remote-jobs-api",
    ..Description::BASE
};

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "number|string"),
        Field::essential("title", "string"),
        Field::expected("url", "string"),
        Field::expected("company_name", "string"),
        Field::expected("publication_date", "string"),
        Field::expected("candidate_required_location", "string"),
        Field::expected("description", "string"),
        Field::value("salary", "string"),
        Field::value("job_type", "string"),
        Field::value("category", "string"),
        Field::value("tags", "array"),
    ],
    unknown: OnDrift::Evolve,
    known: &["company_logo", "company_logo_url"],
};

const PARAMETERS: &[(&str, &str)] =
    &[("category", "category"), ("company", "company_name"), ("limit", "limit"), ("query", "search")];

impl Source for Remotive {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let parameters = address::parameters(board, PARAMETERS)?;
        Ok(vec![Ask::get(address::with_query("https://remotive.com/api/remote-jobs", parameters))])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let reading = json::contracted(&CONTRACT, body.list("jobs")?, posting)?;
        let announced = json::at(&body.value, "job-count").and_then(|count| count.as_u64());
        Ok(Reading { announced, ..reading })
    }

    fn board_of(&self, _body: &[u8]) -> Option<String> {
        Some(DESCRIPTION.name.to_owned())
    }
}

fn posting(fields: Fields<'_>) -> Result<RawPosting, Rejection> {
    let scope = fields.text("candidate_required_location");
    let pay =
        fields.text("salary").map(|text| RawPay { field: "salary".to_owned(), text: Some(text), ..RawPay::default() });
    let mut tags = fields.texts("tags");
    tags.extend(fields.text("category"));
    Ok(RawPosting {
        external_id: fields.id("id")?,
        title: fields.title("title")?,
        company: fields.text("company_name"),
        places: scope.iter().map(|scope| RawPlace::text(scope, "candidate_required_location")).collect(),
        remote: Some(Stated::new(Remote::Remote, "candidate_required_location")),
        remote_scope: scope.into_iter().collect(),
        pay: pay.into_iter().collect(),
        posted_at: fields.instant("publication_date"),
        employment: fields.stated_text("job_type"),
        tags,
        sections: section_at(fields, "description", None).into_iter().collect(),
        url: fields.text("url"),
        ..RawPosting::default()
    })
}

#[cfg(test)]
mod tests {
    use pipeline_core::source::Record;

    use super::*;
    use crate::sources::sample::{posting_of, read};

    #[test]
    fn pay_stays_the_text_that_it_is_and_an_empty_one_is_none() {
        let body = r#"{"jobs":[
            {"id":1,"title":"A","salary":"$18 - $22/hr","publication_date":"2026-10-01T06:35:18"},
            {"id":2,"title":"B","salary":""}]}"#;
        let reading = read(&SOURCE, body);
        let first = posting_of(&reading, 0);
        assert_eq!(first.pay[0].text.as_deref(), Some("$18 - $22/hr"));
        assert_eq!((first.pay[0].min, first.pay[0].currency.as_deref()), (None, None));
        assert_eq!(first.posted_at.as_ref().map(|at| at.value.to_string()).as_deref(), Some("2026-10-01T06:35:18Z"));
        assert!(posting_of(&reading, 1).pay.is_empty());
    }

    #[test]
    fn a_record_without_title_is_rejected_and_its_neighbour_kept() {
        let reading = read(&SOURCE, r#"{"jobs":[{"id":1},{"id":2,"title":"B"}]}"#);
        assert!(matches!(&reading.records[0], Record::Rejected(rejection) if rejection.rule == "title-missing"));
        assert_eq!(posting_of(&reading, 1).external_id, "2");
    }
}
