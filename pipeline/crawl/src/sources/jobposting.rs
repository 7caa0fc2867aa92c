//! Any page that describes its vacancy as a schema.org JobPosting in JSON-LD, in whichever of the many forms.

use std::borrow::Cow;
use std::cell::RefCell;

use lol_html::{RewriteStrSettings, rewrite_str, text};
use pipeline_core::hash::Hasher;
use pipeline_core::source::{
    Answer, Ask, Board, Description, RawPay, RawPlace, RawPosting, Reading, Record, Rejection, Remote, Section, Source,
    Stated,
};
use pipeline_core::{Error, Result, read};
use rust_decimal::Decimal;
use serde_json::Value;
use url::Url;

use super::board::period_of;
use super::json::{self, Fields};
use super::markup::section_at;

/// The source.
pub static SOURCE: JobPosting = JobPosting;

/// Pages with schema.org JobPosting.
#[derive(Debug)]
pub struct JobPosting;

static DESCRIPTION: Description = Description {
    name: "jobposting",
    title: "Pages with schema.org JobPosting",
    board: Some("address of the page, such as https://jobs.example.com/engineer"),
    ids_are_global: false,
    min_gap_ms: 2_000,
    min_interval_s: 21_600,
    secrets: &[],
    listing_is_complete: false,
    terms: "The terms of each site hold; its robots.txt is obeyed.",
    reference: "https://schema.org/JobPosting",
    ..Description::BASE
};

impl Source for JobPosting {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        match Url::parse(&board.name).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
            Some(url) => Ok(vec![Ask::get(url)]),
            None => Err(Error::config(format!("the jobposting board {} is no web address", board.name))
                .hint("a board of this source is the address of a page")),
        }
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let page = decode(answer);
        let mut records = Vec::new();
        for script in scripts(&page).map_err(|reason| Rejection::of_body("not-html", reason, answer.body))? {
            read_script(&script, answer.url, &mut records);
        }
        if records.is_empty() {
            return Err(Rejection::of_body(
                "no-jobposting",
                "the page describes no JobPosting in JSON-LD",
                answer.body,
            ));
        }
        Ok(Reading { records, ..Reading::default() })
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let page = String::from_utf8_lossy(body);
        scripts(&page).ok()?.iter().filter_map(|script| parse(script).ok()).find_map(|value| {
            let mut found = Vec::new();
            collect(&value, &mut found);
            found.into_iter().find_map(page_of)
        })
    }
}

/// The body as text, by the character set that the answer declares, else as UTF-8.
fn decode<'a>(answer: &Answer<'a>) -> Cow<'a, str> {
    let charset = answer.content_type.and_then(|declared| declared.split_once("charset=")).map(|(_, rest)| rest);
    let label = charset.map(|rest| rest.split(';').next().unwrap_or(rest).trim().trim_matches('"'));
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    encoding.unwrap_or(encoding_rs::UTF_8).decode(answer.body).0
}

/// The JSON-LD of `page`: its scripts, or the whole of it when it is JSON itself.
fn scripts(page: &str) -> Result<Vec<String>, String> {
    if page.trim_start().starts_with(['{', '[']) {
        return Ok(vec![page.to_owned()]);
    }
    let found = RefCell::new(vec![String::new()]);
    let settings = RewriteStrSettings::new().append_element_content_handler(text!(
        "script[type^='application/ld+json' i]",
        |chunk| {
            let mut found = found.borrow_mut();
            if let Some(script) = found.last_mut() {
                script.push_str(chunk.as_str());
            }
            if chunk.last_in_text_node() {
                found.push(String::new());
            }
            Ok(())
        }
    ));
    rewrite_str(page, settings).map_err(|error| format!("the page cannot be read as HTML: {error}"))?;
    Ok(found.into_inner().into_iter().filter(|script| !script.trim().is_empty()).collect())
}

