//! Places read from their text alone.
//!
//! The labels are JSON lines `{"text", "country", "region"?, "city", "geoname_id"?}`, or `{"text", "places": [{…}]}` where the text
//! names several places and reading any of them first is right. A JSON document `{"jobs": […]}`, or JSON lines of postings, with
//! `location` and `address.postalAddress` as Ashby's boards answer is taken as well; its address is the label.

use std::collections::BTreeMap;

use pipeline_core::eval::{Evaluation, Metric};
use pipeline_core::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Readers;
use crate::place::Place;

/// A place that a text names, by the label.
#[derive(Clone, Debug, Default, Deserialize)]
struct Gold {
    #[serde(default)]
    country: Option<String>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    city: Option<String>,
    #[serde(default)]
    geoname_id: Option<i64>,
}

struct Label {
    text: String,
    gold: Vec<Gold>,
}

/// How one column of one text was read.
#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Right,
    Wrong,
    Missed,
    /// The label has no value, and none was read.
    Nothing,
}

/// What was read of one text.
struct Judged {
    country: Verdict,
    city: Verdict,
    region: Verdict,
    geoname_id: Verdict,
    labelled: bool,
    resolved: bool,
}

/// Of the texts with a labelled value of which something was read: `country`, `city` and `region`, the shares read right.
/// `country_wrong` and `city_wrong`: shares of all texts with another value than a labelled one; `country_recall` and
/// `city_recall`: right among all texts with a labelled value; `unresolved`: the share of texts with a labelled country or city of
/// which nothing was read; `invented`: the share of texts labelled as naming no place of which a country or city was read.
///
/// # Errors
/// `Invalid` when `labels` are neither labels nor postings.
pub fn evaluate(readers: &Readers, labels: &str) -> Result<Evaluation> {
    let labels = read(labels)?;
    let (mut judged, mut errors) = (Vec::new(), Vec::new());
    for label in &labels {
        let found = readers.places.read_text(&label.text);
        let verdict = judge(readers, &found, &label.gold);
        let bad = |verdict| matches!(verdict, Verdict::Wrong | Verdict::Missed);
        if bad(verdict.country) || bad(verdict.city) || bad(verdict.geoname_id) {
            let gold: Vec<Value> =
                label.gold.iter().map(|gold| json!([gold.city, gold.region, gold.country, gold.geoname_id])).collect();
            errors.push(json!({"text": label.text, "gold": gold,
                "found": [found.city, found.region, found.country, found.geoname_id], "rule": found.rule}));
        }
        judged.push(verdict);
    }
    let of = |column: fn(&Judged) -> Verdict, resolved: bool| {
        let items: Vec<bool> = judged
            .iter()
            .filter(|item| (item.resolved || !resolved) && item.labelled)
            .map(column)
            .filter(|verdict| *verdict != Verdict::Nothing)
            .map(|verdict| verdict == Verdict::Right)
            .collect();
        share(&items)
    };
    let wrong = |column: fn(&Judged) -> Verdict| {
        share(&judged.iter().map(|item| column(item) == Verdict::Wrong).collect::<Vec<_>>())
    };
    let unresolved: Vec<bool> = judged.iter().filter(|item| item.labelled).map(|item| !item.resolved).collect();
    let invented: Vec<bool> = judged.iter().filter(|item| !item.labelled).map(|item| item.resolved).collect();
    let metrics = [
        ("country".to_owned(), of(|item| item.country, true)),
        ("country_recall".to_owned(), of(|item| item.country, false)),
        ("country_wrong".to_owned(), wrong(|item| item.country)),
        ("city".to_owned(), of(|item| item.city, true)),
        ("city_recall".to_owned(), of(|item| item.city, false)),
        ("city_wrong".to_owned(), wrong(|item| item.city)),
        ("region".to_owned(), of(|item| item.region, true)),
        ("geoname_id".to_owned(), of(|item| item.geoname_id, true)),
        ("unresolved".to_owned(), share(&unresolved)),
        ("invented".to_owned(), share(&invented)),
    ];
    // What no label of the file says is not measured, which is something else than 0.
    let metrics: BTreeMap<String, Metric> =
        metrics.into_iter().filter_map(|(name, metric)| Some((name, metric?))).collect();
    Ok(Evaluation { subject: "place".to_owned(), n: judged.len() as u64, metrics, errors })
}

fn share(items: &[bool]) -> Option<Metric> {
    (!items.is_empty()).then(|| Metric::share(items))
}

