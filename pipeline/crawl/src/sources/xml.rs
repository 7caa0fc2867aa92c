//! XML documents of any shape: read into a tree within bounds. No entity is expanded but the five of XML and those that
//! name a character by its number; others stay as written.

use std::borrow::Cow;
use std::ops::Range;

use pipeline_core::read;
use pipeline_core::source::Rejection;
use quick_xml::errors::SyntaxError;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Error, Reader};
use serde_json::{Map, Value};

use super::json::looks_like_html;

/// Longest document that is read, in bytes.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Deepest nesting of elements that is read.
const DEEPEST: usize = 64;
/// Most elements and attributes of one document.
const MOST_PARTS: usize = 500_000;

/// A document.
pub(super) struct Document<'b> {
    /// Its outermost element.
    pub root: Element,
    text: Cow<'b, str>,
}

/// An element with its words and its children.
#[derive(Default)]
pub(super) struct Element {
    /// Its name as written, with its prefix.
    pub name: String,
    /// Its attributes as written, by name.
    pub attributes: Vec<(String, String)>,
    /// Its own words, without those of its children.
    pub text: String,
    /// The elements in it, in order.
    pub children: Vec<Element>,
    outer: Range<usize>,
    inner: Range<usize>,
}

impl Element {
    /// Its first child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The words of its first child of this name, unless there are none.
    pub fn text_at(&self, name: &str) -> Option<String> {
        self.child(name).and_then(|child| read::filled(&child.text))
    }

    /// Its name without a prefix.
    pub fn local(&self) -> &str {
        self.name.rsplit_once(':').map_or(&self.name, |(_, local)| local)
    }

    /// Its words and those of all that is in it, in the order of elements.
    pub fn words(&self) -> String {
        let mut words = self.text.trim().to_owned();
        for child in &self.children {
            let more = child.words();
            if !words.is_empty() && !more.is_empty() {
                words.push(' ');
            }
            words.push_str(&more);
        }
        words
    }

    /// Its children as an object: those with words as text, those with children or attributes alone as objects, those
    /// that repeat as lists, empty ones as null.
    pub fn object(&self) -> Value {
        let mut object = Map::new();
        for child in &self.children {
            match object.get_mut(&child.name) {
                None => {
                    object.insert(child.name.clone(), child.value());
                }
                Some(Value::Array(list)) => list.push(child.value()),
                Some(one) => {
                    let first = one.take();
                    *one = Value::Array(vec![first, child.value()]);
                }
            }
        }
        Value::Object(object)
    }

    fn value(&self) -> Value {
        if !self.children.is_empty() {
            return self.object();
        }
        if !self.text.trim().is_empty() {
            return Value::from(self.text.as_str());
        }
        if self.attributes.is_empty() {
            return Value::Null;
        }
        let attributes = self.attributes.iter().map(|(name, value)| (format!("@{name}"), Value::from(value.as_str())));
        Value::Object(attributes.collect())
    }
}

impl Document<'_> {
    /// The XML that states `element` of this document.
    pub fn outer(&self, element: &Element) -> &str {
        self.text.get(element.outer.clone()).unwrap_or_default()
    }

    /// The XML within `element` of this document.
    pub fn inner(&self, element: &Element) -> &str {
        self.text.get(element.inner.clone()).unwrap_or_default()
    }
}

/// Reads `body` as a document.
///
/// # Errors
/// With the rule `body-too-large`, `empty-body`, `not-utf8`, `not-text`, `html-instead-of-xml`, `truncated-xml`, `not-xml` or, for
/// one that is nested too deeply or has too many parts, `wrong-shape`.
pub(super) fn parse(body: &[u8]) -> Result<Document<'_>, Rejection> {
    let reject = |(rule, reason): Refusal| Rejection::of_body(rule, reason, body);
    if body.len() > MOST_BYTES {
        return Err(reject(("body-too-large", "the document is larger than 32 MiB".to_owned())));
    }
    let text = decoded(body).map_err(reject)?;
    let start = text.trim_start();
    if start.is_empty() {
        return Err(reject(("empty-body", "the body is empty".to_owned())));
    }
    let html = || reject(("html-instead-of-xml", "the body is an HTML page where XML was due".to_owned()));
    if is_html(start) {
        return Err(html());
    }
    let root = Builder::default().build(&text).map_err(reject)?;
    if root.local().eq_ignore_ascii_case("html") { Err(html()) } else { Ok(Document { root, text }) }
}

/// Whether `text` begins as a page does; elements of other documents may be called `head` too.
fn is_html(text: &str) -> bool {
    let head: String = text.chars().take(16).collect::<String>().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head>", "<body"].iter().any(|begin| head.starts_with(begin))
        || head.starts_with("<!--") && looks_like_html(text)
}

