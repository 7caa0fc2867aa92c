//! The `waypost` program: reads the command line, runs the command, prints failures once, and chooses the exit code.

mod app;
mod bundled;
mod cli;
mod config;
mod fetches;
mod generate;
mod leases;
mod ledger;
mod pipeline;
mod print;
mod progress;
mod recollection;
mod run;
mod telemetry;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use clap::Parser as _;
use clap::error::ErrorKind as ClapErrorKind;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::wire::{RunReport, RunStatus};

use crate::app::App;
use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::print::Form;
use crate::telemetry::Telemetry;

/// Gives memory back between stages, which the system's allocator does not with several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit code of a run of which some sources failed and the rest is written.
const PARTIAL: u8 = 5;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let shown = error.print();
            let asked = matches!(error.kind(), ClapErrorKind::DisplayHelp | ClapErrorKind::DisplayVersion);
            return ExitCode::from(if asked && shown.is_ok() { 0 } else { 2 });
        }
    };
    let telemetry = match Telemetry::start(&cli.global) {
        Ok(telemetry) => telemetry,
        Err(error) => return failed(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&Error::internal("cannot start the runtime").because(error)),
    };
    let result = runtime.block_on(async {
        tokio::spawn(note_interrupts());
        dispatch(cli).await
    });
    telemetry.shut_down();
    // Blocking work that nobody waits for any more must not hold up the exit.
    runtime.shutdown_background();
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => failed(&error),
    }
}

