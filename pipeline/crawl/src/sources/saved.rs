//! What the sources of the big job boards share. Nobody but a board's own site may ask it, so what is read is what a person
//! has: pages saved in a browser, with the data within them, and the alert mails that the board sends.

mod cards;
mod form;
mod stated;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Field, OnDrift, RawPosting, Reading, Record, Rejection, Source as _,
};
use pipeline_core::{Error, Result, read};
use scraper::{Html, Selector};
use serde_json::Value;
use url::Url;

pub(super) use cards::{Cards, Markers};
pub(super) use form::{collect, texts_of};
pub(super) use stated::{day_before, employer, pay_in_words, place, relative_day};

use super::json::{self, Fields};
use super::{address, jobposting, markup};
use crate::mail::{COUNTRIES, links, registered};
use form::Form;

/// The rule of a body of which nothing can be read although it may hold postings.
pub(super) const NO_KNOWN_FORM: &str = "no-known-form";

/// What stands in the path of a page that shows one posting, and not of one of results that has a posting open beside it.
const ONE_POSTING: [&str; 6] = ["job-listing", "joblisting", "/partner/", "job-detail", "jobs/detail", "--"];

/// A job board.
pub(super) struct Site {
    /// The registered name of its hosts.
    pub brand: &'static str,
    /// The id of the posting that an address of it names.
    pub id_of: fn(&Url) -> Option<String>,
    /// Where its pages have what a posting says.
    pub cards: &'static LazyLock<Cards>,
    /// Reads the postings among the data of a page, or of a body that is data; `None` when there are none among it.
    pub data: DataReader,
    /// Names of the lists of postings in its data; one that is empty says that there are none.
    pub lists: &'static [&'static str],
}

