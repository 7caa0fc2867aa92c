//! Personio job feeds: one XML document holds the board, in one language.

use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, Markup, OnDrift, RawPlace, RawPosting, Reading, Record,
    Rejection, Section, Source, Stated,
};
use pipeline_core::{Error, Result, read};
use serde_json::Value;
use url::Url;

use super::json::{self, DATE_UNREADABLE};
use super::xml::{self, Element};
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
        let document = xml::parse(answer.body)?;
        if document.root.local() != ROOT {
            let reason = format!("the root should be `{ROOT}` and is `{}`", document.root.name);
            return Err(Rejection::of_body("wrong-shape", reason, answer.body));
        }
        let elements = document.root.children.iter().filter(|child| child.name == "position");
        let positions: Vec<Position<'_>> =
            elements.map(|element| Position { element, xml: document.outer(element) }).collect();
        let records = positions.iter().map(|position| match posting(position, answer) {
            Ok(posting) => Record::Posting(Box::new(posting)),
            Err(rejection) => Record::Rejected(rejection),
        });
        let records = records.collect();
        let forms: Vec<Value> = positions.iter().map(|position| form(position.element)).collect();
        Ok(Reading { records, findings: json::departures(&CONTRACT, &forms), ..Reading::default() })
    }
}

/// A `position` element and the XML that states it.
struct Position<'x> {
    element: &'x Element,
    xml: &'x str,
}

/// The children of `element` by name, a text or a list each, as the contract looks at them.
fn form(element: &Element) -> Value {
    let form = |child: &Element| match (child.children.is_empty(), child.text.is_empty()) {
        (false, _) => Value::Array(Vec::new()),
        (true, false) => Value::from(child.text.as_str()),
        // What is empty says nothing of its form.
        (true, true) => Value::Null,
    };
    Value::Object(element.children.iter().map(|child| (child.name.clone(), form(child))).collect())
}

fn stated(element: &Element, name: &str) -> Option<Stated<String>> {
    element.text_at(name).map(|text| Stated::new(text, name))
}

fn posting(position: &Position<'_>, answer: &Answer<'_>) -> std::result::Result<RawPosting, Rejection> {
    let element = position.element;
    let essential = |name: &str, rule| {
        element
            .text_at(name)
            .ok_or_else(|| Rejection::new(rule, format!("the position has no `{name}`"), position.xml).field(name))
    };
    let external_id = essential("id", "id-missing")?;
    let title = essential("name", "title-missing")?;
    let mut posting = RawPosting {
        title,
        company: element.text_at("subcompany"),
        places: places(element),
        employment: employment(element),
        level: stated(element, "seniority"),
        department: element.text_at("department"),
        tags: tags(element),
        sections: sections(element),
        url: element.text_at("jobUrl").or_else(|| public_url(answer, &external_id)),
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
    let Some(created) = stated(element, "createdAt").or_else(|| stated(element, "created_at")) else { return };
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
    let (text, city, country) = (element.text_at("office"), element.text_at("city"), element.text_at("country"));
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
    let kind = stated(element, "employmentType").or_else(|| stated(element, "employment_type"));
    match (kind, stated(element, "schedule")) {
        (Some(kind), Some(hours)) => {
            Some(Stated::new(format!("{}, {}", kind.value, hours.value), format!("{}, schedule", kind.field)))
        }
        (kind, hours) => kind.or(hours),
    }
}

fn tags(element: &Element) -> Vec<String> {
    element.text_at("keywords").map(|words| words.split(',').filter_map(read::filled).collect()).unwrap_or_default()
}

fn sections(element: &Element) -> Vec<Section> {
    let mut sections = Vec::new();
    for part in element.child("jobDescriptions").into_iter().flat_map(|parts| &parts.children) {
        if let Some(body) = part.text_at("value") {
            let field = "jobDescriptions.jobDescription".to_owned();
            sections.push(Section { field, heading: part.text_at("name"), body, markup: Markup::Html });
        }
    }
    if let Some(body) = element.text_at("description") {
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
