//! Jobvite career pages: a page of rows by department, and the page of each posting with its text as JSON-LD.

use std::collections::HashSet;
use std::sync::LazyLock;

use pipeline_core::read;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, POSTING, RawPlace, RawPosting, Reading, Record,
    Rejection, Source,
};
use pipeline_core::{Error, Result};
use scraper::{ElementRef, Html, Selector};
use serde_json::{Map, Value};
use url::Url;

use super::json::{self, Fields};
use super::markup::section;
use super::{board, hosts, jobposting, pages, rows};

/// The source.
pub static SOURCE: Jobvite = Jobvite;

/// Jobvite career pages.
pub struct Jobvite;

static DESCRIPTION: Description = Description {
    name: "jobvite",
    title: "Jobvite",
    board: Some("company, as in jobs.jobvite.com/COMPANY"),
    min_gap_ms: 2_000,
    vendor_gap_ms: 2_000,
    min_interval_s: 21_600,
    listing_is_complete: true,
    terms: "The pages of public career sites, read without a key; robots.txt is obeyed as found, and every posting links \
            to its page.",
    reference: "https://jobs.jobvite.com/COMPANY/jobs (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// Where all career pages are.
const HOST: &str = "jobs.jobvite.com";
/// Most rows of a page that are read.
const MOST_ROWS: usize = 10_000;
/// Most pages of one search.
const MOST_PAGES: u64 = 200;

/// The form of the rows, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "string"),
        Field::essential("title", "string"),
        Field::value("url", "string"),
        Field::expected("location", "string"),
        Field::value("department", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &[],
};

/// The elements of a page.
struct Parts {
    rows: Vec<Selector>,
    links: Vec<Selector>,
    names: Vec<Selector>,
    places: Vec<Selector>,
    more: Vec<Selector>,
    titles: Vec<Selector>,
    texts: Vec<Selector>,
}

static PARTS: LazyLock<Parts> = LazyLock::new(|| Parts {
    rows: pages::selectors(&["a[href*='/job/'], .jv-job-list-name"]),
    links: pages::selectors(&["a[href*='/job/']"]),
    names: pages::selectors(&[".jv-job-list-name"]),
    places: pages::selectors(&[".jv-job-list-location"]),
    more: pages::selectors(&["a[href*='/search?']"]),
    titles: pages::selectors(&["h2.jv-header", ".jv-header", "h1", "h2"]),
    texts: pages::selectors(&[".jv-job-detail-description"]),
});

impl Source for Jobvite {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let company = board::token(board, DESCRIPTION.name, &[])?;
        if !is_company(company) {
            return Err(Error::config(format!("`{}` cannot be the name of a jobvite board", company.escape_debug()))
                .hint("give COMPANY of https://jobs.jobvite.com/COMPANY"));
        }
        Ok(vec![Ask::get(format!("https://{HOST}/{company}/jobs")).with(board::CRAWL, 1)])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let text = pages::text_of(answer);
        if text.trim_start().starts_with(['{', '[']) {
            return Err(Rejection::of_body("not-html", "the body is JSON where a page was due", answer.body));
        }
        let own = Url::parse(answer.url).ok().and_then(|url| Some(posting_at(&url)?.1));
        if answer.context.contains_key(POSTING) || own.is_some() {
            return detail(answer, &text, own);
        }
        let tree = pages::tree(&text, answer.body)?;
        let company = if rows::is_crawled(answer) { Some(answer.board) } else { None };
        let found = found_rows(&tree, company);
        let reading = json::contracted(&CONTRACT, &found, |row| posting(row, answer))?;
        if found.is_empty() && !says_empty(&tree) {
            return Err(Rejection::of_body(
                "no-list",
                "the page has no row and does not say that it has none",
                answer.body,
            ));
        }
        let crawled = rows::is_crawled(answer) && is_company(answer.board);
        Ok(if crawled { follow(answer, &tree, reading, &found) } else { reading })
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        company_at(url).and_then(hosts::named)
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let described = || company_at(&Url::parse(&jobposting::SOURCE.board_of(body)?).ok()?);
        let text = String::from_utf8_lossy(&body[..body.len().min(1 << 20)]);
        let linked = || {
            let path = text
                .split("href=")
                .skip(1)
                .find(|path| path.split(['>', ' ']).next().is_some_and(|p| p.contains("/job/")))?;
            let path = path.trim_start_matches(['"', '\'']).split(['"', '\'', ' ', '>']).next()?;
            let base = Url::parse(&format!("https://{HOST}/")).ok()?;
            Some(posting_at(&base.join(path).ok()?)?.0)
        };
        described().or_else(linked)
    }
}

