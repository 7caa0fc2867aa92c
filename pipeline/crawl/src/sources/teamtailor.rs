//! Teamtailor career sites: one list as a JSON Feed, which names the employer and its addresses, or as RSS, which says
//! how the work is done and for which department.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, RawPlace, RawPosting, Reading, Rejection, Remote,
    Source, Stated,
};
use pipeline_core::{Error, Result, read};
use serde_json::Value;
use url::Url;

use super::json::{self, Fields};
use super::markup::section_at;
use super::{board, hosts, jobfeed, jobposting};

/// The source.
pub static SOURCE: Teamtailor = Teamtailor;

/// Teamtailor career sites.
pub struct Teamtailor;

static DESCRIPTION: Description = Description {
    name: "teamtailor",
    title: "Teamtailor",
    board: Some(
        "company, as in COMPANY.teamtailor.com, or the host of its career site, such as career.example.com; parameter \
         `feed` (`json` or `rss`)",
    ),
    min_gap_ms: 2_000,
    min_interval_s: 21_600,
    listing_is_complete: true,
    terms: "Public feeds of a career site, read without a key; postings belong to their employer, so link to the \
            original page.",
    reference: "https://COMPANY.teamtailor.com/jobs.json and jobs.rss (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// The domain of the career sites that have none of their own.
const DOMAIN: &str = "teamtailor.com";
/// Items of one page of RSS, the most that is asked for.
const PAGE: u64 = 200;
/// Most pages of one list.
const MOST_PAGES: u64 = 100;
/// The warning on a posting whose employer is known only as the name of the feed.
const COMPANY_FROM_FEED: &str = "company-from-feed";

/// The form of the items of the JSON Feed, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "string|number"),
        Field::essential("title", "string"),
        Field::expected("url", "string"),
        Field::value("content_html", "string"),
        Field::value("content_text", "string"),
        Field::value("date_published", "string"),
        Field::value("date_modified", "string"),
        Field::value("tags", "array"),
        Field::value("_jobposting", "object"),
        Field::loose("_jobposting.jobLocation", "array|object"),
        Field::loose("_jobposting.hiringOrganization", "object|string"),
        Field::loose("_jobposting.employmentType", "string|array"),
        Field::value("_jobposting.datePosted", "string"),
        Field::value("_jobposting.description", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["external_url", "summary", "image", "banner_image", "authors", "author", "language", "attachments"],
};

/// The form of the items of RSS, as they have been seen; names are in lower case.
static RSS: Contract = Contract {
    fields: &[
        Field::essential("title", "string"),
        Field::value("guid", "string"),
        Field::expected("link", "string"),
        Field::value("description", "string"),
        Field::value("pubdate", "string"),
        Field::value("remotestatus", "string"),
        Field::value("department", "string"),
        Field::value("locations", "object"),
        Field::loose("locations.location", "object|array"),
    ],
    unknown: OnDrift::Evolve,
    known: &["role", "category", "author", "creator"],
};

impl Source for Teamtailor {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let name = board::token(board, DESCRIPTION.name, &["feed"])?;
        let host = host_of(name).ok_or_else(|| {
            Error::config(format!("`{name}` cannot be the name of a teamtailor board"))
                .hint("give COMPANY of COMPANY.teamtailor.com, or the host of the career site")
        })?;
        match board.parameters.get("feed").map(String::as_str) {
            None | Some("json") => Ok(vec![Ask::get(format!("https://{host}/jobs.json")).with("page", 1)]),
            Some("rss") => Ok(vec![rss_page(&host, 1)]),
            Some(other) => {
                Err(Error::config(format!("teamtailor board `{name}` has the feed `{other}`"))
                    .hint("use `json` or `rss`"))
            }
        }
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        if let Some(text) = std::str::from_utf8(answer.body).ok().filter(|text| is_xml(text)) {
            return rss(text, answer);
        }
        let body = json::body(answer)?;
        let feed = json::at(&body.value, "title").and_then(read::text_of);
        let reading =
            json::contracted(&CONTRACT, body.list("items")?, |fields| item(fields, feed.as_deref(), answer.board))?;
        let next = json::at(&body.value, "next_url").and_then(Value::as_str).and_then(|next| further(next, answer));
        Ok(Reading { next: next.into_iter().collect(), ..reading })
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        if let Some(company) = hosts::tenant(url, DOMAIN) {
            return hosts::named(company);
        }
        // Some regions have a domain of their own, as in COMPANY.na.teamtailor.com.
        let (company, region) =
            hosts::below(url, DOMAIN)?.split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned()))?;
        let regional = board::is_host_label(&company) && region.len() == 2 && board::is_host_label(&region);
        regional.then(|| hosts::named(format!("{company}.{region}.{DOMAIN}"))).flatten()
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let name = |address: &str| Some(self.board_at(&Url::parse(address).ok()?)?.name);
        let text = std::str::from_utf8(body).ok()?;
        if is_xml(text) {
            return jobfeed::read(text, body).ok()?.jobs.iter().find_map(|item| name(item.get("link")?.as_str()?));
        }
        let feed = json::parse(body).ok()?.value;
        let own = ["feed_url", "home_page_url"].into_iter().find_map(|field| name(feed.get(field)?.as_str()?));
        own.or_else(|| board::find_in(body, "items", |item| name(item.get("url")?.as_str()?)))
    }
}

