//! The contract of a source: which form its records have, and what happens when they come in another.
//!
//! A field that changed its type, one that no record has any more, and one that nobody knows each give a
//! [`Finding`]; what else happens is the field's own policy. So a vendor's change is told by the first run that meets
//! it, instead of showing weeks later as a column of nulls.

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::source::{Contract, Field, Finding, OnDrift, Reading, Record, Rejection};
use serde_json::Value;

/// The rule of a field that the contract does not know.
const NEW: &str = "field-new";
/// The rule of a field that every body has had, and no record of this one has.
const VANISHED: &str = "field-vanished";
/// The rule of a value whose type is none of those that the contract names.
const CHANGED: &str = "type-changed";
/// Longest example of a value, in characters.
const EXAMPLE: usize = 80;
/// Most findings of one body; more say no more.
const MOST: usize = 100;

/// Reads each record of `list` by `read`, in order, as far as `contract` lets it.
///
/// # Errors
/// When a field whose drift freezes the source has another type than the contract says.
pub(crate) fn read(contract: &Contract, list: &[Value], read: impl Fn(&Value) -> Record) -> Result<Reading, Rejection> {
    let mut check = Check { contract, found: BTreeMap::new(), seen: BTreeSet::new(), objects: 0 };
    let mut records = Vec::with_capacity(list.len());
    for value in list {
        records.push(match check.record(value)? {
            Drift::None => read(value),
            Drift::Value(cleaned) => read(&cleaned),
            Drift::Row(rejection) => Record::Rejected(rejection),
        });
    }
    Ok(Reading { records, findings: check.findings(), ..Reading::default() })
}

/// What one record's departures come to.
enum Drift {
    /// It is read as it is.
    None,
    /// It is read without some values.
    Value(Value),
    /// It is not read.
    Row(Rejection),
}

/// The departures of a body so far.
struct Check<'c> {
    contract: &'c Contract,
    found: BTreeMap<(String, &'static str), Finding>,
    seen: BTreeSet<&'static str>,
    objects: u64,
}

impl Check<'_> {
    fn record(&mut self, record: &Value) -> Result<Drift, Rejection> {
        let Value::Object(object) = record else { return Ok(Drift::None) };
        self.objects += 1;
        for (name, value) in object {
            if !self.knows(name) {
                self.note(name, NEW, self.contract.unknown, value);
            }
        }
        let mut dropped: Vec<&'static str> = Vec::new();
        let mut rejected = None;
        for field in self.contract.fields {
            let mut odd = None;
            let mut there = false;
            visit(record, field.path, &mut |value| {
                there |= !value.is_null();
                if odd.is_none() && !allows(field.types, value) {
                    odd = Some(value);
                }
            });
            if there {
                self.seen.insert(field.path);
            }
            let Some(value) = odd else { continue };
            self.note(field.path, CHANGED, field.on_drift, value);
            match field.on_drift {
                OnDrift::Evolve => {}
                OnDrift::DiscardValue => dropped.push(field.path),
                OnDrift::DiscardRow => rejected = rejected.or_else(|| Some(changed(field, value, record))),
                OnDrift::Freeze => return Err(changed(field, value, record)),
            }
        }
        Ok(match rejected {
            Some(rejection) => Drift::Row(rejection),
            None if dropped.is_empty() => Drift::None,
            None => Drift::Value(without(record, &dropped)),
        })
    }

    fn knows(&self, name: &str) -> bool {
        let first = |path: &'static str| path.split(['.', '[']).next().unwrap_or(path);
        self.contract.known.contains(&name) || self.contract.fields.iter().any(|field| first(field.path) == name)
    }

    fn note(&mut self, field: &str, rule: &'static str, policy: OnDrift, value: &Value) {
        let key = (field.to_owned(), rule);
        if let Some(finding) = self.found.get_mut(&key) {
            finding.records += 1;
        } else if self.found.len() < MOST {
            let example = value.to_string().chars().take(EXAMPLE).collect();
            self.found.insert(key, Finding { field: field.to_owned(), rule, policy, records: 1, example });
        }
    }

    fn findings(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.found.into_values().collect();
        if self.objects > 0 {
            let gone = self.contract.fields.iter().filter(|field| field.always && !self.seen.contains(field.path));
            findings.extend(gone.map(|field| Finding {
                field: field.path.to_owned(),
                rule: VANISHED,
                policy: field.on_drift,
                records: self.objects,
                example: format!("due: {}", field.types),
            }));
        }
        findings.sort_by(|a, b| (&a.field, a.rule).cmp(&(&b.field, b.rule)));
        findings
    }
}

fn changed(field: &Field, value: &Value, record: &Value) -> Rejection {
    let found: String = value.to_string().chars().take(EXAMPLE).collect();
    let reason = format!("`{}` should be {} and is {found}", field.path, field.types.replace('|', " or "));
    Rejection::of_json(CHANGED, reason, record).field(field.path)
}

/// Whether `value` is null or of one of `types`.
fn allows(types: &str, value: &Value) -> bool {
    let name = match value {
        Value::Null => return true,
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    types.split('|').any(|allowed| allowed == name)
}

/// Hands every value at the dotted `path` to `look`; where a step is missing there is none.
fn visit<'v>(value: &'v Value, path: &str, look: &mut impl FnMut(&'v Value)) {
    let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let (name, each) = step.strip_suffix("[]").map_or((step, false), |name| (name, true));
    let Some(next) = value.get(name) else { return };
    let mut go = |value: &'v Value| match rest {
        Some(rest) => visit(value, rest, look),
        None => look(value),
    };
    match next {
        Value::Array(items) if each => items.iter().for_each(go),
        _ if each => {}
        one => go(one),
    }
}

