//! The pages of Breezy careers portals: one card per posting, turned into an object of named fields.

use std::sync::LazyLock;

use pipeline_core::source::{
    Answer, Contract, Field, OnDrift, RawPlace, RawPosting, Reading, Rejection, Remote, Stated,
};
use schemas::Micros;
use scraper::{ElementRef, Html, Selector};
use serde_json::{Map, Value};
use url::Url;

use super::json::{self, Fields};
use super::{board, hosts, pages};

/// Most cards of a page that are read.
const MOST: usize = 10_000;

/// The form of the cards, as they have been seen.
static CARDS: Contract = Contract {
    fields: &[
        Field::essential("id", "string"),
        Field::essential("name", "string"),
        Field::expected("url", "string"),
        Field::value("location", "string"),
        Field::value("posted", "string"),
        Field::value("department", "string"),
        Field::value("labels", "array"),
    ],
    unknown: OnDrift::Evolve,
    known: &[],
};

/// The elements of a card.
struct Parts {
    link: Vec<Selector>,
    title: Vec<Selector>,
    location: Vec<Selector>,
    posted: Vec<Selector>,
    department: Vec<Selector>,
    words: Vec<Selector>,
}

static PARTS: LazyLock<Parts> = LazyLock::new(|| Parts {
    link: pages::selectors(&["a[href*='/p/']"]),
    title: pages::selectors(&["h2", "h3"]),
    location: pages::selectors(&["li.location span"]),
    posted: pages::selectors(&["li.posted span", "li.posted"]),
    department: pages::selectors(&["li.department span", "li.department"]),
    words: pages::selectors(&["li span"]),
});

/// The postings that the cards of the portal page `text` show; none when it has no card.
///
/// # Errors
/// When the page is cut, too large or nested too deeply.
pub(super) fn read(text: &str, answer: &Answer<'_>, domain: &str) -> Result<Option<Reading>, Rejection> {
    let page = tree(text, answer)?;
    let links = PARTS.link.iter().flat_map(|link| page.select(link));
    let cards: Vec<Value> = links.filter_map(|link| card(link, answer, domain)).take(MOST).collect();
    if cards.is_empty() {
        return Ok(None);
    }
    json::contracted(&CARDS, &cards, |card| posting(card, answer.board)).map(Some)
}

/// The tree of the page; a part of a page counts as whole when it ends with an element's end.
fn tree(text: &str, answer: &Answer<'_>) -> Result<Html, Rejection> {
    let last = text.trim_end().rsplit('<').next().unwrap_or_default();
    if json::looks_like_html(text) || !(last.starts_with('/') && last.ends_with('>')) {
        return pages::tree(text, answer.body);
    }
    pages::tree(&format!("<html><body>{text}</body></html>"), answer.body)
}

/// The card around the link of a posting, unless the link leads elsewhere or shows no posting.
fn card(link: ElementRef<'_>, answer: &Answer<'_>, domain: &str) -> Option<Value> {
    let base = Url::parse(answer.url).ok().filter(|url| hosts::tenant(url, domain).is_some());
    let own = || Url::parse(&format!("https://{}.{domain}/", answer.board.to_ascii_lowercase())).ok();
    let href = link.attr("href")?;
    let url = match base.or_else(own) {
        Some(base) => base.join(href).ok()?,
        None => Url::parse(href).ok()?,
    };
    hosts::tenant(&url, domain)?;
    let id = super::breezy::id_of_page(&hosts::after(&url, &["p"])?);
    let title = pages::words_at(link, &PARTS.title)?;
    let words = |paths: &[Selector]| -> Vec<String> {
        paths.iter().flat_map(|path| link.select(path)).map(pages::words_of).filter(|words| !words.is_empty()).collect()
    };
    let labels: Vec<Value> = words(&PARTS.words).into_iter().filter(|word| is_label(word)).map(Value::from).collect();
    let location: Vec<String> = words(&PARTS.location).into_iter().filter(|word| !is_label(word)).collect();
    let mut fields = Map::new();
    fields.insert("id".to_owned(), id.into());
    fields.insert("name".to_owned(), title.into());
    fields.insert("url".to_owned(), String::from(url).into());
    fields.insert("labels".to_owned(), labels.into());
    let stated = [
        ("location", location.into_iter().next()),
        ("posted", pages::words_at(link, &PARTS.posted)),
        ("department", pages::words_at(link, &PARTS.department).filter(|word| !is_label(word))),
    ];
    for (name, value) in stated {
        fields.insert(name.to_owned(), value.map_or(Value::Null, Value::from));
    }
    Some(Value::Object(fields))
}

/// Whether `word` stands for a text that the page fills in later, as in `%LABEL_POSITION_TYPE_REMOTE%`.
fn is_label(word: &str) -> bool {
    word.starts_with('%') && word.ends_with('%') && word.len() > 2
}

fn posting(card: Fields<'_>, board: &str) -> Result<RawPosting, Rejection> {
    let labels = card.texts("labels");
    let kinds = labels.iter().filter_map(|label| label.trim_matches('%').strip_prefix("LABEL_POSITION_TYPE_"));
    let kinds: Vec<&str> = kinds.collect();
    let counted = labels.iter().any(|label| label.contains("MULTIPLE_LOCATIONS"));
    if counted {
        card.warn("places-only-counted");
    }
    let place = card.text("location").filter(|_| !counted).map(|text| RawPlace::text(text, "location"));
    let mut posting = RawPosting {
        external_id: card.id("id")?,
        title: card.title("name")?,
        places: place.into_iter().collect(),
        remote: kinds.iter().find_map(|kind| remote(kind)).map(|how| Stated::new(how, "labels")),
        posted_at: posted(card),
        employment: kinds
            .iter()
            .find(|kind| remote(kind).is_none())
            .map(|kind| Stated::new(kind.to_ascii_lowercase().replace('_', " "), "labels")),
        department: card.text("department"),
        url: card.text("url"),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, board);
    Ok(posting)
}

/// How the work is done, by the name of a label such as `REMOTE_ANY`.
fn remote(kind: &str) -> Option<Remote> {
    match kind {
        "HYBRID" => Some(Remote::Hybrid),
        "ON_SITE" => Some(Remote::Onsite),
        "WORLDWIDE" => Some(Remote::Remote),
        kind => kind.starts_with("REMOTE").then_some(Remote::Remote),
    }
}

/// The day that words such as `May 8, 2026` name.
fn posted(card: Fields<'_>) -> Option<Stated<Micros>> {
    let words = card.text("posted")?;
    let day = ["%B %d, %Y", "%b %d, %Y"].into_iter().find_map(|form| jiff::civil::Date::strptime(form, &words).ok());
    match day.and_then(|day| pipeline_core::read::instant(&day.to_string())) {
        Some(day) => Some(Stated::new(day, "posted")),
        None => {
            card.warn(json::DATE_UNREADABLE);
            None
        }
    }
}