/// Adds the postings of one script to `records`.
fn read_script(script: &str, url: &str, records: &mut Vec<Record>) {
    let value = match parse(script) {
        Ok(value) => value,
        // What is broken and does not speak of postings is some other description of the page.
        Err(_) if !script.contains("JobPosting") => return,
        Err(error) => {
            let reason = format!("the JSON-LD is not JSON: {error}");
            records.push(Record::Rejected(Rejection::new("not-json", reason, script)));
            return;
        }
    };
    let mut found = Vec::new();
    collect(&value, &mut found);
    let alone = found.len() == 1;
    records.extend(found.into_iter().map(|value| json::record(value, |fields| posting(fields, url, alone))));
}

/// Parses a script, forgiving the wrappers and raw line breaks that pages put into it.
fn parse(script: &str) -> Result<Value, serde_json::Error> {
    let mut text = script.trim();
    for (open, close) in [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")]
    {
        text = text.strip_prefix(open).map_or(text, str::trim_start);
        text = text.strip_suffix(close).map_or(text, str::trim_end);
    }
    let text = text.trim_end_matches(';');
    let first = match serde_json::from_str(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if text.contains(char::is_control) {
        let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if let Ok(value) = serde_json::from_str(&spaced) {
            return Ok(value);
        }
    }
    Err(first)
}

/// Adds every JobPosting within `value` to `found`, in order. Depth is bounded by the JSON parser.
fn collect<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
        Value::Object(_) if is_posting(value) => found.push(value),
        Value::Object(object) => object.values().for_each(|value| collect(value, found)),
        _ => {}
    }
}

fn is_posting(value: &Value) -> bool {
    let named =
        |name: &Value| name.as_str().is_some_and(|name| name.rsplit(['/', ':', '#']).next() == Some("JobPosting"));
    one_or_many(value.get("@type")).any(named)
}

/// The items of a list, or the one value that stands in its place.
fn one_or_many(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (many, one) = match value {
        Some(Value::Array(list)) => (list.as_slice(), None),
        Some(Value::Null) | None => (&[][..], None),
        one => (&[][..], one),
    };
    many.iter().chain(one)
}

/// The first text among `value`, its items, and the fields `keys` of objects.
fn name_of(value: Option<&Value>, keys: &[&str]) -> Option<String> {
    one_or_many(value).find_map(|value| match value {
        Value::Object(object) => keys.iter().find_map(|key| name_of(object.get(*key), keys)),
        Value::Array(_) => None,
        other => read::text_of(other),
    })
}

