//! Himalayas: remote work, newest first, twenty a page. Times are seconds; a pay period is stated even where no pay is.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, RawPay, RawPlace, RawPosting, Reading, Rejection,
    Remote, Source, Stated,
};
use pipeline_core::{Error, Result};
use rust_decimal::Decimal;

use super::address;
use super::board::period_of;
use super::json::{self, Fields};
use super::markup::section_at;

/// The source.
pub static SOURCE: Himalayas = Himalayas;

/// Himalayas' public interface.
#[derive(Debug)]
pub struct Himalayas;

static DESCRIPTION: Description = Description {
    name: "himalayas",
    title: "Himalayas",
    min_gap_ms: 3_000,
    min_interval_s: 21_600,
    terms: "Public interface without a key; name Himalayas as the source and link back to the posting.",
    reference: "https://himalayas.app/api (20 postings a page; no rate is stated, the gap is our own)",
    ..Description::BASE
};

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("guid", "string"),
        Field::essential("title", "string"),
        Field::expected("companyName", "string"),
        Field::expected("applicationLink", "string"),
        Field::expected("pubDate", "number|string"),
        Field::expected("description", "string"),
        Field::value("expiryDate", "number|string"),
        Field::value("employmentType", "string"),
        Field::loose("seniority", "array|string"),
        Field::value("minSalary", "number|string"),
        Field::value("maxSalary", "number|string"),
        Field::value("currency", "string"),
        Field::value("salaryPeriod", "string"),
        Field::value("locationRestrictions", "array"),
        Field::value("locationRestrictions[]", "string|object"),
        Field::loose("timezoneRestrictions", "array"),
        Field::loose("timezoneRestrictions[]", "number|string"),
        Field::value("categories", "array"),
    ],
    unknown: OnDrift::Evolve,
    known: &["excerpt", "companySlug", "companyLogo", "parentCategories"],
};

const ENDPOINT: &str = "https://himalayas.app/jobs/api";
/// Postings of one page, the most that is given.
const PER_PAGE: u64 = 20;
/// Pages that are asked for unless the board says otherwise; there are thousands, the newest first.
const MAX_PAGES: u64 = 10;
/// The context that holds how many postings stand before the page asked.
const OFFSET: &str = "offset";
/// The context that holds how many pages are still to be asked, the one asked included.
const PAGES: &str = "pages";

impl Source for Himalayas {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let pages = match address::parameters(board, &[("max_pages", "")])?.first() {
            None => MAX_PAGES,
            Some((_, pages)) => {
                pages.parse().map_err(|_| Error::config(format!("max_pages of himalayas is no number: {pages}")))?
            }
        };
        Ok(vec![page(0, pages)])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let list = body.list("jobs")?;
        let reading = json::contracted(&CONTRACT, list, posting)?;
        let announced = json::at(&body.value, "totalCount").and_then(|count| count.as_u64());
        Ok(Reading { next: next(answer, list.len() as u64, announced).into_iter().collect(), announced, ..reading })
    }

    fn board_of(&self, _body: &[u8]) -> Option<String> {
        Some(DESCRIPTION.name.to_owned())
    }
}

fn page(offset: u64, pages: u64) -> Ask {
    let (limit, at) = (PER_PAGE.to_string(), offset.to_string());
    let query = [("limit", limit.as_str()), ("offset", at.as_str())];
    Ask::get(address::with_query(ENDPOINT, query)).with(OFFSET, offset).with(PAGES, pages)
}

/// The page after one of `count` postings.
fn next(answer: &Answer<'_>, count: u64, announced: Option<u64>) -> Option<Ask> {
    let number = |key: &str| answer.context.get(key)?.parse::<u64>().ok();
    let (offset, pages) = (number(OFFSET)?, number(PAGES)?);
    let seen = offset.checked_add(count)?;
    (count > 0 && pages > 1 && seen < announced?).then(|| page(seen, pages - 1))
}

fn posting(fields: Fields<'_>) -> Result<RawPosting, Rejection> {
    let scope = scope(fields);
    let level: Vec<String> = match fields.at("seniority") {
        Some(serde_json::Value::String(_)) => fields.text("seniority").into_iter().collect(),
        _ => fields.texts("seniority"),
    };
    Ok(RawPosting {
        external_id: fields.id("guid")?,
        title: fields.title("title")?,
        company: fields.text("companyName"),
        places: scope.iter().map(|scope| RawPlace::text(scope, "locationRestrictions")).collect(),
        remote: Some(Stated::new(Remote::Remote, "locationRestrictions")),
        remote_scope: scope,
        pay: pay(fields).into_iter().collect(),
        posted_at: fields.instant("pubDate"),
        closes_at: fields.instant("expiryDate"),
        level: (!level.is_empty()).then(|| Stated::new(level.join(", "), "seniority")),
        employment: fields.stated_text("employmentType"),
        tags: fields.texts("categories"),
        sections: section_at(fields, "description", None).into_iter().collect(),
        url: fields.text("applicationLink"),
        ..RawPosting::default()
    })
}