fn is_company(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let own = ["careers", "support", "job", "jobs", "search", "__assets__", "api"].contains(&name);
    !own && (1..=100).contains(&name.len()) && name.bytes().all(plain)
}

/// The segments of the path of `url` from the company on; it may follow `careers`.
fn path_of(url: &Url) -> Vec<String> {
    let mut segments = hosts::segments(url);
    if segments.first().is_some_and(|first| first == "careers") {
        segments.remove(0);
    }
    segments
}

fn company_at(url: &Url) -> Option<String> {
    let company = path_of(url).into_iter().next()?;
    (hosts::is_at(url, &[HOST]) && is_company(&company)).then_some(company)
}

/// The company and the id of the posting whose page `url` is.
fn posting_at(url: &Url) -> Option<(String, String)> {
    let path = path_of(url);
    let plain = |id: &str| (1..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "job", id, ..] if plain(id) => Some((company_at(url)?, (*id).to_owned())),
        _ => None,
    }
}

/// The address that `link` leads to, when it is one of the career pages of `company`; a saved page may be of any.
fn address_of(link: ElementRef<'_>, company: Option<&str>) -> Option<Url> {
    let base = Url::parse(&format!("https://{HOST}/")).ok()?;
    let url = base.join(link.attr("href")?.trim()).ok()?;
    let own = url.scheme() == "https" && url.port().is_none() && url.username().is_empty();
    let known = |found: String| company.is_none_or(|company| found.eq_ignore_ascii_case(company));
    (own && company_at(&url).is_some_and(known)).then_some(url)
}

/// The rows of the page as objects of named fields, one for each posting; a row without a link has no id.
fn found_rows(tree: &Html, company: Option<&str>) -> Vec<Value> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for element in PARTS.rows.iter().flat_map(|path| tree.select(path)).take(MOST_ROWS) {
        let is_link = element.value().name() == "a";
        let within =
            element.ancestors().filter_map(ElementRef::wrap).take(6).any(|around| around.value().name() == "a");
        let holds = || PARTS.links.iter().any(|path| element.select(path).next().is_some());
        if !is_link && (within || holds()) {
            continue;
        }
        let page =
            if is_link { address_of(element, company).and_then(|url| Some((posting_at(&url)?.1, url))) } else { None };
        match page {
            Some((id, url)) if seen.insert(id.clone()) => found.push(row(element, Some((id, url)))),
            None if !is_link => found.push(row(element, None)),
            _ => {}
        }
    }
    found
}

/// The fields of the row around `element`, its link or, without one, its name.
fn row(element: ElementRef<'_>, page: Option<(String, Url)>) -> Value {
    let has = |element: &ElementRef<'_>, name: &str| element.value().classes().any(|class| class == name);
    let around = || element.ancestors().filter_map(ElementRef::wrap);
    let whole = around().take(6).find(|around| matches!(around.value().name(), "tr" | "li")).unwrap_or(element);
    let list = around().take(10).find(|around| has(around, "jv-job-list"));
    let heading = list.and_then(|list| list.prev_siblings().find_map(ElementRef::wrap));
    let heading = heading.filter(|before| matches!(before.value().name(), "h2" | "h3" | "h4")).map(pages::words_of);
    let title = pages::words_at(element, &PARTS.names).unwrap_or_else(|| pages::words_of(element));
    let place = pages::words_at(element, &PARTS.places).or_else(|| pages::words_at(whole, &PARTS.places));
    let (id, url) = page.map_or((None, None), |(id, mut url)| {
        url.set_query(None);
        url.set_fragment(None);
        (Some(id), Some(String::from(url)))
    });
    let stated = [
        ("id", id),
        ("title", read::filled(&title)),
        ("url", url),
        ("location", place),
        ("department", heading.and_then(|heading| read::filled(&heading))),
    ];
    let fields = stated.into_iter().map(|(name, value)| (name.to_owned(), value.map_or(Value::Null, Value::from)));
    Value::Object(fields.collect::<Map<_, _>>())
}

