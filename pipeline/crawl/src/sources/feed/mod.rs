//! Feeds of anybody: RSS, RSS 1.0 (RDF), Atom, JSON Feed and lists in XML. A mapping, the board's parameter `mapping`, says
//! where the fields of a posting stand; without one the usual places are tried. Its notation is that of [`form`].

mod defaults;
mod form;
mod path;

use pipeline_core::source::{Answer, Ask, Board, Description, Finding, Reading, Rejection, Source};
use pipeline_core::{Error, Result};
use serde_json::Value;
use url::Url;

use self::form::Form;
use self::path::Node;
use super::{address, json, xml};

/// The source.
pub static SOURCE: Feed = Feed;

/// Feeds of anybody.
pub struct Feed;

static DESCRIPTION: Description = Description {
    name: "feed",
    title: "Feeds (RSS, Atom, JSON Feed, XML)",
    board: Some("https address of the feed; parameter `mapping` (where its fields stand, as TOML)"),
    ids_are_global: false,
    min_gap_ms: 2_000,
    min_interval_s: 3_600,
    listing_is_complete: false,
    terms: "Those of whoever publishes the feed: read them before it is added, and link to the original page.",
    reference: "RSS 2.0, RFC 4287, RFC 5005 and JSON Feed 1.1 (they state no limit; the gap is our own)",
    ..Description::BASE
};

/// The parameter, and the key of the context, that holds the mapping.
const MAPPING: &str = "mapping";
/// The context that holds the number of the page asked.
const PAGE: &str = "page";
/// Most pages of one feed.
const MOST_PAGES: u64 = 50;

impl Source for Feed {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        address::parameters(board, &[(MAPPING, MAPPING)])?;
        let url = Url::parse(board.name.trim()).ok().filter(is_public);
        let url = url.ok_or_else(|| {
            Error::config("a board of feed is no https address without a login").hint("give the address of the feed")
        })?;
        let ask = Ask::get(url).with(PAGE, 1);
        Ok(vec![match board.parameters.get(MAPPING) {
            Some(mapping) => {
                Form::parse(mapping)?;
                ask.with(MAPPING, mapping)
            }
            None => ask,
        }])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let start = answer.body.iter().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte));
        let (reading, next) = if matches!(start, Some(b'{' | b'[')) {
            let mut body = json::body(answer)?;
            if body.value.is_array() {
                body.value = serde_json::json!({ "items": body.value });
            }
            let next = json::at(&body.value, "next_url").and_then(Value::as_str).map(str::to_owned);
            (read_node(answer, Node::Json(&body.value), "")?, next)
        } else {
            let document = xml::parse(answer.body)?;
            let links = document.root.children.iter().filter(|child| child.local() == "link");
            let attribute = |link: &xml::Element, name: &str| {
                link.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
            };
            let mut next = links.filter(|link| attribute(link, "rel").as_deref() == Some("next"));
            let next = next.next().and_then(|link| attribute(link, "href"));
            (read_node(answer, Node::Xml(&document, &document.root), &document.root.name)?, next)
        };
        let next = next.filter(|_| !reading.records.is_empty()).and_then(|next| further(&next, answer));
        Ok(Reading { next: next.into_iter().collect(), ..reading })
    }
}

/// Whether `url` may be asked for as a feed.
fn is_public(url: &Url) -> bool {
    url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none()
}

fn read_node(answer: &Answer<'_>, root: Node<'_>, name: &str) -> std::result::Result<Reading, Rejection> {
    let reject = |rule, reason: String| Rejection::of_body(rule, reason, answer.body);
    let form = match answer.context.get(MAPPING) {
        Some(mapping) => {
            Form::parse(mapping).map_err(|error| reject("mapping-invalid", error.chain()).field(MAPPING))?
        }
        None => usual(root, name).map_err(|reason| reject("wrong-shape", reason))?,
    };
    let items = form.items(root, name).map_err(|reason| reject("wrong-shape", reason))?;
    let findings: Vec<Finding> = form.vanished(root, &items);
    Ok(Reading { records: form.records(root, &items), findings, ..Reading::default() })
}

/// The mapping of a feed without one, told by its outermost element.
fn usual(root: Node<'_>, name: &str) -> std::result::Result<Form, String> {
    let parse = |text: &str| Form::parse(text).map_err(|error| error.chain());
    match (root, name.rsplit(':').next()) {
        (Node::Json(_), _) => parse(defaults::JSON),
        (_, Some("rss")) => parse(defaults::RSS),
        (_, Some("RDF")) => parse(defaults::RDF),
        (_, Some("feed")) => parse(defaults::ATOM),
        (Node::Xml(_, element), _) => {
            let lists = defaults::LISTS.into_iter().map(|item| parse(&defaults::LIST.replace("ITEM", item)));
            for form in lists {
                let form = form?;
                if form.items(root, name).is_ok_and(|items| !items.is_empty()) {
                    return Ok(form);
                }
            }
            if element.children.is_empty() {
                return parse(&defaults::LIST.replace("ITEM", "job"));
            }
            Err(format!("nothing in `{name}` looks like a posting; the feed needs a mapping"))
        }
    }
}

/// The ask for the page `next` of the same feed, which lies on the same host.
fn further(next: &str, answer: &Answer<'_>) -> Option<Ask> {
    let here = Url::parse(answer.url).ok()?;
    let next =
        here.join(next).ok().filter(|next| is_public(next) && next.origin() == here.origin() && *next != here)?;
    let page = answer.context.get(PAGE)?.parse::<u64>().ok().filter(|page| *page < MOST_PAGES)?;
    let ask = Ask::get(next).with(PAGE, page + 1);
    Some(match answer.context.get(MAPPING) {
        Some(mapping) => ask.with(MAPPING, mapping),
        None => ask,
    })
}

#[cfg(test)]
mod tests;
