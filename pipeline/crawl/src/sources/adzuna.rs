//! Adzuna: search results of one country. The country decides the currency; some pay is Adzuna's own guess and says so.

use pipeline_core::money::Period;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, Quota, RawPay, RawPlace, RawPosting, Reading, Rejection,
    SecretPlace, Source, Stated,
};
use pipeline_core::{Error, Result};
use rust_decimal::Decimal;

use super::address;
use super::json::{self, Fields};
use super::markup::section_at;

/// The source.
pub static SOURCE: Adzuna = Adzuna;

/// Adzuna's search interface.
#[derive(Debug)]
pub struct Adzuna;

static DESCRIPTION: Description = Description {
    name: "adzuna",
    title: "Adzuna",
    board: Some("country code in lower case, such as gb, us, de"),
    ids_are_global: true,
    min_gap_ms: 2_400,
    min_interval_s: 3_600,
    // 25 requests a minute, 250 a day, 1,000 a week, 2,500 a month.
    quotas: &[
        Quota { requests: 25, window_s: 60 },
        Quota { requests: 250, window_s: 86_400 },
        Quota { requests: 1_000, window_s: 7 * 86_400 },
        Quota { requests: 2_500, window_s: 30 * 86_400 },
    ],
    secrets: &["app_id", "app_key"],
    listing_is_complete: false,
    terms: "Publishing needs the words \"Jobs by Adzuna\" with a link; other uses are a trial of 14 days, then licensed.",
    reference: "https://developer.adzuna.com/docs/terms_of_service",
    ..Description::BASE
};

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "string|number"),
        Field::essential("title", "string"),
        Field::expected("description", "string"),
        Field::expected("created", "string"),
        Field::expected("redirect_url", "string"),
        Field::value("company", "object"),
        Field::value("company.display_name", "string"),
        Field::value("location", "object"),
        Field::value("location.display_name", "string"),
        Field::value("location.area", "array"),
        Field::value("latitude", "number|string"),
        Field::value("longitude", "number|string"),
        Field::value("category", "object"),
        Field::value("category.label", "string"),
        Field::value("contract_time", "string"),
        Field::value("contract_type", "string"),
        Field::value("salary_min", "number|string"),
        Field::value("salary_max", "number|string"),
        Field::loose("salary_is_predicted", "string|number|boolean"),
    ],
    unknown: OnDrift::Evolve,
    known: &["__CLASS__", "adref"],
};

const PARAMETERS: &[(&str, &str)] = &[
    ("category", "category"),
    ("days", "max_days_old"),
    ("distance_km", "distance"),
    ("location", "where"),
    ("max_pages", ""),
    ("query", "what"),
];

/// Countries that Adzuna serves, as it writes them in addresses and as the first of `location.area`, with the currency
/// of their pay.
const COUNTRIES: &[(&str, &str, &str)] = &[
    ("at", "Österreich", "EUR"),
    ("au", "Australia", "AUD"),
    ("be", "Belgique", "EUR"),
    ("br", "Brasil", "BRL"),
    ("ca", "Canada", "CAD"),
    ("ch", "Schweiz", "CHF"),
    ("de", "Deutschland", "EUR"),
    ("es", "España", "EUR"),
    ("fr", "France", "EUR"),
    ("gb", "UK", "GBP"),
    ("in", "India", "INR"),
    ("it", "Italia", "EUR"),
    ("mx", "México", "MXN"),
    ("nl", "Nederland", "EUR"),
    ("nz", "New Zealand", "NZD"),
    ("pl", "Polska", "PLN"),
    ("sg", "Singapore", "SGD"),
    ("us", "US", "USD"),
    ("za", "South Africa", "ZAR"),
];

const PER_PAGE: u64 = 50;
/// Pages of one search that are asked for unless the board says otherwise; the newest come first.
const MAX_PAGES: u64 = 10;
/// The context that holds the number of the page asked.
const PAGE: &str = "page";
/// The context that holds the last page to be asked.
const LAST_PAGE: &str = "last_page";

impl Source for Adzuna {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let country = board.name.as_str();
        if !COUNTRIES.iter().any(|(code, ..)| *code == country) {
            let codes: Vec<&str> = COUNTRIES.iter().map(|(code, ..)| *code).collect();
            return Err(Error::config(format!("adzuna has no board {country}"))
                .hint(format!("boards are countries: {}", codes.join(", "))));
        }
        let mut last_page = MAX_PAGES;
        if let Some(pages) = board.parameters.get("max_pages") {
            let invalid = || Error::config(format!("max_pages of adzuna board {country} is no number: {pages}"));
            last_page = pages.parse().map_err(|_| invalid())?;
        }
        let asked = address::parameters(board, PARAMETERS)?.into_iter().filter(|(name, _)| !name.is_empty());
        let fixed = [("results_per_page", "50"), ("sort_by", "date")];
        let url = format!("https://api.adzuna.com/v1/api/jobs/{country}/search/1");
        Ok(vec![ask(address::with_query(&url, asked.chain(fixed)), 1, last_page)])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let reading = json::contracted(&CONTRACT, body.list("results")?, |fields| posting(fields, answer.board))?;
        let announced = json::at(&body.value, "count").and_then(|count| count.as_u64());
        let next = if reading.records.is_empty() { None } else { next(answer, announced) };
        Ok(Reading { next: next.into_iter().collect(), announced, ..reading })
    }
}

fn ask(url: String, page: u64, last_page: u64) -> Ask {
    let query = |name: &str| SecretPlace::Query(name.to_owned());
    let secrets = vec![(query("app_id"), "app_id"), (query("app_key"), "app_key")];
    Ask { secrets, ..Ask::get(url).with(PAGE, page).with(LAST_PAGE, last_page) }
}

