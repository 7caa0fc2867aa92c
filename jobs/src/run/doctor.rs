//! `waypost doctor`: every backend tried, every table opened, and what would fix what is wrong.

use pipeline_core::source::Sources as _;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::tables;
use serde_json::{Value, json};

use crate::app::App;
use crate::config::{Config, secret, secret_variable};
use crate::print::{self, Form};

/// Prints a line per check; the exit code is that of the worst one.
///
/// # Errors
/// When standard output is closed.
pub async fn run(form: Form, config: Config) -> Result<u8> {
    let mut checks = Checks::default();
    let boards = config.boards();
    backends(&config, &mut checks).await;
    match App::open(config, None).await {
        // Why is told above.
        Err(error) if !checks.failed.is_empty() => {
            tracing::debug!(error = %error.chain(), "not everything can be opened")
        }
        Err(error) => checks.add("program", Err(error)),
        Ok(app) => {
            state(&app, &mut checks).await;
            for spec in tables::ALL {
                let opened = match app.lake.table(spec).await {
                    Ok(table) => table.files().await.map(|files| {
                        let rows: u64 = files.iter().map(|file| file.rows).sum();
                        format!("{} rows in {} files", print::count(rows), files.len())
                    }),
                    Err(error) => Err(error),
                };
                checks.add(&format!("table {}", spec.name), opened);
            }
            checks.add("contact", contact(&app));
            for (name, board) in boards {
                checks.add(&format!("source {name} {}", board.name), source(&app, &name, &board));
            }
        }
    }
    let code = checks.code();
    let document = json!({"ok": code == 0, "items": checks.items});
    print::items(form, &document, |items| {
        let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
        let rows = items
            .iter()
            .map(|item| vec![text(item, "status"), text(item, "check"), print::cut(&text(item, "told"), 110)]);
        let mut shown = print::table(&["", "check", ""], rows);
        // What mends it is shown whole: it may be a command to copy.
        for item in items.iter().filter(|item| item["hint"].is_string()) {
            shown.push_str(&format!("\n{}: {}", text(item, "check"), text(item, "hint")));
        }
        shown
    })?;
    Ok(code)
}

#[derive(Default)]
struct Checks {
    items: Vec<Value>,
    failed: Vec<ErrorKind>,
}

impl Checks {
    fn add(&mut self, check: &str, result: Result<String>) {
        self.items.push(match result {
            Ok(told) => json!({"check": check, "status": "ok", "told": told}),
            Err(error) if error.kind() == ErrorKind::Nothing => {
                json!({"check": check, "status": "note", "told": error.chain(), "hint": error.hint_text()})
            }
            Err(error) => {
                self.failed.push(error.kind());
                json!({"check": check, "status": "FAIL", "told": error.chain(), "hint": error.hint_text()})
            }
        });
    }

    fn code(&self) -> u8 {
        self.failed.first().map_or(0, |kind| kind.exit_code())
    }
}

/// Each backend on its own.
async fn backends(config: &Config, checks: &mut Checks) {
    let addresses = config.addresses.list();
    for (port, seen) in infra_registry::look_over(&config.addresses, &config.backend_options()).await {
        let address = addresses.iter().find(|(named, _)| *named == port).map_or("", |(_, address)| address);
        let seen = seen.map(|seen| if seen.is_empty() { address.to_owned() } else { format!("{address}: {seen}") });
        checks.add(port, seen);
    }
}

async fn state(app: &App, checks: &mut Checks) {
    checks.add("lease", app.unleased().await.map(|()| "free".to_owned()));
    let generation = app.backends.search.current().await;
    checks.add(
        "generation",
        generation.and_then(|current| {
            current.ok_or_else(|| {
                Error::nothing("nothing is published yet").hint("start with `waypost demo` or `waypost run`")
            })
        }),
    );
}

fn contact(app: &App) -> Result<String> {
    match app.config.raw.crawl.contact.trim() {
        "" => Err(Error::nothing("crawl.contact is empty").hint("a live run needs it")),
        contact => Ok(contact.to_owned()),
    }
}

fn source(app: &App, name: &str, board: &pipeline_core::source::Board) -> Result<String> {
    let source = app
        .sources
        .named(name)
        .ok_or_else(|| Error::config(format!("no source is called {name}")).hint("see `waypost sources list`"))?;
    for wanted in source.describe().secrets {
        if secret(name, wanted).is_none() {
            let variable = secret_variable(name, wanted);
            return Err(Error::config(format!("{name} needs {wanted}")).hint(format!("set {variable}")));
        }
    }
    source.start(board).map(|asks| asks.first().map(|ask| ask.url.clone()).unwrap_or_default())
}
