//! Reading of JSON bodies: bodies, lists, records and their fields. A wrong record never stops its neighbours.
//!
//! A source finds its list with [`body`] and [`Body::list`], and reads it with [`records`], which hands each record over
//! as [`Fields`]. Paths are dotted, as in `location.name`. A field that is absent, null or empty is unknown; one of the
//! wrong type is unknown too and leaves the warning [`WRONG_TYPE`] on the posting, unless the posting cannot be without
//! it: then the record is rejected.

use std::cell::RefCell;

use pipeline_core::read;
use pipeline_core::source::{Answer, Contract, Finding, RawPosting, Reading, Record, Rejection, Stated};
use rust_decimal::Decimal;
use schemas::Micros;
use serde_json::Value;

use crate::contract;

/// The rule broken by a field whose type is not the one that it should have.
pub(super) const WRONG_TYPE: &str = "wrong-type";
/// The warning on a posting one of whose dates cannot be read.
pub(super) const DATE_UNREADABLE: &str = "date-unreadable";
/// The warning on a posting one of whose numbers cannot be read.
pub(super) const NUMBER_UNREADABLE: &str = "number-unreadable";

/// A body that is JSON.
pub(super) struct Body<'a> {
    /// What it says.
    pub value: Value,
    bytes: &'a [u8],
}

/// Reads the body of `answer` as JSON.
///
/// # Errors
/// With the rule `empty-body`, `html-instead-of-json`, `not-utf8`, `truncated-json` or `not-json`.
pub(super) fn body<'a>(answer: &Answer<'a>) -> Result<Body<'a>, Rejection> {
    parse(answer.body)
}

/// Reads `bytes` as JSON; see [`body`].
///
/// # Errors
/// As [`body`].
pub(super) fn parse(bytes: &[u8]) -> Result<Body<'_>, Rejection> {
    let reject = |rule, reason: String| Rejection::of_body(rule, reason, bytes);
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
        .map_err(|error| reject("not-utf8", format!("the body is not UTF-8: {error}")))?;
    let start = text.trim_start();
    if start.is_empty() {
        return Err(reject("empty-body", "the body is empty".to_owned()));
    }
    if looks_like_html(start) {
        return Err(reject("html-instead-of-json", "the body is an HTML page where JSON was due".to_owned()));
    }
    match serde_json::from_str(text) {
        Ok(value) => Ok(Body { value, bytes }),
        Err(error) if error.is_eof() => {
            Err(reject("truncated-json", format!("the body ends before its JSON does: {error}")))
        }
        Err(error) => Err(reject("not-json", format!("the body is not JSON: {error}"))),
    }
}

/// Whether `text` begins as an HTML page does.
pub(super) fn looks_like_html(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(512).collect::<String>().to_ascii_lowercase();
    head.starts_with('<') && (head.starts_with("<!doctype html") || head.contains("<html") || head.contains("<head"))
}

impl Body<'_> {
    /// The list under the dotted `path`.
    ///
    /// # Errors
    /// With the rule `wrong-shape` when there is no list.
    pub fn list(&self, path: &str) -> Result<&[Value], Rejection> {
        match at(&self.value, path) {
            Some(Value::Array(list)) => Ok(list),
            Some(other) => {
                let reason = format!("`{path}` should be a list and is {}", type_name(other));
                Err(self.wrong_shape(reason).field(path))
            }
            None => Err(self.wrong_shape(format!("the body has no `{path}`")).field(path)),
        }
    }

    /// A rejection of the whole body for its shape; says the error that the body tells of, if any.
    pub fn wrong_shape(&self, reason: impl Into<String>) -> Rejection {
        let told = ["error", "message", "errors", "detail", "errorCode"]
            .into_iter()
            .find_map(|key| self.value.get(key).filter(|told| !told.is_null()));
        let reason = match told {
            Some(Value::String(told)) => format!("{}; the body tells of an error: {told}", reason.into()),
            Some(told) => format!("{}; the body tells of an error: {told}", reason.into()),
            None => reason.into(),
        };
        Rejection::of_body("wrong-shape", reason, self.bytes)
    }
}

