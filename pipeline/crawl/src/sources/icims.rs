//! iCIMS career portals: pages of cards, and the page of each posting with its text as JSON-LD.

use std::sync::LazyLock;

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, POSTING, RawPlace, RawPosting, Reading, Record,
    Rejection, Remote, Source, Stated,
};
use pipeline_core::{Error, Result, read};
use schemas::Micros;
use scraper::{ElementRef, Html, Selector};
use serde_json::{Map, Value};
use url::Url;

use super::json::{self, Fields};
use super::markup::section;
use super::{board, hosts, jobposting, pages, rows};

/// The source.
pub static SOURCE: Icims = Icims;

/// iCIMS career portals.
pub struct Icims;

static DESCRIPTION: Description = Description {
    name: "icims",
    title: "iCIMS",
    board: Some("portal, as in PORTAL.icims.com, often careers-COMPANY"),
    ids_are_global: false,
    min_gap_ms: 2_000,
    min_interval_s: 21_600,
    listing_is_complete: true,
    terms: "The pages of public career portals, read without a key; robots.txt is obeyed as found, and every posting \
            links to its page.",
    reference: "https://PORTAL.icims.com/jobs/search (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// The domain of all portals.
const DOMAIN: &str = "icims.com";
/// Most pages of a portal.
const MOST_PAGES: u64 = 500;
/// Most cards of a page that are read.
const MOST_CARDS: usize = 10_000;

/// The form of the cards, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "string"),
        Field::essential("title", "string"),
        Field::value("url", "string"),
        Field::value("location", "string"),
        Field::value("posted", "string"),
        Field::value("department", "string"),
        Field::value("employment", "string"),
        Field::value("requisition", "string"),
        Field::value("remote", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &[],
};

/// The elements of a page.
struct Parts {
    cards: Vec<Selector>,
    links: Vec<Selector>,
    titles: Vec<Selector>,
    labels: Vec<Selector>,
    pages: Vec<Selector>,
    texts: Vec<Selector>,
}

static PARTS: LazyLock<Parts> = LazyLock::new(|| Parts {
    cards: pages::selectors(&["li.iCIMS_JobCardItem, a[href*='/jobs/']"]),
    links: pages::selectors(&["a[href*='/jobs/']"]),
    titles: pages::selectors(&["h1", "h2", "h3", "h4"]),
    labels: pages::selectors(&[".field-label, dt"]),
    pages: pages::selectors(&["a[href*='pr=']"]),
    texts: pages::selectors(&["div.iCIMS_JobContent", "div.iCIMS_InfoMsg_Job", "div.iCIMS_Expandable_Text"]),
});

impl Source for Icims {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let portal = board::token(board, DESCRIPTION.name, &[])?;
        let base = base_of(portal).ok_or_else(|| {
            Error::config(format!("`{}` cannot be the name of an icims board", portal.escape_debug()))
                .hint("give PORTAL of https://PORTAL.icims.com")
        })?;
        Ok(vec![list_page(&base, 0)])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let text = pages::text_of(answer);
        if text.trim_start().starts_with(['{', '[']) {
            return Err(Rejection::of_body("not-html", "the body is JSON where a page was due", answer.body));
        }
        let base = base_of(answer.board);
        let own = Url::parse(answer.url).ok().and_then(|url| id_of(&url));
        if answer.context.contains_key(POSTING) || own.is_some() {
            return detail(answer, &text, own);
        }
        let tree = pages::tree(&text, answer.body)?;
        let cards = cards(&tree, base.as_ref(), rows::is_crawled(answer));
        let mut reading = json::contracted(&CONTRACT, &cards, |card| posting(card, answer))?;
        if rows::is_crawled(answer) && base.is_some() {
            follow(&mut reading, &cards);
            reading.next.extend(base.as_ref().and_then(|base| next_page(&tree, base, answer)));
        } else {
            add_described(&mut reading, answer);
        }
        let silent = reading.records.is_empty() && reading.next.is_empty();
        if silent && !says_empty(&tree) {
            return Err(Rejection::of_body(
                "no-list",
                "the page has no card and does not say that it has none",
                answer.body,
            ));
        }
        Ok(reading)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        hosts::named(hosts::tenant(url, DOMAIN).filter(|portal| !matches!(portal.as_str(), "c" | "media" | "login"))?)
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let of_page = || hosts::tenant(&Url::parse(&jobposting::SOURCE.board_of(body)?).ok()?, DOMAIN);
        let text = String::from_utf8_lossy(&body[..body.len().min(1 << 20)]);
        let of_link = || {
            let link = text.split("https://").skip(1).find(|link| link.contains(".icims.com/jobs/"))?;
            let end = link.find(['"', '\'', '<', ' ']).unwrap_or(link.len());
            hosts::tenant(&Url::parse(&format!("https://{}", link.get(..end)?)).ok()?, DOMAIN)
        };
        of_page().or_else(of_link)
    }
}

