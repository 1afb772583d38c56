//! Carrying a plan out, each engine in the way that never leaves a migration half recorded.

use std::time::Instant;

use super::driver::{Driver, DriverError, DriverErrorKind};
use super::error::RunError;
use super::plan::{Plan, PlannedMigration};
use super::report::{AppliedNow, Report};
use super::tracking::POSTGRES_ELAPSED;
use crate::dialect::Dialect;

/// Runs the plan's migrations and records each.
pub(crate) async fn execute<D: Driver>(driver: &mut D, plan: &Plan) -> Result<Report, RunError> {
    let mut report = Report::default();
    let mut execution = Execution {
        plan,
        tracking_made: false,
    };
    for migration in &plan.migrations {
        let start = Instant::now();
        match plan.dialect {
            Dialect::Postgres => execution.in_one_transaction(driver, migration).await?,
            Dialect::MySql | Dialect::MariaDb => {
                execution
                    .statement_by_statement(driver, migration, start)
                    .await?;
            }
            Dialect::Sqlite => execution.in_a_savepoint(driver, migration, start).await?,
        }
        let duration = start.elapsed();
        tracing::info!(migration = %migration.id, statements = migration.statements.len(), ?duration, "applied");
        report.warnings.extend(migration.warnings.iter().cloned());
        report.applied.push(AppliedNow {
            id: migration.id.clone(),
            summary: migration.summary.clone(),
            statements: migration.statements.len(),
            duration,
        });
    }
    Ok(report)
}

struct Execution<'p> {
    plan: &'p Plan,
    tracking_made: bool,
}

impl Execution<'_> {
    /// PostgreSQL: the migration and its row are one transaction, and one round trip.
    async fn in_one_transaction<D: Driver>(
        &mut self,
        driver: &mut D,
        migration: &PlannedMigration,
    ) -> Result<(), RunError> {
        let record = self.record(migration, POSTGRES_ELAPSED);
        let create = self.create_tracking();
        let statements = create
            .iter()
            .map(String::as_str)
            .chain(migration.statements.iter().map(|it| it.sql.as_str()))
            .chain([record.as_str()]);
        let mut batch = String::from("BEGIN;\n");
        for sql in statements {
            batch += sql;
            batch += ";\n";
        }
        batch += "COMMIT";
        if let Err(error) = driver.execute(&batch).await {
            return Err(self.located(driver, migration, &record, error).await);
        }
        self.tracking_made = true;
        Ok(())
    }

    /// Says which statement of a failed batch it was, by trying them one by one in a transaction that is
    /// undone. Where it can't be found, the batch is what failed.
    async fn located<D: Driver>(
        &self,
        driver: &mut D,
        migration: &PlannedMigration,
        record: &str,
        error: DriverError,
    ) -> RunError {
        let whole = |source| RunError::Statement {
            migration: migration.id.clone(),
            steps: migration
                .statements
                .iter()
                .flat_map(|it| it.steps.clone())
                .collect(),
            sql: String::new(),
            source,
        };
        // With the connection gone, or a lock not to be had, another try would say nothing more.
        match error.kind {
            DriverErrorKind::Connection | DriverErrorKind::Busy => return whole(error),
            DriverErrorKind::MissingTable
            | DriverErrorKind::NotAllowed
            | DriverErrorKind::Refused
            | DriverErrorKind::Other => {}
        }
        let found = self.replay(driver, migration, record).await;
        // The transaction is over in either case: the server undoes it with the connection.
        drop(driver.execute("ROLLBACK").await);
        found.unwrap_or_else(|| whole(error))
    }

    async fn replay<D: Driver>(
        &self,
        driver: &mut D,
        migration: &PlannedMigration,
        record: &str,
    ) -> Option<RunError> {
        driver.execute("ROLLBACK").await.ok()?;
        driver.execute("BEGIN").await.ok()?;
        if let Some(create) = self.create_tracking()
            && let Err(source) = driver.execute(&create).await
        {
            return Some(creating_tracking(source));
        }
        for statement in &migration.statements {
            if let Err(source) = driver.execute(&statement.sql).await {
                return Some(failed(migration, &statement.steps, &statement.sql, source));
            }
        }
        let source = driver.execute(record).await.err()?;
        Some(failed(migration, &[], record, source))
    }

    /// MySQL, MariaDB: every statement commits by itself, and the row comes last. A run that ends between
    /// them leaves what the next one finds in the catalog, and goes on from there.
    async fn statement_by_statement<D: Driver>(
        &mut self,
        driver: &mut D,
        migration: &PlannedMigration,
        start: Instant,
    ) -> Result<(), RunError> {
        if let Some(create) = self.create_tracking() {
            driver.execute(&create).await.map_err(creating_tracking)?;
            self.tracking_made = true;
        }
        self.run_and_record(driver, migration, start).await
    }

    /// SQLite: all migrations are one transaction, which is the lock too and is synced to disk once; each is
    /// undone alone where it fails, and those before it are kept.
    async fn in_a_savepoint<D: Driver>(
        &mut self,
        driver: &mut D,
        migration: &PlannedMigration,
        start: Instant,
    ) -> Result<(), RunError> {
        let savepoint = |source| RunError::Database {
            doing: "set a savepoint",
            source,
        };
        if let Some(create) = self.create_tracking() {
            driver.execute(&create).await.map_err(creating_tracking)?;
            self.tracking_made = true;
        }
        driver
            .execute("SAVEPOINT migration")
            .await
            .map_err(savepoint)?;
        let result = self.run_and_record(driver, migration, start).await;
        if result.is_err() {
            driver
                .execute("ROLLBACK TO migration")
                .await
                .map_err(savepoint)?;
        }
        driver
            .execute("RELEASE migration")
            .await
            .map_err(savepoint)?;
        result
    }

    async fn run_and_record<D: Driver>(
        &self,
        driver: &mut D,
        migration: &PlannedMigration,
        start: Instant,
    ) -> Result<(), RunError> {
        for statement in &migration.statements {
            driver
                .execute(&statement.sql)
                .await
                .map_err(|source| failed(migration, &statement.steps, &statement.sql, source))?;
        }
        let record = self.record(migration, &start.elapsed().as_millis().to_string());
        driver
            .execute(&record)
            .await
            .map_err(|source| failed(migration, &[], &record, source))
    }

    fn record(&self, migration: &PlannedMigration, milliseconds: &str) -> String {
        let tracking = &self.plan.tracking;
        tracking.record(self.plan.dialect, &migration.id, milliseconds)
    }

    /// Makes the tracking table, before the first migration that is recorded in it.
    fn create_tracking(&self) -> Option<String> {
        (!self.tracking_made).then(|| self.plan.create_tracking.clone())
    }
}

fn failed(
    migration: &PlannedMigration,
    steps: &[usize],
    sql: &str,
    source: DriverError,
) -> RunError {
    RunError::Statement {
        migration: migration.id.clone(),
        steps: steps.to_vec(),
        sql: sql.to_owned(),
        source,
    }
}

fn creating_tracking(source: DriverError) -> RunError {
    RunError::Database {
        doing: "make the tracking table",
        source,
    }
}
