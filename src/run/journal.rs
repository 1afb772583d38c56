//! The steps that no catalog can answer for, on engines where DDL commits by itself, and in migrations that are
//! several transactions.
//!
//! SQL in the author's own words may have run or not when a run is cut off. Each such step is written down
//! as started before and as finished after; what only changes rows is one transaction with the record that
//! it was done. A later run leaves out what was finished, and stops at what was started: only a person can
//! say whether that ran, and says so with `repair`.

use std::collections::BTreeMap;

use super::driver::{DriverError, DriverErrorKind, DynDriver};
use super::error::RunError;
use super::plan::{Plan, PlannedMigration};
use super::tracking::{StepState, Tracking};
use crate::dialect::Dialect;
use crate::render::{Opaque, Statement};

/// What the journal says of steps, by migration and step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    steps: BTreeMap<(String, i64), Entry>,
    /// Where backfills have come to.
    batches: BTreeMap<(String, i64), Reached>,
}

/// Where a backfill has come to.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub(crate) checksum: String,
    pub(crate) last_key: String,
    pub(crate) keys: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    finished: bool,
    checksum: String,
}

/// What is to be done about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is to be run.
    Open,
    /// It has been run.
    Done,
}

impl Journal {
    /// What a plan needs of it. Where the plan has backfills and there is no table of batches yet, the plan makes it.
    pub(crate) async fn read_for(
        driver: &mut dyn DynDriver,
        plan: &mut Plan,
        tracked: bool,
    ) -> Result<Journal, RunError> {
        let journal = Journal::read(
            driver,
            plan.dialect,
            &plan.tracking,
            tracked,
            plan.is_split(),
        )
        .await;
        let mut journal = journal.map_err(|source| RunError::Database {
            doing: "read the journal",
            source,
        })?;
        if plan.has_batches() {
            let known = journal
                .read_batches(driver, plan.dialect, &plan.tracking)
                .await;
            let known = known.map_err(|source| RunError::Database {
                doing: "read where backfills have come to",
                source,
            })?;
            if !known {
                plan.make_batches();
            }
        }
        Ok(journal)
    }

    /// Reads the journal, where there is one and it has anything to say.
    async fn read(
        driver: &mut dyn DynDriver,
        dialect: Dialect,
        tracking: &Tracking,
        tracked: bool,
        is_split: bool,
    ) -> Result<Journal, DriverError> {
        // Where DDL takes part in transactions, a step is done if its migration is recorded, and else is not; but
        // for migrations that are several transactions.
        if !tracked || (dialect.features().transactional_ddl && !is_split) {
            return Ok(Journal::default());
        }
        let rows = driver.rows(&tracking.steps(dialect)).await?;
        let entries = rows.into_iter().filter_map(|row| {
            let mut values = row.into_iter();
            let mut next = || values.next().flatten();
            let key = (next()?, next()?.parse().ok()?);
            let entry = Entry {
                checksum: next()?,
                finished: next()? == StepState::Finished.word(),
            };
            Some((key, entry))
        });
        Ok(Journal {
            steps: entries.collect(),
            batches: BTreeMap::new(),
        })
    }

    /// Reads where backfills have come to. False says that there is no table of them yet.
    async fn read_batches(
        &mut self,
        driver: &mut dyn DynDriver,
        dialect: Dialect,
        tracking: &Tracking,
    ) -> Result<bool, DriverError> {
        let rows = match driver.rows(&tracking.list_batches(dialect)).await {
            Ok(rows) => rows,
            Err(error) if error.kind == DriverErrorKind::MissingTable => return Ok(false),
            Err(error) => return Err(error),
        };
        let entries = rows.into_iter().filter_map(|row| {
            let mut values = row.into_iter();
            let mut next = || values.next().flatten();
            let key = (next()?, next()?.parse().ok()?);
            let reached = Reached {
                checksum: next()?,
                last_key: next()?,
                keys: next()?.parse().ok()?,
            };
            Some((key, reached))
        });
        self.batches = entries.collect();
        Ok(true)
    }

    /// Where the backfill of that statement has come to; none where it has not begun.
    pub(crate) fn reached(
        &self,
        migration: &PlannedMigration,
        step: i64,
        opaque: &Opaque,
    ) -> Result<Option<Reached>, RunError> {
        let reached = self.batches.get(&(migration.id.clone(), step));
        if reached.is_some_and(|it| it.checksum != opaque.checksum) {
            return Err(RunError::Unfinished {
                migration: migration.id.clone(),
                step,
                reason: "a run was cut off between its batches, and it was edited since",
            });
        }
        Ok(reached.cloned())
    }

    /// How many steps of that migration it knows.
    pub(crate) fn count(&self, migration: &str) -> usize {
        self.steps.keys().filter(|(id, _)| id == migration).count()
    }

    /// Where the step of that statement stands.
    pub(crate) fn standing(
        &self,
        migration: &PlannedMigration,
        step: i64,
        opaque: &Opaque,
    ) -> Result<Standing, RunError> {
        let Some(entry) = self.steps.get(&(migration.id.clone(), step)) else {
            return Ok(Standing::Open);
        };
        let reason = if !entry.finished {
            // Its own condition tells whether it is still to be run.
            if opaque.only_if.is_some() {
                return Ok(Standing::Open);
            }
            "a run was cut off while it ran it, so it may have run or not"
        } else if entry.checksum != opaque.checksum {
            "it has run, and was edited since"
        } else {
            return Ok(Standing::Done);
        };
        Err(RunError::Unfinished {
            migration: migration.id.clone(),
            step,
            reason,
        })
    }
}

/// The SQL that runs one opaque statement and keeps the journal, in the order in which it is sent: each is
/// one message.
pub(crate) fn journalled(
    tracking: &Tracking,
    dialect: Dialect,
    migration: &str,
    step: i64,
    statement: &Statement,
    opaque: &Opaque,
) -> Vec<String> {
    let note = |state| tracking.note(dialect, migration, step, &opaque.checksum, state);
    if opaque.data_only {
        let finished = note(StepState::Finished);
        return vec![format!(
            "START TRANSACTION; {}; {finished}; COMMIT",
            statement.sql
        )];
    }
    vec![
        note(StepState::Started),
        statement.sql.clone(),
        note(StepState::Finished),
    ]
}

/// Whether the engine answers that question with yes.
pub(crate) async fn is_true(
    driver: &mut dyn DynDriver,
    question: &str,
) -> Result<bool, DriverError> {
    let rows = driver.rows(question).await?;
    let answer = rows.first().and_then(|row| row.first()).cloned().flatten();
    Ok(answer.as_deref() == Some("1"))
}
