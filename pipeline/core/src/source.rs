//! What a job source is: it says what to ask for next, and what an answer means. It does no I/O and knows no clock.
//!
//! Implementations live in `pipeline-crawl`; `crawl` uses them to follow pages, `normalize` to read stored bodies.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::Micros;
use serde_json::Value;

use crate::money::Period;

/// What a source is and what may be asked of it.
#[derive(Clone, Debug)]
pub struct Description {
    /// Its name on the command line and in tables, such as `greenhouse`.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What a board of it is called and looks like, such as `board token, as in boards.greenhouse.io/TOKEN`;
    /// `None` for a source that is one board.
    pub board: Option<&'static str>,
    /// Whether its ids are unique across its boards.
    pub ids_are_global: bool,
    /// Shortest time between two requests to one host, in milliseconds.
    pub min_gap_ms: u64,
    /// Shortest time between two crawls of one board, in seconds.
    pub min_interval_s: u64,
    /// Shortest time between two requests to all hosts of the vendor together, in milliseconds; 0 for the same as for
    /// one host.
    pub vendor_gap_ms: u64,
    /// Most requests in any span of time, over all of its hosts and boards.
    pub quotas: &'static [Quota],
    /// Whether its site may be asked only with the permission of whoever runs it, which the operator writes into the
    /// configuration.
    pub needs_permission: bool,
    /// Names of the secrets it needs, such as `app_id`.
    pub secrets: &'static [&'static str],
    /// Whether a listing holds every open posting of its board, so that absence means "gone".
    pub listing_is_complete: bool,
    /// The terms it is read under and what they ask of us, in one or two sentences.
    pub terms: &'static str,
    /// Where the facts on its limits and terms come from.
    pub reference: &'static str,
}

impl Description {
    /// What most sources share, to be filled in: `Description { name: "…", ..Description::BASE }`.
    pub const BASE: Self = Self {
        name: "",
        title: "",
        board: None,
        ids_are_global: true,
        min_gap_ms: 1_000,
        vendor_gap_ms: 0,
        min_interval_s: 3_600,
        quotas: &[],
        needs_permission: false,
        secrets: &[],
        listing_is_complete: false,
        terms: "",
        reference: "",
    };
}

/// A number of requests that may be sent within any span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Most requests.
    pub requests: u32,
    /// The span, in seconds; it may lie anywhere.
    pub window_s: u32,
}

/// The key of an [`Ask`]'s context that names the posting, by its `external_id`, whose own page is asked for: when the
/// answer is 404 or 410, that posting is gone.
pub const POSTING: &str = "posting";

/// The key of an exchange's context that names the day of the exchange whose body it repeats.
pub const SAME_DAY: &str = "same_day";

/// The key of an import's context that says whether it is all of its board: `yes` or `no`.
pub const WHOLE: &str = "whole";

/// One board of a source, as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// Token, tenant, site or address; the source's name for a source that is one board.
    pub name: String,
    /// Further parameters, such as `query`, `country`, `category`.
    pub parameters: BTreeMap<String, String>,
}

/// A request that a source wants sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Ask {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The address, without secrets.
    pub url: String,
    /// Header fields besides those that every request has.
    pub headers: Vec<(String, String)>,
    /// Query parameters and header fields that carry a secret: where it goes and which it is.
    pub secrets: Vec<(SecretPlace, &'static str)>,
    /// JSON body of a `POST`.
    pub body: Option<String>,
    /// What the reader of the answer needs besides its body; stored with the exchange.
    pub context: BTreeMap<String, String>,
}

/// Where a secret goes in a request.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub enum SecretPlace {
    /// A query parameter of this name.
    Query(String),
    /// A header field of this name.
    Header(String),
}

impl Ask {
    /// A `GET` of `url`.
    pub fn get(url: impl Into<String>) -> Self {
        Self { method: "GET", url: url.into(), ..Self::default() }
    }

    /// A `POST` of a JSON `body` to `url`.
    pub fn post_json(url: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            method: "POST",
            url: url.into(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Some(body.into()),
            ..Self::default()
        }
    }

    /// The same with one more piece of context.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.context.insert(key.to_owned(), value.to_string());
        self
    }
}

/// A successful answer, as its source reads it.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The board that was asked.
    pub board: &'a str,
    /// The address that was asked.
    pub url: &'a str,
    /// What the request carried for the reader.
    pub context: &'a BTreeMap<String, String>,
    /// The media type that the answer declared.
    pub content_type: Option<&'a str>,
    /// When it arrived; relative dates count from it.
    pub fetched_at: Micros,
    /// The body.
    pub body: &'a [u8],
}

/// What an answer means. Records are numbered in the order of the body, rejected ones included, without gaps.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Reading {
    /// Each record of the body: a posting, or why it is none.
    pub records: Vec<Record>,
    /// What to ask next to see the rest of the board.
    pub next: Vec<Ask>,
    /// How many postings the board announced in all.
    pub announced: Option<u64>,
    /// Whether the body is the page of one posting, which says nothing about the others of its board.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub detail: bool,
    /// Where the body departs from the source's contract.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// What is done when a field departs from its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDrift {
    /// The record is read as it is.
    Evolve,
    /// No record of the body is read: the whole body is rejected.
    Freeze,
    /// The record is read without the value.
    DiscardValue,
    /// The record is rejected.
    DiscardRow,
}