/// `record` without the values at `paths`.
fn without(record: &Value, paths: &[&str]) -> Value {
    let mut record = record.clone();
    for path in paths {
        remove(&mut record, path);
    }
    record
}

fn remove(value: &mut Value, path: &str) {
    let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let (name, each) = step.strip_suffix("[]").map_or((step, false), |name| (name, true));
    let Some(next) = value.get_mut(name) else { return };
    match (next, rest) {
        (Value::Array(items), Some(rest)) if each => items.iter_mut().for_each(|item| remove(item, rest)),
        (_, Some(_)) if each => {}
        (next, Some(rest)) => remove(next, rest),
        (next, None) => *next = Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use pipeline_core::source::RawPosting;
    use serde_json::json;

    use super::*;

    const fn field(path: &'static str, types: &'static str, always: bool, on_drift: OnDrift) -> Field {
        Field { path, types, always, on_drift }
    }

    static CONTRACT: Contract = Contract {
        fields: &[
            field("id", "number|string", true, OnDrift::DiscardRow),
            field("title", "string", true, OnDrift::DiscardRow),
            field("pay.min", "number", false, OnDrift::DiscardValue),
            field("places[].city", "string", false, OnDrift::DiscardValue),
            field("tags", "array", false, OnDrift::Evolve),
            field("version", "number", false, OnDrift::Freeze),
        ],
        unknown: OnDrift::Evolve,
        known: &["internal"],
    };

    /// The reading of `list` whose postings carry the record as read in their title.
    fn read_all(list: &Value) -> Result<Reading, Rejection> {
        let keep =
            |value: &Value| Record::Posting(Box::new(RawPosting { title: value.to_string(), ..RawPosting::default() }));
        read(&CONTRACT, list.as_array().expect("a list"), keep)
    }

    fn told(reading: &Reading) -> Vec<(&str, &str, u64)> {
        reading.findings.iter().map(|finding| (finding.field.as_str(), finding.rule, finding.records)).collect()
    }

    fn title(reading: &Reading, number: usize) -> &str {
        match &reading.records[number] {
            Record::Posting(posting) => &posting.title,
            Record::Rejected(rejection) => rejection.rule,
        }
    }

    #[test]
    fn what_keeps_the_contract_gives_no_finding() {
        let list = json!([{"id": 1, "title": "T", "pay": {"min": 1}, "places": [{"city": "X"}, {}], "internal": {}},
            {"id": "2", "title": "T", "pay": null, "places": [], "tags": ["a"]}]);
        assert_eq!(told(&read_all(&list).expect("is read")), []);
        assert_eq!(told(&read_all(&json!([])).expect("is read")), []);
    }

    #[test]
    fn a_value_of_another_type_is_left_out_and_told() {
        let reading = read_all(&json!([{"id": 1, "title": "T", "pay": {"min": "much"}, "places": [{"city": 5}]}]));
        let reading = reading.expect("is read");
        assert_eq!(told(&reading), [("pay.min", CHANGED, 1), ("places[].city", CHANGED, 1)]);
        assert_eq!(title(&reading, 0), r#"{"id":1,"title":"T","pay":{"min":null},"places":[{"city":null}]}"#);
        assert_eq!(reading.findings[0].example, "\"much\"");
    }

    #[test]
    fn a_record_without_what_makes_it_a_posting_is_rejected_and_its_neighbour_kept() {
        let reading = read_all(&json!([{"id": {}, "title": "T"}, {"id": 2, "title": "T"}])).expect("is read");
        assert_eq!(title(&reading, 0), CHANGED);
        assert!(title(&reading, 1).contains("\"id\":2"));
        assert_eq!(told(&reading), [("id", CHANGED, 1)]);
    }

    #[test]
    fn a_field_that_freezes_the_source_rejects_the_whole_body() {
        let refused = read_all(&json!([{"id": 1, "title": "T"}, {"id": 2, "title": "T", "version": "two"}]));
        let rejection = refused.expect_err("is frozen");
        assert_eq!((rejection.rule, rejection.field.as_deref()), (CHANGED, Some("version")));
    }

    #[test]
    fn a_drift_that_may_evolve_changes_nothing_but_is_told() {
        let reading = read_all(&json!([{"id": 1, "title": "T", "tags": "a,b"}])).expect("is read");
        assert!(title(&reading, 0).contains("a,b"));
        assert_eq!(told(&reading), [("tags", CHANGED, 1)]);
    }

    #[test]
    fn a_renamed_field_is_told_as_one_that_vanished_and_one_that_is_new() {
        let reading = read_all(&json!([{"id": 1, "name": "T"}, {"id": 2, "name": "U"}])).expect("is read");
        assert_eq!(told(&reading), [("name", NEW, 2), ("title", VANISHED, 2)]);
    }

    #[test]
    fn a_flood_of_new_fields_gives_bounded_findings() {
        let record: serde_json::Map<String, Value> = (0..10_000).map(|n| (format!("f{n}"), json!(n))).collect();
        let reading = read_all(&json!([record])).expect("is read");
        assert!(reading.findings.len() <= MOST + CONTRACT.fields.len());
    }
}
