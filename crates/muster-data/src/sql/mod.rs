//! SQL over the dataset: questions are asked of views, and nothing that is asked can change anything.
//!
//! Values are decimals, so a sum does not depend on who adds it up in which order. The order of rows is whatever `ORDER BY`
//! asks for; without it, none is promised.

mod answer;
mod error;
mod stored;
mod views;

use std::future::poll_fn;
use std::sync::Arc;

use arrow_schema::{DataType, Field};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::{DataFusionError, Result, TableReference};
use datafusion::datasource::{TableProvider, ViewTable};
use datafusion::execution::SessionState;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as Sql;
use tokio::runtime::{Builder, Runtime};

pub use answer::{Answer, Cell};
pub use error::SqlError;
pub use views::{VIEWS, View};

use crate::Dataset;
use crate::read::{Link, PlaceRecord, Succession};
use crate::store::tables::{self, Record};
use crate::store::{Publication, Stored};
use stored::{Files, Kept, list};

/// What a question may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Parts in which it is worked out side by side. The answer does not depend on how many there are.
    pub partitions: usize,
    /// Working memory, and as much again for the answer.
    pub memory_bytes: usize,
}

impl Default for Limits {
    /// One partition, because most questions take less time than it would take to share them out; one GiB.
    fn default() -> Self {
        Self { partitions: 1, memory_bytes: 1 << 30 }
    }
}

/// A dataset that answers questions in SQL.
pub struct Session {
    context: SessionContext,
    runtime: Runtime,
    limits: Limits,
    left_out: Vec<String>,
}

impl Session {
    /// Makes the views of a dataset.
    pub fn open(dataset: &Dataset, limits: Limits) -> Result<Self, SqlError> {
        let runtime = Builder::new_current_thread().build().map_err(DataFusionError::from)?;
        let person_level = |id: &str, publication: &Publication| {
            publication.person_level || dataset.library().publication(id).is_some_and(|known| known.person_level)
        };
        let left_out: Vec<String> = dataset
            .catalogue()
            .publications
            .iter()
            .filter(|(id, publication)| person_level(id, publication))
            .map(|(id, _)| id.clone())
            .collect();
        let context = context(limits)?;
        runtime.block_on(make_views(&context, dataset, &left_out))?;
        Ok(Self { context, runtime, limits, left_out })
    }

    /// Publications of which no view holds anything, because their rows are people.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Answers a question.
    pub fn ask(&self, question: &str) -> Result<Answer, SqlError> {
        self.runtime.block_on(self.answer(question))
    }

    async fn answer(&self, question: &str) -> Result<Answer, SqlError> {
        let state = self.context.state();
        let dialect = state.config_options().sql_parser.dialect;
        let statement = state.sql_to_statement(question, &dialect)?;
        if let Some(refused) = refused(&statement) {
            return Err(SqlError::ReadOnly(refused));
        }
        let plan = match state.statement_to_plan(statement.clone()).await {
            Ok(plan) => plan,
            Err(error) => return Err(self.unplanned(&state, &statement, error)),
        };
        let read_only = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        read_only.verify_plan(&plan).map_err(|_| SqlError::ReadOnly(first_words(&statement)))?;
        let frame = self.context.execute_logical_plan(plan).await?;
        let schema = frame.schema().inner().clone();
        let mut rows = frame.execute_stream().await?;
        let (mut batches, mut bytes) = (Vec::new(), 0);
        while let Some(batch) = poll_fn(|wake| rows.as_mut().poll_next(wake)).await {
            let batch = batch?;
            bytes += batch.get_array_memory_size();
            if bytes > self.limits.memory_bytes {
                return Err(SqlError::Memory);
            }
            batches.push(batch);
        }
        Ok(Answer::new(schema, batches))
    }

    /// What is wrong with a question of which no plan could be made.
    fn unplanned(&self, state: &SessionState, statement: &Statement, error: DataFusionError) -> SqlError {
        let tables = state.resolve_table_references(statement).unwrap_or_default();
        let missing = |table: &TableReference| !self.context.table_exist(table.clone()).unwrap_or(true);
        let found = tables.iter().find(|table| {
            let said = error.strip_backtrace();
            said.contains("not found") && said.contains(table.table()) && missing(table)
        });
        match found {
            Some(table) => SqlError::no_view(table.table()),
            None => error.into(),
        }
    }
}

