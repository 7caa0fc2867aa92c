//! The configuration file as written. Unknown keys are refused with the nearest known one.

use std::collections::BTreeMap;
use std::path::Path;

use infra_registry::Addresses;
use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// The file that `waypost init` writes; it holds every key with its default, and a test keeps it so.
pub const EXAMPLE: &str = include_str!("example.toml");

/// A file for AWS, with what an operator has to fill in.
pub const EXAMPLE_AWS: &str = include_str!("example-aws.toml");

/// The whole file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Raw {
    /// Where everything is kept.
    pub data_dir: String,
    /// Addresses of backends; an empty one means the embedded default under `data_dir`.
    pub backends: Backends,
    /// How AWS is reached.
    pub aws: Aws,
    /// Where traces and metrics go.
    pub telemetry: Telemetry,
    /// How job sources are asked.
    pub crawl: Crawl,
    /// The market tables.
    pub measure: Measure,
    /// The matches.
    #[serde(rename = "match")]
    pub matching: Matching,
    /// The API.
    pub api: Api,
    /// Nightly runs.
    pub schedule: Schedule,
    /// The sources to crawl.
    pub source: Vec<SourceEntry>,
}

/// Addresses of backends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Backends {
    /// Tables: `file:///path` or `s3://BUCKET/PREFIX`.
    pub objects: String,
    /// Documents: `sqlite:///path` or `dynamodb://TABLE`.
    pub documents: String,
    /// Search index: `tantivy:///path` or `opensearch+https://HOST/PREFIX`.
    pub search: String,
    /// Messages: `sqlite:///path` or `sqs://PREFIX`.
    pub queue: String,
    /// People: `local:///path` or `cognito://POOL/CLIENT`.
    pub identity: String,
    /// Language model: `none`, `bedrock://MODEL` or `openai+https://HOST/v1?model=NAME`.
    pub model: String,
}

/// How AWS is reached; what is empty comes from the SDK's own chain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Aws {
    /// Region.
    pub region: String,
    /// Profile of the shared configuration files.
    pub profile: String,
}

/// Where traces and metrics go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Telemetry {
    /// Address of an OTLP collector over HTTP, such as `http://127.0.0.1:4318`; empty for none.
    pub otlp: String,
}

/// How job sources are asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Crawl {
    /// Where a source's operator can reach you; part of the user agent.
    pub contact: String,
    /// Sources asked at the same time.
    pub concurrency: usize,
    /// Largest body taken.
    pub max_body_bytes: u64,
    /// Most requests for one board in one run.
    pub max_asks: u32,
    /// Stricter limits than its own for a source, by its name.
    pub limits: BTreeMap<String, SourceLimits>,
}

/// Stricter limits for one source; what is left out stays as the source's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceLimits {
    /// Shortest time between two requests to one host, in milliseconds.
    pub gap_ms: Option<u64>,
    /// Shortest time between two requests to all hosts of the vendor together, in milliseconds.
    pub vendor_gap_ms: Option<u64>,
    /// Most requests in any minute.
    pub per_minute: Option<u32>,
    /// Most requests in any 24 hours.
    pub per_day: Option<u32>,
    /// Most requests in any 7 days.
    pub per_week: Option<u32>,
    /// Most requests in any 30 days.
    pub per_month: Option<u32>,
}

/// The market tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measure {
    /// Days of publication that count.
    pub window_days: i64,
    /// Memory that queries may use.
    pub memory_bytes: u64,
}

/// The matches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Matching {
    /// Matches kept for each person.
    pub keep: usize,
    /// Roles of each person that a model looks at; 0 for none.
    pub model_top: usize,
    /// US dollars that a run may spend on the model; 0 asks it nothing.
    pub model_budget_usd: f64,
    /// US dollars per million tokens that the model reads. Prices have dates, so there is no default.
    pub model_input_usd: Option<f64>,
    /// US dollars per million tokens that it writes.
    pub model_output_usd: Option<f64>,
    /// Whether many questions are asked as a batch, at half the price, whose answers a later run takes.
    pub model_batch: bool,
}

/// The API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Api {
    /// Address to listen on.
    pub listen: String,
    /// Whether `serve` also takes what people change into the search index; otherwise `waypost follow` has to.
    pub follow: bool,
}

/// Nightly runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedule {
    /// Second, minute, hour, day of month, month, day of week; UTC.
    pub cron: String,
}

/// A source to crawl.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceEntry {
    /// Its name in `waypost sources list`.
    pub name: String,
    /// Its boards.
    #[serde(default)]
    pub boards: Vec<String>,
    /// Whether it is crawled.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Further parameters, such as `query`.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// The permission that you have from whoever runs the site, for sources that may not be asked without one: who gave
    /// it, when and for what. It is recorded with every run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
}

fn yes() -> bool {
    true
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            data_dir: "./waypost-data".to_owned(),
            backends: Backends::default(),
            aws: Aws::default(),
            telemetry: Telemetry::default(),
            crawl: Crawl::default(),
            measure: Measure::default(),
            matching: Matching::default(),
            api: Api::default(),
            schedule: Schedule::default(),
            source: Vec::new(),
        }
    }
}

impl Default for Crawl {
    fn default() -> Self {
        Self {
            contact: String::new(),
            concurrency: 4,
            max_body_bytes: 32 * 1024 * 1024,
            max_asks: 1_000,
            limits: BTreeMap::new(),
        }
    }
}

impl Default for Measure {
    fn default() -> Self {
        Self { window_days: 180, memory_bytes: 256 * 1024 * 1024 }
    }
}

