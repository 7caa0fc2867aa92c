//! Breezy careers portals: one list of facts without text, and the page of each posting with its text as JSON-LD.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, POSTING, RawPay, RawPlace, RawPosting, Reading, Record,
    Rejection, Remote, Source, Stated,
};
use pipeline_core::{Error, Result};
use serde_json::Value;
use url::Url;

use super::json::{self, Body, Fields};
use super::markup::section_at;
use super::{board, hosts, jobposting, portal};

/// The source.
pub static SOURCE: Breezy = Breezy;

/// Breezy careers portals.
pub struct Breezy;

static DESCRIPTION: Description = Description {
    name: "breezy",
    title: "Breezy",
    board: Some("company, as in COMPANY.breezy.hr"),
    min_gap_ms: 2_000,
    min_interval_s: 21_600,
    listing_is_complete: true,
    terms: "The public list behind every careers portal, read without a key; robots.txt is obeyed as found, and every \
            posting links to its page.",
    reference: "https://COMPANY.breezy.hr/json (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// The domain of all portals.
const DOMAIN: &str = "breezy.hr";
/// The key of a detail ask's context that holds the row of the list, which says what the page does not.
const ROW: &str = "row";
/// Longest row that goes with the ask for its page, in bytes; longer ones are read without it.
const LONGEST_ROW: usize = 16 * 1024;
/// Most rows of a list whose pages are asked for.
const MOST_ROWS: usize = 10_000;

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "string"),
        Field::essential("name", "string"),
        Field::value("friendly_id", "string"),
        Field::expected("url", "string"),
        Field::value("published_date", "string"),
        Field::value("updated_date", "string"),
        Field::loose("type", "object|string"),
        Field::value("type.id", "string"),
        Field::value("type.name", "string"),
        Field::value("location", "object"),
        Field::value("location.name", "string"),
        Field::value("location.city", "string"),
        Field::loose("location.state", "object|string"),
        Field::loose("location.country", "object|string"),
        Field::value("location.is_remote", "boolean"),
        Field::value("location.remote_details", "object"),
        Field::value("locations", "array"),
        Field::value("department", "string"),
        Field::value("salary", "string"),
        Field::value("description", "string"),
        Field::loose("experience", "object|string"),
        Field::value("company", "object"),
        Field::value("company.name", "string"),
        Field::value("tags", "array"),
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "category",
        "education",
        "state",
        "requirements",
        "creation_date",
        "org_type",
        "candidate_type",
        "creator_id",
    ],
};

impl Source for Breezy {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let company = board::token(board, DESCRIPTION.name, &[])?;
        let host = host_of(company).ok_or_else(|| {
            Error::config(format!("`{company}` cannot be the name of a breezy board"))
                .hint("give COMPANY of COMPANY.breezy.hr")
        })?;
        Ok(vec![Ask::get(format!("https://{host}/json")).with(board::CRAWL, 1)])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let asked = answer.context.contains_key(POSTING);
        let is_page =
            String::from_utf8_lossy(&answer.body[..answer.body.len().min(4_096)]).trim_start().starts_with('<');
        if asked || is_page {
            return page(answer);
        }
        let body = json::body(answer)?;
        let no_list = || body.wrong_shape(format!("the body should be a list and is {}", json::type_name(&body.value)));
        let rows = body.value.as_array().ok_or_else(no_list)?;
        if answer.context.get(board::CRAWL).is_some_and(|crawl| crawl == "1") {
            return follow(answer, &body, rows);
        }
        json::contracted(&CONTRACT, rows, |row| posting(row, answer.board))
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        hosts::named(hosts::tenant(url, DOMAIN)?)
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let of_row = |row: &Value| hosts::tenant(&Url::parse(row.get("url")?.as_str()?).ok()?, DOMAIN);
        let of_page = || hosts::tenant(&Url::parse(&jobposting::SOURCE.board_of(body)?).ok()?, DOMAIN);
        board::find_in(body, "", of_row).or_else(of_page)
    }
}

/// The host of the portal of `company`.
fn host_of(company: &str) -> Option<String> {
    board::is_host_label(company).then(|| format!("{}.{DOMAIN}", company.to_ascii_lowercase()))
}

