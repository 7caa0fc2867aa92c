//! Greenhouse job boards: one answer holds the whole board, with text as entity-escaped HTML; pay only in the detail.

use pipeline_core::Result;
use pipeline_core::read;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, Markup, OnDrift, PayKind, RawPay, RawPlace, RawPosting, Reading,
    Rejection, Section, Source, Stated,
};
use rust_decimal::Decimal;
use serde_json::Value;
use url::Url;

use super::json::{self, Fields};
use super::{board, hosts};

/// The source.
pub static SOURCE: Greenhouse = Greenhouse;

/// Greenhouse job boards.
pub struct Greenhouse;

static DESCRIPTION: Description = Description {
    name: "greenhouse",
    title: "Greenhouse",
    board: Some("board token, as in boards.greenhouse.io/TOKEN"),
    ids_are_global: true,
    min_gap_ms: 1_000,
    min_interval_s: 3_600,
    secrets: &[],
    listing_is_complete: true,
    terms: "Public Job Board API, read without a key; postings belong to their employer, so link to the original page.",
    reference: "https://developers.greenhouse.io/job-board.html (no limit on GET is stated; the gap is our own)",
    ..Description::BASE
};

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "number|string"),
        Field::essential("title", "string"),
        Field::expected("absolute_url", "string"),
        Field::value("company_name", "string"),
        Field::value("location", "object"),
        Field::value("location.name", "string"),
        Field::value("offices", "array"),
        Field::value("offices[].name", "string"),
        Field::value("offices[].location", "string"),
        Field::value("departments", "array"),
        Field::value("departments[].name", "string"),
        Field::value("metadata", "array"),
        Field::value("content", "string"),
        Field::value("first_published", "string"),
        Field::value("updated_at", "string"),
        Field::value("application_deadline", "string"),
        Field::value("internal_job_id", "number|string"),
        Field::value("requisition_id", "string|number"),
        Field::value("pay_input_ranges", "array"),
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "data_compliance",
        "language",
        "ai_disclaimer",
        "include_ai_disclaimer",
        "ai_opt_out_request_url",
        "education",
        "questions",
        "location_questions",
        "compliance",
        "demographic_questions",
        "company",
        "location_display_name",
    ],
};

impl Source for Greenhouse {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        let hosted = [
            "boards.greenhouse.io",
            "job-boards.greenhouse.io",
            "boards.eu.greenhouse.io",
            "job-boards.eu.greenhouse.io",
        ];
        let interfaces = ["boards-api.greenhouse.io", "boards-api.eu.greenhouse.io", "api.greenhouse.io"];
        if hosts::is_at(url, &interfaces) {
            return hosts::named(hosts::after(url, &["v1", "boards"])?);
        }
        let first = hosts::segments(url).into_iter().next().filter(|_| hosts::is_at(url, &hosted))?;
        // Pages that embed a board, or its script, name it in the query.
        hosts::named(if first == "embed" { hosts::parameter(url, "for")? } else { first })
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let token = board::token(board, DESCRIPTION.name, &[])?;
        let url = board::address_of("https://boards-api.greenhouse.io/v1/boards", &[token, "jobs"])?;
        Ok(vec![Ask::get(format!("{url}?content=true"))])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let posting = |fields: Fields<'_>| posting(fields, answer.board);
        if body.value.get("jobs").is_none() && body.value.get("title").is_some() {
            return Ok(Reading {
                records: vec![json::record(&body.value, posting)],
                detail: true,
                ..Reading::default()
            });
        }
        let announced = json::at(&body.value, "meta.total").and_then(Value::as_u64);
        Ok(Reading { announced, ..json::contracted(&CONTRACT, body.list("jobs")?, posting)? })
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let hosts = ["boards.greenhouse.io", "job-boards.greenhouse.io", "job-boards.eu.greenhouse.io"];
        board::find_in(body, "jobs", |job| board::segment_of(job.get("absolute_url")?.as_str()?, &hosts, 0))
    }
}

fn posting(job: Fields<'_>, board: &str) -> Result<RawPosting, Rejection> {
    let mut posting = RawPosting {
        external_id: job.id("id")?,
        title: job.title("title")?,
        role_key: job.text("internal_job_id"),
        company: job.text("company_name"),
        places: places(job),
        pay: pay(job),
        posted_at: job.instant("first_published"),
        updated_at: job.instant("updated_at"),
        closes_at: job.instant("application_deadline"),
        department: department(job),
        sections: sections(job),
        url: job.text("absolute_url"),
        apply_url: job.text("absolute_url"),
        listed: Some(true),
        ..RawPosting::default()
    };
    read_metadata(job, &mut posting);
    board::name_company(&mut posting, board);
    Ok(posting)
}

