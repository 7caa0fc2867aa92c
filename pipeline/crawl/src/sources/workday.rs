//! Workday career sites: a paged list (by POST) without text, and a detail of each posting with it.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, Markup, OnDrift, POSTING, RawPlace, RawPosting, Reading, Record,
    Rejection, Section, Source, Stated,
};
use pipeline_core::{Error, Result, read};
use schemas::Micros;
use serde_json::{Value, json};
use url::Url;

use super::json::{self, Body, Fields};
use super::{address, board, hosts};

/// The source.
pub static SOURCE: Workday = Workday;

/// Workday career sites.
pub struct Workday;

static DESCRIPTION: Description = Description {
    name: "workday",
    title: "Workday",
    board: Some(
        "career site, as in TENANT.wd5/SITE of https://TENANT.wd5.myworkdayjobs.com/SITE, or its address, as in \
         wd5.myworkdaysite.com/recruiting/TENANT/SITE",
    ),
    ids_are_global: false,
    min_gap_ms: 2_000,
    min_interval_s: 21_600,
    secrets: &[],
    listing_is_complete: true,
    terms: "The interface behind public career sites, undocumented and read without a key; robots.txt is obeyed as found, \
            and every posting links to its page.",
    reference: "no published limits; 20 rows a page is what the sites themselves ask for, the gap is our own",
    ..Description::BASE
};

/// Rows of one page, the most that the sites give.
const PAGE: u64 = 20;
/// Rows after which paging ends whatever the site announces.
const MOST_ROWS: u64 = 20_000;
/// The domain of career sites whose host names the tenant.
const DOMAIN: &str = ".myworkdayjobs.com";
/// The domain of career sites whose path names the tenant, after `recruiting`.
const SHARED: &str = "myworkdaysite.com";

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("title", "string"),
        Field::essential("externalPath", "string"),
        Field::loose("locationsText", "string|object"),
        Field::loose("postedOn", "string|number"),
        Field::value("bulletFields", "array"),
        Field::value("remoteType", "string"),
        Field::value("location", "string|object"),
        Field::value("locations", "array"),
        Field::value("timeType", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "id",
        "postedOnDate",
        "jobId",
        "postingDate",
        "workplaceType",
        "jobRequisitionId",
        "externalPostedOn",
        "subtitle",
        "hiredOn",
    ],
};

impl Source for Workday {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        address::parameters(board, &[])?;
        let site = Site::named(&board.name).ok_or_else(|| {
            Error::config(format!("`{}` cannot be the name of a workday board", board.name.escape_debug()))
                .hint("give TENANT.wd5/SITE of https://TENANT.wd5.myworkdayjobs.com/SITE")
        })?;
        Ok(vec![site.page(0, None)])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let body = json::body(answer)?;
        if body.value.get("jobPostingInfo").is_some() {
            return Ok(Reading { records: vec![detail(&body.value, answer)], detail: true, ..Reading::default() });
        }
        let rows = body.list("jobPostings")?;
        if answer.context.get(board::CRAWL).is_some_and(|crawl| crawl == "1") {
            return follow(answer, &body, rows);
        }
        let reading = json::contracted(&CONTRACT, rows, |row| list_row(row, answer))?;
        Ok(Reading { announced: announced(&body), ..reading })
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        Some(Board { name: Site::at(url)?.board(), ..Board::default() })
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let body = json::parse(body).ok()?.value;
        let url = Url::parse(json::at(&body, "jobPostingInfo.externalUrl")?.as_str()?).ok()?;
        Some(Site::at(&url)?.board())
    }
}

/// A career site.
struct Site {
    /// The host, as in `acme.wd5.myworkdayjobs.com`.
    host: String,
    tenant: String,
    name: String,
}

