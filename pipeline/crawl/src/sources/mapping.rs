//! Mappings: how the columns of anybody's file become the fields of a posting.
//!
//! ```toml
//! name = "kaggle-indeed"             # names the board that the postings belong to
//!
//! [columns]                          # field = column, dotted path, or several of them
//! id = "job_id"                      # without it, an id is made from the whole record
//! title = "job_title"                # a record without title is rejected
//! company = "company.name"
//! location = ["city_state", "where"] # the first that is filled counts
//! description = ["summary", "body"]  # all that are filled count, in order
//! salary_min = "min"
//! remote = "is_remote"
//! posted_at = "date"
//!
//! [values.remote]                    # what values mean, per field; "" means unknown
//! "Y" = "remote"
//! "N" = "onsite"
//!
//! [defaults]                         # for records that do not say
//! salary_currency = "USD"
//! salary_period = "year"
//!
//! [options]
//! skills_separator = ","             # how `skills` is divided; lists need none
//! description_markup = "html"        # plain, html or markdown (read as plain); else told by its looks
//! date_format = "%d/%m/%Y"           # of dates that are not in an ISO form or seconds since the epoch; one or several
//! ```
//!
//! A column's exact name wins over a dotted path. `remote` is `remote`, `hybrid`, `onsite` or a truth value, of which
//! `true` means remote and `false` says nothing; `listed` is a truth value; `salary_period` is year, month, week, day or hour in the usual words. What
//! cannot be read is unknown and leaves a warning on the posting.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use pipeline_core::hash::Hasher;
use pipeline_core::read;
use pipeline_core::source::{Markup, RawPay, RawPlace, RawPosting, Record, Rejection, Remote, Section, Stated};
use pipeline_core::{Error, Micros, Result};
use rust_decimal::Decimal;
use serde_json::Value;
use toml::Table;

use super::board::{period_of, remote_of};
use super::markup::markup_of;

/// Fields of a posting that a column can be mapped to.
pub const FIELDS: &[&str] = &[
    "id",
    "title",
    "company",
    "location",
    "city",
    "region",
    "country",
    "remote",
    "salary_min",
    "salary_max",
    "salary_currency",
    "salary_period",
    "salary_text",
    "posted_at",
    "updated_at",
    "closes_at",
    "level",
    "employment",
    "department",
    "skills",
    "description",
    "url",
    "apply_url",
    "role_key",
    "remote_scope",
    "listed",
];

const PARTS: &[&str] = &["name", "columns", "values", "defaults", "options"];
const OPTIONS: &[&str] = &["skills_separator", "description_markup", "date_format"];

/// How the columns of a file become the fields of a posting.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    name: String,
    columns: BTreeMap<String, Vec<String>>,
    values: BTreeMap<String, BTreeMap<String, String>>,
    defaults: BTreeMap<String, String>,
    skills_separator: String,
    description_markup: Option<Markup>,
    date_formats: Vec<String>,
}

impl Mapping {
    /// Reads a mapping from TOML.
    ///
    /// # Errors
    /// `Config` when it is no TOML, has an unknown key (the nearest known one is the hint), a value of the wrong type, or
    /// maps no title.
    pub fn parse(text: &str) -> Result<Self> {
        let table: Table =
            text.parse().map_err(|error: toml::de::Error| Error::config("the mapping is not TOML").because(error))?;
        Self::of_table(&table)
    }

    /// The mapping that `table` is; see [`Self::parse`].
    pub(super) fn of_table(table: &Table) -> Result<Self> {
        check_keys(table, "the mapping", PARTS)?;
        let options = part(table, "options", OPTIONS)?;
        let columns = part(table, "columns", FIELDS)?
            .into_iter()
            .map(|(field, value)| Ok((field.clone(), texts_of(value, &format!("columns.{field}"))?)));
        let values = part(table, "values", FIELDS)?.into_iter().map(|(field, value)| {
            let table = value.as_table().ok_or_else(|| wrong_type(&format!("values.{field}"), "a table"))?;
            Ok((field.clone(), texts(table, &format!("values.{field}"))?))
        });
        let mapping = Self {
            name: match table.get("name") {
                Some(name) => text_of(name, "name")?,
                None => return Err(Error::config("the mapping has no name").hint("add `name = \"…\"`")),
            },
            columns: columns.collect::<Result<_>>()?,
            values: values.collect::<Result<_>>()?,
            defaults: texts(part(table, "defaults", FIELDS)?, "defaults")?,
            skills_separator: match options.get("skills_separator") {
                Some(separator) => {
                    separator.as_str().ok_or_else(|| wrong_type("options.skills_separator", "text"))?.to_owned()
                }
                None => ",".to_owned(),
            },
            description_markup: options.get("description_markup").map(markup_named).transpose()?,
            date_formats: match options.get("date_format") {
                Some(formats) => texts_of(formats, "options.date_format")?,
                None => Vec::new(),
            },
        };
        if !mapping.columns.contains_key("title") && !mapping.defaults.contains_key("title") {
            return Err(
                Error::config(format!("the mapping {} maps no title", mapping.name)).hint("add `title` to [columns]")
            );
        }
        Ok(mapping)
    }

