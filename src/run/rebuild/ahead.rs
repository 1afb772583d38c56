//! What a dry run tells of rebuilds: a run reads what goes with the old table just before it goes, so that is read
//! here of a copy of the schema, on which the plan's statements are carried out.
//!
//! The database alone would not do: migrations before it may make the table or give it and its columns other names,
//! which SQLite then writes into the triggers.

use super::Kept;
use crate::render::{Opaque, RebuildPart, Statement};
use crate::run::driver::{DriverError, DynDriver};
use crate::run::error::RunError;
use crate::run::found::Found;
use crate::run::journal::is_true;
use crate::run::plan::{Plan, PlannedMigration};

/// Puts into the plan what a run would make again after each rebuild, and the conflict with which it would end.
pub(in crate::run) async fn foresee(
    driver: &mut dyn DynDriver,
    plan: &mut Plan,
) -> Result<(), RunError> {
    if !plan.migrations.iter().any(PlannedMigration::rebuilds) {
        return Ok(());
    }
    let copied = copy(driver).await.map_err(|source| RunError::Database {
        doing: "copy the schema to look ahead",
        source,
    })?;
    let Some(mut copy) = copied else {
        return Ok(());
    };
    let result = foresee_on(&mut *copy, plan).await;
    copy.close().await;
    result
}

/// The schema without its rows, in memory.
async fn copy(driver: &mut dyn DynDriver) -> Result<Option<Box<dyn DynDriver>>, DriverError> {
    let rows = driver
        .rows("SELECT sql FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        .await?;
    let Some(mut copy) = driver.scratch().await? else {
        return Ok(None);
    };
    // As in a run that rebuilds a table.
    copy.execute("PRAGMA foreign_keys = OFF").await?;
    for sql in rows.into_iter().flatten().flatten() {
        // Tables of SQLite's own, and those that a virtual table brings with it, are there already.
        drop(copy.execute(&sql).await);
    }
    Ok(Some(copy))
}

async fn foresee_on(copy: &mut dyn DynDriver, plan: &mut Plan) -> Result<(), RunError> {
    for migration in &mut plan.migrations {
        let mut ahead = Ahead::default();
        match ahead.carry_out(copy, migration).await {
            Ok(()) => ahead.tell(migration),
            Err(RunError::Conflict {
                step, difference, ..
            }) => {
                ahead.tell(migration);
                let steps = migration.steps.iter_mut();
                for it in steps.filter(|it| it.step == step) {
                    it.found = Found::Conflict(difference.clone());
                }
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What is made again in one migration.
#[derive(Debug, Default)]
struct Ahead {
    /// Each with the number of the statement that it follows.
    again: Vec<(usize, Statement)>,
    kept: Vec<String>,
}

impl Ahead {
    async fn carry_out(
        &mut self,
        copy: &mut dyn DynDriver,
        migration: &PlannedMigration,
    ) -> Result<(), RunError> {
        for (position, statement) in migration.statements.iter().enumerate() {
            if let Some(RebuildPart::First(table)) = &statement.rebuild {
                let kept = Kept::of(copy, table, migration, statement).await?;
                self.kept = kept.statements();
            }
            if !is_run_on_a_copy(copy, statement).await {
                continue;
            }
            // What fails without rows, a run tells of; what comes after it is then a guess.
            drop(copy.execute(&statement.sql).await);
            if let Some(RebuildPart::Last) = &statement.rebuild {
                for sql in std::mem::take(&mut self.kept) {
                    drop(copy.execute(&sql).await);
                    let again = Statement {
                        sql,
                        notes: vec![
                            "no migration made this, and it goes with the old table".to_owned(),
                        ],
                        rebuild: None,
                        ..statement.clone()
                    };
                    self.again.push((position, again));
                }
            }
        }
        Ok(())
    }

    fn tell(self, migration: &mut PlannedMigration) {
        for (position, statement) in self.again.into_iter().rev() {
            migration.statements.insert(position + 1, statement);
        }
    }
}

/// Rows are not copied, and what changes nothing but rows changes nothing here.
async fn is_run_on_a_copy(copy: &mut dyn DynDriver, statement: &Statement) -> bool {
    let changes_rows = |it: &Opaque| it.data_only;
    if statement.batches.is_some() || statement.opaque.as_ref().is_some_and(changes_rows) {
        return false;
    }
    match statement.opaque.as_ref().and_then(Opaque::question) {
        Some(question) => is_true(copy, &question).await.unwrap_or(true),
        None => true,
    }
}
