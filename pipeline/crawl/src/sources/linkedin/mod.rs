//! LinkedIn, read in every form in which a person or a partner can lawfully have its postings: pages saved from the
//! browser, signed in or not, alert mails, and the XML feeds that partners send it.

mod detail;
mod feed;
mod mail;
mod results;

use pipeline_core::source::{Answer, Ask, Board, Contract, Description, Reading, Rejection, Source};
use pipeline_core::{Error, Result};
use scraper::ElementRef;
use url::Url;

use super::{address, jobfeed, pages};

/// The source.
pub static SOURCE: LinkedIn = LinkedIn;

/// LinkedIn.
#[derive(Debug)]
pub struct LinkedIn;

static DESCRIPTION: Description = Description {
    name: "linkedin",
    title: "LinkedIn",
    board: Some(
        "https address of a page of results, of a posting or of a feed on linkedin.com, such as \
         https://www.linkedin.com/jobs/search/?keywords=rust&location=Berlin",
    ),
    ids_are_global: true,
    min_gap_ms: 10_000,
    min_interval_s: 21_600,
    needs_permission: true,
    listing_is_complete: false,
    terms: "The User Agreement (8.2) forbids automated reading without LinkedIn's consent, and its robots.txt lists who \
            has it. Read are pages and mails that a person kept, feeds of partners, and, with permission, single addresses.",
    reference: "https://www.linkedin.com/legal/user-agreement and \
                https://learn.microsoft.com/linkedin/talent/job-postings/xml-feeds-development-guide (no limit is stated; \
                the gaps are our own)",
    ..Description::BASE
};

impl Source for LinkedIn {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        address::parameters(board, &[])?;
        let url = Url::parse(board.name.trim()).ok().filter(|url| url.scheme() == "https" && is_own(url));
        match url.filter(|url| url.username().is_empty() && url.password().is_none() && url.port().is_none()) {
            Some(url) => Ok(vec![Ask::get(url)]),
            None => Err(Error::config(format!("`{}` cannot be a linkedin board", board.name.escape_debug()))
                .hint("give the https address of a page of results, of a posting or of a feed on linkedin.com")),
        }
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        if let Some(mail) = crate::mail::parse(answer.body) {
            if pages::is_saved_page(&mail) {
                let fetched_at = mail.date.unwrap_or(answer.fetched_at);
                let body = mail.html.as_bytes();
                return page(&mail.html, &Answer { body, fetched_at, content_type: None, ..*answer });
            }
            return mail::read(&mail, answer);
        }
        let text = pages::text_of(answer);
        if jobfeed::is_feed(&text) {
            return feed::read(&jobfeed::read(&text, answer.body)?, answer);
        }
        page(&text, answer)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        let listed = url.path().starts_with("/jobs/search");
        listed.then(|| search(url)).flatten().map(|name| Board { name, ..Board::default() })
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&results::CARD)
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        if crate::mail::parse(body).is_some_and(|mail| !pages::is_saved_page(&mail)) {
            return Some("alerts".to_owned());
        }
        let text = String::from_utf8_lossy(body);
        let own = pages::addresses(&text)
            .into_iter()
            .filter(is_own)
            .find_map(|url| search(&url).or_else(|| posting_id(&url).map(|id| page_of(&id))));
        own.map(|name| name.chars().take(200).collect())
    }
}

/// What the page `text` means, by what is in it. Results may stand beside one posting that is open.
fn page(text: &str, answer: &Answer<'_>) -> Result<Reading, Rejection> {
    let tree = pages::tree(text, answer.body)?;
    if results::is_list(&tree) {
        return results::read(&tree, answer);
    }
    match detail::read(&tree, text, answer) {
        Some(reading) => reading,
        None => results::read(&tree, answer),
    }
}

/// Whether `url` is on a host of LinkedIn's own.
fn is_own(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host == "linkedin.com" || host.ends_with(".linkedin.com"))
}

/// The address of the page of results that `url` is, by what is searched for and where.
fn search(url: &Url) -> Option<String> {
    let pairs: Vec<_> = url.query_pairs().filter(|(key, _)| key == "keywords" || key == "location").collect();
    if !is_own(url) || pairs.is_empty() {
        return None;
    }
    let pairs = pairs.iter().map(|(key, value)| (&**key, &**value));
    Some(address::with_query("https://www.linkedin.com/jobs/search/", pairs))
}

/// The page of the posting `id`.
fn page_of(id: &str) -> String {
    format!("https://www.linkedin.com/jobs/view/{id}/")
}

/// The id of the posting that `url` leads to.
fn posting_id(url: &Url) -> Option<String> {
    id_within(url, 3)
}

fn id_within(url: &Url, depth: u8) -> Option<String> {
    if is_own(url) {
        let of_path = || {
            let mut segments =
                url.path_segments()?.skip_while(|segment| *segment != "view" && *segment != "jobPosting");
            // `jobs/view/rust-engineer-at-acme-4000000001` ends in the id.
            let name = segments.nth(1)?;
            let id = name.rsplit('-').next().filter(|id| is_id(id) && (*id == name || id.len() >= 5))?;
            Some(id.to_owned())
        };
        let jobs = url.path().contains("/jobs");
        let id = jobs.then(of_path).flatten().or_else(|| {
            let current =
                url.query_pairs().find(|(key, value)| key.eq_ignore_ascii_case("currentJobId") && is_id(value));
            current.map(|(_, id)| id.into_owned())
        });
        if id.is_some() {
            return id;
        }
    }
    let inner = url.query_pairs().find_map(|(_, value)| Url::parse(&value).ok())?;
    (depth > 0).then(|| id_within(&inner, depth - 1)).flatten()
}

/// Whether `text` can be the id of a posting.
fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The id of the posting that `link`, perhaps relative, leads to.
fn link_id(link: &str) -> Option<String> {
    let base = Url::parse("https://www.linkedin.com/").ok()?;
    posting_id(&base.join(link.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?)
}

/// The id that an attribute of `element` names, such as `urn:li:jobPosting:4000000001`.
fn attribute_id(element: &ElementRef<'_>) -> Option<String> {
    let names =
        ["data-entity-urn", "data-occludable-job-id", "data-job-id", "data-jobid", "data-semaphore-content-urn"];
    names.into_iter().find_map(|name| {
        let id = element.attr(name)?.rsplit([':', ',', '(']).find(|part| !part.is_empty())?.trim_end_matches(')');
        is_id(id).then(|| id.to_owned())
    })
}

/// The posting that `element` names by an attribute or a link.
fn mark(element: &ElementRef<'_>) -> Option<(String, String)> {
    let of_link = || element.attr("href").filter(|_| element.value().name() == "a").and_then(link_id);
    attribute_id(element).or_else(of_link).map(|id| (id.clone(), id))
}

#[cfg(test)]
mod tests;
