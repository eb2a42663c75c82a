//! Tables that SQL reads: the Parquet files of the dataset, and lists that the catalogue and the vocabularies hold.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::cast::as_boolean_array;
use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue, project_schema};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::datasource::{MemTable, TableProvider};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, LogicalPlan, TableProviderFilterPushDown, TableType};
use datafusion::object_store::path::Path as ObjectPath;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::{ExecutionPlan, collect};
use tokio::sync::OnceCell;

use crate::store::Stored;

/// One table in several Parquet files of the same columns, one file for each publication. Which publication a row is from is
/// a column, and a question about one publication opens one file.
#[derive(Debug)]
pub(super) struct Files {
    columns: TableSchema,
    files: Vec<PartitionedFile>,
}

impl Files {
    /// From the columns of the files, and the publications with their files.
    pub(super) fn new<'s>(
        folder: &Path,
        columns: Vec<Field>,
        stored: impl Iterator<Item = (&'s str, &'s Stored)>,
    ) -> Result<Self> {
        // On disk, texts are dictionaries. Read as plain text they compare, join and concatenate without casts.
        let file_columns = Arc::new(Schema::new(columns.into_iter().map(plain).collect::<Vec<_>>()));
        let publication = Arc::new(Field::new("publication", DataType::Utf8View, false));
        let files = stored
            .map(|(publication, stored)| {
                let path = fs::canonicalize(folder.join(&stored.file))?;
                let size = fs::metadata(&path)?.len();
                let location = ObjectPath::from_absolute_path(&path).map_err(|error| {
                    DataFusionError::Execution(format!("{}: a path that cannot be read: {error}", path.display()))
                })?;
                let mut file = PartitionedFile::new("", size)
                    .with_arrow_schema(file_columns.clone())
                    .with_partition_values(vec![ScalarValue::Utf8View(Some(publication.to_owned()))]);
                file.object_meta.location = location;
                Ok(file)
            })
            .collect::<Result<_>>()?;
        let columns = TableSchema::builder(file_columns).with_table_partition_cols(vec![publication]).build();
        Ok(Self { columns, files })
    }

    /// The files of the publications that a question may mean: those that its conditions on the publication alone let through.
    fn meant(&self, state: &dyn Session, filters: &[Expr]) -> Result<Vec<PartitionedFile>> {
        let publication = self.columns.table_partition_cols()[0].clone();
        let columns = Arc::new(Schema::new(vec![publication.clone()]));
        let names = ScalarValue::iter_to_array(self.files.iter().map(|file| file.partition_values[0].clone()))?;
        let names = RecordBatch::try_new(columns.clone(), vec![names])?;
        let columns = DFSchema::try_from(columns)?;
        let mut files = self.files.clone();
        let mut kept = vec![true; files.len()];
        for filter in filters {
            let asked = filter.column_refs();
            if asked.is_empty() || asked.iter().any(|column| column.name != *publication.name()) {
                continue;
            }
            // What cannot be told from the name alone is told from the rows.
            let Ok(condition) = state.create_physical_expr(filter.clone(), &columns) else { continue };
            let passes = condition.evaluate(&names)?.into_array(kept.len())?;
            let passes = as_boolean_array(&passes)?;
            kept.iter_mut().zip(passes).for_each(|(kept, passes)| *kept &= passes == Some(true));
        }
        let mut kept = kept.into_iter();
        files.retain(|_| kept.next() == Some(true));
        Ok(files)
    }
}

fn plain(field: Field) -> Field {
    match field.data_type() {
        DataType::Dictionary(..) => field.with_data_type(DataType::Utf8View),
        _ => field,
    }
}

#[async_trait]
impl TableProvider for Files {
    fn schema(&self) -> SchemaRef {
        self.columns.table_schema().clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let files = if self.files.is_empty() { Vec::new() } else { self.meant(state, filters)? };
        if files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(project_schema(self.columns.table_schema(), projection)?)));
        }
        let (url, runtime) = (ObjectStoreUrl::local_filesystem(), state.runtime_env());
        let footers = runtime.cache_manager.get_file_metadata_cache();
        let reader = CachedParquetFileReaderFactory::new(runtime.object_store(&url)?, footers);
        let source = ParquetSource::new(self.columns.clone())
            .with_pushdown_filters(true)
            .with_parquet_file_reader_factory(Arc::new(reader));
        let scan = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(FileGroup::new(files).split_files(state.config().target_partitions()))
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}

/// A view that is worked out when it is first asked for, and then kept: questions name it several times over.
#[derive(Debug)]
pub(super) struct Kept {
    plan: LogicalPlan,
    rows: OnceCell<MemTable>,
}

impl Kept {
    pub(super) fn new(plan: LogicalPlan) -> Self {
        Self { plan, rows: OnceCell::new() }
    }
}

#[async_trait]
impl TableProvider for Kept {
    fn schema(&self) -> SchemaRef {
        self.plan.schema().inner().clone()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let work_out = async || {
            let plan = state.create_physical_plan(&self.plan).await?;
            let rows = collect(plan, state.task_ctx()).await?;
            MemTable::try_new(self.schema(), vec![rows])
        };
        self.rows.get_or_try_init(work_out).await?.scan(state, projection, filters, limit).await
    }
}

/// A list in memory; every column is text, and absent where there is nothing.
pub(super) fn list<const N: usize>(
    columns: [&str; N],
    rows: impl Iterator<Item = [Option<String>; N]>,
) -> Result<Arc<dyn TableProvider>> {
    let mut builders = columns.map(|_| StringViewBuilder::new());
    for row in rows {
        builders.iter_mut().zip(row).for_each(|(builder, text)| builder.append_option(text));
    }
    let fields: Vec<Field> = columns.iter().map(|name| Field::new(*name, DataType::Utf8View, true)).collect();
    let arrays = builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
    let schema = Arc::new(Schema::new(fields));
    let rows = RecordBatch::try_new(schema.clone(), arrays)?;
    Ok(Arc::new(MemTable::try_new(schema, vec![vec![rows]])?))
}
