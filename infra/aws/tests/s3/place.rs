//! A bucket for all tests of a run, a folder for each.

use std::sync::Arc;

use aws_config::BehaviorVersion;
use aws_credential_types::Credentials;
use infra_aws::{Aws, AwsOptions, S3Objects};
use infra_local::SystemClock;
use pipeline_core::telemetry::Calls;
use pipeline_lake::{Commit, Lake, LakeTable, Mode};
use schemas::tables::ObservationRow;
use schemas::{Partition, Row as _};
use support::servers;

/// A way into AWS with `secret`, and its count of requests.
pub async fn aws_with(secret: &str) -> (Aws, Arc<Calls>) {
    let keys = Credentials::new(servers::ACCESS_KEY, secret, None, None, "test");
    let loader = aws_config::defaults(BehaviorVersion::latest()).credentials_provider(keys);
    let options = AwsOptions { region: Some(servers::REGION.to_owned()), profile: None };
    let calls = Arc::new(Calls::default());
    (Aws::load_from(loader, &options, Arc::clone(&calls)).await, calls)
}

/// A folder that no other test uses, at `endpoint`, with further parameters.
pub struct Place {
    pub folder: String,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: format!("lake-tests/{}", servers::unique("p")) }
    }

    /// Its address.
    pub fn address(&self, endpoint: &str, more: &str) -> String {
        format!("s3://{}?endpoint={endpoint}&create=true{more}", self.folder)
    }

    /// A client of its own, and its count of requests.
    pub async fn open_at(&self, endpoint: &str) -> (S3Objects, Arc<Calls>) {
        let (aws, calls) = aws_with(servers::SECRET_KEY).await;
        (S3Objects::open(&aws, &self.address(endpoint, "")).await.unwrap(), calls)
    }

    /// The same at the server itself.
    pub async fn open(&self) -> (S3Objects, Arc<Calls>) {
        self.open_at(&servers::address("s3")).await
    }

    /// The table of observations as a process of its own sees it.
    pub async fn table_at(&self, endpoint: &str) -> Arc<LakeTable> {
        let (objects, _) = self.open_at(endpoint).await;
        lake(objects).table(ObservationRow::TABLE).await.unwrap()
    }

    /// The same at the server itself.
    pub async fn table(&self) -> Arc<LakeTable> {
        self.table_at(&servers::address("s3")).await
    }
}

pub fn lake(objects: S3Objects) -> Lake {
    Lake::new(objects.store(), Arc::new(SystemClock))
}

pub fn partition(source: &str) -> Partition {
    Partition::of([source, "1970-01-01"])
}

pub fn row(source: &str, id: &str) -> ObservationRow {
    ObservationRow { observation_id: id.to_owned(), source: source.to_owned(), ..ObservationRow::default() }
}

/// Commits one row.
pub async fn commit(table: &Arc<LakeTable>, source: &str, id: &str, mode: Mode) -> pipeline_core::Result<Commit> {
    let mut writer = table.writer(partition(source));
    writer.write_rows(&[row(source, id)]).await?;
    writer.commit(mode).await
}

/// The ids of all rows, sorted.
pub async fn ids(table: &Arc<LakeTable>) -> Vec<String> {
    let rows: Vec<ObservationRow> = table.rows(table.files().await.unwrap()).await.unwrap();
    let mut ids: Vec<String> = rows.into_iter().map(|row| row.observation_id).collect();
    ids.sort();
    ids
}
