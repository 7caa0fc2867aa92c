//! Hacker News "Who is hiring?": a thread a month, whose top-level comments are postings by habit rather than by form.
//!
//! The first line of a comment usually reads `company | role | place | REMOTE | kind | pay`, in any order after the
//! company. Read are the answers of Algolia's search (threads, and comments of one), Firebase's account and items, and saved
//! lists of items. Every comment is a record: replies, deleted ones and talk are rejected as `not-a-posting`.

mod firebase;

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use pipeline_core::source::{
    Answer, Ask, Board, Description, Markup, POSTING, RawPay, RawPlace, RawPosting, Reading, Rejection, Remote,
    Section, Source, Stated,
};
use pipeline_core::{Error, Result, read};
use serde_json::Value;

use super::address::{self, with_query};
use super::json::{self, Body, Fields};

/// The source.
pub static SOURCE: HackerNews = HackerNews;

/// The monthly threads of Hacker News.
#[derive(Debug)]
pub struct HackerNews;

static DESCRIPTION: Description = Description {
    name: "hackernews",
    title: "Hacker News: Who is hiring?",
    board: Some(
        "id of a thread, or `latest`; parameters `threads` (how many of the latest) and `interface` (`algolia`, one request \
         a thousand comments, or `firebase`, one a comment)",
    ),
    ids_are_global: true,
    min_gap_ms: 1_000,
    min_interval_s: 21_600,
    secrets: &[],
    listing_is_complete: false,
    terms: "Public search interface by Algolia; the words belong to those who wrote them, link back to the comment.",
    reference: "https://hn.algolia.com/api and https://github.com/HackerNews/API",
    ..Description::BASE
};

/// The context that holds the id of the thread asked.
const THREAD: &str = "thread";
/// The context that holds the number of the page asked.
const PAGE: &str = "page";
/// The context that holds how many of the newest threads are wanted.
const THREADS: &str = "threads";
/// The parameter that says which interface is asked.
const INTERFACE: &str = "interface";
/// The rule that rejects comments that are no postings.
const NOT_A_POSTING: &str = "not-a-posting";
/// The longest first line that is kept as a title, in characters.
const TITLE_CHARS: usize = 120;

impl Source for HackerNews {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let firebase = by_firebase(board)?;
        if is_id(&board.name) {
            address::parameters(board, &[(INTERFACE, INTERFACE)])?;
            return Ok(vec![if firebase { firebase::thread(&board.name) } else { comments(&board.name, 0) }]);
        }
        if !["latest", DESCRIPTION.name, ""].contains(&board.name.as_str()) {
            return Err(Error::config(format!("hackernews has no board {}", board.name))
                .hint("a board is the id of a thread, or `latest`"));
        }
        address::parameters(board, &[(THREADS, THREADS), (INTERFACE, INTERFACE)])?;
        let threads = board.parameters.get(THREADS).map_or("1", String::as_str);
        if !is_id(threads) {
            return Err(Error::config(format!("threads of hackernews is no number: {threads}")));
        }
        if firebase {
            return Ok(vec![firebase::latest(threads)]);
        }
        let query = [("tags", "story,author_whoishiring"), ("query", "who is hiring"), ("hitsPerPage", "50")];
        let url = with_query("https://hn.algolia.com/api/v1/search_by_date", query);
        Ok(vec![Ask::get(url).with(THREADS, threads)])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        if let Some(Value::Array(hits)) = body.value.get("hits") {
            let stories = hits.iter().any(|hit| json::at(hit, "title").is_some());
            return Ok(if stories { threads(answer, hits) } else { hits_of(answer, &body, hits) });
        }
        for path in ["comments", "children", ""] {
            if let Some(Value::Array(list)) = json::at(&body.value, path) {
                return Ok(Reading { records: records(list, thread_of(answer, list)), ..Reading::default() });
            }
        }
        if let Some(Value::Array(submitted)) = body.value.get("submitted") {
            return Ok(firebase::account(answer, submitted));
        }
        match json::at(&body.value, "type").and_then(Value::as_str) {
            Some("story") => Ok(firebase::story(answer, &body.value)),
            Some("comment") => {
                let list = std::slice::from_ref(&body.value);
                Ok(Reading { records: records(list, thread_of(answer, list)), detail: true, ..Reading::default() })
            }
            // What a moderator took away is null.
            None if body.value.is_null() && answer.context.contains_key(POSTING) => {
                Ok(Reading { detail: true, ..Reading::default() })
            }
            _ => Err(body.wrong_shape("the body holds neither `hits` nor `comments` nor an item")),
        }
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let body = json::parse(body).ok()?.value;
        let list = ["hits", "comments", ""].into_iter().find_map(|path| json::at(&body, path)?.as_array());
        list.and_then(|list| smallest_parent(list)).map(|id| id.to_string())
    }
}