    /// The name of the board that its postings belong to.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every column that it reads.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.values().flatten().map(String::as_str)
    }

    /// What `record` means.
    pub fn read(&self, record: &Value) -> Record {
        if !record.is_object() {
            return Record::Rejected(Rejection::of_json("not-an-object", "the record should be an object", record));
        }
        let row = Row { mapping: self, record };
        match row.posting() {
            Some(posting) => Record::Posting(Box::new(posting)),
            None => {
                let rejection = Rejection::of_json("title-missing", "the record has no title", record);
                let column = self.columns.get("title").and_then(|columns| columns.first());
                Record::Rejected(rejection.field(column.map_or("title", String::as_str)))
            }
        }
    }
}

/// The table under `name`, whose keys must be `known`.
fn part<'t>(table: &'t Table, name: &str, known: &[&str]) -> Result<&'t Table> {
    static NONE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(Table::new);
    let Some(value) = table.get(name) else { return Ok(&NONE) };
    let part = value.as_table().ok_or_else(|| wrong_type(name, "a table"))?;
    check_keys(part, &format!("[{name}] of the mapping"), known)?;
    Ok(part)
}

/// Refuses a key of `table` that is not `known`, with the nearest that is.
pub(super) fn check_keys(table: &Table, place: &str, known: &[&str]) -> Result<()> {
    let Some(key) = table.keys().find(|key| !known.contains(&key.as_str())) else { return Ok(()) };
    let near = |known: &&str| strsim::jaro_winkler(key, known);
    let nearest = known.iter().copied().max_by(|a, b| near(a).total_cmp(&near(b))).filter(|known| near(known) > 0.7);
    let error = Error::config(format!("{place} has the unknown key {key}"));
    Err(match nearest {
        Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
        None => error.hint(format!("known are: {}", known.join(", "))),
    })
}

/// The error of a `key` that should be `due`.
pub(super) fn wrong_type(key: &str, due: &str) -> Error {
    Error::config(format!("{key} of the mapping should be {due}"))
}

/// A text that is not empty.
pub(super) fn text_of(value: &toml::Value, key: &str) -> Result<String> {
    value.as_str().and_then(read::filled).ok_or_else(|| wrong_type(key, "text that is not empty"))
}

/// One text or several.
pub(super) fn texts_of(value: &toml::Value, key: &str) -> Result<Vec<String>> {
    match value.as_array() {
        Some(list) => list.iter().map(|text| text_of(text, key)).collect(),
        None => Ok(vec![text_of(value, key)?]),
    }
}

fn texts(table: &Table, place: &str) -> Result<BTreeMap<String, String>> {
    let text = |(key, value): (&String, &toml::Value)| {
        let text = value.as_str().ok_or_else(|| wrong_type(&format!("{place}.{key}"), "text"))?;
        Ok((key.clone(), text.to_owned()))
    };
    table.iter().map(text).collect()
}

fn markup_named(value: &toml::Value) -> Result<Markup> {
    match value.as_str() {
        Some("plain" | "markdown") => Ok(Markup::Plain),
        Some("html") => Ok(Markup::Html),
        _ => Err(wrong_type("options.description_markup", "plain, html or markdown")),
    }
}

/// One record under its mapping.
struct Row<'r> {
    mapping: &'r Mapping,
    record: &'r Value,
}

/// A text and the column that it stands in; the field's own name for a default.
struct Cell {
    text: String,
    column: String,
}