/// Where the addresses of `portal` start.
fn base_of(portal: &str) -> Option<Url> {
    let portal = board::is_host_label(portal).then_some(portal)?;
    Url::parse(&format!("https://{}.{DOMAIN}/", portal.to_ascii_lowercase())).ok()
}

fn list_page(base: &Url, number: u64) -> Ask {
    Ask::get(format!("{base}jobs/search?pr={number}&in_iframe=1")).with(board::CRAWL, 1).with("page", number)
}

/// The id in the address of a posting's page, as in `/jobs/8214/nurse/job`.
fn id_of(url: &Url) -> Option<String> {
    let segments = hosts::segments(url);
    let is_id = |id: &str| (1..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    match segments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["jobs", id, "job" | "login"] | ["jobs", id, _, "job" | "login"] if is_id(id) => Some((*id).to_owned()),
        _ => None,
    }
}

/// The page that `link` leads to and the id of its posting, unless it leads elsewhere. A saved page may be of another
/// portal than its name says.
fn page_of(link: ElementRef<'_>, base: Option<&Url>, crawled: bool) -> Option<(String, Url)> {
    let href = link.attr("href")?.trim();
    let url = base.map_or_else(|| Url::parse(href).ok(), |base| base.join(href).ok())?;
    let own = base.is_some_and(|base| url.host_str() == base.host_str() && url.port().is_none());
    let inside = own || (!crawled && hosts::tenant(&url, DOMAIN).is_some());
    let web = matches!(url.scheme(), "http" | "https") && url.username().is_empty();
    (inside && web).then(|| Some((id_of(&url)?, url)))?
}

/// The cards of the page as objects of named fields, one for each posting; a card without a link has no id.
fn cards(tree: &Html, base: Option<&Url>, crawled: bool) -> Vec<Value> {
    let mut seen = std::collections::HashSet::new();
    let mut cards = Vec::new();
    for found in PARTS.cards.iter().flat_map(|path| tree.select(path)).take(MOST_CARDS) {
        let is_link = found.value().name() == "a";
        let around = found.ancestors().filter_map(ElementRef::wrap);
        let holder = around.take(8).find(|element| is_card(*element));
        if is_link && holder.is_some() {
            continue;
        }
        let links = PARTS.links.iter().flat_map(|path| found.select(path));
        let pages: Vec<_> = if is_link { vec![found] } else { links.collect() };
        let page = pages.iter().find_map(|link| Some((*link, page_of(*link, base, crawled)?)));
        match page {
            Some((link, (id, url))) if seen.insert(id.clone()) => {
                let row = |element: &ElementRef<'_>| element.value().classes().any(|class| class == "row");
                let whole =
                    if is_link { link.ancestors().filter_map(ElementRef::wrap).take(4).find(row) } else { Some(found) };
                cards.push(card(whole.unwrap_or(link), link, Some((&id, url))));
            }
            None if !is_link => cards.push(card(found, found, None)),
            _ => {}
        }
    }
    cards
}

fn is_card(element: ElementRef<'_>) -> bool {
    element.value().name() == "li" && element.value().classes().any(|class| class == "iCIMS_JobCardItem")
}

