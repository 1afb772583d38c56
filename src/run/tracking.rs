//! The tracking table: which migrations a database has.

use chrono::{DateTime, Utc};

use super::driver::Row;
use super::plan::PlanError;
use crate::catalog::{Catalog, names};
use crate::dialect::Dialect;
use crate::dsl::{CreateTable, Operation, Table, big_integer, string, table, timestamp};
use crate::render::RenderError;

/// Where a database records its migrations: exactly the table that the original tool made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tracking {
    pub(crate) table: String,
    /// The schema of PostgreSQL that everything is in; the connection's own where there is none.
    pub(crate) schema: Option<String>,
}

/// What is recorded of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) id: String,
    pub(crate) executed_at: Option<DateTime<Utc>>,
    pub(crate) execution_time_ms: Option<i64>,
}

impl Default for Tracking {
    fn default() -> Self {
        Tracking {
            table: "hammerwork_migrations".to_owned(),
            schema: None,
        }
    }
}

impl Tracking {
    /// The table as a value: the renderers write it like any other.
    pub(crate) fn definition(&self) -> Table {
        table(&self.table).columns([
            string("migration_id").primary_key(),
            timestamp("executed_at"),
            big_integer("execution_time_ms"),
        ])
    }

    /// Names that were set by the caller are checked like any other.
    pub(crate) fn check(&self) -> Result<(), PlanError> {
        let fault = |what, name: &str| {
            names::fault_of(name).map(|fault| PlanError::Name {
                what,
                name: name.to_owned(),
                reason: fault.to_string(),
            })
        };
        fault("name of the tracking table", &self.table)
            .or_else(|| {
                self.schema
                    .as_ref()
                    .and_then(|schema| fault("schema", schema))
            })
            .map_or(Ok(()), Err)
    }

    pub(crate) fn create(&self, dialect: Dialect) -> Result<String, RenderError> {
        let create = Operation::from(CreateTable {
            table: self.definition(),
        });
        let statements = dialect.render(&create, &Catalog::default())?;
        Ok(statements.into_iter().map(|it| it.sql).collect())
    }

    /// One query for the ids alone: all that a run with nothing to do asks.
    pub(crate) fn ids(&self, dialect: Dialect) -> String {
        format!("SELECT migration_id FROM {}", self.qualified(dialect))
    }

    /// The whole table, moments as microseconds since 1970 so that no session setting changes them.
    pub(crate) fn list(&self, dialect: Dialect) -> String {
        let micros = match dialect {
            Dialect::Postgres => "(EXTRACT(EPOCH FROM executed_at) * 1000000)::BIGINT",
            Dialect::MySql | Dialect::MariaDb => {
                "CAST(UNIX_TIMESTAMP(executed_at) * 1000000 AS SIGNED)"
            }
            Dialect::Sqlite => {
                "CAST(ROUND((julianday(executed_at) - 2440587.5) * 86400000.0) AS INTEGER) * 1000"
            }
        };
        format!(
            "SELECT migration_id, {micros}, execution_time_ms FROM {} ORDER BY executed_at, migration_id",
            self.qualified(dialect)
        )
    }

    /// Records one migration. `milliseconds` is SQL: a number, or what the engine measures itself.
    pub(crate) fn record(&self, dialect: Dialect, id: &str, milliseconds: &str) -> String {
        let now = match dialect {
            Dialect::Postgres => "clock_timestamp()",
            Dialect::MySql | Dialect::MariaDb => "CURRENT_TIMESTAMP(6)",
            Dialect::Sqlite => "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
        };
        format!(
            "INSERT INTO {} (migration_id, executed_at, execution_time_ms) VALUES ({}, {now}, {milliseconds})",
            dialect.quote(&self.table),
            dialect.quote_text(id)
        )
    }

    /// The table's name where no `search_path` has been set yet.
    fn qualified(&self, dialect: Dialect) -> String {
        let table = dialect.quote(&self.table);
        match (&self.schema, dialect) {
            (Some(schema), Dialect::Postgres) => format!("{}.{table}", dialect.quote(schema)),
            (
                Some(_) | None,
                Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite,
            ) => table,
        }
    }
}

impl Applied {
    /// Reads a row of [`Tracking::list`]; what does not read as a moment or a number is left out.
    pub(crate) fn read(row: Row) -> Option<Self> {
        let mut values = row.into_iter();
        let id = values.next()??;
        let micros = values.next().flatten();
        let milliseconds = values.next().flatten();
        Some(Applied {
            id,
            executed_at: micros
                .and_then(|micros| micros.parse().ok())
                .and_then(DateTime::from_timestamp_micros),
            execution_time_ms: milliseconds.and_then(|it| it.parse().ok()),
        })
    }
}

/// How long a transaction of PostgreSQL has run, in milliseconds, measured by the server itself.
pub(crate) const POSTGRES_ELAPSED: &str =
    "(EXTRACT(EPOCH FROM clock_timestamp() - transaction_timestamp()) * 1000)::BIGINT";
