//! From where a remote job may be done, as read from whole postings.
//!
//! The labels are JSON lines `{"title", "places": ["…"], "remote"?: true, "text", "expected": [{"countries"?: ["US"], "areas"?: ["Europe"],
//! "anywhere"?: true}]}`. `remote` is what a field of the source says; an expected answer without anything says that the posting does not
//! say; any of several answers is right. Countries are ISO 3166-1 alpha-2 codes; those of an area with agreed members are listed.

use std::collections::BTreeMap;

use pipeline_core::eval::{Evaluation, Metric};
use pipeline_core::source::{RawPlace, RawPosting, Remote, Stated};
use pipeline_core::{Error, Result};
use serde::Deserialize;
use serde_json::json;

use crate::Readers;
use crate::eligibility::{self, Eligibility};
use crate::work;

#[derive(Deserialize)]
struct Label {
    title: String,
    #[serde(default)]
    places: Vec<String>,
    #[serde(default)]
    remote: Option<bool>,
    text: String,
    expected: Vec<Answer>,
    #[serde(default)]
    id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, serde::Serialize)]
struct Answer {
    #[serde(default)]
    countries: Vec<String>,
    #[serde(default)]
    areas: Vec<String>,
    #[serde(default)]
    anywhere: bool,
}

impl Answer {
    fn says(&self) -> bool {
        !self.countries.is_empty() || !self.areas.is_empty() || self.anywhere
    }
}

/// `exact`: the share of postings whose countries and "anywhere" are as labelled, and whose areas are where no country follows from
/// them; `said`: the same among postings that are labelled as saying something; `wrong`: the share of postings of which another
/// country, area or "anywhere" was read than one labelled; `made_up`: the share with something read among those that do not say.
///
/// # Errors
/// `Invalid` when a line is no label.
pub fn evaluate(readers: &Readers, labels: &str) -> Result<Evaluation> {
    let (mut exact, mut said, mut wrong, mut made_up, mut errors) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (index, line) in labels.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let invalid = |error| Error::invalid(format!("line {} is no label of eligibility", index + 1)).because(error);
        let label: Label = serde_json::from_str(line).map_err(invalid)?;
        let (read, answer) = read(readers, &label);
        let right = label.expected.iter().any(|expected| same(&answer, expected));
        let speaks = label.expected.iter().all(Answer::says);
        exact.push(right);
        if speaks {
            said.push(right);
        } else if label.expected.iter().all(|expected| !expected.says()) {
            made_up.push(answer.says());
        }
        wrong.push(!right && answer.says());
        if !right {
            let facts: Vec<_> =
                read.facts.iter().map(|fact| json!([fact.kind, fact.value, fact.quote, fact.rule])).collect();
            errors.push(json!({"id": label.id, "title": label.title, "places": label.places, "expected": label.expected, "found": answer, "facts": facts}));
        }
    }
    let metrics: BTreeMap<String, Metric> =
        [("exact", &exact), ("said", &said), ("wrong", &wrong), ("made_up", &made_up)]
            .into_iter()
            .filter(|(_, items)| !items.is_empty())
            .map(|(name, items)| (name.to_owned(), Metric::share(items)))
            .collect();
    Ok(Evaluation { subject: "eligibility".to_owned(), n: exact.len() as u64, metrics, errors })
}

fn read(readers: &Readers, label: &Label) -> (Eligibility, Answer) {
    let raw = RawPosting {
        title: label.title.clone(),
        places: label.places.iter().map(|place| RawPlace::text(place, "location")).collect(),
        remote: label.remote.filter(|remote| *remote).map(|_| Stated::new(Remote::Remote, "isRemote")),
        ..RawPosting::default()
    };
    let remote = work::remote(&raw, &label.title, &label.text);
    let found = eligibility::read(&readers.places, &raw, &label.title, &label.text, remote.as_ref());
    let answer = Answer { countries: found.countries.clone(), areas: found.areas.clone(), anywhere: found.anywhere };
    (found, answer)
}

/// Whether `read` is the answer: areas count where no country follows from them.
fn same(read: &Answer, expected: &Answer) -> bool {
    let areas = !expected.countries.is_empty() || expected.areas.iter().all(|area| read.areas.contains(area));
    read.countries == expected.countries
        && read.anywhere == expected.anywhere
        && areas
        && (expected.says() || !read.says())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_and_read_is_made_up() {
        let lines = r#"{"title": "Cook", "places": ["Remote - US"], "remote": true, "text": "", "expected": [{"countries": ["US"]}]}
            {"title": "Cook", "places": ["Remote - US"], "remote": true, "text": "", "expected": [{}]}"#;
        let found = evaluate(&Readers::new(), lines).expect("labels");
        assert_eq!((found.n, found.metrics["said"].value, found.metrics["made_up"].value), (2, 1.0, 1.0));
        assert!(evaluate(&Readers::new(), "{}").is_err());
    }
}
