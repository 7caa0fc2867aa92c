//! Occupations of titles.
//!
//! The labels are JSON lines `{"title", "esco"}`, or a CSV or TSV file whose header names the columns: the title is in `title`, `job_title`,
//! `jobtitle` or `vacancy`; the occupation, by ESCO id, address or preferred label, in `esco`, `esco_uri`, `uri`, `esco_id`, `occupation` or
//! `label`. Several lines of one title are several right answers.

use std::collections::BTreeMap;

use pipeline_core::eval::{Evaluation, Metric};
use pipeline_core::{Error, Result};
use serde_json::{Value, json};

use crate::Readers;
use crate::occupation::ESCO;

/// Occupations that are looked at for the reciprocal rank.
const DEEPEST: usize = 1_000;

const TITLES: &[&str] = &["title", "job_title", "jobtitle", "vacancy"];
const OCCUPATIONS: &[&str] = &["esco", "esco_uri", "uri", "esco_id", "occupation", "label"];

/// `mrr`: the mean of one over the rank of the first right occupation. `recall_at_5`: the share of titles with a right one among five.
/// Titles whose label names no occupation of ESCO are not counted; `errors` names them.
///
/// # Errors
/// `Invalid` when the file has another form.
pub fn evaluate(_: &Readers, text: &str) -> Result<Evaluation> {
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut errors = Vec::new();
    for (title, name) in pairs(text)? {
        match ESCO.named(&name) {
            Some(occupation) => wanted.entry(title).or_default().push(occupation.id.clone()),
            None => errors.push(json!({"title": title, "no_such_occupation": name})),
        }
    }
    let mut ranks: Vec<Option<usize>> = Vec::new();
    for (title, right) in &wanted {
        let ranked = ESCO.rank(title, DEEPEST);
        let rank = ranked.iter().position(|(found, _)| right.contains(&found.id));
        if rank != Some(0) {
            let found: Vec<&str> = ranked.iter().take(5).map(|(found, _)| found.label.as_str()).collect();
            let right: Vec<&str> = right.iter().filter_map(|id| Some(ESCO.named(id)?.label.as_str())).collect();
            errors.push(json!({"title": title, "right": right, "rank": rank.map(|rank| rank + 1), "found": found}));
        }
        ranks.push(rank);
    }
    let mrr = Metric::bootstrap(&ranks, |ranks| {
        let (n, sum) = ranks
            .fold((0_u64, 0.0), |(n, sum), rank| (n + 1, sum + rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0))));
        if n == 0 { 0.0 } else { sum / n as f64 }
    });
    let among_five = Metric::share(&ranks.iter().map(|rank| rank.is_some_and(|rank| rank < 5)).collect::<Vec<_>>());
    let metrics = BTreeMap::from([("mrr".to_owned(), mrr), ("recall_at_5".to_owned(), among_five)]);
    Ok(Evaluation { subject: "title".to_owned(), n: ranks.len() as u64, metrics, errors })
}

/// Titles and the occupations that they are labelled with.
fn pairs(text: &str) -> Result<Vec<(String, String)>> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') { lines(text) } else { columns(text) }
}

fn lines(text: &str) -> Result<Vec<(String, String)>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            let broken = || Error::invalid(format!("line {} is no label of a title", index + 1));
            let label: Value = serde_json::from_str(line).map_err(|error| broken().because(error))?;
            let field = |names: &[&str]| names.iter().find_map(|name| label[name].as_str()).map(str::to_owned);
            field(TITLES).zip(field(OCCUPATIONS)).ok_or_else(broken)
        })
        .collect()
}

fn columns(text: &str) -> Result<Vec<(String, String)>> {
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.contains('\t') { b'\t' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let broken = |error| Error::invalid("the labels of titles are no table").because(error);
    let names: Vec<String> = reader.headers().map_err(broken)?.iter().map(|name| name.trim().to_lowercase()).collect();
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
            pairs.push((title.to_owned(), occupation.to_owned()));
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_labels_is_measured_alike() {
        let readers = Readers::new();
        let csv = "job_title,esco_uri\nData scientist (m/f/d),data scientist\nPlumber,no such thing\n";
        let tsv = "title\tlabel\nData scientist (m/f/d)\tdata scientist\n";
        let json = "{\"title\": \"Data scientist (m/f/d)\", \"esco\": \"data scientist\"}\n";
        for labels in [csv, tsv, json] {
            let found = evaluate(&readers, labels).unwrap();
            assert_eq!((found.n, found.metrics["mrr"].value), (1, 1.0), "{labels}");
        }
        assert_eq!(evaluate(&readers, csv).unwrap().errors.len(), 1);
        assert!(evaluate(&readers, "a,b\n1,2\n").is_err() && evaluate(&readers, "{\"title\": 1}").is_err());
    }
}
