//! `waypost completions`: a completion script for a shell.

use std::io;

use clap::CommandFactory as _;
use clap_complete::Shell;
use pipeline_core::Result;

use crate::cli::Cli;

/// Prints the script.
///
/// # Errors
/// None.
pub fn run(shell: Shell) -> Result<()> {
    clap_complete::generate(shell, &mut Cli::command(), "waypost", &mut io::stdout());
    Ok(())
}