/// What a crawled list leads to: the page of each row; a row whose page cannot be asked for is read as it is.
fn follow(answer: &Answer<'_>, body: &Body<'_>, rows: &[Value]) -> std::result::Result<Reading, Rejection> {
    let unusable = || body.wrong_shape(format!("`{}` cannot be the name of a breezy board", answer.board));
    let host = host_of(answer.board).ok_or_else(unusable)?;
    let mut reading = json::contracted(&CONTRACT, rows, |row| posting(row, answer.board))?;
    let mut kept = Vec::new();
    for (record, row) in std::mem::take(&mut reading.records).into_iter().zip(rows) {
        match &record {
            Record::Posting(posting) if posting.sections.is_empty() && reading.next.len() < MOST_ROWS => {
                match detail(posting, row, &host) {
                    Some(ask) => reading.next.push(ask),
                    None => kept.push(record),
                }
            }
            _ => kept.push(record),
        }
    }
    reading.records = kept;
    Ok(reading)
}

/// The ask for the page of `posting`, whose row goes with it, unless it is not on the portal `host`.
fn detail(posting: &RawPosting, row: &Value, host: &str) -> Option<Ask> {
    let url = Url::parse(posting.url.as_deref()?).ok()?;
    let own = url.scheme() == "https" && url.port().is_none() && url.username().is_empty();
    let inside = own && url.host_str() == Some(host) && url.path().starts_with("/p/");
    let row = Some(row.to_string()).filter(|row| row.len() <= LONGEST_ROW)?;
    inside.then(|| Ask::get(url).with(POSTING, &posting.external_id).with(ROW, row))
}

/// The page of one posting, with what its row of the list says; a row is never lost for its page.
fn page(answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
    let row = answer.context.get(ROW).and_then(|row| serde_json::from_str::<Value>(row).ok());
    let described = jobposting::SOURCE.read(answer);
    let Some(row) = row else { return unasked(answer, described) };
    let mut reading = json::contracted(&CONTRACT, std::slice::from_ref(&row), |row| posting(row, answer.board))?;
    let mut page = described.ok().and_then(|reading| {
        reading.records.into_iter().find_map(|record| match record {
            Record::Posting(posting) => Some(*posting),
            Record::Rejected(_) => None,
        })
    });
    // The list has been held against the contract already.
    reading.findings.clear();
    reading.detail = true;
    for record in &mut reading.records {
        if let Record::Posting(posting) = record {
            match page.take() {
                Some(page) => complete(posting, page),
                None => posting.warnings.push("description-missing"),
            }
        }
    }
    Ok(reading)
}

/// A page that was saved: that of a posting, or the portal with a card of each.
fn unasked(
    answer: &Answer<'_>,
    described: std::result::Result<Reading, Rejection>,
) -> std::result::Result<Reading, Rejection> {
    let named = described.map(|mut reading| {
        reading.records.iter_mut().for_each(|record| name_by_address(record, answer));
        reading
    });
    let text = String::from_utf8_lossy(answer.body);
    let one =
        answer.context.contains_key(POSTING) || Url::parse(answer.url).is_ok_and(|url| url.path().starts_with("/p/"));
    let cards = if one { None } else { portal::read(&text, answer, DOMAIN)? };
    let Some(mut cards) = cards else { return Ok(Reading { detail: true, ..named? }) };
    let id = |record: &Record| match record {
        Record::Posting(posting) => Some(posting.external_id.clone()),
        Record::Rejected(_) => None,
    };
    for record in named.map(|named| named.records).unwrap_or_default() {
        if id(&record).is_none() || !cards.records.iter().any(|card| id(card) == id(&record)) {
            cards.records.push(record);
        }
    }
    Ok(cards)
}