/// The address of the page that shows the posting, as it says itself.
fn page_of(value: &Value) -> Option<String> {
    let own = ["url", "mainEntityOfPage"].into_iter().filter_map(|key| name_of(value.get(key), &["@id", "url"]));
    own.into_iter().find(|url| is_web(url))
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

pub(super) fn posting(fields: Fields<'_>, page: &str, alone: bool) -> Result<RawPosting, Rejection> {
    let value = fields.value;
    let url = page_of(value).or_else(|| Some(page.to_owned()).filter(|page| alone && is_web(page)));
    Ok(RawPosting {
        external_id: id(value, url.as_deref()),
        title: fields.title(if fields.at("title").is_some() { "title" } else { "name" })?,
        company: name_of(value.get("hiringOrganization"), &["name", "legalName"]),
        places: one_or_many(value.get("jobLocation")).filter_map(|place| read_place(fields, place)).collect(),
        remote: remote(value),
        remote_scope: remote_scope(value),
        pay: pay(fields),
        posted_at: fields.instant("datePosted"),
        updated_at: fields.instant("dateModified"),
        closes_at: fields.instant("validThrough"),
        employment: joined(value, "employmentType"),
        department: name_of(value.get("employmentUnit"), &["name"]),
        tags: tags(value),
        sections: sections(fields),
        url,
        ..RawPosting::default()
    })
}

/// The identifier, else the address, else a hash of the description itself.
fn id(value: &Value, url: Option<&str>) -> String {
    name_of(value.get("identifier"), &["value", "@value", "propertyID"])
        .or_else(|| url.map(str::to_owned))
        .unwrap_or_else(|| Hasher::new("jobposting").part(value.to_string()).hex(20))
}

fn read_place(fields: Fields<'_>, place: &Value) -> Option<RawPlace> {
    const FIELD: &str = "jobLocation";
    if let Some(text) = place.as_str().and_then(read::filled) {
        return Some(RawPlace::text(text, FIELD));
    }
    let Some(object) = place.as_object() else {
        fields.warn(json::WRONG_TYPE);
        return None;
    };
    let address = one_or_many(object.get("address")).next();
    let part = |key: &str| address.and_then(|address| name_of(address.get(key), &["name", "@id"]));
    let degrees = |key: &str| {
        let number = object.get("geo").and_then(|geo| geo.get(key)).or_else(|| object.get(key))?;
        read::decimal_of(number)?.to_string().parse().ok()
    };
    let read = RawPlace {
        field: FIELD.to_owned(),
        text: address.and_then(read::text_of).or_else(|| name_of(object.get("name"), &[])),
        city: part("addressLocality"),
        region: part("addressRegion"),
        country: part("addressCountry"),
        latitude: degrees("latitude"),
        longitude: degrees("longitude"),
    };
    let empty = RawPlace { field: FIELD.to_owned(), ..RawPlace::default() };
    (read != empty).then_some(read)
}

fn remote(value: &Value) -> Option<Stated<Remote>> {
    let remote = one_or_many(value.get("jobLocationType"))
        .filter_map(Value::as_str)
        .any(|word| word.trim().eq_ignore_ascii_case("TELECOMMUTE") || word.trim().eq_ignore_ascii_case("remote"));
    remote.then(|| Stated::new(Remote::Remote, "jobLocationType"))
}

fn remote_scope(value: &Value) -> Vec<String> {
    let name = |place: &Value| {
        let address = place.get("address").filter(|address| address.is_object());
        let of_address = || name_of(address?.get("addressCountry"), &["name"]);
        name_of(Some(place), &["name"]).or_else(of_address)
    };
    one_or_many(value.get("applicantLocationRequirements")).filter_map(name).collect()
}

fn joined(value: &Value, field: &str) -> Option<Stated<String>> {
    let words: Vec<String> = one_or_many(value.get(field)).filter_map(|word| name_of(Some(word), &["name"])).collect();
    (!words.is_empty()).then(|| Stated::new(words.join(", "), field))
}

/// What is stated, then what the site estimates.
fn pay(fields: Fields<'_>) -> Vec<RawPay> {
    let currency = fields.text("salaryCurrency");
    let mut pay = Vec::new();
    for (field, predicted) in [("baseSalary", false), ("estimatedSalary", true)] {
        let amounts = one_or_many(fields.at(field));
        pay.extend(
            amounts
                .filter_map(|amount| read_pay(amount, field, currency.as_deref()))
                .map(|pay| RawPay { predicted, ..pay }),
        );
    }
    pay
}

fn read_pay(amount: &Value, field: &str, currency: Option<&str>) -> Option<RawPay> {
    let value = one_or_many(amount.get("value")).next().filter(|_| amount.is_object()).unwrap_or(amount);
    let text = |key: &str| name_of(value.get(key).or_else(|| amount.get(key)), &["name"]);
    let number = |key: &str| {
        let number = value.get(key).or_else(|| amount.get(key)).and_then(read::decimal_of);
        number.filter(|number| *number > Decimal::ZERO)
    };
    let single = read::decimal_of(value).or_else(|| number("value")).filter(|number| *number > Decimal::ZERO);
    let (min, max) = (number("minValue").or(single), number("maxValue").or(single));
    let words = [value.get("value").unwrap_or(value), value].into_iter().find_map(Value::as_str).and_then(read::filled);
    let words =
        words.filter(|words| min.is_none() && max.is_none() && words.chars().any(|c| c.is_ascii_digit() && c != '0'));
    if min.is_none() && max.is_none() && words.is_none() {
        return None;
    }
    Some(RawPay {
        field: field.to_owned(),
        min,
        max,
        currency: text("currency").or_else(|| text("priceCurrency")).or_else(|| currency.map(str::to_owned)),
        period: text("unitText")
            .or_else(|| text("unitCode"))
            .or_else(|| text("duration"))
            .and_then(|unit| period_of(&unit)),
        text: words,
        ..RawPay::default()
    })
}

/// Skills as a list, or as one text with commas or semicolons; longer texts are no list.
fn tags(value: &Value) -> Vec<String> {
    let mut tags = Vec::new();
    for skill in one_or_many(value.get("skills")).filter_map(|skill| name_of(Some(skill), &["name"])) {
        let parts: Vec<String> = skill.split([',', ';', '\n']).filter_map(read::filled).collect();
        if parts.iter().all(|part| part.chars().count() <= 60) {
            tags.extend(parts);
        }
    }
    tags
}

fn sections(fields: Fields<'_>) -> Vec<Section> {
    let parts: [(&str, Option<&str>); 6] = [
        ("description", None),
        ("responsibilities", Some("Responsibilities")),
        ("qualifications", Some("Qualifications")),
        ("experienceRequirements", Some("Experience")),
        ("educationRequirements", Some("Education")),
        ("jobBenefits", Some("Benefits")),
    ];
    let told = parts.into_iter().filter(|(path, _)| fields.at(path).is_some_and(Value::is_string));
    told.filter_map(|(path, heading)| section_at(fields, path, heading)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pipeline_core::money::Period;
    use schemas::Micros;

    use super::*;
    use crate::sources::sample::{posting_of, read, read_with, rejected_by, rule_of};

    fn page(json: &str) -> String {
        format!("<html><head><script type=\"application/ld+json\">{json}</script></head><body>Hi</body></html>")
    }

    fn one(fields: &str) -> RawPosting {
        let body = page(&format!(r#"{{"@type":"JobPosting","title":"Nurse",{fields}}}"#));
        posting_of(&read(&SOURCE, &body), 0).clone()
    }

    #[test]
    fn postings_are_found_wherever_they_stand() {
        let posting = r#"{"@type":["Thing","JobPosting"],"title":"A"}"#;
        for json in [
            posting.to_owned(),
            format!("[{posting}]"),
            format!(r#"{{"@graph":[{{"@type":"WebSite"}},{posting}]}}"#),
            format!(r#"{{"@type":"ItemList","itemListElement":[{{"item":{posting}}}]}}"#),
            r#"{"@type":"http://schema.org/JobPosting","title":"A"}"#.to_owned(),
            format!("<!-- {posting} -->"),
            format!("//<![CDATA[\n{posting}\n//]]>"),
            format!("{posting};"),
        ] {
            assert_eq!(read(&SOURCE, &page(&json)).records.len(), 1, "{json}");
            assert_eq!(posting_of(&read(&SOURCE, &page(&json)), 0).title, "A");
        }
    }

    #[test]
    fn raw_line_breaks_within_texts_are_forgiven() {
        let body = page("{\"@type\":\"JobPosting\",\"title\":\"A\",\"description\":\"one\ntwo\"}");
        assert_eq!(posting_of(&read(&SOURCE, &body), 0).sections[0].body, "one two");
    }

    #[test]
    fn a_page_without_posting_is_rejected_whole_and_a_broken_one_as_record() {
        assert_eq!(rule_of(&SOURCE, "<html><p>Not here</p></html>"), "no-jobposting");
        assert_eq!(rule_of(&SOURCE, &page(r#"{"@type":"WebSite"}"#)), "no-jobposting");
        assert_eq!(rule_of(&SOURCE, ""), "no-jobposting");
        let reading = read(&SOURCE, &page(r#"{"@type":"JobPosting","title":"#));
        assert_eq!(rejected_by(&reading, 0), "not-json");
        assert_eq!(rejected_by(&read(&SOURCE, &page(r#"{"@type":"JobPosting"}"#)), 0), "title-missing");
    }

    #[test]
    fn a_country_is_a_text_an_object_or_a_list_of_repeats() {
        for country in [r#""US""#, r#"{"@type":"Country","name":"US"}"#, r#"{"name":["US","US"]}"#, r#"["US"]"#] {
            let place =
                format!(r#"{{"@type":"Place","address":{{"addressLocality":"Oslo","addressCountry":{country}}}}}"#);
            for location in [place.clone(), format!("[{place}]")] {
                let posting = one(&format!(r#""jobLocation":{location}"#));
                assert_eq!(posting.places[0].country.as_deref(), Some("US"), "{country}");
            }
        }
    }

    #[test]
    fn every_form_of_pay_is_read() {
        let range = r#"{"currency":"EUR","value":{"minValue":50000,"maxValue":"60000","unitText":"YEAR"}}"#;
        let single = r#"{"currency":"GBP","value":{"value":25.5,"unitText":"hour"}}"#;
        let flat = r#"{"currency":"EUR","minValue":50000,"maxValue":60000,"unitText":"YEAR"}"#;
        for (json, min, period) in [
            (range, Decimal::from(50_000), Some(Period::Year)),
            (single, Decimal::new(255, 1), Some(Period::Hour)),
            (flat, Decimal::from(50_000), Some(Period::Year)),
            ("70000", Decimal::from(70_000), None),
        ] {
            let pay = &one(&format!(r#""baseSalary":{json}"#)).pay[0];
            assert_eq!((pay.min, pay.period), (Some(min), period), "{json}");
        }
        let words = one(r#""baseSalary":"from 45k plus bonus""#);
        assert_eq!(words.pay[0].text.as_deref(), Some("from 45k plus bonus"));
        assert!(one(r#""baseSalary":{"value":{"value":0}}"#).pay.is_empty());
        assert!(one(r#""estimatedSalary":[{"currency":"USD","minValue":1}]"#).pay[0].predicted);
    }

    #[test]
    fn an_id_comes_from_the_identifier_else_the_address_else_the_content() {
        assert_eq!(one(r#""identifier":{"@type":"PropertyValue","name":"Acme","value":77}"#).external_id, "77");
        assert_eq!(one(r#""identifier":"R-1","url":"https://a.example/1""#).external_id, "R-1");
        assert_eq!(one(r#""url":"https://a.example/1""#).external_id, "https://a.example/1");
        assert_eq!(one(r#""description":"x""#).external_id, one(r#""description":"x""#).external_id);
        assert_ne!(one(r#""description":"x""#).external_id, one(r#""description":"y""#).external_id);
    }

    #[test]
    fn remote_work_and_its_bounds_are_read() {
        let posting = one(r#""jobLocationType":"TELECOMMUTE","employmentType":["FULL_TIME","CONTRACTOR"],
            "applicantLocationRequirements":[{"@type":"Country","name":"USA"},{"@type":"Country","name":"Canada"}]"#);
        assert_eq!(posting.remote.map(|remote| remote.value), Some(Remote::Remote));
        assert_eq!(posting.remote_scope, ["USA", "Canada"]);
        assert_eq!(posting.employment.map(|words| words.value).as_deref(), Some("FULL_TIME, CONTRACTOR"));
    }

    #[test]
    fn a_declared_character_set_is_obeyed() {
        let page = page(r#"{"@type":"JobPosting","title":"Ingenieur f~r Netze"}"#).into_bytes();
        let body: Vec<u8> = page.into_iter().map(|byte| if byte == b'~' { 0xfc } else { byte }).collect();
        let answer = Answer {
            board: "x",
            url: "https://a.example/1",
            context: &BTreeMap::new(),
            content_type: Some("text/html; charset=ISO-8859-1"),
            fetched_at: Micros(0),
            body: &body,
        };
        let reading = SOURCE.read(&answer).expect("reads");
        let posting = posting_of(&reading, 0);
        assert!(posting.title.contains('ü') && posting.url.as_deref() == Some("https://a.example/1"), "{posting:?}");
    }

    #[test]
    fn any_nesting_and_any_bytes_are_read_without_harm() {
        for body in [&"[".repeat(5_000), "<script type='application/ld+json'>", "{\"@type\":{\"@type\":[1]}}", "\u{0}<"]
        {
            let _ = read_with(&SOURCE, "x", "file:x", &BTreeMap::new(), body);
        }
    }
}
