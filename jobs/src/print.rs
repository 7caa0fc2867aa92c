//! What commands print: one JSON document, JSON lines, or tables for people. Only this module writes to standard output.

use std::io::{self, Write as _};

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use pipeline_core::error::Context as _;
use pipeline_core::{ErrorKind, Result};
use schemas::wire::RunReport;
use serde::Serialize;
use serde_json::Value;

use crate::cli::Global;
use crate::ledger::status_name;

/// The form in which a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// One document.
    Json,
    /// One line per item.
    JsonLines,
}

impl Form {
    /// The form that the flags ask for.
    pub fn of(global: &Global) -> Self {
        match (global.json, global.ndjson) {
            (true, true) => Self::JsonLines,
            (true, false) => Self::Json,
            (false, _) => Self::Text,
        }
    }
}

/// Prints `document` as JSON, or what `text` makes of it.
///
/// # Errors
/// When standard output is closed.
pub fn document<T: Serialize>(form: Form, document: &T, text: impl FnOnce(&T) -> String) -> Result<()> {
    match form {
        Form::Text => line(text(document).trim_end()),
        Form::Json | Form::JsonLines => json(document),
    }
}

/// Prints a document that has `items`: whole, one line per item, or what `text` makes of it.
///
/// # Errors
/// When standard output is closed.
pub fn items(form: Form, document: &Value, text: impl FnOnce(&[Value]) -> String) -> Result<()> {
    let list = document["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    match form {
        Form::Text => line(text(list).trim_end()),
        Form::Json => json(document),
        Form::JsonLines => list.iter().try_for_each(json),
    }
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<()> {
    let text = serde_json::to_string(value).context(ErrorKind::Internal, || "the answer is no JSON")?;
    line(&text)
}

/// Prints one line or block.
///
/// # Errors
/// When standard output is closed.
pub fn line(text: &str) -> Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        // Whoever read us has seen enough, as with `| head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context(ErrorKind::Internal, || "cannot write to standard output"),
    }
}

/// A table with a header, columns aligned.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header.iter().copied());
    for row in rows {
        table.add_row(row.into_iter().map(|cell| shown(&cell)));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// `text` on one line without control characters, so that a posting cannot drive a terminal.
pub fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `text` cut to `width` characters.
pub fn cut(text: &str, width: usize) -> String {
    let text = shown(text);
    if text.chars().count() <= width {
        return text;
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// A whole number with its thousands apart.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A run's report for people.
pub fn run(report: &RunReport) -> String {
    let mut text = format!("run {} ({}): {}\n\n", report.run_id, report.job, status_name(report.status));
    let stages = report.stages.iter().map(|stage| {
        vec![
            stage.stage.clone(),
            count(stage.partitions),
            count(stage.changed),
            count(stage.rows_read),
            count(stage.rows_written),
            count(stage.rows_quarantined),
            format!("{:.1}", stage.cpu_s),
            format!("{:.1}", stage.wall_s),
        ]
    });
    text += &table(&["stage", "partitions", "changed", "read", "written", "rejected", "cpu s", "wall s"], stages);
    if !report.sources.is_empty() {
        text += "\n\n";
        text += &sources(report);
    }
    for error in &report.errors {
        text += &format!("\nerror: {}", shown(error));
    }
    for note in &report.notes {
        text += &format!("\nnote: {}", shown(note));
    }
    text
}

/// What each source gave, for people.
pub fn sources(report: &RunReport) -> String {
    let rows = report.sources.iter().map(|source| {
        let reasons: Vec<String> = source.reasons.iter().map(|(rule, n)| format!("{n} {rule}")).collect();
        let told = source.error.clone().into_iter().chain(reasons).collect::<Vec<_>>().join("; ");
        vec![
            source.source.clone(),
            count(source.requests),
            count(source.rows_read),
            count(source.rows_written),
            count(source.rows_quarantined),
            cut(&told, 70),
        ]
    });
    let mut text = table(&["source", "answers", "read", "kept", "rejected", ""], rows);
    // A line each, never cut: a departure at the end of a long list is as much a warning as the first.
    for source in &report.sources {
        for (finding, n) in &source.findings {
            let records = if *n == 1 { "record" } else { "records" };
            text += &format!("\n{}: {} in {} {records}", shown(&source.source), shown(finding), count(*n));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posting_cannot_drive_the_terminal() {
        assert_eq!(cut("Engineer\u{1b}[2J\nx", 20), "Engineer [2J x");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([count(7), count(1_234), count(1_000_000)], ["7", "1,234", "1,000,000"]);
    }
}