/// Whether the page says that it lists nothing.
fn says_empty(tree: &Html) -> bool {
    let words = pages::words_of(tree.root_element()).to_lowercase();
    ["no open", "no job", "no position", "no result", "no current", "no opportunities", "not have any", "no vacanc"]
        .iter()
        .any(|none| words.contains(none))
}

/// What a crawled page leads to: the page of each row, the searches that show departments whole, and the next page of a
/// search.
fn follow(answer: &Answer<'_>, tree: &Html, reading: Reading, found: &[Value]) -> Reading {
    let mut followed = Reading { findings: reading.findings, ..Reading::default() };
    let searches = searches(answer, tree);
    let whole: HashSet<String> = searches.iter().filter_map(|url| hosts::parameter(url, "c")).collect();
    let searching = Url::parse(answer.url).is_ok_and(|url| path_of(&url).get(1).is_some_and(|name| name == "search"));
    for (record, row) in reading.records.into_iter().zip(found) {
        match &record {
            // The search of its department shows it again.
            Record::Posting(posting)
                if !searching && posting.department.as_ref().is_some_and(|of| whole.contains(of)) => {}
            Record::Posting(posting) => match &posting.url {
                Some(url) => followed.next.push(rows::ask(url.as_str(), &posting.external_id, row)),
                None => followed.records.push(record),
            },
            Record::Rejected(_) => followed.records.push(record),
        }
    }
    let number = |url: &Url| hosts::parameter(url, "p").and_then(|number| number.parse::<u64>().ok());
    let here = Url::parse(answer.url).ok().as_ref().and_then(number).unwrap_or(0);
    let mut asked = HashSet::new();
    for url in searches {
        let next = number(&url).is_some_and(|number| number == here + 1 && number < MOST_PAGES);
        let opens = !searching && number(&url).unwrap_or(0) == 0;
        if ((searching && next) || opens) && asked.insert(url.clone()) {
            followed.next.push(Ask::get(url).with(board::CRAWL, 1));
        }
    }
    followed
}

/// The searches of the same company that the page links to by department or by page.
fn searches(answer: &Answer<'_>, tree: &Html) -> Vec<Url> {
    let links = PARTS.more.iter().flat_map(|path| tree.select(path));
    let urls = links.filter_map(|link| address_of(link, Some(answer.board))).map(|mut url| {
        url.set_fragment(None);
        url
    });
    let is_search = |url: &Url| {
        let named = ["c", "p"].into_iter().any(|name| hosts::parameter(url, name).is_some());
        named && path_of(url).get(1).is_some_and(|name| name == "search")
    };
    urls.filter(is_search).take(500).collect()
}

fn posting(row: Fields<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
    let url = row.text("url");
    let text = row.text("location").filter(|text| {
        if rows::is_count(text) {
            row.warn(rows::PLACES_COUNTED);
        }
        !rows::is_count(text)
    });
    let mut posting = RawPosting {
        external_id: row.id("id")?,
        title: row.title("title")?,
        places: text.map(|text| RawPlace::text(text, "location")).into_iter().collect(),
        department: row.text("department"),
        apply_url: url.clone(),
        url,
        ..RawPosting::default()
    };
    board::name_company(&mut posting, answer.board);
    Ok(posting)
}