async fn dispatch(cli: Cli) -> Result<u8> {
    let form = Form::of(&cli.global);
    match cli.command {
        Command::Completions { shell } => return run::completions::run(shell).map(done),
        Command::Init(arguments) => return run::init::run(&cli.global, &arguments).map(done),
        Command::Samples(arguments) => return run::samples::run(form, &arguments).map(done),
        Command::Sources(cli::Sources::List) => return run::sources::list(form).map(done),
        Command::Sources(cli::Sources::Certify { names, samples }) => {
            return run::sources::certify::run(form, &names, samples.as_deref());
        }
        Command::Eval(arguments) => return run::eval::run(form, &arguments).map(done),
        Command::Config(cli::Config::Example { subject }) => return run::config::example(subject).map(done),
        Command::Demo(arguments) => return run::demo::run(&cli.global, &arguments).await.map(done),
        _ => {}
    }
    let config = Config::resolve(&cli.global)?;
    if let Command::Config(cli::Config::Show) = cli.command {
        return run::config::show(form, &config).map(done);
    }
    if let Command::Doctor = cli.command {
        return run::doctor::run(form, config).await;
    }
    let app = App::open(config, None).await?;
    let quiet = cli.global.quiet;
    match cli.command {
        Command::Import(arguments) => {
            run::import::run(&app, &arguments, quiet).await.and_then(|report| told(form, &report))
        }
        Command::Run(arguments) => {
            run::crawl::run(&app, &arguments, quiet).await.and_then(|report| told(form, &report))
        }
        Command::Backfill(arguments) => {
            run::backfill::run(&app, form, &arguments, quiet).await.and_then(|report| match report {
                Some(report) => told(form, &report),
                None => Ok(0),
            })
        }
        Command::Runs(cli::Runs::List { limit }) => run::runs::list(&app, form, limit).await.map(done),
        Command::Runs(cli::Runs::Show { run }) => run::runs::show(&app, form, &run).await.map(done),
        Command::Runs(cli::Runs::Resume { run }) => {
            run::runs::resume(&app, &run, quiet).await.and_then(|report| told(form, &report))
        }
        Command::Search(arguments) => run::search::run(&app, form, &arguments).await.map(done),
        Command::Match(arguments) => run::matching::run(&app, form, &arguments).await.map(done),
        Command::Market(arguments) => run::market::run(&app, form, &arguments).await.map(done),
        Command::Resume(cli::Resume::Check { file, job }) => run::resume::check(&app, form, &file, &job).map(done),
        Command::Quarantine(cli::Quarantine::List { source, rule, limit }) => {
            run::quarantine::list(&app, form, source.as_deref(), rule.as_deref(), limit).await.map(done)
        }
        Command::Quarantine(cli::Quarantine::Show { id }) => run::quarantine::show(&app, form, &id).await.map(done),
        Command::Quarantine(cli::Quarantine::Retry { source, rule }) => {
            run::quarantine::retry(&app, source.as_deref(), rule.as_deref(), quiet)
                .await
                .and_then(|report| told(form, &report))
        }
        Command::Reference(cli::Reference::Import { kind: cli::ReferenceKind::Fx, file }) => {
            run::reference::import_rates(&app, &file, quiet).await.and_then(|report| told(form, &report))
        }
        Command::Closings(cli::Closings::List { source, since }) => {
            run::closings::list(&app, form, source.as_deref(), since).await.map(done)
        }
        Command::Closings(cli::Closings::Undo { set, reason }) => {
            run::closings::correct(&app, &set, &reason, true, quiet).await.and_then(|report| told(form, &report))
        }
        Command::Closings(cli::Closings::Redo { set, reason }) => {
            run::closings::correct(&app, &set, &reason, false, quiet).await.and_then(|report| told(form, &report))
        }
        Command::Roles(cli::Roles::Show { id }) => run::roles::show(&app, form, &id).await.map(done),
        Command::Roles(cli::Roles::Split { posting, reason }) => {
            run::roles::split(&app, &posting, &reason, quiet).await.and_then(|report| told(form, &report))
        }
        Command::Roles(cli::Roles::Join { left, right, reason }) => {
            run::roles::join(&app, [&left, &right], &reason, quiet).await.and_then(|report| told(form, &report))
        }
        Command::Roles(cli::Roles::Undo { postings, reason }) => {
            run::roles::undo(&app, &postings, &reason, quiet).await.and_then(|report| told(form, &report))
        }
        Command::Queue(cli::Queue::List { topic, bodies }) => {
            run::queue::list(&app, form, topic.as_deref(), bodies).await.map(done)
        }
        Command::Queue(cli::Queue::Redrive { topic }) => {
            run::queue::redrive(&app, form, topic.as_deref()).await.map(done)
        }
        Command::Sources(cli::Sources::Discover { from, address }) => {
            run::sources::discover::run(&app, form, &from, address.as_deref()).await
        }
        Command::Sources(cli::Sources::Scorecard { names }) => {
            run::sources::scorecard::run(&app, form, &names).await.map(done)
        }
        Command::Sources(cli::Sources::Etiquette { html }) => {
            run::sources::etiquette::run(&app, form, html.as_deref()).await.map(done)
        }
        Command::Serve(arguments) => run::serve::run(&app, arguments.listen.as_deref(), quiet).await.map(done),
        Command::Follow(arguments) => run::follow::run(&app, form, arguments.once).await.map(done),
        Command::Schedule(arguments) => run::schedule::run(&app, form, &arguments, quiet).await.map(done),
        Command::Lake(cli::Lake::Hash) => run::lake::hash(&app, form).await.map(done),
        Command::Lake(cli::Lake::Show { table }) => run::lake::show(&app, form, table.as_deref()).await.map(done),
        Command::Sql(arguments) => run::sql::run(&app, form, &arguments).await.map(done),
        Command::Export(arguments) => run::export::run(&app, &arguments).await.map(done),
        Command::Demo(_)
        | Command::Init(_)
        | Command::Samples(_)
        | Command::Sources(cli::Sources::List | cli::Sources::Certify { .. })
        | Command::Doctor
        | Command::Eval(_)
        | Command::Config(_)
        | Command::Completions { .. } => Err(Error::internal("this command was handled before")),
    }
}

fn done((): ()) -> u8 {
    0
}

/// Prints a run's report and chooses the exit code for it.
fn told(form: Form, report: &RunReport) -> Result<u8> {
    print::document(form, report, print::run)?;
    Ok(match report.status {
        RunStatus::Done if report.budget_reached => ErrorKind::Budget.exit_code(),
        RunStatus::Done | RunStatus::Running => 0,
        RunStatus::Partial => PARTIAL,
        RunStatus::Failed => ErrorKind::Internal.exit_code(),
    })
}

/// Tells a failure on standard error, once, with its causes and its hint.
fn failed(error: &Error) -> ExitCode {
    let mut stderr = std::io::stderr().lock();
    // A failure that cannot be told still decides the exit code.
    let _ = writeln!(stderr, "error: {}", print::shown(&error.chain()));
    if let Some(hint) = error.hint_text() {
        let _ = writeln!(stderr, "hint: {}", print::shown(hint));
    }
    ExitCode::from(error.kind().exit_code())
}

/// The first interrupt asks to stop after the partition at hand; the second stops at once.
async fn note_interrupts() {
    while tokio::signal::ctrl_c().await.is_ok() {
        if pipeline::INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(ErrorKind::Interrupted.exit_code()));
        }
        let _ = writeln!(std::io::stderr(), "stopping after the partition at hand; again to stop at once");
    }
}
