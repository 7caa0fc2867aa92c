//! Jobicy: one feed of remote work, the newest hundred. Its labels hold entities; pay may be of a year or of an hour.

use pipeline_core::Result;
use pipeline_core::money::Period;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, Quota, RawPay, RawPlace, RawPosting, Reading, Rejection,
    Remote, Source, Stated,
};
use rust_decimal::Decimal;

use super::address;
use super::board::period_of;
use super::json::{self, Fields};
use super::markup::section_at;

/// The source.
pub static SOURCE: Jobicy = Jobicy;

/// Jobicy's public feed.
#[derive(Debug)]
pub struct Jobicy;

static DESCRIPTION: Description = Description {
    name: "jobicy",
    title: "Jobicy",
    min_gap_ms: 5_000,
    // "Once per hour" is the most that it asks to be polled, whatever the query.
    min_interval_s: 3_600,
    quotas: &[Quota { requests: 1, window_s: 3_600 }, Quota { requests: 24, window_s: 86_400 }],
    terms: "Poll at most once an hour; postings come with a delay of 6 hours and must not be handed on to other boards; \
            link back and name Jobicy as the source.",
    reference: "https://github.com/Jobicy/remote-jobs-api",
    ..Description::BASE
};

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "number|string"),
        Field::essential("jobTitle", "string"),
        Field::expected("url", "string"),
        Field::expected("companyName", "string"),
        Field::expected("jobGeo", "string"),
        Field::expected("pubDate", "string"),
        Field::value("jobDescription", "string"),
        Field::value("jobExcerpt", "string"),
        Field::loose("jobType", "array|string"),
        Field::loose("jobIndustry", "array|string"),
        Field::value("jobLevel", "string"),
        Field::value("salaryMin", "number|string"),
        Field::value("salaryMax", "number|string"),
        Field::value("annualSalaryMin", "number|string"),
        Field::value("annualSalaryMax", "number|string"),
        Field::value("salaryCurrency", "string"),
        Field::value("salaryPeriod", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["jobSlug", "companyLogo"],
};

impl Source for Jobicy {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let known = [("geo", "geo"), ("industry", "industry"), ("tag", "tag")];
        let asked = address::parameters(board, &known)?;
        let query = [("count", "100")].into_iter().chain(asked);
        Ok(vec![Ask::get(address::with_query("https://jobicy.com/api/v2/remote-jobs", query))])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let reading = json::contracted(&CONTRACT, body.list("jobs")?, posting)?;
        let announced = json::at(&body.value, "jobCount").and_then(|count| count.as_u64());
        Ok(Reading { announced, ..reading })
    }

    fn board_of(&self, _body: &[u8]) -> Option<String> {
        Some(DESCRIPTION.name.to_owned())
    }
}

fn posting(fields: Fields<'_>) -> Result<RawPosting, Rejection> {
    let scope = label(fields, "jobGeo");
    let kinds = labels(fields, "jobType");
    let description = section_at(fields, "jobDescription", None).or_else(|| section_at(fields, "jobExcerpt", None));
    Ok(RawPosting {
        external_id: fields.id("id")?,
        title: fields.title("jobTitle")?,
        company: label(fields, "companyName"),
        places: scope.iter().map(|scope| RawPlace::text(scope, "jobGeo")).collect(),
        remote: Some(Stated::new(Remote::Remote, "jobGeo")),
        remote_scope: scope.into_iter().collect(),
        pay: pay(fields).into_iter().collect(),
        posted_at: fields.instant("pubDate"),
        // "Any" names no level.
        level: label(fields, "jobLevel").filter(|level| level != "Any").map(|level| Stated::new(level, "jobLevel")),
        employment: (!kinds.is_empty()).then(|| Stated::new(kinds.join(", "), "jobType")),
        tags: labels(fields, "jobIndustry"),
        sections: description.into_iter().collect(),
        url: fields.text("url"),
        ..RawPosting::default()
    })
}

/// A label without its entities, which stand in JSON as they would in HTML.
fn label(fields: Fields<'_>, path: &str) -> Option<String> {
    fields.text(path).map(|text| html_escape::decode_html_entities(&text).into_owned())
}

/// One label or a list of them.
fn labels(fields: Fields<'_>, path: &str) -> Vec<String> {
    if fields.at(path).is_some_and(serde_json::Value::is_string) {
        return label(fields, path).into_iter().collect();
    }
    let plain = |text: String| html_escape::decode_html_entities(&text).into_owned();
    fields.texts(path).into_iter().map(plain).collect()
}

/// The pay; the elder fields are of a year by their names.
fn pay(fields: Fields<'_>) -> Option<RawPay> {
    let stated = |path: &str| fields.decimal(path).filter(|amount| *amount > Decimal::ZERO);
    let (min, max) = (stated("salaryMin"), stated("salaryMax"));
    let elder = min.is_none() && max.is_none();
    let (min, max) = if elder { (stated("annualSalaryMin"), stated("annualSalaryMax")) } else { (min, max) };
    min.or(max)?;
    let words = fields.text("salaryPeriod");
    let period = if elder { Some(Period::Year) } else { words.as_deref().and_then(period_of) };
    if period.is_none() && words.is_some() {
        fields.warn("pay-period-unknown");
    }
    let field = if elder { "annualSalaryMin" } else { "salaryMin" };
    Some(RawPay {
        field: field.to_owned(),
        min,
        max,
        currency: fields.text("salaryCurrency"),
        period,
        ..RawPay::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample::{posting_of, read};

    fn one(record: &str) -> RawPosting {
        posting_of(&read(&SOURCE, &format!(r#"{{"jobs":[{{"id":1,"jobTitle":"A",{record}}}]}}"#)), 0).clone()
    }

    #[test]
    fn entities_in_labels_are_what_they_stand_for() {
        let posting =
            one(r#""companyName":"Wick &amp; Sons","jobIndustry":["Design &amp; Multimedia"],"jobGeo":"USA""#);
        assert_eq!(posting.company.as_deref(), Some("Wick & Sons"));
        assert_eq!(posting.tags, ["Design & Multimedia"]);
        assert_eq!(posting.remote_scope, ["USA"]);
    }

    #[test]
    fn pay_is_of_the_span_that_is_stated_and_zero_is_none() {
        let pay = |record: &str| one(record).pay.first().map(|pay| (pay.min, pay.period));
        assert_eq!(pay(r#""salaryMin":40,"salaryPeriod":"hourly""#), Some((Some(40.into()), Some(Period::Hour))));
        assert_eq!(
            pay(r#""salaryMin":"90000","salaryPeriod":"yearly""#),
            Some((Some(90_000.into()), Some(Period::Year)))
        );
        assert_eq!(pay(r#""annualSalaryMin":"90000""#), Some((Some(90_000.into()), Some(Period::Year))));
        assert_eq!(pay(r#""salaryMin":90000"#), Some((Some(90_000.into()), None)));
        assert_eq!(pay(r#""salaryMin":0,"salaryMax":0,"salaryPeriod":"yearly""#), None);
    }
}
