//! Configuration: the file as written ([`raw`]), and as resolved with every default, flag and address ([`Config`]).
//!
//! Only this module reads the environment.

mod model;
mod raw;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use infra_registry::{Addresses, Options};
use pipeline_core::error::Context as _;
use pipeline_core::source::{Board, Quota};
use pipeline_core::{Error, ErrorKind, Result};
use pipeline_crawl::Strictness;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::run;
pub use raw::{EXAMPLE, EXAMPLE_AWS, Raw, SourceLimits};

/// The file that is read when it exists and no other is named.
const DEFAULT_FILE: &str = "waypost.toml";

/// The configuration with nothing left open.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Which backends.
    pub addresses: Addresses,
    /// The file as written, defaults filled in.
    pub raw: Raw,
    /// Where each key's value comes from: `default`, a file's name, or a flag.
    pub origins: BTreeMap<String, String>,
}

impl Config {
    /// Reads the file and applies the flags.
    ///
    /// # Errors
    /// `Config` for a file that cannot be read, has unknown keys or unusable values.
    pub fn resolve(global: &Global) -> Result<Self> {
        let file = match &global.config {
            Some(file) => Some(file.clone()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists()),
        };
        let (mut raw, mut origins) = match &file {
            None => (Raw::default(), BTreeMap::new()),
            Some(file) => raw::read(file)?,
        };
        if let Some(dir) = &global.data_dir {
            raw.data_dir = dir.display().to_string();
            origins.insert("data_dir".to_owned(), "--data-dir or WAYPOST_DATA_DIR".to_owned());
        }
        Self::with(raw, origins)
    }

    /// A configuration from a file's content; `origins` names where its keys come from.
    ///
    /// # Errors
    /// `Config` for unusable values.
    pub fn with(raw: Raw, origins: BTreeMap<String, String>) -> Result<Self> {
        if raw.data_dir.trim().is_empty() {
            return Err(Error::config("data_dir is empty"));
        }
        for (name, value, low) in [
            ("crawl.concurrency", raw.crawl.concurrency as u64, 1),
            ("crawl.max_body_bytes", raw.crawl.max_body_bytes, 1_024),
            ("measure.window_days", u64::try_from(raw.measure.window_days).unwrap_or_default(), 7),
            ("match.keep", raw.matching.keep as u64, 1),
        ] {
            if value < low {
                return Err(Error::config(format!("{name} is {value}, which is below {low}")));
            }
        }
        let data_dir = PathBuf::from(&raw.data_dir);
        let addresses = raw.addresses(&data_dir)?;
        model::settings(&raw.matching, &addresses.model)?;
        Ok(Self { data_dir, addresses, raw, origins })
    }

    /// What backends need besides their addresses. Their secrets come from the environment.
    pub fn backend_options(&self) -> Options {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Options {
            clock: None,
            region: given(&self.raw.aws.region),
            profile: given(&self.raw.aws.profile),
            secrets: Some(std::sync::Arc::new(secret)),
        }
    }

    /// How far the model is used.
    ///
    /// # Errors
    /// `Config` for a model that may spend but has no price.
    pub fn model_settings(&self) -> Result<pipeline_matching::evidence::Settings> {
        model::settings(&self.raw.matching, &self.addresses.model)
    }

    /// The permission that is written down for `source`, if any.
    pub fn permission(&self, source: &str) -> Option<&str> {
        let entries = self.raw.source.iter().filter(|entry| entry.name == source);
        entries.filter_map(|entry| entry.permission.as_deref().map(str::trim)).find(|permission| !permission.is_empty())
    }

    /// The stricter limits that are configured for sources.
    ///
    /// # Errors
    /// `Config` for a source that is not known.
    pub fn strictness(&self) -> Result<Vec<(String, Strictness)>> {
        let strictness = |(name, limits): (&String, &SourceLimits)| {
            run::sources::named(name).map_err(|error| {
                let message = format!("crawl.limits.{name} is for a source that is not known");
                Error::config(message).hint(error.hint_text().unwrap_or_default())
            })?;
            let spans = [
                (limits.per_minute, 60),
                (limits.per_day, 86_400),
                (limits.per_week, 7 * 86_400),
                (limits.per_month, 30 * 86_400),
            ];
            let quotas =
                spans.into_iter().filter_map(|(requests, window_s)| Some(Quota { requests: requests?, window_s }));
            let (gap_ms, vendor_gap_ms) = (limits.gap_ms, limits.vendor_gap_ms);
            Ok((name.clone(), Strictness { gap_ms, vendor_gap_ms, quotas: quotas.collect() }))
        };
        self.raw.crawl.limits.iter().map(strictness).collect()
    }

