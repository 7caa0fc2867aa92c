//! A table of the lake as DataFusion sees it: its Parquet files, and the partition's values as constant columns.

use std::sync::Arc;

use arrow_schema::{DataType, FieldRef, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Result as PlanResult, ScalarValue};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use object_store::ObjectMeta;
use pipeline_core::error::Context;
use pipeline_core::{Day, Error, ErrorKind, Result};
use pipeline_lake::LakeFile;
use schemas::{Column, Kind, Table};

/// The files of one table at one version.
#[derive(Debug)]
pub(crate) struct LakeScan {
    table: &'static Table,
    schema: SchemaRef,
    url: ObjectStoreUrl,
    files: Vec<PartitionedFile>,
}

/// The address under which the store of `table` is known to the session.
pub(crate) fn store_url(table: &Table) -> Result<ObjectStoreUrl> {
    ObjectStoreUrl::parse(format!("lake://{}", table.name))
        .context(ErrorKind::Internal, || format!("table {} has no usable name", table.name))
}

impl LakeScan {
    /// The table made of `files`, whose paths start at the table's root.
    pub(crate) fn new(table: &'static Table, files: &[LakeFile]) -> Result<Self> {
        let files = files.iter().map(|file| partitioned(table, file)).collect::<Result<Vec<_>>>()?;
        Ok(Self { table, schema: table.schema(), url: store_url(table)?, files })
    }

    /// The columns as the scan knows them: those of the files, then those of the partition.
    fn scanned(&self) -> TableSchema {
        TableSchema::builder(self.table.file_schema()).with_table_partition_cols(partition_fields(self.table)).build()
    }

    /// Positions among [`Self::scanned`] of the columns asked for by their position in the table.
    fn positions(&self, scanned: &SchemaRef, projection: Option<&Vec<usize>>) -> PlanResult<Vec<usize>> {
        let position = |column: usize| Ok(scanned.index_of(self.schema.field(column).name())?);
        match projection {
            Some(columns) => columns.iter().map(|column| position(*column)).collect(),
            None => (0..self.schema.fields().len()).map(position).collect(),
        }
    }
}

#[async_trait]
impl TableProvider for LakeScan {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        if self.files.is_empty() {
            let schema = match projection {
                Some(columns) => Arc::new(self.schema.project(columns)?),
                None => self.schema.clone(),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let scanned = self.scanned();
        let positions = self.positions(scanned.table_schema(), projection)?;
        let groups = FileGroup::new(self.files.clone()).split_files(state.config().target_partitions());
        let config = FileScanConfigBuilder::new(self.url.clone(), Arc::new(ParquetSource::new(scanned)))
            .with_file_groups(groups)
            .with_projection_indices(Some(positions))?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

fn partition_columns(table: &'static Table) -> impl Iterator<Item = &'static Column> {
    table.partition.iter().filter_map(|name| table.column(name))
}

fn partition_fields(table: &'static Table) -> Vec<FieldRef> {
    partition_columns(table).map(|column| Arc::new(column.field())).collect()
}

fn partitioned(table: &'static Table, file: &LakeFile) -> Result<PartitionedFile> {
    if file.partition.0.len() != table.partition.len() {
        let values = file.partition.0.len();
        return Err(Error::invalid(format!(
            "file {} of table {} has {values} partition values",
            file.path, table.name
        )));
    }
    let values = partition_columns(table)
        .zip(&file.partition.0)
        .map(|(column, text)| partition_value(table, column, text))
        .collect::<Result<Vec<_>>>()?;
    // Nothing asks for the date of a file that is never overwritten; the epoch keeps plans the same on every run.
    let meta = ObjectMeta {
        location: file.path.clone(),
        last_modified: Default::default(),
        size: file.size,
        e_tag: None,
        version: None,
    };
    Ok(PartitionedFile::new_from_meta(meta).with_partition_values(values))
}

fn partition_value(table: &Table, column: &Column, text: &str) -> Result<ScalarValue> {
    match column.kind {
        Kind::Day => {
            let day: Day = text
                .parse()
                .context(ErrorKind::Invalid, || format!("partition {text:?} of table {} is no day", table.name))?;
            Ok(ScalarValue::Date32(Some(day.0)))
        }
        _ if column.kind.data_type() == DataType::Utf8 => Ok(ScalarValue::Utf8(Some(text.to_owned()))),
        _ => Err(Error::internal(format!("table {} cannot be partitioned by column {}", table.name, column.name))),
    }
}
