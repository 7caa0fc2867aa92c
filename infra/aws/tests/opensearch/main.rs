//! Search in OpenSearch keeps every promise of its port, finds what the embedded index finds, and survives its faults.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod faults;
mod modes;
mod proxy;
mod same;

use std::sync::Arc;

use conformance::Subject;
use infra_aws::{Aws, AwsOptions, OpenSearchIndex};
use infra_local::{SqliteDocuments, SystemClock};
use pipeline_core::ports::{Documents, Search};
use pipeline_core::telemetry::Calls;
use support::servers::{REGION, address, unique};
use tempfile::TempDir;

conformance::search!(search_in_opensearch("").await);

/// A prefix of indexes that are removed with it.
pub(crate) struct Prefix(pub(crate) String);

impl Prefix {
    fn new() -> Self {
        Self(unique("test"))
    }
}

impl Drop for Prefix {
    fn drop(&mut self) {
        let url = format!("{}/{}*", address("opensearch"), self.0);
        // What remains costs a little memory of a server for tests.
        let delete = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let _ = runtime.block_on(reqwest::Client::new().delete(url).send());
        };
        let _ = std::thread::spawn(delete).join();
    }
}

pub(crate) async fn aws() -> Aws {
    let options = AwsOptions { region: Some(REGION.to_owned()), ..AwsOptions::default() };
    Aws::load(&options, Arc::new(Calls::default())).await
}

pub(crate) fn documents(folder: &TempDir) -> Arc<dyn Documents> {
    let path = folder.path().join("documents.sqlite");
    Arc::new(SqliteDocuments::open(&path, Arc::new(SystemClock)).unwrap())
}

/// An index at `server`, with more parameters.
pub(crate) async fn open(server: &str, prefix: &str, more: &str, folder: &TempDir) -> (OpenSearchIndex, Aws) {
    let aws = aws().await;
    let address = format!("opensearch+{server}/{prefix}?auth=none{more}");
    let index = OpenSearchIndex::open(&aws, &address, None, documents(folder)).await.unwrap();
    (index, aws)
}

pub(crate) async fn search_in_opensearch(more: &str) -> Subject<dyn Search> {
    let (prefix, folder) = (Prefix::new(), tempfile::tempdir().unwrap());
    let (index, _) = open(&address("opensearch"), &prefix.0, more, &folder).await;
    Subject { port: Arc::new(index), clock: Arc::new(SystemClock), keep: Box::new((prefix, folder)) }
}
