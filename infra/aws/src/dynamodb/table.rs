//! The table itself: making it, and looking it over.

use std::time::Duration;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, StreamSpecification,
    StreamViewType, TableDescription, TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use pipeline_core::{Error, ErrorKind, Result};

use super::DynamoDocuments;
use super::item::{EXPIRES_AT, PK, SK};
use crate::failure::failed;

/// How long a new table may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often to look whether a new table is there.
const LOOK_EVERY: Duration = Duration::from_millis(250);

impl DynamoDocuments {
    /// The table as the service describes it; `None` when there is none.
    pub(super) async fn describe(&self) -> Result<Option<TableDescription>> {
        match self.client.describe_table().table_name(&self.table).send().await {
            Ok(answer) => Ok(answer.table),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
                Ok(None)
            }
            Err(error) => Err(failed(&self.what("look at"), error)),
        }
    }

    pub(super) fn missing(&self) -> Error {
        Error::not_found(format!("table {} does not exist", self.table)).hint(
            "create it as schemas/generated/dynamodb/keys.json says, or add ?create=true to the address of the documents",
        )
    }

    pub(super) async fn ensure_table(&self, create: bool) -> Result<()> {
        match self.describe().await? {
            Some(table) if table.table_status() == Some(&TableStatus::Active) => return Ok(()),
            // Someone else is making it, who also sees to the rest.
            Some(_) => return self.until_active().await,
            None if !create => return Err(self.missing()),
            None => {}
        }
        self.create().await?;
        self.until_active().await?;
        self.expire().await
    }

    async fn create(&self) -> Result<()> {
        let incomplete = |error| Error::internal("a table cannot be described").because(error);
        let attribute = |name: &str| {
            AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
        };
        let part = |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
        // The feed of changes names what changed; who follows it reads the documents themselves.
        let stream =
            StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::KeysOnly).build();
        let request = self
            .client
            .create_table()
            .table_name(&self.table)
            .attribute_definitions(attribute(PK).map_err(incomplete)?)
            .attribute_definitions(attribute(SK).map_err(incomplete)?)
            .key_schema(part(PK, KeyType::Hash).map_err(incomplete)?)
            .key_schema(part(SK, KeyType::Range).map_err(incomplete)?)
            .billing_mode(BillingMode::PayPerRequest)
            .stream_specification(stream.map_err(incomplete)?);
        match request.send().await {
            Err(error) if !error.as_service_error().is_some_and(|error| error.is_resource_in_use_exception()) => {
                Err(failed(&self.what("create"), error))
            }
            // In use means that someone else was faster.
            _ => Ok(()),
        }
    }

    async fn until_active(&self) -> Result<()> {
        let looks = PATIENCE.as_millis() / LOOK_EVERY.as_millis();
        for _ in 0..looks {
            let table = self.describe().await?;
            if table.is_some_and(|table| table.table_status() == Some(&TableStatus::Active)) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err(Error::new(ErrorKind::Timeout, format!("table {} is still not active", self.table))
            .hint(format!("see `aws dynamodb describe-table --table-name {}`", self.table)))
    }

    async fn expire(&self) -> Result<()> {
        let incomplete = |error| Error::internal("a time to live cannot be described").because(error);
        let ttl =
            TimeToLiveSpecification::builder().enabled(true).attribute_name(EXPIRES_AT).build().map_err(incomplete)?;
        let request = self.client.update_time_to_live().table_name(&self.table).time_to_live_specification(ttl);
        let Err(error) = request.send().await else { return Ok(()) };
        // Whoever made the table at the same time may have switched it on, which the service refuses to do twice.
        if error.code() == Some("ValidationException") && self.expires().await? {
            return Ok(());
        }
        Err(failed(&self.what("set the time to live of"), error))
    }

    /// Whether DynamoDB removes what has expired.
    async fn expires(&self) -> Result<bool> {
        let sent = self.client.describe_time_to_live().table_name(&self.table).send().await;
        let answer = sent.map_err(|error| failed(&self.what("look at the time to live of"), error))?;
        let Some(ttl) = answer.time_to_live_description() else { return Ok(false) };
        let on = matches!(ttl.time_to_live_status(), Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling));
        Ok(on && ttl.attribute_name() == Some(EXPIRES_AT))
    }

    pub(super) async fn look_over(&self) -> Result<String> {
        let name = &self.table;
        let table = self.describe().await?.ok_or_else(|| self.missing())?;
        let status = table.table_status().map_or("unknown", TableStatus::as_str);
        if !matches!(table.table_status(), Some(TableStatus::Active | TableStatus::Updating)) {
            return Err(Error::unavailable(format!("table {name} is not active but {status}"))
                .hint(format!("see `aws dynamodb describe-table --table-name {name}`")));
        }
        if !keyed_by_texts(&table) {
            return Err(Error::config(format!("table {name} has other keys than the texts {PK} and {SK}"))
                .hint("create another one as schemas/generated/dynamodb/keys.json says; keys cannot be changed"));
        }
        if stream_of(&table).is_none() {
            return Err(no_stream(name));
        }
        if !self.expires().await? {
            return Err(Error::config(format!("table {name} keeps what has expired")).hint(format!(
                "aws dynamodb update-time-to-live --table-name {name} --time-to-live-specification \
                 Enabled=true,AttributeName={EXPIRES_AT}"
            )));
        }
        Ok(format!("table {name}: {}, stream and time to live are on", status.to_lowercase()))
    }
}

/// Address of the stream of a table, when it is on.
pub(super) fn stream_of(table: &TableDescription) -> Option<&str> {
    let on = table.stream_specification().is_some_and(StreamSpecification::stream_enabled);
    table.latest_stream_arn().filter(|_| on)
}

/// The failure of a table without a stream.
pub(super) fn no_stream(table: &str) -> Error {
    Error::config(format!("table {table} has no stream, so that nobody can follow its changes")).hint(format!(
        "aws dynamodb update-table --table-name {table} --stream-specification \
         StreamEnabled=true,StreamViewType=KEYS_ONLY"
    ))
}

fn keyed_by_texts(table: &TableDescription) -> bool {
    let keys: Vec<(&str, &KeyType)> =
        table.key_schema().iter().map(|part| (part.attribute_name(), part.key_type())).collect();
    let texts = table.attribute_definitions().iter();
    let texts = texts.filter(|attribute| *attribute.attribute_type() == ScalarAttributeType::S);
    let texts: Vec<&str> = texts.map(AttributeDefinition::attribute_name).collect();
    keys == [(PK, &KeyType::Hash), (SK, &KeyType::Range)] && texts.contains(&PK) && texts.contains(&SK)
}