/// Whether `text` is a document that is no HTML page.
fn is_xml(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<') && !json::looks_like_html(text)
}

/// The host of the career site that a board's name names: its own, or one below the vendor's domain.
fn host_of(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    if board::is_host_label(&name) {
        return Some(format!("{name}.{DOMAIN}"));
    }
    let mut labels = name.rsplit('.');
    let top = labels.next().filter(|top| top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic()));
    (top.is_some() && name.len() <= 253 && labels.all(board::is_host_label)).then_some(name)
}

fn rss_page(host: &str, page: u64) -> Ask {
    let offset = page.saturating_sub(1).saturating_mul(PAGE);
    let url = format!("https://{host}/jobs.rss?per_page={PAGE}");
    let url = if offset == 0 { url } else { format!("{url}&offset={offset}") };
    Ask::get(url).with("page", page)
}

/// The number of the page that `answer` is, where it was crawled.
fn page_of(answer: &Answer<'_>) -> Option<u64> {
    answer.context.get("page")?.parse().ok()
}

/// The ask for the further page of a JSON Feed at `next`, which must be on the same host.
fn further(next: &str, answer: &Answer<'_>) -> Option<Ask> {
    let page = page_of(answer).filter(|page| *page < MOST_PAGES)?;
    let asked = Url::parse(answer.url).ok()?;
    let next = asked.join(next).ok()?;
    let same = next.scheme() == "https" && next.host() == asked.host() && next.port() == asked.port();
    (same && next.username().is_empty() && next != asked).then(|| Ask::get(next).with("page", page + 1))
}

/// An item of the JSON Feed: what the feed says itself, and the posting within it.
fn item(item: Fields<'_>, feed: Option<&str>, board: &str) -> std::result::Result<RawPosting, Rejection> {
    let external_id = item.id("id")?;
    let title = item.title("title")?;
    let url = item.text("url");
    let inner = item.object("_jobposting");
    let described = inner.and_then(|inner| jobposting::posting(inner, url.as_deref().unwrap_or_default(), true).ok());
    let mut posting = described.map(prefixed).unwrap_or_default();
    let sections: Vec<_> = ["content_html", "content_text"]
        .into_iter()
        .find_map(|part| section_at(item, part, None))
        .into_iter()
        .collect();
    if !sections.is_empty() {
        posting.sections = sections;
    }
    posting.external_id = external_id;
    posting.title = title;
    posting.posted_at = item.instant("date_published").or(posting.posted_at);
    posting.updated_at = item.instant("date_modified").or(posting.updated_at);
    posting.tags.extend(item.texts("tags"));
    posting.url = url;
    name_company(&mut posting, feed, board);
    Ok(posting)
}