fn by_firebase(board: &Board) -> Result<bool> {
    match board.parameters.get(INTERFACE).map(String::as_str) {
        None | Some("algolia") => Ok(false),
        Some("firebase") => Ok(true),
        Some(other) => {
            Err(Error::config(format!("hackernews has no interface {other}")).hint("use `algolia` or `firebase`"))
        }
    }
}

fn is_id(text: &str) -> bool {
    (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ask for one page of a thread's comments; Algolia gives at most 1,000 of them in all.
fn comments(thread: &str, page: u64) -> Ask {
    let (tags, page_text) = (format!("comment,story_{thread}"), page.to_string());
    let query = [("tags", tags.as_str()), ("hitsPerPage", "1000"), ("page", page_text.as_str())];
    Ask::get(with_query("https://hn.algolia.com/api/v1/search", query)).with(THREAD, thread).with(PAGE, page)
}

/// The newest threads among `hits`, which come newest first.
fn threads(answer: &Answer<'_>, hits: &[Value]) -> Reading {
    let wanted = answer.context.get(THREADS).and_then(|count| count.parse().ok()).unwrap_or(0);
    let hiring = hits.iter().filter(|hit| {
        json::at(hit, "title")
            .and_then(Value::as_str)
            .is_some_and(|title| title.to_lowercase().contains("who is hiring"))
    });
    let ids = hiring.filter_map(|hit| json::at(hit, "objectID").and_then(read::text_of)).filter(|id| is_id(id));
    Reading { next: ids.take(wanted).map(|id| comments(&id, 0)).collect(), ..Reading::default() }
}

fn hits_of(answer: &Answer<'_>, body: &Body<'_>, hits: &[Value]) -> Reading {
    let number = |path: &str| json::at(&body.value, path).and_then(Value::as_u64);
    let page: Option<u64> = answer.context.get(PAGE).and_then(|page| page.parse().ok());
    let next = match (answer.context.get(THREAD), page, number("nbPages")) {
        (Some(thread), Some(page), Some(pages)) if page + 1 < pages && !hits.is_empty() => {
            vec![comments(thread, page + 1)]
        }
        _ => Vec::new(),
    };
    Reading { records: records(hits, thread_of(answer, hits)), next, announced: number("nbHits"), ..Reading::default() }
}

/// The id of the thread: as asked for, else the oldest id that a comment answers to. Ids grow with time, so that every
/// reply answers to a younger one.
fn thread_of(answer: &Answer<'_>, list: &[Value]) -> Option<u64> {
    let asked = answer.context.get(THREAD).and_then(|thread| thread.parse().ok());
    asked
        .or_else(|| list.iter().find_map(|item| json::at(item, "story_id")?.as_u64()))
        .or_else(|| smallest_parent(list))
}

fn smallest_parent(list: &[Value]) -> Option<u64> {
    list.iter().filter_map(parent_of).min()
}

fn parent_of(item: &Value) -> Option<u64> {
    ["parent", "parent_id"].into_iter().find_map(|path| json::at(item, path)?.as_u64())
}

fn records(list: &[Value], thread: Option<u64>) -> Vec<pipeline_core::source::Record> {
    json::records(list, |fields| posting(fields, thread))
}

fn posting(fields: Fields<'_>, thread: Option<u64>) -> Result<RawPosting, Rejection> {
    let id = fields.id(if fields.at("objectID").is_some() { "objectID" } else { "id" })?;
    let no = |reason: &str| fields.reject(NOT_A_POSTING, reason);
    if ["deleted", "dead"].into_iter().any(|flag| fields.truth(flag) == Some(true)) {
        return Err(no("the comment is deleted or dead"));
    }
    if parent_of(fields.value).is_some_and(|parent| Some(parent) != thread) {
        return Err(no("the comment is a reply to another one"));
    }
    let field = if fields.at("comment_text").is_some() { "comment_text" } else { "text" };
    if let Some(other) = fields.at(field).filter(|text| !text.is_string()) {
        let reason = format!("`{field}` should be text and is {}", json::type_name(other));
        return Err(fields.reject(json::WRONG_TYPE, reason).field(field));
    }
    let text = fields.text(field).ok_or_else(|| no("the comment is empty"))?;
    let line = first_line(&text);
    if !speaks_of_work(&line, &text) {
        return Err(no("the comment does not offer work"));
    }
    let read = read_line(&line, field);
    let mut warnings = Vec::new();
    let title = read.title.unwrap_or_else(|| {
        warnings.push("title-is-first-line");
        line.chars().take(TITLE_CHARS).collect::<String>().trim_end().to_owned()
    });
    Ok(RawPosting {
        title,
        company: read.company,
        places: read.places,
        remote: read.remote,
        remote_scope: read.remote_scope,
        pay: read.pay,
        posted_at: ["time", "created_at_i", "created_at"].into_iter().find_map(|path| fields.instant(path)),
        employment: read.employment,
        sections: vec![Section { field: field.to_owned(), heading: None, body: text.clone(), markup: Markup::Html }],
        url: Some(format!("https://news.ycombinator.com/item?id={id}")),
        apply_url: apply_url(&text),
        external_id: id,
        warnings,
        ..RawPosting::default()
    })
}

/// The first line of a comment in plain text.
fn first_line(text: &str) -> String {
    let lines = text.split("<p>").flat_map(|paragraph| paragraph.split('\n'));
    let plain = lines.map(|line| html_escape::decode_html_entities(&without_tags(line)).trim().to_owned());
    plain.into_iter().find(|line| !line.is_empty()).unwrap_or_default()
}

fn without_tags(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

/// The first link that leads to vacancies.
fn apply_url(text: &str) -> Option<String> {
    const HINTS: &[&str] =
        &["job", "career", "apply", "hiring", "greenhouse.io", "lever.co", "ashbyhq", "workable", "recruit"];
    let links = text.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    let decoded = links.map(|(link, _)| html_escape::decode_html_entities(link).into_owned());
    decoded.filter(|link| link.starts_with("https://") || link.starts_with("http://")).find(|link| {
        let lower = link.to_lowercase();
        HINTS.iter().any(|hint| lower.contains(hint))
    })
}

/// Whether a comment offers work: its first line is divided by bars, or it uses the words of offers.
fn speaks_of_work(line: &str, text: &str) -> bool {
    let seeks = ["seeking work", "seeking freelance", "looking for work"];
    if seeks.iter().any(|words| line.to_lowercase().starts_with(words)) {
        return false;
    }
    let announces = ["is hiring", "are hiring", "'re hiring"].iter().any(|words| line.to_lowercase().contains(words));
    if line.matches('|').count() >= 2 || announces && !line.trim_end().ends_with('?') {
        return true;
    }
    let lower = html_escape::decode_html_entities(text).to_lowercase();
    let offers = [
        "hiring",
        "looking for",
        "seeking",
        "join us",
        "join our",
        "we're ",
        "we are ",
        "our team",
        "apply",
        "full time",
        "full-time",
        "fulltime",
        "h1b",
        "onsite",
        "on-site",
        "position",
        "to hire",
        "send resume",
        "remote",
    ];
    let weight = offers.iter().filter(|words| lower.contains(**words)).count();
    let role = !words_in(&ROLES, &lower).is_empty() || !words_in(&FIELDS, &lower).is_empty();
    let asks = line.trim_end().ends_with('?') || lower.trim_start().starts_with("is ");
    match lower.chars().count() {
        0..=40 => role && (weight > 0 || line.contains(['|', ','])) && !asks,
        41..=250 => role && weight >= if asks { 3 } else { 1 } || line.contains('|'),
        _ => role || weight >= 2,
    }
}

/// What the first line says.
#[derive(Debug, Default)]
struct Line {
    company: Option<String>,
    title: Option<String>,
    places: Vec<RawPlace>,
    remote: Option<Stated<Remote>>,
    remote_scope: Vec<String>,
    pay: Vec<RawPay>,
    employment: Option<Stated<String>>,
}

fn read_line(line: &str, field: &str) -> Line {
    let parts = segments(line);
    let mut read = Line { company: company(&parts, line), ..Line::default() };
    read_remote(line, field, &mut read);
    let rest = if parts.len() > 1 { &parts[1..] } else { &[] };
    let kinds: Vec<Part> = rest.iter().map(|part| part_of(part)).collect();
    let titled = |kind: Part| rest.iter().zip(&kinds).find(|(_, other)| **other == kind).map(|(part, _)| *part);
    read.title = titled(Part::Role).or_else(|| titled(Part::Field)).map(clean);
    for (part, kind) in rest.iter().zip(&kinds) {
        match kind {
            Part::Pay => {
                read.pay.push(RawPay { field: field.to_owned(), text: Some(clean(part)), ..RawPay::default() });
            }
            Part::Employment if read.employment.is_none() => {
                let words = clean(part.split("http").next().unwrap_or(part));
                read.employment = Some(Stated::new(words, field));
            }
            Part::Place | Part::Remote => {
                let place = without_remote(part);
                let known = |text: &str| read.places.iter().any(|place| place.text.as_deref() == Some(text));
                if looks_like_place(&place) && !known(&place) && (*kind == Part::Remote || read.places.len() < 3) {
                    read.places.push(RawPlace::text(place, field));
                }
            }
            _ => {}
        }
    }
    read
}

/// The segments of a first line: divided by bars, or, without any, by dashes that stand alone.
fn segments(line: &str) -> Vec<&str> {
    let bars: Vec<&str> = line.split('|').map(str::trim).filter(|part| !part.is_empty()).collect();
    if bars.len() > 1 {
        return bars;
    }
    let dashes = [" - ", " – ", " — ", " -- ", " • ", " · "].into_iter().find(|dash| line.contains(dash));
    match dashes {
        Some(dash) => line.split(dash).map(str::trim).filter(|part| !part.is_empty()).collect(),
        None => bars,
    }
}

/// The employer: the first segment, without an address behind it; in a sentence, who "is hiring".
fn company(parts: &[&str], line: &str) -> Option<String> {
    if let [first, _, ..] = parts {
        let name = first.split(" (http").next().unwrap_or(first).split("(http").next().unwrap_or(first);
        let name = clean(name.split(" http").next().unwrap_or(name));
        let usable = !matches!(part_of(first), Part::Link | Part::Remote | Part::Employment | Part::Pay);
        return (usable && !name.is_empty() && name.chars().count() <= 80).then_some(name);
    }
    let verbs = [" is hiring", " is looking for", " is seeking", " are hiring", " are looking for"];
    let name = verbs
        .iter()
        .filter_map(|verb| line.split_once(verb))
        .map(|(before, _)| before)
        .min_by_key(|name| name.len())?;
    let name = clean(name.split(" (").next().unwrap_or(name));
    let pronoun =
        ["we", "i", "our company", "my company", "our team", "my team"].contains(&name.to_lowercase().as_str());
    (!pronoun && !name.is_empty() && name.chars().count() <= 50).then_some(name)
}

fn clean(part: &str) -> String {
    part.trim_matches(|c: char| c.is_whitespace() || ",;:-–—*|".contains(c)).to_owned()
}

/// What a segment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Link,
    Pay,
    /// It names an occupation.
    Role,
    /// It names a field of work.
    Field,
    Remote,
    Employment,
    Place,
    Other,
}

/// Words that name an occupation.
const ROLE_WORDS: &[&str] = &[
    "engineer",
    "engineers",
    "engineering",
    "developer",
    "developers",
    "dev",
    "devs",
    "programmer",
    "programmers",
    "scientist",
    "scientists",
    "designer",
    "designers",
    "manager",
    "managers",
    "architect",
    "architects",
    "analyst",
    "analysts",
    "director",
    "head of",
    "lead",
    "cto",
    "vp",
    "sre",
    "devops",
    "sysadmin",
    "administrator",
    "researcher",
    "researchers",
    "consultant",
    "consultants",
    "recruiter",
    "writer",
    "editor",
    "specialist",
    "coordinator",
    "nurse",
    "accountant",
    "cofounder",
    "co-founder",
    "roles",
    "positions",
    "position",
    "role",
    "tester",
    "technician",
    "hacker",
    "hackers",
    "representative",
    "associate",
    "ops",
    "openings",
    "coder",
    "coders",
    "teacher",
    "professor",
    "postdoc",
    "pm",
    "sdet",
    "dba",
    "evangelist",
    "advocate",
    "strategist",
    "marketer",
    "counsel",
    "controller",
    "officer",
    "executive",
    "assistant",
];

/// Words that name a field of work.
const FIELD_WORDS: &[&str] = &[
    "full-stack",
    "full stack",
    "fullstack",
    "backend",
    "back-end",
    "back end",
    "frontend",
    "front-end",
    "front end",
    "mobile",
    "ios",
    "android",
    "qa",
    "security",
    "machine learning",
    "ml",
    "data",
    "product",
    "design",
    "marketing",
    "sales",
    "operations",
    "research",
    "infrastructure",
    "embedded",
    "firmware",
    "software",
    "python",
    "java",
    "javascript",
    "react",
    "ruby",
    "rails",
    "golang",
    "rust",
    "php",
    "support",
    "finance",
    "multiple",
    "various",
    "several",
    "all departments",
    "web",
];

const EMPLOYMENT_WORDS: &[&str] = &[
    "full-time",
    "full time",
    "fulltime",
    "part-time",
    "part time",
    "contract",
    "contractor",
    "freelance",
    "permanent",
    "internship",
    "internships",
    "intern",
    "interns",
    "temporary",
    "ft",
    "visa",
    "h1b",
    "relocation",
];

const REMOTE_WORDS: &[&str] = &["remote", "remotely", "onsite", "on-site", "on site", "hybrid", "wfh", "in-office"];

static ROLES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| automaton(ROLE_WORDS));
static FIELDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| automaton(FIELD_WORDS));
static EMPLOYMENT: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| automaton(EMPLOYMENT_WORDS));
static REMOTE: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| automaton(REMOTE_WORDS));