/// The place that the posting names; the employer's offices only when it names none, because they are often regions.
fn places(job: Fields<'_>) -> Vec<RawPlace> {
    if let Some(name) = job.text("location.name") {
        return vec![RawPlace::text(name, "location.name")];
    }
    let offices = job.objects("offices").into_iter().filter_map(|office| {
        let stated = |field: &str| office.text(field).map(|text| RawPlace::text(text, format!("offices[].{field}")));
        stated("location").or_else(|| stated("name"))
    });
    offices.collect()
}

fn department(job: Fields<'_>) -> Option<String> {
    let names = job.objects("departments").into_iter().filter_map(|department| department.text("name"));
    names.into_iter().find(|name| !name.eq_ignore_ascii_case("no department"))
}

fn sections(job: Fields<'_>) -> Vec<Section> {
    let content = job.text("content").map(|body| Section {
        field: "content".to_owned(),
        heading: None,
        markup: if !body.contains('<') && body.contains("&lt;") { Markup::EscapedHtml } else { Markup::Html },
        body,
    });
    content.into_iter().collect()
}

/// Pay ranges of a detail answer: amounts in hundredths, the span only in the range's title.
fn pay(job: Fields<'_>) -> Vec<RawPay> {
    let ranges = job.objects("pay_input_ranges");
    let is_base = |range: &Fields<'_>| !board::is_on_top(&range.text("title").unwrap_or_default());
    let several = ranges.iter().filter(|range| is_base(range)).count() > 1;
    let ranges = ranges.into_iter().enumerate().filter_map(|(index, range)| {
        let amount = |field| range.decimal(field).filter(|cents| !cents.is_zero()).map(from_cents);
        let (min, max) = (amount("min_cents"), amount("max_cents"));
        let title = range.text("title").unwrap_or_default();
        let pay = RawPay {
            field: format!("pay_input_ranges[{index}]"),
            min,
            max,
            currency: range.text("currency_type"),
            period: board::period_of(&title),
            kind: if board::is_on_top(&title) { PayKind::Other } else { PayKind::Base },
            zone: (several && !board::is_on_top(&title) && !title.is_empty()).then_some(title),
            ..RawPay::default()
        };
        (min.is_some() || max.is_some()).then_some(pay)
    });
    ranges.collect()
}

fn from_cents(cents: Decimal) -> Decimal {
    cents.checked_div(Decimal::ONE_HUNDRED).unwrap_or(cents).normalize()
}

/// Reads the fields that an employer defined, by their names.
fn read_metadata(job: Fields<'_>, posting: &mut RawPosting) {
    for entry in job.objects("metadata") {
        let Some(name) = entry.text("name").map(|name| name.to_lowercase()) else { continue };
        let Some(value) = entry.at("value") else { continue };
        let field = format!("metadata[{name}]");
        let words = words_of(value);
        match name.as_str() {
            "employment type" | "job type" | "time type" | "contract type" if posting.employment.is_none() => {
                posting.employment = words.map(|words| Stated::new(words, field));
            }
            "location type" | "workplace type" | "work type" | "workplace" | "remote type" | "work arrangement"
            | "work model"
                if posting.remote.is_none() =>
            {
                posting.remote = words.and_then(|words| board::remote_of(&words)).map(|how| Stated::new(how, field));
            }
            "level" | "job level" | "seniority" | "seniority level" | "career level" if posting.level.is_none() => {
                posting.level = words.map(|words| Stated::new(words, field));
            }
            _ if ["salary", "pay", "compensation"].iter().any(|word| name.contains(word)) => {
                posting.pay.extend(metadata_pay(value, &name, field));
            }
            _ => {}
        }
    }
}

fn words_of(value: &Value) -> Option<String> {
    match value {
        Value::Array(values) => {
            let words: Vec<String> = values.iter().filter_map(read::text_of).collect();
            (!words.is_empty()).then(|| words.join(", "))
        }
        value => read::text_of(value),
    }
}

/// Pay of a field of the type `currency_range` (or `currency`).
fn metadata_pay(value: &Value, name: &str, field: String) -> Option<RawPay> {
    let amount = |key: &str| value.get(key).and_then(read::decimal_of).filter(|amount| !amount.is_zero());
    let (min, max) =
        (amount("min_value").or_else(|| amount("amount")), amount("max_value").or_else(|| amount("amount")));
    (min.is_some() || max.is_some()).then(|| RawPay {
        field,
        min,
        max,
        currency: value.get("unit").and_then(read::text_of),
        period: board::period_of(name),
        kind: if board::is_on_top(name) { PayKind::Other } else { PayKind::Base },
        ..RawPay::default()
    })
}

