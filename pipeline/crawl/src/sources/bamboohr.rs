//! BambooHR careers pages: a list without text, and a detail of each posting with it.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, POSTING, RawPay, RawPlace, RawPosting, Reading, Record,
    Rejection, Remote, Source, Stated,
};
use pipeline_core::{Error, Result};
use serde_json::Value;
use url::Url;

use super::json::{self, Body, Fields};
use super::markup::section_at;
use super::{board, hosts};

/// The source.
pub static SOURCE: BambooHr = BambooHr;

/// BambooHR careers pages.
pub struct BambooHr;

static DESCRIPTION: Description = Description {
    name: "bamboohr",
    title: "BambooHR",
    board: Some("company, as in COMPANY.bamboohr.com/careers"),
    ids_are_global: false,
    min_gap_ms: 2_000,
    min_interval_s: 21_600,
    listing_is_complete: true,
    terms: "The interface behind public careers pages, undocumented and read without a key; robots.txt is obeyed as found, \
            and every posting links to its page.",
    reference: "https://COMPANY.bamboohr.com/careers/list (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// The domain of all careers pages.
const DOMAIN: &str = "bamboohr.com";
/// Most rows of a list whose details are asked for.
const MOST_ROWS: usize = 10_000;

/// The form of its records, as they have been seen, in lists and in details.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::value("id", "string|number"),
        Field::essential("jobOpeningName", "string"),
        Field::value("departmentLabel", "string"),
        Field::value("department", "string"),
        Field::value("employmentStatusLabel", "string"),
        Field::value("employmentType", "string"),
        Field::value("location", "object"),
        Field::value("location.name", "string"),
        Field::value("location.city", "string"),
        Field::value("location.state", "string"),
        Field::value("location.country", "string"),
        Field::value("location.addressCountry", "string"),
        Field::value("atsLocation", "object"),
        Field::value("atsLocation.city", "string"),
        Field::value("atsLocation.state", "string"),
        Field::value("atsLocation.province", "string"),
        Field::value("atsLocation.country", "string"),
        Field::value("isRemote", "boolean"),
        Field::value("locationType", "string|number"),
        Field::value("jobOpeningShareUrl", "string"),
        Field::value("url", "string"),
        Field::value("applicationUrl", "string"),
        Field::value("jobOpeningStatus", "string"),
        Field::value("description", "string"),
        Field::value("compensation", "string"),
        Field::value("datePosted", "string"),
        Field::value("postingDate", "string"),
        Field::value("minimumExperience", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["departmentId", "employmentStatusId", "compensationVisible"],
};

impl Source for BambooHr {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let company = board::token(board, DESCRIPTION.name, &[])?;
        let host = host_of(company).ok_or_else(|| {
            Error::config(format!("`{company}` cannot be the name of a bamboohr board"))
                .hint("give COMPANY of COMPANY.bamboohr.com")
        })?;
        Ok(vec![Ask::get(format!("https://{host}/careers/list")).with(board::CRAWL, 1)])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let body = json::body(answer)?;
        if let Some(opening) = json::at(&body.value, "result.jobOpening").filter(|opening| opening.is_object()) {
            let read = |fields: Fields<'_>| posting(fields, answer, "result.jobOpening");
            let reading = json::contracted(&CONTRACT, std::slice::from_ref(opening), read)?;
            return Ok(Reading { detail: true, ..reading });
        }
        let rows = body.list("result")?;
        let announced = json::at(&body.value, "meta.totalCount").and_then(Value::as_u64);
        if answer.context.get(board::CRAWL).is_some_and(|crawl| crawl == "1") {
            return Ok(Reading { announced, ..follow(answer, &body, rows)? });
        }
        let reading = json::contracted(&CONTRACT, rows, |fields| posting(fields, answer, "result"))?;
        Ok(Reading { announced, ..reading })
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        let company = hosts::tenant(url, DOMAIN)?;
        let segments = hosts::segments(url);
        let first = segments.first().map_or("", String::as_str);
        matches!(first, "" | "careers" | "jobs" | "js").then(|| hosts::named(company)).flatten()
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let of = |job: &Value| {
            let fields = ["jobOpeningShareUrl", "applicationUrl", "url"];
            fields.into_iter().find_map(|field| hosts::tenant(&Url::parse(job.get(field)?.as_str()?).ok()?, DOMAIN))
        };
        board::find_in(body, "result", |row| of(row).or_else(|| of(json::at(row, "result.jobOpening")?)))
    }
}

