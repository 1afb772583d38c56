//! The tracking table, which says what a database has, and the journal beside it.

use chrono::{DateTime, Utc};

use super::driver::Row;
use super::plan::PlanError;
use crate::catalog::{Catalog, names};
use crate::dialect::Dialect;
use crate::dsl::{
    CreateTable, Operation, Table, big_integer, integer, string, table, text, timestamp,
};
use crate::render::RenderError;

/// Where a database records its migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tracking {
    pub(crate) table: String,
    /// The schema of PostgreSQL that everything is in; the connection's own where there is none.
    pub(crate) schema: Option<String>,
}

/// How far a step of a migration has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepState {
    Started,
    Finished,
}

impl StepState {
    /// As the journal has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            StepState::Started => "started",
            StepState::Finished => "finished",
        }
    }
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
    /// The tracking table as a value, exactly as the original tool made it; the renderers write it like any
    /// other.
    pub(crate) fn definition(&self) -> Table {
        table(&self.table).columns([
            string("migration_id").primary_key(),
            timestamp("executed_at"),
            big_integer("execution_time_ms"),
        ])
    }

    /// What the tracking table has no room for: a row for each migration (step 0) with the checksum of what it
    /// was when it was applied, and on MySQL and MariaDB one for each step that the catalog can't answer for. No id is
    /// longer than that; with all lengths known, PostgreSQL makes no table for what is too long.
    pub(crate) fn journal(&self) -> Table {
        table(self.journal_name()).columns([
            string("migration_id").length(255).primary_key(),
            integer("step").primary_key(),
            string("checksum").length(64),
            string("state").length(20),
            timestamp("recorded_at"),
        ])
    }

    /// Where backfills that are under way have come to. It is made with the first of them: databases that have the
    /// journal already need no change of it.
    fn batches(&self) -> Table {
        table(self.batches_name()).columns([
            string("migration_id").length(255).primary_key(),
            integer("step").primary_key(),
            string("checksum").length(64),
            text("last_key"),
            big_integer("keys_done"),
            timestamp("recorded_at"),
        ])
    }

    pub(crate) fn batches_name(&self) -> String {
        format!("{}_batches", self.table)
    }

    pub(crate) fn journal_name(&self) -> String {
        format!("{}_journal", self.table)
    }

    /// All tables in which anything is recorded.
    pub(crate) fn names(&self) -> [String; 4] {
        [
            self.table.clone(),
            self.journal_name(),
            self.batches_name(),
            self.digest_name(),
        ]
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
            .or_else(|| fault("name of the journal", &self.journal_name()))
            .or_else(|| fault("name of the table of batches", &self.batches_name()))
            .or_else(|| fault("name of the table of the digest", &self.digest_name()))
            .or_else(|| {
                self.schema
                    .as_ref()
                    .and_then(|schema| fault("schema", schema))
            })
            .map_or(Ok(()), Err)
    }

    /// Makes both tables, where they are missing.
    pub(crate) fn create(&self, dialect: Dialect) -> Result<Vec<String>, RenderError> {
        made(dialect, [self.definition(), self.journal()])
    }

    /// Makes the table of batches, where it is missing.
    pub(crate) fn create_batches(&self, dialect: Dialect) -> Result<Vec<String>, RenderError> {
        made(dialect, [self.batches()])
    }

    /// Where all backfills have come to.
    pub(crate) fn list_batches(&self, dialect: Dialect) -> String {
        format!(
            "SELECT migration_id, step, checksum, last_key, keys_done FROM {}",
            self.qualified(&self.batches_name(), dialect)
        )
    }

    /// Where one backfill has come to.
    pub(crate) fn last_key(&self, dialect: Dialect, id: &str, step: i64) -> String {
        format!(
            "SELECT last_key FROM {} WHERE migration_id = {} AND step = {step}",
            dialect.quote(&self.batches_name()),
            dialect.quote_text(id)
        )
    }

    /// Keeps where a backfill has come to, in place of where it was.
    pub(crate) fn keep_key(
        &self,
        dialect: Dialect,
        id: &str,
        step: i64,
        checksum: &str,
        (last_key, keys_done): (&str, u64),
    ) -> String {
        let table = dialect.quote(&self.batches_name());
        let columns = "(migration_id, step, checksum, last_key, keys_done, recorded_at)";
        let values = format!(
            "VALUES ({}, {step}, {}, {}, {keys_done}, {})",
            dialect.quote_text(id),
            dialect.quote_text(checksum),
            dialect.quote_text(last_key),
            now(dialect)
        );
        match dialect {
            Dialect::Postgres | Dialect::Sqlite => format!(
                "INSERT INTO {table} {columns} {values} ON CONFLICT (migration_id, step) DO UPDATE SET \
                 checksum = excluded.checksum, last_key = excluded.last_key, keys_done = excluded.keys_done, \
                 recorded_at = excluded.recorded_at"
            ),
            Dialect::MySql | Dialect::MariaDb => format!("REPLACE INTO {table} {columns} {values}"),
        }
    }

    /// Forgets where a backfill has come to.
    pub(crate) fn forget_key(&self, dialect: Dialect, id: &str, step: i64) -> String {
        format!(
            "DELETE FROM {} WHERE migration_id = {} AND step = {step}",
            dialect.quote(&self.batches_name()),
            dialect.quote_text(id)
        )
    }

    /// The whole tracking table, moments as microseconds since 1970 so that no session setting changes them.
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
            self.qualified(&self.table, dialect)
        )
    }

    /// Records one migration, in the tracking table and in the journal. `milliseconds` is SQL: a number, or
    /// what the engine measures itself.
    pub(crate) fn record(
        &self,
        dialect: Dialect,
        id: &str,
        checksum: &str,
        milliseconds: &str,
    ) -> [String; 2] {
        [
            self.track(dialect, [id], milliseconds),
            self.note_finished(dialect, [(id, checksum)]),
        ]
    }

    /// Writes migrations into the tracking table alone, each with the same time.
    pub(crate) fn track<'m>(
        &self,
        dialect: Dialect,
        ids: impl IntoIterator<Item = &'m str>,
        milliseconds: &str,
    ) -> String {
        let now = now(dialect);
        let row = |id| format!("({}, {now}, {milliseconds})", dialect.quote_text(id));
        let rows: Vec<String> = ids.into_iter().map(row).collect();
        format!(
            "INSERT INTO {} (migration_id, executed_at, execution_time_ms) VALUES {}",
            dialect.quote(&self.table),
            rows.join(", ")
        )
    }

    /// Which of those migrations are recorded, each with how long it took in milliseconds.
    pub(crate) fn those(&self, dialect: Dialect, ids: &[&str]) -> String {
        let quoted: Vec<String> = ids.iter().map(|id| dialect.quote_text(id)).collect();
        format!(
            "SELECT migration_id, execution_time_ms FROM {} WHERE migration_id IN ({})",
            dialect.quote(&self.table),
            quoted.join(", ")
        )
    }

    /// Erases one migration from both tables.
    pub(crate) fn erase(&self, dialect: Dialect, id: &str) -> [String; 2] {
        [&self.table, &self.journal_name()].map(|table| {
            format!(
                "DELETE FROM {} WHERE migration_id = {}",
                dialect.quote(table),
                dialect.quote_text(id)
            )
        })
    }

    /// Writes one step into the journal, in place of what stands there; step 0 is the whole migration, and steps
    /// of the way back are counted downwards from there.
    pub(crate) fn note(
        &self,
        dialect: Dialect,
        id: &str,
        step: i64,
        checksum: &str,
        state: StepState,
    ) -> String {
        self.write(dialect, &noted(dialect, id, step, checksum, state))
    }

    /// Writes into the journal that migrations are finished, each with its checksum.
    pub(crate) fn note_finished<'m>(
        &self,
        dialect: Dialect,
        migrations: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> String {
        let row = |(id, checksum)| noted(dialect, id, 0, checksum, StepState::Finished);
        let rows: Vec<String> = migrations.into_iter().map(row).collect();
        self.write(dialect, &rows.join(", "))
    }

    /// Writes those rows into the journal.
    fn write(&self, dialect: Dialect, rows: &str) -> String {
        let journal = dialect.quote(&self.journal_name());
        let columns = "(migration_id, step, checksum, state, recorded_at)";
        match dialect {
            Dialect::Postgres | Dialect::Sqlite => format!(
                "INSERT INTO {journal} {columns} VALUES {rows} ON CONFLICT (migration_id, step) DO UPDATE SET \
                 checksum = excluded.checksum, state = excluded.state, recorded_at = excluded.recorded_at"
            ),
            Dialect::MySql | Dialect::MariaDb => {
                format!("REPLACE INTO {journal} {columns} VALUES {rows}")
            }
        }
    }

    /// The single steps of which the journal knows.
    pub(crate) fn steps(&self, dialect: Dialect) -> String {
        format!(
            "SELECT migration_id, step, checksum, state FROM {} WHERE step <> 0",
            self.qualified(&self.journal_name(), dialect)
        )
    }

    /// How many steps of a migration the journal knows.
    pub(crate) fn count_steps(&self, dialect: Dialect, id: &str) -> String {
        format!(
            "SELECT count(*) FROM {} WHERE migration_id = {} AND step <> 0",
            dialect.quote(&self.journal_name()),
            dialect.quote_text(id)
        )
    }

    /// Forgets a step, so that the next run runs it.
    pub(crate) fn forget_step(&self, dialect: Dialect, id: &str, step: i64) -> String {
        format!(
            "DELETE FROM {} WHERE migration_id = {} AND step = {step}",
            dialect.quote(&self.journal_name()),
            dialect.quote_text(id)
        )
    }

    /// SQL for the name of PostgreSQL's schema that everything is in, before it is known; NULL where it is not there.
    pub(super) fn postgres_schema(&self) -> String {
        match &self.schema {
            Some(schema) => format!(
                "(SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = {})",
                Dialect::Postgres.quote_text(schema)
            ),
            None => "pg_catalog.current_schema()".to_owned(),
        }
    }

    /// The table's name where no `search_path` has been set.
    pub(super) fn qualified(&self, table: &str, dialect: Dialect) -> String {
        let table = dialect.quote(table);
        match (&self.schema, dialect) {
            (Some(schema), Dialect::Postgres) => format!("{}.{table}", dialect.quote(schema)),
            (
                Some(_) | None,
                Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite,
            ) => table,
        }
    }
}