    /// The boards to crawl: source, board.
    pub fn boards(&self) -> Vec<(String, Board)> {
        let sources = self.raw.source.iter().filter(|source| source.enabled);
        sources
            .flat_map(|source| {
                let boards = if source.boards.is_empty() { vec![source.name.clone()] } else { source.boards.clone() };
                boards
                    .into_iter()
                    .map(|name| (source.name.clone(), Board { name, parameters: source.parameters.clone() }))
            })
            .collect()
    }

    /// Every key with its value and where it comes from, secrets left out.
    pub fn show(&self) -> Vec<(String, Value, String)> {
        let value = serde_json::to_value(&self.raw).unwrap_or_default();
        let mut keys = Vec::new();
        flatten("", &value, &mut keys);
        keys.into_iter()
            .map(|(key, value)| {
                let origin = self.origins.get(&key).cloned().unwrap_or_else(|| "default".to_owned());
                (key, value, origin)
            })
            .collect()
    }

    /// The configuration as one document: `{key: {value, from}}`.
    pub fn to_json(&self) -> Value {
        self.show().into_iter().map(|(key, value, from)| (key, json!({"value": value, "from": from}))).collect()
    }
}

fn flatten(prefix: &str, value: &Value, keys: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(&key, value, keys);
            }
        }
        _ => keys.push((prefix.to_owned(), value.clone())),
    }
}

/// The secret called `name` of a source or backend, from `WAYPOST_SECRET_SOURCE_NAME`.
pub fn secret(source: &str, name: &str) -> Option<String> {
    let variable = secret_variable(source, name);
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

/// The environment variable that holds a secret. Those of the mailbox are `WAYPOST_MAIL_USER` and `WAYPOST_MAIL_PASSWORD`.
pub fn secret_variable(source: &str, name: &str) -> String {
    if source == "mail" {
        return format!("WAYPOST_MAIL_{name}").to_ascii_uppercase();
    }
    format!("WAYPOST_SECRET_{source}_{name}").to_ascii_uppercase().replace('-', "_")
}

/// Whether job sources may lie on this machine, for tests: `WAYPOST_ALLOW_LOOPBACK_FOR_TESTS=1`. Release builds do not ask.
#[cfg(debug_assertions)]
pub fn allows_loopback_for_tests() -> bool {
    std::env::var("WAYPOST_ALLOW_LOOPBACK_FOR_TESTS").is_ok_and(|value| value == "1")
}

/// The log filter of `WAYPOST_LOG`, such as `info` or `pipeline_crawl=debug`.
pub fn log_filter() -> String {
    std::env::var("WAYPOST_LOG").unwrap_or_else(|_| "warn".to_owned())
}

/// Where traces and metrics go: the configuration's collector, or that of `OTEL_EXPORTER_OTLP_ENDPOINT`. A configuration
/// that cannot be read names none; the command itself tells what is wrong with it.
pub fn collector(global: &Global) -> Option<String> {
    let configured = Config::resolve(global).ok().map(|config| config.raw.telemetry.otlp);
    let configured = configured.filter(|address| !address.trim().is_empty());
    configured.or_else(|| std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").ok().filter(|address| !address.is_empty()))
}

/// Writes the commented example to `file`.
///
/// # Errors
/// `Conflict` when it is there already and `force` is not set.
pub fn write_example(file: &Path, force: bool) -> Result<()> {
    if file.exists() && !force {
        return Err(Error::conflict(format!("{} is there already", file.display())).hint("add --force to replace it"));
    }
    std::fs::write(file, EXAMPLE).context(ErrorKind::Internal, || format!("cannot write {}", file.display()))
}
