//! `waypost reference`: public data that postings are read with.

use std::collections::BTreeMap;
use std::path::Path;

use pipeline_core::{Error, Result};
use pipeline_lake::Mode;
use pipeline_rules::fx;
use schemas::tables::RateRow;
use schemas::wire::RunReport;
use schemas::{Partition, Row as _};
use serde_json::json;

use crate::app::App;
use crate::pipeline::{Run, SourceDays};
use crate::print;
use crate::progress::Progress;

/// Adds the rates in `file` to those of the lake, where a day's rate replaces the one that is there, and converts all pay anew.
///
/// # Errors
/// `Usage` when the file cannot be read, `Invalid` when it holds no rates, those of the backends.
pub async fn import_rates(app: &App, file: &Path, quiet: bool) -> Result<RunReport> {
    let name = std::path::absolute(file).unwrap_or_else(|_| file.to_owned()).display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::usage(format!("cannot read the rates in {}", file.display())).because(error))?;
    let new = fx::read(&text)?;
    let progress = Progress::new(quiet);
    app.leased("reference-import", async {
        let repeat = json!({"job": "reference-import", "file": name});
        let mut run = Run::begin(app, "reference-import", repeat, &progress).await?;
        let table = app.lake.table(RateRow::TABLE).await?;
        let stored = table.rows::<RateRow>(table.files().await?).await?;
        let before = stored.len();
        let days: std::collections::BTreeSet<_> = new.iter().map(|row| row.day).collect();
        let keyed = stored.into_iter().chain(new).map(|row| ((row.currency.clone(), row.day), row));
        let all: Vec<RateRow> = keyed.collect::<BTreeMap<_, _>>().into_values().collect();
        let mut writer = table.writer(Partition::of([fx::PROVIDER]));
        writer.write_rows(&all).await?;
        writer.commit(Mode::Replace).await?;
        let range = days.first().zip(days.last()).map(|(first, last)| format!("{first} to {last}"));
        run.report.notes.push(format!(
            "rates of {}; {} rates in all, {} of them new",
            range.unwrap_or_default(),
            print::count(all.len() as u64),
            print::count((all.len() - before) as u64),
        ));
        run.derive(&SourceDays::new()).await?;
        run.end().await
    })
    .await
}