/// Why a document is none: the rule and the reason.
type Refusal = (&'static str, String);

/// The words of `body` in the encoding that it declares, UTF-8 when it declares none.
fn decoded(body: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(body) {
        return in_encoding(encoding, body.get(length..).unwrap_or_default());
    }
    let head = String::from_utf8_lossy(body.get(..200).unwrap_or(body));
    let declaration = head.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or("", |(head, _)| head);
    let label = declaration.split_once("encoding").map_or("", |(_, rest)| rest);
    let label = label.trim_start().trim_start_matches('=').trim_start().trim_start_matches(['"', '\'']);
    let label = label.split(['"', '\'']).next().unwrap_or_default();
    match encoding_rs::Encoding::for_label(label.as_bytes()) {
        // Who declares UTF-16 in letters of one byte each does not write it.
        Some(encoding) if encoding.is_ascii_compatible() => in_encoding(encoding, body),
        _ => in_encoding(encoding_rs::UTF_8, body),
    }
}

fn in_encoding<'b>(encoding: &'static encoding_rs::Encoding, body: &'b [u8]) -> Result<Cow<'b, str>, Refusal> {
    if encoding == encoding_rs::UTF_8 {
        let text = std::str::from_utf8(body);
        return text.map(Cow::Borrowed).map_err(|error| ("not-utf8", format!("the body is not UTF-8: {error}")));
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(body);
    text.ok_or_else(|| ("not-text", format!("the body is not {} as it declares", encoding.name())))
}

/// The tree so far: the elements that are open, and the root once it is closed.
#[derive(Default)]
struct Builder {
    open: Vec<Element>,
    root: Option<Element>,
    parts: usize,
    begun: bool,
}

impl Builder {
    fn build(mut self, xml: &str) -> Result<Element, Refusal> {
        let mut reader = Reader::from_str(xml);
        // Many feeds forget to write `&` as an entity.
        reader.config_mut().allow_dangling_amp = true;
        loop {
            let start = offset(&reader);
            let event = reader.read_event().map_err(|error| refusal(&error, xml))?;
            let end = offset(&reader);
            match event {
                Event::Start(tag) => self.enter(&tag, start, end)?,
                Event::Empty(tag) => {
                    self.enter(&tag, start, end)?;
                    self.leave(end, end);
                }
                Event::End(_) => self.leave(start, end),
                Event::Text(text) if self.open.is_empty() && !text.xml10_content().trim().is_empty() => {
                    return Err(("not-xml", "the body has text outside its root element".to_owned()));
                }
                Event::Text(text) => self.add(&text.xml10_content()),
                Event::CData(text) => self.add(&text.xml10_content()),
                Event::GeneralRef(reference) => self.add(&resolved(&reference)),
                Event::Eof => return self.end(),
                Event::Decl(_) | Event::DocType(_) => self.begun = true,
                Event::Comment(_) | Event::PI(_) => {}
            }
        }
    }

    fn enter(&mut self, tag: &BytesStart<'_>, start: usize, end: usize) -> Result<(), Refusal> {
        if self.root.is_some() {
            return Err(("not-xml", "the body has more than one root element".to_owned()));
        }
        if self.open.len() >= DEEPEST {
            return Err(("wrong-shape", format!("elements are nested deeper than {DEEPEST}")));
        }
        let mut element = Element { name: tag.name().as_ref().to_owned(), outer: start..start, ..Element::default() };
        element.inner = end..end;
        for attribute in tag.attributes().with_checks(false).flatten() {
            let value = unescape(&attribute.value).map_or_else(|_| attribute.value.to_string(), Cow::into_owned);
            element.attributes.push((attribute.key.as_ref().to_owned(), value));
        }
        self.parts += 1 + element.attributes.len();
        if self.parts > MOST_PARTS {
            return Err(("wrong-shape", format!("the document has more than {MOST_PARTS} elements and attributes")));
        }
        self.open.push(element);
        Ok(())
    }

    /// Closes the innermost element, whose end tag lies between `start` and `end`.
    fn leave(&mut self, start: usize, end: usize) {
        let Some(mut element) = self.open.pop() else { return };
        element.inner.end = start;
        element.outer.end = end;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }

    fn end(self) -> Result<Element, Refusal> {
        let cut = || ("truncated-xml", "the body ends before its XML does".to_owned());
        match self.root {
            _ if !self.open.is_empty() => Err(cut()),
            Some(root) => Ok(root),
            None if self.begun => Err(cut()),
            None => Err(("not-xml", "the body has no element".to_owned())),
        }
    }
}

fn offset(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// Markup that is not closed where the body ends is cut; all else is no XML.
fn refusal(error: &Error, xml: &str) -> Refusal {
    let open = || xml.rsplit_once('<').is_some_and(|(_, tail)| !tail.contains('>'));
    let cut = match error {
        Error::Syntax(SyntaxError::InvalidBangMarkup) => open(),
        Error::Syntax(_) => true,
        _ => false,
    };
    (if cut { "truncated-xml" } else { "not-xml" }, format!("the body is not XML: {error}"))
}

/// The text of an entity; one that XML does not define stays as written.
fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return letter.to_string();
    }
    let name = reference.xml10_content();
    resolve_predefined_entity(&name).map_or_else(|| format!("&{name};"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule_of(body: &[u8]) -> &'static str {
        parse(body).map_or_else(|rejection| rejection.rule, |_| "ok")
    }

    #[test]
    fn a_tree_keeps_names_attributes_words_and_places() {
        let document = parse(b"<a x='1 &amp; 2'><n:b>one</n:b><c/>t<d><![CDATA[<p>&]]>&#228;</d></a>").expect("is XML");
        let root = &document.root;
        assert_eq!(root.attributes, [("x".to_owned(), "1 & 2".to_owned())]);
        assert_eq!(root.text_at("n:b").as_deref(), Some("one"));
        assert_eq!(root.text_at("b"), None, "a prefix is part of the name");
        assert_eq!((root.child("n:b").map(Element::local), root.text.as_str()), (Some("b"), "t"));
        let last = root.child("d").expect("is there");
        assert_eq!((last.text.as_str(), document.inner(last)), ("<p>&ä", "<![CDATA[<p>&]]>&#228;"));
        assert_eq!(document.outer(root.child("c").expect("is there")), "<c/>");
        assert_eq!(root.object(), json!({"n:b": "one", "c": null, "d": "<p>&ä"}));
    }

    #[test]
    fn a_cut_anywhere_is_told_as_one() {
        let whole = "<?xml version=\"1.0\"?><jobs><job id=\"1\"><t><![CDATA[x]]> &amp; y</t></job></jobs>";
        assert_eq!(rule_of(whole.as_bytes()), "ok");
        for end in 2..whole.len() {
            assert_eq!(rule_of(&whole.as_bytes()[..end]), "truncated-xml", "{}", &whole[..end]);
        }
    }

    #[test]
    fn no_entity_of_a_document_type_is_expanded() {
        let body =
            b"<!DOCTYPE a [<!ENTITY x \"xxxx\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]><a b='&x;'>&x;&f;&lt;</a>";
        let document = parse(body).expect("is XML");
        assert_eq!(document.root.text, "&x;&f;<");
        assert_eq!(document.root.attributes, [("b".to_owned(), "&x;".to_owned())]);
    }

    #[test]
    fn depth_and_number_of_parts_have_bounds() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert_eq!(rule_of(nested(DEEPEST).as_bytes()), "ok");
        assert_eq!(rule_of(nested(DEEPEST + 1).as_bytes()), "wrong-shape");
        assert_eq!(rule_of("<a>".repeat(1_000_000).as_bytes()), "wrong-shape");
        let many = format!("<a>{}</a>", "<b/>".repeat(MOST_PARTS));
        assert_eq!(rule_of(many.as_bytes()), "wrong-shape");
        assert_eq!(rule_of(&vec![b' '; MOST_BYTES + 1]), "body-too-large");
    }

    #[test]
    fn the_declared_encoding_is_the_one_that_is_read() {
        let document = parse(b"<?xml version='1.0' encoding='ISO-8859-1'?><a>Z\xfcrich</a>").expect("is XML");
        assert_eq!(document.root.text, "Zürich");
        assert_eq!(rule_of(b"<a>Z\xfcrich</a>"), "not-utf8");
        assert_eq!(rule_of(b"\xef\xbb\xbf<a/>"), "ok");
        assert_eq!(rule_of(b"\xff\xfe<\0a\0/\0>\0"), "ok");
    }

    #[test]
    fn a_bare_ampersand_is_one() {
        let document = parse(b"<a>R&D & more &amp; &b</a>").expect("is read");
        assert_eq!(document.root.text, "R&D & more & &b");
    }

    #[test]
    fn what_is_no_xml_says_what_it_is() {
        assert_eq!(rule_of(b""), "empty-body");
        assert_eq!(rule_of(b"<!DOCTYPE html><html><body></body></html>"), "html-instead-of-xml");
        assert_eq!(rule_of(b"<?xml version='1.0'?><html xmlns='x'></html>"), "html-instead-of-xml");
        assert_eq!(rule_of(b"{\"a\":1}"), "not-xml");
        assert_eq!(rule_of(b"<a></b>"), "not-xml");
        assert_eq!(rule_of(b"<a/><b/>"), "not-xml");
    }
}
