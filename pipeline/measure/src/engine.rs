//! The DataFusion session over the lake: bounded in memory, and read-only for anybody's SQL.

use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::common::DataFusionError;
use datafusion::config::Dialect;
use datafusion::dataframe::DataFrame;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, GreedyMemoryPool, MemoryPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStore;
use pipeline_core::{Error, ErrorKind, Result};
use pipeline_lake::LakeFile;
use schemas::Table;

use crate::scan::{LakeScan, store_url};
use crate::{deep_stack, functions, reader};

/// Threads that one query keeps busy.
const PARTITIONS: usize = 2;

/// Answers SQL over registered tables of the lake.
pub struct Engine {
    session: SessionContext,
}

/// The rows of a query as they come.
pub struct RowStream {
    /// Their columns, known even when no row comes.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: BoxStream<'static, Result<RecordBatch>>,
}

impl Engine {
    /// An engine whose queries together hold at most `memory_limit_bytes` and never write to disk: what needs more
    /// fails as `TooLarge`.
    ///
    /// # Errors
    /// When the session cannot be set up.
    pub fn new(memory_limit_bytes: usize) -> Result<Self> {
        let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
        Self::build(Arc::new(GreedyMemoryPool::new(memory_limit_bytes)), disk)
    }

    /// The same, except that sorts and aggregations over the limit go to files in `folder`.
    ///
    /// # Errors
    /// When `folder` cannot be used.
    pub fn spilling_to(folder: &Path, memory_limit_bytes: usize) -> Result<Self> {
        let mode = DiskManagerMode::Directories(vec![folder.to_owned()]);
        Self::build(Arc::new(FairSpillPool::new(memory_limit_bytes)), DiskManagerBuilder::default().with_mode(mode))
    }

    fn build(pool: Arc<dyn MemoryPool>, disk: DiskManagerBuilder) -> Result<Self> {
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(pool)
            .with_disk_manager_builder(disk)
            .build_arc()
            .map_err(|error| failure("cannot set up the query engine", error))?;
        let mut config = SessionConfig::new().with_target_partitions(PARTITIONS).with_information_schema(true);
        let options = config.options_mut();
        options.sql_parser.dialect = Dialect::Generic;
        options.sql_parser.map_string_types_to_utf8view = false;
        options.execution.time_zone = Some("UTC".to_owned());
        let session = SessionContext::new_with_config_rt(config, runtime);
        for function in functions::all() {
            session.register_udf(function);
        }
        Ok(Self { session })
    }

    /// Makes `table` answer from `files`, which lie in `store` at paths from the table's root; replaces what it was.
    ///
    /// # Errors
    /// When a file's partition values do not fit the table.
    pub fn register(&self, table: &'static Table, store: Arc<dyn ObjectStore>, files: &[LakeFile]) -> Result<()> {
        let scan = LakeScan::new(table, files)?;
        self.session.register_object_store(store_url(table)?.as_ref(), store);
        let refused = |error| failure(&format!("cannot register table {}", table.name), error);
        self.session.deregister_table(table.name).map_err(refused)?;
        self.session.register_table(table.name, Arc::new(scan)).map_err(refused)?;
        Ok(())
    }

    /// The rows of `query`, which must be a single `SELECT`, `WITH`, `EXPLAIN`, `SHOW` or `DESCRIBE`.
    ///
    /// # Errors
    /// `Invalid` for a query that cannot be read or does anything but read; `TooLarge` for a result of more than
    /// `max_rows` rows, or a query that needs more memory than allowed.
    pub async fn sql(&self, query: &str, max_rows: usize) -> Result<Vec<RecordBatch>> {
        let mut batches = self.stream(query).await?.batches;
        let (mut all, mut rows) = (Vec::new(), 0_usize);
        while let Some(batch) = batches.try_next().await? {
            rows = rows.saturating_add(batch.num_rows());
            if rows > max_rows {
                return Err(Error::too_large(format!("the query has more than {max_rows} rows"))
                    .hint("add LIMIT, or aggregate"));
            }
            all.push(batch);
        }
        Ok(all)
    }

    /// Like [`Engine::sql`], without a limit on the rows, which are not held.
    ///
    /// # Errors
    /// As for [`Engine::sql`], at once or while the rows come.
    pub async fn stream(&self, query: &str) -> Result<RowStream> {
        reader::check_text(query)?;
        let (state, query) = (self.session.state(), query.to_owned());
        let frame = deep_stack::run(async move {
            let dialect = state.config_options().sql_parser.dialect;
            let statement = state.sql_to_statement(&query, &dialect).map_err(unreadable)?;
            reader::check_statement(&statement)?;
            let plan = state.statement_to_plan(statement).await.map_err(unreadable)?;
            reader::check_plan(&plan)?;
            Ok(DataFrame::new(state, plan))
        });
        rows_of(frame.await?).await
    }

    /// The session, for the queries that come with this crate.
    pub(crate) fn session(&self) -> &SessionContext {
        &self.session
    }
}

/// Starts `frame`.
pub(crate) async fn rows_of(frame: DataFrame) -> Result<RowStream> {
    let tasks = Arc::new(frame.task_ctx());
    let plan = deep_stack::run(async move { frame.create_physical_plan().await.map_err(unreadable) }).await?;
    let stream = execute_stream(plan, tasks).map_err(|error| failure("the query cannot be run", error))?;
    let schema = stream.schema();
    let batches = stream.map_err(|error| failure("the query failed", error)).boxed();
    Ok(RowStream { schema, batches })
}

fn unreadable(error: DataFusionError) -> Error {
    failure("the query cannot be planned", error)
}

/// `error` as ours; its own text is kept as the cause.
pub(crate) fn failure(message: &str, error: DataFusionError) -> Error {
    let kind = match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => ErrorKind::TooLarge,
        DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => ErrorKind::Unavailable,
        DataFusionError::Internal(_) | DataFusionError::ExecutionJoin(_) => ErrorKind::Internal,
        _ => ErrorKind::Invalid,
    };
    Error::new(kind, message).because(error)
}