/// The host of the careers pages of `company`.
fn host_of(company: &str) -> Option<String> {
    board::is_host_label(company).then(|| format!("{}.{DOMAIN}", company.to_ascii_lowercase()))
}

/// What a crawled list leads to: the detail of each row.
fn follow(answer: &Answer<'_>, body: &Body<'_>, rows: &[Value]) -> std::result::Result<Reading, Rejection> {
    let unusable = || body.wrong_shape(format!("`{}` cannot be the name of a bamboohr board", answer.board));
    let base = format!("https://{}/careers", host_of(answer.board).ok_or_else(unusable)?);
    let mut reading = Reading { findings: json::departures(&CONTRACT, rows), ..Reading::default() };
    for row in rows {
        match row_id(row) {
            Ok(id) if reading.next.len() < MOST_ROWS => {
                let url =
                    board::address_of(&base, &[&id, "detail"]).map_err(|error| body.wrong_shape(error.chain()))?;
                reading.next.push(Ask::get(url).with(POSTING, id));
            }
            Ok(_) => {
                let reason = format!("the list has more than {MOST_ROWS} rows");
                reading.records.push(Record::Rejected(Rejection::of_json("too-many-rows", reason, row)));
            }
            Err(rejection) => reading.records.push(Record::Rejected(rejection)),
        }
    }
    Ok(reading)
}

/// The id of a row of a list, by itself or by an address that it states.
fn row_id(row: &Value) -> std::result::Result<String, Rejection> {
    let stated = |field: &str| id_in(row.get(field)?.as_str()?);
    json::essential_id(row, "id").or_else(|rejection| match rejection.rule {
        "id-missing" => ["applicationUrl", "url"].into_iter().find_map(stated).ok_or(rejection),
        _ => Err(rejection),
    })
}

/// The id in the address of a posting's page, which follows `careers`, or `id` in the older form.
fn id_in(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let old = || hosts::parameter(&url, "id").filter(|_| url.path().contains("/jobs/"));
    let id = hosts::after(&url, &["careers"]).filter(|id| id != "list").or_else(old)?;
    Some(id).filter(|id| !id.trim().is_empty())
}

/// The record of a list or a detail, whose own id stands in what was asked for.
fn posting(job: Fields<'_>, answer: &Answer<'_>, place_of: &str) -> std::result::Result<RawPosting, Rejection> {
    let page = job.text("jobOpeningShareUrl").or_else(|| job.text("url"));
    let apply_url = job.text("applicationUrl");
    let asked = || answer.context.get(POSTING).cloned().or_else(|| id_in(answer.url));
    let told = || page.as_deref().and_then(id_in).or_else(|| apply_url.as_deref().and_then(id_in));
    let external_id = match job.id("id") {
        Err(rejection) if rejection.rule == "id-missing" => {
            let alone = place_of != "result";
            told().or_else(|| alone.then(asked).flatten()).ok_or(rejection)?
        }
        id => id?,
    };
    let url = page.or_else(|| {
        let base = format!("https://{}/careers", host_of(answer.board)?);
        board::address_of(&base, &[&external_id]).ok().map(String::from)
    });
    let mut posting = RawPosting {
        external_id,
        title: job.title("jobOpeningName")?,
        places: places(job),
        remote: remote(job),
        pay: pay(job),
        posted_at: job.instant("datePosted").or_else(|| job.instant("postingDate")),
        level: job.stated_text("minimumExperience"),
        employment: job.stated_text("employmentStatusLabel").or_else(|| job.stated_text("employmentType")),
        department: job.text("departmentLabel").or_else(|| job.text("department")),
        sections: section_at(job, "description", None).into_iter().collect(),
        url,
        apply_url,
        listed: job.text("jobOpeningStatus").map(|status| status.eq_ignore_ascii_case("open")),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, answer.board);
    Ok(posting)
}

