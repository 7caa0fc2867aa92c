//! XML feeds that partners send to job boards: `job` elements below one root, or the `item` elements of RSS, read into
//! objects of named fields.

use pipeline_core::source::Rejection;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use serde_json::{Map, Value};

/// Deepest nesting of elements that is read.
const DEEPEST: usize = 32;
/// Names that a feed's root may have.
const ROOTS: [&str; 4] = ["source", "jobs", "feed", "rss"];

/// A feed.
#[derive(Debug, Default)]
pub(super) struct Feed {
    /// What stands before and between the postings, by name.
    pub head: Map<String, Value>,
    /// The postings.
    pub jobs: Vec<Value>,
}

/// An element that is open: its name, its text and what it holds.
#[derive(Default)]
struct Open {
    name: String,
    text: String,
    children: Map<String, Value>,
}

/// Whether `text` begins as an XML document with the root of a feed.
pub(super) fn is_feed(text: &str) -> bool {
    let head: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(2_000).collect();
    let head = head.to_ascii_lowercase();
    (head.starts_with("<?xml") || ROOTS[..3].iter().any(|root| head.starts_with(&format!("<{root}"))))
        && !head.contains("<html")
}

/// Reads `text` as a feed. Names of elements come in lower case; an element with elements in it is an object, one that
/// repeats is a list, one without words is null.
///
/// # Errors
/// With the rule `truncated-xml`, `not-xml` or `wrong-shape`.
pub(super) fn read(text: &str, body: &[u8]) -> Result<Feed, Rejection> {
    jobs(text.trim_start_matches('\u{feff}')).map_err(|(rule, reason)| Rejection::of_body(rule, reason, body))
}

/// Why a document is none: the rule and the reason.
type Refusal = (&'static str, String);

fn jobs(xml: &str) -> Result<Feed, Refusal> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<Open> = Vec::new();
    let mut feed = Feed::default();
    let mut rooted = false;
    loop {
        let event = reader.read_event().map_err(|error| refusal(&error, !open.is_empty()))?;
        match event {
            Event::Start(tag) => enter(&mut open, &tag, &mut rooted)?,
            Event::Empty(tag) => {
                enter(&mut open, &tag, &mut rooted)?;
                leave(&mut open, &mut feed);
            }
            Event::End(_) => leave(&mut open, &mut feed),
            Event::Text(text) => add(&mut open, &text.xml10_content()),
            Event::CData(text) => add(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => add(&mut open, &resolved(&reference)),
            Event::Eof if !open.is_empty() => {
                return Err(("truncated-xml", "the body ends before its XML does".to_owned()));
            }
            Event::Eof if !rooted => return Err(("not-xml", "the body has no element".to_owned())),
            Event::Eof => return Ok(feed),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn refusal(error: &quick_xml::Error, inside: bool) -> Refusal {
    let rule = if inside && matches!(error, quick_xml::Error::Syntax(_)) { "truncated-xml" } else { "not-xml" };
    (rule, format!("the body is not XML: {error}"))
}

fn enter(open: &mut Vec<Open>, tag: &BytesStart<'_>, rooted: &mut bool) -> Result<(), Refusal> {
    let name = String::from_utf8_lossy(tag.local_name().as_ref().as_ref()).to_ascii_lowercase();
    if open.is_empty() && (*rooted || !ROOTS.contains(&name.as_str())) {
        return Err(("wrong-shape", format!("the root should be `source` and is `{name}`")));
    }
    if open.len() >= DEEPEST {
        return Err(("wrong-shape", format!("elements are nested deeper than {DEEPEST}")));
    }
    *rooted = true;
    open.push(Open { name, ..Open::default() });
    Ok(())
}

/// Closes the innermost element: a posting joins the feed, other elements what holds them.
fn leave(open: &mut Vec<Open>, feed: &mut Feed) {
    let Some(element) = open.pop() else { return };
    let value = match (element.children.is_empty(), element.text.trim()) {
        (false, _) => Value::Object(element.children),
        (true, "") => Value::Null,
        (true, text) => Value::String(text.to_owned()),
    };
    let depth = open.len();
    let of_rss = element.name == "item" && open.first().is_some_and(|root| root.name == "rss");
    match open.last_mut() {
        Some(_) if (element.name == "job" || of_rss) && depth <= 2 => {
            feed.jobs.push(if value.is_null() { Value::Object(Map::new()) } else { value });
        }
        Some(_) if depth == 1 => put(&mut feed.head, element.name, value),
        Some(parent) => put(&mut parent.children, element.name, value),
        None => {}
    }
}

fn put(into: &mut Map<String, Value>, name: String, value: Value) {
    match into.get_mut(&name) {
        None => {
            into.insert(name, value);
        }
        Some(Value::Array(list)) => list.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

fn add(open: &mut [Open], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// The text of an entity; one that XML does not define stays as written.
fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return letter.to_string();
    }
    let name = reference.xml10_content();
    quick_xml::escape::resolve_predefined_entity(&name).map_or_else(|| format!("&{name};"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule_of(xml: &str) -> Option<&'static str> {
        read(xml, xml.as_bytes()).err().map(|rejection| rejection.rule)
    }

    #[test]
    fn fields_nest_and_repeat() {
        let xml = "<?xml version='1.0'?><source><publisher>P &amp; Q</publisher><job><Title><![CDATA[A <b>]]></Title>\
                   <pay><low>1</low></pay><tag>x</tag><tag>y</tag><none/></job><job/></source>";
        let feed = read(xml, xml.as_bytes()).expect("is a feed");
        assert_eq!(feed.head["publisher"], "P & Q");
        assert_eq!(feed.jobs[0].to_string(), r#"{"title":"A <b>","pay":{"low":"1"},"tag":["x","y"],"none":null}"#);
        assert_eq!(feed.jobs[1].to_string(), "{}");
    }

    #[test]
    fn the_items_of_rss_are_its_postings() {
        let xml = "<rss><channel><title>Acme</title><item><title>A</title><remoteStatus>none</remoteStatus>\
                   <x:place xmlns:x='y'><x:item>1</x:item></x:place></item></channel></rss>";
        let feed = read(xml, xml.as_bytes()).expect("is a feed");
        assert_eq!(feed.head["channel"]["title"], "Acme");
        assert_eq!(feed.jobs[0].to_string(), r#"{"title":"A","remotestatus":"none","place":{"item":"1"}}"#);
        assert_eq!(feed.jobs.len(), 1);
    }

    #[test]
    fn what_is_no_feed_says_what_it_is_instead() {
        assert_eq!(rule_of("<source><job><title>A"), Some("truncated-xml"));
        assert_eq!(rule_of("<source><job></title></job></source>"), Some("not-xml"));
        assert_eq!(rule_of("<opml></opml>"), Some("wrong-shape"));
        assert_eq!(rule_of(&format!("<source>{}", "<a>".repeat(100))), Some("wrong-shape"));
        assert_eq!(rule_of("<source></source>"), None);
        assert!(is_feed("\u{feff}<?xml version='1.0'?><source>") && is_feed("<source>") && !is_feed("<html>"));
    }
}