/// The page of one posting, with what its row says; a row is never lost for its page.
fn detail(answer: &Answer<'_>, text: &str, own: Option<String>) -> std::result::Result<Reading, Rejection> {
    let tree = pages::tree(text, answer.body);
    let described = rows::described(answer).filter(|_| tree.is_ok());
    let row = match (rows::of(answer), &tree) {
        (Some(row), _) => row,
        (None, Err(rejection)) => return Err(rejection.clone()),
        (None, Ok(tree)) => {
            let heading = || pages::words_at(tree.root_element(), &PARTS.titles).filter(|_| shown(tree).is_some());
            let title = described.as_ref().map(|page| page.title.clone()).or_else(heading);
            let id = answer.context.get(POSTING).cloned().or(own);
            let url = Url::parse(answer.url).ok().filter(|url| posting_at(url).is_some()).map(String::from);
            let fields = [("id", id), ("title", title), ("url", url)];
            fields.into_iter().map(|(name, value)| (name.to_owned(), value.map_or(Value::Null, Value::from))).collect()
        }
    };
    let mut reading = json::contracted(&CONTRACT, std::slice::from_ref(&row), |row| posting(row, answer))?;
    // The list has been held against the contract already.
    reading.findings.clear();
    reading.detail = true;
    for record in &mut reading.records {
        if let Record::Posting(posting) = record {
            match described.clone() {
                Some(page) => rows::complete(posting, page),
                None => {
                    let text = tree.as_ref().ok().and_then(shown);
                    posting.sections =
                        text.map(|body| section("jv-job-detail-description", None, body)).into_iter().collect();
                }
            }
            if posting.sections.is_empty() {
                posting.warnings.push(rows::DESCRIPTION_MISSING);
            }
        }
    }
    Ok(reading)
}