impl Site {
    /// The site that a board's name or the address of its page names.
    fn named(name: &str) -> Option<Self> {
        let name = name.trim().trim_start_matches("https://").trim_end_matches('/');
        let (host, path) = name.split_once('/')?;
        let host = host.to_ascii_lowercase();
        if let Some((tenant, site)) = path.strip_prefix("recruiting/").and_then(|path| path.split_once('/')) {
            return Self::new(host, tenant, site);
        }
        let labels = host.strip_suffix(DOMAIN).unwrap_or(&host);
        let tenant = labels.split_once('.')?.0;
        Self::new(format!("{labels}{DOMAIN}"), tenant, path)
    }

    /// The site that an address of its pages or its interface belongs to.
    fn at(url: &Url) -> Option<Self> {
        let host = url.host_str()?.to_ascii_lowercase();
        let segments = hosts::segments(url);
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        // The path may start with a language, as in /en-US/SITE/job/…
        let path = match segments.as_slice() {
            [language, rest @ ..] if is_language(language) => rest,
            all => all,
        };
        match path {
            ["wday", "cxs", tenant, site, ..] => Self::new(host, tenant, site),
            ["recruiting", tenant, site, ..] if !host.ends_with(DOMAIN) => Self::new(host, tenant, site),
            ["wday", ..] => None,
            [site, ..] => Self::new(host.clone(), host.strip_suffix(DOMAIN)?.split_once('.')?.0, site),
            [] => None,
        }
    }

    /// The site `name` of `tenant` at `host`, unless one of them cannot be one.
    fn new(host: String, tenant: &str, name: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let word = |text: &str| (1..=100).contains(&text.len()) && text.bytes().all(plain);
        let hosted = match host.strip_suffix(DOMAIN).map(|host| host.split_once('.')) {
            Some(labels) => labels.is_some_and(|(of, centre)| of == tenant.to_ascii_lowercase() && is_centre(centre)),
            None => host.strip_suffix(SHARED).and_then(|host| host.strip_suffix('.')).is_some_and(|host| {
                is_centre(host)
                    || host.split_once('.').is_some_and(|(of, centre)| board::is_host_label(of) && is_centre(centre))
            }),
        };
        let named = board::is_host_label(&tenant.replace('_', "-")) && word(name);
        (hosted && named).then(|| Self { host, tenant: tenant.to_owned(), name: name.to_owned() })
    }

    /// The name of its board.
    fn board(&self) -> String {
        match self.host.strip_suffix(DOMAIN) {
            Some(host) => format!("{host}/{}", self.name),
            None => format!("{}/recruiting/{}/{}", self.host, self.tenant, self.name),
        }
    }

    fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Where the addresses of its interface start.
    fn interface(&self) -> String {
        format!("https://{}/wday/cxs/{}/{}", self.host, self.tenant, self.name)
    }

    /// Where the addresses of its pages start.
    fn pages(&self) -> String {
        match self.host.strip_suffix(DOMAIN) {
            Some(_) => format!("https://{}/{}", self.host, self.name),
            None => format!("https://{}/recruiting/{}/{}", self.host, self.tenant, self.name),
        }
    }

    /// The ask for the page that starts at row `offset`; only the first page announces the total.
    fn page(&self, offset: u64, total: Option<u64>) -> Ask {
        let body = json!({"appliedFacets": {}, "limit": PAGE, "offset": offset, "searchText": ""});
        let ask = Ask::post_json(format!("{}/jobs", self.interface()), body.to_string())
            .with(board::CRAWL, 1)
            .with("offset", offset);
        total.map_or(ask.clone(), |total| ask.with("total", total))
    }

    /// The address below `base` that a row's `path` leads to, unless it would leave the postings of the site.
    fn below(base: &str, path: &str) -> Option<String> {
        let url = Url::parse(&format!("{base}{path}")).ok()?;
        let inside = path.starts_with("/job/") && url.as_str().starts_with(&format!("{base}/job/"));
        (inside && url.query().is_none() && url.fragment().is_none()).then(|| url.into())
    }
}

