//! Certification: whether a source reads its stored samples as it is written beside them, whatever is wrong with them.
//!
//! The samples of a source are `<case>.input.<ext>` (an answer), `<case>.context.json` (its other parts, optional),
//! `<case>.expected.json` (what it means) and `replay.json` (recorded crawls). The beginning of a case's name says what it
//! shows: `empty`, `malformed`, `truncated`, `page` (a further page), `changed` (another shape); all others are good.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use pipeline_core::ErrorKind;
use pipeline_core::source::{Answer, Ask, Board, Reading, Record, Rejection, Source};
use schemas::Micros;
use serde::Deserialize;
use serde_json::{Value, json};

/// The samples of one source: the bytes of each file, by name.
pub type Samples = BTreeMap<String, Cow<'static, [u8]>>;

/// When every sample counts as fetched: 2026-11-20T06:00:00Z.
pub const FETCHED_AT: Micros = Micros(1_795_154_400_000_000);
/// Requests after which a recorded crawl counts as endless.
const MOST_ASKS: usize = 10_000;

/// What a sample shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An answer as it should be.
    Good,
    /// A board without postings.
    Empty,
    /// Records and values that are wrong.
    Malformed,
    /// A body that ends too early.
    Truncated,
    /// A crawl over all of its pages.
    Paged,
    /// A shape that the vendor might change to.
    Changed,
}

impl Kind {
    /// Every kind, each of which a source must have shown.
    pub const ALL: [Self; 6] = [Self::Good, Self::Empty, Self::Malformed, Self::Truncated, Self::Paged, Self::Changed];

    /// The kind of the case called `name`.
    pub fn of(name: &str) -> Self {
        let kinds = [
            ("empty", Self::Empty),
            ("malformed", Self::Malformed),
            ("truncated", Self::Truncated),
            ("page", Self::Paged),
            ("changed", Self::Changed),
        ];
        kinds.into_iter().find(|(beginning, _)| name.starts_with(beginning)).map_or(Self::Good, |(_, kind)| kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Good => "good",
            Self::Empty => "empty",
            Self::Malformed => "malformed",
            Self::Truncated => "truncated",
            Self::Paged => "paged",
            Self::Changed => "changed",
        })
    }
}

/// What one sample showed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Check {
    /// What it shows.
    pub kind: Kind,
    /// The name of the case; empty where a kind has none.
    pub case: String,
    /// What is wrong; null when nothing is.
    pub fault: Option<String>,
}

/// What all samples of a source showed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Certificate {
    /// The source.
    pub source: String,
    /// One entry per sample, and one per kind that has none.
    pub checks: Vec<Check>,
}

impl Certificate {
    /// Whether nothing is wrong.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.fault.is_none())
    }

    /// What is wrong, one sentence each.
    pub fn faults(&self) -> impl Iterator<Item = String> {
        self.checks.iter().filter_map(|check| {
            let fault = check.fault.as_ref()?;
            Some(if check.case.is_empty() { fault.clone() } else { format!("{}: {fault}", check.case) })
        })
    }
}

/// Certifies `source` on its `samples`.
pub fn certify(source: &dyn Source, samples: &Samples) -> Certificate {
    let mut checks: Vec<Check> = cases(samples)
        .map(|(case, _)| Check {
            kind: Kind::of(case),
            case: case.to_owned(),
            fault: case_fault(source, samples, case).err(),
        })
        .collect();
    checks.push(Check { kind: Kind::Paged, case: REPLAY.to_owned(), fault: replay_fault(source, samples).err() });
    let shown: BTreeSet<Kind> = checks.iter().map(|check| check.kind).collect();
    for kind in Kind::ALL.into_iter().filter(|kind| !shown.contains(kind)) {
        checks.push(Check { kind, case: String::new(), fault: Some(format!("no sample is {kind}")) });
    }
    Certificate { source: source.describe().name.to_owned(), checks }
}

/// The recorded crawls of a source.
const REPLAY: &str = "replay.json";

/// The names of the cases and of the files that hold their bodies, in order.
pub fn cases(samples: &Samples) -> impl Iterator<Item = (&str, &str)> {
    samples.keys().filter_map(|file| Some((file.split_once(".input.")?.0, file.as_str())))
}

/// The answer's other parts, from the file beside it.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Parts {
    board: Option<String>,
    url: Option<String>,
    content_type: Option<String>,
    context: BTreeMap<String, String>,
}

/// What `source` makes of the sample `case`.
///
/// # Errors
/// A sentence when there is no such sample or its parts cannot be read; a rejection of its body stands within.
pub fn reading_of(source: &dyn Source, samples: &Samples, case: &str) -> Result<Result<Reading, Rejection>, String> {
    let prefix = format!("{case}.input.");
    let (file, body) = samples
        .range(prefix.clone()..)
        .next()
        .filter(|(file, _)| file.starts_with(&prefix))
        .ok_or_else(|| format!("there is no {prefix}*"))?;
    let parts = match samples.get(&format!("{case}.context.json")) {
        Some(text) => serde_json::from_slice(text).map_err(|error| format!("its context cannot be read: {error}"))?,
        None => Parts::default(),
    };
    Ok(source.read(&Answer {
        board: &parts.board.or_else(|| source.board_of(body)).unwrap_or_else(|| case.to_owned()),
        url: &parts.url.unwrap_or_else(|| format!("file:{file}")),
        context: &parts.context,
        content_type: parts.content_type.as_deref(),
        fetched_at: FETCHED_AT,
        body,
    }))
}