/// Reads each record of `list` by `read`, in order.
pub(super) fn records(list: &[Value], read: impl Fn(Fields<'_>) -> Result<RawPosting, Rejection>) -> Vec<Record> {
    list.iter().map(|value| record(value, &read)).collect()
}

/// Reads each record of `list` by `read`, in order, as far as `contract` lets it, and tells where it is departed from.
///
/// # Errors
/// When a field whose drift freezes the source has another type than the contract says.
pub(super) fn contracted(
    contract: &Contract,
    list: &[Value],
    read: impl Fn(Fields<'_>) -> Result<RawPosting, Rejection>,
) -> Result<Reading, Rejection> {
    contract::read(contract, list, |value| record(value, &read))
}

/// Where the records of `list` depart from `contract`, for a list that only leads to its postings.
pub(super) fn departures(contract: &Contract, list: &[Value]) -> Vec<Finding> {
    let unread = |_: &Value| Record::Posting(Box::default());
    contract::read(contract, list, unread).map_or_else(|_| Vec::new(), |reading| reading.findings)
}

/// Reads one record by `read`. What [`Fields`] found odd joins the posting's warnings.
pub(super) fn record(value: &Value, read: impl FnOnce(Fields<'_>) -> Result<RawPosting, Rejection>) -> Record {
    let warnings = RefCell::new(Vec::new());
    let fields = Fields { value, warnings: &warnings };
    if !value.is_object() {
        let reason = format!("the record should be an object and is {}", type_name(value));
        return Record::Rejected(Rejection::of_json("not-an-object", reason, value));
    }
    match read(fields) {
        Ok(mut posting) => {
            for warning in warnings.into_inner() {
                if !posting.warnings.contains(&warning) {
                    posting.warnings.push(warning);
                }
            }
            Record::Posting(Box::new(posting))
        }
        Err(rejection) => Record::Rejected(rejection),
    }
}

/// The id at `path` of a record that is not read any further; see [`Fields::id`].
///
/// # Errors
/// With the rule `not-an-object`, `id-missing` or [`WRONG_TYPE`].
pub(super) fn essential_id(value: &Value, path: &str) -> Result<String, Rejection> {
    let read = |fields: Fields<'_>| Ok(RawPosting { external_id: fields.id(path)?, ..RawPosting::default() });
    match record(value, read) {
        Record::Posting(posting) => Ok(posting.external_id),
        Record::Rejected(rejection) => Err(rejection),
    }
}

/// The fields of one object of a record.
#[derive(Clone, Copy)]
pub(super) struct Fields<'v> {
    /// The object.
    pub value: &'v Value,
    warnings: &'v RefCell<Vec<&'static str>>,
}

impl<'v> Fields<'v> {
    /// What is at the dotted `path`, unless it is null.
    pub fn at(self, path: &str) -> Option<&'v Value> {
        at(self.value, path)
    }

    /// The id at `path`: a text that is not empty, or a whole number.
    ///
    /// # Errors
    /// With the rule `id-missing`, or [`WRONG_TYPE`].
    pub fn id(self, path: &str) -> Result<String, Rejection> {
        match self.at(path) {
            Some(Value::Number(number)) if !number.is_f64() => Ok(number.to_string()),
            found => self.essential(found, path, "id-missing"),
        }
    }

    /// The title at `path`: a text that is not empty.
    ///
    /// # Errors
    /// With the rule `title-missing`, or [`WRONG_TYPE`].
    pub fn title(self, path: &str) -> Result<String, Rejection> {
        self.essential(self.at(path), path, "title-missing")
    }

    fn essential(self, found: Option<&Value>, path: &str, missing: &'static str) -> Result<String, Rejection> {
        match found {
            Some(Value::String(text)) => {
                read::filled(text).ok_or_else(|| self.reject(missing, format!("`{path}` is empty")).field(path))
            }
            Some(other) => {
                Err(self.reject(WRONG_TYPE, format!("`{path}` should be text and is {}", type_name(other))).field(path))
            }
            None => Err(self.reject(missing, format!("the record has no `{path}`")).field(path)),
        }
    }

    /// The text at `path`; a number is taken as its digits.
    pub fn text(self, path: &str) -> Option<String> {
        self.typed(path, |value| matches!(value, Value::String(_) | Value::Number(_))).and_then(read::text_of)
    }

    /// The text at `path`, with its path.
    pub fn stated_text(self, path: &str) -> Option<Stated<String>> {
        self.text(path).map(|text| Stated::new(text, path))
    }

    /// The truth value at `path`.
    pub fn truth(self, path: &str) -> Option<bool> {
        self.typed(path, |value| read::bool_of(value).is_some() || value.as_str().is_some_and(str::is_empty))
            .and_then(read::bool_of)
    }

    /// The number at `path`; `NUMBER_UNREADABLE` is warned of when a text there is no number.
    pub fn decimal(self, path: &str) -> Option<Decimal> {
        let value = self.typed(path, |value| matches!(value, Value::String(_) | Value::Number(_)))?;
        self.readable(value, read::decimal_of(value), NUMBER_UNREADABLE)
    }

    /// The number at `path` as degrees or the like.
    pub fn float(self, path: &str) -> Option<f64> {
        let number = self.decimal(path)?;
        number.to_string().parse().ok()
    }

    /// The instant at `path`, with its path; `DATE_UNREADABLE` is warned of when it cannot be read.
    pub fn instant(self, path: &str) -> Option<Stated<Micros>> {
        let value = self.typed(path, |value| matches!(value, Value::String(_) | Value::Number(_)))?;
        self.readable(value, read::instant_of(value), DATE_UNREADABLE).map(|instant| Stated::new(instant, path))
    }

    /// The list at `path`; empty when there is none.
    pub fn list(self, path: &str) -> &'v [Value] {
        self.typed(path, Value::is_array).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The texts of the list at `path`.
    pub fn texts(self, path: &str) -> Vec<String> {
        let texts = self.list(path).iter().filter_map(|value| match value {
            Value::String(_) | Value::Number(_) => read::text_of(value),
            Value::Null => None,
            _ => {
                self.warn(WRONG_TYPE);
                None
            }
        });
        texts.collect()
    }

    /// The objects of the list at `path`.
    pub fn objects(self, path: &str) -> Vec<Self> {
        let objects = self.list(path).iter().filter_map(|value| {
            if !value.is_object() && !value.is_null() {
                self.warn(WRONG_TYPE);
            }
            value.is_object().then_some(Self { value, ..self })
        });
        objects.collect()
    }

    /// The object at `path`.
    pub fn object(self, path: &str) -> Option<Self> {
        self.typed(path, Value::is_object).map(|value| Self { value, ..self })
    }

    /// Notes a warning for the posting.
    pub fn warn(self, rule: &'static str) {
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&rule) {
            warnings.push(rule);
        }
    }

    /// A rejection of the object.
    pub fn reject(self, rule: &'static str, reason: impl Into<String>) -> Rejection {
        Rejection::of_json(rule, reason, self.value)
    }

    /// What is at `path`, warning when `right` says that it, or an object on the way to it, is of the wrong type.
    fn typed(self, path: &str, right: impl Fn(&Value) -> bool) -> Option<&'v Value> {
        let mut value = self.value;
        for key in path.split('.') {
            if !value.is_object() {
                self.warn(WRONG_TYPE);
                return None;
            }
            value = value.get(key).filter(|found| !found.is_null())?;
        }
        if !right(value) {
            self.warn(WRONG_TYPE);
            return None;
        }
        Some(value)
    }

    /// `read`, warning by `rule` when it is nothing although `value` says something.
    fn readable<T>(self, value: &Value, read: Option<T>, rule: &'static str) -> Option<T> {
        if read.is_none() && read::text_of(value).is_some() {
            self.warn(rule);
        }
        read
    }
}

