//! `waypost demo`: the main job on bundled samples. Their recorded answers are replayed by the transport, so everything
//! else is what a live run does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use infra_registry::{Recorded, ReplayFetch};
use pipeline_core::error::Context as _;
use pipeline_core::ports::{Clock, SimulatedClock};
use pipeline_core::source::Board;
use pipeline_core::{ErrorKind, Micros, Result};
use schemas::wire::RunReport;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::bundled::{self, Bundled};
use crate::cli::{Demo, Global, Market};
use crate::config::Config;
use crate::pipeline::Run;
use crate::print;
use crate::progress::Progress;
use crate::run::{crawl, market, matching, serve};

/// When the samples were recorded; the demo's clock starts here, so that every demo gives the same tables.
const RECORDED_AT: &str = "2026-11-20T06:00:00Z";
/// Whose matches are shown.
const PROFILE: &str = "profiles/data-engineer.json";
/// Matches shown.
const MATCHES: usize = 5;

/// The recorded answers of one board.
#[derive(Deserialize)]
struct Replay {
    board: String,
    #[serde(default)]
    parameters: std::collections::BTreeMap<String, String>,
    exchanges: Vec<Exchange>,
}

#[derive(Deserialize)]
struct Exchange {
    method: String,
    url: String,
    body: Option<String>,
    status: u16,
    content_type: Option<String>,
    file: String,
}

/// Runs the pipeline on the samples, prints what it found, and serves the API unless `--once` is given.
///
/// # Errors
/// Those of the backends.
pub async fn run(global: &Global, arguments: &Demo) -> Result<()> {
    let config = Config::resolve(global)?;
    let report = {
        let recorded_at: Micros = RECORDED_AT.parse().context(ErrorKind::Internal, || "the samples have no date")?;
        let clock: Arc<dyn Clock> = Arc::new(SimulatedClock::at(recorded_at));
        let app = App::open(config.clone(), Some(clock)).await?;
        let profile = profile()?;
        matching::save_profile(&app, &profile).await?;
        let report = pipeline(&app, global.quiet).await?;
        show(&app, global, &report, &profile).await?;
        report
    };
    if arguments.once {
        if !global.json {
            print::line(&format!("\nserve the API with: waypost serve   (run {})", report.run_id))?;
        }
        return Ok(());
    }
    let app = App::open(config, None).await?;
    let address = arguments.listen.clone().unwrap_or_else(|| app.config.raw.api.listen.clone());
    if !global.json {
        print::line(&format!(
            "\nAPI: http://{address}/   status: http://{address}/agent   description: http://{address}/openapi.json"
        ))?;
    }
    serve::run(&app, Some(&address), global.quiet).await
}

async fn pipeline(app: &App, quiet: bool) -> Result<RunReport> {
    let (fetch, boards) = replay()?;
    let progress = Progress::new(quiet);
    app.leased("demo", async {
        let run = Run::begin(app, "demo", json!({"job": "demo"}), &progress).await?;
        let (mut run, mut partitions) = crawl::crawl(run, &fetch, boards).await?;
        if partitions.is_empty() {
            // The samples are in the lake already: derive what follows from them all the same.
            let days = app.normalize().partitions().await?;
            partitions.extend(days);
        }
        run.derive(&partitions).await?;
        run.end().await
    })
    .await
}

fn profile() -> Result<schemas::documents::UserDocument> {
    serde_json::from_slice(&bundled::file(PROFILE)?)
        .context(ErrorKind::Internal, || format!("sample {PROFILE} is no profile"))
}

/// The recorded answers as a transport, and the boards that they belong to.
fn replay() -> Result<(ReplayFetch, Vec<(String, Board)>)> {
    let mut index: Vec<String> =
        Bundled::iter().map(|path| path.to_string()).filter(|path| path.ends_with("/replay.json")).collect();
    index.sort();
    let (mut recorded, mut boards) = (Vec::new(), Vec::new());
    for path in index {
        let folder = Path::new(&path).parent().map(Path::to_path_buf).unwrap_or_default();
        let source = folder.display().to_string();
        let replays: Vec<Replay> = serde_json::from_slice(&bundled::file(&path)?)
            .context(ErrorKind::Internal, || format!("sample {path} is no replay"))?;
        for replay in replays {
            boards.push((source.clone(), Board { name: replay.board, parameters: replay.parameters }));
            for exchange in replay.exchanges {
                let file: PathBuf = folder.join(&exchange.file);
                recorded.push(Recorded {
                    method: exchange.method,
                    url: exchange.url,
                    body: exchange.body,
                    status: exchange.status,
                    content_type: exchange.content_type,
                    bytes: bundled::file(&file.display().to_string())?.into(),
                });
            }
        }
    }
    Ok((ReplayFetch::from_exchanges(recorded), boards))
}

async fn show(
    app: &App,
    global: &Global,
    report: &RunReport,
    profile: &schemas::documents::UserDocument,
) -> Result<()> {
    let matches = matching::rank(app, profile, MATCHES * 4).await?;
    let items: Vec<_> = matches
        .iter()
        .filter(|(row, _)| row.eligible)
        .take(MATCHES)
        .map(|(row, role)| matching::item(row, role))
        .collect();
    let whole = market::answer(app, &Market { domain: None, location: None, level: None }).await?;
    if global.json {
        let document = json!({"run": report, "matches": items, "market": whole});
        return print::document(print::Form::Json, &document, |_| String::new());
    }
    print::line(&format!("What was read\n\n{}\n", print::sources(report)))?;
    print::line(&format!("Matches of {}\n\n{}", profile.profile.name, matching::text(&items)))?;
    print::line(&format!("The market\n\n{}", market::text(&whole)))
}
