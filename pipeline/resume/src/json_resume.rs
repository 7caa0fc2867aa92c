//! JSON Resume 1.0.0: read leniently, refused by the name of the field that cannot be read.

use pipeline_core::{Error, Result};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::dates::{Date, Span};
use crate::reading::{Job, Reading, has_email};

/// The sections of JSON Resume 1.0.0; a document without any of them is something else.
const SECTIONS: [&str; 12] = [
    "basics",
    "work",
    "volunteer",
    "education",
    "awards",
    "certificates",
    "publications",
    "skills",
    "languages",
    "interests",
    "references",
    "projects",
];
/// Fields whose words are addresses, not prose.
const ADDRESSES: [&str; 4] = ["$schema", "url", "image", "meta"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document {
    basics: Option<Basics>,
    #[serde(deserialize_with = "list")]
    work: Vec<Work>,
    #[serde(deserialize_with = "list")]
    education: Vec<Education>,
    #[serde(deserialize_with = "list")]
    skills: Vec<Skill>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Basics {
    #[serde(deserialize_with = "words")]
    email: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Work {
    #[serde(deserialize_with = "words")]
    name: String,
    #[serde(deserialize_with = "words")]
    position: String,
    #[serde(deserialize_with = "words")]
    start_date: String,
    #[serde(deserialize_with = "words")]
    end_date: String,
    #[serde(deserialize_with = "words")]
    summary: String,
    #[serde(deserialize_with = "list")]
    highlights: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Education {
    #[serde(deserialize_with = "words")]
    institution: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Skill {
    #[serde(deserialize_with = "words")]
    name: String,
    #[serde(deserialize_with = "list")]
    keywords: Vec<String>,
}

/// Text; numbers stand for their digits and null for nothing, since exporters write both.
fn words<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(serde::de::Error::custom(format!("expected a text, found {}", kind(&other)))),
    }
}

/// A list; null stands for an empty one.
fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> std::result::Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// What `value` is, for messages.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The resume that the JSON object `value` holds.
///
/// # Errors
/// `Invalid`, naming the field, when a field has another type than JSON Resume gives it, or when no section is there.
pub(crate) fn read(value: &Value) -> Result<Reading> {
    if !SECTIONS.iter().any(|section| value.get(section).is_some()) {
        return Err(Error::invalid("the resume has none of the sections of JSON Resume")
            .hint("send plain text, or a JSON Resume 1.0.0 document with basics, work, education or skills"));
    }
    let document: Document = serde_path_to_error::deserialize(value).map_err(|error| {
        let field = error.path().to_string();
        Error::invalid(format!("field {field} of the resume is not what JSON Resume 1.0.0 has there"))
            .because(error.into_inner())
    })?;
    let section = |name: &str| value.get(name).map(prose).filter(|text| !text.trim().is_empty());
    let experience: Vec<String> = ["work", "projects", "volunteer"].into_iter().filter_map(section).collect();
    let skills: Vec<&str> = document.skills.iter().flat_map(Skill::names).filter(|name| !name.is_empty()).collect();
    Ok(Reading {
        text: prose(value),
        has_email: document.basics.is_some_and(|basics| has_email(&basics.email)),
        jobs: document.work.iter().map(Work::job).collect(),
        experience: (!experience.is_empty()).then(|| experience.join("\n")),
        has_education: !document.education.is_empty(),
        skills: (!skills.is_empty()).then(|| skills.join("\n")),
    })
}

impl Skill {
    fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.keywords.iter().map(String::as_str))
    }
}

impl Work {
    fn job(&self) -> Job {
        let words = [self.position.as_str(), self.name.as_str()];
        let words: Vec<&str> = words.into_iter().filter(|words| !words.is_empty()).collect();
        let (start, end) = (Date::iso(&self.start_date), Date::iso(&self.end_date));
        let ends = !self.end_date.is_empty();
        let unreadable = [(&self.start_date, start), (&self.end_date, end)];
        let unreadable = unreadable.into_iter().find(|(text, date)| !text.is_empty() && date.is_none());
        Job {
            words: words.join(", "),
            span: start.filter(|_| !ends || end.is_some()).map(|start| Span { start, end }),
            unreadable: unreadable.map(|(text, _)| text.clone()),
        }
    }
}

/// Every text in `value`, one per line, in the document's order, without addresses.
fn prose(value: &Value) -> String {
    let mut lines = Vec::new();
    collect(value, &mut lines);
    lines.join("\n")
}

fn collect<'a>(value: &'a Value, lines: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => lines.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, lines)),
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| !ADDRESSES.contains(&name.as_str()))
            .for_each(|(_, value)| collect(value, lines)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use pipeline_core::ErrorKind;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_wrong_type_is_refused_by_the_name_of_its_field() {
        for (resume, field) in [
            (json!({"basics": {"email": ["a@example.org"]}}), "basics.email"),
            (json!({"basics": "Ada"}), "basics"),
            (json!({"work": [{}, {"highlights": "all"}]}), "work[1].highlights"),
            (json!({"work": {"name": "Acme"}}), "work"),
            (json!({"skills": [{"keywords": [1]}]}), "skills[0].keywords[0]"),
        ] {
            let error = read(&resume).expect_err("a refusal");
            assert_eq!(error.kind(), ErrorKind::Invalid);
            assert!(error.message().starts_with(&format!("field {field} of")), "{error}");
        }
    }

    #[test]
    fn nulls_numbers_and_unknown_fields_are_taken() {
        let resume = json!({
            "basics": {"name": "Ada", "email": null}, "work": null, "x-theme": {"dark": true},
            "education": [{"institution": null, "score": 1.3}], "skills": [{"name": "Rust", "level": 5}],
        });
        let reading = read(&resume).expect("a resume");
        assert_eq!((reading.has_email, reading.has_education), (false, true));
        assert_eq!(reading.skills.as_deref(), Some("Rust"));
    }

    #[test]
    fn an_object_without_sections_is_no_resume() {
        assert_eq!(read(&json!({"cv": "text"})).expect_err("a refusal").kind(), ErrorKind::Invalid);
    }

    #[test]
    fn a_job_without_an_end_lasts_and_one_with_a_strange_end_has_no_span() {
        let work = |start: &str, end: &str| Work { start_date: start.into(), end_date: end.into(), ..Work::default() };
        assert!(work("2020-01", "").job().span.is_some_and(|span| span.end.is_none()));
        let strange = work("2020-01", "last summer").job();
        assert_eq!((strange.span, strange.unreadable.as_deref()), (None, Some("last summer")));
    }
}
