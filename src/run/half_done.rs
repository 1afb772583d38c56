//! Which migration a run that was cut off has left half done.

use super::driver::DynDriver;
use super::error::RunError;
use super::found::Found;
use super::migrator::Migrator;
use super::plan::PlannedMigration;
use super::report::{State, Status};
use crate::dialect::Dialect;
use crate::dsl::{Migration, Operation};

impl Migrator {
    /// The status with the step at which a cut-off run left off. Only the first migration that is pending can be
    /// half done, and only one that is not a single transaction.
    pub(super) async fn with_half_done(
        &self,
        mut status: Status,
        driver: &mut dyn DynDriver,
    ) -> Status {
        // What is recorded nowhere is taken over whole, or run.
        let first = status
            .migrations
            .iter()
            .find(|it| it.state == State::Pending);
        let first = first.and_then(|it| self.migrations.get(&it.id));
        let dialect = driver.dialect();
        if !first.is_some_and(|it| may_be_half_done(it, dialect)) {
            return status;
        }
        // Who only looks keeps nobody out, so a cluster is as good as a single server.
        let looking = self.clone().allow_cluster(true).allow_unknown(true);
        driver.dedicate();
        let found = match looking.look_ahead(driver).await {
            Ok(plan) if !plan.create_tracking.is_empty() => None,
            Ok(plan) => plan.migrations.first().and_then(cut_at),
            Err(RunError::Unfinished {
                migration, step, ..
            }) => usize::try_from(step).ok().map(|step| (migration, step)),
            // What stands in a run's way is for the run to tell.
            Err(_) => None,
        };
        if let Some((migration, step)) = found {
            let line = status.migrations.iter_mut().find(|it| it.id == migration);
            if let Some(line) = line.filter(|it| it.state == State::Pending) {
                line.state = State::HalfDone { step };
            }
        }
        status
    }
}

/// Whether a run that is cut off may leave a part of it done: where DDL takes part in transactions, only what is not in
/// one with all else.
fn may_be_half_done(migration: &Migration, dialect: Dialect) -> bool {
    let features = dialect.features();
    let in_batches = |it: &Operation| matches!(it, Operation::Backfill(_));
    !features.transactional_ddl
        || (migration.concurrently && features.concurrent_indexes)
        || migration.operations.iter().any(in_batches)
}

/// The first step that is left to do of a migration of which another is done.
fn cut_at(migration: &PlannedMigration) -> Option<(String, usize)> {
    let is_left = |found: &Found| matches!(found, Found::Needed | Found::Partly);
    let left = migration.steps.iter().find(|it| is_left(&it.found))?;
    let begun = migration
        .steps
        .iter()
        .any(|it| matches!(it.found, Found::Satisfied | Found::Partly));
    begun.then(|| (migration.id.clone(), left.step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsl::*;
    use crate::run::{PlannedStep, Way};

    #[test]
    fn what_is_one_transaction_is_done_or_not() {
        let plain = Migration::new("001", "Plain").drop_table("t");
        let filled = plain.clone().backfill("t", rows().set("n", 1));
        let meanwhile = Migration::new("002", "Meanwhile")
            .concurrently()
            .drop_index("t", "n");
        let on = |migration: &Migration| -> Vec<Dialect> {
            let all = Dialect::ALL.into_iter();
            all.filter(|it| may_be_half_done(migration, *it)).collect()
        };
        assert_eq!(on(&plain), [MySql, MariaDb]);
        assert_eq!(on(&filled), Dialect::ALL);
        assert_eq!(on(&meanwhile), [Postgres, MySql, MariaDb]);
    }

    #[test]
    fn a_migration_is_half_done_where_a_part_of_it_is() {
        let planned = |found: &[Found]| PlannedMigration {
            id: "002".to_owned(),
            summary: String::new(),
            statements: Vec::new(),
            left_out: Vec::new(),
            steps: (1..)
                .zip(found)
                .map(|(step, found)| PlannedStep {
                    step,
                    operation: String::new(),
                    found: found.clone(),
                })
                .collect(),
            warnings: Vec::new(),
            way: Way::Up,
            checksum: String::new(),
            only_adds: false,
        };
        for (found, step) in [
            (&[Found::Needed, Found::Needed][..], None),
            (&[Found::Satisfied, Found::Satisfied], None),
            (&[Found::Satisfied, Found::Needed], Some(2)),
            (&[Found::Needed, Found::Satisfied], Some(1)),
            (&[Found::Partly], Some(1)),
            (&[], None),
        ] {
            assert_eq!(cut_at(&planned(found)).map(|it| it.1), step, "{found:?}");
        }
    }
}