/// The fields of one card.
fn card(whole: ElementRef<'_>, link: ElementRef<'_>, page: Option<(&str, Url)>) -> Value {
    let mut fields = Map::new();
    if let Some((id, mut url)) = page {
        url.set_query(None);
        url.set_fragment(None);
        fields.insert("id".to_owned(), id.into());
        fields.insert("url".to_owned(), String::from(url).into());
    }
    let heading = pages::words_at(whole, &PARTS.titles);
    let title =
        heading.or_else(|| Some(pages::words_of(link)).filter(|words| link.value().name() == "a" && !words.is_empty()));
    fields.insert("title".to_owned(), title.map_or(Value::Null, Value::from));
    for (name, value) in labelled(whole) {
        fields.entry(name).or_insert(value);
    }
    Value::Object(fields)
}

/// The labelled facts of `element` by our names; a fact under a label that we do not know is left out.
fn labelled(element: ElementRef<'_>) -> Vec<(String, Value)> {
    let mut facts = Vec::new();
    for label in PARTS.labels.iter().flat_map(|path| element.select(path)) {
        let words = pages::tidy(&label.text().collect::<String>()).to_lowercase();
        let parent = label.parent().and_then(ElementRef::wrap).filter(|parent| parent.value().name() == "dt");
        let holder = parent.unwrap_or(label);
        let Some(value) = holder.next_siblings().find_map(ElementRef::wrap) else { continue };
        let titled = value.attr("title").or_else(|| value.child_elements().find_map(|child| child.attr("title")));
        let is_date = titled.is_some_and(|title| day_of(title).is_some());
        let Some(name) = name_of(&words, is_date) else { continue };
        let stated = if is_date { titled.map(str::to_owned) } else { read::filled(&pages::words_of(value)) };
        facts.extend(stated.map(|stated| (name.to_owned(), Value::from(stated))));
    }
    facts
}

/// Our name of the fact under a label. Some portals label the date as a place.
fn name_of(label: &str, is_date: bool) -> Option<&'static str> {
    let has = |part: &str| label.contains(part);
    match label {
        _ if is_date => Some("posted").filter(|_| !has("clos") && !has("end")),
        _ if has("location") => Some("location"),
        _ if has("posted") => Some("posted"),
        _ if has("category") || has("department") => Some("department"),
        "type" | "position type" | "job type" | "employment type" => Some("employment"),
        "id" | "job id" | "requisition id" | "req id" | "job number" => Some("requisition"),
        "remote" | "workplace type" | "work arrangement" => Some("remote"),
        _ => None,
    }
}

/// The day that the title of a date names, as in `5/8/2026 3:41 PM` and `2026-05-08`.
fn day_of(title: &str) -> Option<Micros> {
    read::instant(title).or_else(|| read::instant(title.split_whitespace().next()?))
}

/// Puts the ask for the page of each card in the place of its posting.
fn follow(reading: &mut Reading, cards: &[Value]) {
    let records = std::mem::take(&mut reading.records);
    for (record, card) in records.into_iter().zip(cards) {
        match &record {
            Record::Posting(posting) => match posting.url.as_deref() {
                Some(url) => reading.next.push(rows::ask(format!("{url}?in_iframe=1"), &posting.external_id, card)),
                None => reading.records.push(record),
            },
            Record::Rejected(_) => reading.records.push(record),
        }
    }
}

/// The ask for the page after this one, where the page says that there is one.
fn next_page(tree: &Html, base: &Url, answer: &Answer<'_>) -> Option<Ask> {
    let number = answer.context.get("page").and_then(|page| page.parse::<u64>().ok()).unwrap_or(0);
    let next = number + 1;
    let counted = pages_of(&pages::words_of(tree.root_element()));
    let linked = || {
        let links = PARTS.pages.iter().flat_map(|path| tree.select(path));
        let numbers = links.filter_map(|link| hosts::parameter(&base.join(link.attr("href")?).ok()?, "pr"));
        numbers.filter_map(|number| number.parse::<u64>().ok()).any(|number| number == next)
    };
    let more = counted.map_or_else(linked, |pages| next < pages);
    (more && next < MOST_PAGES).then(|| list_page(base, next))
}

/// How many pages there are, as in `Search Results Page 1 of 3`.
fn pages_of(words: &str) -> Option<u64> {
    let lower = words.to_lowercase();
    lower.match_indices("page ").find_map(|(at, found)| {
        let mut rest = lower.get(at + found.len()..)?.split_whitespace();
        rest.next()?.parse::<u64>().ok()?;
        (rest.next()? == "of").then(|| rest.next()?.parse().ok())?
    })
}

