//! Rippling job boards: a paged list with places, and a detail of each posting with its text and pay.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, POSTING, RawPay, RawPlace, RawPosting, Reading, Record,
    Rejection, Remote, Section, Source, Stated,
};
use pipeline_core::{Error, Result};
use serde_json::Value;
use url::Url;

use super::json::{self, Body, Fields};
use super::markup::{section, section_at};
use super::{board, hosts, rows};

/// The source.
pub static SOURCE: Rippling = Rippling;

/// Rippling job boards.
pub struct Rippling;

static DESCRIPTION: Description = Description {
    name: "rippling",
    title: "Rippling",
    board: Some("board, as in ats.rippling.com/BOARD/jobs"),
    min_gap_ms: 2_000,
    vendor_gap_ms: 2_000,
    min_interval_s: 21_600,
    listing_is_complete: true,
    terms: "The interface behind public job boards, undocumented and read without a key; robots.txt is obeyed as found, \
            and every posting links to its page.",
    reference: "https://ats.rippling.com/api/v2/board/BOARD/jobs (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// Where all boards are.
const HOST: &str = "ats.rippling.com";
/// Where the addresses of the interface start.
const INTERFACE: &str = "https://ats.rippling.com/api/v2/board";
/// Rows of one page.
const PAGE: u64 = 50;
/// Most pages of a board.
const MOST_PAGES: u64 = 400;

/// The form of its records, as they have been seen, in both lists and in details.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::value("id", "string"),
        Field::value("uuid", "string"),
        Field::essential("name", "string"),
        Field::value("url", "string"),
        Field::value("locations", "array"),
        Field::value("workLocation", "object"),
        Field::value("workLocation.label", "string"),
        Field::value("workLocations", "array"),
        Field::value("workplaceType", "string"),
        Field::loose("department", "object|string"),
        Field::value("department.name", "string"),
        Field::value("department.label", "string"),
        Field::loose("employmentType", "object|string"),
        Field::value("employmentType.id", "string"),
        Field::value("employmentType.label", "string"),
        Field::loose("description", "object|string"),
        Field::value("description.company", "string"),
        Field::value("description.role", "string"),
        Field::value("companyName", "string"),
        Field::value("createdOn", "string"),
        Field::value("postedAt", "string"),
        Field::value("payRangeDetails", "array"),
        Field::value("unlistedFromSearch", "boolean"),
    ],
    unknown: OnDrift::Evolve,
    known: &["language", "board", "workFromHomeType", "applicationForm", "jobBoardApplicationForm", "hasApplied"],
};

impl Source for Rippling {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let name = board::token(board, DESCRIPTION.name, &[])?;
        if !is_board(name) {
            return Err(Error::config(format!("`{}` cannot be the name of a rippling board", name.escape_debug()))
                .hint("give BOARD of ats.rippling.com/BOARD/jobs"));
        }
        Ok(vec![page(name, 0)])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let body = json::body(answer)?;
        if body.value.is_object() && body.value.get("items").is_none() && body.value.get("name").is_some() {
            return detail(answer, body.value);
        }
        let found = match &body.value {
            Value::Array(found) => found.as_slice(),
            _ => body.list("items")?,
        };
        let found = merged(found);
        let announced = json::at(&body.value, "totalItems").and_then(Value::as_u64);
        let reading = json::contracted(&CONTRACT, &found, |row| posting(row, answer))?;
        let reading = if rows::is_crawled(answer) { follow(answer, &body, reading, &found)? } else { reading };
        Ok(Reading { announced, ..reading })
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        let of_interface = || {
            let older = hosts::is_at(url, &["api.rippling.com"]);
            let path: &[&str] =
                if older { &["platform", "api", "ats", "v1", "board"] } else { &["api", "v2", "board"] };
            (older || hosts::is_at(url, &[HOST])).then(|| hosts::after(url, path)).flatten()
        };
        let of_page = || {
            let segments = hosts::segments(url);
            let names: Vec<&str> = segments.iter().map(String::as_str).filter(|name| !is_language(name)).collect();
            let board = names.first().filter(|_| names.get(1).is_none_or(|next| *next == "jobs"));
            hosts::is_at(url, &[HOST]).then(|| board.map(|name| (*name).to_owned())).flatten()
        };
        of_interface().or_else(of_page).filter(|name| is_board(name)).and_then(hosts::named)
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let of = |job: &Value| Some(self.board_at(&Url::parse(job.get("url")?.as_str()?).ok()?)?.name);
        board::find_in(body, "items", of).or_else(|| board::find_in(body, "", of))
    }
}

/// Whether `name` can be a board and is none of the site's own paths.
fn is_board(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let own = ["api", "embed", "static", "_next", "assets", "favicon.ico", "robots.txt"].contains(&name);
    !own && (1..=100).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(plain)
}

