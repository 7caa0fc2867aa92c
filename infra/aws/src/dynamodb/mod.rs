//! Documents in a DynamoDB table, and what changed from its stream.
//!
//! What expires does so by our own reading: an item whose time has come counts as absent everywhere, although DynamoDB
//! removes it only some days later.

mod backoff;
mod item;
mod position;
mod read;
mod shards;
mod stream;
mod table;
mod write;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use pipeline_core::ports::{Changes, Clock, Document, Documents, Key, Page, Prepared, Probe, Query, Version, Write};
use pipeline_core::{Error, Result};

use crate::Aws;
use crate::address::Address;

/// What an address may say.
const PARAMETERS: &[&str] = &["region", "endpoint", "create"];

/// Keeps documents in one table, which any number of processes may use at once.
pub struct DynamoDocuments {
    client: aws_sdk_dynamodb::Client,
    streams: aws_sdk_dynamodbstreams::Client,
    table: String,
    clock: Arc<dyn Clock>,
    /// For each shard, the sequence number it was read to, and the iterator that goes on from there.
    iterators: Mutex<HashMap<String, (String, String)>>,
}

impl DynamoDocuments {
    /// Opens the table of `dynamodb://TABLE?region=&endpoint=&create=true`. What expires does so by `clock`. With `create`
    /// a table that is missing is made, with its stream and its time to live.
    ///
    /// # Errors
    /// `Config` for an address that cannot be used, `NotFound` when the table is missing, and those of the service.
    pub async fn open(aws: &Aws, address: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        let address = Address::parse(address, PARAMETERS)?;
        if !address.path.is_empty() {
            return Err(Error::config(format!("the address of table {} has a path", address.host))
                .hint("write dynamodb://TABLE?region=REGION"));
        }
        let config = aws.config(address.get("region"), address.get("endpoint"));
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(&config).interceptor(aws.counting("dynamodb"));
        let streams = aws_sdk_dynamodbstreams::config::Builder::from(&config).interceptor(aws.counting("dynamodb"));
        let documents = Self {
            client: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
            streams: aws_sdk_dynamodbstreams::Client::from_conf(streams.build()),
            table: address.host.clone(),
            clock,
            iterators: Mutex::default(),
        };
        documents.ensure_table(address.flag("create")?).await?;
        Ok(documents)
    }

    /// What was tried, for messages.
    fn what(&self, tried: &str) -> String {
        format!("cannot {tried} table {}", self.table)
    }
}

impl fmt::Debug for DynamoDocuments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DynamoDocuments").field("table", &self.table).finish_non_exhaustive()
    }
}

#[async_trait]
impl Documents for DynamoDocuments {
    async fn get(&self, key: &Key) -> Result<Option<Document>> {
        self.read_one(key).await
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Document>>> {
        self.read_many(keys).await
    }

    async fn write(&self, write: Write) -> Result<Version> {
        self.write_one(&Prepared::new(write)?).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<()> {
        self.write_all(&Prepared::transaction(writes)?).await
    }

    async fn query(&self, query: &Query) -> Result<Page> {
        self.read_page(query).await
    }

    async fn changes(&self, after: Option<&str>, limit: usize) -> Result<Changes> {
        self.read_changes(after, limit).await
    }
}

#[async_trait]
impl Probe for DynamoDocuments {
    async fn probe(&self) -> Result<String> {
        self.look_over().await
    }
}
