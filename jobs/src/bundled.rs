//! The samples that are part of the program: what the demo runs on, and what sources are certified on.

use std::borrow::Cow;
use std::path::Path;

use pipeline_core::error::Context as _;
use pipeline_core::source::Source;
use pipeline_core::{Error, ErrorKind, Result};
use pipeline_crawl::certify::{Certificate, Samples, certify};
use rust_embed::RustEmbed;

/// Every file of `data-samples/`.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../data-samples"]
pub struct Bundled;

/// The bundled file at `path`.
///
/// # Errors
/// `Internal` when there is none.
pub fn file(path: &str) -> Result<Vec<u8>> {
    let file = Bundled::get(path).ok_or_else(|| Error::internal(format!("sample {path} is missing")))?;
    Ok(file.data.into_owned())
}

/// The bundled samples of `source`.
pub fn samples(source: &str) -> Samples {
    let folder = format!("{source}/");
    let names = Bundled::iter().filter_map(|path| Some(path.strip_prefix(&folder)?.to_owned()));
    names.filter_map(|name| Some((name.clone(), Bundled::get(&format!("{folder}{name}"))?.data))).collect()
}

/// The samples in `folder`, as they lie on disk.
///
/// # Errors
/// `NotFound` when it cannot be read.
pub fn samples_in(folder: &Path) -> Result<Samples> {
    let missing = || format!("cannot read the samples in {}", folder.display());
    let mut samples = Samples::new();
    for entry in std::fs::read_dir(folder).context(ErrorKind::NotFound, missing)? {
        let path = entry.context(ErrorKind::NotFound, missing)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() {
            samples.insert(name, Cow::Owned(std::fs::read(&path).context(ErrorKind::NotFound, missing)?));
        }
    }
    Ok(samples)
}

/// What the bundled samples of `source` show.
pub fn certificate(source: &dyn Source) -> Certificate {
    certify(source, &samples(source.describe().name))
}

/// Refuses a `source` that does not read its own samples as written: nothing of it may be kept.
///
/// # Errors
/// `Denied` with the first fault.
pub fn certified(source: &dyn Source) -> Result<()> {
    let name = source.describe().name;
    match certificate(source).faults().next() {
        None => Ok(()),
        Some(fault) => Err(Error::denied(format!("source {name} is not certified and may not write: {fault}"))
            .hint(format!("`waypost sources certify {name}` tells all that is wrong"))),
    }
}
