//! `waypost import`: what was fetched elsewhere, as if crawled.

mod mail;
mod rows;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pipeline_core::error::Context as _;
use pipeline_core::hash::{Hasher, content_hash};
use pipeline_core::source::{Source, WHOLE};
use pipeline_core::{Error, ErrorKind, Micros, Result};
use pipeline_crawl::Mapping;
use schemas::Json;
use schemas::tables::FetchRow;
use schemas::wire::RunReport;
use serde_json::json;

use crate::app::App;
use crate::bundled;
use crate::cli::Import;
use crate::fetches::FetchSink;
use crate::pipeline::Run;
use crate::progress::Progress;
use crate::run::sources;

/// The source that reads tables of postings by a mapping.
const MAPPED: &str = "mapped";

/// Imports the files and derives everything that follows from them.
///
/// # Errors
/// `NotFound` for a file or source that is not there, `Invalid` for a mapping that cannot be used.
pub async fn run(app: &App, arguments: &Import, quiet: bool) -> Result<RunReport> {
    if let Some(place) = &arguments.mail {
        return mail::run(app, arguments, place, quiet).await;
    }
    let files = expand(&arguments.files)?;
    let origin = match (&arguments.source, &arguments.mapping) {
        (Some(name), None) => Origin::Source(name, source(name)?),
        (None, Some(mapping)) => Origin::Mapping(read_mapping(mapping)?),
        _ => return Err(Error::usage("either --source or --mapping is needed")),
    };
    let progress = Progress::new(quiet);
    app.leased("import", async {
        let repeat = json!({
            "job": "import",
            "source": arguments.source,
            "board": arguments.board,
            "mapping": arguments.mapping.as_deref().map(absolute).transpose()?,
            "fetched_at": arguments.fetched_at,
            "complete": arguments.complete,
            "partial": arguments.partial,
            "only_fetches": arguments.only_fetches,
            "files": files.iter().map(|file| absolute(file)).collect::<Result<Vec<_>>>()?,
        });
        let mut run = Run::begin(app, "import", repeat, &progress).await?;
        progress.begin("import", files.len());
        let mut sink = FetchSink::open(&app.lake).await?;
        let stated = Stated::of(arguments);
        for file in &files {
            progress.at(&file.display().to_string());
            let fetched_at = match arguments.fetched_at {
                Some(time) => time,
                None => modified_at(file)?,
            };
            match &origin {
                Origin::Source(name, source) => {
                    let limit = app.config.raw.crawl.max_body_bytes;
                    sink.take(saved_answer(
                        name,
                        *source,
                        arguments.board.as_deref(),
                        file,
                        fetched_at,
                        limit,
                        &stated,
                    )?)
                    .await?;
                }
                Origin::Mapping(mapping) => rows::import(mapping, file, fetched_at, &stated, &mut sink).await?,
            }
            progress.step();
        }
        for (source, taken) in sink.taken.clone() {
            run.source(&source).requests += taken;
        }
        let partitions = sink.commit().await?;
        let taken: u64 = partitions.len() as u64;
        progress.end("import", &format!("{} files into {taken} partitions", files.len()));
        if !arguments.only_fetches {
            run.derive(&partitions).await?;
        }
        run.end().await
    })
    .await
}

/// What whoever imports says of the files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stated {
    whole: Option<&'static str>,
    time: Option<Micros>,
}

impl Stated {
    fn of(arguments: &Import) -> Self {
        let whole = match (arguments.complete, arguments.partial) {
            (true, _) => Some("yes"),
            (_, true) => Some("no"),
            _ => None,
        };
        Self { whole, time: arguments.fetched_at }
    }
}

enum Origin<'a> {
    Source(&'a str, &'a dyn Source),
    Mapping(MappingText),
}

/// A mapping that was found usable, as written.
pub(crate) struct MappingText {
    name: String,
    text: String,
}

/// The source called `name`, which must be certified.
fn source(name: &str) -> Result<&'static dyn Source> {
    let source = sources::named(name)?;
    bundled::certified(source)?;
    Ok(source)
}