/// A reading, or why there is none, as it is written beside a sample.
pub fn meaning(reading: &Result<Reading, Rejection>) -> Value {
    match reading {
        Ok(reading) => json!(reading),
        Err(rejection) => json!({ "rejected": rejection }),
    }
}

fn case_fault(source: &dyn Source, samples: &Samples, case: &str) -> Result<(), String> {
    let reading = reading_of(source, samples, case)?;
    let expected = samples.get(&format!("{case}.expected.json")).ok_or("what it means is not written beside it")?;
    let expected: Value =
        serde_json::from_slice(expected).map_err(|error| format!("what stands beside it is not JSON: {error}"))?;
    if meaning(&reading) != expected {
        return Err("it is read in another way than is written beside it".to_owned());
    }
    shown(Kind::of(case), &reading)
}

/// Whether `reading` is what a sample of `kind` has to show.
fn shown(kind: Kind, reading: &Result<Reading, Rejection>) -> Result<(), String> {
    let postings = reading.as_ref().map_or(0, postings);
    let rejected = reading.as_ref().map_or(1, |reading| reading.records.len() - postings);
    let findings = reading.as_ref().map_or(0, |reading| reading.findings.len());
    match (kind, reading) {
        (Kind::Good | Kind::Paged, Err(rejection)) => Err(format!("it is rejected: {}", rejection.reason)),
        (Kind::Good | Kind::Paged, Ok(reading)) if postings == 0 && reading.next.is_empty() => {
            Err("it gives no posting and leads nowhere".to_owned())
        }
        (Kind::Good | Kind::Paged, Ok(reading)) if findings > 0 => {
            let fields: Vec<&str> = reading.findings.iter().map(|finding| finding.field.as_str()).collect();
            Err(format!("it departs from the contract: {}", fields.join(", ")))
        }
        (Kind::Empty, _) if postings > 0 => Err("it gives a posting".to_owned()),
        (Kind::Malformed, _) if rejected == 0 && findings == 0 => Err("nothing of it is rejected or told".to_owned()),
        (Kind::Truncated, _) if rejected == 0 => Err("it is read as if it were whole".to_owned()),
        (Kind::Changed, _) if rejected == 0 && findings == 0 => Err("its change is not noticed".to_owned()),
        _ => Ok(()),
    }
}

fn postings(reading: &Reading) -> usize {
    reading.records.iter().filter(|record| matches!(record, Record::Posting(_))).count()
}

/// A recorded crawl of one board.
#[derive(Deserialize)]
struct Crawl {
    board: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    exchanges: Vec<Exchange>,
}

/// A recorded request and the file with the answer's body.
#[derive(Deserialize)]
struct Exchange {
    method: String,
    url: String,
    body: Option<Value>,
    status: u16,
    content_type: Option<String>,
    file: String,
}

impl Exchange {
    fn answers(&self, ask: &Ask) -> bool {
        let body = ask.body.as_ref().map(|body| meant(&Value::from(body.as_str())));
        self.method == ask.method && self.url == ask.url && self.body.as_ref().map(meant) == body
    }
}

/// A body of a request by its meaning; recordings may hold it as text or as JSON.
fn meant(body: &Value) -> Value {
    body.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| body.clone())
}

/// Follows the recorded crawls. A source that cannot be crawled needs none.
fn replay_fault(source: &dyn Source, samples: &Samples) -> Result<(), String> {
    let Some(text) = samples.get(REPLAY) else {
        return match source.start(&Board::default()) {
            Err(error) if error.kind() == ErrorKind::Unsupported => Ok(()),
            _ => Err("no crawl is recorded".to_owned()),
        };
    };
    let crawls: Vec<Crawl> = serde_json::from_slice(text).map_err(|error| format!("it cannot be read: {error}"))?;
    let mut found = 0;
    for crawl in &crawls {
        found += follow(source, samples, crawl).map_err(|fault| format!("board {}: {fault}", crawl.board))?;
    }
    if found == 0 { Err("its crawls give no posting".to_owned()) } else { Ok(()) }
}