impl Default for Matching {
    fn default() -> Self {
        Self {
            keep: 200,
            model_top: 10,
            model_budget_usd: 0.0,
            model_input_usd: None,
            model_output_usd: None,
            model_batch: true,
        }
    }
}

impl Default for Api {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8080".to_owned(), follow: true }
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self { cron: "0 30 2 * * *".to_owned() }
    }
}

impl Raw {
    /// The backends, embedded ones under `data_dir` where no address is given.
    pub fn addresses(&self, data_dir: &Path) -> Result<Addresses> {
        let embedded = Addresses::embedded(data_dir)?;
        let or = |given: &str, default: String| if given.trim().is_empty() { default } else { given.trim().to_owned() };
        Ok(Addresses {
            objects: or(&self.backends.objects, embedded.objects),
            documents: or(&self.backends.documents, embedded.documents),
            search: or(&self.backends.search, embedded.search),
            queue: or(&self.backends.queue, embedded.queue),
            identity: or(&self.backends.identity, embedded.identity),
            model: or(&self.backends.model, embedded.model),
        })
    }
}

/// Reads `file`, and says which of its keys it sets.
pub fn read(file: &Path) -> Result<(Raw, BTreeMap<String, String>)> {
    let text = std::fs::read_to_string(file)
        .context(ErrorKind::Config, || format!("cannot read configuration {}", file.display()))
        .map_err(|error| error.hint("write one with `waypost init`"))?;
    parse(&text, &file.display().to_string())
}

/// Reads the text of a configuration called `name`.
pub fn parse(text: &str, name: &str) -> Result<(Raw, BTreeMap<String, String>)> {
    let table: toml::Table =
        text.parse().context(ErrorKind::Config, || format!("configuration {name} is not valid TOML"))?;
    let mut unknown = Vec::new();
    let raw: Raw = serde_ignored::deserialize(toml::Value::Table(table.clone()), |path| unknown.push(path.to_string()))
        .context(ErrorKind::Config, || format!("configuration {name} has an unusable value"))?;
    if let Some(key) = unknown.first() {
        let error = Error::config(format!("configuration {name} has an unknown key {key}"));
        return Err(match nearest(key) {
            Some(near) => error.hint(format!("did you mean {near}?")),
            None => error.hint("see `waypost config show` for every key"),
        });
    }
    let mut origins = BTreeMap::new();
    note("", &toml::Value::Table(table), name, &mut origins);
    Ok((raw, origins))
}

fn note(prefix: &str, value: &toml::Value, name: &str, origins: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(fields) => {
            for (field, value) in fields {
                let key = if prefix.is_empty() { field.clone() } else { format!("{prefix}.{field}") };
                note(&key, value, name, origins);
            }
        }
        _ => {
            origins.insert(prefix.to_owned(), name.to_owned());
        }
    }
}

/// The known key nearest to `key`, if any is near.
fn nearest(key: &str) -> Option<String> {
    let with_source = Raw { source: vec![SourceEntry::default()], ..Raw::default() };
    let value = serde_json::to_value(with_source).ok()?;
    let mut known = Vec::new();
    collect("", &value, &mut known);
    let plain: String = key.split('.').filter(|part| part.parse::<usize>().is_err()).collect::<Vec<_>>().join(".");
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&candidate, &plain), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

fn collect(prefix: &str, value: &serde_json::Value, known: &mut Vec<String>) {
    let fields = match value {
        serde_json::Value::Object(fields) => fields,
        serde_json::Value::Array(items) => return items.iter().for_each(|item| collect(prefix, item, known)),
        _ => return,
    };
    for (name, value) in fields {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        collect(&key, value, known);
        known.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_holds_every_default() {
        let (raw, _) = parse(EXAMPLE, "example").unwrap();
        assert_eq!(raw, Raw::default());
        for key in [
            "objects",
            "documents",
            "search",
            "queue",
            "identity",
            "model",
            "contact",
            "concurrency",
            "max_body_bytes",
            "max_asks",
            "window_days",
            "memory_bytes",
            "keep",
            "model_top",
            "model_budget_usd",
            "model_input_usd",
            "model_output_usd",
            "model_batch",
            "listen",
            "follow",
            "region",
            "otlp",
            "cron",
            "[[source]]",
        ] {
            assert!(EXAMPLE.contains(key), "the example does not mention {key}");
        }
    }

    #[test]
    fn the_example_for_aws_can_be_read() {
        let (raw, _) = parse(EXAMPLE_AWS, "example").unwrap();
        assert!(raw.backends.objects.starts_with("s3://") && raw.backends.documents.starts_with("dynamodb://"));
        let uncommented =
            EXAMPLE_AWS.replace("# model", "model").replace("model = \"none\"\n", "").replace("# [match]", "[match]");
        assert!(parse(&uncommented, "example").is_ok(), "what is commented out can be used");
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_name() {
        let error = parse("[crawl]\nconcurency = 3\n", "x.toml").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.hint_text(), Some("did you mean crawl.concurrency?"));
        let error = parse("[[source]]\nname = \"lever\"\nbords = [\"a\"]\n", "x.toml").unwrap_err();
        assert_eq!(error.hint_text(), Some("did you mean source.boards?"));
    }

    #[test]
    fn a_value_of_the_wrong_type_is_refused() {
        assert_eq!(parse("[api]\nlisten = 8080\n", "x.toml").unwrap_err().kind(), ErrorKind::Config);
    }
}