/// Whether the page says that it lists nothing.
fn says_empty(tree: &Html) -> bool {
    let words = pages::words_of(tree.root_element()).to_lowercase();
    ["no open", "no job", "no position", "no result", "0 results", "no current", "no opportunities", "no vacanc"]
        .iter()
        .any(|none| words.contains(none))
}

/// Adds what a saved page describes besides its cards.
fn add_described(reading: &mut Reading, answer: &Answer<'_>) {
    for mut record in pages::described(answer) {
        if let Record::Posting(posting) = &mut record {
            let url = posting.url.as_deref().and_then(|url| Url::parse(url).ok());
            let Some(id) = url.and_then(|url| id_of(&url)) else { continue };
            let has = |record: &Record| matches!(record, Record::Posting(posting) if posting.external_id == id);
            if reading.records.iter().any(has) {
                continue;
            }
            posting.external_id.clone_from(&id);
            board::name_company(posting, company_of(answer.board));
        }
        reading.records.push(record);
    }
}

/// The name of the employer as a portal's name has it.
fn company_of(portal: &str) -> &str {
    ["careers-", "jobs-", "career-"].into_iter().find_map(|prefix| portal.strip_prefix(prefix)).unwrap_or(portal)
}

fn posting(card: Fields<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
    let url = card.text("url");
    let mut posting = RawPosting {
        external_id: card.id("id")?,
        title: card.title("title")?,
        role_key: card.text("requisition"),
        places: places(card),
        remote: remote(card),
        posted_at: posted(card, answer.fetched_at),
        employment: card.stated_text("employment"),
        department: card.text("department"),
        apply_url: url.clone(),
        url,
        ..RawPosting::default()
    };
    board::name_company(&mut posting, company_of(answer.board));
    Ok(posting)
}

/// The places, as in `US-TX-Austin | US-Remote`.
fn places(card: Fields<'_>) -> Vec<RawPlace> {
    let Some(text) = card.text("location") else { return Vec::new() };
    if rows::is_count(&text) {
        card.warn(rows::PLACES_COUNTED);
        return Vec::new();
    }
    text.split(['|', ';']).filter_map(read::filled).map(place).collect()
}

/// A place; `US-TX-Austin` is its country, region and city.
fn place(text: String) -> RawPlace {
    let is_code = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_uppercase());
    let mut parts = text.splitn(3, '-');
    let (country, region, city) = (parts.next(), parts.next(), parts.next());
    let mut place = RawPlace::text(text.as_str(), "location");
    if let Some(country) = country.filter(|country| country.len() == 2 && is_code(country)) {
        let region = region.filter(|region| is_code(region));
        if region.is_some() || text.len() == 2 {
            place.country = Some(country.to_owned());
            place.region = region.map(str::to_owned);
            place.city = city.and_then(read::filled).filter(|city| board::remote_of(city).is_none());
        }
    }
    place
}

/// How the work is done; a plain no says only what it is not.
fn remote(card: Fields<'_>) -> Option<Stated<Remote>> {
    let words = card.text("remote")?;
    let how = match words.to_lowercase().as_str() {
        "yes" => Some(Remote::Remote),
        "no" => return None,
        words => board::remote_of(words),
    };
    if how.is_none() {
        card.warn("remote-unknown");
    }
    how.map(|how| Stated::new(how, "remote"))
}

fn posted(card: Fields<'_>, fetched_at: Micros) -> Option<Stated<Micros>> {
    let words = card.text("posted")?;
    let counted = || {
        let day = pages::day_ago(&words, fetched_at);
        card.warn(if day.is_some() { pages::DATE_RELATIVE } else { json::DATE_UNREADABLE });
        day
    };
    day_of(&words).or_else(counted).map(|day| Stated::new(day, "posted"))
}