/// The office, and the place of the posting where it is another; the one fills in what the other leaves open.
fn places(job: Fields<'_>) -> Vec<RawPlace> {
    let office = job.object("location").and_then(|at| place(at, "location"));
    let own = job.object("atsLocation").and_then(|at| place(at, "atsLocation"));
    match (office, own) {
        (Some(mut office), Some(own)) if own.city.is_none() || own.city == office.city => {
            office.region = office.region.or(own.region);
            office.country = office.country.or(own.country);
            vec![office]
        }
        (office, own) => office.into_iter().chain(own).collect(),
    }
}

/// The place that `at` states; a city called `Remote` or `Various` is none.
fn place(at: Fields<'_>, field: &str) -> Option<RawPlace> {
    let city = at.text("city");
    let is_city = |city: &String| board::remote_of(city).is_none() && !city.eq_ignore_ascii_case("various");
    let place = RawPlace {
        field: field.to_owned(),
        text: at.text("name").or_else(|| city.clone().filter(|city| !is_city(city))),
        city: city.filter(is_city),
        region: at.text("state").or_else(|| at.text("province")),
        country: at.text("addressCountry").or_else(|| at.text("country")),
        ..RawPlace::default()
    };
    let known = place.text.is_some() || place.city.is_some() || place.region.is_some() || place.country.is_some();
    known.then_some(place)
}

fn remote(job: Fields<'_>) -> Option<Stated<Remote>> {
    let kind = job.text("locationType");
    let how = match kind.as_deref() {
        Some("0") => Some(Remote::Onsite),
        Some("1") => Some(Remote::Remote),
        Some("2") => Some(Remote::Hybrid),
        Some(_) => {
            job.warn("remote-unknown");
            None
        }
        None => None,
    };
    let flag = || (job.truth("isRemote") == Some(true)).then(|| Stated::new(Remote::Remote, "isRemote"));
    how.map(|how| Stated::new(how, "locationType")).or_else(flag)
}

