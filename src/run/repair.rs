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
                let applied = AppliedIds::read(driver, tracking).await?;
                let changed = applied.changed(history, &history.checksums());
                // What it was made of is going to be another one.
                let has_digest = !changed.is_empty() && tracking.has_digest(driver, history).await;
                let forget = has_digest.then(|| tracking.forget_digest(dialect));
                for migration in history.iter().filter(|it| changed.contains(&it.id)) {
                    let checksum = migration.checksum();
                    let note =
                        tracking.note(dialect, &migration.id, 0, &checksum, StepState::Finished);
                    let sql: Vec<String> = forget.iter().cloned().chain([note]).collect();
                    write(driver, session, lock, &sql.join("; ")).await?;
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

/// Begins a transaction on PostgreSQL, with the lock, where the session does not have it.
pub(super) fn begin(session: &Session, lock: &Lock) -> String {
    let guard = if session.exclusive {
        String::new()
    } else {
        format!("{};", lock.transaction_guard())
    };
    let settings = session.transaction_settings();
    format!("BEGIN; {settings}{guard}")
}

async fn write(
    driver: &mut dyn DynDriver,
    session: &Session,
    lock: &Lock,
    sql: &str,
) -> Result<(), RunError> {
    let sql = match session.dialect {
        Dialect::Postgres => format!("{} {sql}; COMMIT", begin(session, lock)),
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
