//! `waypost sources etiquette`: how each host was treated, from what was kept of every exchange.

use std::fmt::Write as _;
use std::path::Path;

use arrow_array::Array as _;
use futures::TryStreamExt as _;
use pipeline_core::error::Context as _;
use pipeline_core::{ErrorKind, Micros, Result};
use pipeline_crawl::Registry;
use pipeline_crawl::evidence::{Asked, Evidence, HostEvidence};
use pipeline_crawl::robots;
use pipeline_lake::column;
use schemas::tables::FetchRow;
use schemas::{Day, Row as _};
use serde_json::json;

use crate::app::App;
use crate::print::{self, Form};
use crate::run::crawl::USER_AGENT_TOKEN;

/// Prints the evidence, or writes it as a page to `html`.
///
/// # Errors
/// Those of the lake, and `Unavailable` when the page cannot be written.
pub async fn run(app: &App, form: Form, html: Option<&Path>) -> Result<()> {
    let hosts = gather(app).await?;
    if let Some(file) = html {
        let page = page(&hosts, app.backends.clock.now());
        std::fs::write(file, page).context(ErrorKind::Unavailable, || format!("cannot write {}", file.display()))?;
        return print::document(form, &json!({"file": file, "hosts": hosts.len()}), |_| {
            format!("wrote {} hosts to {}", hosts.len(), file.display())
        });
    }
    print::items(form, &json!({"items": hosts}), |_| {
        if hosts.is_empty() {
            return "nothing was crawled yet".to_owned();
        }
        print::table(&HEADER, hosts.iter().map(cells))
    })
}

async fn gather(app: &App) -> Result<Vec<HostEvidence>> {
    let table = app.lake.table(FetchRow::TABLE).await?;
    let mut evidence = Evidence::default();
    let columns = ["source", "board", "url", "status", "fetched_at", "elapsed_ms", "origin", "error"];
    let mut batches = table.read(table.files().await?, Some(&columns));
    while let Some(batch) = batches.try_next().await? {
        let (sources, boards) = (column::text(&batch, "source")?, column::text(&batch, "board")?);
        let (urls, origins) = (column::text(&batch, "url")?, column::text(&batch, "origin")?);
        let (statuses, elapsed) = (column::int(&batch, "status")?, column::int(&batch, "elapsed_ms")?);
        let (times, errors) = (column::time(&batch, "fetched_at")?, column::text(&batch, "error")?);
        for row in (0..batch.num_rows()).filter(|row| origins.value(*row) == "crawl") {
            if boards.value(row) == robots::BOARD {
                continue;
            }
            let asked = Asked {
                source: sources.value(row).to_owned(),
                board: boards.value(row).to_owned(),
                url: urls.value(row).to_owned(),
                status: statuses.is_valid(row).then(|| statuses.value(row)),
                answered_at: Micros(times.value(row)),
                elapsed_ms: elapsed.is_valid(row).then(|| elapsed.value(row)),
                error: errors.is_valid(row).then(|| errors.value(row).to_owned()),
                robots: None,
            };
            evidence.take(&asked, USER_AGENT_TOKEN);
        }
    }
    for asked in robots_exchanges(app, Day::default()).await? {
        evidence.take(&asked, USER_AGENT_TOKEN);
    }
    let gap = |source: &str| {
        let own = Registry::find(source).map_or(0, |source| source.describe().min_gap_ms);
        let stricter = app.config.raw.crawl.limits.get(source).and_then(|limits| limits.gap_ms).unwrap_or(0);
        i64::try_from(own.max(stricter)).unwrap_or(i64::MAX)
    };
    Ok(evidence.hosts(gap))
}

