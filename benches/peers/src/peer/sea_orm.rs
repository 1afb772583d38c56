//! The built-in six as their statements, which it sends as they are; the generated ones as its users write
//! them, with its schema manager.

use std::sync::OnceLock;
use std::time::Duration;

use anyhow::Result;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectOptions, Database, DbErr};

use super::Task;
use crate::history::Piece;
use crate::meter::Meter;

pub async fn run(task: &Task, meter: &Meter) -> Result<Duration> {
    let steps = if task.size == 6 {
        let pieces = task.pieces()?;
        let script = |it: Piece| Step {
            name: format!("m{:05}_{}", it.number, it.name),
            work: Work::Statements(it.statements),
        };
        pieces.into_iter().map(script).collect()
    } else {
        let table = |number| Step {
            name: format!("m{number:05}_table"),
            work: Work::Table(format!("table_{number}")),
        };
        (1..=task.size).map(table).collect()
    };
    let _once_in_a_process = STEPS.set(steps);
    let url = match task.url.strip_prefix("sqlite://") {
        Some(path) => format!("sqlite://{path}?mode=rwc"),
        None => task.url.clone(),
    };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .min_connections(1)
        .sqlx_logging(false);
    let database = Database::connect(options).await?;
    meter
        .time(async {
            Migrator::up(&database, None).await?;
            database.close().await
        })
        .await
}

/// Its migrator is a type, not a value.
struct Migrator;

static STEPS: OnceLock<Vec<Step>> = OnceLock::new();

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let steps = STEPS.get().map(Vec::as_slice).unwrap_or_default();
        let boxed = |it: &Step| Box::new(it.clone()) as Box<dyn MigrationTrait>;
        steps.iter().map(boxed).collect()
    }
}

#[derive(Clone)]
struct Step {
    name: String,
    work: Work,
}

#[derive(Clone)]
enum Work {
    Statements(Vec<String>),
    Table(String),
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        &self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match &self.work {
            Work::Statements(statements) => {
                for sql in statements {
                    manager.get_connection().execute_unprepared(sql).await?;
                }
                Ok(())
            }
            Work::Table(name) => {
                let mut table = Table::create();
                table
                    .table(Alias::new(name))
                    .if_not_exists()
                    .col(
                        ColumnDef::new(Alias::new("id"))
                            .big_integer()
                            .not_null()
                            .primary_key(),
                    )
                    .col(
                        ColumnDef::new(Alias::new("name"))
                            .string_len(100)
                            .not_null(),
                    )
                    .col(
                        ColumnDef::new(Alias::new("created_at"))
                            .timestamp_with_time_zone()
                            .not_null(),
                    );
                manager.create_table(table).await?;
                let mut index = Index::create();
                index
                    .name(format!("idx_{name}_name"))
                    .table(Alias::new(name))
                    .col(Alias::new("name"));
                manager.create_index(index).await
            }
        }
    }
}
