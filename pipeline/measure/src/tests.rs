//! The queries over small lakes in memory, and what the engine refuses.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use futures::TryStreamExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::ArrowWriter;
use pipeline_core::{Day, ErrorKind};
use pipeline_lake::LakeFile;
use schemas::tables::{FetchRow, RoleRow, SalaryRow};
use schemas::{Micros, Partition, Row, Table};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Engine, Measured, answers, measure};

const MEMORY: usize = 256 * 1024 * 1024;

fn engine() -> Engine {
    Engine::new(MEMORY).expect("an engine")
}

/// A role from the fields that matter; the others are as in an empty role.
fn role(line: &str) -> RoleRow {
    let mut fields = match serde_json::to_value(RoleRow::default()).expect("a role") {
        Value::Object(fields) => fields,
        other => panic!("{other}"),
    };
    fields.extend(serde_json::from_str::<Map<String, Value>>(line).expect("an object"));
    serde_json::from_value(Value::Object(fields)).expect("a role")
}

/// Stores `rows` as one file per partition, which `partition` names, and registers them.
async fn register<R: Row + Clone>(engine: &Engine, rows: &[R], partition: impl Fn(&R) -> Partition) {
    let table = R::TABLE;
    let mut parts: BTreeMap<Partition, Vec<R>> = BTreeMap::new();
    for row in rows {
        parts.entry(partition(row)).or_default().push(row.clone());
    }
    let store = InMemory::new();
    let mut files = Vec::new();
    for (number, (partition, rows)) in parts.into_iter().enumerate() {
        let path = Path::from(format!("part-{number}.parquet"));
        let bytes = parquet_bytes(table, &R::batch(&rows).expect("a batch"));
        files.push(LakeFile { path: path.clone(), size: bytes.len() as u64, rows: rows.len() as u64, partition });
        store.put(&path, bytes.into()).await.expect("stored");
    }
    let store: Arc<dyn ObjectStore> = Arc::new(store);
    engine.register(table, store, &files).expect("registered");
}

fn parquet_bytes(table: &Table, batch: &RecordBatch) -> Vec<u8> {
    let schema = table.file_schema();
    let columns: Vec<usize> =
        schema.fields().iter().map(|field| batch.schema().index_of(field.name()).expect("a column")).collect();
    let batch = batch.project(&columns).expect("columns");
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.into_inner().expect("closed")
}

async fn measured(roles: &[RoleRow]) -> Measured {
    let engine = engine();
    register(&engine, roles, |role| Partition::of([&role.bucket])).await;
    measure(&engine, day(), 90).await.expect("measured")
}

fn day() -> Day {
    "2026-11-20".parse().expect("a day")
}

/// The roles of `queries/<name>.roles.ndjson`.
fn sample(lines: &str) -> Vec<RoleRow> {
    lines.lines().map(role).collect()
}