/// Pay as the employer writes it.
fn pay(job: Fields<'_>) -> Vec<RawPay> {
    let text = job.text("compensation").filter(|text| text.chars().any(|c| c.is_ascii_digit()));
    let pay = text.map(|text| RawPay { field: "compensation".to_owned(), text: Some(text), ..RawPay::default() });
    pay.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, postings, read_crawled, read_with, rules};

    fn at(place: &RawPlace) -> [Option<&str>; 4] {
        [&place.text, &place.city, &place.region, &place.country].map(Option::as_deref)
    }

    #[test]
    fn a_crawled_list_asks_for_the_detail_of_each_posting() {
        let body = r#"{"meta":{"totalCount":3},"result":[{"id":"86","jobOpeningName":"A"},{"jobOpeningName":"B"},
            {"jobOpeningName":"C","applicationUrl":"https://acme.bamboohr.com/careers/88?source=x"}]}"#;
        let reading = read_crawled(&SOURCE, "acme", body, &[("crawl", "1")]).expect("is a list");
        let asked: Vec<_> = reading.next.iter().map(|ask| (ask.url.as_str(), ask.context[POSTING].as_str())).collect();
        assert_eq!(
            asked,
            [
                ("https://acme.bamboohr.com/careers/86/detail", "86"),
                ("https://acme.bamboohr.com/careers/88/detail", "88"),
            ]
        );
        assert_eq!(rules(&reading), ["id-missing"]);
        assert_eq!(reading.announced, Some(3));
    }

    #[test]
    fn a_detail_takes_its_id_from_what_was_asked() {
        let body = r#"{"meta":{},"result":{"jobOpening":{"jobOpeningName":"Nurse","jobOpeningStatus":"Open",
            "location":{"city":"Leeds","state":"West Yorkshire","addressCountry":"United Kingdom"},"locationType":"2",
            "atsLocation":{"country":null,"city":null},"description":"<p>x</p>","compensation":"£30,000 per year",
            "datePosted":"2026-11-03","minimumExperience":"Experienced"},"formFields":{}}}"#;
        let reading = read_crawled(&SOURCE, "acme", body, &[(POSTING, "86")]).expect("is a detail");
        let Record::Posting(posting) = &reading.records[0] else { panic!("is a posting") };
        assert_eq!(posting.external_id, "86");
        assert_eq!(posting.url.as_deref(), Some("https://acme.bamboohr.com/careers/86"));
        assert_eq!(posting.remote.as_ref().map(|remote| remote.value), Some(Remote::Hybrid));
        assert_eq!(posting.pay[0].text.as_deref(), Some("£30,000 per year"));
        assert_eq!(posting.listed, Some(true));
        assert!(posting.posted_at.is_some() && posting.sections.len() == 1);
        assert_eq!(read_with(&SOURCE, body).map(|reading| rules(&reading)), Ok(vec!["id-missing"]));
    }

    #[test]
    fn the_two_places_are_one_unless_they_contradict() {
        let found = postings(
            &SOURCE,
            r#"{"result":[{"id":1,"jobOpeningName":"T","location":{"name":"Remote - United States","city":"Remote"},"atsLocation":{"country":"United States"}},
              {"id":2,"jobOpeningName":"T","location":{"city":null,"state":null},"atsLocation":{"city":"Milano","province":"Lombardy","country":"Italy"}},
              {"id":3,"jobOpeningName":"T","location":{"city":"Oslo"},"atsLocation":{"city":"Bergen","country":"Norway"}},
              {"id":4,"jobOpeningName":"T","location":{},"atsLocation":{}}]}"#,
        );
        assert_eq!(at(&found[0].places[0]), [Some("Remote - United States"), None, None, Some("United States")]);
        assert_eq!(at(&found[1].places[0]), [None, Some("Milano"), Some("Lombardy"), Some("Italy")]);
        assert_eq!(found[2].places.len(), 2);
        assert!(found[3].places.is_empty() && found[3].remote.is_none());
    }

    #[test]
    fn a_flag_that_is_not_set_says_nothing() {
        let found = postings(
            &SOURCE,
            r#"{"result":[{"id":1,"jobOpeningName":"T","isRemote":false},{"id":2,"jobOpeningName":"T","isRemote":true},
              {"id":3,"jobOpeningName":"T","locationType":"9","isRemote":null}]}"#,
        );
        assert_eq!(found[0].remote, None);
        assert_eq!(found[1].remote, Some(Stated::new(Remote::Remote, "isRemote")));
        assert_eq!(found[2].warnings, ["company-from-board", "remote-unknown"]);
    }

    #[test]
    fn a_bad_row_never_stops_its_neighbours() {
        let reading =
            read_with(&SOURCE, r#"{"result":[{"id":"1"},{"jobOpeningName":"T"},"x",{"id":2,"jobOpeningName":"T"}]}"#)
                .expect("is a list");
        assert_eq!(rules(&reading), ["title-missing", "id-missing", "not-an-object", "ok"]);
        for body in [r#"{"meta":{"totalCount":1}}"#, r#"{"result":{"id":1,"jobOpeningName":"T"}}"#, "[]"] {
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
                "https://acme.bamboohr.com/careers/86/detail",
                "https://Acme.bamboohr.com/jobs/view.php?id=86",
                "https://acme.bamboohr.com/jobs/embed2.php",
                "https://acme.bamboohr.com/js/embed.js",
            ],
        );
        assert_eq!(found, ["acme"; 4]);
        let none = boards_at(
            &SOURCE,
            &[
                "https://www.bamboohr.com/careers/",
                "https://acme.bamboohr.com/login.php",
                "https://documentation.bamboohr.com/",
            ],
        );
        assert_eq!(none, [""; 3]);
    }
}