/// Fills what the row leaves open with what the page says.
fn complete(posting: &mut RawPosting, page: RawPosting) {
    if posting.warnings.contains(&board::COMPANY_FROM_BOARD) && page.company.is_some() {
        posting.company = page.company;
        posting.warnings.retain(|warning| *warning != board::COMPANY_FROM_BOARD);
    }
    if posting.places.is_empty() {
        posting.places = page.places;
    }
    if posting.pay.is_empty() {
        posting.pay = page.pay;
    }
    posting.remote = posting.remote.take().or(page.remote);
    posting.remote_scope = page.remote_scope;
    posting.posted_at = posting.posted_at.take().or(page.posted_at);
    posting.closes_at = page.closes_at;
    posting.employment = posting.employment.take().or(page.employment);
    posting.sections = page.sections;
    let new = page.warnings.into_iter().filter(|warning| !posting.warnings.contains(warning)).collect::<Vec<_>>();
    posting.warnings.extend(new);
}

/// Gives a posting that only its page describes the id that the list gives it, which begins the name of the page.
fn name_by_address(record: &mut Record, answer: &Answer<'_>) {
    let Record::Posting(posting) = record else { return };
    board::name_company(posting, answer.board);
    let address = posting.url.as_deref().unwrap_or(answer.url);
    let name = Url::parse(address).ok().filter(|url| hosts::tenant(url, DOMAIN).is_some());
    if let Some(id) = name.and_then(|url| hosts::after(&url, &["p"])).as_deref().map(id_of_page) {
        posting.external_id = id;
    }
}

pub(super) fn id_of_page(name: &str) -> String {
    name.split_once('-').map_or(name, |(id, _)| id).to_owned()
}

fn posting(row: Fields<'_>, board: &str) -> std::result::Result<RawPosting, Rejection> {
    let mut posting = RawPosting {
        external_id: row.id("id")?,
        title: row.title("name")?,
        company: row.text("company.name"),
        places: places(row),
        remote: remote(row),
        pay: pay(row),
        posted_at: row.instant("published_date"),
        updated_at: row.instant("updated_date"),
        level: word(row, "experience"),
        employment: word(row, "type"),
        department: row.text("department"),
        tags: row.texts("tags"),
        sections: section_at(row, "description", None).into_iter().collect(),
        url: row.text("url"),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, board);
    Ok(posting)
}

/// The word at `field`, or the name of the object there.
fn word(row: Fields<'_>, field: &str) -> Option<Stated<String>> {
    match row.at(field) {
        Some(Value::Object(_)) => {
            row.stated_text(&format!("{field}.name")).or_else(|| row.stated_text(&format!("{field}.id")))
        }
        _ => row.stated_text(field),
    }
}

/// Every place of the posting, or the one.
fn places(row: Fields<'_>) -> Vec<RawPlace> {
    let places: Vec<RawPlace> =
        row.objects("locations").into_iter().filter_map(|at| place(at, "locations[]")).collect();
    if places.is_empty() {
        return row.object("location").and_then(|at| place(at, "location")).into_iter().collect();
    }
    places
}

fn place(at: Fields<'_>, field: &str) -> Option<RawPlace> {
    let place = RawPlace {
        field: field.to_owned(),
        text: at.text("name"),
        city: at.text("city").filter(|city| board::remote_of(city).is_none()),
        region: word(at, "state").map(|stated| stated.value),
        country: word(at, "country").map(|stated| stated.value),
        ..RawPlace::default()
    };
    let known = place.text.is_some() || place.city.is_some() || place.region.is_some() || place.country.is_some();
    known.then_some(place)
}

/// How the work is done; the flag is set for hybrid work too, which only the details tell apart.
fn remote(row: Fields<'_>) -> Option<Stated<Remote>> {
    let location = row.object("location")?;
    let details = location.object("remote_details").and_then(|details| details.text("value"));
    let how = details.as_deref().and_then(|words| match words.to_ascii_lowercase().as_str() {
        words if words.starts_with("hybrid") => Some(Remote::Hybrid),
        words if words.starts_with("remote") => Some(Remote::Remote),
        words => board::remote_of(words),
    });
    let flag =
        || (location.truth("is_remote") == Some(true)).then(|| Stated::new(Remote::Remote, "location.is_remote"));
    how.map(|how| Stated::new(how, "location.remote_details.value")).or_else(flag)
}