fn automaton(words: &[&str]) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(aho_corasick::MatchKind::LeftmostLongest)
        .build(words)
        .ok()
}

/// Where whole words of a list stand in `text`.
fn words_in(list: &LazyLock<Option<AhoCorasick>>, text: &str) -> Vec<(usize, usize)> {
    let Some(automaton) = list.as_ref() else { return Vec::new() };
    let bytes = text.as_bytes();
    let edge = |at: Option<&u8>| at.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let whole = automaton.find_iter(text).filter(|found| {
        edge(found.start().checked_sub(1).and_then(|at| bytes.get(at))) && edge(bytes.get(found.end()))
    });
    whole.map(|found| (found.start(), found.end())).collect()
}

fn part_of(part: &str) -> Part {
    let has = |list| !words_in(list, part).is_empty();
    if is_link(part) {
        Part::Link
    } else if is_pay(part) {
        Part::Pay
    } else if has(&ROLES) && !is_only(&EMPLOYMENT, part) {
        Part::Role
    } else if has(&REMOTE) {
        Part::Remote
    } else if has(&EMPLOYMENT) {
        Part::Employment
    } else if has(&FIELDS) && !is_region(part) {
        Part::Field
    } else if looks_like_place(part) {
        Part::Place
    } else {
        Part::Other
    }
}