/// The form that a source's records had whenever it was certified.
#[derive(Clone, Copy, Debug)]
pub struct Contract {
    /// The fields that are read, each with its form.
    pub fields: &'static [Field],
    /// What is done about a field that is not in `known`: [`OnDrift::Evolve`] tells of it.
    pub unknown: OnDrift,
    /// Names of top-level fields that are known and not read; those of `fields` need not stand here.
    pub known: &'static [&'static str],
}

/// The form of one field of a record.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its dotted path, as in `location.name`; `[]` after a name stands for every item of a list.
    pub path: &'static str,
    /// The JSON types that it may have, of `string`, `number`, `boolean`, `array`, `object`, separated by `|`. Null and
    /// absence are always allowed.
    pub types: &'static str,
    /// Whether every body with records has had it in at least one of them.
    pub always: bool,
    /// What is done when it has another type.
    pub on_drift: OnDrift,
}

impl Field {
    /// A field that every posting has and none can be without: one of another type rejects its record.
    pub const fn essential(path: &'static str, types: &'static str) -> Self {
        Self { path, types, always: true, on_drift: OnDrift::DiscardRow }
    }

    /// A field that a posting may lack: a value of another type is left out.
    pub const fn value(path: &'static str, types: &'static str) -> Self {
        Self { path, types, always: false, on_drift: OnDrift::DiscardValue }
    }

    /// The same, found in every body so far: when it is in none of its records, that is told.
    pub const fn expected(path: &'static str, types: &'static str) -> Self {
        Self { path, types, always: true, on_drift: OnDrift::DiscardValue }
    }

    /// A field that is read in whatever form: one of another type is told and read all the same.
    pub const fn loose(path: &'static str, types: &'static str) -> Self {
        Self { path, types, always: false, on_drift: OnDrift::Evolve }
    }
}

/// Where the records of a body depart from the source's contract.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The path of the field.
    pub field: String,
    /// `field-new`, `field-vanished` or `type-changed`.
    pub rule: &'static str,
    /// What was done.
    pub policy: OnDrift,
    /// How many records of the body it concerns.
    pub records: u64,
    /// The beginning of one value, or what was due.
    pub example: String,
}

/// One record of a body.
#[derive(Clone, Debug, serde::Serialize)]
pub enum Record {
    /// A posting.
    Posting(Box<RawPosting>),
    /// Not a posting that can be kept.
    Rejected(Rejection),
}

/// Why a record, or a whole body, is rejected.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rejection {
    /// Name of the rule, such as `title-missing`, `not-json`, `wrong-type`.
    pub rule: &'static str,
    /// The field at fault, in the source's own names.
    pub field: Option<String>,
    /// One sentence for a person.
    pub reason: String,
    /// The rejected record as received.
    pub payload: String,
}

/// A posting as its source states it; nothing is interpreted yet.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct RawPosting {
    /// The source's id of the posting.
    pub external_id: String,
    /// The source's id of the vacancy behind several postings.
    pub role_key: Option<String>,
    /// The title, perhaps with markup.
    pub title: String,
    /// The employer.
    pub company: Option<String>,
    /// Every place, in order.
    pub places: Vec<RawPlace>,
    /// How the work is done, where a field of the source says so.
    pub remote: Option<Stated<Remote>>,
    /// Where a remote worker must live, in the source's words, where a field says so.
    pub remote_scope: Vec<String>,
    /// Pay that fields of the source state, most binding first.
    pub pay: Vec<RawPay>,
    /// When it was published.
    pub posted_at: Option<Stated<Micros>>,
    /// When it was last edited.
    pub updated_at: Option<Stated<Micros>>,
    /// When it closes.
    pub closes_at: Option<Stated<Micros>>,
    /// Seniority in the source's words.
    pub level: Option<Stated<String>>,
    /// Kind of contract in the source's words.
    pub employment: Option<Stated<String>>,
    /// The employer's department.
    pub department: Option<String>,
    /// Tags or skills that a field lists.
    pub tags: Vec<String>,
    /// The description, in parts.
    pub sections: Vec<Section>,
    /// The page that shows it.
    pub url: Option<String>,
    /// Where to apply.
    pub apply_url: Option<String>,
    /// Whether the source lists it as open.
    pub listed: Option<bool>,
    /// What was odd, by rule name; kept as warnings of the posting.
    pub warnings: Vec<&'static str>,
}

/// A value and the field that stated it, in the source's own names.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Stated<T> {
    /// The value.
    pub value: T,
    /// The path of the field.
    pub field: String,
}

impl<T> Stated<T> {
    /// `value` as stated by `field`.
    pub fn new(value: T, field: impl Into<String>) -> Self {
        Self { value, field: field.into() }
    }
}