#[cfg(test)]
mod tests {
    use pipeline_core::money::Period;
    use pipeline_core::source::Remote;

    use super::*;
    use crate::sources::testing::{boards_at, postings, read_with, rules};

    #[test]
    fn escaped_text_is_told_from_html() {
        let found = postings(
            &SOURCE,
            r#"{"jobs":[{"id":1,"title":"A","content":"&lt;p&gt;x&lt;/p&gt;"},{"id":2,"title":"B","content":"<p>a &lt; b</p>"}]}"#,
        );
        let markups: Vec<Markup> = found.iter().map(|posting| posting.sections[0].markup).collect();
        assert_eq!(markups, [Markup::EscapedHtml, Markup::Html]);
    }

    #[test]
    fn a_bad_record_never_stops_its_neighbours() {
        let reading = read_with(
            &SOURCE,
            r#"{"jobs":[{"id":1,"title":"A"},{"title":"no id"},{"id":3,"title":""},{"id":{},"title":"x"},[],{"id":4,"title":"B"}]}"#,
        )
        .expect("is a board");
        assert_eq!(rules(&reading), ["ok", "id-missing", "title-missing", "type-changed", "not-an-object", "ok"]);
    }

    #[test]
    fn a_detail_states_pay_in_hundredths_and_its_span_in_the_title() {
        let found = postings(
            &SOURCE,
            r#"{"id":1,"title":"A","pay_input_ranges":[
                {"min_cents":5000000,"max_cents":7550050,"currency_type":"USD","title":"Annual Salary"},
                {"min_cents":100000,"max_cents":200000,"currency_type":"USD","title":"Target bonus"}]}"#,
        );
        let pay = &found[0].pay;
        assert_eq!(pay[0].max.map(|max| max.to_string()).as_deref(), Some("75500.5"));
        assert_eq!((pay[0].period, pay[0].kind), (Some(Period::Year), PayKind::Base));
        assert_eq!(pay[1].kind, PayKind::Other);
    }

    #[test]
    fn fields_that_an_employer_defined_are_read_by_name() {
        let found = postings(
            &SOURCE,
            r#"{"jobs":[{"id":1,"title":"A","metadata":[
                {"name":"Location Type","value":"Hybrid","value_type":"single_select"},
                {"name":"Employment Type","value":["Full-time"],"value_type":"multi_select"},
                {"name":"Annual salary","value":{"unit":"GBP","min_value":"50000.0","max_value":"60000.0"},"value_type":"currency_range"},
                {"name":"Quota","value":null,"value_type":"short_text"}]}]}"#,
        );
        assert_eq!(found[0].remote.as_ref().map(|remote| remote.value), Some(Remote::Hybrid));
        assert_eq!(found[0].employment.as_ref().map(|kind| kind.value.as_str()), Some("Full-time"));
        assert_eq!(found[0].pay[0].currency.as_deref(), Some("GBP"));
    }

    #[test]
    fn an_error_instead_of_a_board_is_a_wrong_shape() {
        let rejection = read_with(&SOURCE, r#"{"status":404,"error":"Job board not found"}"#).expect_err("is no board");
        assert_eq!(rejection.rule, "wrong-shape");
    }

    #[test]
    fn the_board_is_known_from_its_addresses() {
        let body = br#"{"jobs":[{"absolute_url":"https://acme.example/jobs?gh_jid=1"},{"absolute_url":"https://job-boards.greenhouse.io/acme/jobs/1"}]}"#;
        assert_eq!(SOURCE.board_of(body).as_deref(), Some("acme"));
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://boards.greenhouse.io/acme/jobs/4001",
                "https://job-boards.greenhouse.io/acme",
                "https://job-boards.eu.greenhouse.io/acme/jobs/1",
                "https://boards.greenhouse.io/embed/job_board?for=acme&b=https%3A%2F%2Facme.example",
                "https://boards.greenhouse.io/embed/job_board/js?for=acme",
                "https://boards.eu.greenhouse.io/embed/job_app?for=acme&token=1",
                "https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true",
                "https://api.greenhouse.io/v1/boards/acme/offices",
            ],
        );
        assert_eq!(found, ["acme", "acme", "acme", "acme", "acme", "acme", "acme", "acme",]);
        let none = boards_at(
            &SOURCE,
            &[
                "https://boards.greenhouse.io/",
                "https://boards.greenhouse.io/embed/job_app?token=1",
                "https://www.greenhouse.io/acme",
                "https://boards-api.greenhouse.io/v1/boards",
                "https://acme.example/jobs?gh_jid=1",
            ],
        );
        assert_eq!(none, [""; 5]);
    }
}
