//! Remote OK: one feed of remote work. Its first element is a legal notice; a pay of 0 means that none is stated.

use pipeline_core::Result;
use pipeline_core::money::Period;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Rejection,
    Remote, Source, Stated,
};
use rust_decimal::Decimal;
use serde_json::Value;

use super::address;
use super::json::{self, Fields};
use super::markup::section_at;

/// The source.
pub static SOURCE: RemoteOk = RemoteOk;

/// Remote OK's public feed.
#[derive(Debug)]
pub struct RemoteOk;

static DESCRIPTION: Description = Description {
    name: "remoteok",
    title: "Remote OK",
    board: None,
    ids_are_global: true,
    min_gap_ms: 5_000,
    min_interval_s: 3_600,
    secrets: &[],
    listing_is_complete: false,
    terms: "Link back to the posting on Remote OK with a followed link and name it as the source.",
    reference: "the legal notice that is the first element of https://remoteok.com/api",
    ..Description::BASE
};

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "string|number"),
        Field::essential("position", "string"),
        Field::expected("company", "string"),
        Field::expected("date", "string"),
        Field::expected("epoch", "number|string"),
        Field::expected("description", "string"),
        Field::expected("url", "string"),
        Field::value("location", "string"),
        Field::value("apply_url", "string"),
        Field::value("tags", "array"),
        Field::value("salary_min", "number|string"),
        Field::value("salary_max", "number|string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["slug", "company_logo", "logo", "original", "verified"],
};

impl Source for RemoteOk {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let parameters = address::parameters(board, &[("tag", "tag")])?;
        Ok(vec![Ask::get(address::with_query("https://remoteok.com/api", parameters))])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let list = match body.value.as_array() {
            Some(list) => list.as_slice(),
            None => return Err(body.wrong_shape("the body should be a list")),
        };
        let list = list.strip_prefix(notice(list)).unwrap_or(list);
        json::contracted(&CONTRACT, list, posting)
    }

    fn board_of(&self, _body: &[u8]) -> Option<String> {
        Some(DESCRIPTION.name.to_owned())
    }
}

/// The legal notice at the head of `list`, if it is there.
fn notice(list: &[Value]) -> &[Value] {
    let is_notice = list.first().is_some_and(|first| first.get("legal").is_some() && first.get("id").is_none());
    &list[..usize::from(is_notice)]
}

fn posting(fields: Fields<'_>) -> Result<RawPosting, Rejection> {
    Ok(RawPosting {
        external_id: fields.id("id")?,
        title: fields.title("position")?,
        company: fields.text("company"),
        places: place(fields).into_iter().collect(),
        remote: Some(Stated::new(Remote::Remote, "location")),
        pay: pay(fields).into_iter().collect(),
        posted_at: fields.instant("date").or_else(|| fields.instant("epoch")),
        tags: fields.texts("tags"),
        sections: section_at(fields, "description", None).into_iter().collect(),
        url: fields.text("url"),
        apply_url: fields.text("apply_url"),
        ..RawPosting::default()
    })
}

/// The place; some texts end in the comma before a country that nobody filled in.
fn place(fields: Fields<'_>) -> Option<RawPlace> {
    let text = fields.text("location")?;
    let text = text.trim_matches([',', ' ']);
    (!text.is_empty()).then(|| RawPlace::text(text, "location"))
}

/// The pay. Employers are asked for it "annualised, in USD equivalent" when they post (remoteok.com/hire-remotely).
fn pay(fields: Fields<'_>) -> Option<RawPay> {
    let stated = |path: &str| fields.decimal(path).filter(|amount| *amount > Decimal::ZERO);
    let (min, max) = (stated("salary_min"), stated("salary_max"));
    min.or(max)?;
    Some(RawPay {
        field: "salary_min".to_owned(),
        min,
        max,
        currency: Some("USD".to_owned()),
        period: Some(Period::Year),
        ..RawPay::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample::{posting_of, read, rule_of};

    #[test]
    fn the_legal_notice_is_no_record_and_zero_is_no_pay() {
        let body = r#"[{"last_updated":1,"legal":"Please link back"},
            {"id":"7","position":"Data Engineer","salary_min":0,"salary_max":0},
            {"id":8,"position":"SRE","salary_min":90000,"salary_max":120000}]"#;
        let reading = read(&SOURCE, body);
        assert_eq!(reading.records.len(), 2);
        assert!(posting_of(&reading, 0).pay.is_empty());
        let pay = &posting_of(&reading, 1).pay[0];
        assert_eq!((pay.min, pay.max), (Some(90_000.into()), Some(120_000.into())));
    }

    #[test]
    fn a_first_posting_without_a_notice_before_it_is_kept() {
        assert_eq!(read(&SOURCE, r#"[{"id":"7","position":"Nurse"}]"#).records.len(), 1);
    }

    #[test]
    fn an_object_is_a_wrong_shape() {
        assert_eq!(rule_of(&SOURCE, r#"{"error":"down"}"#), "wrong-shape");
    }
}
