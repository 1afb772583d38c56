//! PostgreSQL: indexes that are made and dropped while others write, which no transaction may stand around.
//!
//! What happens here is not undone with its record: a run that is cut off leaves some indexes made, and one
//! unfinished. The next run finds both in the catalog.

use super::{Execution, failed, first_step, sent};
use crate::dialect::Dialect;
use crate::render::Statement;
use crate::run::driver::{DriverError, DriverErrorKind, DynDriver};
use crate::run::error::RunError;
use crate::run::journal::is_true;
use crate::run::plan::PlannedMigration;

impl Execution<'_> {
    /// Runs one statement, which is committed by itself. The session is ours alone: that was asked before.
    pub(super) async fn concurrently(
        &self,
        driver: &mut dyn DynDriver,
        migration: &PlannedMigration,
        statement: &Statement,
    ) -> Result<(), RunError> {
        driver
            .execute(&self.session.concurrent_settings())
            .await
            .map_err(|source| RunError::Database {
                doing: "prepare the session",
                source,
            })?;
        self.stop
            .check(Some((&migration.id, first_step(statement))))?;
        let mut retries = self.retries();
        while let Err(error) = sent(driver, &statement.steps, &statement.sql).await {
            let fails = |error| failed(migration, &statement.steps, &statement.sql, error);
            if error.kind == DriverErrorKind::Connection {
                return Err(fails(error));
            }
            // Where it is left, the next run drops it; what failed first is told.
            let removed = remove_unfinished(driver, statement).await.is_ok();
            let pause = retries
                .next()
                .filter(|_| removed && error.kind == DriverErrorKind::Busy);
            match pause {
                Some(pause) => {
                    let steps = &statement.steps;
                    self.pause(migration, steps, pause, &error).await?;
                }
                None => return Err(fails(error)),
            }
        }
        Ok(())
    }
}

/// A build that fails leaves an index that no query uses and every write keeps up. Only such a one is dropped: one
/// that is whole was made by somebody else.
async fn remove_unfinished(
    driver: &mut dyn DynDriver,
    statement: &Statement,
) -> Result<(), DriverError> {
    let Some(name) = &statement.leaves_behind else {
        return Ok(());
    };
    let name = Dialect::Postgres.quote(name);
    let question = format!(
        "SELECT 1 FROM pg_catalog.pg_index \
         WHERE indexrelid = pg_catalog.to_regclass({}) AND NOT indisvalid",
        Dialect::Postgres.quote_text(&name)
    );
    if is_true(driver, &question).await? {
        driver
            .execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"))
            .await?;
    }
    Ok(())
}