impl Row<'_> {
    fn posting(&self) -> Option<RawPosting> {
        let mut warnings = Vec::new();
        let text = |field: &str| self.cell(field).map(|cell| cell.text);
        let stated = |field: &str| self.cell(field).map(|cell| Stated::new(cell.text, cell.column));
        let title = text("title")?;
        Some(RawPosting {
            external_id: self.id(&mut warnings),
            role_key: text("role_key"),
            title,
            company: text("company"),
            places: self.places(),
            remote: self.remote(&mut warnings),
            pay: self.pay(&mut warnings),
            remote_scope: self.listed_in("remote_scope").map(|(scope, _)| scope).unwrap_or_default(),
            posted_at: self.date("posted_at", &mut warnings),
            updated_at: self.date("updated_at", &mut warnings),
            closes_at: self.date("closes_at", &mut warnings),
            level: stated("level"),
            employment: stated("employment"),
            department: text("department"),
            tags: self.skills(),
            sections: self.sections(),
            url: text("url"),
            apply_url: text("apply_url"),
            listed: text("listed").and_then(|listed| read::bool_of(&Value::from(listed))),
            warnings,
        })
    }

    /// The values of the columns of `field` that are there, with their columns.
    fn found(&self, field: &str) -> impl Iterator<Item = (&Value, &str)> {
        let columns = self.mapping.columns.get(field).map_or(&[][..], Vec::as_slice);
        columns.iter().filter_map(|column| Some((column_of(self.record, column)?, column.as_str())))
    }

    /// What `text` of `field` means by `[values]`; `None` for unknown.
    fn translated(&self, field: &str, text: String) -> Option<String> {
        match self.mapping.values.get(field).and_then(|values| values.get(&text)) {
            Some(meaning) => read::filled(meaning),
            None => Some(text),
        }
    }

    /// The first filled column of `field`, else its default.
    fn cell(&self, field: &str) -> Option<Cell> {
        let filled = self.found(field).find_map(|(value, column)| Some((plain(value)?, column)));
        let told = filled
            .and_then(|(text, column)| Some(Cell { text: self.translated(field, text)?, column: column.to_owned() }));
        told.or_else(|| {
            let text = read::filled(self.mapping.defaults.get(field)?)?;
            Some(Cell { text, column: format!("defaults.{field}") })
        })
    }

    /// The texts of the first column of `field` that is filled, one or a list of them, with the column.
    fn listed_in(&self, field: &str) -> Option<(Vec<String>, &str)> {
        self.found(field).find_map(|(value, column)| {
            let texts: Vec<String> = match value {
                Value::Array(list) => list.iter().filter_map(read::text_of).collect(),
                one => read::text_of(one).into_iter().collect(),
            };
            let texts: Vec<String> = texts.into_iter().filter_map(|text| self.translated(field, text)).collect();
            (!texts.is_empty()).then_some((texts, column))
        })
    }

    fn id(&self, warnings: &mut Vec<&'static str>) -> String {
        self.cell("id").map(|cell| cell.text).unwrap_or_else(|| {
            if self.mapping.columns.contains_key("id") {
                warnings.push("id-missing");
            }
            Hasher::new("mapped").part(self.record.to_string()).hex(20)
        })
    }

    fn places(&self) -> Vec<RawPlace> {
        let is_list = self.found("location").any(|(value, _)| value.is_array());
        if let Some((list, column)) = self.listed_in("location").filter(|_| is_list) {
            return list.into_iter().map(|text| RawPlace::text(text, column)).collect();
        }
        let cells = ["location", "city", "region", "country"].map(|field| self.cell(field));
        let field = cells.iter().flatten().map(|cell| cell.column.as_str()).collect::<Vec<_>>().join("+");
        let [text, city, region, country] = cells.map(|cell| cell.map(|cell| cell.text));
        let place = RawPlace { field, text, city, region, country, ..RawPlace::default() };
        if place.field.is_empty() { Vec::new() } else { vec![place] }
    }

    fn remote(&self, warnings: &mut Vec<&'static str>) -> Option<Stated<Remote>> {
        let cell = self.cell("remote")?;
        let remote = remote_of(&cell.text);
        let truth = read::bool_of(&Value::from(cell.text.as_str()));
        if remote.is_none() && truth.is_none() {
            warnings.push("remote-unreadable");
        }
        let remote = remote.or_else(|| truth.filter(|truth| *truth).map(|_| Remote::Remote))?;
        Some(Stated::new(remote, cell.column))
    }

    fn pay(&self, warnings: &mut Vec<&'static str>) -> Vec<RawPay> {
        let amount = |field: &str, warnings: &mut Vec<&'static str>| {
            let value = self.found(field).find(|(value, _)| plain(value).is_some())?;
            let text = self.translated(field, plain(value.0)?)?;
            let read = if value.0.is_number() { read::decimal_of(value.0) } else { amount_of(&text) };
            if read.is_none() && !warnings.contains(&"salary-unreadable") {
                warnings.push("salary-unreadable");
            }
            read.filter(|amount| *amount > Decimal::ZERO).map(|amount| (amount, value.1.to_owned()))
        };
        let (min, max) = (amount("salary_min", warnings), amount("salary_max", warnings));
        let words = self.cell("salary_text");
        let mut pay = Vec::new();
        if let Some(column) = min.as_ref().or(max.as_ref()).map(|(_, column)| column.clone()) {
            pay.push(RawPay {
                field: column,
                min: min.map(|(amount, _)| amount),
                max: max.map(|(amount, _)| amount),
                currency: self.currency(warnings),
                period: self.cell("salary_period").and_then(|cell| {
                    let period = period_of(&cell.text);
                    if period.is_none() {
                        warnings.push("period-unreadable");
                    }
                    period
                }),
                ..RawPay::default()
            });
        }
        pay.extend(words.map(|cell| RawPay { field: cell.column, text: Some(cell.text), ..RawPay::default() }));
        pay
    }

    fn currency(&self, warnings: &mut Vec<&'static str>) -> Option<String> {
        let code = self.cell("salary_currency")?.text.to_ascii_uppercase();
        if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Some(code);
        }
        warnings.push("currency-unreadable");
        None
    }

    fn date(&self, field: &str, warnings: &mut Vec<&'static str>) -> Option<Stated<Micros>> {
        let (value, column) = self.found(field).find(|(value, _)| plain(value).is_some())?;
        let text = value.as_str().map(str::trim);
        let by_format = || self.mapping.date_formats.iter().find_map(|format| formatted(format, text?));
        let translated = self.mapping.values.get(field).and_then(|values| values.get(&plain(value)?));
        let date = match translated {
            Some(text) => read::instant(text),
            None => by_format().or_else(|| read::instant_of(value)),
        };
        if date.is_none() && translated.is_none_or(|text| !text.is_empty()) && !warnings.contains(&"date-unreadable") {
            warnings.push("date-unreadable");
        }
        date.map(|date| Stated::new(date, column))
    }

    fn skills(&self) -> Vec<String> {
        let told = self.found("skills").find(|(value, _)| !value.is_null() && value.as_str() != Some(""));
        match told {
            Some((Value::Array(list), _)) => list.iter().filter_map(read::text_of).collect(),
            Some((value, _)) => {
                let text = plain(value).and_then(|text| self.translated("skills", text)).unwrap_or_default();
                let listed = serde_json::from_str::<Vec<String>>(&text).ok();
                listed.unwrap_or_else(|| {
                    // A list as other languages print it: ['a', 'b'].
                    let inner = text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']'));
                    let quotes: &[char] = if inner.is_some() { &['\'', '"', ' '] } else { &[' '] };
                    let separator =
                        if self.mapping.skills_separator.is_empty() { "," } else { &self.mapping.skills_separator };
                    let parts = inner.unwrap_or(&text).split(separator);
                    parts.filter_map(|part| read::filled(part.trim_matches(quotes))).collect()
                })
            }
            None => Vec::new(),
        }
    }

    fn sections(&self) -> Vec<Section> {
        let sections = self.found("description").filter_map(|(value, column)| {
            let body = plain(value)?;
            let markup = self.mapping.description_markup.unwrap_or_else(|| markup_of(&body));
            Some(Section { field: column.to_owned(), heading: None, body, markup })
        });
        sections.collect()
    }
}

