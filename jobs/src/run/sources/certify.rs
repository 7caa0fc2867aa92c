//! `waypost sources certify`: whether sources read their samples as written.

use std::path::Path;

use pipeline_core::source::{Source, Sources as _};
use pipeline_core::{Error, ErrorKind, Result};
use pipeline_crawl::Registry;
use pipeline_crawl::certify::{Certificate, certify};
use serde_json::json;

use crate::bundled;
use crate::print::{self, Form};

/// Certifies the sources called `names`, or all, and answers the exit code: 0 when all pass.
///
/// # Errors
/// `NotFound` for a source or folder that is not there, `Usage` for a folder without exactly one source.
pub fn run(form: Form, names: &[String], samples: Option<&Path>) -> Result<u8> {
    let certificates = match (names, samples) {
        ([name], Some(folder)) => vec![certify(named(name)?, &bundled::samples_in(folder)?)],
        (_, Some(_)) => return Err(Error::usage("--samples needs the name of one source")),
        ([], None) => Registry.all().into_iter().map(bundled::certificate).collect(),
        (names, None) => names.iter().map(|name| named(name).map(bundled::certificate)).collect::<Result<Vec<_>>>()?,
    };
    let items: Vec<_> = certificates
        .iter()
        .map(|certificate| {
            json!({"source": certificate.source, "certified": certificate.passed(), "checks": certificate.checks})
        })
        .collect();
    print::items(form, &json!({"items": items}), |_| table(&certificates))?;
    Ok(if certificates.iter().all(Certificate::passed) { 0 } else { ErrorKind::Denied.exit_code() })
}

fn named(name: &str) -> Result<&'static dyn Source> {
    super::named(name)
}

fn table(certificates: &[Certificate]) -> String {
    let rows = certificates.iter().map(|certificate| {
        let verdict = if certificate.passed() { "certified" } else { "NOT CERTIFIED" };
        let cases = certificate.checks.iter().filter(|check| !check.case.is_empty()).count();
        vec![
            certificate.source.clone(),
            verdict.to_owned(),
            cases.to_string(),
            certificate.faults().collect::<Vec<_>>().join("; "),
        ]
    });
    print::table(&["source", "verdict", "samples", "faults"], rows)
}