/// `posting` with the fields that stated it named as the feed has them.
fn prefixed(mut posting: RawPosting) -> RawPosting {
    let prefix = |field: &mut String| field.insert_str(0, "_jobposting.");
    posting.places.iter_mut().for_each(|place| prefix(&mut place.field));
    posting.pay.iter_mut().for_each(|pay| prefix(&mut pay.field));
    posting.sections.iter_mut().for_each(|section| prefix(&mut section.field));
    posting.remote.iter_mut().for_each(|stated| prefix(&mut stated.field));
    posting.employment.iter_mut().for_each(|stated| prefix(&mut stated.field));
    for stated in [&mut posting.posted_at, &mut posting.updated_at, &mut posting.closes_at].into_iter().flatten() {
        prefix(&mut stated.field);
    }
    posting
}

/// Names the employer after the feed when no posting does, else after the board.
fn name_company(posting: &mut RawPosting, feed: Option<&str>, board: &str) {
    if let Some(feed) = feed.filter(|_| posting.company.is_none()) {
        posting.company = Some(feed.to_owned());
        posting.warnings.push(COMPANY_FROM_FEED);
    }
    board::name_company(posting, board);
}

/// The list as RSS, and the next page when this one is full.
fn rss(text: &str, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
    let feed = jobfeed::read(text, answer.body)?;
    let Some(channel) = feed.head.get("channel") else {
        let reason = "the feed has no `channel`";
        return Err(Rejection::of_body("wrong-shape", reason, answer.body).field("channel"));
    };
    let name = json::at(channel, "title").and_then(read::text_of);
    let mut reading = json::contracted(&RSS, &feed.jobs, |fields| rss_item(fields, name.as_deref(), answer.board))?;
    let first = feed.jobs.first().and_then(|item| item.get("link")?.as_str()).unwrap_or_default();
    let repeated = answer.context.get("first").is_some_and(|before| before == first);
    let full = u64::try_from(feed.jobs.len()).is_ok_and(|items| items >= PAGE);
    let page = page_of(answer).filter(|page| full && !repeated && *page < MOST_PAGES);
    if let (Some(page), Some(host)) = (page, host_of(answer.board)) {
        reading.next.push(rss_page(&host, page + 1).with("first", first));
    }
    Ok(reading)
}

fn rss_item(item: Fields<'_>, feed: Option<&str>, board: &str) -> std::result::Result<RawPosting, Rejection> {
    let url = item.text("link");
    let external_id = match item.text("guid").or_else(|| url.as_deref().and_then(number_in)) {
        Some(id) => id,
        None => item.id("guid")?,
    };
    let mut posting = RawPosting {
        external_id,
        title: item.title("title")?,
        places: places(item),
        remote: remote(item),
        posted_at: item.instant("pubdate").map(|posted| Stated::new(posted.value, "pubDate")),
        department: item.text("department"),
        sections: section_at(item, "description", None).into_iter().collect(),
        url,
        ..RawPosting::default()
    };
    name_company(&mut posting, feed, board);
    Ok(posting)
}

/// The number of a posting in the address of its page, as in `/jobs/6026659-host`.
fn number_in(address: &str) -> Option<String> {
    let name = Url::parse(address).ok()?.path_segments()?.skip_while(|segment| *segment != "jobs").nth(1)?.to_owned();
    let number = name.split_once('-').map_or(name.as_str(), |(number, _)| number);
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| number.to_owned())
}

fn places(item: Fields<'_>) -> Vec<RawPlace> {
    let path = "locations.location";
    let listed = match item.at(path) {
        Some(Value::Array(_)) => item.objects(path),
        Some(Value::Object(_)) => item.object(path).into_iter().collect(),
        Some(Value::String(name)) => return vec![RawPlace::text(name, path)],
        _ => Vec::new(),
    };
    let place = |at: Fields<'_>| RawPlace {
        field: path.to_owned(),
        text: at.text("name"),
        city: at.text("city"),
        country: at.text("country"),
        ..RawPlace::default()
    };
    let known = |place: &RawPlace| place.text.is_some() || place.city.is_some() || place.country.is_some();
    listed.into_iter().map(place).filter(known).collect()
}