/// What is at the dotted `path` of `value`, unless it is null; the empty path is `value` itself.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut keys = path.split('.').filter(|key| !key.is_empty());
    keys.try_fold(value, |value, key| value.get(key)).filter(|value| !value.is_null())
}

/// The type of `value` with its article, for sentences.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule_of(body: &[u8]) -> Option<&'static str> {
        parse(body).err().map(|rejection| rejection.rule)
    }

    fn posting(value: &Value, read: impl FnOnce(Fields<'_>) -> RawPosting) -> RawPosting {
        match record(value, |fields| Ok(read(fields))) {
            Record::Posting(posting) => *posting,
            Record::Rejected(rejection) => panic!("{rejection:?}"),
        }
    }

    #[test]
    fn a_body_that_is_not_json_says_what_it_is_instead() {
        assert_eq!(rule_of(b""), Some("empty-body"));
        assert_eq!(rule_of(b"<!DOCTYPE html><html></html>"), Some("html-instead-of-json"));
        assert_eq!(rule_of(b"{\"jobs\":[{\"id\":1"), Some("truncated-json"));
        assert_eq!(rule_of(b"not json"), Some("not-json"));
        assert_eq!(rule_of(b"{\"a\":\"\xff\"}"), Some("not-utf8"));
        assert_eq!(rule_of(b"\xef\xbb\xbf{}"), None);
    }

    #[test]
    fn nesting_without_end_is_rejected_and_does_not_overflow() {
        assert_eq!(rule_of("[".repeat(100_000).as_bytes()), Some("not-json"));
    }

    #[test]
    fn a_list_that_is_none_is_a_wrong_shape_that_tells_the_error() {
        let body = parse(br#"{"error":"Job board not found"}"#).expect("is JSON");
        let rejection = body.list("jobs").expect_err("has no jobs");
        assert_eq!(rejection.rule, "wrong-shape");
        assert!(rejection.reason.contains("Job board not found"), "{}", rejection.reason);
    }

    #[test]
    fn a_record_that_is_no_object_leaves_its_neighbours_alone() {
        let list = [json!({"id": 1}), json!("x"), json!({"id": 3})];
        let read = |fields: Fields<'_>| Ok(RawPosting { external_id: fields.id("id")?, ..RawPosting::default() });
        let kinds: Vec<bool> = records(&list, read).iter().map(|record| matches!(record, Record::Posting(_))).collect();
        assert_eq!(kinds, [true, false, true]);
    }

    #[test]
    fn an_id_may_be_a_number_but_a_title_may_not() {
        let value = json!({"id": 7, "title": 7, "blank": "  "});
        let rejected = record(&value, |fields| {
            assert_eq!(fields.id("id")?, "7");
            assert_eq!(fields.title("blank").map_err(|error| error.rule), Err("title-missing"));
            Err(fields.title("title").expect_err("is a number"))
        });
        assert!(matches!(rejected, Record::Rejected(rejection) if rejection.rule == WRONG_TYPE));
    }

    #[test]
    fn a_wrong_type_of_a_lesser_field_is_unknown_with_a_warning() {
        let value = json!({"place": ["Oslo"], "when": "soon", "flag": "maybe", "deep": 3});
        let posting = posting(&value, |fields| {
            assert_eq!(fields.text("place"), None);
            assert_eq!(fields.instant("when"), None);
            assert_eq!(fields.truth("flag"), None);
            assert_eq!(fields.text("deep.er"), None);
            RawPosting::default()
        });
        assert_eq!(posting.warnings, [WRONG_TYPE, DATE_UNREADABLE]);
    }

    #[test]
    fn an_absent_or_empty_field_is_unknown_without_a_warning() {
        let value = json!({"a": null, "b": "", "c": {}});
        let posting = posting(&value, |fields| {
            assert_eq!(fields.text("a"), None);
            assert_eq!(fields.text("b"), None);
            assert_eq!(fields.text("c.d"), None);
            assert_eq!(fields.truth("b"), None);
            assert_eq!(fields.decimal("b"), None);
            RawPosting::default()
        });
        assert!(posting.warnings.is_empty());
    }
}