/// How many postings `crawl` gives; every request that the source wants sent must have been recorded.
fn follow(source: &dyn Source, samples: &Samples, crawl: &Crawl) -> Result<usize, String> {
    let board = Board { name: crawl.board.clone(), parameters: crawl.parameters.clone() };
    let mut asks = VecDeque::from(source.start(&board).map_err(|error| error.to_string())?);
    let (mut found, mut asked) = (0, 0);
    while let Some(ask) = asks.pop_front() {
        asked += 1;
        if asked > MOST_ASKS {
            return Err("it does not end".to_owned());
        }
        let exchange = crawl.exchanges.iter().find(|exchange| exchange.answers(&ask));
        let exchange = exchange.ok_or_else(|| format!("{} {} was not recorded", ask.method, ask.url))?;
        if exchange.status != 200 {
            continue;
        }
        let body = samples.get(&exchange.file).ok_or_else(|| format!("{} is not there", exchange.file))?;
        let reading = source.read(&Answer {
            board: &board.name,
            url: &ask.url,
            context: &ask.context,
            content_type: exchange.content_type.as_deref(),
            fetched_at: FETCHED_AT,
            body,
        });
        let reading = reading.map_err(|rejection| format!("{} is rejected: {}", exchange.file, rejection.reason))?;
        found += postings(&reading);
        asks.extend(reading.next);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use pipeline_core::source::{Description, Finding, OnDrift, RawPosting};

    use super::*;

    /// A source of one page: a letter `p` is a posting, `x` a rejected record, `!` a finding, `#` no answer of it.
    struct Letters;

    static DESCRIPTION: Description = Description { name: "letters", ..Description::BASE };

    impl Source for Letters {
        fn describe(&self) -> &'static Description {
            &DESCRIPTION
        }

        fn start(&self, _: &Board) -> pipeline_core::Result<Vec<Ask>> {
            Ok(vec![Ask::get("https://a.example/1")])
        }

        fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
            let mut reading = Reading::default();
            for letter in answer.body {
                match letter {
                    b'p' => reading.records.push(Record::Posting(Box::<RawPosting>::default())),
                    b'x' => reading.records.push(Record::Rejected(Rejection::new("x", "is an x", "x"))),
                    b'!' => reading.findings.push(Finding {
                        field: "f".to_owned(),
                        rule: "field-new",
                        policy: OnDrift::Evolve,
                        records: 1,
                        example: String::new(),
                    }),
                    _ => return Err(Rejection::of_body("not-letters", "these are no letters", answer.body)),
                }
            }
            Ok(reading)
        }
    }

    const WHOLE: [(&str, &str); 5] =
        [("board", "pp"), ("empty", ""), ("malformed", "px"), ("truncated", "p#"), ("changed", "p!")];

    /// Samples with these bodies, and what they mean beside them.
    fn samples(cases: &[(&str, &'static str)]) -> Samples {
        let mut samples = Samples::new();
        for (case, body) in cases {
            samples.insert(format!("{case}.input.txt"), Cow::Borrowed(body.as_bytes()));
        }
        for (case, _) in cases {
            let meaning = meaning(&reading_of(&Letters, &samples, case).expect("is there")).to_string();
            samples.insert(format!("{case}.expected.json"), Cow::Owned(meaning.into_bytes()));
        }
        let exchange = json!({"method": "GET", "url": "https://a.example/1", "status": 200, "file": "board.input.txt"});
        let replay = json!([{"board": "b", "exchanges": [exchange]}]).to_string();
        samples.insert(REPLAY.to_owned(), Cow::Owned(replay.into_bytes()));
        samples
    }

    fn faults(samples: &Samples) -> Vec<String> {
        certify(&Letters, samples).faults().collect()
    }

    #[test]
    fn a_source_with_every_kind_of_sample_read_as_written_is_certified() {
        assert_eq!(faults(&samples(&WHOLE)), Vec::<String>::new());
    }

    #[test]
    fn every_kind_of_sample_is_needed() {
        for (left_out, _) in WHOLE {
            let cases: Vec<_> = WHOLE.into_iter().filter(|(case, _)| *case != left_out).collect();
            assert!(!faults(&samples(&cases)).is_empty(), "without {left_out}");
        }
        let mut unrecorded = samples(&WHOLE);
        unrecorded.remove(REPLAY);
        assert_eq!(faults(&unrecorded), ["replay.json: no crawl is recorded"]);
    }

    #[test]
    fn a_reading_other_than_written_is_a_fault() {
        let mut changed = samples(&WHOLE);
        changed.insert("board.input.txt".to_owned(), Cow::Borrowed(b"ppp"));
        assert_eq!(faults(&changed), ["board: it is read in another way than is written beside it"]);
    }

    #[test]
    fn a_sample_must_show_what_its_name_says() {
        for (case, body) in [
            ("board", "#"),
            ("board-2", ""),
            ("board-3", "p!"),
            ("empty-2", "p"),
            ("truncated-2", "p"),
            ("changed-2", "p"),
        ] {
            let mut cases = WHOLE.to_vec();
            cases.retain(|(name, _)| *name != case);
            cases.push((case, body));
            let faults = faults(&samples(&cases));
            assert!(faults.iter().any(|fault| fault.starts_with(&format!("{case}: "))), "{case}: {faults:?}");
        }
    }

    #[test]
    fn a_request_that_was_not_recorded_is_a_fault() {
        let mut samples = samples(&WHOLE);
        samples.insert(REPLAY.to_owned(), Cow::Borrowed(br#"[{"board": "b", "exchanges": []}]"#));
        assert_eq!(faults(&samples), ["replay.json: board b: GET https://a.example/1 was not recorded"]);
    }
}
