//! `waypost samples generate`: made-up postings, the same bytes for the same seed.

use std::fs::{self, File};
use std::io::BufWriter;

use pipeline_core::error::Context as _;
use pipeline_core::{ErrorKind, Result};
use serde_json::json;

use crate::cli::Samples;
use crate::generate::{Generator, MAPPING};
use crate::print::{self, Form};

/// Writes the postings and the mapping.
///
/// # Errors
/// `Unavailable` when the folder cannot be written.
pub fn run(form: Form, arguments: &Samples) -> Result<()> {
    let Samples::Generate { postings, seed, output } = arguments;
    let failed = || format!("cannot write to {}", output.display());
    fs::create_dir_all(output).context(ErrorKind::Unavailable, failed)?;
    let (rows, mapping) = (output.join("postings.ndjson"), output.join("mapping.toml"));
    fs::write(&mapping, MAPPING).context(ErrorKind::Unavailable, failed)?;
    let file = File::create(&rows).context(ErrorKind::Unavailable, failed)?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    Generator::new(*seed, *postings).write_ndjson(&mut out).context(ErrorKind::Unavailable, failed)?;
    let document = json!({"postings": postings, "seed": seed, "file": rows, "mapping": mapping});
    print::document(form, &document, |_| {
        format!(
            "wrote {} postings; import them with\n  waypost import --mapping {} {}",
            print::count(*postings),
            mapping.display(),
            rows.display()
        )
    })
}