fn read_mapping(file: &Path) -> Result<MappingText> {
    let text = std::fs::read_to_string(file)
        .context(ErrorKind::NotFound, || format!("cannot read mapping {}", file.display()))?;
    let mapping = Mapping::parse(&text)?;
    Ok(MappingText { name: mapping.name().to_owned(), text })
}

/// The files themselves, and for folders the files in them, by name.
fn expand(given: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in given {
        let missing = || format!("cannot read {}", path.display());
        let metadata = std::fs::metadata(path).context(ErrorKind::NotFound, missing)?;
        if !metadata.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).context(ErrorKind::NotFound, missing)? {
            let entry = entry.context(ErrorKind::NotFound, missing)?.path();
            let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '_']));
            if entry.is_file() && !hidden {
                inside.push(entry);
            }
        }
        inside.sort();
        files.extend(inside);
    }
    match files.is_empty() {
        true => Err(Error::nothing("there are no files to import")),
        false => Ok(files),
    }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).context(ErrorKind::NotFound, || format!("{} has no absolute path", path.display()))
}

/// When the file was last written: the best evidence of when its content was fetched.
fn modified_at(file: &Path) -> Result<Micros> {
    let failed = || format!("cannot tell when {} was written", file.display());
    let modified =
        std::fs::metadata(file).and_then(|metadata| metadata.modified()).context(ErrorKind::NotFound, failed)?;
    let timestamp = jiff::Timestamp::try_from(modified).context(ErrorKind::Invalid, failed)?;
    Ok(Micros::from_timestamp(timestamp))
}

/// A saved answer as an exchange. What is over the limit is cut, and `normalize` quarantines it.
fn saved_answer(
    name: &str,
    source: &dyn Source,
    board: Option<&str>,
    file: &Path,
    fetched_at: Micros,
    limit: u64,
    stated: &Stated,
) -> Result<FetchRow> {
    let whole = std::fs::read(file).context(ErrorKind::NotFound, || format!("cannot read {}", file.display()))?;
    let body_bytes = whole.len() as u64;
    let mut body = whole;
    body.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let board = match board {
        Some(board) => board.to_owned(),
        None => source.board_of(&body).unwrap_or(stem),
    };
    let error = (body_bytes > limit).then(|| format!("body cut at {limit} bytes"));
    Ok(exchange(name, &board, &file_name, 0, BTreeMap::new(), fetched_at, body, body_bytes, error, stated))
}

/// An imported exchange; its id follows from its content alone, so that importing it again adds nothing.
#[expect(clippy::too_many_arguments, reason = "each is one column of the table")]
pub(crate) fn exchange(
    source: &str,
    board: &str,
    file_name: &str,
    sequence: i64,
    mut context: BTreeMap<String, String>,
    fetched_at: Micros,
    body: Vec<u8>,
    body_bytes: u64,
    error: Option<String>,
    stated: &Stated,
) -> FetchRow {
    if let Some(whole) = stated.whole {
        context.insert(WHOLE.to_owned(), whole.to_owned());
    }
    let body_hash = content_hash(&body);
    let url = format!("file:{file_name}");
    let context = json!(context).to_string();
    let mut fetch_id = Hasher::new("import")
        .part(source)
        .part(board)
        .part(&url)
        .part(sequence.to_le_bytes())
        .part(&context)
        .part(&body_hash);
    // The same file at another stated time is another look at the board.
    if let Some(time) = stated.time {
        fetch_id = fetch_id.part(time.0.to_le_bytes());
    }
    FetchRow {
        fetch_id: fetch_id.hex(32),
        source: source.to_owned(),
        day: fetched_at.day(),
        board: board.to_owned(),
        sequence,
        method: "GET".to_owned(),
        url,
        context: Json(context),
        status: None,
        content_type: None,
        fetched_at,
        body,
        body_bytes: i64::try_from(body_bytes).unwrap_or(i64::MAX),
        body_hash,
        origin: "import".to_owned(),
        error,
        ..FetchRow::default()
    }
}
