//! `waypost init`: a configuration file with every key explained, and the data folder.

use std::path::PathBuf;

use pipeline_core::error::Context as _;
use pipeline_core::{ErrorKind, Result};

use crate::cli::{Global, Init};
use crate::config::{self, Config};
use crate::print;

/// Writes the file and makes the folder.
///
/// # Errors
/// `Conflict` when the file is there already.
pub fn run(global: &Global, arguments: &Init) -> Result<()> {
    let file = global.config.clone().unwrap_or_else(|| PathBuf::from("waypost.toml"));
    config::write_example(&file, arguments.force)?;
    let config = Config::resolve(&Global { config: Some(file.clone()), ..global.clone() })?;
    std::fs::create_dir_all(&config.data_dir)
        .context(ErrorKind::Unavailable, || format!("cannot make data folder {}", config.data_dir.display()))?;
    print::line(&format!(
        "wrote {} and made {}\nnext: add a [[source]] and crawl.contact, then `waypost doctor` and `waypost run`",
        file.display(),
        config.data_dir.display()
    ))
}
