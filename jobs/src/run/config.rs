//! `waypost config`: every key, its value and where it comes from.

use pipeline_core::Result;

use crate::cli::Example;
use crate::config::{Config, EXAMPLE, EXAMPLE_AWS};
use crate::print::{self, Form};

/// Prints the configuration as resolved.
///
/// # Errors
/// When standard output is closed.
pub fn show(form: Form, config: &Config) -> Result<()> {
    print::document(form, &config.to_json(), |_| {
        let keys = config.show().into_iter().map(|(key, value, origin)| vec![key, value.to_string(), origin]);
        let addresses =
            config.addresses.list().into_iter().map(|(port, address)| vec![port.to_owned(), address.to_owned()]);
        format!(
            "{}\n\n{}",
            print::table(&["key", "value", "from"], keys),
            print::table(&["backend", "address"], addresses)
        )
    })
}

/// Prints a commented file to start from.
///
/// # Errors
/// When standard output is closed.
pub fn example(subject: Example) -> Result<()> {
    print::line(match subject {
        Example::Local => EXAMPLE.trim_end(),
        Example::Aws => EXAMPLE_AWS.trim_end(),
    })
}