/// The SQL that makes those tables.
pub(super) fn made<const N: usize>(
    dialect: Dialect,
    tables: [Table; N],
) -> Result<Vec<String>, RenderError> {
    let mut statements = Vec::new();
    for table in tables {
        let create = Operation::from(CreateTable { table });
        let rendered = dialect.render(&create, &Catalog::default())?;
        statements.extend(rendered.into_iter().map(|it| it.sql));
    }
    Ok(statements)
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

/// A row of the journal.
fn noted(dialect: Dialect, id: &str, step: i64, checksum: &str, state: StepState) -> String {
    format!(
        "({}, {step}, {}, '{}', {})",
        dialect.quote_text(id),
        dialect.quote_text(checksum),
        state.word(),
        now(dialect)
    )
}

/// The moment at which a row is written.
fn now(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "clock_timestamp()",
        Dialect::MySql | Dialect::MariaDb => "CURRENT_TIMESTAMP(6)",
        Dialect::Sqlite => "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
    }
}

/// SQL for the milliseconds since the moment that `then` is.
pub(crate) fn milliseconds_since(dialect: Dialect, then: &str) -> String {
    let now = now(dialect);
    match dialect {
        Dialect::Postgres => format!("(EXTRACT(EPOCH FROM {now} - {then}) * 1000)::BIGINT"),
        Dialect::MySql | Dialect::MariaDb => {
            format!("TIMESTAMPDIFF(MICROSECOND, {then}, {now}) DIV 1000")
        }
        Dialect::Sqlite => {
            format!("CAST(ROUND((julianday({now}) - julianday({then})) * 86400000.0) AS INTEGER)")
        }
    }
}

/// How long a transaction of PostgreSQL has run, in milliseconds, measured by the server itself.
pub(crate) const POSTGRES_ELAPSED: &str =
    "(EXTRACT(EPOCH FROM clock_timestamp() - transaction_timestamp()) * 1000)::BIGINT";