/// The value in `column`: by its exact name, else by its dotted path.
fn column_of<'r>(record: &'r Value, column: &str) -> Option<&'r Value> {
    record.get(column).or_else(|| column.split('.').try_fold(record, |value, key| value.get(key)))
}

/// A scalar as text, unless it is empty.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Array(list) => {
            let texts: Vec<String> = list.iter().filter_map(read::text_of).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        other => read::text_of(other),
    }
}

/// An instant from `text` by a strptime `format`, with or without time and zone.
fn formatted(format: &str, text: &str) -> Option<Micros> {
    if let Ok(timestamp) = jiff::Timestamp::strptime(format, text) {
        return Some(Micros::from_timestamp(timestamp));
    }
    let date =
        DateTime::strptime(format, text).or_else(|_| Date::strptime(format, text).map(|date| date.at(0, 0, 0, 0)));
    TimeZone::UTC.to_timestamp(date.ok()?).ok().map(Micros::from_timestamp)
}

/// An amount from text such as `120,000`, `$1,200.50`, `120 000`, `1.200.000` or `120k`. `None` when more than one reading
/// is possible: `120.000` could be a hundred and twenty.
pub fn amount_of(text: &str) -> Option<Decimal> {
    let text: String = text
        .trim()
        .trim_matches(['$', '€', '£', '¥', '₹'])
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\'' && *c != '’')
        .collect();
    let (digits, thousands) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, true),
        None => (text.as_str(), false),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b'.') {
        return None;
    }
    let amount = Decimal::from_str_exact(&with_point(digits)?).ok()?;
    if thousands { amount.checked_mul(Decimal::ONE_THOUSAND) } else { Some(amount) }
}

