//! `waypost lake`: the content hash of each table, and what each table holds.

use std::collections::BTreeMap;

use pipeline_core::{Error, Result};
use schemas::{Table, tables};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::print::{self, Form};

/// Prints rows and hash of every table.
///
/// # Errors
/// Those of the lake.
pub async fn hash(app: &App, form: Form) -> Result<()> {
    let mut hashes = Map::new();
    for spec in tables::ALL {
        let hash = app.lake.table(spec).await?.hash().await?;
        hashes.insert(spec.name.to_owned(), hash.to_json());
    }
    print::document(form, &json!({"tables": hashes}), |document| {
        let rows = document["tables"].as_object().into_iter().flatten().map(|(name, hash)| {
            vec![name.clone(), hash["rows"].to_string(), hash["hash"].as_str().unwrap_or_default().to_owned()]
        });
        print::table(&["table", "rows", "hash"], rows)
    })
}

/// Prints the partitions of one table, or a line per table.
///
/// # Errors
/// `NotFound` for a table that is not declared.
pub async fn show(app: &App, form: Form, name: Option<&str>) -> Result<()> {
    match name {
        None => {
            let mut items = Vec::new();
            for spec in tables::ALL {
                items.push(summary(app, spec).await?);
            }
            print::items(form, &json!({"items": items}), |items| {
                let rows = items.iter().map(|item| {
                    let number = |key: &str| print::count(item[key].as_u64().unwrap_or_default());
                    let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
                    vec![
                        text("table"),
                        number("version"),
                        number("partitions"),
                        number("files"),
                        number("rows"),
                        number("bytes"),
                        text("purpose"),
                    ]
                });
                print::table(&["table", "version", "partitions", "files", "rows", "bytes", ""], rows)
            })
        }
        Some(name) => {
            let spec = named(name)?;
            let mut partitions: BTreeMap<String, (u64, u64, u64)> = BTreeMap::new();
            for file in app.lake.table(spec).await?.files().await? {
                let sums = partitions.entry(file.partition.to_string()).or_default();
                *sums = (sums.0 + 1, sums.1 + file.rows, sums.2 + file.size);
            }
            let items: Vec<Value> = partitions
                .iter()
                .map(|(partition, (files, rows, bytes))| json!({"partition": partition, "files": files, "rows": rows, "bytes": bytes}))
                .collect();
            print::items(form, &json!({"table": name, "items": items}), |_| {
                let rows = partitions.iter().map(|(partition, (files, rows, bytes))| {
                    vec![partition.clone(), print::count(*files), print::count(*rows), print::count(*bytes)]
                });
                print::table(&["partition", "files", "rows", "bytes"], rows)
            })
        }
    }
}

/// The table called `name`.
///
/// # Errors
/// `NotFound`, naming the tables there are.
pub fn named(name: &str) -> Result<&'static Table> {
    tables::named(name).ok_or_else(|| {
        let known: Vec<&str> = tables::ALL.iter().map(|table| table.name).collect();
        Error::not_found(format!("no table is called {name}")).hint(format!("the tables are {}", known.join(", ")))
    })
}

async fn summary(app: &App, spec: &'static Table) -> Result<Value> {
    let table = app.lake.table(spec).await?;
    let files = table.files().await?;
    Ok(json!({
        "table": spec.name,
        "purpose": spec.purpose.trim(),
        "version": table.version().await?,
        "partitions": table.partitions().await?.len(),
        "files": files.len(),
        "rows": files.iter().map(|file| file.rows).sum::<u64>(),
        "bytes": files.iter().map(|file| file.size).sum::<u64>(),
    }))
}
