//! Indeed, read in every form in which a person or a partner can lawfully have its postings: pages saved from the
//! browser, alert mails, and the XML feeds that partners exchange with it.

mod detail;
mod feed;
mod mail;
mod page;
mod rows;
mod shown;

use pipeline_core::source::{Answer, Ask, Board, Contract, Description, Reading, Rejection, Source};
use pipeline_core::{Error, Result};
use serde_json::Value;
use url::Url;

use super::{address, jobfeed, pages};

/// The source.
pub static SOURCE: Indeed = Indeed;

/// Indeed and its national sites.
#[derive(Debug)]
pub struct Indeed;

static DESCRIPTION: Description = Description {
    name: "indeed",
    title: "Indeed",
    board: Some(
        "https address of a page of results, of a posting or of a feed on indeed.com or a national site of it, such as \
         https://de.indeed.com/jobs?q=rust&l=Berlin",
    ),
    ids_are_global: true,
    min_gap_ms: 10_000,
    min_interval_s: 21_600,
    needs_permission: true,
    listing_is_complete: false,
    terms: "The terms of service forbid automated reading without Indeed's permission. Read are pages and mails that a \
            person kept, feeds of partners, and, with permission, single addresses.",
    reference: "https://www.indeed.com/legal and https://docs.indeed.com/ (no limit is stated; the gaps are our own)",
    ..Description::BASE
};

/// Words of Indeed's hosts that are no national sites.
const TECHNICAL: [&str; 20] = [
    "apply",
    "click",
    "cts",
    "d",
    "email",
    "employers",
    "engage",
    "go",
    "jobalert",
    "m",
    "mail",
    "match",
    "messages",
    "my",
    "profile",
    "resumes",
    "secure",
    "smartapply",
    "subscriptions",
    "t",
];

impl Source for Indeed {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        address::parameters(board, &[])?;
        let url = Url::parse(board.name.trim()).ok().filter(|url| url.scheme() == "https" && is_own(url));
        match url.filter(|url| url.username().is_empty() && url.password().is_none() && url.port().is_none()) {
            Some(url) => Ok(vec![Ask::get(url)]),
            None => Err(Error::config(format!("`{}` cannot be an indeed board", board.name.escape_debug()))
                .hint("give the https address of a page of results, of a posting or of a feed on indeed.com")),
        }
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        if let Some(mail) = crate::mail::parse(answer.body) {
            if pages::is_saved_page(&mail) {
                let fetched_at = mail.date.unwrap_or(answer.fetched_at);
                let body = mail.html.as_bytes();
                return page::read(&mail.html, &Answer { body, fetched_at, content_type: None, ..*answer });
            }
            return mail::read(&mail, answer);
        }
        let text = pages::text_of(answer);
        if jobfeed::is_feed(&text) {
            return feed::read(&jobfeed::read(&text, answer.body)?, answer);
        }
        page::read(&text, answer)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        let listed = is_own(url) && url.path() == "/jobs" && url.query().is_some();
        listed.then(|| search(url)).flatten().map(|name| Board { name, ..Board::default() })
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&rows::RESULTS)
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        if crate::mail::parse(body).is_some_and(|mail| !pages::is_saved_page(&mail)) {
            return Some("alerts".to_owned());
        }
        let text = String::from_utf8_lossy(body);
        let own = pages::addresses(&text)
            .into_iter()
            .filter(is_own)
            .find_map(|url| search(&url).or_else(|| Some(posting_url(&url)?.1)));
        own.map(|name| name.chars().take(200).collect())
    }
}

/// Whether `url` is on a host of Indeed's own.
fn is_own(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host == "indeed.com" || host.ends_with(".indeed.com"))
}

/// The address of the page of results that `url` is, by what is searched for and where.
fn search(url: &Url) -> Option<String> {
    let pairs: Vec<_> = url.query_pairs().filter(|(key, _)| key == "q" || key == "l").collect();
    if !is_own(url) || pairs.is_empty() || url.path().contains("viewjob") {
        return None;
    }
    Some(address::with_query(
        &format!("https://{}/jobs", site(url)),
        pairs.iter().map(|(key, value)| (&**key, &**value)),
    ))
}

/// The national site of `url`, which is on a host of Indeed's own.
fn site(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let label = host.strip_suffix(".indeed.com").unwrap_or_default();
    let national = !label.is_empty() && !label.contains('.') && !TECHNICAL.contains(&label);
    if national { host.to_owned() } else { "www.indeed.com".to_owned() }
}

/// The id of the posting that `url` leads to and the posting's page; nothing else of `url` is kept.
fn posting_url(url: &Url) -> Option<(String, String)> {
    posting_within(url, 3)
}

fn posting_within(url: &Url, depth: u8) -> Option<(String, String)> {
    if is_own(url) {
        let key = url
            .query_pairs()
            .find(|(key, value)| matches!(key.to_ascii_lowercase().as_str(), "jk" | "vjk" | "jobkey") && is_key(value));
        if let Some((_, key)) = key {
            let key = key.to_ascii_lowercase();
            let page = format!("https://{}/viewjob?jk={key}", site(url));
            return Some((key, page));
        }
    }
    // Links of mails may lead through another address, which then stands in a parameter.
    let inner = url.query_pairs().find_map(|(_, value)| Url::parse(&value).ok())?;
    (depth > 0).then(|| posting_within(&inner, depth - 1)).flatten()
}

/// Whether `text` can be the key of a posting.
fn is_key(text: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (3..=64).contains(&text.len()) && text.bytes().all(usual)
}

/// The id of the posting that `link`, perhaps relative, leads to, and the posting's page.
fn posting_link(link: &str) -> Option<(String, String)> {
    let base = Url::parse("https://www.indeed.com/").ok()?;
    posting_url(&base.join(link.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?)
}

/// The text of `value`, a text or a list of texts.
fn joined(value: Option<&Value>) -> Option<String> {
    let words = match value? {
        Value::Array(list) => list.iter().filter_map(pipeline_core::read::text_of).collect::<Vec<_>>().join(", "),
        other => pipeline_core::read::text_of(other)?,
    };
    pipeline_core::read::filled(&words)
}

#[cfg(test)]
mod tests;