/// An empty session: in memory, on one thread, without files of its own.
fn context(limits: Limits) -> Result<SessionContext> {
    let config = SessionConfig::new().with_target_partitions(limits.partitions.max(1)).with_information_schema(true);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_limit(limits.memory_bytes, 1.0)
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .build_arc()?;
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

/// Registers what is stored, makes the views of it, and takes away all but the views.
async fn make_views(context: &SessionContext, dataset: &Dataset, left_out: &[String]) -> Result<()> {
    let catalog = context
        .catalog(&context.state().config_options().catalog.default_catalog)
        .ok_or_else(|| DataFusionError::Internal("the session has no catalog".to_owned()))?;
    catalog.register_schema(views::STORED, Arc::new(MemorySchemaProvider::new()))?;
    for (name, table) in stored_tables(dataset, left_out)? {
        context.register_table(TableReference::partial(views::STORED, name), table)?;
    }
    for view in VIEWS {
        let plan = context.state().create_logical_plan(view.query).await?;
        let table: Arc<dyn TableProvider> = match view.name {
            "places" => Arc::new(Kept::new(plan)),
            _ => Arc::new(ViewTable::new(plan, None)),
        };
        context.register_table(view.name, table)?;
    }
    catalog.deregister_schema(views::STORED, true)?;
    Ok(())
}

fn stored_tables(dataset: &Dataset, left_out: &[String]) -> Result<Vec<(&'static str, Arc<dyn TableProvider>)>> {
    let (catalogue, library) = (dataset.catalogue(), dataset.library());
    let open = |id: &String| !left_out.contains(id);
    let files = |columns: Vec<Field>, which: fn(&Publication) -> Option<&Stored>| -> Result<Arc<dyn TableProvider>> {
        let stored = catalogue
            .publications
            .iter()
            .filter(|(id, _)| open(id))
            .filter_map(|(id, publication)| which(publication).map(|stored| (id.as_str(), stored)));
        Ok(Arc::new(Files::new(dataset.folder(), columns, stored)?))
    };
    let facts = tables::schema().fields().iter().map(|field| field.as_ref().clone()).collect();
    let count = |count: usize| Some(count.to_string());
    let text = |text: &str| Some(text.to_owned());
    Ok(vec![
        ("facts", files(facts, |publication| publication.facts.as_ref())?),
        ("places", files(texts::<PlaceRecord>(), |publication| publication.places.as_ref())?),
        ("successors", files(texts::<Succession>(), |publication| publication.successors.as_ref())?),
        ("links", files(texts::<Link>(), |publication| publication.links.as_ref())?),
        (
            "measures",
            list(
                ["id", "title", "unit", "kind", "adds", "family", "definition"],
                library.measures().map(|measure| {
                    let kind = serde_json::to_value(measure.kind).ok();
                    [
                        text(&measure.id),
                        text(&measure.title),
                        text(&measure.unit),
                        kind.as_ref().and_then(serde_json::Value::as_str).map(str::to_owned),
                        Some(measure.adds.to_string()),
                        measure.family.clone(),
                        text(&measure.definition),
                    ]
                }),
            )?,
        ),
        (
            "staff",
            list(
                ["id", "title", "parent", "book"],
                library
                    .all_staff()
                    .map(|staff| [text(&staff.id), text(&staff.title), staff.parent.clone(), staff.book.clone()]),
            )?,
        ),
        (
            "staff_parts",
            list(
                ["whole", "part"],
                library.all_staff().flat_map(|staff| staff.parts.iter().map(move |part| [text(&staff.id), text(part)])),
            )?,
        ),
        (
            "publications",
            list(
                ["id", "title", "publisher", "licence", "covers_from", "covers_to", "facts", "person_level"],
                catalogue.publications.iter().map(|(id, publication)| {
                    let covers = publication.covers.filter(|_| open(id));
                    [
                        text(id),
                        text(&publication.title),
                        text(&publication.publisher),
                        text(&publication.licence),
                        covers.map(|(first, _)| first.to_string()),
                        covers.map(|(_, last)| last.to_string()),
                        publication.facts.as_ref().filter(|_| open(id)).and_then(|stored| count(stored.rows)),
                        Some((!open(id)).to_string()),
                    ]
                }),
            )?,
        ),
        (
            "files",
            list(
                [
                    "name",
                    "publication",
                    "edition",
                    "bytes",
                    "sha256",
                    "rows_in",
                    "rows_filed",
                    "rows_refused",
                    "facts",
                    "not_understood",
                ],
                catalogue.files.iter().filter(|file| open(&file.publication)).map(|file| {
                    [
                        text(&file.name),
                        text(&file.publication),
                        text(&file.edition),
                        Some(file.bytes.to_string()),
                        text(&file.sha256),
                        count(file.account.rows_in),
                        count(file.account.rows_filed),
                        count(file.account.rows_refused),
                        count(file.account.facts),
                        count(file.account.not_understood),
                    ]
                }),
            )?,
        ),
        (
            "log",
            list(
                ["at", "file", "publication", "edition", "added", "unchanged", "revised", "kept_newer"],
                catalogue.log.iter().filter(|entry| open(&entry.publication)).map(|entry| {
                    [
                        Some(entry.at.to_string()),
                        text(&entry.file),
                        text(&entry.publication),
                        text(&entry.edition),
                        count(entry.added),
                        count(entry.unchanged),
                        count(entry.revised),
                        count(entry.kept_newer),
                    ]
                }),
            )?,
        ),
    ])
}

/// The columns of a reference table, all of them text.
fn texts<T: Record>() -> Vec<Field> {
    T::COLUMNS.iter().map(|name| Field::new(*name, DataType::Utf8View, true)).collect()
}

/// What a statement would change, when it is not a question.
fn refused(statement: &Statement) -> Option<String> {
    match statement {
        Statement::Explain(explained) => refused(&explained.statement),
        Statement::Statement(sql) => match sql.as_ref() {
            Sql::Query(_)
            | Sql::ShowTables { .. }
            | Sql::ShowColumns { .. }
            | Sql::ShowVariable { .. }
            | Sql::ShowFunctions { .. }
            | Sql::ExplainTable { .. } => None,
            Sql::Explain { statement, .. } => refused(&Statement::Statement(statement.clone())),
            _ => Some(first_words(statement)),
        },
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => Some(first_words(statement)),
    }
}

/// How a statement begins, in capitals.
fn first_words(statement: &Statement) -> String {
    let text = statement.to_string();
    text.split_whitespace().take(2).collect::<Vec<_>>().join(" ").to_uppercase()
}
