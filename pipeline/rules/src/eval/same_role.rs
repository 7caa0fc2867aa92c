//! Whether postings of one vacancy become one role, and others stay apart.
//!
//! The labels are JSON lines `{"a": {…}, "b": {…}, "same", "why", "stratum"?}`. A posting is `{"source", "company", "title", "place",
//! "text", "id"?, "html"?, "url"?, "pay"?, "department"?}`: `place` is a list or one string; postings with the same source and id are
//! one. All postings of a file are resolved together, as they would be in a table, so that links through third ones count.

use std::collections::BTreeMap;

use pipeline_core::eval::{Counts, Evaluation, Metric, ratio};
use pipeline_core::source::{Markup, RawPay, RawPlace, RawPosting, Section};
use pipeline_core::{Error, Result};
use schemas::Micros;
use schemas::tables::{FetchRow, PostingRow};
use serde::Deserialize;
use serde_json::json;

use crate::resolve::{Evidence, resolve};
use crate::{Readers, record};

#[derive(Deserialize)]
struct Label {
    a: Posting,
    b: Posting,
    same: bool,
    #[serde(default)]
    why: String,
    #[serde(default)]
    stratum: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Places {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Posting {
    source: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    company: Option<String>,
    title: String,
    #[serde(default)]
    place: Option<Places>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    html: bool,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    pay: Option<String>,
    #[serde(default)]
    department: Option<String>,
}

impl Posting {
    /// What identifies it among the postings of the file; without an id its place in the file does.
    fn key(&self, line: usize, side: char) -> String {
        self.id.as_ref().map_or_else(|| format!("{line}{side}"), |id| format!("{}/{id}", self.source))
    }

    fn row(&self, readers: &Readers, key: &str) -> PostingRow {
        let places: &[String] = match &self.place {
            Some(Places::One(one)) => std::slice::from_ref(one),
            Some(Places::Many(many)) => many,
            None => &[],
        };
        let markup = if self.html { Markup::Html } else { Markup::Plain };
        let raw = RawPosting {
            external_id: key.to_owned(),
            title: self.title.clone(),
            company: self.company.clone(),
            places: places.iter().map(|place| RawPlace::text(place, "place")).collect(),
            pay: self.pay.iter().map(|pay| RawPay { text: Some(pay.clone()), ..RawPay::default() }).collect(),
            department: self.department.clone(),
            sections: vec![Section { body: self.text.clone(), markup, ..Section::default() }],
            url: self.url.clone(),
            ..RawPosting::default()
        };
        let fetch = FetchRow {
            source: self.source.clone(),
            board: self.company.clone().unwrap_or_default(),
            fetched_at: Micros(0),
            ..FetchRow::default()
        };
        record::posting(readers, &fetch, 0, raw, key.to_owned(), "1".to_owned(), crate::METHOD)
    }
}

/// `precision`, `recall` and `f1` of pairs found to be one role; `destructive`: the share of the different pairs that became one.
///
/// # Errors
/// `Invalid` when a line is no label.
pub fn evaluate(readers: &Readers, labels: &str) -> Result<Evaluation> {
    let mut pairs = Vec::new();
    let mut rows: BTreeMap<String, PostingRow> = BTreeMap::new();
    for (index, line) in labels.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let label: Label = serde_json::from_str(line)
            .map_err(|error| Error::invalid(format!("line {} is no label of a pair", index + 1)).because(error))?;
        let keys = [label.a.key(index, 'a'), label.b.key(index, 'b')];
        for (posting, key) in [&label.a, &label.b].into_iter().zip(&keys) {
            rows.entry(key.clone()).or_insert_with(|| posting.row(readers, key));
        }
        pairs.push((label, keys));
    }
    let (mut role_of, mut facts) = (BTreeMap::new(), BTreeMap::new());
    let rows: Vec<PostingRow> = rows.into_values().collect();
    for role in resolve("00", rows, &BTreeMap::new(), &BTreeMap::new(), &Evidence::default(), Micros(0)) {
        for id in role.posting_ids {
            role_of.insert(id, role.role_id.clone());
        }
        facts.insert(role.role_id, (role.link_facts.0, role.related.0));
    }
    let (mut counts, mut merged, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for (label, [a, b]) in &pairs {
        let found = a != b && role_of.get(a) == role_of.get(b);
        counts.push(Counts {
            right: u64::from(found && label.same),
            wrong: u64::from(found && !label.same),
            missed: u64::from(!found && label.same),
        });
        if !label.same {
            merged.push(found);
        }
        if found != label.same {
            let role = role_of.get(a).and_then(|id| facts.get(id));
            errors.push(json!({"a": label.a.title, "b": label.b.title, "company": label.a.company, "ids": [a, b],
                "same": label.same, "why": label.why, "stratum": label.stratum,
                "links": role.map(|role| if found { &role.0 } else { &role.1 })}));
        }
    }
    let mut metrics = Counts::metrics(&counts);
    let destructive = Metric::bootstrap(&merged, |items| {
        let (n, yes) = items.fold((0, 0), |(n, yes), item| (n + 1, yes + u64::from(*item)));
        ratio(yes, n)
    });
    metrics.insert("destructive".to_owned(), destructive);
    Ok(Evaluation { subject: "same-role".to_owned(), n: pairs.len() as u64, metrics, errors })
}
