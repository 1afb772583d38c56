//! Mending the journal, where a person knows what the database can't: that an edit is meant, or that a step
//! of a run that was cut off has run.

use std::time::Duration;

use super::applied::AppliedIds;
use super::driver::DynDriver;
use super::error::RunError;
use super::lock::Lock;
use super::plan::PlanError;
use super::report::{AppliedNow, Report};
use super::session::Session;
use super::tracking::{StepState, Tracking};
use crate::dialect::Dialect;
use crate::dsl::{Migrations, Operation};

/// What a person says of a step that a cut-off run left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Its effect is there: the next run leaves it out.
    Done,
    /// Its effect is not there: the next run runs it.
    Undone,
}

/// What is to be mended.
#[derive(Clone, Debug)]
pub(crate) enum Repair<'t> {
    /// Migrations that were edited after they were applied are accepted as they are now.
    Changes,
    /// One step of a migration is what the person says.
    Step {
        migration: &'t str,
        step: i64,
        checksum: String,
        /// Whether it is a backfill, of which another table knows how far it has come.
        in_batches: bool,
        resolution: Resolution,
    },
}

/// Whether the database's own catalog tells that it has run. Of rows and of an author's own SQL it does not.
pub(crate) fn is_seen(operation: &Operation) -> bool {
    !matches!(
        operation,
        Operation::RunSql(_)
            | Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Backfill(_)
    )
}

impl Repair<'_> {
    /// Writes the journal, with the lock held. The report lists the migrations that were accepted.
    pub(crate) async fn perform(
        &self,
        driver: &mut dyn DynDriver,
        session: &Session,
        lock: &Lock,
        tracking: &Tracking,
        history: &Migrations,
    ) -> Result<Report, RunError> {
        let dialect = session.dialect;
        let mut report = Report::default();
        match self {
            Repair::Step {
                migration,
                step,
                checksum,
                in_batches,
                resolution,
            } => {
                let sql = match resolution {
                    Resolution::Done => {
                        tracking.note(dialect, migration, *step, checksum, StepState::Finished)
                    }
                    Resolution::Undone => tracking.forget_step(dialect, migration, *step),
                };
                let mut all = Vec::new();
                if *in_batches {
                    all = tracking
                        .create_batches(dialect)
                        .map_err(|source| PlanError::Render {
                            migration: (*migration).to_owned(),
                            step: 0,
                            operation: "create the table of batches".to_owned(),
                            source,
                        })?;
                    all.push(tracking.forget_key(dialect, migration, *step));
                }
                all.push(sql);
                write(driver, session, lock, &all.join("; ")).await?;
            }
            Repair::Changes => {
                let changed = AppliedIds::read(driver, tracking, history)
                    .await?
                    .changed(history, &history.checksums());
                for migration in history.iter().filter(|it| changed.contains(&it.id)) {
                    let checksum = migration.checksum();
                    let sql =
                        tracking.note(dialect, &migration.id, 0, &checksum, StepState::Finished);
                    write(driver, session, lock, &sql).await?;
                    report.applied.push(AppliedNow {
                        id: migration.id.clone(),
                        summary: migration.summary.clone(),
                        statements: 0,
                        duration: Duration::ZERO,
                    });
                }
            }
        }
        Ok(report)
    }
}

async fn write(
    driver: &mut dyn DynDriver,
    session: &Session,
    lock: &Lock,
    sql: &str,
) -> Result<(), RunError> {
    let sql = match session.dialect {
        Dialect::Postgres => {
            let guard = if session.exclusive {
                String::new()
            } else {
                format!("{};", lock.transaction_guard())
            };
            let settings = session.transaction_settings();
            format!("BEGIN; {settings}{guard} {sql}; COMMIT")
        }
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => sql.to_owned(),
    };
    driver
        .execute(&sql)
        .await
        .map_err(|source| RunError::Database {
            doing: "write the journal",
            source,
        })
}
