//! Personio job feeds: one XML document holds the board, in one language.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, Markup, OnDrift, RawPlace, RawPosting, Reading, Record,
    Rejection, Section, Source, Stated,
};
use pipeline_core::{Error, Result, read};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use serde_json::Value;
use url::Url;

use super::json::{self, DATE_UNREADABLE, looks_like_html};
use super::{board, hosts};

/// The source.
pub static SOURCE: Personio = Personio;

/// Personio job feeds.
pub struct Personio;

static DESCRIPTION: Description = Description {
    name: "personio",
    title: "Personio",
    board: Some(
        "company, as in COMPANY.jobs.personio.de; parameters `domain` (`de` or `com`) and `language` (such as `en`)",
    ),
    ids_are_global: true,
    min_gap_ms: 2_000,
    min_interval_s: 21_600,
    secrets: &[],
    listing_is_complete: true,
    terms: "Public XML feed, read without a key where the employer enables it; link to the original page.",
    reference: "https://developer.personio.de/docs/retrieving-open-job-positions (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// Deepest nesting of elements that is read.
const DEEPEST: usize = 32;
/// The root element of a feed.
const ROOT: &str = "workzag-jobs";

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("id", "string"),
        Field::essential("name", "string"),
        Field::value("office", "string"),
        Field::value("subcompany", "string"),
        Field::value("department", "string"),
        Field::value("recruitingCategory", "string"),
        Field::value("jobDescriptions", "array"),
        Field::value("employmentType", "string"),
        Field::value("employment_type", "string"),
        Field::value("seniority", "string"),
        Field::value("schedule", "string"),
        Field::value("yearsOfExperience", "string"),
        Field::value("createdAt", "string"),
        Field::value("created_at", "string"),
        Field::value("additionalOffices", "array"),
        Field::value("city", "string"),
        Field::value("country", "string"),
        Field::value("jobUrl", "string"),
        Field::value("keywords", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["occupation", "occupationCategory", "location", "description"],
};

impl Source for Personio {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        if let Some(company) = hosts::tenant(url, "jobs.personio.de") {
            return hosts::named(company);
        }
        Some(hosts::with(hosts::named(hosts::tenant(url, "jobs.personio.com")?)?, "domain", "com"))
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let company = board::token(board, DESCRIPTION.name, &["domain", "language"])?;
        let refuse = |what: &str| Error::config(format!("personio board `{company}` has {what}"));
        if !board::is_host_label(company) {
            return Err(Error::config(format!("`{company}` cannot be the name of a personio board"))
                .hint("give COMPANY of COMPANY.jobs.personio.de"));
        }
        let parameter =
            |name: &str, default: &'static str| board.parameters.get(name).map_or(default, String::as_str).to_owned();
        let (domain, language) = (parameter("domain", "de"), parameter("language", "en"));
        if domain != "de" && domain != "com" {
            return Err(refuse("an unknown domain").hint("use `de` or `com`"));
        }
        if language.len() != 2 || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(refuse("an unknown language").hint("use two letters, such as `en`"));
        }
        let host = format!("{}.jobs.personio.{domain}", company.to_ascii_lowercase());
        Ok(vec![Ask::get(format!("https://{host}/xml?language={language}")).with("host", host)])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let reject = |rule, reason: String| Rejection::of_body(rule, reason, answer.body);
        let text = std::str::from_utf8(answer.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(answer.body))
            .map_err(|error| reject("not-utf8", format!("the body is not UTF-8: {error}")))?;
        if text.trim().is_empty() {
            return Err(reject("empty-body", "the body is empty".to_owned()));
        }
        if looks_like_html(text) {
            return Err(reject("html-instead-of-xml", "the body is an HTML page where XML was due".to_owned()));
        }
        let positions = positions(text).map_err(|(rule, reason)| reject(rule, reason))?;
        let records = positions.iter().map(|position| match posting(position, answer) {
            Ok(posting) => Record::Posting(Box::new(posting)),
            Err(rejection) => Record::Rejected(rejection),
        });
        let records = records.collect();
        let forms: Vec<Value> = positions.iter().map(|position| position.element.form()).collect();
        Ok(Reading { records, findings: json::departures(&CONTRACT, &forms), ..Reading::default() })
    }
}