/// Whether nothing but words of `list` and what joins them stands in `part`.
fn is_only(list: &LazyLock<Option<AhoCorasick>>, part: &str) -> bool {
    let mut rest = part.to_owned();
    for (start, end) in words_in(list, part).into_iter().rev() {
        rest.replace_range(start..end, " ");
    }
    let joins = ["or", "and", "&", "/", ",", "+"];
    rest.split_whitespace()
        .all(|word| joins.contains(&word.to_lowercase().as_str()) || !word.contains(char::is_alphanumeric))
}

fn is_link(part: &str) -> bool {
    let lower = part.to_lowercase();
    if lower.starts_with("http") || lower.starts_with("www.") || lower.contains('@') && !lower.contains(' ') {
        return true;
    }
    let ending = lower.rsplit('.').next().unwrap_or_default();
    let domain = lower.split('/').next().unwrap_or_default();
    !lower.contains(' ') && domain.contains('.') && !domain.ends_with('.') && !ending.is_empty() && lower.len() > 4
}

/// Codes of the currencies that pay is usually stated in.
const CURRENCIES: &[&str] =
    &["usd", "eur", "gbp", "cad", "aud", "chf", "inr", "sek", "nok", "dkk", "pln", "czk", "sgd", "jpy", "nzd", "brl"];