/// Where one may live, as names or as objects with one. The hours that one must keep say nothing of that and stay unread.
fn scope(fields: Fields<'_>) -> Vec<String> {
    if fields.list("locationRestrictions").iter().all(serde_json::Value::is_object) {
        return fields.objects("locationRestrictions").into_iter().filter_map(|place| place.text("name")).collect();
    }
    fields.texts("locationRestrictions")
}

/// The pay; `annual` stands beside postings that state none.
fn pay(fields: Fields<'_>) -> Option<RawPay> {
    let stated = |path: &str| fields.decimal(path).filter(|amount| *amount > Decimal::ZERO);
    let (min, max) = (stated("minSalary"), stated("maxSalary"));
    min.or(max)?;
    let words = fields.text("salaryPeriod");
    let period = words.as_deref().and_then(period_of);
    if period.is_none() && words.is_some() {
        fields.warn("pay-period-unknown");
    }
    let field = "minSalary".to_owned();
    Some(RawPay { field, min, max, currency: fields.text("currency"), period, ..RawPay::default() })
}

#[cfg(test)]
mod tests {
    use pipeline_core::money::Period;

    use super::*;
    use crate::sources::sample::{posting_of, read, read_with};

    fn one(record: &str) -> RawPosting {
        posting_of(&read(&SOURCE, &format!(r#"{{"jobs":[{{"guid":"g","title":"A",{record}}}]}}"#)), 0).clone()
    }

    #[test]
    fn annual_without_amounts_is_no_pay() {
        assert!(one(r#""minSalary":null,"maxSalary":null,"salaryPeriod":"annual","currency":null"#).pay.is_empty());
        assert!(one(r#""minSalary":0,"maxSalary":0,"salaryPeriod":"annual""#).pay.is_empty());
        let pay = one(r#""minSalary":90000.5,"salaryPeriod":"annual","currency":"USD""#).pay.remove(0);
        assert_eq!((pay.period, pay.currency.as_deref()), (Some(Period::Year), Some("USD")));
        let pay = one(r#""maxSalary":45,"salaryPeriod":"hourly""#).pay.remove(0);
        assert_eq!((pay.min, pay.period), (None, Some(Period::Hour)));
    }

    #[test]
    fn times_are_seconds_since_the_epoch() {
        let posting = one(r#""pubDate":1789000000,"expiryDate":"1791592000""#);
        assert_eq!(posting.posted_at.map(|at| at.value.0), Some(1_789_000_000_000_000));
        assert_eq!(posting.closes_at.map(|at| at.value.0), Some(1_791_592_000_000_000));
    }

    #[test]
    fn half_hours_among_time_zones_are_no_departure() {
        let reading = read(
            &SOURCE,
            r#"{"jobs":[{"guid":"g","title":"A","companyName":"B","applicationLink":"https://a.example","pubDate":1789000000,
               "description":"x","timezoneRestrictions":[-3.5,0,5.75,12]}]}"#,
        );
        assert_eq!(reading.findings, []);
        assert!(posting_of(&reading, 0).warnings.is_empty());
    }

    #[test]
    fn pages_end_at_the_total_at_the_limit_and_at_an_empty_one() {
        let board = Board { name: String::new(), parameters: [("max_pages".to_owned(), "2".to_owned())].into() };
        let first = SOURCE.start(&board).expect("a board").remove(0);
        let next = |ask: &Ask, body: &str| read_with(&SOURCE, "x", &ask.url, &ask.context, body).expect("reads").next;
        let body = r#"{"totalCount":100,"jobs":[{"guid":"g","title":"A"}]}"#;
        let second = next(&first, body).remove(0);
        assert_eq!(second.url, "https://himalayas.app/jobs/api?limit=20&offset=1");
        assert_eq!(next(&second, body), []);
        assert_eq!(next(&first, r#"{"totalCount":1,"jobs":[{"guid":"g","title":"A"}]}"#), []);
        assert_eq!(next(&first, r#"{"totalCount":100,"jobs":[]}"#), []);
    }
}