fn next(answer: &Answer<'_>, announced: Option<u64>) -> Option<Ask> {
    let number = |key: &str| answer.context.get(key)?.parse::<u64>().ok();
    let (page, last_page) = (number(PAGE)?, number(LAST_PAGE)?);
    let more = page < last_page && page.saturating_mul(PER_PAGE) < announced?;
    let (head, tail) = answer.url.split_once(&format!("/search/{page}?")).filter(|_| more)?;
    Some(ask(format!("{head}/search/{}?{tail}", page + 1), page + 1, last_page))
}

fn posting(fields: Fields<'_>, board: &str) -> Result<RawPosting, Rejection> {
    let area = fields.object("location").map(|location| location.texts("area")).unwrap_or_default();
    let description = section_at(fields, "description", None);
    let cut =
        description.as_ref().is_some_and(|section| section.body.ends_with(['…']) || section.body.ends_with("..."));
    let contract: Vec<String> =
        ["contract_time", "contract_type"].into_iter().filter_map(|path| fields.text(path)).collect();
    Ok(RawPosting {
        external_id: fields.id("id")?,
        title: fields.title("title")?,
        company: fields.text("company.display_name"),
        places: place(fields, &area).into_iter().collect(),
        pay: pay(fields, currency(board, &area)).into_iter().collect(),
        posted_at: fields.instant("created"),
        employment: (!contract.is_empty()).then(|| Stated::new(contract.join(", "), "contract_time")),
        tags: fields.text("category.label").into_iter().collect(),
        sections: description.into_iter().collect(),
        url: fields.text("redirect_url"),
        warnings: if cut { vec!["description-cut"] } else { Vec::new() },
        ..RawPosting::default()
    })
}

fn place(fields: Fields<'_>, area: &[String]) -> Option<RawPlace> {
    let text = fields.text("location.display_name");
    let country = area.first().cloned();
    if text.is_none() && country.is_none() {
        return None;
    }
    Some(RawPlace {
        field: "location".to_owned(),
        text,
        city: None,
        region: area.get(1).cloned(),
        country,
        latitude: fields.float("latitude"),
        longitude: fields.float("longitude"),
    })
}

/// The currency of the country asked; of a saved answer whose board is no country, that of the place.
fn currency(board: &str, area: &[String]) -> Option<&'static str> {
    let of_board = COUNTRIES.iter().find(|(code, ..)| code.eq_ignore_ascii_case(board));
    let of_place = || COUNTRIES.iter().find(|(_, name, _)| area.first().is_some_and(|first| first == name));
    of_board.or_else(of_place).map(|(.., currency)| *currency)
}

/// The pay, always of a year (developer.adzuna.com/docs/search).
fn pay(fields: Fields<'_>, currency: Option<&str>) -> Option<RawPay> {
    let stated = |path: &str| fields.decimal(path).filter(|amount| *amount > Decimal::ZERO);
    let (min, max) = (stated("salary_min"), stated("salary_max"));
    min.or(max)?;
    Some(RawPay {
        field: "salary_min".to_owned(),
        min,
        max,
        currency: currency.map(str::to_owned),
        period: Some(Period::Year),
        predicted: fields.at("salary_is_predicted").and_then(flag).unwrap_or(false),
        ..RawPay::default()
    })
}

/// A flag that is written as "0" and "1", rarely as a number.
fn flag(value: &serde_json::Value) -> Option<bool> {
    match pipeline_core::read::text_of(value) {
        Some(text) => Some(text == "1"),
        None => value.as_bool(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample::{posting_of, read_with};

    fn read(board: &str, record: &str) -> Reading {
        let body = format!(r#"{{"count":120,"results":[{record}]}}"#);
        read_with(&SOURCE, board, "file:x", &Default::default(), &body).expect("reads")
    }

    #[test]
    fn a_guess_of_adzunas_is_marked_as_one() {
        for (flag, predicted) in [("\"1\"", true), ("\"0\"", false), ("1", true)] {
            let record = format!(r#"{{"id":"1","title":"A","salary_min":119025.7,"salary_is_predicted":{flag}}}"#);
            assert_eq!(posting_of(&read("us", &record), 0).pay[0].predicted, predicted, "{flag}");
        }
    }

    #[test]
    fn the_country_decides_the_currency_and_without_one_it_is_unknown() {
        let record = r#"{"id":"1","title":"A","salary_min":40000,"location":{"area":["UK","London"]}}"#;
        let currency = |board: &str, record: &str| posting_of(&read(board, record), 0).pay[0].currency.clone();
        assert_eq!(currency("in", record).as_deref(), Some("INR"));
        assert_eq!(currency("saved", record).as_deref(), Some("GBP"));
        assert_eq!(currency("saved", r#"{"id":"1","title":"A","salary_min":40000}"#), None);
    }

    #[test]
    fn pages_end_at_the_count_and_at_the_boards_limit() {
        let board = Board { name: "gb".to_owned(), parameters: [("max_pages".to_owned(), "2".to_owned())].into() };
        let first = SOURCE.start(&board).expect("a board").remove(0);
        let body = r#"{"count":120,"results":[{"id":"1","title":"A"}]}"#;
        let next = |ask: &Ask| read_with(&SOURCE, "gb", &ask.url, &ask.context, body).expect("reads").next;
        let second = next(&first).remove(0);
        assert!(second.url.contains("/gb/search/2?") && !second.url.contains("app_"), "{}", second.url);
        assert_eq!(next(&second), []);
    }

    #[test]
    fn an_unknown_country_is_refused() {
        assert!(SOURCE.start(&Board { name: "xx".to_owned(), ..Board::default() }).is_err());
    }
}