/// Whether a segment states an amount of money.
fn is_pay(part: &str) -> bool {
    let lower = part.to_lowercase();
    let of_the_company = ["raised", "funding", "funded", "revenue", "series a", "series b", "million", "billion"];
    if part.chars().count() > 100 || of_the_company.iter().any(|words| lower.contains(words)) {
        return false;
    }
    let digit = lower.bytes().any(|byte| byte.is_ascii_digit());
    let sign = lower.contains(['$', '€', '£', '₹', '¥']);
    let bytes = lower.as_bytes();
    let thousands = bytes.windows(2).enumerate().any(|(at, pair)| {
        pair[0].is_ascii_digit()
            && pair[1] == b'k'
            && bytes.get(at + 2).is_none_or(|byte| !byte.is_ascii_alphanumeric())
    });
    let code = || lower.split(|c: char| !c.is_ascii_alphabetic()).any(|word| CURRENCIES.contains(&word));
    digit && (sign || thousands || lower.contains("salary") || code())
}

/// Whether a segment ends like `Austin, TX`.
fn is_region(part: &str) -> bool {
    let tail = part.rsplit(',').next().unwrap_or_default().trim();
    part.contains(',') && tail.len() == 2 && tail.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether a segment is written like a place: few words, each with a capital, perhaps joined.
fn looks_like_place(part: &str) -> bool {
    const JOINS: &[&str] =
        &["or", "and", "&", "of", "the", "de", "in", "area", "bay", "/", "+", "-", "am", "upon", "la", "el"];
    let words: Vec<&str> = part.split_whitespace().collect();
    let proper = |word: &&str| {
        let start = word.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().next();
        start.is_none_or(char::is_uppercase) || JOINS.contains(&word.to_lowercase().as_str())
    };
    let capital = words.iter().any(|word| word.chars().any(char::is_uppercase));
    let limit = if part.contains(',') || part.contains('/') { 14 } else { 5 };
    capital
        && (1..=limit).contains(&words.len())
        && words.iter().all(proper)
        && !part.contains(['!', '?', '.', ':', '@'])
        && words_in(&EMPLOYMENT, part).is_empty()
        && words_in(&ROLES, part).is_empty()
}

/// What a segment says besides its words about remote work and contracts, such as the place in `SF or Remote (US)`.
fn without_remote(part: &str) -> String {
    let mut end = part.len();
    let spans = [&REMOTE, &EMPLOYMENT].into_iter().flat_map(|list| words_in(list, part));
    let mut spans: Vec<(usize, usize)> = spans.collect();
    spans.sort_unstable();
    if let Some((start, first_end)) = spans.first().copied() {
        let before = part[..start].trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')');
        if before.is_empty() {
            // "Onsite - Downtown Oslo", "Onsite in Oslo": the place follows.
            let after = part[first_end..].trim_start_matches(|c: char| !c.is_alphanumeric());
            let after = after.strip_prefix("in ").unwrap_or(after);
            let scope = part[start..first_end].to_lowercase().starts_with("remote");
            return if scope || spans.len() > 1 { String::new() } else { clean(after.trim_end_matches(')')) };
        }
        end = before.len();
    }
    let mut text = part[..end].trim();
    for join in [" or", " and", " OR", " AND", " Or", " (", " &", " /"] {
        text = text.strip_suffix(join).unwrap_or(text).trim_end();
    }
    let unclosed = text.matches('(').count() > text.matches(')').count();
    clean(if unclosed { text.rsplit_once('(').map_or(text, |(before, _)| before) } else { text })
}

