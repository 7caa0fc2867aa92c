//! `waypost run`: crawl what is configured, then derive today's partitions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use futures::StreamExt as _;
use infra_registry::{HttpFetch, process_cpu_seconds};
use pipeline_core::ports::Fetch;
use pipeline_core::source::{Board, Sources as _};
use pipeline_core::{Error, Micros, Result};
use pipeline_crawl::memory::Memory;
use pipeline_crawl::politeness::ROBOTS_HOLD;
use pipeline_crawl::{BoardOutcome, Crawl, Limits, Policy, Politeness, Registry};
use schemas::tables::FetchRow;
use schemas::wire::{RunReport, RunStatus, StageReport};
use serde_json::json;

use crate::app::App;
use crate::bundled;
use crate::cli;
use crate::config;
use crate::fetches::FetchSink;
use crate::ledger::PartitionRecord;
use crate::pipeline::{Run, SourceDays};
use crate::progress::Progress;
use crate::recollection::{BoardMemory, Books};
use crate::run::sources::etiquette::robots_exchanges;

/// Our name in robots.txt files.
pub const USER_AGENT_TOKEN: &str = "Waypost";

/// Crawls the configured boards and derives everything that follows.
///
/// # Errors
/// `Nothing` when no source is configured, `Config` when the contact is missing.
pub async fn run(app: &App, arguments: &cli::Run, quiet: bool) -> Result<RunReport> {
    let mut boards = app.config.boards();
    if !arguments.sources.is_empty() {
        for name in &arguments.sources {
            if !boards.iter().any(|(source, _)| source == name) {
                return Err(Error::not_found(format!("source {name} is not configured or not enabled"))
                    .hint("add it to the configuration as [[source]]; `waypost config show` prints what is there"));
            }
        }
        boards.retain(|(source, _)| arguments.sources.contains(source));
    }
    if boards.is_empty() {
        return Err(Error::nothing("no source is configured")
            .hint("write a configuration with `waypost init`, add a [[source]], or try `waypost demo`"));
    }
    let fetch = client(app)?;
    let progress = Progress::new(quiet);
    app.leased("run", async {
        let repeat = json!({"job": "run", "sources": arguments.sources});
        let run = Run::begin(app, "run", repeat, &progress).await?;
        let (mut run, partitions) = crawl(run, &fetch, boards).await?;
        run.derive(&partitions).await?;
        run.end().await
    })
    .await
}

/// The client that asks job sources, which names whoever runs it.
///
/// # Errors
/// `Config` when the contact is missing.
pub fn client(app: &App) -> Result<HttpFetch> {
    let contact = app.config.raw.crawl.contact.trim();
    if contact.is_empty() {
        return Err(Error::config("crawl.contact is empty, and sources must be able to reach whoever crawls them")
            .hint("set crawl.contact in the configuration, such as \"mailto:you@example.org\""));
    }
    #[cfg(debug_assertions)]
    if config::allows_loopback_for_tests() {
        return HttpFetch::with_loopback_for_tests(env!("CARGO_PKG_VERSION"), contact);
    }
    HttpFetch::new(env!("CARGO_PKG_VERSION"), contact)
}

/// What drives the crawl of boards through `fetch`.
pub fn driver<'a>(app: &'a App, fetch: &'a dyn Fetch) -> Crawl<'a> {
    Crawl {
        fetch,
        clock: app.backends.clock.as_ref(),
        user_agent_token: USER_AGENT_TOKEN,
        secrets: &config::secret,
        limits: Limits { max_bytes: app.config.raw.crawl.max_body_bytes, max_asks: app.config.raw.crawl.max_asks },
        memory: None,
        reservations: None,
        permitted: &app.permitted,
    }
}

/// The books of every source with quotas, which `politeness` is told.
async fn books(app: &App, politeness: &mut Politeness) -> Result<Books> {
    let rationed: Vec<_> = Registry::every().filter(|source| !source.describe().quotas.is_empty()).collect();
    let names: Vec<&str> = rationed.iter().map(|source| source.describe().name).collect();
    let books = Books::open(Arc::clone(&app.backends.documents), &names, app.backends.clock.now()).await?;
    for source in rationed {
        for time in books.of(source.describe().name).await.unwrap_or_default() {
            politeness.recall_sent(source.describe(), time);
        }
    }
    Ok(books)
}