/// Pay as the employer writes it.
fn pay(row: Fields<'_>) -> Vec<RawPay> {
    let text = row.text("salary").filter(|text| text.chars().any(|c| c.is_ascii_digit()));
    let pay = text.map(|text| RawPay { field: "salary".to_owned(), text: Some(text), ..RawPay::default() });
    pay.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, postings, read_crawled, read_with, rules};

    const ROWS: &str = r#"[{"id":"1a2b","friendly_id":"1a2b-nurse","name":"Nurse","url":"https://acme.breezy.hr/p/1a2b-nurse",
        "published_date":"2026-11-02T10:00:00.000Z","type":{"id":"fullTime","name":"Full-Time"},"department":"Care",
        "location":{"country":{"name":"United States","id":"US"},"state":{"id":"FL","name":"Florida"},"city":"Tampa",
        "is_remote":true,"remote_details":{"value":"hybrid"},"name":"Tampa, FL"},"salary":"$30 - $40 / hr",
        "company":{"name":"Acme Care","logo_url":null}}]"#;
    const PAGE: &str = r#"<html><head><script type="application/ld+json">{"@type":"JobPosting","title":"Nurse",
        "description":"<p>Care</p>","datePosted":"2026-11-01","validThrough":"2026-12-01","employmentType":"FULL_TIME",
        "url":"https://acme.breezy.hr/p/1a2b-nurse","jobLocationType":"TELECOMMUTE"}</script></head></html>"#;

    fn one(reading: &Reading) -> &RawPosting {
        match &reading.records[0] {
            Record::Posting(posting) => posting,
            Record::Rejected(rejection) => panic!("{rejection:?}"),
        }
    }

    #[test]
    fn the_page_adds_the_text_to_what_the_list_says() {
        let list = read_crawled(&SOURCE, "acme", ROWS, &[("crawl", "1")]).expect("is a list");
        assert!(list.records.is_empty());
        let ask = &list.next[0];
        assert_eq!((ask.url.as_str(), ask.context[POSTING].as_str()), ("https://acme.breezy.hr/p/1a2b-nurse", "1a2b"));
        let carried = [(POSTING, "1a2b"), (ROW, ask.context[ROW].as_str())];
        let reading = read_crawled(&SOURCE, "acme", PAGE, &carried).expect("is a page");
        let posting = one(&reading);
        assert_eq!((posting.external_id.as_str(), posting.sections[0].body.as_str()), ("1a2b", "<p>Care</p>"));
        assert_eq!(posting.remote.as_ref().map(|remote| remote.value), Some(Remote::Hybrid));
        assert_eq!(posting.pay[0].text.as_deref(), Some("$30 - $40 / hr"));
        assert_eq!(posting.posted_at.as_ref().map(|at| at.field.as_str()), Some("published_date"));
        assert!(posting.closes_at.is_some());
        let broken = read_crawled(&SOURCE, "acme", "<html><p>Nurse", &carried).expect("keeps the row");
        assert_eq!(one(&broken).warnings, ["description-missing"]);
    }

    #[test]
    fn a_saved_page_alone_has_the_id_of_the_list() {
        let reading = read_with(&SOURCE, PAGE).expect("is a page");
        assert_eq!(one(&reading).external_id, "1a2b");
        assert_eq!(SOURCE.board_of(PAGE.as_bytes()).as_deref(), Some("acme"));
        assert_eq!(SOURCE.board_of(ROWS.as_bytes()).as_deref(), Some("acme"));
    }

    #[test]
    fn a_saved_portal_has_a_card_of_each_posting() {
        let page = format!(
            "<html><body><ul>\
             <li class=position><a href='/p/1a2b-nurse'><h2>Nurse</h2><ul class=meta><li class=location><span>Tampa, FL</span>\
             <span class=polygot>%LABEL_POSITION_TYPE_HYBRID%</span></li><li class=posted><span>May 8, 2026</span></li>\
             <li class=type><span>%LABEL_POSITION_TYPE_FULL_TIME%</span></li></ul></a></li>\
             <li class=position><a href='/p/3c-porter'><h2>Porter</h2><ul><li class=location><span>%LABEL_MULTIPLE_LOCATIONS%</span>\
             <span> (4) </span></li></ul></a></li><li><a href='https://evil.example/p/9-x'><h2>Elsewhere</h2></a></li>\
             <li><a href='/jobs/4'><h2>No posting</h2></a></li></ul>{PAGE}</body></html>"
        );
        let reading = read_with(&SOURCE, &page).expect("is a portal");
        assert_eq!(rules(&reading), ["ok", "ok"]);
        let posting = one(&reading);
        assert_eq!(
            (posting.external_id.as_str(), posting.url.as_deref()),
            ("1a2b", Some("https://acme.breezy.hr/p/1a2b-nurse"))
        );
        assert_eq!(posting.places, [RawPlace::text("Tampa, FL", "location")]);
        assert_eq!(posting.remote.as_ref().map(|remote| remote.value), Some(Remote::Hybrid));
        assert_eq!(posting.employment.as_ref().map(|kind| kind.value.as_str()), Some("full time"));
        assert_eq!(posting.posted_at.as_ref().map(|at| at.value.to_string()).as_deref(), Some("2026-05-08T00:00:00Z"));
        let Record::Posting(porter) = &reading.records[1] else { panic!("is a posting") };
        assert!(porter.places.is_empty() && porter.warnings.contains(&"places-only-counted"));
        let cut = read_with(&SOURCE, &page[..page.len() / 2]).map_err(|rejection| rejection.rule);
        assert_eq!(cut.err(), Some("truncated-html"));
    }

    #[test]
    fn a_row_whose_page_is_elsewhere_is_read_without_it() {
        let body = r#"[{"id":"1","name":"A","url":"https://evil.example/p/1"},{"id":"2","name":"B"},
            {"id":"3","name":"C","url":"https://acme.breezy.hr/p/3","description":"<p>x</p>"}]"#;
        let list = read_crawled(&SOURCE, "acme", body, &[("crawl", "1")]).expect("is a list");
        assert!(list.next.is_empty());
        assert_eq!(rules(&list), ["ok", "ok", "ok"]);
    }

    #[test]
    fn a_flag_alone_is_remote_and_worldwide_is_a_place() {
        let found = postings(
            &SOURCE,
            r#"[{"id":"1","name":"A","url":"u","location":{"is_remote":true,"remote_details":{"value":"remote-location"},"name":"Worldwide"}},
              {"id":"2","name":"B","location":{"is_remote":false,"country":"PY","city":"Remote"},"type":"Other"}]"#,
        );
        assert_eq!(found[0].remote.as_ref().map(|remote| remote.value), Some(Remote::Remote));
        assert_eq!(found[1].remote, None);
        assert_eq!((found[1].places[0].country.as_deref(), found[1].places[0].city.as_deref()), (Some("PY"), None));
    }

    #[test]
    fn a_bad_row_never_stops_its_neighbours() {
        let reading = read_with(&SOURCE, r#"[{"id":"1"},{"name":"T"},null,{"id":"2","name":"T"}]"#).expect("is a list");
        assert_eq!(rules(&reading), ["title-missing", "id-missing", "not-an-object", "ok"]);
        for body in ["null", r#"{"jobs":[{"id":"1","name":"T"}]}"#] {
            assert_eq!(
                read_with(&SOURCE, body).map_err(|rejection| rejection.rule).err(),
                Some("wrong-shape"),
                "{body}"
            );
        }
        let html = read_with(&SOURCE, "<html><a href=\"/jobs/1\">x</a></html>").map_err(|rejection| rejection.rule);
        assert_eq!(html.err(), Some("no-jobposting"));
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://acme.breezy.hr/",
                "https://acme.breezy.hr/json",
                "https://acme.breezy.hr/p/1a2b-nurse/apply",
                "https://acme.breezy.hr/embed/js?inline=true",
            ],
        );
        assert_eq!(found, ["acme"; 4]);
        let none =
            boards_at(&SOURCE, &["https://breezy.hr/", "https://app.breezy.hr/x", "https://assets-cdn.breezy.hr/x"]);
        assert_eq!(none, [""; 3]);
    }
}