/// Whether `segment` is a language with its country, as in `en-GB`.
fn is_language(segment: &str) -> bool {
    let (language, country) = segment.split_once('-').unwrap_or((segment, ""));
    language.len() == 2
        && country.len() == 2
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The ask for page `number` of `board`.
fn page(board: &str, number: u64) -> Ask {
    Ask::get(format!("{INTERFACE}/{board}/jobs?page={number}&pageSize={PAGE}"))
        .with(board::CRAWL, 1)
        .with("page", number)
}

/// `found` with the places of rows of one posting in its first row: a list repeats a posting for each of its places.
fn merged(found: &[Value]) -> Vec<Value> {
    let id = |row: &Value| ["uuid", "id"].into_iter().find_map(|name| row.get(name)?.as_str().map(str::to_owned));
    let mut kept: Vec<Value> = Vec::new();
    let mut places = std::collections::HashMap::<String, usize>::new();
    for row in found {
        let earlier = id(row).and_then(|id| {
            let at = *places.entry(id).or_insert(kept.len());
            kept.get_mut(at)
        });
        match earlier {
            Some(earlier) => add_places(earlier, row),
            None => kept.push(row.clone()),
        }
    }
    kept
}

fn add_places(earlier: &mut Value, row: &Value) {
    if let (Some(Value::Array(all)), Some(Value::Array(more))) = (earlier.get_mut("locations"), row.get("locations")) {
        let new: Vec<Value> = more.iter().filter(|place| !all.contains(place)).cloned().collect();
        all.extend(new);
    }
    let (Some(label), Value::Object(earlier)) = (json::at(row, "workLocation.label"), earlier) else { return };
    let first = earlier.get("workLocation").and_then(|place| place.get("label")).cloned();
    let all = earlier.entry("workLocations").or_insert_with(|| Value::Array(first.into_iter().collect()));
    if let Value::Array(all) = all
        && !all.contains(label)
    {
        all.push(label.clone());
    }
}

/// What a crawled page leads to: the detail of each row, and the next page.
fn follow(
    answer: &Answer<'_>,
    body: &Body<'_>,
    reading: Reading,
    found: &[Value],
) -> std::result::Result<Reading, Rejection> {
    if !is_board(answer.board) {
        return Err(body.wrong_shape(format!("`{}` cannot be the name of a rippling board", answer.board)));
    }
    let context = |key: &str| answer.context.get(key).map(String::as_str);
    let mut followed = Reading { findings: reading.findings, ..Reading::default() };
    let mut last = None;
    for (record, row) in reading.records.into_iter().zip(found) {
        let Record::Posting(posting) = record else {
            followed.records.push(record);
            continue;
        };
        let id = posting.external_id;
        // A posting whose rows two pages share has been asked for already.
        if context("last") != Some(id.as_str()) {
            let url = board::address_of(INTERFACE, &[answer.board, "jobs", &id]);
            followed.next.push(rows::ask(url.map_err(|error| body.wrong_shape(error.chain()))?, &id, row));
        }
        last = Some(id);
    }
    let number = context("page").and_then(|page| page.parse::<u64>().ok()).unwrap_or(0);
    let pages = json::at(&body.value, "totalPages").and_then(Value::as_u64);
    let full = json::at(&body.value, "items").and_then(Value::as_array).is_some_and(|all| all.len() as u64 >= PAGE);
    let more = pages.map_or(full, |pages| number + 1 < pages);
    if more && !found.is_empty() && number + 1 < MOST_PAGES {
        let next = page(answer.board, number + 1);
        followed.next.push(match last {
            Some(last) => next.with("last", last),
            None => next,
        });
    }
    Ok(followed)
}

/// The one record of a detail, with what its row says and it does not.
fn detail(answer: &Answer<'_>, mut job: Value) -> std::result::Result<Reading, Rejection> {
    if let (Value::Object(job), Some(Value::Object(row))) = (&mut job, rows::of(answer)) {
        for (name, value) in row {
            let stated =
                job.get(&name).is_some_and(|own| !own.is_null() && own.as_array().is_none_or(|a| !a.is_empty()));
            if !stated {
                job.insert(name, value);
            }
        }
    }
    let reading = json::contracted(&CONTRACT, std::slice::from_ref(&job), |job| posting(job, answer))?;
    Ok(Reading { detail: true, ..reading })
}

fn posting(job: Fields<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
    let named = if job.at("uuid").is_some() { job.id("uuid") } else { job.id("id") };
    let asked = || answer.context.get(POSTING).cloned();
    let external_id = named.or_else(|rejection| {
        let missing = rejection.rule == "id-missing";
        asked().filter(|_| missing).ok_or(rejection)
    })?;
    let url = job.text("url").filter(|url| url.starts_with("https://")).or_else(|| {
        let base = is_board(answer.board).then(|| format!("https://{HOST}/{}/jobs", answer.board))?;
        board::address_of(&base, &[&external_id]).ok().map(String::from)
    });
    let mut posting = RawPosting {
        external_id,
        title: job.title("name")?,
        company: job.text("companyName"),
        places: places(job),
        remote: remote(job),
        pay: job.objects("payRangeDetails").into_iter().filter_map(pay).collect(),
        posted_at: job.instant("postedAt").or_else(|| job.instant("createdOn")),
        employment: word(job, "employmentType", &["id", "label"]),
        department: word(job, "department", &["name", "label"]).map(|stated| stated.value),
        sections: sections(job),
        apply_url: url.clone(),
        url,
        listed: job.truth("unlistedFromSearch").map(|unlisted| !unlisted),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, answer.board);
    Ok(posting)
}

/// The word at `field`, or the first of `names` of the object there.
fn word(job: Fields<'_>, field: &str, names: &[&str]) -> Option<Stated<String>> {
    match job.at(field) {
        Some(Value::Object(_)) => names.iter().find_map(|name| job.stated_text(&format!("{field}.{name}"))),
        _ => job.stated_text(field),
    }
}

/// The places with their parts, then those that are only named.
fn places(job: Fields<'_>) -> Vec<RawPlace> {
    let mut places: Vec<RawPlace> = job.objects("locations").into_iter().filter_map(place).collect();
    let is_new = |places: &[RawPlace], text: &str| !places.iter().any(|place| place.text.as_deref() == Some(text));
    for text in job.texts("workLocations") {
        if is_new(&places, &text) {
            places.push(RawPlace::text(text, "workLocations[]"));
        }
    }
    if let Some(text) = job.text("workLocation.label").filter(|text| is_new(&places, text)) {
        places.push(RawPlace::text(text, "workLocation.label"));
    }
    places
}

fn place(at: Fields<'_>) -> Option<RawPlace> {
    let place = RawPlace {
        field: "locations[]".to_owned(),
        text: at.text("name"),
        city: at.text("city"),
        region: at.text("state").or_else(|| at.text("stateCode")),
        country: at.text("countryCode").or_else(|| at.text("country")),
        ..RawPlace::default()
    };
    let known = place.text.is_some() || place.city.is_some() || place.region.is_some() || place.country.is_some();
    known.then_some(place)
}

/// How the work is done, by the posting's own word or by the one that all its places have.
fn remote(job: Fields<'_>) -> Option<Stated<Remote>> {
    let how = |at: Fields<'_>| {
        let words = at.text("workplaceType")?;
        let how = board::remote_of(&words);
        if how.is_none() {
            at.warn("remote-unknown");
        }
        how
    };
    if let Some(how) = how(job) {
        return Some(Stated::new(how, "workplaceType"));
    }
    let mut each = job.objects("locations").into_iter().map(how);
    let first = each.next().flatten()?;
    each.all(|other| other == Some(first)).then(|| Stated::new(first, "locations[].workplaceType"))
}