/// Reads the postings of data of a board.
pub(super) type DataReader = fn(&[Value], &Answer<'_>) -> Option<std::result::Result<Reading, Rejection>>;

const fn field(path: &'static str, types: &'static str, on_drift: OnDrift) -> Field {
    Field { path, types, always: false, on_drift }
}

/// The form of what is gathered of a card, a mail, a page or a list that somebody exported.
pub(super) static CARD: Contract = Contract {
    fields: &[
        field("id", "string|number", OnDrift::DiscardRow),
        Field { path: "title", types: "string", always: true, on_drift: OnDrift::DiscardRow },
        field("url", "string", OnDrift::DiscardValue),
        field("company", "string", OnDrift::DiscardValue),
        field("location", "string", OnDrift::DiscardValue),
        field("salary", "string", OnDrift::DiscardValue),
        field("posted", "string|number", OnDrift::DiscardValue),
        field("employment", "string", OnDrift::DiscardValue),
        field("description", "string", OnDrift::DiscardValue),
    ],
    unknown: OnDrift::Evolve,
    known: &[],
};

impl Site {
    /// The request for `board`, which is the address of a page of this site.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        address::parameters(board, &[])?;
        let url = Url::parse(board.name.trim()).ok().filter(|url| url.scheme() == "https" && self.owns(url));
        let plain = |url: &Url| url.username().is_empty() && url.password().is_none() && url.port().is_none();
        match url.filter(plain) {
            Some(url) => Ok(vec![Ask::get(url)]),
            None => Err(Error::config(format!("the {} board is no https address of the site itself", self.brand))
                .hint(format!("give the address of a page of results, such as https://www.{}.com/…", self.brand))),
        }
    }

    /// Whether `url` is on a host of this site.
    pub fn owns(&self, url: &Url) -> bool {
        let found = url.host_str().and_then(registered);
        found.is_some_and(|(name, suffix)| name == self.brand && (suffix == "com" || COUNTRIES.contains(&suffix)))
    }

    /// The id and the address, clean of anything else, of the posting that `link` names, through redirects that tell.
    pub fn link(&self, link: &str) -> Option<(String, String)> {
        let base = Url::parse(&format!("https://www.{}.com/", self.brand)).ok()?;
        let url = base.join(link.trim()).ok()?;
        let clean = links::cleaned(url.as_str());
        let url = Url::parse(&clean).ok().filter(|url| self.owns(url))?;
        Some(((self.id_of)(&url)?, clean))
    }

    /// What `answer` means, whichever of the forms it has.
    ///
    /// # Errors
    /// When it has none of them, or ends too early.
    pub fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        match form::of(answer)? {
            Form::Data(data) => {
                let data = std::slice::from_ref(&data);
                (self.data)(data, answer).unwrap_or_else(|| self.nothing(data, None, answer))
            }
            Form::Mail(mail) => {
                let answer = Answer { fetched_at: mail.date.unwrap_or(answer.fetched_at), ..*answer };
                let cards = if mail.html.trim().is_empty() {
                    cards::of_text(self, &mail.text)
                } else {
                    cards::of_links(self, &Html::parse_document(&mail.html))
                };
                if cards.is_empty() {
                    // The mail itself stays out of the rejection: it may name its recipient.
                    let reason = "the mail has no link that names a posting";
                    return Err(Rejection::of_body(NO_KNOWN_FORM, reason, &[]));
                }
                self.cards(&cards, &answer)
            }
            Form::Page(page) => self.page(&page, answer),
        }
    }

    /// What `page` means: the posting that it shows, else the list in its data, else that in its markup.
    fn page(&self, page: &str, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let tree = Html::parse_document(page);
        let own = form::addresses(&tree, answer.url).iter().find_map(|url| self.link(url)).filter(|(_, url)| {
            let url = url.to_ascii_lowercase();
            ONE_POSTING.iter().any(|mark| url.contains(mark))
        });
        let described = jobposting::SOURCE.read(&Answer { body: page.as_bytes(), content_type: None, ..*answer }).ok();
        let described = described.filter(|reading| reading.records.iter().any(is_posting));
        if let Some(own) = &own {
            if let Some(reading) = described.as_ref().filter(|reading| reading.records.len() == 1) {
                return Ok(self.corrected(reading, Some(own)));
            }
            if let Some(card) = self.cards.detail(&tree, own) {
                return self.cards(&[card], answer);
            }
        }
        let data = texts_of(&tree);
        if let Some(found) = (self.data)(&data, answer) {
            return found;
        }
        let mut cards = self.cards.of_page(self, &tree);
        if cards.is_empty() && described.is_none() {
            cards = cards::of_links(self, &tree);
        }
        match described {
            _ if !cards.is_empty() => self.cards(&cards, answer),
            Some(reading) => Ok(self.corrected(&reading, None)),
            None => self.nothing(&data, Some(&tree), answer),
        }
    }

    /// An empty reading when the body says that there are no postings.
    fn nothing(
        &self,
        data: &[Value],
        tree: Option<&Html>,
        answer: &Answer<'_>,
    ) -> std::result::Result<Reading, Rejection> {
        let mut empty = Vec::new();
        let list_is_empty =
            |value: &Value, list: &str| json::at(value, list).and_then(Value::as_array).is_some_and(Vec::is_empty);
        let is_empty = |value: &Value| self.lists.iter().any(|list| list_is_empty(value, list));
        data.iter().for_each(|data| collect(data, &is_empty, &mut empty));
        if !empty.is_empty() || tree.is_some_and(cards::says_none) {
            return Ok(Reading::default());
        }
        let reason = format!("nothing in the body has a form in which {} shows postings", self.brand);
        Err(Rejection::of_body(NO_KNOWN_FORM, reason, answer.body))
    }

    /// `reading` of JSON-LD with the ids and addresses that the board has for its postings.
    fn corrected(&self, reading: &Reading, own: Option<&(String, String)>) -> Reading {
        let mut reading = reading.clone();
        for record in &mut reading.records {
            let Record::Posting(posting) = record else { continue };
            let stated = posting.url.as_deref().and_then(|url| self.link(url));
            match own.cloned().or(stated) {
                Some((id, url)) => (posting.external_id, posting.url) = (id, Some(url)),
                None => {
                    posting.url = None;
                    posting.warnings.push("id-not-of-board");
                }
            }
            posting.apply_url = None;
            posting.company = posting.company.take().map(|company| employer(&company).0.to_owned());
        }
        reading
    }

    /// The postings of `cards`, each an object as [`CARD`] says.
    ///
    /// # Errors
    /// As [`json::contracted`].
    pub fn cards(&self, cards: &[Value], answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        json::contracted(&CARD, cards, |card| self.card(card, answer))
    }

    fn card(&self, card: Fields<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
        let link = card.text("url").and_then(|url| self.link(&url));
        let id = match &link {
            Some((id, _)) => id.clone(),
            None => card.id("id")?,
        };
        let mut posting = RawPosting {
            external_id: id,
            title: card.title("title")?,
            url: link.map(|(_, url)| url),
            employment: card.stated_text("employment"),
            posted_at: relative_day(card, "posted", answer.fetched_at),
            pay: pay_in_words(card, "salary"),
            sections: markup::section_at(card, "description", None).into_iter().collect(),
            ..RawPosting::default()
        };
        name_employer(&mut posting, card, "company");
        place(&mut posting, card, "location");
        Ok(posting)
    }

    /// The page that a saved `body` says it is, as the name of its board.
    pub fn board_of(&self, body: &[u8]) -> Option<String> {
        let context = BTreeMap::new();
        let fetched_at = schemas::Micros(0);
        let answer = Answer { board: "", url: "", context: &context, content_type: None, fetched_at, body };
        let Form::Page(page) = form::of(&answer).ok()? else { return None };
        let urls = form::addresses(&Html::parse_document(&page), "");
        let mut url = urls.iter().filter_map(|url| Url::parse(url).ok()).find(|url| self.owns(url))?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url.into())
    }
}

/// Names the employer that the text at `path` says, without a rating glued to it.
pub(super) fn name_employer(posting: &mut RawPosting, fields: Fields<'_>, path: &str) {
    let Some(text) = fields.text(path) else { return };
    let (name, rated) = employer(&text);
    if rated {
        fields.warn("company-rating-removed");
    }
    posting.company = read::filled(name);
}

fn is_posting(record: &Record) -> bool {
    matches!(record, Record::Posting(_))
}

/// The selector written as `text`; nothing where it cannot be one, which a test rules out.
fn selector(text: &str) -> Option<Selector> {
    Selector::parse(text).ok()
}

#[cfg(test)]
mod tests;