/// The text of the posting as the page shows it.
fn shown(tree: &Html) -> Option<String> {
    read::filled(&pages::find(tree.root_element(), &PARTS.texts)?.inner_html())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample;
    use crate::sources::testing::{boards_at, read_crawled, rules};

    fn page(inner: &str) -> String {
        format!("<html><body>{inner}</body></html>")
    }

    fn table(rows: &[(&str, &str, &str)]) -> String {
        let row = |(id, title, place): &(&str, &str, &str)| {
            format!(
                "<tr><td class='jv-job-list-name'><a href='/acme/job/{id}'>{title}</a></td>\
                 <td class='jv-job-list-location'>{place}</td></tr>"
            )
        };
        format!("<table class='jv-job-list'>{}</table>", rows.iter().map(row).collect::<String>())
    }

    fn read(body: &str, context: &[(&str, &str)]) -> std::result::Result<Reading, Rejection> {
        read_crawled(&SOURCE, "acme", body, context)
    }

    fn postings(reading: Reading) -> Vec<RawPosting> {
        let posting = |record| match record {
            Record::Posting(posting) => *posting,
            Record::Rejected(rejection) => panic!("{rejection:?}"),
        };
        reading.records.into_iter().map(posting).collect()
    }

    #[test]
    fn rows_name_their_posting_its_place_and_its_department() {
        let body = format!("<h3>Care</h3>{}", table(&[("o1", "Nurse", "Leeds, UK"), ("o2", "Cook", "2 Locations")]));
        let found = postings(read(&page(&body), &[]).expect("is a page"));
        assert_eq!((found[0].external_id.as_str(), found[0].title.as_str()), ("o1", "Nurse"));
        assert_eq!(
            (found[0].department.as_deref(), found[0].places[0].text.as_deref()),
            (Some("Care"), Some("Leeds, UK"))
        );
        assert!(found[1].places.is_empty() && found[1].warnings.contains(&rows::PLACES_COUNTED));
        assert_eq!(found[0].url.as_deref(), Some("https://jobs.jobvite.com/acme/job/o1"));
    }

    #[test]
    fn a_department_that_is_not_shown_whole_is_read_by_its_search() {
        let more = "<a href='/acme/search?c=Care'>Show more</a><a href='https://evil.example/acme/search?c=x'>x</a>";
        let body = format!(
            "<h3>Care</h3>{}{more}<h3>Sales</h3>{}",
            table(&[("o1", "Nurse", "Leeds")]),
            table(&[("o3", "Seller", "York")])
        );
        let reading = read(&page(&body), &[("crawl", "1")]).expect("is a page");
        let asked: Vec<&str> = reading.next.iter().map(|ask| ask.url.as_str()).collect();
        assert_eq!(asked, ["https://jobs.jobvite.com/acme/job/o3", "https://jobs.jobvite.com/acme/search?c=Care"]);
        let context = [("crawl".to_owned(), "1".to_owned())].into();
        let body = page(&format!(
            "{}<a href='/acme/search?c=Care&amp;p=0'>1</a><a href='/acme/search?c=Care&amp;p=1'>2</a>",
            table(&[("o1", "Nurse", "Leeds")])
        ));
        let reading =
            sample::read_with(&SOURCE, "acme", "https://jobs.jobvite.com/acme/search?c=Care", &context, &body);
        let asked: Vec<String> = reading.expect("is a page").next.into_iter().map(|ask| ask.url).collect();
        assert_eq!(asked, ["https://jobs.jobvite.com/acme/job/o1", "https://jobs.jobvite.com/acme/search?c=Care&p=1"]);
    }

    #[test]
    fn a_row_without_a_page_or_a_title_is_rejected_and_its_neighbour_stands() {
        let body = "<table class='jv-job-list'><tr><td class='jv-job-list-name'>No page</td></tr>\
            <tr><td class='jv-job-list-name'><a href='/acme/job/o2'> </a></td></tr>\
            <tr><td class='jv-job-list-name'><a href='/other/job/o9'>Not ours</a></td></tr>\
            <tr><td class='jv-job-list-name'><a href='/acme/job/o3'>Cook</a></td><td class='jv-job-list-location'>Leeds</td></tr></table>";
        let reading = read(&page(body), &[("crawl", "1")]).expect("is a page");
        assert_eq!((rules(&reading), reading.next.len()), (vec!["id-missing", "title-missing"], 1));
        let saved = read(&page(body), &[]).expect("is a page");
        assert_eq!(rules(&saved), ["id-missing", "title-missing", "ok", "ok"]);
    }

    #[test]
    fn a_page_that_lists_nothing_must_say_so() {
        assert!(read(&page("<p>There are no open positions.</p>"), &[]).expect("is a list").records.is_empty());
        for (body, rule) in [
            (page("<a href='/acme/about'>About</a>"), "no-list"),
            ("[]".to_owned(), "not-html"),
            (format!("<html><body>{}", table(&[("o1", "A", "B")])), "truncated-html"),
        ] {
            assert_eq!(read(&body, &[]).err().map(|rejection| rejection.rule), Some(rule), "{body}");
        }
    }

    #[test]
    fn a_page_of_a_posting_betters_its_row_and_its_loss_does_not_lose_the_row() {
        let row =
            r#"{"id":"o1","title":"Nurse","location":"2 Locations","url":"https://jobs.jobvite.com/acme/job/o1"}"#;
        let described = r#"<script type="application/ld+json">{"@type":"JobPosting","title":"Nurse","datePosted":"2026-05-08",
            "description":"<p>Care</p>","jobLocation":[{"address":{"addressLocality":"Leeds"}},{"address":{"addressLocality":"York"}}]}</script>"#;
        let found = postings(read(&page(described), &[(POSTING, "o1"), ("row", row)]).expect("is a page"));
        assert_eq!((found[0].places.len(), found[0].warnings.as_slice()), (2, &[board::COMPANY_FROM_BOARD][..]));
        let lost = postings(read("<html>", &[(POSTING, "o1"), ("row", row)]).expect("has its row"));
        assert!(lost[0].warnings.contains(&rows::DESCRIPTION_MISSING));
        let shown = "<h2 class='jv-header'>Nurse</h2><div class='jv-job-detail-description'><p>Care</p></div>";
        let shown = postings(read(&page(shown), &[(POSTING, "o1")]).expect("is a page"));
        assert_eq!((shown[0].title.as_str(), shown[0].sections.len()), ("Nurse", 1));
        let other = read(&page("<h2>Jobs</h2>"), &[(POSTING, "o1")]).expect("is a page");
        assert_eq!(rules(&other), ["title-missing"]);
    }

    #[test]
    fn an_address_of_a_company_names_it() {
        let urls = [
            "https://jobs.jobvite.com/acme/jobs",
            "https://jobs.jobvite.com/careers/acme/job/oABC",
            "https://jobs.jobvite.com/acme/search?c=Sales",
            "https://jobs.jobvite.com/",
            "https://jobs.jobvite.com/__assets__/x.js",
            "https://app.jobvite.com/j?c=qXyZ",
        ];
        assert_eq!(boards_at(&SOURCE, &urls), ["acme", "acme", "acme", "", "", ""]);
    }
}