/// Crawls `boards` through `fetch` and commits what came, board by board.
///
/// # Errors
/// Those of the backends; what goes wrong with a source stands in the report.
pub async fn crawl<'a>(
    mut run: Run<'a>,
    fetch: &dyn Fetch,
    boards: Vec<(String, Board)>,
) -> Result<(Run<'a>, SourceDays)> {
    let app = run.app;
    let (began, cpu_began) = (Instant::now(), process_cpu_seconds());
    run.progress.begin("crawl", boards.len());
    let mut politeness = Politeness::new(Policy::default(), seed(app)?);
    for (source, strictness) in app.config.strictness()? {
        politeness.restrict(&source, strictness);
    }
    let books = books(app, &mut politeness).await?;
    let recent = recent_crawls(app, &books, &mut politeness).await?;
    recall_robots(app, &mut politeness).await?;
    let politeness = Arc::new(Mutex::new(politeness));
    let crawl = Crawl { reservations: Some(&books), ..driver(app, fetch) };
    for source in boards.iter().map(|(source, _)| source).collect::<BTreeSet<_>>() {
        if let Some(permission) = app.config.permission(source) {
            run.source(source).permission = Some(permission.to_owned());
        }
    }
    let mut stage = StageReport { stage: "crawl".to_owned(), ..StageReport::default() };
    let mut partitions = SourceDays::new();
    let jobs = boards.into_iter().map(|(name, board)| {
        let (politeness, recent) = (Arc::clone(&politeness), &recent);
        async move {
            let result = one_board(app, &crawl, &name, &board, &politeness, recent).await;
            (name, board, result)
        }
    });
    let mut results = futures::stream::iter(jobs).buffer_unordered(app.config.raw.crawl.concurrency);
    while let Some((name, board, result)) = results.next().await {
        run.progress.at(&format!("{name} {}", board.name));
        let (rows, outcome, memory) = result?;
        let mut sink = FetchSink::open(&app.lake).await?;
        for row in rows {
            sink.take(row).await?;
        }
        partitions.extend(sink.commit().await?);
        if let Some(memory) = memory {
            memory.save(app.backends.documents.as_ref()).await?;
        }
        run.source(&name).requests += outcome.exchanges;
        stage.rows_read += outcome.exchanges;
        stage.rows_written += outcome.exchanges;
        if let Some(error) = outcome.error {
            tracing::warn!(source = %name, board = %board.name, error = %error.chain(), "board failed");
            run.source_failed(&name, format!("{}: {}", board.name, error.chain()));
        }
        run.progress.step();
    }
    drop(results);
    stage.partitions = partitions.len() as u64;
    stage.changed = partitions.len() as u64;
    stage.wall_s = began.elapsed().as_secs_f64();
    stage.cpu_s = process_cpu_seconds() - cpu_began;
    run.progress.end("crawl", &format!("{} exchanges, {:.1} s", stage.rows_read, stage.wall_s));
    let records = records(&run, &partitions, stage.wall_s);
    run.add_stage(stage, &records).await?;
    Ok((run, partitions))
}

async fn one_board(
    app: &App,
    crawl: &Crawl<'_>,
    name: &str,
    board: &Board,
    politeness: &Mutex<Politeness>,
    recent: &BTreeMap<(String, String), Micros>,
) -> Result<(Vec<FetchRow>, BoardOutcome, Option<BoardMemory>)> {
    let mut rows = Vec::new();
    let Some(source) = app.sources.named(name) else {
        let error = Error::not_found(format!("no source is called {name}")).hint("see `waypost sources list`");
        return Ok((rows, BoardOutcome { error: Some(error), ..BoardOutcome::default() }, None));
    };
    if let Err(error) = bundled::certified(source) {
        return Ok((rows, BoardOutcome { error: Some(error), ..BoardOutcome::default() }, None));
    }
    let interval = i64::try_from(source.describe().min_interval_s).unwrap_or(i64::MAX);
    let key = (name.to_owned(), board.name.clone());
    if let Some(last) = recent.get(&key).filter(|last| last.plus_seconds(interval) > app.backends.clock.now()) {
        tracing::info!(source = name, board = %board.name, last = %last, "asked not long ago, left alone");
        return Ok((rows, BoardOutcome { complete: true, ..BoardOutcome::default() }, None));
    }
    let mut sink = |row| {
        rows.push(row);
        Ok(())
    };
    let replay = crawl.fetch.origin() == "replay";
    let memory = match replay {
        true => None,
        false => {
            let (documents, today) = (app.backends.documents.as_ref(), app.backends.clock.now().day());
            Some(BoardMemory::open(documents, name, &board.name, today).await?)
        }
    };
    let crawl = Crawl { memory: memory.as_ref().map(|memory| memory as &dyn Memory), ..*crawl };
    let outcome = crawl.board(source, board, politeness, &mut sink).await?;
    Ok((rows, outcome, memory))
}