/// How the work is done; `temporary` means from elsewhere for the time being, which is none of the kinds.
fn remote(item: Fields<'_>) -> Option<Stated<Remote>> {
    let how = match item.at("remotestatus")?.as_str()?.to_ascii_lowercase().as_str() {
        "none" => Remote::Onsite,
        "fully" => Remote::Remote,
        "hybrid" => Remote::Hybrid,
        "temporary" => {
            item.warn("remote-temporary");
            return None;
        }
        _ => {
            item.warn("remote-unknown");
            return None;
        }
    };
    Some(Stated::new(how, "remoteStatus"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, postings, read_crawled, read_with, rules};

    #[test]
    fn an_item_is_read_with_the_posting_within_it() {
        let found = postings(
            &SOURCE,
            r#"{"title":"Acme","items":[{"id":"u-1","title":"Seller","url":"https://acme.teamtailor.com/jobs/7-seller",
              "content_html":"<p>x</p>","date_published":"2026-11-04T09:26:20+01:00","_jobposting":{"@type":"JobPosting",
              "title":"Seller","hiringOrganization":{"name":"Acme AB"},"description":"<p>y</p>","jobLocation":[
              {"@type":"Place","address":{"addressLocality":"Madrid","addressCountry":"ES","addressRegion":"Europe"}},
              {"@type":"Place","address":{"addressLocality":"Oslo","addressCountry":"NO"}}]}},
              {"id":"u-2","title":"Buyer","_jobposting":{"datePosted":"2026-11-04"}}]}"#,
        );
        assert_eq!((found[0].external_id.as_str(), found[0].company.as_deref()), ("u-1", Some("Acme AB")));
        let cities: Vec<_> = found[0].places.iter().map(|place| place.city.as_deref()).collect();
        assert_eq!(cities, [Some("Madrid"), Some("Oslo")]);
        assert_eq!(found[0].places[0].field, "_jobposting.jobLocation");
        assert_eq!(found[0].sections.len(), 1);
        assert_eq!(found[0].remote, None);
        assert_eq!(
            (found[1].company.as_deref(), found[1].warnings.as_slice()),
            (Some("Acme"), &["company-from-feed"][..])
        );
    }

    #[test]
    fn an_item_of_rss_says_how_the_work_is_done() {
        let found = postings(
            &SOURCE,
            "<?xml version='1.0'?><rss version='2.0' xmlns:tt='https://teamtailor.com/locations'><channel><title>Acme</title>\
             <item><title>A &amp; B</title><link>https://acme.teamtailor.com/jobs/7-a</link><guid>u-1</guid>\
             <pubDate>Fri, 20 Nov 2026 09:30:04 +0100</pubDate><remoteStatus>hybrid</remoteStatus><tt:department>Care</tt:department>\
             <tt:locations><tt:location><tt:city>Berlin</tt:city><tt:country>Germany</tt:country></tt:location>\
             <tt:location><tt:name>Remote</tt:name></tt:location></tt:locations>\
             <description><![CDATA[<p>x</p>]]></description></item>\
             <item><title>C</title><link>https://acme.teamtailor.com/jobs/8-c</link><remoteStatus>none</remoteStatus>\
             <tt:department/><tt:locations></tt:locations></item>\
             <item><title>D</title><guid>u-3</guid><remoteStatus>temporary</remoteStatus></item></channel></rss>",
        );
        assert_eq!((found[0].title.as_str(), found[0].company.as_deref()), ("A & B", Some("Acme")));
        assert_eq!(found[0].posted_at.as_ref().map(|at| at.value.to_string()).as_deref(), Some("2026-11-20T08:30:04Z"));
        assert_eq!((found[0].places.len(), found[0].sections[0].body.as_str()), (2, "<p>x</p>"));
        assert_eq!(found[0].remote, Some(Stated::new(Remote::Hybrid, "remoteStatus")));
        assert_eq!((found[1].external_id.as_str(), found[1].department.as_deref()), ("8", None));
        assert_eq!(found[1].remote.as_ref().map(|remote| remote.value), Some(Remote::Onsite));
        assert!(found[2].remote.is_none() && found[2].warnings.contains(&"remote-temporary"));
    }

    fn full(first: usize) -> String {
        let items: String = (first..first + 200)
            .map(|n| {
                format!(
                    "<item><title>T</title><guid>{n}</guid><link>https://acme.teamtailor.com/jobs/{n}-t</link></item>"
                )
            })
            .collect();
        format!("<rss><channel><title>A</title>{items}</channel></rss>")
    }

    #[test]
    fn a_full_page_of_rss_leads_to_the_next_until_one_repeats() {
        let read =
            |body: &str, context: &[(&str, &str)]| read_crawled(&SOURCE, "acme", body, context).expect("is a page");
        let next = &read(&full(1), &[("page", "1")]).next[0];
        assert_eq!(next.url, "https://acme.teamtailor.com/jobs.rss?per_page=200&offset=200");
        let context: Vec<_> = next.context.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert!(read(&full(1), &context).next.is_empty(), "the same page again");
        assert_eq!(read(&full(201), &context).next.len(), 1);
        assert!(read("<rss><channel><title>A</title></channel></rss>", &context).next.is_empty());
        assert!(read(&full(1), &[]).next.is_empty(), "a saved page leads nowhere");
        assert!(read(&full(1), &[("page", "100")]).next.is_empty(), "no list is endless");
    }

    #[test]
    fn a_further_page_of_the_feed_must_be_on_the_same_host() {
        let next = |next: &str| {
            let body = format!(r#"{{"items":[],"next_url":"{next}"}}"#);
            let context = [("page".to_owned(), "1".to_owned())].into();
            let answer = Answer {
                board: "acme",
                url: "https://acme.teamtailor.com/jobs.json",
                context: &context,
                content_type: None,
                fetched_at: schemas::Micros(0),
                body: body.as_bytes(),
            };
            SOURCE.read(&answer).expect("is a feed").next.into_iter().map(|ask| ask.url).next()
        };
        let due = "https://acme.teamtailor.com/jobs.json?page=2";
        assert_eq!(next(due).as_deref(), Some(due));
        for other in
            ["https://evil.example/jobs.json", "http://acme.teamtailor.com/x", "https://acme.teamtailor.com/jobs.json"]
        {
            assert_eq!(next(other), None, "{other}");
        }
    }

    #[test]
    fn a_bad_item_never_stops_its_neighbours() {
        let reading =
            read_with(&SOURCE, r#"{"items":[{"id":"1"},{"title":"T"},[],{"id":"2","title":"T","_jobposting":"x"}]}"#)
                .expect("is a feed");
        assert_eq!(rules(&reading), ["title-missing", "id-missing", "not-an-object", "ok"]);
        let reading = read_with(
            &SOURCE,
            "<rss><channel><item><guid>1</guid></item><item><title>T</title></item><item/><item><guid>4</guid><title>T</title></item></channel></rss>",
        )
        .expect("is a feed");
        assert_eq!(rules(&reading), ["title-missing", "id-missing", "id-missing", "ok"]);
        let rule = |body: &str| read_with(&SOURCE, body).map_err(|rejection| rejection.rule).err();
        assert_eq!(rule("<!DOCTYPE html><html></html>"), Some("html-instead-of-json"));
        assert_eq!(rule("<rss><channel><item><title>T"), Some("truncated-xml"));
        assert_eq!(rule("<rss></rss>"), Some("wrong-shape"));
        assert_eq!(rule(r#"{"jobs":[]}"#), Some("wrong-shape"));
    }

    #[test]
    fn a_board_is_a_company_or_the_host_of_its_site() {
        let asked = |name: &str| {
            let board = Board { name: name.to_owned(), ..Board::default() };
            SOURCE.start(&board).ok().map(|asks| asks[0].url.clone())
        };
        assert_eq!(asked("Acme").as_deref(), Some("https://acme.teamtailor.com/jobs.json"));
        assert_eq!(asked("career.acme.example").as_deref(), Some("https://career.acme.example/jobs.json"));
        for name in ["", "a b", "acme.example:81", "203.0.113.7", "[::1]", "acme..example", "a@b.example", "localhost."]
        {
            assert_eq!(asked(name), None, "{name}");
        }
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://acme.teamtailor.com/jobs/7-a",
                "https://career.teamtailor.com/jobs.rss",
                "https://acme.na.teamtailor.com/jobs",
            ],
        );
        assert_eq!(found, ["acme", "career", "acme.na.teamtailor.com"]);
        let none = boards_at(
            &SOURCE,
            &["https://www.teamtailor.com/", "https://api.teamtailor.com/v1/jobs", "https://teamtailor.com/"],
        );
        assert_eq!(none, [""; 3]);
    }
}
