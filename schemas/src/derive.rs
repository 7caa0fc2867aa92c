//! What follows from the declarations: the files of `generated/`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::cell::Kind;
use crate::documents::{self, IndexDocument};
use crate::table::Table;
use crate::{tables, wire};

/// Every derived file: its path under `generated/` and its content.
pub fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for table in tables::ALL {
        files.push((format!("arrow/{}.json", table.name), pretty(&arrow_schema(table))));
        files.push((format!("json/{}.json", table.name), pretty(&json_schema(table))));
    }
    files.push(("opensearch/roles.json".to_owned(), pretty(&opensearch_mapping())));
    files.push(("opensearch/own.json".to_owned(), pretty(&opensearch_own_mapping())));
    files.push(("dynamodb/keys.json".to_owned(), pretty(&dynamodb_keys())));
    for (name, schema) in type_schemas() {
        files.push((format!("types/{name}.json"), pretty(&schema)));
    }
    files
}

/// The Arrow schema of a table, as fields with type names.
pub fn arrow_schema(table: &Table) -> Value {
    let fields: Vec<Value> = table
        .schema()
        .fields()
        .iter()
        .map(|field| json!({"name": field.name(), "type": field.data_type().to_string(), "nullable": field.is_nullable()}))
        .collect();
    json!({"table": table.name, "key": table.key, "partition": table.partition, "fields": fields})
}

/// The JSON schema (2020-12) of a table's row, as `export --format ndjson` writes it.
pub fn json_schema(table: &Table) -> Value {
    let mut properties = Map::new();
    for column in table.columns {
        let mut schema = match column.kind {
            Kind::Text | Kind::Json => json!({"type": "string"}),
            Kind::Int => json!({"type": "integer"}),
            Kind::Float => json!({"type": "number"}),
            Kind::Bool => json!({"type": "boolean"}),
            Kind::Time => json!({"type": "string", "format": "date-time"}),
            Kind::Day => json!({"type": "string", "format": "date"}),
            Kind::Bytes => json!({"type": "string", "contentEncoding": "base16"}),
            Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        };
        if column.nullable {
            let kind = schema["type"].clone();
            schema["type"] = json!([kind, "null"]);
        }
        schema["description"] = json!(column.doc.trim());
        properties.insert(column.name.to_owned(), schema);
    }
    let required: Vec<&str> =
        table.columns.iter().filter(|column| !column.nullable).map(|column| column.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.name,
        "description": table.purpose.trim(),
        "type": "object",
        "properties": properties,
        "required": required,
    })
}

/// The OpenSearch settings and mapping of a generation of roles. The returned document is exactly the index document:
/// what stands beside it for filters, facets and words is kept out of `_source`.
pub fn opensearch_mapping() -> Value {
    let mut properties = Map::new();
    for (column, indexing) in IndexDocument::FIELDS {
        properties.insert(column.name.to_owned(), documents::opensearch_type(column.kind, *indexing));
    }
    let hidden = documents::opensearch_hidden();
    let excluded: Vec<&String> = hidden.iter().map(|(name, _)| name).collect();
    let excluded = json!(excluded);
    properties.extend(hidden);
    opensearch_index(&excluded, &Value::Object(properties))
}

/// The OpenSearch settings and mapping of what people find among their own.
pub fn opensearch_own_mapping() -> Value {
    opensearch_index(&json!(["words"]), &documents::opensearch_own())
}

/// One shard, so that counts and weights are those of the whole; removing leftovers leaves none.
fn opensearch_index(excluded: &Value, properties: &Value) -> Value {
    json!({
        "settings": {"index": {
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "merge": {"policy": {"expunge_deletes_allowed": 0.0}},
        }},
        "mappings": {"dynamic": "strict", "_source": {"excludes": excluded}, "properties": properties},
    })
}

/// The keys of each kind of document in the single DynamoDB table.
pub fn dynamodb_keys() -> Value {
    let kinds: Vec<Value> = documents::KEYS
        .iter()
        .map(
            |key| json!({"kind": key.kind, "pk": key.pk, "sk": key.sk, "ttl_days": key.ttl_days, "access": key.access}),
        )
        .collect();
    json!({
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "TimeToLive": "expires_at",
        "kinds": kinds,
    })
}

/// The JSON schemas (2020-12) of the documents and wire types, by name. Each stands alone: what it refers to lies in its
/// `$defs`.
pub fn type_schemas() -> Vec<(String, Value)> {
    macro_rules! schemas {
        ($($type:ty),+ $(,)?) => { vec![ $( (<$type as ToSchema>::name().into_owned(), type_schema::<$type>()) ),+ ] };
    }
    schemas![
        documents::UserDocument,
        documents::SearchDocument,
        documents::IndexDocument,
        documents::KeptRole,
        wire::AgentStatus,
        wire::JobsRequest,
        wire::ResumeRequest,
        wire::ResumeResponse,
        wire::MarketAnswer,
        wire::Problem,
        wire::RunReport,
        wire::Registration,
        wire::Credentials,
        wire::Tokens,
    ]
}

fn type_schema<T: ToSchema>() -> Value {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    // A type that is used twice is listed twice; the map keeps one of each, by name.
    let parts: BTreeMap<String, Value> = parts.into_iter().map(|(name, part)| (name, standing_alone(&part))).collect();
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!(T::name()));
    if let Value::Object(own) = standing_alone(&T::schema()) {
        schema.extend(own);
    }
    if !parts.is_empty() {
        schema.insert("$defs".to_owned(), json!(parts));
    }
    Value::Object(schema)
}

/// A schema of the OpenAPI document with its references turned to the `$defs` of a file of its own.
fn standing_alone(schema: &RefOr<Schema>) -> Value {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    turn_references(&mut value);
    value
}

fn turn_references(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref") {
                *reference = reference.replace("#/components/schemas/", "#/$defs/");
            }
            fields.values_mut().for_each(turn_references);
        }
        Value::Array(items) => items.iter_mut().for_each(turn_references),
        _ => {}
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
