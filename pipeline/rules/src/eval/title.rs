//! Occupations of titles.
//!
//! The labels are JSON lines, or a CSV or TSV file whose header names the columns (in any case). The title is in `title`, `job_title`,
//! `jobtitle`, `vacancy`, `query`, `query_text`, `mention`, `source`, `name` or `text`; the right occupations are in `esco`, `esco_uri`,
//! `esco_uris`, `esco_id`, `esco_ids`, `esco_code_uri`, `concept_uri`, `concepturi`, `uri`, `uris`, `relevant`, `relevant_ids`, `targets`,
//! `target`, `entities`, `occupation`, `occupation_uri` or `label`, the first of these that is there. Each is named by its ESCO id, its
//! address, its preferred label, or another of its labels (then all occupations of that label are right). Several right answers are a
//! JSON list, several fields by `|` or `;` in a table where each part names an occupation, or several lines of one title. A line with
//! `"esco": []` says that the title names no occupation; it counts for `linked` and the precisions alone. A JSON document that is one list of such
//! objects is taken as well.

use std::collections::BTreeMap;

use pipeline_core::eval::{Evaluation, Metric};
use pipeline_core::{Error, Result};
use serde_json::{Value, json};

use crate::Readers;
use crate::occupation::{self, ESCO};

/// Occupations that are looked at for the reciprocal rank.
const DEEPEST: usize = 1_000;

const TITLES: &[&str] =
    &["title", "job_title", "jobtitle", "vacancy", "query", "query_text", "mention", "source", "name", "text"];
const OCCUPATIONS: &[&str] = &[
    "esco",
    "esco_uri",
    "esco_uris",
    "esco_id",
    "esco_ids",
    "esco_code_uri",
    "concept_uri",
    "concepturi",
    "uri",
    "uris",
    "relevant",
    "relevant_ids",
    "targets",
    "target",
    "entities",
    "occupation",
    "occupation_uri",
    "label",
];

/// A title with what it is labelled with.
type Labelled = (String, Vec<String>);

/// How one title was read.
struct Judged {
    /// Place of the first right occupation, from 0.
    rank: Option<usize>,
    /// Whether the occupation, and the ISCO group, that are sure enough to be told are right; `None` when none is told.
    told: [Option<bool>; 2],
    /// Whether the label names an occupation.
    labelled: bool,
}

/// Of the titles with a labelled occupation, `mrr`: the mean of one over the rank of the first right one; `recall_at_1` and
/// `recall_at_5`: the shares with a right one first, or among five. Of all titles, `linked`: the share whose occupation is sure enough
/// to be told; `link_precision`: the share of those that are right; `isco_precision`: the same of ISCO groups. Titles whose label names
/// no occupation of ESCO are not counted; `errors` names them.
///
/// # Errors
/// `Invalid` when the file has another form.
pub fn evaluate(_: &Readers, text: &str) -> Result<Evaluation> {
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut errors = Vec::new();
    for (title, names) in labels(text)? {
        let mut known: Vec<String> = Vec::new();
        for name in &names {
            let found = ESCO.labelled(name);
            if found.is_empty() {
                errors.push(json!({"title": title, "no_such_occupation": name}));
            }
            known.extend(found.into_iter().map(|occupation| occupation.id.clone()));
        }
        if names.is_empty() || !known.is_empty() {
            wanted.entry(title).or_default().extend(known);
        }
    }
    let judged: Vec<Judged> = wanted.iter().map(|(title, right)| judge(title, right, &mut errors)).collect();
    let labelled: Vec<Option<usize>> = judged.iter().filter(|one| one.labelled).map(|one| one.rank).collect();
    let mrr = Metric::bootstrap(&labelled, |ranks| {
        let (n, sum) = ranks
            .fold((0_u64, 0.0), |(n, sum), rank| (n + 1, sum + rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0))));
        if n == 0 { 0.0 } else { sum / n as f64 }
    });
    let among = |most: usize| {
        Metric::share(&labelled.iter().map(|rank| rank.is_some_and(|rank| rank < most)).collect::<Vec<_>>())
    };
    let told = |which: usize| judged.iter().filter_map(|one| one.told[which]).collect::<Vec<bool>>();
    let metrics = BTreeMap::from([
        ("mrr".to_owned(), mrr),
        ("recall_at_1".to_owned(), among(1)),
        ("recall_at_5".to_owned(), among(5)),
        ("linked".to_owned(), Metric::share(&judged.iter().map(|one| one.told[0].is_some()).collect::<Vec<_>>())),
        ("link_precision".to_owned(), Metric::share(&told(0))),
        ("isco_precision".to_owned(), Metric::share(&told(1))),
    ]);
    Ok(Evaluation { subject: "title".to_owned(), n: labelled.len() as u64, metrics, errors })
}

/// Reads `title`, whose right occupations are `right`; what is wrong goes to `errors`.
fn judge(title: &str, right: &[String], errors: &mut Vec<Value>) -> Judged {
    let ranked = ESCO.rank(title, DEEPEST);
    let rank = ranked.iter().position(|(found, _)| right.contains(&found.id));
    let reading = occupation::read(title);
    let told = reading.esco.map(|(occupation, _)| right.contains(&occupation.id));
    let groups: Vec<&str> = right.iter().filter_map(|id| Some(ESCO.named(id)?.isco.as_str())).collect();
    let group = reading.isco.map(|(isco, _)| groups.contains(&isco));
    if rank != Some(0) && !right.is_empty() || told == Some(false) {
        let found: Vec<&str> = ranked.iter().take(5).map(|(found, _)| found.label.as_str()).collect();
        let right: Vec<&str> = right.iter().filter_map(|id| Some(ESCO.named(id)?.label.as_str())).collect();
        let told = reading.esco.map(|(occupation, _)| occupation.label.as_str());
        errors.push(
            json!({"title": title, "right": right, "rank": rank.map(|rank| rank + 1), "found": found, "told": told}),
        );
    }
    Judged { rank, told: [told, group], labelled: !right.is_empty() }
}