/// `found` against the alternatives of a label: the one that it fits best counts.
fn judge(readers: &Readers, found: &Place, gold: &[Gold]) -> Judged {
    let verdict = |labelled: Option<bool>, read: bool| match (labelled, read) {
        (Some(true), _) => Verdict::Right,
        (Some(false), true) => Verdict::Wrong,
        (Some(false), false) => Verdict::Missed,
        (None, _) => Verdict::Nothing,
    };
    let one = |gold: &Gold| {
        let country = gold.country.as_deref().map(|gold| {
            let gold = readers.places.country(gold).unwrap_or(gold);
            found.country.as_deref() == Some(gold)
        });
        let by_id = gold.geoname_id.zip(found.geoname_id).map(|(gold, found)| gold == found);
        let city = gold.city.as_deref().map(|gold| {
            by_id == Some(true) || found.city.as_deref().is_some_and(|city| readers.places.same_city(city, gold))
        });
        let region = gold.region.as_deref().map(|gold| {
            let read = |text: &str| readers.places.read_within(text, found.country.as_deref().unwrap_or_default());
            found
                .region
                .as_deref()
                .is_some_and(|region| region.eq_ignore_ascii_case(gold) || read(gold).region.as_deref() == Some(region))
        });
        Judged {
            country: verdict(country, found.country.is_some()),
            city: verdict(city, found.city.is_some()),
            region: verdict(region, found.region.is_some()),
            geoname_id: verdict(by_id.or(gold.geoname_id.map(|_| false)), found.geoname_id.is_some()),
            labelled: gold.country.is_some() || gold.city.is_some(),
            resolved: !found.is_unknown(),
        }
    };
    let right = |judged: &Judged| {
        [judged.country, judged.city, judged.region, judged.geoname_id]
            .iter()
            .map(|verdict| match verdict {
                Verdict::Right => 0,
                Verdict::Nothing => 1,
                Verdict::Missed => 10,
                Verdict::Wrong => 11,
            })
            .sum::<i32>()
    };
    gold.iter().map(one).min_by_key(right).unwrap_or_else(|| one(&Gold::default()))
}

fn read(labels: &str) -> Result<Vec<Label>> {
    if let Ok(Value::Object(board)) = serde_json::from_str::<Value>(labels)
        && let Some(Value::Array(jobs)) = board.get("jobs")
    {
        return Ok(jobs.iter().flat_map(posting).collect());
    }
    let mut out = Vec::new();
    for (index, line) in labels.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let invalid = || Error::invalid(format!("line {} is no label of a place", index + 1));
        let value: Value = serde_json::from_str(line).map_err(|error| invalid().because(error))?;
        if value.get("address").is_some() || value.get("jobs").is_some() {
            let jobs = value.get("jobs").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![value.clone()]);
            out.extend(jobs.iter().flat_map(posting));
            continue;
        }
        let text = ["text", "location"].iter().find_map(|key| value.get(key)?.as_str()).ok_or_else(invalid)?;
        let gold = match value.get("places").or_else(|| value.get("gold")) {
            Some(places @ Value::Array(_)) => {
                serde_json::from_value(places.clone()).map_err(|error| invalid().because(error))?
            }
            Some(place @ Value::Object(_)) => {
                vec![serde_json::from_value(place.clone()).map_err(|error| invalid().because(error))?]
            }
            _ => vec![serde_json::from_value(value.clone()).map_err(|error| invalid().because(error))?],
        };
        out.push(Label { text: text.to_owned(), gold });
    }
    Ok(out)
}

/// The places of a posting of Ashby's: each text with the address beside it.
fn posting(job: &Value) -> Vec<Label> {
    let secondary = job.get("secondaryLocations").and_then(Value::as_array).into_iter().flatten();
    std::iter::once(job)
        .chain(secondary)
        .filter_map(|place| {
            let text = place.get("location")?.as_str()?.trim();
            let address = place.get("address")?.get("postalAddress")?;
            let field = |key: &str| {
                let value = address.get(key)?.as_str()?.trim();
                (!value.is_empty()).then(|| value.to_owned())
            };
            let country = field("addressCountry")?;
            let gold = Gold {
                // "United Kingdom" as a city is the country said twice.
                city: field("addressLocality").filter(|city| *city != country),
                region: None,
                country: Some(country),
                geoname_id: None,
            };
            (!text.is_empty()).then(|| Label { text: text.to_owned(), gold: vec![gold] })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_boards_are_measured_alike() {
        let readers = Readers::new();
        let lines = "{\"text\": \"Berlin\", \"country\": \"DE\", \"city\": \"Berlin\"}\n\
            {\"text\": \"Paris or London\", \"places\": [{\"country\": \"GB\", \"city\": \"London\"}, {\"country\": \"FR\"}]}\n\
            {\"text\": \"Remote\", \"country\": null, \"city\": null}";
        let found = evaluate(&readers, lines).expect("labels");
        assert_eq!((found.n, found.metrics["country"].value, found.metrics["invented"].value), (3, 1.0, 0.0));
        let board = r#"{"jobs": [{"location": "Boston", "address": {"postalAddress":
            {"addressLocality": "Lyon", "addressCountry": "France"}}}]}"#;
        let found = evaluate(&readers, board).expect("a board");
        assert_eq!((found.metrics["country"].value, found.metrics["city_wrong"].value), (0.0, 1.0));
        assert!(evaluate(&readers, "{").is_err());
    }
}