/// Compares `rows` with `queries/<name>.expected.json`, or rewrites it when `UPDATE` is set.
#[expect(clippy::disallowed_methods, reason = "UPDATE=1 rewrites the expected rows beside the query")]
fn check(name: &str, rows: &impl Serialize) {
    let path = format!("src/queries/{name}.expected.json");
    let found = format!("{:#}\n", serde_json::to_value(rows).expect("rows"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &found).expect("writable");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{name} gives other rows than {path}; UPDATE=1 rewrites them. Found:\n{found}");
}

#[tokio::test]
async fn salary_gives_the_expected_rows() {
    check("salary", &measured(&sample(include_str!("queries/salary.roles.ndjson"))).await.salary);
}

#[tokio::test]
async fn skills_gives_the_expected_rows() {
    check("skills", &measured(&sample(include_str!("queries/skills.roles.ndjson"))).await.skills);
}

#[tokio::test]
async fn trend_gives_the_expected_rows() {
    check("trend", &measured(&sample(include_str!("queries/trend.roles.ndjson"))).await.trend);
}

/// Many roles by a fixed recipe, with unknown fields, repeated pay and pay stated on one side.
fn many_roles(n: i64) -> Vec<RoleRow> {
    let pick = |n: i64, of: &[&str]| {
        let index = (n as usize) % (of.len() + 1);
        of.get(index).map(|text| (*text).to_owned())
    };
    (0..n)
        .map(|i| {
            let noise = i.wrapping_mul(6_364_136_223_846_793_005).rotate_left(29).unsigned_abs() as i64 & 0xffff;
            RoleRow {
                role_id: format!("r{i}"),
                bucket: format!("{:02x}", i % 16),
                domain: pick(noise, &["engineering", "design", "sales"]),
                country: pick(noise / 7, &["DE", "US"]),
                level: pick(noise / 11, &["junior", "senior"]),
                pay_currency: pick(noise / 13, &["EUR", "USD"]),
                pay_annual_min_minor: (noise % 5 != 0).then_some(3_000_000 + noise % 97 * 10_001),
                pay_annual_max_minor: (noise % 6 != 0).then_some(4_000_000 + noise % 89 * 10_003),
                pay_predicted: (noise % 9 == 0).then_some(noise % 2 == 0),
                first_seen_at: day().plus(-(noise as i32 % 120)).start(),
                ..RoleRow::default()
            }
        })
        .collect()
}

/// The `percent`th percentile of sorted values by linear interpolation, half up.
fn percentile(sorted: &[i64], percent: i64) -> i64 {
    let position = (sorted.len() as i64 - 1) * percent;
    let (index, rest) = ((position / 100) as usize, position % 100);
    let next = sorted.get(index + 1).copied().unwrap_or(sorted[index]);
    sorted[index] + ((next - sorted[index]) * rest + 50) / 100
}

#[tokio::test]
async fn quantiles_equal_those_of_the_sorted_values() {
    let roles = many_roles(4_000);
    let mut groups: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for role in &roles {
        let in_window = role.first_seen_at.day() > day().plus(-90) && role.first_seen_at.day() <= day();
        let low = role.pay_annual_min_minor.or(role.pay_annual_max_minor);
        let high = role.pay_annual_max_minor.or(role.pay_annual_min_minor);
        let (Some(low), Some(high), Some(currency)) = (low, high, &role.pay_currency) else { continue };
        if !in_window || role.pay_predicted == Some(true) {
            continue;
        }
        for mask in 0..8 {
            let kept = |bit: i32, value: &Option<String>| match (mask & bit != 0, value) {
                (false, _) => Some(None),
                (true, Some(value)) => Some(Some(value.clone())),
                (true, None) => None,
            };
            if let (Some(domain), Some(country), Some(level)) =
                (kept(1, &role.domain), kept(2, &role.country), kept(4, &role.level))
            {
                groups.entry((domain, country, level, currency.clone())).or_default().push((low + high) / 2);
            }
        }
    }
    groups.retain(|_, values| values.len() >= 3);
    let found = measured(&roles).await.salary;
    assert_eq!(found.len(), groups.len());
    for (row, (key, mut values)) in found.into_iter().zip(groups) {
        values.sort_unstable();
        assert_eq!((row.domain, row.country, row.level, row.currency), key);
        assert_eq!(row.n, values.len() as i64);
        let quantiles = [10, 25, 50, 75, 90].map(|percent| percentile(&values, percent));
        assert_eq!([row.p10_minor, row.p25_minor, row.p50_minor, row.p75_minor, row.p90_minor], quantiles, "{key:?}");
        let interval = crate::intervals::median_rank(row.n)
            .map(|rank| (values[rank as usize - 1], values[values.len() - rank as usize]));
        assert_eq!(row.p50_low_minor.zip(row.p50_high_minor), interval, "{key:?}");
    }
}

#[tokio::test]
async fn the_order_and_the_files_of_roles_change_nothing() {
    let mut roles = many_roles(600);
    let once = measured(&roles).await;
    roles.reverse();
    for (index, role) in roles.iter_mut().enumerate() {
        role.bucket = format!("{:02x}", index % 5);
    }
    assert_eq!(measured(&roles).await, once);
}

#[tokio::test]
async fn an_unknown_field_is_never_a_group_of_its_own() {
    let unknown = |i: i64| RoleRow {
        role_id: format!("r{i}"),
        pay_currency: Some("EUR".to_owned()),
        pay_annual_min_minor: Some(5_000_000),
        skills: vec!["rust".to_owned()],
        first_seen_at: day().start(),
        ..RoleRow::default()
    };
    let measured = measured(&(0..5).map(unknown).collect::<Vec<_>>()).await;
    let all = |domain: &Option<String>, country: &Option<String>| domain.is_none() && country.is_none();
    assert_eq!(measured.salary.len(), 1);
    assert!(measured.salary.iter().all(|row| all(&row.domain, &row.country) && row.level.is_none() && row.n == 5));
    assert_eq!(measured.skills.len(), 1);
    assert!(measured.skills.iter().all(|row| all(&row.domain, &row.country) && row.n == 5 && row.roles == 5));
    assert_eq!(measured.trend.len(), 2);
    assert!(measured.trend.iter().all(|row| all(&row.domain, &row.country) && row.n == 5));
}

#[tokio::test]
async fn an_empty_lake_measures_to_nothing() {
    let measured = measured(&[]).await;
    assert_eq!(measured, Measured::default());
    assert!(answers(&measured).is_empty());
}

#[tokio::test]
async fn partition_values_are_columns_like_any_other() {
    let fetch = |source: &str, day: &str, id: &str| FetchRow {
        fetch_id: id.to_owned(),
        source: source.to_owned(),
        day: day.parse().expect("a day"),
        body: vec![0, 159, 146],
        fetched_at: Micros(1),
        ..FetchRow::default()
    };
    let fetches =
        [fetch("lever", "2026-11-20", "a"), fetch("lever", "2026-11-19", "b"), fetch("ashby", "2026-11-20", "c")];
    let engine = engine();
    register(&engine, &fetches, |row| Partition::of([row.source.clone(), row.day.to_string()])).await;
    let batches = engine.sql("SELECT * FROM fetches ORDER BY fetch_id", 10).await.expect("rows");
    let rows: Vec<FetchRow> = batches.iter().flat_map(|batch| FetchRow::rows(batch).expect("fetches")).collect();
    assert_eq!(rows, fetches);
    let query = "SELECT fetch_id FROM fetches WHERE source = 'lever' AND day = DATE '2026-11-19'";
    assert_eq!(count(&engine, query).await, 1);
    assert_eq!(count(&engine, "SELECT day FROM fetches WHERE day < '2026-11-20' LIMIT 5").await, 1);
    assert_eq!(count(&engine, "SELECT count(*) FROM fetches GROUP BY source").await, 2);
}

#[tokio::test]
async fn registering_again_replaces_the_table() {
    let engine = engine();
    register(&engine, &many_roles(5), |role| Partition::of([&role.bucket])).await;
    assert_eq!(count(&engine, "SELECT role_id FROM roles").await, 5);
    register(&engine, &many_roles(2), |role| Partition::of([&role.bucket])).await;
    assert_eq!(count(&engine, "SELECT role_id FROM roles").await, 2);
    register::<RoleRow>(&engine, &[], |role| Partition::of([&role.bucket])).await;
    assert_eq!(count(&engine, "SELECT role_id FROM roles").await, 0);
    assert_eq!(count(&engine, "SELECT count(*) FROM roles").await, 1);
}

async fn count(engine: &Engine, query: &str) -> usize {
    engine.sql(query, 100).await.expect(query).iter().map(RecordBatch::num_rows).sum()
}

async fn refused(query: &str) -> ErrorKind {
    let engine = engine();
    register(&engine, &many_roles(3), |role| Partition::of([&role.bucket])).await;
    engine.sql(query, 100).await.expect_err(query).kind()
}

#[tokio::test]
async fn whatever_does_more_than_read_is_refused() {
    for query in [
        "COPY roles TO '/tmp/roles.csv'",
        "COPY (SELECT * FROM roles) TO 's3://bucket/roles' STORED AS PARQUET",
        "EXPLAIN COPY roles TO '/tmp/roles.csv'",
        "EXPLAIN ANALYZE COPY roles TO '/tmp/roles.csv'",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "CREATE TABLE t AS SELECT * FROM roles",
        "CREATE VIEW v AS SELECT * FROM roles",
        "DROP TABLE roles",
        "SET datafusion.execution.target_partitions = 999",
        "RESET datafusion.execution.target_partitions",
        "INSERT INTO roles SELECT * FROM roles",
        "WITH w AS (SELECT 1) INSERT INTO roles SELECT * FROM w",
        "EXPLAIN INSERT INTO roles SELECT * FROM roles",
        "EXPLAIN ANALYZE INSERT INTO roles SELECT * FROM roles",
        "DELETE FROM roles",
        "UPDATE roles SET title = 'x'",
        "TRUNCATE roles",
        "BEGIN",
        "PREPARE p AS SELECT 1",
        "SELECT 1; DROP TABLE roles",
        "SELECT * INTO t FROM roles",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "",
        ";",
        "'",
        "SELECT 'unterminated",
        "\0\u{ffff}",
    ] {
        assert_eq!(refused(query).await, ErrorKind::Invalid, "{query}");
    }
}

#[tokio::test]
async fn a_query_too_deep_for_the_stack_is_refused() {
    let wrapped = |open: &str, close: &str, n: usize| format!("SELECT {}1{}", open.repeat(n), close.repeat(n));
    for query in [
        wrapped("(", ")", 10_000),
        "(".repeat(10_000),
        wrapped("[", "]", 5_000),
        wrapped("NOT ", "", 5_000),
        wrapped("- ", "", 5_000),
        wrapped("", " + 1", 5_000),
        wrapped("", " OR true", 5_000),
        wrapped("", " UNION ALL SELECT 1", 3_000),
        wrapped("CASE WHEN true THEN ", " END", 1_000),
        format!("SELECT 1 FROM (VALUES (1)) a{}", (0..900).map(|i| format!(", (VALUES (1)) a{i}")).collect::<String>()),
    ] {
        let kind = refused(&query).await;
        assert_eq!(kind, ErrorKind::Invalid, "{} bytes, {}", query.len(), &query[..40]);
    }
    assert_eq!(refused(&format!("SELECT '{}'", "x".repeat(70_000))).await, ErrorKind::TooLarge);
}

#[tokio::test]
async fn the_longest_chains_that_are_allowed_fit_on_the_stack() {
    let engine = engine();
    register(&engine, &many_roles(3), |role| Partition::of([&role.bucket])).await;
    let chain = |head: &str, link: &str, n: usize, tail: &str| format!("SELECT {head}{}{tail}", link.repeat(n));
    for query in [
        chain("posting_count", " + posting_count", 290, " FROM roles"),
        chain("role_id", " || role_id", 290, " FROM roles"),
        chain("role_id FROM roles WHERE role_id = 'x'", " OR role_id = title", 140, ""),
        chain("role_id FROM roles", " UNION ALL SELECT role_id FROM roles", 58, ""),
        chain("role_id FROM roles", " UNION SELECT role_id FROM roles", 72, ""),
        format!("SELECT 1 FROM roles r{}", (0..240).map(|i| format!(", range(1, 2) v{i}")).collect::<String>()),
        chain("1", "::BIGINT", 140, " FROM roles"),
        chain("", "- ", 40, "posting_count FROM roles"),
        chain("", "NOT ", 40, "pay_predicted FROM roles"),
        chain("", "CASE WHEN posting_count = 1 THEN 1 ELSE ", 20, &format!("1{} FROM roles", " END".repeat(20))),
        format!("SELECT 1 FROM roles r{}", (0..140).map(|i| format!(", (VALUES (1)) v{i}")).collect::<String>()),
    ] {
        engine.sql(&query, 1_000).await.unwrap_or_else(|error| panic!("{error:?}: {}", &query[..60]));
    }
}

#[test]
fn queries_like_our_own_are_not_too_long() {
    for query in
        [include_str!("queries/salary.sql"), include_str!("queries/skills.sql"), include_str!("queries/trend.sql")]
    {
        crate::reader::check_text(query).expect("a text within the limits");
    }
}

#[tokio::test]
async fn reading_in_every_allowed_form_works() {
    let engine = engine();
    register(&engine, &many_roles(3), |role| Partition::of([&role.bucket])).await;
    for query in [
        "SELECT count(*) FROM roles",
        "WITH r AS (SELECT * FROM roles) SELECT title FROM r",
        "EXPLAIN SELECT * FROM roles",
        "EXPLAIN ANALYZE SELECT * FROM roles",
        "SHOW TABLES",
        "SHOW COLUMNS FROM roles",
        "DESCRIBE roles",
        "SELECT wilson_low(1, 2), wilson_high(1, 2), median_rank(20)",
    ] {
        assert!(count(&engine, query).await > 0, "{query}");
    }
}

#[tokio::test]
async fn more_rows_than_asked_for_are_an_error_and_not_a_cut() {
    let engine = engine();
    register(&engine, &many_roles(50), |role| Partition::of([&role.bucket])).await;
    let error = engine.sql("SELECT role_id FROM roles", 49).await.expect_err("too many");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(count(&engine, "SELECT role_id FROM roles LIMIT 50").await, 50);
}

#[tokio::test]
async fn a_stream_names_its_columns_before_any_row() {
    let engine = engine();
    register::<RoleRow>(&engine, &[], |role| Partition::of([&role.bucket])).await;
    let stream = engine.stream("SELECT role_id, title FROM roles").await.expect("a stream");
    assert_eq!(
        stream.schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>(),
        ["role_id", "title"]
    );
    assert!(stream.batches.try_collect::<Vec<_>>().await.expect("no rows").iter().all(|batch| batch.num_rows() == 0));
}

#[tokio::test]
async fn a_query_over_the_memory_limit_fails_alone() {
    let engine = Engine::new(64 * 1024).expect("an engine");
    register(&engine, &many_roles(3), |role| Partition::of([&role.bucket])).await;
    let query =
        "SELECT value, count(*) FROM generate_series(1, 500000) AS t (value) GROUP BY value ORDER BY value DESC";
    assert_eq!(engine.sql(query, 1_000_000).await.expect_err("too much").kind(), ErrorKind::TooLarge);
    assert_eq!(count(&engine, "SELECT role_id FROM roles").await, 3);
}

#[test]
fn a_file_that_does_not_fit_its_table_is_refused() {
    let file = |values: &[&str]| LakeFile {
        path: Path::from("part.parquet"),
        size: 1,
        rows: 1,
        partition: Partition::of(values.iter().copied()),
    };
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    for values in [&[][..], &["not a day"][..], &["2026-11-20", "more"][..]] {
        let refused = engine().register(SalaryRow::TABLE, store.clone(), &[file(values)]);
        assert_eq!(refused.expect_err("a misfit").kind(), ErrorKind::Invalid, "{values:?}");
    }
}