/// `digits` with at most a decimal point, when their separators can be read in one way only.
fn with_point(digits: &str) -> Option<String> {
    let separators: Vec<char> = digits.chars().filter(|c| !c.is_ascii_digit()).collect();
    let last_group = digits.rsplit([',', '.']).next().unwrap_or_default().len();
    let mark = *separators.last().unwrap_or(&'.');
    let (grouping, decimal) = match separators.as_slice() {
        [] => return Some(digits.to_owned()),
        // Money has at most two decimals in these writings, so a comma before three digits groups them; a point there
        // may be either.
        ['.'] if last_group == 3 => return None,
        ['.'] => (None, Some('.')),
        [','] if last_group == 3 => (Some(','), None),
        [','] => (None, Some(',')),
        marks if marks.iter().all(|other| *other == mark) => (Some(mark), None),
        marks => {
            let (decimal, grouping) = marks.split_last()?;
            let same = grouping.iter().all(|other| other == &grouping[0] && other != decimal);
            same.then_some((grouping.first().copied(), Some(*decimal)))?
        }
    };
    let (whole, fraction) = match decimal {
        Some(decimal) => digits.rsplit_once(decimal)?,
        None => (digits, ""),
    };
    if decimal.is_some() && !(1..=2).contains(&fraction.len()) {
        return None;
    }
    let groups: Vec<&str> = whole.split(grouping.unwrap_or('_')).collect();
    let first_is_short = grouping.is_none() || (1..=3).contains(&groups[0].len());
    if !first_is_short || groups[1..].iter().any(|group| group.len() != 3) || whole.is_empty() {
        return None;
    }
    let whole = groups.concat();
    Some(if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping(rest: &str) -> Mapping {
        Mapping::parse(&format!("name = \"test\"\n{rest}")).expect("a mapping")
    }

    fn posting(mapping: &Mapping, record: Value) -> RawPosting {
        match mapping.read(&record) {
            Record::Posting(posting) => *posting,
            Record::Rejected(rejection) => panic!("{rejection:?}"),
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_name() {
        for (text, nearest) in [
            ("name='t'\n[columns]\ntitel='x'", "`title`"),
            ("name='t'\n[colums]\ntitle='x'", "`columns`"),
            ("name='t'\n[columns]\ntitle='x'\n[options]\ndate_fromat='%Y'", "`date_format`"),
        ] {
            let error = Mapping::parse(text).expect_err("is refused");
            assert!(error.hint_text().is_some_and(|hint| hint.contains(nearest)), "{error:?} {:?}", error.hint_text());
        }
        assert!(Mapping::parse("name='t'\n[columns]\nid='x'").is_err(), "a title is needed");
        assert!(Mapping::parse("nonsense").is_err());
    }

    #[test]
    fn an_amount_is_read_only_when_one_reading_is_possible() {
        for (text, amount) in [
            ("120000", Some("120000")),
            ("120,000", Some("120000")),
            ("$1,200.50", Some("1200.50")),
            ("1.200.000", Some("1200000")),
            ("120.000,50", Some("120000.50")),
            ("120 000", Some("120000")),
            ("95.5", Some("95.5")),
            ("85k", Some("85000")),
            ("120.000", None),
            ("12,00,000", None),
            ("1,2.3,4", None),
            ("80-90", None),
            ("", None),
        ] {
            assert_eq!(amount_of(text).map(|amount| amount.to_string()).as_deref(), amount, "{text}");
        }
    }

    #[test]
    fn the_first_filled_column_counts_and_descriptions_are_all_kept() {
        let mapping = mapping(
            "[columns]\ntitle=['a','b.c']\ndescription=['x','y','z']\n[options]\ndescription_markup='markdown'",
        );
        let posting = posting(&mapping, json!({"a": " ", "b": {"c": "Nurse"}, "x": "one", "z": "<b>two</b>"}));
        assert_eq!(posting.title, "Nurse");
        assert_eq!(
            posting.sections.iter().map(|section| section.body.as_str()).collect::<Vec<_>>(),
            ["one", "<b>two</b>"]
        );
        assert!(posting.sections.iter().all(|section| section.markup == Markup::Plain));
    }

    #[test]
    fn values_are_translated_and_defaults_fill_in() {
        let mapping = mapping(
            "[columns]\ntitle='t'\nremote='r'\nsalary_min='m'\n[values.remote]\n'Y'='remote'\n'?'=''\n\
             [defaults]\nsalary_currency='usd'\nsalary_period='yearly'\ncountry='US'",
        );
        let first = posting(&mapping, json!({"t": "A", "r": "Y", "m": "90,000"}));
        assert_eq!(first.remote.map(|remote| remote.value), Some(Remote::Remote));
        let pay = &first.pay[0];
        assert_eq!((pay.min, pay.currency.as_deref()), (Some(Decimal::from(90_000)), Some("USD")));
        assert_eq!(first.places[0].country.as_deref(), Some("US"));
        let second = posting(&mapping, json!({"t": "A", "r": "?", "m": 0}));
        assert!(second.remote.is_none() && second.pay.is_empty() && second.warnings.is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_unknown_with_a_warning() {
        let mapping = mapping("[columns]\ntitle='t'\nsalary_max='m'\nposted_at='d'\nremote='r'");
        let posting = posting(&mapping, json!({"t": "A", "m": "competitive", "d": "last week", "r": "perhaps"}));
        assert_eq!(posting.warnings, ["remote-unreadable", "salary-unreadable", "date-unreadable"]);
        assert!(posting.pay.is_empty() && posting.posted_at.is_none());
    }

    #[test]
    fn a_record_without_title_is_rejected_and_one_without_id_gets_a_stable_one() {
        let mapping = mapping("[columns]\ntitle='t'");
        assert!(
            matches!(mapping.read(&json!({"x": 1})), Record::Rejected(rejection) if rejection.rule == "title-missing")
        );
        let id = |record| posting(&mapping, record).external_id;
        assert_eq!(id(json!({"t": "A"})), id(json!({"t": "A"})));
        assert_ne!(id(json!({"t": "A"})), id(json!({"t": "B"})));
    }

    #[test]
    fn skills_are_divided_and_printed_lists_are_lists() {
        let mapping = mapping("[columns]\ntitle='t'\nskills='s'\n[options]\nskills_separator=';'");
        let skills = |value: Value| posting(&mapping, json!({"t": "A", "s": value})).tags;
        assert_eq!(skills(json!("Rust; SQL ;")), ["Rust", "SQL"]);
        assert_eq!(skills(json!(["Rust", "SQL"])), ["Rust", "SQL"]);
        assert_eq!(skills(json!("[\"Rust\",\"SQL\"]")), ["Rust", "SQL"]);
    }

    #[test]
    fn dates_are_read_by_the_format_given() {
        let mapping = mapping("[columns]\ntitle='t'\nposted_at='d'\n[options]\ndate_format='%d/%m/%Y'");
        let posting = posting(&mapping, json!({"t": "A", "d": "03/11/2026"}));
        assert_eq!(posting.posted_at.map(|at| at.value.to_string()).as_deref(), Some("2026-11-03T00:00:00Z"));
    }
}
