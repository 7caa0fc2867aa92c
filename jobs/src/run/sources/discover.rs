//! `waypost sources discover`: which source reads a careers page.

use std::path::Path;
use std::sync::Mutex;

use infra_registry::HttpFetch;
use pipeline_core::error::Context as _;
use pipeline_core::source::{Board, Sources as _};
use pipeline_core::{Error, ErrorKind, Result};
use pipeline_crawl::discover::{Discovery, discover};
use pipeline_crawl::{Policy, Politeness, Registry};
use serde_json::json;
use url::Url;

use crate::app::App;
use crate::print::{self, Form};
use crate::run::crawl;

/// The source that asks for a page of any site.
const PAGE: &str = "jobposting";

/// Looks at `from`, an address or a saved page that was found at `address`, and answers the exit code.
///
/// # Errors
/// `NotFound` for a file that is not there, those of the network, and `Nothing` when no board is found.
pub async fn run(app: &App, form: Form, from: &str, address: Option<&str>) -> Result<u8> {
    let boards = match Url::parse(from).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
        Some(url) => at(app, &url).await?,
        None => {
            let page = std::fs::read(Path::new(from)).context(ErrorKind::NotFound, || format!("cannot read {from}"))?;
            let parsed = address.map(Url::parse).transpose();
            discover(parsed.context(ErrorKind::Usage, || "--address is no address")?.as_ref(), &page)
        }
    };
    if boards.is_empty() {
        return Err(Error::nothing(format!("no board of a known source was found in {from}"))
            .hint("`waypost sources list` names what can be read; a page that shows its board by script may need to be saved first"));
    }
    print::items(form, &json!({"items": boards}), |_| text(&boards))?;
    Ok(0)
}

/// What the address itself gives away, or else the page behind it, asked for under the same rules as every crawl.
async fn at(app: &App, url: &Url) -> Result<Vec<Discovery>> {
    let by_address = discover(Some(url), b"");
    if !by_address.is_empty() {
        return Ok(by_address);
    }
    let body = page(app, &crawl::client(app)?, url).await?;
    Ok(discover(Some(url), &body))
}

async fn page(app: &App, fetch: &HttpFetch, url: &Url) -> Result<Vec<u8>> {
    let source = Registry.named(PAGE).ok_or_else(|| Error::internal("the source of pages is missing"))?;
    let crawl = crawl::driver(app, fetch);
    let politeness = Mutex::new(Politeness::new(Policy::default(), 0));
    let mut body = Vec::new();
    let mut last = None;
    let mut sink = |row: schemas::tables::FetchRow| {
        last = row.status;
        body = row.body;
        Ok(())
    };
    let board = Board { name: url.to_string(), ..Board::default() };
    let outcome = crawl.board(source, &board, &politeness, &mut sink).await?;
    // That the page describes no posting is no failure here, as long as it came.
    match outcome.error {
        Some(error) if last.is_none_or(|status| !(200..300).contains(&status)) => Err(error),
        _ => Ok(body),
    }
}

fn text(boards: &[Discovery]) -> String {
    let rows = boards.iter().map(|found| {
        vec![found.source.to_owned(), found.board.clone(), found.addresses.to_string(), print::cut(&found.example, 70)]
    });
    let table = print::table(&["source", "board", "addresses", "such as"], rows);
    let first = boards.first().map(|found| {
        let mut entry = toml::Table::new();
        entry.insert("name".to_owned(), found.source.into());
        entry.insert("boards".to_owned(), vec![found.board.clone()].into());
        if !found.parameters.is_empty() {
            let parameters: toml::Table =
                found.parameters.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
            entry.insert("parameters".to_owned(), parameters.into());
        }
        format!("\n\nTo crawl it, add to the configuration, or add the board to the source that stands there:\n\n[[source]]\n{entry}")
    });
    table + &first.unwrap_or_default()
}
