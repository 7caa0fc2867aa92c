//! Places read from their text alone.
//!
//! The labels are JSON lines `{"text", "kind"?, "country"?, "region"?, "city"?, "geoname_id"?}`, or `{"text", "places": [{...}]}` where
//! the text names several places, in its order. `kind` is `city`, `region`, `country`, `area`, `anywhere`, `unstated` (the text says how
//! the work is done and not where) or `none` (it is about something else); with it, a city that is not labelled is one that must not
//! be read. Where several answers are right, `kind`, `country` and `city` are lists, in which `null` stands for "none". Reading any of
//! `places` first is right; `every` asks for all of them. A JSON document `{"jobs": [...]}`, or JSON lines of postings, with `location`
//! and `address.postalAddress` as Ashby's boards answer is taken as well; its address is the label. `text` may be called `location`,
//! and one label `gold`.

use std::collections::BTreeMap;

use pipeline_core::eval::{Evaluation, Metric};
use pipeline_core::{Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Readers;
use crate::place::{Kind, Place};

/// One right answer or several; `None` is "none of it".
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Answers {
    Several(Vec<Option<String>>),
    One(String),
}

impl Answers {
    fn any(&self, right: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::One(answer) => right(answer),
            Self::Several(answers) => answers.iter().flatten().any(|answer| right(answer)),
        }
    }

    /// Whether having none is right, too.
    fn optional(&self) -> bool {
        matches!(self, Self::Several(answers) if answers.iter().any(Option::is_none))
    }
}

/// A place that a text names, by the label.
#[derive(Clone, Debug, Default, Deserialize)]
struct Gold {
    #[serde(default)]
    kind: Option<Answers>,
    #[serde(default)]
    country: Option<Answers>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    city: Option<Answers>,
    #[serde(default)]
    geoname_id: Option<i64>,
}

impl Gold {
    /// Whether the text names no place and says nothing of how the work is done.
    fn is_none(&self) -> bool {
        match &self.kind {
            Some(kind) => kind.any(|kind| kind == "none"),
            None => self.country.is_none() && self.city.is_none(),
        }
    }
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
    kind: Verdict,
    labelled: bool,
    resolved: bool,
    /// Of a text whose label says of what kind it is and names no city: whether one was read.
    city_invented: Option<bool>,
    /// Whether something was read of a text that names no place.
    invented: bool,
}

