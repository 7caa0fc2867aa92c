//! `waypost sources`: what can be crawled, under which terms, and what it needs.

pub mod certify;
pub mod discover;
pub mod etiquette;
pub mod scorecard;

use pipeline_core::source::{Source, Sources as _};
use pipeline_core::{Error, Result};
use pipeline_crawl::Registry;
use serde_json::json;

use crate::config::{secret, secret_variable};
use crate::print::{self, Form};

/// Prints every source.
///
/// # Errors
/// When standard output is closed.
pub fn list(form: Form) -> Result<()> {
    let descriptions: Vec<_> = Registry.all().iter().map(|source| source.describe()).collect();
    let items: Vec<_> = descriptions
        .iter()
        .map(|source| {
            let secrets: Vec<_> = source
                .secrets
                .iter()
                .map(|name| json!({"variable": secret_variable(source.name, name), "set": secret(source.name, name).is_some()}))
                .collect();
            json!({
                "name": source.name, "title": source.title, "board": source.board, "secrets": secrets,
                "min_gap_ms": source.min_gap_ms, "min_interval_s": source.min_interval_s,
                "quotas": source.quotas.iter().map(|quota| json!({"requests": quota.requests, "window_s": quota.window_s})).collect::<Vec<_>>(),
                "needs_permission": source.needs_permission, "listing_is_complete": source.listing_is_complete,
                "terms": source.terms, "reference": source.reference,
            })
        })
        .collect();
    print::items(form, &json!({"items": items}), |_| {
        let rows = descriptions.iter().map(|source| {
            let needs =
                source.secrets.iter().map(|name| secret_variable(source.name, name)).collect::<Vec<_>>().join(", ");
            vec![
                source.name.to_owned(),
                print::cut(source.board.unwrap_or("-"), 48),
                format!("{:.1} s", source.min_gap_ms as f64 / 1e3),
                needs,
                print::cut(source.terms, 70),
            ]
        });
        print::table(&["source", "board", "min. gap", "needs", "terms"], rows)
    })
}

/// The source called `name`.
///
/// # Errors
/// `NotFound`, naming the nearest.
pub fn named(name: &str) -> Result<&'static dyn Source> {
    Registry::find(name).ok_or_else(|| {
        let names = Registry.all().into_iter().map(|source| source.describe().name);
        let near = names.max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
        Error::not_found(format!("no source is called {name}"))
            .hint(format!("did you mean {}? see `waypost sources list`", near.unwrap_or_default()))
    })
}