/// An element with its text and its children.
#[derive(Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
    /// Where it starts in the document, in bytes.
    start: usize,
}

/// A `position` element and the XML that states it.
struct Position<'x> {
    element: Element,
    xml: &'x str,
}

impl Element {
    /// Its children by name, a text or a list each, as the contract looks at them.
    fn form(&self) -> Value {
        let form = |child: &Self| match (child.children.is_empty(), child.text.is_empty()) {
            (false, _) => Value::Array(Vec::new()),
            (true, false) => Value::from(child.text.as_str()),
            // What is empty says nothing of its form.
            (true, true) => Value::Null,
        };
        Value::Object(self.children.iter().map(|child| (child.name.clone(), form(child))).collect())
    }

    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.child(name).and_then(|child| read::filled(&child.text))
    }

    fn stated(&self, name: &str) -> Option<Stated<String>> {
        self.text(name).map(|text| Stated::new(text, name))
    }
}

/// Why a document is none: the rule and the reason.
type Refusal = (&'static str, String);

/// The positions of the document `xml`.
fn positions(xml: &str) -> std::result::Result<Vec<Position<'_>>, Refusal> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<Element> = Vec::new();
    let mut found = Vec::new();
    let mut rooted = false;
    loop {
        let start = offset(&reader);
        let event = reader.read_event().map_err(|error| refusal(&error, !open.is_empty()))?;
        match event {
            Event::Start(tag) => {
                let name = String::from_utf8_lossy(tag.local_name().as_ref().as_ref()).into_owned();
                rooted = enter(&mut open, Element { name, start, ..Element::default() }, rooted)?;
            }
            Event::Empty(tag) => {
                let name = String::from_utf8_lossy(tag.local_name().as_ref().as_ref()).into_owned();
                rooted = enter(&mut open, Element { name, start, ..Element::default() }, rooted)?;
                leave(&mut open, &mut found, xml, offset(&reader));
            }
            Event::End(_) => leave(&mut open, &mut found, xml, offset(&reader)),
            Event::Text(text) if open.is_empty() && !text.xml10_content().trim().is_empty() => {
                return Err(("not-xml", "the body has text outside its root element".to_owned()));
            }
            Event::Text(text) => add(&mut open, &text.xml10_content()),
            Event::CData(text) => add(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => add(&mut open, &resolved(&reference)),
            Event::Eof if !open.is_empty() => {
                return Err(("truncated-xml", "the body ends before its XML does".to_owned()));
            }
            Event::Eof if !rooted => return Err(("not-xml", "the body has no element".to_owned())),
            Event::Eof => return Ok(found),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn offset(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn refusal(error: &quick_xml::Error, inside: bool) -> Refusal {
    let rule = if inside && matches!(error, quick_xml::Error::Syntax(_)) { "truncated-xml" } else { "not-xml" };
    (rule, format!("the body is not XML: {error}"))
}

/// Opens `element`; the first one must be the root of a feed.
fn enter(open: &mut Vec<Element>, element: Element, rooted: bool) -> std::result::Result<bool, Refusal> {
    if !rooted && element.name != ROOT {
        return Err(("wrong-shape", format!("the root should be `{ROOT}` and is `{}`", element.name)));
    }
    if open.len() >= DEEPEST {
        return Err(("wrong-shape", format!("elements are nested deeper than {DEEPEST}")));
    }
    open.push(element);
    Ok(true)
}

/// Closes the innermost element; a position directly below the root is complete then.
fn leave<'x>(open: &mut Vec<Element>, found: &mut Vec<Position<'x>>, xml: &'x str, end: usize) {
    let Some(element) = open.pop() else { return };
    if open.len() == 1 && element.name == "position" {
        let xml = xml.get(element.start..end).unwrap_or_default();
        found.push(Position { element, xml });
    } else if let Some(parent) = open.last_mut().filter(|parent| parent.name != ROOT) {
        parent.children.push(element);
    }
}

fn add(open: &mut [Element], text: &str) {
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

fn posting(position: &Position<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
    let element = &position.element;
    let essential = |name: &str, rule| {
        element
            .text(name)
            .ok_or_else(|| Rejection::new(rule, format!("the position has no `{name}`"), position.xml).field(name))
    };
    let external_id = essential("id", "id-missing")?;
    let title = essential("name", "title-missing")?;
    let mut posting = RawPosting {
        title,
        company: element.text("subcompany"),
        places: places(element),
        employment: employment(element),
        level: element.stated("seniority"),
        department: element.text("department"),
        tags: tags(element),
        sections: sections(element),
        url: element.text("jobUrl").or_else(|| public_url(answer, &external_id)),
        listed: Some(true),
        external_id,
        ..RawPosting::default()
    };
    posting.apply_url.clone_from(&posting.url);
    read_created(element, &mut posting);
    board::name_company(&mut posting, answer.board);
    Ok(posting)
}

fn read_created(element: &Element, posting: &mut RawPosting) {
    let Some(created) = element.stated("createdAt").or_else(|| element.stated("created_at")) else { return };
    match read::instant(&created.value) {
        Some(instant) => posting.posted_at = Some(Stated::new(instant, created.field)),
        None => posting.warnings.push(DATE_UNREADABLE),
    }
}

/// The page of a position, which feeds do not state.
fn public_url(answer: &Answer<'_>, id: &str) -> Option<String> {
    let company = answer.board.to_ascii_lowercase();
    let host = answer.context.get("host").cloned();
    let host = host.or_else(|| board::is_host_label(&company).then(|| format!("{company}.jobs.personio.de")))?;
    board::address_of(&format!("https://{host}/job"), &[id]).ok().map(String::from)
}

/// The office and the further offices; some feeds state the city and country beside the office.
fn places(element: &Element) -> Vec<RawPlace> {
    let (text, city, country) = (element.text("office"), element.text("city"), element.text("country"));
    let mut places = Vec::new();
    if text.is_some() || city.is_some() || country.is_some() {
        places.push(RawPlace { field: "office".to_owned(), text, city, country, ..RawPlace::default() });
    }
    let further = element.child("additionalOffices").into_iter().flat_map(|offices| &offices.children);
    for office in further.filter_map(|office| read::filled(&office.text)) {
        if !places.iter().any(|place| place.text.as_ref() == Some(&office)) {
            places.push(RawPlace::text(office, "additionalOffices.office"));
        }
    }
    places
}

/// Kind of contract and hours, as in `permanent, full-time`.
fn employment(element: &Element) -> Option<Stated<String>> {
    let kind = element.stated("employmentType").or_else(|| element.stated("employment_type"));
    match (kind, element.stated("schedule")) {
        (Some(kind), Some(hours)) => {
            Some(Stated::new(format!("{}, {}", kind.value, hours.value), format!("{}, schedule", kind.field)))
        }
        (kind, hours) => kind.or(hours),
    }
}

fn tags(element: &Element) -> Vec<String> {
    element.text("keywords").map(|words| words.split(',').filter_map(read::filled).collect()).unwrap_or_default()
}

fn sections(element: &Element) -> Vec<Section> {
    let mut sections = Vec::new();
    for part in element.child("jobDescriptions").into_iter().flat_map(|parts| &parts.children) {
        if let Some(body) = part.text("value") {
            let field = "jobDescriptions.jobDescription".to_owned();
            sections.push(Section { field, heading: part.text("name"), body, markup: Markup::Html });
        }
    }
    if let Some(body) = element.text("description") {
        sections.push(Section { field: "description".to_owned(), heading: None, body, markup: Markup::Html });
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, postings, read_with, rules};

    fn rule_of(body: &str) -> Option<&'static str> {
        read_with(&SOURCE, body).err().map(|rejection| rejection.rule)
    }

    #[test]
    fn a_position_is_read_with_its_entities_and_character_data() {
        let found = postings(
            &SOURCE,
            "<?xml version='1.0'?><workzag-jobs><position><id>7</id><subcompany>A &amp; B &#228;</subcompany>\
             <office>Munich</office><additionalOffices><office>Berlin</office><office>Munich</office></additionalOffices>\
             <name>Nurse</name><jobDescriptions><jobDescription><name>Tasks</name><value><![CDATA[<p>a & b</p>]]></value>\
             </jobDescription></jobDescriptions><employmentType>permanent</employmentType><schedule>part-time</schedule>\
             <createdAt>2026-09-13T14:10:41+00:00</createdAt><yearsOfExperience/></position></workzag-jobs>",
        );
        let posting = &found[0];
        assert_eq!(posting.company.as_deref(), Some("A & B ä"));
        assert_eq!(posting.places.len(), 2);
        assert_eq!(posting.sections[0].body, "<p>a & b</p>");
        assert_eq!(posting.employment.as_ref().map(|kind| kind.value.as_str()), Some("permanent, part-time"));
        assert_eq!(posting.url.as_deref(), Some("https://acme.jobs.personio.de/job/7"));
        assert!(posting.posted_at.is_some());
    }

    #[test]
    fn a_position_without_id_or_name_never_stops_its_neighbours() {
        let reading = read_with(
            &SOURCE,
            "<workzag-jobs><position><id>1</id><name>A</name></position><position><id>2</id></position>\
             <position><name>C</name></position><position/></workzag-jobs>",
        )
        .expect("is a feed");
        assert_eq!(rules(&reading), ["ok", "title-missing", "id-missing", "id-missing"]);
        let Record::Rejected(rejection) = &reading.records[1] else { panic!("is rejected") };
        assert_eq!(rejection.payload, "<position><id>2</id></position>");
    }

    #[test]
    fn a_body_that_is_no_feed_says_what_it_is_instead() {
        assert_eq!(rule_of("<!DOCTYPE html><html><body></body></html>"), Some("html-instead-of-xml"));
        assert_eq!(rule_of("<workzag-jobs><position><id>1</id>"), Some("truncated-xml"));
        assert_eq!(rule_of("<workzag-jobs><position><id>1</i"), Some("truncated-xml"));
        assert_eq!(rule_of("<workzag-jobs><a></b></workzag-jobs>"), Some("not-xml"));
        assert_eq!(rule_of("<rss></rss>"), Some("wrong-shape"));
        assert_eq!(rule_of("{}"), Some("not-xml"));
        assert_eq!(rule_of("{\"xml\":\"<workzag-jobs></workzag-jobs>\"}"), Some("not-xml"));
        assert_eq!(rule_of(&format!("<workzag-jobs>{}", "<a>".repeat(1_000))), Some("wrong-shape"));
        assert_eq!(rule_of("<workzag-jobs></workzag-jobs>"), None);
        assert_eq!(rule_of("<workzag-jobs/>"), None);
    }

    #[test]
    fn an_entity_that_xml_lacks_stays_as_written() {
        let found =
            postings(&SOURCE, "<workzag-jobs><position><id>1</id><name>A&nbsp;B</name></position></workzag-jobs>");
        assert_eq!(found[0].title, "A&nbsp;B");
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://acme.jobs.personio.de/job/7?language=de",
                "https://acme.jobs.personio.de/xml",
                "https://acme.jobs.personio.com/",
            ],
        );
        assert_eq!(found, ["acme", "acme", "acme domain=com",]);
        let none = boards_at(
            &SOURCE,
            &[
                "https://www.personio.de/",
                "https://acme.personio.de/",
                "https://jobs.personio.com/",
                "https://a.b.jobs.personio.de/",
            ],
        );
        assert_eq!(none, [""; 4]);
    }
}