/// How the work is done, and where a remote worker must live. Work that may be done remotely or at the place is remote.
fn read_remote(line: &str, field: &str, read: &mut Line) {
    let lower = line.to_ascii_lowercase();
    let found = words_in(&REMOTE, line);
    let said = |words: &[&str]| found.iter().any(|(start, end)| words.contains(&&lower[*start..*end]));
    let denied = ["no remote", "not remote", "no remotes", "non-remote", "remote: no", "remote not"];
    let remote = if said(&["hybrid"]) {
        Remote::Hybrid
    } else if denied.iter().any(|words| lower.contains(words)) {
        Remote::Onsite
    } else if said(&["remote", "remotely", "wfh"]) {
        Remote::Remote
    } else if said(&["onsite", "on-site", "on site", "in-office"]) {
        Remote::Onsite
    } else {
        return;
    };
    read.remote = Some(Stated::new(remote, field));
    if remote == Remote::Remote {
        let after =
            found.iter().find(|(start, end)| lower[*start..*end].starts_with("remote")).map(|(_, end)| &line[*end..]);
        read.remote_scope.extend(after.and_then(scope));
    }
}

/// The bounds that follow the word "remote": `(US only)`, ` - Europe`, `: EU`.
fn scope(after: &str) -> Option<String> {
    let after = after.trim_start();
    let told = match after.strip_prefix('(') {
        Some(inner) => inner.split(')').next()?,
        None => after.strip_prefix(['-', ':', '–'])?.split(['|', ',', ';', '(']).next()?,
    };
    let told = told.trim();
    let told = match told.len().checked_sub(4).filter(|at| told.is_char_boundary(*at)) {
        Some(at) if told[at..].eq_ignore_ascii_case("only") => &told[..at],
        _ => told,
    };
    let told = clean(told);
    let about_work = [&ROLES, &EMPLOYMENT, &REMOTE].into_iter().any(|list| !words_in(list, &told).is_empty());
    let short = (1..=40).contains(&told.chars().count()) && told.chars().any(char::is_uppercase);
    let manner =
        ["first", "friendly", "ok", "preferred", "possible"].iter().any(|word| told.to_lowercase().ends_with(word));
    (short && !about_work && !manner && !told.contains("http")).then_some(told)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sources::sample::{posting_of, read, read_with, rejected_by, rule_of};

    fn line(text: &str) -> Line {
        read_line(&first_line(text), "text")
    }

    fn places(line: &Line) -> Vec<&str> {
        line.places.iter().filter_map(|place| place.text.as_deref()).collect()
    }

    #[test]
    fn segments_are_told_apart_in_any_order() {
        for text in [
            "Acme | Senior Rust Engineer | Oslo, Norway | ONSITE | Full-time | €80k - €95k | https://acme.example",
            "Acme (https://acme.example) | Oslo, Norway | Full-time | ONSITE | 80-95k EUR | Senior Rust Engineer",
        ] {
            let line = line(text);
            assert_eq!(line.company.as_deref(), Some("Acme"), "{text}");
            assert_eq!(line.title.as_deref(), Some("Senior Rust Engineer"), "{text}");
            assert_eq!(places(&line), ["Oslo, Norway"], "{text}");
            assert_eq!(line.remote.as_ref().map(|remote| remote.value), Some(Remote::Onsite));
            assert_eq!(line.employment.as_ref().map(|words| words.value.as_str()), Some("Full-time"));
            assert_eq!(line.pay.len(), 1, "{text}");
        }
    }

    #[test]
    fn remote_work_its_bounds_and_the_place_beside_it_are_read() {
        let line = line("Acme | SF or Remote (US only) | Backend Developers");
        assert_eq!((places(&line), line.remote_scope.as_slice()), (vec!["SF"], &["US".to_owned()][..]));
        assert_eq!(line.remote.as_ref().map(|remote| remote.value), Some(Remote::Remote));
        for (text, remote) in [
            ("Acme | Designer | Onsite or Remote", Some(Remote::Remote)),
            ("Acme | Designer | Berlin, no remote", Some(Remote::Onsite)),
            ("Acme | Designer | Berlin (hybrid)", Some(Remote::Hybrid)),
            ("Acme | Designer | Berlin", None),
        ] {
            assert_eq!(read_line(text, "text").remote.map(|remote| remote.value), remote, "{text}");
        }
    }

    #[test]
    fn a_comment_without_a_role_keeps_its_first_line_as_title_and_says_so() {
        let body = json!({"comments": [
            {"id": 2, "parent": 1, "text": "Acme | Berlin | Onsite<p>We are hiring engineers.", "time": 1789000000},
        ]});
        let reading = read(&SOURCE, &body.to_string());
        let posting = posting_of(&reading, 0);
        assert_eq!(
            (posting.title.as_str(), posting.warnings.as_slice()),
            ("Acme | Berlin | Onsite", &["title-is-first-line"][..])
        );
    }

    #[test]
    fn whatever_is_no_posting_is_rejected_and_counted() {
        let body = json!({"comments": [
            {"id": 10, "parent": 1, "text": "Acme | Nurse | Oslo<p>Apply."},
            {"id": 11, "parent": 1, "deleted": true},
            {"id": 12, "parent": 1, "dead": true, "text": "Acme | Nurse | Oslo"},
            {"id": 13, "parent": 10, "text": "Acme | I applied and never heard | back"},
            {"id": 14, "parent": 1, "text": "Is this thread also for Europe?"},
            {"id": 15, "parent": 1},
            "what",
            {"parent": 1, "text": "Acme | Nurse | Oslo"},
            {"id": 16, "parent": 1, "text": 7},
            {"id": 17, "parent": 1, "text": "SEEKING WORK | Remote | Python, Rust"},
        ]});
        let reading = read(&SOURCE, &body.to_string());
        assert_eq!(posting_of(&reading, 0).company.as_deref(), Some("Acme"));
        for number in [1, 2, 3, 4, 5, 9] {
            assert_eq!(rejected_by(&reading, number), "not-a-posting", "{number}");
        }
        assert_eq!(
            [rejected_by(&reading, 6), rejected_by(&reading, 7), rejected_by(&reading, 8)],
            ["not-an-object", "id-missing", "wrong-type"]
        );
    }

    #[test]
    fn threads_lead_to_their_comments_and_those_to_the_next_page() {
        let hits = json!({"hits": [
            {"objectID": "300", "title": "Ask HN: Freelancer? Seeking freelancer? (November 2026)"},
            {"objectID": "200", "title": "Ask HN: Who is hiring? (November 2026)"},
            {"objectID": "100", "title": "Ask HN: Who is hiring? (October 2026)"},
        ]});
        let context = [(THREADS.to_owned(), "1".to_owned())].into();
        let reading = read_with(&SOURCE, "latest", "u", &context, &hits.to_string()).expect("reads");
        assert_eq!(reading.next.len(), 1);
        assert!(reading.next[0].url.contains("story_200"), "{}", reading.next[0].url);
        let comments = json!({"nbPages": 2, "nbHits": 2, "hits": [
            {"objectID": "201", "parent_id": 200, "story_id": 200, "comment_text": "Acme | Nurse | Oslo", "created_at": "2026-11-02T16:00:00Z"},
            {"objectID": "202", "parent_id": 201, "story_id": 200, "comment_text": "Thanks, looking for a nurse role!"},
        ]});
        let reading =
            read_with(&SOURCE, "latest", "u", &reading.next[0].context, &comments.to_string()).expect("reads");
        assert_eq!(posting_of(&reading, 0).external_id, "201");
        assert_eq!(rejected_by(&reading, 1), "not-a-posting");
        assert!(reading.next[0].url.ends_with("page=1"), "{}", reading.next[0].url);
    }

    #[test]
    fn items_of_firebase_are_read_too() {
        let story = json!({"id": 1, "type": "story", "kids": [2, 3, "x"]});
        assert_eq!(read(&SOURCE, &story.to_string()).next.len(), 2);
        let comment =
            json!({"id": 2, "type": "comment", "parent": 1, "kids": [5], "text": "Acme | Nurse | Oslo", "time": 1});
        assert_eq!(read(&SOURCE, &comment.to_string()).records.len(), 1);
        assert_eq!(SOURCE.board_of(json!([comment]).to_string().as_bytes()).as_deref(), Some("1"));
        assert_eq!(rule_of(&SOURCE, r#"{"x":1}"#), "wrong-shape");
    }

    #[test]
    fn any_first_line_is_read_without_harm() {
        for text in [
            "",
            "|",
            "| | |",
            "é|ü|ß Remote(",
            "<",
            "a<b",
            "Remote",
            "&#x110000; | &amp;",
            "İ Remote | İ",
            "(((( | ))))",
        ] {
            let _ = line(text);
            let _ = apply_url(text);
        }
    }
}