/// Whether `label` is the name of a data centre, as in `wd5` and `wd103`.
fn is_centre(label: &str) -> bool {
    let number = label.strip_prefix("wd").unwrap_or_default();
    (1..=4).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `segment` is a language, as in `en-US` and `fr`.
fn is_language(segment: &str) -> bool {
    let (language, country) = segment.split_once('-').map_or((segment, None), |(a, b)| (a, Some(b)));
    let small = language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase());
    small && country.is_none_or(|country| country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn announced(body: &Body<'_>) -> Option<u64> {
    json::at(&body.value, "total").and_then(Value::as_u64)
}

/// What a crawled page leads to: the detail of each row, and the next page.
fn follow(answer: &Answer<'_>, body: &Body<'_>, rows: &[Value]) -> std::result::Result<Reading, Rejection> {
    let site = Site::named(answer.board)
        .ok_or_else(|| body.wrong_shape(format!("`{}` cannot be the name of a workday board", answer.board)))?;
    let number = |key: &str| answer.context.get(key).and_then(|number| number.parse::<u64>().ok());
    let total = number("total").or_else(|| announced(body));
    let findings = json::departures(&CONTRACT, rows);
    let mut reading = Reading { announced: total, findings, ..Reading::default() };
    let base = site.interface();
    for row in rows {
        match json::essential_id(row, "externalPath") {
            Ok(path) => match Site::below(&base, &path) {
                Some(url) => {
                    let id = id_in(&path).unwrap_or_default();
                    reading.next.push(Ask::get(url).with(POSTING, id));
                }
                None => {
                    let rejection = Rejection::of_json("address-unusable", "`externalPath` leads elsewhere", row);
                    reading.records.push(Record::Rejected(rejection.field("externalPath")));
                }
            },
            Err(rejection) => reading.records.push(Record::Rejected(rejection)),
        }
    }
    let seen = number("offset").unwrap_or(0).saturating_add(rows.len() as u64);
    if total.is_some_and(|total| seen < total) && !rows.is_empty() && seen < MOST_ROWS {
        reading.next.push(site.page(seen, total));
    }
    Ok(reading)
}

/// The id of a posting within its tenant: what follows the title in the last segment of its path, as in
/// `Data-Engineer_RQ216675-1`. A requisition that is posted twice has two.
fn id_in(path: &str) -> Option<String> {
    let last = path.rsplit('/').next().unwrap_or(path);
    read::filled(last.split_once('_').map_or(last, |(_, id)| id))
}

/// A row of a list, which has no text.
fn list_row(row: Fields<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
    let ids = ["jobPostingId", "id", "jobId", "jobRequisitionId"];
    let path = row.text("externalPath");
    let stated = || ids.into_iter().find_map(|name| row.text(name));
    let external_id =
        path.as_deref().and_then(id_in).or_else(stated).or_else(|| row.texts("bulletFields").into_iter().next());
    let external_id = external_id.ok_or_else(|| {
        row.reject("id-missing", "the row has neither `externalPath` nor an id").field("externalPath")
    })?;
    let site = Site::named(answer.board);
    let url = site.as_ref().zip(path).and_then(|(site, path)| Site::below(&site.pages(), &path));
    let mut posting = RawPosting {
        external_id,
        title: row.title("title")?,
        role_key: row.texts("bulletFields").into_iter().next(),
        places: row_places(row),
        remote: remote(row),
        posted_at: posted(row, &["postedOnDate", "postingDate", "externalPostedOn"], answer.fetched_at),
        employment: row.stated_text("timeType"),
        apply_url: url.clone(),
        url,
        listed: Some(true),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, site.as_ref().map_or(answer.board, Site::tenant));
    Ok(posting)
}

/// The places of a row; a mere count of places, as in `2 Locations`, names none.
fn row_places(row: Fields<'_>) -> Vec<RawPlace> {
    if let Some(text) = row.text("locationsText") {
        if is_count(&text) {
            row.warn("places-only-counted");
            return Vec::new();
        }
        return vec![RawPlace::text(text, "locationsText")];
    }
    let place = |at: Fields<'_>, field: &str| RawPlace {
        field: field.to_owned(),
        text: at.text("descriptor"),
        city: at.text("city"),
        country: at.text("country").or_else(|| at.text("countryName")),
        ..RawPlace::default()
    };
    let mut places: Vec<RawPlace> = row.objects("locations").into_iter().map(|at| place(at, "locations[]")).collect();
    if places.is_empty() {
        places.extend(row.object("location").map(|at| place(at, "location")));
    }
    places.retain(|place| place.text.is_some() || place.city.is_some() || place.country.is_some());
    places
}

fn is_count(text: &str) -> bool {
    let (count, word) = text.split_once(' ').unwrap_or((text, ""));
    let counted = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    counted && word.trim().to_lowercase().starts_with("location")
}

fn remote(fields: Fields<'_>) -> Option<Stated<pipeline_core::source::Remote>> {
    ["remoteType", "workplaceType"].into_iter().find_map(|name| {
        let how = board::remote_of(&fields.text(name)?)?;
        Some(Stated::new(how, name))
    })
}

/// The first of the dates `fields`, else the day that `postedOn` counts back to.
fn posted(row: Fields<'_>, fields: &[&str], fetched_at: Micros) -> Option<Stated<Micros>> {
    if let Some(posted) = fields.iter().find_map(|field| row.instant(field)) {
        return Some(posted);
    }
    let words = row.text("postedOn")?;
    let day = days_ago(&words).map(|days| fetched_at.day().plus(-days).start());
    row.warn(if day.is_some() { "date-relative" } else { json::DATE_UNREADABLE });
    day.map(|day| Stated::new(day, "postedOn"))
}

/// How many days ago `Posted Today`, `Posted Yesterday` or `Posted 3 Days Ago` was; `30+ Days` says only how many at
/// least.
fn days_ago(words: &str) -> Option<i32> {
    let words = words.trim().to_lowercase();
    match words.strip_prefix("posted").unwrap_or(&words).trim() {
        "today" => Some(0),
        "yesterday" => Some(1),
        ago => {
            let (count, rest) = ago.split_once(' ')?;
            let days = matches!(rest.trim(), "days ago" | "day ago");
            days.then(|| count.parse::<u16>().ok()).flatten().map(i32::from)
        }
    }
}

/// The one record of a detail answer.
fn detail(body: &Value, answer: &Answer<'_>) -> Record {
    json::record(body, |body| {
        let info = body.object("jobPostingInfo").ok_or_else(|| {
            body.reject(json::WRONG_TYPE, "`jobPostingInfo` should be an object").field("jobPostingInfo")
        })?;
        let path = info.text("jobPostingId").or_else(|| info.text("externalUrl"));
        let external_id = match path.as_deref().and_then(id_in).or_else(|| info.text("jobReqId")) {
            Some(id) => id,
            None => info.id("id")?,
        };
        let url = info.text("externalUrl");
        let mut posting = RawPosting {
            external_id,
            title: info.title("title")?,
            role_key: info.text("jobReqId"),
            company: body.text("hiringOrganization.name"),
            places: places(info),
            remote: remote(info),
            posted_at: posted(info, &["startDate"], answer.fetched_at),
            closes_at: info.instant("endDate"),
            employment: info.stated_text("timeType"),
            sections: sections(info),
            apply_url: url.clone(),
            url,
            listed: info.truth("posted"),
            ..RawPosting::default()
        };
        let site = Site::named(answer.board);
        board::name_company(&mut posting, site.as_ref().map_or(answer.board, Site::tenant));
        Ok(posting)
    })
}

/// The main place with its country, then the further ones.
fn places(info: Fields<'_>) -> Vec<RawPlace> {
    let text = info.text("location").or_else(|| info.text("jobRequisitionLocation.descriptor"));
    let country = info
        .text("jobRequisitionLocation.country.alpha2Code")
        .or_else(|| info.text("country.alpha2Code"))
        .or_else(|| info.text("country.descriptor"));
    let mut places = Vec::new();
    if text.is_some() || country.is_some() {
        places.push(RawPlace { field: "location".to_owned(), text, country, ..RawPlace::default() });
    }
    let further = info.texts("additionalLocations");
    places.extend(further.into_iter().map(|text| RawPlace::text(text, "additionalLocations[]")));
    places
}

fn sections(info: Fields<'_>) -> Vec<Section> {
    let section = info.text("jobDescription").map(|body| Section {
        field: "jobDescription".to_owned(),
        heading: None,
        body,
        markup: Markup::Html,
    });
    section.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, postings, read_crawled, read_with, rules};

    const BOARD: &str = "acme.wd5/Careers";

    fn crawled(body: &str, context: &[(&str, &str)]) -> Reading {
        let context: Vec<_> = context.iter().copied().chain([("crawl", "1")]).collect();
        read_crawled(&SOURCE, BOARD, body, &context).expect("is a page")
    }

    #[test]
    fn a_board_is_named_by_its_site_or_its_page() {
        for name in [BOARD, "https://acme.wd5.myworkdayjobs.com/Careers", "acme.wd5.myworkdayjobs.com/Careers/"] {
            let asks = SOURCE.start(&Board { name: name.to_owned(), ..Board::default() }).expect("is a board");
            assert_eq!(asks[0].url, "https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Careers/jobs", "{name}");
        }
        for name in ["acme", "evil.example/x/y", "a.b.c/Careers", "acme.wd5/Ca reers", "acme.wd5/.."] {
            assert!(SOURCE.start(&Board { name: name.to_owned(), ..Board::default() }).is_err(), "{name}");
        }
    }

    #[test]
    fn a_crawled_page_asks_for_details_and_the_next_page() {
        let reading = crawled(
            r#"{"total":3,"jobPostings":[{"title":"A","externalPath":"/job/X/A_1"},{"title":"B","externalPath":"/job/../../../evil"}]}"#,
            &[("offset", "0")],
        );
        assert_eq!(reading.next[0].url, "https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Careers/job/X/A_1");
        assert_eq!(reading.next[1].method, "POST");
        assert_eq!(reading.next[1].context.get("total").map(String::as_str), Some("3"));
        assert_eq!(rules(&reading), ["address-unusable"]);
    }

    #[test]
    fn a_later_page_that_announces_nothing_counts_on_by_the_first_total() {
        let body = r#"{"total":0,"jobPostings":[{"title":"A","externalPath":"/job/X/A_1"}]}"#;
        assert_eq!(crawled(body, &[("offset", "20"), ("total", "22")]).next.len(), 2);
        assert_eq!(crawled(body, &[("offset", "21"), ("total", "22")]).next.len(), 1);
        assert!(crawled(r#"{"total":0,"jobPostings":[]}"#, &[("offset", "20"), ("total", "22")]).next.is_empty());
    }

    #[test]
    fn a_row_and_its_detail_have_one_id() {
        let row = postings(
            &SOURCE,
            r#"{"jobPostings":[{"title":"Data Engineer","externalPath":"/job/DC/Data-Engineer_RQ21-1","bulletFields":["RQ21"],"locationsText":"2 Locations","postedOn":"Posted 3 Days Ago"}]}"#,
        );
        let detail = postings(
            &SOURCE,
            r#"{"jobPostingInfo":{"id":"0ce1","title":"Data Engineer","jobPostingId":"Data-Engineer_RQ21-1","jobReqId":"RQ21","startDate":"2026-11-17"}}"#,
        );
        assert_eq!((row[0].external_id.as_str(), detail[0].external_id.as_str()), ("RQ21-1", "RQ21-1"));
        assert_eq!(row[0].role_key, detail[0].role_key);
        assert!(row[0].places.is_empty());
        assert_eq!(row[0].posted_at.as_ref().map(|at| at.value), detail[0].posted_at.as_ref().map(|at| at.value));
    }

    #[test]
    fn more_than_thirty_days_is_no_date() {
        assert_eq!(days_ago("Posted 30+ Days Ago"), None);
        assert_eq!(days_ago("Posted Yesterday"), Some(1));
        assert_eq!(days_ago("Posted 3 Days Ago"), Some(3));
    }

    #[test]
    fn a_bad_row_never_stops_its_neighbours() {
        let reading = read_with(&SOURCE, r#"{"jobPostings":[{"title":"A"},7,{"externalPath":"/job/X/B_2"},{"title":"C","externalPath":"/job/X/C_3"}]}"#)
            .expect("is a page");
        assert_eq!(rules(&reading), ["id-missing", "not-an-object", "title-missing", "ok"]);
    }

    #[test]
    fn the_board_is_known_from_a_detail() {
        let body =
            br#"{"jobPostingInfo":{"externalUrl":"https://acme.wd5.myworkdayjobs.com/en-US/Careers/job/X/A_1"}}"#;
        assert_eq!(SOURCE.board_of(body).as_deref(), Some(BOARD));
    }

    #[test]
    fn a_site_whose_path_names_the_tenant_is_asked_at_its_own_host() {
        let name = "wd1.myworkdaysite.com/recruiting/acme/careers";
        let asks = SOURCE.start(&Board { name: name.to_owned(), ..Board::default() }).expect("is a board");
        assert_eq!(asks[0].url, "https://wd1.myworkdaysite.com/wday/cxs/acme/careers/jobs");
        let row = r#"{"jobPostings":[{"title":"A","externalPath":"/job/X/A_1"}]}"#;
        let reading = read_crawled(&SOURCE, name, row, &[]).expect("is a page");
        let Record::Posting(posting) = &reading.records[0] else { panic!("is a posting") };
        assert_eq!(posting.url.as_deref(), Some("https://wd1.myworkdaysite.com/recruiting/acme/careers/job/X/A_1"));
        assert_eq!(posting.company.as_deref(), Some("acme"));
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://acme.wd5.myworkdayjobs.com/Careers",
                "https://acme.wd5.myworkdayjobs.com/en-US/Careers/job/X/A_1",
                "https://acme.wd103.myworkdayjobs.com/fr/Careers/login",
                "https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Careers/jobs",
                "https://wd1.myworkdaysite.com/recruiting/acme/careers/job/X/A_1",
                "https://wd1.myworkdaysite.com/en-US/recruiting/acme/careers",
                "https://wd1.myworkdaysite.com/wday/cxs/acme/careers/jobs",
            ],
        );
        assert_eq!(
            found,
            [
                BOARD,
                BOARD,
                "acme.wd103/Careers",
                BOARD,
                "wd1.myworkdaysite.com/recruiting/acme/careers",
                "wd1.myworkdaysite.com/recruiting/acme/careers",
                "wd1.myworkdaysite.com/recruiting/acme/careers",
            ]
        );
        let none = boards_at(
            &SOURCE,
            &[
                "https://acme.wd5.myworkdayjobs.com/",
                "https://acme.wd5.myworkdayjobs.com/en-US",
                "https://acme.wd5.myworkdayjobs.com/wday/asset/x.js",
                "https://acme.example/recruiting/acme/careers",
                "https://wd1.myworkdaysite.com/careers",
                "https://www.myworkdayjobs.com/x",
                "https://evilmyworkdaysite.com/recruiting/acme/careers",
            ],
        );
        assert_eq!(none, [""; 7]);
    }
}