/// How the work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Remote {
    /// From elsewhere.
    Remote,
    /// Partly from elsewhere.
    Hybrid,
    /// At the place.
    Onsite,
}

impl Remote {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Remote => "remote",
            Self::Hybrid => "hybrid",
            Self::Onsite => "onsite",
        }
    }
}

/// A place as its source states it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct RawPlace {
    /// The field that stated it.
    pub field: String,
    /// Free text.
    pub text: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Region or state, name or code.
    pub region: Option<String>,
    /// Country, name or code.
    pub country: Option<String>,
    /// Degrees.
    pub latitude: Option<f64>,
    /// Degrees.
    pub longitude: Option<f64>,
}

impl RawPlace {
    /// A place known only as free text.
    pub fn text(text: impl Into<String>, field: impl Into<String>) -> Self {
        Self { text: Some(text.into()), field: field.into(), ..Self::default() }
    }
}

/// Pay as a field of the source states it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct RawPay {
    /// The field that stated it.
    pub field: String,
    /// Lowest amount in major units.
    pub min: Option<Decimal>,
    /// Highest amount in major units.
    pub max: Option<Decimal>,
    /// ISO 4217 code, where stated.
    pub currency: Option<String>,
    /// What the amounts pay for, where stated.
    pub period: Option<Period>,
    /// Free text that states pay, to be read like the description.
    pub text: Option<String>,
    /// What is paid.
    pub kind: PayKind,
    /// Whether the source guessed it.
    pub predicted: bool,
    /// The place, zone, level or team that it holds for, where there are several, in the source's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// How the source itself writes `text`. It belongs to the source, not to what the posting says.
    #[serde(skip)]
    pub convention: Option<PayConvention>,
}

/// How a source writes pay that its employers enter in fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayConvention {
    /// As `Intl.NumberFormat` writes amounts for `en-US` (CLDR): `$` is the dollar of the United States and every other has its
    /// letters (`CA$`, `A$`, `MX$`, `SGD`). An amount without a unit is for a year.
    EnglishUs,
}

/// What is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub enum PayKind {
    /// Base pay.
    #[default]
    Base,
    /// Anything on top of it, or instead: bonus, commission, equity, on-target earnings.
    Other,
}

/// A part of a description.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Section {
    /// The field that stated it.
    pub field: String,
    /// Its heading.
    pub heading: Option<String>,
    /// Its words.
    pub body: String,
    /// How its words are written.
    pub markup: Markup,
}

/// How text is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub enum Markup {
    /// Plain text.
    #[default]
    Plain,
    /// HTML.
    Html,
    /// HTML whose tags are written as entities, perhaps twice.
    EscapedHtml,
}

/// A job source.
pub trait Source: Send + Sync {
    /// What it is and what may be asked of it.
    fn describe(&self) -> &'static Description;

    /// What to ask first to see `board` whole.
    ///
    /// # Errors
    /// When the board's name or parameters cannot be used.
    fn start(&self, board: &Board) -> crate::Result<Vec<Ask>>;

    /// What `answer` means.
    ///
    /// # Errors
    /// When the body as a whole cannot be read as an answer of this source.
    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection>;

    /// The board that `url`, the address of a page, an interface or a script, belongs to, where it is one of this source.
    fn board_at(&self, url: &url::Url) -> Option<Board> {
        let _ = url;
        None
    }

    /// The form of its records; `None` for a source whose records have none of their own.
    fn contract(&self) -> Option<&'static Contract> {
        None
    }

    /// The board that a saved answer belongs to, where its body tells.
    fn board_of(&self, body: &[u8]) -> Option<String> {
        let _ = body;
        None
    }
}

/// Finds sources by name.
pub trait Sources: Send + Sync {
    /// The source called `name`.
    fn named(&self, name: &str) -> Option<&dyn Source>;

    /// Every source, by name.
    fn all(&self) -> Vec<&dyn Source>;
}

impl Rejection {
    /// Longest payload that a rejection keeps, in bytes.
    pub const PAYLOAD_LIMIT: usize = 16 * 1024;

    /// A rejection of `payload`, which is cut at a character boundary to [`Self::PAYLOAD_LIMIT`].
    pub fn new(rule: &'static str, reason: impl Into<String>, payload: &str) -> Self {
        let mut end = payload.len().min(Self::PAYLOAD_LIMIT);
        while !payload.is_char_boundary(end) {
            end -= 1;
        }
        Self { rule, field: None, reason: reason.into(), payload: payload[..end].to_owned() }
    }

    /// The same, naming the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// A rejection of one JSON record.
    pub fn of_json(rule: &'static str, reason: impl Into<String>, record: &Value) -> Self {
        Self::new(rule, reason, &record.to_string())
    }

    /// A rejection of a whole body.
    pub fn of_body(rule: &'static str, reason: impl Into<String>, body: &[u8]) -> Self {
        let head = &body[..body.len().min(Self::PAYLOAD_LIMIT)];
        Self::new(rule, reason, &String::from_utf8_lossy(head))
    }
}