/// The exchanges about robots.txt since `since`, in order of time, bodies included.
///
/// # Errors
/// Those of the lake.
pub async fn robots_exchanges(app: &App, since: Day) -> Result<Vec<Asked>> {
    let engine = app.engine(&[FetchRow::TABLE]).await?;
    let query = format!(
        "SELECT source, url, status, fetched_at, elapsed_ms, error, body FROM fetches \
         WHERE origin = 'crawl' AND board = '{}' AND day >= DATE '{since}' ORDER BY fetched_at",
        robots::BOARD
    );
    let mut stream = engine.stream(&query).await?.batches;
    let mut exchanges = Vec::new();
    while let Some(batch) = stream.try_next().await? {
        let (sources, urls) = (column::text(&batch, "source")?, column::text(&batch, "url")?);
        let (statuses, elapsed) = (column::int(&batch, "status")?, column::int(&batch, "elapsed_ms")?);
        let (times, errors) = (column::time(&batch, "fetched_at")?, column::text(&batch, "error")?);
        let bodies = column::bytes(&batch, "body")?;
        exchanges.extend((0..batch.num_rows()).map(|row| Asked {
            source: sources.value(row).to_owned(),
            board: robots::BOARD.to_owned(),
            url: urls.value(row).to_owned(),
            status: statuses.is_valid(row).then(|| statuses.value(row)),
            answered_at: Micros(times.value(row)),
            elapsed_ms: elapsed.is_valid(row).then(|| elapsed.value(row)),
            error: errors.is_valid(row).then(|| errors.value(row).to_owned()),
            robots: Some(bodies.value(row).to_vec()),
        }));
    }
    Ok(exchanges)
}

const HEADER: [&str; 9] = [
    "host",
    "sources",
    "robots.txt",
    "asked",
    "permitted gap",
    "used gap",
    "most per minute",
    "violations",
    "last refusal",
];

fn cells(host: &HostEvidence) -> Vec<String> {
    let robots = host.robots.as_ref();
    let refusal = host.last_refusal.as_ref();
    vec![
        host.host.clone(),
        host.sources.iter().cloned().collect::<Vec<_>>().join(", "),
        robots.map_or("not asked", |robots| robots.verdict).to_owned(),
        robots.map_or_else(String::new, |robots| robots.asked_at.to_string()),
        seconds(host.permitted_gap_ms),
        host.used_gap_ms.map_or_else(String::new, seconds),
        host.most_per_minute.to_string(),
        host.violations.to_string(),
        refusal.map_or_else(|| "none".to_owned(), |refusal| format!("{} at {}", refusal.status, refusal.at)),
    ]
}

fn seconds(ms: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "gaps are far below 2^52 ms")]
    let seconds = ms as f64 / 1e3;
    format!("{seconds:.1} s")
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1b1f24;background:#fff}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .7rem;border-bottom:1px solid #d8dee4;vertical-align:top}\
th{font-weight:600;background:#f6f8fa;position:sticky;top:0}td.bad{color:#a40e26;font-weight:600}.wide{overflow-x:auto}\
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th{background:#161b22}th,td{border-color:#30363d}td.bad{color:#ff7b72}}";

fn page(hosts: &[HostEvidence], now: Micros) -> String {
    let requests: u64 = hosts.iter().map(|host| host.requests).sum();
    let violations: u64 = hosts.iter().map(|host| host.violations).sum();
    let head: String = HEADER.iter().map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
    let mut rows = String::new();
    for host in hosts {
        rows.push_str("<tr>");
        for (name, cell) in HEADER.iter().zip(cells(host)) {
            let bad = (*name == "violations" && host.violations > 0) || (*name == "robots.txt" && cell == "forbids");
            let class = if bad { " class=\"bad\"" } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(rows, "<td{class}>{}</td>", html_escape::encode_text(&cell));
        }
        rows.push_str("</tr>\n");
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Etiquette of the crawl</title><style>{STYLE}</style></head><body>\n<h1>Etiquette of the crawl</h1>\n\
         <p>{requests} requests to {} hosts; {violations} came sooner than permitted. Written {now} from the table <code>fetches</code>.\
         A gap is the shortest time between two requests to one host.</p>\n\
         <div class=\"wide\"><table><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table></div>\n</body></html>\n",
        hosts.len()
    )
}