/// What hosts said in their robots.txt, as long as it holds.
async fn recall_robots(app: &App, politeness: &mut Politeness) -> Result<()> {
    let since = Micros(app.backends.clock.now().0 - ROBOTS_HOLD);
    for asked in robots_exchanges(app, since.day()).await? {
        let status = asked.status.and_then(|status| u16::try_from(status).ok());
        if let (Some(status), None, true) = (status, &asked.error, asked.answered_at > since) {
            politeness.recall_robots(&asked.url, status, &asked.robots.unwrap_or_default(), USER_AGENT_TOKEN);
        }
    }
    Ok(())
}

/// When each board was last crawled without failure, from what is in the lake. What was asked since yesterday counts for
/// gaps and quotas, too.
async fn recent_crawls(
    app: &App,
    books: &Books,
    politeness: &mut Politeness,
) -> Result<BTreeMap<(String, String), Micros>> {
    use arrow_array::Array as _;
    use futures::TryStreamExt as _;
    use pipeline_lake::column;
    use schemas::Row as _;

    let table = app.lake.table(FetchRow::TABLE).await?;
    let first = app.backends.clock.now().day().plus(-1).to_string();
    let files = table.files_where(|partition| partition.0[1] >= first).await?;
    let columns = ["source", "board", "url", "status", "fetched_at", "origin", "error"];
    let mut batches = table.read(files, Some(&columns));
    let mut crawls: BTreeMap<(String, String), (Micros, bool)> = BTreeMap::new();
    let mut booked = BTreeSet::new();
    for source in Registry::every().map(|source| source.describe()) {
        if books.of(source.name).await.is_some() {
            booked.insert(source.name);
        }
    }
    while let Some(batch) = batches.try_next().await? {
        let (sources, boards) = (column::text(&batch, "source")?, column::text(&batch, "board")?);
        let (origins, errors) = (column::text(&batch, "origin")?, column::text(&batch, "error")?);
        let (statuses, times) = (column::int(&batch, "status")?, column::time(&batch, "fetched_at")?);
        let urls = column::text(&batch, "url")?;
        for row in 0..batch.num_rows() {
            if origins.value(row) != "crawl" || boards.value(row) == pipeline_crawl::robots::BOARD {
                continue;
            }
            let source = Registry::find(sources.value(row)).map(|source| source.describe());
            if let Some(source) = source.filter(|source| !booked.contains(source.name)) {
                politeness.recall(source, urls.value(row), Micros(times.value(row)));
            }
            let good = errors.is_null(row)
                && statuses.is_valid(row)
                && (statuses.value(row) < 300 || statuses.value(row) == 304);
            let key = (sources.value(row).to_owned(), boards.value(row).to_owned());
            let crawl = crawls.entry(key).or_insert((Micros(0), true));
            *crawl = (crawl.0.max(Micros(times.value(row))), crawl.1 && good);
        }
    }
    Ok(crawls.into_iter().filter(|(_, (_, good))| *good).map(|(key, (time, _))| (key, time)).collect())
}

fn seed(app: &App) -> Result<u64> {
    let mut bytes = [0; 8];
    app.backends.entropy.fill(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// One record per source and day for the ledger.
fn records(run: &Run<'_>, partitions: &SourceDays, wall_s: f64) -> Vec<PartitionRecord> {
    let sources: BTreeMap<String, (u64, Option<String>)> = run.crawled();
    partitions
        .iter()
        .map(|(source, day)| {
            let (requests, error) = sources.get(source).cloned().unwrap_or_default();
            PartitionRecord {
                stage: "crawl".to_owned(),
                part: source.clone(),
                day: *day,
                status: if error.is_some() { RunStatus::Partial } else { RunStatus::Done },
                rows_read: requests,
                rows_written: requests,
                error,
                run_id: run.report.run_id.clone(),
                attempts: 1,
                wall_s,
                ..PartitionRecord::default()
            }
        })
        .collect()
}