/// Titles and the occupations that they are labelled with.
fn labels(text: &str) -> Result<Vec<Labelled>> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    match text.chars().next() {
        Some('[') => list(text),
        Some('{') => lines(text),
        _ => columns(text),
    }
}

fn list(text: &str) -> Result<Vec<Labelled>> {
    let broken = |error| Error::invalid("the labels of titles are no list").because(error);
    let list: Vec<Value> = serde_json::from_str(text).map_err(broken)?;
    list.iter().enumerate().map(|(index, label)| object(label).ok_or_else(|| no_label(index))).collect()
}

fn lines(text: &str) -> Result<Vec<Labelled>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            let label: Value = serde_json::from_str(line).map_err(|error| no_label(index).because(error))?;
            object(&label).ok_or_else(|| no_label(index))
        })
        .collect()
}

fn no_label(index: usize) -> Error {
    Error::invalid(format!("label {} is no label of a title", index + 1))
}

fn object(label: &Value) -> Option<Labelled> {
    let fields: BTreeMap<String, &Value> =
        label.as_object()?.iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
    let title = TITLES.iter().find_map(|name| fields.get(*name)?.as_str())?;
    let names = match OCCUPATIONS.iter().find_map(|name| fields.get(*name))? {
        Value::String(name) => parted(name),
        Value::Array(names) => names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        _ => return None,
    };
    Some((title.to_owned(), names))
}

fn columns(text: &str) -> Result<Vec<Labelled>> {
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.contains('\t') { b'\t' } else { b',' };
    // A quotation mark inside a field of a TSV file is no quoting.
    let quoting = delimiter == b',';
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).quoting(quoting).flexible(true).from_reader(text.as_bytes());
    let broken = |error| Error::invalid("the labels of titles are no table").because(error);
    let names: Vec<String> = reader
        .headers()
        .map_err(broken)?
        .iter()
        .map(|name| name.trim().to_lowercase().replace([' ', '-'], "_"))
        .collect();
    let column = |wanted: &[&str]| wanted.iter().find_map(|name| names.iter().position(|known| known == name));
    let (Some(title), Some(occupation)) = (column(TITLES), column(OCCUPATIONS)) else {
        return Err(
            Error::invalid("the table has no column title and no column esco").hint("see `waypost eval --help`")
        );
    };
    let mut pairs = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        if let (Some(title), Some(occupation)) = (record.get(title), record.get(occupation)) {
            pairs.push((title.to_owned(), parted(occupation)));
        }
    }
    Ok(pairs)
}

/// The names in one field: a JSON list, or parts by `|` or `;` when each of them names an occupation, else one name.
fn parted(field: &str) -> Vec<String> {
    let field = field.trim();
    if field.starts_with('[')
        && let Ok(names) = serde_json::from_str::<Vec<String>>(&field.replace('\'', "\""))
    {
        return names;
    }
    let parts: Vec<String> = field.split(['|', ';']).map(|part| part.trim().to_owned()).collect();
    let all_known = parts.len() > 1 && parts.iter().all(|part| !ESCO.labelled(part).is_empty());
    if all_known { parts } else { vec![field.to_owned()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_labels_is_measured_alike() {
        let readers = Readers::new();
        let csv = "job_title,esco_uri\nData scientist (m/f/d),data scientist\nPlumber,no such thing\n";
        let tsv = "Title\tLabel\nData scientist (m/f/d)\tdata scientist\n";
        let several = "query\trelevant\nData scientist (m/f/d)\tdata analyst|data scientist\n";
        let json = "{\"title\": \"Data scientist (m/f/d)\", \"esco\": \"data scientist\"}\n";
        let lists = "{\"query\": \"Data scientist (m/f/d)\", \"esco\": [\"data scientist\", \"waiter/waitress\"]}\n";
        let one_list = "[{\"mention\": \"Data scientist (m/f/d)\", \"ESCO_URIs\": [\"data scientist\"]}]";
        for labels in [csv, tsv, several, json, lists, one_list] {
            let found = evaluate(&readers, labels).unwrap();
            assert_eq!((found.n, found.metrics["mrr"].value), (1, 1.0), "{labels}");
        }
        assert_eq!(evaluate(&readers, csv).unwrap().errors.len(), 1);
        assert!(evaluate(&readers, "a,b\n1,2\n").is_err() && evaluate(&readers, "{\"title\": 1}").is_err());
    }

    #[test]
    fn another_label_names_all_its_occupations_and_none_is_an_answer() {
        let readers = Readers::new();
        let other = "{\"title\": \"data research scientist\", \"esco\": \"data research scientist\"}\n";
        assert_eq!(evaluate(&readers, other).unwrap().metrics["mrr"].value, 1.0);
        let none = evaluate(&readers, "{\"title\": \"Dream Job\", \"esco\": []}\n").unwrap();
        assert_eq!((none.n, none.metrics["linked"].value), (0, 0.0));
    }
}