fn pay(range: Fields<'_>) -> Option<RawPay> {
    let amount = |name: &str| range.decimal(name).filter(|amount| amount.is_sign_positive() && !amount.is_zero());
    let (min, max) = (amount("rangeStart"), amount("rangeEnd"));
    let frequency = range.text("frequency").unwrap_or_default();
    (min.is_some() || max.is_some()).then(|| RawPay {
        field: "payRangeDetails[]".to_owned(),
        min,
        max,
        currency: range.text("currency"),
        period: board::period_of(&frequency),
        kind: board::kind_by_interval(&frequency),
        ..RawPay::default()
    })
}

/// The role, then the employer's words on itself; or the one text.
fn sections(job: Fields<'_>) -> Vec<Section> {
    if let Some(Value::String(_)) = job.at("description") {
        return section_at(job, "description", None).into_iter().collect();
    }
    let parts = [("description.role", None), ("description.company", Some("About the company"))];
    let text = |(path, heading)| job.text(path).map(|body| section(path, heading, body));
    parts.into_iter().filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, postings, read_crawled, read_with, rules};

    #[test]
    fn a_crawled_page_asks_for_each_posting_once_and_for_the_next_page() {
        let body = r#"{"items":[{"id":"a","name":"A","locations":[{"name":"Leeds"}]},{"name":"B"},
            {"id":"c","name":"C"},{"id":"c","name":"C"}],"page":1,"totalItems":9,"totalPages":3}"#;
        let context = [("crawl", "1"), ("page", "1"), ("last", "a")];
        let reading = read_crawled(&SOURCE, "acme", body, &context).expect("is a page");
        let asked: Vec<&str> = reading.next.iter().map(|ask| ask.url.as_str()).collect();
        assert_eq!(
            asked,
            [
                "https://ats.rippling.com/api/v2/board/acme/jobs/c",
                "https://ats.rippling.com/api/v2/board/acme/jobs?page=2&pageSize=50"
            ]
        );
        assert_eq!((reading.next[0].context[POSTING].as_str(), reading.next[1].context["last"].as_str()), ("c", "c"));
        assert_eq!((rules(&reading), reading.announced), (vec!["id-missing"], Some(9)));
    }

    #[test]
    fn the_rows_of_one_posting_are_one_posting_with_all_places() {
        let found = postings(
            &SOURCE,
            r#"[{"uuid":"a","name":"A","workLocation":{"label":"Leeds","id":"Leeds"}},
               {"uuid":"b","name":"B"},{"uuid":"a","name":"A","workLocation":{"label":"York","id":"York"}}]"#,
        );
        let places: Vec<_> = found[0].places.iter().filter_map(|place| place.text.as_deref()).collect();
        assert_eq!((found.len(), places), (2, vec!["Leeds", "York"]));
        let found = postings(
            &SOURCE,
            r#"{"items":[{"id":"a","name":"A","locations":[{"name":"Leeds"}]},{"id":"a","name":"A","locations":[{"name":"York"}]}]}"#,
        );
        assert_eq!((found.len(), found[0].places.len()), (1, 2));
    }

    #[test]
    fn a_detail_keeps_the_parts_of_the_places_of_its_row() {
        let row = r#"{"id":"a","name":"A","locations":[{"name":"Leeds","city":"Leeds","countryCode":"GB","workplaceType":"HYBRID"}]}"#;
        let body = r#"{"uuid":"a","name":"A","description":{"company":"<p>We</p>","role":"<p>You</p>"},
            "workLocations":["Leeds","York"],"employmentType":{"label":"SALARIED_FT","id":"Salaried, full-time"},
            "payRangeDetails":[{"currency":"USD","frequency":"HOUR","rangeStart":18,"rangeEnd":25},{"rangeStart":null}]}"#;
        let reading = read_crawled(&SOURCE, "acme", body, &[(POSTING, "a"), ("row", row)]).expect("is a detail");
        let Record::Posting(posting) = &reading.records[0] else { panic!("is a posting") };
        assert!(reading.detail && reading.findings.is_empty());
        assert_eq!((posting.places.len(), posting.places[0].country.as_deref()), (2, Some("GB")));
        assert_eq!(posting.remote.as_ref().map(|remote| remote.value), Some(Remote::Hybrid));
        assert_eq!(posting.employment.as_ref().map(|words| words.value.as_str()), Some("Salaried, full-time"));
        assert_eq!((posting.pay.len(), posting.sections[0].body.as_str()), (1, "<p>You</p>"));
    }

    #[test]
    fn places_of_which_some_are_remote_say_nothing_of_the_whole() {
        let found = postings(
            &SOURCE,
            r#"{"items":[{"id":"a","name":"A","locations":[{"name":"X","workplaceType":"REMOTE"},{"name":"Y","workplaceType":"ON_SITE"}]},
              {"id":"b","name":"B","locations":[{"name":"Y","workplaceType":"ON_SITE"}]}]}"#,
        );
        assert_eq!((&found[0].remote, found[1].remote.as_ref().map(|r| r.value)), (&None, Some(Remote::Onsite)));
    }

    #[test]
    fn an_address_of_a_board_names_it() {
        let urls = [
            "https://ats.rippling.com/acme/jobs",
            "https://ats.rippling.com/en-GB/acme-careers/jobs/2f0674e6",
            "https://ats.rippling.com/api/v2/board/acme/jobs?page=0",
            "https://api.rippling.com/platform/api/ats/v1/board/acme/jobs",
            "https://ats.rippling.com/_next/static/x.js",
            "https://ats.rippling.com/",
            "https://www.rippling.com/acme/jobs",
            "https://api.rippling.com/acme/jobs",
        ];
        assert_eq!(boards_at(&SOURCE, &urls), ["acme", "acme-careers", "acme", "acme", "", "", "", ""]);
    }

    #[test]
    fn an_error_is_no_empty_board() {
        let rule = |body: &str| read_with(&SOURCE, body).err().map(|rejection| rejection.rule);
        assert_eq!(rule(r#"{"detail":"Not found."}"#), Some("wrong-shape"));
        assert_eq!(rule(r#"{"items":null}"#), Some("wrong-shape"));
        assert_eq!(rule(r#"{"items":[]}"#), None);
    }
}