/// The page of one posting, with what its card says; a card is never lost for its page.
fn detail(answer: &Answer<'_>, text: &str, own: Option<String>) -> std::result::Result<Reading, Rejection> {
    let row = rows::of(answer);
    let tree = match pages::tree(text, answer.body) {
        Ok(tree) => Some(tree),
        Err(rejection) if row.is_none() => return Err(rejection),
        Err(_) => None,
    };
    let id = answer.context.get(POSTING).cloned().or(own);
    let described = rows::described(answer).filter(|_| tree.is_some());
    let mut card = row.unwrap_or_else(|| Value::Object(Map::new()));
    if let Value::Object(card) = &mut card {
        let mut fill = |name: &str, value: Option<Value>| {
            if let Some(value) = value
                && card.get(name).is_none_or(Value::is_null)
            {
                card.insert(name.to_owned(), value);
            }
        };
        let heading = || pages::words_at(tree.as_ref()?.root_element(), &PARTS.titles);
        fill("id", id.map(Value::from));
        fill("title", described.as_ref().map(|page| page.title.clone()).or_else(heading).map(Value::from));
        let url = Url::parse(answer.url).ok().filter(|url| hosts::tenant(url, DOMAIN).is_some());
        fill("url", url.map(|mut url| (url.set_query(None), String::from(url)).1.into()));
        for (name, value) in tree.iter().flat_map(|tree| labelled(tree.root_element())) {
            fill(&name, Some(value));
        }
    }
    let mut reading = json::contracted(&CONTRACT, std::slice::from_ref(&card), |card| posting(card, answer))?;
    reading.detail = true;
    for record in &mut reading.records {
        if let Record::Posting(posting) = record {
            let shown = || shown_text(tree.as_ref()?);
            match described.clone() {
                Some(page) => rows::complete(posting, page),
                None => {
                    posting.sections = shown().map(|body| section("iCIMS_JobContent", None, body)).into_iter().collect()
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
fn shown_text(tree: &Html) -> Option<String> {
    Some(pages::find(tree.root_element(), &PARTS.texts)?.inner_html()).and_then(|html| read::filled(&html))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, read_crawled, rules};

    fn page(inner: &str) -> String {
        format!("<html><body>{inner}</body></html>")
    }

    fn card(id: &str, more: &str) -> String {
        format!(
            "<li class='iCIMS_JobCardItem'><div class='row'><a href='/jobs/{id}/x/job?in_iframe=1' title='{id} - A'>\
             <span class='sr-only field-label'>Job Title</span><h3>A {id}</h3></a>{more}</div></li>"
        )
    }

    fn read(body: &str, context: &[(&str, &str)]) -> std::result::Result<Reading, Rejection> {
        read_crawled(&SOURCE, "careers-acme", body, context)
    }

    fn only(body: &str, context: &[(&str, &str)]) -> RawPosting {
        match read(body, context).expect("is a page").records.remove(0) {
            Record::Posting(posting) => *posting,
            Record::Rejected(rejection) => panic!("{rejection:?}"),
        }
    }

    #[test]
    fn a_crawled_page_asks_for_the_page_of_each_card_and_for_the_next() {
        let elsewhere = "<a href='https://evil.example/jobs/9/x/job'>x</a><a href='/jobs/intro'>Intro</a>";
        let body = page(&format!("<h2>Search Results Page 1 of 2</h2>{}{}{elsewhere}", card("7", ""), card("8", "")));
        let reading = read(&body, &[("crawl", "1"), ("page", "0")]).expect("is a page");
        let asked: Vec<&str> = reading.next.iter().map(|ask| ask.url.as_str()).collect();
        assert_eq!(
            asked,
            [
                "https://careers-acme.icims.com/jobs/7/x/job?in_iframe=1",
                "https://careers-acme.icims.com/jobs/8/x/job?in_iframe=1",
                "https://careers-acme.icims.com/jobs/search?pr=1&in_iframe=1",
            ]
        );
        assert_eq!(reading.next[0].context[POSTING], "7");
        let last = page(&format!("<h2>Search Results Page 2 of 2</h2>{}<a href='?pr=2'>x</a>", card("9", "")));
        assert_eq!(read(&last, &[("crawl", "1"), ("page", "1")]).expect("is a page").next.len(), 1);
        let linked = page(&format!("{}<a href='/jobs/search?pr=1'>Next</a>", card("9", "")));
        assert_eq!(read(&linked, &[("crawl", "1"), ("page", "0")]).expect("is a page").next.len(), 2);
    }

    #[test]
    fn the_labels_of_a_card_name_its_facts() {
        let more = "<div><span class='sr-only field-label'>Job Locations</span><span>US-TX-Austin | US</span></div>\
            <div><span class='sr-only field-label'>Job Locations</span><span title='5/8/2026 3:41 PM'>2 days ago</span></div>\
            <dl><dt>Job ID</dt><dd><span>2026-7</span></dd><dt><span class='field-label'>Remote</span></dt><dd><span>Yes</span></dd>\
            <dt>Category</dt><dd>Care</dd><dt>Shift</dt><dd>Night</dd></dl>";
        let posting = only(&page(&card("7", more)), &[]);
        assert_eq!((posting.external_id.as_str(), posting.title.as_str()), ("7", "A 7"));
        assert_eq!((posting.role_key.as_deref(), posting.department.as_deref()), (Some("2026-7"), Some("Care")));
        let place = &posting.places[0];
        let parts = [&place.country, &place.region, &place.city].map(Option::as_deref);
        assert_eq!((parts, posting.places.len()), ([Some("US"), Some("TX"), Some("Austin")], 2));
        assert_eq!(posting.remote.map(|remote| remote.value), Some(Remote::Remote));
        assert_eq!(posting.posted_at.map(|posted| posted.value), read::instant("2026-05-08"));
        assert_eq!(posting.company.as_deref(), Some("acme"));
    }

    #[test]
    fn a_page_that_lists_nothing_must_say_so() {
        assert!(read(&page("<p>No open jobs are available.</p>"), &[]).expect("is a list").records.is_empty());
        for (body, rule) in [
            (page("<a href='/jobs/intro'>Intro</a>"), "no-list"),
            (page("<iframe src='/jobs/search?ss=1'></iframe>"), "no-list"),
            (r#"{"jobs":[{"id":"9001"}]}"#.to_owned(), "not-html"),
            (format!("<html><body>{}", card("7", "")), "truncated-html"),
            (String::new(), "empty-body"),
        ] {
            assert_eq!(read(&body, &[]).err().map(|rejection| rejection.rule), Some(rule), "{body}");
        }
    }

    #[test]
    fn a_card_without_a_page_or_a_title_is_rejected_and_its_neighbour_stands() {
        let bare = "<li class='iCIMS_JobCardItem'><h3>No page</h3></li>";
        let untitled = "<li class='iCIMS_JobCardItem'><a href='/jobs/8/x/job'><h3> </h3></a></li>";
        let reading = read(&page(&format!("{bare}{untitled}{}", card("7", ""))), &[]).expect("is a page");
        assert_eq!(rules(&reading), ["id-missing", "title-missing", "ok"]);
    }

    #[test]
    fn a_page_of_a_posting_betters_its_card_and_its_loss_does_not_lose_the_card() {
        let row = r#"{"id":"7","title":"A","location":"2 Locations","posted":"3 Days Ago"}"#;
        let described = r#"<script type="application/ld+json">{"@type":"JobPosting","title":"A!","datePosted":"2026-05-08",
            "description":"<p>Care</p>","hiringOrganization":{"name":"Acme"},"jobLocation":{"address":{"addressLocality":"Leeds"}}}</script>"#;
        let posting = only(&page(described), &[(POSTING, "7"), ("row", row)]);
        assert_eq!((posting.title.as_str(), posting.company.as_deref()), ("A", Some("Acme")));
        assert_eq!((posting.places.len(), posting.sections.len(), posting.warnings.len()), (1, 1, 0));
        let shown = only(&page("<h1>A</h1><div class='iCIMS_JobContent'><p>Care</p></div>"), &[(POSTING, "7")]);
        assert_eq!((shown.sections.len(), shown.external_id.as_str()), (1, "7"));
        let lost = only("<html><body>", &[(POSTING, "7"), ("row", row)]);
        assert!(lost.warnings.contains(&rows::DESCRIPTION_MISSING) && lost.title == "A");
    }

    #[test]
    fn an_address_of_a_portal_names_it() {
        let urls = [
            "https://careers-acme.icims.com/jobs/search?ss=1",
            "https://fixtureco.icims.com/jobs/7/x/job",
            "https://www.icims.com/",
            "https://a.b.icims.com/jobs",
        ];
        assert_eq!(boards_at(&SOURCE, &urls), ["careers-acme", "fixtureco", "", ""]);
    }
}