/// Of the texts with a labelled value of which something was read: `country`, `city`, `region` and `kind`, the shares read right.
/// `country_wrong` and `city_wrong`: shares of all texts with another value than a labelled one; `country_recall` and
/// `city_recall`: right among all texts with a labelled value; `unresolved`: the share of texts that name a place of which
/// nothing was read; `invented`: the share of texts labelled as naming no place of which a place was read; `city_invented`: the share
/// of texts labelled with a kind and no city of which a city was read; `every`: the share of texts labelled with kinds of which
/// exactly the labelled cities, regions and countries were read, each once.
///
/// # Errors
/// `Invalid` when `labels` are neither labels nor postings.
pub fn evaluate(readers: &Readers, labels: &str) -> Result<Evaluation> {
    let labels = read(labels)?;
    let (mut judged, mut every, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for label in &labels {
        let found = readers.places.read_text(&label.text);
        let verdict = judge(readers, &found, &label.gold);
        if label.gold.iter().any(|gold| gold.kind.is_some()) {
            every.push(all_read(readers, &readers.places.read_all(&label.text), &label.gold));
        }
        let bad = |verdict| matches!(verdict, Verdict::Wrong | Verdict::Missed);
        let columns = [verdict.country, verdict.city, verdict.geoname_id, verdict.kind];
        let partial = every.last() == Some(&false) && label.gold.iter().any(|gold| gold.kind.is_some());
        let unasked = verdict.city_invented == Some(true) || verdict.invented;
        if columns.into_iter().any(bad) || partial || unasked {
            let shown = |answers: &Option<Answers>| match answers {
                Some(Answers::One(answer)) => json!(answer),
                Some(Answers::Several(answers)) => json!(answers),
                None => Value::Null,
            };
            let gold: Vec<Value> = label
                .gold
                .iter()
                .map(|gold| {
                    json!([shown(&gold.city), gold.region, shown(&gold.country), gold.geoname_id, shown(&gold.kind)])
                })
                .collect();
            errors.push(json!({"text": label.text, "gold": gold, "found": [found.city, found.region, found.country,
                found.geoname_id, found.kind.name()], "rule": found.rule, "only_in_list": !columns.into_iter().any(bad) && !unasked}));
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
    let flagged = |column: fn(&Judged) -> Option<bool>| share(&judged.iter().filter_map(column).collect::<Vec<_>>());
    let unresolved: Vec<bool> = judged.iter().filter(|item| item.labelled).map(|item| !item.resolved).collect();
    let invented: Vec<bool> = judged.iter().filter(|item| !item.labelled).map(|item| item.invented).collect();
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
        ("kind".to_owned(), of(|item| item.kind, true)),
        ("city_invented".to_owned(), flagged(|item| item.city_invented)),
        ("every".to_owned(), share(&every)),
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
        let country = gold.country.as_ref().map(|gold| is_country(readers, found, gold));
        let by_id = gold.geoname_id.zip(found.geoname_id).map(|(gold, found)| gold == found);
        let city = gold.city.as_ref().map(|gold| by_id == Some(true) || is_city(readers, found, gold));
        let kind = gold.kind.as_ref().filter(|_| !gold.is_none());
        let kind = kind.map(|gold| gold.any(|kind| kind == found.kind.name()));
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
            kind: verdict(kind, found.kind != Kind::Unknown),
            labelled: !gold.is_none(),
            resolved: if gold.kind.is_some() { found.kind != Kind::Unknown } else { !found.is_unknown() },
            city_invented: gold.kind.as_ref().filter(|_| gold.city.is_none()).map(|_| found.city.is_some()),
            invented: gold.is_none() && !found.is_unknown(),
        }
    };
    let right = |judged: &Judged| {
        [judged.country, judged.city, judged.region, judged.geoname_id, judged.kind]
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

fn is_country(readers: &Readers, found: &Place, gold: &Answers) -> bool {
    gold.any(|gold| found.country.as_deref() == Some(readers.places.country(gold).unwrap_or(gold)))
        || gold.optional() && found.country.is_none()
}

fn is_city(readers: &Readers, found: &Place, gold: &Answers) -> bool {
    gold.any(|gold| found.city.as_deref().is_some_and(|city| readers.places.same_city(city, gold)))
        || gold.optional() && found.city.is_none()
}

/// Whether `found` are the places that the label names, each of them and nothing else.
fn all_read(readers: &Readers, found: &[Place], gold: &[Gold]) -> bool {
    let same = |place: &Place, gold: &Gold| {
        gold.country.as_ref().is_none_or(|country| is_country(readers, place, country))
            && gold.city.as_ref().map_or(place.city.is_none(), |city| is_city(readers, place, city))
            && match (&gold.region, &place.region) {
                (Some(gold), Some(region)) => region.eq_ignore_ascii_case(gold),
                (Some(_), None) => gold.city.is_some(),
                (None, _) => true,
            }
    };
    let on_the_map = |gold: &&Gold| gold.country.is_some() || gold.city.is_some();
    gold.iter().filter(on_the_map).all(|gold| found.iter().any(|place| same(place, gold)))
        && found.iter().all(|place| gold.iter().filter(on_the_map).any(|gold| same(place, gold)))
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
                city: field("addressLocality").filter(|city| *city != country).map(Answers::One),
                country: Some(Answers::One(country)),
                ..Gold::default()
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
        assert!(!found.metrics.contains_key("kind"));
        assert_eq!((found.n, found.metrics["country"].value, found.metrics["invented"].value), (3, 1.0, 0.0));
        let board = r#"{"jobs": [{"location": "Boston", "address": {"postalAddress":
            {"addressLocality": "Lyon", "addressCountry": "France"}}}]}"#;
        let found = evaluate(&readers, board).expect("a board");
        assert_eq!((found.metrics["country"].value, found.metrics["city_wrong"].value), (0.0, 1.0));
        assert!(evaluate(&readers, "{").is_err());
    }
}
